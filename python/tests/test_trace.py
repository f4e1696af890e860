"""`with sockscope.trace()`: a block of this process, no more and no less."""

from __future__ import annotations

import asyncio
import gc
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import sockscope

SERVER = ["socket", "setsockopt", "bind", "listen"]


def test_the_block_and_nothing_else() -> None:
    before = socket.socket()
    with sockscope.trace() as traced:
        server = socket.create_server(("127.0.0.1", 0))
    before.close()
    server.close()
    assert [call.syscall for call in traced.calls] == SERVER
    assert len(traced) == 4
    first = traced.calls[0]
    assert first.line is not None and first.line.function == "test_the_block_and_nothing_else"
    assert first.line.source == 'server = socket.create_server(("127.0.0.1", 0))'
    assert first.line.file == __file__ and not first.line.library
    assert [frame.library for frame in first.stack[:2]] == [True, True]
    assert first.args["domain"] == "AF_INET"
    assert traced.calls[3].text == f"listen({first.ret}, {traced.calls[3].args['backlog']}) = 0"
    assert traced.calls[3].fd == first.ret


def test_the_first_and_the_last_call_of_the_block_are_there() -> None:
    for _ in range(20):
        one, other = socket.socketpair()
        with sockscope.trace() as traced:
            one.send(b"first")
            other.recv(10)
        assert [call.syscall for call in traced] == ["sendto", "recvfrom"]
        one.close()
        other.close()


def test_threads_that_were_there_and_new_ones(server: socket.socket) -> None:
    go, done = threading.Event(), threading.Event()

    def early() -> None:
        go.wait()
        socket.create_connection(server.getsockname()).close()
        done.set()

    def late() -> None:
        server.accept()[0].close()

    thread = threading.Thread(target=early)
    thread.start()
    with sockscope.trace() as traced:
        go.set()
        new = threading.Thread(target=late)
        new.start()
        new.join()
        done.wait()
    thread.join()
    by_thread = {call.tid: call.line.function for call in traced.calls if call.line}
    assert {"early", "late"} <= set(by_thread.values())
    mine = {call.syscall for call in traced.calls if call.line and call.line.function == "late"}
    assert {"accept4", "close"} <= mine


def test_without_the_threads_of_others(server: socket.socket) -> None:
    go, done = threading.Event(), threading.Event()

    def early() -> None:
        go.wait()
        socket.create_connection(server.getsockname()).close()
        done.set()

    thread = threading.Thread(target=early)
    thread.start()
    with sockscope.trace(others=False) as traced:
        go.set()
        done.wait()
        socket.socket().close()
    thread.join()
    assert [call.syscall for call in traced.calls] == ["socket", "close"]


def test_processes_started_in_the_block() -> None:
    program = "import socket; socket.socket().close()"
    with sockscope.trace() as traced:
        subprocess.run([sys.executable, "-c", program], check=True)
    found = [call.syscall for call in traced.calls if call.pid != os.getpid() and call.args.get("domain") == "AF_INET"]
    assert found == ["socket"]
    with sockscope.trace(follow=False) as traced:
        subprocess.run([sys.executable, "-c", program], check=True)
    assert not [call for call in traced.calls if call.pid != os.getpid()]


def test_a_fork_that_leaves_the_block_does_not_end_it() -> None:
    with sockscope.trace() as traced:
        child = os.fork()
        if child:
            os.waitpid(child, 0)
            socket.socket().close()
    if not child:
        os._exit(0)
    assert [call.syscall for call in traced.calls if call.pid == os.getpid()][-2:] == ["socket", "close"]


def test_all_calls_are_the_blocks_own() -> None:
    gc.collect()
    with sockscope.trace(calls="all", others=False) as traced:
        os.getppid()
    assert [call.syscall for call in traced.calls] == ["getppid"]


def test_an_exception_passes_and_leaves_the_trace() -> None:
    with pytest.raises(ZeroDivisionError):
        with sockscope.trace() as traced:
            socket.socket().close()
            raise ZeroDivisionError
    assert [call.syscall for call in traced.calls] == ["socket", "close"]


def test_questions_before_the_end_are_refused() -> None:
    with sockscope.trace() as traced:
        with pytest.raises(sockscope.Error, match="not complete"):
            traced.calls  # noqa: B018
    with pytest.raises(sockscope.Error, match="of one block"):
        traced.__enter__()
    assert traced.calls == []


def test_where_a_loops_socket_was_made() -> None:
    async def fetch() -> bytes:
        server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        found = await reader.read()
        writer.close()
        server.close()
        return found

    with sockscope.trace() as traced:
        assert asyncio.run(fetch()) == b""
    received = [call for call in traced.calls if call.syscall == "recvfrom" and call.ret == 0]
    assert [call.socket_made_at.function if call.socket_made_at else None for call in received] == ["fetch"]
    if sys.version_info < (3, 14):
        call = received[0]
        assert call.task == "Task-1" and call.awaited_by[-1] == call.line and call.line and call.line.function == "fetch"


def test_why_a_call_failed() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = unused.getsockname()
        with sockscope.trace(why=True) as traced:
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(address)
    failed = [call for call in traced.calls if call.failed]
    assert [call.errno for call in failed] == ["ECONNREFUSED"]
    assert failed[0].why and "listen" in failed[0].why
    assert any("why: " in call for line in traced.lines for call in line.calls)


def test_the_state_of_sockets_and_longer_buffers(server: socket.socket) -> None:
    with sockscope.trace(state=True, string_limit=1000) as traced:
        with socket.create_connection(server.getsockname()) as client:
            client.sendall(b"x" * 500)
    connect = next(call for call in traced.calls if call.syscall == "connect")
    assert connect.json["sockets"][0]["after"]["state"] == "ESTABLISHED"
    sent = next(call for call in traced.calls if call.syscall == "sendto")
    assert sent.args["buf"] == {"text": "x" * 500, "truncated": False}


def test_one_tracer_at_a_time() -> None:
    with sockscope.trace():
        with pytest.raises(sockscope.NotPermitted, match="traces it already.*end that trace"):
            with sockscope.trace():
                raise AssertionError("not reached")


def test_a_process_that_hides_itself_gives_the_cure(tmp_path: Path) -> None:
    program = (
        "import ctypes, sockscope\n"
        "ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)\n"  # PR_SET_DUMPABLE
        "try:\n"
        "    sockscope.trace().__enter__()\n"
        "except sockscope.NotPermitted as error:\n"
        "    print(error)\n"
    )
    # Without rights, whoever runs the tests.
    powerless = ["setpriv", "--inh-caps=-all", "--bounding-set=-all"] if os.geteuid() == 0 else []
    done = subprocess.run([*powerless, sys.executable, "-c", program], stdout=subprocess.PIPE, encoding="utf-8")
    assert "Operation not permitted" in done.stdout and "run as root" in done.stdout


def test_yama_is_given_our_own_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sockscope import _tracing

    asked = []

    class Library:
        @staticmethod
        def prctl(option: int, pid: object, *rest: int) -> int:
            asked.append((option, getattr(pid, "value", pid)))
            return 0

    monkeypatch.setattr(_tracing.ctypes, "CDLL", lambda name: Library)
    for scope, expected in [("1", [(0x59616D61, os.getpid()), (0x59616D61, 0)]), ("0", [])]:
        setting = tmp_path / "ptrace_scope"
        setting.write_text(f"{scope}\n")
        monkeypatch.setattr(_tracing, "YAMA", str(setting))
        with sockscope.trace() as traced:
            socket.socket().close()
        assert [call.syscall for call in traced.calls] == ["socket", "close"]
        assert asked == expected
        asked.clear()


def test_the_command_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOCKSCOPE_COMMAND", "/nowhere/sockscope")
    with pytest.raises(sockscope.CommandMissing, match="SOCKSCOPE_COMMAND"):
        with sockscope.trace():
            raise AssertionError("not reached")


def test_the_folder_goes_with_the_trace() -> None:
    with sockscope.trace() as traced:
        pass
    folder = os.path.dirname(traced._path)
    assert os.path.isdir(folder)
    del traced
    gc.collect()
    assert not os.path.exists(folder)
