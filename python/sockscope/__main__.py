"""``python -m sockscope``: the command itself."""

from __future__ import annotations

import os
import sys

from ._command import CommandMissing, command


def main() -> None:
    """Become the command, with the same arguments."""
    try:
        path = command()
    except CommandMissing as error:
        sys.exit(f"sockscope: {error}")
    os.execv(path, ["sockscope", *sys.argv[1:]])


if __name__ == "__main__":
    main()
