//! Whole lines: prefixes, clocks, and calls that another thread's line interrupts.

use std::fmt::Write;

use super::{Style, write_from};
use crate::event::{Body, Call, Event};

/// How the time before each line is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Clock {
    /// Not at all.
    #[default]
    None,
    /// `12:34:56` (`-t`).
    Seconds,
    /// `12:34:56.123456` (`-tt`).
    Micros,
    /// `1700000000.123456` (`-ttt`).
    Epoch,
    /// Seconds since the line before (`-r`).
    Relative,
}

/// How the thread is written before each line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pids {
    /// Not at all.
    #[default]
    None,
    /// `123 ` (`-f -o FILE`).
    Bare,
    /// `[pid   123] ` (`-f` to the terminal).
    Bracketed,
}

/// Writes events as lines. Keeps what the next line depends on.
#[derive(Debug, Clone, Default)]
pub struct Lines {
    /// How values are spelled.
    pub style: Style,
    /// The time.
    pub clock: Clock,
    /// The thread.
    pub pids: Pids,
    /// Whether the time spent in each call follows it (`-T`).
    pub durations: bool,
    last_ns: Option<u64>,
}

impl Lines {
    /// Lines without any prefix.
    pub fn new(style: Style) -> Self {
        Self { style, ..Self::default() }
    }

    /// Appends one event as one line with its newline.
    pub fn write(&mut self, event: &Event, out: &mut String) {
        let start = out.len();
        if matches!(event.body, Body::Note(_) | Body::Unread(_)) {
            // Whole lines of their own.
            write_from(event, &self.style, out, start);
            if !matches!(&event.body, Body::Unread(unread) if unread.more) {
                out.push('\n');
            }
            return;
        }
        match self.pids {
            Pids::None => {}
            Pids::Bare => {
                let _ = write!(out, "{:<5} ", event.tid);
            }
            Pids::Bracketed => {
                let _ = write!(out, "[pid {:5}] ", event.tid);
            }
        }
        self.time(event.ts_ns, out);
        if let Body::Call(Call { text: Some(text), .. }) = &event.body {
            if let Some(number) = text.number {
                let _ = write!(out, "[{number:4}] ");
            }
            match text.ip {
                Some(u64::MAX) => out.push_str("[????????????????] "),
                Some(ip) => {
                    let _ = write!(out, "[{ip:016x}] ");
                }
                None => {}
            }
        }
        write_from(event, &self.style, out, start);
        if self.durations
            && let Body::Call(call) = &event.body
            && let Some(ns) = call.dur_ns
        {
            let _ = write!(out, " <{}.{:06}>", ns / 1_000_000_000, ns % 1_000_000_000 / 1000);
        }
        out.push('\n');
    }

    fn time(&mut self, ts_ns: u64, out: &mut String) {
        let (seconds, micros) = (ts_ns / 1_000_000_000, ts_ns % 1_000_000_000 / 1000);
        match self.clock {
            Clock::None => {}
            Clock::Epoch => {
                let _ = write!(out, "{seconds}.{micros:06} ");
            }
            Clock::Relative => {
                let since = ts_ns.saturating_sub(self.last_ns.unwrap_or(ts_ns));
                let _ = write!(out, "{:6}.{:06} ", since / 1_000_000_000, since % 1_000_000_000 / 1000);
                self.last_ns = Some(ts_ns);
            }
            Clock::Seconds | Clock::Micros => {
                let local = jiff::Timestamp::from_nanosecond(i128::from(ts_ns))
                    .map(|at| at.to_zoned(jiff::tz::TimeZone::system()))
                    .unwrap_or_default();
                let _ = write!(out, "{:02}:{:02}:{:02}", local.hour(), local.minute(), local.second());
                if self.clock == Clock::Micros {
                    let _ = write!(out, ".{micros:06}");
                }
                out.push(' ');
            }
        }
    }
}
