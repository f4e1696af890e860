//! Waits on several descriptors, through poll, select and epoll: what they found, and what they waited for in vain.

use regex::Regex;

use crate::harness::{convert, trace, words};
use crate::support::alone;

/// Each wait of the script with its cause, in order; those without one are not listed.
fn explained(options: &[&str], code: &str, expected: &[(&str, &str, &str)]) {
    let run = trace(options, code);
    let waits = ["poll", "pselect6", "select", "epoll_wait", "epoll_pwait", "epoll_pwait2"];
    let found: Vec<_> = run
        .events
        .iter()
        .filter(|event| waits.contains(&event["syscall"].as_str().unwrap_or_default()))
        .filter(|event| event["why"]["cause"].is_string())
        .collect();
    for (event, (call, cause, pattern)) in found.iter().zip(expected) {
        assert!(event["syscall"].as_str().unwrap().starts_with(call), "{call}: {event}");
        assert_eq!(event["why"]["cause"], *cause, "{event}");
        assert!(Regex::new(pattern).unwrap().is_match(&words(event)), "{pattern}: {}", words(event));
    }
    assert_eq!(found.len(), expected.len(), "{}\n{}", run.shown(), run.stderr);
}

const BEGINNING: &str = "import asyncio, os, select, selectors, socket as so, socketserver, threading\n\
    def wait(s, events=1, timeout=9):\n    e = select.epoll(); e.register(s, events); e.poll(timeout); e.close()\n\
    l = so.create_server(('127.0.0.1', 0)); k = so.create_connection(l.getsockname()); s, _ = l.accept()\n\
    u = so.socket(type=so.SOCK_DGRAM); u.bind(('127.0.0.1', 0)); q = so.socket(type=so.SOCK_DGRAM)\n";

#[test]
fn what_epoll_reports_has_its_cause() {
    if alone(what_epoll_reports_has_its_cause) {
        return;
    }
    let code = "f = so.socket(); f.bind(('127.0.0.1', 0)); a = f.getsockname(); f.close()\n\
        c = so.socket(); c.setblocking(0); c.connect_ex(a); wait(c)\n\
        x, y = so.socketpair(); y.close(); wait(x)\n\
        r, w = os.pipe(); os.close(r); wait(w, 4)\n\
        x, y = so.socketpair(); y.shutdown(so.SHUT_WR); wait(x, 0x2000)\n\
        q.sendto(b'question', u.getsockname()); wait(q, timeout=.05)\n\
        k.send(b'GET /'); wait(k, timeout=.05)\n\
        e = select.epoll(); e.register(k, 1); e.register(q, 1); e.poll(.05)\n";
    let met = [
        ("epoll", "error-waits", r"^The socket of descriptor \d+ to 127\.0\.0\.1:\d+ has an error .*\(EPOLLERR\)"),
        ("epoll", "both-ends-closed", r"no connection any more.*\(EPOLLHUP\)"),
        ("epoll", "pipe-without-reader", r"Nobody reads the pipe of descriptor \d+ any more \(EPOLLERR\)"),
        ("epoll", "peer-ended-sending", r"closed or ended sending \(EPOLLRDHUP\)"),
        ("epoll", "nothing-in-time", r"descriptor \d+ to 127\.0\.0\.1:\d+ within 50 ms, and 8 bytes sent on it before"),
        (
            "epoll",
            "nothing-in-time",
            r"to 127\.0\.0\.1:\d+ \(ESTABLISHED\) within 50 ms, and 5 bytes sent on it .* with 5 bytes it has not read",
        ),
        ("epoll", "nothing-in-time", r"within 50 ms on any of 2 descriptors: \d+ \(127\.0\.0\.1:\d+\), \d+ \("),
    ];
    let code = format!("{BEGINNING}{code}");
    explained(&["--why=all", "-e", "trace=%net,%desc,pipe2"], &code, &met);
}

#[test]
fn a_timeout_is_a_failure_where_somebody_waits_for_an_answer() {
    if alone(a_timeout_is_a_failure_where_somebody_waits_for_an_answer) {
        return;
    }
    // A server looks at the clock, a loop has timers, a parent is woken by its own pipe: nobody is waited for.
    let quiet = "wait(l, timeout=.02); wait(s, timeout=.02)\n\
        p = select.poll(); p.register(l, 1); p.poll(20)\n\
        select.select([l], [], [], .02)\n\
        r, w = os.pipe(); select.select([r], [], [], .02)\n\
        select.select([l, r], [], [], .02)\n\
        x, y = so.socketpair(); select.select([s, x], [], [], .02)\n\
        server = socketserver.TCPServer(('127.0.0.1', 0), None)\n\
        threading.Timer(.1, server.shutdown).start(); server.serve_forever(.02)\n\
        async def main():\n    \
            a, b = await asyncio.open_connection(*l.getsockname()); b.write(b'question'); await asyncio.sleep(.02); b.close()\n\
        asyncio.run(main())\n";
    let loud = "k.send(b'question'); x, y = so.socketpair(); select.select([k, x], [], [], .02)\n\
        s.send(b'answer'); k.recv(9); select.select([k, x], [], [], .02); select.select([k], [], [], .02)\n";
    let met = [
        ("pselect6", "nothing-in-time", r"within 20 ms on any of 2 descriptors: \d+ \(127\.0\.0\.1:\d+\), \d+\."),
        (
            "pselect6",
            "nothing-in-time",
            r"^Nothing happened on descriptor \d+ to 127\.0\.0\.1:\d+ \(ESTABLISHED\) within 20 ms\.",
        ),
    ];
    explained(&["-e", "trace=%net,%desc,pipe2"], &format!("{BEGINNING}{quiet}{loud}"), &met);
}

#[test]
fn a_text_shows_what_epoll_watched() {
    let out = convert(
        "socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3\n\
         connect(3, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr(\"127.0.0.1\")}, 16) = 0\n\
         sendto(3, \"GET\", 3, 0, NULL, 0) = 3\n\
         epoll_create1(EPOLL_CLOEXEC) = 4\n\
         epoll_ctl(4, EPOLL_CTL_ADD, 3, {events=EPOLLIN, data={u32=7, u64=7}}) = 0\n\
         epoll_wait(4, [], 8, 500) = 0\n\
         epoll_wait(4, [{events=EPOLLIN|EPOLLERR|EPOLLHUP, data={u32=7, u64=7}}], 8, 500) = 1\n\
         epoll_wait(4, [{events=EPOLLERR, data={u32=8, u64=8}}], 8, 500) = 1\n\
         close(3) = 0\n\
         epoll_wait(4, [{events=EPOLLIN|EPOLLERR|EPOLLHUP, data={u32=7, u64=7}}], 8, 500) = 1\n",
        &[],
    );
    let why: Vec<&str> = out.lines().filter_map(|line| line.strip_prefix("    why: ")).collect();
    let [waited, found] = why.as_slice() else { panic!("{out}") };
    assert!(waited.contains("on descriptor 3 to 127.0.0.1:80 (ESTABLISHED) within 500 ms, and 3 bytes sent"), "{out}");
    assert!(
        found.contains("The socket of descriptor 3 to 127.0.0.1:80 has an error to be fetched (EPOLLERR)"),
        "{out}"
    );
}

#[test]
fn sendfile_finds_no_room_as_send_does() {
    if alone(sendfile_finds_no_room_as_send_does) {
        return;
    }
    let code = "import os, socket as so, tempfile\n\
        l = so.create_server(('127.0.0.1', 0)); c = so.create_connection(l.getsockname()); s, _ = l.accept()\n\
        f = tempfile.TemporaryFile(); f.truncate(1 << 26); c.setblocking(0)\n\
        try:\n    while 1: os.sendfile(c.fileno(), f.fileno(), 0, 1 << 24)\n\
        except BlockingIOError: pass";
    let run = trace(&["--why=all", "-e", "trace=%net,%desc"], code);
    let sent = run.explained("sendfile");
    assert_eq!((sent["errno"].as_str(), sent["why"]["cause"].as_str()), (Some("EAGAIN"), Some("send-buffer-full")));
    let pattern = r"^The send buffer is full: \d+ bytes wait .*, and the socket is nonblocking since `ioctl\(.*with \d+ bytes it has not read";
    assert!(Regex::new(pattern).unwrap().is_match(&words(sent)), "{}", words(sent));
}
