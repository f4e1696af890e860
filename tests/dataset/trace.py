"""Writes a trace as JSON lines in which everything is known: a server, a client with five connections, errors, retries.

All times are whole microseconds after BEGIN, and each answer of the ten questions in docs/queries.md can be counted by hand.
"""

import json
import sys

BEGIN = 1_795_885_850_000_000_000
SERVER, CLIENT, RESOLVER = 100, 200, 300
PORT = 8080
events = []


def inet(port, ip="127.0.0.1"):
    return {"family": "AF_INET", "ip": ip, "port": port}


def line(file, number, function):
    frame = {"file": file, "line": number, "function": function, "column": None, "end_line": None, "end_column": None}
    return [frame | {"source": None, "expression": None, "library": False}]


def add(at_us, dur_us, pid, syscall, args, ret=0, errno=None, python=None, **keys):
    """A call that began at_us and took dur_us."""
    event = {"v": 1, "ts_ns": BEGIN + at_us * 1000, "pid": pid, "tid": pid, "type": "call", "syscall": syscall, "args": args}
    event |= {"ret": -1 if errno else ret, "errno": errno, "dur_ns": dur_us * 1000}
    if python:
        event["python"] = python
    events.append((at_us + dur_us, event | keys))


def transfer(at_us, dur_us, pid, syscall, fd, text, python=None, dest=None):
    address = "dest_addr" if syscall == "sendto" else "src_addr"
    args = {"sockfd": fd, "buf": {"text": text[:32], "truncated": len(text) > 32} if len(text) > 32 else {"text": text}}
    args |= {"len": len(text) if syscall == "sendto" else 65536, "flags": [], address: dest}
    args["addrlen"] = (16 if dest else 0) if syscall == "sendto" else None
    if syscall == "recvfrom":
        args["addrlen_in"] = None
    add(at_us, dur_us, pid, syscall, args, len(text), python=python)


def make(at_us, pid, fd, kind="SOCK_STREAM", python=None):
    args = {"domain": "AF_INET", "type": kind, "type_flags": [], "protocol": "IPPROTO_IP"}
    add(at_us, 10, pid, "socket", args, fd, python=python)


SERVE, FETCH, ASK = line("server.py", 12, "serve"), line("client.py", 7, "fetch"), line("resolver.py", 3, "ask")
make(0, SERVER, 3, python=SERVE)
add(20, 5, SERVER, "bind", {"sockfd": 3, "addr": inet(PORT), "addrlen": 16}, python=SERVE)
add(30, 5, SERVER, "listen", {"sockfd": 3, "backlog": 5}, python=SERVE)
at = 1000
for number in range(5):
    # The first two connections are refused once and twice before.
    for attempt in range(2 - number if number < 2 else 0):
        make(at, CLIENT, 4, python=FETCH)
        add(at + 20, 50, CLIENT, "connect", {"sockfd": 4, "addr": inet(9), "addrlen": 16}, errno="ECONNREFUSED", python=FETCH)
        add(at + 80, 5, CLIENT, "close", {"fd": 4}, python=FETCH)
        at += 1000
    client, server, port = 4 + number, 4 + number, 40000 + number
    make(at, CLIENT, client, python=FETCH)
    add(at + 20, 50, CLIENT, "connect", {"sockfd": client, "addr": inet(PORT), "addrlen": 16}, python=FETCH)
    add(at + 75, 2, CLIENT, "getsockname", {"sockfd": client, "addr": inet(port), "addrlen": 16, "addrlen_in": 128}, python=FETCH)
    accepted = {"sockfd": 3, "addr": inet(port), "addrlen": 16, "addrlen_in": 128, "flags": ["SOCK_CLOEXEC"]}
    add(at + 10, 70, SERVER, "accept4", accepted, server, python=SERVE)
    at += 100
    for request in range(3):
        question, answer = f"GET /{number}/{request}", "x" * (1000 * (number + 1))
        transfer(at, 20, CLIENT, "sendto", client, question, FETCH)
        transfer(at + 5, 100 + 10 * number, SERVER, "recvfrom", server, question, SERVE)
        transfer(at + 200, 30, SERVER, "sendto", server, answer, SERVE)
        # In two pieces.
        half = len(answer) // 2
        transfer(at + 30, 210 + 100 * request, CLIENT, "recvfrom", client, answer[:half], FETCH)
        transfer(at + 700, 20, CLIENT, "recvfrom", client, answer[half:], FETCH)
        at += 1000
    at += 5_000_000 * (number == 3)  # the fourth is silent for long before it is closed
    if number == 3:
        transfer(at, 20, CLIENT, "sendto", client, "bye", FETCH)
        transfer(at + 30, 20, SERVER, "recvfrom", server, "bye", SERVE)
    add(at + 100, 5, CLIENT, "close", {"fd": client}, python=FETCH)
    add(at + 150, 5, SERVER, "close", {"fd": server}, python=SERVE)
    at += 1000
make(at, RESOLVER, 3, "SOCK_DGRAM", ASK)
for attempt in range(3):
    transfer(at + 100 + attempt * 1000, 20, RESOLVER, "sendto", 3, "question", ASK, inet(53, "192.0.2.1"))
    poll = {"fds": [{"fd": 3, "events": ["POLLIN"], "revents": []}], "nfds": 1, "timeout_ms": 1}
add(at + 5000, 20, RESOLVER, "recvfrom", {"sockfd": 3, "buf": {"text": "answer"}, "len": 512, "flags": [], "src_addr": inet(53, "192.0.2.1"), "addrlen": 16, "addrlen_in": 16}, 6, python=ASK)
add(at + 6000, 5, RESOLVER, "close", {"fd": 3}, python=ASK)
at += 7000

events.sort(key=lambda event: event[0])
lines = [event for _, event in events]
for pid, status in [(CLIENT, 0), (RESOLVER, 0)]:
    lines.append({"v": 1, "ts_ns": BEGIN + at * 1000, "pid": pid, "tid": pid, "type": "exit", "status": status})
lines.append({"v": 1, "ts_ns": BEGIN + at * 1000, "pid": SERVER, "tid": SERVER, "type": "killed", "signal": "SIGTERM", "core_dumped": False})
with open(sys.argv[1], "w") as out:
    for seq, event in enumerate(lines):
        out.write(json.dumps({"v": 1, "seq": seq} | event) + "\n")
