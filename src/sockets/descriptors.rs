//! Which socket a descriptor's number refers to, by process and moment.
//!
//! A number refers to what the last call that made it returned, from that call's end until the beginning of the call that
//! closes it: the kernel gives a number away again while the call that closed it has not returned yet. So a call that
//! was entered before a number's present meaning began is about its former one.

use std::collections::{BTreeMap, HashMap};

use super::HOST;

/// How many former meanings of a number are kept.
const MAX_FORMER: usize = 16;

/// What a number refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Object {
    /// A socket, by number.
    Socket(usize),
    /// A file, a pipe: no socket.
    Other,
}

#[derive(Debug, Clone, Copy)]
struct Binding {
    object: Object,
    since_ns: u64,
    /// When it was closed, and by which process.
    closed: Option<(u64, u32)>,
    cloexec: bool,
}

type Numbers = BTreeMap<i32, Vec<Binding>>;

/// The descriptors of all processes.
#[derive(Debug, Default)]
pub(super) struct SocketDescriptors {
    tables: Vec<Numbers>,
    /// How many processes have each table, and the tables that none has.
    users: Vec<usize>,
    unused: Vec<usize>,
    /// The table of each process.
    of: HashMap<u32, usize>,
    /// Processes whose creation is not in the trace, and which have not been found to have another's descriptors.
    strangers: HashMap<u32, ()>,
    /// How many descriptors a socket has.
    count: HashMap<usize, usize>,
    /// Whether threads are known by the numbers of their processes. If not, a process of unknown origin may be a thread.
    pub(super) knows_threads: bool,
}

/// Sockets whose last descriptor was closed.
pub(super) type Ended = Vec<usize>;

impl SocketDescriptors {
    fn table(&mut self, pid: u32) -> usize {
        if let Some(known) = self.of.get(&pid) {
            return *known;
        }
        let at = self.unused.pop().unwrap_or_else(|| {
            self.tables.push(Numbers::new());
            self.users.push(0);
            self.tables.len() - 1
        });
        self.give(pid, at);
        self.strangers.insert(pid, ());
        at
    }

    /// A process has this table from now on.
    fn give(&mut self, pid: u32, table: usize) {
        self.users[table] += 1;
        if let Some(before) = self.of.insert(pid, table) {
            self.leave(before);
        }
    }

    /// A process has a table no more. One that nobody has is never asked again.
    fn leave(&mut self, table: usize) {
        self.users[table] -= 1;
        if self.users[table] == 0 {
            self.tables[table] = Numbers::new();
            self.unused.push(table);
        }
    }

    /// A process was created by another, whose descriptors it shares or has copies of.
    pub(super) fn fork(&mut self, parent: u32, child: u32, shares: bool, at_ns: u64) {
        if self.of.contains_key(&child) && !self.strangers.contains_key(&child) {
            return;
        }
        self.strangers.remove(&child);
        let from = self.table(parent);
        if shares {
            self.give(child, from);
        } else {
            self.inherit(from, child, at_ns);
        }
    }

    /// Gives a process copies of all that is open at a moment.
    fn inherit(&mut self, from: usize, child: u32, at_ns: u64) {
        let open: Vec<(i32, Binding)> =
            self.tables[from].iter().filter_map(|(fd, bindings)| Some((*fd, *current(bindings, at_ns)?))).collect();
        let own = self.table(child);
        self.strangers.remove(&child);
        for (fd, binding) in open {
            let bindings = self.tables[own].entry(fd).or_default();
            if bindings.is_empty() {
                bindings.push(binding);
                if let Object::Socket(sock) = binding.object {
                    *self.count.entry(sock).or_default() += 1;
                }
            }
        }
    }

    /// What a number refers to for a call that was entered at that moment; `works` if the call shows that there is
    /// something.
    pub(super) fn find(&mut self, pid: u32, fd: i32, at_ns: u64, works: bool) -> Option<Object> {
        let own = self.table(pid);
        let found = self.tables[own].get(&fd).and_then(|bindings| current(bindings, at_ns)).map(|known| known.object);
        if found.is_some() || !works {
            return found;
        }
        if self.strangers.contains_key(&pid)
            && let Some(other) = self.owner(pid, fd, at_ns)
        {
            if self.knows_threads {
                self.inherit(other, pid, at_ns);
            } else {
                self.adopt(other, pid);
            }
            let own = self.table(pid);
            return self.tables[own].get(&fd).and_then(|bindings| current(bindings, at_ns)).map(|known| known.object);
        }
        // What another process seemed to close for this one too, it did not.
        let last = self.tables[own].get(&fd).and_then(|bindings| bindings.last())?;
        last.closed.is_some_and(|(_, by)| by != pid).then_some(last.object)
    }

    /// The table of the process with the nearest lower number on the same host that has a number open.
    fn owner(&self, pid: u32, fd: i32, at_ns: u64) -> Option<usize> {
        let has = |table: &usize| {
            let open = self.tables[*table].get(&fd).and_then(|bindings| current(bindings, at_ns));
            open.is_some_and(|binding| matches!(binding.object, Object::Socket(_)))
        };
        let own = self.of.get(&pid).copied();
        let here = |other: u32| other / HOST == pid / HOST;
        let others = || self.of.iter().filter(|(other, table)| here(**other) && Some(**table) != own && has(table));
        let lower = others().filter(|(other, _)| **other < pid).max_by_key(|(other, _)| **other);
        lower.or_else(|| others().min_by_key(|(other, _)| **other)).map(|(_, table)| *table)
    }

    /// A process turned out to be a thread: it has another's table, and what it made is that one's.
    fn adopt(&mut self, other: usize, pid: u32) {
        self.strangers.remove(&pid);
        let own = self.table(pid);
        for (fd, mut bindings) in std::mem::take(&mut self.tables[own]) {
            self.tables[other].entry(fd).or_default().append(&mut bindings);
        }
        let moved: Vec<u32> = self.of.iter().filter(|(_, table)| **table == own).map(|(pid, _)| *pid).collect();
        moved.into_iter().for_each(|pid| self.give(pid, other));
    }

    /// A number refers to something new from a moment on.
    pub(super) fn bind(&mut self, pid: u32, fd: i32, object: Object, since_ns: u64, cloexec: bool) -> Ended {
        let own = self.table(pid);
        let bindings = self.tables[own].entry(fd).or_default();
        let mut ended = Ended::new();
        // What it referred to before was closed by a call that is not in the trace.
        let before = bindings.last_mut().filter(|last| last.closed.is_none()).map(|last| {
            last.closed = Some((since_ns, pid));
            last.object
        });
        if bindings.len() > MAX_FORMER {
            bindings.remove(0);
        }
        bindings.push(Binding { object, since_ns, closed: None, cloexec });
        if let Object::Socket(sock) = object {
            *self.count.entry(sock).or_default() += 1;
        }
        if let Some(before) = before {
            self.release(before, &mut ended);
        }
        ended
    }

    /// The same as far as it is certain, without drawing conclusions.
    pub(super) fn known(&self, pid: u32, fd: i32, at_ns: u64) -> Option<Object> {
        let own = self.tables.get(*self.of.get(&pid)?)?;
        Some(current(own.get(&fd)?, at_ns)?.object)
    }

    /// Whether a number had a meaning before.
    pub(super) fn has_met(&mut self, pid: u32, fd: i32) -> bool {
        let own = self.table(pid);
        self.tables[own].contains_key(&fd)
    }

    /// Closes a number by a call that was entered at that moment.
    pub(super) fn close(&mut self, pid: u32, fd: i32, at_ns: u64) -> Ended {
        let own = self.table(pid);
        let mut ended = Ended::new();
        let bindings = self.tables[own].get_mut(&fd).map(Vec::as_mut_slice).unwrap_or_default();
        let open = bindings.iter_mut().rev().filter(|binding| binding.closed.is_none());
        let mut known = open.filter(|binding| binding.since_ns <= at_ns);
        if let Some(binding) = known.next() {
            binding.closed = Some((at_ns, pid));
            let object = binding.object;
            self.release(object, &mut ended);
        }
        ended
    }

    /// Closes the numbers of a range, or those marked for it when a program is executed.
    pub(super) fn close_all(&mut self, pid: u32, at_ns: u64, which: impl Fn(i32, bool) -> bool) -> Ended {
        let own = self.table(pid);
        let open = self.tables[own].iter().filter_map(|(fd, bindings)| Some((*fd, current(bindings, at_ns)?.cloexec)));
        let fds: Vec<i32> = open.filter(|(fd, cloexec)| which(*fd, *cloexec)).map(|(fd, _)| fd).collect();
        fds.into_iter().flat_map(|fd| self.close(pid, fd, at_ns)).collect()
    }

    /// Sets whether numbers are closed when a program is executed.
    pub(super) fn mark(&mut self, pid: u32, first: u32, last: u32, cloexec: bool) {
        let own = self.table(pid);
        let numbers = self.tables[own].iter_mut().filter(|(fd, _)| (first..=last).contains(&(**fd as u32)));
        numbers.filter_map(|(_, bindings)| bindings.last_mut()).for_each(|binding| binding.cloexec = cloexec);
    }

    /// A process ended. What it shares with another that goes on stays.
    pub(super) fn end(&mut self, pid: u32, at_ns: u64) -> Ended {
        let Some(own) = self.of.get(&pid).copied() else { return Ended::new() };
        let ended = if self.users[own] > 1 { Ended::new() } else { self.close_all(pid, at_ns, |_, _| true) };
        self.of.remove(&pid);
        self.strangers.remove(&pid);
        self.leave(own);
        ended
    }

    fn release(&mut self, object: Object, ended: &mut Ended) {
        let Object::Socket(sock) = object else { return };
        let Some(count) = self.count.get_mut(&sock) else { return };
        *count = count.saturating_sub(1);
        if *count == 0 {
            self.count.remove(&sock);
            ended.push(sock);
        }
    }

    /// Whether any descriptor refers to a socket.
    pub(super) fn has(&self, sock: usize) -> bool {
        self.count.contains_key(&sock)
    }

    /// A message holds a socket until it is received.
    pub(super) fn hold(&mut self, sock: usize) {
        *self.count.entry(sock).or_default() += 1;
    }

    /// A message was received: its descriptors stand for it now.
    pub(super) fn let_go(&mut self, sock: usize) {
        if let Some(count) = self.count.get_mut(&sock) {
            *count = count.saturating_sub(1);
        }
    }
}

/// The meaning of a number for a call that was entered at that moment.
fn current(bindings: &[Binding], at_ns: u64) -> Option<&Binding> {
    let open_at =
        |binding: &&Binding| binding.since_ns <= at_ns && binding.closed.is_none_or(|(closed_ns, _)| at_ns < closed_ns);
    // Clocks of traces may be coarse: what is open and has no former meaning that fits is meant.
    let open = || bindings.last().filter(|last| last.closed.is_none());
    bindings.iter().rev().find(open_at).or_else(open)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processes_that_ended_leave_no_tables_and_those_that_share_one_keep_it() {
        let mut all = SocketDescriptors::default();
        for pid in 100..1100 {
            all.fork(7, pid, false, 0);
            all.bind(pid, 3, Object::Other, 0, false);
            all.end(pid, 1);
        }
        assert_eq!((all.tables.len(), all.of.len()), (2, 1));
        // A thread's end is not its process's, whichever of them ends first.
        all.bind(7, 4, Object::Socket(0), 0, false);
        all.fork(7, 8, true, 0);
        all.fork(7, 9, false, 0);
        assert!(all.end(7, 1).is_empty());
        assert_eq!(all.find(8, 4, 2, false), Some(Object::Socket(0)));
        assert!(all.end(8, 3).is_empty(), "the copy of 9 remains");
        assert_eq!(all.end(9, 4), [0]);
        assert_eq!((all.unused.len(), all.tables.len()), (2, 2));
    }
}
