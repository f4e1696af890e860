"""Another program, traced from its beginning."""

from __future__ import annotations

import os
import subprocess
from typing import Any, List, Optional, Sequence, Union

from ._command import CommandFailed, command, plain
from ._options import arguments
from ._trace import Folder, StrPath, Trace


class Run(Trace):
    """The trace of a program that has ended."""

    #: Its exit status, negative where a signal ended it, as with `subprocess`.
    returncode: int
    #: What it printed, where ``capture_output=True`` kept it.
    stdout: Optional[bytes]
    stderr: Optional[bytes]

    def check_returncode(self) -> None:
        """Raise `subprocess.CalledProcessError` unless the program succeeded."""
        if self.returncode:
            raise subprocess.CalledProcessError(self.returncode, self.args, self.stdout, self.stderr)

    #: What was run.
    args: List[str]


def run(
    args: Sequence[StrPath],
    *,
    calls: Optional[str] = None,
    follow: bool = True,
    why: bool = False,
    state: bool = False,
    string_limit: int = 32,
    options: Sequence[str] = (),
    capture_output: bool = False,
    input: Union[bytes, None] = None,
    cwd: Optional[StrPath] = None,
    env: Optional["dict[str, str]"] = None,
    timeout: Optional[float] = None,
) -> Run:
    """Run a program to its end and return the trace of it.

    Args:
        args: the program and its arguments, as for `subprocess.run`.
        calls: which calls, as for ``sockscope trace -e``: ``"connect,accept4"``, ``"%network"``, ``"all"``.
        follow: whether the processes that it starts are traced as well.
        why: ask the kernel for the cause of each failure.
        state: note the state of each call's sockets, before and after it.
        string_limit: bytes kept of each buffer.
        options: further options of ``sockscope trace``.
        capture_output: keep what the program prints in ``stdout`` and ``stderr``.
        input, cwd, env, timeout: as for `subprocess.run`.
    """
    folder = Folder()
    words = [os.fspath(word) for word in args]
    file, ready = folder.file("trace.jsonl"), folder.file("ready")
    open(ready, "wb").close()
    tracer = [command(), "trace", *arguments(file, calls, follow, why, state, string_limit, options), "--ready", ready]
    keep: Any = subprocess.PIPE if capture_output else None
    feed: Any = {} if input is None else {"input": input}
    done = subprocess.run([*tracer, "--", *words], stdout=keep, stderr=keep, cwd=cwd, env=env, timeout=timeout, **feed)
    if not os.path.getsize(ready):
        reason = plain((done.stderr or b"").decode("utf-8", "backslashreplace"))
        # The exit codes of a shell.
        known = {127: f"cannot find the program {words[0]!r}", 126: f"cannot execute {words[0]!r}"}
        raise CommandFailed(reason or known.get(done.returncode, f"cannot trace {words[0]!r}; the reason is on standard error"))
    result = Run(file, folder)
    result.args, result.returncode, result.stdout, result.stderr = words, done.returncode, done.stdout, done.stderr
    return result
