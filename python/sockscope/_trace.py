"""A trace, and everything that can be asked of it. The command converts; here is only what Python needs to hold."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import sys
import tempfile
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Optional, Tuple, Union

from ._command import ask
from ._model import Call, Frame, Line, Socket

if TYPE_CHECKING:
    import pandas
    import polars

StrPath = Union[str, "os.PathLike[str]"]

#: Before what `convert --group python` writes: the thread, and the time of a call.
_PREFIX = re.compile(r"^\s*\d+ +(?:\d+\.\d+ )?")


class Folder:
    """A folder for a trace's files, which goes with the trace."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="sockscope-"))
        # A fork has the same folder, and is not to remove it.
        self._remove = weakref.finalize(self, _remove, str(self.path), os.getpid())

    def file(self, name: str) -> str:
        """The path of a file in it."""
        return str(self.path / name)


def _remove(path: str, owner: int) -> None:
    if os.getpid() == owner:
        shutil.rmtree(path, ignore_errors=True)


class Trace:
    """What was recorded: calls, sockets, lines.

    Made by `trace`, `run` and `read`; `len()` counts its calls, iteration goes through them.
    """

    def __init__(self, path: StrPath, folder: Optional[Folder] = None, remarks: Optional[List[str]] = None) -> None:
        self._path = os.fspath(path)
        self._folder = folder  # held as long as the trace
        #: What the tracer or the reader had to say beside the trace, such as lines that it does not understand.
        self.remarks: List[str] = remarks if remarks is not None else []
        self._events: Optional[List[Dict[str, Any]]] = None
        self._calls: Optional[List[Call]] = None
        self._sockets: Optional[List[Socket]] = None
        self._lines: Optional[List[Line]] = None

    def _file(self) -> str:
        """The JSON lines, once they are complete."""
        return self._path

    @property
    def events(self) -> List[Dict[str, Any]]:
        """Every event as the trace's JSON has it: calls, signals, ends of processes."""
        if self._events is None:
            with open(self._file(), encoding="utf-8") as lines:
                self._events = [json.loads(line) for line in lines if line.strip()]
        return self._events

    @property
    def calls(self) -> List[Call]:
        """The system calls, in the order of the trace: as they ended."""
        if self._calls is None:
            texts = self._texts()
            calls = (event for event in self.events if event["type"] == "call")
            self._calls = [_call(event, texts.get(event["seq"], "")) for event in calls]
        return self._calls

    def _texts(self) -> Dict[int, str]:
        csv.field_size_limit(sys.maxsize)
        rows = csv.DictReader(ask(["convert", "-q", self._file(), "--format", "csv"]).splitlines(keepends=True))
        return {int(row["seq"]): row["text"] for row in rows}

    @property
    def sockets(self) -> List[Socket]:
        """The sockets that the calls are about: who made them, where they lead, what went through them."""
        if self._sockets is None:
            found = ask(["sockets", "-F", "json", self._file()])
            self._sockets = [Socket._of(json.loads(line)) for line in found.splitlines()]
        return self._sockets

    @property
    def lines(self) -> List[Line]:
        """The lines of Python, each with the calls it led to, in the order in which they came."""
        if self._lines is None:
            causes = ["--why"] if any("why" in event for event in self.events) else []
            self._lines = list(_grouped(ask(["convert", "-q", self._file(), "--group", "python", *causes])))
        return self._lines

    @property
    def text(self) -> str:
        """All of it as strace writes it."""
        return ask(["convert", "-q", self._file(), "--format", "strace"])

    def explain(self) -> str:
        """Return what each call, argument and constant means, for beginners."""
        return ask(["explain", self._file()])

    def save(self, path: StrPath) -> None:
        """Write it to a file whose name says the format.

        ``.html`` (a page to look around in), ``.svg``, ``.mmd``, ``.jsonl``, ``.json``, ``.csv``, ``.strace``; and
        packed: ``.jsonl.zst``, ``.strace.gz``.
        """
        ask(["convert", "-q", self._file(), "-o", os.fspath(path)])

    def records(self) -> List[Dict[str, Any]]:
        """Return a flat dictionary per call, as `to_pandas` and `to_polars` have them: ``args.addr.port``."""
        rows = []
        for call in self.calls:
            line = call.line
            row: Dict[str, Any] = {
                "seq": call.seq,
                "ts_ns": call.ts_ns,
                "dur_ns": call.dur_ns,
                "pid": call.pid,
                "tid": call.tid,
                "syscall": call.syscall,
                "ret": call.ret,
                "errno": call.errno,
                "file": line.file if line else None,
                "line": line.line if line else None,
                "function": line.function if line else None,
                "source": line.source if line else None,
                "text": call.text,
            }
            row.update(_flat("args", call.args))
            rows.append(row)
        names = list(dict.fromkeys([*_COLUMNS, *(name for row in rows for name in row)]))
        return [{name: row.get(name) for name in names} for row in rows]

    def to_pandas(self) -> "pandas.DataFrame":
        """Return a DataFrame with a row per call; ``time`` and ``duration`` are pandas' own types."""
        import pandas

        rows = self.records()
        frame = pandas.DataFrame(rows, columns=list(rows[0]) if rows else list(_COLUMNS)).convert_dtypes()
        frame.insert(1, "time", pandas.to_datetime(frame.pop("ts_ns"), unit="ns", utc=True))
        frame.insert(2, "duration", pandas.to_timedelta(frame.pop("dur_ns"), unit="ns"))
        return frame

    def to_polars(self) -> "polars.DataFrame":
        """Return a DataFrame with a row per call; ``time`` and ``duration`` are polars' own types."""
        import polars

        rows = self.records()
        schema = {name: polars.Int64 if name in _INTEGERS else polars.String for name in _COLUMNS}
        frame = polars.DataFrame(rows, schema_overrides=schema, infer_schema_length=None) if rows else polars.DataFrame(schema=schema)
        return frame.with_columns(
            polars.from_epoch(polars.col("ts_ns"), time_unit="ns").dt.replace_time_zone("UTC").alias("time"),
            polars.col("dur_ns").cast(polars.Duration("ns")).alias("duration"),
        ).select("seq", "time", "duration", polars.exclude("seq", "time", "duration", "ts_ns", "dur_ns"))

    def __len__(self) -> int:
        return len(self.calls)

    def __bool__(self) -> bool:
        return True  # a trace without calls is still one

    def __iter__(self) -> Iterator[Call]:
        return iter(self.calls)

    def __str__(self) -> str:
        return "\n".join(str(line) for line in self.lines)

    def __repr__(self) -> str:
        return f"<sockscope.{type(self).__name__}: {len(self.calls)} calls, {len(self.sockets)} sockets>"

    def _repr_html_(self) -> str:
        from ._html import page

        return page(self)


#: The columns that every table has, whatever the calls are.
_COLUMNS = ("seq", "ts_ns", "dur_ns", "pid", "tid", "syscall", "ret", "errno", "file", "line", "function", "source", "text")
_INTEGERS = ("seq", "ts_ns", "dur_ns", "pid", "tid", "ret", "line")


def _call(event: Dict[str, Any], text: str) -> Call:
    return Call(
        seq=event["seq"],
        pid=event["pid"],
        tid=event["tid"],
        syscall=event["syscall"],
        args=event["args"],
        ret=event["ret"],
        errno=event["errno"],
        ts_ns=event["ts_ns"],
        dur_ns=event["dur_ns"],
        stack=tuple(Frame._of(frame) for frame in event.get("python", ())),
        text=text,
        json=event,
    )


def _flat(name: str, value: Any) -> Iterator[Tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(f"{name}.{key}", inner)
    else:
        # A list of objects has no column's type.
        nested = isinstance(value, list) and any(isinstance(item, (dict, list)) for item in value)
        yield name, json.dumps(value) if nested else value


def _grouped(text: str) -> Iterator[Line]:
    heading: Optional[str] = None
    calls: List[str] = []
    for line in text.splitlines():
        line = _PREFIX.sub("", line, count=1)
        if line.lstrip().startswith("why: ") and calls:
            calls[-1] += f"\n    {line.strip()}"
            continue
        if line.startswith("    "):
            calls.append(line.strip())
            continue
        if heading is not None or calls:
            yield Line(heading or "", tuple(calls))
        heading, calls = line, []
    if heading is not None or calls:
        yield Line(heading or "", tuple(calls))


def read(path: StrPath) -> Trace:
    """Open a trace that was recorded before: strace's text, or any format of ours, packed too.

    What could not be understood is in `Trace.remarks`.
    """
    folder = Folder()
    remarks: List[str] = []
    ask(["convert", os.fspath(path), "-o", folder.file("trace.jsonl")], remarks=remarks)
    return Trace(folder.file("trace.jsonl"), folder, remarks)
