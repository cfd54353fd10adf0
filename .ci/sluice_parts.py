"""The parts of a cluster as processes on loopback, with TLS between all of them, and tokens: each may be killed, and started again as it was.

What they are told of TLS among themselves, and ZooKeeper itself, is what Terraform writes to machines.
"""
import json
import os
import pathlib
import signal
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request

import machine_files
from free_port import free_port

READY_S = 180
CALL_S = 200
# Of the JVM, in MiB.
MEMORY = {"bookie": (192, 192), "gateway": (384, 128)}
# Sessions end soon, so that what was killed is missed, and may start again, soon.
SESSIONS = ["--set", "zookeeper.session-timeout=5s", "--set", "bookkeeper.session-timeout=5s"]
BOOKIE = ["bookie.write-cache-bytes=32MiB", "bookie.read-cache-bytes=16MiB", "bookie.index-cache-bytes=8MiB", "bookie.journal-bytes=64MiB",
          "bookie.entry-log-bytes=64MiB"]
# By which of Terraform's settings they know others, and others them.
TLS = {"bookie": ("zookeeper", "bookkeeper", "bookie"), "gateway": ("zookeeper", "bookkeeper")}


def answers(port, secrets):
    """Whether a server of ZooKeeper serves those who show the cluster's certificate."""
    context = ssl.create_default_context(cafile=f"{secrets}/ca")
    context.load_cert_chain(f"{secrets}/identity")
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=CALL_S) as connection:
            with context.wrap_socket(connection, server_hostname="127.0.0.1") as session:
                session.sendall(b"srvr")
                return b"Mode" in session.recv(4096)
    except OSError:
        return False


class Certificates:
    """A CA, and a certificate by it for gateways on this computer; made by openssl."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.ca, self.certificate, self.key = (self.folder / name for name in ("ca.crt", "gateway.crt", "gateway.key"))
        names = self.folder / "names"
        names.write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\nauthorityKeyIdentifier=keyid\n")
        curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        self._run("req", "-x509", *curve, "-keyout", "ca.key", "-out", "ca.crt", "-days", "2", "-subj", "/CN=test CA",
                  "-addext", "keyUsage=critical,keyCertSign,cRLSign")
        self._run("req", *curve, "-keyout", "gateway.key", "-out", "gateway.csr", "-subj", "/CN=gateway")
        self._run("x509", "-req", "-in", "gateway.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
                  "-extfile", "names", "-out", "gateway.crt")

    def _run(self, *arguments):
        done = subprocess.run(["openssl", *arguments], cwd=self.folder, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr


class Part:
    """One process. It is ready when `is_ready` says so; what is of `sluice` prints it."""

    def __init__(self, name, command, environment, work, is_ready=None):
        self.name, self.command, self.environment = name, command, environment
        self.work = pathlib.Path(work)
        self.is_ready = is_ready or (lambda: " is ready" in self.log())
        self.process, self.starts = None, 0

    def begin(self):
        self.starts += 1
        with open(self._file(), "w") as log:
            self.process = subprocess.Popen(self.command, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def await_ready(self):
        limit = time.monotonic() + READY_S
        while not self.is_ready():
            assert self.process.poll() is None and time.monotonic() < limit, f"{self.name} isn't ready:\n{self.log()[-3000:]}"
            time.sleep(0.1)

    def start(self):
        self.begin()
        self.await_ready()

    def kill(self):
        """As a machine that loses its power."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(30)

    def _file(self):
        return self.work / f"{self.name}-{self.starts}.log"

    def log(self):
        return self._file().read_text(errors="replace") if self.starts else ""

    def close(self):
        if not self.process:
            return
        self.process.terminate()
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.kill()


class Cluster:
    """ZooKeeper, three bookies and two gateways; `settings` are further arguments of the gateways, `environment` that of all parts."""

    def __init__(self, sluice, work, environment, warehouse, settings):
        self.sluice, self.work, self.environment = sluice, pathlib.Path(work), environment
        self.certificates = Certificates(work)
        self.tokens = {}
        self.secrets = self.work / "cluster"
        self.secrets.mkdir()
        machine_files.make_certificate(self.secrets)
        zookeeper_port = free_port()
        self.zookeeper_at = f"127.0.0.1:{zookeeper_port}"
        home = pathlib.Path(sluice).resolve().parent.parent
        self.zookeeper = Part(
            "zookeeper", machine_files.zookeeper(self.work / "zookeeper", home, self.secrets, zookeeper_port), environment, work,
            lambda: answers(zookeeper_port, self.secrets),
        )
        cluster = ["--zookeeper", self.zookeeper_at, *SESSIONS]
        caches = [argument for setting in BOOKIE for argument in ("--set", setting)]
        self.bookies = [
            self._part(name, "bookie", *cluster, *caches, "--port", str(free_port()), "--data", str(self.work / name))
            for name in ("bookie-1", "bookie-2", "bookie-3")
        ]
        own = {
            "gateway.tls.certificate": self.certificates.certificate, "gateway.tls.key": self.certificates.key,
            "gateway.tls.ca": self.certificates.ca, "gateway.auth.tokens": self.work / "tokens", "gateway.memory-bytes": "256MiB",
        }
        secure = [argument for setting, value in own.items() for argument in ("--set", f"{setting}={value}")]
        self.ports = [free_port(), free_port()]
        self.gateways = [
            self._part(f"gateway-{i + 1}", "gateway", *cluster, *secure, *settings, "--warehouse", warehouse, "--port", str(self.ports[i]))
            for i in range(2)
        ]

    def _part(self, name, kind, *arguments):
        heap, direct = MEMORY[kind]
        settings = self.work / f"{kind}.properties"
        settings.write_text(machine_files.settings(self.secrets, *TLS[kind]))
        options = f"-Xmx{heap}m -XX:MaxDirectMemorySize={direct}m -XX:+UseSerialGC"
        environment = dict(self.environment, SLUICE_JAVA_OPTS=options)
        return Part(name, [self.sluice, kind, "--config", str(settings), *arguments], environment, self.work)

    def start(self):
        self.zookeeper.start()
        for parts in (self.bookies, self.gateways):
            for part in parts:
                part.begin()
            for part in parts:
                part.await_ready()

    def token(self, name, *scopes):
        """Draws a token, and returns the file that has it."""
        given = [argument for scope in scopes for argument in ("--scope", scope)]
        done = subprocess.run(
            [self.sluice, "token", "create", "--name", name, *given, "--file", str(self.work / "tokens")],
            capture_output=True, text=True, timeout=60,
        )
        assert done.returncode == 0, done.stderr
        file = self.work / f"{name}.token"
        file.write_text(done.stdout.strip())
        self.tokens[name] = done.stdout.strip()
        return file

    def endpoint(self, gateway):
        return f"https://127.0.0.1:{self.ports[gateway]}"

    def call(self, method, path, token, gateway=1):
        """What a gateway answers, which must be well."""
        request = urllib.request.Request(self.endpoint(gateway) + path, method=method, headers={"Authorization": f"Bearer {self.tokens.get(token)}"})
        trust = ssl.create_default_context(cafile=str(self.certificates.ca))
        with urllib.request.urlopen(request, timeout=CALL_S, context=trust) as answer:
            return json.load(answer)

    def refuses(self, path, token):
        """Whether a gateway lets a token in no further than its door."""
        try:
            self.call("GET", path, token)
            return False
        except urllib.error.HTTPError as e:
            return e.code in (401, 403)

    def logs(self, last=2500):
        parts = [self.zookeeper, *self.bookies, *self.gateways]
        return "\n".join(f"--- {part.name}\n{part.log()[-last:]}" for part in parts)

    def close(self):
        for part in [*self.gateways, *self.bookies, self.zookeeper]:
            part.close()
