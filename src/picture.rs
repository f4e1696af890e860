//! Pictures of a trace: who spoke with whom, in what order, and which call at the other end an act belongs to.
//!
//! A lane for each thread, time downwards, an arrow from each call that sends to the call that receives. The same story is
//! drawn as a still picture ([`svg`]), as text for other tools ([`mermaid`]) and as a page to look around in
//! ([`report`]). Everything is collected first: what an arrow leads to is known only at the end.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::event::{Body, Event, Exit, PythonFrame, PythonStack, Ret};
use crate::explain::{Line, Seen};
use crate::lang::Language;
use crate::sockets::{Link, SocketTracker, Sockets};
use crate::syscall::Syscall;
use crate::text::{self, StringStyle, Style};

mod brief;
mod ladder;
pub(crate) mod mermaid;
pub(crate) mod report;
pub(crate) mod svg;

/// What is drawn.
#[derive(Debug, Default)]
pub(crate) struct Story {
    /// The threads, in order of appearance.
    pub(crate) lanes: Vec<Lane>,
    /// What they did, in order of beginning.
    pub(crate) steps: Vec<LaneEvent>,
    /// Their sockets; events are numbers of steps.
    pub(crate) sockets: Sockets,
    /// Python stacks, each once, as numbers of frames.
    pub(crate) stacks: Vec<Vec<usize>>,
    /// The coroutines that await what is done in a stack, by its number: frames, and the name of their task.
    pub(crate) awaits: BTreeMap<usize, (Vec<usize>, Option<Arc<str>>)>,
    /// Python frames, each once.
    pub(crate) frames: Vec<Arc<PythonFrame>>,
    /// Calls that occur.
    pub(crate) calls: Vec<&'static Syscall>,
    /// How many events are left out since there are too many.
    pub(crate) left_out: usize,
}

impl Story {
    /// The numbers of the frames behind a step: the coroutines that await it, and those that run, each the innermost first.
    pub(crate) fn frames_of(&self, step: &LaneEvent) -> impl Iterator<Item = usize> {
        let awaits = step.stack.and_then(|stack| self.awaits.get(&stack)).map(|(frames, _)| frames);
        let stack = step.stack.map(|stack| &self.stacks[stack]);
        awaits.into_iter().chain(stack).flatten().copied()
    }
}

/// A thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lane {
    pub(crate) pid: u32,
    pub(crate) tid: u32,
    /// The role in a document program, or the thread's name.
    pub(crate) name: Option<String>,
}

impl Lane {
    /// A heading.
    pub(crate) fn title(&self, language: Language) -> String {
        let (process, thread) = match language {
            Language::Chinese => ("进程", "线程"),
            Language::English => ("process", "thread"),
        };
        match (&self.name, self.pid == self.tid) {
            (Some(name), true) => format!("{name} ({})", self.pid),
            (Some(name), false) => format!("{name} ({}, {thread} {})", self.pid, self.tid),
            (None, true) => format!("{process} {}", self.pid),
            (None, false) => format!("{process} {}, {thread} {}", self.pid, self.tid),
        }
    }
}

/// One thing that a thread did or had done to it.
#[derive(Debug)]
pub(crate) struct LaneEvent {
    pub(crate) seq: u64,
    /// The lane.
    pub(crate) lane: usize,
    pub(crate) begin_ns: u64,
    /// When it had returned; `None` for a call that did not, and where that is not known.
    pub(crate) end_ns: Option<u64>,
    pub(crate) kind: StepKind,
    /// Its line in strace's notation.
    pub(crate) text: String,
    /// A short form for a still picture; empty elsewhere.
    pub(crate) brief: String,
    /// The name of its error.
    pub(crate) error: Option<&'static str>,
    /// Whether it waits for what others do.
    pub(crate) waits: bool,
    /// Its Python stack.
    pub(crate) stack: Option<usize>,
    /// Why it failed, and what to try, in English.
    pub(crate) cause: Option<[String; 2]>,
    /// The states of its sockets.
    pub(crate) state: Option<String>,
    /// What everything in it means, where that is asked for.
    pub(crate) meaning: Vec<Line>,
}

impl LaneEvent {
    /// The name of its call, if it is one.
    pub(crate) fn call(&self, story: &Story) -> Option<&'static str> {
        match self.kind {
            StepKind::Call(call) => story.calls.get(call).map(|sys| sys.name),
            _ => None,
        }
    }
}

/// The kinds of [`LaneEvent`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StepKind {
    /// A call, by its number in [`Story::calls`].
    Call(usize),
    /// A signal.
    Signal,
    /// The end of the thread.
    Exit,
}

/// Collects a trace.
#[derive(Debug)]
pub(crate) struct Collector {
    story: Story,
    tracker: SocketTracker,
    lanes: HashMap<u32, usize>,
    stacks: HashMap<PythonStack, usize>,
    frames: HashMap<Arc<PythonFrame>, usize>,
    calls: HashMap<&'static str, usize>,
    /// The most steps that are kept.
    most: usize,
    /// Whether short forms are made.
    still: bool,
    /// What explains each call, where that is asked for.
    words: Option<Seen>,
    /// The calls that have not returned, by thread, where they are taken in at their entry too.
    open: HashMap<u32, usize>,
}

impl Collector {
    /// Keeps that many steps, with short forms for a still picture if so.
    pub(crate) fn new(most: usize, still: bool) -> Self {
        Self {
            story: Story::default(),
            tracker: SocketTracker::default(),
            lanes: HashMap::new(),
            stacks: HashMap::new(),
            frames: HashMap::new(),
            calls: HashMap::new(),
            most,
            still,
            words: None,
            open: HashMap::new(),
        }
    }

    /// Keeps what everything in each call means, too.
    pub(crate) fn explaining(self) -> Self {
        Self { words: Some(Seen::every()), ..self }
    }

    /// Takes in a call that a thread has begun; its step, which is to change when the call ends.
    pub(crate) fn entered(&mut self, call: &Event) -> Option<usize> {
        self.open.remove(&call.tid);
        let at = self.step(call, None, false)?;
        self.open.insert(call.tid, at);
        Some(at)
    }

    /// How many calls have not returned.
    pub(crate) fn open(&self) -> usize {
        self.open.len()
    }

    /// What was taken in so far, in the order of beginning as far as calls were taken in at their entry. Its sockets are those
    /// of [`Collector::sockets`].
    pub(crate) fn so_far(&self) -> &Story {
        &self.story
    }

    /// Puts the sockets together that were seen so far.
    pub(crate) fn sockets(&self) -> impl FnOnce() -> Sockets + Send + use<> {
        let tracker = self.tracker.clone();
        || {
            let mut sockets = tracker.finish();
            sockets.uses.sort_by_key(|one| one.event);
            sockets
        }
    }

    /// Sockets that were put together meanwhile.
    pub(crate) fn set_sockets(&mut self, sockets: Sockets) {
        self.story.sockets = sockets;
    }

    /// Takes in the next event; its step, if it is one.
    pub(crate) fn event(&mut self, event: &Event) -> Option<usize> {
        if matches!(event.body, Body::Started { .. }) {
            self.tracker.event(event, self.story.steps.len());
            return None;
        }
        let open = match event.body {
            Body::Call(_) | Body::Exit(_) => self.open.remove(&event.tid),
            _ => None,
        };
        self.step(event, open.filter(|_| matches!(event.body, Body::Call(_))), true)
    }

    /// Makes an event a step, at the place of one that is there already if so. Nothing follows from a call before it ends.
    fn step(&mut self, event: &Event, place: Option<usize>, has_ended: bool) -> Option<usize> {
        if matches!(event.body, Body::Note(_) | Body::Unread(_) | Body::Stopped { .. }) {
            return None;
        }
        if place.is_none() && self.story.steps.len() >= self.most {
            self.story.left_out += 1;
            return None;
        }
        let at = place.unwrap_or(self.story.steps.len());
        if has_ended {
            self.tracker.event(event, at);
        }
        let lane = self.lane(event);
        let style = Style { align: 0, strings: StringStyle::Utf8, ..Style::default() };
        let mut text = String::new();
        let mut step = LaneEvent {
            seq: event.seq,
            lane,
            begin_ns: event.ts_ns,
            end_ns: Some(event.ts_ns),
            kind: StepKind::Signal,
            text: String::new(),
            brief: String::new(),
            error: None,
            waits: false,
            stack: None,
            cause: None,
            state: None,
            meaning: Vec::new(),
        };
        match &event.body {
            Body::Call(call) => {
                step.kind = StepKind::Call(self.call(call.sys));
                step.end_ns = match (call.ret, call.dur_ns) {
                    (Ret::Unfinished, _) => None,
                    (_, dur_ns) => Some(event.ts_ns.saturating_add(dur_ns.unwrap_or(0))),
                };
                step.error = if let Ret::Err(errno) = call.ret { errno.name().or(Some("?")) } else { None };
                step.waits = call.waits_for_others();
                step.stack = call.python.as_deref().map(|stack| self.stack(stack));
                let cause = call.why.as_ref().and_then(|why| why.cause.as_ref());
                step.cause = cause.map(|cause| [cause.text.clone(), cause.advice.clone()]);
                step.state = call.sockets.as_ref().map(|sockets| text::state::shown(call, sockets));
                step.meaning = self.words.as_mut().map(|words| words.call(call)).unwrap_or_default();
                if self.still {
                    step.brief = brief::call(call);
                }
            }
            Body::Exit(exit) => {
                step.kind = StepKind::Exit;
                if self.still {
                    step.brief = match exit {
                        Exit::Status(status) => format!("exit {status}"),
                        Exit::Killed { .. } => String::new(),
                    };
                }
            }
            _ => {}
        }
        text::write(event, &style, &mut text);
        if self.still && step.brief.is_empty() {
            step.brief = brief::cut(text.trim_matches(['-', '+', ' ']), brief::MAX_TEXT);
        }
        step.text = text;
        match self.story.steps.get_mut(at) {
            Some(there) => *there = step,
            None => self.story.steps.push(step),
        }
        Some(at)
    }

    fn lane(&mut self, event: &Event) -> usize {
        let lanes = &mut self.story.lanes;
        let at = *self.lanes.entry(event.tid).or_insert_with(|| {
            lanes.push(Lane { pid: event.pid, tid: event.tid, name: None });
            lanes.len() - 1
        });
        if lanes[at].name.is_none() {
            let comm = event.prefix.as_ref().and_then(|prefix| prefix.comm);
            lanes[at].name = event.role.or(comm).or(event.host).map(str::to_owned);
        }
        at
    }

    fn call(&mut self, sys: &'static Syscall) -> usize {
        let calls = &mut self.story.calls;
        *self.calls.entry(sys.name).or_insert_with(|| {
            calls.push(sys);
            calls.len() - 1
        })
    }

    fn stack(&mut self, stack: &PythonStack) -> usize {
        if let Some(known) = self.stacks.get(stack) {
            return *known;
        }
        let mut number = |frame: &Arc<PythonFrame>| {
            let all = &mut self.story.frames;
            *self.frames.entry(Arc::clone(frame)).or_insert_with(|| {
                all.push(Arc::clone(frame));
                all.len() - 1
            })
        };
        let frames = stack.frames.iter().map(&mut number).collect();
        let at = self.story.stacks.len();
        if let Some(awaited) = &stack.awaited {
            let frames = awaited.frames.iter().map(&mut number).collect();
            self.story.awaits.insert(at, (frames, awaited.task.clone()));
        }
        self.story.stacks.push(frames);
        self.stacks.insert(stack.clone(), at);
        at
    }

    /// The whole story, in order of time.
    pub(crate) fn finish(self) -> Story {
        let Self { mut story, tracker, .. } = self;
        story.sockets = tracker.finish();
        in_order(&mut story);
        story
    }
}

/// Puts steps in the order of their beginning; a trace may have them in that of their end.
fn in_order(story: &mut Story) {
    let mut order: Vec<usize> = (0..story.steps.len()).collect();
    let mut last_ns = 0;
    // Steps without a time go with the one before them.
    let times: Vec<u64> = story
        .steps
        .iter()
        .map(|step| {
            last_ns = if step.begin_ns == 0 { last_ns } else { step.begin_ns };
            last_ns
        })
        .collect();
    order.sort_by_key(|at| (times[*at], *at));
    let mut place = vec![0; order.len()];
    order.iter().enumerate().for_each(|(new, old)| place[*old] = new);
    let mut steps: Vec<Option<LaneEvent>> = std::mem::take(&mut story.steps).into_iter().map(Some).collect();
    story.steps = order.iter().filter_map(|old| steps[*old].take()).collect();
    let sockets = &mut story.sockets;
    sockets.uses.iter_mut().for_each(|one| one.event = place[one.event]);
    sockets.uses.sort_by_key(|one| one.event);
    let renumber = |end: &mut Option<(usize, usize)>| {
        if let Some((event, _)) = end {
            *event = place[*event];
        }
    };
    for link in &mut sockets.links {
        renumber(&mut link.from);
        renumber(&mut link.to);
    }
    let begins = |link: &Link| link.from.or(link.to).map_or(0, |(event, _)| event);
    sockets.links.sort_by_key(|link| (begins(link), link.kind, link.offset));
    for socket in &mut sockets.sockets {
        socket.made = place.get(socket.made).copied().unwrap_or(socket.made);
        socket.closed = socket.closed.map(|event| place[event]);
        socket.phases.iter_mut().for_each(|(event, _)| *event = place[*event]);
    }
}
