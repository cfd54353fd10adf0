"""A lake in S3: rows go in over HTTP, come out through Flink SQL and PyIceberg, and leave no file when their table is purged.

Usage: aws_lake.py PATH/TO/sluice HOST:PORT S3-ENDPOINT BUCKET. AWS credentials are in the environment. Prints OK, or fails.
"""
import json
import re
import subprocess
import sys
import time
import urllib.request

from pyiceberg.catalog import load_catalog

DATABASE = "aws"
PARTS, ROWS = 4, 1_000
PATH = f"/v1/databases/{DATABASE}/tables/t"


class Lake:
    def __init__(self, sluice, endpoint, s3, bucket):
        self.sluice, self.endpoint, self.s3, self.bucket = sluice, endpoint, s3, bucket

    def call(self, method, path, body=None, kind="application/json"):
        data = body.encode() if isinstance(body, str) else None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://{self.endpoint}{path}", data, {"Content-Type": kind}, method=method)
        with urllib.request.urlopen(request, timeout=120) as answer:
            text = answer.read()
            return json.loads(text) if text else None

    def append(self, rows):
        self.call("POST", f"{PATH}/rows", "".join(json.dumps(row) + "\n" for row in rows), "application/x-ndjson")

    def flush(self):
        assert self.call("POST", f"{PATH}/flush?timeoutMs=60000")["inLake"]

    def sql(self, query):
        command = [self.sluice, "sql", "--endpoint", self.endpoint, "-e", query]
        done = subprocess.run(command, capture_output=True, text=True, timeout=240)
        assert done.returncode == 0, done.stdout + done.stderr
        return [[cell.strip() for cell in line.strip("|").split("|")] for line in done.stdout.splitlines() if line.startswith("|")][1:]

    def files(self):
        """The keys below the warehouse; there are more than one answer holds."""
        keys, token = [], ""
        while True:
            page = urllib.request.urlopen(f"{self.s3}/{self.bucket}?list-type=2&prefix=warehouse/{DATABASE}/&max-keys=500{token}", timeout=60)
            text = page.read().decode()
            keys += re.findall("<Key>([^<]*)</Key>", text)
            more = re.search("<NextContinuationToken>([^<]*)<", text)
            if not more:
                return keys
            token = "&continuation-token=" + urllib.request.quote(more.group(1))


def row(number):
    return {"id": number, "Name": f"n{number % 7}", "at": f"2026-0{1 + number % 3}-01T00:00:00Z"}


def main(sluice, endpoint, s3, bucket):
    lake = Lake(sluice, endpoint, s3, bucket)
    lake.call("POST", "/v1/databases", {"name": DATABASE})
    columns = [{"name": "id", "type": "long", "required": True}, {"name": "Name", "type": "string"}, {"name": "at", "type": "timestamptz"}]
    options = {"lake.partitioning": "month(at)"}
    lake.call("POST", f"/v1/databases/{DATABASE}/tables", {"name": "t", "columns": columns, "options": options})
    for part in range(PARTS):
        lake.append(row(part * ROWS + i) for i in range(ROWS))
        lake.flush()
    table = load_catalog("lake", type="rest", uri=f"http://{endpoint}/iceberg").load_table(f"{DATABASE}.t")
    assert table.location().startswith(f"s3://{bucket}/warehouse/"), table.location()
    found = table.scan().to_arrow().sort_by("_offset")
    assert found["id"].to_pylist() == list(range(PARTS * ROWS)) and found["Name"].to_pylist()[8] == "n1"
    print(f"ok PyIceberg: {len(found)} rows", flush=True)
    lake.call("PATCH", PATH, {"columns": [{"rename": "Name", "to": "Title"}, {"add": "note", "type": "string"}]})
    lake.append({"id": PARTS * ROWS + i, "Title": "new", "note": "x"} for i in range(ROWS))
    got = lake.sql("SELECT COUNT(*), SUM(id), COUNT(note), COUNT(DISTINCT Title) FROM aws.t")
    total = (PARTS + 1) * ROWS
    assert got == [[str(total), str(total * (total - 1) // 2), str(ROWS), "8"]], got
    print(f"ok Flink: {total} rows of log and lake", flush=True)
    lake.flush()
    limit = time.monotonic() + 120
    while (count := len(list(table.refresh().scan().plan_files()))) > 4:
        assert time.monotonic() < limit, f"there are still {count} files: is there maintenance each second?"
        time.sleep(0.2)
    print(f"ok maintenance: {count} files are left", flush=True)
    lake.call("POST", f"{PATH}/truncate")
    assert lake.sql("SELECT COUNT(*) FROM aws.t") == [["0"]]
    before = len(lake.files())
    lake.call("DELETE", f"{PATH}?purge=true")
    assert before > 0 and not lake.files(), lake.files()
    print(f"ok purge: none of {before} files is left\nOK", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
