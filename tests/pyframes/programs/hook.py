"""A log that the program keeps of its own calls: a profile hook sees each call of a C function at its very start.

Unlike a payload, it knows the line and the columns of calls that are spread over several lines.
"""
import json
import sys

import witness
from witness import A, drain

log = []


def hook(frame, event, argument):
    if event == "c_call" and getattr(argument, "__name__", "") == "send":
        log.append(witness.frames(frame, True))


def data(n):
    return b"x" * n


def spread():
    A.send(
        data(
            3
        )
    )
    A.send(data(4)) if len(
        "x") else None
    x = [A.send(data(1)), A.send(data(2)),
         A.send(data(3))]
    y = (A
         .send
         (b"y"))
    return A.send(b"a") + A.send(
        b"b") + (
        A.send(b"c"))


class Deep(object):
    def __getattr__(self, name):
        A.send(b"attribute"); A.send(b"again")
        return lambda *_: A.send(
            b"lambda")

    def __add__(self, other): return A.send(b"one line")


def twisted(flag):
    deep = Deep()
    for i in range(3):
        if flag and A.send(b"condition") > 2 and not A.send(b""
                                                            b"second"):
            pass
        elif A.send(b"elif"):
            deep + deep
        deep.method(deep + 1, deep.other(
            A.send(b"argument")))
    try:
        try:
            A.send("no bytes" if sys.version_info > (3,) else 3)
        finally:
            A.send(b"finally")
    except TypeError: A.send(b"except")
    assert A.send(b"assert"), \
        A.send(b"never")
    return {
        "a": A.send(b"1"),
        "b": A.send(b"2"), "c": [
            A.send(b"3") for _ in range(2)
            if A.send(b"4")
        ],
    }


sys.setprofile(hook)
for round in range(4):
    spread()
    twisted(round % 2)
    drain()
sys.setprofile(None)
with open(sys.argv[1], "w") as file:
    json.dump(log, file)
