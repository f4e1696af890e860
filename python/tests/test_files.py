"""Traces as files, of other programs, compared; and the command itself."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import sockscope

EXCHANGE = """
import socket
one, other = socket.socketpair()
one.sendall(b"<b>&")
other.recv(10)
one.close(); other.close()
"""


@pytest.fixture(scope="module")
def exchange(tmp_path_factory: pytest.TempPathFactory) -> sockscope.Run:
    """The trace of a small program."""
    program = tmp_path_factory.mktemp("program") / "exchange.py"
    program.write_text(EXCHANGE)
    return sockscope.run([sys.executable, program])


CALLS = ["socketpair", "getsockname", "getsockname", "sendto", "recvfrom", "close", "close"]


def test_another_program(exchange: sockscope.Run) -> None:
    assert exchange.returncode == 0
    assert [call.syscall for call in exchange] == CALLS
    assert [str(call.line) for call in exchange][:3] == ["exchange.py:3"] * 3
    assert exchange.lines[1].heading.startswith("exchange.py:4  one.sendall(")
    assert exchange.lines[1].calls[0].startswith("sendto(3, ")


def test_its_output_and_exit_status() -> None:
    program = "import sys; print(sys.stdin.read().upper()); sys.exit(3)"
    done = sockscope.run([sys.executable, "-c", program], capture_output=True, input=b"hello")
    assert (done.returncode, done.stdout, done.stderr) == (3, b"HELLO\n", b"")
    with pytest.raises(subprocess.CalledProcessError):
        done.check_returncode()
    killed = sockscope.run([sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"])
    assert killed.returncode == -9


def test_a_program_that_is_not_there() -> None:
    with pytest.raises(sockscope.CommandFailed, match="cannot find the program"):
        sockscope.run(["/nowhere/program"])
    with pytest.raises(sockscope.CommandFailed, match="cannot find the program.*no such file"):
        sockscope.run(["/nowhere/program"], capture_output=True)


@pytest.mark.parametrize("name", ["x.jsonl", "x.json", "x.csv", "x.strace", "x.jsonl.zst", "x.strace.gz"])
def test_saved_and_read_again(exchange: sockscope.Run, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    exchange.save(path)
    again = sockscope.read(path)
    assert [call.syscall for call in again.calls] == CALLS
    assert again.remarks == []
    assert not sockscope.compare(exchange, path)


@pytest.mark.parametrize("name", ["x.svg", "x.html"])
def test_pictures(exchange: sockscope.Run, tmp_path: Path, name: str) -> None:
    exchange.save(tmp_path / name)
    assert f"<{name[2:]}" in (tmp_path / name).read_text()[:200]


def test_a_format_that_is_unknown(exchange: sockscope.Run, tmp_path: Path) -> None:
    with pytest.raises(sockscope.CommandFailed, match="nothing"):
        exchange.save(tmp_path / "x.nothing")


def test_straces_text_with_a_line_that_nobody_understands(tmp_path: Path) -> None:
    path = tmp_path / "x.strace"
    path.write_text("socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3\nwhat is this\nclose(3) = 0\n")
    trace = sockscope.read(path)
    assert [call.syscall for call in trace] == ["socket", "close"]
    assert trace.calls[0].stack == () and trace.calls[0].line is None
    assert any("not" in remark for remark in trace.remarks), trace.remarks


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(sockscope.CommandFailed, match="No such file"):
        sockscope.read(tmp_path / "none.strace")


def test_what_differs(exchange: sockscope.Run, tmp_path: Path) -> None:
    other = tmp_path / "other.strace"
    other.write_text(exchange.text.replace('"<b>&", 4', '"<b>!", 4'))
    found = sockscope.compare(exchange, other)
    assert found and not found.same
    assert found.counts["same"] < sum(found.counts.values()) == len(exchange.events)
    assert "<b>!" in str(found) and "&lt;b&gt;!" in found._repr_html_()


def test_sockets(exchange: sockscope.Run, server: socket.socket) -> None:
    assert len(exchange.sockets) == 2
    assert sorted(sock.sent_bytes for sock in exchange.sockets) == [0, 4]
    with sockscope.trace() as traced:
        with socket.create_connection(server.getsockname()) as client:
            local = client.getsockname()[1]
            client.sendall(b"hello")
    made = [sock for sock in traced.sockets if sock.sent_bytes]
    assert [(sock.local, sock.sent_bytes) for sock in made] == [(f"127.0.0.1:{local}", 5)]
    assert made[0].made_at and made[0].made_at.startswith("test_files.py:")


def test_flat_records(exchange: sockscope.Run) -> None:
    rows = exchange.records()
    assert rows[3]["args.buf.text"] == "<b>&" and rows[3]["ret"] == 4 and rows[3]["line"] == 4
    assert len({tuple(row) for row in rows}) == 1, "all rows have the same columns"


def test_in_a_notebook_everything_is_escaped(exchange: sockscope.Run) -> None:
    page = exchange._repr_html_()
    assert "&lt;b&gt;&amp;" in page and "<b>&" not in page
    assert page.count("data:image/svg+xml;base64,") == 1
    assert "7 calls, 2 sockets" in page


def test_the_command_and_the_module() -> None:
    for words in ([sockscope.command()], [sys.executable, "-m", "sockscope"]):
        printed = subprocess.run([*words, "--version"], stdout=subprocess.PIPE, encoding="utf-8", check=True).stdout
        assert printed.startswith(f"sockscope {sockscope.version()}")
    done = subprocess.run([sys.executable, "-m", "sockscope", "no-such-command"], stderr=subprocess.PIPE)
    assert done.returncode == 2


def test_the_schema_knows_every_key(exchange: sockscope.Run) -> None:
    schema = json.loads(subprocess.run([sockscope.command(), "schema"], stdout=subprocess.PIPE, check=True).stdout)
    assert schema
    assert {event["v"] for event in exchange.events} == {1}
