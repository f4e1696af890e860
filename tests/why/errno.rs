//! One test per errno: every cause that is known for it is provoked by the command that shows it, and the explanation
//! must name the evidence that belongs to it.

use regex::Regex;
use sockscope::internals::causes::{self, Demo};

use crate::harness::{typed, words};
use crate::support::alone;
use crate::support::needs::{Need, have};

/// What the explanation of each cause must say. `{pid}` is the process that made the call.
const SAID: &[(&str, &str)] = &[
    ("nothing-listens", r"^Nothing listens on 127\.0\.0\.1:\d+\."),
    ("bound-not-listening", r"Nothing listens on 127\.0\.0\.1:\d+: pid {pid} \(python3.*\) has bound it and"),
    ("listens-at-other-address", r"127\.0\.0\.1:(\d+); pid {pid} \(python3.*\) listens on 127\.0\.0\.2:\d+ only"),
    (
        "listens-in-other-family",
        r"\[::1\]:\d+; pid {pid} \(.*\) listens on 127\.0\.0\.1:\d+, which is IPv4, and IPv6 was",
    ),
    ("other-protocol", r"No TCP socket is at 127\.0\.0\.1:\d+; pid {pid} \(.*\) has 127\.0\.0\.1:\d+ with UDP"),
    (
        "other-namespace",
        r"127\.0\.0\.1:\d+ in this network namespace; pid \d+ .* listens on 127\.0\.0\.1:\d+ in another",
    ),
    ("listens-now", r"127\.0\.0\.1:\d+ refused, yet pid {pid} \(.*\) listens on 127\.0\.0\.1:\d+ now"),
    ("stale-socket-file", r"The socket file /.*/s is there, but no socket is bound to it"),
    ("unix-not-listening", r"/.*/s is there, but pid {pid} \(.*\) has bound it and does not listen"),
    ("no-socket-file", r"There is no file /nowhere/s, and not even its directory"),
    ("no-answer", r"Nothing answered at 192\.0\.2\.2:80, .*\(TCP_SYNCNT is 1\)"),
    ("queue-full", r"^Pid {pid} \(.*\) listens on 127\.0\.0\.1:\d+, .*: 1 connection waits .*, and its backlog is 0"),
    ("not-acknowledged", r"The connection with 127\.0\.0\.1:\d+ stood, .* \(TCP_USER_TIMEOUT is 300 ms\)"),
    ("no-route", r"No IPv4 route leads to 192\.0\.2\.1: there is no IPv4 route at all \(interfaces down: lo\)"),
    ("loopback-down", r"127\.0\.0\.1 is not reached, since the loopback interface lo is down.*ip link set lo up"),
    ("host-unreachable", r"There is a route towards 192\.0\.2\.1"),
    ("answer-pending", r"127\.0\.0\.1:\d+ has not answered yet; pid {pid} \(.*\) listens .*, but its queue is full"),
    ("handshake-done", r"127\.0\.0\.1:\d+ has answered while connect returned"),
    ("still-connecting", r"already connecting to 127\.0\.0\.1:\d+ since `connect\(5, .* = -1 EINPROGRESS` .*pid {pid}"),
    (
        "listener-holds",
        r"^Pid \d+ \(the server of chat\) has 127\.0\.0\.1:\d+( since `listen\(3, 1\) = 0` \(.*\))? and listens\. SO_REUSEADDR is set on both, SO_REUSEPORT on neither\.",
    ),
    (
        "time-wait",
        r"127\.0\.0\.1:\d+ with 127\.0\.0\.1:\d+ is in TIME_WAIT for another (60\.0|5\d\.\d) s.*Set SO_REUSEADDR",
    ),
    (
        "connection-holds",
        r"^Pid {pid} .* has 127\.0\.0\.1:\d+ with 127\.0\.0\.1:\d+ in a connection that is ESTABLISHED",
    ),
    (
        "bound-holds",
        r"^Pid \d+ \(.*\) has 127\.0\.0\.1:\d+( since `bind.*)? and does not listen\. SO_REUSEADDR and SO_REUSEPORT are set on neither",
    ),
    ("datagram-socket-holds", r"^Pid \d+ \(the server of udp-local\) has 127\.0\.0\.1:\d+"),
    ("other-listens-already", r"^Pid {pid} \(.*\) listens on 127\.0\.0\.1:\d+ already"),
    ("socket-file-exists", r"/.*/s exists already as a socket, and no socket is bound to it"),
    ("unix-name-taken", r"^Descriptor 3 of this process has bound @sockscope-{pid}"),
    ("ephemeral-ports-taken", r"ip_local_port_range \(50000 to 50003\) is taken"),
    ("address-not-local", r"No interface here has the address 192\.0\.2\.1: there are .*127\.0\.0\.1"),
    ("ephemeral-ports-exhausted", r"\(50000 to 50003\) is taken towards 127\.0\.0\.1:9: 4 connections"),
    ("no-source-address", r"No interface here has an IPv6 address .*disable_ipv6 is 1"),
    (
        "privileged-port",
        r"Port 80 is below net\.ipv4\.ip_unprivileged_port_start \(\d+\), and user \d+ lacks CAP_NET_BIND",
    ),
    ("broadcast-not-allowed", r"255\.255\.255\.255 is a broadcast address, and SO_BROADCAST is not set"),
    ("socket-file-permission", r"^User \d+ may not .*: /.*/s \(---------, owner \d+\)"),
    ("raw-socket", r"takes CAP_NET_RAW, which user \d+ lacks"),
    ("connected-before", r"is connected to 127\.0\.0\.1:\d+ already since `connect\(3, .*\) = 0` \(the client\)"),
    (
        "listening-socket-connects",
        r"listens on 127\.0\.0\.1:\d+ since `listen\(3, \d+\) = 0` at <string>:1 \(pid {pid}\)",
    ),
    ("never-connected", r"Descriptor 3 was never connected since `socket\(.*\) = 3` at <string>:1 \(pid {pid}\)"),
    ("listening-socket", r"listens on 127\.0\.0\.1:\d+: it has no peer.*accept"),
    (
        "connection-gone",
        r"was connected to 127\.0\.0\.1:\d+, .* closed by `close\(5\) = 0` at <string>:2 \(pid {pid}\)",
    ),
    ("connect-pending", r"still connecting since `connect\(5, .*EINPROGRESS` .*; 127\.0\.0\.1:\d+ has not answered"),
    ("connect-failed", r"connecting failed in `connect\(3, .* = -1 ECONNREFUSED`"),
    ("no-destination", r"Descriptor 3 is a datagram socket that is not connected"),
    ("own-shutdown", r"ended sending itself, with `shutdown\(4, SHUT_WR\) = 0` at <string>:2 \(pid {pid}\)"),
    ("peer-gone", r"The other end of the connection with 127\.0\.0\.1:\d+ is closed"),
    ("unix-peer-closed", r"closed by `close\(4\) = 0` at <string>:1 \(pid {pid}\)"),
    ("send-before-connect", r"Descriptor 3 is a TCP socket that was never connected since `socket\("),
    (
        "closed-with-unread-data",
        r"127\.0\.0\.1:\d+, was closed by `close\(5\) = 0` at <string>:2 .* while 3 bytes had not",
    ),
    ("reset-on-purpose", r"127\.0\.0\.1:\d+, was closed by `close\(5\) = 0` at <string>:2 .* SO_LINGER set to 0"),
    ("reset-by-peer", r"^127\.0\.0\.1:\d+ reset the connection; pid {pid} \(.*\) listens there"),
    ("nothing-arrived", r"nonblocking since `ioctl\(3, FIONBIO, \[1\]\) = 0` at <string>:1"),
    ("receive-timeout", r"Nothing came within 5\d ms \(SO_RCVTIMEO is 5\d ms\)"),
    ("no-connection-waits", r"No connection waits to be accepted, of \d+ that could, and the socket is nonblocking"),
    (
        "send-buffer-full",
        r"\d+ bytes wait to be acknowledged, and SO_SNDBUF is \d+.* with \d+ bytes it has not read; was not",
    ),
    ("unix-queue-full", r"The queue of @sockscope-{pid} is full: pid {pid} \("),
    ("datagram-too-long", r"A datagram of 65535 bytes is more than UDP carries over IPv4: 65507"),
    ("larger-than-mtu", r"4000 bytes and its headers is larger than the MTU of the way, 1500.*at most 1472 bytes"),
    ("larger-than-send-buffer", r"50000 bytes does not fit .*\(SO_SNDBUF is 10000\)"),
    ("closed-earlier", r"Descriptor 3 was closed by `close\(3\) = 0` at <string>:1 \(pid {pid}\)"),
    ("negative-descriptor", r"Descriptor -1 cannot be open"),
    ("never-open", r"Descriptor 999 is not open, and this trace has not seen it being closed"),
    ("not-a-socket", r"Descriptor 3 is /.* \(file\)"),
    (
        "descriptor-limit",
        r"has 3\d descriptors open, \d+ of them sockets, and RLIMIT_NOFILE is 32 \(ulimit -n, hard limit \d+",
    ),
    ("protocol-of-other-type", r"IPPROTO_UDP is for SOCK_DGRAM, not for SOCK_STREAM"),
    ("protocol-not-in-kernel", r"no protocol 253 for SOCK_STREAM sockets of AF_INET\. It has .*UNIX"),
    ("type-not-in-family", r"AF_UNIX has no sockets of type SOCK_RDM"),
    ("family-not-in-kernel", r"no sockets of AF_AX25"),
    ("address-of-other-family", r"The address is of AF_INET6, and descriptor 3 is a socket of AF_INET\."),
    ("not-for-this-type", r"Descriptor 3 is a SOCK_DGRAM socket \(udp\), which has no listen"),
    ("option-not-known", r"Descriptor 3 \(tcp\) has no option 9999 at level SOL_SOCKET"),
    ("bound-before", r"Descriptor 3 is bound to 127\.0\.0\.1:\d+ already since `bind\(3, .*\) = 0` at <string>:1"),
    ("not-listening", r"Descriptor 3 does not listen \(its state is CLOSE\)"),
    ("listen-on-connection", r"Descriptor 4 is connected to 127\.0\.0\.1:\d+ and cannot listen"),
    ("scope-missing", r"fe80::1 is link-local, and no interface is given"),
    ("address-length", r"The address is 8 bytes long; one of AF_INET has at least 16"),
    ("no-urgent-data", r"MSG_OOB was given, and descriptor 4 has no urgent data"),
    ("option-value", r"TCP_KEEPIDLE does not take this value \(4 bytes\)"),
    ("type-or-flags", r"The type \(0x800f0\) is none there is"),
    ("shutdown-how", r"none of SHUT_RD \(0\), SHUT_WR \(1\) and SHUT_RDWR \(2\)"),
    ("argument-not-possible", r"An argument of fcntl is out of its range"),
    ("waits-for-connection", r"waits for a client to connect to 127\.0\.0\.1:\d+: 0 wait in its queue of \d+"),
    (
        "waits-for-data",
        r"waits for 127\.0\.0\.1:\d+ to send .*; 0 bytes .* The other end is pid \d+ \(the server of chat\)",
    ),
    (
        "waits-for-answer",
        r"\(SYN_SENT\): pid {pid} \(.*\) listens there, but its queue is full \(1 wait, its backlog is 0\)",
    ),
    (
        "waits-for-room",
        r"room in the send buffer: \d+ bytes not acknowledged\. The other end, .* with \d+ bytes it has not read",
    ),
    ("no-socket-at-path", r"^/tmp/.* is a file, no socket: nothing was ever bound to it"),
    (
        "abstract-name-of-other-type",
        r"No SOCK_DGRAM socket has the name @sockscope-{pid}; pid {pid} \(.*\) has it with SOCK_STREAM",
    ),
    ("no-name-cache", r"asks the cache of names nscd first"),
    (
        "keepalive-not-answered",
        r"was idle, and 2 probes of SO_KEEPALIVE had no answer \(TCP_KEEPIDLE is 1 s, TCP_KEEPCNT 2\)",
    ),
    ("refused-already", r"Connecting to 127\.0\.0\.1:\d+ has failed already: nothing listens there\. .*SO_ERROR"),
    (
        "own-socket-holds",
        r"^Descriptor 3 of this process has 127\.0\.0\.1:\d+ since `listen\(3, \d+\) = 0` at <string>:1",
    ),
    ("ipv6-takes-ipv4", r"^Descriptor 3 of this process has 0\.0\.0\.0:\d+ since `listen\(3.*IPV6_V6ONLY is not set"),
    ("path-is-no-socket", r"^/tmp/.* exists already as a file, which is no socket"),
    ("packet-filter", r"dropped what was sent to 127\.0\.0\.1:9: table ip t, chain o: policy drop\."),
    ("option-takes-right", r"SO_MARK takes a right .* that user \d+ lacks"),
    ("pipe-reader-gone", r"Nobody reads the pipe of descriptor 4 any more"),
    ("open-for-the-other-direction", r"Descriptor 4 \(pipe:.*\) is open for writing only, and this call reads"),
    ("number-taken-meanwhile", r"Descriptor 3 was closed by `close\(3\) = 0` at <string>:2 .*since `socket\("),
    ("send-timeout", r"Nothing could be sent within 5\d ms \(SO_SNDTIMEO is 5\d ms\)"),
    ("unix-socket-of-other-type", r"The socket at /.*/s takes no SOCK_DGRAM: pid {pid} \(.*\) has it with SOCK_STREAM"),
    ("option-of-other-level", r"SOL_UDP has no option 35; 35 is IP_ADD_MEMBERSHIP at SOL_IP"),
    ("option-size", r"SO_RCVTIMEO.* wants struct timeval, 16 bytes; it was given 4 bytes"),
    ("child-waited-for", r"waited for already, by `wait4\(\d+, .* = \d+` at <string>:1"),
    ("children-ignored", r"ignores SIGCHLD"),
    ("no-child", r"has no child left to wait for"),
    ("own-timeout", r"a timeout of the program's own ended the wait after \d+ ms"),
    ("last-thread-waits", r"the only thread that is left"),
    ("threads-wait-for-each-other", r"All 2 threads of the process wait"),
    ("waits-for-thread", r"the other thread of this process to wake it; no time is set"),
    (
        "peer-ended",
        r"The other end was closed by `close\(4\) = 0` at <string>:1.*read at its end once before, first by `recvfrom\(3",
    ),
    ("own-end-of-reading", r"ended reading itself, with `shutdown\(3, SHUT_RD\) = 0`"),
    (
        "descriptors-over-limit",
        r"thrown away: \d+ are open, and RLIMIT_NOFILE is 5\. Opened and not closed: 2 by `socketpair\(",
    ),
    ("control-cut", r"did not fit into the room that msg_control gave"),
    ("error-waits", r"The socket of descriptor 3 to 127\.0\.0\.1:\d+ has an error to be fetched \(POLLERR\)"),
    ("both-ends-closed", r"The socket of descriptor 3 has no connection any more.*\(POLLHUP\)"),
    ("peer-ended-sending", r"The other end of the socket of descriptor 3 has closed or ended sending \(POLLRDHUP\)"),
    ("pipe-without-reader", r"Nobody reads the pipe of descriptor 4 any more \(POLLERR\)"),
    ("pipe-without-writer", r"Nobody writes to the pipe of descriptor 3 any more \(POLLHUP\)"),
    ("polled-while-closed", r"Descriptor 3 is not open \(POLLNVAL\): it was closed by `close\(3\) = 0`"),
    ("nothing-in-time", r"Nothing happened on descriptor 3 within 50 ms"),
    ("event-loop-timer", r"Nothing happened within \d+ ms on descriptor \d+; no answer is awaited there"),
    ("name-not-there", r"The name server 127\.0\.0\.1:53 answers that nosuch\.test is not there \(NXDOMAIN\)"),
    ("name-server-failed", r"127\.0\.0\.1:53 answers that it did not look up some\.test \(SERVFAIL\)"),
    (
        "answer-is-not-tls",
        r"began TLS with `sendto\(3, .*` at <string>:1 \(pid \d+\), and the answer is not TLS: it begins with .HTTP/",
    ),
    (
        "closed-unanswered",
        r"^3 bytes sent on it to 127\.0\.0\.1:\d+ had no answer when `epoll_wait\(\d+, \[\], \d, \d+\) = 0` at <string>:3 \(pid {pid}\) ended",
    ),
    (
        "waits-for-pipe-data",
        r"data in the pipe of descriptor 3: this process alone has the writing end open itself, so no end comes",
    ),
    ("waits-for-pipe-room", r"room in the pipe of descriptor 4: this process alone has the reading end open itself"),
    ("waits-for-input", r"waits for a line typed at /dev/pts/\d+"),
    ("waits-for-child", r"waits for child \d+ \(python3 -c .*\) to end"),
    ("short-send", r"Only \d+ of 16777216 bytes were taken: the send buffer \(SO_SNDBUF is \d+\) had no more room\. "),
    (
        "short-write-to-pipe",
        r"Only (\d+) of 1048576 bytes were taken: the pipe of descriptor 4 had no more room, \d+ bytes in it are not read; this process alone",
    ),
    (
        "fewer-messages",
        r"Only \d+ of 999 messages were sent: message \d+ failed, and sendmmsg does not report with what; the call does not wait",
    ),
    ("sleeps", r"It sleeps for another 9\d\.\d s, until a moment that the program set\."),
    ("waits-for-signal", r"It waits until a signal comes\."),
    (
        "waits-for-lock",
        r"It waits for a lock on /.*, which this process itself, through descriptor 3, holds for writing\.",
    ),
    ("locked", r"There is a lock on /.*, which this process itself, through descriptor 3, holds for writing\."),
    (
        "half-open",
        r"127\.0\.0\.1:\d+ does not acknowledge: 8 bytes unacknowledged, \d+ retransmissions?; .*SO_KEEPALIVE is not set",
    ),
    ("waits-until-ready", r"waits until descriptor 3 is ready"),
];

/// Provokes every cause of an errno.
fn every_cause_of(errno: &str) {
    let mut tried = 0;
    for known in causes::all().filter(|known| known.errno == errno) {
        tried += 1;
        if matches!(known.demo, Demo::Isolated(_)) && !have(Need::Namespaces) {
            continue;
        }
        let (_, message) =
            SAID.iter().find(|(id, _)| *id == known.id).unwrap_or_else(|| panic!("{}: not tested", known.id));
        let run = typed(&known.command());
        let events: Vec<_> = run.by_cause(known.id).collect();
        assert!(!events.is_empty(), "{}: {}\nwas not met:\n{}\n{}", known.id, known.command(), run.shown(), run.stderr);
        let fits = |event: &&serde_json::Value| {
            let pattern = message.replace("{pid}", &event["pid"].to_string());
            Regex::new(&format!("(?s){pattern}")).unwrap().is_match(&words(event))
        };
        let all: Vec<String> = events.iter().map(|event| words(event)).collect();
        let Some(event) = events.iter().find(|event| fits(event)) else {
            panic!("{}: {message}\nis in none of\n{}", known.id, all.join("\n"))
        };
        let call = event["syscall"].as_str().unwrap();
        assert!(known.calls.contains(&call), "{}: {call} is not among its calls {:?}", known.id, known.calls);
        for met in ["text", "advice"].map(|key| event["why"][key].as_str().unwrap()) {
            assert!(!met.contains("escriptor -1 is"), "{}: {met}", known.id);
        }
        // What is closed cannot be asked any more.
        assert_eq!(event["why"]["evidence"]["live"] == true, known.errno != "unanswered", "{}", known.id);
        let sentences = words(event).matches(". ").count();
        assert!(sentences <= 2, "{}: too much text: {}", known.id, words(event));
    }
    assert!(tried > 0, "no cause is known for {errno}");
}

macro_rules! errnos {
    ($($test:ident $errno:literal)*) => {
        $(#[test] fn $test() {
            // Servers and clients of the machine would be evidence, too.
            if !alone($test) {
                every_cause_of($errno);
            }
        })*
        const TESTED: &[&str] = &[$($errno),*];
    };
}

errnos! {
    econnrefused "ECONNREFUSED"
    enoent "ENOENT"
    etimedout "ETIMEDOUT"
    enetunreach "ENETUNREACH"
    ehostunreach "EHOSTUNREACH"
    einprogress "EINPROGRESS"
    ealready "EALREADY"
    eaddrinuse "EADDRINUSE"
    eaddrnotavail "EADDRNOTAVAIL"
    eacces "EACCES"
    eperm "EPERM"
    eisconn "EISCONN"
    enotconn "ENOTCONN"
    edestaddrreq "EDESTADDRREQ"
    epipe "EPIPE"
    econnreset "ECONNRESET"
    eagain "EAGAIN"
    emsgsize "EMSGSIZE"
    ebadf "EBADF"
    enotsock "ENOTSOCK"
    emfile "EMFILE"
    eprotonosupport "EPROTONOSUPPORT"
    esocktnosupport "ESOCKTNOSUPPORT"
    eafnosupport "EAFNOSUPPORT"
    eopnotsupp "EOPNOTSUPP"
    enoprotoopt "ENOPROTOOPT"
    einval "EINVAL"
    eprototype "EPROTOTYPE"
    echild "ECHILD"
    end "end"
    msg_ctrunc "MSG_CTRUNC"
    pollhup "POLLHUP"
    timeout "timeout"
    short "short"
    answer "answer"
    unanswered "unanswered"
    waiting "waiting"
}

#[test]
fn every_cause_is_tested_and_named_once() {
    let mut seen = std::collections::HashSet::new();
    for known in causes::all() {
        assert!(seen.insert(known.id), "{} stands twice", known.id);
        assert!(TESTED.contains(&known.errno), "{} has no test", known.errno);
        assert!(!known.calls.is_empty() && known.summary.ends_with('.'), "{}", known.id);
    }
    let unknown: Vec<_> = SAID.iter().filter(|(id, _)| !seen.contains(id)).collect();
    assert!(unknown.is_empty(), "{unknown:?} are no causes");
}
