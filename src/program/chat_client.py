"""chat, the client: sends a line, prints the answer, until something fails."""
import argparse
import socket
import sys

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument('--host', default='127.0.0.1')
parser.add_argument('--port', type=int, default=6666)
args = parser.parse_args()

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect((args.host, args.port))
while True:
    try:
        data = input("客户端:")
        s.send(data.encode())
        buf = s.recv(1024).decode()
        if buf != 'exit':
            print("服务端: " + buf, flush=True)
    except:  # as in the document: end of input, a lost peer and Ctrl-C alike
        print("Dialogue Over")
        s.close()
        sys.exit(0)
