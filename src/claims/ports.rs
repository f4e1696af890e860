//! Claims about port numbers and which sockets may bind them.

use std::os::fd::RawFd;

use caps::{CapSet, Capability};
use libc::{SO_REUSEADDR, SO_REUSEPORT, SOL_SOCKET};

use super::lab::{Lab, failed_with, local, outcome};
use super::witness::{self, TcpState};
use super::{Claim, ExperimentError, Needs, Result};
use crate::pysocket::{Address, Socket};

/// The claims of this family, in the order of the report.
pub(super) static CLAIMS: &[Claim] = &[
    Claim {
        id: "port-range",
        documents: &["004"],
        programs: &["tcp-hello", "udp-hello"],
        statement: "a port number is 0 – 65536",
        depends_on: "which end of the range",
        settings: &[],
        needs: Needs::Nothing,
        run: port_range,
    },
    Claim {
        id: "privileged-ports",
        documents: &["001", "004"],
        programs: &["chat", "tcp-hello"],
        statement: "ports 0 – 1023 are for the superuser: bind fails with EACCES",
        depends_on: "net.ipv4.ip_unprivileged_port_start and CAP_NET_BIND_SERVICE",
        settings: &["net.ipv4.ip_unprivileged_port_start"],
        needs: Needs::Namespace,
        run: privileged_ports,
    },
    Claim {
        id: "time-wait",
        documents: &["001"],
        programs: &["chat"],
        statement: "binding an address that is in TIME_WAIT fails with EADDRINUSE",
        depends_on: "SO_REUSEADDR on both sockets, and net.ipv4.tcp_max_tw_buckets",
        settings: &["net.ipv4.tcp_max_tw_buckets", "net.ipv4.tcp_tw_reuse"],
        needs: Needs::Namespace,
        run: time_wait,
    },
    Claim {
        id: "endpoint-unique",
        documents: &["002", "003", "004"],
        programs: &["flow", "http-get", "tcp-hello"],
        statement: "address, port and protocol name one process",
        depends_on: "SO_REUSEPORT, and on descriptors that processes share",
        settings: &[],
        needs: Needs::Nothing,
        run: endpoint_unique,
    },
];

/// Binds port numbers around both ends as Python would, and reads back which port the kernel assigned.
fn port_range(lab: &mut Lab) -> Result<()> {
    let mut bound = Vec::new();
    let mut results = Vec::new();
    for asked in [-1_i64, 0, 1 << 15, 65534, 65535, 65536, 65537] {
        let mut socket = Socket::tcp(&lab.shared())?;
        match socket.bind(&Address::new("127.0.0.1", asked)) {
            Ok(()) => {
                lab.mark_evidence();
                let got = lab.port(socket.fileno())?;
                lab.mark_evidence();
                if i64::from(got) == asked {
                    bound.push(asked);
                }
                results.push((
                    asked,
                    if i64::from(got) == asked { "it is the port" } else { "the kernel assigns another port" }
                        .to_owned(),
                ));
            }
            // It is in use, so it is a port.
            Err(error) if error.errno().is_some_and(|errno| errno.0 == libc::EADDRINUSE) => {
                lab.mark_evidence();
                bound.push(asked);
                results.push((asked, "it is in use".to_owned()));
            }
            Err(error) => results.push((asked, format!("no call is made, since Python raises {error}"))),
        }
        socket.close()?;
    }
    let result_of =
        |asked: i64| results.iter().find(|(port, _)| *port == asked).map_or("", |(_, result)| result).to_owned();
    let highest = bound.iter().max().copied().unwrap_or(0);
    let lowest = bound.iter().min().copied().unwrap_or(0);
    // The address has 16 bits for the port: 65536 is 0 there.
    let fd = lab.tcp()?;
    lab.show(|net| net.bind(fd, &local((65536_u32 & 0xffff) as u16)))?;
    let got = lab.port(fd)?;
    lab.mark_evidence();
    lab.trial(
        "the highest port that can be bound",
        format!(
            "{highest}; bind to 65536: {}, and in the 16 bits an address has it is 0, for which the kernel picks a port{}",
            result_of(65536),
            if got == 0 { " (it did not)" } else { "" }
        ),
        highest == 65536,
    );
    lab.trial(
        "port 0",
        if lowest == 0 { "bind to 0 gives port 0" } else { "bind to 0 gives another port: no socket has 0" },
        lowest == 0,
    );
    Ok(())
}

/// Binds around the limit without the capability under several limits, and once with it.
fn privileged_ports(lab: &mut Lab) -> Result<()> {
    const NAME: &str = "net.ipv4.ip_unprivileged_port_start";
    const PORTS: [u16; 5] = [1, 80, 443, 1023, 1024];
    let capability = |what: std::result::Result<(), caps::errors::CapsError>| {
        what.map_err(|error| {
            ExperimentError::new(format!("CAP_NET_BIND_SERVICE cannot be dropped and raised again: {error}"))
        })
    };
    for (value, in_force) in lab.values(NAME, &["1024", "0", "443", "2048"])? {
        lab.set(NAME, &value)?;
        capability(caps::drop(None, CapSet::Effective, Capability::CAP_NET_BIND_SERVICE))?;
        let mut refused = Vec::new();
        let mut allowed = Vec::new();
        for port in PORTS {
            let result = bind_and_close(lab, port)?;
            match result {
                Ok(()) => allowed.push(port.to_string()),
                Err(errno) if errno.0 == libc::EACCES => refused.push(port.to_string()),
                Err(errno) => return Err(errno.into()),
            }
        }
        capability(caps::raise(None, CapSet::Effective, Capability::CAP_NET_BIND_SERVICE))?;
        let list = |ports: &[String]| if ports.is_empty() { "none".to_owned() } else { ports.join(", ") };
        let seen = format!("EACCES for {}; bind succeeds for {}", list(&refused), list(&allowed));
        let holds = allowed == ["1024"];
        let tried = format!("{NAME} = {value}, ports {PORTS:?}, without CAP_NET_BIND_SERVICE");
        if in_force { lab.trial_in_force(tried, seen, holds) } else { lab.trial(tried, seen, holds) }
    }
    lab.restore()?;
    capability(caps::drop(None, CapSet::Effective, Capability::CAP_NET_BIND_SERVICE))?;
    let zero = bind_and_close(lab, 0)?;
    capability(caps::raise(None, CapSet::Effective, Capability::CAP_NET_BIND_SERVICE))?;
    lab.trial(
        "port 0, without it",
        format!("bind {}: 0 asks for any port", outcome(&zero)),
        failed_with(&zero, libc::EACCES),
    );
    let with = bind_and_close(lab, 80)?;
    lab.trial("port 80 with CAP_NET_BIND_SERVICE", format!("bind {}", outcome(&with)), with.is_ok());
    Ok(())
}

fn bind_and_close(lab: &mut Lab, port: u16) -> Result<crate::net::Result<()>> {
    let fd = lab.tcp()?;
    let result = lab.show(|net| net.bind(fd, &local(port)));
    lab.close(fd)?;
    Ok(result)
}

/// Leaves addresses in TIME_WAIT and binds them again.
fn time_wait(lab: &mut Lab) -> Result<()> {
    const BUCKETS: &str = "net.ipv4.tcp_max_tw_buckets";
    const REUSE: &str = "net.ipv4.tcp_tw_reuse";
    let (buckets, reuse) = (lab.in_force(BUCKETS)?, lab.in_force(REUSE)?);
    let here = format!("no option; {BUCKETS} = {buckets}, {REUSE} = {reuse}");
    let (seen, holds) = bind_after_close(lab, false, false)?;
    lab.trial_in_force(here, seen, holds);
    let (seen, holds) = bind_after_close(lab, false, true)?;
    lab.trial("SO_REUSEADDR on the new socket only", seen, holds);
    let (seen, holds) = bind_after_close(lab, true, true)?;
    lab.trial("SO_REUSEADDR on the old and the new socket", seen, holds);
    for (name, value) in [(BUCKETS, "1000"), (BUCKETS, "0"), (REUSE, "1")] {
        lab.restore()?;
        lab.set(name, value)?;
        let (seen, holds) = bind_after_close(lab, false, false)?;
        lab.trial(format!("no option; {name} = {value}"), seen, holds);
    }
    lab.restore()
}

/// Runs a connection in which the server closes first, and binds the server's address again.
fn bind_after_close(lab: &mut Lab, old_reuses: bool, new_reuses: bool) -> Result<(String, bool)> {
    let listener = lab.tcp()?;
    if old_reuses {
        lab.set_option(listener, SOL_SOCKET, SO_REUSEADDR, 1)?;
    }
    lab.call(|net| net.bind(listener, &local(0)))?;
    lab.call(|net| net.listen(listener, 1))?;
    let address = lab.address(listener)?;
    let port = lab.port(listener)?;
    let client = lab.tcp()?;
    lab.call(|net| net.connect(client, &address))?;
    let server = lab.accept(listener)?;
    lab.close(listener)?;
    lab.close(server)?;
    lab.recv(client)?;
    lab.close(client)?;
    witness::wait_until("the end of the connection", || {
        Ok(witness::states(port)?.into_iter().all(|state| state == TcpState::TIME_WAIT))
    })?;
    let waiting = witness::count(port, TcpState::TIME_WAIT)?;
    let again = lab.tcp()?;
    if new_reuses {
        lab.set_option(again, SOL_SOCKET, SO_REUSEADDR, 1)?;
        lab.mark_evidence();
    }
    let result = lab.show(|net| net.bind(again, &address));
    lab.close(again)?;
    let state = if waiting > 0 { "the address is in TIME_WAIT" } else { "nothing is left in TIME_WAIT" };
    Ok((format!("{state}; bind {}", outcome(&result)), failed_with(&result, libc::EADDRINUSE)))
}

/// Gives one endpoint to two sockets and to two processes.
fn endpoint_unique(lab: &mut Lab) -> Result<()> {
    let (first, address) = lab.listener(4)?;
    let port = lab.port(first)?;
    let second = lab.tcp()?;
    let result = lab.show(|net| net.bind(second, &address));
    lab.trial(
        "a second TCP socket on the same address and port",
        format!("bind {}", outcome(&result)),
        failed_with(&result, libc::EADDRINUSE),
    );
    let udp = lab.udp()?;
    let result = lab.show(|net| net.bind(udp, &local(port)));
    lab.trial(
        "a UDP socket on the same address and port",
        format!("bind {}: the protocol distinguishes them", outcome(&result)),
        result.is_ok(),
    );

    let mut sharing = Vec::new();
    let shared = lab.tcp()?;
    lab.set_option(shared, SOL_SOCKET, SO_REUSEPORT, 1)?;
    lab.call(|net| net.bind(shared, &local(0)))?;
    let address = lab.address(shared)?;
    sharing.push(shared);
    let other = lab.tcp()?;
    lab.set_option(other, SOL_SOCKET, SO_REUSEPORT, 1)?;
    let bound = lab.show(|net| net.bind(other, &address));
    let listening = [shared, other].map(|fd: RawFd| lab.show(|net| net.listen(fd, 1)).is_ok());
    let both = bound.is_ok() && listening == [true, true];
    lab.trial(
        "two TCP sockets with SO_REUSEPORT",
        if both { "both bind and both listen" } else { "the second is refused" },
        !both,
    );

    // A descriptor inherited by fork: another process accepts connections at our endpoint.
    let (listener, address) = lab.listener(4)?;
    let client = lab.tcp()?;
    lab.call(|net| net.connect(client, &address))?;
    let other = lab.in_other_process(|net| {
        net.accept4(listener, 16, libc::SOCK_CLOEXEC)?;
        Ok(std::process::id())
    })?;
    let client = lab.tcp()?;
    lab.call(|net| net.connect(client, &address))?;
    lab.accept(listener)?;
    lab.mark_evidence();
    let ours = std::process::id();
    lab.trial(
        "a listening socket shared by fork",
        format!("{} accepted connections on it", if other == ours { "one process" } else { "two processes" }),
        other == ours,
    );
    Ok(())
}
