//! Options of sockets: a level that has no such number, a value of the wrong size: ENOPROTOOPT, EINVAL.
//!
//! What a number is elsewhere, and what size its value has, stands in the tables of options.

use super::{CauseKind, Demo, Incident, Kinds, capital, count};
use crate::event::Cause;
use crate::syscall::{Effect, effect};
use crate::value::Value;
use crate::value::sockopt;
use crate::xlat::socket::SOL;
use crate::xlat::sockopt::{Access, options};

static NO_OPTION: CauseKind = CauseKind {
    id: "option-not-known",
    errno: "ENOPROTOOPT",
    on: Kinds::SOCKET,
    expected: false,
    calls: &["setsockopt", "getsockopt"],
    summary: "The socket does not know the option at that level: TCP's options need a TCP socket, IPv6's an IPv6 one.",
    demo: Demo::Python("from socket import *; socket(AF_INET,SOCK_STREAM).getsockopt(SOL_SOCKET,9999)"),
};
static OTHER_LEVEL: CauseKind = CauseKind {
    id: "option-of-other-level",
    errno: "ENOPROTOOPT",
    on: Kinds::SOCKET,
    expected: false,
    calls: &["setsockopt", "getsockopt"],
    summary: "The level has no option of that number, but another level has one that was meant, such as IP_ADD_MEMBERSHIP at \
           SOL_IP.",
    demo: Demo::Python("from socket import *; socket(AF_INET,SOCK_DGRAM).setsockopt(IPPROTO_UDP,35,bytes(8))"),
};
static OPTION_SIZE: CauseKind = CauseKind {
    id: "option-size",
    errno: "EINVAL",
    on: Kinds::SOCKET,
    expected: false,
    calls: &["setsockopt", "getsockopt"],
    summary: "The value is shorter than the option's type: SO_RCVTIMEO takes a struct timeval, SO_LINGER a struct linger.",
    demo: Demo::Python("from socket import *; socket().setsockopt(SOL_SOCKET,SO_RCVTIMEO,5)"),
};
static OPTION_VALUE: CauseKind = CauseKind {
    id: "option-value",
    errno: "EINVAL",
    on: Kinds::SOCKET,
    expected: false,
    calls: &["setsockopt", "getsockopt"],
    summary: "The value of the option is out of its range, or not possible in the socket's state.",
    demo: Demo::Python("from socket import *; socket().setsockopt(IPPROTO_TCP,TCP_KEEPIDLE,0)"),
};

/// This family's.
pub(super) static CAUSES: &[&CauseKind] = &[&NO_OPTION, &OTHER_LEVEL, &OPTION_SIZE, &OPTION_VALUE];

/// The level and number of the option, and the direction.
fn asked(incident: &Incident<'_>) -> Option<(i32, i32, Access)> {
    let number = |name: &str| incident.call.arg(name).and_then(effect::number).map(|n| n as i32);
    let access = if incident.does(Effect::SetsOption) { Access::Set } else { Access::Get };
    Some((number("level")?, number("optname")?, access))
}

/// The option's name, or its number.
pub(super) fn name(incident: &Incident<'_>) -> String {
    match incident.call.arg("optname") {
        Some(Value::Const(option)) => option.name().map_or_else(|| option.raw.to_string(), str::to_owned),
        _ => asked(incident).map_or_else(|| "the option".into(), |(_, number, _)| number.to_string()),
    }
}

/// `SOL_SOCKET`, or the number.
fn level_name(level: i32) -> String {
    SOL.name(level as u64).map_or_else(|| level.to_string(), str::to_owned)
}

/// Levels that a number may have been meant for, those of most programs first.
const LEVELS: [i32; 5] = [libc::SOL_IP, libc::SOL_IPV6, libc::SOL_SOCKET, libc::SOL_TCP, libc::SOL_UDP];

/// The level does not have it.
pub(super) fn unknown(incident: &Incident<'_>) -> Option<Cause> {
    let (level, number, access) = asked(incident)?;
    let own = incident.own().map(|own| format!(" ({})", own.protocol)).unwrap_or_default();
    let this = capital(incident.named());
    let at = |level: i32| options(level, access).and_then(|table| table.name(number as u64));
    let here = at(level);
    let elsewhere = LEVELS.into_iter().filter(|other| *other != level).find_map(|other| Some((at(other)?, other)));
    if let (None, Some((meant, other))) = (here, elsewhere) {
        return OTHER_LEVEL.cause(
            incident,
            format!("{} has no option {number}; {number} is {meant} at {}.", level_name(level), level_name(other)),
            "Give the level that the option belongs to.",
        );
    }
    NO_OPTION.cause(
        incident,
        format!("{this}{own} has no option {} at level {}.", name(incident), level_name(level)),
        "See which level and which type of socket the option belongs to; newer options need a newer kernel.",
    )
}

/// The value does not fit.
pub(super) fn value(incident: &Incident<'_>) -> Option<Cause> {
    let (level, number, access) = asked(incident)?;
    let option = name(incident);
    let given = match incident.call.arg("optlen") {
        Some(Value::Int(n)) => Some(*n),
        Some(Value::Length(length)) => Some(length.entry),
        _ => None,
    };
    let given = given.and_then(|n| u64::try_from(n).ok());
    if let (Some(given), Some((name, size))) = (given, sockopt::wanted(level, number, access))
        && access == Access::Set
        && given < size as u64
    {
        let what = name.map_or_else(|| "an int".to_owned(), |name| format!("struct {name}"));
        return OPTION_SIZE.cause(
            incident,
            format!("{option} wants {what}, {}; it was given {}.", count(size as u64, "byte"), count(given, "byte")),
            "Pass a value of that size (struct.pack in Python).",
        );
    }
    let len = given.map(|n| format!(" ({})", count(n, "byte"))).unwrap_or_default();
    OPTION_VALUE.cause(
        incident,
        format!(
            "{option} does not take this value{len}: it is out of range, or the state{} forbids it.",
            super::invalid::state(incident)
        ),
        "See socket(7), ip(7) or tcp(7) for its type and range.",
    )
}
