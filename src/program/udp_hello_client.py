"""udp-hello, the client: succeeds whether or not there is a server."""
import argparse
import socket

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument('--host', default='127.0.0.1')
parser.add_argument('--port', type=int, default=10000)
args = parser.parse_args()

c = socket.socket(type=socket.SOCK_DGRAM)
c.sendto('这是UDP的客户端'.encode('utf-8'), (args.host, args.port))
c.close()
