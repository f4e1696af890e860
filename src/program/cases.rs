//! The cases: a program, a situation, and what the kernel must then answer.
//!
//! A case is a short script of acts, each waiting on something that can be
//! observed, never on time. Whoever runs a case (the Rust replay, the Python
//! twins, a mixture) follows the same script, so the traces can be compared.
//! Processes are numbered in the order in which they are started.

use super::Role::{self, Client, Server};
use Act::{
    Blocked, Choose, Close, Ended, HalfClosed, Hold, Printed, Ready, Reset, Start, StartUnprivileged, Stop, Type,
};
use Ending::{Exit, Stopped};

/// One step of a case's script. Numbers are processes in order of start.
#[derive(Debug, Clone, Copy)]
pub enum Act {
    /// Takes a port that refuses everybody, and makes it the case's port: for
    /// TCP a bound socket that does not listen, for UDP one connected to itself.
    Hold,
    /// Makes a number the case's port that is free for TCP and UDP both, unless the run was given one.
    Choose,
    /// Starts a role with these further arguments. A server gets the case's
    /// port (0 while there is none), a client is led to it.
    Start(Role, &'static [&'static str]),
    /// The same for a process without the right to bind ports below 1024.
    StartUnprivileged(Role, &'static [&'static str]),
    /// Waits until the process listens (TCP) or is bound (UDP); its port
    /// becomes the case's port.
    Ready(usize),
    /// Writes text to the process's standard input.
    Type(usize, &'static str),
    /// Ends the process's standard input.
    Close(usize),
    /// Waits until the process has printed this text.
    Printed(usize, &'static str),
    /// Waits until the process sleeps in recvfrom.
    Blocked(usize),
    /// Waits until a reset has ended the process's connection: its socket is
    /// no longer among the host's TCP sockets.
    Reset(usize),
    /// Waits until the kernel has the peer's acknowledgement of the end that a server sent from the case's port
    /// (`FIN_WAIT2`). If the peer closed before, that acknowledgement might arrive after the peer's own end, on a busy
    /// machine with several processors; it would be answered, the peer's closed socket would refuse the answer, and the
    /// refusal would end TIME_WAIT (RFC 1337).
    HalfClosed,
    /// Waits until the process has ended.
    Ended(usize),
    /// Ends a process that would go on for ever, with SIGTERM.
    Stop(usize),
}

/// How a process ends.
#[derive(Debug, Clone, Copy)]
pub enum Ending {
    /// With this exit code, having printed this text (to either stream).
    Exit(i32, &'static str),
    /// By the script's SIGTERM.
    Stopped,
}

/// A call that must be in a process's trace.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    /// The process, in order of start.
    pub process: usize,
    /// The system call.
    pub call: &'static str,
    /// The errno's name, or `Timeout` for a poll that returned 0.
    pub outcome: &'static str,
}

/// A program in a situation.
#[derive(Debug)]
pub struct Case {
    /// The program's name.
    pub program: &'static str,
    /// The case's name, unique within the program; `default` comes first.
    pub name: &'static str,
    /// One sentence: the situation and what is to be seen.
    pub doc: &'static str,
    /// The script.
    pub script: &'static [Act],
    /// How each started process ends.
    pub endings: &'static [Ending],
    /// The calls that decide the case.
    pub seen: &'static [Seen],
}

const fn seen(process: usize, call: &'static str, outcome: &'static str) -> Seen {
    Seen { process, call, outcome }
}

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

/// Every case, program by program.
pub static CASES: &[Case] = &[
    // ---- getname
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
    // ---- udp-local
    Case {
        program: "udp-local",
        name: "default",
        doc: "One datagram there and one back; the client's address before and after sendto.",
        script: &[Start(Server, &["--rounds", "1"]), Ready(0), Start(Client, &[]), Ended(1), Ended(0)],
        endings: &[Exit(0, "says b'This is my message'"), Exit(0, "says b'Your data was 18 bytes'")],
        seen: &[],
    },
    Case {
        program: "udp-local",
        name: "no-server",
        doc: "Nobody serves the port: the unconnected client is not told and waits for ever.",
        script: &[Hold, Start(Client, &[]), Printed(0, "Address after sending"), Blocked(0), Stop(0)],
        endings: &[Stopped],
        seen: &[],
    },
    Case {
        program: "udp-local",
        name: "too-long",
        doc: "A datagram of 65535 bytes, the document's maximum: EMSGSIZE.",
        script: &[Hold, Start(Client, &["--case", "too-long"]), Ended(0)],
        endings: &[Exit(1, "[Errno 90]")],
        seen: &[seen(0, "sendto", "EMSGSIZE")],
    },
    Case {
        program: "udp-local",
        name: "second-server",
        doc: "A second server on the same port: EADDRINUSE.",
        script: &[Start(Server, &[]), Ready(0), Start(Server, &[]), Ended(1), Stop(0)],
        endings: &[Stopped, Exit(1, "[Errno 98]")],
        seen: &[seen(1, "bind", "EADDRINUSE")],
    },
    // ---- udp-remote
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
        seen: &[],
    },
    Case {
        program: "udp-remote",
        name: "drops",
        doc: "Two datagrams are lost: the client waits 0.1 and 0.2 seconds, then gets its answer.",
        script: &[Start(Server, &["--rounds", "3", "--drop", "1,2"]), Ready(0), Start(Client, &[]), Ended(1), Ended(0)],
        endings: &[Exit(0, "Pretending to drop packet from"), Exit(0, "Waiting up to 0.4 seconds for a reply")],
        seen: &[seen(1, "poll", "Timeout")],
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
        seen: &[seen(1, "poll", "Timeout")],
    },
    Case {
        program: "udp-remote",
        name: "no-server",
        doc: "Nobody serves the port: the connected client is told, ECONNREFUSED on recv.",
        script: &[Hold, Start(Client, &[]), Ended(0)],
        endings: &[Exit(1, "[Errno 111]")],
        seen: &[seen(0, "recvfrom", "ECONNREFUSED")],
    },
    Case {
        program: "udp-remote",
        name: "wrong-usage",
        doc: "No host given: the usage on standard error, exit code 2, no call.",
        script: &[Start(Client, &[]), Ended(0)],
        endings: &[Exit(2, "   or: udp_remote.py client <host>")],
        seen: &[],
    },
    // ---- three-step
    Case {
        program: "three-step",
        name: "default",
        doc: "Listen, request, confirm; two connections, a thread each, and the listener goes on.",
        script: &[Start(Server, &["--rounds", "2"]), Ready(0), Start(Client, &[]), Ended(1), Ended(0)],
        endings: &[Exit(0, "继续监听 1"), Exit(0, "服务器端套接字 ('127.0.0.1',")],
        seen: &[],
    },
    Case {
        program: "three-step",
        name: "client-first",
        doc: "The client asks before anybody listens: ECONNREFUSED.",
        script: &[Hold, Start(Client, &[]), Ended(0)],
        endings: &[Exit(1, "[Errno 111]")],
        seen: &[seen(0, "connect", "ECONNREFUSED")],
    },
    // ---- chat
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
        seen: &[],
    },
    Case {
        program: "chat",
        name: "client-first",
        doc: "The client is started before the server: ECONNREFUSED.",
        script: &[Hold, Start(Client, &[]), Ended(0)],
        endings: &[Exit(1, "[Errno 111]")],
        seen: &[seen(0, "connect", "ECONNREFUSED")],
    },
    Case {
        program: "chat",
        name: "second-server",
        doc: "A second server while the first listens: EADDRINUSE in spite of SO_REUSEADDR.",
        script: &[Start(Server, &[]), Ready(0), Start(Server, &[]), Ended(1), Stop(0)],
        endings: &[Stopped, Exit(1, "[Errno 98]")],
        seen: &[seen(1, "bind", "EADDRINUSE")],
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
        seen: &[],
    },
    Case {
        program: "chat",
        name: "empty-line",
        doc: "An empty line: sendto of 0 bytes, which the peer never sees; both sides block.",
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
        seen: &[],
    },
    Case {
        program: "chat",
        name: "peer-gone",
        doc: "The server has ended: the first send works, recv gives '', the next send EPIPE.",
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
        seen: &[seen(1, "sendto", "EPIPE")],
    },
    Case {
        program: "chat",
        name: "utf8-split",
        doc: "1026 bytes of Chinese: recv(1024) cuts a character, decode fails, the client is reset.",
        script: &[Start(Server, &[]), Ready(0), Start(Client, &[]), Type(1, LONG_LINE), Ended(0), Ended(1)],
        endings: &[Exit(1, "in position 1023: unexpected end of data"), Exit(0, "Dialogue Over")],
        seen: &[seen(1, "recvfrom", "ECONNRESET")],
    },
    // ---- flow
    Case {
        program: "flow",
        name: "default",
        doc: "The twelve steps with every method of the document's list.",
        script: &[Start(Server, &[]), Ready(0), Start(Client, &[]), Ended(1), Ended(0)],
        endings: &[Exit(0, "12 服务器端关闭"), Exit(0, "11 客户端关闭")],
        seen: &[seen(1, "connect", "EINPROGRESS")],
    },
    Case {
        program: "flow",
        name: "connect-ex-code",
        doc: "connect_ex returns 111 where connect raises ECONNREFUSED.",
        script: &[Hold, Start(Client, &["--case", "connect-ex-code"]), Ended(0)],
        endings: &[Exit(0, "111")],
        seen: &[seen(0, "connect", "ECONNREFUSED")],
    },
    Case {
        program: "flow",
        name: "not-local",
        doc: "bind to an address that this host does not have: EADDRNOTAVAIL.",
        script: &[Start(Server, &["--host", "192.0.2.1"]), Ended(0)],
        endings: &[Exit(1, "[Errno 99]")],
        seen: &[seen(0, "bind", "EADDRNOTAVAIL")],
    },
    Case {
        program: "flow",
        name: "accept-nothing",
        doc: "accept on a non-blocking listener that nobody asks: EAGAIN.",
        script: &[Start(Server, &["--case", "accept-nothing"]), Ended(0)],
        endings: &[Exit(1, "[Errno 11]")],
        seen: &[seen(0, "accept4", "EAGAIN")],
    },
    Case {
        program: "flow",
        name: "recv-nothing",
        doc: "recv on a non-blocking socket with nothing to read: EAGAIN.",
        script: &[Start(Server, &[]), Ready(0), Start(Client, &["--case", "recv-nothing"]), Ended(1), Ended(0)],
        endings: &[Exit(0, "12 服务器端关闭"), Exit(1, "[Errno 11]")],
        seen: &[seen(1, "recvfrom", "EAGAIN")],
    },
    Case {
        program: "flow",
        name: "recv-unconnected",
        doc: "recv on a TCP socket that was never connected: ENOTCONN.",
        script: &[Start(Client, &["--case", "recv-unconnected"]), Ended(0)],
        endings: &[Exit(1, "[Errno 107]")],
        seen: &[seen(0, "recvfrom", "ENOTCONN")],
    },
    Case {
        program: "flow",
        name: "connect-twice",
        doc: "connect on a connected socket: EISCONN.",
        script: &[Start(Server, &[]), Ready(0), Start(Client, &["--case", "connect-twice"]), Ended(1), Ended(0)],
        endings: &[Exit(0, "12 服务器端关闭"), Exit(1, "[Errno 106]")],
        seen: &[seen(1, "connect", "EISCONN")],
    },
    Case {
        program: "flow",
        name: "no-destination",
        doc: "send on an unconnected datagram socket: EDESTADDRREQ.",
        script: &[Start(Client, &["--case", "no-destination"]), Ended(0)],
        endings: &[Exit(1, "[Errno 89]")],
        seen: &[seen(0, "sendto", "EDESTADDRREQ")],
    },
    Case {
        program: "flow",
        name: "closed-descriptor",
        doc: "send after close goes to descriptor -1: EBADF.",
        script: &[Start(Client, &["--case", "closed-descriptor"]), Ended(0)],
        endings: &[Exit(1, "[Errno 9]")],
        seen: &[seen(0, "sendto", "EBADF")],
    },
    Case {
        program: "flow",
        name: "not-a-socket",
        doc: "A file's descriptor taken for a socket: ENOTSOCK.",
        script: &[Start(Client, &["--case", "not-a-socket"]), Ended(0)],
        endings: &[Exit(1, "[Errno 88]")],
        seen: &[seen(0, "getsockname", "ENOTSOCK")],
    },
    Case {
        program: "flow",
        name: "wrong-protocol",
        doc: "A stream socket with UDP as its protocol: EPROTONOSUPPORT.",
        script: &[Start(Client, &["--case", "wrong-protocol"]), Ended(0)],
        endings: &[Exit(1, "[Errno 93]")],
        seen: &[seen(0, "socket", "EPROTONOSUPPORT")],
    },
    Case {
        program: "flow",
        name: "full-queue",
        doc: "A backlog of 1 takes two connections; the third gets no answer at all.",
        script: &[
            Start(Server, &["--case", "full-queue"]),
            Ready(0),
            Start(Client, &["--case", "full-queue"]),
            Ended(1),
            Type(0, "\n"),
            Ended(0),
        ],
        endings: &[Exit(0, "3 服务器监听"), Exit(0, "0\n0\n11\n")],
        seen: &[seen(1, "poll", "Timeout")],
    },
    Case {
        program: "flow",
        name: "peer-reset",
        doc: "The server resets the connection: ECONNRESET.",
        script: &[
            Start(Server, &["--case", "peer-reset"]),
            Ready(0),
            Start(Client, &["--case", "peer-reset"]),
            Ended(1),
            Ended(0),
        ],
        endings: &[Exit(0, "12 服务器端关闭"), Exit(1, "[Errno 104]")],
        seen: &[seen(1, "recvfrom", "ECONNRESET")],
    },
    Case {
        program: "flow",
        name: "peer-gone",
        doc: "The server has closed: b'', a send that seems to work, then EPIPE.",
        script: &[
            Start(Server, &["--case", "peer-gone"]),
            Ready(0),
            Start(Client, &["--case", "peer-gone"]),
            Ended(1),
            Ended(0),
        ],
        endings: &[Exit(0, "12 服务器端关闭"), Exit(1, "[Errno 32]")],
        seen: &[seen(1, "sendto", "EPIPE")],
    },
    // ---- http-get
    Case {
        program: "http-get",
        name: "default",
        doc: "The page in pieces of 1024 bytes; the header printed, the body saved.",
        script: &[Start(Server, &[]), Ready(0), Start(Client, &[]), Ended(1), Ended(0)],
        endings: &[Exit(0, "GET / HTTP/1.1"), Exit(0, "HTTP/1.1 200 OK")],
        seen: &[],
    },
    Case {
        program: "http-get",
        name: "keep-alive",
        doc: "The server keeps the connection: b'' never comes, the client blocks.",
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
        seen: &[],
    },
    Case {
        program: "http-get",
        name: "reset",
        doc: "The server resets in mid-body: ECONNRESET, nothing is saved.",
        script: &[Start(Server, &["--case", "reset"]), Ready(0), Start(Client, &[]), Ended(1), Ended(0)],
        endings: &[Exit(0, "GET / HTTP/1.1"), Exit(1, "[Errno 104]")],
        seen: &[seen(1, "recvfrom", "ECONNRESET")],
    },
    Case {
        program: "http-get",
        name: "no-blank-line",
        doc: "Header and body are not separated: a clear error, nothing is saved.",
        script: &[Start(Server, &["--case", "no-blank-line"]), Ready(0), Start(Client, &[]), Ended(1), Ended(0)],
        endings: &[Exit(0, "GET / HTTP/1.1"), Exit(1, "no blank line between header and body")],
        seen: &[],
    },
    Case {
        program: "http-get",
        name: "privileged-port",
        doc: "A server on port 80 without the right to it: EACCES.",
        script: &[StartUnprivileged(Server, &["--port", "80"]), Ended(0)],
        endings: &[Exit(1, "[Errno 13]")],
        seen: &[seen(0, "bind", "EACCES")],
    },
    // ---- tcp-hello
    Case {
        program: "tcp-hello",
        name: "default",
        doc: "The client finds the server's port: one message, one recv(1024).",
        script: &[Start(Server, &[]), Ready(0), Start(Client, &[]), Ended(1), Ended(0)],
        endings: &[Exit(0, "b'hello \\xe6"), Exit(0, "")],
        seen: &[],
    },
    Case {
        program: "tcp-hello",
        name: "as-printed",
        doc: "The server is on its port, the client asks at another: ECONNREFUSED.",
        script: &[Start(Server, &[]), Ready(0), Hold, Start(Client, &[]), Ended(1), Stop(0)],
        endings: &[Stopped, Exit(1, "[Errno 111]")],
        seen: &[seen(1, "connect", "ECONNREFUSED")],
    },
    Case {
        program: "tcp-hello",
        name: "send-str",
        doc: "The document sends text: TypeError before any call, and the server gets b''.",
        script: &[Start(Server, &[]), Ready(0), Start(Client, &["--case", "send-str"]), Ended(1), Ended(0)],
        endings: &[Exit(0, "b''"), Exit(1, "TypeError: a bytes-like object is required, not 'str'")],
        seen: &[],
    },
    Case {
        program: "tcp-hello",
        name: "second-server",
        doc: "A second server while the first listens: EADDRINUSE.",
        script: &[Start(Server, &[]), Ready(0), Start(Server, &[]), Ended(1), Stop(0)],
        endings: &[Stopped, Exit(1, "[Errno 98]")],
        seen: &[seen(1, "bind", "EADDRINUSE")],
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
        seen: &[seen(2, "bind", "EADDRINUSE")],
    },
    // ---- udp-hello
    Case {
        program: "udp-hello",
        name: "default",
        doc: "One datagram.",
        script: &[Start(Server, &[]), Ready(0), Start(Client, &[]), Ended(1), Ended(0)],
        endings: &[Exit(0, "b'\\xe8\\xbf\\x99"), Exit(0, "")],
        seen: &[],
    },
    Case {
        program: "udp-hello",
        name: "no-server",
        doc: "Nobody serves the port: the client succeeds all the same.",
        script: &[Hold, Start(Client, &[]), Ended(0)],
        endings: &[Exit(0, "")],
        seen: &[],
    },
];
