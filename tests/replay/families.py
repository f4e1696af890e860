"""Programs whose calls are recorded and made again, a family of calls each: python3 families.py NAME."""
import array
import asyncio
import fcntl
import os
import select
import socket
import sys
import tempfile
import threading


def tcp():
    """A connected pair of TCP sockets."""
    with socket.create_server(('127.0.0.1', 0)) as listener:
        client = socket.create_connection(listener.getsockname())
        server, _ = listener.accept()
        return server, client


def pairs():
    a, b = socket.socketpair()
    c = a.dup()
    d = os.dup2(b.fileno(), 50)
    e = fcntl.fcntl(b.fileno(), fcntl.F_DUPFD_CLOEXEC, 30)
    c.sendall(b'one')
    os.writev(a.fileno(), [b'two', b'three'])
    rooms = [bytearray(2), bytearray(100)]
    os.readv(d, rooms)
    os.close(d)
    b.shutdown(socket.SHUT_WR)
    assert a.recv(10) == b''
    os.close(e)
    read, write = os.pipe2(os.O_NONBLOCK)
    os.write(write, b'pipe')
    assert os.read(read, 100) == b'pipe'
    try:
        os.read(read, 100)
    except BlockingIOError:
        pass
    for fd in read, write:
        os.close(fd)
    for s in a, b, c:
        s.close()


def messages():
    a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    passed = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    passed.bind(('127.0.0.1', 0))
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [passed.fileno(), 0]))]
    a.sendmsg([b'take ', b'these'], rights)
    data, control, flags, _ = b.recvmsg(100, socket.CMSG_LEN(8))
    fds = array.array('i', control[0][2])
    os.close(fds[1])
    received = socket.socket(fileno=fds[0])
    other = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    other.sendmsg([b'a long', b' datagram'], [], 0, passed.getsockname())
    data, control, flags, address = received.recvmsg(8)
    assert flags & socket.MSG_TRUNC
    received.sendmsg([b'back'], [], 0, address)
    assert other.recv(10) == b'back'
    b.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
    a.send(b'who?')
    b.recvmsg(10, 100)
    b.setblocking(False)
    try:
        b.recvmsg(10, 100)
    except BlockingIOError:
        pass
    for s in a, b, passed, received, other:
        s.close()


def waiting():
    server, client = tcp()
    read, write, _ = select.select([0, server], [server, client], [client], 0)
    assert server not in read and len(write) == 2
    client.send(b'x')
    assert select.select([server, client], [], [], 5)[0] == [server]
    poll = select.poll()
    poll.register(server, select.POLLIN | select.POLLOUT)
    poll.register(client, select.POLLIN)
    poll.poll(1000)
    with select.epoll() as epoll:
        epoll.register(server, select.EPOLLIN)
        epoll.register(client, select.EPOLLIN | select.EPOLLET)
        epoll.poll(5)
        epoll.modify(server, select.EPOLLOUT)
        epoll.poll(5)
        epoll.unregister(client)
        server.recv(10)
        epoll.modify(server, select.EPOLLIN)
        assert epoll.poll(0.05) == []
        try:
            epoll.register(server, select.EPOLLIN)
        except FileExistsError:
            pass
    server.close()
    client.close()


def loop():
    async def echo(reader, writer):
        writer.write((await reader.readline()).upper())
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    async def main():
        server = await asyncio.start_server(echo, '127.0.0.1', 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b'hello\n')
        assert await reader.read() == b'HELLO\n'
        writer.close()
        await writer.wait_closed()
        server.close()
        await server.wait_closed()

    asyncio.run(main())


def files():
    server, client = tcp()
    with open(__file__, 'rb') as file:
        sent = os.sendfile(client.fileno(), file.fileno(), 3, 50)
    assert len(server.recv(1000)) == sent == 50
    server.close()
    client.close()


def names():
    path = os.path.join(tempfile.mkdtemp(), 'socket')
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen()
    client = socket.socket(socket.AF_UNIX)
    client.connect(path)
    server, _ = listener.accept()
    assert client.getpeername() == path
    client.send(b'by path')
    server.recv(100)
    again = socket.socket(socket.AF_UNIX)
    try:
        again.bind(path)
    except OSError:
        os.unlink(path)
    again.bind(path)
    os.unlink(path)
    os.rmdir(os.path.dirname(path))
    a = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    a.bind('\0a name that nobody else has')
    b = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    b.bind('')  # the kernel chooses
    b.sendto(b'abstract', a.getsockname())
    data, address = a.recvfrom(100)
    a.sendto(data, address)
    b.recvmsg(100)
    for s in listener, client, server, again, a, b:
        s.close()


def processes():
    listener = socket.create_server(('127.0.0.1', 0))
    pid = os.fork()
    if pid == 0:
        connection, _ = listener.accept()
        listener.close()
        connection.sendall(connection.recv(100)[::-1])
        connection.close()
        os._exit(0)
    client = socket.create_connection(listener.getsockname())
    listener.close()
    client.sendall(b'abc')
    assert client.recv(100) == b'cba'
    assert client.recv(100) == b''
    client.close()
    os.waitpid(pid, 0)


def threads():
    listener = socket.create_server(('127.0.0.1', 0))

    def serve(connection):
        connection.sendall(connection.recv(100))
        connection.close()

    def accept():
        for _ in range(3):
            connection, _ = listener.accept()
            threading.Thread(target=serve, args=[connection]).start()

    thread = threading.Thread(target=accept)
    thread.start()
    for text in b'one', b'two', b'three':
        with socket.create_connection(listener.getsockname()) as client:
            client.sendall(text)
            assert client.recv(100) == text
            assert client.recv(100) == b''
    thread.join()
    listener.close()


def remote():
    with socket.create_server(('192.0.2.1', 0)) as listener:
        with socket.create_connection(listener.getsockname()) as client:
            server, _ = listener.accept()
            client.sendall(b'hello')
            assert server.recv(100) == b'hello'
            server.close()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(('192.0.2.1', 0))
        s.sendto(b'to myself', s.getsockname())
        s.recvfrom(100)


globals()[sys.argv[1]]()
