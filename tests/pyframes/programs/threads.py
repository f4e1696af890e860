"""Many threads, made and ended while others are asked."""
import threading

from witness import A, drain, stack


def one(depth):
    if depth:
        return one(depth - 1)
    A.send(stack()); drain()


def worker(number):
    for i in range(40):
        A.send(stack()); drain()
        one(number + i % 3)


def brief():
    A.send(stack()); drain()


threads = [threading.Thread(target=worker, args=(i,)) for i in range(6)]
for thread in threads:
    thread.start()
for _ in range(60):
    thread = threading.Thread(target=brief)
    thread.start()
    A.send(stack()); drain()
    thread.join()
for thread in threads:
    thread.join()
A.send(stack())
