//! A recorder for programs whose speed matters: registers and the few relevant bytes go into preallocated memory, and
//! are decoded on request.

use super::recorder::{Recorder, Times, epoch_offset_ns};
use crate::decode::{self, Context, Limits, NoNames};
use crate::event::{Body, Event, Ret};
use crate::memory::Lent;
use crate::syscall::Syscall;

/// How many regions are kept of a call, both halves together: more than any call of the layer passes.
const REGIONS: usize = 6;
/// How many bytes are kept of a region that is not a buffer: the longest socket address.
const SHORTEST_KEPT: usize = 128;
/// Bytes allocated per call. Most calls keep fewer; where they keep more, the ring holds fewer calls.
const BYTES_PER_CALL: usize = 128;

/// The last calls of one thread. When it is full, the oldest are overwritten.
///
/// Slots and bytes are written sequentially, so that the processor can prefetch them. A slot has the position of its
/// bytes, counted from the first byte ever written, which shows whether they were overwritten.
#[derive(Debug)]
pub struct Ring {
    slots: Vec<CallSlot>,
    bytes: Vec<u8>,
    /// Bytes written so far, including those overwritten.
    written: u64,
    limits: Limits,
    /// Calls begun so far; the next goes to slot `made % slots.len()`.
    made: u64,
    offset_ns: u64,
    pid: u32,
    tid: u32,
}

/// One call as it was recorded.
#[derive(Debug, Clone, Copy, Default)]
struct CallSlot {
    sys: Option<&'static Syscall>,
    via: Option<&'static str>,
    regs: [u64; 6],
    ret: Option<Ret>,
    began_ns: u64,
    ended_ns: u64,
    /// Where its bytes begin.
    start: u64,
    /// How many regions were passed in.
    ins: u8,
    /// How many regions, after those, came out.
    outs: u8,
    regions: [Kept; REGIONS],
}

/// A region's address and how many of its bytes are kept.
#[derive(Debug, Clone, Copy, Default)]
struct Kept {
    addr: u64,
    len: u32,
}

impl Ring {
    /// A ring of `calls` calls of the current thread, rounded up to a power of two, so that indexing needs no division.
    /// All memory is allocated and touched now.
    pub fn new(calls: usize, limits: Limits) -> Self {
        let calls = calls.max(1).next_power_of_two();
        let bytes = (calls * BYTES_PER_CALL).max(REGIONS * kept(limits)).next_power_of_two();
        Self {
            slots: vec![CallSlot::default(); calls],
            bytes: vec![1; bytes],
            written: 0,
            limits,
            made: 0,
            offset_ns: epoch_offset_ns(),
            pid: std::process::id(),
            tid: nix::unistd::gettid().as_raw() as u32,
        }
    }

    /// The recorded calls, oldest first, without those overwritten. A call that has not returned is unfinished.
    pub fn events(&self) -> Vec<Event> {
        let oldest = self.made.saturating_sub(self.slots.len() as u64);
        (oldest..self.made).filter_map(|seq| self.event_of(seq)).collect()
    }

    fn event_of(&self, seq: u64) -> Option<Event> {
        let slot = &self.slots[self.slot(seq)];
        if slot.start + (self.bytes.len() as u64) < self.written {
            return None; // its bytes were overwritten
        }
        let cx = Context { limits: self.limits, names: &NoNames };
        let regions = self.regions(slot);
        let regions: Vec<(u64, &[u8])> = regions.iter().map(|(addr, bytes)| (*addr, &bytes[..])).collect();
        let (ins, outs) = regions.split_at(usize::from(slot.ins).min(regions.len()));
        let pending = decode::enter(slot.sys?, slot.regs, &Lent::new(ins), &cx);
        let mut call = pending.exit(slot.ret.unwrap_or(Ret::Unfinished), &Lent::new(outs), &cx);
        call.dur_ns = slot.ret.map(|_| slot.ended_ns.saturating_sub(slot.began_ns));
        call.via = slot.via;
        let ts_ns = slot.began_ns + self.offset_ns;
        Some(Event {
            seq,
            ts_ns,
            pid: self.pid,
            tid: self.tid,
            body: Body::Call(call),
            role: None,
            host: None,
            prefix: None,
        })
    }

    /// The index of the slot of this call.
    fn slot(&self, seq: u64) -> usize {
        wrapped(seq, self.slots.len())
    }

    /// A slot's regions with their bytes, joined where they wrap around the end.
    fn regions(&self, slot: &CallSlot) -> Vec<(u64, Vec<u8>)> {
        let mut at = slot.start;
        let mut regions = Vec::new();
        for kept in &slot.regions[..usize::from(slot.ins + slot.outs)] {
            let place = |i: u64| self.bytes[wrapped(at + i, self.bytes.len())];
            regions.push((kept.addr, (0..u64::from(kept.len)).map(place).collect()));
            at += u64::from(kept.len);
        }
        regions
    }

    /// Appends the bytes of regions, and stores them in the slot from `first` on. Returns how many there were.
    fn keep(&mut self, at: usize, first: usize, memory: Lent<'_>) -> usize {
        let most = kept(self.limits);
        let mut used = first;
        for (kept, (addr, bytes)) in self.slots[at].regions[first..].iter_mut().zip(memory.regions()) {
            let len = bytes.len().min(most);
            let start = wrapped(self.written, self.bytes.len());
            let front = len.min(self.bytes.len() - start);
            self.bytes[start..start + front].copy_from_slice(&bytes[..front]);
            if front < len {
                self.bytes[..len - front].copy_from_slice(&bytes[front..len]);
            }
            self.written += len as u64;
            *kept = Kept { addr: *addr, len: len as u32 };
            used += 1;
        }
        used - first
    }
}

/// An index in a ring of `len` places, a power of two.
fn wrapped(at: u64, len: usize) -> usize {
    at as usize & (len - 1)
}

/// How many bytes are kept of a region.
fn kept(limits: Limits) -> usize {
    limits.strings.max(SHORTEST_KEPT)
}

impl Recorder for Ring {
    #[inline]
    fn enter(&mut self, sys: &'static Syscall, via: Option<&'static str>, regs: [u64; 6], memory: Lent<'_>) {
        let at = self.slot(self.made);
        self.made += 1;
        let slot = &mut self.slots[at];
        slot.sys = Some(sys);
        slot.via = via;
        slot.regs = regs;
        slot.ret = None;
        slot.outs = 0;
        slot.start = self.written;
        let ins = self.keep(at, 0, memory);
        self.slots[at].ins = ins as u8;
    }

    fn exit(&mut self, ret: Ret, memory: Lent<'_>, times: Times) {
        let Some(last) = self.made.checked_sub(1) else { return };
        let at = self.slot(last);
        let outs = self.keep(at, usize::from(self.slots[at].ins), memory);
        let slot = &mut self.slots[at];
        slot.outs = outs as u8;
        slot.ret = Some(ret);
        slot.began_ns = times.began_ns;
        slot.ended_ns = times.ended_ns;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::{Net, Stream};
    use crate::value::SockAddr;
    use std::cell::RefCell;
    use std::rc::Rc;

    /// Binds a socket, sends it datagrams of growing length and receives them.
    fn exercise(net: &mut Net, rounds: usize) {
        let fd = net.socket(libc::AF_INET, libc::SOCK_DGRAM, 0).unwrap();
        net.bind(fd, &SockAddr::inet([127, 0, 0, 1], 0)).unwrap();
        let to = net.getsockname(fd, 16).unwrap().addr.unwrap();
        for round in 0..rounds {
            net.sendto(fd, &vec![b'x'; round * 7], 0, &to).unwrap();
            net.recvfrom(fd, &mut [0; 256], 0, 128).unwrap();
        }
        net.close(fd).unwrap();
        assert_eq!(net.close(fd), Err(crate::event::Errno(libc::EBADF)));
    }

    /// The text without addresses and ports, which differ between runs.
    fn shapes(events: &[Event]) -> Vec<String> {
        let shape = |event: &Event| {
            let mut line = String::new();
            crate::text::write(event, &crate::text::Style::default(), &mut line);
            line.split(", {sa_family").next().unwrap_or_default().to_owned()
        };
        events.iter().map(shape).collect()
    }

    #[test]
    fn the_ring_records_what_a_stream_records() {
        let ring = Rc::new(RefCell::new(Ring::new(64, Limits::default())));
        exercise(&mut Net::new(Rc::clone(&ring)), 20);
        let trace = Rc::new(RefCell::new(crate::event::Trace::new()));
        exercise(&mut Net::new(Stream::new(Rc::clone(&trace), Limits::default())), 20);
        let ours = shapes(&ring.borrow().events());
        assert_eq!(ours, shapes(&trace.borrow()));
        assert_eq!(ours.len(), 45);
        assert!(ours[44].ends_with("= -1 EBADF (Bad file descriptor)"), "{}", ours[44]);
    }

    #[test]
    fn a_full_ring_keeps_the_last_calls_whole() {
        let ring = Rc::new(RefCell::new(Ring::new(8, Limits { strings: 300, abbreviate: true })));
        exercise(&mut Net::new(Rc::clone(&ring)), 30);
        let events = ring.borrow().events();
        let seqs: Vec<u64> = events.iter().map(|event| event.seq).collect();
        assert!(!events.is_empty() && events.len() <= 8, "{seqs:?}");
        assert_eq!(seqs.last(), Some(&64));
        assert!(seqs.windows(2).all(|pair| pair[1] == pair[0] + 1), "{seqs:?}");
        let lines = shapes(&events);
        assert!(lines[lines.len() - 2].starts_with("close("), "{lines:?}");
    }
}
