"""A streaming job of a real Flink whose TaskManager is killed, and which is stopped with a savepoint and restored at another parallelism.

Usage: flink_recovery.py DISTRIBUTION SQL-GATEWAY-JAR BUNDLE-JAR HOST:PORT. HOST:PORT is a standalone's. Rows flow all the while. The job copies
a table to files and to a second table, exactly once each: no row is missing at the end, and none is there twice.
"""
import json
import pathlib
import re
import sys
import tempfile
import threading
import time
import urllib.request

from flink_cluster import Flink, SqlClient

DATABASE = "recovery"
BATCH = 100
JOB = "the copy"


class Feed(threading.Thread):
    """Appends rows with the numbers 0, 1, 2 and so on, until it is told to stop."""

    def __init__(self, endpoint):
        super().__init__(daemon=True)
        self.url = f"http://{endpoint}/v1/databases/{DATABASE}/tables/numbers/rows"
        self.count = 0
        self.error = None
        self.stopped = threading.Event()

    def run(self):
        try:
            while not self.stopped.wait(0.1):
                rows = "".join(json.dumps({"id": self.count + i, "text": f"row {self.count + i}"}) + "\n" for i in range(BATCH))
                request = urllib.request.Request(self.url, rows.encode(), {"Content-Type": "application/x-ndjson"})
                urllib.request.urlopen(request, timeout=60).close()
                self.count += BATCH
        except Exception as e:  # told by end()
            self.error = e

    def end(self):
        """Stops; returns how many rows there are."""
        self.stopped.set()
        self.join(120)
        assert self.error is None and not self.is_alive(), self.error
        return self.count


class Recovery:
    def __init__(self, flink, endpoint, work):
        self.flink, self.endpoint = flink, endpoint
        self.files = pathlib.Path(work) / "copy"
        self.client = SqlClient(flink)

    def create(self):
        self.client.run(f"CREATE CATALOG sluice WITH ('type' = 'sluice', 'endpoint' = '{self.endpoint}')")
        self.client.run("USE CATALOG sluice")
        self.client.run(f"CREATE DATABASE {DATABASE}")
        self.client.run(f"USE {DATABASE}")
        self.client.run("CREATE TABLE numbers (id BIGINT NOT NULL, `text` STRING) WITH ('bucket.count' = '4')")
        self.client.run("CREATE TABLE copied (id BIGINT NOT NULL, `text` STRING) WITH ('bucket.count' = '2')")
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

    def kill(self, job):
        """Kills the only TaskManager in the midst of the job, and starts another, on which the job goes on."""
        killed = self.flink.processes[-1]
        killed.kill()
        killed.wait(30)
        self.flink.start_taskmanager()
        self.flink.until("the job is started again", lambda: self.flink.restored(job) >= 1 and self.flink.state(job) == "RUNNING")
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

    def copied(self, aggregates):
        where = "`text` = 'row ' || CAST(id AS STRING)"
        return [int(cell) for cell in self.client.rows(f"SELECT {aggregates} FROM copied WHERE {where}")[0]]


def main(distribution, gateway, jar, endpoint):
    with tempfile.TemporaryDirectory(prefix="flink-recovery.") as work:
        flink = Flink(distribution, gateway, jar, work)
        try:
            flink.start()
            recovery = Recovery(flink, endpoint, work)
            recovery.create()
            feed = Feed(endpoint)
            feed.start()
            begin = time.monotonic()
            job = recovery.start(2)
            recovery.kill(job)
            print(f"ok: killed and recovered after {time.monotonic() - begin:.0f} s, {feed.count} rows", flush=True)
            path = recovery.savepoint(job)
            recovery.client.run(f"SET 'execution.state-recovery.path' = '{path}'")
            # Not to 1: operators that are chained there only would get other ids than those in the savepoint.
            job = recovery.start(3)
            recovery.client.run("RESET 'execution.state-recovery.path'")
            count = feed.end()
            print(f"ok: stopped with a savepoint and restored at another parallelism, {count} rows", flush=True)
            recovery.check(count)
            flink.cancel(job)
            recovery.client.close()
            print(f"OK: Flink {flink.version}: each of {count} rows is once in the files, and once in the copy")
        finally:
            flink.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
