"""Connections that an event loop reads, whose payload is the lines that made both their ends: `client 41 server 30`, as
the client sends it, and `CLIENT 41 SERVER 30`, as the server answers. Streams, Unix sockets, protocols, datagrams, a
copy of a descriptor, tasks side by side, and a loop in a thread."""

import asyncio
import os
import socket
import sys
import tempfile
import threading


def here():
    return sys._getframe(1).f_lineno


async def answer(reader, writer):
    writer.write((await reader.readline()).upper())
    await writer.drain()
    await reader.read()
    writer.close()


async def exchange(reader, writer, line, server):
    writer.write(b'client %d server %d\n' % (line, server))
    assert (await reader.readline()).startswith(b'CLIENT')
    writer.close()


async def streams(port, server):
    line = here() + 1
    reader, writer = await asyncio.open_connection('127.0.0.1', port)
    await exchange(reader, writer, line, server)


async def others(port, server):
    line = here() + 1
    reader, writer = await asyncio.open_connection('127.0.0.1', port)
    await asyncio.gather(asyncio.sleep(0.01), exchange(reader, writer, line, server))


async def unix(path, server):
    line = here() + 1
    reader, writer = await asyncio.open_unix_connection(path)
    await exchange(reader, writer, line, server)


async def own_socket(port, server):
    line = here() + 1
    sock = socket.create_connection(('127.0.0.1', port))
    copy = sock.dup()
    sock.close()
    reader, writer = await asyncio.open_connection(sock=copy)
    await exchange(reader, writer, line, server)


class Echo(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.transport.write(data.upper())


class Ask(asyncio.Protocol):
    def __init__(self, line, server):
        self.text, self.done = b'client %d server %d\n' % (line, server), asyncio.get_event_loop().create_future()

    def connection_made(self, transport):
        transport.write(self.text)

    def data_received(self, data):
        assert data == self.text.upper()
        self.done.set_result(None)


async def protocols():
    loop = asyncio.get_event_loop()
    server = here() + 1
    listener = await loop.create_server(Echo, '127.0.0.1', 0)
    address = listener.sockets[0].getsockname()
    line = here() + 1
    transport, protocol = await loop.create_connection(lambda: Ask(line, server), *address)
    await protocol.done
    transport.close()
    listener.close()


async def main(folder):
    server = here() + 1
    listener = await asyncio.start_server(answer, '127.0.0.1', 0)
    port = listener.sockets[0].getsockname()[1]
    await asyncio.gather(streams(port, server), others(port, server), streams(port, server), own_socket(port, server))
    path = os.path.join(folder, 's')
    other_server = here() + 1
    other = await asyncio.start_unix_server(answer, path)
    await asyncio.gather(unix(path, other_server), unix(path, other_server))
    await protocols()
    listener.close()
    other.close()


def run():
    with tempfile.TemporaryDirectory() as folder:
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        loop.run_until_complete(main(folder))
        loop.close()


run()
thread = threading.Thread(target=run)
thread.start()
thread.join()
