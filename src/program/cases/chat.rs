//! Conversations over TCP: which side sends first, which closes first, and what is left behind.

use super::Act::{Blocked, Close, Ended, Hold, Printed, Ready, Reset, Start, Stop, Type};
use super::Ending::{Exit, Stopped};
use super::Role::{Client, Server};
use super::{Act, Case, expect};

/// 342 characters of three bytes each, 1026 bytes: the 1024th is the first byte
/// of the last character.
const LONG_LINE: &str = concat!(
    "字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字",
    "字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字",
    "字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字",
    "字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字",
    "字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字",
    "字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字",
    "\n"
);

/// A whole conversation; the client's input ends only after the server has
/// ended, so that the server is always the first to close.
const SMALL_TALK: [Act; 5] =
    [Start(Client, &[]), Type(1, "你好\n再见\n"), Type(0, "hello\nexit\n"), Ended(0), Close(1)];

/// The cases of `three-step` and `chat`.
pub(super) static CASES: &[Case] = &[
    Case {
        program: "three-step",
        name: "default",
        doc: "Listen, request, confirm; two connections, a thread each, and the listener keeps listening.",
        script: &[Start(Server, &["--rounds", "2"]), Ready(0), Start(Client, &[]), Ended(1), Ended(0)],
        endings: &[Exit(0, "继续监听 1"), Exit(0, "服务器端套接字 ('127.0.0.1',")],
        calls: &[],
    },
    Case {
        program: "three-step",
        name: "client-first",
        doc: "The client connects before the server listens: ECONNREFUSED.",
        script: &[Hold, Start(Client, &[]), Ended(0)],
        endings: &[Exit(1, "[Errno 111]")],
        calls: &[expect(0, "connect", "ECONNREFUSED")],
    },
    Case {
        program: "chat",
        name: "default",
        doc: "Two lines each; the server's 'exit' ends it, the client ends with its input.",
        script: &[
            Start(Server, &[]),
            Ready(0),
            SMALL_TALK[0],
            SMALL_TALK[1],
            SMALL_TALK[2],
            SMALL_TALK[3],
            SMALL_TALK[4],
            Ended(1),
        ],
        endings: &[Exit(0, "客户端: 再见"), Exit(0, "Dialogue Over")],
        calls: &[],
    },
    Case {
        program: "chat",
        name: "client-first",
        doc: "The client is started before the server: ECONNREFUSED.",
        script: &[Hold, Start(Client, &[]), Ended(0)],
        endings: &[Exit(1, "[Errno 111]")],
        calls: &[expect(0, "connect", "ECONNREFUSED")],
    },
    Case {
        program: "chat",
        name: "second-server",
        doc: "A second server while the first listens: EADDRINUSE in spite of SO_REUSEADDR.",
        script: &[Start(Server, &[]), Ready(0), Start(Server, &[]), Ended(1), Stop(0)],
        endings: &[Stopped, Exit(1, "[Errno 98]")],
        calls: &[expect(1, "bind", "EADDRINUSE")],
    },
    Case {
        program: "chat",
        name: "restart",
        doc: "The server again while its connection is in TIME_WAIT: SO_REUSEADDR lets it bind.",
        script: &[
            Start(Server, &[]),
            Ready(0),
            SMALL_TALK[0],
            SMALL_TALK[1],
            SMALL_TALK[2],
            SMALL_TALK[3],
            SMALL_TALK[4],
            Ended(1),
            Start(Server, &[]),
            Ready(2),
            Stop(2),
        ],
        endings: &[Exit(0, "客户端: 再见"), Exit(0, "Dialogue Over"), Stopped],
        calls: &[],
    },
    Case {
        program: "chat",
        name: "empty-line",
        doc: "An empty line: sendto of 0 bytes, which the peer never receives; both sides block.",
        script: &[
            Start(Server, &[]),
            Ready(0),
            Start(Client, &[]),
            Type(1, "\n"),
            Blocked(1),
            Blocked(0),
            Stop(1),
            Close(0),
            Ended(0),
        ],
        endings: &[Exit(1, "EOFError"), Stopped],
        calls: &[],
    },
    Case {
        program: "chat",
        name: "peer-gone",
        doc: "The server has ended: the first send works, recv returns '', the next send fails with EPIPE.",
        script: &[
            Start(Server, &[]),
            Ready(0),
            Start(Client, &[]),
            Type(1, "你好\n"),
            Type(0, "exit\n"),
            Ended(0),
            Type(1, "还在吗\n"),
            Reset(1),
            Printed(1, "服务端: "),
            Type(1, "喂\n"),
            Ended(1),
        ],
        endings: &[Exit(0, "客户端: 你好"), Exit(0, "Dialogue Over")],
        calls: &[expect(1, "sendto", "EPIPE")],
    },
    Case {
        program: "chat",
        name: "utf8-split",
        doc: "1026 bytes of Chinese: recv(1024) cuts a character, decode fails, the client is reset.",
        script: &[Start(Server, &[]), Ready(0), Start(Client, &[]), Type(1, LONG_LINE), Ended(0), Ended(1)],
        endings: &[Exit(1, "in position 1023: unexpected end of data"), Exit(0, "Dialogue Over")],
        calls: &[expect(1, "recvfrom", "ECONNRESET")],
    },
];
