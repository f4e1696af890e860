//! A program does not differ from itself: two runs of real programs, compared with all that chance changes between them.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking, with the reason on standard error")]

mod support;

use std::path::Path;
use std::process::Command;

use support::interpreters;
use support::needs::{Need, have, python_with_packages};

/// How many pairs of runs may differ: in which order threads and signals come is a real difference, and on a busy machine
/// it is not always the same (`asyncio_subprocess` differs in two pairs of five there). What differs in every pair is no
/// chance of that kind.
const PAIRS: usize = 12;

/// Panics unless two runs of a program make the same calls, but for what chance changes.
fn assert_same_as_itself(name: &str, program: &str) {
    assert_same_in(interpreters::python3(), name, program);
}

/// The same with the packages of `tests/requirements.txt`.
fn assert_same_with_packages(name: &str, program: &str) {
    if have(Need::Packages) {
        assert_same_in(&python_with_packages(), name, program);
    }
}

fn assert_same_in(python: &Path, name: &str, program: &str) {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join(format!("{name}.py"));
    std::fs::write(&script, program).unwrap();
    let python = python.display();
    let command = format!("{python} {}", script.display());
    let mut last = String::new();
    for _ in 0..PAIRS {
        let mut compare = Command::new(env!("CARGO_BIN_EXE_sockscope"));
        compare.args(["compare", "--left-run", &command, "--right-run", &command]);
        let out = compare.env("COLUMNS", "200").output().unwrap();
        let (text, errors) = (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
        assert!(!errors.contains("Traceback"), "{name}: {errors}");
        match out.status.code() {
            Some(0) => return,
            code => last = format!("{code:?}: {text}{errors}"),
        }
    }
    panic!("{name} differs from itself in each of {PAIRS} pairs of runs, last with exit code {last}");
}

macro_rules! programs {
    ($assert:ident, $($name:ident: $program:literal,)*) => {
        $(#[test] fn $name() { $assert(stringify!($name), $program); })*
    };
}

programs! {
    assert_same_as_itself,
    asyncio_in_a_thread: "
import asyncio, threading
t = threading.Thread(target=lambda: asyncio.run(asyncio.sleep(0))); t.start(); t.join()
",
    asyncio_sleeps: "
import asyncio
async def main():
    for seconds in (0.01, 0.03, 0.05): await asyncio.sleep(seconds)
asyncio.run(main())
",
    asyncio_streams: "
import asyncio
async def serve(r, w):
    w.write(await r.readline()); await w.drain(); w.close()
async def main():
    server = await asyncio.start_server(serve, '127.0.0.1', 0)
    r, w = await asyncio.open_connection(*server.sockets[0].getsockname())
    w.write(b'hi\\n'); assert await r.read() == b'hi\\n'
    w.close(); server.close()
asyncio.run(main())
",
    asyncio_datagrams: "
import asyncio
class Echo(asyncio.DatagramProtocol):
    def connection_made(self, t): self.t = t
    def datagram_received(self, data, peer): self.t.sendto(data, peer)
class Ask(asyncio.DatagramProtocol):
    def __init__(self, done): self.done = done
    def connection_made(self, t): t.sendto(b'x')
    def datagram_received(self, data, peer): self.done.set_result(data)
async def main():
    loop = asyncio.get_running_loop()
    t, _ = await loop.create_datagram_endpoint(Echo, local_addr=('127.0.0.1', 0))
    done = loop.create_future()
    await loop.create_datagram_endpoint(lambda: Ask(done), remote_addr=t.get_extra_info('sockname'))
    assert await asyncio.wait_for(done, 30) == b'x'
asyncio.run(main())
",
    asyncio_subprocess: "
import asyncio, sys
async def main():
    p = await asyncio.create_subprocess_exec('true'); assert await p.wait() == 0
asyncio.run(main())
",
    threads_over_a_socket_pair: "
import socket, threading
a, b = socket.socketpair()
t = threading.Thread(target=lambda: b.sendall(b.recv(9))); t.start()
a.sendall(b'abc'); assert a.recv(9) == b'abc'; t.join()
",
    subprocess_with_pipes: "
import subprocess
assert subprocess.run(['cat'], input=b'x', stdout=subprocess.PIPE).stdout == b'x'
",
    http_server_and_client: "
import http.server, threading, urllib.request
class H(http.server.BaseHTTPRequestHandler):
    def do_GET(self): self.send_response(204); self.end_headers()
    def log_message(self, *a): pass
    def date_time_string(self, *a): return 'now'
s = http.server.HTTPServer(('127.0.0.1', 0), H)
t = threading.Thread(target=s.handle_request); t.start()
no_proxy = urllib.request.build_opener(urllib.request.ProxyHandler({}))
ask = urllib.request.Request('http://127.0.0.1:%d/' % s.server_port, headers={'Host': 'here'}) # the port is chosen
assert no_proxy.open(ask).status == 204
t.join(); s.server_close()
",
    threading_socketserver: "
import socket, socketserver, threading
class H(socketserver.StreamRequestHandler):
    def handle(self): self.wfile.write(self.rfile.readline())
s = socketserver.ThreadingTCPServer(('127.0.0.1', 0), H)
t = threading.Thread(target=s.handle_request); t.start()
c = socket.create_connection(s.server_address); c.sendall(b'hi\\n'); assert c.recv(9) == b'hi\\n'
t.join(); c.close(); s.server_close()
",
    selectors_with_a_deadline: "
import selectors, socket, time
a, b = socket.socketpair(); s = selectors.DefaultSelector(); s.register(a, selectors.EVENT_READ)
end = time.monotonic() + 60
s.select(0.02); b.send(b'x')
assert s.select(end - time.monotonic())
",
    poll_until_a_deadline: "
import select, socket, time
a, b = socket.socketpair(); p = select.poll(); p.register(a, select.POLLIN); b.send(b'x')
assert p.poll(30_000 - time.time_ns() % 7)
",
    timeouts_of_sockets: "
import socket
s = socket.create_server(('127.0.0.1', 0)); c = socket.create_connection(s.getsockname(), timeout=30)
a, _ = s.accept(); c.settimeout(0.02)
try: c.recv(1)
except TimeoutError: pass
",
    curl_from_a_server: "
import http.server, subprocess, threading
class H(http.server.BaseHTTPRequestHandler):
    def do_GET(self): self.send_response(204); self.end_headers()
    def log_message(self, *a): pass
    def date_time_string(self, *a): return 'now'
s = http.server.HTTPServer(('127.0.0.1', 0), H)
t = threading.Thread(target=s.handle_request); t.start()
subprocess.run(['curl', '-s', '-H', 'Host: here', 'http://127.0.0.1:%d/' % s.server_port], check=True)
t.join(); s.server_close()
",
    executor_of_threads: "
import concurrent.futures, socket
pairs = [socket.socketpair() for _ in range(3)]
def echo(pair): pair[1].sendall(pair[1].recv(9))
with concurrent.futures.ThreadPoolExecutor(1) as pool:
    done = [pool.submit(echo, pair) for pair in pairs]
    for a, _ in pairs: a.sendall(b'abc'); assert a.recv(9) == b'abc'
    [future.result() for future in done]
",
    multiprocessing_with_a_pipe: "
import multiprocessing
def work(pipe): pipe.send(pipe.recv() + 1); pipe.close()
if __name__ == '__main__':
    context = multiprocessing.get_context('fork')
    ours, theirs = context.Pipe()
    p = context.Process(target=work, args=(theirs,)); p.start(); ours.send(1); assert ours.recv() == 2; p.join()
",
    chat_with_select: "
import select, socket
l = socket.create_server(('127.0.0.1', 0)); clients = [socket.create_connection(l.getsockname()) for _ in range(2)]
members = [l.accept()[0] for _ in clients]
for client in clients:
    client.sendall(b'hello')
    ready, _, _ = select.select(members, [], [])
    for member in ready:
        text = member.recv(99)
        for other in members:
            if other is not member: other.sendall(text)
assert [client.recv(99) for client in clients] == [b'hello', b'hello']
",
    descriptors_over_a_socket: "
import array, os, socket
a, b = socket.socketpair(); r, w = os.pipe()
a.sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [w]))])
data, more, flags, _ = b.recvmsg(9, socket.CMSG_SPACE(4))
os.write(array.array('i', more[0][2])[0], b'through'); assert os.read(r, 9) == b'through'
",
}

programs! {
    assert_same_with_packages,
    requests_in_a_session: "
import http.server, requests, threading
class H(http.server.BaseHTTPRequestHandler):
    wbufsize = -1 # head and body at once
    def do_GET(self): self.send_response(200); self.send_header('Content-Length', '2'); self.end_headers(); self.wfile.write(b'hi')
    def log_message(self, *a): pass
    def date_time_string(self, *a): return 'now'
s = http.server.HTTPServer(('127.0.0.1', 0), H)
t = threading.Thread(target=lambda: [s.handle_request() for _ in range(2)]); t.start()
with requests.Session() as session:
    session.trust_env = False
    for _ in range(2):
        answer = session.get('http://127.0.0.1:%d/' % s.server_port, headers={'Host': 'here'})
        assert answer.text == 'hi'
t.join(); s.server_close()
",
    aiohttp_client_and_server: "
import aiohttp, asyncio
from aiohttp import web
async def main():
    app = web.Application(); app.router.add_get('/', handle)
    runner = web.AppRunner(app, access_log=None); await runner.setup()
    site = web.TCPSite(runner, '127.0.0.1', 0); await site.start()
    port = site._server.sockets[0].getsockname()[1]
    async with aiohttp.ClientSession() as session:
        async with session.get('http://127.0.0.1:%d/' % port, headers={'Host': 'here'}) as answer:
            assert await answer.text() == 'hi'
    await runner.cleanup()
async def handle(request): return web.Response(text='hi', headers={'Date': 'now'})
asyncio.run(main())
",
    redis_client: "
import redis, socket, threading
def serve(listener):
    c, _ = listener.accept(); f = c.makefile('rwb')
    while line := f.readline():
        words = []
        for _ in range(int(line[1:])): f.readline(); words.append(f.readline().strip().upper())
        f.write(b'+PONG\\r\\n' if words[0] == b'PING' else b'+OK\\r\\n'); f.flush()
l = socket.create_server(('127.0.0.1', 0)); t = threading.Thread(target=serve, args=(l,)); t.start()
r = redis.Redis(port=l.getsockname()[1], protocol=2, socket_timeout=30)
assert r.ping(); r.close(); t.join(); l.close()
",
}
