"""http-get's server: one page for one client, in the site's place."""
import argparse
import socket

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument('--host', default='127.0.0.1')
parser.add_argument('--port', type=int, default=80)
parser.add_argument('--case', choices=['keep-alive', 'reset', 'no-blank-line'])
args = parser.parse_args()

body = b'<!DOCTYPE html>\n<title>sockscope</title>\n' + b'<p>0123456789abcdef</p>\n' * 100
header = b'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d' % len(body)
if args.case == 'keep-alive':
    header += b'\r\nConnection: keep-alive'
if args.case == 'no-blank-line':
    response = header + b'\r\n'
elif args.case == 'reset':
    response = header + b'\r\n\r\n' + body[:100]
else:
    response = header + b'\r\n\r\n' + body

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind((args.host, args.port))
s.listen(5)
connection, address = s.accept()
request = connection.recv(1024)
print(request.decode().splitlines()[0], flush=True)
connection.sendall(response)
if args.case == 'keep-alive':
    connection.recv(1024)  # waits for the next request, as a real server would
if args.case == 'reset':
    # Linger on, for 0 seconds: close resets the connection.
    linger = (1).to_bytes(4, 'little') + (0).to_bytes(4, 'little')
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
connection.close()
s.close()
