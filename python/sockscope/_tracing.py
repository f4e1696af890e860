"""A block of this process, traced: the command beside us attaches to us, and leaves at the block's end."""

from __future__ import annotations

import contextlib
import ctypes
import json
import linecache
import os
import signal
import subprocess
import sys
import threading
from types import TracebackType
from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence, Set, Type

from ._command import CommandFailed, Error, NotPermitted, command, environment, plain
from ._options import arguments
from ._trace import Folder, Trace

YAMA = "/proc/sys/kernel/yama/ptrace_scope"
PR_SET_PTRACER = 0x59616D61
#: Seconds in which the tracer leaves when it is asked to; it takes milliseconds.
PATIENCE = 60.0


class Tracing(Trace):
    """The trace of a block: empty and closed to questions until the block has ended."""

    _tracer: "Optional[subprocess.Popen[bytes]]" = None
    _complete = False

    def __init__(self, options: Callable[[str], List[str]], others: bool) -> None:
        folder = Folder()
        super().__init__(folder.file("trace.jsonl"), folder)
        self._options = options
        self._others = others
        self._strangers: Set[int] = set()
        self._owner = os.getpid()

    def _file(self) -> str:
        if not self._complete:
            raise Error("the trace is not complete before its block has ended; ask for calls after the `with` block")
        return self._path

    def __enter__(self) -> Tracing:
        if self._tracer is not None or self._complete:
            raise Error("a trace is of one block; call sockscope.trace() again for another")
        if not self._others:
            me = threading.get_native_id()
            self._strangers = {int(tid) for tid in os.listdir("/proc/self/task")} - {me}
        assert self._folder is not None
        heard, say = os.pipe()
        try:
            with open(self._folder.file("messages"), "wb") as messages, _traceable():
                options = [*self._options(self._path), "--ready", f"/dev/fd/{say}", "-p", str(os.getpid())]
                self._tracer = subprocess.Popen(
                    [command(), "trace", *options],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=messages,
                    pass_fds=(say,),
                    env=environment(),
                    start_new_session=True,  # ^C is for the program
                )
                os.close(say)
                say = -1
                ready = os.read(heard, 1)
        finally:
            os.close(heard)
            if say >= 0:
                os.close(say)
        if not ready:
            self._tracer.wait()
            raise _refusal(self._messages())
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], traceback: Optional[TracebackType]
    ) -> None:
        tracer = self._tracer
        if tracer is None or os.getpid() != self._owner:
            return  # a fork that leaves the block is not the one that began it
        self._tracer = None
        tracer.send_signal(signal.SIGINT)
        try:
            code = tracer.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            tracer.kill()
            tracer.wait()
            raise CommandFailed("the tracer did not leave when asked to; what it wrote till then is lost") from None
        self.remarks = plain(self._messages()).splitlines()
        if code not in (0, -signal.SIGINT):
            raise CommandFailed("the trace is not complete: " + ("; ".join(self.remarks) or f"exit code {code}"))
        _edit(self._path, self._strangers)
        self._complete = True

    def _messages(self) -> str:
        assert self._folder is not None
        with open(self._folder.file("messages"), encoding="utf-8", errors="backslashreplace") as messages:
            return messages.read()

    def __repr__(self) -> str:
        return super().__repr__() if self._complete else "<sockscope.Tracing: not complete>"


def trace(
    *,
    calls: Optional[str] = None,
    others: Optional[bool] = None,
    follow: bool = True,
    why: bool = False,
    state: bool = False,
    string_limit: int = 32,
    options: Sequence[str] = (),
) -> Tracing:
    """Trace the system calls of a ``with`` block of this process, other threads and new processes included.

    Without `calls`: the network calls, and those on descriptors that concern sockets.

    Args:
        calls: which calls, as for ``sockscope trace -e``: ``"connect,accept4"``, ``"%network"``, ``"all"``.
        others: whether threads that were there before are traced too; by default they are, but not in a notebook,
            where they are Jupyter's own.
        follow: whether the processes started in the block are traced as well.
        why: ask the kernel for the cause of each failure.
        state: note the state of each call's sockets, before and after it.
        string_limit: bytes kept of each buffer.
        options: further options of ``sockscope trace``.

    Raises:
        NotPermitted: this process may not be traced; the message says what to try.
        CommandMissing: the command is not installed.
    """
    words = list(options)
    every = not hasattr(_shell(), "kernel") if others is None else others
    return Tracing(lambda file: arguments(file, calls, follow, why, state, string_limit, words), every)


@contextlib.contextmanager
def _traceable() -> Iterator[None]:
    """While the tracer attaches: yama lets descendants of a process that is named trace us, so we name ourselves."""
    try:
        with open(YAMA, encoding="ascii") as setting:
            scope = setting.read().strip()
    except OSError:
        scope = "0"
    if scope != "1":
        yield
        return
    libc = ctypes.CDLL(None)
    prctl: Any = libc.prctl
    prctl(PR_SET_PTRACER, ctypes.c_ulong(os.getpid()), 0, 0, 0)
    try:
        yield
    finally:
        prctl(PR_SET_PTRACER, ctypes.c_ulong(0), 0, 0, 0)


def _refusal(message: str) -> Error:
    reason = plain(message) or "the tracer ended without a reason"
    if "Operation not permitted" in reason or "Permission denied" in reason:
        container = os.path.exists("/.dockerenv") or os.path.exists("/run/.containerenv")
        cure = "; in this container: start it with --cap-add=SYS_PTRACE" if container else ""
        return NotPermitted(f"{reason}{cure}")
    if "traces it already" in reason:
        return NotPermitted(f"{reason}; end that trace, debugger or strace first")
    return CommandFailed(reason)


#: The files that work at the ends of the block, or when a trace goes, as frames name them.
_OURS = {Tracing.__enter__.__code__.co_filename, Trace.__len__.__code__.co_filename}


def _edit(path: str, strangers: Set[int]) -> None:
    """Leave out what is not the block's, and add the sources that only this process knows."""
    kept: List[str] = []
    changed = False
    cells, rewritten = _cells(), _rewritten()
    with open(path, encoding="utf-8", errors="surrogateescape") as lines:
        for line in lines:
            event: Dict[str, Any] = json.loads(line)
            frames: List[Dict[str, Any]] = event.get("python", [])
            if event["tid"] in strangers or any(frame["file"] in _OURS for frame in frames):
                changed = True
                continue
            edits = [_name(frame, cells, rewritten) for frame in frames]
            if any(edits):
                changed = True
                line = json.dumps(event, ensure_ascii=False, separators=(",", ":")) + "\n"
            kept.append(line)
    if changed:
        with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.writelines(kept)


def _name(frame: Dict[str, Any], cells: Callable[[str], Optional[str]], rewritten: Set[str]) -> bool:
    """Give a frame the source that its file has only in this process, and a cell its name; whether it has changed."""
    file, line = frame["file"], frame["line"]
    cell = cells(file)
    if cell is None and (frame["source"] is not None or not (file in linecache.cache or file in rewritten)):
        return False
    if frame["source"] is None and line is not None:
        text = linecache.getline(file, line)
        frame["source"] = text.strip() or None
        frame["expression"] = _expression(text, frame)
    if cell is not None:
        frame["file"], frame["library"] = cell, False
    return True


def _expression(text: str, frame: Dict[str, Any]) -> Optional[str]:
    begin, end = frame.get("column"), frame.get("end_column")
    if begin is None or end is None or frame.get("end_line") != frame["line"]:
        return None
    return text.encode("utf-8")[begin:end].decode("utf-8", "replace") or None


def _rewritten() -> Set[str]:
    """Return the files of tests whose code pytest has changed, so that from outside their text does not seem to fit it."""
    loaders = [(getattr(module, "__loader__", None), module) for module in list(sys.modules.values())]
    return {
        str(getattr(module, "__file__", None))
        for loader, module in loaders
        if type(loader).__module__ == "_pytest.assertion.rewrite"
    }


def _shell() -> Any:
    """Return the IPython that this code runs in, if it does; Jupyter's has a kernel."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython is not None else None


def _cells() -> "Callable[[str], Optional[str]]":
    """Return what gives a notebook's cell its name, ``In[3]``, by the file that its code object names."""
    known = getattr(getattr(_shell(), "compile", None), "format_code_name", None)

    def name(file: str) -> Optional[str]:
        found = known(file) if known is not None else None
        return found[1] if found else None

    return name
