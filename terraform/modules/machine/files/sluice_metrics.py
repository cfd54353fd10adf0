#!/usr/bin/python3
"""Writes what CloudWatch is told of a machine each minute: a list of metric data, for `aws cloudwatch put-metric-data`.

Standard library only, and Python 3.9: it runs on Amazon Linux as it comes. What can't be asked is a figure of its own (Up = 0), never a failure, so that the rest is told.
"""

import argparse
import json
import os
import re
import socket
import ssl
import subprocess
import time
import urllib.request

SAMPLE = re.compile(r'^(?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(?P<labels>.*)\})? (?P<value>\S+)(?: \d+)?$')

# CloudWatch's name, Prometheus's name, how the tables' figures become one, unit.
GAUGES = [
    ("LakeLagSeconds", "sluice_lake_lag_age_seconds", max, "Seconds"),
    ("LakeLagBytes", "sluice_lake_lag_bytes", sum, "Bytes"),
    ("TablesCompactionFailing", "sluice_compaction_failing", sum, "Count"),
    ("TablesMaintenanceFailing", "sluice_maintenance_failing", sum, "Count"),
    ("MaintenanceOverdueSeconds", "sluice_maintenance_overdue_seconds", max, "Seconds"),
    ("PurgesWaiting", "sluice_purges_waiting", max, "Count"),
    ("Followers", "sluice_followers", sum, "Count"),
    ("ArrowBytes", "sluice_arrow_bytes", sum, "Bytes"),
]
# Likewise; of appends that failed, only those whose code is one of these. The others are mistakes of who sent them.
COUNTERS = [
    ("AppendedRows", "sluice_appended_rows_total", None, "Count"),
    ("AppendedBytes", "sluice_appended_bytes_total", None, "Bytes"),
    ("DeadLetters", "sluice_dead_letters_total", None, "Count"),
    ("AppendsUnavailable", "sluice_append_failures_total", ("UNAVAILABLE", "INTERNAL"), "Count"),
    ("AppendsFenced", "sluice_append_failures_total", ("FENCED",), "Count"),
    ("AppendsStopped", "sluice_append_failures_total", ("STOPPED",), "Count"),
    ("AppendsThrottled", "sluice_append_failures_total", ("THROTTLED", "QUOTA_EXCEEDED", "OVERLOADED"), "Count"),
]
# Likewise of a bookie and its autorecovery: what grows, and the times of which the slowest hundredth counts.
BOOKIE_COUNTERS = [
    ("BookieWrittenBytes", "sluice_bookie_written_bytes_total", None, "Bytes"),
    ("BookieReadBytes", "sluice_bookie_read_bytes_total", None, "Bytes"),
    ("SegmentsCopied", "sluice_autorecovery_copied_segments_total", None, "Count"),
]
BOOKIE_TIMES = [
    ("BookieJournalAddP99", "sluice_bookie_journal_add_seconds"),
    ("BookieJournalSyncP99", "sluice_bookie_journal_sync_seconds"),
]
BOUND = re.compile(r'(?:^|,)le="([^"]*)"')
LACKING = re.compile(r"^segments that lack copies: ([0-9]+)$", re.M)
CODE = re.compile(r'(?:^|,)code="([^"]*)"')


def samples(text):
    """Returns (name, labels, value) of each line of Prometheus's text format that is a finite number."""
    found = []
    for line in text.splitlines():
        match = SAMPLE.match(line)
        if match:
            try:
                value = float(match["value"])
            except ValueError:
                continue
            if value == value and abs(value) != float("inf"):
                found.append((match["name"], match["labels"] or "", value))
    return found


def gauges(found):
    """Returns (name, value, unit) of each gauge; without tables there is none to tell."""
    data = []
    for name, source, together, unit in GAUGES:
        values = [value for sample, _, value in found if sample == source]
        if values:
            data.append((name, together(values), unit))
    return data


def counts(found, counters=COUNTERS):
    """Returns the counters by CloudWatch's name, summed over their labels."""
    return {
        name: sum(value for sample, labels, value in found if sample == source and (codes is None or code(labels) in codes))
        for name, source, codes, _ in counters
    }


def buckets(found, source):
    """Returns what a histogram counts up to each bound; without the last one, which has none."""
    return {
        BOUND.search(labels).group(1): value
        for sample, labels, value in found if sample == source + "_bucket" and "+Inf" not in labels
    }, sum(value for sample, _, value in found if sample == source + "_count")


def slowest_hundredth(before, now):
    """Returns the bound in seconds that 99 of 100 calls since then stayed below, at most the highest one; None if there were none."""
    (was, was_count), (are, count) = before, now
    if count < was_count:
        was, was_count = {}, 0
    calls = count - was_count
    if calls <= 0 or not are:
        return None
    for bound in sorted(are, key=float):
        if are[bound] - was.get(bound, 0) >= 0.99 * calls:
            return float(bound)
    return max(float(bound) for bound in are)


def code(labels):
    match = CODE.search(labels)
    return match.group(1) if match else ""


def increases(before, now):
    """Returns (name, value, unit) of what was added since; a process that was started again counts from 0."""
    units = {name: unit for name, _, _, unit in COUNTERS + BOOKIE_COUNTERS}
    data = []
    for name, total in now.items():
        if name in before and name in units:
            added = total - before[name]
            data.append((name, added if added >= 0 else total, units[name]))
    return data


def bookies(listing):
    """Returns how many bookies are up by what `sluice bookie list` prints: bookie, state, address, rack."""
    rows = [line.split() for line in listing.splitlines()]
    return sum(1 for row in rows if len(row) >= 3 and row[1] == "up")


def lacking(listing):
    """Returns how many segments lack copies by what `sluice bookie list` prints in the end; None if it doesn't say."""
    match = LACKING.search(listing)
    return int(match.group(1)) if match else None


def metric(cluster, name, value, unit, **dimensions):
    every = dict(Cluster=cluster, **dimensions)
    return {
        "MetricName": name,
        "Value": value,
        "Unit": unit,
        "Dimensions": [{"Name": key, "Value": every[key]} for key in sorted(every)],
    }


def disk_used_percent(folder):
    """Returns the share in use of what the filesystem of a folder can take, as df tells it."""
    stat = os.statvfs(folder)
    used = stat.f_blocks - stat.f_bfree
    usable = used + stat.f_bavail
    return 100.0 * used / usable if usable else 100.0


def gateway(args):
    state = read_state(args.state)
    data = []
    try:
        # By the name that its certificate has, which clients and other gateways know it by too.
        tls = ssl.create_default_context(cafile=args.tls_ca) if args.tls_ca else None
        host = args.name if tls else args.host
        request = urllib.request.Request("%s://%s:%d/metrics" % ("https" if tls else "http", host, args.port))
        if args.token_file:
            with open(args.token_file, encoding="utf-8") as file:
                request.add_header("Authorization", "Bearer " + file.read().strip())
        if tls:
            data.append(("CertificateDaysLeft", days_left(host, args.port, tls), "Count"))
        with urllib.request.urlopen(request, timeout=10, context=tls) as answer:
            found = samples(answer.read().decode("utf-8"))
    except OSError as e:
        print("the gateway doesn't answer: %s" % e)
        return [("Up", 0, "Count")] + data + no_days_left("CertificateDaysLeft", e)
    totals = counts(found)
    write_state(args.state, totals)
    return [("Up", 1, "Count")] + data + gauges(found) + increases(state, totals)


def days_left(host, port, tls):
    """Returns for how many days the gateway's certificate is still good."""
    with socket.create_connection((host, port), timeout=10) as connection:
        with tls.wrap_socket(connection, server_hostname=host) as session:
            return good_for(session)


def no_days_left(name, error):
    """Returns the figure of a certificate that isn't good: it has ended, lacks the name, or is of another CA. Else its alarm would hear nothing, and be content."""
    return [(name, 0, "Count")] if isinstance(error, ssl.SSLCertVerificationError) else []


def good_for(session):
    """Returns for how many days the certificate that a server has shown is still good."""
    return (ssl.cert_time_to_seconds(session.getpeercert()["notAfter"]) - time.time()) / 86400.0


def ask_zookeeper(connection):
    connection.sendall(b"srvr")
    answer = b""
    while True:
        part = connection.recv(4096)
        if not part:
            return answer
        answer += part


def zookeeper(args):
    data = []
    try:
        with socket.create_connection((args.host, args.zookeeper_port), timeout=5) as connection:
            if args.cluster_identity:
                tls = ssl.create_default_context(cafile=args.cluster_ca)
                tls.load_cert_chain(args.cluster_identity)
                with tls.wrap_socket(connection, server_hostname=args.host) as session:
                    data.append(("ClusterCertificateDaysLeft", good_for(session), "Count"))
                    answer = ask_zookeeper(session)
            else:
                answer = ask_zookeeper(connection)
    except OSError as e:
        print("ZooKeeper doesn't answer: %s" % e)
        return [("Up", 0, "Count")] + data + no_days_left("ClusterCertificateDaysLeft", e)
    # A server without a quorum answers, but has no mode.
    serves = b"Mode: " in answer
    data.append(("Up", 1 if serves else 0, "Count"))
    if serves and args.zookeeper:
        try:
            command = [args.sluice, "bookie", "list", "--zookeeper", args.zookeeper] + (["--config", args.config] if args.config else [])
            listing = subprocess.run(command, capture_output=True, check=True, text=True, timeout=40).stdout
            data.append(("BookiesUp", bookies(listing), "Count"))
            if lacking(listing) is not None:
                data.append(("SegmentsLackingCopies", lacking(listing), "Count"))
        except (OSError, subprocess.SubprocessError) as e:
            print("the bookies can't be listed: %s" % e)
    return data


def bookie(args):
    data = []
    try:
        socket.create_connection((args.host, args.bookie_port), timeout=5).close()
        data.append(("Up", 1, "Count"))
    except OSError as e:
        print("the bookie doesn't answer: %s" % e)
        data.append(("Up", 0, "Count"))
    found = []
    for port in args.metrics_ports.split(","):
        try:
            with urllib.request.urlopen("http://127.0.0.1:%s/metrics" % port, timeout=10) as answer:
                found += samples(answer.read().decode("utf-8"))
        except OSError as e:
            print("no metrics at port %s: %s" % (port, e))
    return data + bookie_figures(found, args.state)


def bookie_figures(found, path):
    """Returns (name, value, unit) of what a bookie and its autorecovery told, and keeps what the next minute is compared with."""
    before = read_state(path)
    present = {sample for sample, _, _ in found}
    totals = counts(found, [counter for counter in BOOKIE_COUNTERS if counter[1] in present])
    times = {name: buckets(found, source) for name, source in BOOKIE_TIMES if source + "_count" in present}
    write_state(path, dict(totals, times=times))
    data = [("BookieReadOnly", value, "Count") for sample, _, value in found if sample == "sluice_bookie_read_only"]
    for name, now in times.items():
        slowest = slowest_hundredth(before["times"][name], now) if name in before.get("times", {}) else None
        if slowest is not None:
            data.append((name, 1000 * slowest, "Milliseconds"))
    return data + increases(before, totals)


def read_state(path):
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError):
        return {}


def write_state(path, state):
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(state, file)
    os.replace(path + ".new", path)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cluster", required=True)
    parser.add_argument("--kind", required=True, choices=["gateway", "bookie", "zookeeper"])
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, default=9470)
    parser.add_argument("--state", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--machine", default=os.environ.get("SLUICE_MACHINE", os.environ.get("SLUICE_INSTANCE", "")))
    parser.add_argument("--name", default=os.environ.get("SLUICE_NAME", ""), help="host name of the machine, as its certificate has it")
    parser.add_argument("--tls-ca", default=os.environ.get("SLUICE_TLS_CA", ""))
    parser.add_argument("--token-file", default=os.environ.get("SLUICE_TOKEN_FILE", ""))
    parser.add_argument("--folders", default=os.environ.get("SLUICE_FOLDERS", "/"), help="folders, separated by colons")
    parser.add_argument("--zookeeper", default=os.environ.get("SLUICE_ZOOKEEPER", ""))
    parser.add_argument("--zookeeper-port", type=int, default=os.environ.get("SLUICE_ZOOKEEPER_PORT", "2181"))
    parser.add_argument("--bookie-port", type=int, default=3181)
    parser.add_argument("--metrics-ports", default="9471,9472", help="ports on loopback of the bookie's metrics and autorecovery's")
    parser.add_argument("--config", default=os.environ.get("SLUICE_CONFIG", ""), help="settings by which ZooKeeper is reached")
    parser.add_argument("--cluster-identity", default=os.environ.get("SLUICE_CLUSTER_IDENTITY", ""), help="file of the cluster's certificate and key; without it ZooKeeper is asked in clear text")
    parser.add_argument("--cluster-ca", default=os.environ.get("SLUICE_CLUSTER_CA", ""))
    parser.add_argument("--sluice", default="/opt/sluice/bin/sluice")
    args = parser.parse_args()

    kind = {"gateway": "Gateway", "bookie": "Bookie", "zookeeper": "ZooKeeper"}[args.kind]
    told = {"gateway": gateway, "bookie": bookie, "zookeeper": zookeeper}[args.kind](args)
    used = max(disk_used_percent(folder) if os.path.isdir(folder) else 100.0 for folder in args.folders.split(":"))
    data = []
    for name, value, unit in told:
        if name == "Up":
            data.append(metric(args.cluster, kind + "Up", value, unit, Machine=args.machine))
            data.append(metric(args.cluster, kind + "Up", value, unit))
        else:
            data.append(metric(args.cluster, name, value, unit))
    data.append(metric(args.cluster, kind + "DiskUsedPercent", used, "Percent"))
    data.append(metric(args.cluster, kind + "DiskUsedPercent", used, "Percent", Machine=args.machine))
    with open(args.out, "w", encoding="utf-8") as file:
        json.dump(data, file)


if __name__ == "__main__":
    main()
