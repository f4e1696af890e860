import contextlib
import gc
import os
import select
import signal
import socket
import struct
import sys
import tempfile
import threading

# What a situation leaves behind is not to be tidied up in the middle of another.
gc.disable()

REPORT, _OTHER_END = socket.socketpair()


def bound():
    s = socket.socket()
    s.bind(('127.0.0.1', 0))
    return s


def listening():
    s = bound()
    s.listen(5)
    return s


def client(listener):
    return socket.create_connection(listener.getsockname())


def unused():
    with bound() as s:
        return s.getsockname()


def udp():
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(('127.0.0.1', 0))
    return s


def tcp():
    with listening() as l:
        a = client(l)
        return a, l.accept()[0]


@contextlib.contextmanager
def full():
    """A listener whose queue holds no other client until the one in it is accepted."""
    with bound() as l:
        l.listen(0)
        first = [client(l)]
        try:
            yield l, first
        finally:
            first[0].close()


@contextlib.contextmanager
def on_alarm(action):
    """The action is taken by a signal handler once something waits."""
    signal.signal(signal.SIGALRM, lambda *_: action())
    signal.setitimer(signal.ITIMER_REAL, 0.1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def small_file():
    f = tempfile.TemporaryFile()
    f.write(b'data')
    f.seek(0)
    return f


def fails(function):
    try:
        function()
    except OSError:
        pass


class Apart(Exception):
    """This machine does not let the program be apart from it."""


def apart():
    """From now on names and network are the program's own: a hosts file, a name server, and no more than loopback.

    It needs no rights, but the kernel has to let ordinary users make namespaces.
    """
    if not _apart:
        try:
            _leave()
            # The first look-ups of a process also ask for nscd, which is not there.
            socket.gethostbyname('localhost')
            fails(lambda: socket.getservbyname('http'))
            _apart.append(None)
        except Exception as error:
            _apart.append(error)
    if _apart[0] is not None:
        raise Apart(_apart[0])


_apart = []
NEWNS, NEWUSER, NEWNET, BIND = 0x20000, 0x10000000, 0x40000000, 0x1000
FILES = {
    '/etc/hosts': '127.0.0.1 localhost\n',
    '/etc/nsswitch.conf': 'hosts: files dns\nprotocols: files\nservices: files\n',
    '/etc/resolv.conf': 'nameserver 127.0.0.1\n',
}


def _leave():
    import ctypes
    import fcntl
    libc = ctypes.CDLL(None, use_errno=True)

    def check(result):
        if result != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))

    user, group = os.getuid(), os.getgid()
    check(libc.unshare(NEWUSER | NEWNS | NEWNET))
    for name, text in [('setgroups', 'deny'), ('uid_map', '%d %d 1' % (user, user)),
                       ('gid_map', '%d %d 1' % (group, group))]:
        with open('/proc/self/' + name, 'w') as f:
            f.write(text)
    for name, text in FILES.items():
        with tempfile.NamedTemporaryFile('w') as f:
            os.chmod(f.name, 0o644)
            f.write(text)
            f.flush()
            check(libc.mount(f.name.encode(), name.encode(), None, BIND, None))
    with udp() as s:
        SIOCSIFFLAGS, IFF_UP = 0x8914, 1
        fcntl.ioctl(s, SIOCSIFFLAGS, struct.pack('16sh14x', b'lo', IFF_UP))
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(('127.0.0.1', 53))
    # A process of its own, since older versions wait for some answers without letting another thread run. It ends when
    # this one does, with which the only other end of the pipe closes.
    ours, theirs = os.pipe()
    if os.fork() == 0:
        try:
            os.close(theirs)
            name_server(server, ours)
        finally:
            os._exit(0)
    os.close(ours)
    server.close()


def name_server(s, until):
    """Knows the address of name.example, 127.0.0.1, and the name of 127.0.0.2."""
    A, PTR = 1, 12
    names = {b'\4name\7example\0': {A: b'\x7f\0\0\1'},
             b'\0012\0010\0010\003127\7in-addr\4arpa\0': {PTR: b'\4name\7example\0'}}
    while select.select([s, until], [], [])[0] == [s]:
        query, client = s.recvfrom(512)
        end = query.index(b'\0', 12) + 1
        kind, = struct.unpack('!H', query[end:end + 2])
        known = names.get(query[12:end].lower())
        answer = known.get(kind) if known else None
        # A response, recursion desired and there; name error when nothing is known.
        flags = 0x8180 if known else 0x8183
        head = query[:2] + struct.pack('!5H', flags, 1, 1 if answer else 0, 0, 0)
        reply = head + query[12:end + 4]
        if answer:
            reply += struct.pack('!3HLH', 0xc00c, kind, 1, 60, len(answer)) + answer
        s.sendto(reply, client)


def tls_context(server=False):
    """A context without certificates: an anonymous key exchange, of TLS 1.2 or before, does for a socket pair."""
    import ssl
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if server else ssl.PROTOCOL_TLS_CLIENT)
    if not server:
        context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if hasattr(ssl, 'TLSVersion'):
        context.maximum_version = ssl.TLSVersion.TLSv1_2
    else:
        context.options |= ssl.OP_NO_TLSv1_3
    context.set_ciphers('AECDH-AES256-SHA:@SECLEVEL=0')
    return context


def tls():
    """Both ends of a connection whose handshake is done."""
    a, b = socket.socketpair()
    done = []
    thread = threading.Thread(target=lambda: done.append(tls_context(True).wrap_socket(b, server_side=True)))
    thread.start()
    a = tls_context().wrap_socket(a)
    thread.join()
    return a, done[0]


class Answering:
    """What a server of socketserver does with a request: nothing."""

    def __init__(self, request, client_address, server):
        pass


def web():
    """The address of a server that answers one request of HTTP."""
    listener = listening()
    address = listener.getsockname()

    def serve():
        with listener, listener.accept()[0] as c:
            if c.recv(1000):
                c.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndata')
            fails(lambda: c.recv(1000))

    threading.Thread(target=serve).start()
    return address


def report(number, error, line):
    if error is None:
        outcome = 'returned'
    elif isinstance(error, socket.timeout):
        outcome = 'timeout'
    else:
        outcome = type(error).__name__
    REPORT.send(('%d %d %s' % (number, line, outcome)).encode())
    _OTHER_END.recv(1000)


def run(number, case):
    line = 0
    try:
        case()
        error = None
    except Exception as raised:
        error = raised
        line = raised.__traceback__.tb_next.tb_lineno
    report(number, error, line)
    error = None
    gc.collect()


