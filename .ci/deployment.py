"""A whole deployment, as on AWS: ZooKeeper, three bookies and two gateways with TLS and tokens, the compactor as a function that the gateways'
announcements drive through a queue, a lake in S3 and Glue, and a real Flink. The cluster's connections are TLS with certificates from both sides
and the settings that Terraform writes; the function gets its certificate from Secrets Manager. Each part is a process of its own; a stand-in answers for AWS.

Usage: deployment.py SLUICE MINISTACK ZIP DISTRIBUTION SQL-GATEWAY-JAR BUNDLE-JAR FLIGHTS.csv.gz. ZIP is the function's, the four before FLIGHTS are
as other scripts have them.

The flights flow in, half of them by `sluice ingest` and half by a job of Flink's, exactly once, while a function is held in the middle of a plan until
it is ended for being too slow, a bookie is killed, and the gateway that both talk to is killed. In the end the union of log and lake in Flink, and the
lake alone as PyIceberg finds it through Glue, have every row of the CSV once.
"""
import collections
import gzip
import hashlib
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time

from pyiceberg.catalog import load_catalog

import machine_files
from aws_stand_in import CREDENTIALS, Function, Gate, StandIn
from flink_cluster import Flink, SqlClient
from sluice_parts import Cluster

DATABASE, TABLE = "flights", "flights"
BUCKET = "sluice"
WAREHOUSE = f"s3://{BUCKET}/warehouse"
TIMEOUT_S = 40
HIDDEN_S = 45
PATIENCE_S = 480
INTEGERS = "year month day dep_time sched_dep_time dep_delay arr_time sched_arr_time arr_delay flight air_time distance hour minute".split()
COLUMNS = ("year month day dep_time sched_dep_time dep_delay arr_time sched_arr_time arr_delay carrier flight tailnum origin dest air_time distance "
           "hour minute time_hour").split()
CSV = "'connector' = 'filesystem', 'format' = 'csv', 'csv.null-literal' = 'NA', 'csv.disable-quote-character' = 'true'"
MINUTES = "yyyy-MM-dd''T''HH:mm:ss''Z''"
# Of the rows that each writer gets: how many at once, and how long between them.
BATCH = 1_000
PAUSE_S = 0.1
# How many of them have flowed, in percent, before a function is held, and after each of what happens next.
BEFORE, BOOKIE_KILLED, GATEWAY_KILLED, FUNCTION_ENDED, END = 30, 50, 70, 88, 100


def columns(time_hour):
    return ", ".join(f"`{name}` {'INT' if name in INTEGERS else time_hour if name == 'time_hour' else 'STRING'}" for name in COLUMNS)


class Feed(threading.Thread):
    """Gives a writer its rows bit by bit, as many of them as it may for now."""

    def __init__(self, rows, give):
        super().__init__(daemon=True)
        self.rows, self.give = rows, give
        self.most = 0
        self.error = None

    def may(self, percent):
        self.most = len(self.rows) * percent // 100

    def run(self):
        try:
            at = 0
            while at < len(self.rows):
                bits = self.rows[at : min(at + BATCH, self.most)]
                if bits:
                    self.give(bits)
                at += len(bits)
                time.sleep(PAUSE_S)
        except Exception as e:  # told by end()
            self.error = e

    def end(self):
        self.may(END)
        self.join(PATIENCE_S)
        assert self.error is None and not self.is_alive(), self.error


class Ingest:
    """`sluice ingest` of its standard input, by the first gateway."""

    def __init__(self, cluster, token, header, log):
        self.log = pathlib.Path(log)
        with open(log, "w") as out:
            self.process = subprocess.Popen(
                [cluster.sluice, "ingest", "-", f"{DATABASE}.{TABLE}", "--format", "csv", "--null", "NA", "--batch-rows", str(BATCH),
                 "--retry-for", str(PATIENCE_S), "--endpoint", cluster.endpoint(0), "--token-file", str(token), "--tls-ca",
                 str(cluster.certificates.ca)],
                stdin=subprocess.PIPE, stdout=out, stderr=out, text=True,
            )
        self.give([header])

    def give(self, rows):
        self.process.stdin.writelines(rows)
        self.process.stdin.flush()

    def end(self, rows):
        self.process.stdin.close()
        code = self.process.wait(PATIENCE_S)
        assert code == 0 and f"{rows:,} rows are durable" in self.log.read_text(), self.log.read_text()

    def close(self):
        """Else it would try for as long as it is told to, if the gateways are gone."""
        self.process.kill()
        self.process.wait()


class Sql:
    """What a user of Flink does."""

    def __init__(self, flink, work):
        self.flink, self.work = flink, pathlib.Path(work)
        self.folder = self.work / "arriving"
        self.folder.mkdir()
        self.files = 0
        self.client = SqlClient(flink)

    def create(self, cluster, token):
        endpoints = ",".join(f"grpc+tls://127.0.0.1:{port}" for port in cluster.ports)
        self.client.run(
            f"CREATE CATALOG sluice WITH ('type' = 'sluice', 'endpoint' = '{endpoints}', 'token-file' = '{token}', "
            f"'tls.ca' = '{cluster.certificates.ca}', 'default-database' = '{DATABASE}')"
        )
        self.client.run("SET 'table.local-time-zone' = 'UTC'")
        self.client.run("USE CATALOG sluice")
        self.client.run(f"CREATE TABLE {TABLE} ({columns('TIMESTAMP_LTZ(6)')}) WITH ('bucket.count' = '4', 'segment.max-age' = '2 s')")
        self.client.run(
            f"CREATE TEMPORARY TABLE arriving ({columns('STRING')}) WITH ({CSV}, 'path' = '{self.folder.as_uri()}', 'source.monitor-interval' = '1 s')"
        )

    def give(self, rows):
        """A file that Flink's job finds."""
        self.files += 1
        hidden = self.work / "next.csv"
        hidden.write_text("".join(rows))
        hidden.rename(self.folder / f"{self.files}.csv")

    def start(self):
        self.client.run("SET 'execution.runtime-mode' = 'streaming'")
        self.client.run("SET 'execution.checkpointing.interval' = '3 s'")
        plain = ", ".join(f"`{name}`" for name in COLUMNS[:-1])
        printed = self.client.run(
            f"INSERT INTO {TABLE} /*+ OPTIONS('sink.delivery-guarantee' = 'exactly-once') */ "
            f"SELECT {plain}, CAST(TO_TIMESTAMP(time_hour, '{MINUTES}') AS TIMESTAMP_LTZ(6)) FROM arriving"
        )
        self.client.run("SET 'execution.runtime-mode' = 'batch'")
        return re.search(r"Job ID: (\w+)", printed)[1]

    def ask(self, query):
        return self.client.rows(query)[0]

    def stop(self, job, count):
        """Ends the job once all of its rows are there to be read."""
        self.flink.until(f"{count} rows are there", lambda: int(self.ask(f"SELECT COUNT(*) FROM {TABLE}")[0]) >= count)
        self.flink.command("stop", job)
        self.flink.until("the job has stopped", lambda: self.flink.state(job) == "FINISHED")

    def lines(self):
        """All rows, as the CSV has them."""
        to = self.work / "union"
        plain = ", ".join(f"`{name}`" for name in COLUMNS[:-1])
        self.client.run(f"CREATE TEMPORARY TABLE found ({columns('STRING')}) WITH ({CSV}, 'path' = '{to.as_uri()}')")
        self.client.run("SET 'table.dml-sync' = 'true'")
        self.client.run(f"INSERT INTO found SELECT {plain}, DATE_FORMAT(time_hour, '{MINUTES}') FROM {TABLE}")
        files = [file for file in to.rglob("*") if file.is_file() and not file.name.startswith((".", "_"))]
        return [line for file in files for line in file.read_text().splitlines(keepends=True)]


class Lake:
    """What an engine sees that knows nothing of Sluice."""

    def __init__(self, aws):
        properties = {f"{service}.{key}": value for service in ("glue", "s3") for key, value in {
            "endpoint": aws.endpoint, "region": CREDENTIALS["AWS_REGION"], "access-key-id": "test", "secret-access-key": "test"}.items()}
        self.catalog = load_catalog("lake", type="glue", **properties)

    def table(self):
        return self.catalog.load_table(f"{DATABASE}.{TABLE}")

    def count(self):
        snapshot = self.table().current_snapshot()
        return int(snapshot.summary["total-records"]) if snapshot else 0

    def lines(self):
        found = self.table().scan(selected_fields=tuple(COLUMNS)).to_arrow()
        cells = [[text(value) for value in found[name].to_pylist()] for name in COLUMNS]
        return [",".join(row) + "\n" for row in zip(*cells)]


def text(value):
    if value is None:
        return "NA"
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if hasattr(value, "strftime") else str(value)


def compare(who, found, expected):
    """Both have the same rows, in whatever order, each as often."""
    if digest(found) != digest(expected):
        missing, more = collections.Counter(expected), collections.Counter(found)
        missing.subtract(found)
        more.subtract(expected)
        lost, strange = [[row for row in some.elements()] for some in (missing, more)]
        raise AssertionError(f"{who} has {len(found)} rows, not {len(expected)}: it lacks {len(lost)}, as {lost[:3]}, and has {len(strange)} that aren't "
                             f"in the CSV, or there fewer times, as {strange[:3]}")
    print(f"ok: {who} has the {len(found)} rows of the CSV, SHA-256 {digest(found)[:16]}", flush=True)


def digest(rows):
    return hashlib.sha256("".join(sorted(rows)).encode()).hexdigest()


def until(what, true, within=PATIENCE_S):
    """Waits; a gateway that doesn't answer for now, as others are being killed, is asked again."""
    limit, error = time.monotonic() + within, None
    while True:
        try:
            if true():
                return
        except OSError as e:
            error = e
        assert time.monotonic() < limit, f"not within {within} s: {what}; the last error: {error}"
        time.sleep(0.2)


class Deployment:
    """What runs, from the first part to the last."""

    def __init__(self, sluice, ministack, zip_file, distribution, sql_gateway, jar, work):
        self.work = pathlib.Path(work)
        self.zip_file = zip_file
        self.opened = []
        self.aws = self.own(StandIn(ministack, work))
        self.sluice, self.distribution, self.sql_gateway, self.jar = sluice, distribution, sql_gateway, jar

    def own(self, part):
        """Has a part closed when all of it is."""
        self.opened.append(part)
        return part

    def start(self):
        self.aws.start()
        self.aws.client("s3").create_bucket(Bucket=BUCKET)
        self.gate = self.own(Gate(self.aws.port))
        self.function = Function(self.aws, BUCKET, TIMEOUT_S, HIDDEN_S)
        queues = {"announce.queue-url": self.function.queue, "announce.dead-queue-url": self.function.dead}
        settings = ["--catalog", "type=glue", *(argument for key, value in queues.items() for argument in ("--set", f"{key}={value}"))]
        self.cluster = self.own(Cluster(self.sluice, self.work, dict(os.environ, **self.aws.variables()), WAREHOUSE, settings))
        self.loader = self.cluster.token("loader", f"{DATABASE}:write")
        self.owner = self.cluster.token("flink", f"{DATABASE}:admin")
        self.cluster.token("stranger", "other:admin")
        self.cluster.start()
        self.function.deploy(self.zip_file, self._variables())
        self.flink = Flink(self.distribution, self.sql_gateway, self.jar, self.work)
        self.flink.environment |= self.aws.variables()
        self.own(self.flink)
        self.flink.start()
        self.sql = Sql(self.flink, self.work)
        self.own(self.sql.client)
        self.sql.create(self.cluster, self.owner)
        self.lake = Lake(self.aws)

    def _variables(self):
        """The function's environment: as terraform/modules/compactor has it, and where AWS is."""
        secrets = {name: self._secret(name) for name in ("identity", "ca")}
        return machine_files.function_variables(**secrets) | {
            "SLUICE_ZOOKEEPER": self.cluster.zookeeper_at, "SLUICE_LEDGERS": f"zk+hierarchical://{self.cluster.zookeeper_at}/ledgers",
            "SLUICE_WAREHOUSE": WAREHOUSE, "SLUICE_CATALOG_TYPE": "glue",
            "JAVA_TOOL_OPTIONS": f"{machine_files.function_options()} -Xmx512m -Djava.io.tmpdir={self.work}",
            "AWS_ENDPOINT_URL": self.aws.endpoint, "AWS_ENDPOINT_URL_S3": self.gate.endpoint,
        }

    def _secret(self, name):
        """Puts what the cluster's other parts have in a file, and returns the secret's ID."""
        identifier = f"town/cluster/{name}"
        self.aws.client("secretsmanager").create_secret(Name=identifier, SecretString=(self.cluster.secrets / name).read_text())
        return identifier

    def rows(self):
        """How many rows are durable in the log."""
        (table,) = [table for table in self.cluster.call("GET", "/v1/status", "flink")["tables"] if table["table"] == TABLE]
        return table["rows"]

    def more_rows(self, feeds, percent, after="the first flights arrive"):
        """Lets writers have more rows, and waits until some of them are durable."""
        counts = []
        until("the rows are counted", lambda: counts.append(self.rows()) or True)
        for feed in feeds:
            feed.may(percent)
        until(f"{after}, and rows go on", lambda: counts.append(self.rows()) or counts[-1] > counts[0])
        print(f"ok: {after}, and rows go on: {counts[-1]}", flush=True)

    def logs(self):
        flink = self.flink.logs() if hasattr(self, "flink") else ""
        cluster = self.cluster.logs() if hasattr(self, "cluster") else ""
        ingest = self.work / "ingest.log"
        sent = ingest.read_text() if ingest.exists() else "nothing"
        return f"{flink}\n{cluster}\n--- sluice ingest\n{sent}\n--- the stand-in for AWS and the function\n{self.aws.log()[-8000:]}"

    def close(self):
        for part in reversed(self.opened):
            part.close()


def flow(town, header, rows):
    """The flights flow in while parts are lost."""
    half = len(rows) // 2
    ingest = town.own(Ingest(town.cluster, town.loader, header, town.work / "ingest.log"))
    feeds = [Feed(rows[:half], ingest.give), Feed(rows[half:], town.sql.give)]
    job = town.sql.start()
    town.gate.shut()
    for feed in feeds:
        feed.start()
    town.more_rows(feeds, BEFORE)
    until("the function writes a file for the lake", town.gate.waiting.is_set)
    print("ok: the function is in the middle of a plan", flush=True)
    town.cluster.bookies[0].kill()
    town.more_rows(feeds, BOOKIE_KILLED, "a bookie is killed")
    town.cluster.bookies[0].start()
    town.cluster.gateways[0].kill()
    town.more_rows(feeds, GATEWAY_KILLED, "a gateway is killed")
    town.cluster.gateways[0].start()
    until("the function is ended", lambda: town.function.timeouts() > 0)
    town.gate.open.set()
    town.more_rows(feeds, FUNCTION_ENDED, "the function took too long and was ended")
    until("a part of the rows is in the lake", lambda: town.lake.count() > len(rows) // 5)
    # What comes now stays in the log.
    town.gate.shut()
    for feed in feeds:
        feed.end()
    ingest.end(half)
    town.sql.stop(job, len(rows))


def run(town, flights):
    begin = time.monotonic()
    with gzip.open(flights, "rt") as file:
        header, *rows = file.readlines()
    town.start()
    assert town.cluster.refuses(f"/v1/databases/{DATABASE}/tables/{TABLE}", None), "a gateway lets one in without a token"
    assert town.cluster.refuses(f"/v1/databases/{DATABASE}/tables/{TABLE}", "stranger"), "a gateway lets one in with a token for another database"
    print(f"ok: all parts run, after {time.monotonic() - begin:.0f} s", flush=True)
    flow(town, header, rows)
    in_lake = town.lake.count()
    assert 0 < in_lake < len(rows), f"of {len(rows)} rows {in_lake} are in the lake: the union is of one alone"
    distances = sum(int(row.split(",")[15]) for row in rows)
    found = town.sql.ask(f"SELECT COUNT(*), SUM(CAST(distance AS BIGINT)) FROM {TABLE}")
    assert found == [str(len(rows)), str(distances)], f"Flink counts {found}, not {len(rows)} and {distances}"
    compare(f"the union of log and lake in Flink, with {in_lake} rows of the lake,", town.sql.lines(), rows)
    town.gate.open.set()
    until("the lake has all rows", lambda: town.cluster.call(
        "POST", f"/v1/databases/{DATABASE}/tables/{TABLE}/flush?timeoutMs=60000", "flink")["inLake"])
    compare("the lake that PyIceberg finds through Glue", town.lake.lines(), rows)
    assert town.function.dead_letters() == 0, "messages to the function are given up"
    print(f"OK: a whole deployment kept {len(rows)} flights, {time.monotonic() - begin:.0f} s", flush=True)


def main(*arguments):
    *parts, flights = arguments
    # Whoever has no patience any more gets the logs, and no process is left.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("told to end"))
    with tempfile.TemporaryDirectory(prefix="deployment.") as work:
        town = Deployment(*parts, work)
        try:
            run(town, flights)
        except BaseException:
            print(town.logs(), flush=True)
            raise
        finally:
            town.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
