"""``%%sockscope``: a notebook's cell, and what it asks of the kernel."""

from __future__ import annotations

import argparse
import shlex
from typing import Any, NoReturn, Optional

from ._trace import Trace
from ._tracing import trace


class _Words(argparse.ArgumentParser):
    """Options of the magic; a mistake is an exception, not the kernel's end."""

    def error(self, message: str) -> NoReturn:
        raise ValueError(f"%%sockscope: {message}; {self.format_usage().strip()}")


def _parser() -> _Words:
    parser = _Words(prog="%%sockscope", add_help=False, description="Trace the cell and display its lines and calls.")
    parser.add_argument("-e", dest="calls", metavar="CALLS", help="which calls, such as connect,accept4 or %%network")
    parser.add_argument("--why", action="store_true", help="the cause of each failure")
    parser.add_argument("--state", action="store_true", help="the state of each call's sockets")
    parser.add_argument("--others", action="store_true", help="Jupyter's own threads as well")
    parser.add_argument("-s", dest="string_limit", type=int, default=32, metavar="N", help="bytes kept of each buffer")
    parser.add_argument("-o", dest="name", metavar="NAME", help="a variable for the trace, instead of displaying it")
    return parser


def register(ipython: Any) -> None:
    """Add the magic to an IPython."""

    def sockscope(line: str, cell: str) -> Optional[Trace]:
        options = _parser().parse_args(shlex.split(line))
        with trace(
            calls=options.calls,
            others=options.others,
            why=options.why,
            state=options.state,
            string_limit=options.string_limit,
        ) as traced:
            # The magic's own line counts, as the notebook numbers lines; another magic must stand first.
            text = cell if cell.lstrip().startswith("%%") else f"# %%sockscope {line}\n{cell}"
            # An error of the cell has been shown by then; the trace is wanted then most of all.
            ipython.run_cell(text, store_history=False)
        if options.name:
            ipython.push({options.name: traced})
        return None if options.name else traced

    sockscope.__doc__ = "Trace the cell.\n\n" + _parser().format_help()
    ipython.register_magic_function(sockscope, magic_kind="cell", magic_name="sockscope")
