"""One call, through a function, and one from the top."""
from witness import A, stack


def call():
    A.send(stack())


call()
A.send(stack())
