"""A thread that Python does not know makes a call, between calls of threads that it knows."""
import ctypes

from witness import A, B, drain, stack

library = ctypes.CDLL(None)
for _ in range(3):
    A.send(stack()); drain()
    thread = ctypes.c_ulong()
    # shutdown(descriptor, ...) as a thread's whole code; the second argument is whatever is there.
    start = ctypes.cast(library.shutdown, ctypes.c_void_p)
    assert library.pthread_create(ctypes.byref(thread), None, start, ctypes.c_void_p(-1)) == 0
    assert library.pthread_join(thread, None) == 0
    A.send(stack()); drain()
