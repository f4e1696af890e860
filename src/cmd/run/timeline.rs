//! The order in which what happens to several processes is shown: that of happening.
//!
//! A call stands where it was entered. Where text is for people and something else happens before the call returns, it
//! is written in two halves, as strace does for threads. Updates come by several pipes and so a moment too late, in any
//! order: what is shown while it happens waits for that long, and everything else for the end.

use std::collections::HashMap;

use crate::cmd::why::Causes;
use crate::event::order::ByTime;
use crate::event::{Body, Call, Event, Ret};
use crate::program::runner::{Update, UpdateKind};
use crate::syscall::Dir;
use crate::value::Value;
use crate::why::Explainer;

/// Something to show, of a process by number.
#[derive(Debug, PartialEq)]
pub(super) enum Shown {
    /// A whole event.
    Whole(Event),
    /// The first half of a call, with the arguments known at its entry; whether more will be known.
    Half(Event, bool),
    /// The rest of a call of which so many arguments were shown.
    Rest(Event, usize),
    /// Something was printed on standard output (0) or standard error (1).
    Printed(usize, Vec<u8>),
    /// A line of strace's.
    Line(String),
    /// The process has ended.
    Ended,
}

/// An event, which is a call that waits as long as it is not done.
#[derive(Debug, Default)]
struct Entry {
    process: usize,
    begun: Option<Event>,
    done: Option<Event>,
    /// When it was done.
    end_ns: u64,
    /// Whether its first half was shown.
    halved: bool,
}

#[derive(Debug)]
enum Due {
    /// An event, by number.
    Event(usize),
    /// The end of a call of which the first half was shown.
    Rest(usize),
    /// Anything else.
    Other(usize, Box<Shown>),
}

/// Puts updates in order.
#[derive(Debug, Default)]
pub(super) struct Timeline {
    /// Whether calls may be shown in two halves.
    halves: bool,
    /// Whether updates are shown before the end.
    live: bool,
    explainer: Option<Explainer>,
    entries: Vec<Entry>,
    /// The call that each thread of each process is in.
    inside: HashMap<(usize, u32), usize>,
    /// When it was known of a thread that its call never returns: its end, which is why, is shown after that.
    unreturned: HashMap<(usize, u32), u64>,
    order: ByTime<Due>,
    /// Events in the order in which they were done, which is that in which one explains another.
    done: ByTime<usize>,
    /// How many were done, if they are shown live: their numbers, as long as those in order of time are not known.
    counted: u64,
}

impl Timeline {
    /// With causes of failures, if `why`.
    pub(super) fn new(halves: bool, live: bool, why: Option<Causes>) -> Self {
        // Both roles are seen here, so what one did may explain the other's failure.
        Self { halves, live, explainer: why.map(|causes| Explainer::joint(causes == Causes::All)), ..Self::default() }
    }

    /// Takes in an update.
    pub(super) fn add(&mut self, Update { process, ts_ns, kind }: Update) {
        let shown = match kind {
            UpdateKind::Begun(event) => return self.begun(process, event),
            UpdateKind::Event(event) => return self.event(process, ts_ns, event),
            UpdateKind::Output(text) => Shown::Printed(0, text),
            UpdateKind::Errors(text) => Shown::Printed(1, text),
            UpdateKind::Line(line) => Shown::Line(line),
            UpdateKind::Ended(_) => Shown::Ended,
            UpdateKind::Started(..) | UpdateKind::Remark(_) => return,
        };
        self.order.add(ts_ns, Due::Other(process, Box::new(shown)));
    }

    fn begun(&mut self, process: usize, event: Event) {
        let at = self.entries.len();
        self.inside.insert((process, event.tid), at);
        if self.live {
            self.order.add(event.ts_ns, Due::Event(at));
        }
        self.entries.push(Entry { process, begun: Some(event), ..Entry::default() });
    }

    fn event(&mut self, process: usize, ts_ns: u64, event: Event) {
        let mut inside = || self.inside.remove(&(process, event.tid));
        let (begun, end_ns) = match &event.body {
            Body::Call(call) if call.ret == Ret::Unfinished => {
                self.unreturned.insert((process, event.tid), ts_ns);
                (inside(), ts_ns)
            }
            Body::Call(call) => (inside(), event.ts_ns + call.dur_ns.unwrap_or(0)),
            _ => (None, event.ts_ns),
        };
        let ended = matches!(event.body, Body::Exit(_));
        let after = self.unreturned.get(&(process, event.tid)).filter(|_| ended).map_or(0, |ts_ns| ts_ns + 1);
        let at = begun.unwrap_or(self.entries.len());
        if begun.is_none() {
            self.entries.push(Entry { process, ..Entry::default() });
        }
        let entry = &mut self.entries[at];
        if entry.halved {
            self.order.add(end_ns, Due::Rest(at));
        } else if begun.is_none() || !self.live {
            self.order.add(event.ts_ns.max(after), Due::Event(at));
        }
        (entry.done, entry.end_ns) = (Some(event), end_ns);
        self.done.add(end_ns, at);
    }

    /// What is to be shown of what happened until then, with the processes' numbers.
    pub(super) fn until(&mut self, horizon: u64) -> Vec<(usize, Shown)> {
        if !self.live {
            let events =
                self.order.iter().filter_map(|(_, item)| if let Due::Event(at) = item { Some(*at) } else { None });
            for (seq, at) in events.enumerate() {
                if let Some(event) = &mut self.entries[at].done {
                    event.seq = seq as u64;
                }
            }
        }
        while let Some((_, at)) = self.done.pop_until(horizon) {
            let Some(event) = &mut self.entries[at].done else { continue };
            if self.live {
                event.seq = self.counted;
                self.counted += 1;
            }
            if let Some(explainer) = &mut self.explainer {
                explainer.event(event);
            }
        }
        let mut shown = Vec::new();
        while let Some(one) = self.next(horizon) {
            shown.push(one);
        }
        shown
    }

    fn next(&mut self, horizon: u64) -> Option<(usize, Shown)> {
        loop {
            let (_, item) = self.order.first().filter(|(ts_ns, _)| *ts_ns <= horizon)?;
            if let Due::Event(at) = item {
                let entry = &self.entries[*at];
                // A call that waits is shown as far as it is known once something else is to be shown after it.
                let second = self.order.iter().nth(1).map(|(ts_ns, _)| ts_ns);
                let due = if entry.done.is_some() { Some(entry.end_ns) } else { second };
                due.filter(|due| *due <= horizon)?;
            }
            match self.order.pop()?.1 {
                Due::Other(process, shown) => return Some((process, *shown)),
                Due::Rest(at) => return self.ended(at),
                Due::Event(at) => {
                    if let Some(shown) = self.entered(at) {
                        return Some(shown);
                    }
                }
            }
        }
    }

    /// An event at the place where it began.
    fn entered(&mut self, at: usize) -> Option<(usize, Shown)> {
        let next = self.order.first().map(|(ts_ns, _)| ts_ns);
        let entry = &mut self.entries[at];
        let interrupted = self.halves && next.is_some_and(|next| next < entry.end_ns);
        if let Some(event) = entry.done.take_if(|event| !(interrupted && waits(event))) {
            return Some((entry.process, Shown::Whole(event)));
        }
        entry.halved = true;
        if entry.done.is_some() {
            self.order.add(entry.end_ns, Due::Rest(at));
        }
        if entry.begun.is_none() {
            entry.begun = entry.done.as_ref().map(at_entry);
        }
        let begun = entry.begun.clone().filter(|_| self.halves)?;
        let more = entry.done.as_ref().is_none_or(|done| arguments(done).len() > arguments(&begun).len());
        Some((entry.process, Shown::Half(begun, more)))
    }

    /// The end of a call that had begun before something else happened.
    fn ended(&mut self, at: usize) -> Option<(usize, Shown)> {
        let entry = &mut self.entries[at];
        let event = entry.done.take()?;
        let known = entry.begun.as_ref().map_or(0, |begun| arguments(begun).len());
        Some((entry.process, if self.halves { Shown::Rest(event, known) } else { Shown::Whole(event) }))
    }

    /// Everything that is left.
    pub(super) fn rest(&mut self) -> Vec<(usize, Shown)> {
        self.until(u64::MAX)
    }
}

/// Whether an event is a call that waits for what others do.
fn waits(event: &Event) -> bool {
    matches!(&event.body, Body::Call(call) if call.waits_for_others())
}

fn arguments(event: &Event) -> &[Value] {
    match &event.body {
        Body::Call(call) => &call.args,
        _ => &[],
    }
}

/// A call as it was at its entry: with the arguments before the first that the kernel filled.
fn at_entry(event: &Event) -> Event {
    let Body::Call(call) = &event.body else { return event.clone() };
    let known = call.sys.params.iter().zip(&call.args).take_while(|(param, _)| param.dir == Dir::In).count();
    let mut begun = Call::new(call.sys, call.args[..known].to_vec(), Ret::Unfinished);
    begun.python.clone_from(&call.python);
    Event { body: Body::Call(begun), ..event.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syscall;
    use crate::value::Fd;

    fn call(name: &str, tid: u32, ts_ns: u64, ret: Ret, dur_ns: Option<u64>) -> Event {
        let sys = syscall::by_name(name).expect("it is in the table");
        let mut call = Call::new(sys, vec![Value::Fd(Fd::new(3))], ret);
        call.dur_ns = dur_ns;
        Event { ts_ns, ..Event::new(tid, Body::Call(call)) }
    }

    fn begun(name: &str, tid: u32, ts_ns: u64) -> Update {
        Update { process: tid as usize, ts_ns, kind: UpdateKind::Begun(call(name, tid, ts_ns, Ret::Unfinished, None)) }
    }

    fn done(name: &str, tid: u32, ts_ns: u64, dur_ns: u64) -> Update {
        let event = call(name, tid, ts_ns, Ret::Ok(0), Some(dur_ns));
        Update { process: tid as usize, ts_ns: ts_ns + dur_ns + 500, kind: UpdateKind::Event(event) }
    }

    fn printed(process: usize, ts_ns: u64) -> Update {
        Update { process, ts_ns, kind: UpdateKind::Output(b"x\n".to_vec()) }
    }

    /// What kept a thread in its call is shown after it, although it happened before that was known.
    #[test]
    fn the_end_of_a_thread_comes_after_the_call_that_it_cut_off() {
        let mut timeline = Timeline::new(true, false, None);
        timeline.add(begun("accept4", 1, 10));
        timeline.add(printed(2, 15));
        let cut = call("accept4", 1, 10, Ret::Unfinished, None);
        timeline.add(Update { process: 1, ts_ns: 30, kind: UpdateKind::Event(cut) });
        let exit = Event { ts_ns: 20, ..Event::new(1, Body::Exit(crate::event::Exit::Status(0))) };
        timeline.add(Update { process: 1, ts_ns: 31, kind: UpdateKind::Event(exit) });
        let all = timeline.rest();
        let place = |wanted: fn(&Shown) -> bool| all.iter().position(|(_, shown)| wanted(shown)).expect("it is shown");
        let rest = place(|shown| matches!(shown, Shown::Rest(..)));
        assert!(rest < place(|shown| matches!(shown, Shown::Whole(Event { body: Body::Exit(_), .. }))), "{all:?}");
    }

    fn shown(all: Vec<(usize, Shown)>) -> Vec<String> {
        let name = |event: &Event| if let Body::Call(call) = &event.body { call.sys.name } else { "?" };
        let line = |(process, shown)| match shown {
            Shown::Whole(event) => format!("{process} {} seq {}", name(&event), event.seq),
            Shown::Half(event, _) => format!("{process} {}…", name(&event)),
            Shown::Rest(event, known) => format!("{process} …{} after {known}", name(&event)),
            Shown::Printed(stream, _) => format!("{process} prints on {stream}"),
            Shown::Line(_) | Shown::Ended => format!("{process}"),
        };
        all.into_iter().map(line).collect()
    }

    #[test]
    fn a_file_has_events_by_the_time_of_their_entry_whatever_came_first() {
        let mut timeline = Timeline::new(false, false, None);
        for update in
            [done("connect", 2, 200, 50), printed(1, 120), done("bind", 1, 100, 10), done("accept4", 1, 150, 90)]
        {
            timeline.add(update);
        }
        assert_eq!(shown(timeline.rest()), ["1 bind seq 0", "1 prints on 0", "1 accept4 seq 1", "2 connect seq 2"]);
    }

    #[test]
    fn a_call_that_waits_while_others_act_is_in_two_halves() {
        let mut timeline = Timeline::new(true, false, None);
        for update in [
            begun("accept4", 1, 150),
            done("connect", 2, 200, 50),
            done("accept4", 1, 150, 90),
            done("close", 1, 300, 5),
        ] {
            timeline.add(update);
        }
        // accept4 returns before connect does, which has then done what it does.
        let wanted = ["1 accept4…", "2 connect seq 1", "1 …accept4 after 1", "1 close seq 2"];
        assert_eq!(shown(timeline.rest()), wanted);
    }

    #[test]
    fn what_is_shown_live_waits_for_the_horizon_only() {
        let mut timeline = Timeline::new(true, true, None);
        timeline.add(begun("accept4", 1, 150));
        assert_eq!(shown(timeline.until(1000)), [""; 0], "alone, it may still become a whole line");
        timeline.add(done("socket", 2, 1100, 10));
        assert_eq!(shown(timeline.until(1105)), ["1 accept4…"]);
        assert_eq!(shown(timeline.until(1200)), ["2 socket seq 0"]);
        timeline.add(done("accept4", 1, 150, 1150));
        assert_eq!(shown(timeline.until(1250)), [""; 0]);
        assert_eq!(shown(timeline.until(1300)), ["1 …accept4 after 1"]);
    }
}
