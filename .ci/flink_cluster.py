"""A real Flink on loopback: a distribution's own scripts start a JobManager, TaskManagers and the SQL client as processes.

Nothing is added to the distribution but one jar of ours in lib, as a user does. The distribution itself is left as it is: its jars are linked
into a home of our own, whose conf has free ports.
"""
import json
import os
import pathlib
import re
import select
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request

from free_port import free_port

READY_S = 240
STATEMENT_S = 180
PROMPT = "Flink SQL> "


class Flink:
    """One cluster. `home` is an unpacked distribution, `gateway` the SQL gateway's jar (sql-client.sh needs it), `jar` ours."""

    def __init__(self, home, gateway, jar, work, slots=4):
        self.work = pathlib.Path(work)
        self.home = self.work / "flink"
        self._link(pathlib.Path(home), pathlib.Path(gateway), pathlib.Path(jar))
        self.version = re.search(r"flink-dist-(.+)\.jar", str(next((self.home / "lib").glob("flink-dist-*")).name))[1]
        self.rest = free_port()
        self._configure(pathlib.Path(home) / "conf" / "config.yaml", slots)
        self.environment = dict(
            os.environ, FLINK_HOME=str(self.home), FLINK_CONF_DIR=str(self.home / "conf"), FLINK_LOG_DIR=str(self.home / "log"),
            FLINK_PID_DIR=str(self.work), TERM="dumb",
        )
        self.processes = []

    def _link(self, home, gateway, jar):
        for folder in ("bin", "conf"):
            shutil.copytree(home / folder, self.home / folder)
        for folder in ("lib", "opt"):
            (self.home / folder).mkdir()
            for file in (home / folder).glob("*.jar"):
                (self.home / folder / file.name).symlink_to(file)
        (self.home / "plugins").symlink_to(home / "plugins")
        (self.home / "log").mkdir()
        shutil.copy(gateway, self.home / "opt")
        shutil.copy(jar, self.home / "lib")

    def _configure(self, theirs, slots):
        # What JVM 17 must open, as the distribution itself says it.
        opens = re.search(r"^ +all: (--add.*)$", theirs.read_text(), re.M)[1]
        lines = {
            "env.java.opts.all": opens,
            "jobmanager.bind-host": "localhost",
            "jobmanager.rpc.address": "localhost",
            "jobmanager.rpc.port": free_port(),
            "jobmanager.memory.process.size": "1200m",
            "taskmanager.bind-host": "localhost",
            "taskmanager.host": "localhost",
            "taskmanager.numberOfTaskSlots": slots,
            "taskmanager.memory.process.size": "1500m",
            "taskmanager.memory.managed.size": "128m",
            "taskmanager.memory.network.max": "128m",
            "rest.address": "localhost",
            "rest.bind-address": "localhost",
            "rest.port": self.rest,
            # On a busy machine it takes longer than the 10 s that are usual.
            "pekko.startup-timeout": "120 s",
            # A TaskManager that was killed is missed soon.
            "heartbeat.interval": 1000,
            "heartbeat.timeout": 8000,
            "restart-strategy.type": "fixed-delay",
            "restart-strategy.fixed-delay.attempts": 100,
            "restart-strategy.fixed-delay.delay": "1 s",
            "execution.checkpointing.dir": (self.work / "checkpoints").as_uri(),
            "execution.checkpointing.savepoint-dir": (self.work / "savepoints").as_uri(),
            "parallelism.default": 2,
        }
        if self.version.startswith("1."):
            lines["state.checkpoints.dir"] = lines.pop("execution.checkpointing.dir")
            lines["state.savepoints.dir"] = lines.pop("execution.checkpointing.savepoint-dir")
        (self.home / "conf" / "config.yaml").write_text("".join(f"{key}: {value}\n" for key, value in lines.items()))

    def start(self, taskmanagers=1):
        self.spawn("jobmanager.sh", "start-foreground")
        for _ in range(taskmanagers):
            self.start_taskmanager()
        self.until("the TaskManagers are there", lambda: self.get("/overview")["taskmanagers"] == taskmanagers)

    def start_taskmanager(self):
        return self.spawn("taskmanager.sh", "start-foreground")

    def spawn(self, script, *arguments):
        log = open(self.home / "log" / f"{len(self.processes)}-{script}.out", "w")
        process = subprocess.Popen(
            ["bash", str(self.home / "bin" / script), *arguments], env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )
        self.processes.append(process)
        return process

    def get(self, path):
        with urllib.request.urlopen(f"http://localhost:{self.rest}{path}", timeout=30) as answer:
            return json.load(answer)

    def cancel(self, job):
        request = urllib.request.Request(f"http://localhost:{self.rest}/jobs/{job}?mode=cancel", method="PATCH")
        urllib.request.urlopen(request, timeout=30).close()
        self.until(f"job {job} has ended", lambda: self.state(job) in ("CANCELED", "FINISHED", "FAILED"))

    def running(self):
        return [job["id"] for job in self.get("/jobs")["jobs"] if job["status"] not in ("CANCELED", "FINISHED", "FAILED")]

    def state(self, job):
        return self.get(f"/jobs/{job}")["state"]

    def checkpoints(self, job):
        """How many checkpoints a job completed."""
        return self.get(f"/jobs/{job}/checkpoints")["counts"]["completed"]

    def restored(self, job):
        """How many times a job went back to a checkpoint or savepoint."""
        return self.get(f"/jobs/{job}/checkpoints")["counts"]["restored"]

    def command(self, *arguments):
        """What bin/flink prints; it must succeed."""
        done = subprocess.run(
            ["bash", str(self.home / "bin" / "flink"), *arguments], env=self.environment, capture_output=True, text=True, timeout=STATEMENT_S,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def until(self, what, true, within=READY_S):
        limit = time.monotonic() + within
        while True:
            try:
                if true():
                    return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                pass
            dead = [process.args[1] for process in self.processes if process.poll() not in (None, -signal.SIGKILL)]
            assert not dead, f"{dead} ended:\n{self.logs()}"
            assert time.monotonic() < limit, f"not within {within} s: {what}\n{self.logs()}"
            time.sleep(0.1)

    def logs(self, last=3000):
        """The last characters of each log of the processes, and of what they printed if they have no log."""
        files = sorted((self.home / "log").iterdir())
        files = [file for file in files if ".log" in file.name] or files
        return "\n".join(f"--- {file.name}\n{file.read_text(errors='replace')[-last:]}" for file in files)

    def close(self):
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(30)


class SqlClient:
    """bin/sql-client.sh with a session that lives on: each statement is typed at its prompt."""

    def __init__(self, flink):
        self.flink = flink
        self.process = subprocess.Popen(
            ["bash", str(flink.home / "bin" / "sql-client.sh")], env=flink.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self._until(lambda text: text.endswith(PROMPT), READY_S, "the SQL client starts")
        self.run("SET 'sql-client.execution.result-mode' = 'tableau'")
        self.run("SET 'sql-client.execution.max-table-result.rows' = '100000'")

    def _until(self, enough, within, what):
        """Returns what is printed up to a moment that `enough` likes."""
        text, limit = b"", time.monotonic() + within
        while not enough(plain(text)):
            left = limit - time.monotonic()
            assert left > 0, f"no end within {within} s of: {what}\n{plain(text)}\n{self.flink.logs()}"
            if select.select([self.process.stdout], [], [], min(left, 1))[0]:
                piece = os.read(self.process.stdout.fileno(), 65536)
                assert piece, f"the SQL client ended at: {what}\n{plain(text)}"
                text += piece
        return plain(text)

    def _type(self, statement):
        self.process.stdin.write((" ".join(statement.split("\n")).strip().rstrip(";") + ";\n").encode())
        self.process.stdin.flush()

    def execute(self, statement, within=STATEMENT_S):
        """Types a statement, without line comments, and returns what it prints."""
        self._type(statement)
        return self._until(lambda text: text.endswith(PROMPT), within, statement)[: -len(PROMPT)]

    def run(self, statement, within=STATEMENT_S):
        """The same, but a statement that fails is an error here."""
        printed = self.execute(statement, within)
        assert not failed(printed), f"this failed:\n{statement}\n{printed}"
        return printed

    def endless(self, query, enough, within=STATEMENT_S):
        """Starts a query that has no end by itself, waits until `enough` likes what it printed, and cancels it; returns that text."""
        others = set(self.flink.running())
        self._type(query)
        printed = self._until(lambda text: enough(text) or text.endswith(PROMPT), within, query)
        assert not failed(printed), f"this failed:\n{query}\n{printed}"
        for job in set(self.flink.running()) - others:
            self.flink.cancel(job)
        if not printed.endswith(PROMPT):
            self._until(lambda text: text.endswith(PROMPT), within, "the query is cancelled")
        return printed

    def rows(self, query, within=STATEMENT_S):
        return rows(self.run(query, within))

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(30)


def plain(printed):
    """Text without what steers a terminal."""
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b[=>]|\r", "", printed.decode(errors="replace"))


def failed(printed):
    return "[ERROR]" in printed or "Exception in thread" in printed


def rows(printed):
    """The rows of a printed table, each a list of its cells, without the head."""
    found = [line for line in printed.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in found[1:]]
