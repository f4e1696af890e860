//! A socket's track: its states as slices one after the other, and what was sent and received.

use super::proto::{INSTANT, SLICE_BEGIN, SLICE_END, TrackEvent};
use super::tracks::{Placed, Times, Track};
use super::{DebugAnnotation, place};
use crate::event::Errno;
use crate::sockets::{Origin, Phase, Socket, Sockets, Use};
use crate::why::subject;

/// `sock 3: TCP 127.0.0.1:80 – 127.0.0.1:40000`.
pub(super) fn name(socket: &Socket) -> String {
    let at = |address: &Option<_>| address.as_ref().and_then(subject::place);
    let mut name = format!("sock {}: {}", socket.number, socket.protocol());
    match (at(&socket.local), at(&socket.peer)) {
        (Some(local), Some(peer)) => name.push_str(&format!(" {local} – {peer}")),
        (Some(local), None) => name.push_str(&format!(" {local}")),
        (None, Some(peer)) => name.push_str(&format!(" – {peer}")),
        (None, None) => {}
    }
    name
}

/// One thing on the track.
enum Item {
    /// Another state begins.
    State(String),
    /// The last descriptor was closed.
    Closed,
    /// Bytes, as an instant.
    Transfer(TrackEvent),
}

/// The tracks of all sockets.
pub(super) fn write(sockets: &Sockets, times: &Times, placed: &mut Placed) {
    let mut uses: Vec<Vec<&Use>> = vec![Vec::new(); sockets.sockets.len()];
    for one in &sockets.uses {
        uses[one.sock].push(one);
    }
    for (socket, uses) in sockets.sockets.iter().zip(uses) {
        track(socket, &uses, times, placed);
    }
}

fn track(socket: &Socket, uses: &[&Use], times: &Times, placed: &mut Placed) {
    let track = Track::Socket(socket.number);
    let mut items: Vec<(u64, Item)> = Vec::new();
    let made_ns = match socket.origin {
        Origin::Found => times.begin(socket.made),
        _ => times.end(socket.made),
    };
    // One that is connected when it is made has had no other state.
    if socket.phases.first().is_none_or(|(event, _)| *event != socket.made) {
        items.push((made_ns, Item::State("open".to_owned())));
    }
    for (event, phase) in &socket.phases {
        let name = match phase {
            Phase::Failed(errno) => format!("failed: {}", Errno(*errno).name().unwrap_or("?")),
            phase => phase.name().to_owned(),
        };
        items.push((times.end(*event), Item::State(name)));
    }
    for one in uses {
        if let Some(transfer) = one.transfer {
            let (verb, at_ns) =
                if transfer.sent { ("sent", times.begin(one.event)) } else { ("received", times.end(one.event)) };
            let mut shown = vec![DebugAnnotation::int("bytes", transfer.bytes)];
            if socket.is_stream() {
                shown.push(DebugAnnotation::int("offset", transfer.offset));
            }
            let event = TrackEvent {
                name: Some(format!("{verb} {} B", transfer.bytes)),
                categories: vec!["net".to_owned()],
                debug_annotations: shown,
                ..TrackEvent::default()
            };
            items.push((at_ns, Item::Transfer(event)));
        }
    }
    if let Some(closed) = socket.closed {
        items.push((times.begin(closed), Item::Closed));
    }
    items.sort_by_key(|(at_ns, _)| *at_ns);
    let mut open = false;
    for (at_ns, item) in items {
        match item {
            Item::Transfer(event) => placed.add(at_ns, track, INSTANT, event),
            state => {
                if std::mem::take(&mut open) {
                    placed.add(at_ns, track, SLICE_END, TrackEvent::default());
                }
                if let Item::State(name) = state {
                    let debug_annotations = about(socket);
                    let event = TrackEvent { name: Some(name), debug_annotations, ..TrackEvent::default() };
                    placed.add(at_ns, track, SLICE_BEGIN, event);
                    open = true;
                }
            }
        }
    }
}

/// Which socket it is.
fn about(socket: &Socket) -> Vec<DebugAnnotation> {
    let mut shown = vec![
        DebugAnnotation::int("sock", socket.number),
        DebugAnnotation::text("proto", socket.protocol()),
        DebugAnnotation::text("origin", socket.origin.name()),
    ];
    for (name, address) in [("local", &socket.local), ("peer", &socket.peer)] {
        shown.extend(address.as_ref().and_then(subject::place).map(|at| DebugAnnotation::text(name, at)));
    }
    shown.extend(socket.line.as_ref().map(|line| DebugAnnotation::text("made_at", place(line))));
    shown
}
