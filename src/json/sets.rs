//! Finding a set of constants or a structure by what a line says of it.
//!
//! Mostly the key settles the set a name belongs to. Where it depends on other arguments (the name of a socket option on
//! its level), the name itself tells the set: the first here that has it. A name that would lead to another set, and a
//! number without a name, carry the set's label beside them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;

use nix::sys::signal::Signal;

use super::write::{hex, quoted};
use crate::value::{Layout, layout};
use crate::xlat::{Xlat, errno, file, ioctl, socket, wait};

/// All sets. Of two that have the same name the one that is met more often stands first.
pub(super) static SETS: &[&Xlat] = &[
    &socket::IPPROTO,
    &socket::SOL,
    &socket::SO,
    &errno::ERRNO,
    &file::OPEN_FLAGS,
    &file::FD_FLAGS,
    &file::FCNTL_CMD,
    &ioctl::IOCTL_REQUEST,
    &socket::ADDRESS_FAMILY,
    &socket::SOCK_TYPE,
    &socket::SOCK_FLAGS,
    &socket::MSG,
    &socket::SHUT,
    &wait::POLL_EVENTS,
    &wait::EPOLL_EVENTS,
    &wait::EPOLL_OP,
    &wait::EPOLL_FLAGS,
];

/// All structures.
pub(super) static LAYOUTS: &[&Layout] =
    &[&layout::TIMESPEC, &layout::TIMEVAL, &layout::LINGER, &layout::IOVEC, &layout::EPOLL_EVENT, &layout::EPOLL_DATA];

/// The first set that has a member of this name.
pub(super) fn of_member(name: &str) -> Option<&'static Xlat> {
    static INDEX: OnceLock<HashMap<&'static str, &'static Xlat>> = OnceLock::new();
    let index = INDEX.get_or_init(|| {
        let mut index = HashMap::new();
        for set in SETS {
            for (name, _) in set.items {
                index.entry(*name).or_insert(*set);
            }
        }
        index
    });
    index.get(name).copied()
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

/// A structure by its C tag.
pub(super) fn layout(name: &str) -> Option<&'static Layout> {
    LAYOUTS.iter().find(|layout| layout.name == name).copied()
}

/// A signal's name, or its number in hex.
pub(super) fn push_signal(out: &mut Vec<u8>, number: u32) {
    match Signal::try_from(number as i32) {
        Ok(signal) => quoted(out, signal.as_str()),
        Err(_) => hex(out, u64::from(number)),
    }
}

/// The signal of a name.
pub(super) fn signal(name: &str) -> Option<u32> {
    name.parse::<Signal>().ok().map(|signal| signal as u32)
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
        (!name.is_empty() && name.chars().all(constant) && rest.contains("\" {")).then_some(name)
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
        assert_eq!(count, SETS.len());
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
            for (name, value) in set.items {
                assert_eq!(set.value(name), Some(*value), "{name} stands twice in {set:?}");
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
            assert!(names.insert(layout.name), "{} names another structure or kind of value too", layout.name);
            assert!(layout.fields.iter().all(|field| field.name != "cut"), "{}", layout.name);
        }
    }

    #[test]
    fn signals_lead_back() {
        for number in 0..=64 {
            let mut out = Vec::new();
            push_signal(&mut out, number);
            let word = String::from_utf8(out).unwrap();
            let word = word.trim_matches('"');
            assert!(signal(word) == Some(number) || word == format!("{number:#x}"), "{word}");
        }
    }
}
