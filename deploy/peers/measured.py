"""For peers: do one job, print one line of JSON, as our own measuring program does."""

import json
import sys
import time


def main(jobs):
    """Runs `JOB ARGUMENT...`; a job returns a function to measure, which returns (items, bytes, check)."""
    work = jobs[sys.argv[1]](*sys.argv[2:])
    start = time.perf_counter()
    items, size, check = work()
    seconds = time.perf_counter() - start
    print(json.dumps({"items": items, "bytes": size, "seconds": seconds, "check": check}))
