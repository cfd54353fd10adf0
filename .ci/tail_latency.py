"""Posts rows over HTTP, one at a time, and measures when each is printed by a running `sluice tail`.

Usage: tail_latency.py PATH/TO/sluice HOST:PORT. Fails if the median of 100 rows is 20 ms or more.
"""
import http.client
import json
import queue
import statistics
import subprocess
import sys
import threading
import time
import uuid

ROWS = 100
LIMIT_MS = 20


def call(connection, method, path, body=None, kind="application/json"):
    connection.request(method, path, body, {"Content-Type": kind})
    response = connection.getresponse()
    answer = response.read()
    assert response.status < 300, (response.status, answer)


def main():
    sluice, endpoint = sys.argv[1:]
    table = "t" + uuid.uuid4().hex[:8]
    connection = http.client.HTTPConnection(endpoint, timeout=30)
    call(connection, "POST", "/v1/databases", json.dumps({"name": "latency", "ifNotExists": True}))
    columns = [{"name": "n", "type": "long"}]
    call(connection, "POST", "/v1/databases/latency/tables", json.dumps({"name": table, "columns": columns}))
    rows = f"/v1/databases/latency/tables/{table}/rows"
    call(connection, "POST", rows, '{"n":-1}\n', "application/x-ndjson")  # so that the log is open
    tail = subprocess.Popen(
        [sluice, "tail", f"latency.{table}", "--from", "earliest", "--endpoint", endpoint], stdout=subprocess.PIPE, text=True
    )
    seen = queue.Queue()

    def read():
        for line in tail.stdout:
            seen.put((json.loads(line)["n"], time.perf_counter()))

    threading.Thread(target=read, daemon=True).start()
    try:
        assert seen.get(timeout=30)[0] == -1
        took = []
        for n in range(ROWS):
            begin = time.perf_counter()
            call(connection, "POST", rows, json.dumps({"n": n}) + "\n", "application/x-ndjson")
            got, at = seen.get(timeout=10)
            assert got == n, (got, n)
            took.append((at - begin) * 1000)
    finally:
        tail.terminate()
        tail.wait(10)
    took.sort()
    median = statistics.median(took)
    print(f"POST to `sluice tail`, {ROWS} rows: p50 {median:.2f} ms, p90 {took[89]:.2f} ms, worst {took[-1]:.2f} ms")
    assert median < LIMIT_MS, f"the median is {LIMIT_MS} ms or more"


if __name__ == "__main__":
    main()
