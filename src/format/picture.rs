//! Pictures: everything is collected, and drawn at the end.

use std::sync::{Arc, OnceLock};

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
    binary: false,
    in_browser: true,
    teaches: false,
    adds_stacks: false,
    strings: 32,
    own_files: None,
    closed: CLOSED,
    writer: |options| Drawn::boxed(options, svg::MAX_STEPS, true, svg::draw),
};

/// A sequence diagram.
pub(super) const MERMAID: Format = Format {
    name: "mermaid",
    endings: &["mmd", "mermaid"],
    about: "The same as a sequence diagram of mermaid",
    for_people: false,
    binary: false,
    in_browser: false,
    teaches: false,
    adds_stacks: false,
    strings: 32,
    own_files: None,
    closed: CLOSED,
    writer: |options| Drawn::boxed(options, mermaid::MAX_STEPS, true, mermaid::write),
};

/// A page to look around in.
pub(super) const HTML: Format = Format {
    name: "html",
    endings: &["html", "htm"],
    about: "A page to look around in: lanes, calls, details, sockets, Python sources",
    for_people: false,
    binary: false,
    in_browser: true,
    teaches: true,
    adds_stacks: false,
    strings: 32,
    own_files: None,
    closed: CLOSED,
    writer: |options| Drawn::boxed(options, report::MAX_STEPS, false, report::page),
};

/// Where what a lesson has beside its trace is put before the trace ends; without it the page is a trace's.
pub(crate) type LessonSlot = Arc<OnceLock<report::Lesson>>;

/// Collects a trace and draws it.
struct Drawn {
    collector: Option<Collector>,
    language: Language,
    lesson: Option<LessonSlot>,
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
        let lesson = options.lesson.clone().filter(|_| !still);
        let collector = Collector::new(most, still);
        let collector = if lesson.is_some() { collector.explaining() } else { collector };
        Box::new(Self { collector: Some(collector), language, lesson, draw })
    }
}

impl Writer for Drawn {
    fn event(&mut self, event: &Event, _out: &mut Vec<u8>) {
        if let Some(collector) = &mut self.collector {
            collector.event(event);
        }
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        let Some(collector) = self.collector.take() else { return };
        let mut story = collector.finish();
        let drawn = match self.lesson.as_ref().and_then(|slot| slot.get()) {
            Some(lesson) => lesson.page(&mut story, self.language),
            None => (self.draw)(&story, self.language),
        };
        out.extend_from_slice(drawn.as_bytes());
    }
}
