//! Traces of several hosts as one.
//!
//! Connections are joined by their addresses, bytes by their places in the stream. What was received had been sent, on
//! whatever host, so each message bounds how far the clocks are apart: from one side it cannot have arrived before it was
//! sent, from the other likewise. The middle between the bounds is taken, half of their distance is its error. With the times
//! put right, events are ordered by when they had their effect, so that every receive comes behind its send.
//!
//! Numbers of processes are kept apart: those of the second host are 10,000,000 larger, those of the third 20,000,000, which
//! no kernel's are. Sockets are numbered anew.

use std::collections::HashMap;
use std::io;

use crate::event::{Body, Event, Ret, interned};
use crate::read::{EventSource, Report};
use crate::sockets::{HOST, Link, LinkKind, Naming, SocketTracker};
use crate::syscall::{Change, Effect};

/// By how much times of strace's text may be wrong: they are cut to microseconds, and durations begin late.
const TEXT_NS: i64 = 1_000_000;
/// Events given at a time.
const BATCH: usize = 1000;

/// A host's trace.
pub(crate) struct Part {
    /// What it is called.
    pub(crate) name: String,
    /// What happened there.
    pub(crate) events: Vec<Event>,
}

/// What was found of a host's clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Skew {
    /// What the host is called.
    pub(crate) host: String,
    /// By how much its clock is ahead of the first host's, ns.
    pub(crate) skew_ns: i64,
    /// By how much that may be wrong; `None` where messages bound it from one side only, or not at all.
    pub(crate) error_ns: Option<u64>,
    /// How many messages show it.
    pub(crate) messages: usize,
}

/// What messages between two hosts show of how far the clock of the second is ahead.
#[derive(Debug, Clone, Copy, Default)]
struct Bounds {
    least: Option<i64>,
    most: Option<i64>,
    messages: usize,
}

impl Bounds {
    fn reversed(self) -> Self {
        Self { least: self.most.map(|ns| -ns), most: self.least.map(|ns| -ns), messages: self.messages }
    }

    /// The middle, and by how much it may be wrong.
    fn middle(self) -> (i64, Option<u64>) {
        match (self.least, self.most) {
            (Some(least), Some(most)) => (least + (most - least) / 2, Some((most - least).unsigned_abs().div_ceil(2))),
            (Some(only), None) | (None, Some(only)) => (only, None),
            (None, None) => (0, None),
        }
    }
}

/// Merges traces, and reports the clocks of all hosts but the first.
pub(crate) fn merge(parts: Vec<Part>) -> (Vec<Event>, Vec<Skew>) {
    let names: Vec<String> = parts.iter().map(|part| part.name.clone()).collect();
    let slack: Vec<i64> = parts.iter().map(|part| slack(&part.events)).collect();
    let mut events = Vec::new();
    let mut numbers: HashMap<(usize, u64), u64> = HashMap::new();
    for (host, part) in parts.into_iter().enumerate() {
        let name = interned(&part.name);
        for mut event in part.events {
            event.host = name;
            apart(&mut event, host, &mut numbers);
            events.push(event);
        }
    }
    let mut tracker = SocketTracker::default();
    events.iter().enumerate().for_each(|(at, event)| tracker.event(event, at));
    let links = tracker.finish().links;
    let skews = skews(&names, &slack, &bounds(&events, &links));
    for event in &mut events {
        let skew_ns = skews[host_of(event)].skew_ns;
        if event.ts_ns > 0 {
            event.ts_ns = event.ts_ns.saturating_add_signed(-skew_ns);
        }
    }
    let events = in_order(events, &links);
    let mut naming = Naming::of_hosts(numbers.len() as u64);
    let mut named = naming.through(events);
    named.append(&mut naming.rest());
    for (seq, event) in named.iter_mut().enumerate() {
        event.seq = seq as u64;
    }
    (named, skews.into_iter().skip(1).collect())
}

fn host_of(event: &Event) -> usize {
    (event.pid / HOST) as usize
}

/// By how much a trace's times may be wrong.
fn slack(events: &[Event]) -> i64 {
    if events.iter().all(|event| event.ts_ns.is_multiple_of(1000)) { TEXT_NS } else { 0 }
}

/// Gives an event numbers that no other host's have.
fn apart(event: &mut Event, host: usize, numbers: &mut HashMap<(usize, u64), u64>) {
    let step = HOST * host as u32;
    event.pid += step;
    event.tid += step;
    match &mut event.body {
        Body::Started { parent, .. } => *parent += step,
        Body::Call(call) => {
            if let (Change::Forks { .. }, Ret::Ok(child @ 1..)) = (call.change(), call.ret) {
                call.ret = Ret::Ok(child + i64::from(step));
            }
            if let Some(socket) = &mut call.socket {
                let mut number = |old: u64| {
                    let next = numbers.len() as u64;
                    *numbers.entry((host, old)).or_insert(next)
                };
                socket.sock = socket.sock.map(&mut number);
                socket.others.iter_mut().for_each(|other| *other = number(*other));
                socket.peer_sock = None;
            }
        }
        _ => {}
    }
}

fn ended(event: &Event) -> i64 {
    let dur_ns = if let Body::Call(call) = &event.body { call.dur_ns.unwrap_or(0) } else { 0 };
    event.ts_ns.saturating_add(dur_ns) as i64
}

/// What messages show, by pairs of hosts, the smaller number first.
fn bounds(events: &[Event], links: &[Link]) -> HashMap<(usize, usize), Bounds> {
    let mut all: HashMap<(usize, usize), Bounds> = HashMap::new();
    for link in links {
        let (Some((from, _)), Some((to, _))) = (link.from, link.to) else { continue };
        let (sent, received) = (&events[from], &events[to]);
        let (a, b) = (host_of(sent), host_of(received));
        let shows = matches!(link.kind, LinkKind::Connect | LinkKind::Bytes | LinkKind::Datagram);
        if a == b || !shows || sent.ts_ns == 0 || received.ts_ns == 0 {
            continue;
        }
        let took = ended(received) - sent.ts_ns as i64;
        let bounds = all.entry((a.min(b), a.max(b))).or_default();
        bounds.messages += 1;
        if a < b {
            bounds.most = Some(bounds.most.map_or(took, |most| most.min(took)));
        } else {
            bounds.least = Some(bounds.least.map_or(-took, |least| least.max(-took)));
        }
    }
    all
}

/// How far each clock is ahead of the first: from host to host by what is known best.
fn skews(names: &[String], slack: &[i64], bounds: &HashMap<(usize, usize), Bounds>) -> Vec<Skew> {
    let unknown = |host: &String| Skew { host: host.clone(), skew_ns: 0, error_ns: None, messages: 0 };
    let mut skews: Vec<Skew> = names.iter().map(unknown).collect();
    let mut known = vec![false; names.len()];
    let mut order: Vec<usize> = Vec::new();
    for start in 0..names.len() {
        if known[start] {
            continue;
        }
        known[start] = true;
        if start == 0 {
            skews[0].error_ns = Some(0);
        }
        order.push(start);
        loop {
            // Of the hosts that speak with one whose clock is known, the one that is known best.
            let mut best: Option<(u64, usize, i64, Option<u64>, usize)> = None;
            for ((a, b), found) in bounds {
                for (from, to, found) in [(*a, *b, *found), (*b, *a, found.reversed())] {
                    if !known[from] || known[to] {
                        continue;
                    }
                    let (middle, error) = found.middle();
                    let slack_ns = (slack[from] + slack[to]).unsigned_abs();
                    let error = error.zip(skews[from].error_ns).map(|(own, before)| own + before + slack_ns);
                    let rank = (error.unwrap_or(u64::MAX), to, skews[from].skew_ns + middle, error, found.messages);
                    if best.is_none_or(|best| (rank.0, rank.1) < (best.0, best.1)) {
                        best = Some(rank);
                    }
                }
            }
            let Some((_, to, skew_ns, error_ns, messages)) = best else { break };
            known[to] = true;
            skews[to] = Skew { host: names[to].clone(), skew_ns, error_ns, messages };
        }
    }
    skews
}

/// Events by the moments at which they have their effect: what waits for others, when it has returned.
fn in_order(events: Vec<Event>, links: &[Link]) -> Vec<Event> {
    let mut last = HashMap::new();
    let mut keys: Vec<u64> = events
        .iter()
        .map(|event| {
            let takes = |effect: Effect| matches!(effect, Effect::Receives(_) | Effect::Accepts(_) | Effect::Waits);
            let waits = matches!(&event.body, Body::Call(call) if takes(call.sys.effect));
            let own = if waits { ended(event) as u64 } else { event.ts_ns };
            // A thread's events stay in their order, and those without a time with the one before them.
            let before = last.entry(event.tid).or_insert(0);
            *before = own.max(*before);
            *before
        })
        .collect();
    // Where the clocks drifted, what was received is put behind what was sent all the same.
    for link in links {
        if let (Some((from, _)), Some((to, _))) = (link.from, link.to)
            && host_of(&events[from]) != host_of(&events[to])
        {
            keys[to] = keys[to].max(keys[from] + 1);
        }
    }
    let mut order: Vec<usize> = (0..events.len()).collect();
    order.sort_by_key(|at| (keys[*at], *at));
    let mut events: Vec<Option<Event>> = events.into_iter().map(Some).collect();
    order.into_iter().filter_map(|at| events[at].take()).collect()
}

/// Events that are read already.
pub(crate) struct Ready {
    events: std::vec::IntoIter<Event>,
    report: Report,
}

impl Ready {
    pub(crate) fn new(events: Vec<Event>, report: Report) -> Self {
        Self { events: events.into_iter(), report }
    }
}

impl EventSource for Ready {
    fn read(&mut self, out: &mut Vec<Event>) -> io::Result<bool> {
        out.extend(self.events.by_ref().take(BATCH));
        Ok(self.events.len() > 0)
    }

    fn report(&self) -> &Report {
        &self.report
    }
}
