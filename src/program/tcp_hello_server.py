"""tcp-hello, the server: one connection, one recv."""
import argparse
import socket

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument('--host', default='127.0.0.1')
parser.add_argument('--port', type=int, default=8090)
args = parser.parse_args()

s = socket.socket()
address = (args.host, args.port)
s.bind((address))
print('服务器已启动', flush=True)
s.listen(5)
client, c_address = s.accept()
print('有一个连接已建立', flush=True)
res = client.recv(1024)
print(res)
s.close()
