//! A program does not differ from itself: two runs of real programs, compared with all that chance changes between them.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking, with the reason on standard error")]

mod support;

use std::process::Command;

use support::interpreters;

/// How many pairs of runs may differ: in which order threads and signals come is a real difference, and on a busy machine
/// it is not always the same. What differs in every pair is no chance of that kind.
const PAIRS: usize = 5;

/// Panics unless two runs of a program make the same calls, but for what chance changes.
fn assert_same_as_itself(name: &str, program: &str) {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join(format!("{name}.py"));
    std::fs::write(&script, program).unwrap();
    let python = interpreters::python3().display();
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
    ($($name:ident: $program:literal,)*) => {
        $(#[test] fn $name() { assert_same_as_itself(stringify!($name), $program); })*
    };
}

programs! {
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
}
