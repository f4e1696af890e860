//! No way leads to a host: ENETUNREACH, EHOSTUNREACH.

use super::{CauseKind, Demo, Incident, Kinds, host};
use crate::event::Cause;

static NO_ROUTE: CauseKind = CauseKind {
    id: "no-route",
    errno: "ENETUNREACH",
    on: Kinds::NETWORKED,
    expected: false,
    calls: &["connect", "sendto", "sendmsg"],
    summary: "No route leads to that address: there is no default route, the interface is down, or the family (IPv6, often) \
           is not set up.",
    demo: Demo::Isolated("from socket import *; socket().connect(('192.0.2.1',80))"),
};
static LOOPBACK_DOWN: CauseKind = CauseKind {
    id: "loopback-down",
    errno: "ENETUNREACH",
    on: Kinds::INTERNET,
    expected: false,
    calls: &["connect", "sendto", "sendmsg"],
    summary: "The loopback interface is down, as it is in a new network namespace: then not even 127.0.0.1 is reached.",
    demo: Demo::Isolated("from socket import *; socket().connect(('127.0.0.1',80))"),
};
static HOST_UNREACHABLE: CauseKind = CauseKind {
    id: "host-unreachable",
    errno: "EHOSTUNREACH",
    on: Kinds::NETWORKED,
    expected: false,
    calls: &["connect", "sendto", "getsockopt", "recvfrom"],
    summary: "There is a route, but the host is not found on its network (no answer to ARP or neighbour discovery), or a \
           router or firewall answered that it cannot be reached.",
    demo: Demo::Isolated(
        "import os; from socket import *
os.system('ip link set lo up; ip route add unreachable 192.0.2.0/24'); socket().connect(('192.0.2.1',80))",
    ),
};

/// This family's.
pub(super) static CAUSES: &[&CauseKind] = &[&NO_ROUTE, &LOOPBACK_DOWN, &HOST_UNREACHABLE];

/// ENETUNREACH and EHOSTUNREACH.
pub(super) fn unreachable(incident: &Incident<'_>) -> Option<Cause> {
    let there = incident.there();
    let at = host(&there);
    let names = |up: bool| {
        let some = incident.evidence.interfaces.iter().filter(|interface| interface.up == up);
        some.map(|interface| interface.name.as_str()).collect::<Vec<_>>().join(", ")
    };
    let (up, down) = (names(true), names(false));
    let loopback = at.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
    if incident.errno == libc::EHOSTUNREACH {
        return HOST_UNREACHABLE.cause(
            incident,
            format!(
                "There is a route towards {at}, but the host is not reached: no neighbour answers, or the route or a \
                 firewall answers that it cannot be."
            ),
            "See `ip route get`, `ip neigh` and the firewall on the way.",
        );
    }
    if loopback && incident.evidence.interfaces.iter().any(|interface| interface.name == "lo" && !interface.up) {
        return LOOPBACK_DOWN.cause(
            incident,
            format!("{at} is not reached, since the loopback interface lo is down in this network namespace."),
            "Bring it up: ip link set lo up.",
        );
    }
    let family = if at.contains(':') { "IPv6" } else { "IPv4" };
    let routes: Vec<&str> = incident
        .evidence
        .routes
        .iter()
        .map(String::as_str)
        .filter(|route| route.contains("::") == (family == "IPv6"))
        .collect();
    let known = match routes.as_slice() {
        [] if !incident.evidence.live => String::new(),
        [] => format!(": there is no {family} route at all"),
        some => format!(": there are only {}", some.iter().take(4).copied().collect::<Vec<_>>().join(", ")),
    };
    let interfaces = match (up.is_empty(), down.is_empty()) {
        (true, true) => String::new(),
        (true, false) => format!(" (interfaces down: {down})"),
        (false, true) => format!(" (interfaces up: {up})"),
        (false, false) => format!(" (interfaces up: {up}; down: {down})"),
    };
    NO_ROUTE.cause(
        incident,
        format!("No {family} route leads to {at}{known}{interfaces}."),
        "Add a route (ip route add default via …), bring the interface up, or use the other address family.",
    )
}
