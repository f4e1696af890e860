"""The command that does the work: where it is, how it is asked, and what its refusals mean."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from typing import Iterator, List, Optional, Sequence


class Error(Exception):
    """Anything that goes wrong here; the message says what to try."""


class CommandMissing(Error, FileNotFoundError):
    """The command ``sockscope`` is not installed."""


class CommandFailed(Error):
    """The command refused; the message is its own."""


class NotPermitted(Error, PermissionError):
    """This process may not be traced here."""


#: Names another command than the installed one.
VARIABLE = "SOCKSCOPE_COMMAND"


def _places() -> Iterator[str]:
    for scheme in (None, f"{os.name}_user"):
        scripts = sysconfig.get_path("scripts") if scheme is None else sysconfig.get_path("scripts", scheme)
        yield os.path.join(scripts, "sockscope")
    # `pip install --target DIR` puts it into DIR/bin.
    yield os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "bin", "sockscope")
    yield os.path.join(os.path.dirname(sys.executable or "python"), "sockscope")


def command() -> str:
    """Return the path of the command.

    The one installed with this package, else the first on ``PATH``; the variable ``SOCKSCOPE_COMMAND`` names another.
    """
    named = os.environ.get(VARIABLE)
    if named:
        if os.access(named, os.X_OK):
            return named
        raise CommandMissing(f"{VARIABLE} names {named!r}, which cannot be run; correct or unset it")
    for place in _places():
        if os.access(place, os.X_OK):
            return place
    found = shutil.which("sockscope")
    if found is None:
        raise CommandMissing("the command sockscope is not installed; try: python -m pip install --force-reinstall sockscope")
    return found


def version() -> str:
    """Return the command's version."""
    return ask(["--version"]).split()[1]


def environment() -> "dict[str, str]":
    """Return what the command is to see: its messages in English, and no colours, whatever the user's terminal has."""
    return {**os.environ, "LC_ALL": "C.UTF-8", "NO_COLOR": "1", "COLUMNS": "120"}


def ask(arguments: Sequence[str], fine: Sequence[int] = (0,), remarks: Optional[List[str]] = None) -> str:
    """Run the command to its end and return what it prints; `remarks` gets what it has to say besides.

    Raises `CommandFailed` with its message if its exit code is not in `fine`.
    """
    done = subprocess.run(
        [command(), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="backslashreplace",
        env=environment(),
    )
    if done.returncode not in fine:
        raise CommandFailed(plain(done.stderr) or f"sockscope {arguments[0]} ended with exit code {done.returncode}")
    if remarks is not None:
        remarks.extend(line for line in done.stderr.splitlines() if line.strip())
    return done.stdout


def plain(message: str) -> str:
    """Return a message of the command without its name in front."""
    lines = [line[len("sockscope: ") :] if line.startswith("sockscope: ") else line for line in message.splitlines()]
    return "\n".join(lines).strip()
