"""The README's program prints what the README shows."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def block(page: str, marker: str) -> str:
    """What stands in the fenced block behind a marker."""
    rest = page.split(f"<!-- {marker} -->\n```", 1)[1]
    return rest.split("\n", 1)[1].split("```", 1)[0]


def without_chance(text: str) -> str:
    """Ports, times, and the lines of this interpreter's own library."""
    text = re.sub(r"htons\([1-9]\d*\)", "htons(PORT)", text)
    text = re.sub(r"<\d\.\d+>", "<TIME>", text)
    return re.sub(r"socket\.py:\d+", "socket.py", text)


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_the_transcript(name: str, tmp_path: Path) -> None:
    page = (ROOT / name).read_text(encoding="utf-8")
    (tmp_path / "block.py").write_text(block(page, "program: block.py"), encoding="utf-8")
    done = subprocess.run([sys.executable, "block.py"], cwd=tmp_path, stdout=subprocess.PIPE, encoding="utf-8", check=True)
    assert without_chance(done.stdout) == without_chance(block(page, "transcript: block.py"))
