"""Stacks of what only Python 3 has."""
import asyncio
import sys

from witness import A, drain, stack


def inner():
    for i in range(5):
        A.send(stack()); drain()
        yield i


def outer():
    yield from inner()
    A.send(stack()); drain()
    yield from (A.send(stack()) for _ in range(3))


async def step(depth):
    A.send(stack())
    if depth:
        await step(depth - 1)
    await asyncio.sleep(0)
    A.send(stack())
    drain()


class Context:
    async def __aenter__(self):
        A.send(stack())

    async def __aexit__(self, *_):
        A.send(stack())


async def agen():
    for i in range(3):
        A.send(stack())
        await asyncio.sleep(0)
        yield i


class Name(str):
    """A file name that is no plain str."""


async def writer_and_reader():
    served = asyncio.Event()

    async def serve(reader, writer):
        while await reader.readline():
            writer.write(stack(via_library=True) + b"\n")
            await writer.drain()
        writer.close()
        served.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=1 << 22)
    port = server.sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 22)
    for _ in range(20):
        writer.write(stack(via_library=True) + b"\n")
        await reader.readline()
    writer.close()
    await served.wait()
    server.close()


async def main():
    await step(4)
    await asyncio.gather(*(step(i) for i in range(5)))
    async with Context():
        A.send(stack())
    async for _ in agen():
        A.send(stack())
    [A.send(stack()) async for _ in agen()]
    drain()
    await writer_and_reader()


def strange_names():
    names = {"A": A, "stack": stack}
    text = "def %s():\n\n A.send(stack())\n"
    for function in ("größe", "имя", "名前", "𝔘name", "a" * 300):
        for file in ("über.py", "файл.py", "檔案.py", "\U0001f40d.py", Name("sub.py"), Name("süb.py"), Name("суб.py")):
            exec(compile(text % function, file, "exec"), names)
            code = names.popitem()[1].__code__
            if hasattr(code, "replace"):
                code = code.replace(co_filename=file)
            for _ in range(2):
                eval(code, names)
    drain()


list(outer())
strange_names()
loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
A.send(stack())
