"""The pytest plugin: ``@pytest.mark.sockscope(no_remote=True, max_calls=12)``, and ``--sockscope``.

With ``--sockscope`` each test is traced, and the trace of one that fails is kept as a page in ``--sockscope-dir``.
"""

from __future__ import annotations

import os
import re
from typing import Any, Dict, Generator, List, Mapping, Optional, Union

import pytest

from ._model import Call
from ._tracing import Tracing, trace

_TRACE = pytest.StashKey[Tracing]()
#: Calls that a report of a failure names.
MAX_NAMED = 10
#: Calls whose address is this machine's own.
_OWN_END = ("bind", "getsockname")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--sockscope`` and ``--sockscope-dir``."""
    group = parser.getgroup("sockscope", "system calls of tests")
    group.addoption("--sockscope", action="store_true", help="trace every test and keep the traces of those that fail")
    group.addoption(
        "--sockscope-dir", default="sockscope-traces", metavar="DIR", help="where traces are kept; default: %(default)s"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker."""
    config.addinivalue_line(
        "markers",
        "sockscope(no_remote=False, max_calls=None): trace the test; it fails if it addresses another machine, or makes"
        " more calls than this: of all kinds, or by name as in {'connect': 1}",
    )


def _limits(item: pytest.Item) -> Dict[str, Any]:
    """What the markers ask for; the closest one to the test decides."""
    limits: Dict[str, Any] = {"no_remote": False, "max_calls": None}
    for mark in reversed(list(item.iter_markers("sockscope"))):
        unknown = set(mark.kwargs) - set(limits)
        if mark.args or unknown:
            wrong = ", ".join([*map(repr, mark.args), *sorted(unknown)])
            raise pytest.UsageError(f"pytest.mark.sockscope has no {wrong}; it has no_remote= and max_calls=")
        limits.update(mark.kwargs)
    return limits


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Trace the test where it is asked for, and hold it to its limits once it has passed."""
    if item.get_closest_marker("sockscope") is None and not item.config.getoption("--sockscope"):
        return (yield)
    limits = _limits(item)
    with trace(others=True) as traced:
        item.stash[_TRACE] = traced
        result = yield
    _hold(traced.calls, limits["no_remote"], limits["max_calls"])
    return result


def _hold(calls: List[Call], no_remote: bool, max_calls: Union[int, Mapping[str, int], None]) -> None:
    if no_remote:
        remote = [call for call in calls if call.is_remote and call.syscall not in _OWN_END]
        if remote:
            pytest.fail(_report("no_remote: the test addresses other machines", remote), pytrace=False)
    if max_calls is None:
        return
    limits: Mapping[str, int] = max_calls if isinstance(max_calls, Mapping) else {"": max_calls}
    for name, limit in limits.items():
        found = [call for call in calls if name in ("", call.syscall)]
        if len(found) > limit:
            what = f"{name or 'system'} calls"
            pytest.fail(_report(f"max_calls: {len(found)} {what}, of which {limit} are allowed", found), pytrace=False)


def _report(what: str, calls: List[Call]) -> str:
    lines = [f"    {call}" for call in calls[:MAX_NAMED]]
    if len(calls) > MAX_NAMED:
        lines.append(f"    … and {len(calls) - MAX_NAMED} more")
    return "\n".join([what, *lines])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: "pytest.CallInfo[None]") -> Generator[None, Any, Any]:
    """Keep the trace of a test that failed, and name its file in the report."""
    report: pytest.TestReport = yield
    traced: Optional[Tracing] = item.stash.get(_TRACE, None)
    if report.when == "call" and traced is not None:
        if report.failed:
            path = _keep(item, traced)
            report.sections.append(("sockscope", f"{path}\n\n{_beginning(traced)}"))
            item.user_properties.append(("sockscope", path))  # JUnit's report has it
        del item.stash[_TRACE]
    return report


def _keep(item: pytest.Item, traced: Tracing) -> str:
    folder = str(item.config.getoption("--sockscope-dir"))
    os.makedirs(folder, exist_ok=True)
    name = re.sub(r"[^\w.\-\[\]]+", "_", item.nodeid)[-180:]
    path = os.path.join(folder, f"{name}.html")
    traced.save(path)
    return path


def _beginning(traced: Tracing) -> str:
    lines = str(traced).splitlines()
    more = [f"… and {len(lines) - 40} more lines"] if len(lines) > 40 else []
    return "\n".join(lines[:40] + more)
