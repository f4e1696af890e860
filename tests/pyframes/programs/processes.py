"""Processes made by fork and by multiprocessing, in each way that the interpreter has."""
import multiprocessing
import os
import subprocess
import sys
import threading
import warnings

from witness import A, drain, stack


# From 3.12 on fork warns of other threads, which multiprocessing has.
warnings.simplefilter("ignore")


def task(number):
    for _ in range(3):
        A.send(stack()); drain()
    return number


def forked(depth):
    A.send(stack()); drain()
    child = os.fork()
    if child == 0:
        A.send(stack()); drain()
        if depth:
            forked(depth - 1)
        task(0)
        os._exit(0)
    A.send(stack()); drain()
    os.waitpid(child, 0)


def contexts():
    if hasattr(multiprocessing, "get_context"):
        return [multiprocessing.get_context(method) for method in multiprocessing.get_all_start_methods()]
    return [multiprocessing]


def main():
    forked(2)
    for context in contexts():
        child = context.Process(target=task, args=(1,))
        child.start()
        A.send(stack()); drain()
        child.join()
        assert child.exitcode == 0, child.exitcode
        pool = context.Pool(2)
        assert pool.map(task, range(4)) == list(range(4))
        pool.close()
        pool.join()
    # From a thread that is not the first one.
    thread = threading.Thread(target=forked, args=(1,))
    thread.start()
    thread.join()
    folder = os.path.dirname(os.path.abspath(__file__))
    subprocess.check_call([sys.executable, os.path.join(folder, "brief.py")])
    A.send(stack())


if __name__ == "__main__":
    main()
