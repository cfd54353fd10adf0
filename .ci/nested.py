"""Rows of nested types for foreign_readers.py: every kind within every other, with nulls and emptiness at each depth, and what
becomes of them when the fields within are altered.
"""
import datetime
import decimal
import random

import pyarrow as pa

AT = pa.timestamp("us", "UTC")
START = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
TYPES = {
    "place": "struct<name: string, at: struct<x: double, y: double not null>>",
    "tags": "list<string>",
    "stops": "list<struct<gate: string, at: timestamptz, via: list<int>>>",
    "fares": "map<string, decimal(9, 2)>",
    "grid": "list<list<int not null>>",
    "seen": "map<int, struct<n: long, who: list<string>>>",
}
POINT = pa.struct([("x", pa.float64()), pa.field("y", pa.float64(), nullable=False)])
STOP = [("gate", pa.string()), ("at", AT), ("via", pa.list_(pa.int32()))]
BEFORE = {
    "place": pa.struct([("name", pa.string()), ("at", POINT)]),
    "tags": pa.list_(pa.string()),
    "stops": pa.list_(pa.struct(STOP)),
    "fares": pa.map_(pa.string(), pa.decimal128(9, 2)),
    "grid": pa.list_(pa.list_(pa.field("element", pa.int32(), nullable=False))),
    "seen": pa.map_(pa.int32(), pa.struct([("n", pa.int64()), ("who", pa.list_(pa.string()))])),
}
CHANGES = [
    {"add": "place.zip", "type": "int", "first": True},
    {"rename": "place.name", "to": "title"},
    {"drop": "place.at.x"},
    {"add": "place.at.z", "type": "list<double>"},
    {"add": "stops.element.late", "type": "boolean", "after": "gate"},
    {"widen": "stops.element.via.element", "type": "long"},
    {"widen": "fares.value", "type": "decimal(12, 2)"},
    {"add": "seen.value.name", "type": "string"},
]
AFTER = {
    **BEFORE,
    "place": pa.struct(
        [
            ("zip", pa.int32()),
            ("title", pa.string()),
            ("at", pa.struct([pa.field("y", pa.float64(), nullable=False), ("z", pa.list_(pa.float64()))])),
        ]
    ),
    "stops": pa.list_(pa.struct([STOP[0], ("late", pa.bool_()), STOP[1], ("via", pa.list_(pa.int64()))])),
    "fares": pa.map_(pa.string(), pa.decimal128(12, 2)),
    "seen": pa.map_(pa.int32(), pa.struct([("n", pa.int64()), ("who", pa.list_(pa.string())), ("name", pa.string())])),
}


def value(kind, chance, required=False):
    """A value of an Arrow type, by chance null or empty."""
    if not required and chance.random() < 0.15:
        return None
    if pa.types.is_struct(kind):
        return {field.name: value(field.type, chance, not field.nullable) for field in kind}
    if pa.types.is_map(kind):
        keys = {value(kind.key_type, chance, True) for _ in range(chance.randrange(4))}
        return [(key, value(kind.item_type, chance)) for key in sorted(keys)]
    if pa.types.is_list(kind):
        element = kind.value_field
        return [value(element.type, chance, not element.nullable) for _ in range(chance.randrange(4))]
    number = chance.randrange(-500, 500)
    if pa.types.is_decimal(kind):
        return decimal.Decimal(number) / 4 * (10**6 if kind.precision > 9 else 1)
    if pa.types.is_timestamp(kind):
        return START + datetime.timedelta(microseconds=number * 1_000_001)
    if pa.types.is_int64(kind):
        return number * 10**12
    return f"ü{number}" if pa.types.is_string(kind) else number > 0 if pa.types.is_boolean(kind) else number


def table(rows, types):
    return pa.table([pa.array([row[name] for row in rows], kind) for name, kind in types.items()], names=list(types))


def make(count, types, seed):
    chance = random.Random(seed)
    return [{name: value(kind, chance) for name, kind in types.items()} for _ in range(count)]


def later(row):
    """A row of BEFORE as one of AFTER."""
    place, stops, seen = row["place"], row["stops"], row["seen"]
    at = place and place["at"]
    return {
        **row,
        "place": place and {"zip": None, "title": place["name"], "at": at and {"y": at["y"], "z": None}},
        "stops": stops and [stop and {**stop, "late": None} for stop in stops],
        "seen": seen and [(key, of and {**of, "name": None}) for key, of in seen],
    }


def plain(got, kind):
    """A value as each engine hands it over, in one form."""
    if got is None:
        return None
    if pa.types.is_struct(kind):
        assert list(got) == [field.name for field in kind], (got, kind)
        return {field.name: plain(got[field.name], field.type) for field in kind}
    if pa.types.is_map(kind):
        pairs = [(entry["key"], entry["value"]) if isinstance(entry, dict) else entry for entry in got]
        return [(key, plain(of, kind.item_type)) for key, of in pairs]
    return [plain(of, kind.value_type) for of in got] if pa.types.is_list(kind) else got


def without_null_lists(of, kind):
    """The same for readers that make empty lists of those that are null."""
    if pa.types.is_struct(kind):
        return of and {field.name: without_null_lists(of[field.name], field.type) for field in kind}
    if pa.types.is_map(kind):
        return [(key, without_null_lists(value, kind.item_type)) for key, value in of or []]
    return [without_null_lists(value, kind.value_type) for value in of or []] if pa.types.is_list(kind) else of


def compare(reader, what, types, got, rows):
    what = f"{what}, {reader.name}"
    seen = without_null_lists if getattr(reader, "forgets_null_lists", False) else lambda of, kind: of
    assert got.num_rows == len(rows), f"{what}: {got.num_rows} rows instead of {len(rows)}"
    for name, kind in types.items():
        for place, (one, row) in enumerate(zip(got[name].to_pylist(), rows)):
            found = plain(one, kind)
            assert seen(found, kind) == seen(row[name], kind), f"{what}: {name} of row {place} is {found} instead of {row[name]}"
    print(f"ok {what}: {got.num_rows} rows of {len(types)} columns", flush=True)
