"""chat, the server: reads a line from the client, answers with one of its own."""
import argparse
import socket

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument('--host', default='127.0.0.1')
parser.add_argument('--port', type=int, default=6666)
args = parser.parse_args()

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind((args.host, args.port))
s.listen(1)
sock, addr = s.accept()
buf = sock.recv(1024).decode()
while True:
    if buf != 'exit':
        print("客户端: " + buf, flush=True)
    data = input("服务端: ")
    sock.send(data.encode())
    if data == 'exit':
        break
    buf = sock.recv(1024).decode()
