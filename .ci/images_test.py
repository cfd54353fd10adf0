"""The image definitions of images/, as far as that goes without an engine: what they copy is there, and a tree as an image has it starts by its entry point.

SLUICE_HOME names an unpacked distribution; without it there must be one to unpack, cli/target/sluice-*.tar.gz.
"""

import glob
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import zipfile

from free_port import free_port
from machine_files import function_options

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LIMIT = 180
PAUSE = 0.2


def read(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as file:
        return file.read()


def stages(name):
    """Returns the stages of a definition by name: a list of (instruction, arguments), beginning with that of the stage it is made from."""
    text = re.sub(r"^#.*\n", "", read("images", name), flags=re.M).replace("\\\n", " ")
    arguments, found, steps = {}, {}, None
    for line in filter(None, map(str.strip, text.splitlines())):
        instruction, rest = line.split(None, 1)
        for key, value in arguments.items():
            rest = rest.replace("${%s}" % key, value)
        if instruction == "ARG" and not found:
            arguments.update([rest.split("=", 1)])
        elif instruction == "FROM":
            base, _, stage = rest.partition(" AS ")
            steps = found[stage or "last"] = list(found.get(base, [("FROM", base)]))
        else:
            steps.append((instruction, rest))
    return found


def last(steps, instruction):
    return [rest for what, rest in steps if what == instruction][-1]


class DefinitionsTest(unittest.TestCase):

    def test_bases_have_a_version(self):
        for name in ("Dockerfile", "function.Dockerfile"):
            for stage, steps in stages(name).items():
                self.assertRegex(steps[0][1], r"^[a-z./-]+(:[0-9][\w.-]*|@sha256:[0-9a-f]{64})$", stage)

    def test_what_is_copied_is_there_and_not_ignored(self):
        for name in ("Dockerfile", "function.Dockerfile"):
            kept = [line[1:] for line in read("images", name + ".dockerignore").splitlines() if line.startswith("!")]
            for steps in stages(name).values():
                for instruction, rest in steps:
                    if instruction in ("ADD", "COPY") and "--from=" not in rest:
                        source = [word for word in rest.split() if not word.startswith("--")][0]
                        self.assertIn(source, kept)
                        if source.startswith("images/"):
                            self.assertTrue(os.path.isfile(os.path.join(ROOT, source)), source)

    def test_no_part_runs_as_root_and_each_says_how_it_is_asked(self):
        for stage in ("gateway", "bookie", "compactor"):
            steps = stages("Dockerfile")[stage]
            self.assertEqual("10001:10001", last(steps, "USER"))
            self.assertTrue(any(what == "HEALTHCHECK" for what, _ in steps), stage)
            command = json.loads(last(steps, "ENTRYPOINT"))
            self.assertEqual(["/opt/sluice/bin/sluice", stage], command[:2])

    def test_ports_are_the_documented_ones(self):
        self.assertEqual("9470", last(stages("Dockerfile")["gateway"], "EXPOSE"))
        self.assertIn("--port 3181", read("docs/cluster.md"))
        self.assertEqual("3181", last(stages("Dockerfile")["bookie"], "EXPOSE"))
        self.assertIn("10001", read("docs/cluster.md"))

    def test_nothing_secret_is_in_them(self):
        for name in ("Dockerfile", "function.Dockerfile"):
            self.assertNotRegex(read("images", name), r"(?i)secret|token|password|aws_access")

    def test_the_function_is_started_as_terraform_starts_it(self):
        steps = stages("function.Dockerfile")["last"]
        main = read("terraform/modules/compactor/main.tf")
        self.assertEqual([re.search(r'handler\s+= "([^"]+)"', main).group(1)], json.loads(last(steps, "CMD")))
        self.assertEqual('JAVA_TOOL_OPTIONS="%s"' % function_options(), last(steps, "ENV"))
        zipped = os.path.join(ROOT, "compactor-lambda/target/sluice-compactor.zip")
        if os.path.exists(zipped):
            with zipfile.ZipFile(zipped) as archive:
                self.assertIn("bootstrap", archive.namelist())


class StartedTest(unittest.TestCase):
    """The tree of an image in a folder, with /opt, /usr and /var below it."""

    @classmethod
    def setUpClass(cls):
        cls.root = tempfile.mkdtemp()
        cls.addClassCleanup(shutil.rmtree, cls.root, True)
        home = os.path.join(cls.root, "opt/sluice")
        os.makedirs(home)
        given = os.environ.get("SLUICE_HOME")
        if given:
            shutil.copytree(os.path.join(given, "bin"), os.path.join(home, "bin"))
            os.symlink(os.path.join(given, "lib"), os.path.join(home, "lib"))
        else:
            tarballs = sorted(glob.glob(os.path.join(ROOT, "cli/target/sluice-*.tar.gz")), key=os.path.getmtime)
            subprocess.run(["tar", "-xzf", tarballs[-1], "-C", home, "--strip-components=1"], check=True, timeout=LIMIT)
            shutil.rmtree(os.path.join(home, "flink"))
        os.makedirs(os.path.join(cls.root, "usr/local/bin"))
        os.makedirs(os.path.join(cls.root, "var/lib/sluice"))
        shutil.copy(os.path.join(ROOT, "images/healthy"), os.path.join(cls.root, "usr/local/bin/healthy"))
        cls.zookeeper = "127.0.0.1:%d" % free_port()
        cls.start("zookeeper", [os.path.join(home, "bin/sluice"), "zookeeper", "--data", cls.root + "/zookeeper", "--port", cls.zookeeper.split(":")[1]])

    @classmethod
    def start(cls, name, command):
        """Starts it and waits until it says that it is ready."""
        path = os.path.join(cls.root, name + ".log")
        with open(path, "wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, cwd=cls.root, env=dict(os.environ, SLUICE_JAVA_OPTS="-Xmx256m -XX:MaxDirectMemorySize=256m"))
        cls.addClassCleanup(process.wait, LIMIT)
        cls.addClassCleanup(process.kill)
        end = time.monotonic() + LIMIT
        while "is ready" not in read(path):
            if process.poll() is not None or time.monotonic() > end:
                raise AssertionError("%s doesn't start: %s" % (command, read(path)[-3000:]))
            time.sleep(PAUSE)
        return process

    def placed(self, words):
        return [re.sub(r"^(?=/(opt|usr|var)/)", self.root, word) for word in words]

    def healthy(self, steps, port):
        command = self.placed(json.loads(last(steps, "HEALTHCHECK").split("CMD ", 1)[1]))
        return subprocess.run(command, env=dict(os.environ, SLUICE_HEALTH_PORT=str(port)), timeout=LIMIT).returncode

    def test_parts_start_by_their_entry_points_and_are_healthy_until_they_end(self):
        metrics = free_port()
        steps = stages("Dockerfile")["bookie"]
        command = [word.replace("9471", str(metrics)) for word in self.placed(json.loads(last(steps, "ENTRYPOINT")))]
        self.assertNotEqual(0, self.healthy(steps, metrics))
        bookie = self.start("bookie", command + ["--zookeeper", self.zookeeper, "--port", str(free_port())])
        self.assertEqual(0, self.healthy(steps, metrics))
        port = free_port()
        steps = stages("Dockerfile")["gateway"]
        command = self.placed(json.loads(last(steps, "ENTRYPOINT")))
        rest = ["--zookeeper", self.zookeeper, "--warehouse", "file://" + self.root + "/lake", "--replication", "1/1/1", "--port", str(port)]
        self.start("gateway", command + rest)
        self.assertEqual(0, self.healthy(steps, port))
        command = self.placed(json.loads(last(stages("Dockerfile")["compactor"], "ENTRYPOINT")))
        self.start("compactor", command + ["--zookeeper", self.zookeeper, "--warehouse", "file://" + self.root + "/lake"])
        # The launcher gives way to Java, so that the end of a container reaches it.
        bookie.terminate()
        self.assertEqual(128 + signal.SIGTERM, bookie.wait(LIMIT))


if __name__ == "__main__":
    sys.exit(unittest.main())
