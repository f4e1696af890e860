"""What a trace consists of, as typed objects."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from typing import Any, Dict, Iterator, List, Mapping, Optional, Tuple


@dataclass(frozen=True)
class Frame:
    """A place in Python code that was running, or waiting, when a call was made."""

    #: The file as its code names it.
    file: str
    #: Counted from 1; None for instructions that belong to no line.
    line: Optional[int]
    #: As in tracebacks; ``<module>`` outside of functions.
    function: str
    #: The text of the line, where it is known.
    source: Optional[str] = None
    #: The expression that was running, from CPython 3.11 on.
    expression: Optional[str] = None
    #: Whether this is the standard library's or an installed package's code, not your own.
    library: bool = False

    def __str__(self) -> str:
        name = self.file.rsplit("/", 1)[-1]
        place = name if self.line is None else f"{name}:{self.line}"
        return place if self.function == "<module>" else f"{place} {self.function}"

    @classmethod
    def _of(cls, value: Mapping[str, Any]) -> Frame:
        return cls(**{name: value[name] for name in cls.__dataclass_fields__ if value.get(name) is not None or name == "line"})


@dataclass(frozen=True)
class Call:
    """A system call."""

    #: Its position in the trace, which other parts of the trace refer to.
    seq: int
    pid: int
    tid: int
    #: Its name, such as ``connect``.
    syscall: str
    #: Its arguments by their names in the manual pages, as ``sockscope schema`` describes them.
    args: Dict[str, Any]
    #: What it returned, -1 where it failed; None where it did not return.
    ret: Optional[int]
    #: The error's name, such as ``ECONNREFUSED``.
    errno: Optional[str]
    #: When it began, nanoseconds since 1970; 0 where unknown.
    ts_ns: int
    #: How long it took, in nanoseconds, where that was measured.
    dur_ns: Optional[int]
    #: The Python frames of its thread, innermost first.
    stack: Tuple[Frame, ...]
    #: As strace writes it.
    text: str
    #: Everything that is known of it, as in the trace's JSON.
    json: Dict[str, Any] = field(repr=False, compare=False)

    @property
    def failed(self) -> bool:
        """Whether it returned an error."""
        return self.errno is not None

    @property
    def line(self) -> Optional[Frame]:
        """The innermost frame of your own code, where it makes the call or awaits it; where only libraries are on the
        stack, the innermost of all."""
        frames = (*self.awaited_by, *self.stack)
        return next((frame for frame in frames if not frame.library), self.stack[0] if self.stack else None)

    @property
    def awaited_by(self) -> Tuple[Frame, ...]:
        """The coroutines that wait for it, innermost first, where an asyncio loop made the call and it is certain."""
        return tuple(map(Frame._of, (self.json.get("awaited") or {}).get("frames", ())))

    @property
    def task(self) -> Optional[str]:
        """The name of the task that waits for it."""
        name = (self.json.get("awaited") or {}).get("task")
        return name if isinstance(name, str) else None

    @property
    def socket_made_at(self) -> Optional[Frame]:
        """The line that made its socket, where an event loop made the call for a coroutine that waits."""
        made = self.json.get("socket_made_at")
        return None if made is None else Frame._of(made)

    @property
    def fd(self) -> Optional[int]:
        """The descriptor it is about, where that is one of its arguments."""
        found = next((self.args[name] for name in ("sockfd", "fd", "epfd", "oldfd") if name in self.args), None)
        return found if isinstance(found, int) else None

    @property
    def why(self) -> Optional[str]:
        """The cause of its failure, where ``why=True`` asked for it."""
        text = (self.json.get("why") or {}).get("text")
        return text if isinstance(text, str) else None

    @property
    def addresses(self) -> List[Tuple[str, int]]:
        """The Internet addresses among its arguments, as pairs of address and port."""
        return list(_addresses(self.args))

    @property
    def is_remote(self) -> bool:
        """Whether it names an address of another machine: one that is neither the loopback's nor "any"."""
        return any(_is_remote(ip) for ip, _ in self.addresses)

    def __str__(self) -> str:
        line = self.line
        return self.text if line is None else f"{self.text}  [{line}]"


def _addresses(value: Any) -> Iterator[Tuple[str, int]]:
    if isinstance(value, dict):
        if isinstance(value.get("ip"), str) and isinstance(value.get("port"), int):
            yield value["ip"], value["port"]
        for inner in value.values():
            yield from _addresses(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _addresses(inner)


def _is_remote(ip: str) -> bool:
    address = ipaddress.ip_address(ip.split("%", 1)[0])
    mapped = getattr(address, "ipv4_mapped", None)
    address = address if mapped is None else mapped
    return not (address.is_loopback or address.is_unspecified)


@dataclass(frozen=True)
class Socket:
    """A socket of a trace, whatever descriptors it had."""

    #: Its number in the trace.
    sock: int
    pid: int
    #: The kernel's name, such as ``TCP``.
    protocol: Optional[str]
    #: How it came: ``socket``, ``accept``, ``inherited`` …
    origin: Optional[str]
    #: The line of Python that made it.
    made_at: Optional[str]
    local: Optional[str]
    peer: Optional[str]
    #: The number of the socket at the other end, where that is in the trace too.
    peer_sock: Optional[int]
    #: Whether it waits for connections.
    listens: bool
    calls: int
    failed: int
    sent_bytes: int
    received_bytes: int
    #: Everything that is known of it, as ``sockscope sockets --format json`` has it.
    json: Dict[str, Any] = field(repr=False, compare=False)

    @classmethod
    def _of(cls, value: Dict[str, Any]) -> Socket:
        names = [name for name in cls.__dataclass_fields__ if name != "json"]
        return cls(**{name: value.get(name) for name in names}, json=value)  # type: ignore[arg-type]

    def __str__(self) -> str:
        ends = " → ".join(end for end in (self.local, self.peer) if end)
        made = f", made at {self.made_at}" if self.made_at else ""
        return f"#{self.sock} {self.protocol} {ends}{made}: {self.sent_bytes} bytes sent, {self.received_bytes} received"


@dataclass(frozen=True)
class Line:
    """A line of Python, and the calls it led to, as text."""

    #: The line with its place, such as ``client.py:4  s.connect(address)``.
    heading: str
    calls: Tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join([self.heading, *(f"    {call}" for call in self.calls)])
