"""Starts the processes that are measured, from a process that itself holds next to nothing.

Linux counts what the starting process holds as memory of the started one, until that has grown beyond it. Reads one line of
JSON a process, `{"argv": [...], "cwd": "..."}`, and answers with one: exit status, peak memory in MB, seconds, and what it
wrote to its standard output.
"""

import json
import os
import subprocess
import sys
import tempfile
import time

for line in sys.stdin:
    wish = json.loads(line)
    with tempfile.TemporaryFile() as out:
        start = time.perf_counter()
        child = subprocess.Popen(wish["argv"], cwd=wish["cwd"], stdin=subprocess.DEVNULL, stdout=out)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(max(0, out.seek(0, os.SEEK_END) - (1 << 16)))
        text = out.read().decode(errors="replace")
    print(json.dumps({"status": child.returncode, "peak": usage.ru_maxrss / 1024, "seconds": seconds, "text": text}),
          flush=True)
