"""flow, the server: its half of the document's twelve steps."""
import argparse
import socket

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument('--host', default='127.0.0.1')
parser.add_argument('--port', type=int, default=8200)
parser.add_argument('--case', choices=['accept-nothing', 'full-queue', 'peer-reset', 'peer-gone'])
args = parser.parse_args()


def step(text):
    print(text, flush=True)


step('1 服务器创建socket')
sk = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
step('2 服务器绑定ip地址和端口号')
sk.bind((args.host, args.port))
step('3 服务器监听')
sk.listen(1 if args.case == 'full-queue' else 5)
print(sk.fileno(), sk.getsockname(), flush=True)

if args.case == 'accept-nothing':
    sk.setblocking(False)
    sk.accept()
if args.case == 'full-queue':
    input()  # accepts nobody until a line comes
    sk.close()
    raise SystemExit

sk.settimeout(60)
step('6 服务器阻塞在accept')
connection, address = sk.accept()
step('8 服务器accept返回')
print(connection.fileno(), connection.getpeername() == address, sk.gettimeout(), flush=True)
data = connection.recv(1024)
step('10 服务器读取信息')
print(data, flush=True)

if args.case == 'peer-reset':
    # Linger on, for 0 seconds: close resets the connection.
    linger = (1).to_bytes(4, 'little') + (0).to_bytes(4, 'little')
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
elif data and args.case != 'peer-gone':
    connection.send(b'send')
    print(connection.recvfrom(1024), flush=True)
    connection.sendall(b'sendall\nlast line\n')
    connection.recv(1024)  # b'': the client has closed
step('12 服务器端关闭')
connection.close()
sk.close()
