//! Chinese, in the words of the documents that the programs come from: 套接字, 监听, 文件描述符, 非阻塞.
//!
//! A file per family of messages, each a plain table: the English template as it stands in the source, and the Chinese one.
//! How holes are marked is in [`super::template`].

use std::sync::OnceLock;

use super::Translations;
use super::template::Catalogue;

mod claims;
mod command;
mod explain;
mod pages;
mod run;
mod why;

/// Every table, with the name of its file.
pub static TABLES: &[(&str, Translations)] = &[
    ("pages/errors", pages::ERRORS),
    ("pages/command", pages::COMMAND),
    ("pages/documents", pages::DOCUMENTS),
    ("pages/trouble", pages::TROUBLE),
    ("command/remarks", command::REMARKS),
    ("command/options", command::OPTIONS),
    ("command/library", command::LIBRARY),
    ("command/tables", command::TABLES),
    ("run", run::RUN),
    ("run/cases", run::CASES),
    ("claims", claims::COMMON),
    ("claims/system", claims::SYSTEM),
    ("claims/connection", claims::CONNECTION),
    ("claims/network", claims::NETWORK),
    ("explain/calls/socket", explain::calls::SOCKET),
    ("explain/calls/descriptor", explain::calls::DESCRIPTOR),
    ("explain/calls/file", explain::calls::FILE),
    ("explain/calls/process", explain::calls::PROCESS),
    ("explain/calls/system", explain::calls::SYSTEM),
    ("explain/structures/address", explain::structures::ADDRESS),
    ("explain/structures/layout", explain::structures::LAYOUT),
    ("explain/structures/process", explain::structures::PROCESS),
    ("explain/structures/ring", explain::structures::RING),
    ("explain/netlink", explain::NETLINK),
    ("explain/terminal", explain::TERMINAL),
    ("explain/notations", explain::NOTATIONS),
    ("explain/sets", explain::SETS),
    ("explain/constants/errno", explain::ERRNO),
    ("explain/constants/file", explain::FILE),
    ("explain/constants/ioctl", explain::IOCTL),
    ("explain/constants/link", explain::LINK),
    ("explain/constants/memory", explain::MEMORY),
    ("explain/constants/process", explain::PROCESS),
    ("explain/constants/protocol", explain::PROTOCOL),
    ("explain/constants/signal", explain::SIGNAL),
    ("explain/constants/socket", explain::SOCKET),
    ("explain/constants/sockopt/family", explain::sockopt::FAMILY),
    ("explain/constants/sockopt/ip", explain::sockopt::IP),
    ("explain/constants/sockopt/ipv6", explain::sockopt::IPV6),
    ("explain/constants/sockopt/socket", explain::sockopt::SOCKET),
    ("explain/constants/sockopt/transport", explain::sockopt::TRANSPORT),
    ("explain/constants/wait", explain::WAIT),
    ("why", why::COMMON),
    ("why/connection", why::CONNECTION),
    ("why/handle", why::HANDLE),
    ("why/invalid", why::INVALID),
    ("why/option", why::OPTION),
    ("why/answer", why::ANSWER),
    ("why/outcome", why::OUTCOME),
    ("why/place", why::PLACE),
    ("why/lock", why::LOCK),
    ("why/process", why::PROCESS),
    ("why/short", why::SHORT),
    ("why/sleep", why::SLEEP),
    ("why/reach", why::REACH),
    ("why/support", why::SUPPORT),
    ("why/transfer", why::TRANSFER),
    ("why/waiting", why::WAITING),
];

/// All of them, ready to be searched.
pub(super) fn catalogue() -> &'static Catalogue {
    static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
    CATALOGUE.get_or_init(|| Catalogue::new(TABLES.iter().map(|(_, table)| *table), join))
}

/// Appends a piece with the spaces that Chinese has: none beside its own punctuation, and none between its characters.
fn join(text: &mut String, piece: &str) {
    let (before, after) = (text.trim_end_matches(' ').chars().last(), piece.trim_start_matches(' ').chars().next());
    let (Some(before), Some(after)) = (before, after) else { return text.push_str(piece) };
    if is_punctuation(before) || is_punctuation(after) || (is_character(before) && is_character(after)) {
        text.truncate(text.trim_end_matches(' ').len());
        return text.push_str(piece.trim_start_matches(' '));
    }
    let alone = !text.ends_with(' ') && !piece.starts_with(' ');
    if alone && is_character(before) != is_character(after) && (before.is_alphanumeric() && after.is_alphanumeric()) {
        text.push(' ');
    }
    text.push_str(piece);
}

/// Punctuation as wide as a character.
fn is_punctuation(c: char) -> bool {
    "，。；：（）、？！".contains(c)
}

fn is_character(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}')
}
