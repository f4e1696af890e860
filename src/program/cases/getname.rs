//! Name lookups at our own name server: found, not found, failed, never answered.

use super::Act::{Choose, Ended, Hold, Ready, Start};
use super::Ending::Exit;
use super::Role::{Client, Server};
use super::{Case, expect};

/// The cases of `getname`.
pub(super) static CASES: &[Case] = &[
    Case {
        program: "getname",
        name: "default",
        doc: "The loopback name server answers with the document's address.",
        script: &[Start(Server, &["--rounds", "1"]), Ready(0), Start(Client, &[]), Ended(1), Ended(0)],
        endings: &[Exit(0, ""), Exit(0, "The address of google.com is 173.194.72.113")],
        calls: &[],
    },
    Case {
        program: "getname",
        name: "nxdomain",
        doc: "The server reports that there is no such name: gaierror -2 after one question.",
        script: &[
            Start(Server, &["--rounds", "1", "--case", "nxdomain"]),
            Ready(0),
            Start(Client, &["--host", "nosuchname.example"]),
            Ended(1),
            Ended(0),
        ],
        endings: &[Exit(0, ""), Exit(1, "[Errno -2] Name or service not known")],
        calls: &[],
    },
    Case {
        program: "getname",
        name: "servfail",
        doc: "The server fails: glibc asks once more, then reports gaierror -3.",
        script: &[
            Start(Server, &["--rounds", "2", "--case", "servfail"]),
            Ready(0),
            Start(Client, &[]),
            Ended(1),
            Ended(0),
        ],
        endings: &[Exit(0, ""), Exit(1, "[Errno -3] Temporary failure in name resolution")],
        calls: &[],
    },
    Case {
        program: "getname",
        name: "silent",
        doc: "The server receives the questions and never answers: two timeouts, then gaierror -3.",
        script: &[
            Start(Server, &["--rounds", "2", "--case", "silent"]),
            Ready(0),
            Start(Client, &["--case", "silent"]),
            Ended(1),
            Ended(0),
        ],
        endings: &[Exit(0, ""), Exit(1, "[Errno -3] Temporary failure in name resolution")],
        calls: &[expect(1, "poll", "Timeout")],
    },
    Case {
        program: "getname",
        name: "absent",
        doc: "No server on the port: poll reports the error at once, and again on the second try.",
        script: &[Hold, Start(Client, &[]), Ended(0)],
        endings: &[Exit(1, "[Errno -3] Temporary failure in name resolution")],
        calls: &[expect(0, "poll", "POLLERR")],
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
        calls: &[],
    },
    Case {
        program: "getname",
        name: "hosts-file",
        doc: "The name is in /etc/hosts: no name server is asked.",
        script: &[Hold, Start(Client, &["--host", "localhost"]), Ended(0)],
        endings: &[Exit(0, "The address of localhost is 127.0.0.1")],
        calls: &[],
    },
];
