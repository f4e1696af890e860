//! What the descriptors of traced processes refer to.
//!
//! Asked in `/proc/PID/fd` while the process stands still, and remembered per descriptor when the calls that can change
//! the answer ([`Effect::may_close`](crate::syscall::Effect::may_close)) are seen; those a filter does not let us see make every answer one for
//! the moment. What the protocol knows of a socket is in [`super::sockets`].

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;
use std::sync::Arc;

use super::sockets::SocketDetails;
use crate::decode::Names;
use crate::event::{Call, Ret};
use crate::sys::proc::{Proc, socket_of_link};
use crate::sys::protocol;
use crate::syscall::{Change, Effect, Made};
use crate::value::{Device, FdTarget, PathTarget, SocketTarget, Value};

/// What is written beside descriptors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Show {
    /// The path, or the kind and inode (`-y`).
    pub path: bool,
    /// A socket's protocol and addresses (`-yy`).
    pub socket: bool,
    /// Numbers of devices (`-yy`).
    pub device: bool,
    /// The process a pidfd is of (`-yy`).
    pub pidfd: bool,
    /// A name per socket that stays the same over dup and fork (`--names`).
    pub name: bool,
}

impl Show {
    /// Whether anything is written.
    pub fn any(self) -> bool {
        self.path || self.socket || self.device || self.pidfd || self.name
    }
}

/// One descriptor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Descriptor {
    /// What `/proc/PID/fd/N` is a link to.
    pub link: Vec<u8>,
    /// Whether that is the path of a file that was deleted since; the kernel's word for it is not part of the link.
    pub deleted: bool,
    /// The inode, for a socket.
    pub socket: Option<u64>,
    /// Whether it is an epoll descriptor that watches a socket.
    pub watches_socket: bool,
}

impl Descriptor {
    /// Asks the kernel.
    fn read(pid: i32, fd: i32) -> Option<Self> {
        let descriptor = Proc::new(pid).descriptor(fd);
        Some(Self::linked(descriptor.link()?, |link| is_same(&descriptor.path(), link)))
    }

    /// From a link of the kernel, which marks deleted files; `exists` says whether the link's file is still there.
    fn linked(link: Vec<u8>, exists: impl Fn(&[u8]) -> bool) -> Self {
        let mut found = Self::new(link);
        if found.link.ends_with(DELETED) && !exists(&found.link) {
            found.deleted = true;
            found.link.truncate(found.link.len() - DELETED.len());
        }
        found
    }

    fn new(link: Vec<u8>) -> Self {
        let socket = socket_of_link(&link);
        Self { link, deleted: false, socket, watches_socket: false }
    }

    /// The target of the link.
    fn target(self, device: Option<Device>) -> FdTarget {
        let Self { link, deleted, socket, .. } = self;
        if let Some(inode) = socket {
            return FdTarget::Socket(SocketTarget { inode: Some(inode), ..SocketTarget::default() });
        }
        if let (false, None) = (link.starts_with(b"/") || deleted, device) {
            if let Some(name) = link.strip_prefix(b"anon_inode:") {
                return FdTarget::Anonymous(name.into());
            }
            if let Some((kind, inode)) = kind_and_inode(&link) {
                return FdTarget::Inode { kind: kind.into(), inode };
            }
        }
        FdTarget::Path(PathTarget { path: link.into(), deleted, device })
    }
}

/// The descriptors of all traced processes.
#[derive(Debug, Default)]
pub(super) struct Descriptors {
    show: Show,
    /// Whether all calls that close or replace descriptors are seen.
    complete: bool,
    known: RefCell<HashMap<i32, HashMap<i32, Descriptor>>>,
    /// Processes whose descriptors others can change behind our back (CLONE_FILES): nothing is kept of them.
    shared: RefCell<HashSet<i32>>,
    /// Whether any of their descriptors may be a netlink socket. Most programs have none, and are not asked for each buffer.
    netlink: Cell<bool>,
    sockets: SocketDetails,
}

impl Descriptors {
    /// Nothing known yet.
    pub(super) fn new(show: Show, complete: bool) -> Self {
        Self { show, complete, ..Self::default() }
    }

    /// Netlink sockets may be among them, or come without a call that is seen.
    pub(super) fn expect_netlink(&self) {
        self.netlink.set(true);
    }

    /// A process has these descriptors from before its first call.
    pub(super) fn inherited(&self, pid: i32) {
        let is_netlink = |fd| protocol::of_process(pid, fd).as_deref() == Some("NETLINK");
        let all = Proc::new(pid).descriptors();
        if all.is_ok_and(|mut all| all.any(|found| found.socket().is_some() && is_netlink(found.number()))) {
            self.expect_netlink();
        }
    }

    /// What a descriptor of a process refers to; `None` when it is not open.
    pub(super) fn get(&self, pid: i32, fd: i32) -> Option<Descriptor> {
        if fd < 0 {
            return None;
        }
        let kept = self.complete && !self.shared.borrow().contains(&pid);
        if kept && let Some(found) = self.known.borrow().get(&pid).and_then(|known| known.get(&fd)) {
            return Some(found.clone());
        }
        let found = Descriptor::read(pid, fd)?;
        if kept {
            self.known.borrow_mut().entry(pid).or_default().insert(fd, found.clone());
        }
        Some(found)
    }

    /// Whether a descriptor is a socket, or an epoll descriptor that watches one.
    pub(super) fn concerns_sockets(&self, pid: i32, fd: i32) -> bool {
        if fd < 0 {
            return false;
        }
        let concerns = |found: &Descriptor| found.socket.is_some() || found.watches_socket;
        if let Some(found) = self.known.borrow().get(&pid).and_then(|known| known.get(&fd)) {
            return concerns(found);
        }
        self.get(pid, fd).as_ref().is_some_and(concerns)
    }

    /// The inode of what a descriptor refers to, if that is a socket; `None` when it is not open.
    pub(super) fn inode(&self, pid: i32, fd: i32) -> Option<Option<u64>> {
        if let Some(found) = self.known.borrow().get(&pid).and_then(|known| known.get(&fd)) {
            return Some(found.socket);
        }
        Some(self.get(pid, fd)?.socket)
    }

    /// The inode of a socket.
    pub(super) fn socket(&self, pid: i32, fd: i32) -> Option<u64> {
        self.get(pid, fd)?.socket
    }

    /// Whether a descriptor is a netlink socket, and of which protocol once it is bound.
    fn netlink(&self, pid: i32, fd: i32) -> Option<Option<u64>> {
        if !self.netlink.get() {
            return None;
        }
        self.sockets.netlink(pid, fd, self.socket(pid, fd)?)
    }

    /// The sockets behind the descriptors.
    pub(super) fn sockets(&self) -> &SocketDetails {
        &self.sockets
    }

    /// Learns from a call that returned.
    pub(super) fn note(&self, pid: i32, call: &Call, regs: &[u64; 6]) {
        let fd = |at: usize| regs[at] as i32;
        if brings_netlink(call, regs) {
            self.expect_netlink();
        }
        if let Some(known) = self.known.borrow_mut().get_mut(&pid) {
            // After an error too: that it was for nothing costs one more look.
            match Change::asked(call.sys, regs) {
                Change::Closes(fd) | Change::Duplicates { onto: Some(fd), .. } => {
                    known.remove(&fd);
                }
                change @ Change::ClosesRange(..) => known.retain(|fd, _| !change.closes(*fd, true)),
                // Of a process that becomes another program, or ends, all is forgotten.
                _ => {}
            }
        }
        if let (Effect::Watches(watched), Ret::Ok(_)) = (call.sys.effect, call.ret)
            && self.concerns_sockets(pid, fd(watched))
            && self.get(pid, fd(0)).is_some()
            && let Some(epoll) = self.known.borrow_mut().get_mut(&pid).and_then(|known| known.get_mut(&fd(0)))
        {
            epoll.watches_socket = true;
        }
    }

    /// What is known of a process's descriptors may no longer be so. (An epoll instance's is not asked of the kernel.)
    pub(super) fn doubt(&self, pid: i32) {
        if let Some(known) = self.known.borrow_mut().get_mut(&pid) {
            known.retain(|_, found| found.watches_socket);
        }
    }

    /// A process began to run another program, or ended.
    pub(super) fn forget_process(&self, pid: i32) {
        self.known.borrow_mut().remove(&pid);
        self.shared.borrow_mut().remove(&pid);
    }

    /// A process shares its descriptors with what is not one of its traced threads.
    pub(super) fn shares(&self, pid: i32) {
        self.expect_netlink();
        self.known.borrow_mut().remove(&pid);
        self.shared.borrow_mut().insert(pid);
    }

    /// What a descriptor refers to, as far as that is to be shown.
    fn target(&self, pid: i32, fd: i32) -> Option<Arc<FdTarget>> {
        if !self.show.any() {
            return None;
        }
        let descriptor = self.get(pid, fd)?;
        if let Some(inode) = descriptor.socket {
            if self.show.name {
                return Some(self.sockets.named(pid, fd, inode));
            }
            if self.show.socket {
                return Some(self.sockets.details(pid, fd, inode));
            }
        }
        if self.show.pidfd
            && descriptor.link == b"anon_inode:[pidfd]"
            && let Some(of) = pidfd(pid, fd)
        {
            return Some(FdTarget::Process(of).into());
        }
        let device = if self.show.device { device(pid, fd) } else { None };
        if !self.show.path && device.is_none() {
            return None;
        }
        // Files are renamed and deleted while they are open, which no call on the descriptor shows.
        let descriptor = if descriptor.link.starts_with(b"/") { Descriptor::read(pid, fd)? } else { descriptor };
        Some(descriptor.target(device).into())
    }

    /// The names of one process's descriptors.
    pub(super) fn of(&self, pid: i32) -> ProcessNames<'_> {
        ProcessNames { descriptors: self, pid, before: 0 }
    }

    /// Whether any descriptor among these values concerns sockets.
    pub(super) fn any_socket<'a>(&self, pid: i32, mut values: impl Iterator<Item = &'a Value>) -> bool {
        values.any(|value| {
            let mut any = false;
            value.each_fd(&mut |fd| any = any || self.concerns_sockets(pid, fd));
            any
        })
    }
}

/// [`Names`] for one process.
#[derive(Debug, Clone, Copy)]
pub(super) struct ProcessNames<'a> {
    descriptors: &'a Descriptors,
    pid: i32,
    /// The number of the call that the thread made before, 0 where it is unknown.
    before: u64,
}

impl ProcessNames<'_> {
    /// The same for a call that follows this one.
    pub(super) fn after(self, before: u64) -> Self {
        Self { before, ..self }
    }
}

impl Names for ProcessNames<'_> {
    fn fd(&self, fd: i32) -> Option<Arc<FdTarget>> {
        self.descriptors.target(self.pid, fd)
    }

    fn netlink(&self, fd: i32) -> Option<Option<u64>> {
        self.descriptors.netlink(self.pid, fd)
    }

    fn interrupted(&self) -> u64 {
        if self.before == 0 { u64::from(u32::MAX) } else { self.before }
    }

    fn directory(&self) -> Option<Arc<FdTarget>> {
        let directory = self.descriptors.show.path.then(|| Proc::new(self.pid).directory().ok()).flatten()?;
        let directory = directory.into_os_string().into_vec();
        Some(Descriptor::linked(directory, |path| is_same(&Proc::new(self.pid).path("cwd"), path)).target(None).into())
    }
}

/// Whether a call may have brought a netlink socket.
fn brings_netlink(call: &Call, regs: &[u64; 6]) -> bool {
    let Ret::Ok(ret) = call.ret else { return false };
    match call.sys.effect {
        Effect::Makes(Made::Socket, _) => regs[0] as i32 == libc::AF_NETLINK,
        effect if effect.may_bring_socket() => match effect {
            Effect::Receives(_) => !call.sys.made(&call.args, ret).is_empty(),
            _ => true,
        },
        _ => false,
    }
}

/// What the kernel puts behind the path of a file that was deleted.
const DELETED: &[u8] = b" (deleted)";

/// `pipe:[5]`: an object without a path.
fn kind_and_inode(link: &[u8]) -> Option<(&str, u64)> {
    let (kind, inode) = std::str::from_utf8(link.strip_suffix(b"]")?).ok()?.split_once(":[")?;
    Some((kind, inode.parse().ok()?)).filter(|(kind, _)| !kind.contains('/'))
}

/// Whether the file behind a link of `/proc` is the one at a path.
fn is_same(link: &Path, path: &[u8]) -> bool {
    use std::os::unix::fs::MetadataExt;
    let file = |path: &Path| std::fs::metadata(path).ok().map(|file| (file.dev(), file.ino()));
    let there = file(Path::new(std::ffi::OsStr::from_bytes(path)));
    there.is_some() && there == file(link)
}

/// The device behind a descriptor, if it is one.
fn device(pid: i32, fd: i32) -> Option<Device> {
    use std::os::unix::fs::{FileTypeExt, MetadataExt};
    let meta = std::fs::metadata(Proc::new(pid).descriptor(fd).path()).ok()?;
    let kind = meta.file_type();
    let is_block = kind.is_block_device();
    let found = Device { is_block, major: libc::major(meta.rdev()), minor: libc::minor(meta.rdev()) };
    (is_block || kind.is_char_device()).then_some(found)
}

/// The process a pidfd refers to.
fn pidfd(pid: i32, fd: i32) -> Option<i32> {
    Proc::new(pid).descriptor(fd).info()?.get("Pid")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_understood() {
        assert_eq!(Descriptor::new(b"socket:[123]".to_vec()).socket, Some(123));
        assert_eq!(Descriptor::new(b"/tmp/socket:[1]".to_vec()).socket, None);
        assert_eq!(Descriptor::new(b"pipe:[5]".to_vec()).socket, None);
        let target = |link: &[u8]| Descriptor::new(link.to_vec()).target(None);
        let path = |path: &[u8]| FdTarget::Path(PathTarget { path: path.into(), deleted: false, device: None });
        assert_eq!(target(b"pipe:[5]"), FdTarget::Inode { kind: "pipe".into(), inode: 5 });
        assert_eq!(target(b"anon_inode:[eventpoll]"), FdTarget::Anonymous(b"[eventpoll]"[..].into()));
        assert_eq!(target(b"/a<b>\xff"), path(b"/a<b>\xff"));
        assert_eq!(target(b"/pipe:[5]"), path(b"/pipe:[5]"));
    }

    #[test]
    fn our_own_descriptors_are_found() {
        let (socket, _peer) = std::os::unix::net::UnixStream::pair().unwrap();
        let fd = std::os::fd::AsRawFd::as_raw_fd(&socket);
        let all = Descriptors::new(Show { path: true, ..Show::default() }, true);
        let pid = std::process::id() as i32;
        assert!(all.concerns_sockets(pid, fd));
        let FdTarget::Socket(found) = &*all.of(pid).fd(fd).unwrap() else { panic!("not a socket") };
        assert!(found.inode.is_some() && found.protocol.is_none());
        assert!(!all.concerns_sockets(pid, 100_000));
    }
}
