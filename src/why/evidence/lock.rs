//! Who holds the lock on a file that a call did not get.

use super::search::Search;
use super::{owner, process};
use crate::event::{Call, Endpoint, Relation};
use crate::sys::proc::locks::{Lock, LockKind};
use crate::sys::proc::{Descriptor, Proc};
use crate::syscall::effect::number;
use crate::value::{Record, Value};
use crate::why::subject::descriptor;

/// How many holders are named.
const MAX_HOLDERS: usize = 4;

/// A lock that is wanted.
#[derive(Debug)]
struct Wanted {
    kind: LockKind,
    writes: bool,
    start: u64,
    end: Option<u64>,
}

impl Search<'_> {
    /// The locks that are in the way, each with who holds it.
    pub(super) fn lock(&mut self, call: &Call) {
        let pid = self.caller.pid;
        let Some(at) = descriptor(call).map(|fd| Proc::new(pid).descriptor(fd)) else { return };
        let (Some(wanted), Some(file), Some(link)) = (Wanted::of(call, at), at.file(), at.link()) else { return };
        self.evidence.process = process::facts(pid);
        let own = |lock: &Lock| wanted.kind == LockKind::Process && lock.kind == wanted.kind && lock.pid == Some(pid);
        let hinders = |lock: &Lock| lock.hinders(wanted.kind, wanted.writes, wanted.start, wanted.end) && !own(lock);
        for lock in Lock::on(file).iter().filter(|lock| hinders(lock)).take(MAX_HOLDERS) {
            let (owners, hidden) = owner::of_lock(pid, &link, lock);
            self.evidence.owners_hidden |= hidden && owners.is_empty();
            self.evidence.sockets.push(Endpoint {
                relation: Relation::Holder,
                protocol: "lock".into(),
                kind: Some(lock.kind.name().into()),
                state: Some(if lock.writes { "WRITE" } else { "READ" }.into()),
                owners,
                ..Endpoint::default()
            });
        }
    }
}

impl Wanted {
    /// `None` of a call that only releases.
    fn of(call: &Call, at: Descriptor) -> Option<Self> {
        if let Some(how) = call.arg("operation").and_then(number) {
            let how = how as i32 & !libc::LOCK_NB;
            let writes = how == libc::LOCK_EX;
            return (writes || how == libc::LOCK_SH).then_some(Self {
                kind: LockKind::Flock,
                writes,
                start: 0,
                end: None,
            });
        }
        let command = call.args.get(1).and_then(number)? as i32;
        let own = matches!(command, libc::F_SETLK | libc::F_SETLKW);
        let record = call.args.iter().find_map(structure)?;
        let part = |name: &str| record.get(name).and_then(number);
        let writes = match part("l_type")? as i32 {
            libc::F_WRLCK => true,
            libc::F_RDLCK => false,
            _ => return None,
        };
        let from = match part("l_whence")? as i32 {
            libc::SEEK_SET => 0,
            libc::SEEK_CUR => at.position()?,
            _ => std::fs::metadata(at.path()).ok()?.len(),
        };
        let first = i64::try_from(from).ok()?.checked_add(part("l_start")? as i64)?;
        // A length below 0 is of what lies before.
        let (first, end) = match part("l_len")? as i64 {
            0 => (first, None),
            len @ 1.. => (first, first.checked_add(len - 1)),
            len => (first.checked_add(len)?, Some(first - 1)),
        };
        let end = end.map(u64::try_from).transpose().ok()?;
        let kind = if own { LockKind::Process } else { LockKind::OpenFile };
        Some(Self { kind, writes, start: u64::try_from(first).ok()?, end })
    }
}

fn structure(value: &Value) -> Option<&Record> {
    match value {
        Value::Record(record) => Some(record),
        Value::Ref(inner) => structure(inner),
        _ => None,
    }
}
