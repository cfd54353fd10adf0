"""Runs README's five-minute tour as it is written, in a fresh clone, and checks what each step prints.

Usage: tour.py CLONE PYTHON. CLONE is a checkout whose ./sluice is used; PYTHON has pyarrow and pyiceberg.
Uses port 9470, as the tour does. Fails at a step that README has and this script doesn't know.
"""
import pathlib
import re
import subprocess
import sys
import threading
import time
import urllib.request

LIMIT_S = 180


def steps(readme):
    """Yields (language, text) of each code block of the tour, in order."""
    tour = readme.split("## A five-minute tour\n")[1].split("\n## ")[0]
    for match in re.finditer(r"^```(\w+)\n([\s\S]*?)^```$|((?:^    .*\n(?:\n(?=    ))?)+)", tour, re.M):
        if match[1]:
            yield match[1], match[2]
        else:
            yield "sh", re.sub(r"^    ", "", match[3], flags=re.M)


class Background:
    """A step that stays running; its output is kept."""

    def __init__(self, command, cwd):
        self.lines = []
        self.changed = threading.Condition()
        self.process = subprocess.Popen(
            ["bash", "-c", "exec " + command], cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            with self.changed:
                self.lines.append(line)
                self.changed.notify_all()

    def expect(self, *patterns, within=30):
        def seen():
            return all(re.search(pattern, "".join(self.lines)) for pattern in patterns)

        with self.changed:
            assert self.changed.wait_for(seen, within), f"not all of {patterns} in:\n{''.join(self.lines)}"

    def stop(self):
        self.process.terminate()
        code = self.process.wait(60)
        return code


class Tour:
    def __init__(self, clone, python):
        self.clone, self.python = clone, python
        self.standalone = self.tail = None

    def run(self, text, language="sh"):
        command = [self.python, "-c", text] if language == "python" else ["bash", "-ec", text]
        done = subprocess.run(
            command, cwd=self.clone, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=LIMIT_S
        )
        assert done.returncode == 0, f"exit code {done.returncode} of:\n{text}\n{done.stdout}"
        return done.stdout

    def step(self, language, text):
        first = text.strip().splitlines()[0]
        if first == "./sluice standalone":
            self.start(first)
        elif first.startswith("./sluice table create shop.orders"):
            create, tail = text.strip().splitlines()
            self.run(create)
            self.tail = Background(tail, self.clone)
            self.tail.expect("Following shop.orders")
        elif "lock gate" in text and language == "sh":
            expect(self.run(text), r'"offset": ?0, ?"rows": ?2')
            self.tail.expect(r"lock gate.*\n.*paddle gear")
        elif '"three"' in text:
            expect(self.run(text), r'"row": ?1', r'"column": ?"id"', "three")
        elif language == "python" and "pyarrow.flight" in text:
            expect(self.run(text, language), r'"offset": ?2', "mitre gate", "lock gate")
            self.tail.expect("mitre gate")
            self.before = self.everything()
        elif first.startswith("./sluice sql -e 'SELECT item, price FROM shop.orders WHERE id < 3'"):
            self.select = text
            self.answer = rows_of(self.run(text))
            expect("\n".join(self.answer), "lock gate .*1250.00", "paddle gear .*89.50")
        elif first.startswith("curl -s -X POST") and first.endswith("/flush"):
            expect(self.run(text), r'"watermark": ?4, ?"lakeOffset": ?4', r'"inLake": ?true')
            assert rows_of(self.run(self.select)) == self.answer, "the SELECT answers otherwise after compaction"
            assert self.everything() == self.before, "SELECT * answers otherwise after compaction"
        elif language == "python" and "pyiceberg" in text:
            expect(self.run(text, language), "lock gate", "paddle gear", "mitre gate", "_offset")
        else:
            raise AssertionError(f"README's tour has a step that isn't known here:\n{text}")
        print(f"ok: {first if language == 'sh' else 'python: ' + text.strip().splitlines()[1]}", flush=True)

    def start(self, command):
        try:
            urllib.request.urlopen("http://localhost:9470/healthz", timeout=2)
        except OSError:
            pass
        else:
            raise AssertionError("something answers at port 9470, which the tour uses: stop it first")
        self.standalone = Background(command, self.clone)
        self.standalone.expect("9470", within=LIMIT_S)

    def everything(self):
        return rows_of(self.run("./sluice sql -e 'SELECT * FROM shop.orders ORDER BY id'"))

    def close(self):
        if self.tail is not None:
            self.tail.stop()
        if self.standalone is not None:
            code = self.standalone.stop()
            assert code in (0, 143), f"the standalone ended with {code}:\n{''.join(self.standalone.lines)}"


def rows_of(printed):
    """The rows of a printed table, without what tells the time."""
    return sorted(line for line in printed.splitlines() if line.startswith("|"))


def expect(text, *patterns):
    for pattern in patterns:
        assert re.search(pattern, text), f"no {pattern!r} in:\n{text}"


def main():
    clone, python = sys.argv[1:]
    found = list(steps((pathlib.Path(clone) / "README.md").read_text()))
    tour = Tour(clone, python)
    begin = time.monotonic()
    try:
        for language, text in found:
            tour.step(language, text)
    finally:
        tour.close()
    assert len(found) == 8, f"README's tour has {len(found)} steps, not 8"
    print(f"OK: {len(found)} steps in {time.monotonic() - begin:.0f} s")


if __name__ == "__main__":
    main()
