"""udp-hello, the server: one datagram."""
import argparse
import socket

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument('--host', default='127.0.0.1')
parser.add_argument('--port', type=int, default=10000)
args = parser.parse_args()

s = socket.socket(type=socket.SOCK_DGRAM)
s.bind((args.host, args.port))
res = s.recv(1024)
print(res)
