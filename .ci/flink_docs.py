"""Runs every ```sql block of docs/flink.md, and README's queries, at the SQL client of a real Flink, in order.

Usage: flink_docs.py DISTRIBUTION SQL-GATEWAY-JAR BUNDLE-JAR HOST:PORT. HOST:PORT is a standalone's, instead of localhost:9470.

A block runs in batch mode, and each INSERT to its end, unless the block sets something else; a query in streaming mode is cancelled when it has
printed rows and pauses. An error fails the run. HTML comments before a block, which readers don't see, say what else is expected:

    <!-- flink-docs: before           statements that run before the block, such as tables that it takes for granted
    CREATE TABLE t (a INT);
    -->
    <!-- flink-docs: prints: UA | 2 -->      the block's output has this, each run of spaces counting as one
    <!-- flink-docs: fails: not supported --> the block's last statement fails, and says this
    <!-- flink-docs: skip: needs AWS -->     the block isn't run, and why
    <!-- flink-docs: skip on 1.20: why -->   the same, on the versions of Flink that begin so
"""
import dataclasses
import pathlib
import re
import sys
import tempfile
import time

from flink_cluster import Flink, SqlClient, failed

ROOT = pathlib.Path(__file__).resolve().parent.parent
ENDPOINT = "localhost:9470"
QUIET_S = 3
LINKAGE = re.compile(r"NoClassDefFoundError|NoSuch(Method|Field)Error|IncompatibleClassChangeError|AbstractMethodError|LinkageError|VerifyError")


@dataclasses.dataclass(frozen=True)
class Block:
    line: int
    statements: list
    before: list
    prints: list
    fails: str | None
    skip: str | None

    @staticmethod
    def of(line, text, marks, version):
        before, prints, fails, skip = [], [], None, None
        for mark in marks:
            kind, _, rest = mark.strip().partition("\n" if mark.strip().startswith("before") else ":")
            rest = rest.strip()
            if kind.strip() == "before":
                before += statements(rest)
            elif kind == "prints" and rest:
                prints.append(rest)
            elif kind == "fails" and rest:
                fails = rest
            elif kind == "skip" and rest:
                skip = rest
            elif kind.startswith("skip on ") and rest:
                skip = rest if (version + ".").startswith(kind.removeprefix("skip on ") + ".") else skip
            else:
                raise AssertionError(f"docs/flink.md, before line {line}: unknown or empty mark: {mark}")
        return Block(line, statements(text), before, prints, fails, skip)


def blocks(markdown, version):
    """The ```sql blocks of a page, each with the marks between it and the block before."""
    marks = []
    for match in re.finditer(r"^<!-- flink-docs: ([\s\S]*?)-->$|^```(\w*)\n([\s\S]*?)^```$", markdown, re.M):
        if match[1] is not None:
            marks.append(match[1])
        elif match[2] == "sql":
            yield Block.of(markdown.count("\n", 0, match.start()) + 1, match[3], marks, version)
            marks = []
    assert not marks, f"no ```sql block follows: {marks}"


def statements(text):
    """Divides SQL at its semicolons, without comments but with hints; a statement set is one."""
    found, current, depth = [], "", False
    for token in re.findall(r"'(?:[^']|'')*'|`[^`]*`|--[^\n]*|/\*(?!\+)[\s\S]*?\*/|/\*\+[\s\S]*?\*/|;|[^'`;/-]+|[/-]", text):
        if token.startswith("--") or (token.startswith("/*") and not token.startswith("/*+")):
            continue
        if token == ";":
            words = current.upper().split()
            depth = words[:3] in (["EXECUTE", "STATEMENT", "SET"], ["BEGIN", "STATEMENT", "SET"]) and words[-1:] != ["END"]
            if not depth:
                found.append(current.strip())
                current = ""
                continue
        current += token
    return [each for each in found + [current.strip()] if each]


class Pages:
    def __init__(self, flink, endpoint):
        self.flink, self.endpoint = flink, endpoint
        self.client = SqlClient(flink)
        self.streaming = False

    def block(self, block):
        self.execute("SET 'execution.runtime-mode' = 'batch'")
        self.execute("SET 'table.dml-sync' = 'true'")
        for statement in block.before:
            self.execute(statement)
        printed = "".join(self.execute(each) for each in block.statements[: -1 if block.fails else None])
        if block.fails:
            last = self.client.execute(self.here(block.statements[-1]))
            assert failed(last) and block.fails in last, f"this must fail with {block.fails!r}:\n{block.statements[-1]}\n{last}"
        for text in block.prints:
            assert one_spaced(text) in one_spaced(printed), f"no {text!r} in:\n{printed}"
        self.end_jobs()

    def execute(self, statement):
        mode = re.fullmatch(r"SET\s+'execution.runtime-mode'\s*=\s*'(\w+)'", statement, re.I)
        if mode:
            self.streaming = mode[1].lower() == "streaming"
            self.client.run(f"SET 'table.dml-sync' = '{str(not self.streaming).lower()}'")
        statement = self.here(statement)
        if self.streaming and re.match(r"SELECT|WITH|\(", statement, re.I):
            return self.client.endless(statement, Pause())
        return self.client.run(statement)

    def here(self, statement):
        return statement.replace(ENDPOINT, self.endpoint)

    def end_jobs(self):
        """Jobs that a block left running must run well; they end with it."""
        for job in self.flink.running():
            self.flink.until(f"job {job} runs", lambda: self.flink.state(job) in ("RUNNING", "FINISHED", "FAILED"))
            failures = self.flink.get(f"/jobs/{job}/exceptions")["exceptionHistory"]["entries"]
            assert not failures, failures
            if job in self.flink.running():
                self.flink.cancel(job)

    def readme(self, text):
        """README's tour asks its queries with the sluice command; a Flink of one's own must answer them too."""
        queries = re.findall(r"sluice sql -e '(.*)'", text)
        assert queries, "README has no query any more: change this script too"
        self.execute("SET 'execution.runtime-mode' = 'batch'")
        self.client.run("CREATE DATABASE IF NOT EXISTS shop")
        self.client.run("CREATE TABLE shop.orders (id BIGINT NOT NULL, item STRING, price DECIMAL(10, 2), `at` TIMESTAMP_LTZ(6))")
        self.client.run("INSERT INTO shop.orders VALUES (1, 'lock gate', 1250.00, CURRENT_TIMESTAMP), (2, 'paddle gear', 89.50, CURRENT_TIMESTAMP)")
        for query in queries:
            rows = sorted(self.client.rows(query))
            assert rows == [["lock gate", "1250.00"], ["paddle gear", "89.50"]], rows
        return len(queries)


class Pause:
    """Likes what a query has printed when there are rows and nothing has come for a while."""

    def __init__(self):
        self.length, self.since = 0, time.monotonic()

    def __call__(self, text):
        if len(text) != self.length:
            self.length, self.since = len(text), time.monotonic()
        return failed(text) or (re.search(r"^\| [+-]", text, re.M) is not None and time.monotonic() - self.since > QUIET_S)


def one_spaced(text):
    return re.sub(r"[ \t]+", " ", text)


def main(distribution, gateway, jar, endpoint):
    with tempfile.TemporaryDirectory(prefix="flink-docs.") as work:
        flink = Flink(distribution, gateway, jar, work)
        try:
            begin = time.monotonic()
            flink.start()
            print(f"Flink {flink.version} is up after {time.monotonic() - begin:.0f} s", flush=True)
            run(Pages(flink, endpoint))
            linkage = [line for line in flink.logs(10**9).splitlines() if LINKAGE.search(line) and " INFO " not in line]
            assert not linkage, "classes don't fit together:\n" + "\n".join(linkage[:20])
        finally:
            flink.close()


def run(pages):
    found = list(blocks((ROOT / "docs" / "flink.md").read_text(), pages.flink.version))
    assert found, "docs/flink.md has no ```sql block"
    done = 0
    for block in found:
        name = f"docs/flink.md:{block.line}"
        if block.skip:
            print(f"skipped: {name}: {block.skip}", flush=True)
            continue
        try:
            pages.block(block)
        except AssertionError as e:
            raise AssertionError(f"{name}: {e}") from e
        done += 1
        print(f"ok: {name}: {len(block.statements)} statements", flush=True)
    asked = pages.readme((ROOT / "README.md").read_text())
    pages.client.close()
    print(f"OK: Flink {pages.flink.version}: {done} of {len(found)} blocks, README's {asked} queries")


if __name__ == "__main__":
    main(*sys.argv[1:])
