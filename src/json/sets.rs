//! Finding a set of constants or a structure by its name in a line.
//!
//! Usually the key determines the set that a name belongs to. Where it depends on other arguments (a socket option on
//! its level), the name determines the set: the first one here that has it. A name that would lead to another set, and
//! a number without a name, are accompanied by the set's label.

use std::borrow::Cow;
use std::sync::{LazyLock, OnceLock};

use rustc_hash::FxHashMap;

use super::write::{hex, quoted};
use crate::syscall::inventory::Inventory;
use crate::value::{Layout, layout, siginfo};
use crate::xlat::signal::{signal_name, signal_number};
use crate::xlat::{Xlat, family, file, protocol, socket, sockopt};

/// Of sets that share a name or mark, the more common ones.
static FIRST: &[&Xlat] = &[
    &socket::SOL,
    &socket::CMSG_LEVEL,
    &sockopt::SO,
    &sockopt::IP,
    &protocol::CAN_PROTO,
    &sockopt::XDP,
    &socket::VMADDR_CID,
    &socket::MCTP_NET,
    &socket::MCTP_ADDR,
    &family::IEEE802154_PANID,
    &family::IEEE802154_SHORT,
    &sockopt::NAMELESS,
    &file::OPEN_FLAGS,
    &file::STATUS_FLAGS,
    &file::ACCESS_MODE,
];

/// All sets and structures: what the rows of the tables name, and the few besides.
static ALL: LazyLock<Inventory> = LazyLock::new(|| {
    let mut all = Inventory::default();
    FIRST.iter().for_each(|set| all.set(set));
    // Another one that is not met as often has the same fields.
    all.layout(&layout::IFREQ_INDEX);
    all.tables();
    all.unnamed();
    all
});

/// All sets.
pub(super) fn sets() -> &'static [&'static Xlat] {
    &ALL.sets
}

/// The structures that arguments hold or point to.
pub(super) fn argument_structures() -> &'static [&'static Layout] {
    &ALL.layouts
}

/// The sets that name what `getsockopt` asks for, before all others.
pub(super) static GOT: &[&Xlat] = &[&sockopt::SO_GET, &sockopt::IP_GET, &sockopt::IPV6_GET];

/// The sets that name a control message's type, before all others.
pub(super) static CONTROL: &[&Xlat] = &[&sockopt::SCM, &sockopt::SCM_IP];

/// The first set that has a member of this name, `first` before all others.
pub(super) fn of_member(name: &str, first: &[&'static Xlat]) -> Option<&'static Xlat> {
    static INDEX: OnceLock<FxHashMap<&'static str, &'static Xlat>> = OnceLock::new();
    let index = INDEX.get_or_init(|| {
        let mut index = FxHashMap::default();
        for set in sets() {
            for (name, _) in set.iter() {
                index.entry(name).or_insert(*set);
            }
        }
        index
    });
    first.iter().find(|set| set.value(name).is_some()).or_else(|| index.get(name)).copied()
}

/// A set's unique label: strace's mark for its unknown members, numbered where sets share it (`F_???`, `F_???#2`).
pub(super) fn label(set: &'static Xlat) -> Cow<'static, str> {
    let same = sets().iter().filter(|other| other.unknown == set.unknown);
    match same.take_while(|other| **other != set).count() {
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
    sets().iter().filter(|set| set.unknown == mark).nth(number.checked_sub(1)?).copied()
}

/// Structures by their C tag: several where one has variants (`siginfo`).
pub(super) fn layouts(name: &str) -> impl Iterator<Item = &'static Layout> + Clone {
    structures().filter(move |layout| layout.name == name)
}

/// All structures, including the variants of `siginfo`.
pub(super) fn structures() -> impl Iterator<Item = &'static Layout> + Clone {
    argument_structures().iter().chain(siginfo::LAYOUTS).copied()
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
    use std::collections::{BTreeMap, HashSet};
    use std::path::Path;

    use super::*;
    use crate::xlat::{
        admin, bpf, clone, futex, ipc, key, link, memory, mount, netlink, prctl, process, ring, signal, terminal,
    };

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

    /// The mark of the set that a line declares: `NAME "mark" {` within the macro, or a static.
    fn declared(line: &str) -> Option<&str> {
        let line = line.trim();
        let is_static = line.starts_with("pub static ") && line.contains(": Xlat =");
        let (name, rest) = line.split_once('"')?;
        let constant = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_' || c == ' ';
        let in_macro = !name.trim().is_empty() && name.chars().all(constant) && line.contains('{');
        (is_static || in_macro).then(|| rest.split('"').next()).flatten()
    }

    /// How often each stands there.
    fn counted<'a>(names: impl Iterator<Item = &'a str>) -> BTreeMap<String, usize> {
        names.fold(BTreeMap::new(), |mut counts, name| {
            *counts.entry(name.to_owned()).or_default() += 1;
            counts
        })
    }

    #[test]
    fn every_set_and_structure_is_known() {
        let mut files = sources("xlat");
        files.extend(sources("xlat/sockopt"));
        files.extend(sources("xlat/netlink"));
        let declared = counted(files.iter().flat_map(|(_, source)| source.lines().filter_map(declared)));
        let known = counted(sets().iter().map(|set| set.unknown));
        assert_eq!(known, declared, "by mark; name a set in a row, or in OTHERS");
        let mut files = sources("value");
        let within = |(name, _): &(String, String)| name == "netlink" || name == "terminal";
        let mut messages: Vec<_> = files.extract_if(.., |file| within(file)).collect();
        messages.extend(sources("value/netlink"));
        messages.extend(sources("value/netlink/diag"));
        let count = |files: &[(String, String)], front: &str| {
            let lines = files.iter().flat_map(|(_, source)| source.lines()).filter(|line| line.contains(": Layout ="));
            lines.filter(|line| line.trim().starts_with(front)).count()
        };
        let named = count(&files, "pub static ") + count(&messages, "pub(crate) static ");
        assert_eq!(argument_structures().len(), named, "name a structure in a row");
    }

    #[test]
    fn labels_and_names_lead_back() {
        let mut labels = HashSet::new();
        for set in sets() {
            assert!(labels.insert(label(set)), "{set:?}");
            assert_eq!(by_label(&label(set)), Some(*set));
            for (name, value) in set.iter() {
                assert_eq!(set.value(name), Some(value), "{name} stands twice in {set:?}");
                assert!(!name.starts_with(|c: char| c.is_ascii_digit()), "{name} reads as a number");
            }
        }
        assert_eq!((by_label("F_???#0"), by_label("F_???#99"), by_label("nothing")), (None, None, None));
    }

    /// Labels stand in recordings, so the sets that share a mark keep their order.
    #[test]
    fn sets_that_share_a_mark_keep_their_numbers() {
        let shared: &[&[&Xlat]] = &[
            &[&sockopt::SO, &sockopt::IUCV, &sockopt::SO_GET],
            &[&sockopt::IP, &sockopt::SCM_IP, &sockopt::IP_GET],
            &[&sockopt::IPV6, &sockopt::IPV6_GET],
            &[&sockopt::TCP, &sockopt::TCP_STATE],
            &[&file::OPEN_FLAGS, &file::STATUS_FLAGS, &file::ACCESS_MODE, &admin::MODULE_DELETE, &ipc::QUEUE_FLAGS],
            &[&file::FCNTL_CMD, &file::LOCK_TYPE],
            &[&socket::SOCK_TYPE, &socket::SOCK_FLAGS],
            &[&link::PACKET_TYPE, &sockopt::PACKET],
            &[&protocol::NETLINK_PROTO, &sockopt::NETLINK, &netlink::diag::NDIAG_PROTO, &netlink::diag::NETLINK_STATE],
            &[&terminal::TTY_FLOW, &terminal::TTY_FLUSH],
            &[&netlink::diag::BPF_STORAGES, &netlink::diag::BPF_STORAGE],
            &[&signal::SIGNAL, &signal::SIGMASK_HOW],
            &[&sockopt::XDP, &socket::XDP_FLAGS],
            &[&file::AT_FLAGS, &file::ACCESS_AT_FLAGS, &mount::MOUNT_SETATTR_FLAGS, &mount::HANDLE_FLAGS],
            &[&file::STATX_FLAGS, &file::STATX_SYNC],
            &[&file::INOTIFY_FLAGS, &file::INOTIFY_EVENTS],
            &[&memory::MAP_FLAGS, &memory::MAP_TYPE],
            &[
                &socket::VMADDR_CID,
                &socket::MCTP_NET,
                &socket::MCTP_ADDR,
                &family::IEEE802154_PANID,
                &family::IEEE802154_SHORT,
                &sockopt::NAMELESS,
                &futex::FUTEX_BITSET,
                &prctl::SET_PTRACER,
                &key::KEY_SPEC,
                &memory::MEMFD_SECRET_FLAGS,
                &ipc::IPC_KEY,
                &netlink::route::RT_SCOPE,
                &netlink::route::RT_TABLE,
            ],
            &[&process::CAPABILITIES, &prctl::CAP],
            &[&netlink::NLMSG_FLAGS, &netlink::NLM_GET, &netlink::NLM_NEW, &netlink::NLM_DELETE, &netlink::NLM_ANSWER],
            &[&clone::CLONE_FLAGS_AND_SIGNAL, &clone::CLONE3_FLAGS, &clone::UNSHARE_FLAGS, &clone::CLONE_FLAGS],
            &[&admin::REBOOT_MAGIC, &admin::REBOOT_MAGIC2],
            &[&memory::MSYNC_FLAGS, &mount::MOUNT_FLAGS, &mount::PROPAGATION],
            &[&prctl::MCE_KILL_WHEN, &prctl::MCE_KILL],
            &[&prctl::SPECULATION, &prctl::SPECULATION_CONTROL],
            &[&ipc::SHM_GET_FLAGS, &ipc::SHM_AT, &ipc::SHM_CMD],
            &[&ipc::SEM_FLAGS, &ipc::SEM_CMD],
            &[&socket::MSG, &ipc::MSG_FLAGS, &ipc::MSG_CMD],
            &[&mount::FANOTIFY_EVENTS, &mount::FANOTIFY_INIT],
            &[&mount::FSMOUNT_ATTR, &mount::MOUNT_ATTR],
            &[&futex::FUTEX_OP, &futex::FUTEX_WAITV_FLAGS],
            &[&process::PERSONALITY, &process::PERSONALITY_TYPE],
            &[&memory::POLICY, &memory::POLICY_MODE, &memory::POLICY_ASKED, &memory::POLICY_FLAGS],
            &[&ring::IORING_OP, &ring::IORING_SQE_OP],
            &[&bpf::BPF_CMD, &bpf::BPF_LOOKUP, &bpf::BPF_UPDATE, &bpf::BPF_ATTACH_TYPE],
            &[
                &bpf::BPF_MAP_FLAGS,
                &bpf::BPF_PROG_FLAGS,
                &bpf::BPF_FILE_FLAGS,
                &bpf::BPF_ATTACH_FLAGS,
                &bpf::BPF_TEST_FLAGS,
            ],
        ];
        for sets in shared {
            for (before, set) in sets.iter().enumerate() {
                let number = if before == 0 { String::new() } else { format!("#{}", before + 1) };
                assert_eq!(label(set), format!("{}{number}", set.unknown));
            }
        }
        let numbered = sets().iter().filter(|set| label(set).contains('#')).count();
        assert_eq!(numbered, shared.iter().map(|sets| sets.len() - 1).sum::<usize>());
    }

    #[test]
    fn a_structure_is_found_by_its_name() {
        let mut names: HashSet<_> = TAGS.iter().map(|(tag, _)| *tag).collect();
        names.extend([
            "row", "opaque", "nlmsg", "nla", "array", "ints", "ptr", "const", "flags", "set", "ref", "mmsghdr", "cmsg",
            "pollfd", "time",
        ]);
        names.extend(["time_left", "direct", "family", "ip", "path", "abstract", "sa_data", "cut"]);
        for layout in argument_structures() {
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
        // A number that is not a signal stays a number.
        assert_eq!([0, 65].map(written), ["\"0x0\"", "\"0x41\""]);
    }
}
