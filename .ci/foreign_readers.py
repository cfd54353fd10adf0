"""Reads Sluice's lake with DuckDB, DataFusion (iceberg-rust), Polars and PyIceberg, or with Spark, and compares every row with the log.

The tables have every type with its extremes, types within each other, every partition transform, files of several commits and of several
schemas, and files that maintenance rewrote. The gateway must have been started with `maintenance.every=1s` and `maintenance.files-together=2`.

Usage: foreign_readers.py HOST:PORT nyc-flights-2013.csv.gz [iceberg-spark-runtime.jar]. Prints OK, or fails.
"""
import datetime
import decimal
import json
import random
import sys
import time
import uuid

import pyarrow as pa
import pyarrow.compute as pc

import all_types
import nested
import pyiceberg_flights
from all_types import COLUMNS, FAR, Gateway, as_arrow, bits, column

ROWS = 120_000
SEED = 5


def canonical(array, arrow):
    """What engines spell in ways of their own, in ours: names of UTC, UUIDs as text, text and bytes with long offsets."""
    array = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    if pa.types.is_timestamp(arrow) and arrow.tz and array.type.tz in ("Etc/UTC", "+00:00"):
        return array.cast(arrow)
    if arrow == pa.binary(16) and pa.types.is_string(array.type):
        return pa.array([None if v is None else uuid.UUID(v).bytes for v in array.to_pylist()], arrow)
    if pa.types.is_time(arrow) and array.type != arrow:
        return array.cast(arrow)
    return array


def compare(what, columns, got, want):
    assert got.num_rows == want.num_rows, f"{what}: {got.num_rows} rows instead of {want.num_rows}"
    for name, arrow in columns.items():
        one, other = bits(canonical(got[name], arrow), arrow), bits(want[name], arrow)
        if one != other:
            place = next(i for i, pair in enumerate(zip(one, other)) if pair[0] != pair[1])
            raise AssertionError(f"{what}: {name} of row {place} is {one[place]} instead of {other[place]}")
    print(f"ok {what}: {got.num_rows} rows of {len(columns)} columns", flush=True)


def files(gateway, table):
    return len(list(gateway.lake.load_table(table).scan().plan_files()))


def rewritten(gateway, table, commits):
    """Waits until maintenance has made one file of those of several commits."""
    limit = time.monotonic() + 120
    while (count := files(gateway, table)) > 1:
        assert time.monotonic() < limit, f"{table} still has {count} files; does the compactor maintain each second?"
        time.sleep(0.2)
    print(f"ok {table[1]}: the files of {commits} commits became one", flush=True)


def create(gateway, table, types, options):
    columns = [{"name": name, "type": kind} for name, kind in types.items()]
    body = {"name": table, "columns": columns, "options": options}
    gateway.call("POST", f"/databases/{all_types.DB}/tables", json.dumps(body).encode())


def every_type(gateway, readers, database):
    return all_columns(gateway, readers, database, "every", "")


def every_transform(gateway, readers, database):
    """Two tables, as a partition has eight fields at most."""
    for name, partitioning in {
        "calendar": "year(c_date),month(c_timestamp),day(c_timestamptz),c_boolean" + (",c_time" if "time" in known(readers) else ""),
        "numbers": "bucket(3, c_int),bucket(2, c_uuid),bucket(2, c_decimal_38_37),truncate(10, c_long),truncate(2, c_string),"
        "truncate(1, c_binary),c_decimal_9_2,hour(c_timestamp)",
    }.items():
        table, kinds, want, _ = all_columns(gateway, readers, database, name, partitioning)
        if hasattr(readers[0], "equals"):
            each_partition(readers[0], table, kinds, want, partitioning)


def each_partition(reader, table, kinds, want, partitioning):
    """Filters by each value of the columns that a table is partitioned by: a partition that the reader took for another is left out."""
    for kind, (arrow, values) in COLUMNS.items():
        name = column(kind)
        if f"{name}," in f"{partitioning},".replace(")", ""):
            compare(f"{table[1]} where {name} is null", kinds, reader.read(table, f"{name} IS NULL"), want.filter(pc.is_null(want[name])))
            for value, (_, text) in zip(as_arrow({kind: COLUMNS[kind]})[name], values):
                rows = want.filter(pc.equal(want[name], value))
                compare(f"{table[1]} where {name} is {text!r}", kinds, reader.read(table, reader.equals(name, kind, text)), rows)


def known(readers):
    """The columns of types that all these readers know."""
    lacks = {kind for reader in readers for kind in getattr(reader, "lacks", ())}
    return {kind: of for kind, of in COLUMNS.items() if kind not in lacks}


def all_columns(gateway, readers, database, name, partitioning):
    columns = known(readers)
    kinds = {column(kind): arrow for kind, (arrow, _) in columns.items()}
    create(gateway, name, {column(kind): kind for kind in columns}, {"lake.partitioning": partitioning})
    sent = as_arrow(columns)
    parts = []
    for part in range(4):
        parts.append(sent.take([(row + part) % sent.num_rows for row in range(sent.num_rows)]))
        put(gateway, name, parts[-1])
        gateway.flush(name)
    table, want = (database, name), pa.concat_tables(parts)
    for reader in readers:
        compare(f"{name}, all types, {reader.name}", kinds, reader.read(table), want)
    return table, kinds, want, len(parts)


def flights(gateway, readers, database, path):
    """Files by month and carrier, of which a filter opens those that it needs."""
    want = pyiceberg_flights.expected(path)
    kinds = dict(zip(want.column_names, want.schema.types))
    types = {"int64": "long", "string": "string", "double": "double", "timestamp[us, tz=UTC]": "timestamptz"}
    create(
        gateway,
        "flights",
        {name: types[str(kind)] for name, kind in kinds.items()},
        {"lake.partitioning": "month(time_hour),carrier"},
    )
    put(gateway, "flights", want)
    gateway.flush("flights")
    table = (database, "flights")
    lake = gateway.lake.load_table(table)
    month = pc.strftime(want["time_hour"], "%Y-%m")
    partitions = pa.table({"month": month, "carrier": want["carrier"]}).group_by(["month", "carrier"]).aggregate([]).num_rows
    assert len(list(lake.scan().plan_files())) == partitions, f"not {partitions} files"
    march = "time_hour >= '2013-03-01T00:00:00+00:00' AND time_hour < '2013-04-01T00:00:00+00:00'"
    for where, mask in {
        "carrier = 'UA'": pc.equal(want["carrier"], "UA"),
        march: pc.equal(month, "2013-03"),
        march + " AND carrier = 'HA'": pc.and_(pc.equal(month, "2013-03"), pc.equal(want["carrier"], "HA")),
    }.items():
        rows = want.filter(mask)
        opened = [task.file for task in lake.scan(row_filter=where).plan_files()]
        held = sum(file.record_count for file in opened)
        assert held == rows.num_rows, f"where {where}: {len(opened)} files with {held} rows are opened for {rows.num_rows} rows"
        print(f"ok where {where}: {len(opened)} of {partitions} files are opened", flush=True)
        for reader in readers:
            if reader.name not in ("DataFusion", "Polars"):
                compare(f"flights where {where}, {reader.name}", kinds, reader.read(table, where), rows)
    for reader in readers:
        compare(f"flights by month and carrier, {reader.name}", kinds, reader.read(table), want)


def far(gateway, readers, database):
    kinds = {column(kind): arrow for kind, (arrow, _) in FAR.items()}
    gateway.create("far", FAR)
    put(gateway, "far", as_arrow(FAR))
    gateway.flush("far")
    for reader in readers:
        # DuckDB's dates and timestamps end before Iceberg's do.
        if reader.name != "DuckDB":
            compare(f"far dates, {reader.name}", kinds, reader.read((database, "far")), as_arrow(FAR))


def put(gateway, table, data):
    writer, acks = gateway.flight.do_put(all_types.flight.FlightDescriptor.for_path(all_types.DB, table), data.schema)
    writer.write_table(data)
    writer.done_writing()
    acks.read()
    writer.close()


def many(count, first):
    """Rows with runs, nulls, few and many values, so that each encoding has work."""
    chance = random.Random(SEED + first)
    start = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
    none = lambda value: None if chance.random() < 0.1 else value
    rows = {
        "id": pa.array(range(first, first + count), pa.int64()),
        "carrier": pa.array([none(chance.choice(["AA", "B6", "DL", "UA", "ü"])) for _ in range(count)], pa.string()),
        "code": pa.array([none(f"{chance.getrandbits(64):016x}") for _ in range(count)], pa.string()),
        "price": pa.array([none(chance.randrange(10**9)) for _ in range(count)], pa.int64()).cast(pa.decimal128(20, 0)),
        "speed": pa.array([none(chance.gauss(0, 1e6)) for _ in range(count)], pa.float64()),
        "delay": pa.array([none(chance.randrange(-60, 300)) for _ in range(count)], pa.int32()),
        "at": pa.array(
            [start + datetime.timedelta(seconds=first + i) for i in range(count)], pa.timestamp("us", "UTC")
        ),
        "on": pa.array([none(chance.random() < 0.5) for _ in range(count)], pa.bool_()),
    }
    return pa.table(rows)


TYPES = {
    "id": "long", "carrier": "string", "code": "string", "price": "decimal(20, 0)", "speed": "double", "delay": "int",
    "at": "timestamptz", "on": "boolean",
}  # fmt: skip


def many_rows(gateway, readers, database):
    create(gateway, "many", TYPES, {})
    parts = []
    for part in range(6):
        parts.append(many(ROWS // 6, part * ROWS // 6))
        put(gateway, "many", parts[-1])
        gateway.flush("many")
    table, want = (database, "many"), pa.concat_tables(parts)
    kinds = dict(zip(want.column_names, want.schema.types))
    for reader in readers:
        compare(f"many rows, {reader.name}", kinds, reader.read(table), want)
        filtered(reader, table, kinds, want)
    return table, kinds, want, len(parts)


ARROW = {
    "int": pa.int32(), "long": pa.int64(), "float": pa.float32(), "double": pa.float64(), "string": pa.string(),
    "decimal(9, 2)": pa.decimal128(9, 2), "decimal(20, 2)": pa.decimal128(20, 2),
}  # fmt: skip

EVOLUTION = [
    [{"add": "more", "type": "int"}, {"widen": "id", "type": "long"}, {"widen": "speed", "type": "double"}],
    [{"rename": "name", "to": "title"}, {"drop": "gone"}, {"widen": "price", "type": "decimal(20, 2)"},
     {"move": "price", "first": True}],
    [{"add": "gone", "type": "string", "first": True}, {"add": "name", "type": "double", "after": "title"},
     {"rename": "title", "to": "called"}],
]  # fmt: skip


class Evolving:
    """A table's columns as they change, by a number each that never changes, and all rows by it."""

    def __init__(self, types):
        self.columns = {}
        self.next = 0
        self.parts = []
        for name, kind in types.items():
            self.add(name, kind)

    def add(self, name, kind):
        self.columns[self.next] = [name, kind]
        self.next += 1

    def apply(self, changes):
        before = {name: number for number, (name, _) in self.columns.items()}
        for change in changes:
            if "add" in change:
                self.add(change["add"], change["type"])
            elif "drop" in change:
                del self.columns[before[change["drop"]]]
            elif "widen" in change:
                self.columns[before[change["widen"]]][1] = change["type"]
            elif "rename" in change:
                self.columns[before[change["rename"]]][0] = change["to"]

    def rows(self, count):
        chance = random.Random(SEED + len(self.parts))
        part = {number: [self.value(kind, chance) for _ in range(count)] for number, (_, kind) in self.columns.items()}
        self.parts.append((count, part))
        return pa.table({name: pa.array(part[number], ARROW[kind]) for number, (name, kind) in self.columns.items()})

    @staticmethod
    def value(kind, chance):
        if chance.random() < 0.1:
            return None
        number = chance.randrange(-1000, 1000)
        if kind.startswith("decimal"):
            return decimal.Decimal(number) / 4 if "20" not in kind else decimal.Decimal(number * 10**12) / 4
        if kind in ("float", "double"):
            return chance.randrange(-2, 3) / (8 if kind == "float" else 7)  # few, as a table is partitioned by them
        return f"s{number}" if kind == "string" else number * 10**10 if kind == "long" else number

    def expected(self):
        columns = {}
        for number, (name, kind) in self.columns.items():
            values = [value for count, part in self.parts for value in part.get(number, [None] * count)]
            columns[name] = pa.array(values, ARROW[kind])
        return pa.table(columns)


def evolved(gateway, readers, database, partitioning=""):
    """Files of four schemas, each with rows that were in the log when the next one came."""
    name = "parted" if partitioning else "evolved"
    types = {"id": "int", "name": "string", "speed": "float", "price": "decimal(9, 2)", "gone": "long", "kept": "string"}
    create(gateway, name, types, {"lake.partitioning": partitioning})
    model = Evolving(types)
    for changes in [None, *EVOLUTION]:
        if changes:
            body = json.dumps({"columns": changes}).encode()
            gateway.call("PATCH", f"/databases/{all_types.DB}/tables/{name}", body)
            model.apply(changes)
            gateway.flush(name)  # the rows that were in the log
        put(gateway, name, model.rows(1_000))
        gateway.flush(name)
        put(gateway, name, model.rows(1_000))
    gateway.flush(name)
    table, want = (database, name), model.expected()
    kinds = dict(zip(want.column_names, want.schema.types))
    for reader in readers:
        compare(f"{name}, {reader.name}", kinds, reader.read(table), want)
    return table, kinds, want, 8


def nested_types(gateway, readers, database):
    """Lists, maps and structs within each other, in files and in rows of the log before and after fields within them changed."""
    name = "nested"
    create(gateway, name, nested.TYPES, {})
    before = [nested.make(1_500, nested.BEFORE, seed) for seed in range(2)]
    put(gateway, name, nested.table(before[0], nested.BEFORE))
    gateway.flush(name)
    for reader in readers:
        nested.compare(reader, name, nested.BEFORE, reader.read((database, name)), before[0])
    put(gateway, name, nested.table(before[1], nested.BEFORE))
    body = json.dumps({"columns": nested.CHANGES}).encode()
    gateway.call("PATCH", f"/databases/{all_types.DB}/tables/{name}", body)
    gateway.flush(name)
    after = nested.make(1_500, nested.AFTER, 2)
    put(gateway, name, nested.table(after, nested.AFTER))
    gateway.flush(name)
    rows = [nested.later(row) for part in before for row in part] + after
    for reader in readers:
        if hasattr(reader, "no_altered_fields"):
            print(f"left out: {name}, altered, {reader.name}: {reader.no_altered_fields}", flush=True)
        else:
            nested.compare(reader, f"{name}, altered", nested.AFTER, reader.read((database, name)), rows)
    rewritten(gateway, (database, name), 3)
    for reader in readers:
        nested.compare(reader, f"{name} after its files were rewritten", nested.AFTER, reader.read((database, name)), rows)


def nanoseconds(gateway, readers, database):
    kinds = {"id": pa.int64(), "plain": pa.timestamp("ns"), "zoned": pa.timestamp("ns", "UTC")}
    values = [0, 1, -1, 1767225600123456789, 2**63 - 1, -(2**63), None]
    columns = [pa.array(range(len(values)), pa.int64()), *[pa.array(values, pa.int64()).cast(kind) for kind in list(kinds.values())[1:]]]
    want = pa.table(columns, names=list(kinds))
    create(gateway, "nanos", {"id": "long", "plain": "timestamp_ns", "zoned": "timestamptz_ns"}, {"format-version": "3"})
    put(gateway, "nanos", want)
    gateway.flush("nanos")
    for reader in readers:
        if hasattr(reader, "no_nanoseconds"):
            print(f"left out: nanos, {reader.name}: {reader.no_nanoseconds}", flush=True)
        else:
            compare(f"nanos, {reader.name}", kinds, reader.read((database, "nanos")), want)


def defaults(gateway, readers, database):
    """Rows from before columns with defaults, in a file and in the log, and rows that leave them out, or don't."""
    kinds = {"id": pa.int64(), "n": pa.int32(), "s": pa.string(), "d": pa.float64()}
    create(gateway, "defaults", {"id": "long"}, {"format-version": "3"})
    put(gateway, "defaults", pa.table({"id": pa.array([1, 2], pa.int64())}))
    gateway.flush("defaults")
    put(gateway, "defaults", pa.table({"id": pa.array([3], pa.int64())}))
    adds = [("n", "int", 7), ("s", "string", "x"), ("d", "double", 1.5)]
    changes = [{"add": name, "type": kind, "default": value} for name, kind, value in adds]
    path = f"/databases/{all_types.DB}/tables/defaults"
    gateway.call("PATCH", path, json.dumps({"columns": changes}).encode())
    gateway.call("PATCH", path, json.dumps({"columns": [{"default": "n", "value": 8}]}).encode())
    put(gateway, "defaults", pa.table({"id": pa.array([4], pa.int64()), "s": pa.array([None], pa.string())}))
    gateway.flush("defaults")
    rows = [(1, 7, "x", 1.5), (2, 7, "x", 1.5), (3, 7, "x", 1.5), (4, 8, None, 1.5)]
    want = pa.table([pa.array(values, kind) for values, kind in zip(zip(*rows), kinds.values())], names=list(kinds))
    for reader in readers:
        compare(f"defaults, {reader.name}", kinds, reader.read((database, "defaults")), want)
        if hasattr(reader, "no_default_filters"):
            print(f"left out: defaults where n = 7, {reader.name}: {reader.no_default_filters}", flush=True)
        else:
            compare(f"defaults where n = 7, {reader.name}", kinds, reader.read((database, "defaults"), '"n" = 7'), want.slice(0, 3))


def filtered(reader, table, kinds, want):
    """Filters that bounds, page indexes and dictionaries answer in part."""
    half = ROWS // 2
    code = want["code"].drop_null()[half // 2].as_py()
    for where, mask in {
        f'"id" >= {half - 3} AND "id" < {half + 5_000}': pc.and_(
            pc.greater_equal(want["id"], half - 3), pc.less(want["id"], half + 5_000)
        ),
        "\"carrier\" = 'ü'": pc.equal(want["carrier"], "ü"),
        f"\"code\" = '{code}'": pc.equal(want["code"], code),
        '"delay" IS NULL AND "speed" > 1000000': pc.and_(pc.is_null(want["delay"]), pc.greater(want["speed"], 1e6)),
        f'"_offset" < 7 OR "_offset" >= {ROWS - 7}': pc.or_(
            pc.less(pa.array(range(ROWS)), 7), pc.greater_equal(pa.array(range(ROWS)), ROWS - 7)
        ),
    }.items():
        compare(f"where {where}, {reader.name}", kinds, reader.read(table, where), want.filter(pc.fill_null(mask, False)))


def main():
    endpoint, csv, *spark = sys.argv[1:]
    gateway = Gateway(endpoint)
    database = all_types.DB
    gateway.call("POST", "/databases", json.dumps({"name": database}).encode())
    if spark:
        from spark_reader import make_readers  # as Spark is there only when its turn has come
    else:
        from lake_readers import make_readers
    readers = make_readers(endpoint, *spark or [gateway.lake])
    far(gateway, readers, database)
    every_transform(gateway, readers, database)
    flights(gateway, readers, database, csv)
    evolved(gateway, readers, database, "bucket(3, id),speed")
    nested_types(gateway, readers, database)
    nanoseconds(gateway, readers, database)
    defaults(gateway, readers, database)
    for case in (every_type, many_rows, evolved):
        table, kinds, want, commits = case(gateway, readers, database)
        rewritten(gateway, table, commits)
        for reader in readers:
            compare(f"{table[1]} after its files were rewritten, {reader.name}", kinds, reader.read(table), want)
    print("OK")


if __name__ == "__main__":
    main()
