"""udp-local, the client: its address before and after the first sendto."""
import argparse
import socket

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument('--host', default='127.0.0.1')
parser.add_argument('--port', type=int, default=1060)
parser.add_argument('--case', choices=['too-long'], help='too-long: a datagram of MAX bytes')
args = parser.parse_args()

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
MAX = 65535
PORT = args.port
print('Address before sending:', s.getsockname(), flush=True)
message = b'x' * MAX if args.case == 'too-long' else b'This is my message'
s.sendto(message, (args.host, PORT))
print('Address after sending', s.getsockname(), flush=True)
data, address = s.recvfrom(MAX)  # overly promiscuous: takes a datagram from anyone
print('The server', address, 'says', repr(data))
