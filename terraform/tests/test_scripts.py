"""What cloud-init installs on the machines: its scripts are run here, with stand-ins for what only a machine in AWS has."""

import json
import os
import shutil
import socket
import ssl
import stat
import subprocess
import sys
import tarfile
import tempfile
import threading
import unittest
from http.server import BaseHTTPRequestHandler, HTTPServer

TERRAFORM = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MODULES = os.path.join(TERRAFORM, "modules")
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(MODULES, "machine", "files"))
import sluice_metrics  # noqa: E402

LIMIT = 60


class Scripts(unittest.TestCase):
    """Each test has a folder of its own with the stand-ins first in the path; calls are noted in the file `calls`."""

    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.bin = os.path.join(self.folder, "bin")
        os.mkdir(self.bin)
        self.calls = os.path.join(self.folder, "calls")

    def stand_in(self, name, body=""):
        path = os.path.join(self.bin, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write('#!/bin/bash\necho "%s $*" >>"%s"\n%s\n' % (name, self.calls, body))
        os.chmod(path, 0o755)

    def run_script(self, module, script, *args, changes=(), env=None):
        """Runs a script with words in it replaced, as folders that only root may write."""
        with open(os.path.join(MODULES, module, "files", script), encoding="utf-8") as file:
            text = file.read()
        for before, after in changes:
            self.assertIn(before, text)
            text = text.replace(before, after)
        path = os.path.join(self.folder, script)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        environment = dict(os.environ, PATH=self.bin + ":" + os.environ["PATH"], FOLDER=self.folder, **(env or {}))
        return subprocess.run(["bash", path, *args], env=environment, capture_output=True, text=True, timeout=LIMIT)

    def noted(self):
        if not os.path.exists(self.calls):
            return []
        with open(self.calls, encoding="utf-8") as file:
            return file.read().splitlines()


class InstallTest(Scripts):

    OPT = [("/opt/sluice", "$FOLDER/opt/sluice"), ("/var/tmp", "$FOLDER")]

    def artifact(self, launcher):
        source = os.path.join(self.folder, "sluice-1")
        os.makedirs(os.path.join(source, "bin"))
        if launcher:
            with open(os.path.join(source, "bin", "sluice"), "w", encoding="utf-8") as file:
                file.write("#!/bin/sh\necho sluice 1\n")
            os.chmod(file.name, 0o755)
        with tarfile.open(os.path.join(self.folder, "artifact"), "w:gz") as archive:
            archive.add(source, "sluice-1")

    def install(self):
        os.makedirs(os.path.join(self.folder, "opt"), exist_ok=True)
        # The last word of `aws s3 cp --only-show-errors SOURCE TARGET`.
        self.stand_in("aws", 'cp "$FOLDER/artifact" "${@: -1}"')
        return self.run_script("machine", "sluice-install", "s3://artifacts/sluice.tar.gz", changes=self.OPT)

    def test_installs_and_leads_there(self):
        self.artifact(launcher=True)
        result = self.install()
        self.assertEqual(0, result.returncode, result.stderr)
        self.assertIn("sluice 1", result.stdout)
        self.assertTrue(os.path.islink(os.path.join(self.folder, "opt", "sluice")))

    def test_the_same_artifact_again_changes_nothing(self):
        self.artifact(launcher=True)
        self.install()
        before = os.readlink(os.path.join(self.folder, "opt", "sluice"))
        result = self.install()
        self.assertEqual(0, result.returncode, result.stderr)
        self.assertEqual(before, os.readlink(os.path.join(self.folder, "opt", "sluice")))

    def test_what_is_no_distribution_replaces_nothing(self):
        self.artifact(launcher=False)
        result = self.install()
        self.assertEqual(1, result.returncode)
        self.assertIn("is no distribution of Sluice", result.stderr)
        self.assertFalse(os.path.lexists(os.path.join(self.folder, "opt", "sluice")))

    def test_an_artifact_that_cannot_be_read_is_named(self):
        self.stand_in("aws", "exit 1")
        self.stand_in("sleep")
        result = self.run_script("machine", "sluice-install", "s3://artifacts/none", changes=self.OPT)
        self.assertEqual(1, result.returncode)
        self.assertIn("can't read s3://artifacts/none", result.stderr)


class DiskTest(Scripts):

    CHANGES = [("/etc/fstab", "$FOLDER/fstab"), ("[ -b ", "[ -e ")]

    def disk(self, blkid, mounted="exit 1"):
        self.stand_in("blkid", blkid)
        self.stand_in("mountpoint", mounted)
        for name in ("mkfs.xfs", "mount", "systemctl", "chown", "sleep"):
            self.stand_in(name)
        with open(os.path.join(self.folder, "device"), "w", encoding="utf-8"):
            pass
        with open(os.path.join(self.folder, "fstab"), "a", encoding="utf-8"):
            pass
        return self.run_script("machine", "sluice-disk", os.path.join(self.folder, "device"), os.path.join(self.folder, "mnt"), changes=self.CHANGES)

    def test_an_empty_device_gets_a_filesystem(self):
        result = self.disk('[ "$1" = -p ] && exit 2; echo 1234')
        self.assertEqual(0, result.returncode, result.stderr)
        self.assertIn("mkfs.xfs -q %s/device" % self.folder, self.noted())
        with open(os.path.join(self.folder, "fstab"), encoding="utf-8") as file:
            self.assertIn("UUID=1234 %s/mnt xfs" % self.folder, file.read())

    def test_a_device_with_data_is_left_as_it_is(self):
        result = self.disk('[ "$1" = -p ] && exit 0; echo 1234')
        self.assertEqual(0, result.returncode, result.stderr)
        self.assertFalse([call for call in self.noted() if call.startswith("mkfs")])

    def test_a_device_that_cannot_be_read_is_left_as_it_is(self):
        result = self.disk('[ "$1" = -p ] && exit 8; echo 1234')
        self.assertEqual(1, result.returncode)
        self.assertIn("can't tell what is on", result.stderr)
        self.assertFalse([call for call in self.noted() if call.startswith("mkfs")])

    def test_it_is_mounted_once_however_often_it_runs(self):
        self.disk('[ "$1" = -p ] && exit 0; echo 1234')
        self.disk('[ "$1" = -p ] && exit 0; echo 1234', mounted="exit 0")
        with open(os.path.join(self.folder, "fstab"), encoding="utf-8") as file:
            self.assertEqual(1, file.read().count("UUID=1234"))
        self.assertEqual(1, len([call for call in self.noted() if call.startswith("mount ")]))


class NvmeTest(Scripts):

    def nvme(self, *devices):
        lines = "\n".join("%s Amazon EC2 NVMe Instance Storage" % device for device in devices)
        self.stand_in("lsblk", "echo '/dev/nvme0n1 Amazon Elastic Block Store\n%s'" % lines)
        self.stand_in("sfdisk", "cat >\"$FOLDER/parts\"")
        self.stand_in("udevadm")
        self.stand_in("sluice-disk")
        return self.run_script("bookies", "sluice-nvme", "/j", "/l", changes=[("/usr/local/bin/sluice-disk", "sluice-disk")])

    def test_of_two_devices_the_journal_has_one(self):
        result = self.nvme("/dev/nvme2n1", "/dev/nvme1n1")
        self.assertEqual(0, result.returncode, result.stderr)
        self.assertEqual(["sluice-disk /dev/nvme1n1 /j", "sluice-disk /dev/nvme2n1 /l"], self.noted()[1:])

    def test_one_device_is_parted(self):
        result = self.nvme("/dev/nvme1n1")
        self.assertEqual(0, result.returncode, result.stderr)
        self.assertIn("sfdisk -q /dev/nvme1n1", self.noted())
        self.assertEqual(["sluice-disk /dev/nvme1n1p1 /j", "sluice-disk /dev/nvme1n1p2 /l"], self.noted()[-2:])

    def test_other_numbers_are_refused(self):
        for devices in ((), ("/dev/nvme1n1", "/dev/nvme2n1", "/dev/nvme3n1")):
            result = self.nvme(*devices)
            self.assertEqual(1, result.returncode)
            self.assertIn("a bookie uses one or two", result.stderr)


class HandoverTest(Scripts):

    def handover(self, states, systemctl=""):
        """States are answered one after the other, the last one for ever."""
        with open(os.path.join(self.folder, "states"), "w", encoding="utf-8") as file:
            file.write("\n".join(states) + "\n")
        self.stand_in("curl", """
case $* in
  *api/token*) echo token; exit 0 ;;
esac
state=$(head -n 1 "$FOLDER/states")
[ "$(wc -l <"$FOLDER/states")" -gt 1 ] && sed -i 1d "$FOLDER/states"
[ "$state" = none ] && exit 22
echo "$state" """)
        self.stand_in("systemctl", systemctl)
        self.stand_in("aws")
        env = {"SLUICE_INSTANCE": "i-1", "SLUICE_HANDOVER_PAUSE": "0.05"}
        return self.run_script("gateways", "sluice-handover", "town-gateway", "hand-over", env=env)

    def after_curl(self):
        return [call for call in self.noted() if not call.startswith("curl")]

    def test_stops_the_gateway_before_auto_scaling_goes_on(self):
        result = self.handover(["none", "InService", "InService", "Terminated"])
        self.assertEqual(0, result.returncode, result.stderr)
        self.assertEqual("systemctl stop sluice-gateway", self.after_curl()[0])
        self.assertEqual(
            "aws autoscaling complete-lifecycle-action --auto-scaling-group-name town-gateway --lifecycle-hook-name hand-over"
            " --instance-id i-1 --lifecycle-action-result CONTINUE",
            self.after_curl()[1],
        )

    def test_a_gateway_that_does_not_stop_holds_nobody_up(self):
        result = self.handover(["Terminated"], systemctl="exit 1")
        self.assertEqual(0, result.returncode, result.stderr)
        self.assertTrue(self.after_curl()[1].startswith("aws autoscaling complete-lifecycle-action"))


METRICS = """# HELP sluice_lake_lag_age_seconds x
sluice_lake_lag_age_seconds{database="d",table="a"} 12.5
sluice_lake_lag_age_seconds{database="d",table="b"} 40.0
sluice_lake_lag_bytes{database="d",table="a"} 100.0
sluice_lake_lag_bytes{database="d",table="b"} 1.0E3
sluice_compaction_failing{database="d",table="a"} 1.0
sluice_compaction_failing{database="d",table="b"} 0.0
sluice_maintenance_overdue_seconds{database="d",table="b"} NaN
sluice_appended_rows_total{database="d",table="a"} 1000.0
sluice_append_failures_total{code="BAD_ROWS",protocol="http"} 3.0
sluice_append_failures_total{code="THROTTLED",protocol="flight"} 5.0
sluice_append_failures_total{code="QUOTA_EXCEEDED",protocol="http"} 2.0
"""


class MetricsTest(unittest.TestCase):

    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)

    def metrics(self, kind, *args):
        out = os.path.join(self.folder, "out.json")
        command = [
            sys.executable, os.path.join(MODULES, "machine", "files", "sluice_metrics.py"), "--cluster", "town", "--kind", kind,
            "--machine", "m1", "--state", os.path.join(self.folder, "state.json"), "--out", out, "--folders", self.folder, *args
        ]
        result = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT)
        self.assertEqual(0, result.returncode, result.stderr)
        with open(out, encoding="utf-8") as file:
            return json.load(file)

    def serve(self, text, certificate=None, token=None):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                known = token is None or self.headers["Authorization"] == "Bearer " + token
                self.send_response(401 if not known else 200 if self.path == "/metrics" else 404)
                self.end_headers()
                self.wfile.write(server.text.encode("utf-8"))

            def log_message(self, *unused):
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        server.text = text
        if certificate:
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(*certificate)
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return server

    @staticmethod
    def value(data, name, machine=False):
        found = [d for d in data if d["MetricName"] == name and machine == any(x["Name"] == "Machine" for x in d["Dimensions"])]
        return found[0]["Value"] if found else None

    def test_tables_become_one_figure(self):
        server = self.serve(METRICS)
        data = self.metrics("gateway", "--host", "127.0.0.1", "--port", str(server.server_port))
        self.assertEqual(40.0, self.value(data, "LakeLagSeconds"))
        self.assertEqual(1100.0, self.value(data, "LakeLagBytes"))
        self.assertEqual(1.0, self.value(data, "TablesCompactionFailing"))
        self.assertIsNone(self.value(data, "MaintenanceOverdueSeconds"))
        self.assertEqual(1, self.value(data, "GatewayUp", machine=True))
        self.assertEqual([{"Name": "Cluster", "Value": "town"}], data[1]["Dimensions"])

    def test_counters_tell_what_was_added(self):
        server = self.serve(METRICS)
        args = ("--host", "127.0.0.1", "--port", str(server.server_port))
        self.assertIsNone(self.value(self.metrics("gateway", *args), "AppendedRows"))
        server.text = METRICS.replace("1000.0", "1500.0").replace('protocol="flight"} 5.0', 'protocol="flight"} 7.0') + 'sluice_append_failures_total{code="FENCED",protocol="http"} 1.0\n'
        data = self.metrics("gateway", *args)
        self.assertEqual(500.0, self.value(data, "AppendedRows"))
        self.assertEqual(2.0, self.value(data, "AppendsThrottled"))
        self.assertEqual(1.0, self.value(data, "AppendsFenced"))
        self.assertEqual(0.0, self.value(data, "AppendsUnavailable"))
        server.text = METRICS.replace("1000.0", "20.0")
        self.assertEqual(20.0, self.value(self.metrics("gateway", *args), "AppendedRows"))

    def test_of_a_bookie_s_times_the_slowest_hundredth_of_the_last_minute_is_told(self):
        def text(fast, slow, written):
            return (
                'sluice_bookie_journal_add_seconds_bucket{le="0.001"} %d\nsluice_bookie_journal_add_seconds_bucket{le="0.25"} %d\n'
                'sluice_bookie_journal_add_seconds_bucket{le="+Inf"} %d\nsluice_bookie_journal_add_seconds_count %d\n'
                "sluice_bookie_written_bytes_total %d\nsluice_bookie_read_only 1\n" % (fast, fast + slow, fast + slow, fast + slow, written)
            )

        server = self.serve(text(1000, 1000, 5))
        args = ("--host", "127.0.0.1", "--bookie-port", str(server.server_port), "--metrics-ports", "%d,1" % server.server_port)
        data = self.metrics("bookie", *args)
        self.assertEqual(1, self.value(data, "BookieUp", machine=True))
        self.assertEqual(1, self.value(data, "BookieReadOnly"))
        self.assertIsNone(self.value(data, "BookieJournalAddP99"))
        # A thousand more, of which five were slow.
        server.text = text(1995, 1005, 25)
        data = self.metrics("bookie", *args)
        self.assertEqual(1.0, self.value(data, "BookieJournalAddP99"))
        self.assertEqual(20.0, self.value(data, "BookieWrittenBytes"))
        self.assertIsNone(self.value(data, "SegmentsCopied"))
        server.text = text(2075, 1025, 25)
        self.assertEqual(250.0, self.value(self.metrics("bookie", *args), "BookieJournalAddP99"))
        # Started again: all since then.
        server.text = text(10, 0, 0)
        self.assertEqual(1.0, self.value(self.metrics("bookie", *args), "BookieJournalAddP99"))
        self.assertIsNone(self.value(self.metrics("bookie", *args), "BookieJournalAddP99"))

    def certificate(self, name, days):
        """Makes a certificate that is its own CA."""
        files = [os.path.join(self.folder, name + ending) for ending in (".crt", ".key")]
        command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=test", "-days", str(days)]
        subprocess.run(command + ["-addext", "subjectAltName=DNS:" + name, "-out", files[0], "-keyout", files[1]], check=True, capture_output=True, timeout=LIMIT)
        return files

    def test_a_gateway_with_tls_is_asked_by_its_name_with_the_machine_s_token(self):
        certificate = self.certificate("localhost", 30)
        server = self.serve(METRICS, certificate=certificate, token="sluice_secret")
        token = os.path.join(self.folder, "token")
        with open(token, "w", encoding="utf-8") as file:
            file.write("sluice_secret\n")
        args = ("--host", "192.0.2.1", "--port", str(server.server_port), "--tls-ca", certificate[0], "--token-file", token)
        data = self.metrics("gateway", "--name", "localhost", *args)
        self.assertEqual(1, self.value(data, "GatewayUp", machine=True))
        self.assertEqual(40.0, self.value(data, "LakeLagSeconds"))
        self.assertAlmostEqual(30, self.value(data, "CertificateDaysLeft"), delta=0.1)
        # A name that the certificate hasn't: clients and other gateways would turn away.
        data = self.metrics("gateway", "--name", "127.0.0.1", *args)
        self.assertEqual(0, self.value(data, "GatewayUp", machine=True))
        self.assertEqual(0, self.value(data, "GatewayUp"))
        self.assertEqual(0, self.value(data, "CertificateDaysLeft"))
        with open(token, "w", encoding="utf-8") as file:
            file.write("sluice_other\n")
        data = self.metrics("gateway", "--name", "localhost", *args)
        self.assertEqual(0, self.value(data, "GatewayUp", machine=True))
        self.assertIsNotNone(self.value(data, "CertificateDaysLeft"))

    def test_a_gateway_that_is_away_is_a_figure(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        data = self.metrics("gateway", "--host", "127.0.0.1", "--port", str(port))
        self.assertEqual(0, self.value(data, "GatewayUp", machine=True))
        self.assertIsNotNone(self.value(data, "GatewayDiskUsedPercent"))
        self.assertIsNone(self.value(data, "CertificateDaysLeft"))

    def test_a_folder_that_is_not_mounted_is_a_full_one(self):
        data = self.metrics("gateway", "--host", "127.0.0.1", "--port", "1", "--folders", self.folder + "/none")
        self.assertEqual(100.0, self.value(data, "GatewayDiskUsedPercent", machine=True))

    def test_bookies_that_are_up_are_counted(self):
        listing = "bookie    state      address        rack\na1-i-1    up         10.0.0.1:3181  a\nb1-i-2    read-only  10.0.0.2:3181  b\nc1-i-3    down\n"
        self.assertEqual(1, sluice_metrics.bookies(listing))
        self.assertIsNone(sluice_metrics.lacking(listing))
        self.assertEqual(12, sluice_metrics.lacking(listing + "\nsegments that lack copies: 12\n"))

    def test_what_is_no_sample_is_left_out(self):
        self.assertEqual([("a", "", 1.0), ("b", 'x="}"', 2.5)], sluice_metrics.samples('# a 1\na 1\nb{x="}"} 2.5 1700000000\nc NaN\nd +Inf\nnonsense\n'))

    def test_each_alarm_of_sluice_s_own_is_about_a_figure_that_is_told(self):
        told = {name for name, *_ in sluice_metrics.GAUGES + sluice_metrics.COUNTERS + sluice_metrics.BOOKIE_COUNTERS + sluice_metrics.BOOKIE_TIMES} | {"BookiesUp"}
        told |= {"CertificateDaysLeft", "ClusterCertificateDaysLeft", "SegmentsLackingCopies", "BookieReadOnly"}
        told |= {kind + what for kind in ("Gateway", "Bookie", "ZooKeeper") for what in ("Up", "DiskUsedPercent")}
        with open(os.path.join(MODULES, "observability", "main.tf"), encoding="utf-8") as file:
            lines = [line for line in file if 'namespace = "Sluice"' in line]
        self.assertGreater(len(lines), 8)
        for line in lines:
            self.assertIn(line.split('metric = "')[1].split('"')[0], told)


class ModesTest(unittest.TestCase):

    def test_scripts_are_bash_that_can_be_read(self):
        for module in ("machine", "bookies", "gateways", "secrets"):
            folder = os.path.join(MODULES, module, "files")
            for name in os.listdir(folder):
                if "." not in name and name != "logrotate":
                    result = subprocess.run(["bash", "-n", os.path.join(folder, name)], capture_output=True, text=True, timeout=LIMIT)
                    self.assertEqual(0, result.returncode, name + result.stderr)
                    self.assertFalse(os.stat(os.path.join(folder, name)).st_mode & stat.S_ISUID)


if __name__ == "__main__":
    unittest.main()
