"""Coroutines that wait for what a loop reads, and what it reads is who waits: whoever sends first walks the coroutines of
the task that waits for it, from within, and sends `CHAIN {"task": …, "frames": [[file, line, function], …]}`, innermost
first. `CHAIN null` is sent to where nobody waits. What is encrypted has its account, `NEXT CHAIN …`, in a datagram that is sent
just before.

Run with the names of what is wanted, or for all; `pure` does without asyncio's C."""

import gc
import json
import os
import socket
import ssl
import sys
import tempfile

if 'pure' in sys.argv:
    sys.modules['_asyncio'] = None  # so that asyncio has only its Python

import asyncio

TASKS = {}  # whoever may be written to: its task, by name of the connection


def frame_of(at):
    for name in ('cr_frame', 'gi_frame', 'ag_frame'):
        if getattr(at, name, None) is not None:
            return getattr(at, name)


def awaited_by(at):
    for name in ('cr_await', 'gi_yieldfrom', 'ag_await'):
        if hasattr(at, name):
            return getattr(at, name)
    # what passes everything on: of async generators, of __await__
    if type(at).__name__ in ('async_generator_asend', 'async_generator_athrow', 'coroutine_wrapper'):
        return next(held for held in gc.get_referents(at) if hasattr(held, 'ag_frame') or hasattr(held, 'cr_frame'))


def chain(task):
    at, frames = task.get_coro(), []
    while at is not None:
        frame = frame_of(at)
        if frame is not None:
            frames.insert(0, [frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name])
        at = awaited_by(at)
    return frames


def is_own(frames):
    return any(os.path.basename(file) in ('awaiting.py',) for file, line, function in frames)


def account(name):
    """The one that waits on a connection, as the reader outside should find it."""
    waits = TASKS.get(name)
    if waits is None:
        return b'CHAIN null\n'
    inner, outer = waits if isinstance(waits, tuple) else (waits, None)
    inner = inner() if callable(inner) else inner
    frames, task = chain(inner), inner
    if not is_own(frames) and outer is not None:
        frames, task = frames + chain(outer), outer
    return b'CHAIN ' + json.dumps({'task': task.get_name(), 'frames': frames}).encode() + b'\n'


def current():
    return asyncio.current_task()


# --- the server: each line is the name of the connection whose account it sends back


BESIDE = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)


async def serve(reader, writer):
    here = 'server of %s' % (writer.get_extra_info('peername'),)
    while True:
        TASKS[here] = current()
        line = await reader.readline()
        if not line:
            break
        await asyncio.sleep(0.001)  # whoever asked waits by now
        answer = account(line.decode().split(' CHAIN')[0].strip())
        if writer.get_extra_info('ssl_object'):
            BESIDE[0].send(b'NEXT ' + answer)
        writer.write(answer)
        await writer.drain()
    writer.close()


async def ask(writer, name, task=None):
    TASKS[name] = task or current()
    there = 'server of %s' % (writer.get_extra_info('sockname'),)
    waits = there in TASKS and not writer.get_extra_info('ssl_object')
    writer.write(name.encode() + (b' ' + account(there) if waits else b'\n'))


def check(line):
    assert line.startswith(b'CHAIN'), line
    return line


# --- streams


async def read_line(reader):
    return check(await reader.readline())


async def streams(port):
    reader, writer = await asyncio.open_connection('127.0.0.1', port)
    for n in range(3):
        await ask(writer, 'streams')
        await read_line(reader)
        await ask(writer, 'streams')
        check(await reader.readuntil(b'\n'))
    writer.close()


async def exactly(port):
    reader, writer = await asyncio.open_connection('127.0.0.1', port)
    await ask(writer, 'exactly')
    head = await reader.readexactly(6)
    check(head + await reader.readline())
    writer.close()


async def come(reader):
    """Waits until the answer has been read, but not for it."""
    while not reader._buffer:
        await asyncio.sleep(0.001)


async def nobody(port):
    """The answer comes while its reader sleeps."""
    reader, writer = await asyncio.open_connection('127.0.0.1', port)
    TASKS['nobody'] = None
    writer.write(b'nobody\n')
    await come(reader)
    check(await reader.readline())
    writer.close()


async def unrelated(port):
    """Somebody who holds the connection waits for something else."""
    reader, writer = await asyncio.open_connection('127.0.0.1', port)
    TASKS['unrelated'] = None
    event = asyncio.Event()

    async def sets():
        await come(reader)
        event.set()

    other = asyncio.ensure_future(sets())
    writer.write(b'unrelated\n')
    await event.wait()
    await other
    check(await reader.readline())
    writer.close()


async def drains_and_reads(port):
    """One task waits until the connection is closed, another reads."""
    reader, writer = await asyncio.open_connection('127.0.0.1', port)

    async def closed():
        await writer.wait_closed()

    other = asyncio.ensure_future(closed())
    await asyncio.sleep(0)
    await ask(writer, 'both')
    await read_line(reader)
    writer.close()
    await other


# --- tasks in tasks


async def gathered(port):
    async def one(n):
        reader, writer = await asyncio.open_connection('127.0.0.1', port)
        await ask(writer, 'gather %d' % n)
        await read_line(reader)
        writer.close()

    await asyncio.gather(one(1), one(2), one(3))


async def grouped(port):
    if not hasattr(asyncio, 'TaskGroup'):
        return

    async def one(n):
        reader, writer = await asyncio.open_connection('127.0.0.1', port)
        await ask(writer, 'group %d' % n)
        await read_line(reader)
        writer.close()

    async with asyncio.TaskGroup() as group:
        for n in range(3):
            group.create_task(one(n), name='of a group: %d' % n)


async def shielded(port):
    reader, writer = await asyncio.open_connection('127.0.0.1', port)
    inner = asyncio.ensure_future(read_line(reader))
    await ask(writer, 'shield', inner)
    await asyncio.shield(inner)
    writer.close()


def task_of(name):
    """The task whose coroutine has this name."""
    return lambda: next(task for task in asyncio.all_tasks() if task.get_coro().__name__ == name)


async def waited_for(port):
    reader, writer = await asyncio.open_connection('127.0.0.1', port)
    for n in range(2):
        # Before 3.12 a task is made for the library's coroutine.
        inner = current() if sys.version_info >= (3, 12) else task_of('readline')
        await ask(writer, 'wait_for', (inner, current()))
        check(await asyncio.wait_for(reader.readline(), 10))
    await ask(writer, 'wait_for own', current() if sys.version_info >= (3, 12) else task_of('read_line'))
    await asyncio.wait_for(read_line(reader), 10)
    writer.close()


async def library_task(port):
    """A task of a library's coroutine, which is gathered or waited for."""
    reader, writer = await asyncio.open_connection('127.0.0.1', port)
    inner = asyncio.ensure_future(reader.readline())
    await ask(writer, 'library task', (inner, current()))
    check(await inner)
    inner = asyncio.ensure_future(reader.readline())
    await ask(writer, 'library task', (inner, current()))
    check((await asyncio.gather(inner))[0])
    inner = asyncio.ensure_future(reader.readline())
    await ask(writer, 'library task', (inner, current()))
    await asyncio.wait({inner})
    check(inner.result())
    writer.close()


async def eager(port):
    if not hasattr(asyncio, 'eager_task_factory'):
        return
    reader, writer = await asyncio.open_connection('127.0.0.1', port)

    async def one():
        await ask(writer, 'eager')
        await read_line(reader)

    await asyncio.Task(one(), loop=asyncio.get_running_loop(), eager_start=True, name='begun at once')
    writer.close()


async def many_deep(port):
    reader, writer = await asyncio.open_connection('127.0.0.1', port)

    async def deep(n):
        if n:
            return await deep(n - 1)
        await ask(writer, 'deep')
        return await read_line(reader)

    await deep(30)
    writer.close()


# --- generators and awaitables


async def lines(reader):
    while True:
        line = await reader.readline()
        yield check(line)


async def generated(port):
    reader, writer = await asyncio.open_connection('127.0.0.1', port)
    await ask(writer, 'generated')
    n = 0
    async for line in lines(reader):
        n += 1
        if n == 3:
            break
        await ask(writer, 'generated')
    await ask(writer, 'iterated')
    async for line in reader:
        check(line)
        break
    writer.close()


class Awaitable:
    def __init__(self, reader):
        self.reader = reader

    def __await__(self):
        return (yield from self.reader.readline().__await__())


class Wrapped:
    def __init__(self, reader):
        self.reader = reader

    def __await__(self):
        return self.reader.readline().__await__()


async def awaitables(port):
    reader, writer = await asyncio.open_connection('127.0.0.1', port)
    for way in Awaitable, Wrapped:
        await ask(writer, 'awaitable')
        check(await way(reader))
    writer.close()


# --- protocols


class Ask(asyncio.Protocol):
    def __init__(self):
        self.answer = asyncio.get_event_loop().create_future()

    def data_received(self, data):
        if not self.answer.done():
            self.answer.set_result(data)

    async def ask(self, name):
        self.answer = asyncio.get_event_loop().create_future()
        TASKS[name] = current()
        self.transport.write(name.encode() + b'\n')
        return check(await self.answer)

    def connection_made(self, transport):
        self.transport = transport


class Slotted(asyncio.Protocol):
    __slots__ = ('transport', 'queue')

    def __init__(self):
        self.queue = asyncio.Queue()

    def data_received(self, data):
        self.queue.put_nowait(data)

    async def ask(self, name):
        TASKS[name] = current()
        self.transport.write(name.encode() + b'\n')
        return check(await self.queue.get())

    def connection_made(self, transport):
        self.transport = transport


class Buffered(asyncio.BufferedProtocol):
    def __init__(self):
        self.buffer, self.event, self.got = bytearray(1 << 16), asyncio.Event(), b''

    def get_buffer(self, sizehint):
        return self.buffer

    def buffer_updated(self, nbytes):
        self.got = bytes(self.buffer[:nbytes])
        self.event.set()

    async def ask(self, name):
        self.event.clear()
        TASKS[name] = current()
        self.transport.write(name.encode() + b'\n')
        await self.event.wait()
        return check(self.got)

    def connection_made(self, transport):
        self.transport = transport


async def protocols(port):
    loop = asyncio.get_event_loop()
    for kind in Ask, Slotted, Buffered:
        transport, protocol = await loop.create_connection(kind, '127.0.0.1', port)
        for n in range(2):
            await protocol.ask(kind.__name__)
        transport.close()


async def shared_future(port):
    """Somebody waits for a future that several protocols have, and none of the connections is his."""
    loop = asyncio.get_event_loop()
    done = loop.create_future()

    class Shares(asyncio.Protocol):
        def connection_made(self, transport):
            self.transport, self.done, self.count = transport, done, 0
            TASKS['shared'] = None
            transport.write(b'shared\n')

        def data_received(self, data):
            self.count += 1
            if not done.done() and self.count:
                loop.call_later(0.02, lambda: done.done() or done.set_result(None))
            self.transport.close()

    async def connect():
        await loop.create_connection(Shares, '127.0.0.1', port)

    await asyncio.gather(connect(), connect())
    await done


# --- the loop's own methods


async def loop_methods(port):
    loop = asyncio.get_event_loop()
    sock = socket.socket()
    sock.setblocking(False)
    await loop.sock_connect(sock, ('127.0.0.1', port))
    for n in range(2):
        TASKS['sock'] = current()
        await loop.sock_sendall(sock, b'sock\n')
        check(await loop.sock_recv(sock, 10000))
    TASKS['sock'] = current()
    await loop.sock_sendall(sock, b'sock\n')
    buffer = bytearray(10000)
    await loop.sock_recv_into(sock, buffer)
    check(bytes(buffer))
    sock.close()


# --- TLS


async def tls(port):
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # made for this test: openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=localhost
    server.load_cert_chain(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'localhost.pem'))
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    listener = await asyncio.start_server(serve, '127.0.0.1', 0, ssl=server)
    host, port = listener.sockets[0].getsockname()[:2]
    reader, writer = await asyncio.open_connection(host, port, ssl=client)
    for n in range(3):
        await ask(writer, 'tls')
        await read_line(reader)
    writer.close()
    listener.close()


# --- unix sockets


async def unix(port):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 's')
        listener = await asyncio.start_unix_server(serve, path)
        reader, writer = await asyncio.open_unix_connection(path)
        await ask(writer, 'unix')
        await read_line(reader)
        writer.close()
        listener.close()


# in the order in which they run
ALL = (streams, exactly, nobody, unrelated, drains_and_reads, gathered, grouped, shielded, waited_for, library_task, eager,
       many_deep, generated, awaitables, protocols, shared_future, loop_methods, tls, unix)


async def main():
    listener = await asyncio.start_server(serve, '127.0.0.1', 0)
    port = listener.sockets[0].getsockname()[1]
    for one in ALL:
        wanted = [name for name in sys.argv[1:] if name != 'pure']
        if not wanted or one.__name__ in wanted:
            await one(port)
    listener.close()
    await asyncio.sleep(0.01)  # the server's ends close


asyncio.run(main())
