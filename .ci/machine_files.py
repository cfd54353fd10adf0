"""What Terraform writes to the machines of a deployment, for tests on one computer: the cluster's TLS, and ZooKeeper as its service starts it.

Nothing of it is repeated here: settings, templates and variables are read from terraform/, the commands for certificates from docs/aws.md.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
TERRAFORM = ROOT / "terraform"
MODULES = TERRAFORM / "modules"
# Of a deployment with the name "town". Nobody looks it up.
CLUSTER_NAME = "town.sluice.internal"
LIMIT_S = 120


def rendered(template, variables):
    """Returns what Terraform makes of a template, without a provider."""
    with tempfile.TemporaryDirectory() as folder:
        expression = f"jsonencode(templatefile({json.dumps(str(template))}, jsondecode({json.dumps(json.dumps(variables))})))\n"
        done = subprocess.run(["terraform", "console"], cwd=folder, input=expression, capture_output=True, text=True, timeout=LIMIT_S)
        assert done.returncode == 0, done.stderr
        return json.loads(json.loads(done.stdout))


def settings(secrets, *kinds):
    """Returns the lines of a settings file that cluster_tls.tf has for kinds of connections, as `zookeeper`, with certificates in a folder."""
    source = (TERRAFORM / "cluster_tls.tf").read_text()
    values = {"local.cluster_identity": f"{secrets}/identity", "local.cluster_ca": f"{secrets}/ca", "local.cluster_name": CLUSTER_NAME}
    lines = []
    for kind in kinds:
        body = re.search(rf"^  {kind}_tls_settings = \{{\n(.*?)^  \}}$", source, re.M | re.S)[1]
        for key, value in re.findall(r'^    "([a-z.-]+)"\s+= (.*)$', body, re.M):
            plain = value.strip('"')
            lines.append(f"{key} = {values.get(value, plain)}\n")
    return "".join(lines)


def function_variables(identity, ca):
    """Returns the function's variables for TLS; `identity` and `ca` are the IDs of secrets."""
    source = (MODULES / "compactor/main.tf").read_text()
    body = re.search(r"^  tls_variables = .*?\{\n(.*?)^  \}$", source, re.M | re.S)[1]
    given = {"${var.tls.identity}": identity, "${var.tls.ca}": ca, "var.tls.peer_name": CLUSTER_NAME}
    variables = {}
    for key, value in re.findall(r"^    (SLUICE_\w+)\s+= (.*)$", body, re.M):
        value = value.strip('"')
        for name, replacement in given.items():
            value = value.replace(name, replacement)
        variables[key] = value
    return variables


def function_options():
    """Returns the options of the function's JVM."""
    return re.search(r'JAVA_TOOL_OPTIONS\s+= "([^"]+)"', (MODULES / "compactor/main.tf").read_text())[1]


def make_certificate(secrets):
    """Makes a CA and the cluster's certificate in a folder by the commands of docs/aws.md; the files `identity` and `ca` are what its secrets get."""
    docs = (ROOT / "docs/aws.md").read_text()
    block = re.search(r"^    openssl req -x509 [^\n]*cluster-ca\.key.*?^(?!    )", docs, re.M | re.S)[0]
    names = f"DNS:{CLUSTER_NAME},IP:127.0.0.1,DNS:localhost"
    script = f"set -e\nterraform() {{ [ \"$*\" = 'output -raw cluster_certificate_names' ] && printf %s '{names}'; }}\n{block}"
    done = subprocess.run(["bash", "-c", script], cwd=secrets, capture_output=True, text=True, timeout=LIMIT_S)
    assert done.returncode == 0, done.stderr
    for made, secret in (("cluster.pem", "identity"), ("cluster-ca.crt", "ca")):
        replace(os.path.join(secrets, secret), pathlib.Path(secrets, made).read_text())


def replace(path, text):
    """Gives a secret's file another value, in one step, as machines do."""
    following = pathlib.Path(f"{path}.new")
    following.write_text(text)
    os.replace(following, path)


def zookeeper(folder, home, secrets, port, number=1, servers=None):
    """Writes the files of one server of ZooKeeper, which it returns the command of.

    `home` is an unpacked distribution. All of `servers`, by number, are on one computer, so that each says its ports as well: HOST:PORT:PORT.
    """
    folder = pathlib.Path(folder)
    (folder / "data").mkdir(parents=True)
    (folder / "data/myid").write_text(f"{number}\n")
    variables = {"own": "127.0.0.1", "port": port, "identity": f"{secrets}/identity", "ca": f"{secrets}/ca", "servers": servers or {}}
    text = rendered(MODULES / "zookeeper/files/zoo.cfg", variables)
    (folder / "zoo.cfg").write_text(text.replace(":2888:3888", "").replace("/var/lib/zookeeper/data", f"{folder}/data"))
    service = rendered(MODULES / "zookeeper/files/sluice-zookeeper.service", {"java_opts": "-Xmx96m", "starts": []})
    command = re.search(r"^ExecStart=(.*)$", service, re.M)[1]
    for there, here in (("/usr/bin/java", shutil.which("java")), ("/opt/sluice", str(home)), ("/etc/sluice", str(folder))):
        assert there in command, command
        command = command.replace(there, here)
    return command.split()
