//! The replay itself: a thread for each recorded thread makes each call after those that must have ended, and each
//! process ends when it did.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::io;
use std::rc::Rc;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use nix::unistd::{Pid, close, gettid};

use super::names::UnixNames;
use super::order::{Order, order};
use super::perform::Shared;
use super::plan::{Op, Plan, Step};
use super::ports::Ports;
use super::wake;
use crate::decode::Limits;
use crate::event::{Event, Trace};
use crate::net::{Net, Stream};

/// How often a thread is woken until it has left its call: it may not have entered it yet.
const AGAIN: Duration = Duration::from_millis(1);

/// The progress.
#[derive(Debug, Default)]
struct State {
    /// Whether each step is done, in the order of ends.
    done: Vec<bool>,
    /// How many steps at the front of that order are done.
    first: usize,
    /// How many steps are done.
    count: usize,
    /// Calls in progress, with their threads.
    running: HashMap<usize, Pid>,
    /// Calls that were interrupted.
    interrupted: HashSet<usize>,
    replayed: BTreeMap<usize, Event>,
    /// Whether the order is no longer kept, since the trace's order turned out to be impossible.
    released: bool,
}

struct Replay {
    steps: Vec<Step>,
    order: Order,
    shared: Shared,
    limits: Limits,
    patience: Duration,
    state: Mutex<State>,
    changed: Condvar,
}

/// Makes all calls; returns their results in the order of the steps.
pub(super) fn run(plan: Plan, patience: Duration) -> io::Result<Vec<Event>> {
    wake::prepare()?;
    let Plan { steps, strings, .. } = plan;
    let state = State { done: vec![false; steps.len()], ..State::default() };
    let replay = Replay {
        order: order(&steps),
        shared: Shared::new(Ports::new(&steps)?, UnixNames::new(&steps)?)?,
        limits: Limits { strings, ..Limits::default() },
        patience,
        state: Mutex::new(state),
        changed: Condvar::new(),
        steps,
    };
    let mut threads: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (at, step) in replay.steps.iter().enumerate().filter(|(_, step)| !matches!(step.op, Op::Exit)) {
        threads.entry(step.tid).or_default().push(at);
    }
    let ends = replay.steps.iter().enumerate().filter(|(_, step)| matches!(step.op, Op::Exit)).map(|(at, _)| at);
    std::thread::scope(|scope| {
        for steps in threads.values() {
            scope.spawn(|| replay.thread(steps));
        }
        let replay = &replay;
        for at in ends {
            scope.spawn(move || replay.end(at));
        }
        scope.spawn(|| replay.watch());
    });
    Ok(std::mem::take(&mut replay.lock().replayed).into_values().collect())
}

impl Replay {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a change, at most for this long.
    fn wait<'a>(&'a self, state: MutexGuard<'a, State>, most: Duration) -> MutexGuard<'a, State> {
        self.changed.wait_timeout(state, most).unwrap_or_else(PoisonError::into_inner).0
    }

    /// Waits until a step may begin.
    fn wait_for_turn(&self, at: usize) -> MutexGuard<'_, State> {
        let mut state = self.lock();
        let makers = &self.steps[at].makers;
        // What it uses must exist, even where the text shows that it was made later.
        while !state.released
            && (state.first < self.order.before[at] || makers.iter().any(|maker| !state.done[self.order.place[*maker]]))
        {
            state = self.wait(state, Duration::from_secs(1));
        }
        state
    }

    fn done(&self, state: &mut State, at: usize) {
        state.done[self.order.place[at]] = true;
        state.count += 1;
        while state.done.get(state.first) == Some(&true) {
            state.first += 1;
        }
        self.changed.notify_all();
    }

    /// One recorded thread.
    fn thread(&self, steps: &[usize]) {
        let recorder: Rc<RefCell<Trace>> = Rc::default();
        let mut net = Net::new(Stream::new(Rc::clone(&recorder), self.limits));
        for &at in steps {
            self.wait_for_turn(at).running.insert(at, gettid());
            let fds = self.shared.perform(at, &self.steps[at], &mut net);
            let event = recorder.borrow_mut().pop();
            let interrupted = {
                let mut state = self.lock();
                state.running.remove(&at);
                state.interrupted.contains(&at)
            };
            let event = event.map(|event| self.shared.learn(at, &self.steps[at], event, interrupted, fds));
            let mut state = self.lock();
            state.replayed.extend(event.map(|event| (at, event)));
            self.done(&mut state, at);
        }
    }

    /// The end of a process: calls that never returned are interrupted, and what is open is closed.
    fn end(&self, at: usize) {
        let pid = self.steps[at].pid;
        let own = |other: &usize| self.steps[*other].pid == pid && *other != at;
        let unfinished: Vec<usize> =
            (0..self.steps.len()).filter(own).filter(|other| self.steps[*other].unfinished).collect();
        let mut state = self.wait_for_turn(at);
        while unfinished.iter().any(|other| !state.done[self.order.place[*other]]) {
            for other in &unfinished {
                interrupt(&mut state, *other);
            }
            state = self.wait(state, AGAIN);
        }
        drop(state);
        for fd in self.shared.left_open(pid) {
            let _ = close(fd); // a replay that went astray may have closed it
        }
        self.done(&mut self.lock(), at);
    }

    /// Interrupts calls that do not return although they did.
    fn watch(&self) {
        let mut state = self.lock();
        let (mut count, mut since) = (0, Instant::now());
        while state.count < self.steps.len() {
            if state.count != count {
                (count, since) = (state.count, Instant::now());
            }
            let waited = since.elapsed();
            // A call that waits by itself has that much longer.
            let until = |at: usize| self.patience.saturating_add(self.steps[at].own_wait());
            let running: Vec<usize> = state.running.keys().copied().filter(|at| !self.steps[*at].unfinished).collect();
            let mut next = if running.is_empty() { self.patience.saturating_sub(waited) } else { Duration::MAX };
            for at in &running {
                match until(*at).saturating_sub(waited) {
                    Duration::ZERO => interrupt(&mut state, *at),
                    left => next = next.min(left),
                }
            }
            // All wait for each other.
            state.released |= running.is_empty() && waited >= self.patience;
            let next = if next == Duration::MAX { AGAIN } else { next };
            state = self.wait(state, next.max(AGAIN));
        }
    }
}

/// Interrupts a step's thread, if it is in its call.
fn interrupt(state: &mut State, at: usize) {
    if let Some(thread) = state.running.get(&at).copied() {
        state.interrupted.insert(at);
        wake::wake(thread);
    }
}
