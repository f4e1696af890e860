//! Control messages, cmsg(3): a row for each.
//!
//! A row has the type of the data. Decoder, encoder, parser and JSON use it.

use super::command::number;
use crate::value::{Layout, layout};
use crate::xlat::Xlat;
use crate::xlat::sockopt::{SCM, SCM_IP};

/// One kind of control message.
#[derive(Debug)]
pub(crate) struct Control {
    /// Its number, `cmsg_type`.
    pub(crate) number: u32,
    /// The type of its data.
    pub(crate) payload: Payload,
}

/// The type of a control message's data.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Payload {
    /// Descriptors.
    Fds,
    /// Bytes.
    Bytes,
    /// Bytes shown individually, in hex.
    Octets,
    /// Unsigned numbers of 32 bits.
    Uints,
    /// A C structure, not shown where it is too short.
    Record(&'static Layout),
    /// A time; one that is too short is shown as such.
    Time(&'static Layout),
    /// This many times.
    Times(&'static Layout, usize),
    /// An internet address.
    SockAddr,
    /// Unknown: not shown.
    Raw,
}

/// The control messages of one level.
#[derive(Debug)]
pub struct Controls {
    /// The level, `cmsg_level`.
    pub level: i32,
    /// Their names.
    pub names: &'static Xlat,
    /// Those that are described.
    pub(crate) rows: &'static [Control],
}

/// Every level whose messages have names; strace writes those of other levels as hex digits alone.
pub(crate) static CONTROLS: &[Controls] = &[
    Controls {
        level: libc::SOL_SOCKET,
        names: &SCM,
        rows: &[
            socket("SCM_RIGHTS", Payload::Fds),
            socket("SCM_CREDENTIALS", Payload::Record(&layout::UCRED)),
            socket("SCM_SECURITY", Payload::Bytes),
            socket("SO_TIMESTAMP_OLD", Payload::Time(&layout::TIMEVAL)),
            socket("SO_TIMESTAMP_NEW", Payload::Time(&layout::TIMEVAL)),
            socket("SO_TIMESTAMPNS_OLD", Payload::Time(&layout::TIMESPEC)),
            socket("SO_TIMESTAMPNS_NEW", Payload::Time(&layout::TIMESPEC)),
            socket("SO_TIMESTAMPING_OLD", Payload::Times(&layout::TIMESPEC, 3)),
            socket("SO_TIMESTAMPING_NEW", Payload::Times(&layout::TIMESPEC, 3)),
        ],
    },
    Controls {
        level: libc::SOL_IP,
        names: &SCM_IP,
        rows: &[
            ip("IP_TOS", Payload::Octets),
            ip("IP_TTL", Payload::Uints),
            ip("SCM_SECURITY", Payload::Bytes),
            ip("IP_RECVOPTS", Payload::Octets),
            ip("IP_RETOPTS", Payload::Octets),
            ip("IP_PKTINFO", Payload::Record(&layout::IN_PKTINFO)),
            ip("IP_RECVERR", Payload::Record(&layout::SOCK_EXTENDED_ERR)),
            ip("IP_ORIGDSTADDR", Payload::SockAddr),
            ip("IP_CHECKSUM", Payload::Uints),
        ],
    },
];

const fn socket(name: &str, payload: Payload) -> Control {
    Control { number: number(name, &SCM), payload }
}

const fn ip(name: &str, payload: Payload) -> Control {
    Control { number: number(name, &SCM_IP), payload }
}

/// The messages of a level.
pub fn controls(level: i32) -> Option<&'static Controls> {
    CONTROLS.iter().find(|controls| controls.level == level)
}

/// The type of the data of a message of this level and type.
pub(crate) fn payload(level: i32, kind: u32) -> Payload {
    let row = controls(level).and_then(|controls| controls.rows.iter().find(|row| row.number == kind));
    row.map_or(Payload::Raw, |row| row.payload)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_found_by_level_and_number() {
        for controls in CONTROLS {
            for row in controls.rows {
                assert_eq!(payload(controls.level, row.number), row.payload, "{row:?} occurs twice");
            }
        }
        assert_eq!(payload(libc::SOL_SOCKET, libc::SCM_RIGHTS as u32), Payload::Fds);
        assert_eq!(payload(libc::SOL_IP, libc::IP_TTL as u32), Payload::Uints);
        assert_eq!(payload(libc::SOL_SOCKET, 77), Payload::Raw);
        assert_eq!(payload(libc::SOL_IPV6, libc::SCM_RIGHTS as u32), Payload::Raw);
    }
}
