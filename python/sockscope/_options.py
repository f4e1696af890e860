"""The options of ``sockscope trace`` that this package gives, in one place."""

from __future__ import annotations

from typing import List, Optional, Sequence


def arguments(
    file: str, calls: Optional[str], follow: bool, why: bool, state: bool, string_limit: int, options: Sequence[str]
) -> List[str]:
    """Return them: JSON lines into a file, with whole stacks, and no messages but what went wrong."""
    chosen = ["-q", "--python=full", "--format", "jsonl", "-o", file, "-s", str(string_limit)]
    chosen += ["-f"] if follow else ["--threads-only"]
    chosen += ["-e", f"trace={calls}"] if calls is not None else []
    chosen += ["--why"] if why else []
    chosen += ["--state"] if state else []
    return [*chosen, *options]
