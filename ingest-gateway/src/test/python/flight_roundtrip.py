"""Stock pyarrow and polars against a gateway: tables, all types, follow, refusals.

usage: flight_roundtrip.py HOST:PORT
Prints OK, or fails.
"""

import datetime as dt
import decimal
import json
import struct
import sys
import threading
import uuid

import pyarrow as pa
import pyarrow.flight as flight

try:
    import polars
except ImportError:
    polars = None

DB = "python_" + uuid.uuid4().hex[:8]
DECIMALS = [(1, 0), (9, 2), (18, 6), (19, 0), (38, 10)]

COLUMNS = [
    ("c_boolean", "boolean", pa.bool_()),
    ("c_int", "int", pa.int32()),
    ("c_long", "long", pa.int64()),
    ("c_float", "float", pa.float32()),
    ("c_double", "double", pa.float64()),
    ("c_date", "date", pa.date32()),
    ("c_time", "time", pa.time64("us")),
    ("c_timestamp", "timestamp", pa.timestamp("us")),
    ("c_timestamptz", "timestamptz", pa.timestamp("us", "UTC")),
    ("c_string", "string", pa.string()),
    ("c_uuid", "uuid", pa.binary(16)),
    ("c_fixed", "fixed[3]", pa.binary(3)),
    ("c_binary", "binary", pa.binary()),
] + [(f"c_decimal_{p}_{s}", f"decimal({p}, {s})", pa.decimal128(p, s)) for p, s in DECIMALS]


def action(client, name, **body):
    results = list(client.do_action(flight.Action(name, json.dumps(body).encode())))
    assert len(results) == 1, results
    return json.loads(results[0].body.to_pybytes())


def iceberg_schema(columns):
    fields = [
        {"id": i + 1, "name": name, "required": False, "type": type_}
        for i, (name, type_, _) in enumerate(columns)
    ]
    return {"type": "struct", "schema-id": 0, "fields": fields}


def create(client, table, columns, **options):
    return action(
        client,
        "create-table",
        database=DB,
        table=table,
        schema=iceberg_schema(columns),
        options={k.replace("_", "."): str(v) for k, v in options.items()},
    )


def put(client, table, data, metadata=None):
    """Puts a table as one batch after another; returns the results."""
    writer, reader = client.do_put(flight.FlightDescriptor.for_path(DB, table), data.schema)
    answers = []
    for batch in data.to_batches():
        if metadata is None:
            writer.write_batch(batch)
        else:
            writer.write_with_metadata(batch, json.dumps(metadata).encode())
        answer = reader.read()
        if answer is None:
            writer.close()  # Raises what the gateway said.
        answers += json.loads(answer.to_pybytes())["results"]
    writer.done_writing()
    writer.close()
    return answers


def get(client, table, **rest):
    ticket = flight.Ticket(json.dumps({"database": DB, "table": table, **rest}).encode())
    return client.do_get(ticket)


def extremes():
    tz = dt.timezone.utc
    rows = {
        "c_boolean": [True, False, None],
        "c_int": [-(2**31), 2**31 - 1, None],
        "c_long": [-(2**63), 2**63 - 1, None],
        "c_float": [float("-inf"), -0.0, None],
        "c_double": [5e-324, 1.7976931348623157e308, None],
        "c_date": [dt.date(1, 1, 1), dt.date(9999, 12, 31), None],
        "c_time": [dt.time(0), dt.time(23, 59, 59, 999999), None],
        "c_timestamp": [dt.datetime(1, 1, 1), dt.datetime(9999, 12, 31, 23, 59, 59, 999999), None],
        "c_timestamptz": [dt.datetime(1931, 5, 6, tzinfo=tz), dt.datetime(2262, 4, 12, tzinfo=tz), None],
        "c_string": ["", "grüße \U0001f30a", None],
        "c_uuid": [bytes(16), uuid.uuid4().bytes, None],
        "c_fixed": [b"\0\0\0", b"abc", None],
        "c_binary": [b"", bytes(range(256)), None],
    }
    for p, s in DECIMALS:
        most = decimal.Decimal(10**p - 1).scaleb(-s, decimal.Context(prec=60))
        rows[f"c_decimal_{p}_{s}"] = [most.copy_negate(), most, None]
    schema = pa.schema([(name, arrow) for name, _, arrow in COLUMNS])
    return pa.table([pa.array(rows[f.name], f.type) for f in schema], schema=schema)


def check_types(client):
    create(client, "types", COLUMNS)
    sent = extremes()
    results = put(client, "types", sent)
    assert results == [{"bucket": 0, "offset": 0, "rows": 3}], results
    got = get(client, "types").read_all()
    assert got.schema.names == sent.schema.names
    for name in sent.schema.names:
        assert got[name].cast(sent[name].type).equals(sent[name]), (name, got[name], sent[name])
    assert struct.pack("<f", got["c_float"][1].as_py()) == struct.pack("<f", -0.0)


def check_encodings(client):
    columns = [("s", "string", None), ("b", "binary", None), ("n", "long", None), ("d", "double", None)]
    strings = ["a" * 40, None, "", "long enough not to be inline", "a" * 40]
    blobs = [b"x" * 40, None, b"", b"long enough not to be inline", b"y"]
    numbers = [1, None, 3, 3, 3]
    s = pa.array(strings, pa.string())
    b = pa.array(blobs, pa.binary())
    n = pa.array(numbers, pa.int64())
    d = pa.array([0.5, None, 2.0, 2.0, 2.0], pa.float64())
    forms = {
        "plain": [s, b, n, d],
        "large": [s.cast(pa.large_string()), b.cast(pa.large_binary()), n.cast(pa.int16()), d.cast(pa.float32())],
        "view": [s.cast(pa.string_view()), b.cast(pa.binary_view()), n.cast(pa.uint8()), d.cast(pa.float16())],
        "dictionary": [s.dictionary_encode(), b.dictionary_encode(), n.dictionary_encode(), d.dictionary_encode()],
        "dictionary_of_large": [
            s.cast(pa.large_string()).dictionary_encode(),
            b.cast(pa.large_binary()).dictionary_encode(),
            n.dictionary_encode().cast(pa.dictionary(pa.int8(), pa.int64())),
            d,
        ],
        "sliced": [pa.concat_arrays([x, x]).slice(5) for x in (s, b, n, d)],
    }
    import pyarrow.compute as pc

    forms["run_end"] = [pc.run_end_encode(x) for x in (s, b, n, d)]
    for form, arrays in forms.items():
        table = "form_" + form
        create(client, table, columns)
        put(client, table, pa.table(arrays, names=["s", "b", "n", "d"]))
        got = get(client, table).read_all()
        assert got["s"].to_pylist() == strings, (form, got["s"])
        assert got["b"].to_pylist() == blobs, (form, got["b"])
        assert got["n"].to_pylist() == numbers, (form, got["n"])
        assert got["d"].to_pylist() == [0.5, None, 2.0, 2.0, 2.0], (form, got["d"])


def check_compression(client):
    create(client, "compressed", [("s", "string", None), ("n", "long", None)])
    sent = pa.table({"s": ["abc" * 50] * 2000, "n": list(range(2000))})
    for codec in ("lz4", "zstd"):
        options = flight.FlightCallOptions(write_options=pa.ipc.IpcWriteOptions(compression=codec))
        descriptor = flight.FlightDescriptor.for_path(DB, "compressed")
        writer, reader = client.do_put(descriptor, sent.schema, options)
        writer.write_table(sent)
        writer.done_writing()
        assert json.loads(reader.read().to_pybytes())["results"][0]["rows"] == 2000
        writer.close()
    got = get(client, "compressed").read_all()
    assert got.num_rows == 4000 and got["s"].to_pylist() == sent["s"].to_pylist() * 2


def check_log_compression(client):
    # The same bytes over and over, noise, and too little to be compressed: in one log side by side.
    noise = [uuid.uuid4().hex + uuid.uuid4().hex for _ in range(5000)]
    parts = [["abc" * 50] * 5000, noise, ["x"], [None] * 5000]
    columns = [("s", "string", None), ("n", "long", None), ("b", "boolean", None)]
    for codec in ("lz4", "zstd"):
        table = "log_" + codec
        create(client, table, columns, log_compression=codec)
        sent = []
        for strings in parts:
            data = pa.table({
                "s": pa.array(strings, pa.string()),
                "n": pa.array(range(len(strings)), pa.int64()),
                "b": pa.array([i % 3 == 0 for i in range(len(strings))]),
            })
            put(client, table, data)
            sent.append(data)
        sent = pa.concat_tables(sent)
        got = get(client, table).read_all()
        assert got.num_rows == sent.num_rows == 15001
        for name in ("s", "n", "b"):
            assert got[name].combine_chunks().equals(sent[name].combine_chunks()), (codec, name)
        some = get(client, table, columns=["b", "s"], **{"from": 2500, "to": 7500}).read_all()
        assert some.schema.names == ["b", "s"]
        assert some["s"].combine_chunks().equals(sent["s"].slice(2500, 5000).combine_chunks()), codec
        assert some["b"].combine_chunks().equals(sent["b"].slice(2500, 5000).combine_chunks()), codec


def check_conversions(client):
    columns = [
        ("t", "timestamp", None), ("z", "timestamptz", None), ("d", "date", None),
        ("c", "time", None), ("x", "decimal(20, 4)", None), ("u", "uuid", None), ("o", "int", None),
    ]
    create(client, "conversions", columns)
    when = dt.datetime(2013, 1, 1, 5, 0)
    ids = uuid.uuid4()
    sent = pa.table({
        "t": pa.array([when], pa.timestamp("s")),
        "z": pa.array([when.replace(tzinfo=dt.timezone.utc)], pa.timestamp("ns", "America/New_York")),
        "d": pa.array([dt.date(2013, 1, 1)], pa.date64()),
        "c": pa.array([dt.time(5, 0)], pa.time32("ms")),
        "x": pa.array([decimal.Decimal("12.50")], pa.decimal256(50, 2)),
        "u": pa.array([ids.bytes], pa.large_binary()),
        "o": pa.nulls(1),
    })
    put(client, "conversions", sent)
    row = get(client, "conversions").read_all().to_pylist()[0]
    assert row["t"] == when and row["z"] == when.replace(tzinfo=dt.timezone.utc), row
    assert row["d"] == dt.date(2013, 1, 1) and row["c"] == dt.time(5, 0), row
    assert row["x"] == decimal.Decimal("12.5000") and row["o"] is None, row
    assert (row["u"].bytes if isinstance(row["u"], uuid.UUID) else row["u"]) == ids.bytes, row


def refused(call, *texts):
    try:
        call()
    except pa.ArrowException as e:
        for text in texts:
            assert text in str(e), (text, str(e))
        return
    raise AssertionError("was not refused: " + str(texts))


def check_refusals(client):
    create(client, "strict", [("n", "int", None), ("s", "string", None), ("x", "decimal(4, 2)", None)])
    before = action(client, "watermarks", database=DB, table="strict")
    long_value = pa.table({"n": pa.array([1], pa.int64())})
    refused(lambda: put(client, "strict", long_value), "[BAD_SCHEMA]", "'n'", "int64", "int")
    refused(lambda: put(client, "strict", pa.table({"N": pa.array([1], pa.int32())})), "no such column")
    refused(lambda: put(client, "strict", pa.table({"_offset": [1]})), "system column")
    big = pa.table({"x": pa.array([decimal.Decimal("1.00"), decimal.Decimal("100.00")], pa.decimal128(5, 2))})
    refused(lambda: put(client, "strict", big), "[BAD_ROWS]", "row 2", "'x'", "100.00")
    bad = pa.StringArray.from_buffers(
        2, pa.py_buffer(struct.pack("<3i", 0, 1, 3)), pa.py_buffer(b"a\xc3\x28"))
    refused(lambda: put(client, "strict", pa.table({"s": bad})), "[BAD_ROWS]", "row 2", "UTF-8")
    refused(lambda: put(client, "nowhere", long_value), "[NOT_FOUND]", "nowhere")
    refused(lambda: get(client, "strict", **{"from": 7}).read_all(), "[OUT_OF_RANGE]")
    assert action(client, "watermarks", database=DB, table="strict") == before


def check_follow(client):
    create(client, "followed", [("n", "long", None)])
    seen = []
    ready = threading.Event()

    def follow():
        reader = get(client, "followed", follow=True)
        ready.set()
        while len(seen) < 50:
            chunk = reader.read_chunk()
            offset = json.loads(chunk.app_metadata.to_pybytes())["offset"]
            assert offset == len(seen), (offset, len(seen))
            seen.extend(chunk.data["n"].to_pylist())
        reader.cancel()

    thread = threading.Thread(target=follow, daemon=True)
    thread.start()
    assert ready.wait(10)
    for i in range(50):
        put(client, "followed", pa.table({"n": [i]}))
    thread.join(20)
    assert seen == list(range(50)), seen


def check_writers(client):
    create(client, "written", [("n", "long", None)], bucket_count=3)
    rows = pa.table({"n": [1, 2, 3]})
    name = {"bucket": 2, "writerId": str(uuid.uuid4()), "sequence": 0}
    first = put(client, "written", rows, name)
    assert first == [{"bucket": 2, "offset": 0, "rows": 3}], first
    assert put(client, "written", rows, name) == first
    refused(lambda: put(client, "written", rows, {**name, "sequence": 2}), "[SEQUENCE_GAP]")
    assert action(client, "watermarks", database=DB, table="written")["buckets"][2]["watermark"] == 3


def check_polars(client):
    frame = polars.DataFrame({
        "s": ["abc", None, "a text that is not inline"],
        "c": polars.Series(["x", "y", "x"], dtype=polars.Categorical),
        "n": polars.Series([1, 2, None], dtype=polars.Int8),
        "t": [dt.datetime(2013, 1, 1), None, dt.datetime(1931, 5, 6)],
        "b": [b"\0\1", None, b"more than twelve bytes of it"],
    })
    columns = [("s", "string", 0), ("c", "string", 0), ("n", "int", 0), ("t", "timestamp", 0), ("b", "binary", 0)]
    for compat in (True, False):
        table = "polars_" + str(compat).lower()
        create(client, table, columns)
        level = polars.CompatLevel.oldest() if compat else polars.CompatLevel.newest()
        put(client, table, frame.to_arrow(compat_level=level))
        got = polars.from_arrow(get(client, table).read_all())
        assert got.to_dicts() == frame.with_columns(
            polars.col("c").cast(polars.String), polars.col("n").cast(polars.Int32)).to_dicts(), got


def check_discovery(client):
    info = client.get_flight_info(flight.FlightDescriptor.for_path(DB, "types"))
    assert info.schema.names == [c[0] for c in COLUMNS]
    rows = 0
    for endpoint in info.endpoints:
        with flight.connect(endpoint.locations[0]) as other:
            rows += other.do_get(endpoint.ticket).read_all().num_rows
    assert rows == 3
    paths = [tuple(f.descriptor.path) for f in client.list_flights()]
    assert (DB.encode(), b"types") in paths, paths
    assert "create-table" in [a.type for a in client.list_actions()]
    described = action(client, "describe-table", database=DB, table="types")
    names = [f["name"] for f in described["schema"]["fields"]]
    assert names[-3:] == ["_bucket", "_offset", "_timestamp"], names


def main():
    client = flight.connect("grpc+tcp://" + sys.argv[1])
    action(client, "create-database", database=DB)
    checks = [
        check_types, check_encodings, check_compression, check_log_compression, check_conversions,
        check_refusals, check_follow, check_writers, check_discovery,
    ]
    if polars is not None:
        checks.append(check_polars)
    for check in checks:
        check(client)
        print("ok", check.__name__, flush=True)
    for table in action(client, "list-tables", database=DB)["tables"]:
        action(client, "drop-table", database=DB, table=table, purge=True)
    action(client, "drop-database", database=DB)
    print("OK")


if __name__ == "__main__":
    main()
