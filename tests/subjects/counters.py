"""Programs whose every message says which connection and direction it belongs to and how many came before, so that
whoever pairs calls can be held against the bytes themselves. `counters.py WHAT [SIZE]`."""
import os
import random
import socket
import struct
import sys
import threading

RECORD = struct.Struct("<HHI")  # connection, direction, number


def records(connection, direction, count):
    return b"".join(RECORD.pack(connection, direction, n) for n in range(count))


def send_in_pieces(sock, data, chance):
    while data:
        n = sock.send(data[: chance.randrange(1, 61)])
        data = data[n:]


def receive_in_pieces(sock, chance):
    while sock.recv(chance.randrange(1, 47)):
        pass


def both_ways(sock, connection, direction, count, seed):
    chance = random.Random(seed)
    sender = threading.Thread(
        target=lambda: (send_in_pieces(sock, records(connection, direction, count), chance), sock.shutdown(socket.SHUT_WR)))
    sender.start()
    receive_in_pieces(sock, random.Random(seed + 1))
    sender.join()
    sock.close()


def tcp(size):
    """Eight clients in three processes, each connection used again and again under the same numbers."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=32)
    address = listener.getsockname()
    clients, rounds = 8, 2

    def serve():
        conns = []
        for at in range(clients * rounds):
            conn, _ = listener.accept()
            conns.append(threading.Thread(target=both_ways, args=(conn, 0, 1, size, at)))
            conns[-1].start()
        for thread in conns:
            thread.join()

    server = threading.Thread(target=serve)
    children = []
    for child in range(2):
        pid = os.fork()
        if pid == 0:
            listener.close()
            ask_all(address, range(1 + child * 3, 4 + child * 3), rounds, size)
            os._exit(0)
        children.append(pid)
    server.start()
    ask_all(address, range(7, 9), rounds, size)
    server.join()
    for pid in children:
        os.waitpid(pid, 0)


def ask_all(address, numbers, rounds, size):
    def one(number):
        for turn in range(rounds):
            sock = socket.create_connection(address)
            both_ways(sock, number * 100 + turn, 0, size, number * 7 + turn)

    threads = [threading.Thread(target=one, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def udp(size):
    """Three senders, a receiver that has little room and begins late: some are lost."""
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    receiver.bind(("127.0.0.1", 0))
    receiver.settimeout(0.3)
    address = receiver.getsockname()

    def send(connection):
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        if connection == 2:
            sock.connect(address)
        for n in range(size):
            data = RECORD.pack(connection, 0, n) + b"x" * (n % 300)
            sock.send(data) if connection == 2 else sock.sendto(data, address)

    threads = [threading.Thread(target=send, args=(connection,)) for connection in range(3)]
    for thread in threads:
        thread.start()
    got = 0
    try:
        while True:
            receiver.recvfrom(1000)
            got += 1
    except TimeoutError:
        pass
    for thread in threads:
        thread.join()
    print(got)


def unix(size):
    """Pairs and named sockets of each kind, in two processes."""
    folder = sys.argv[3]
    for kind in (socket.SOCK_DGRAM, socket.SOCK_SEQPACKET, socket.SOCK_STREAM):
        one, other = socket.socketpair(socket.AF_UNIX, kind)
        pid = os.fork()
        if pid == 0:
            one.close()
            for n in range(size):
                other.recv(100)
                other.send(RECORD.pack(kind, 1, n))
            os._exit(0)
        other.close()
        for n in range(size):
            one.send(RECORD.pack(kind, 0, n))
            one.recv(100)
        os.waitpid(pid, 0)
        one.close()
    path = os.path.join(folder, "box")
    box = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    box.bind(path)
    senders = [socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) for _ in range(2)]
    for n in range(size):
        for connection, sender in enumerate(senders):
            sender.sendto(RECORD.pack(10 + connection, 0, n), path)
        box.recvfrom(100), box.recv(100)


def passed(size):
    """Descriptors that are duplicated, inherited, passed in messages, and given out again by several threads."""
    one, other = socket.socketpair()

    def churn(number):
        for turn in range(size // 10):
            a, b = socket.socketpair()
            c = b.dup()
            b.close()
            a.send(RECORD.pack(number, 0, turn))
            c.recv(100)
            c.send(RECORD.pack(number, 1, turn))
            a.recv(100)
            a.close()
            c.close()

    threads = [threading.Thread(target=churn, args=(number + 1,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pid = os.fork()
    if pid == 0:
        one.close()
        for n in range(size):
            _, fds, _, _ = socket.recv_fds(other, 1, 1)
            with socket.socket(fileno=fds[0]) as sock:
                sock.recv(100)
                sock.send(RECORD.pack(300 + n, 1, n))
        os._exit(0)
    other.close()
    for n in range(size):
        a, b = socket.socketpair()
        socket.send_fds(one, [b"f"], [b.fileno()])
        b.close()
        a.send(RECORD.pack(300 + n, 0, n))
        a.recv(100)
        a.close()
    os.waitpid(pid, 0)


{"tcp": tcp, "udp": udp, "unix": unix, "passed": passed}[sys.argv[1]](int(sys.argv[2]))
