//! Which coroutine waits for a call that an asyncio loop makes.
//!
//! Such a call's frames end in the loop: the coroutine for which it is made is suspended, on no stack. But what the loop
//! works for is in its frame: a transport, or the future of `sock_recv` and the like. From a transport the way leads to its
//! protocol, in a few attributes to a future, by that future's callbacks to a task, and from the task's coroutine down
//! through everything that it awaits.
//!
//! A protocol can lead to many things. So a task counts only if the way leads back: the future is the one that the task
//! itself says it waits for, its innermost coroutine awaits just that, one of its coroutines holds the connection, and no
//! other task does all this as well. Otherwise nothing is shown.

use super::objects::{Kind, Objects};
use super::stack::RawFrame;
use crate::event::PythonFrame;
use std::collections::HashSet;
use std::sync::Arc;

mod known;

pub(super) use known::Awaits;

/// What an asyncio loop is about to do, by the function in which it does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Work {
    /// A transport reads.
    Reads,
    /// A transport writes what it could not write at once.
    Writes,
    /// A call of the loop's own methods for sockets, for a future.
    ForFuture,
    /// Its selector waits for all that it works for.
    Selects,
}

impl Work {
    /// What the function does whose frame this is.
    pub(super) fn of(frame: &PythonFrame) -> Option<Self> {
        let is = |name: &str| {
            let folder = frame.file.strip_suffix(name);
            frame.library && folder.is_some_and(|folder| folder.is_empty() || folder.ends_with('/'))
        };
        if &*frame.function == SELECT && is("selectors.py") {
            return Some(Self::Selects);
        }
        if !(is("asyncio/selector_events.py") || is("asyncio/unix_events.py")) {
            return None;
        }
        match &*frame.function {
            name if name.starts_with("_read_ready") => Some(Self::Reads),
            "_write_ready" | "_write_send" | "_write_sendmsg" | "_sendto_ready" => Some(Self::Writes),
            "_sock_recv"
            | "_sock_recv_into"
            | "_sock_recvfrom"
            | "_sock_recvfrom_into"
            | "_sock_sendall"
            | "_sock_sendto"
            | "_sock_connect_cb"
            | "_sock_accept" => Some(Self::ForFuture),
            _ => None,
        }
    }
}

/// The method in which a selector waits.
const SELECT: &str = "select";

/// What a future is for, by the names of the attributes that lead to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// Going on writing.
    Drain,
    /// The connection's end.
    End,
    Other,
}

/// Parts of the names of attributes for each purpose.
const DRAINS: [&str; 3] = ["drain", "write", "paused"];
const ENDS: [&str; 3] = ["clos", "lost", "disconnect"];

impl Purpose {
    fn of(attribute: &str) -> Self {
        let has = |parts: &[&str; 3]| parts.iter().any(|part| attribute.contains(part));
        match () {
            () if has(&DRAINS) => Self::Drain,
            () if has(&ENDS) => Self::End,
            () => Self::Other,
        }
    }
}

/// So many attributes lie between a protocol and a future at most.
const MAX_STEPS: usize = 3;
/// So many objects are looked at on the way.
const MAX_OBJECTS: usize = 600;
/// So many coroutines await each other, and so many tasks.
const MAX_CHAIN: usize = 200;
const MAX_TASKS: usize = 8;
/// From a future so many others lead to a task: `gather`, `shield`, `wait_for`.
const MAX_FUTURES: usize = 3;

/// A task, and the future for which it waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Waiting {
    task: u64,
    future: u64,
}

/// A task's coroutines, the innermost first.
#[derive(Debug, Clone)]
struct Chain {
    name: Option<Arc<str>>,
    frames: Vec<RawFrame>,
    /// What their frames hold, and where.
    held: Vec<(u64, u64)>,
}

impl Objects<'_> {
    fn waits_for(&self, task: u64) -> Option<u64> {
        match self.kind(task) {
            Kind::Task => self.word(task, self.model.task_waits_for),
            Kind::PythonTask => self.attribute(task, "_fut_waiter"),
            _ => None,
        }
    }

    fn callbacks(&self, future: u64) -> Vec<u64> {
        let (single, list) = match self.kind(future) {
            // `fut_callback0`, `fut_context0`, `fut_callbacks`
            Kind::Future | Kind::Task => (self.second(future), self.word(future, 40)),
            Kind::PythonFuture | Kind::PythonTask => (None, self.attribute(future, "_callbacks")),
            _ => (None, None),
        };
        let pairs = list.filter(|&list| self.kind(list) == Kind::List).and_then(|list| self.items(list, Kind::List));
        let listed = pairs.unwrap_or_default().into_iter().filter_map(|pair| {
            self.items(pair, Some(self.kind(pair)).filter(|&kind| kind == Kind::Tuple)?)?.first().copied()
        });
        single.into_iter().chain(listed).collect()
    }

    /// The tasks that go on once a future is done, each with the future that it says it waits for.
    fn waiting(&self, future: u64, steps: usize, found: &mut Vec<Waiting>) {
        for callback in self.callbacks(future) {
            let kind = self.kind(callback);
            let receiver = match kind {
                Kind::Method => self.second(callback),
                Kind::Wakeup => self.first(callback),
                _ => None,
            };
            let others = match (kind, receiver) {
                (_, Some(task)) if self.kind(task).is_task() => {
                    let waiting = Waiting { task, future };
                    if self.waits_for(task) == Some(future) && !found.contains(&waiting) {
                        found.push(waiting);
                    }
                    continue;
                }
                // Of a task group.
                (_, Some(receiver)) if self.kind(receiver) == Kind::Plain => {
                    self.attributes(receiver).into_iter().map(|(_, value)| value).collect()
                }
                (Kind::Function, _) => self.closure(callback),
                (Kind::Partial, _) => {
                    let arguments = self.second(callback).and_then(|arguments| self.items(arguments, Kind::Tuple));
                    arguments.unwrap_or_default()
                }
                _ => continue,
            };
            if steps > 0 {
                let futures = others.into_iter().filter(|&other| other != future && self.kind(other).is_future());
                futures.for_each(|other| self.waiting(other, steps - 1, found));
            }
        }
    }

    /// The coroutines of a task that waits, if the innermost one awaits just what the task says it waits for.
    fn chain(&self, Waiting { task, future }: Waiting) -> Option<Chain> {
        let (coroutine, name) = match self.kind(task) {
            Kind::Task => {
                let at = self.model.task_waits_for;
                (self.word(task, at + 8)?, self.word(task, at + 16)?)
            }
            _ => (self.attribute(task, "_coro")?, self.attribute(task, "_name")?),
        };
        let name = self.text_or_number(name).map(|name| match name {
            Ok(name) => name.into(),
            // It is made into a text when somebody asks for it.
            Err(number) => format!("Task-{number}").into(),
        });
        let mut chain = Chain { name, frames: Vec::new(), held: Vec::new() };
        let mut at = coroutine;
        for _ in 0..MAX_CHAIN {
            match self.kind(at) {
                Kind::Coroutine => {
                    let (raw, suspended) = self.frame(at)?;
                    let is_future = |&&(slot, at): &&(u64, u64)| at == future && self.word(slot, 0) == Some(future);
                    let own = suspended.held.first().filter(is_future).is_some();
                    chain.frames.insert(0, raw);
                    chain.held.splice(0..0, suspended.held);
                    match suspended.awaited {
                        Some(awaited) => at = awaited,
                        // A future of pure Python is awaited by a generator of its own, whose `self` it is.
                        None => return own.then_some(chain),
                    }
                }
                Kind::Wrapper => at = self.first(at)?,
                Kind::FutureIter => return (self.first(at)? == future).then_some(chain),
                _ => return None,
            }
        }
        None
    }

    /// Whether what a task's coroutines hold is the connection, or has it as an attribute.
    fn hold(&self, chain: &Chain, connection: &[u64]) -> bool {
        let held = || chain.held.iter().filter(|(_, at)| *at != 0);
        // The next look compares only what this goes by: other variables change all the time.
        let goes_by = |&(slot, at): &(u64, u64)| self.word(slot, 0) == Some(at);
        let is_it = |at: u64| connection.contains(&at);
        let is_cell = |at: u64| self.kind(at) == Kind::Cell && self.first(at).is_some_and(is_it);
        let has_it =
            |at: u64| self.kind(at) == Kind::Plain && self.attributes(at).iter().any(|(_, value)| is_it(*value));
        let in_cell_has_it = |at: u64| self.kind(at) == Kind::Cell && self.first(at).is_some_and(has_it);
        let ways: [&dyn Fn(u64) -> bool; 4] = [&is_it, &is_cell, &has_it, &in_cell_has_it];
        let found = ways.iter().any(|way| held().find(|(_, at)| self.tried(|| way(*at))).is_some_and(goes_by));
        if !found {
            held().for_each(|one| _ = goes_by(one)); // it may be otherwise once one of them changes
        }
        found
    }

    /// The only task that waits for what a transport does.
    fn for_transport(&self, transport: u64, work: Work) -> Option<Waiting> {
        let protocol = self.attribute(transport, "_protocol").filter(|&at| self.kind(at) == Kind::Plain)?;
        let mut connection = vec![transport, protocol];
        // Behind TLS is another protocol, with a transport of its own.
        for name in ["_app_protocol", "_app_transport"] {
            let is_tls = |at: &u64| self.kind(*at) == Kind::Plain;
            connection.extend(self.attribute(protocol, name).filter(is_tls));
        }
        let mut seen: HashSet<u64> = connection.iter().copied().collect();
        let mut level: Vec<(u64, Purpose)> = connection[1..].iter().map(|&at| (at, Purpose::Other)).collect();
        let mut ends = Vec::new();
        for _ in 0..MAX_STEPS {
            let (mut next, mut found) = (Vec::new(), Vec::new());
            for (object, purpose) in level {
                for (name, value) in self.members(object) {
                    let value = if self.kind(value) == Kind::Weak { self.first(value).unwrap_or(0) } else { value };
                    if !seen.insert(value) {
                        continue;
                    }
                    if seen.len() > MAX_OBJECTS {
                        return None;
                    }
                    let purpose = if purpose == Purpose::Other { Purpose::of(&name) } else { purpose };
                    match self.kind(value) {
                        kind if kind.is_future() => {
                            let mut tasks = Vec::new();
                            self.waiting(value, MAX_FUTURES, &mut tasks);
                            match (purpose, work) {
                                (Purpose::End, _) => ends.extend(tasks),
                                (Purpose::Other, Work::Reads) | (Purpose::Drain, Work::Writes) => found.extend(tasks),
                                _ => {}
                            }
                        }
                        Kind::Plain | Kind::List | Kind::Tuple | Kind::Deque | Kind::Dict => {
                            next.push((value, purpose))
                        }
                        _ => {}
                    }
                }
            }
            if !found.is_empty() {
                return self.only(found, &connection);
            }
            level = next;
        }
        self.only(ends, &connection)
    }

    fn members(&self, object: u64) -> Vec<(String, u64)> {
        match self.kind(object) {
            Kind::Plain => self.attributes(object),
            kind => {
                self.items(object, kind).unwrap_or_default().into_iter().map(|item| (String::new(), item)).collect()
            }
        }
    }

    /// The one that holds the connection; `None` unless all are of one task.
    fn only(&self, found: Vec<Waiting>, connection: &[u64]) -> Option<Waiting> {
        let first = *found.first()?;
        let holds = || self.chain(first).is_some_and(|chain| self.hold(&chain, connection));
        (found.iter().all(|waiting| waiting.task == first.task) && holds()).then_some(first)
    }

    /// The only task that waits for a descriptor of a selector's, if the loop has one thing to do once that is ready.
    fn for_descriptor(&self, selector: u64, descriptor: i32) -> Option<Waiting> {
        let keys = self.items_of_dict(self.attribute(selector, "_fd_to_key")?)?;
        let is = |key: u64| self.text_or_number(key) == Some(Err(u64::try_from(descriptor).unwrap_or(u64::MAX)));
        let (_, key) = keys.into_iter().find(|(key, _)| is(*key))?;
        let items = |at: u64| self.items(at, Some(self.kind(at)).filter(|&kind| kind == Kind::Tuple)?);
        // Of a `SelectorKey` the last is the data: what reads and what writes.
        let [reads, writes] = items(*items(key)?.last()?)?[..] else { return None };
        let handles = [(reads, Work::Reads), (writes, Work::Writes)];
        let mut handles = handles.into_iter().filter(|(handle, _)| self.kind(*handle) == Kind::Plain);
        let (Some((handle, work)), None) = (handles.next(), handles.next()) else { return None };
        let callback = self.attribute(handle, "_callback").filter(|&at| self.kind(at) == Kind::Method)?;
        let receiver = self.second(callback)?;
        if self.kind(receiver) == Kind::Plain {
            return self.for_transport(receiver, work);
        }
        self.for_future(*items(self.attribute(handle, "_args")?)?.first()?)
    }

    /// The only task that waits for a future.
    fn for_future(&self, future: u64) -> Option<Waiting> {
        let mut found = Vec::new();
        if self.kind(future).is_future() || self.kind(future).is_task() {
            self.waiting(future, MAX_FUTURES, &mut found);
        }
        let first = *found.first()?;
        found.iter().all(|waiting| waiting.task == first.task).then_some(first)
    }
}

/// A function of the loop's, on a stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Entry {
    pub work: Work,
    /// Its frame's address.
    pub frame: u64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::{Fault, Memory};
    use crate::pyframes::Version;
    use crate::pyframes::layout::{Layout, ObjectLayout};

    /// Memory without an end in which every word leads on: to somewhere near, so that there are cycles, or to a small number.
    struct Wild(u64);

    impl Memory for Wild {
        fn read(&self, addr: u64, buf: &mut [u8]) -> Result<(), Fault> {
            for (at, byte) in buf.iter_mut().enumerate() {
                let at = addr.wrapping_add(at as u64);
                let mixed = ((at & !7) ^ self.0).wrapping_mul(0x9e37_79b9_7f4a_7c15);
                let word = match mixed >> 60 {
                    0..=2 => mixed >> 32 & 7,
                    3 => u64::from_ne_bytes(*b"list\0dic"),
                    4 => mixed,
                    _ => 0x1000 + (mixed >> 40 & 0x3ff8),
                };
                *byte = word.to_ne_bytes()[(at & 7) as usize];
            }
            Ok(())
        }
    }

    #[test]
    fn what_is_damaged_has_an_end() {
        for minor in 8..=12 {
            let layout = Layout::of(Version { major: 3, minor }).unwrap();
            let model = ObjectLayout::of(layout.version).unwrap();
            for seed in 0..60 {
                let memory = Wild(seed);
                let objects = Objects::new(&memory, &layout, model);
                for at in (0x1000..0x1400).step_by(64) {
                    objects.for_transport(at, Work::Reads);
                    objects.for_future(at);
                    objects.for_descriptor(at, 7);
                    objects.chain(Waiting { task: at, future: at + 64 });
                    for kind in [Kind::List, Kind::Tuple, Kind::Deque, Kind::Dict] {
                        objects.items(at, kind);
                    }
                    objects.attributes(at);
                    objects.frame(at);
                    objects.closure(at);
                }
            }
        }
    }

    #[test]
    fn a_futures_purpose_is_in_its_names() {
        let all = ["_waiter", "_drain_waiters", "write_event", "_closed", "connection_lost_waiter", "frames"];
        let [other, drain, end] = [Purpose::Other, Purpose::Drain, Purpose::End];
        assert_eq!(all.map(Purpose::of), [other, drain, drain, end, end, other]);
    }

    #[test]
    fn the_loops_functions() {
        let of = |file: &str, function: &str, library| {
            Work::of(&PythonFrame { library, ..PythonFrame::new(file, Some(1), function) })
        };
        let file = "/usr/lib/python3.11/asyncio/selector_events.py";
        assert_eq!(of(file, "_read_ready__data_received", true), Some(Work::Reads));
        assert_eq!(of(file, "_write_ready", true), Some(Work::Writes));
        assert_eq!(of(file, "_sock_recv", true), Some(Work::ForFuture));
        assert_eq!(of(file, "write", true), None, "somebody writes, and need not wait");
        assert_eq!(of(file, "_read_ready", false), None);
        assert_eq!(of("/usr/lib/python3.11/selectors.py", SELECT, true), Some(Work::Selects));
        assert_eq!(of("/home/u/myasyncio/selector_events.py", "_read_ready", true), None);
    }
}
