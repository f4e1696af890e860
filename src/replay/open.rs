//! Which process has which descriptors open at each point of the recording.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use super::plan::Number;
use crate::event::{Body, Call, Event, Ret};
use crate::syscall::{Change, Effect, Made, Ty};
use crate::value::{Fd, FdTarget, Value};

/// Descriptors of one process.
#[derive(Debug, Clone, Default)]
pub(super) struct Open {
    /// Those that a call of the table made: its step, and whether they are closed on exec.
    made: BTreeMap<i32, (usize, bool)>,
    /// Files, with their names where known.
    files: BTreeMap<i32, Option<PathBuf>>,
}

impl Open {
    pub(super) fn has(&self, fd: i32) -> bool {
        self.made.contains_key(&fd)
    }

    /// What this number refers to, if a call of the table made it.
    pub(super) fn number(&self, fd: i32) -> Option<Number> {
        self.made.get(&fd).map(|(step, _)| Number { fd, step: *step })
    }

    /// Whether it is a file, or a standard stream of unknown kind.
    pub(super) fn is_file(&self, fd: i32) -> bool {
        !self.has(fd) && (self.files.contains_key(&fd) || (0..=2).contains(&fd))
    }

    /// A file's name.
    pub(super) fn path(&self, fd: &Fd) -> Option<PathBuf> {
        let known = fd.target.as_deref().and_then(FdTarget::path);
        let known = known.map(|path| PathBuf::from(OsStr::from_bytes(path)));
        known.or_else(|| self.files.get(&fd.raw).cloned().flatten())
    }

    /// What a call closes without naming it: a range, or descriptors closed on exec.
    pub(super) fn going(&self, call: &Call) -> Vec<Number> {
        let goes = |(fd, (_, on_exec)): &(&i32, &(usize, bool))| match call.change() {
            change @ Change::ClosesRange(..) => change.closes(**fd, true),
            Change::Executes => *on_exec,
            _ => false,
        };
        let going = self.made.iter().filter(|_| matches!(call.ret, Ret::Ok(_))).filter(goes);
        going.map(|(fd, (step, _))| Number { fd: *fd, step: *step }).collect()
    }

    /// Adds what a call opened. Without a step it will not be made again.
    pub(super) fn after(&mut self, call: &Call, step: Option<usize>) {
        let done = matches!(call.ret, Ret::Ok(_));
        let change = call.change();
        for number in self.going(call) {
            self.made.remove(&number.fd);
        }
        self.made.retain(|fd, _| !change.closes(*fd, done));
        self.files.retain(|fd, _| !change.closes(*fd, done));
        if let (true, Change::Marks { first, last, cloexec }) = (done, change) {
            let marked = |fd: &i32| u32::try_from(*fd).is_ok_and(|fd| (first..=last).contains(&fd));
            self.made.iter_mut().filter(|(fd, _)| marked(fd)).for_each(|(_, (_, on_exec))| *on_exec = cloexec);
        }
        let closes = matches!(change, Change::Makes { cloexec: true } | Change::Duplicates { cloexec: true, .. });
        let socket = !matches!(call.sys.effect, Effect::Makes(Made::File | Made::Other | Made::Copy | Made::Ring, _));
        for fd in call.made() {
            match step.filter(|_| socket) {
                Some(step) => {
                    self.files.remove(&fd);
                    self.made.insert(fd, (step, closes));
                }
                None => {
                    self.made.remove(&fd);
                    self.files.insert(fd, if socket { None } else { quoted(call) });
                }
            }
        }
    }
}

/// Descriptors of all processes, up to the current point of the recording.
///
/// What a call makes is added when it ends: an `accept` that waited may return a number that was used for something
/// else in the meantime.
#[derive(Debug, Default)]
pub(super) struct OpenDescriptors<'a> {
    of: BTreeMap<u32, Open>,
    /// The processes whose creator is known.
    made: BTreeSet<u32>,
    /// Calls in progress: their ends, threads, processes, and the steps that make them again.
    under_way: Vec<(u64, u32, u32, &'a Call, Option<usize>)>,
}

impl<'a> OpenDescriptors<'a> {
    /// What a process has when an event of it begins.
    pub(super) fn before(&mut self, event: &Event, pid: u32) -> &Open {
        let mut ended: Vec<_> =
            self.under_way.extract_if(.., |(end, tid, ..)| *end <= event.ts_ns || *tid == event.tid).collect();
        ended.sort_by_key(|(end, ..)| *end);
        for (_, _, pid, call, step) in ended {
            self.of.entry(pid).or_default().after(call, step);
        }
        self.of.entry(pid).or_default()
    }

    /// What a process has when it makes a call, including what calls in progress have made by then: when those ended is
    /// unknown, but they must have if this one uses what they made.
    pub(super) fn used(&mut self, pid: u32, call: &Call) -> &Open {
        let open = self.of.entry(pid).or_default();
        let known = |fd: i32| open.has(fd) || open.files.contains_key(&fd);
        let mut named = BTreeSet::new();
        call.args.iter().for_each(|arg| arg.each_fd(&mut |fd| named.extend([fd])));
        let missing = |fd: &i32| !known(*fd) && named.contains(fd);
        let made = self.under_way.extract_if(.., |(end, _, process, making, _)| {
            *end == u64::MAX && *process == pid && making.made().iter().any(missing)
        });
        let made: Vec<_> = made.collect();
        for (_, _, _, call, step) in made {
            open.after(call, step);
        }
        open
    }

    /// A call of that process: what it makes is added later, what it closes is free at once.
    pub(super) fn call(&mut self, event: &Event, pid: u32, call: &'a Call, step: Option<usize>) {
        // A call of unknown duration that may have waited has ended when its thread continues.
        let waits = matches!(call.sys.effect, Effect::Accepts(_) | Effect::Receives(_));
        let end = match call.dur_ns {
            _ if event.ts_ns == 0 => 0,
            None if waits => u64::MAX,
            took => event.ts_ns.saturating_add(took.unwrap_or(0)),
        };
        if end == event.ts_ns || matches!(call.change(), Change::Closes(_) | Change::ClosesRange(..)) {
            self.of.entry(pid).or_default().after(call, step);
        } else {
            self.under_way.push((end, event.tid, pid, call, step));
        }
    }

    /// A new process inherits its creator's descriptors.
    pub(super) fn fork(&mut self, parent: u32, child: u32) {
        let inherited = self.of.entry(parent).or_default().clone();
        self.of.insert(child, inherited);
        self.made.insert(child);
    }

    /// Whether a process of unknown origin uses a number that another one has.
    pub(super) fn is_orphan(&self, pid: u32, fd: i32) -> bool {
        !self.made.contains(&pid) && self.of.iter().any(|(other, open)| *other != pid && open.has(fd))
    }

    /// All processes.
    pub(super) fn all(&self) -> &BTreeMap<u32, Open> {
        &self.of
    }
}

/// The first quoted text in the arguments of a call that the table does not describe.
fn quoted(call: &Call) -> Option<PathBuf> {
    let text = call.args.iter().find_map(|arg| match arg {
        Value::Verbatim(text) => text.split('"').nth(1).filter(|path| !path.contains('\\')),
        _ => None,
    })?;
    Some(PathBuf::from(std::ffi::OsStr::from_bytes(text.as_bytes())))
}

/// How often an event may be looked at to find out which threads share descriptors.
const MAX_VISITS: usize = 20_000_000;

/// Which threads share descriptors.
#[derive(Debug, Default)]
pub(super) struct Tasks {
    /// The processes of threads that a text shows as processes of their own.
    process: HashMap<u32, u32>,
    /// All threads that did something.
    known: BTreeSet<u32>,
}

impl Tasks {
    /// Analyses a trace. A text without `clone` does not show which threads share a process; there a thread that uses a
    /// descriptor which it did not make belongs to the process that has it, the one with the nearest lower number.
    pub(super) fn new(events: &[&Event]) -> Self {
        let known = events.iter().map(|event| event.pid).collect();
        let mut tasks = Self { process: HashMap::new(), known };
        let has_threads = events.iter().any(|event| {
            event.pid != event.tid || matches!(&event.body, Body::Call(call) if tasks.child(call).is_some())
        });
        if has_threads {
            return tasks;
        }
        // Each round finds the processes of more threads. Where several may be it, it is the one that leaves the fewest
        // unexplained calls; in a trace that is too long to try them all, the nearest.
        let mut trials = MAX_VISITS / events.len().max(1);
        loop {
            let strangers = tasks.strangers(events);
            let before = tasks.process.len();
            for (thread, owners) in &strangers {
                // Two that use what the other has are one process.
                if let [owner] = owners[..]
                    && tasks.root(owner) != *thread
                {
                    tasks.process.insert(*thread, owner);
                }
            }
            if tasks.process.len() > before {
                continue;
            }
            let Some((thread, mut owners)) = strangers.into_iter().next() else { break };
            owners.truncate(trials.max(1));
            trials -= owners.len().min(trials);
            let with = |owner: &u32| {
                let mut tried = Self { process: tasks.process.clone(), known: BTreeSet::new() };
                tried.process.insert(thread, *owner);
                tried.senseless(events)
            };
            let owner = if let [owner] = owners[..] { Some(owner) } else { owners.into_iter().min_by_key(with) };
            tasks.process.extend(owner.map(|owner| (thread, owner)));
        }
        tasks
    }

    /// Calls `visit` for every call on a descriptor that its process does not have, with what all processes have; stops
    /// when that returns true.
    fn missing(&self, events: &[&Event], mut visit: impl FnMut(&Event, u32, i32, &BTreeMap<u32, Open>) -> bool) {
        let mut open = OpenDescriptors::default();
        for (at, event) in events.iter().enumerate() {
            let Body::Call(call) = &event.body else { continue };
            let pid = self.process(event);
            open.before(event, pid);
            let own = open.used(pid, call);
            let fails = matches!(call.ret, Ret::Err(errno) if matches!(errno.0, libc::EBADF | libc::ENOTSOCK));
            if let (Some(Ty::Fd), Some(Value::Fd(fd))) =
                (call.sys.params.first().map(|param| param.ty), call.args.first())
                && !fails
                && fd.raw >= 0
            {
                let missing = !own.has(fd.raw) && !own.is_file(fd.raw);
                if missing && visit(event, pid, fd.raw, open.all()) {
                    return;
                }
            }
            open.call(event, pid, call, Some(at));
        }
    }

    fn senseless(&self, events: &[&Event]) -> usize {
        let mut count = 0;
        self.missing(events, |_, _, _, _| {
            count += 1;
            false
        });
        count
    }

    /// The threads that use a descriptor they do not have, in order, each with the processes that have it, the nearest
    /// lower number first.
    fn strangers(&self, events: &[&Event]) -> Vec<(u32, Vec<u32>)> {
        let (mut found, mut seen) = (Vec::new(), HashSet::new());
        self.missing(events, |event, pid, fd, open| {
            if !self.process.contains_key(&event.tid) && !seen.contains(&pid) {
                let has = |(_, other): &(&u32, &Open)| other.has(fd);
                let mut owners: Vec<u32> = open.iter().filter(has).map(|(other, _)| *other).collect();
                owners.sort_by_key(|owner| (*owner > pid, owner.abs_diff(pid)));
                if !owners.is_empty() {
                    seen.insert(pid);
                    found.push((pid, owners));
                }
            }
            false
        });
        found
    }

    /// The process of an event.
    pub(super) fn process(&self, event: &Event) -> u32 {
        self.root(event.pid)
    }

    fn root(&self, mut pid: u32) -> u32 {
        while let Some(process) = self.process.get(&pid).filter(|process| **process != pid) {
            pid = *process;
        }
        pid
    }

    /// The process that a call created, if that did something.
    pub(super) fn child(&self, call: &Call) -> Option<u32> {
        let made = match call.ret {
            Ret::Ok(made) if matches!(call.sys.effect, Effect::Forks(_)) => u32::try_from(made).ok()?,
            _ => return None,
        };
        self.known.contains(&made).then_some(made)
    }
}
