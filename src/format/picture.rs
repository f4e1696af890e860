//! Pictures: everything is collected, and drawn at the end.

use super::{Format, WriteOptions, Writer};
use crate::event::Event;
use crate::lang::Language;
use crate::picture::{Collector, Story, mermaid, report, svg};

const CLOSED: Option<&str> = Some("a picture is drawn as a whole; record with --format jsonl, and convert that");

/// Still lanes.
pub(super) const SVG: Format = Format {
    name: "svg",
    endings: &["svg"],
    about: "A picture of small traces: a lane per thread, arrows between calls",
    for_people: false,
    closed: CLOSED,
    writer: |options| Drawn::boxed(options, svg::MAX_STEPS, true, svg::draw),
};

/// A sequence diagram.
pub(super) const MERMAID: Format = Format {
    name: "mermaid",
    endings: &["mmd", "mermaid"],
    about: "The same as a sequence diagram of mermaid",
    for_people: false,
    closed: CLOSED,
    writer: |options| Drawn::boxed(options, mermaid::MAX_STEPS, true, mermaid::write),
};

/// A page to look around in.
pub(super) const HTML: Format = Format {
    name: "html",
    endings: &["html", "htm"],
    about: "A page to look around in: lanes, calls, details, sockets, Python sources",
    for_people: false,
    closed: CLOSED,
    writer: |options| Drawn::boxed(options, report::MAX_STEPS, false, report::page),
};

/// Collects a trace and draws it.
struct Drawn {
    collector: Option<Collector>,
    language: Language,
    draw: fn(&Story, Language) -> String,
}

impl Drawn {
    fn boxed(
        options: &WriteOptions,
        most: usize,
        still: bool,
        draw: fn(&Story, Language) -> String,
    ) -> Box<dyn Writer> {
        let language = options.lines.language;
        Box::new(Self { collector: Some(Collector::new(most, still, language)), language, draw })
    }
}

impl Writer for Drawn {
    fn event(&mut self, event: &Event, _out: &mut Vec<u8>) {
        if let Some(collector) = &mut self.collector {
            collector.event(event);
        }
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        if let Some(collector) = self.collector.take() {
            out.extend_from_slice((self.draw)(&collector.finish(), self.language).as_bytes());
        }
    }
}
