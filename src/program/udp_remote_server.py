"""udp-remote, the server: answers a datagram or pretends to lose it."""
import argparse
import random
import socket

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument('--host', default='', help='the interface; empty: all')
parser.add_argument('--port', type=int, default=1060)
parser.add_argument('--rounds', type=int, default=0, help='end after so many datagrams; 0: never')
parser.add_argument('--drop', metavar='N,N…', help='lose exactly these datagrams, counted from 1; '
                    '"none": lose none; left out: lose at random, as the document does')
args = parser.parse_args()


def keep(number):
    if args.drop is None:
        return random.randint(0, 1)
    return args.drop == 'none' or str(number) not in args.drop.split(',')


s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
MAX = 65535
PORT = args.port
interface = args.host
s.bind((interface, PORT))
print('Listening at', s.getsockname(), flush=True)
rounds = 0
while args.rounds == 0 or rounds < args.rounds:
    rounds += 1
    data, address = s.recvfrom(MAX)
    if keep(rounds):
        print('The client at', address, 'says:', repr(data), flush=True)
        s.sendto(b'Your data was %d bytes' % len(data), address)
    else:
        print('Pretending to drop packet from', address, flush=True)
