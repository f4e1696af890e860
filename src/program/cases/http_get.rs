//! A page fetched from a server that sends it whole, in parts, or not.

use super::Act::{Blocked, Ended, Printed, Ready, Start, StartUnprivileged, Stop};
use super::Ending::{Exit, Stopped};
use super::Role::{Client, Server};
use super::{Case, expect};

/// The cases of `http-get`.
pub(super) static CASES: &[Case] = &[
    Case {
        program: "http-get",
        name: "default",
        doc: "The page in pieces of 1024 bytes; the header printed, the body saved.",
        script: &[Start(Server, &[]), Ready(0), Start(Client, &[]), Ended(1), Ended(0)],
        endings: &[Exit(0, "GET / HTTP/1.1"), Exit(0, "HTTP/1.1 200 OK")],
        calls: &[],
    },
    Case {
        program: "http-get",
        name: "keep-alive",
        doc: "The server keeps the connection open: b'' never comes, the client blocks.",
        script: &[
            Start(Server, &["--case", "keep-alive"]),
            Ready(0),
            Start(Client, &[]),
            Printed(0, "GET / HTTP/1.1"),
            Blocked(0),
            Blocked(1),
            Stop(1),
            Ended(0),
        ],
        endings: &[Exit(0, "GET / HTTP/1.1"), Stopped],
        calls: &[],
    },
    Case {
        program: "http-get",
        name: "reset",
        doc: "The server resets in mid-body: ECONNRESET, nothing is saved.",
        script: &[Start(Server, &["--case", "reset"]), Ready(0), Start(Client, &[]), Ended(1), Ended(0)],
        endings: &[Exit(0, "GET / HTTP/1.1"), Exit(1, "[Errno 104]")],
        calls: &[expect(1, "recvfrom", "ECONNRESET")],
    },
    Case {
        program: "http-get",
        name: "no-blank-line",
        doc: "Header and body are not separated: a clear error, nothing is saved.",
        script: &[Start(Server, &["--case", "no-blank-line"]), Ready(0), Start(Client, &[]), Ended(1), Ended(0)],
        endings: &[Exit(0, "GET / HTTP/1.1"), Exit(1, "no blank line between header and body")],
        calls: &[],
    },
    Case {
        program: "http-get",
        name: "privileged-port",
        doc: "A server on port 80 without CAP_NET_BIND_SERVICE: EACCES.",
        script: &[StartUnprivileged(Server, &["--port", "80"]), Ended(0)],
        endings: &[Exit(1, "[Errno 13]")],
        calls: &[expect(0, "bind", "EACCES")],
    },
];
