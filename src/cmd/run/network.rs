//! The network that both roles run in, and the server's port there.
//!
//! In a private network nobody else has the documents' ports, nor does the run before, whose connections stay in
//! TIME_WAIT for a minute. Where there is none, a port that is taken is replaced, or waited for if it was asked for.

use std::cell::RefCell;
use std::net::{IpAddr, Ipv4Addr};
use std::rc::Rc;
use std::time::Duration;

use anyhow::bail;
use clap::ValueEnum;

use super::{Args, show};
use crate::event::{Body, Errno, Event, Relation, Why};
use crate::net::{Limits, Net, Stream};
use crate::program::cases::{Act, Case};
use crate::program::{Program, Role, Transport};
use crate::sys::namespace::{self, NamespaceUser};
use crate::sys::setting;
use crate::sys::signals::{self, Remembered};
use crate::value::SockAddr;
use crate::why;

/// A network to run in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cmd) enum Network {
    /// One of its own, with nothing but a loopback interface
    Private,
    /// This machine's
    Host,
}

/// How long making a network may take.
const LIMIT: Duration = Duration::from_secs(10);
/// How often a port is tried that will be free later.
const AGAIN: Duration = Duration::from_millis(50);

/// Moves this process, while it has one thread, into a network of its own where that is asked for or possible.
pub(super) fn enter(args: &Args, program: &Program, case: &Case) -> anyhow::Result<()> {
    let wanted = args.network.unwrap_or(if is_here(args, program) { Network::Private } else { Network::Host });
    if wanted == Network::Host {
        return Ok(());
    }
    // Tried in another process first, since half a namespace would be neither this network nor the other.
    let made = namespace::in_child(LIMIT, &|| false, || match namespace::enter(NamespaceUser::Same) {
        Ok(()) => Vec::new(),
        Err(why) => why.into_bytes(),
    });
    let obstacle = match made {
        Ok(why) if why.is_empty() => namespace::enter(NamespaceUser::Same).err(),
        Ok(why) => Some(String::from_utf8_lossy(&why).into_owned()),
        Err(failure) => Some(failure.to_string()),
    };
    match obstacle {
        Some(why) if args.network.is_some() => bail!("cannot make a private network: {why}; or try --network host"),
        Some(_) => return Ok(()),
        None => {}
    }
    let unprivileged = case.script.iter().any(|act| matches!(act, Act::StartUnprivileged(..)));
    if args.port.unwrap_or(program.server_port) < 1024 && !unprivileged {
        // An ordinary user may bind it, too. Where this cannot be set, `port` takes another one.
        let _ = setting::set("net.ipv4.ip_unprivileged_port_start", "0");
    }
    Ok(())
}

/// Whether the roles reach each other over the loopback interface alone.
fn is_here(args: &Args, program: &Program) -> bool {
    // To getname the host is a name to look up.
    let host = args.host.as_deref().filter(|_| program.name != "getname");
    let address = host.map(str::parse::<IpAddr>);
    match address {
        None => true,
        Some(Ok(ip)) => ip.is_loopback() || ip.is_unspecified(),
        Some(Err(_)) => host == Some("localhost"),
    }
}

/// The server's port: the one asked for, which is waited for while an ended connection has it; or the document's, or any
/// free one where that cannot be had.
pub(super) fn port(args: &Args, program: &Program, case: &Case, signals: &Remembered) -> anyhow::Result<u16> {
    let port = args.port.unwrap_or(program.server_port);
    let acts = |wanted: fn(&Act) -> bool| case.script.iter().any(wanted);
    let holds = acts(|act| matches!(act, Act::Hold));
    if port == 0 || !(holds || acts(|act| matches!(act, Act::Start(Role::Server, _)))) {
        return Ok(port);
    }
    let host = args.host.as_deref().and_then(|host| host.parse().ok()).unwrap_or(Ipv4Addr::LOCALHOST);
    let language = args.log.language.get();
    let mut waiting = false;
    while let Some(obstacle) = obstacle(program.transport, host, port, program.reuses_address && !holds) {
        let text = match &obstacle {
            Obstacle::Right => {
                language.text(&format!("binding port {port} needs a right that this user lacks")).into_owned()
            }
            Obstacle::TimeWait(ms) => {
                language.text(&format!("port {port} is in TIME_WAIT for {} s more", ms.div_ceil(1000))).into_owned()
            }
            Obstacle::Other(text) => {
                let why = language.text(text);
                let why = why.trim_end_matches(['.', '。']);
                language.text(&format!("port {port} is in use: {why}")).into_owned()
            }
        };
        match obstacle {
            _ if args.port.is_none() => {
                show::remark(
                    &language.text(&format!("{text}; it is the document's, but any free one does: taking one")),
                );
                return Ok(0);
            }
            Obstacle::TimeWait(_) if !waiting => {
                waiting = true;
                show::remark(&language.text(&format!("{text}: waiting; without --port it takes any free one")));
            }
            Obstacle::TimeWait(_) => {}
            _ => bail!(language.text(&format!("{text}; choose another with --port (0: any)")).into_owned()),
        }
        if let Some(signal) = signals.last() {
            signals::die_of(signal as i32);
        }
        std::thread::park_timeout(AGAIN);
    }
    Ok(port)
}

/// Why a server would not get its port.
enum Obstacle {
    /// It takes a capability.
    Right,
    /// Nothing but the ends of earlier connections has it, for so many ms.
    TimeWait(u64),
    /// Somebody has it, in a sentence.
    Other(String),
}

/// Binds the port as the server will, and looks why that fails as `--why` would.
fn obstacle(transport: Transport, host: Ipv4Addr, port: u16, reuses: bool) -> Option<Obstacle> {
    let events: Rc<RefCell<Vec<Event>>> = Rc::default();
    let mut net = Net::new(Stream::new(Rc::clone(&events), Limits::default()).explaining(true));
    let kind = match transport {
        Transport::Tcp => libc::SOCK_STREAM,
        Transport::Udp => libc::SOCK_DGRAM,
    };
    let fd = net.socket(libc::AF_INET, kind | libc::SOCK_CLOEXEC, 0).ok()?;
    if reuses {
        let _ = net.setsockopt(fd, libc::SOL_SOCKET, libc::SO_REUSEADDR, &1i32.to_ne_bytes());
    }
    let refused = net.bind(fd, &SockAddr::Inet { ip: host, port }).err();
    let _ = net.close(fd);
    match refused? {
        Errno(libc::EADDRINUSE) => {}
        Errno(libc::EACCES) => return Some(Obstacle::Right),
        _ => return None, // as an address that is not this machine's: the program's own failure shows it
    }
    let events = events.borrow();
    let mut calls =
        events.iter().filter_map(|event| if let Body::Call(call) = &event.body { Some(call) } else { None });
    let (call, why) = calls.find_map(|call| Some((call, call.why.as_ref()?)))?;
    Some(ended_connections(why).unwrap_or_else(|| {
        Obstacle::Other(why::explain(call, &why.evidence).map(|cause| cause.text).unwrap_or_default())
    }))
}

/// How long the last of the connections lasts that alone hold an address.
fn ended_connections(why: &Why) -> Option<Obstacle> {
    let mut left = None;
    for holder in why.evidence.sockets.iter().filter(|socket| socket.relation == Relation::Holder) {
        if holder.state.as_deref() != Some("TIME_WAIT") {
            return None;
        }
        left = left.max(holder.timer_ms);
    }
    left.map(Obstacle::TimeWait)
}
