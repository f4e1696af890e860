"""The pytest plugin, as installed."""

from __future__ import annotations

import pytest

PROGRAM = """
import socket
import pytest

def exchange(address):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(1)
        try:
            sock.sendto(b"x", address)
        except OSError:
            pass

@pytest.mark.sockscope(no_remote=True)
def test_stays_here():
    with socket.create_server(("127.0.0.1", 0)) as server:
        exchange(server.getsockname())

@pytest.mark.sockscope(no_remote=True)
def test_goes_out():
    exchange(("192.0.2.1", 9))

@pytest.mark.sockscope(max_calls=4)
def test_few():
    socket.socket().close()

@pytest.mark.sockscope(max_calls={"connect": 1, "socket": 1})
def test_many():
    socket.socket().close()
    socket.socket().close()

def test_fails():
    socket.socket().close()
    assert False

def test_passes():
    pass
"""


def test_limits(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(PROGRAM)
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=3, failed=3)
    result.stdout.fnmatch_lines(
        [
            "no_remote: the test addresses other machines",
            '    sendto(*"192.0.2.1"*[[]test_limits.py:* exchange[]]',
            "max_calls: 2 socket calls, of which 1 are allowed",
        ]
    )
    kept = sorted(path.name for path in (pytester.path / "sockscope-traces").iterdir())
    assert kept == ["test_limits.py_test_goes_out.html", "test_limits.py_test_many.html"]


def test_a_trace_per_failing_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(PROGRAM)
    result = pytester.runpytest_subprocess("--sockscope", "--sockscope-dir=kept", "--junitxml=report.xml", "-k", "fails or passes")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*sockscope*", "kept/*test_fails.html", "*test_fails*socket.socket().close()"])
    kept = [path.name for path in (pytester.path / "kept").iterdir()]
    assert kept == ["test_a_trace_per_failing_test.py_test_fails.html"]
    page = (pytester.path / "kept" / kept[0]).read_text()
    assert page.startswith("<!doctype html>")
    assert 'name="sockscope" value="kept/' in (pytester.path / "report.xml").read_text()


def test_without_being_asked_nothing_is_traced(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_free():\n    assert 'TracerPid:\\t0' in open('/proc/self/status').read()\n")
    pytester.runpytest_subprocess().assert_outcomes(passed=1)
    pytester.runpytest_subprocess("--sockscope").assert_outcomes(failed=1)


def test_a_mark_that_is_misspelt(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("import pytest\n@pytest.mark.sockscope(max_call=1)\ndef test_x():\n    pass\n")
    result = pytester.runpytest_subprocess()
    result.stdout.fnmatch_lines(["*pytest.mark.sockscope has no max_call; it has no_remote= and max_calls=*"])
