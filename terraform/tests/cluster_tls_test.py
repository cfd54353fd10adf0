"""ZooKeeper's servers and a bookie as the machines start them, with the certificate that docs/aws.md makes: TLS, and nothing else.

Needs a distribution (cli/target/sluice-*.tar.gz, by `mvn package`; or an unpacked one that SLUICE_HOME names), Java, OpenSSL and Terraform. Skipped without one.
"""

import glob
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import unittest

TERRAFORM = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOT = os.path.dirname(TERRAFORM)
MODULES = os.path.join(TERRAFORM, "modules")
sys.path.insert(0, os.path.join(ROOT, ".ci"))
sys.path.insert(0, os.path.join(MODULES, "machine", "files"))
import sluice_metrics  # noqa: E402
from free_port import free_port  # noqa: E402
from machine_files import make_certificate, rendered, replace, settings, zookeeper  # noqa: E402

HOME = os.environ.get("SLUICE_HOME")
TARBALLS = sorted(glob.glob(os.path.join(ROOT, "cli/target/sluice-*.tar.gz")), key=os.path.getmtime)
LIMIT = 120
PAUSE = 0.2


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return file.read()


def write(text, *path):
    with open(os.path.join(*path), "w", encoding="utf-8") as file:
        file.write(text)


@unittest.skipUnless((HOME or TARBALLS) and shutil.which("terraform") and shutil.which("java"), "no distribution was built, or no Terraform or Java is there")
class ClusterTlsTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp()
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        cls.home = HOME or os.path.join(cls.folder, "sluice")
        if not HOME:
            os.mkdir(cls.home)
            subprocess.run(["tar", "-xzf", TARBALLS[-1], "-C", cls.home, "--strip-components=1", "--exclude=*/flink"], check=True, timeout=LIMIT)
        cls.processes = {}
        cls.secrets = os.path.join(cls.folder, "secrets")
        os.mkdir(cls.secrets)
        make_certificate(cls.secrets)
        cls.ports = [free_port() for _ in range(3)]
        cls.connect = ",".join("127.0.0.1:%d" % port for port in cls.ports)
        peers = {str(number): "127.0.0.1:%d:%d" % (free_port(), free_port()) for number in (1, 2, 3)}
        cls.servers = []
        for number, port in enumerate(cls.ports, 1):
            name = "zookeeper-%d" % number
            command = zookeeper(os.path.join(cls.folder, name), cls.home, cls.secrets, port, number, peers)
            cls.servers.append(cls.start(name, command))

    @classmethod
    def start(cls, name, command, **env):
        log = open(os.path.join(cls.folder, name + ".log"), "ab")
        process = subprocess.Popen(command, stdout=log, stderr=log, env=dict(os.environ, **env))
        log.close()
        cls.addClassCleanup(process.wait, LIMIT)
        cls.addClassCleanup(process.kill)
        cls.processes[name] = process
        return process

    def told(self, port, identity=None, ca=None):
        """Returns what the machine of a server would tell CloudWatch, by name; with the cluster's certificate if none is given."""
        out = os.path.join(self.folder, "metrics.json")
        command = [
            sys.executable, os.path.join(MODULES, "machine/files/sluice_metrics.py"), "--cluster", "town", "--kind", "zookeeper", "--host", "127.0.0.1",
            "--zookeeper-port", str(port), "--cluster-identity", identity or self.secrets + "/identity", "--cluster-ca", ca or self.secrets + "/ca", "--state", out + ".state",
            "--out", out, "--folders", self.folder
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=LIMIT)
        return {data["MetricName"]: data["Value"] for data in json.loads(read(out))}

    def until(self, what, probe):
        """Waits until the probe returns something true."""
        end = time.monotonic() + LIMIT
        last = None
        while time.monotonic() < end and all(process.poll() is None for process in self.processes.values()):
            last = probe()
            if last:
                return last
            time.sleep(PAUSE)
        logs = "".join("\n--- %s\n%s" % (name, read(self.folder, name)[-3000:]) for name in sorted(os.listdir(self.folder)) if name.endswith(".log"))
        ended = [name for name, process in self.processes.items() if process.poll() is not None]
        self.fail("%s: not within %d s, ended: %s%s" % (what, LIMIT, ended, logs))

    def sluice(self, *args):
        config = os.path.join(self.folder, "cluster.properties")
        write(settings(self.secrets, "zookeeper"), config)
        command = [os.path.join(self.home, "bin/sluice"), *args, "--zookeeper", self.connect, "--config", config]
        return subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, env=dict(os.environ, SLUICE_JAVA_OPTS="-Xmx128m"))

    def test_the_cluster_knows_its_own_and_nobody_else_and_takes_a_new_certificate(self):
        for port in self.ports:
            self.until("a server of ZooKeeper serves", lambda: self.told(port).get("ZooKeeperUp") == 1)
        self.assertAlmostEqual(365, self.told(self.ports[0])["ClusterCertificateDaysLeft"], delta=1)
        self.strangers_are_turned_away()
        self.a_bookie_joins()
        self.a_new_certificate_is_taken()

    def strangers_are_turned_away(self):
        with socket.create_connection(("127.0.0.1", self.ports[0]), timeout=LIMIT) as connection:
            connection.sendall(b"srvr")
            self.assertNotIn(b"Mode", self.rest(connection))
        other = os.path.join(self.folder, "other")
        os.mkdir(other)
        make_certificate(other)
        for identity in (None, other + "/identity"):
            tls = ssl.create_default_context(cafile=self.secrets + "/ca")
            if identity:
                tls.load_cert_chain(identity)
            with socket.create_connection(("127.0.0.1", self.ports[0]), timeout=LIMIT) as connection:
                with self.assertRaises(OSError):
                    with tls.wrap_socket(connection, server_hostname="127.0.0.1") as session:
                        session.sendall(b"srvr")
                        # With TLS 1.3 the server's refusal comes after the handshake.
                        if b"Mode" not in self.rest(session):
                            raise OSError("turned away")

    @staticmethod
    def rest(connection):
        answer = b""
        while True:
            try:
                part = connection.recv(4096)
            except ConnectionResetError:
                return answer
            if not part:
                return answer
            answer += part

    def a_bookie_joins(self):
        config = os.path.join(self.folder, "bookie.properties")
        write("bookie.write-cache-bytes = 32MiB\nbookie.read-cache-bytes = 8MiB\n" + settings(self.secrets, "zookeeper", "bookkeeper", "bookie"), config)
        template = os.path.join(MODULES, "bookies/files/sluice-bookie.service")
        place = {"name": "bookie-1", "zone": "a", "zookeeper": self.connect, "journal": self.folder, "ledgers": self.folder, "java_opts": "", "starts": [], "insecure": False}
        command = re.search(r"^ExecStart=(.*)$", rendered(template, place), re.M).group(1)
        for before, after in (
            ("/opt/sluice", self.home), ("/etc/sluice/bookie.properties", config), ("/var/lib/sluice", self.folder), ("${SLUICE_HOST}", "127.0.0.1"),
            ("--port 3181", "--port %d" % free_port()), ("${SLUICE_INSTANCE}", "i-1")
        ):
            self.assertIn(before, command)
            command = command.replace(before, after)
        self.start("bookie", command.split(), SLUICE_JAVA_OPTS="-Xmx192m -XX:MaxDirectMemorySize=192m")
        self.until("the bookie is ready", lambda: "is ready" in read(self.folder, "bookie.log"))
        listing = self.sluice("bookie", "list")
        self.assertEqual(1, sluice_metrics.bookies(listing.stdout), listing.stdout + listing.stderr)

    def a_new_certificate_is_taken(self):
        """As docs/aws.md says: both CAs first, then the certificate, then the old CA is taken out; nothing is started again."""
        old_ca, old_identity = read(self.secrets, "ca"), read(self.secrets, "identity")
        new = os.path.join(self.folder, "new")
        os.mkdir(new)
        make_certificate(new)
        replace(self.secrets + "/ca", old_ca + read(new, "ca"))
        for port in self.ports:
            self.until("a server trusts the new CA", lambda: self.serves(port, new + "/identity", self.secrets + "/ca"))
        replace(self.secrets + "/identity", read(new, "identity"))
        for port in self.ports:
            self.until("a server has the new certificate", lambda: self.serves(port, new + "/identity", new + "/ca"))
        replace(self.secrets + "/ca", read(new, "ca"))
        write(old_identity, self.folder, "old-identity")
        for port in self.ports:
            self.until("the old CA is of no use any more", lambda: not self.serves(port, os.path.join(self.folder, "old-identity"), new + "/ca"))
        # A server finds the others, and the bookie is still known.
        self.servers[0].kill()
        self.servers[0].wait(LIMIT)
        self.start("zookeeper-1", self.servers[0].args)
        self.until("a server that was started again serves", lambda: self.told(self.ports[0]).get("ZooKeeperUp") == 1)
        listing = self.sluice("bookie", "list")
        self.assertEqual(1, sluice_metrics.bookies(listing.stdout), listing.stdout + listing.stderr)

    def serves(self, port, identity, ca):
        return self.told(port, identity, ca).get("ZooKeeperUp") == 1


if __name__ == "__main__":
    unittest.main()
