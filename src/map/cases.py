# The situations that `sockscope map` measures. Each begins with "#: API | situation"; the line that ends with "#!" is
# the expression whose system calls are reported, the others prepare it. They run in order in one process, each in a
# function of its own, with the names of prelude.py. Those that change the process for good, with apart(), come last.

#: socket.socket | TCP
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM) #!
s.close()
#: socket.socket | UDP
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM) #!
s.close()
#: socket.socket | with a default timeout
socket.setdefaulttimeout(5)
try:
    s = socket.socket() #!
finally:
    socket.setdefaulttimeout(None)
s.close()
#: socket.socket | of a descriptor
a, b = socket.socketpair()
s = socket.socket(fileno=a.detach()) #!
s.close(); b.close()
#: socket.socketpair | default
a, b = socket.socketpair() #!
a.close(); b.close()
#: socket.fromfd | default
a, b = socket.socketpair()
s = socket.fromfd(a.fileno(), socket.AF_UNIX, socket.SOCK_STREAM) #!
s.close(); a.close(); b.close()
#: socket.close | a descriptor
a, b = socket.socketpair()
socket.close(a.detach()) #!
b.close()
#: socket.create_connection | blocking
with listening() as l:
    c = socket.create_connection(l.getsockname()) #!
    c.close()
#: socket.create_connection | with timeout
with listening() as l:
    c = socket.create_connection(l.getsockname(), 5) #!
    c.close()
#: socket.create_connection | refused
address = unused()
c = socket.create_connection(address) #!
#: socket.create_server | default
s = socket.create_server(('127.0.0.1', 0)) #!
s.close()
#: socket.getaddrinfo | literal
socket.getaddrinfo('127.0.0.1', 80, socket.AF_INET, socket.SOCK_STREAM) #!
#: socket.gethostbyname | literal
socket.gethostbyname('127.0.0.1') #!
#: socket.gethostbyname | empty
socket.gethostbyname('') #!
#: socket.gethostname | default
socket.gethostname() #!
#: socket.inet_aton | default
socket.inet_aton('127.0.0.1') #!
#: socket.htons | default
socket.htons(80) #!
#: socket.htonl | default
socket.htonl(80) #!
#: socket.ntohs | default
socket.ntohs(80) #!
#: socket.ntohl | default
socket.ntohl(80) #!
#: socket.CMSG_LEN | default
socket.CMSG_LEN(4) #!
#: socket.CMSG_SPACE | default
socket.CMSG_SPACE(4) #!
#: socket.has_dualstack_ipv6 | default
socket.has_dualstack_ipv6() #!
#: socket.send_fds | default
a, b = socket.socketpair()
socket.send_fds(a, [b'x'], [b.fileno()]) #!
a.close(); b.close()
#: socket.recv_fds | default
a, b = socket.socketpair(); socket.send_fds(a, [b'x'], [b.fileno()])
data, fds, flags, address = socket.recv_fds(b, 10, 1) #!
os.close(fds[0]); a.close(); b.close()
#: socket.setdefaulttimeout | default
socket.setdefaulttimeout(None) #!
#: socket.getdefaulttimeout | default
socket.getdefaulttimeout() #!
#: socket.dup | a descriptor
a, b = socket.socketpair()
fd = socket.dup(a.fileno()) #!
os.close(fd); a.close(); b.close()
#: socket.inet_ntoa | default
socket.inet_ntoa(b'1234') #!
#: socket.inet_pton | default
socket.inet_pton(socket.AF_INET6, '::1') #!
#: socket.inet_ntop | default
socket.inet_ntop(socket.AF_INET, b'1234') #!
#: with | leaving the block
with socket.socket() as s: pass #!
#: bind | any address
s = socket.socket()
s.bind(('', 0)) #!
s.close()
#: bind | loopback
s = socket.socket()
s.bind(('127.0.0.1', 0)) #!
s.close()
#: bind | address in use
with listening() as l:
    s = socket.socket(); address = l.getsockname()
    s.bind(address) #!
#: bind | port out of range
s = socket.socket()
s.bind(('127.0.0.1', 65536)) #!
#: listen | default
with bound() as s:
    s.listen() #!
#: listen | 5
with bound() as s:
    s.listen(5) #!
#: listen | negative
with bound() as s:
    s.listen(-1) #!
#: listen | beyond the system's limit
with bound() as s:
    s.listen(100000) #!
#: accept | blocking
with listening() as l:
    c = client(l)
    conn, addr = l.accept() #!
    conn.close(); c.close()
#: accept | with timeout
with listening() as l:
    c = client(l); l.settimeout(5)
    conn, addr = l.accept() #!
    conn.close(); c.close()
#: accept | timed out
with listening() as l:
    l.settimeout(0.01)
    conn, addr = l.accept() #!
#: accept | non-blocking, nobody there
with listening() as l:
    l.setblocking(False)
    conn, addr = l.accept() #!
#: accept | interrupted by a signal
with listening() as l:
    made = []
    with on_alarm(lambda: made.append(client(l))):
        conn, addr = l.accept() #!
    conn.close(); made[0].close()
#: connect | blocking
with listening() as l:
    c = socket.socket(); address = l.getsockname()
    c.connect(address) #!
    c.close()
#: connect | with timeout
with listening() as l:
    c = socket.socket(); address = l.getsockname(); c.settimeout(5)
    c.connect(address) #!
    c.close()
#: connect | non-blocking
with listening() as l:
    c = socket.socket(); address = l.getsockname(); c.setblocking(False)
    c.connect(address) #!
#: connect | refused
c = socket.socket(); address = unused()
c.connect(address) #!
#: connect | interrupted by a signal
with full() as (l, first):
    c = socket.socket(); address = l.getsockname()
    with on_alarm(lambda: first.append(l.accept()[0])):
        c.connect(address) #!
    c.close(); first[-1].close()
#: connect | UDP
s = udp(); c = udp(); address = s.getsockname()
c.connect(address) #!
s.close(); c.close()
#: connect_ex | blocking
with listening() as l:
    c = socket.socket(); address = l.getsockname()
    c.connect_ex(address) #!
    c.close()
#: connect_ex | refused
c = socket.socket(); address = unused()
c.connect_ex(address) #!
c.close()
#: connect_ex | non-blocking
with listening() as l:
    c = socket.socket(); address = l.getsockname(); c.setblocking(False)
    c.connect_ex(address) #!
    c.close()
#: send | blocking
a, b = tcp()
a.send(b'data') #!
a.close(); b.close()
#: send | with timeout
a, b = tcp(); a.settimeout(5)
a.send(b'data') #!
a.close(); b.close()
#: send | non-blocking
a, b = tcp(); a.setblocking(False)
a.send(b'data') #!
a.close(); b.close()
#: send | nothing
a, b = tcp()
a.send(b'') #!
a.close(); b.close()
#: send | the peer is gone
a, b = socket.socketpair(); b.close()
a.send(b'data') #!
#: sendall | blocking
a, b = tcp()
a.sendall(b'data') #!
a.close(); b.close()
#: sendall | with timeout
a, b = tcp(); a.settimeout(5)
a.sendall(b'data') #!
a.close(); b.close()
#: sendto | blocking
s = udp(); c = udp(); address = s.getsockname()
c.sendto(b'data', address) #!
s.close(); c.close()
#: sendto | with timeout
s = udp(); c = udp(); address = s.getsockname(); c.settimeout(5)
c.sendto(b'data', address) #!
s.close(); c.close()
#: sendmsg | blocking
a, b = tcp()
a.sendmsg([b'da', b'ta']) #!
a.close(); b.close()
#: sendfile | blocking
a, b = tcp(); f = small_file()
a.sendfile(f) #!
f.close(); a.close(); b.close()
#: recv | blocking
a, b = tcp(); b.send(b'data')
a.recv(100) #!
a.close(); b.close()
#: recv | with timeout
a, b = tcp(); b.send(b'data'); a.settimeout(5)
a.recv(100) #!
a.close(); b.close()
#: recv | timed out
a, b = tcp(); a.settimeout(0.01)
a.recv(100) #!
#: recv | non-blocking, nothing there
a, b = tcp(); a.setblocking(False)
a.recv(100) #!
#: recv | interrupted by a signal
a, b = tcp()
with on_alarm(lambda: b.send(b'data')):
    a.recv(100) #!
a.close(); b.close()
#: recv | the peer has closed
a, b = tcp(); b.close()
a.recv(100) #!
a.close()
#: recv | nothing wanted
a, b = tcp()
a.recv(0) #!
a.close(); b.close()
#: recv | negative
a, b = tcp()
a.recv(-1) #!
#: recv_into | blocking
a, b = tcp(); b.send(b'data'); buffer = bytearray(100)
a.recv_into(buffer) #!
a.close(); b.close()
#: recvfrom | UDP
s = udp(); c = udp(); c.sendto(b'data', s.getsockname())
s.recvfrom(100) #!
s.close(); c.close()
#: recvfrom | UDP, with timeout
s = udp(); c = udp(); c.sendto(b'data', s.getsockname()); s.settimeout(5)
s.recvfrom(100) #!
s.close(); c.close()
#: recvfrom | TCP
a, b = tcp(); b.send(b'data')
a.recvfrom(100) #!
a.close(); b.close()
#: recvfrom | UDP, non-blocking, nothing there
s = udp(); s.setblocking(False)
s.recvfrom(100) #!
#: recvfrom_into | UDP
s = udp(); c = udp(); c.sendto(b'data', s.getsockname()); buffer = bytearray(100)
s.recvfrom_into(buffer) #!
s.close(); c.close()
#: recvmsg | blocking
a, b = tcp(); b.send(b'data')
a.recvmsg(100) #!
a.close(); b.close()
#: recvmsg_into | blocking
a, b = tcp(); b.send(b'data'); buffer = bytearray(100)
a.recvmsg_into([buffer]) #!
a.close(); b.close()
#: shutdown | SHUT_WR
a, b = tcp()
a.shutdown(socket.SHUT_WR) #!
a.close(); b.close()
#: shutdown | not connected
s = socket.socket()
s.shutdown(socket.SHUT_RDWR) #!
#: getsockname | TCP
with listening() as l:
    l.getsockname() #!
#: getpeername | TCP
a, b = tcp()
a.getpeername() #!
a.close(); b.close()
#: getpeername | not connected
s = socket.socket()
s.getpeername() #!
#: getsockopt | integer
with bound() as s:
    s.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) #!
#: getsockopt | bytes
with bound() as s:
    s.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8) #!
#: setsockopt | integer
with bound() as s:
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1) #!
#: setblocking | False
with bound() as s:
    s.setblocking(False) #!
#: setblocking | True
with bound() as s:
    s.setblocking(True) #!
#: settimeout | seconds
with bound() as s:
    s.settimeout(5) #!
#: settimeout | None
with bound() as s:
    s.settimeout(None) #!
#: settimeout | 0
with bound() as s:
    s.settimeout(0) #!
#: gettimeout | default
with bound() as s:
    s.gettimeout() #!
#: getblocking | default
with bound() as s:
    s.getblocking() #!
#: fileno | default
with bound() as s:
    s.fileno() #!
#: family, type, proto, timeout | default
with bound() as s:
    s.family, s.type, s.proto, s.timeout #!
#: get_inheritable | default
with bound() as s:
    s.get_inheritable() #!
#: set_inheritable | True
with bound() as s:
    s.set_inheritable(True) #!
#: detach | default
s = socket.socket()
fd = s.detach() #!
os.close(fd)
#: dup | default
with bound() as s:
    t = s.dup() #!
    t.close()
#: repr | connected
a, b = tcp()
repr(a) #!
a.close(); b.close()
#: close | open
s = socket.socket()
s.close() #!
#: close | closed before
s = socket.socket(); s.close()
s.close() #!
#: close | finaliser
s = socket.socket()
del s #!
#: close | use after it
s = socket.socket(); s.close()
s.getsockname() #!
#: makefile | default
a, b = tcp()
f = a.makefile('rb') #!
f.close(); a.close(); b.close()
#: makefile | read a line
a, b = tcp(); b.send(b'one\ntwo\n'); f = a.makefile('rb')
f.readline() #!
f.close(); a.close(); b.close()
#: makefile | read the next line
a, b = tcp(); b.send(b'one\ntwo\n'); f = a.makefile('rb'); f.readline()
f.readline() #!
f.close(); a.close(); b.close()
#: makefile | read a line unbuffered
a, b = tcp(); b.send(b'one\ntwo\n'); f = a.makefile('rb', buffering=0)
f.readline() #!
f.close(); a.close(); b.close()
#: makefile | read after a timeout
a, b = tcp(); a.settimeout(0.01); f = a.makefile('rb'); fails(f.readline)
f.readline() #!
#: makefile | write
a, b = tcp(); f = a.makefile('wb')
f.write(b'data') #!
f.close(); a.close(); b.close()
#: makefile | flush
a, b = tcp(); f = a.makefile('wb'); f.write(b'data')
f.flush() #!
f.close(); a.close(); b.close()
#: makefile | the socket closes first
a, b = tcp(); f = a.makefile('wb'); f.write(b'data')
a.close() #!
f.close(); b.close()
#: makefile | the file closes last
a, b = tcp(); f = a.makefile('wb'); f.write(b'data'); a.close()
f.close() #!
b.close()
#: selectors.DefaultSelector | register
import selectors
a, b = socket.socketpair(); s = selectors.DefaultSelector()
s.register(b, selectors.EVENT_READ) #!
s.close(); a.close(); b.close()
#: selectors.DefaultSelector | modify
import selectors
a, b = socket.socketpair(); s = selectors.DefaultSelector(); s.register(b, selectors.EVENT_READ)
s.modify(b, selectors.EVENT_READ | selectors.EVENT_WRITE) #!
s.close(); a.close(); b.close()
#: selectors.DefaultSelector | select, ready
import selectors
a, b = socket.socketpair(); s = selectors.DefaultSelector(); s.register(b, selectors.EVENT_READ); a.send(b'x')
s.select() #!
s.close(); a.close(); b.close()
#: selectors.DefaultSelector | select, timeout
import selectors
a, b = socket.socketpair(); s = selectors.DefaultSelector(); s.register(b, selectors.EVENT_READ)
s.select(0.01) #!
s.close(); a.close(); b.close()
#: selectors.DefaultSelector | unregister
import selectors
a, b = socket.socketpair(); s = selectors.DefaultSelector(); s.register(b, selectors.EVENT_READ)
s.unregister(b) #!
s.close(); a.close(); b.close()
#: selectors.PollSelector | select, ready
import selectors
a, b = socket.socketpair(); s = selectors.PollSelector(); s.register(b, selectors.EVENT_READ); a.send(b'x')
s.select() #!
s.close(); a.close(); b.close()
#: selectors.SelectSelector | select, ready
import selectors
a, b = socket.socketpair(); s = selectors.SelectSelector(); s.register(b, selectors.EVENT_READ); a.send(b'x')
s.select() #!
s.close(); a.close(); b.close()
#: ssl.SSLContext.wrap_socket | handshake later
a, b = socket.socketpair()
c = tls_context().wrap_socket(a, do_handshake_on_connect=False) #!
c.close(); b.close()
#: ssl.SSLSocket | send
a, b = tls()
a.send(b'data') #!
a.close(); b.close()
#: ssl.SSLSocket | recv
a, b = tls(); a.send(b'data')
b.recv(100) #!
a.close(); b.close()
#: ssl.SSLSocket | recv, with timeout
a, b = tls(); b.settimeout(0.01)
b.recv(100) #!
a.close(); b.close()
#: ssl.SSLSocket | pending
a, b = tls(); a.send(b'data'); b.recv(1)
b.pending() #!
a.close(); b.close()
#: ssl.SSLSocket | recv of what is pending
a, b = tls(); a.send(b'data'); b.recv(1)
b.recv(100) #!
a.close(); b.close()
#: ssl.SSLSocket | close
a, b = tls()
a.close() #!
b.close()
#: socketserver.TCPServer | default
import socketserver
s = socketserver.TCPServer(('127.0.0.1', 0), Answering) #!
s.server_close()
#: socketserver.TCPServer | handle_request
import socketserver
s = socketserver.TCPServer(('127.0.0.1', 0), Answering); c = client(s.socket)
s.handle_request() #!
c.close(); s.server_close()
#: socketserver.TCPServer | server_close
import socketserver
s = socketserver.TCPServer(('127.0.0.1', 0), Answering)
s.server_close() #!
#: socketserver.UDPServer | default
import socketserver
s = socketserver.UDPServer(('127.0.0.1', 0), Answering) #!
s.server_close()
#: socketserver.UnixStreamServer | default
import socketserver
folder = tempfile.mkdtemp()
s = socketserver.UnixStreamServer(folder + '/s', Answering) #!
s.server_close(); os.remove(folder + '/s'); os.rmdir(folder)
#: http.client.HTTPConnection | connect
import http.client
c = http.client.HTTPConnection(*web())
c.connect() #!
c.close()
#: http.client.HTTPConnection | request
import http.client
c = http.client.HTTPConnection(*web()); c.connect()
c.request('GET', '/') #!
c.close()
#: http.client.HTTPConnection | request with a body
import http.client
c = http.client.HTTPConnection(*web()); c.connect()
c.request('POST', '/', b'data') #!
c.close()
#: http.client.HTTPConnection | getresponse
import http.client
c = http.client.HTTPConnection(*web()); c.request('GET', '/')
r = c.getresponse() #!
r.close(); c.close()
#: http.client.HTTPResponse | read
import http.client
c = http.client.HTTPConnection(*web()); c.request('GET', '/'); r = c.getresponse()
r.read() #!
r.close(); c.close()
#: http.client.HTTPConnection | close
import http.client
c = http.client.HTTPConnection(*web()); c.connect()
c.close() #!
#: urllib.request.urlopen | GET
import urllib.request
request = urllib.request.Request('http://%s:%d/' % web(), headers={'User-Agent': 'map'})
r = urllib.request.urlopen(request) #!
r.close()
#: asyncio.start_server | default
import asyncio
loop = asyncio.new_event_loop()
s = loop.run_until_complete(asyncio.start_server(print, '127.0.0.1', 0)) #!
s.close(); loop.run_until_complete(s.wait_closed()); loop.close()
#: asyncio.open_connection | default
import asyncio
loop = asyncio.new_event_loop(); l = listening()
r, w = loop.run_until_complete(asyncio.open_connection(*l.getsockname())) #!
w.close(); loop.run_until_complete(asyncio.sleep(0)); loop.close(); l.close()
#: asyncio.StreamWriter | write
import asyncio
loop = asyncio.new_event_loop(); l = listening()
r, w = loop.run_until_complete(asyncio.open_connection(*l.getsockname()))
w.write(b'data') #!
w.close(); loop.run_until_complete(asyncio.sleep(0)); loop.close(); l.close()
#: asyncio.StreamReader | read, ready
import asyncio
loop = asyncio.new_event_loop(); l = listening()
r, w = loop.run_until_complete(asyncio.open_connection(*l.getsockname())); b, _ = l.accept(); b.send(b'data')
loop.run_until_complete(r.read(100)) #!
w.close(); loop.run_until_complete(asyncio.sleep(0)); loop.close(); l.close(); b.close()
#: asyncio.StreamWriter | close
import asyncio
loop = asyncio.new_event_loop(); l = listening()
r, w = loop.run_until_complete(asyncio.open_connection(*l.getsockname()))
w.close(); loop.run_until_complete(asyncio.sleep(0)) #!
loop.close(); l.close()
#: socket.gethostbyname | of the hosts file
apart()
socket.gethostbyname('localhost') #!
#: socket.gethostbyname | of the name server
apart()
socket.gethostbyname('name.example') #!
#: socket.gethostbyname | that nobody knows
apart()
socket.gethostbyname('unknown.example') #!
#: socket.gethostbyname_ex | of the name server
apart()
socket.gethostbyname_ex('name.example') #!
#: socket.gethostbyaddr | of the name server
apart()
socket.gethostbyaddr('127.0.0.2') #!
#: socket.getaddrinfo | of the hosts file
apart()
socket.getaddrinfo('localhost', 80, socket.AF_INET, socket.SOCK_STREAM) #!
#: socket.getaddrinfo | of the name server
apart()
socket.getaddrinfo('name.example', 80, socket.AF_INET, socket.SOCK_STREAM) #!
#: socket.getaddrinfo | of the name server, any family
apart()
socket.getaddrinfo('name.example', 80, 0, socket.SOCK_STREAM) #!
#: socket.getaddrinfo | that nobody knows
apart()
socket.getaddrinfo('unknown.example', 80, socket.AF_INET, socket.SOCK_STREAM) #!
#: socket.getnameinfo | numeric
apart()
socket.getnameinfo(('127.0.0.1', 80), socket.NI_NUMERICHOST | socket.NI_NUMERICSERV) #!
#: socket.getnameinfo | of the name server
apart()
socket.getnameinfo(('127.0.0.2', 80), socket.NI_NUMERICSERV) #!
#: socket.getfqdn | of the hosts file
apart()
socket.getfqdn('localhost') #!
#: socket.getservbyname | default
apart()
socket.getservbyname('http') #!
#: socket.getservbyport | default
apart()
socket.getservbyport(80) #!
#: socket.getprotobyname | default
apart()
socket.getprotobyname('tcp') #!
#: socket.if_nameindex | default
apart()
socket.if_nameindex() #!
#: socket.if_nametoindex | default
apart()
socket.if_nametoindex('lo') #!
#: socket.if_indextoname | default
apart()
socket.if_indextoname(1) #!
#: socket.create_connection | a name of the hosts file
apart()
with listening() as l:
    c = socket.create_connection(('localhost', l.getsockname()[1])) #!
    c.close()
#: socket.create_connection | a name of the name server
apart()
with listening() as l:
    c = socket.create_connection(('name.example', l.getsockname()[1])) #!
    c.close()
#: connect | a name of the name server
apart()
with listening() as l:
    c = socket.socket(); port = l.getsockname()[1]
    c.connect(('name.example', port)) #!
    c.close()
#: bind | a name of the hosts file
apart()
s = socket.socket()
s.bind(('localhost', 0)) #!
s.close()
#: sendto | a name of the name server
apart()
s = udp(); c = udp(); port = s.getsockname()[1]
c.sendto(b'data', ('name.example', port)) #!
s.close(); c.close()
