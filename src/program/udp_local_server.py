"""udp-local, the server: says how long each datagram was."""
import argparse
import socket

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument('--host', default='127.0.0.1')
parser.add_argument('--port', type=int, default=1060)
parser.add_argument('--rounds', type=int, default=0, help='end after so many datagrams; 0: never')
args = parser.parse_args()

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
MAX = 65535
PORT = args.port
s.bind((args.host, PORT))
print('Listening at', s.getsockname(), flush=True)
rounds = 0
while args.rounds == 0 or rounds < args.rounds:
    rounds += 1
    data, address = s.recvfrom(MAX)
    print('The client at', address, 'says', repr(data), flush=True)
    s.sendto(b'Your data was %d bytes' % len(data), address)
