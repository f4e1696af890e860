//! Several files as one trace: those of a `-ff` set, or traces of their own that are joined by time.

use std::collections::VecDeque;
use std::io;
use std::path::PathBuf;

use super::{EventSource, Report};
use crate::event::order::ByTime;
use crate::event::{Body, Event};
use crate::text::Clock;

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

/// Traces joined by the times at which events began.
///
/// A trace has a call when it ends, so one that waited long comes late in it, and only its end shows that nothing
/// earlier is left: the events are held until then.
pub(super) struct Joined {
    parts: Vec<(PathBuf, Box<dyn EventSource>)>,
    ready: ByTime<Event>,
    /// How many events were given.
    given: u64,
    report: Report,
    /// What stopped the reading, reported behind the events before it.
    failure: Option<io::Error>,
}

/// Events given at a time.
const BATCH: usize = 1000;

impl Joined {
    pub(super) fn new(parts: Vec<(PathBuf, Box<dyn EventSource>)>) -> Self {
        Self { parts, ready: ByTime::default(), given: 0, report: Report::default(), failure: None }
    }

    /// Reads everything.
    fn gather(&mut self) -> io::Result<()> {
        for (path, mut source) in std::mem::take(&mut self.parts) {
            let mut events = Vec::new();
            let read = loop {
                match source.read(&mut events) {
                    Ok(true) => {}
                    ended => break ended.map(drop),
                }
            };
            let name = path.display();
            if !events.is_empty() && matches!(source.report().form.clock, Clock::None | Clock::Relative) {
                let why = "it has no time of day; record it with -ttt, or as JSON lines";
                return Err(io::Error::other(format!("cannot join {name} by time: {why}")));
            }
            self.report.add(source.report());
            for mut event in events {
                // The numbers of one trace's sockets are no numbers of another's.
                if let Body::Call(call) = &mut event.body {
                    call.socket = None;
                }
                self.ready.add(event.ts_ns, event);
            }
            if let Err(error) = read {
                self.failure.get_or_insert(io::Error::new(error.kind(), format!("{name}: {error}")));
            }
        }
        Ok(())
    }
}

impl EventSource for Joined {
    fn read(&mut self, out: &mut Vec<Event>) -> io::Result<bool> {
        if !self.parts.is_empty() {
            self.gather()?;
        }
        for _ in 0..BATCH {
            let Some((_, event)) = self.ready.pop() else { return self.failure.take().map_or(Ok(false), Err) };
            out.push(Event { seq: self.given, ..event });
            self.given += 1;
        }
        Ok(true)
    }

    fn report(&self) -> &Report {
        &self.report
    }
}
