//! Words for beginners: what each call, argument, constant, structure and notation of a trace means.
//!
//! The sentences stand where the thing itself is described: in the rows of [`syscall`](crate::syscall), the tables of
//! `xlat` and the layouts of `value`; only those about strace's way of writing are here. This finds them: all of them
//! ([`sentences`]), by name ([`topics`]), and those that an event of a trace calls for ([`Seen`]).

use std::collections::HashSet;

use crate::syscall::inventory::Inventory;
use crate::syscall::{Param, Syscall, table};
use crate::value::sockaddr::{SOCKADDR_IN, SOCKADDR_IN6, SOCKADDR_UN};
use crate::value::{CMSG, Field, Layout, MMSGHDR, MSGHDR, layout, siginfo};
use crate::xlat::Xlat;
use crate::xlat::errno::ERRNO;
use crate::xlat::file::OPEN_FLAGS;
use crate::xlat::protocol::IPPROTO;

pub(crate) mod notation;
mod seen;

pub(crate) use notation::{NOTATIONS, Notation};
#[cfg(feature = "cli")]
pub(crate) use seen::results;
pub(crate) use seen::{Line, Seen};

/// Something that has a sentence.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Topic {
    /// A call.
    Call(&'static Syscall),
    /// An argument of a call.
    Argument(&'static Syscall, &'static Param),
    /// A set of constants.
    Set(&'static Xlat),
    /// One constant of a set that has it itself.
    Constant(&'static Xlat, &'static str, &'static str),
    /// A C structure.
    Structure(&'static Layout),
    /// A member of one.
    Member(&'static Layout, &'static Field),
    /// A way of writing.
    Notation(&'static Notation),
}

impl Topic {
    /// The sentence; empty where there is none.
    pub(crate) fn sentence(&self) -> &'static str {
        match self {
            Self::Call(sys) => sys.doc,
            Self::Argument(_, param) => param.doc,
            Self::Set(set) => set.doc(),
            Self::Constant(.., doc) => doc,
            Self::Structure(layout) => layout.doc,
            Self::Member(_, field) => field.doc,
            Self::Notation(notation) => notation.doc,
        }
    }

    /// What it is called in a trace.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Call(sys) => sys.name,
            Self::Argument(_, param) => param.name,
            Self::Set(set) => set.id(),
            Self::Constant(_, name, _) => name,
            Self::Structure(layout) => layout.name,
            Self::Member(_, field) => field.name,
            Self::Notation(notation) => notation.spelling,
        }
    }

    /// A key that does not depend on the sentence: `call connect addr`, `constant SO SO_REUSEADDR`.
    pub(crate) fn key(&self) -> String {
        let (kind, owner) = match self {
            Self::Call(_) => ("call", ""),
            Self::Argument(sys, _) => ("call", sys.name),
            Self::Set(_) => ("set", ""),
            Self::Constant(set, ..) => ("constant", set.id()),
            Self::Structure(_) => ("structure", ""),
            Self::Member(layout, _) => ("structure", layout.name),
            Self::Notation(_) => ("notation", ""),
        };
        let words = [kind, owner, self.name()];
        words.iter().filter(|word| !word.is_empty()).copied().collect::<Vec<_>>().join(" ")
    }
}

/// Every sentence with its key, each once: for translations, and for tests that nothing lacks one.
pub fn sentences() -> impl Iterator<Item = (String, &'static str)> {
    let mut seen = HashSet::new();
    topics().map(|topic| (topic.key(), topic.sentence())).filter(move |(key, _)| seen.insert(key.clone()))
}

/// Everything that has a sentence or should have one. Structures that are written in several forms occur several times.
pub(crate) fn topics() -> impl Iterator<Item = Topic> {
    let mut all = Inventory::default();
    all.tables();
    all.unnamed();
    [&ERRNO, &OPEN_FLAGS, &IPPROTO].into_iter().for_each(|set| all.set(set));
    [&SOCKADDR_IN, &SOCKADDR_IN6, &SOCKADDR_UN, &MSGHDR, &MMSGHDR, &CMSG, &layout::POLLFD]
        .into_iter()
        .chain(siginfo::LAYOUTS.iter().copied())
        .for_each(|layout| all.layout(layout));
    let calls = table().flat_map(|sys| {
        let params = sys.all_params().into_iter().map(move |param| Topic::Argument(sys, param));
        std::iter::once(Topic::Call(sys)).chain(params)
    });
    let sets = all.sets.into_iter().flat_map(|set| {
        let members = set.own_docs().map(move |(name, doc)| Topic::Constant(set, name, doc));
        std::iter::once(Topic::Set(set)).chain(members)
    });
    let structures = all.layouts.into_iter().flat_map(|layout| {
        let members = layout.fields.iter().map(move |field| Topic::Member(layout, field));
        std::iter::once(Topic::Structure(layout)).chain(members)
    });
    calls.chain(sets).chain(structures).chain(NOTATIONS.iter().map(|notation| Topic::Notation(notation)))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    /// Sets of which each member has a sentence: what socket programs meet, and every option of a socket.
    fn is_complete(set: &Xlat) -> bool {
        let options = crate::xlat::socket::SOL.iter().any(|(_, level)| {
            use crate::xlat::sockopt::{Access, options};
            [Access::Get, Access::Set].iter().any(|access| options(level as i32, *access).is_some_and(|of| of == set))
        });
        options || COMPLETE.contains(&set.id())
    }

    const COMPLETE: &[&str] = &[
        "ADDRESS_FAMILY",
        "SOCK_TYPE",
        "SOCK_FLAGS",
        "ACCESS_MODE",
        "AUDIT_ARCH",
        "BUS_CODE",
        "CLD_CODE",
        "CLOCK",
        "EPOLL_EVENTS",
        "EPOLL_FLAGS",
        "EPOLL_OP",
        "ERRNO",
        "EVENTFD_FLAGS",
        "FCNTL_CMD",
        "FD_FLAGS",
        "FPE_CODE",
        "ICMP_TYPE",
        "IFF",
        "ILL_CODE",
        "IPPROTO",
        "IPV6_PMTUDISC",
        "IP_PMTUDISC",
        "LOCK_TYPE",
        "MSG",
        "NETLINK_PROTO",
        "NOTIFY",
        "OPEN_FLAGS",
        "OWNER_TYPE",
        "PACKET_MR",
        "PACKET_TYPE",
        "POLL_CODE",
        "POLL_EVENTS",
        "SA_FLAGS",
        "SCM",
        "SCM_IP",
        "SEALS",
        "SEEK",
        "SEGV_CODE",
        "SHUT",
        "SIGMASK_HOW",
        "SIGNAL",
        "SIGNALFD_FLAGS",
        "SI_CODE",
        "SOCK_TXREHASH",
        "SOF_TIMESTAMPING",
        "SOL",
        "SYS_CODE",
        "TCP_STATE",
        "TIMERFD_FLAGS",
        "TRAP_CODE",
        "VMADDR_CID",
        "VMADDR_FLAG",
        "WAIT_OPTIONS",
        "XDP_FLAGS",
    ];

    #[test]
    fn everything_has_a_sentence() {
        let lacks: Vec<String> = topics()
            .filter(|topic| topic.sentence().is_empty())
            .filter(|topic| !matches!(topic, Topic::Constant(set, ..) if !is_complete(set)))
            .map(|topic| topic.key())
            .collect();
        assert!(lacks.is_empty(), "{} have no sentence: {lacks:#?}", lacks.len());
    }

    #[test]
    fn sentences_are_for_beginners() {
        for (key, sentence) in sentences().filter(|(_, sentence)| !sentence.is_empty()) {
            assert!(sentence.ends_with('.'), "{key}: {sentence}");
            assert!(sentence.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit()), "{key}: {sentence}");
            assert!(sentence.len() <= 150 && !sentence.contains(['`', '\n', '[']), "{key}: {sentence}");
        }
    }

    #[test]
    fn a_key_means_one_thing() {
        let mut known = HashMap::new();
        for topic in topics() {
            let first = *known.entry(topic.key()).or_insert(topic.sentence());
            assert_eq!(first, topic.sentence(), "{}", topic.key());
        }
        assert_eq!(sentences().count(), known.len());
        assert!(known["call connect addr"].contains("peer") && known.contains_key("structure linger l_onoff"));
    }
}
