import contextlib
import gc
import os
import signal
import socket
import sys
import tempfile

# What a situation leaves behind is not to be tidied up in the middle of another.
gc.disable()

REPORT, _OTHER_END = socket.socketpair()


def bound():
    s = socket.socket()
    s.bind(('127.0.0.1', 0))
    return s


def listening():
    s = bound()
    s.listen(5)
    return s


def client(listener):
    return socket.create_connection(listener.getsockname())


def unused():
    with bound() as s:
        return s.getsockname()


def udp():
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(('127.0.0.1', 0))
    return s


def tcp():
    with listening() as l:
        a = client(l)
        return a, l.accept()[0]


@contextlib.contextmanager
def full():
    """A listener whose queue holds no other client until the one in it is accepted."""
    with bound() as l:
        l.listen(0)
        first = [client(l)]
        try:
            yield l, first
        finally:
            first[0].close()


@contextlib.contextmanager
def on_alarm(action):
    """The action is taken by a signal handler once something waits."""
    signal.signal(signal.SIGALRM, lambda *_: action())
    signal.setitimer(signal.ITIMER_REAL, 0.1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def small_file():
    f = tempfile.TemporaryFile()
    f.write(b'data')
    f.seek(0)
    return f


def fails(function):
    try:
        function()
    except OSError:
        pass


def report(number, error, line):
    if error is None:
        outcome = 'returned'
    elif isinstance(error, socket.timeout):
        outcome = 'timeout'
    else:
        outcome = type(error).__name__
    REPORT.send(('%d %d %s' % (number, line, outcome)).encode())
    _OTHER_END.recv(1000)


def run(number, case):
    line = 0
    try:
        case()
        error = None
    except Exception as raised:
        error = raised
        line = raised.__traceback__.tb_next.tb_lineno
    report(number, error, line)
    error = None
    gc.collect()


