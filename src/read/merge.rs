//! The files of a `-ff` set, read as one trace.

use std::collections::VecDeque;
use std::io;

use super::{EventSource, Report};
use crate::event::Event;

/// Several files as one trace: ordered by time where they have it, otherwise one after the other.
pub(super) struct Merged {
    parts: Vec<Member>,
    report: Report,
    seq: u64,
}

struct Member {
    source: Box<dyn EventSource>,
    ready: VecDeque<Event>,
    ended: bool,
}

impl Merged {
    pub(super) fn new(parts: Vec<Box<dyn EventSource>>) -> Self {
        let part = |source| Member { source, ready: Default::default(), ended: false };
        Self { parts: parts.into_iter().map(part).collect(), report: Report::default(), seq: 0 }
    }
}

impl EventSource for Merged {
    fn read(&mut self, out: &mut Vec<Event>) -> io::Result<bool> {
        for part in &mut self.parts {
            while part.ready.is_empty() && !part.ended {
                let mut events = Vec::new();
                part.ended = !part.source.read(&mut events)?;
                part.ready.extend(events);
            }
        }
        // Until one of them has to be read again.
        while self.parts.iter().all(|part| part.ended || !part.ready.is_empty()) {
            let first = self
                .parts
                .iter_mut()
                .filter_map(|part| Some((part.ready.front()?.ts_ns, part)))
                .min_by_key(|(ts_ns, _)| *ts_ns);
            let Some((_, part)) = first else { break };
            let Some(mut event) = part.ready.pop_front() else { break };
            event.seq = self.seq;
            self.seq += 1;
            out.push(event);
        }
        self.report = Report::default();
        for part in &self.parts {
            self.report.add(part.source.report());
        }
        Ok(self.parts.iter().any(|part| !part.ended || !part.ready.is_empty()))
    }

    fn report(&self) -> &Report {
        &self.report
    }
}
