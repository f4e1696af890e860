"""http-get, the client: fetches a page, prints its header, saves its body."""
import argparse
import socket
import sys

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument('--host', default='127.0.0.1')
parser.add_argument('--port', type=int, default=80)
args = parser.parse_args()

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect((args.host, args.port))
s.send(b'GET / HTTP/1.1\r\nHost: www.sina.com.cn\r\nConnection: close\r\n\r\n')
buffer = []
while True:
    d = s.recv(1024)
    if d:
        buffer.append(d)
    else:
        break
data = b''.join(buffer)
s.close()
header, blank_line, html = data.partition(b'\r\n\r\n')
if not blank_line:
    sys.exit('the answer has no blank line between header and body; nothing was saved')
print(header.decode())
with open('sina.html', 'wb') as f:
    f.write(html)
