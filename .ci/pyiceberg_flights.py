"""Reads the demo's flights with PyIceberg through a gateway's /iceberg and compares every row with the CSV.

Usage: pyiceberg_flights.py HOST:PORT nyc-flights-2013.csv.gz
"""
import gzip
import sys

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv
from pyiceberg.catalog import load_catalog


def expected(path):
    with gzip.open(path) as f:
        return csv.read_csv(
            f,
            convert_options=csv.ConvertOptions(
                null_values=["NA"], strings_can_be_null=True, column_types={"time_hour": pa.timestamp("us", tz="UTC")}
            ),
        )


def main():
    endpoint, path = sys.argv[1:]
    catalog = load_catalog("sluice", type="rest", uri=f"http://{endpoint}/iceberg")
    assert ("demo", "flights") in catalog.list_tables("demo"), catalog.list_tables("demo")
    lake = catalog.load_table("demo.flights").scan().to_arrow().sort_by([("_bucket", "ascending"), ("_offset", "ascending")])
    rows = expected(path)
    assert lake.num_rows == rows.num_rows, f"the lake has {lake.num_rows} rows, the CSV {rows.num_rows}"
    dense = pa.chunked_array([pa.array(range(lake.num_rows), pa.int64())])
    assert lake["_offset"].equals(dense), "the offsets are not dense"
    for name in rows.column_names:
        want = rows[name]
        got = lake[name].cast(want.type)
        same = pc.and_(pc.equal(pc.is_null(got), pc.is_null(want)), pc.fill_null(pc.equal(got, want), True))
        wrong = pc.sum(pc.invert(same).cast(pa.int64())).as_py()
        assert not wrong, f"column {name} differs in {wrong} rows"
    print(f"OK: all {lake.num_rows} rows of {len(rows.column_names)} columns equal the CSV's, in the CSV's order")


if __name__ == "__main__":
    main()
