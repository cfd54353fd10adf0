"""A streaming job of a real Flink whose TaskManagers are killed at random, as is the standalone that it reads and writes, and which is stopped
with a savepoint and restored at another parallelism.

Usage: flink_recovery.py DISTRIBUTION SQL-GATEWAY-JAR BUNDLE-JAR HOST:PORT. HOST:PORT is a standalone's, as other scripts have it; this one starts
another, of the command that SLUICE names, to kill it. Rows flow all the while, are compacted, and leave the log at once; both tables get columns, and
lose their old snapshots, while the job runs and while it is down. The job copies a table to files and to a second table, exactly once each: no row is
missing at the end, and none is there twice. SEED=N for a certain order of kills.
"""
import datetime
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

from flink_cluster import Flink, SqlClient, failed, rows
from free_port import free_port

DATABASE = "recovery"
BUCKETS = 4
BATCH = 100
JOB = "the copy"
READY_S = 240
APPEND_S = 240
SEED = int(os.environ.get("SEED", time.time_ns() % 1_000_000))
KILLS = ["taskmanager", "taskmanager", "standalone", "both"]


class Standalone:
    """All of Sluice in one process, which can be killed; it starts again at the same port with the same data."""

    def __init__(self, work):
        self.work = pathlib.Path(work)
        self.port = free_port()
        self.endpoint = f"localhost:{self.port}"
        self.process = None
        self.starts = 0

    def start(self):
        self.starts += 1
        command = os.environ.get("SLUICE", str(pathlib.Path(__file__).resolve().parent.parent / "sluice"))
        with open(self.work / f"standalone-{self.starts}.log", "w") as log:
            self.process = subprocess.Popen(
                [command, "standalone", "--data", str(self.work / "data"), "--port", str(self.port), "--set", "compactor.schedule-every=1s",
                 "--set", "compactor.commit-every=1s"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )
        limit = time.monotonic() + READY_S
        while not self._ready():
            assert self.process.poll() is None and time.monotonic() < limit, f"the standalone isn't ready:\n{self.log()}"
            time.sleep(0.2)

    def _ready(self):
        try:
            urllib.request.urlopen(f"http://{self.endpoint}/readyz", timeout=10).close()
            return True
        except OSError:
            return False

    def kill(self):
        self.process.kill()
        self.process.wait(30)

    def log(self):
        return (self.work / f"standalone-{self.starts}.log").read_text(errors="replace")[-3000:]

    def close(self):
        if self.process:
            self.process.terminate()
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.kill()


class Feed(threading.Thread):
    """Appends rows with the numbers 0, 1, 2 and so on, until it is told to stop. A batch without an answer is sent again with the same key."""

    def __init__(self, endpoint):
        super().__init__(daemon=True)
        self.url = f"http://{endpoint}/v1/databases/{DATABASE}/tables/numbers/rows?bucket="
        self.count = 0
        self.error = None
        self.stopped = threading.Event()

    def run(self):
        try:
            while not self.stopped.wait(0.1):
                rows = "".join(json.dumps({"id": self.count + i, "text": f"row {self.count + i}"}) + "\n" for i in range(BATCH))
                headers = {"Content-Type": "application/x-ndjson", "Idempotency-Key": f"feed-{self.count}"}
                bucket = self.count // BATCH % BUCKETS
                self.append(urllib.request.Request(f"{self.url}{bucket}", rows.encode(), headers))
                self.count += BATCH
        except Exception as e:  # told by end()
            self.error = e

    def append(self, request):
        limit = time.monotonic() + APPEND_S
        while True:
            try:
                urllib.request.urlopen(request, timeout=20).close()
                return
            except urllib.error.HTTPError as e:
                if e.code not in (429, 500, 503, 504) or time.monotonic() > limit:
                    raise AssertionError(e.read().decode()) from e
            except OSError:
                if time.monotonic() > limit:
                    raise
            time.sleep(0.2)

    def end(self):
        """Stops; returns how many rows there are."""
        self.stopped.set()
        self.join(120)
        assert self.error is None and not self.is_alive(), self.error
        return self.count


class Recovery:
    def __init__(self, flink, standalone, work):
        self.flink, self.standalone = flink, standalone
        self.files = pathlib.Path(work) / "copy"
        self.client = SqlClient(flink)
        self.added = 0
        self.expired = 0

    def create(self):
        self.client.run(f"CREATE CATALOG sluice WITH ('type' = 'sluice', 'endpoint' = '{self.standalone.endpoint}')")
        self.client.run("USE CATALOG sluice")
        self.client.run(f"CREATE DATABASE {DATABASE}")
        self.client.run(f"USE {DATABASE}")
        moving = "'segment.max-age' = '1 s', 'log.retention' = '0 s'"
        self.client.run(f"CREATE TABLE numbers (id BIGINT NOT NULL, `text` STRING) WITH ('bucket.count' = '{BUCKETS}', {moving})")
        self.client.run(f"CREATE TABLE copied (id BIGINT NOT NULL, `text` STRING) WITH ('bucket.count' = '2', {moving})")
        self.client.run(
            "CREATE TEMPORARY TABLE files (id BIGINT, `text` STRING) WITH ('connector' = 'filesystem', 'format' = 'csv', "
            f"'path' = '{self.files.as_uri()}', 'sink.rolling-policy.rollover-interval' = '1 s', 'sink.rolling-policy.check-interval' = '1 s')"
        )
        self.client.run("SET 'execution.checkpointing.interval' = '1 s'")
        self.client.run(f"SET 'pipeline.name' = '{JOB}'")

    def start(self, parallelism):
        self.client.run("SET 'execution.runtime-mode' = 'streaming'")
        self.client.run(f"SET 'parallelism.default' = '{parallelism}'")
        printed = self.client.run(
            "EXECUTE STATEMENT SET BEGIN INSERT INTO files SELECT * FROM numbers; INSERT INTO copied "
            "/*+ OPTIONS('sink.delivery-guarantee' = 'exactly-once') */ SELECT * FROM numbers; END"
        )
        job = re.search(r"Job ID: (\w+)", printed)[1]
        self.checkpoint(job)
        return job

    def checkpoint(self, job):
        """Waits for two checkpoints more, of which the second began after this call."""
        before = self.flink.checkpoints(job)
        self.flink.until(f"job {job} completes checkpoints", lambda: self.flink.checkpoints(job) >= before + 2)

    def evolve(self):
        """Adds a column to both tables, before the others or behind them in turn, and takes out all snapshots but the newest."""
        name = f"note_{self.added}"
        change = {"add": name, "type": "string"} if self.added % 2 else {"add": name, "type": "string", "first": True}
        self.added += 1
        for table in ("numbers", "copied"):
            self.flink.until(f"{table} has column {name}", lambda: self.has(table, name) or self.alter(table, change))
            self.flink.until(f"old snapshots of {table} are expired", lambda: self.expire(table))

    def drop_added(self):
        """Drops all columns that were added: a query that is planned anew must be the one that the savepoint is of."""
        change = [{"drop": f"note_{i}"} for i in range(self.added)]
        for table in ("numbers", "copied"):
            self.flink.until(f"{table} has no more columns", lambda: not self.has(table, "note_0") or self.alter(table, *change))

    def has(self, table, column):
        with urllib.request.urlopen(self.url(table), timeout=60) as answer:
            return column in [column["name"] for column in json.load(answer)["columns"]]

    def alter(self, table, *changes):
        body = json.dumps({"columns": changes}).encode()
        request = urllib.request.Request(self.url(table), body, {"Content-Type": "application/json"}, method="PATCH")
        urllib.request.urlopen(request, timeout=60).close()
        return True

    def url(self, table):
        return f"http://{self.standalone.endpoint}/v1/databases/{DATABASE}/tables/{table}"

    def expire(self, table):
        """Returns whether it is done: compactions may have got in between it too often."""
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        printed = self.client.execute(f"CALL sys.expire_snapshots('{DATABASE}.{table}', '{now}', 1)")
        if failed(printed):
            print(f"not expired yet: {printed.strip()[:500]}", flush=True)
            return False
        before, after = rows(printed)[0]
        self.expired += int(before) - int(after)
        return True

    def kill(self, job, what):
        """Kills the only TaskManager in the midst of the job, or the standalone, or both, and starts others, with which the job goes on.

        The tables change before, while the job runs, and after, while it is on its way up.
        """
        self.evolve()
        before = self.flink.restored(job)
        if what != "taskmanager":
            self.standalone.kill()
        if what != "standalone":
            killed = self.flink.processes[-1]
            killed.kill()
            killed.wait(30)
            self.flink.start_taskmanager()
        if what != "taskmanager":
            self.standalone.start()
        self.evolve()
        if what != "standalone":
            self.flink.until("the job is started again", lambda: self.flink.restored(job) > before)
        self.flink.until("the job runs", lambda: self.flink.state(job) == "RUNNING")
        self.checkpoint(job)

    def savepoint(self, job):
        printed = self.flink.command("stop", job)
        self.flink.until("the job has stopped", lambda: self.flink.state(job) == "FINISHED")
        return re.search(r"Savepoint completed. Path: (\S+)", printed)[1]

    def in_files(self):
        """The numbers in files that are committed, in order."""
        files = [file for file in self.files.iterdir() if not file.name.startswith((".", "_"))]
        return sorted(int(line.split(",")[0]) for file in files for line in file.read_text().splitlines())

    def check(self, count):
        self.flink.until(f"the files have {count} rows", lambda: len(self.in_files()) >= count)
        assert self.in_files() == list(range(count)), "the files miss rows, or have some twice"
        self.client.run("SET 'execution.runtime-mode' = 'batch'")
        # A checkpoint is committed to each sink by itself.
        self.flink.until(f"the copy has {count} rows", lambda: self.copied("COUNT(*)") >= [count])
        expected = [count, count, count * (count - 1) // 2]
        found = self.copied("COUNT(*), COUNT(DISTINCT id), SUM(DISTINCT id)")
        assert found == expected, f"the copy misses rows, or has some twice: {found}, not {expected}"
        for table in ("numbers", "copied"):
            columns = [row[0] for row in self.client.rows(f"DESCRIBE {table}")]
            assert columns == ["id", "text"], f"{table} has columns that were dropped: {columns}"
        assert self.expired > 0, "no snapshot was there to expire"

    def copied(self, aggregates):
        where = "`text` = 'row ' || CAST(id AS STRING)"
        return [int(cell) for cell in self.client.rows(f"SELECT {aggregates} FROM copied WHERE {where}")[0]]


def main(distribution, gateway, jar, endpoint):
    print(f"SEED={SEED}", flush=True)
    draw = random.Random(SEED)
    kills = draw.sample(KILLS, len(KILLS))
    with tempfile.TemporaryDirectory(prefix="flink-recovery.") as work:
        flink = Flink(distribution, gateway, jar, work)
        standalone = Standalone(work)
        try:
            standalone.start()
            flink.start()
            recovery = Recovery(flink, standalone, work)
            recovery.create()
            feed = Feed(standalone.endpoint)
            feed.start()
            job = recovery.start(2)
            for what in kills:
                time.sleep(draw.uniform(0, 2))
                begin = time.monotonic()
                recovery.kill(job, what)
                print(f"ok: killed {what} and recovered after {time.monotonic() - begin:.0f} s, {feed.count} rows", flush=True)
            path = recovery.savepoint(job)
            recovery.drop_added()
            recovery.client.run(f"SET 'execution.state-recovery.path' = '{path}'")
            # Not to 1: operators that are chained there only would get other ids than those in the savepoint.
            job = recovery.start(3)
            recovery.client.run("RESET 'execution.state-recovery.path'")
            count = feed.end()
            print(f"ok: stopped with a savepoint and restored at another parallelism, {count} rows", flush=True)
            recovery.check(count)
            flink.cancel(job)
            recovery.client.close()
            print(f"OK: Flink {flink.version}: each of {count} rows is once in the files, and once in the copy; tables got and "
                  f"lost {recovery.added} columns, and lost {recovery.expired} snapshots")
        except BaseException:
            print(f"failed with SEED={SEED}; the standalone's log ends:\n{standalone.log()}", flush=True)
            raise
        finally:
            flink.close()
            standalone.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
