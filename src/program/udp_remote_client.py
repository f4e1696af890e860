"""udp-remote, the client: asks again, each time waiting twice as long."""
import argparse
import socket
import sys

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument('--host', help='must be given, as in the document')
parser.add_argument('--port', type=int, default=1060)
args = parser.parse_args()

if args.host is None:
    print('usage: udp_remote.py server [<interface>]', file=sys.stderr)
    print('   or: udp_remote.py client <host>', file=sys.stderr)
    sys.exit(2)

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
MAX = 65535
PORT = args.port
hostname = args.host
s.connect((hostname, PORT))
print('Client socket name is', s.getsockname(), flush=True)
delay = 0.1
while True:
    s.send(b'This is another message')
    print('Waiting up to', delay, 'seconds for a reply', flush=True)
    s.settimeout(delay)
    try:
        data = s.recv(MAX)
    except socket.timeout:
        delay *= 2  # wait even longer for the next request
        if delay > 2.0:
            raise RuntimeError('I think the server is down')
    else:
        break  # we are done, and can stop looping
print('The server says', repr(data))
