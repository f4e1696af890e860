"""getname's name server: answers every question with the document's address.

It ends after --rounds questions; 0 means never.
"""
import argparse
import socket

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument('--host', default='127.0.0.1')
parser.add_argument('--port', type=int, default=5300)
parser.add_argument('--rounds', type=int, default=0)
parser.add_argument('--case', choices=['nxdomain', 'servfail', 'silent', 'truncated'])
args = parser.parse_args()

ADDRESS = '173.194.72.113'


def answer(question):
    """The reply to a question: header, the question again, and one A record."""
    end = question.index(b'\0', 12) + 5  # past the name, its type and class
    records = 0
    flags = 0x8180  # an answer, recursion desired and available
    if args.case == 'nxdomain':
        flags |= 3
    elif args.case == 'servfail':
        flags |= 2
    else:
        records = 1
    header = question[:2] + flags.to_bytes(2, 'big') + b'\0\1' + records.to_bytes(2, 'big') + bytes(4)
    record = b'\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4' + socket.inet_aton(ADDRESS)
    return header + question[12:end] + record * records


port = args.port
if args.case == 'truncated':
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.bind((args.host, port))
    listener.listen(1)
    port = listener.getsockname()[1]  # UDP and TCP share the number
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind((args.host, port))

rounds = 0
while args.rounds == 0 or rounds < args.rounds:
    rounds += 1
    question, client = s.recvfrom(512)
    if args.case == 'silent':
        continue
    if args.case != 'truncated':
        s.sendto(answer(question), client)
        continue
    cut = bytearray(answer(question))
    cut[2] |= 2  # TC: the answer did not fit, ask again over TCP
    s.sendto(cut, client)
    connection, client = listener.accept()
    question = connection.recv(514)[2:]  # TCP puts two bytes of length in front
    reply = answer(question)
    connection.sendall(len(reply).to_bytes(2, 'big') + reply)
    connection.close()
s.close()
if args.case == 'truncated':
    listener.close()
