"""Sends every type with its extremes and nulls over HTTP and over Flight and compares each stage with what was sent:
the log as JSON and as Arrow, the lake as PyIceberg reads it, and Flink SQL before and after compaction.

Usage: all_types.py PATH/TO/sluice HOST:PORT. Prints OK, or fails.
"""
import base64
import datetime
import decimal
import json
import re
import struct
import subprocess
import sys
import urllib.request
import uuid

import pyarrow as pa
import pyarrow.flight as flight
from pyiceberg.catalog import load_catalog

DB = "types_" + uuid.uuid4().hex[:8]
EPOCH = datetime.datetime(1970, 1, 1)
ID = uuid.UUID("f0e1d2c3-b4a5-9687-7869-5a4b3c2d1e0f")
US = 1_000_000
DAY = 86_400


def micros(year, *rest, us=0):
    return int((datetime.datetime(year, *rest) - EPOCH) / datetime.timedelta(seconds=1)) * US + us


def nines(precision, scale):
    return decimal.Decimal(10**precision - 1).scaleb(-scale, decimal.Context(prec=60))


def float32(bits):
    return struct.unpack("<f", struct.pack("<I", bits))[0]


# The Iceberg type, its Arrow type, and the values: as Arrow has them (temporal ones as their integers), and as JSON has them.
NAN = float("nan")
YEAR_1, YEAR_9999 = micros(1, 1, 1), micros(9999, 12, 31, 23, 59, 59, us=999_999)
COLUMNS = {
    "boolean": (pa.bool_(), [(True, True), (False, False), (True, True)]),
    "int": (pa.int32(), [(-(2**31), -(2**31)), (2**31 - 1, 2**31 - 1), (0, 0)]),
    "long": (pa.int64(), [(-(2**63), -(2**63)), (2**63 - 1, 2**63 - 1), (2**53 + 1, 2**53 + 1)]),
    "float": (pa.float32(), [(-0.0, -0.0), (NAN, "NaN"), (float32(0x7F7FFFFF), 3.4028235e38)]),
    "double": (pa.float64(), [(5e-324, 5e-324), (-float("inf"), "-Infinity"), (-0.0, -0.0)]),
    "date": (
        pa.date32(),
        [(YEAR_1 // US // DAY, "0001-01-01"), (YEAR_9999 // US // DAY, "9999-12-31"), (-1, "1969-12-31")],
    ),
    # Flink's TIME has milliseconds; the other stages are compared with all six digits elsewhere.
    "time": (pa.time64("us"), [(0, "00:00:00"), ((DAY * 1000 - 1) * 1000, "23:59:59.999"), (1000, "00:00:00.001")]),
    "timestamp": (
        pa.timestamp("us"),
        [(YEAR_1 + 1, "0001-01-01T00:00:00.000001"), (YEAR_9999, "9999-12-31T23:59:59.999999"), (-1, "1969-12-31T23:59:59.999999")],
    ),
    "timestamptz": (
        pa.timestamp("us", "UTC"),
        [(YEAR_1, "0001-01-01T00:00:00Z"), (YEAR_9999, "9999-12-31T23:59:59.999999Z"), (-1, "1970-01-01T01:59:59.999999+02:00")],
    ),
    "string": (pa.string(), [("", ""), ("gr\u00fc\u00dfe \U0001f30a\u0000\u2028", "gr\u00fc\u00dfe \U0001f30a\u0000\u2028"), ("NULL", "NULL")]),
    "uuid": (pa.binary(16), [(bytes(16), str(uuid.UUID(int=0))), (ID.bytes, str(ID)), (b"\xff" * 16, str(uuid.UUID(int=2**128 - 1)))]),
    "fixed[3]": (pa.binary(3), [(b"\0\0\0", b"\0\0\0"), (b"abc", b"abc"), (b"\xff\xfe\xfd", b"\xff\xfe\xfd")]),
    "binary": (pa.binary(), [(b"", b""), (bytes(range(256)), bytes(range(256))), (b"\x80", b"\x80")]),
}
for p, s in [(1, 0), (4, 4), (9, 2), (10, 0), (18, 6), (19, 0), (28, 14), (38, 0), (38, 10), (38, 37)]:
    most = nines(p, s)
    least = decimal.Decimal(1).scaleb(-s)
    COLUMNS[f"decimal({p}, {s})"] = (pa.decimal128(p, s), [(v, f"{v:f}") for v in (most.copy_negate(), most, least)])
# What no calendar of SQL or Python holds: for every stage but Flink's.
FAR = {
    "date": (pa.date32(), [(-(2**31), None), (2**31 - 1, None)]),
    "timestamp": (pa.timestamp("us"), [(-(2**63), None), (2**63 - 1, None)]),
    "timestamptz": (pa.timestamp("us", "UTC"), [(-(2**63), None), (2**63 - 1, None)]),
}


def column(kind):
    return "c_" + re.sub(r"\W+", "_", kind).strip("_")


class Gateway:
    def __init__(self, endpoint):
        self.base = f"http://{endpoint}/v1"
        self.flight = flight.connect(f"grpc://{endpoint}")
        self.lake = load_catalog("sluice", type="rest", uri=f"http://{endpoint}/iceberg")

    def call(self, method, path, body=None, kind="application/json"):
        request = urllib.request.Request(self.base + path, body, {"Content-Type": kind}, method=method)
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.read()

    def create(self, table, columns):
        body = {"name": table, "columns": [{"name": column(kind), "type": kind} for kind in columns]}
        self.call("POST", f"/databases/{DB}/tables", json.dumps(body).encode())

    def post(self, table, rows):
        body = "".join(json.dumps(row) + "\n" for row in rows).encode()
        answer = json.loads(self.call("POST", f"/databases/{DB}/tables/{table}/rows", body, "application/x-ndjson"))
        assert answer["results"] == [{"bucket": 0, "offset": 0, "rows": len(rows)}], answer

    def put(self, table, data):
        writer, acks = self.flight.do_put(flight.FlightDescriptor.for_path(DB, table), data.schema)
        writer.write_table(data)
        writer.done_writing()
        answer = json.loads(acks.read().to_pybytes())
        assert answer["results"] == [{"bucket": 0, "offset": 0, "rows": data.num_rows}], answer
        writer.close()

    def rows(self, table):
        text = self.call("GET", f"/databases/{DB}/tables/{table}/rows").decode()
        return [json.loads(line) for line in text.split("\n") if line]

    def arrow(self, table):
        ticket = {"database": DB, "table": table, "bucket": 0, "from": "earliest"}
        return self.flight.do_get(flight.Ticket(json.dumps(ticket))).read_all()

    def flush(self, table):
        answer = json.loads(self.call("POST", f"/databases/{DB}/tables/{table}/flush?timeoutMs=60000"))
        assert answer["inLake"], answer

    def iceberg(self, table):
        return self.lake.load_table(f"{DB}.{table}").scan().to_arrow().sort_by("_offset")


def as_arrow(columns):
    arrays = []
    for kind, (arrow, values) in columns.items():
        sent = [value for value, _ in values] + [None]
        if pa.types.is_temporal(arrow):
            width = pa.int32() if arrow == pa.date32() else pa.int64()
            arrays.append(pa.array(sent, width).cast(arrow))
        else:
            arrays.append(pa.array(sent, arrow))
    return pa.table(arrays, names=[column(kind) for kind in columns])


def as_json(columns):
    def value(of):
        return base64.b64encode(of).decode() if isinstance(of, bytes) else of

    count = len(next(iter(columns.values()))[1])
    rows = [{column(kind): value(values[i][1]) for kind, (_, values) in columns.items()} for i in range(count)]
    return rows + [{column(kind): None for kind in columns}]


def bits(array, arrow):
    """The values in a form in which equal means equal: NaN and zeros by their bits, times by their integers."""
    array = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    if isinstance(array, pa.ExtensionArray):
        array = array.storage
    if pa.types.is_temporal(arrow):
        assert array.type == arrow, (array.type, arrow)
        return array.view(pa.int32() if arrow == pa.date32() else pa.int64()).to_pylist()
    if pa.types.is_floating(arrow):
        form = "<f" if arrow == pa.float32() else "<d"
        return [None if v is None else "NaN" if v != v else struct.pack(form, v) for v in array.to_pylist()]
    if pa.types.is_decimal(arrow):
        assert (array.type.precision, array.type.scale) == (arrow.precision, arrow.scale), array.type
        return array.to_pylist()
    return array.cast(arrow).to_pylist()


def compare(stage, columns, got, want):
    for kind, (arrow, _) in columns.items():
        one, other = bits(got[column(kind)], arrow), bits(want[column(kind)], arrow)
        assert one == other, f"{stage}: {kind} is {one} instead of {other}"
    print(f"ok {stage}", flush=True)


def instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def compare_json(stage, columns, got, want):
    def same(kind, one, other):
        if kind.startswith("decimal") and one is not None:
            return decimal.Decimal(one) == decimal.Decimal(other)
        if kind == "timestamptz" and one is not None:
            return instant(one) == instant(other)
        if kind == "float" and isinstance(one, float):
            return struct.pack("<f", one) == struct.pack("<f", other)
        if kind == "double" and isinstance(one, float):
            return struct.pack("<d", one) == struct.pack("<d", other)
        if kind == "time" and one is not None:
            return datetime.time.fromisoformat(one) == datetime.time.fromisoformat(other)
        if kind == "timestamp" and one is not None:
            return datetime.datetime.fromisoformat(one) == datetime.datetime.fromisoformat(other)
        return one == other

    assert len(got) == len(want), (len(got), len(want))
    for one, other in zip(got, want):
        for kind in columns:
            name = column(kind)
            assert same(kind, one[name], other[name]), f"{stage}: {kind} is {one[name]!r} instead of {other[name]!r}"
    print(f"ok {stage}", flush=True)


def flink(sluice, endpoint, stage):
    """Rows that Flink finds in both tables, nulls equal, none of them doubled: all of them, if the two are the same."""
    query = f"SELECT COUNT(*) FROM (SELECT * FROM {DB}.http INTERSECT ALL SELECT * FROM {DB}.flight)"
    literals = f"""SELECT COUNT(*) FROM {DB}.http WHERE c_int = -2147483648 AND c_long = -9223372036854775808
        AND c_date = DATE '0001-01-01' AND c_timestamp = TIMESTAMP '0001-01-01 00:00:00.000001' AND c_string = ''
        AND c_decimal_38_0 = CAST('-{'9' * 38}' AS DECIMAL(38, 0)) AND c_uuid = x'{'00' * 16}' AND c_fixed_3 = x'000000' AND c_boolean AND c_time = TIME '00:00:00'
        AND c_double = CAST('4.9E-324' AS DOUBLE) AND c_timestamptz = TO_TIMESTAMP_LTZ({YEAR_1 // 1000}, 3)"""
    done = subprocess.run(
        [sluice, "sql", "--endpoint", endpoint, "-e", f"{query}; {literals}"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=180,
    )
    counts = re.findall(r"^\| +(\d+) \|$", done.stdout, re.M)
    assert done.returncode == 0 and counts == ["4", "1"], f"{stage}: {done.stdout}"
    print(f"ok {stage}", flush=True)


def main():
    sluice, endpoint = sys.argv[1:]
    gateway = Gateway(endpoint)
    gateway.call("POST", "/databases", json.dumps({"name": DB}).encode())
    sent, text = as_arrow(COLUMNS), as_json(COLUMNS)
    gateway.create("http", COLUMNS)
    gateway.post("http", text)
    gateway.create("flight", COLUMNS)
    gateway.put("flight", sent)
    gateway.create("far", FAR)
    gateway.put("far", as_arrow(FAR))
    gateway.create("far_http", FAR)
    far = gateway.rows("far")
    gateway.post("far_http", [{name: value for name, value in row.items() if name[0] != "_"} for row in far])

    for way in ("http", "flight"):
        compare(f"{way} -> log, as Arrow", COLUMNS, gateway.arrow(way), sent)
        compare_json(f"{way} -> log, as JSON", COLUMNS, gateway.rows(way), text)
    for way in ("far", "far_http"):
        compare(f"{way} -> log, as Arrow", FAR, gateway.arrow(way), as_arrow(FAR))
    flink(sluice, endpoint, "log -> Flink")
    for table in ("http", "flight", "far", "far_http"):
        gateway.flush(table)
    for way in ("http", "flight"):
        compare(f"{way} -> lake, PyIceberg", COLUMNS, gateway.iceberg(way), sent)
    for way in ("far", "far_http"):
        compare(f"{way} -> lake, PyIceberg", FAR, gateway.iceberg(way), as_arrow(FAR))
    flink(sluice, endpoint, "lake -> Flink")
    print("OK")


if __name__ == "__main__":
    main()
