//! Where everything stands in a still picture: each step in a row, a call that waits from the row in which it begins to the
//! one in which it ends.

use super::Story;
use crate::sockets::{Link, LinkKind, Socket, Sockets};
use crate::why::subject::place;

/// The rows of a story.
#[derive(Debug)]
pub(super) struct Ladder {
    /// The first and last row of each step.
    pub(super) rows: Vec<(usize, usize)>,
    /// How many rows there are.
    pub(super) height: usize,
    /// Arrows, from row and lane to row and lane.
    pub(super) arrows: Vec<Arrow>,
    /// Places outside the trace, which have lanes of their own behind those of the threads.
    pub(super) outside: Vec<String>,
}

/// An arrow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Arrow {
    pub(super) kind: LinkKind,
    pub(super) from: (usize, usize),
    /// `None` for what got lost or was not taken.
    pub(super) to: Option<(usize, usize)>,
    pub(super) label: String,
}

/// How many places outside have a lane each.
const MAX_OUTSIDE: usize = 4;

impl Ladder {
    /// Lays out a story.
    pub(super) fn of(story: &Story) -> Self {
        let steps = &story.steps;
        let links = &story.sockets.links;
        // A call that takes what began after it waited for it.
        let mut waits: Vec<bool> = steps.iter().map(|step| step.waits).collect();
        for link in links {
            if let (Some((from, _)), Some((to, _))) = (link.from, link.to) {
                waits[to] |= steps[from].begin_ns > steps[to].begin_ns || from > to;
            }
        }
        let mut moments: Vec<(u64, usize, usize)> = Vec::new();
        for (at, step) in steps.iter().enumerate() {
            moments.push((step.begin_ns, 0, at));
            if waits[at] {
                moments.push((step.end_ns.unwrap_or(u64::MAX), 1, at));
            }
        }
        moments.sort_by_key(|(ns, end, at)| (*ns, *at, *end));
        let mut rows = vec![(0, 0); steps.len()];
        let mut height: usize = 0;
        let mut last = None;
        for (_, end, at) in moments {
            if end == 1 && last == Some(at) {
                continue; // nothing happened in between
            }
            if end == 0 {
                rows[at] = (height, height);
            } else if steps[at].end_ns.is_some() {
                rows[at].1 = height;
            } else {
                rows[at].1 = height.saturating_sub(1).max(rows[at].0);
                continue;
            }
            last = Some(at);
            height += 1;
        }
        let (arrows, outside) = arrows(story, &rows);
        Self { rows, height, arrows, outside }
    }
}

fn arrows(story: &Story, rows: &[(usize, usize)]) -> (Vec<Arrow>, Vec<String>) {
    let sockets = &story.sockets;
    let mut outside: Vec<String> = Vec::new();
    let mut lane_outside = |link: &Link| -> Option<usize> {
        let peer = outside_peer(sockets, link)?;
        let known = outside.iter().position(|known| *known == peer);
        let at = known.unwrap_or_else(|| {
            if outside.len() < MAX_OUTSIDE {
                outside.push(peer);
            }
            outside.len() - 1
        });
        Some(story.lanes.len() + at)
    };
    let mut arrows = Vec::new();
    for link in &sockets.links {
        let label = match link.kind {
            LinkKind::Bytes | LinkKind::Datagram => format!("{} B", link.bytes),
            LinkKind::Connect => "connect".to_owned(),
            LinkKind::End => "FIN".to_owned(),
            LinkKind::Reset => "RST".to_owned(),
        };
        let begin = |(event, _): (usize, usize)| (rows[event].0, story.steps[event].lane);
        let end = |(event, _): (usize, usize)| (rows[event].1, story.steps[event].lane);
        let (from, to) = match (link.from, link.to) {
            (Some(from), Some(to)) => (begin(from), Some(end(to))),
            (Some(from), None) => {
                let (row, _) = begin(from);
                (begin(from), lane_outside(link).map(|lane| (row, lane)))
            }
            (None, Some(to)) => match lane_outside(link) {
                Some(lane) => ((end(to).0, lane), Some(end(to))),
                None => continue,
            },
            (None, None) => continue,
        };
        arrows.push(Arrow { kind: link.kind, from, to, label });
    }
    (arrows, outside)
}

/// Who is at the end of a link that is not in the trace; `None` where it is, and did not take what was sent.
pub(super) fn outside_peer(sockets: &Sockets, link: &Link) -> Option<String> {
    let peer = link.peer.as_deref()?;
    let there = |other: &Socket| other.local.as_ref() == Some(peer) && link.from.is_some();
    if sockets.sockets.iter().any(there) { None } else { place(peer) }
}
