"""Order snapshots, message texts and the journal, beside a Python scan with orjson and plain synced appends."""

import os
import pathlib
import subprocess


def rows(bench):
    count = bench.size(1_000_000, 20_000)
    folder = bench.scratch / "orders"
    subprocess.run([str(part) for part in bench.ours("notify-make", count, folder)], check=True, capture_output=True)
    files = sorted(folder.glob("*.json"))
    bench.row(f"scan {count:,} orders in two snapshots", bench.ours("notify-scan", folder),
              {"Python + orjson": bench.peer("notify", "scan", *files)}, "orders", bar={"Python + orjson": 2})
    messages = bench.size(100_000, 2_000)
    bench.row(f"render {messages:,} messages", bench.ours("notify-render", messages), {}, "messages")
    appends = bench.size(3_000, 300)
    bench.row(f"{appends:,} reservations, each synced", bench.ours("notify-journal", appends, bench.scratch / "a.jsonl"),
              {"write + fdatasync": bench.peer("notify", "appends", appends, bench.scratch / "b.jsonl")},
              "records", bar={"write + fdatasync": 0.8})


def scan(older, newer):
    import orjson

    def work():
        old = {order["code"]: order for order in orjson.loads(pathlib.Path(older).read_bytes())["orders"]}
        events, seen = 0, 0
        for order in orjson.loads(pathlib.Path(newer).read_bytes())["orders"]:
            seen += 1
            before = old.get(order["code"])
            if before is None or (before["state"], before["status"]) != (order["state"], order["status"]):
                events += 1
        return 2 * seen, 0, events

    return work


def appends(count, path):
    line = b"x" * 190 + b"\n"

    def work():
        file = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
        for _ in range(int(count)):
            os.write(file, line)
            os.fdatasync(file)
        os.close(file)
        return int(count), int(count) * len(line), int(count)

    return work


if __name__ == "__main__":
    import measured

    measured.main({"scan": scan, "appends": appends})
