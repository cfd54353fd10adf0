"""Reads rows with PyIceberg a moment after they were written: flush on read, with no connector of Sluice's.

Usage: pyiceberg_fresh.py HOST:PORT
"""
import json
import sys
import time
import urllib.request

from pyiceberg.catalog import load_catalog

DATABASE = "engines"
ROUNDS = 3
ROWS = 100


def call(endpoint, method, path, body=None, content_type="application/json"):
    data = body.encode() if isinstance(body, str) else None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(
        f"http://{endpoint}{path}", data=data, method=method, headers={"Content-Type": content_type}
    )
    with urllib.request.urlopen(request, timeout=120) as answer:
        return answer.headers, answer.read()


def main(endpoint):
    columns = [{"name": "id", "type": "long", "required": True}]
    call(endpoint, "POST", "/v1/databases", {"name": DATABASE, "ifNotExists": True})
    call(endpoint, "POST", f"/v1/databases/{DATABASE}/tables", {"name": "fresh", "columns": columns})
    uri = f"http://{endpoint}/iceberg"
    fresh = load_catalog("fresh", **{"type": "rest", "uri": uri, "header.Sluice-Freshness": "0s"})
    usual = load_catalog("usual", **{"type": "rest", "uri": uri})
    for round in range(ROUNDS):
        rows = "".join(json.dumps({"id": round * ROWS + i}) + "\n" for i in range(ROWS))
        call(endpoint, "POST", f"/v1/databases/{DATABASE}/tables/fresh/rows", rows, "application/x-ndjson")
        before = len(usual.load_table(f"{DATABASE}.fresh").scan().to_arrow())
        assert before == round * ROWS, f"{before} rows in the lake, with nobody asking for more"
        status = json.loads(call(endpoint, "GET", "/v1/status")[1])
        lag = next(table for table in status["tables"] if table["table"] == "fresh")
        assert lag["rowsNotInLake"] == ROWS and 0 < lag["secondsNotInLake"] < 60, lag
        start = time.monotonic()
        # One flush in five seconds: a load that comes earlier is told how far the lake is behind.
        while True:
            found = fresh.load_table(f"{DATABASE}.fresh").scan().to_arrow().column("id").to_pylist()
            if len(found) > before or time.monotonic() - start > 30:
                break
        assert sorted(found) == list(range((round + 1) * ROWS)), len(found)
        print(f"round {round}: {len(found)} rows, {time.monotonic() - start:.2f} s after they were written")
    headers, _ = call(endpoint, "GET", f"/iceberg/v1/namespaces/{DATABASE}/tables/fresh?freshness=0s")
    assert headers["Sluice-Lake-Lag-Rows"] == "0", headers


main(sys.argv[1])
