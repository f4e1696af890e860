"""A trace as a notebook displays it: its lines with their calls, and the picture, all text escaped."""

from __future__ import annotations

import base64
import tempfile
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Iterable, List

if TYPE_CHECKING:
    from ._model import Line
    from ._trace import Trace

#: How much is displayed; `save("x.html")` has all of it.
MAX_LINES = 60
MAX_CALLS = 40
#: Beyond so many calls lanes are no longer a small picture.
MAX_DRAWN = 200

_STYLE = (
    "<style>.sockscope details{margin:0 0 .2em}.sockscope summary{cursor:pointer;font-family:monospace}"
    ".sockscope pre{margin:.2em 0 .4em 1.4em;white-space:pre-wrap;background:none}"
    ".sockscope .sockscope-failed{color:#b00020;font-weight:bold}"
    ".sockscope img{max-width:100%;background:#fff}</style>"
)


def page(trace: Trace) -> str:
    """Return the trace as a piece of HTML."""
    calls, sockets = len(trace.calls), len(trace.sockets)
    failed = sum(call.failed for call in trace.calls)
    counts = [f"{calls} call{'s' * (calls != 1)}", f"{sockets} socket{'s' * (sockets != 1)}"]
    if failed:
        counts.append(f"{failed} failed")
    parts = ['<div class="sockscope">', _STYLE, f"<p><b>sockscope</b>: {', '.join(counts)}</p>"]
    parts += _lines(trace.lines)
    parts += [f"<p>{escape(remark)}</p>" for remark in trace.remarks]
    if 0 < calls <= MAX_DRAWN:
        parts.append(f"<details><summary>lanes</summary>{_picture(trace)}</details>")
    parts.append("</div>")
    return "\n".join(parts)


def _lines(lines: List[Line]) -> Iterable[str]:
    # A line without calls is the end of a process, or a signal.
    for line in lines[:MAX_LINES]:
        if not line.calls:
            yield f"<div><code>{escape(line.heading)}</code></div>"
            continue
        shown = "\n".join(_call(call) for call in line.calls[:MAX_CALLS])
        more = len(line.calls) - MAX_CALLS
        rest = f"\n… and {more} more" if more > 0 else ""
        count = f" <small>({len(line.calls)} calls)</small>" if len(line.calls) > 1 else ""
        yield f"<details open><summary>{escape(line.heading)}{count}</summary><pre>{shown}{rest}</pre></details>"
    if len(lines) > MAX_LINES:
        yield f"<p>… and {len(lines) - MAX_LINES} more lines: save(&quot;trace.html&quot;) has them all</p>"


def _call(text: str) -> str:
    failed = " = -1 E" in text
    return f'<span class="sockscope-failed">{escape(text)}</span>' if failed else escape(text)


def _picture(trace: Trace) -> str:
    with tempfile.TemporaryDirectory(prefix="sockscope-") as folder:
        path = Path(folder, "lanes.svg")
        trace.save(path)
        # As an image it has no part in the page: neither its styles nor anything in its text.
        data = base64.b64encode(path.read_bytes()).decode("ascii")
    return f'<img alt="lanes of the threads, with arrows for what went from call to call" src="data:image/svg+xml;base64,{data}">'
