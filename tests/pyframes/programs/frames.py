"""Stacks of every shape that Python 2 and 3 both have. Each send is one line, so that the payload's line is its own."""
import functools
import gc
import sys

from witness import A, drain, say, stack

A.send(stack())
drain()


def plain():
    A.send(stack()); drain()
    if True:
        A.send(stack()); drain()
    try:
        raise KeyError
    except KeyError:
        A.send(stack()); drain()
    finally:
        A.send(stack()); drain()
    for _ in range(40):
        A.send(stack()); drain()
    while True:
        A.send(stack()); drain()
        break


def decorator(function):
    @functools.wraps(function)
    def wrapped(*arguments):
        A.send(stack())
        return function(*arguments)
    return wrapped


@decorator
@decorator
def decorated():
    A.send(stack())


class Thing(object):
    A.send(stack())

    def __init__(self):
        A.send(stack())

    def method(self):
        return (lambda: A.send(stack()))()

    @property
    def attribute(self):
        A.send(stack())

    def __enter__(self):
        A.send(stack())
        return self

    def __exit__(self, *_):
        A.send(stack())

    def __del__(self):
        A.send(stack())

    def __call__(self):
        say()

    def __len__(self):
        A.send(stack())
        return 1


def recursion(depth):
    if depth:
        return recursion(depth - 1)
    for _ in range(3):
        A.send(stack()); drain()


def up_and_down(depth):
    A.send(stack()); drain()
    if depth:
        up_and_down(depth - 1)
    A.send(stack()); drain()


def generator(depth):
    for i in range(3):
        A.send(stack()); drain()
        if depth:
            for value in generator(depth - 1):
                yield value
        yield i


def comprehensions():
    [A.send(stack()) for _ in range(4)]
    list(A.send(stack()) for _ in range(4))
    {A.send(stack()) for _ in range(4)}
    {A.send(stack()): 0 for _ in range(4)}
    list(map(lambda _: A.send(stack()), range(4)))
    sorted([3, 1, 2], key=lambda _: A.send(stack()))
    drain()


def made_of_text():
    # Code objects, file names and line tables whose addresses are used again and again for others.
    for i in range(600):
        names = {"A": A, "stack": stack, "drain": drain}
        text = "\n" * (i % 11) + "A.send(stack()); drain()\n" * (1 + i % 3)
        exec(compile(text, "made-%d.py" % (i % 13), "exec"), names)
        del names, text
    for i in range(600):
        names = {"A": A, "stack": stack, "drain": drain}
        text = "%sdef function_%d():\n%s A.send(stack()); drain()\n" % ("\n" * (i % 7), i % 5, "\n" * (i % 3))
        exec(compile(text, "<made %d>" % (i % 3), "exec"), names)
        names["function_%d" % (i % 5)]()
        if i % 50 == 0:
            gc.collect()
    for i in range(200):
        eval("[A.send(stack()) for _ in (1, 2)]" + " " * (i % 5))
        eval(compile("(\n" * (i % 4) + "A.send(stack())" + ")" * (i % 4), "eval-%d" % (i % 3), "eval"))
        drain()


def long_steps():
    # Functions so long that a step between two lines does not fit in one byte, forwards and back.
    for gap in (1, 100, 127, 128, 130, 254, 255, 256, 300, 1000):
        body = "".join(" A.send(stack()); drain()\n" + "\n" * gap + " x = (%s)\n" % ", ".join("y" * n for n in [1] * gap)
                       for _ in range(3))
        names = {"A": A, "stack": stack, "drain": drain, "y": 1}
        exec(compile("def long(y):\n" + body, "long-%d.py" % gap, "exec"), names)
        names["long"](1)
        loop = "for y in (1, 2):\n" + "\n" * gap + " A.send(stack()); drain()\n"
        exec(compile(loop, "loop-%d.py" % gap, "exec"), names)


def main():
    plain()
    decorated()
    drain()
    for _ in range(60):
        thing = Thing()
        thing.method()
        with thing:
            thing.attribute
        thing()
        len(thing)
        del thing
        drain()
    recursion(20)
    sys.setrecursionlimit(5000)
    recursion(500)
    up_and_down(30)
    list(generator(2))
    comprehensions()
    made_of_text()
    long_steps()
    for _ in range(300):
        A.send(stack()); drain()
    for _ in range(30):
        plain()
        recursion(3)


main()
A.send(stack())
