//! How tracing begins: with a program that is started, with processes that run already, or with both.

use std::collections::{BTreeMap, HashSet, VecDeque};

use super::{QueuedStep, Tracer};
use crate::agent::code;
use crate::syscall::{Effect, Made};
use crate::tracer::affinity::CpuAffinity;
use crate::tracer::descriptors::Descriptors;
use crate::tracer::identity::Identities;
use crate::tracer::inside::{self, Agent, Agents};
use crate::tracer::origins::Origins;
use crate::tracer::ptrace;
use crate::tracer::python::PythonStacks;
use crate::tracer::remote::FetchedMemory;
use crate::tracer::spawn::{Child, Program, SpawnError};
use crate::tracer::state::States;
use crate::tracer::thread::Thread;
use crate::tracer::{Follow, Settings, TraceError, attach, filter};
use crate::why;

/// One of the ways to start a program.
type Spawn = fn(&Program, Option<Vec<libc::sock_filter>>, ptrace::Options) -> Result<Child, SpawnError>;

impl Tracer {
    pub(super) fn new(settings: Settings, filtered: bool, attached: bool) -> Self {
        let learns = settings.show.any() || settings.sockets_only || settings.state || !settings.targets.is_empty();
        let shares = learns && settings.follow != Follow::All;
        let watched = settings.calls.with(|effect| {
            learns && effect.may_close()
                || shares && effect.may_share()
                // A program works on sockets through a ring without a call for each thing it does, and both can bring a
                // netlink socket.
                || matches!(effect, Effect::Makes(Made::Ring | Made::Copy, _))
                // The last moment to see what the other threads wait for.
                || settings.why && effect == Effect::ExitsProcess
                || settings.until_exec && effect == Effect::Executes
                // What was recorded before is asked about before descriptors are closed.
                || settings.agent != Agent::Never && effect == Effect::Executes
                // What such a filter refuses never reaches ours.
                || filtered && matches!(effect, Effect::Filters { .. })
        });
        let watched = if settings.agent == Agent::Never { watched } else { watched.and(inside::STARTED) };
        let descriptors = Descriptors::new(settings.show, watched.has(Effect::may_close));
        if !watched.has(Effect::may_bring_socket) || settings.follow != Follow::All {
            descriptors.expect_netlink();
        }
        Self {
            descriptors,
            python: settings.python.then(|| PythonStacks::new(settings.own_code.clone())),
            origins: Origins::default(),
            identities: Identities::default(),
            why: settings.why.then(|| why::Collector::new(settings.expected)),
            states: settings.state.then(States::default),
            settings,
            watched,
            filtered,
            attached,
            threads: BTreeMap::new(),
            closers: HashSet::new(),
            remote: FetchedMemory::default(),
            pieces: Vec::new(),
            queue: VecDeque::new(),
            ready: VecDeque::new(),
            child: None,
            started: false,
            outcome: None,
            leaving: None,
            end_requests: 0,
            foreign: false,
            rings: false,
            affinity: CpuAffinity::default(),
            refusing: HashSet::new(),
            agents: None,
            without_agents: None,
            held: None,
            seq: 0,
            delayed: Vec::new(),
        }
    }

    pub(super) fn launch(
        program: &Program,
        pids: &[i32],
        settings: Settings,
        spawn: Spawn,
    ) -> Result<Self, TraceError> {
        // A filter is inherited by processes nobody traces, whose calls would then fail: all must be followed.
        // A signal can be sent at the stop before the filter only.
        let signals = settings.tampers.iter().any(|tamper| tamper.signal != 0);
        let filtered =
            settings.seccomp && settings.follow == Follow::All && !settings.until_exec && !signals && pids.is_empty();
        let mut this = Self::new(settings, filtered, false);
        this.settle_agents()?;
        let free = this.agents.as_ref().and_then(|_| u32::try_from(code::back()).ok());
        let filter = filtered.then(|| filter::program(this.watched.numbers(), free));
        let child = spawn(program, filter, this.options())?;
        this.threads.insert(child.pid, Thread::new(child.pid));
        this.child = Some(child);
        this.join(pids)?;
        Ok(this)
    }

    /// Attaches to all threads of these processes. They survive the tracer.
    pub(super) fn join(&mut self, pids: &[i32]) -> Result<(), TraceError> {
        self.attached |= !pids.is_empty();
        if self.attached {
            // What they are about to make is not seen from its beginning.
            self.descriptors.expect_netlink();
        }
        for &pid in pids {
            for (tid, sleep) in attach::seize_all(pid, self.options())? {
                if self.threads.insert(tid, Thread { sleep, ..Thread::new(pid) }).is_none() {
                    self.ready.push_back(QueuedStep::Attached(tid));
                }
            }
            pids.iter().for_each(|&other| _ = self.compare_descriptors(other, pid));
        }
        Ok(())
    }

    /// Decides whether calls are recorded inside the program.
    pub(super) fn settle_agents(&mut self) -> Result<(), TraceError> {
        if self.settings.agent == Agent::Never {
            return Ok(());
        }
        match Agents::new(&self.settings, self.filtered) {
            Ok(agents) => self.agents = Some(agents),
            Err(why) if self.settings.agent == Agent::Require => return Err(TraceError::Agent(why)),
            Err(why) => self.without_agents = Some(why),
        }
        Ok(())
    }

    pub(super) fn options(&self) -> ptrace::Options {
        ptrace::Options {
            threads: self.settings.follow != Follow::None,
            forks: self.settings.follow == Follow::All,
            kill_on_exit: !self.attached,
            seccomp: self.filtered,
            // What was recorded last is asked about while it can be.
            ends: self.agents.is_some(),
        }
    }
}
