//! The Python stacks with which calls are recorded: each was read at a stop, which the agent made because it did not know it.

use std::sync::Arc;

use super::{Agents, Placed, Ring, State};
use crate::agent::ring::SharedRings;
use crate::agent::stacks::{Known, Lead};
use crate::event::PythonStack;
use crate::pyframes::Guards;

/// Those of one thread.
#[derive(Debug)]
pub(super) struct Stacks {
    known: Known,
    /// By number, from 1 on.
    stacks: Vec<Arc<PythonStack>>,
}

impl Stacks {
    /// None yet, for the thread with this ring.
    pub(super) fn new(shared: &SharedRings, ring: usize) -> Self {
        Self { known: Known::new(shared, ring), stacks: Vec::new() }
    }

    /// The stack of this number.
    pub(super) fn of(&self, number: u32) -> Option<Arc<PythonStack>> {
        self.stacks.get((number as usize).checked_sub(1)?).cloned()
    }

    fn add(&mut self, shared: &SharedRings, guards: &Guards, stack: &Arc<PythonStack>) {
        let (instruction, mask) = guards.instruction;
        let lead = Lead { frame: guards.frame, linked: guards.linked, instruction, mask };
        if let Some(number) = self.known.add(shared, lead, guards.innermost, &guards.words) {
            // With 1 they begin anew.
            self.stacks.truncate(number as usize - 1);
            self.stacks.push(stack.clone());
        }
    }
}

impl Ring {
    /// Lets the thread's calls be recorded only with a known stack, or without any.
    pub(super) fn demand(&self, shared: &SharedRings, demands: bool) {
        self.cursor.demand(shared, if demands { self.stacks.address() } else { 0 });
    }
}

impl Stacks {
    fn address(&self) -> u64 {
        self.known.address()
    }
}

impl Placed {
    fn demand(&mut self) {
        self.demands = true;
        self.rings.values().for_each(|ring| ring.demand(&self.shared, true));
    }
}

impl Agents {
    /// Whether a process's calls are recorded without looking for Python stacks.
    pub(in crate::tracer) fn demands_none(&self, pid: i32) -> bool {
        matches!(self.processes.get(&pid), Some(State::Placed(placed)) if !placed.demands)
    }

    /// From now on a process's calls are recorded only with a Python stack.
    pub(in crate::tracer) fn demand(&mut self, pid: i32) {
        if let Some(placed) = self.placed(pid) {
            placed.demand();
        }
    }

    /// Whether a thread's call has stopped because of its Python stack; asked once.
    pub(in crate::tracer) fn has_missed(&mut self, tid: i32) -> bool {
        self.missed.take_if(|missed| *missed == tid).is_some()
    }

    /// The stack of a thread that is at a call, with what its memory holds meanwhile: its next calls with that do not stop.
    pub(in crate::tracer) fn learn(&mut self, (pid, tid): (i32, i32), guards: &Guards, stack: &Arc<PythonStack>) {
        let Some(placed) = self.placed(pid) else { return };
        if let Some(ring) = placed.rings.get_mut(&tid) {
            ring.stacks.add(&placed.shared, guards, stack);
        }
    }
}
