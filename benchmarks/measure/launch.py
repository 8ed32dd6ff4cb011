"""Run a command to its end and write down what it cost; by itself, so that it is small.

    python -I -S launch.py REPORT COMMAND...

A process begins with the peak memory of the one that starts it, and this one holds a few megabytes only. REPORT gets
four words: seconds of cpu, seconds of wall time, megabytes, exit code.
"""

import os
import sys
import time


def main(report: str, *command: str) -> None:
    start = time.perf_counter()
    process = os.posix_spawnp(command[0], command, os.environ)
    _, status, used = os.wait4(process, 0)
    wall = time.perf_counter() - start
    words = (used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024, os.waitstatus_to_exitcode(status))
    with open(report, "w") as written:
        written.write(" ".join(map(str, words)))


if __name__ == "__main__":
    main(*sys.argv[1:])
