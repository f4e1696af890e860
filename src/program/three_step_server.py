"""three-step, the server: listen, then a new thread for every connection."""
import argparse
import socket
import threading

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument('--host', default='127.0.0.1')
parser.add_argument('--port', type=int, default=8300)
parser.add_argument('--rounds', type=int, default=0, help='end after so many connections; 0: never')
args = parser.parse_args()


def confirm(connection, address):
    """Send this side's description and wait until the client has confirmed it."""
    connection.sendall(repr(connection.getsockname()).encode())
    print('连接确认', address, connection.recv(1024).decode(), flush=True)
    connection.close()


s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind((args.host, args.port))
s.listen(5)
print('服务器监听', s.getsockname(), flush=True)
threads = []
while args.rounds == 0 or len(threads) < args.rounds:
    connection, address = s.accept()
    thread = threading.Thread(target=confirm, args=(connection, address))
    thread.start()
    threads.append(thread)
    del connection  # the thread has it now
    print('继续监听', s.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN), flush=True)
for thread in threads:
    thread.join()
s.close()
