//! Claims about making connections and ending them.

use libc::{SO_ACCEPTCONN, SOL_SOCKET};

use super::lab::{Lab, failed_with, local, outcome};
use super::witness::{self, TcpState};
use super::{Claim, ExperimentError, Needs, Result};
use crate::pysocket::{Address, Error, Socket};
use crate::sys::proc::Proc;

/// The claims of this family, in the order of the report.
pub(super) static CLAIMS: &[Claim] = &[
    Claim {
        id: "server-first",
        documents: &["001"],
        programs: &["chat"],
        statement: "the server must be started first or the client fails",
        depends_on: "the socket's type",
        settings: &[],
        needs: Needs::Nothing,
        run: server_first,
    },
    Claim {
        id: "connected-at-accept",
        documents: &["000", "002"],
        programs: &["three-step", "flow"],
        statement: "the connection exists when accept returns",
        depends_on: "whether the client is still there",
        settings: &[],
        needs: Needs::Nothing,
        run: connected_at_accept,
    },
    Claim {
        id: "thread-per-connection",
        documents: &["000"],
        programs: &["three-step"],
        statement: "the server creates a new thread per connection",
        depends_on: "the program",
        settings: &[],
        needs: Needs::Nothing,
        run: thread_per_connection,
    },
    Claim {
        id: "listener-survives",
        documents: &["000"],
        programs: &["three-step"],
        statement: "the listening socket keeps listening after accept",
        depends_on: "how often it accepted",
        settings: &[],
        needs: Needs::Nothing,
        run: listener_survives,
    },
    Claim {
        id: "not-open-at-listen",
        documents: &["002"],
        programs: &["flow"],
        statement: "at listen the server's socket is not open yet",
        depends_on: "what open means",
        settings: &[],
        needs: Needs::Nothing,
        run: not_open_at_listen,
    },
    Claim {
        id: "connect-ex-code",
        documents: &["002"],
        programs: &["flow"],
        statement: "connect_ex returns 0 or a code such as 10061",
        depends_on: "the operating system, whose numbers they are: 10061 is ECONNREFUSED on Windows",
        settings: &[],
        needs: Needs::Nothing,
        run: connect_ex_code,
    },
    Claim {
        id: "timeout-before-connect",
        documents: &["002"],
        programs: &["flow"],
        statement: "a timeout must be set before connect",
        depends_on: "the call it is meant to limit",
        settings: &[],
        needs: Needs::Nothing,
        run: timeout_before_connect,
    },
    Claim {
        id: "close-disconnects",
        documents: &["001"],
        programs: &["chat"],
        statement: "close ends the connection",
        depends_on: "whether it is the last descriptor, and data not yet read",
        settings: &[],
        needs: Needs::Nothing,
        run: close_disconnects,
    },
];

/// Contacts a port without a server, over TCP and UDP.
fn server_first(lab: &mut Lab) -> Result<()> {
    let server = lab.tcp()?;
    lab.call(|net| net.bind(server, &local(0)))?;
    let address = lab.address(server)?;
    let client = lab.tcp()?;
    let bound = lab.show(|net| net.connect(client, &address));
    lab.trial("TCP, the server has bound but does not listen", format!("connect {}", outcome(&bound)), bound.is_err());
    lab.close(server)?;
    let client = lab.tcp()?;
    let refused = lab.show(|net| net.connect(client, &address));
    lab.trial("TCP, no server", format!("connect {}", outcome(&refused)), refused.is_err());

    let udp = lab.udp()?;
    let sent = lab.show(|net| net.sendto(udp, b"hello", 0, &address));
    let received = lab.recv(udp);
    lab.mark_evidence();
    lab.trial(
        "UDP, no server",
        format!("sendto {}, and recv then {}", outcome(&sent), outcome(&received)),
        sent.is_err() || failed_with(&received, libc::ECONNREFUSED),
    );
    Ok(())
}

/// Uses a connection before accept, and accepts one that has gone.
fn connected_at_accept(lab: &mut Lab) -> Result<()> {
    let (listener, address) = lab.listener(1)?;
    let client = lab.tcp()?;
    lab.show(|net| net.connect(client, &address))?;
    let state = witness::tcp_info(lab, client)?.state;
    let sent = lab.show(|net| net.send(client, b"hello", 0));
    let server = lab.accept(listener)?;
    lab.mark_evidence();
    lab.readable(server)?;
    let got = lab.recv(server)?;
    lab.mark_evidence();
    lab.trial(
        "before accept is called",
        format!("the client is {state} and its send {}; recv after accept gives {got:?}", outcome(&sent)),
        state != TcpState::ESTABLISHED,
    );
    let client = lab.tcp()?;
    lab.call(|net| net.connect(client, &address))?;
    lab.reset(client)?;
    lab.mark_evidence();
    let server = lab.accept(listener)?;
    lab.mark_evidence();
    let state = witness::tcp_info(lab, server)?.state;
    let received = lab.recv(server);
    lab.mark_evidence();
    lab.trial(
        "the client resets the connection before accept",
        format!("accept still succeeds; its socket is {state} and recv {}", outcome(&received)),
        state == TcpState::ESTABLISHED,
    );
    Ok(())
}

fn threads() -> Result<usize> {
    let tasks = Proc::OWN.threads().map_err(|error| ExperimentError::new(format!("/proc/self/task: {error}")))?;
    Ok(tasks.len())
}

/// Counts the threads of the process while it accepts.
fn thread_per_connection(lab: &mut Lab) -> Result<()> {
    let (listener, address) = lab.listener(4)?;
    let before = threads()?;
    let mut counts = Vec::new();
    for _ in 0..2 {
        let client = lab.tcp()?;
        lab.call(|net| net.connect(client, &address))?;
        let server = lab.accept(listener)?;
        lab.mark_evidence();
        lab.call(|net| net.send(client, b"hello", 0))?;
        lab.readable(server)?;
        lab.recv(server)?;
        lab.mark_evidence();
        counts.push(threads()?);
    }
    lab.trial(
        "two connections accepted and read",
        format!("{before} thread before, {counts:?} after each accept: neither connect nor accept makes one"),
        counts.iter().zip(1..).all(|(count, n)| *count == before + n),
    );
    Ok(())
}

fn listener_survives(lab: &mut Lab) -> Result<()> {
    let (listener, address) = lab.listener(4)?;
    let mut states = Vec::new();
    for _ in 0..3 {
        let client = lab.tcp()?;
        lab.show(|net| net.connect(client, &address))?;
        let server = lab.accept(listener)?;
        lab.mark_evidence();
        states.push(witness::tcp_info(lab, listener)?.state);
        lab.close(server)?;
        states.push(witness::tcp_info(lab, listener)?.state);
    }
    let states_seen = states.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    lab.trial(
        "after each of three accepts, and after closing each connection",
        format!("the listening socket is {states_seen}"),
        states.iter().all(|state| *state == TcpState::LISTEN),
    );
    Ok(())
}

fn not_open_at_listen(lab: &mut Lab) -> Result<()> {
    let (listener, address) = lab.listener(1)?;
    lab.mark_evidence();
    let listening = lab.get_option(listener, SOL_SOCKET, SO_ACCEPTCONN)?;
    lab.mark_evidence();
    let client = lab.tcp()?;
    let connected = lab.show(|net| net.connect(client, &address));
    let sent = lab.show(|net| net.send(client, b"hello", 0));
    lab.trial(
        "a client right after listen, accept not yet called",
        format!(
            "the socket is descriptor {listener}, SO_ACCEPTCONN is {listening}; connect {}, send {}",
            outcome(&connected),
            outcome(&sent)
        ),
        connected.is_err(),
    );
    Ok(())
}

fn connect_ex_code(lab: &mut Lab) -> Result<()> {
    let (_, address) = lab.listener(1)?;
    let mut client = Socket::tcp(&lab.shared())?;
    let code = client.connect_ex(&address.into())?;
    lab.mark_evidence();
    client.close()?;
    lab.trial("a server listens", format!("connect_ex returns {code}"), code == 0);
    let bound_only = lab.tcp()?;
    lab.call(|net| net.bind(bound_only, &local(0)))?;
    let address = lab.address(bound_only)?;
    let mut client = Socket::tcp(&lab.shared())?;
    let code = client.connect_ex(&address.into())?;
    lab.mark_evidence();
    client.close()?;
    let name = crate::event::Errno(code);
    lab.trial("no server listens: a code", format!("connect_ex returns {code}, {name}, and raises nothing"), code != 0);
    lab.trial("the code for it is 10061", format!("it is {code}"), code == 10061);
    Ok(())
}

fn timeout_before_connect(lab: &mut Lab) -> Result<()> {
    let (listener, address) = lab.listener(0)?;
    let mut client = Socket::tcp(&lab.shared())?;
    client.connect(&Address::from(address.clone()))?;
    client.settimeout(Some(0.02))?;
    let mark = lab.mark();
    let result = client.recv(16);
    lab.calls_since(mark, "poll", true);
    let timed_out = result == Err(Error::TimedOut);
    lab.trial(
        "settimeout(0.02) after connect, for recv",
        match &result {
            Err(error) => format!("recv raises {error}"),
            Ok(got) => format!("recv returns {} bytes", got.len()),
        },
        !timed_out,
    );
    // The queue is full now: a second connect would wait.
    let mut second = Socket::tcp(&lab.shared())?;
    second.settimeout(Some(0.05))?;
    let mark = lab.mark();
    let result = second.connect(&Address::from(address));
    lab.calls_since(mark, "connect", true);
    lab.calls_since(mark, "poll", true);
    lab.trial(
        "settimeout(0.05) before a connect that gets no answer",
        match &result {
            Err(error) => format!("connect raises {error}; it waits in poll, so a later timeout would come too late"),
            Ok(()) => "connect succeeds".to_owned(),
        },
        result == Err(Error::TimedOut),
    );
    client.close()?;
    second.close()?;
    lab.close(listener)
}

fn close_disconnects(lab: &mut Lab) -> Result<()> {
    let (client, server, _) = lab.connection()?;
    lab.show(|net| net.close(client))?;
    lab.readable(server)?;
    let received = lab.recv(server);
    lab.mark_evidence();
    lab.trial(
        "the only descriptor is closed",
        format!("the peer's recv gives {}", received_text(&received)),
        received.as_deref() == Ok(""),
    );

    let (client, server, _) = lab.connection()?;
    let copy = lab.show(|net| net.fcntl(client, libc::F_DUPFD_CLOEXEC, 0))?;
    lab.show(|net| net.close(client))?;
    lab.show(|net| net.send(copy, b"still here", 0))?;
    lab.readable(server)?;
    let received = lab.recv(server);
    lab.mark_evidence();
    let state = witness::tcp_info(lab, server)?.state;
    lab.trial(
        "one of two descriptors is closed",
        format!("the peer's recv gives {}, sent by the other; the connection is {state}", received_text(&received)),
        state != TcpState::ESTABLISHED,
    );

    let (client, server, _) = lab.connection()?;
    lab.call(|net| net.send(server, b"unread", 0))?;
    lab.readable(client)?;
    lab.show(|net| net.close(client))?;
    lab.poll(server, libc::POLLIN, 1000)?;
    let received = lab.recv(server);
    lab.mark_evidence();
    lab.trial(
        "closed with data that was not read",
        format!("the peer's recv gives {}", received_text(&received)),
        !failed_with(&received, libc::EAGAIN),
    );

    let (client, server, _) = lab.connection()?;
    lab.show(|net| net.close(client))?;
    lab.readable(server)?;
    let state = witness::tcp_info(lab, server)?.state;
    let sent = lab.show(|net| net.send(server, b"late", 0));
    lab.poll(server, 0, 1000)?;
    let again = lab.show(|net| net.send(server, b"later", libc::MSG_NOSIGNAL));
    lab.trial(
        "the peer of a closed socket keeps sending",
        format!("its socket is {state}; its first send {}, the next {}", outcome(&sent), outcome(&again)),
        sent.is_err(),
    );
    Ok(())
}

/// What a recv returned, in words.
fn received_text(result: &crate::net::Result<String>) -> String {
    match result {
        Ok(text) if text.is_empty() => "the end (0 bytes)".to_owned(),
        Ok(text) => format!("{text:?}"),
        Err(errno) => format!("{errno:?}"),
    }
}
