"""The methods of Python's sockets, scenario by scenario; tests/pysocket.rs makes the same calls in Rust.

A close of -1000 - n marks the beginning of scenario n in the trace.
"""
import os
import socket
import struct


def pair(timeout=None):
    """A listener and both ends of a connection to it."""
    listener = socket.socket()
    listener.bind(('127.0.0.1', 0))
    listener.listen(5)
    listener.settimeout(timeout)
    client = socket.socket()
    client.settimeout(timeout)
    client.connect(listener.getsockname())
    accepted, _ = listener.accept()
    return listener, client, accepted


def close(*sockets):
    for each in sockets:
        each.close()


def fails(call, *args):
    try:
        call(*args)
    except Exception as error:
        print(type(error).__name__, error, sep=': ')


def tcp():
    listener, client, accepted = pair()
    client.send(b'hi')
    accepted.recv(10)
    accepted.sendall(b'yo')
    client.recvfrom(10)
    client.send(b'')
    accepted.recv(0)
    client.getpeername()
    client.close()
    client.close()
    accepted.recv(5)
    fails(client.send, b'late')
    fails(client.getpeername)
    close(accepted, listener)


def timeouts():
    listener, client, accepted = pair(5)
    client.settimeout(0.01)
    fails(client.recv, 10)
    client.settimeout(0.0004)
    fails(client.recv, 10)
    client.settimeout(5)
    client.sendall(b'abc')
    accepted.recv(10)
    client.setblocking(True)
    client.settimeout(None)
    fails(client.settimeout, -1)
    fails(client.settimeout, float('nan'))
    close(client, accepted, listener)


def non_blocking():
    listener, client, accepted = pair()
    listener.setblocking(False)
    fails(listener.accept)
    client.setblocking(False)
    fails(client.recv, 10)
    client.send(b'x')
    fails(client.connect, listener.getsockname())
    close(client, accepted)
    late = socket.socket()
    late.connect(listener.getsockname())
    accepted, _ = listener.accept()
    close(late, accepted, listener)


def refused():
    holder = socket.socket()
    holder.bind(('127.0.0.1', 0))
    where = holder.getsockname()
    client = socket.socket()
    print(client.connect_ex(where))
    fails(client.connect, where)
    client.settimeout(5)
    print(client.connect_ex(where))
    fails(client.recv, 10)
    fails(client.bind, where)
    close(client, holder)


def before_any_call():
    client = socket.socket()
    fails(client.connect, ('127.0.0.1', 65536))
    fails(client.connect_ex, ('127.0.0.1', -1))
    fails(client.bind, ('127.0.0.1', 70000))
    fails(client.recv, -1)
    fails(client.recvfrom, -1)
    client.bind(('', 0))
    client.listen(-3)
    client.listen(100000)
    client.close()


def udp():
    server = socket.socket(type=socket.SOCK_DGRAM)
    server.bind(('127.0.0.1', 0))
    client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    fails(client.send, b'to whom?')
    client.sendto(b'hello', server.getsockname())
    _, address = server.recvfrom(100)
    server.sendto(b'', address)
    client.recvfrom(100)
    fails(client.sendto, b'x' * 65508, server.getsockname())
    client.connect(server.getsockname())
    server.close()
    client.send(b'lost')
    fails(client.recv, 10)
    client.settimeout(0)
    fails(client.recv, 10)
    fails(client.sendto, b'x', ('127.0.0.1', 70000))
    client.close()


def options():
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    s.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8)
    s.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    fails(s.getsockopt, socket.SOL_SOCKET, 999)
    fails(s.getsockopt, socket.SOL_SOCKET, socket.SO_LINGER, 2000)
    fails(s.shutdown, socket.SHUT_RDWR)
    s.close()


def files():
    listener, client, accepted = pair()
    reader = accepted.makefile('rb')
    client.sendall(b'one\ntwo\nthree')
    reader.readline()
    reader.read(2)
    client.sendall(b'rest')
    reader.read(10)
    writer = client.makefile('wb')
    writer.write(b'a' * 5000)
    writer.write(b'b' * 5000)
    writer.flush()
    accepted.recv(20000)
    client.close()
    writer.write(b'last')
    writer.close()
    reader.read()
    accepted.close()
    reader.close()
    listener.close()


def file_timeout():
    listener, client, accepted = pair()
    accepted.settimeout(0.01)
    reader = accepted.makefile('rb')
    fails(reader.read, 5)
    fails(reader.read, 5)
    close(reader, accepted, client, listener)


def copies():
    listener, client, accepted = pair()
    client.settimeout(3)
    copy = client.dup()
    repr(copy)
    raw = copy.detach()
    copy.close()
    again = socket.socket(fileno=raw)
    again.send(b'x')
    accepted.recv(1)
    accepted.shutdown(socket.SHUT_WR)
    again.recv(1)
    close(again, client, accepted, listener)
    with open('/dev/null') as null:
        fails(lambda: socket.socket(fileno=null.fileno()))


def finaliser():
    listener, client, accepted = pair()
    del accepted
    del client
    fresh = socket.socket()
    del fresh
    listener.close()


def make_errors():
    fails(socket.socket, socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_UDP)
    fails(socket.socket, 99)


SCENARIOS = [tcp, timeouts, non_blocking, refused, before_any_call, udp, options, files, file_timeout, copies,
             finaliser, make_errors]
for number, scenario in enumerate(SCENARIOS):
    print('#', scenario.__name__)
    try:
        os.close(-1000 - number)
    except OSError:
        pass
    scenario()
try:
    os.close(-1000 - len(SCENARIOS))
except OSError:
    pass
