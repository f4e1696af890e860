//! Adds causes of failures (`--why`) to any format.

use std::io;

use super::{Entered, LiveFacts, Writer};
use crate::event::Event;
use crate::why::Explainer;

/// Explains calls before passing them on to another writer.
pub struct Explained {
    explainer: Explainer,
    writer: Box<dyn Writer>,
}

impl Explained {
    /// Explains the events of one recorder for `writer`; what is expected too, if `all`.
    pub fn before(writer: Box<dyn Writer>, all: bool) -> Box<dyn Writer> {
        Box::new(Self { explainer: Explainer::new(all), writer })
    }

    /// Explains the events of several recorders, each of which knows only its own.
    pub fn joint(writer: Box<dyn Writer>, all: bool) -> Box<dyn Writer> {
        Box::new(Self { explainer: Explainer::joint(all), writer })
    }

    fn explained(&mut self, event: &Event) -> Event {
        let mut event = event.clone();
        self.explainer.event(&mut event);
        event
    }
}

impl std::fmt::Debug for Explained {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Explained")
    }
}

impl Writer for Explained {
    fn entered(&mut self, call: &Entered<'_>, out: &mut Vec<u8>) {
        self.writer.entered(call, out);
    }

    fn event(&mut self, event: &Event, out: &mut Vec<u8>) {
        let event = self.explained(event);
        self.writer.event(&event, out);
    }

    fn traced(&mut self, event: &Event, live: &LiveFacts<'_>, out: &mut Vec<u8>) {
        let event = self.explained(event);
        self.writer.traced(&event, live, out);
    }

    fn detached(&mut self, tid: u32, call: Option<&Event>, out: &mut Vec<u8>) {
        let call = call.map(|call| self.explained(call));
        self.writer.detached(tid, call.as_ref(), out);
    }

    fn interrupted(&mut self, out: &mut Vec<u8>) {
        self.writer.interrupted(out);
    }

    fn held(&self) -> bool {
        self.writer.held()
    }

    fn names_sockets(&self) -> bool {
        self.writer.names_sockets()
    }

    fn release(&mut self, out: &mut Vec<u8>) {
        self.writer.release(out);
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        self.writer.end(out);
    }

    fn failure(&mut self) -> Option<io::Error> {
        self.writer.failure()
    }
}
