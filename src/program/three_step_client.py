"""three-step, the client: two requests, so that the listener is seen to go on."""
import argparse
import socket

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument('--host', default='127.0.0.1')
parser.add_argument('--port', type=int, default=8300)
args = parser.parse_args()

connections = []
for number in (1, 2):
    c = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    c.connect((args.host, args.port))
    print('客户端请求', c.getsockname(), '→', c.getpeername(), flush=True)
    connections.append(c)
# Both descriptions are read before either is confirmed: both connections are
# then known to be open at the same time.
for c in connections:
    print('服务器端套接字', c.recv(1024).decode(), flush=True)
for c in connections:
    c.sendall('确认'.encode())
for c in connections:
    c.recv(1)  # the server closes first
    c.close()
