"""Writes the rows of a Parquet file of Sluice's with PyArrow and DuckDB, on one thread each and in turns, and prints a table.

Usage: parquet_peers.py FILE [ROUNDS]. FILE is a sluice-*.parquet that `bench/run --only compaction --data FOLDER` left below
FOLDER; needs pyarrow and duckdb. MB are of Arrow buffers, per second of CPU; files have Zstandard level 3, as Sluice's.
"""
import os
import statistics
import sys
import tempfile
import time

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq


def main(path, rounds=5):
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    rows = pq.read_table(path).combine_chunks()
    # What Sluice chose, so that encodings alone don't make a difference.
    first = pq.ParquetFile(path).metadata.row_group(0)
    chosen = {}
    for i in range(first.num_columns):
        column = first.column(i)
        # A dictionary's own page is PLAIN, and levels are RLE.
        telling = [name for name in column.encodings if "DICTIONARY" in name or "DELTA" in name]
        chosen[column.path_in_schema] = telling[0] if telling else "PLAIN"
    dictionaries = [name for name, encoding in chosen.items() if "DICTIONARY" in encoding]
    others = {name: encoding for name, encoding in chosen.items() if name not in dictionaries}
    connection = duckdb.connect(config={"threads": 1})
    connection.register("sluice_rows", rows)

    def arrow(target, **settings):
        pq.write_table(rows, target, compression="zstd", compression_level=3, store_decimal_as_integer=True, **settings)

    def duck(target):
        connection.execute(f"COPY sluice_rows TO '{target}' (FORMAT PARQUET, COMPRESSION ZSTD, COMPRESSION_LEVEL 3)")

    writers = {
        f"PyArrow {pa.__version__}, its defaults": arrow,
        f"PyArrow {pa.__version__}, told Sluice's encodings": lambda target: arrow(
            target, use_dictionary=dictionaries, column_encoding=others
        ),
        f"DuckDB {duckdb.__version__}": duck,
    }
    speeds, sizes = {name: [] for name in writers}, {}
    with tempfile.TemporaryDirectory(dir=os.path.dirname(os.path.abspath(path))) as folder:
        for turn in range(rounds + 1):
            for name, write in writers.items():
                target = os.path.join(folder, "rows.parquet")
                before = time.process_time()
                write(target)
                spent = time.process_time() - before
                if turn > 0:
                    speeds[name].append(rows.nbytes / 1e6 / spent)
                sizes[name] = os.path.getsize(target)
                os.remove(target)
    print(f"{rows.num_rows} rows, {rows.nbytes / 1e6:.0f} MB of Arrow buffers\n")
    print("| writer | MB per cpu-second, median (least..most) | file, bytes |\n| --- | --- | --- |")
    print(f"| Sluice, the file that was given | | {os.path.getsize(path):,} |")
    for name, of in speeds.items():
        print(f"| {name} | {statistics.median(of):.0f} ({min(of):.0f}..{max(of):.0f}) | {sizes[name]:,} |")


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:3]))
