//! The owners of sockets: the processes that have an inode open, by walking `/proc/PID/fd`.

use std::collections::HashMap;

use crate::event::{Endpoint, Owner};
use crate::sys::proc::Proc;

/// Words kept of a command line.
const MAX_WORDS: usize = 6;
/// Characters kept of a command line.
const MAX_TEXT: usize = 80;

/// Finds the owners of these sockets, all in one walk. Returns whether the descriptors of some process could not be read.
pub(super) fn find<'a>(sockets: impl Iterator<Item = &'a mut Endpoint>) -> bool {
    let mut wanted: HashMap<u64, Vec<&mut Endpoint>> = HashMap::new();
    for socket in sockets {
        if let Some(inode) = socket.inode {
            wanted.entry(inode).or_default().push(socket);
        }
    }
    if wanted.is_empty() {
        return false;
    }
    let mut hidden = false;
    for pid in Proc::all() {
        let process = Proc::new(pid);
        let Ok(descriptors) = process.descriptors() else {
            hidden |= process.exists();
            continue;
        };
        for descriptor in descriptors {
            let Some(sockets) = descriptor.socket().and_then(|inode| wanted.get_mut(&inode)) else { continue };
            for socket in sockets {
                // Several descriptors of one process are one owner.
                if !socket.owners.iter().any(|owner| owner.pid == pid as u32) {
                    socket.owners.push(Owner { pid: pid as u32, command: command(pid), fd: descriptor.number() });
                }
            }
        }
    }
    hidden && wanted.values().flatten().any(|socket| socket.owners.is_empty())
}

/// A process's command line on one line, cut where it is long; its name in brackets where it has none.
pub(super) fn command(pid: i32) -> String {
    let process = Proc::new(pid);
    let words: Vec<String> = process
        .command_line()
        .unwrap_or_default()
        .iter()
        .filter(|word| !word.is_empty())
        .map(|word| String::from_utf8_lossy(word).chars().map(|c| if c.is_control() { ' ' } else { c }).collect())
        .collect();
    if words.is_empty() {
        return format!("[{}]", process.name().unwrap_or_default());
    }
    let mut text = words.iter().take(MAX_WORDS).map(String::as_str).collect::<Vec<_>>().join(" ");
    // The program's directory is less useful than its arguments.
    if let Some((folder, _)) = words[0].rsplit_once('/') {
        text.replace_range(..=folder.len(), "");
    }
    if text.chars().count() > MAX_TEXT || words.len() > MAX_WORDS {
        text = text.chars().take(MAX_TEXT).collect::<String>() + "…";
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::fd::AsRawFd;

    #[test]
    fn our_own_listener_is_found() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let inode = Proc::OWN.descriptor(listener.as_raw_fd()).socket();
        assert!(inode.is_some());
        let mut socket = Endpoint { inode, ..Endpoint::default() };
        find(std::iter::once(&mut socket));
        let own = socket.owners.iter().find(|owner| owner.pid == std::process::id()).expect("it is ours");
        assert_eq!(own.fd, listener.as_raw_fd());
        assert!(!own.command.is_empty() && !own.command.contains('\0'));
    }
}
