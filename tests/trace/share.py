"""How much of what real programs make strace print we print too, line for line.

Runs nine kinds of programs under strace and under ours with `-f -e trace=all`, twice under strace, makes alike what is
different in every run (addresses, numbers of processes, times), and prints the share of lines that are the same, the
share that strace reaches against itself, and for each call how many of its lines are not.

    python3 tests/trace/share.py [SOCKSCOPE] [--differences CALL]
"""

import argparse
import collections
import os
import re
import shutil
import subprocess
import sys
import tempfile

SOCKETS = """
import socket, threading
listener = socket.create_server(("127.0.0.1", 0))
def serve():
    peer, _ = listener.accept()
    peer.sendall(peer.recv(100))
    peer.close()
thread = threading.Thread(target=serve)
thread.start()
client = socket.create_connection(listener.getsockname())
client.sendall(b"hello")
client.recv(100)
client.close()
thread.join()
"""
IMPORTS = "import json, email, http.client, decimal, unittest, tempfile, subprocess; subprocess.run(['true'])"
SCRIPT = 'for i in 1 2 3; do /bin/true; done; echo "$(date)" | cat >/dev/null; cd /; umask 022; ulimit -n >/dev/null'
PROGRAMS = {
    "python, sockets and threads": [sys.executable, "-c", SOCKETS],
    "python, imports": [sys.executable, "-c", IMPORTS],
    "curl": ["curl", "-s", "-o", "/dev/null", "file:///etc/passwd"],
    "ls": ["ls", "-laR", "/etc"],
    "bash": ["bash", "-c", SCRIPT],
    "git": ["git", "--version"],
    "ssh": ["ssh", "-V"],
    "node": ["node", "-e", "require('fs').readdirSync('/')"],
    "find": ["find", "/etc", "-newer", "/etc/passwd"],
}


def alike(line):
    """A line without what is different in every run."""
    line = re.sub(r"^\d+ +", "", line.rstrip("\n"))
    line = re.sub(r"0x[0-9a-f]{4,}", "ADDRESS", line)
    line = re.sub(r'"(\\x[0-9a-f]{2})+"', "RANDOM", line)
    line = re.sub(r"\b\d{3,}\b", "NUMBER", line)
    return re.sub(r" += ", " = ", line)


def lines(tracer, command):
    with tempfile.NamedTemporaryFile("r", errors="replace") as trace:
        tracing = [*tracer, "-f", "-e", "trace=all", "-o", trace.name, *command]
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run(tracing, timeout=300, check=False, **quiet)
        return collections.Counter(alike(line) for line in trace)


def call(line):
    return re.match(r"(?:<\.\.\. )?(\w*)", line).group(1) or line[:3]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("sockscope", nargs="?", default="target/debug/sockscope")
    parser.add_argument("--differences", metavar="CALL", help="print the lines of this call that are not the same")
    arguments = parser.parse_args()
    ours_total = theirs_total = total = 0
    wrong = collections.Counter()
    for name, command in PROGRAMS.items():
        if not shutil.which(command[0]):
            print(f"{name:28} is not installed")
            continue
        first, second = lines(["strace"], command), lines(["strace"], command)
        ours = lines([os.path.abspath(arguments.sockscope), "trace"], command)
        count = sum(first.values())
        same, itself = sum((first & ours).values()), sum((first & second).values())
        print(f"{name:28} {count:6} lines  strace {itself / count:7.2%}  ours {same / count:7.2%}")
        total, theirs_total, ours_total = total + count, theirs_total + itself, ours_total + same
        missing = first - ours - (first - second)
        for line, times in missing.items():
            wrong[call(line)] += times
        if arguments.differences:
            for mark, lost in (("-", missing), ("+", ours - first)):
                for line in lost:
                    if call(line) == arguments.differences:
                        print(mark, line[:300])
    print(f"{'all':28} {total:6} lines  strace {theirs_total / total:7.2%}  ours {ours_total / total:7.2%}"
          f"  of what strace reaches: {ours_total / theirs_total:7.2%}")
    for name, times in wrong.most_common(30):
        print(f"{times:6} {name}")


if __name__ == "__main__":
    main()
