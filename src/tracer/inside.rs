//! The agent in the traced processes: placing it, the threads' rings, and taking threads out of it.
//!
//! A process gets the agent when its loader has the libraries in place and it has one thread: then nobody can be between the two
//! instructions that are replaced. A fork has the code as its maker has, but its rings are its maker's: it stops at
//! each call until it has rings of its own. Exec throws all away. Where two processes have one memory (vfork), both stop.

mod inject;
mod place;
mod stacks;
mod table;

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::rc::Rc;
use std::sync::Arc;

use super::Settings;
use super::ptrace::{self, Gone, Stopped};
use super::thread::membership;
use crate::agent::clock::{self, Clock};
use crate::agent::code::{Place, frame};
use crate::agent::plan::{MAX_STRING, Plans};
use crate::agent::ring::{CallRecord, RecordHalf, RingCursor, SharedRings};
use crate::agent::sites::{self, exit};
use crate::agent::{EXISTS, HEADER, header};
use crate::event::PythonStack;
use crate::memory::{self, Memory, array};
use crate::sys::proc::Proc;
use crate::syscall;
use stacks::Stacks;
use table::{Table, Write};

/// How calls are traced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Agent {
    /// Every traced call stops the program.
    #[default]
    Never,
    /// The usual calls are recorded inside the program where possible.
    Auto,
    /// The same, and tracing does not start where the settings rule it out.
    Require,
}

/// How many calls took which way.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Ways {
    /// Calls that were recorded inside the program.
    pub recorded: u64,
    /// Calls that stopped it, by the reason.
    pub stopped: BTreeMap<&'static str, u64>,
}

/// Why calls stop.
mod reason {
    pub(super) const OTHER: &str = "calls of which no records are made";
    pub(super) const YOUNG: &str = "before the agent was placed";
    pub(super) const SHARING: &str = "while two processes had one memory (vfork)";
    pub(super) const ELSEWHERE: &str = "made elsewhere than in the C library";
    pub(super) const STACK: &str = "with a Python stack that was not seen before, or is none that is recognised";
    pub(super) const HINDERED: &str = "a full ring, a signal or memory that cannot be read";
    pub(super) const THREADS: &str = "several threads ran before the agent could be placed";
    pub(super) const NO_LIBRARY: &str = "no GNU C library of a known form in the process";
    pub(super) const FILTER: &str = "the process has a seccomp filter of its own";
    pub(super) const UNWRITABLE: &str = "the process's memory cannot be written";
    pub(super) const MAKER: &str = "a process whose maker is not known";
}

/// The call at which a new program is ready for the agent (set_tid_address): the loader makes it, once its only thread has
/// a pointer and all libraries that the program names are there.
pub(super) const STARTED: u64 = libc::SYS_set_tid_address as u64;
/// Calls that a fork makes before it gets rings.
const SETTLED: u32 = 4;

/// The page of thunks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Thunks {
    page: u64,
    end: u64,
}

/// What is known of one process.
#[derive(Debug)]
enum State {
    /// It has none yet.
    Young,
    /// It will not be.
    Refused(&'static str),
    /// It has the code of its maker, but no rings; it made so many calls that a record could be made of.
    Forked(Thunks, u32),
    /// It records.
    Placed(Box<Placed>),
}

/// A process that records.
#[derive(Debug)]
struct Placed {
    thunks: Thunks,
    shared: SharedRings,
    table: Table,
    rings: BTreeMap<i32, Ring>,
    /// Rings whose thread has ended, as far as they were seen.
    free: Vec<(usize, RingCursor)>,
    /// Whether calls are recorded only with a Python stack.
    demands: bool,
    /// Processes that have the same memory.
    sharing: HashSet<i32>,
    /// Why it does not record any more.
    refused: Option<&'static str>,
}

/// The ring of one thread.
#[derive(Debug)]
struct Ring {
    number: usize,
    /// What was seen of it.
    cursor: RingCursor,
    /// The Python stacks with which its calls are recorded.
    stacks: Stacks,
}

/// The agents of all processes.
#[derive(Debug)]
pub(super) struct Agents {
    plans: Plans,
    clock: Clock,
    processes: HashMap<i32, State>,
    /// The threads that were met, with their processes.
    known: HashMap<i32, i32>,
    /// The processes that have another's memory, until they execute a program.
    borrowing: HashSet<i32>,
    /// Where calls are in libraries that were looked through.
    scans: HashMap<place::Library, Rc<[usize]>>,
    /// Halves of calls that happened before the last look, in order.
    halves: VecDeque<(i32, i32, RecordHalf)>,
    record: CallRecord,
    /// The thread that stopped because of its Python stack, at its last call.
    missed: Option<i32>,
    /// How often a look found nothing, to the limit.
    idle: u32,
    pub(super) ways: Ways,
}

impl Agents {
    /// Agents, or why there cannot be any with these settings.
    pub(super) fn new(settings: &Settings, filtered: bool) -> Result<Self, &'static str> {
        let hindrances = [
            (!EXISTS, "there is no agent for this processor yet"),
            (!settings.seccomp, "--no-seccomp stops at every call"),
            (!filtered, "processes that are not followed would be without a tracer; try -f, and -f without -p"),
            (settings.why, "the evidence of --why is looked for at stops"),
            (settings.state, "the states of --state are asked for at stops"),
            (settings.show.any(), "what descriptors refer to (-y, --names) is asked for at stops"),
            (!settings.targets.is_empty(), "files and addresses (-P, --peer, --local) are compared at stops"),
            (settings.dump.any(), "-e read= and -e write= read whole buffers at stops"),
            (!settings.tampers.is_empty(), "what -e inject= does is done at stops"),
            (settings.instructions, "the instructions of -i are known at stops"),
            (settings.system_times, "the kernel's time for a call is known at stops only; try -w"),
            (settings.prints, "what roles print is reported at stops"),
            (
                !settings.raw.is_empty() || settings.verbose != super::CallSet::all(),
                "-e raw= and -e verbose= are obeyed at stops",
            ),
            (settings.limits.strings > MAX_STRING, "so much of each string does not fit a record; try -s 4096"),
            (!clock::is_steady(), "this processor's clock does not run steadily"),
        ];
        if let Some((_, why)) = hindrances.iter().find(|(hinders, _)| *hinders) {
            return Err(why);
        }
        let selected =
            |sys: &&'static syscall::Syscall| u64::try_from(sys.nr).is_ok_and(|nr| settings.calls.contains(nr));
        let plans = Plans::new(syscall::table().filter(selected), settings.limits.strings);
        if plans.numbers.is_empty() {
            return Err("none of the selected calls can be recorded");
        }
        Ok(Self {
            plans,
            clock: Clock::new(),
            processes: HashMap::new(),
            known: HashMap::new(),
            borrowing: HashSet::new(),
            scans: HashMap::new(),
            halves: VecDeque::new(),
            record: CallRecord::default(),
            missed: None,
            idle: 0,
            ways: Ways::default(),
        })
    }

    fn placed(&mut self, pid: i32) -> Option<&mut Placed> {
        match self.processes.get_mut(&pid) {
            Some(State::Placed(placed)) => Some(placed),
            _ => None,
        }
    }

    /// Whether any process records.
    pub(super) fn records(&self) -> bool {
        self.processes.values().any(|state| matches!(state, State::Placed(_)))
    }

    /// Sees what was recorded until now.
    pub(super) fn look(&mut self) {
        let limit = self.clock.look();
        let Self { processes, halves, .. } = self;
        let before = halves.len();
        for (&pid, state) in processes {
            let State::Placed(placed) = state else { continue };
            let Placed { rings, shared, .. } = &mut **placed;
            for (&tid, ring) in rings {
                ring.cursor.see(shared, limit, |half| halves.push_back((pid, tid, half)));
            }
        }
        if halves.len() > before {
            // Stable: of one thread they are in order already.
            halves.make_contiguous()[before..].sort_by_key(|(_, _, half)| half.ticks);
            self.idle = 0;
        } else {
            self.idle = (self.idle + 1).min(6);
        }
    }

    /// How long to sleep until the next look: a call that waits is seen within 50 ms.
    pub(super) fn pause(&self) -> std::time::Duration {
        std::time::Duration::from_micros(200 << self.idle)
    }

    /// Whether there are halves that were seen and not taken.
    pub(super) fn has_halves(&self) -> bool {
        !self.halves.is_empty()
    }

    /// The next half of a recorded call, its times since 1970 and by the clock that is never set; the record is to be read
    /// by [`Agents::record`].
    pub(super) fn next(&mut self) -> Option<Taken> {
        let (pid, tid, half) = self.halves.pop_front()?;
        let longest = self.plans.longest;
        let Some(State::Placed(placed)) = self.processes.get(&pid) else { return self.next() };
        self.record.read(&placed.shared, &half, longest);
        let ring = placed.rings.get(&tid);
        let stack = ring.and_then(|ring| ring.stacks.of(self.record.stack()));
        if half.ends {
            self.ways.recorded += 1;
            if let Some(ring) = ring {
                ring.cursor.free(&placed.shared, &half);
            }
        }
        let (ts_ns, mono_ns) = (self.clock.real_ns(half.ticks), self.clock.mono_ns(half.ticks));
        Some(Taken { tid, ends: half.ends, ts_ns, mono_ns, stack, record: std::mem::take(&mut self.record) })
    }

    /// Gives back a record, so that its memory is used again.
    pub(super) fn give_back(&mut self, record: CallRecord) {
        self.record = record;
    }

    /// Counts a call that stopped.
    pub(super) fn stopped_at(&mut self, (pid, tid): (i32, i32), nr: u64, instruction: u64) {
        let missed = self.placed(pid).is_some_and(|placed| {
            placed.thunks.contains(instruction)
                && placed.rings.get(&tid).is_some_and(|ring| ring.cursor.missed(&placed.shared))
        });
        self.missed = missed.then_some(tid);
        let reason = match self.processes.get(&pid) {
            _ if !self.plans.numbers.iter().any(|&number| u64::from(number) == nr) => reason::OTHER,
            _ if self.borrowing.contains(&pid) => reason::SHARING,
            None | Some(State::Young | State::Forked(..)) => reason::YOUNG,
            Some(State::Refused(why)) => why,
            Some(State::Placed(placed)) => match placed.refused {
                Some(why) => why,
                None if !placed.sharing.is_empty() => reason::SHARING,
                None if missed => reason::STACK,
                None if placed.thunks.contains(instruction) => reason::HINDERED,
                None => reason::ELSEWHERE,
            },
        };
        *self.ways.stopped.entry(reason).or_default() += 1;
    }

    /// A stop of a thread, the first time: a new process or thread.
    pub(super) fn meet(&mut self, stopped: &Stopped, pid: i32) -> Result<(), Gone> {
        let tid = stopped.tid();
        if self.known.insert(tid, pid).is_some() {
            return Ok(());
        }
        if pid != tid {
            let longest = self.plans.longest;
            return self.placed(pid).map_or(Ok(()), |placed| placed.add_thread(stopped, pid, longest));
        }
        let mut others = self.known.iter().filter(|&(other, of)| other == of && *of != pid);
        if let Some((&lender, _)) = others.find(|&(&other, _)| ptrace::share_memory(other, pid)) {
            self.borrowing.insert(pid);
            if let Some(placed) = self.placed(lender) {
                placed.sharing.insert(pid);
                placed.enable(pid);
            }
            return Ok(());
        }
        if !self.processes.values().any(State::has_code) {
            return Ok(());
        }
        let there = |at| array(&memory::Remote::new(pid), HEADER + at).map(u64::from_ne_bytes);
        if there(header::LONGEST) != Some(self.plans.longest) {
            return Ok(()); // it has none of it
        }
        // The rings are its maker's.
        write(pid, HEADER + header::ENABLED, &[0; 4])?;
        let maker = membership(pid).map_or(0, |found| found.parent);
        let state = match self.processes.get(&maker) {
            Some(State::Placed(placed)) => State::Forked(placed.thunks, 0),
            Some(State::Forked(thunks, _)) => State::Forked(*thunks, 0),
            Some(State::Refused(why)) => State::Refused(why),
            _ => State::Refused(reason::MAKER),
        };
        self.processes.insert(pid, state);
        Ok(())
    }

    /// A process executed a program.
    pub(super) fn executed(&mut self, pid: i32) {
        self.processes.remove(&pid);
        self.known.retain(|tid, of| *of != pid || *tid == pid);
        self.returned_memory(pid);
    }

    /// A thread is about to end: it makes no more calls, and soon another one may have its pointer.
    pub(super) fn ending(&mut self, pid: i32, tid: i32) {
        if let Some(placed) = self.placed(pid) {
            placed.remove_thread(pid, tid);
        }
    }

    /// A thread ended, and whether its process has with it.
    pub(super) fn ended(&mut self, pid: i32, tid: i32, whole: bool) {
        self.known.remove(&tid);
        if let Some(placed) = self.placed(pid) {
            placed.remove_thread(pid, tid);
        }
        if whole {
            self.processes.remove(&pid);
            self.returned_memory(pid);
        }
    }

    /// A process does not have another's memory any more.
    fn returned_memory(&mut self, pid: i32) {
        if !self.borrowing.remove(&pid) {
            return;
        }
        for (&lender, state) in &mut self.processes {
            if let State::Placed(placed) = state
                && placed.sharing.remove(&pid)
            {
                placed.enable(lender);
            }
        }
    }

    /// A process has set up a filter of its own, which is asked before ours.
    pub(super) fn refuse(&mut self, pid: i32) {
        match self.processes.get_mut(&pid) {
            Some(State::Placed(placed)) => {
                placed.refused = Some(reason::FILTER);
                placed.enable(pid);
            }
            _ => _ = self.processes.insert(pid, State::Refused(reason::FILTER)),
        }
    }

    /// Takes a thread that stands still, but not at a call, out of the agent.
    pub(super) fn take_out(&mut self, stopped: &Stopped, pid: i32) -> Result<Option<Out>, Gone> {
        let Some(placed) = self.placed(pid) else { return Ok(None) };
        let mut registers = stopped.all_registers()?;
        let Some(place) = Place::of(registers.rip) else {
            let entry = sites::is_entry(placed.thunks.page, registers.rip) && placed.thunks.contains(registers.rip);
            return Ok(entry.then_some(Out { interrupted: None, at_stack: true }));
        };
        let remote = memory::Remote::new(stopped.tid());
        let mut bytes = [0; frame::KEPT as usize + 32];
        if remote.read(registers.rsp, &mut bytes).is_err() {
            return Ok(None);
        }
        let slot = |at: u64| u64::from_ne_bytes(memory::padded(&bytes, at as usize));
        let returns = slot(0);
        if !placed.thunks.contains(returns) {
            return Ok(None); // the program itself jumped there
        }
        let called = matches!(place, Place::Back | Place::Behind);
        if place != Place::Entry {
            let arg = |at: u64| slot(frame::ARGS + 8 * at);
            (registers.rdi, registers.rsi, registers.rdx) = (arg(0), arg(1), arg(2));
            (registers.r10, registers.r8, registers.r9) = (arg(3), arg(4), arg(5));
            let kept = |at: u64| slot(frame::KEPT + 8 * at);
            (registers.rbx, registers.r12, registers.r13, registers.r14) = (kept(0), kept(1), kept(2), kept(3));
            if place != Place::Back {
                registers.rax = slot(frame::NR);
            }
        }
        registers.rsp += 8 + u64::from(frame::SIZE);
        registers.rip = if called { exit::behind(returns) } else { exit::to_call(returns) };
        let open = matches!(place, Place::Gate | Place::Back | Place::Behind);
        let Placed { rings, shared, .. } = placed;
        let ring = rings.get_mut(&stopped.tid()).filter(|_| open);
        let seen = ring.and_then(|ring| ring.cursor.give_up(shared)).unwrap_or(false);
        // A call that was not made yet is made again.
        let result = if called { registers.rax as i64 } else { -i64::from(ERESTARTNOINTR) };
        stopped.set_all_registers(&registers)?;
        Ok(Some(Out { interrupted: seen.then_some(result), at_stack: false }))
    }

    /// Takes a thread out of a thunk, where the agent's return address did not fit the stack.
    pub(super) fn make_room(&self, stopped: &Stopped) -> Result<(), Gone> {
        let mut registers = stopped.all_registers()?;
        registers.rsp += u64::from(frame::SIZE);
        registers.rip = exit::to_call(registers.rip + 6);
        stopped.set_all_registers(&registers)
    }
}

/// The call was interrupted before it did anything, and is made again.
const ERESTARTNOINTR: i32 = 513;

/// A half of a recorded call.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) tid: i32,
    /// Whether it is the end.
    pub(super) ends: bool,
    pub(super) ts_ns: u64,
    pub(super) mono_ns: u64,
    pub(super) stack: Option<Arc<PythonStack>>,
    pub(super) record: CallRecord,
}

/// A thread that was taken out of the agent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Out {
    /// The result of the call in which it was, where that was begun and is not complete.
    pub(super) interrupted: Option<i64>,
    /// Whether it is in a thunk instead, just before the agent.
    pub(super) at_stack: bool,
}

impl State {
    /// Whether the agent's code is in the process.
    fn has_code(&self) -> bool {
        matches!(self, Self::Placed(_) | Self::Forked(..))
    }
}

impl Thunks {
    fn contains(self, address: u64) -> bool {
        (self.page..self.end).contains(&address)
    }
}

impl Placed {
    /// Gives a thread a ring, if there is one left. Only its pointer distinguishes it from others, so two that
    /// have the same have none.
    fn add_thread(&mut self, stopped: &Stopped, pid: i32, longest: u64) -> Result<(), Gone> {
        let (tid, pointer) = (stopped.tid(), stopped.all_registers()?.fs_base);
        let fresh = self.rings.len() + self.free.len();
        let next = self.free.pop().or_else(|| {
            (fresh < crate::agent::THREADS).then(|| (fresh, RingCursor::new(&self.shared, fresh, longest)))
        });
        let Some((number, cursor)) = next else { return Ok(()) };
        let poke = |(at, word): Write| write(pid, HEADER + at, &word.to_ne_bytes());
        match self.table.insert(pointer, tid, number) {
            Ok([first, second]) => {
                let stacks = Stacks::new(&self.shared, number);
                let ring = Ring { number, cursor, stacks };
                ring.demand(&self.shared, self.demands);
                self.rings.insert(tid, ring);
                poke(first).and_then(|()| poke(second))
            }
            Err(taken) => {
                self.free.push((number, cursor));
                taken.map_or(Ok(()), poke)
            }
        }
    }

    fn remove_thread(&mut self, pid: i32, tid: i32) {
        if let Some((at, word)) = self.table.remove(tid) {
            let _ = write(pid, HEADER + at, &word.to_ne_bytes());
        }
        if let Some(Ring { number, mut cursor, .. }) = self.rings.remove(&tid) {
            cursor.give_up(&self.shared);
            self.free.push((number, cursor));
        }
    }

    /// Lets the agent record, or not.
    fn enable(&self, pid: i32) {
        let on = self.sharing.is_empty() && self.refused.is_none();
        let _ = write(pid, HEADER + header::ENABLED, &u32::from(on).to_ne_bytes());
    }
}

/// Writes to a process's memory, whatever protects it.
fn write(pid: i32, at: u64, bytes: &[u8]) -> Result<(), Gone> {
    let file = File::options().write(true).open(Proc::new(pid).path("mem")).map_err(|_| Gone)?;
    file.write_all_at(bytes, at).map_err(|_| Gone)
}
