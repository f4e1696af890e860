"""flow, the client: its half of the twelve steps, and calls that must fail."""
import argparse
import select
import socket

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument('--host', default='127.0.0.1')
parser.add_argument('--port', type=int, default=8200)
parser.add_argument('--case', choices=[
    'recv-nothing', 'recv-unconnected', 'connect-twice', 'connect-ex-code', 'no-destination',
    'closed-descriptor', 'not-a-socket', 'wrong-protocol', 'full-queue', 'peer-reset', 'peer-gone'])
args = parser.parse_args()
address = (args.host, args.port)


def step(text):
    print(text, flush=True)


if args.case == 'wrong-protocol':  # EPROTONOSUPPORT
    socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_UDP)
if args.case == 'not-a-socket':  # ENOTSOCK
    with open(__file__) as f:
        socket.socket(fileno=f.fileno())
if args.case == 'no-destination':  # EDESTADDRREQ
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).send(b'to whom?')
if args.case == 'full-queue':  # a backlog of 1 takes two; the third gets no answer
    waiting = []
    for number in (1, 2, 3):
        sk = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        sk.settimeout(0.5)
        print(sk.connect_ex(address), flush=True)
        waiting.append(sk)
    for sk in waiting:
        sk.close()
    raise SystemExit

step('4 客户端创建socket')
sk = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
if args.case == 'recv-unconnected':  # ENOTCONN
    sk.recv(1024)
if args.case == 'closed-descriptor':  # EBADF
    sk.close()
    sk.send(b'too late')
if args.case == 'connect-twice':  # EISCONN; after a connect that did not block it would be the third
    sk.connect(address)
    sk.connect(address)
if args.case == 'connect-ex-code':  # nobody listens: a number, no exception
    print(sk.connect_ex(address))
    sk.close()
    raise SystemExit

step('5 客户端试图连接服务器')
sk.settimeout(60)
print(sk.connect_ex(address), sk.gettimeout(), flush=True)
step('7 客户端连接成功')
print(sk.fileno(), sk.getpeername() == address, flush=True)
sk.setblocking(False)
if args.case == 'recv-nothing':  # EAGAIN: the server has not written yet
    sk.recv(1024)
sk.setblocking(True)
step('9 客户端写入信息')
sk.sendto(b'sendto', address)  # a connected TCP socket ignores the address

if args.case == 'peer-reset':  # ECONNRESET
    sk.recv(1024)
if args.case == 'peer-gone':  # '', a send that seems to work, then EPIPE
    print(sk.recv(1024), flush=True)
    sk.send(b'into the void')
    answer = select.poll()
    answer.register(sk, 0)  # asks for nothing: only the reset ends the wait
    answer.poll()
    sk.send(b'once more')

print(sk.recvfrom(1024), flush=True)
sk.sendall(b'sendall')
f = sk.makefile('r', encoding='utf-8')
print(f.readline(), f.readline(), sep='', end='', flush=True)
print(sk.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR), flush=True)
f.close()
step('11 客户端关闭')
sk.close()
