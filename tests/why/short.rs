//! Less taken than given: what is claimed rests on what was left, and what only ended is quiet.

use crate::harness::{trace, words};

/// What a program that must succeed met, in order: the call, and its explanation.
fn shorts(calls: &str, code: &str) -> Vec<(String, String)> {
    let run = trace(&["-e", &format!("trace={calls}")], code);
    assert!(!run.stderr.contains("Error"), "{}", run.stderr);
    let explained = run.events.iter().filter(|event| event["why"]["cause"].is_string());
    explained.map(|event| (event["syscall"].as_str().unwrap().to_owned(), words(event))).collect()
}

#[test]
fn a_copy_that_found_no_room_is_short_and_one_that_came_to_the_end_is_not() {
    let code = "import os, tempfile\nfrom socket import *\n\
                f = tempfile.TemporaryFile(); f.truncate(1 << 24)\n\
                a, b = socketpair(); a.setblocking(False)\n\
                n = os.sendfile(a.fileno(), f.fileno(), 0, 1 << 24); assert 0 < n < 1 << 24, n\n\
                while n: n -= len(b.recv(n))\n\
                assert os.sendfile(a.fileno(), f.fileno(), (1 << 24) - 10, 4096) == 10\n\
                os.lseek(f.fileno(), -5, os.SEEK_END)\n\
                assert os.sendfile(a.fileno(), f.fileno(), None, 4096) == 5\n";
    let all = shorts("sendfile", code);
    let [(call, text)] = all.as_slice() else { panic!("{all:#?}") };
    assert_eq!(call, "sendfile");
    let expected = " of 16777216 bytes were taken: the send buffer (SO_SNDBUF is ";
    assert!(text.starts_with("Only ") && text.contains(expected), "{text}");
}

#[test]
fn a_splice_is_about_what_it_writes_to() {
    let code = "import ctypes, os, tempfile\nlibc = ctypes.CDLL(None)\nfrom socket import *\n\
                def splice(a, b, n): return libc.splice(a, None, b, None, ctypes.c_size_t(n), 2)\n\
                f = tempfile.TemporaryFile(); f.truncate(1 << 24)\n\
                r, w = os.pipe(); a, b = socketpair(); a.setblocking(False)\n\
                n = splice(f.fileno(), w, 1 << 24); assert 0 < n < 1 << 24, n\n\
                assert splice(r, a.fileno(), 1 << 24) == n\n\
                print('pipe', w)\n";
    let all = shorts("splice", code);
    // The pipe took what it holds; all of that went on, which is no failure.
    let [(_, text)] = all.as_slice() else { panic!("{all:#?}") };
    let pipe = text.split(" bytes were taken: the pipe of descriptor ").nth(1).unwrap_or_else(|| panic!("{text}"));
    assert!(pipe.contains(" had no more room, ") && pipe.contains(" bytes in it are not read; this process"), "{text}");
}

#[test]
fn messages_that_were_not_sent_are_explained_as_far_as_it_is_known() {
    let code = "import ctypes, struct\nfrom socket import *\nlibc = ctypes.CDLL(None)\n\
                def send(s, sizes):\n\
                \x20   data = ctypes.create_string_buffer(70000); text = ctypes.create_string_buffer\n\
                \x20   parts = [text(struct.pack('PN', ctypes.addressof(data), n), 16) for n in sizes]\n\
                \x20   head = [struct.pack('PI4xPNPNi4xI4x', 0, 0, ctypes.addressof(p), 1, 0, 0, 0, 0) for p in parts]\n\
                \x20   return libc.sendmmsg(s.fileno(), text(b''.join(head), 64 * len(head)), len(sizes), 0)\n\
                u = socket(type=SOCK_DGRAM); u.bind(('127.0.0.1', 0))\n\
                c = socket(type=SOCK_DGRAM); c.connect(u.getsockname())\n\
                assert send(c, [1, 2, 70000, 3]) == 2\n\
                assert send(c, [0] * 1030) == 1024\n\
                assert send(c, [1, 2]) == 2\n\
                c.settimeout(0.05)\n\
                try: c.recv(1)\n\
                except timeout: pass\n";
    let all = shorts("%net,poll", code);
    let [(_, long), (_, many), (_, silent), ..] = all.as_slice() else { panic!("{all:#?}") };
    assert!(silent.contains(", and 6 bytes sent on it before had no answer."), "{silent}");
    let expected = "Only 2 of 4 messages were sent: message 3 has 70000 bytes, and UDP carries 65507 over IPv4.";
    let advice = "Send again from message 3 on: an error that lasts is reported then.";
    assert!(long.starts_with(expected) && long.ends_with(advice), "{long}");
    assert!(many.starts_with("Only 1024 of 1030 messages were sent: no call sends more at once."), "{many}");
}

#[test]
fn a_send_that_waited_does_not_blame_the_buffer_alone() {
    let code = "import struct\nfrom socket import *\na, b = socketpair()\n\
                a.setsockopt(SOL_SOCKET, SO_SNDTIMEO, struct.pack('ll', 0, 50000))\n\
                assert a.send(bytes(1 << 24)) < 1 << 24\n";
    let all = shorts("sendto", code);
    let [(_, text)] = all.as_slice() else { panic!("{all:#?}") };
    assert!(text.contains(" had no more room, and it waits no longer than 5"), "{text}");
}
