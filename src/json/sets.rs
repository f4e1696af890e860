//! Finding a set of constants or a structure by what a line says of it.
//!
//! Mostly the key settles the set a name belongs to. Where it depends on other arguments (the name of a socket option on
//! its level), the name itself tells the set: the first here that has it. A name that would lead to another set, and a
//! number without a name, carry the set's label beside them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;

use super::write::{hex, quoted};
use crate::value::{Layout, layout, siginfo};
use crate::xlat::signal::{signal_name, signal_number};
use crate::xlat::{Xlat, errno, family, file, ioctl, link, protocol, signal, socket, sockopt, wait};

/// All sets. Of two that have the same name the one that is met more often stands first.
pub(super) static SETS: &[&Xlat] = &[
    &protocol::IPPROTO,
    &socket::SOL,
    &socket::CMSG_LEVEL,
    &sockopt::SO,
    &sockopt::IP,
    &sockopt::IPV6,
    &sockopt::TCP,
    &sockopt::UDP,
    &sockopt::SCM,
    &sockopt::SCM_IP,
    &errno::ERRNO,
    &file::OPEN_FLAGS,
    &file::STATUS_FLAGS,
    &file::FD_FLAGS,
    &file::FCNTL_CMD,
    &ioctl::IOCTL_REQUEST,
    &socket::ADDRESS_FAMILY,
    &socket::SOCK_TYPE,
    &file::LOCK_TYPE,
    &file::SEEK,
    &file::ACCESS_MODE,
    &link::IFF,
    &link::ARPHRD,
    &link::PACKET_TYPE,
    &protocol::NETLINK_PROTO,
    &protocol::BTPROTO,
    &protocol::CAN_PROTO,
    &protocol::AX25_PROTO,
    &protocol::ISDN_PROTO,
    &protocol::PN_PROTO,
    &protocol::CAIFPROTO,
    &protocol::NFC_SOCKPROTO,
    &protocol::KCMPROTO,
    &protocol::SMCPROTO,
    &protocol::ETH_P,
    &protocol::IRDAPROTO,
    &signal::SIGNAL,
    &signal::SIGMASK_HOW,
    &signal::SA_FLAGS,
    &signal::SI_CODE,
    &socket::SOCK_FLAGS,
    &socket::MSG,
    &socket::SHUT,
    &sockopt::VSOCK,
    &sockopt::CAN_RAW,
    &sockopt::SCTP,
    &sockopt::RAW,
    &sockopt::IPX,
    &sockopt::AX25,
    &sockopt::PACKET,
    &sockopt::IRDA,
    &sockopt::LLC,
    &sockopt::DCCP,
    &sockopt::NETLINK,
    &sockopt::TIPC,
    &sockopt::RXRPC,
    &sockopt::PPPOL2TP,
    &sockopt::BT,
    &sockopt::PNPIPE,
    &sockopt::RDS,
    &sockopt::IUCV,
    &sockopt::CAIF,
    &sockopt::ALG,
    &sockopt::NFC,
    &sockopt::KCM,
    &sockopt::TLS,
    &sockopt::XDP,
    &sockopt::SOCK_TXREHASH,
    &sockopt::ICMP_TYPE,
    &sockopt::TCP_STATE,
    &sockopt::IP_PMTUDISC,
    &sockopt::IPV6_PMTUDISC,
    &sockopt::SOF_TIMESTAMPING,
    &wait::POLL_EVENTS,
    &wait::EPOLL_EVENTS,
    &wait::EPOLL_OP,
    &wait::EPOLL_FLAGS,
    &wait::EVENTFD_FLAGS,
    &wait::CLOCK,
    &wait::WAIT_OPTIONS,
    &wait::TIMERFD_FLAGS,
    &wait::SIGNALFD_FLAGS,
    &signal::ILL_CODE,
    &signal::TRAP_CODE,
    &signal::BUS_CODE,
    &signal::FPE_CODE,
    &signal::SEGV_CODE,
    &signal::AUDIT_ARCH,
    &signal::SYSCALL_NR,
    &signal::CLD_CODE,
    &signal::POLL_CODE,
    &signal::SYS_CODE,
    &sockopt::IP_GET,
    &sockopt::SO_GET,
    &sockopt::IPV6_GET,
    &file::OWNER_TYPE,
    &file::NOTIFY,
    &file::SEALS,
    &link::PACKET_MR,
    &socket::VMADDR_CID,
    &socket::MCTP_NET,
    &socket::MCTP_ADDR,
    &socket::VMADDR_FLAG,
    &socket::XDP_FLAGS,
    &family::HCI_CHANNEL,
    &family::L2CAP_PSM,
    &family::L2CAP_CID,
    &family::BDADDR_TYPE,
    &family::IEEE802154_ADDR_TYPE,
    &family::IEEE802154_PANID,
    &family::IEEE802154_SHORT,
    &family::NFC_PROTO,
    &family::RXRPC_SERVICE,
    &family::CRYPTO_ALG,
    &sockopt::NAMELESS,
];

/// The structures that arguments hold or point to.
pub(super) static LAYOUTS: &[&Layout] = &[
    &layout::TIMESPEC,
    &layout::TIMEVAL,
    &layout::LINGER,
    &layout::EPOLL_EVENT,
    &layout::EPOLL_DATA,
    &layout::IOVEC,
    &layout::UCRED,
    &layout::IP_MREQ,
    &layout::IPV6_MREQ,
    &layout::GROUP_REQ,
    &layout::SOCK_FPROG,
    &layout::SOCK_FILTER,
    &layout::PACKET_MREQ,
    &layout::TPACKET_REQ,
    &layout::TPACKET_STATS,
    &layout::IN_PKTINFO,
    &layout::SOCK_EXTENDED_ERR,
    &layout::RECVMSG_FAILED,
    &layout::FLOCK,
    &layout::FLOCK_FOUND,
    &layout::F_OWNER_EX,
    &layout::SIGSET_ARG,
    &layout::IFREQ_NAME,
    &layout::IFREQ_INDEX,
    &layout::IFREQ_FLAGS,
    &layout::IFREQ_METRIC,
    &layout::IFREQ_MTU,
    &layout::IFREQ_QLEN,
    &layout::IFREQ_ADDR,
    &layout::IFREQ_DSTADDR,
    &layout::IFREQ_BRDADDR,
    &layout::IFREQ_NETMASK,
    &layout::HWADDR,
    &layout::IFREQ_HWADDR,
    &layout::SOCKADDR_NL,
    &layout::SOCKADDR_LL,
    &layout::SOCKADDR_VM,
    &layout::SOCKADDR_QRTR,
    &layout::SOCKADDR_XDP,
    &layout::IFREQ_BY_INDEX,
    &layout::IFREQ_NAMED,
    &layout::IFREQ_SLAVE,
    &layout::IFREQ_NEWNAME,
    &layout::IFMAP,
    &layout::IFREQ_MAP,
    &layout::SOCKADDR_IPX,
    &layout::MCTP_ADDR_FIELD,
    &layout::SOCKADDR_MCTP,
    &layout::AX25_ADDRESS,
    &layout::SOCKADDR_AX25,
    &layout::FULL_SOCKADDR_AX25,
    &layout::X25_ADDRESS,
    &layout::SOCKADDR_X25,
    &layout::SOCKADDR_HCI,
    &layout::SOCKADDR_SCO,
    &layout::SOCKADDR_RC,
    &layout::SOCKADDR_L2,
    &layout::IEEE802154_ADDR,
    &layout::IEEE802154_SHORT_ADDR,
    &layout::SOCKADDR_IEEE802154,
    &layout::SOCKADDR_IEEE802154_SHORT,
    &layout::SOCKADDR_ALG,
    &layout::SOCKADDR_NFC,
    &layout::SOCKADDR_NFC_LLCP,
    &layout::SOCKADDR_RXRPC,
    &layout::IFCONF,
];

/// The sets that name what `getsockopt` asks for, before all others.
pub(super) static GOT: &[&Xlat] = &[&sockopt::SO_GET, &sockopt::IP_GET, &sockopt::IPV6_GET];

/// The sets that name a control message's type, before all others.
pub(super) static CONTROL: &[&Xlat] = &[&sockopt::SCM, &sockopt::SCM_IP];

/// The first set that has a member of this name, `first` before all others.
pub(super) fn of_member(name: &str, first: &[&'static Xlat]) -> Option<&'static Xlat> {
    static INDEX: OnceLock<HashMap<&'static str, &'static Xlat>> = OnceLock::new();
    let index = INDEX.get_or_init(|| {
        let mut index = HashMap::new();
        for set in SETS {
            for (name, _) in set.iter() {
                index.entry(name).or_insert(*set);
            }
        }
        index
    });
    first.iter().find(|set| set.value(name).is_some()).or_else(|| index.get(name)).copied()
}

/// What tells a set from all others: strace's mark for its unknown members, numbered where sets share it (`F_???`,
/// `F_???#2`).
pub(super) fn label(set: &'static Xlat) -> Cow<'static, str> {
    let alike = SETS.iter().filter(|other| other.unknown == set.unknown);
    match alike.take_while(|other| **other != set).count() {
        0 => set.unknown.into(),
        before => format!("{}#{}", set.unknown, before + 1).into(),
    }
}

/// The set of a [`label`].
pub(super) fn by_label(label: &str) -> Option<&'static Xlat> {
    let (mark, number) = match label.rsplit_once('#') {
        Some((mark, number)) => (mark, number.parse().ok()?),
        None => (label, 1usize),
    };
    SETS.iter().filter(|set| set.unknown == mark).nth(number.checked_sub(1)?).copied()
}

/// Structures by their C tag: several where the kernel fills one in several ways (`siginfo`).
pub(super) fn layouts(name: &str) -> impl Iterator<Item = &'static Layout> + Clone {
    structures().filter(move |layout| layout.name == name)
}

/// All structures, the ways to fill `siginfo` among them.
pub(super) fn structures() -> impl Iterator<Item = &'static Layout> + Clone {
    LAYOUTS.iter().chain(siginfo::LAYOUTS).copied()
}

/// A signal's name, or its number in hex.
pub(super) fn push_signal(out: &mut Vec<u8>, number: u32) {
    match signal_name(u64::from(number)) {
        Some(name) => quoted(out, &name),
        None => hex(out, u64::from(number)),
    }
}

/// The signal of a name.
pub(super) fn signal_of(name: &str) -> Option<u32> {
    signal_number(name)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::path::Path;

    use super::*;
    use crate::json::shape::TAGS;

    /// The source files of a folder, with their names without extension.
    fn sources(folder: &str) -> Vec<(String, String)> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(folder);
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        files
            .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
            .map(|path| (path.file_stem().unwrap().to_str().unwrap().into(), std::fs::read_to_string(&path).unwrap()))
            .collect()
    }

    /// The table a line declares: `NAME "mark" {` within the macro, or a static.
    fn declared(line: &str) -> Option<&str> {
        let line = line.trim();
        if let Some((name, _)) = line.strip_prefix("pub static ").and_then(|rest| rest.split_once(": Xlat =")) {
            return Some(name);
        }
        let (name, rest) = line.split_once(" \"")?;
        let constant = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        (!name.is_empty() && name.chars().all(constant) && rest.ends_with("{")).then_some(name)
    }

    #[test]
    fn every_set_and_structure_is_listed() {
        let source = include_str!("sets.rs").split("#[cfg(test)]").next().unwrap();
        let listed: HashSet<_> = source.split(['[', ',', ']']).map(str::trim).collect();
        let mut count = 0;
        for (module, source) in sources("xlat") {
            for name in source.lines().filter_map(declared) {
                count += 1;
                assert!(listed.contains(&*format!("&{module}::{name}")), "list {module}::{name} in SETS");
            }
        }
        assert!(count > SETS.len() / 2, "the sources were read");
        let mut count = 0;
        for (_, source) in sources("value") {
            let statics = source.lines().filter_map(|line| line.trim().strip_prefix("pub static "));
            for name in statics.filter_map(|rest| Some(rest.split_once(": Layout =")?.0)) {
                count += 1;
                assert!(listed.contains(&*format!("&layout::{name}")), "list layout::{name} in LAYOUTS");
            }
        }
        assert_eq!(count, LAYOUTS.len());
    }

    #[test]
    fn labels_and_names_lead_back() {
        let mut labels = HashSet::new();
        for set in SETS {
            assert!(labels.insert(label(set)), "{set:?}");
            assert_eq!(by_label(&label(set)), Some(*set));
            for (name, value) in set.iter() {
                assert_eq!(set.value(name), Some(value), "{name} stands twice in {set:?}");
                assert!(!name.starts_with(|c: char| c.is_ascii_digit()), "{name} reads as a number");
            }
        }
        assert_eq!((by_label("F_???#0"), by_label("F_???#99"), by_label("nothing")), (None, None, None));
    }

    #[test]
    fn a_structure_is_told_by_its_name() {
        let mut names: HashSet<_> = TAGS.iter().map(|(tag, _)| *tag).collect();
        names.extend(["array", "ints", "ptr", "const", "flags", "set", "ref", "mmsghdr", "cmsg", "pollfd", "time"]);
        names.extend(["time_left", "direct", "family", "ip", "path", "abstract", "sa_data", "cut"]);
        for layout in LAYOUTS {
            assert!(!names.contains(layout.name), "{} names another kind of value too", layout.name);
            assert!(layout.fields.iter().all(|field| field.name != "cut"), "{}", layout.name);
        }
    }

    #[test]
    fn signals_lead_back() {
        let written = |number| {
            let mut out = Vec::new();
            push_signal(&mut out, number);
            String::from_utf8(out).unwrap()
        };
        for number in 1..=64 {
            let word = written(number);
            assert!(word.starts_with("\"SIG"), "{word}");
            assert_eq!(signal_of(word.trim_matches('"')), Some(number), "{word}");
        }
        // What no signal is called stays a number.
        assert_eq!([0, 65].map(written), ["\"0x0\"", "\"0x41\""]);
    }
}
