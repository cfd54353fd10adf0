"""Nexmark's queries at the SQL client of a real Flink, over Sluice's tables and over the same rows in files: the answers must be equal.

Usage: nexmark.py DISTRIBUTION SQL-GATEWAY-JAR BUNDLE-JAR HOST:PORT. HOST:PORT is a standalone's. NEXMARK_EVENTS says how many events there are
(200000), and NEXMARK_QUERIES names some of the queries, such as q0,q5. The rows are in files of JSON; in three tables of Sluice; and in one with
a field for each kind of thing, read through views. Three quarters of each table are in the lake, the others in the log. The queries run in batch
mode, and some of them in streaming mode too. At the end a row is added to a table: the check must find it.
"""
import collections
import dataclasses
import json
import math
import os
import pathlib
import re
import sys
import tempfile
import time
import urllib.request

import nexmark_queries
from flink_cluster import Flink, SqlClient
from nexmark_events import Events, event_line, line

CHOSEN = os.environ.get("NEXMARK_QUERIES")
QUERIES = [query for query in nexmark_queries.QUERIES if not CHOSEN or query.name in CHOSEN.split(",")]
EVENTS = int(os.environ.get("NEXMARK_EVENTS", 200_000))
DATABASE = "nexmark"
KINDS = ("person", "auction", "bid")
KEYS = {"person": "id", "auction": "id", "bid": "auction"}
COLUMNS = {"person": nexmark_queries.PERSON, "auction": nexmark_queries.AUCTION, "bid": nexmark_queries.BID}
WATERMARK = "WATERMARK FOR `dateTime` AS `dateTime` - INTERVAL '4' SECOND"
SIDE, SIDE_ROWS = "number BIGINT, note STRING", 1000
# Each table is in some files, so that more than one reader finds work.
FILES = 4
REQUEST_ROWS = 5_000
IN_LAKE = 0.75
QUERY_S = 300


@dataclasses.dataclass(frozen=True)
class Place:
    """Where the tables of a run are, and the mode that it runs in."""

    name: str
    database: str
    mode: str = "batch"


@dataclasses.dataclass(frozen=True)
class Cost:
    """Seconds that a query took, with planning and starting it, and seconds of CPU without its planning."""

    time_s: float
    cpu_s: float


FROM_FILES = Place("files", "default_catalog.files")
FROM_TABLES = Place("Sluice", f"sluice.{DATABASE}")
FROM_EVENTS = Place("nested", "default_catalog.nested")
STREAMING = Place("streaming", f"sluice.{DATABASE}", "streaming")


class Rows:
    """All rows as lines of JSON, by table."""

    def __init__(self, events):
        self.lines = {table: [] for table in (*KINDS, "events")}
        for kind, value in Events(events):
            self.lines[KINDS[kind]].append(line(value))
            self.lines["events"].append(event_line(kind, value))

    def to_files(self, folder):
        for table in KINDS:
            lines = self.lines[table]
            (folder / table).mkdir()
            for part in range(FILES):
                some = lines[len(lines) * part // FILES : len(lines) * (part + 1) // FILES]
                (folder / table / f"{part}.json").write_text("".join(some))
        (folder / "side").mkdir()
        (folder / "side" / "all.json").write_text("".join(line({"number": n, "note": f"note {n}"}) for n in range(SIDE_ROWS)))

    def to_tables(self, endpoint):
        """Appends them; returns how many rows are in the lake, of each table."""
        in_lake = {}
        for table, lines in self.lines.items():
            in_lake[table] = int(len(lines) * IN_LAKE)
            append(endpoint, table, lines[: in_lake[table]])
            answer = post(endpoint, f"{table}/flush?timeoutMs=120000", b"")
            assert answer["inLake"], answer
            append(endpoint, table, lines[in_lake[table] :])
        return in_lake


def append(endpoint, table, lines):
    for begin in range(0, len(lines), REQUEST_ROWS):
        post(endpoint, f"{table}/rows", "".join(lines[begin : begin + REQUEST_ROWS]).encode(), "application/x-ndjson")


def post(endpoint, path, body, kind="application/json"):
    request = urllib.request.Request(f"http://{endpoint}/v1/databases/{DATABASE}/tables/{path}", body, {"Content-Type": kind})
    with urllib.request.urlopen(request, timeout=180) as answer:
        return json.load(answer)


class Nexmark:
    def __init__(self, flink, endpoint, work):
        self.flink, self.endpoint = flink, endpoint
        self.work = pathlib.Path(work)
        self.data, self.answers = self.work / "rows", self.work / "answers"
        self.client = SqlClient(flink)
        self.place = None

    def create(self):
        """Tables over files, and of Sluice, which are empty yet."""
        self.client.run(f"CREATE CATALOG sluice WITH ('type' = 'sluice', 'endpoint' = '{self.endpoint}')")
        self.client.run(f"CREATE DATABASE sluice.{DATABASE}")
        for database in ("files", "nested", "answers"):
            self.client.run(f"CREATE DATABASE {database}")
        # Rows stay in the log until they are flushed.
        options = "WITH ('segment.max-age' = '1h')"
        for table in KINDS:
            self.client.run(
                f"CREATE TABLE sluice.{DATABASE}.{table} ({COLUMNS[table]}, {WATERMARK}) DISTRIBUTED BY HASH({KEYS[table]}) INTO 4 BUCKETS {options}"
            )
            self.client.run(f"CREATE TABLE files.{table} ({COLUMNS[table]}, {WATERMARK}) {self.json_files(table)}")
        kinds = ", ".join(f"{kind} ROW<{COLUMNS[kind]}>" for kind in KINDS)
        self.client.run(
            f"CREATE TABLE sluice.{DATABASE}.events (event_type INT, {kinds}, `dateTime` AS CAST(CASE event_type "
            f"WHEN 0 THEN person.`dateTime` WHEN 1 THEN auction.`dateTime` ELSE bid.`dateTime` END AS TIMESTAMP(3)), {WATERMARK}) "
            f"DISTRIBUTED INTO 4 BUCKETS {options}"
        )
        for number, kind in enumerate(KINDS):
            names = [name if name == "`dateTime`" else f"{kind}.{name}" for name in re.findall(r"(\S+) [A-Z]\S+(?:, |$)", COLUMNS[kind])]
            self.client.run(f"CREATE VIEW nested.{kind} AS SELECT {', '.join(names)} FROM sluice.{DATABASE}.events WHERE event_type = {number}")

    def create_side(self):
        self.client.run(f"CREATE TABLE files.side ({SIDE}) {self.json_files('side')}")
        self.client.run(f"CREATE TABLE sluice.{DATABASE}.side ({SIDE})")
        self.client.run(f"CREATE VIEW nested.side AS SELECT * FROM sluice.{DATABASE}.side")
        self.client.run(f"INSERT INTO sluice.{DATABASE}.side SELECT * FROM files.side")

    def json_files(self, table):
        path = (self.data / table).as_uri()
        return f"WITH ('connector' = 'filesystem', 'path' = '{path}', 'format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601')"

    def check_union(self, in_lake):
        """Each table has the rows in the lake that were there at first, and the others in the log only."""
        self.go(FROM_TABLES)
        parts = [f"SELECT '{table}', SUM(lake_offset), SUM(rows_not_in_lake) FROM sluice.{DATABASE}.`{table}$buckets`" for table in in_lake]
        for table, lake, log in self.client.rows(" UNION ALL ".join(parts)):
            assert int(lake) == in_lake[table] and int(log) > 0, f"{table}: {lake} rows in the lake, not {in_lake[table]}, and {log} in the log"

    def end_at_latest(self):
        """Queries in streaming mode that end."""
        for table in KINDS:
            self.client.run(f"ALTER TABLE sluice.{DATABASE}.{table} SET ('scan.bounded.mode' = 'latest-offset')")

    def go(self, place):
        if self.place != place:
            self.client.run(f"SET 'execution.runtime-mode' = '{place.mode}'")
            self.client.run(f"USE {place.database}")
            self.place = place

    def cpu_s(self):
        """How many seconds of CPU the TaskManager and the gateway have used so far: other than the time, it doesn't matter what else runs."""
        stat = pathlib.Path(f"/proc/{self.flink.processes[1].pid}/stat")
        if not stat.exists():
            return math.nan
        ticks = sum(int(field) for field in stat.read_text().rpartition(")")[2].split()[11:13])
        with urllib.request.urlopen(f"http://{self.endpoint}/metrics", timeout=60) as answer:
            gateway = re.search(r"^process_cpu_time_ns_total (\S+)", answer.read().decode(), re.M)[1]
        return ticks / os.sysconf("SC_CLK_TCK") + float(gateway) / 1e9

    def ask(self, query, place):
        """Returns the rows of an answer in an order of their own, and what it took."""
        self.go(place)
        folder = self.answers / f"{query.name}-{place.name}"
        sink = f"default_catalog.answers.`{folder.name}`"
        partitions = f"PARTITIONED BY ({query.partitions})" if query.partitions else ""
        self.client.run(
            f"CREATE TABLE {sink} ({query.columns}) {partitions} "
            f"WITH ('connector' = 'filesystem', 'path' = '{folder.as_uri()}', 'format' = 'csv', 'csv.null-literal' = 'NULL')"
        )
        begin, cpu = time.monotonic(), self.cpu_s()
        self.client.run(f"INSERT INTO {sink} {query.in_mode(place.mode)}", QUERY_S)
        cost = Cost(time.monotonic() - begin, self.cpu_s() - cpu)
        self.client.run(f"DROP TABLE {sink}")
        return answer(folder), cost


def answer(folder):
    """The rows in the files of a folder, each with the folders it is in."""
    found = []
    for file in folder.rglob("*"):
        if file.is_file() and not file.name.startswith((".", "_")):
            within = file.parent.relative_to(folder)
            found += [f"{within}: {row}" if within.parts else row for row in file.read_text().splitlines()]
    return sorted(found)


def difference(rows, truth):
    """Words on how an answer isn't another, or None."""
    if rows == truth:
        return None
    missing, more = collections.Counter(truth), collections.Counter(rows)
    missing.subtract(rows)
    more.subtract(truth)
    shown = [f"{sign} {row}" for sign, rest in (("-", missing), ("+", more)) for row in list((+rest).elements())[:3]]
    return "\n".join([f"{len(rows)} rows, not {len(truth)}; {(+missing).total()} are missing, {(+more).total()} too many:"] + shown)


def main(distribution, gateway, jar, endpoint):
    with tempfile.TemporaryDirectory(prefix="nexmark.") as work:
        flink = Flink(distribution, gateway, jar, work)
        try:
            flink.start()
            run(Nexmark(flink, endpoint, work))
        finally:
            flink.close()


def run(nexmark):
    begin = time.monotonic()
    rows = Rows(EVENTS)
    nexmark.data.mkdir()
    rows.to_files(nexmark.data)
    nexmark.client.run("SET 'table.dml-sync' = 'true'")
    nexmark.client.run("SET 'execution.runtime-mode' = 'batch'")
    nexmark.create()
    nexmark.create_side()
    in_lake = rows.to_tables(nexmark.endpoint)
    nexmark.check_union(in_lake)
    print(f"{EVENTS} events are there after {time.monotonic() - begin:.0f} s", flush=True)
    wrong = compare(nexmark) + compare_streaming(nexmark)
    nexmark.check_union(in_lake)
    assert not wrong, f"{wrong} have other answers than over files"
    if QUERIES[0].name == "q0":
        find_planted(nexmark, rows)
    nexmark.client.close()
    print(f"OK: {len(QUERIES)} queries over {EVENTS} events have the same answers over tables as over files")


def compare(nexmark):
    """Prints a line for each query; returns the names of those whose answers differ."""
    wrong = []
    nexmark.ask(QUERIES[0], Place("warm-files", FROM_FILES.database))
    nexmark.ask(QUERIES[0], Place("warm-tables", FROM_TABLES.database))
    print("                       seconds               seconds of CPU\nquery     rows  files  Sluice  ratio  nested  files  Sluice  ratio  nested", flush=True)
    for query in QUERIES:
        truth, files = nexmark.ask(query, FROM_FILES)
        assert len(truth) >= (query.least if EVENTS >= 200_000 else 1), f"{query.name}: only {len(truth)} rows"
        tables, bad = same(nexmark, query, FROM_TABLES, truth)
        wrong += bad
        nested, bad = same(nexmark, query, FROM_EVENTS, truth)
        wrong += bad
        figures = "".join(
            f" {a:6.1f} {b:7.1f} {b / a:6.2f} {c:7.1f}"
            for a, b, c in ((files.time_s, tables.time_s, nested.time_s), (files.cpu_s, tables.cpu_s, nested.cpu_s))
        )
        print(f"{query.name:5} {len(truth):8}{figures}", flush=True)
    return wrong


def compare_streaming(nexmark):
    """The same of the queries that have new rows only as their answer in streaming mode."""
    wrong = []
    nexmark.end_at_latest()
    for query in QUERIES:
        if query.streaming:
            truth = answer(nexmark.answers / f"{query.name}-{FROM_FILES.name}")
            cost, bad = same(nexmark, query, STREAMING, truth)
            wrong += bad
            print(f"{query.name:5} in streaming mode: {cost.time_s:.1f} s, {cost.cpu_s:.1f} s of CPU", flush=True)
    return wrong


def same(nexmark, query, place, truth):
    """Returns what a query took, and its name if its answer isn't the truth."""
    found, cost = nexmark.ask(query, place)
    bad = difference(found, truth)
    if bad:
        print(f"{query.name}, {place.name}: {bad}", flush=True)
    return cost, [f"{query.name} ({place.name})"] if bad else []


def find_planted(nexmark, rows):
    """A bid that only the table has must be found, or the check is worth nothing."""
    truth = answer(nexmark.answers / f"{QUERIES[0].name}-{FROM_FILES.name}")
    append(nexmark.endpoint, "bid", rows.lines["bid"][-1:])
    found, _ = nexmark.ask(QUERIES[0], Place("planted", FROM_TABLES.database))
    assert difference(found, truth), "a row was added to the table, and the check didn't find it"
    print("ok: a row that only the table has is found")


if __name__ == "__main__":
    main(*sys.argv[1:])
