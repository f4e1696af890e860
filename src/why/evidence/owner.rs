//! Whose socket is it: the processes that have an inode open, by walking `/proc/PID/fd`.

use std::collections::HashMap;
use std::path::Path;

use crate::event::{Endpoint, Owner};

/// Words of a command line that are kept.
const WORDS: usize = 6;
/// Characters of it.
const LONGEST: usize = 80;

/// Finds the owners of these sockets, all in one walk. Returns whether some process did not let us look.
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
    for pid in processes() {
        let Ok(fds) = std::fs::read_dir(format!("/proc/{pid}/fd")) else {
            hidden |= Path::new(&format!("/proc/{pid}")).exists();
            continue;
        };
        for entry in fds.flatten() {
            let Some(inode) = socket_inode(&entry.path()) else { continue };
            let Some(sockets) = wanted.get_mut(&inode) else { continue };
            let Some(fd) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
            for socket in sockets {
                // Several descriptors of one process are one owner.
                if !socket.owners.iter().any(|owner| owner.pid == pid as u32) {
                    socket.owners.push(Owner { pid: pid as u32, command: command(pid), fd });
                }
            }
        }
    }
    hidden && wanted.values().flatten().any(|socket| socket.owners.is_empty())
}

/// All processes that are there.
pub(super) fn processes() -> impl Iterator<Item = i32> {
    let all = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    all.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

/// The inode of a socket behind a link of `/proc/PID/fd`.
pub(super) fn socket_inode(link: &Path) -> Option<u64> {
    let target = std::fs::read_link(link).ok()?;
    target.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()
}

/// A process's command line on one line, cut where it is long; its name in brackets where it has none.
pub(super) fn command(pid: i32) -> String {
    let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let words: Vec<String> = line
        .split(|byte| *byte == 0)
        .filter(|word| !word.is_empty())
        .map(|word| String::from_utf8_lossy(word).chars().map(|c| if c.is_control() { ' ' } else { c }).collect())
        .collect();
    if words.is_empty() {
        let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
        return format!("[{}]", name.trim());
    }
    let mut text = words.iter().take(WORDS).map(String::as_str).collect::<Vec<_>>().join(" ");
    // The program's folder tells less than its arguments do.
    if let Some((folder, _)) = words[0].rsplit_once('/') {
        text.replace_range(..=folder.len(), "");
    }
    if text.chars().count() > LONGEST || words.len() > WORDS {
        text = text.chars().take(LONGEST).collect::<String>() + "…";
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
        let link = format!("/proc/self/fd/{}", listener.as_raw_fd());
        let inode = socket_inode(Path::new(&link));
        assert!(inode.is_some());
        let mut socket = Endpoint { inode, ..Endpoint::default() };
        find(std::iter::once(&mut socket));
        let own = socket.owners.iter().find(|owner| owner.pid == std::process::id()).expect("it is ours");
        assert_eq!(own.fd, listener.as_raw_fd());
        assert!(!own.command.is_empty() && !own.command.contains('\0'));
    }
}
