//! A recorder for programs whose speed matters: registers and the few bytes that count go into memory set aside
//! beforehand, and are decoded when somebody asks.

use super::recorder::{Recorder, Times, epoch_offset_ns};
use crate::decode::{self, Context, Limits, NoNames};
use crate::event::{Body, Event, Ret};
use crate::memory::Lent;
use crate::syscall::Syscall;

/// Regions kept of each half of a call: more than any call of the layer passes.
const REGIONS: usize = 4;
/// Bytes kept of a region that is not a buffer: the longest socket address.
const SHORTEST_KEPT: usize = 128;

/// The last calls of one thread. The oldest are overwritten when it is full.
#[derive(Debug)]
pub struct Ring {
    slots: Vec<Slot>,
    bytes: Vec<u8>,
    limits: Limits,
    /// Calls begun so far; the next goes to slot `made % slots.len()`.
    made: u64,
    offset_ns: u64,
    pid: u32,
    tid: u32,
}

/// One call as it was recorded.
#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    sys: Option<&'static Syscall>,
    via: Option<&'static str>,
    regs: [u64; 6],
    ret: Option<Ret>,
    began_ns: u64,
    ended_ns: u64,
    ins: [Kept; REGIONS],
    outs: [Kept; REGIONS],
}

/// A region's address and how many of its bytes lie in the ring.
#[derive(Debug, Clone, Copy, Default)]
struct Kept {
    addr: u64,
    len: usize,
}

impl Ring {
    /// Room for `calls` calls of the current thread. All memory is taken, and touched, now.
    pub fn new(calls: usize, limits: Limits) -> Self {
        let calls = calls.max(1);
        let stride = 2 * REGIONS * kept(limits);
        Self {
            slots: vec![Slot::default(); calls],
            bytes: vec![1; calls * stride],
            limits,
            made: 0,
            offset_ns: epoch_offset_ns(),
            pid: std::process::id(),
            tid: nix::unistd::gettid().as_raw() as u32,
        }
    }

    /// How many calls were overwritten.
    pub fn lost(&self) -> u64 {
        self.made.saturating_sub(self.slots.len() as u64)
    }

    /// The recorded calls, oldest first. A call that has not returned is unfinished.
    pub fn events(&self) -> Vec<Event> {
        (self.lost()..self.made).filter_map(|seq| self.event_of(seq)).collect()
    }

    fn event_of(&self, seq: u64) -> Option<Event> {
        let at = (seq % self.slots.len() as u64) as usize;
        let slot = &self.slots[at];
        let cx = Context { limits: self.limits, names: &NoNames };
        let ins = self.regions(at, 0, &slot.ins);
        let outs = self.regions(at, REGIONS, &slot.outs);
        let pending = decode::enter(slot.sys?, slot.regs, &Lent::new(&ins), &cx);
        let mut call = pending.exit(slot.ret.unwrap_or(Ret::Unfinished), &Lent::new(&outs), &cx);
        call.dur_ns = slot.ret.map(|_| slot.ended_ns.saturating_sub(slot.began_ns));
        call.via = slot.via;
        let ts_ns = slot.began_ns + self.offset_ns;
        Some(Event { seq, ts_ns, pid: self.pid, tid: self.tid, body: Body::Call(call) })
    }

    fn regions(&self, at: usize, first: usize, kepts: &[Kept; REGIONS]) -> Vec<(u64, &[u8])> {
        let filled = kepts.iter().enumerate().filter(|(_, kept)| kept.addr != 0);
        filled.map(|(i, kept)| (kept.addr, &self.bytes[self.place(at, first + i)..][..kept.len])).collect()
    }

    /// Where the bytes of a region of a slot lie.
    fn place(&self, at: usize, region: usize) -> usize {
        (at * 2 * REGIONS + region) * kept(self.limits)
    }

    fn keep(&mut self, at: usize, first: usize, memory: Lent<'_>) -> [Kept; REGIONS] {
        let mut kepts = [Kept::default(); REGIONS];
        for (i, (addr, bytes)) in memory.regions().iter().take(REGIONS).enumerate() {
            let len = bytes.len().min(kept(self.limits));
            let place = self.place(at, first + i);
            self.bytes[place..place + len].copy_from_slice(&bytes[..len]);
            kepts[i] = Kept { addr: *addr, len };
        }
        kepts
    }
}

/// Bytes kept of each region.
fn kept(limits: Limits) -> usize {
    limits.strings.max(SHORTEST_KEPT)
}

impl Recorder for Ring {
    fn enter(&mut self, sys: &'static Syscall, via: Option<&'static str>, regs: [u64; 6], memory: Lent<'_>) {
        let at = (self.made % self.slots.len() as u64) as usize;
        self.made += 1;
        let ins = self.keep(at, 0, memory);
        let slot = &mut self.slots[at];
        slot.sys = Some(sys);
        slot.via = via;
        slot.regs = regs;
        slot.ret = None;
        slot.ins = ins;
    }

    fn exit(&mut self, ret: Ret, memory: Lent<'_>, times: Times) {
        let Some(last) = self.made.checked_sub(1) else { return };
        let at = (last % self.slots.len() as u64) as usize;
        let outs = self.keep(at, REGIONS, memory);
        let slot = &mut self.slots[at];
        slot.ret = Some(ret);
        slot.began_ns = times.began_ns;
        slot.ended_ns = times.ended_ns;
        slot.outs = outs;
    }
}
