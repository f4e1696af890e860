"""Code that runs in another interpreter of the same process, and between."""
import sys

try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters

from witness import A, drain, stack

TEXT = """
import sys
sys.path.insert(0, %r)
from witness import A, drain, stack
def inside():
    A.send(stack()); drain()
for _ in range(3):
    inside()
A.send(stack()); drain()
"""


def create():
    # One that can import what a program needs shares the lock of the first.
    for arguments, options in ((("legacy",), {}), ((), {"isolated": False}), ((), {})):
        try:
            return interpreters.create(*arguments, **options)
        except TypeError:
            pass


made = [create() for _ in range(2)]
for number in (0, 1, 0, 0, 1):
    A.send(stack()); drain()
    interpreters.run_string(made[number], TEXT % sys.path[0])
    A.send(stack()); drain()
