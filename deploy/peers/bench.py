"""Runs our jobs and their peers in turn and prints one table an area.

Each area is a module beside this file with `def rows(bench)`. A measurement is a process of its own; figures are
medians over the rounds, peak memory is the largest seen. Results are also kept in output/bench/<area>.json.
"""

import importlib
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
AREAS = ["catalog", "crawl", "search", "notify"]


class Figures:
    """What one process did: items, bytes, seconds of the measured part, a check number, peak memory in MB."""

    def __init__(self, line, peak):
        self.items, self.bytes, self.seconds = line["items"], line["bytes"], line["seconds"]
        self.check, self.peak = line.get("check", 0), peak

    @property
    def rate(self):
        return self.items / self.seconds

    def as_one(self):
        """The same work counted as one thing, beside peers that count so."""
        self.items = 1
        return self


class Launcher:
    """Measures processes one after another; see launcher.py for why it does not start them itself."""

    def __init__(self):
        self.child = None

    def __call__(self, argv, folder=None):
        if self.child is None:
            self.child = subprocess.Popen([sys.executable, HERE / "launcher.py"], stdin=subprocess.PIPE,
                                          stdout=subprocess.PIPE, text=True)
        wish = {"argv": [str(a) for a in argv], "cwd": str(folder or os.getcwd())}
        self.child.stdin.write(json.dumps(wish) + "\n")
        self.child.stdin.flush()
        answer = json.loads(self.child.stdout.readline())
        if answer["status"] != 0:
            raise SystemExit(f"{' '.join(wish['argv'])}: exit {answer['status']}\n{answer['text']}")
        return answer


launch = Launcher()


def run(argv):
    """Runs one process that prints a line of JSON last; peak memory is the operating system's own account."""
    answer = launch(argv)
    return Figures(json.loads(answer["text"].strip().splitlines()[-1]), answer["peak"])


def command(items, argv, folder):
    """Measures a whole program, its start included; items are what it is known to work on."""
    answer = launch(argv, folder)
    return Figures({"items": items, "bytes": 0, "seconds": answer["seconds"]}, answer["peak"])


class Bench:
    def __init__(self, quick, scratch):
        self.quick, self.scratch = quick, pathlib.Path(scratch)
        self.rounds = 1 if quick else 3
        self.bin = pathlib.Path(os.environ["KASPI_BIN"])
        self.table = []

    def size(self, full, quick):
        return quick if self.quick else full

    def ours(self, job, *arguments):
        return [self.bin / "KaspiBench", job, *arguments]

    def peer(self, module, job, *arguments):
        """A peer written in Python: `python peers/<module>.py JOB ARGUMENT...`."""
        return [sys.executable, HERE / f"{module}.py", job, *arguments]

    def command(self, items, argv, folder):
        """One of our programs as a whole."""
        return lambda: command(items, argv, folder)

    def row(self, title, ours, peers, what="items", bar=None, same_check=True):
        """Measures in turn: ours, each peer, ours, … `peers` and `bar` are by the peer's name; a bar is the least ratio."""
        runs = {name: [] for name in ["ours", *peers]}
        for _ in range(self.rounds):
            for name, argv in [("ours", ours), *peers.items()]:
                runs[name].append(argv() if callable(argv) else run(argv))
        rate = {name: statistics.median(f.rate for f in fs) for name, fs in runs.items()}
        own = runs["ours"]
        for name in peers if same_check else []:
            if runs[name][0].check != own[0].check:
                raise SystemExit(f"{title}: {name} got {runs[name][0].check}, ours {own[0].check}")
        self.table.append({
            "job": title, "what": what, "items": own[0].items, "bytes": own[0].bytes,
            "rate": rate["ours"], "seconds": statistics.median(f.seconds for f in own),
            "peak_mb": max(f.peak for f in own),
            "peers": {n: {"rate": rate[n], "ratio": rate["ours"] / rate[n], "bar": (bar or {}).get(n),
                          "peak_mb": max(f.peak for f in runs[n])} for n in peers},
        })
        self.say(self.table[-1])

    def say(self, row):
        print(f"| {row['job']} | {row['items']:,} | {row['bytes'] / 1e6:,.1f} | {row['seconds']:.3f} "
              f"| {row['rate']:,.0f} {row['what']}/s | {row['peak_mb']:,.0f} | | |", flush=True)
        for name, peer in row["peers"].items():
            bar = "" if peer["bar"] is None else f"{peer['bar']:g} {'✓' if peer['ratio'] >= peer['bar'] else '✗'}"
            print(f"| · {name} | | | | {peer['rate']:,.0f} {row['what']}/s | {peer['peak_mb']:,.0f} "
                  f"| {peer['ratio']:.2f} | {bar} |", flush=True)


def main():
    quick = "--quick" in sys.argv
    wanted = [a for a in sys.argv[1:] if not a.startswith("--")] or [
        a for a in AREAS if (HERE / f"{a}.py").exists()]
    print(f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}; "
          f"median of {1 if quick else 3} rounds in turn; ratio is ours by the peer's, bar the ratio owed\n")
    for area in wanted:
        with tempfile.TemporaryDirectory(dir=ROOT / ".build") as scratch:
            bench = Bench(quick, scratch)
            print(f"## {area}\n\n| job | items | MB | s | rate | peak MB | ratio | bar |\n|---|--:|--:|--:|--:|--:|--:|---|")
            importlib.import_module(area).rows(bench)
            folder = ROOT / "output" / "bench"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{area}.json").write_text(json.dumps(bench.table, ensure_ascii=False, indent=1) + "\n")
            print()


if __name__ == "__main__":
    main()
