"""What the machines and the function are started with is what the product has: read from its sources and its documentation."""

import os
import re
import unittest

TERRAFORM = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOT = os.path.dirname(TERRAFORM)
CLI = "cli/src/main/java/io/sluice/cli/"
COMMANDS = {
    "bookie": ["BookieCommand", "ServerOptions", "SettingsOptions", "ListenOptions", "ClusterOptions"],
    "gateway": ["GatewayCommand", "ServerOptions", "SettingsOptions", "ListenOptions", "ClusterOptions", "WarehouseOption", "CatalogOptions"],
    "autorecovery": ["AutoRecoveryCommand", "ServerOptions", "SettingsOptions", "ClusterOptions"],
}


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return file.read()


def terraform_files(ending=".tf"):
    for folder, _, names in os.walk(TERRAFORM):
        if ".terraform" not in folder:
            for name in names:
                if name.endswith(ending):
                    yield os.path.join(folder, name)


class ProductTest(unittest.TestCase):

    def test_each_option_of_a_service_is_one_of_its_command(self):
        seen = set()
        for path in terraform_files(".service"):
            match = re.search(r"^ExecStart=/opt/sluice/bin/sluice (\w+) (.*)$", read(path), re.M)
            if match:
                command, rest = match.groups()
                source = "".join(read(ROOT, CLI + name + ".java") for name in COMMANDS[command])
                for option in re.findall(r"--[a-z-]+", rest):
                    self.assertIn('"%s"' % option, source, "sluice %s has no %s" % (command, option))
                seen.add(command)
        self.assertEqual(set(COMMANDS), seen)

    def test_each_setting_is_documented(self):
        documented = set(re.findall(r"^\| `([a-z.-]+)` \|", read(ROOT, "docs/configuration.md"), re.M))
        used = set()
        for path in terraform_files():
            used |= set(re.findall(r'"((?:bookie|gateway|zookeeper|autorecovery|bookkeeper|placement)\.[a-z.-]+)"\s*=', read(path)))
        self.assertGreater(len(used), 4)
        self.assertEqual(set(), used - documented)

    def test_each_variable_of_the_function_is_one_that_it_reads(self):
        main = read(TERRAFORM, "modules/compactor/main.tf")
        folder = "compactor-lambda/src/main/java/io/sluice/compactor/lambda/"
        source = read(ROOT, folder + "LambdaEnvironment.java") + read(ROOT, folder + "FunctionTls.java")
        known = set(re.findall(r'= "(SLUICE_[A-Z_]+)"', source))
        used = set(re.findall(r"^\s+(SLUICE_[A-Z_]+)\s+=", main, re.M))
        self.assertIn("SLUICE_ZOOKEEPER", used)
        for name in used:
            self.assertTrue(name in known or name.startswith("SLUICE_CATALOG_"), name)
        handler = re.search(r'handler\s+= "([\w.]+)::(\w+)"', main)
        java = read(ROOT, "compactor-lambda/src/main/java", handler.group(1).replace(".", "/") + ".java")
        self.assertIn(" %s(" % handler.group(2), java)

    def test_each_metric_is_documented(self):
        asked = set(re.findall(r'"(sluice_[a-z_]+)"', read(TERRAFORM, "modules/machine/files/sluice_metrics.py")))
        self.assertGreater(len(asked), 8)
        documented = read(ROOT, "docs/http.md") + read(ROOT, "docs/cluster.md")
        for metric in asked:
            self.assertIn("`%s`" % metric, documented)

    def test_each_code_of_a_failure_is_one_of_the_gateway_s(self):
        sources = ""
        for folder, _, names in os.walk(os.path.join(ROOT, "ingest-gateway/src/main/java")):
            sources += "".join(read(folder, name) for name in names)
        for codes in re.findall(r'"sluice_append_failures_total", \(([^)]*)\)', read(TERRAFORM, "modules/machine/files/sluice_metrics.py")):
            for code in re.findall(r'"([A-Z_]+)"', codes):
                self.assertTrue(re.search(r"\b%s\b" % code, sources), code)

    def test_health_is_asked_where_the_gateway_answers(self):
        path = re.search(r'path\s+= "(/\w+)"', read(TERRAFORM, "modules/gateways/main.tf")).group(1)
        self.assertIn("`GET %s`" % path, read(ROOT, "docs/http.md"))

    def test_settings_that_are_given_leave_the_other_defaults_and_these_are_told(self):
        main, variables = read(TERRAFORM, "main.tf"), read(TERRAFORM, "variables.tf")
        for part in ("bookie", "gateway"):
            self.assertIn("merge(local.%s_settings, var.%s.settings)" % (part, part), main)
            defaults = re.search(r"^  %s_settings = \{\n(.*?)^  \}$" % part, main, re.M | re.S).group(1)
            description = re.search(r'^variable "%s" \{\n  description = "(.*)"$' % part, variables, re.M).group(1)
            for key, value in re.findall(r'"([\w.-]+)"\s*= "(\w+)"', defaults):
                self.assertIn("%s = %s" % (key, value), description)

    def test_a_gateway_has_longer_to_stop_than_it_takes(self):
        patience = re.search(r"^\| `gateway.stop-patience` \| `(\d+)s`", read(ROOT, "docs/configuration.md"), re.M)
        self.assertLess(int(patience.group(1)), 60 - 15)


def table(kind):
    """Returns the table of the root module's variables or outputs, as the README has it."""
    rows = ["| variable | default | what it is |\n| --- | --- | --- |\n" if kind == "variable" else "| output | what it is |\n| --- | --- |\n"]
    for name, body in re.findall(r'^%s "(\w+)" \{\n(.*?)^\}$' % kind, read(TERRAFORM, kind + "s.tf"), re.M | re.S):
        description = re.search(r'^  description = "((?:[^"\\]|\\.)*)"$', body, re.M).group(1).replace('\\"', '"').replace("|", "\\|")
        if kind == "output":
            rows.append("| `%s` | %s |\n" % (name, description))
            continue
        default = re.search(r"^  default\s+= (.*)$", body, re.M)
        if default is None:
            said = "needed"
        elif default.group(1) == "{}":
            fields = re.findall(r"^    (\w+)\s+= optional\((?:string|number), (.*)\)$", body, re.M)
            said = ", ".join("`%s = %s`" % field for field in fields) or "`{}`"
        else:
            said = "`%s`" % default.group(1)
        rows.append("| `%s` | %s | %s |\n" % (name, said, description))
    return "".join(rows)


class ReadmeTest(unittest.TestCase):
    """WRITE_DOCS=1 has it write the tables."""

    def test_it_lists_the_variables_and_outputs_that_there_are(self):
        readme = read(TERRAFORM, "README.md")
        expected = readme
        for kind in ("variable", "output"):
            section = re.search(r"^## %ss\n(.*?)(?=^## )" % kind.capitalize(), expected, re.M | re.S)
            said = "".join(line for line in section.group(1).splitlines(True) if not line.startswith("|")).strip()
            expected = expected[: section.start(1)] + ("\n" + said + "\n" if said else "") + "\n" + table(kind) + "\n" + expected[section.end(1) :]
        if os.environ.get("WRITE_DOCS"):
            with open(os.path.join(TERRAFORM, "README.md"), "w", encoding="utf-8") as file:
                file.write(expected)
        self.assertEqual(expected, read(TERRAFORM, "README.md"), "run it with WRITE_DOCS=1")


if __name__ == "__main__":
    unittest.main()
