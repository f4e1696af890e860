//! One greeting over TCP or UDP, and what keeps it from arriving.

use super::Act::{Ended, HalfClosed, Hold, Ready, Start, Stop, Type};
use super::Ending::{Exit, Stopped};
use super::Role::{Client, Server};
use super::{Case, expect};

/// The cases of `tcp-hello` and `udp-hello`.
pub(super) static CASES: &[Case] = &[
    Case {
        program: "tcp-hello",
        name: "default",
        doc: "The client finds the server's port: one message, one recv(1024).",
        script: &[Start(Server, &[]), Ready(0), Start(Client, &[]), Ended(1), Ended(0)],
        endings: &[Exit(0, "b'hello \\xe6"), Exit(0, "")],
        calls: &[],
    },
    Case {
        program: "tcp-hello",
        name: "as-printed",
        doc: "The document's bug: the server listens on 8090, the client connects to 8080: ECONNREFUSED.",
        script: &[Start(Server, &[]), Ready(0), Hold, Start(Client, &[]), Ended(1), Stop(0)],
        endings: &[Stopped, Exit(1, "[Errno 111]")],
        calls: &[expect(1, "connect", "ECONNREFUSED")],
    },
    Case {
        program: "tcp-hello",
        name: "send-str",
        doc: "The document sends text: TypeError before any call, and the server gets b''.",
        script: &[Start(Server, &[]), Ready(0), Start(Client, &["--case", "send-str"]), Ended(1), Ended(0)],
        endings: &[Exit(0, "b''"), Exit(1, "TypeError: a bytes-like object is required, not 'str'")],
        calls: &[],
    },
    Case {
        program: "tcp-hello",
        name: "second-server",
        doc: "A second server while the first listens: EADDRINUSE.",
        script: &[Start(Server, &[]), Ready(0), Start(Server, &[]), Ended(1), Stop(0)],
        endings: &[Stopped, Exit(1, "[Errno 98]")],
        calls: &[expect(1, "bind", "EADDRINUSE")],
    },
    Case {
        program: "tcp-hello",
        name: "time-wait",
        doc: "The server again while its connection is in TIME_WAIT, without SO_REUSEADDR: EADDRINUSE.",
        script: &[
            Start(Server, &[]),
            Ready(0),
            Start(Client, &["--case", "time-wait"]),
            Ended(0),
            HalfClosed,
            Type(1, "\n"),
            Ended(1),
            Start(Server, &[]),
            Ended(2),
        ],
        endings: &[Exit(0, "b'hello \\xe6"), Exit(0, ""), Exit(1, "[Errno 98]")],
        calls: &[expect(2, "bind", "EADDRINUSE")],
    },
    Case {
        program: "udp-hello",
        name: "default",
        doc: "One datagram.",
        script: &[Start(Server, &[]), Ready(0), Start(Client, &[]), Ended(1), Ended(0)],
        endings: &[Exit(0, "b'\\xe8\\xbf\\x99"), Exit(0, "")],
        calls: &[],
    },
    Case {
        program: "udp-hello",
        name: "no-server",
        doc: "No server on the port: the client still succeeds.",
        script: &[Hold, Start(Client, &[]), Ended(0)],
        endings: &[Exit(0, "")],
        calls: &[],
    },
];
