"""tcp-hello, the client. Its port is the document's 8080, the server's is 8090."""
import argparse
import socket

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument('--host', default='127.0.0.1')
parser.add_argument('--port', type=int, default=8080)
parser.add_argument('--case', choices=['send-str', 'time-wait'])
args = parser.parse_args()

c = socket.socket()
server_address = (args.host, args.port)
c.connect(server_address)
message = 'hello 我是客户端'
if args.case != 'send-str':  # the document sends text, which Python 3 refuses
    message = message.encode()
c.send(message)
if args.case == 'time-wait':
    c.recv(1)  # lets the server close first, so its side waits in TIME_WAIT
    input()  # until the server's side knows that we know
c.close()
