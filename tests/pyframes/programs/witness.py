"""A program's own account of its stack, sent as the payload of a call that a tracer sees.

``A.send(stack())`` sends what ``sys._getframe`` knows at that very line; the reader has to come to the same answer
from outside. Runs on every Python from 2.7 on.

Where the variable ACCOUNTS names a file, the accounts go there, a line each, and the payload is only their number.
"""
import itertools
import json
import linecache
import os
import socket
import sys

A, B = socket.socketpair()
B.setblocking(False)
ACCOUNTS = os.environ.get("ACCOUNTS")
NUMBERS = itertools.count()


def columns(frame):
    """Where the expression under way in a frame lies, from Python 3.11 on."""
    positions = getattr(frame.f_code, "co_positions", None)
    if positions is None or frame.f_lasti < 0:
        return None
    for index, (_, end_line, start, end) in enumerate(positions()):
        if index == frame.f_lasti // 2:
            return None if start is None or end is None else [start, end_line, end]


def describe(frame, exact):
    code = frame.f_code
    # A module's loader knows where its text is, but not that of other code that runs with its names.
    of_module = frame.f_globals.get("__file__") == code.co_filename
    source = linecache.getline(code.co_filename, frame.f_lineno, frame.f_globals if of_module else None).strip()
    return {
        "file": code.co_filename,
        "line": frame.f_lineno,
        "function": code.co_name,
        # Text that Python itself cannot get again (3.13 can that of -c) is left to the test.
        "source": source if source and not code.co_filename.startswith("<") else None,
        "columns": columns(frame) if exact else None,
        "exact": exact,
    }


def frames(frame, exact):
    """The frames from this one outwards; ``exact``: the innermost one is at the call already."""
    found = []
    while frame is not None:
        found.append(describe(frame, exact))
        frame, exact = frame.f_back, True
    return found


def stack(via_library=False):
    """The caller's stack, as a payload. It may go on through library frames before the call is made."""
    account = {"frames": frames(sys._getframe(1), False), "via_library": via_library}
    if ACCOUNTS:
        # Whole lines of several processes and interpreters.
        name = "%d.%x.%d" % (os.getpid(), id(NUMBERS), next(NUMBERS))
        line = json.dumps({"name": name, "account": account}) + "\n"
        file = os.open(ACCOUNTS, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(file, line.encode("utf-8"))
        os.close(file)
        return b"STACK" + name.encode("ascii")
    return b"STACK" + json.dumps(account).encode("utf-8")


def drain():
    """Empties the other end, so that no send ever has to wait."""
    try:
        while B.recv(1 << 20):
            pass
    except socket.error:
        pass


def say():
    """Sends the stack of its own frame and all outside."""
    A.send(stack())
    drain()
