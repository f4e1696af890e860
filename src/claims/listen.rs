//! Claims about listening and its queues.

use std::os::fd::RawFd;

use libc::{SO_REUSEADDR, SO_REUSEPORT, SOL_SOCKET, c_int};

use super::filter::{self, Filter};
use super::lab::{Lab, failed_with, local, outcome};
use super::witness::{self, TcpState};
use super::{Claim, ExperimentError, Needs, Result};
use crate::value::SockAddr;

const SOMAXCONN: &str = "net.core.somaxconn";
const SYNCOOKIES: &str = "net.ipv4.tcp_syncookies";
const MAX_SYN_BACKLOG: &str = "net.ipv4.tcp_max_syn_backlog";
const ABORT: &str = "net.ipv4.tcp_abort_on_overflow";
const PORT_RANGE: &str = "net.ipv4.ip_local_port_range";
/// Peers with saved metrics are exempt from the limit on half-open connections; in our namespace none are saved.
const NO_METRICS: (&str, &str) = ("net.ipv4.tcp_no_metrics_save", "1");

/// The claims of this family, in the order of the report.
pub(super) static CLAIMS: &[Claim] = &[
    Claim {
        id: "listen-in-use",
        documents: &["001"],
        programs: &["chat"],
        statement: "listen fails with EADDRINUSE when another socket listens on the port",
        depends_on: "SO_REUSEADDR and SO_REUSEPORT: without them bind fails before listen can",
        settings: &[],
        needs: Needs::Nothing,
        run: listen_in_use,
    },
    Claim {
        id: "listen-unbound",
        documents: &["001"],
        programs: &["chat"],
        statement: "listen on an unbound socket takes a port from ip_local_port_range; none left: EADDRINUSE",
        depends_on: "net.ipv4.ip_local_port_range",
        settings: &[PORT_RANGE],
        needs: Needs::Namespace,
        run: listen_unbound,
    },
    Claim {
        id: "backlog-established",
        documents: &["001", "002"],
        programs: &["chat", "flow"],
        statement: "backlog n means n established connections not yet accepted",
        depends_on: "n, and net.core.somaxconn",
        settings: &[SOMAXCONN],
        needs: Needs::Namespace,
        run: backlog_established,
    },
    Claim {
        id: "backlog-half-open",
        documents: &["004"],
        programs: &["tcp-hello"],
        statement: "backlog 5 means five half-open connections",
        depends_on: "net.ipv4.tcp_syncookies",
        settings: &[SYNCOOKIES, SOMAXCONN, MAX_SYN_BACKLOG],
        needs: Needs::Namespace,
        run: backlog_half_open,
    },
    Claim {
        id: "syn-backlog",
        documents: &["001"],
        programs: &["chat"],
        statement: "half-open connections are limited by tcp_max_syn_backlog",
        depends_on: "net.ipv4.tcp_syncookies",
        settings: &[SYNCOOKIES, MAX_SYN_BACKLOG],
        needs: Needs::Namespace,
        run: syn_backlog,
    },
    Claim {
        id: "queue-full-refused",
        documents: &["001", "002"],
        programs: &["chat", "flow"],
        statement: "when the queue is full a client gets ECONNREFUSED",
        depends_on: "net.ipv4.tcp_abort_on_overflow",
        settings: &[ABORT, SYNCOOKIES],
        needs: Needs::Namespace,
        run: queue_full_refused,
    },
];

/// Binds two sockets to one port, without and with either option, and lets both listen.
fn listen_in_use(lab: &mut Lab) -> Result<()> {
    for (option, name) in
        [(None, "no option"), (Some(SO_REUSEADDR), "SO_REUSEADDR"), (Some(SO_REUSEPORT), "SO_REUSEPORT")]
    {
        let sockets = [lab.tcp()?, lab.tcp()?];
        if let Some(option) = option {
            for fd in sockets {
                lab.set_option(fd, SOL_SOCKET, option, 1)?;
            }
        }
        let [first, second] = sockets;
        lab.call(|net| net.bind(first, &local(0)))?;
        let address = lab.address(first)?;
        let bound = lab.show(|net| net.bind(second, &address));
        lab.show(|net| net.listen(first, 1))?;
        if bound.is_err() {
            lab.trial(
                format!("{name} on both sockets"),
                format!("bind already {}, so listen is never reached", outcome(&bound)),
                false,
            );
            continue;
        }
        let result = lab.show(|net| net.listen(second, 1));
        lab.trial(
            format!("{name} on both sockets, bound before either listens"),
            format!("bind succeeds; the second listen {}", outcome(&result)),
            failed_with(&result, libc::EADDRINUSE),
        );
    }
    Ok(())
}

/// Listens without bind, then repeats it until a range of two ports is used up.
fn listen_unbound(lab: &mut Lab) -> Result<()> {
    let range = lab.in_force(PORT_RANGE)?;
    let (low, high) = bounds(&range)?;
    let fd = lab.tcp()?;
    lab.show(|net| net.listen(fd, 1))?;
    let port = lab.port(fd)?;
    lab.mark_evidence();
    lab.trial_in_force(
        format!("{PORT_RANGE} = {range}"),
        format!(
            "listen without bind takes {}",
            if (low..=high).contains(&port) {
                "a port of this range".to_owned()
            } else {
                format!("port {port}, outside it")
            }
        ),
        (low..=high).contains(&port),
    );
    lab.close(fd)?;

    lab.set(PORT_RANGE, "40000 40001")?;
    let mut ports = Vec::new();
    let full = loop {
        let fd = lab.tcp()?;
        let result = lab.show(|net| net.listen(fd, 1));
        if result.is_err() || ports.len() == 4 {
            break result;
        }
        ports.push(lab.port(fd)?);
    };
    ports.sort_unstable();
    lab.trial(
        format!("{PORT_RANGE} = 40000 40001, one listener after the other"),
        format!("listen takes {ports:?}, then {}", outcome(&full)),
        ports == [40000, 40001] && failed_with(&full, libc::EADDRINUSE),
    );
    lab.restore()
}

/// The two ends of a port range.
pub(super) fn bounds(range: &str) -> Result<(u16, u16)> {
    let mut words = range.split_whitespace().map(str::parse);
    match (words.next(), words.next()) {
        (Some(Ok(low)), Some(Ok(high))) => Ok((low, high)),
        _ => Err(ExperimentError::new(format!("cannot parse {PORT_RANGE}: {range} is not a range"))),
    }
}

/// Counts how many connections are established before accept is called.
fn backlog_established(lab: &mut Lab) -> Result<()> {
    let somaxconn = lab.in_force(SOMAXCONN)?;
    for backlog in [0, 1, 5] {
        let established = established_before_accept(lab, backlog)?;
        lab.trial_in_force(
            format!("listen({backlog}), {SOMAXCONN} = {somaxconn}"),
            format!("{established} established connections wait"),
            established == backlog,
        );
    }
    lab.set(SOMAXCONN, "2")?;
    let established = established_before_accept(lab, 5)?;
    lab.trial(
        format!("listen(5), {SOMAXCONN} = 2"),
        format!("{established} established connections wait"),
        established == 5,
    );
    lab.restore()
}

/// Connects more clients than can wait, then counts by accepting.
fn established_before_accept(lab: &mut Lab, backlog: c_int) -> Result<c_int> {
    let (listener, address) = lab.listener(backlog)?;
    lab.mark_evidence();
    let dropped = witness::counter("ListenDrops")?;
    let mut clients = Vec::new();
    for _ in 0..backlog + 4 {
        let client = lab.tcp_nonblocking()?;
        in_progress(lab, client, &address)?;
        clients.push(client);
    }
    witness::wait_until("an end of every handshake", || {
        let waiting = u64::from(witness::tcp_info(lab, listener)?.unacked);
        Ok(waiting + witness::counter("ListenDrops")? - dropped >= clients.len() as u64)
    })?;
    // The listener's TCP_INFO counts waiting connections (tcpi_unacked); accepting them must give the same number.
    let waiting = witness::tcp_info(lab, listener)?.unacked;
    let mut accepted = 0;
    while let Some(connection) = lab.accept_waiting(listener)? {
        accepted += 1;
        lab.reset(connection)?;
    }
    if i64::from(waiting) != i64::from(accepted) {
        lab.note(format!("TCP_INFO counted {waiting} waiting connections, accept returned {accepted}"));
    }
    for client in clients {
        lab.close(client)?;
    }
    lab.close(listener)?;
    Ok(accepted)
}

/// `connect` on a non-blocking socket.
fn in_progress(lab: &mut Lab, client: RawFd, address: &SockAddr) -> Result<()> {
    match lab.call(|net| net.connect(client, address)) {
        Err(errno) if errno.0 != libc::EINPROGRESS => Err(errno.into()),
        _ => Ok(()),
    }
}

/// Offers `attempts` handshakes of which the last segment is lost, and counts the half-open connections.
fn half_open(lab: &mut Lab, backlog: c_int, attempts: usize) -> Result<usize> {
    let (listener, address) = lab.listener(backlog)?;
    Filter::only_syn().attach(lab, listener)?;
    for _ in 0..attempts {
        let client = lab.tcp_nonblocking()?;
        in_progress(lab, client, &address)?;
        lab.reset(client)?; // the reset is lost too
    }
    let port = lab.port(listener)?;
    let half_open = witness::count(port, TcpState::SYN_RECV)?;
    lab.close(listener)?;
    Ok(half_open)
}

/// Counts half-open connections for backlog 5.
fn backlog_half_open(lab: &mut Lab) -> Result<()> {
    lab.set(NO_METRICS.0, NO_METRICS.1)?;
    for (value, in_force) in lab.values(SYNCOOKIES, &["0", "1", "2"])? {
        lab.set(SYNCOOKIES, &value)?;
        let count = half_open(lab, 5, 12)?;
        lab.calls_since(0, "listen", true);
        let tried = format!("listen(5), {SYNCOOKIES} = {value}, 12 handshakes whose last segment is lost");
        let seen = format!("{count} half-open connections (SYN_RECV)");
        if in_force { lab.trial_in_force(tried, seen, count == 5) } else { lab.trial(tried, seen, count == 5) }
    }
    lab.restore()
}

/// Tests whether changing `tcp_max_syn_backlog` changes how many connections can be half-open.
fn syn_backlog(lab: &mut Lab) -> Result<()> {
    const ATTEMPTS: usize = 90;
    const LIMITS: [usize; 2] = [16, 64];
    lab.set(NO_METRICS.0, NO_METRICS.1)?;
    lab.set(SOMAXCONN, "4096")?;
    for (value, in_force) in lab.values(SYNCOOKIES, &["0", "1", "2"])? {
        lab.set(SYNCOOKIES, &value)?;
        let mut counts = Vec::new();
        for limit in LIMITS {
            lab.set(MAX_SYN_BACKLOG, &limit.to_string())?;
            counts.push(half_open(lab, 1024, ATTEMPTS)?);
        }
        lab.calls_since(0, "listen", true);
        let limited =
            counts.iter().zip(LIMITS).all(|(count, limit)| (1..=limit).contains(count)) && counts[0] < counts[1];
        let tried =
            format!("{SYNCOOKIES} = {value}, {MAX_SYN_BACKLOG} = 16 and 64, listen(1024), {ATTEMPTS} handshakes");
        let seen = format!("{} and {} half-open connections", counts[0], counts[1]);
        if in_force { lab.trial_in_force(tried, seen, limited) } else { lab.trial(tried, seen, limited) }
    }
    lab.restore()
}

/// Fills the queue, then sends both kinds of segment: the first of a handshake, and the last of one begun before.
fn queue_full_refused(lab: &mut Lab) -> Result<()> {
    for (value, in_force) in lab.values(ABORT, &["0", "1"])? {
        lab.set(ABORT, &value)?;
        let (seen, holds) = connect_when_full(lab)?;
        let tried = format!("{ABORT} = {value}, a client that comes when the queue is full");
        if in_force {
            lab.trial_in_force(tried, seen, holds)
        } else {
            lab.trial(tried, seen, holds)
        }
        let (seen, holds) = finish_when_full(lab)?;
        let tried = format!("{ABORT} = {value}, a client whose handshake ends when the queue is full");
        if in_force { lab.trial_in_force(tried, seen, holds) } else { lab.trial(tried, seen, holds) }
    }
    lab.restore()
}

fn connect_when_full(lab: &mut Lab) -> Result<(String, bool)> {
    let (listener, address) = lab.listener(0)?;
    let first = lab.tcp()?;
    lab.call(|net| net.connect(first, &address))?;
    let dropped = witness::counter("ListenDrops")?;
    let client = lab.tcp_nonblocking()?;
    let result = lab.show(|net| net.connect(client, &address));
    witness::wait_until("an answer or a dropped segment", || Ok(witness::counter("ListenDrops")? > dropped))?;
    let state = witness::tcp_info(lab, client)?.state;
    let pending = lab.get_option(client, SOL_SOCKET, libc::SO_ERROR)?;
    lab.mark_evidence();
    let refused = failed_with(&result, libc::ECONNREFUSED) || pending == libc::ECONNREFUSED;
    let seen = format!(
        "the kernel drops its SYN (ListenDrops) without a reply: connect {}, state {state}, {}",
        outcome(&result),
        if pending == 0 { "no error" } else { "an error" }
    );
    for fd in [client, first, listener] {
        lab.close(fd)?;
    }
    Ok((seen, refused))
}

fn finish_when_full(lab: &mut Lab) -> Result<(String, bool)> {
    let (listener, address) = lab.listener(1)?;
    Filter::only_syn().attach(lab, listener)?;
    let clients = [lab.tcp_nonblocking()?, lab.tcp_nonblocking()?];
    for client in clients {
        in_progress(lab, client, &address)?;
    }
    filter::detach(lab, listener)?;
    lab.show(|net| net.listen(listener, 0))?;
    // Data carries the acknowledgement that was lost; the first fills the queue.
    let [first, second] = clients;
    lab.call(|net| net.send(first, b"1", 0))?;
    lab.readable(listener)?;
    let connected = witness::tcp_info(lab, second)?.state;
    let overflows = witness::counter("ListenOverflows")?;
    lab.show(|net| net.send(second, b"2", 0))?;
    witness::wait_until("the overflow", || Ok(witness::counter("ListenOverflows")? > overflows))?;
    lab.poll(second, libc::POLLIN, 20)?;
    let received = lab.recv(second);
    lab.mark_evidence();
    let seen = format!(
        "the client is {connected}; its first data overflows the queue (ListenOverflows) and recv then {}",
        outcome(&received)
    );
    for fd in [first, second, listener] {
        lab.close(fd)?;
    }
    Ok((seen, failed_with(&received, libc::ECONNREFUSED)))
}
