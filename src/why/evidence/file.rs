//! Files: what a Unix address leads to, and what a descriptor is that is no socket.

use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;

use super::search::Search;
use super::table;
use crate::event::{Call, FileFacts};
use crate::sys::proc::Proc;
use crate::syscall::Effect;
use crate::why::subject::{descriptors, place};

impl Search<'_> {
    /// What the descriptor is instead of a socket.
    pub(super) fn no_socket(&mut self, fd: i32) {
        let descriptor = Proc::new(self.caller.pid).descriptor(fd);
        let Some(target) = descriptor.link() else { return };
        let mut facts = file(&descriptor.path());
        facts.path = String::from_utf8_lossy(&target).into_owned();
        self.evidence.file = Some(facts);
    }

    /// Which of the descriptors of a call is not open; of one that all are, what it is open for.
    pub(super) fn not_open(&mut self, call: &Call) {
        let process = Proc::new(self.caller.pid);
        let all = descriptors(call);
        let closed: Vec<i32> = all.iter().copied().filter(|fd| process.descriptor(*fd).link().is_none()).collect();
        if let Some(first) = closed.first() {
            self.evidence.descriptor = (all.len() > 1).then_some(*first);
            return;
        }
        let [only] = all.as_slice() else { return };
        let Some((reads, writes)) = process.descriptor(*only).access() else { return };
        if matches!(call.sys.effect, Effect::Receives(_) if !reads) || call.sys.effect == Effect::Sends && !writes {
            self.no_socket(*only);
        }
    }

    /// A Unix address: its file, and who is bound to it.
    pub(super) fn unix(&mut self, call: &Call) {
        let Some(name) = self.to.as_ref().and_then(place) else { return };
        if !name.starts_with('@') {
            let inside = |path: &str| {
                let root = if path.starts_with('/') { "root" } else { "cwd/" };
                file(&Proc::new(self.caller.tid).path(&format!("{root}{path}")))
            };
            let mut facts = inside(&name);
            facts.path.clone_from(&name);
            if facts.kind == "missing" || call.sys.effect == Effect::Binds {
                let folder =
                    name.rsplit_once('/').map_or(".", |(folder, _)| if folder.is_empty() { "/" } else { folder });
                let above = inside(folder);
                if above.kind != "missing" && facts.kind == "missing" {
                    facts.mode = above.mode; // what counts is who may write there
                    facts.uid = above.uid;
                } else if above.kind == "missing" {
                    facts.kind = "missing directory".into();
                }
            }
            self.evidence.file = Some(facts);
        }
        let own = self.own_inode();
        self.evidence.sockets = table::unix(self.caller.tid, &name);
        self.evidence.sockets.retain(|socket| socket.inode != own);
        self.find_owners();
    }
}

/// What a path leads to.
fn file(path: &Path) -> FileFacts {
    let Ok(meta) = std::fs::metadata(path) else {
        return FileFacts { kind: "missing".into(), ..FileFacts::default() };
    };
    let kind = match meta.file_type() {
        kind if kind.is_socket() => "socket",
        kind if kind.is_dir() => "directory",
        kind if kind.is_fifo() => "pipe",
        kind if kind.is_char_device() => "character device",
        kind if kind.is_block_device() => "block device",
        kind if kind.is_file() => "file",
        _ => "anonymous file",
    };
    let bits = meta.mode();
    let mode = (0..9).rev().zip("rwxrwxrwx".chars()).map(|(bit, c)| if bits >> bit & 1 == 1 { c } else { '-' });
    FileFacts { path: String::new(), kind: kind.into(), mode: Some(mode.collect()), uid: Some(meta.uid()) }
}
