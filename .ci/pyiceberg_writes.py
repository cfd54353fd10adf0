"""Writes with PyIceberg through a gateway's /iceberg: a table of its own, and a table of Sluice whose compaction goes on.

Usage: pyiceberg_writes.py HOST:PORT
"""
import json
import sys
import urllib.request

import pyarrow as pa
from pyiceberg.catalog import load_catalog
from pyiceberg.exceptions import ForbiddenError, NoSuchTableError, RESTError
from pyiceberg.types import LongType, StringType

DATABASE = "engines"


def call(endpoint, method, path, body=None, content_type="application/json"):
    data = body.encode() if isinstance(body, str) else None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(
        f"http://{endpoint}{path}", data=data, method=method, headers={"Content-Type": content_type}
    )
    with urllib.request.urlopen(request, timeout=120) as answer:
        return json.load(answer)


def refused(what, error, call_it):
    try:
        call_it()
    except error as e:
        print(f"refused, as it should be: {what}: {str(e)[:160]}")
    else:
        raise AssertionError(f"not refused: {what}")


def ingest(endpoint, first, count, item="item"):
    rows = "".join(json.dumps({"id": i, item: f"item {i}"}) + "\n" for i in range(first, first + count))
    call(endpoint, "POST", f"/v1/databases/{DATABASE}/tables/orders/rows", rows, "application/x-ndjson")
    done = call(endpoint, "POST", f"/v1/databases/{DATABASE}/tables/orders/flush?timeoutMs=60000", "")
    assert done["inLake"], done


def own_table(catalog):
    name = f"{DATABASE}.own"
    own = catalog.create_table(name, pa.schema([("n", pa.int64()), ("text", pa.string())]))
    own.append(pa.table({"n": pa.array([1, 2], pa.int64()), "text": ["a", None]}))
    with own.update_schema() as update:
        update.add_column("more", LongType())
        update.rename_column("text", "words")
    own.append(pa.table({"n": pa.array([3], pa.int64()), "words": ["c"], "more": pa.array([30], pa.int64())}))
    rows = sorted(catalog.load_table(name).scan().to_arrow().to_pylist(), key=lambda row: row["n"])
    assert rows == [
        {"n": 1, "words": "a", "more": None},
        {"n": 2, "words": None, "more": None},
        {"n": 3, "words": "c", "more": 30},
    ], rows
    catalog.rename_table(name, f"{DATABASE}.renamed")
    assert len(catalog.load_table(f"{DATABASE}.renamed").scan().to_arrow()) == 3
    refused("to load a renamed table by its old name", NoSuchTableError, lambda: catalog.load_table(name))
    catalog.purge_table(f"{DATABASE}.renamed")
    refused("to load a purged table", NoSuchTableError, lambda: catalog.load_table(f"{DATABASE}.renamed"))


def sluice_table(endpoint, catalog):
    name = f"{DATABASE}.orders"
    columns = [{"name": "id", "type": "long", "required": True}, {"name": "item", "type": "string"}]
    call(endpoint, "POST", f"/v1/databases/{DATABASE}/tables", {"name": "orders", "columns": columns})
    ingest(endpoint, 0, 1_000)
    orders = catalog.load_table(name)
    assert len(orders.scan().to_arrow()) == 1_000
    mine = pa.table(
        {"id": pa.array(range(-10, 0), pa.int64()), "item": ["mine"] * 10},
        schema=pa.schema([pa.field("id", pa.int64(), nullable=False), ("item", pa.string())]),
    )
    orders.append(mine)
    with orders.update_schema() as update:
        update.add_column("note", StringType())
    with orders.transaction() as transaction:
        transaction.set_properties(mine="yes")
    ingest(endpoint, 1_000, 500)
    found = catalog.load_table(name)
    rows = found.scan().to_arrow()
    offsets = sorted(offset for offset in rows["_offset"].to_pylist() if offset is not None)
    assert offsets == list(range(1_500)), f"{len(offsets)} rows of the log are in the lake"
    assert sorted(rows["id"].to_pylist()) == list(range(-10, 1_500))
    assert found.properties["mine"] == "yes" and rows["note"].null_count == 1_510
    refused("to drop a table of Sluice", ForbiddenError, lambda: catalog.drop_table(name))
    refused("to rename a table of Sluice", ForbiddenError, lambda: catalog.rename_table(name, f"{DATABASE}.x"))
    refused("to drop a column of Sluice's own", (ForbiddenError, RESTError), lambda: found.update_schema().delete_column("_offset").commit())
    with found.update_schema() as update:
        update.delete_column("note")
        update.rename_column("item", "thing")
    described = call(endpoint, "GET", f"/v1/databases/{DATABASE}/tables/orders")
    assert [column["name"] for column in described["columns"]] == ["id", "thing"], described["columns"]
    found.delete("id < 0")
    ingest(endpoint, 1_500, 10, "thing")
    rows = catalog.load_table(name).scan().to_arrow().sort_by("id")
    assert rows["thing"].to_pylist() == [f"item {i}" for i in range(1_510)]
    call(endpoint, "DELETE", f"/v1/databases/{DATABASE}/tables/orders?purge=true")


def main():
    (endpoint,) = sys.argv[1:]
    catalog = load_catalog("sluice", type="rest", uri=f"http://{endpoint}/iceberg")
    catalog.create_namespace(DATABASE, {"owner": "an engine"})
    assert DATABASE in call(endpoint, "GET", "/v1/databases")["databases"]
    assert catalog.load_namespace_properties(DATABASE)["owner"] == "an engine"
    own_table(catalog)
    sluice_table(endpoint, catalog)
    assert catalog.list_tables(DATABASE) == [], catalog.list_tables(DATABASE)
    catalog.drop_namespace(DATABASE)
    print("OK: PyIceberg has a table of its own, and its rows in a table of Sluice stay while compaction goes on")


if __name__ == "__main__":
    main()
