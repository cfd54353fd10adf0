"""A stand-in for AWS on loopback, and the compactor's function in it, deployed from its zip as `provided.al2023` and driven by a queue.

Between the function and S3 stands a gate, which holds back the lake's files while it is closed: a function that waits there is in the middle of a
plan, for as long as the test likes.
"""
import http.client
import http.server
import json
import os
import pathlib
import signal
import subprocess
import threading
import time
import urllib.request

import boto3
from botocore.config import Config

from free_port import free_port

READY_S = 120
CALL_S = 120
REGION = "us-east-1"
# Any will do.
CREDENTIALS = {"AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
HANDLER = "io.sluice.compactor.lambda.CompactorHandler::handleRequest"


class StandIn:
    """S3, SQS, Glue and Lambda: ministack as a process, whose path `command` is."""

    def __init__(self, command, work):
        self.command, self.work = command, pathlib.Path(work)
        self.port = free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.process = None

    def variables(self):
        """The environment that brings a process of ours here."""
        return CREDENTIALS | {"AWS_ENDPOINT_URL": self.endpoint}

    def start(self):
        own = {"BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(self.port), "SFTP_ENABLED": "0", "IOT_MTLS_ENABLED": "0"}
        with open(self.work / "aws.log", "w") as log:
            self.process = subprocess.Popen(
                [self.command], env=dict(os.environ, **own, **self.variables()), cwd=self.work, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )
        limit = time.monotonic() + READY_S
        while not self._ready():
            assert self.process.poll() is None and time.monotonic() < limit, f"the stand-in for AWS isn't ready:\n{self.log()}"
            time.sleep(0.2)

    def _ready(self):
        try:
            urllib.request.urlopen(f"{self.endpoint}/_ministack/health", timeout=10).close()
            return True
        except OSError:
            return False

    def client(self, service):
        return boto3.client(
            service, region_name=REGION, endpoint_url=self.endpoint, aws_access_key_id="test", aws_secret_access_key="test",
            config=Config(s3={"addressing_style": "path"}, read_timeout=CALL_S, retries={"max_attempts": 3}),
        )

    def log(self):
        return (self.work / "aws.log").read_text(errors="replace")

    def close(self):
        if not self.process:
            return
        functions = children(self.process.pid)
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(30)
        for pid in functions:
            end(pid)


class Function:
    """The zip as a function, its queue and the queue of dead letters."""

    def __init__(self, aws, bucket, timeout, hidden):
        self.aws, self.bucket, self.timeout = aws, bucket, timeout
        self.name = "compactor"
        sqs = aws.client("sqs")
        self.dead = sqs.create_queue(QueueName="compactor-dead")["QueueUrl"]
        redrive = {"deadLetterTargetArn": self._arn(sqs, self.dead), "maxReceiveCount": 20}
        attributes = {"VisibilityTimeout": str(hidden), "RedrivePolicy": json.dumps(redrive)}
        self.queue = sqs.create_queue(QueueName="compactor", Attributes=attributes)["QueueUrl"]
        self.source = self._arn(sqs, self.queue)

    @staticmethod
    def _arn(sqs, queue):
        return sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]

    def deploy(self, zip_file, variables):
        self.aws.client("s3").upload_file(str(zip_file), self.bucket, "compactor.zip")
        functions = self.aws.client("lambda")
        functions.create_function(
            FunctionName=self.name, Runtime="provided.al2023", Handler=HANDLER, Role="arn:aws:iam::000000000000:role/compactor",
            Timeout=self.timeout, MemorySize=1769, Code={"S3Bucket": self.bucket, "S3Key": "compactor.zip"},
            Environment={"Variables": variables},
        )
        # The runtime's client unpacks its library to one place, for one process on a computer.
        functions.put_function_concurrency(FunctionName=self.name, ReservedConcurrentExecutions=1)
        functions.create_event_source_mapping(
            EventSourceArn=self.source, FunctionName=self.name, BatchSize=10, FunctionResponseTypes=["ReportBatchItemFailures"],
        )
        # What a killed function was at, and messages that were lost, are found by a look at all tables.
        self.aws.client("scheduler").create_schedule(
            Name=self.name, ScheduleExpression="rate(1 minute)", FlexibleTimeWindow={"Mode": "OFF"},
            Target={"Arn": functions.get_function(FunctionName=self.name)["Configuration"]["FunctionArn"],
                    "RoleArn": "arn:aws:iam::000000000000:role/schedule", "Input": "{}"},
        )

    def timeouts(self):
        """How often the function was ended because it took too long."""
        return self.aws.log().count(f"Lambda {self.name}: Task timed out")

    def dead_letters(self):
        sqs = self.aws.client("sqs")
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        return sum(int(n) for n in sqs.get_queue_attributes(QueueUrl=self.dead, AttributeNames=names)["Attributes"].values())


class Gate:
    """Passes requests on to S3. While it is closed, a file for the lake waits until it opens; the files of clients that are gone are dropped."""

    def __init__(self, port):
        self.open = threading.Event()
        self.open.set()
        self.waiting = threading.Event()
        gate = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if self.command == "PUT" and ".parquet" in self.path and not gate.open.is_set():
                    gate.waiting.set()
                    gate.open.wait()
                    self.close_connection = True
                    return
                upstream = http.client.HTTPConnection("127.0.0.1", port, timeout=CALL_S)
                try:
                    upstream.request(self.command, self.path, body, dict(self.headers))
                    answer = upstream.getresponse()
                    self._answer(answer, answer.read())
                finally:
                    upstream.close()

            def _answer(self, answer, body):
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                        self.send_header(name, value)
                length = answer.getheader("Content-Length") if self.command == "HEAD" else len(body)
                if length is not None and answer.status not in (204, 304):
                    self.send_header("Content-Length", str(length))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = handle_one

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.endpoint = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def shut(self):
        self.waiting.clear()
        self.open.clear()

    def close(self):
        self.open.set()
        self.server.shutdown()
        self.server.server_close()


def children(parent):
    """The processes that a process has started, and those that they have."""
    found = []
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(stat.read_text().rpartition(")")[2].split()[1]) == parent:
                pid = int(stat.parent.name)
                found += [pid, *children(pid)]
        except (OSError, ValueError):
            continue  # it has just ended
    return found


def end(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
