//! Names that are asked for, of a server of ours: found, not found, refused, never answered.

use super::Act::{Choose, Ended, Hold, Ready, Start};
use super::Ending::Exit;
use super::Role::{Client, Server};
use super::{Case, seen};

/// The cases of this kind, program by program.
pub(super) static CASES: &[Case] = &[
    Case {
        program: "getname",
        name: "default",
        doc: "The loopback name server answers with the document's address.",
        script: &[Start(Server, &["--rounds", "1"]), Ready(0), Start(Client, &[]), Ended(1), Ended(0)],
        endings: &[Exit(0, ""), Exit(0, "The address of google.com is 173.194.72.113")],
        seen: &[],
    },
    Case {
        program: "getname",
        name: "nxdomain",
        doc: "The server says that there is no such name: gaierror -2 after one question.",
        script: &[
            Start(Server, &["--rounds", "1", "--case", "nxdomain"]),
            Ready(0),
            Start(Client, &["--host", "nosuchname.example"]),
            Ended(1),
            Ended(0),
        ],
        endings: &[Exit(0, ""), Exit(1, "[Errno -2] Name or service not known")],
        seen: &[],
    },
    Case {
        program: "getname",
        name: "servfail",
        doc: "The server fails: glibc asks once more, then gives gaierror -3.",
        script: &[
            Start(Server, &["--rounds", "2", "--case", "servfail"]),
            Ready(0),
            Start(Client, &[]),
            Ended(1),
            Ended(0),
        ],
        endings: &[Exit(0, ""), Exit(1, "[Errno -3] Temporary failure in name resolution")],
        seen: &[],
    },
    Case {
        program: "getname",
        name: "silent",
        doc: "The server takes the questions and says nothing: two timeouts, then gaierror -3.",
        script: &[
            Start(Server, &["--rounds", "2", "--case", "silent"]),
            Ready(0),
            Start(Client, &["--case", "silent"]),
            Ended(1),
            Ended(0),
        ],
        endings: &[Exit(0, ""), Exit(1, "[Errno -3] Temporary failure in name resolution")],
        seen: &[seen(1, "poll", "Timeout")],
    },
    Case {
        program: "getname",
        name: "absent",
        doc: "Nobody serves the port: poll reports the error at once, and once more on the second try.",
        script: &[Hold, Start(Client, &[]), Ended(0)],
        endings: &[Exit(1, "[Errno -3] Temporary failure in name resolution")],
        seen: &[seen(0, "poll", "POLLERR")],
    },
    Case {
        program: "getname",
        name: "truncated",
        doc: "The answer is marked as truncated: the same question again over TCP.",
        script: &[
            Choose,
            Start(Server, &["--rounds", "1", "--case", "truncated"]),
            Ready(0),
            Start(Client, &[]),
            Ended(1),
            Ended(0),
        ],
        endings: &[Exit(0, ""), Exit(0, "The address of google.com is 173.194.72.113")],
        seen: &[],
    },
    Case {
        program: "getname",
        name: "hosts-file",
        doc: "The name is in /etc/hosts: no name server is asked.",
        script: &[Hold, Start(Client, &["--host", "localhost"]), Ended(0)],
        endings: &[Exit(0, "The address of localhost is 127.0.0.1")],
        seen: &[],
    },
];
