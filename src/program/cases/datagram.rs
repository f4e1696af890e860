//! Messages in UDP datagrams, on this machine and to one that may be down.

use super::Act::{Blocked, Ended, Hold, Printed, Ready, Start, Stop};
use super::Ending::{Exit, Stopped};
use super::Role::{Client, Server};
use super::{Case, expect};

/// The cases of `udp-local` and `udp-remote`.
pub(super) static CASES: &[Case] = &[
    Case {
        program: "udp-local",
        name: "default",
        doc: "One datagram there and one back; the client's address before and after sendto.",
        script: &[Start(Server, &["--rounds", "1"]), Ready(0), Start(Client, &[]), Ended(1), Ended(0)],
        endings: &[Exit(0, "says b'This is my message'"), Exit(0, "says b'Your data was 18 bytes'")],
        calls: &[],
    },
    Case {
        program: "udp-local",
        name: "no-server",
        doc: "No server on the port: the unconnected client gets no error and waits for ever.",
        script: &[Hold, Start(Client, &[]), Printed(0, "Address after sending"), Blocked(0), Stop(0)],
        endings: &[Stopped],
        calls: &[],
    },
    Case {
        program: "udp-local",
        name: "too-long",
        doc: "A datagram of 65535 bytes, the document's maximum: EMSGSIZE.",
        script: &[Hold, Start(Client, &["--case", "too-long"]), Ended(0)],
        endings: &[Exit(1, "[Errno 90]")],
        calls: &[expect(0, "sendto", "EMSGSIZE")],
    },
    Case {
        program: "udp-local",
        name: "second-server",
        doc: "A second server on the same port: EADDRINUSE.",
        script: &[Start(Server, &[]), Ready(0), Start(Server, &[]), Ended(1), Stop(0)],
        endings: &[Stopped, Exit(1, "[Errno 98]")],
        calls: &[expect(1, "bind", "EADDRINUSE")],
    },
    Case {
        program: "udp-remote",
        name: "default",
        doc: "The server answers at once.",
        script: &[
            Start(Server, &["--rounds", "1", "--drop", "none"]),
            Ready(0),
            Start(Client, &[]),
            Ended(1),
            Ended(0),
        ],
        endings: &[Exit(0, "says: b'This is another message'"), Exit(0, "The server says b'Your data was 23 bytes'")],
        calls: &[],
    },
    Case {
        program: "udp-remote",
        name: "drops",
        doc: "Two datagrams are lost: the client waits 0.1 and 0.2 seconds, then gets its answer.",
        script: &[Start(Server, &["--rounds", "3", "--drop", "1,2"]), Ready(0), Start(Client, &[]), Ended(1), Ended(0)],
        endings: &[Exit(0, "Pretending to drop packet from"), Exit(0, "Waiting up to 0.4 seconds for a reply")],
        calls: &[expect(1, "poll", "Timeout")],
    },
    Case {
        program: "udp-remote",
        name: "server-down",
        doc: "All five datagrams are lost: RuntimeError after 3.1 seconds.",
        script: &[
            Start(Server, &["--rounds", "5", "--drop", "1,2,3,4,5"]),
            Ready(0),
            Start(Client, &[]),
            Ended(1),
            Ended(0),
        ],
        endings: &[Exit(0, "Pretending to drop packet from"), Exit(1, "RuntimeError: I think the server is down")],
        calls: &[expect(1, "poll", "Timeout")],
    },
    Case {
        program: "udp-remote",
        name: "no-server",
        doc: "No server on the port: the connected client gets ECONNREFUSED on recv.",
        script: &[Hold, Start(Client, &[]), Ended(0)],
        endings: &[Exit(1, "[Errno 111]")],
        calls: &[expect(0, "recvfrom", "ECONNREFUSED")],
    },
    Case {
        program: "udp-remote",
        name: "wrong-usage",
        doc: "No host given: the usage on standard error, exit code 2, no call.",
        script: &[Start(Client, &[]), Ended(0)],
        endings: &[Exit(2, "   or: udp_remote.py client <host>")],
        calls: &[],
    },
];
