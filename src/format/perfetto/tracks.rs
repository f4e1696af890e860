//! The whole trace: descriptors of tracks, and on each track its events in the order of time.

use std::collections::HashMap;

use super::proto::{
    Clock, ClockSnapshot, EXPLICIT, INCREMENTAL_STATE_CLEARED, INSTANT, InternedData, NEEDS_INCREMENTAL_STATE,
    ProcessDescriptor, REALTIME, SLICE_BEGIN, SLICE_END, ThreadDescriptor, TracePacket, TracePacketDefaults,
    TrackDescriptor, TrackEvent, push,
};
use super::{DebugAnnotation, Kind, Mark, Thread, socket};
use crate::format::times::filled;
use crate::sockets::{Socket, Sockets};
use prost::Message as _;

/// The only sequence of packets.
const SEQUENCE: u32 = 1;

/// The kinds of track, which keep their numbers apart.
#[derive(Clone, Copy)]
pub(super) enum Track {
    Process(u32),
    /// By its place among the threads: a number is used again.
    Thread(usize),
    Socket(u64),
}

impl Track {
    pub(super) fn uuid(self) -> u64 {
        match self {
            Self::Process(pid) => 1 << 56 | u64::from(pid),
            Self::Thread(at) => 2 << 56 | at as u64,
            Self::Socket(number) => 3 << 56 | number,
        }
    }
}

/// Events on tracks: those of each track in their order.
#[derive(Default)]
pub(super) struct Placed(Vec<(u64, Vec<u8>)>);

impl Placed {
    pub(super) fn add(&mut self, at_ns: u64, track: Track, kind: i32, event: TrackEvent) {
        self.add_to(at_ns, track, kind, event, Vec::new());
    }

    /// The end of a call's slice, unless it did not return, and why it failed or what it waits for.
    fn end(&mut self, mark: &Mark, (begin_ns, end_ns): (u64, Option<u64>), flows: Option<[Vec<u64>; 2]>) {
        let track = Track::Thread(mark.thread);
        if let Some(end_ns) = end_ns {
            // What a call took may have been sent after it began.
            let [_, terminating_flow_ids] = flows.unwrap_or_default();
            self.add(end_ns, track, SLICE_END, TrackEvent { terminating_flow_ids, ..TrackEvent::default() });
        }
        if let Some([text, advice]) = &mark.why {
            let shown =
                [("why", text), ("advice", advice)].map(|(name, text)| DebugAnnotation::text(name, text.clone()));
            let event = TrackEvent {
                name: Some(format!("why: {text}")),
                categories: vec!["why".to_owned()],
                debug_annotations: shown.to_vec(),
                ..TrackEvent::default()
            };
            self.add(end_ns.unwrap_or(begin_ns), track, INSTANT, event);
        }
    }

    fn add_to(&mut self, at_ns: u64, track: Track, kind: i32, event: TrackEvent, mut shown: Vec<u8>) {
        let event = TrackEvent { r#type: Some(kind), track_uuid: Some(track.uuid()), ..event };
        shown.extend(event.encode_to_vec());
        self.0.push((at_ns, shown));
    }
}

/// When each event begins and ends on its track.
pub(super) struct Times(Vec<(u64, Option<u64>)>);

impl Times {
    fn of(marks: &[Mark]) -> Self {
        Self(filled(marks.iter().map(|mark| (mark.begin_ns, mark.end_ns))))
    }

    /// Ends each slice before the next one of its thread begins.
    fn nest(&mut self, marks: &[Mark], order: &[usize]) {
        let mut last: Option<usize> = None;
        for at in order {
            let next = &marks[*at];
            let next_ns = self.begin(*at);
            if let Some(last) = last.filter(|last| marks[*last].thread == next.thread) {
                let end_ns = &mut self.0[last].1;
                match next.kind {
                    Kind::Call => *end_ns = Some(end_ns.map_or(next_ns, |end_ns| end_ns.min(next_ns))),
                    Kind::Exit => *end_ns = end_ns.or(Some(next_ns)),
                    Kind::Instant => {}
                }
            }
            if next.kind == Kind::Call {
                last = Some(*at);
            }
        }
    }

    /// When a call began.
    pub(super) fn begin(&self, event: usize) -> u64 {
        self.0.get(event).map_or(0, |(begin_ns, _)| *begin_ns)
    }

    /// When it had returned, or else when it began.
    pub(super) fn end(&self, event: usize) -> u64 {
        self.0.get(event).map_or(0, |(begin_ns, end_ns)| end_ns.unwrap_or(*begin_ns))
    }
}

/// Writes all packets.
pub(super) fn write(
    threads: &[Thread],
    mut marks: Vec<Mark>,
    sockets: &Sockets,
    interned: Option<InternedData>,
    out: &mut Vec<u8>,
) {
    let mut times = Times::of(&marks);
    let mut order: Vec<usize> = (0..marks.len()).collect();
    order.sort_by_key(|at| (marks[*at].thread, times.begin(*at), *at));
    times.nest(&marks, &order);
    let mut flows: HashMap<usize, [Vec<u64>; 2]> = HashMap::new();
    for (number, link) in sockets.links.iter().enumerate() {
        if let (Some((from, _)), Some((to, _))) = (link.from, link.to) {
            let id = number as u64 + 1;
            flows.entry(from).or_default()[0].push(id);
            flows.entry(to).or_default()[1].push(id);
        }
    }
    let mut placed = Placed::default();
    // The call of the present thread that has not ended yet.
    let mut open: Option<usize> = None;
    for at in order {
        let is_within = |last: usize| {
            marks[last].thread == marks[at].thread
                && marks[at].kind != Kind::Call
                && times.0[last].1.is_none_or(|end_ns| end_ns > times.begin(at))
        };
        if let Some(last) = open.take_if(|last| !is_within(*last)) {
            placed.end(&marks[last], times.0[last], flows.remove(&last));
        }
        let kind = if marks[at].kind == Kind::Call { SLICE_BEGIN } else { INSTANT };
        let flow_ids = flows.get_mut(&at).map(|ids| std::mem::take(&mut ids[0])).unwrap_or_default();
        let event = TrackEvent { flow_ids, ..TrackEvent::default() };
        let shown = std::mem::take(&mut marks[at].shown);
        placed.add_to(times.begin(at), Track::Thread(marks[at].thread), kind, event, shown);
        if marks[at].kind == Kind::Call {
            open = Some(at);
        }
    }
    if let Some(last) = open {
        placed.end(&marks[last], times.0[last], flows.remove(&last));
    }
    socket::write(sockets, &times, &mut placed);
    placed.0.sort_by_key(|(at_ns, _)| *at_ns);
    begin(marks.iter().map(|mark| mark.begin_ns).find(|ns| *ns > 0), interned, out);
    describe(threads, sockets, out);
    for (at_ns, event) in placed.0 {
        push(&packet(TracePacket { timestamp: Some(at_ns), track_event: Some(event), ..TracePacket::default() }), out);
    }
}

fn packet(packet: TracePacket) -> TracePacket {
    TracePacket {
        trusted_packet_sequence_id: Some(SEQUENCE),
        sequence_flags: Some(packet.sequence_flags.unwrap_or(NEEDS_INCREMENTAL_STATE)),
        ..packet
    }
}

/// Which clock the times are of, and the Python stacks.
fn begin(first_ns: Option<u64>, interned: Option<InternedData>, out: &mut Vec<u8>) {
    if let Some(first_ns) = first_ns {
        let clocks = vec![Clock { clock_id: Some(REALTIME), timestamp: Some(first_ns) }];
        let snapshot = ClockSnapshot { clocks, primary_trace_clock: Some(REALTIME) };
        push(&packet(TracePacket { clock_snapshot: Some(snapshot), ..TracePacket::default() }), out);
    }
    let clock = TracePacketDefaults { timestamp_clock_id: first_ns.map(|_| REALTIME) };
    let first = TracePacket {
        sequence_flags: Some(INCREMENTAL_STATE_CLEARED),
        trace_packet_defaults: Some(clock),
        interned_data: interned,
        ..TracePacket::default()
    };
    push(&packet(first), out);
}

/// The tracks: those of each process, its threads and the sockets it had first.
fn describe(threads: &[Thread], sockets: &Sockets, out: &mut Vec<u8>) {
    let mut put = |track: TrackDescriptor| {
        push(&packet(TracePacket { track_descriptor: Some(track), ..TracePacket::default() }), out);
    };
    let mut processes: Vec<(u32, Vec<usize>, Vec<&Socket>)> = Vec::new();
    let mut by_pid: HashMap<u32, usize> = HashMap::new();
    for (at, thread) in threads.iter().enumerate() {
        let process = *by_pid.entry(thread.pid).or_insert_with(|| {
            processes.push((thread.pid, Vec::new(), Vec::new()));
            processes.len() - 1
        });
        processes[process].1.push(at);
    }
    for socket in &sockets.sockets {
        if let Some(process) = by_pid.get(&socket.pid) {
            processes[*process].2.push(socket);
        }
    }
    for (pid, own, sockets) in processes {
        let main = own.iter().find(|at| threads[**at].tid == pid).and_then(|at| threads[*at].name);
        let process = ProcessDescriptor {
            pid: Some(pid as i32),
            process_name: main.or_else(|| own.iter().find_map(|at| threads[*at].name)).map(str::to_owned),
        };
        let uuid = Track::Process(pid).uuid();
        put(TrackDescriptor {
            uuid: Some(uuid),
            process: Some(process),
            child_ordering: Some(EXPLICIT),
            ..TrackDescriptor::default()
        });
        for at in own {
            put(TrackDescriptor {
                uuid: Some(Track::Thread(at).uuid()),
                parent_uuid: Some(uuid),
                thread: Some(ThreadDescriptor {
                    pid: Some(pid as i32),
                    tid: Some(threads[at].tid.into()),
                    thread_name: threads[at].name.map(str::to_owned),
                }),
                ..TrackDescriptor::default()
            });
        }
        for (rank, socket) in sockets.into_iter().enumerate() {
            put(TrackDescriptor {
                uuid: Some(Track::Socket(socket.number).uuid()),
                parent_uuid: Some(uuid),
                name: Some(socket::name(socket)),
                sibling_order_rank: i32::try_from(rank).ok(),
                ..TrackDescriptor::default()
            });
        }
    }
}
