//! The replay itself: each call is made on a thread that has nothing else to do, after those that must have ended, and
//! each process ends when it did.
//!
//! One thread decides ([`Replay`]), the others only make calls: so there are as many as calls overlap, not as many as
//! were recorded, and each is woken for its call alone.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::rc::Rc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{Builder, Scope};
use std::time::{Duration, Instant};

use nix::unistd::{Pid, close, gettid};

use super::order::{Order, order};
use super::perform::Shared;
use super::plan::{Op, ReplayStep};
use crate::decode::Limits;
use crate::event::{Event, Trace};
use crate::net::{Net, Stream};
use crate::sys::signals::wake;

/// How often a thread is woken until it has left its call: it may not have entered it yet.
const AGAIN: Duration = Duration::from_millis(1);

/// The shortest patience, once calls have been cut off.
const LEAST_PATIENCE: Duration = Duration::from_millis(10);

/// Memory for the stack of each thread, of which little is touched.
const STACK: usize = 1 << 20;

/// What is needed before the first call.
pub(super) struct Prepared<'a> {
    steps: &'a [ReplayStep],
    shared: Shared,
    limits: Limits,
    patience: Duration,
}

/// Finds ports and names; files are made in `place`.
pub(super) fn prepare<'a>(
    steps: &'a [ReplayStep],
    strings: usize,
    patience: Duration,
    place: &Path,
) -> io::Result<Prepared<'a>> {
    wake::prepare()?;
    // Those that wait in vain have half of the patience, all together.
    let waits = steps.iter().filter(|step| step.timed_out()).count();
    let most_wait = patience / 2 / waits.try_into().unwrap_or(u32::MAX).max(1);
    let shared = Shared::new(steps, place, most_wait)?;
    Ok(Prepared { steps, shared, limits: Limits { strings, ..Limits::default() }, patience })
}

/// Makes all calls; returns their results in the order of the steps.
pub(super) fn run(prepared: &Prepared<'_>) -> io::Result<Vec<Event>> {
    std::thread::scope(|scope| {
        let (reports, heard) = channel();
        Replay::new(prepared, scope, reports).run(&heard)
    })
}

/// What a thread reports.
enum WorkerReport {
    /// It has begun to work, and has this number.
    Began(usize, Pid),
    /// It has made the call of a step: what was recorded, and recorded descriptors by current ones.
    Made { worker: usize, at: usize, event: Option<Box<Event>>, fds: HashMap<i32, i32> },
    /// It has panicked, which is a bug of ours.
    Panicked,
}

/// A thread that makes calls.
struct Worker {
    jobs: Sender<usize>,
    tid: Option<Pid>,
}

/// A call in progress.
struct Running {
    worker: usize,
    interrupted: bool,
}

/// Why nothing happened.
enum Stuck {
    /// Steps waited for each other.
    All,
    /// Calls did not return.
    InCalls,
    /// They were interrupted before, and have not left yet.
    Interrupted,
}

struct Replay<'scope, 'env> {
    prepared: &'env Prepared<'env>,
    scope: &'scope Scope<'scope, 'env>,
    reports: Sender<WorkerReport>,
    order: Order,
    /// Whether each step is done, in the order of ends, and how many at its front are.
    done: Vec<bool>,
    first: usize,
    count: usize,
    /// The calls of each recorded thread that are still to be made.
    left: HashMap<u32, VecDeque<usize>>,
    /// Steps that wait until so many at the front of the order are done, and those that wait for a certain one.
    waiting: BTreeMap<usize, Vec<usize>>,
    blocked: HashMap<usize, Vec<usize>>,
    /// The calls of each process that never returned.
    unfinished: HashMap<u32, Vec<usize>>,
    /// Steps that want a thread.
    ready: VecDeque<usize>,
    workers: Vec<Worker>,
    idle: Vec<usize>,
    running: HashMap<usize, Running>,
    /// Processes at their end that still have calls that never returned.
    ending: Vec<(usize, Vec<usize>)>,
    replayed: BTreeMap<usize, Event>,
    /// Whether the order is no longer kept, since the trace's order turned out to be impossible.
    released: bool,
}

impl<'scope, 'env> Replay<'scope, 'env> {
    fn new(prepared: &'env Prepared<'env>, scope: &'scope Scope<'scope, 'env>, reports: Sender<WorkerReport>) -> Self {
        let steps = prepared.steps;
        let mut left: HashMap<u32, VecDeque<usize>> = HashMap::new();
        for (at, step) in steps.iter().enumerate().filter(|(_, step)| !matches!(step.op, Op::Exit)) {
            left.entry(step.tid).or_default().push_back(at);
        }
        let mut unfinished: HashMap<u32, Vec<usize>> = HashMap::new();
        for (at, step) in steps.iter().enumerate().filter(|(_, step)| step.unfinished) {
            unfinished.entry(step.pid).or_default().push(at);
        }
        Self {
            prepared,
            scope,
            reports,
            order: order(steps),
            done: vec![false; steps.len()],
            first: 0,
            count: 0,
            left,
            waiting: BTreeMap::new(),
            blocked: HashMap::new(),
            unfinished,
            ready: VecDeque::new(),
            workers: Vec::new(),
            idle: Vec::new(),
            running: HashMap::new(),
            ending: Vec::new(),
            replayed: BTreeMap::new(),
            released: false,
        }
    }

    fn run(mut self, heard: &Receiver<WorkerReport>) -> io::Result<Vec<Event>> {
        let steps = self.prepared.steps;
        let ends = steps.iter().enumerate().filter(|(_, step)| matches!(step.op, Op::Exit)).map(|(at, _)| at);
        let first: Vec<usize> = self.left.values_mut().filter_map(VecDeque::pop_front).chain(ends).collect();
        first.into_iter().for_each(|at| self.offer(at));
        let (mut since, mut patience) = (Instant::now(), self.prepared.patience);
        let mut woken = Instant::now();
        loop {
            self.begin()?;
            if self.count == steps.len() {
                return Ok(self.replayed.into_values().collect());
            }
            if woken.elapsed() >= AGAIN {
                self.end_processes(true);
                woken = Instant::now();
            }
            let left = patience.saturating_sub(since.elapsed());
            match heard.recv_timeout(if self.ending.is_empty() { left.max(AGAIN) } else { AGAIN }) {
                Ok(WorkerReport::Began(worker, tid)) => self.workers[worker].tid = Some(tid),
                Ok(WorkerReport::Made { worker, at, event, fds }) => {
                    self.made(worker, at, event.map(|event| *event), fds);
                    since = Instant::now();
                }
                Ok(WorkerReport::Panicked) => return Err(io::Error::other("a thread of it panicked")),
                Err(RecvTimeoutError::Timeout) => {
                    if since.elapsed() >= patience {
                        match self.hurry() {
                            Stuck::All => since = Instant::now(),
                            // What is cut off now may be the first of many.
                            Stuck::InCalls => patience = (patience / 2).max(LEAST_PATIENCE.min(patience)),
                            Stuck::Interrupted => {}
                        }
                    }
                }
                Err(RecvTimeoutError::Disconnected) => return Err(io::Error::other("its threads are gone")),
            }
        }
    }

    fn is_done(&self, at: usize) -> bool {
        self.done[self.order.place[at]]
    }

    /// Begins a step, or keeps it until it may begin.
    fn offer(&mut self, at: usize) {
        let step = &self.prepared.steps[at];
        let before = self.order.before[at];
        // What it uses must exist, even where the text shows that it was made later.
        let maker = step.makers.iter().find(|maker| !self.is_done(**maker)).copied();
        match maker {
            _ if self.released => self.start(at),
            _ if self.first < before => self.waiting.entry(before).or_default().push(at),
            Some(maker) => self.blocked.entry(maker).or_default().push(at),
            None => self.start(at),
        }
    }

    fn start(&mut self, at: usize) {
        let steps = self.prepared.steps;
        if !matches!(steps[at].op, Op::Exit) {
            return self.ready.push_back(at);
        }
        let pid = steps[at].pid;
        self.ending.push((at, self.unfinished.remove(&pid).unwrap_or_default()));
        self.end_processes(true);
    }

    /// Ends processes: calls that never returned are interrupted, and then what is open is closed.
    fn end_processes(&mut self, interrupt: bool) {
        for (at, mut unfinished) in std::mem::take(&mut self.ending) {
            unfinished.retain(|other| !self.is_done(*other));
            if unfinished.is_empty() {
                self.ready.push_back(at);
            } else {
                unfinished.iter().filter(|_| interrupt).for_each(|other| self.interrupt(*other));
                self.ending.push((at, unfinished));
            }
        }
    }

    /// Gives threads to the steps that want one, as long as there are any.
    fn begin(&mut self) -> io::Result<()> {
        while let Some(at) = self.ready.pop_front() {
            let worker = match self.idle.pop() {
                Some(worker) => worker,
                None => match self.hire() {
                    Ok(worker) => worker,
                    // One that is at work will be free again.
                    Err(_) if !self.running.is_empty() => {
                        self.ready.push_front(at);
                        return Ok(());
                    }
                    Err(error) => return Err(error),
                },
            };
            self.running.insert(at, Running { worker, interrupted: false });
            self.workers[worker].jobs.send(at).map_err(io::Error::other)?;
        }
        Ok(())
    }

    /// Starts a thread.
    fn hire(&mut self) -> io::Result<usize> {
        let (jobs, todo) = channel();
        let (worker, prepared, reports) = (self.workers.len(), self.prepared, self.reports.clone());
        let work = move || {
            let done = catch_unwind(AssertUnwindSafe(|| work(worker, prepared, &todo, &reports)));
            if done.is_err() {
                let _ = reports.send(WorkerReport::Panicked); // nobody hears it once the replay has failed
            }
        };
        Builder::new().stack_size(STACK).spawn_scoped(self.scope, work)?;
        self.workers.push(Worker { jobs, tid: None });
        Ok(worker)
    }

    fn made(&mut self, worker: usize, at: usize, event: Option<Event>, fds: HashMap<i32, i32>) {
        self.idle.push(worker);
        let interrupted = self.running.remove(&at).is_some_and(|running| running.interrupted);
        let (steps, shared) = (self.prepared.steps, &self.prepared.shared);
        let step = &steps[at];
        self.replayed.extend(event.map(|event| (at, shared.learn(at, step, event, interrupted, fds))));
        self.done[self.order.place[at]] = true;
        self.count += 1;
        while self.done.get(self.first) == Some(&true) {
            self.first += 1;
        }
        let mut free = self.blocked.remove(&at).unwrap_or_default();
        while let Some(entry) = self.waiting.first_entry().filter(|entry| *entry.key() <= self.first) {
            free.extend(entry.remove());
        }
        if !matches!(step.op, Op::Exit) {
            free.extend(self.left.get_mut(&step.tid).and_then(VecDeque::pop_front));
        }
        free.into_iter().for_each(|at| self.offer(at));
        self.end_processes(false);
    }

    /// Nothing has happened for too long: calls that do not return although they did are interrupted, and where there
    /// are none, all wait for each other and begin.
    fn hurry(&mut self) -> Stuck {
        let steps = self.prepared.steps;
        let stuck: Vec<usize> = self.running.keys().copied().filter(|at| !steps[*at].unfinished).collect();
        if !stuck.is_empty() {
            let interrupted = stuck.iter().all(|at| self.running[at].interrupted);
            stuck.into_iter().for_each(|at| self.interrupt(at));
            return if interrupted { Stuck::Interrupted } else { Stuck::InCalls };
        }
        self.released = true;
        let kept =
            std::mem::take(&mut self.waiting).into_values().chain(std::mem::take(&mut self.blocked).into_values());
        let kept: Vec<usize> = kept.flatten().collect();
        kept.into_iter().for_each(|at| self.offer(at));
        Stuck::All
    }

    /// Interrupts a step's thread, if it is in its call.
    fn interrupt(&mut self, at: usize) {
        let Some(running) = self.running.get_mut(&at) else { return };
        if let Some(tid) = self.workers[running.worker].tid {
            running.interrupted = true;
            wake::wake(tid);
        }
    }
}

/// A thread's work: calls, as long as there are any to make.
fn work(worker: usize, prepared: &Prepared<'_>, todo: &Receiver<usize>, reports: &Sender<WorkerReport>) {
    let recorder: Rc<RefCell<Trace>> = Rc::default();
    let mut net = Net::new(Stream::new(Rc::clone(&recorder), prepared.limits));
    // Nobody hears it once the replay has failed.
    let mut heard = reports.send(WorkerReport::Began(worker, gettid())).is_ok();
    while let (true, Ok(at)) = (heard, todo.recv()) {
        let step = &prepared.steps[at];
        let fds = match step.op {
            Op::Exit => {
                for fd in prepared.shared.left_open(step.pid) {
                    let _ = close(fd); // a replay that went astray may have closed it
                }
                HashMap::new()
            }
            _ => prepared.shared.perform(at, step, &mut net),
        };
        let event = recorder.borrow_mut().pop().map(Box::new);
        heard = reports.send(WorkerReport::Made { worker, at, event, fds }).is_ok();
    }
}
