"""The notebook of the examples, executed; and what a cell looks like."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any, Dict, List

import nbformat
import pytest
from nbclient import NotebookClient

EXAMPLE = Path(__file__).parents[3] / "examples/notebooks/python-to-syscalls.ipynb"


def execute(notebook: Any) -> List[Any]:
    NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def displayed(cell: Any) -> str:
    pages = [output["data"]["text/html"] for output in cell.outputs if "text/html" in output.get("data", {})]
    return "\n".join(page for page in pages if 'class="sockscope"' in page)


def lines(cell: Any) -> Dict[str, List[str]]:
    """The calls' names by their lines of the cell."""
    found: Dict[str, List[str]] = {}
    for heading, calls in re.findall(r"<summary>(In.*?)</summary><pre>(.*?)</pre>", displayed(cell), re.S):
        number = re.search(r"In\[\d+\]:(\d+)", heading)
        assert number, heading
        texts = html.unescape(re.sub("<[^>]*>", "", calls)).splitlines()
        names = [text.split("(")[0] for text in texts if not text.startswith("    ")]
        found.setdefault(cell.source.splitlines()[int(number[1]) - 1].strip(), []).extend(names)
    return found


def test_the_example() -> None:
    cells = execute(nbformat.read(EXAMPLE, 4))
    measured: Dict[str, List[str]] = {}
    for cell in cells:
        assert not [output for output in cell.outputs if output.output_type == "error"], cell.source
        measured.update(lines(cell))
    for line, calls in {
        "server.listen(5)": ["listen"],
        "client.connect(server.getsockname())": ["getsockname", "connect"],
        "conn, peer = server.accept()": ["accept4", "getsockname"],
        'client.send(b"hello")': ["sendto"],
        'client.sendall(b" world")': ["sendto"],
        "conn.recv_into(bytearray(64))": ["recvfrom"],
        "client.settimeout(0.05)": ["ioctl"],
        "client.recv(1)": ["recvfrom"],
        "poll.poll(1000)": ["poll"],
        "epoll.poll(1)": ["epoll_wait"],
        "client.shutdown(socket.SHUT_WR)": ["shutdown"],
        "question, address = b.recvfrom(100)": ["recvfrom"],
        'socket.create_connection(("127.0.0.1", 9))': ["socket", "connect", "close"],
    }.items():
        assert measured.get(line) == calls, (line, measured.get(line))
    pages = "\n".join(displayed(cell) for cell in cells)
    assert "Nothing listens on 127.0.0.1:9" in html.unescape(pages)
    assert pages.count("data:image/svg+xml") >= 10
    assert "zmq" not in re.sub("<img[^>]*>", "", pages).lower(), "Jupyter's own threads are not the cell's"


@pytest.mark.parametrize(
    "source, expected",
    [
        ("%%sockscope -e socket\nimport socket\nsocket.socket().close()", ["socket"]),
        ("%%sockscope\nimport socket\ns = socket.socket()\n1 / 0", ["socket"]),
    ],
)
def test_a_cell(source: str, expected: List[str]) -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in ("%load_ext sockscope", source)])
    notebook.cells[1].metadata["tags"] = ["raises-exception"]
    cell = execute(notebook)[1]
    assert [name for calls in lines(cell).values() for name in calls] == expected
    assert ("1 / 0" in source) == any("ZeroDivisionError" in str(output) for output in cell.outputs)


def test_a_block_in_a_cell() -> None:
    source = "import socket, sockscope\nwith sockscope.trace() as t:\n    print('x')\n    s = socket.socket()\nt"
    cell = execute(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)]))[0]
    assert lines(cell) == {"s = socket.socket()": ["socket"]}
