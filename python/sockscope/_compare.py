"""What two traces do differently."""

from __future__ import annotations

import json
from dataclasses import dataclass
from html import escape
from typing import Any, Dict, List, Union

from ._command import ask
from ._trace import StrPath, Trace, read


@dataclass(frozen=True)
class Comparison:
    """The difference of two traces, true where there is one: ``assert not compare(a, b)``."""

    #: Whether both make the same calls, but for what differs by chance: ports, descriptors, times.
    same: bool
    #: How many calls are the same, differ in an argument, are only on one side …
    counts: Dict[str, int]
    #: For people: one side below the other, as ``diff -u`` has it.
    text: str

    def __bool__(self) -> bool:
        return not self.same

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.text)}</pre>"


def compare(left: Union[Trace, StrPath], right: Union[Trace, StrPath]) -> Comparison:
    """Compare two traces call by call; each is a `Trace`, or a file of any format."""
    sides = [side if isinstance(side, Trace) else read(side) for side in (left, right)]
    files = [side._file() for side in sides]
    fine = (0, 1)
    found: List[Dict[str, Any]] = [json.loads(line) for line in ask(["compare", *files, "-F", "json"], fine).splitlines()]
    last = found[-1]
    return Comparison(last["equal"], last["summary"], ask(["compare", *files, "-F", "unified"], fine))
