"""getname: which address belongs to a host name (the document's getname.py).

--host is the name to look up. --resolver ADDR:PORT asks that name server
instead of those in /etc/resolv.conf.
"""
import argparse
import socket


def use_resolver(address, port, timeout):
    """Point glibc's resolver at one name server (struct __res_state in <resolv.h>).

    resolv.conf cannot name a port, so the state is written directly: how long
    to wait, how often to try, the options, one name server. No socket call.
    """
    import ctypes
    libc = ctypes.CDLL(None)
    if not hasattr(libc, '__res_state'):
        raise SystemExit('--resolver needs glibc; leave it out to use /etc/resolv.conf')
    getattr(libc, '__res_init')()
    libc.__res_state.restype = ctypes.c_void_p
    state = libc.__res_state()
    (ctypes.c_int * 2).from_address(state)[:] = [timeout, 2]  # retrans, retry
    ctypes.c_ulong.from_address(state + 8).value = 0x41  # RES_INIT | RES_RECURSE
    ctypes.c_int.from_address(state + 16).value = 1  # nscount
    server = socket.AF_INET.to_bytes(2, 'little') + port.to_bytes(2, 'big')
    ctypes.memmove(state + 20, server + socket.inet_aton(address) + bytes(8), 16)


parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument('--host', default='google.com')
parser.add_argument('--resolver', metavar='ADDR:PORT')
parser.add_argument('--case', choices=['silent'], help='silent: wait 1 second, not 5')
args = parser.parse_args()

if args.resolver:
    address, port = args.resolver.split(':')
    use_resolver(address, int(port), 1 if args.case == 'silent' else 5)

hostname = args.host
addr = socket.gethostbyname(hostname)
print('The address of', hostname, 'is', addr)
