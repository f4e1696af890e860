"""Which system calls a block of Python makes, and which line makes them.

>>> import sockscope, socket
>>> with sockscope.trace() as t:
...     server = socket.create_server(("127.0.0.1", 0))
...     server.close()
>>> [call.syscall for call in t.calls]
['socket', 'setsockopt', 'bind', 'listen', 'close']

`trace` watches a block of this process, `run` another program, `read` opens a trace that was recorded before, by strace
too, and `compare` says what two traces do differently. Where a trace is displayed, as in a notebook, it shows its lines
with their calls and a picture; ``%load_ext sockscope`` adds the cell magic ``%%sockscope``. ``pytest --sockscope`` keeps
the trace of each test that fails.
"""

from __future__ import annotations

from typing import Any

from ._command import CommandFailed, CommandMissing, Error, NotPermitted, command, version
from ._compare import Comparison, compare
from ._model import Call, Frame, Line, Socket
from ._run import Run, run
from ._trace import Trace, read
from ._tracing import Tracing, trace

__all__ = [
    "Call",
    "CommandFailed",
    "CommandMissing",
    "Comparison",
    "Error",
    "Frame",
    "Line",
    "NotPermitted",
    "Run",
    "Socket",
    "Trace",
    "Tracing",
    "command",
    "compare",
    "read",
    "run",
    "trace",
    "version",
]


def load_ipython_extension(ipython: Any) -> None:
    """Add ``%%sockscope`` to a notebook or to IPython; called by ``%load_ext sockscope``."""
    from ._magic import register

    register(ipython)
