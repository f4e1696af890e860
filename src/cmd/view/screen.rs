//! What is shown, and what each key does to it.

use std::collections::{BTreeSet, HashMap};
use std::ops::Deref;

use ratatui::crossterm::event::{KeyCode, KeyEvent};

use super::filter::Filter;
use super::words::either;
use crate::event::{Body, Event, Ret};
use crate::lang::Language;
use crate::picture::{Collector, StepKind, Story};
use crate::sockets::{Socket, Sockets};

/// Whether to go on after a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    Go,
    Leave,
}

/// The trace: of files whole, of a program that runs so far.
#[derive(Debug)]
pub(super) enum Shown {
    Whole(Box<Story>),
    Growing(Box<Collector>),
}

impl Deref for Shown {
    type Target = Story;

    fn deref(&self) -> &Story {
        match self {
            Self::Whole(story) => story,
            Self::Growing(collector) => collector.so_far(),
        }
    }
}

/// What is shown of a program that runs.
#[derive(Debug, Default)]
pub(super) struct Program {
    /// How it ended, or how many of its calls have not returned.
    pub(super) status: String,
    /// What it has printed, as its terminal shows it; the last lines.
    pub(super) printed: Vec<String>,
    /// Where its cursor is among them: column and row.
    pub(super) cursor: (u16, u16),
    /// Keys go to it.
    pub(super) is_typed_to: bool,
}

/// A line that is being typed.
#[derive(Debug)]
pub(super) struct Prompt {
    /// Whether it is a search rather than a filter.
    pub(super) search: bool,
    pub(super) text: String,
}

/// The state of the view.
#[derive(Debug)]
pub(super) struct Screen {
    pub(super) story: Shown,
    pub(super) program: Option<Program>,
    pub(super) name: String,
    pub(super) language: Language,
    /// The steps that are shown.
    pub(super) shown: Vec<usize>,
    /// The chosen one of them, and the first that is on the screen.
    pub(super) at: usize,
    pub(super) top: usize,
    pub(super) as_lanes: bool,
    pub(super) details: bool,
    pub(super) details_top: usize,
    pub(super) prompt: Option<Prompt>,
    pub(super) help: bool,
    /// What went wrong with the last key, until the next.
    pub(super) message: String,
    pub(super) filter: String,
    search: String,
    hidden: BTreeSet<usize>,
    only_call: Option<usize>,
    only_process: Option<u32>,
    only_socket: Option<usize>,
    /// Rows of the list, which drawing finds out.
    pub(super) height: usize,
    /// The socket that each step made.
    made: HashMap<usize, usize>,
    /// The steps of each socket.
    of_socket: HashMap<usize, Vec<usize>>,
    /// The links of each step.
    links: HashMap<usize, Vec<usize>>,
}

impl Screen {
    /// Shows all of a story.
    pub(super) fn new(story: Shown, name: String, language: Language) -> Self {
        let shown = (0..story.steps.len()).collect();
        let mut this = Self {
            story,
            program: None,
            name,
            language,
            shown,
            at: 0,
            top: 0,
            as_lanes: false,
            details: true,
            details_top: 0,
            prompt: None,
            help: false,
            message: String::new(),
            filter: String::new(),
            search: String::new(),
            hidden: BTreeSet::new(),
            only_call: None,
            only_process: None,
            only_socket: None,
            height: 10,
            made: HashMap::new(),
            of_socket: HashMap::new(),
            links: HashMap::new(),
        };
        this.index();
        this
    }

    /// Where the sockets of the story are.
    fn index(&mut self) {
        let story = &self.story;
        let mut of_socket: HashMap<usize, Vec<usize>> = HashMap::new();
        for one in &story.sockets.uses {
            let steps = of_socket.entry(one.sock).or_default();
            if steps.last() != Some(&one.event) {
                steps.push(one.event);
            }
        }
        let makes = |(at, socket): (usize, &Socket)| (socket.made < story.steps.len()).then_some((socket.made, at));
        let made: HashMap<usize, usize> = story.sockets.sockets.iter().enumerate().filter_map(makes).collect();
        for (step, sock) in &made {
            let steps = of_socket.entry(*sock).or_default();
            if steps.first() != Some(step) {
                steps.insert(0, *step);
            }
        }
        let mut links: HashMap<usize, Vec<usize>> = HashMap::new();
        for (at, link) in story.sockets.links.iter().enumerate() {
            for (event, _) in [link.from, link.to].into_iter().flatten() {
                links.entry(event).or_default().push(at);
            }
        }
        (self.made, self.of_socket, self.links) = (made, of_socket, links);
    }

    /// Takes in what happened since; who looks at the last step goes on to look at the last.
    pub(super) fn grow(&mut self, events: impl Iterator<Item = Event>) {
        let Shown::Growing(collector) = &mut self.story else { return };
        let mut changed = Vec::new();
        for event in events {
            let is_entry = matches!(&event.body, Body::Call(call) if call.ret == Ret::Unfinished && event.seq == 0);
            changed.extend(if is_entry { collector.entered(&event) } else { collector.event(&event) });
        }
        if changed.is_empty() {
            return;
        }
        let is_last = self.at + 1 >= self.shown.len();
        let filter = Filter::parse(&self.filter, &self.story).unwrap_or_default();
        for step in changed {
            let place = self.shown.binary_search(&step);
            match (self.takes(&filter, step), place) {
                (true, Err(at)) => {
                    self.shown.insert(at, step);
                    self.at += usize::from(at <= self.at && self.shown.len() > 1);
                }
                (false, Ok(at)) => {
                    self.shown.remove(at);
                    self.at -= usize::from(at < self.at);
                }
                _ => {}
            }
        }
        if is_last {
            self.at = self.shown.len();
        }
        self.at = self.at.min(self.shown.len().saturating_sub(1));
    }

    /// How many calls of the program have not returned.
    pub(super) fn open_calls(&self) -> usize {
        match &self.story {
            Shown::Whole(_) => 0,
            Shown::Growing(collector) => collector.open(),
        }
    }

    /// Sockets that were put together meanwhile.
    pub(super) fn set_sockets(&mut self, sockets: Sockets) {
        let Shown::Growing(collector) = &mut self.story else { return };
        collector.set_sockets(sockets);
        self.index();
        if self.only_socket.is_some() || !self.filter.is_empty() {
            self.refill();
        }
    }

    /// Nothing more will come: all is put in order.
    pub(super) fn finish(&mut self) {
        let chosen = self.chosen_call();
        let Shown::Growing(collector) = &mut self.story else { return };
        let collector = std::mem::replace(&mut **collector, Collector::new(0, true));
        self.story = Shown::Whole(Box::new(collector.finish()));
        self.index();
        self.refill();
        let again = chosen.and_then(|call| self.story.steps.iter().position(|step| (step.lane, step.begin_ns) == call));
        if let Some(step) = again {
            self.choose(step);
        }
    }

    /// What distinguishes the chosen step wherever it stands.
    fn chosen_call(&self) -> Option<(usize, u64)> {
        let step = &self.story.steps[self.chosen()?];
        Some((step.lane, step.begin_ns))
    }

    /// The chosen step.
    pub(super) fn chosen(&self) -> Option<usize> {
        self.shown.get(self.at).copied()
    }

    /// The socket that a step made.
    pub(super) fn made_by(&self, step: usize) -> Option<usize> {
        self.made.get(&step).copied()
    }

    /// The links that begin or end at a step.
    pub(super) fn links_of(&self, step: usize) -> &[usize] {
        self.links.get(&step).map_or(&[], Vec::as_slice)
    }

    /// The steps at the other ends of a step's links.
    pub(super) fn twins(&self, step: usize) -> Vec<usize> {
        let links = self.links_of(step).iter().map(|at| &self.story.sockets.links[*at]);
        let ends = links.flat_map(|link| [link.from, link.to]).flatten().map(|(event, _)| event);
        ends.filter(|event| *event != step).collect()
    }

    /// In words, what is shown of it all.
    pub(super) fn restrictions(&self) -> String {
        let mut parts = Vec::new();
        if !self.filter.is_empty() {
            parts.push(self.filter.clone());
        }
        if let Some(call) = self.only_call {
            parts.push(format!("trace={}", self.story.calls[call].name));
        }
        if !self.hidden.is_empty() {
            let names: Vec<&str> = self.hidden.iter().map(|call| self.story.calls[*call].name).collect();
            parts.push(format!("trace=!{}", names.join(",")));
        }
        parts.extend(self.only_process.map(|pid| format!("pid={pid}")));
        parts.extend(self.only_socket.map(|sock| format!("sock={}", self.story.sockets.number(sock))));
        parts.join("  ")
    }

    /// Shows what a filter takes; what is not understood is reported, and nothing changes.
    pub(super) fn set_filter(&mut self, text: &str) {
        match Filter::parse(text, &self.story) {
            Ok(_) => {
                self.filter = text.trim().to_owned();
                self.refill();
            }
            Err(word) => {
                let what = either(self.language, "cannot filter by", "无法按此过滤：");
                self.message = format!("{what} {word}");
            }
        }
    }

    /// Decides anew what is shown; the chosen step stays chosen, or the one before it.
    fn refill(&mut self) {
        let chosen = self.chosen();
        let filter = Filter::parse(&self.filter, &self.story).unwrap_or_default();
        self.shown = (0..self.story.steps.len()).filter(|at| self.takes(&filter, *at)).collect();
        if let Some(chosen) = chosen {
            self.choose(chosen);
        } else {
            self.move_to(0);
        }
    }

    /// Whether a step is shown.
    fn takes(&self, filter: &Filter, at: usize) -> bool {
        let step = &self.story.steps[at];
        let call = match step.kind {
            StepKind::Call(call) => Some(call),
            _ => None,
        };
        let of_socket = |sock| self.of_socket.get(&sock).is_some_and(|steps| steps.binary_search(&at).is_ok());
        self.only_call.is_none_or(|only| call == Some(only))
            && call.is_none_or(|call| !self.hidden.contains(&call))
            && self.only_process.is_none_or(|pid| self.story.lanes[step.lane].pid == pid)
            && self.only_socket.is_none_or(of_socket)
            && filter.takes(&self.story, at)
    }

    /// Chooses a step, or the last that is shown before it.
    fn choose(&mut self, step: usize) {
        let after = self.shown.partition_point(|at| *at <= step);
        self.move_to(after.saturating_sub(1));
    }

    fn move_to(&mut self, at: usize) {
        self.at = at.min(self.shown.len().saturating_sub(1));
        self.details_top = 0;
    }

    /// Chooses a step that may not be shown.
    fn jump(&mut self, step: Option<usize>) {
        match step {
            Some(step) if self.shown.binary_search(&step).is_ok() => self.choose(step),
            Some(_) => {
                let what = ("that call is filtered out; Esc shows everything", "该调用被过滤掉了；按 Esc 显示全部");
                self.message = either(self.language, what.0, what.1).to_owned();
            }
            None => self.message = either(self.language, "there is none", "没有").to_owned(),
        }
    }

    /// What a key does.
    pub(super) fn key(&mut self, key: KeyEvent) -> Next {
        self.message.clear();
        if self.prompt.is_some() {
            self.typed(key);
            return Next::Go;
        }
        if self.help {
            self.help = false;
            return Next::Go;
        }
        let page = self.height.saturating_sub(1).max(1);
        match key.code {
            KeyCode::Char('q') => return Next::Leave,
            KeyCode::Char('?') => self.help = true,
            KeyCode::Char('j') | KeyCode::Down => self.move_to(self.at + 1),
            KeyCode::Char('k') | KeyCode::Up => self.move_to(self.at.saturating_sub(1)),
            KeyCode::PageDown | KeyCode::Char(' ') => self.move_to(self.at + page),
            KeyCode::PageUp => self.move_to(self.at.saturating_sub(page)),
            KeyCode::Char('g') | KeyCode::Home => self.move_to(0),
            KeyCode::Char('G') | KeyCode::End => self.move_to(usize::MAX),
            KeyCode::Char('J') => self.details_top += 1,
            KeyCode::Char('K') => self.details_top = self.details_top.saturating_sub(1),
            KeyCode::Enter => self.details = !self.details,
            KeyCode::Char('l') => self.as_lanes = !self.as_lanes,
            KeyCode::Char('f') => self.prompt = Some(Prompt { search: false, text: self.filter.clone() }),
            KeyCode::Char('/') => self.prompt = Some(Prompt { search: true, text: String::new() }),
            KeyCode::Char('n') => self.find(true),
            KeyCode::Char('N') => self.find(false),
            KeyCode::Char('e') => self.failure(true),
            KeyCode::Char('E') => self.failure(false),
            KeyCode::Esc => self.show_all(),
            KeyCode::Char(letter) => self.about_chosen(letter),
            _ => {}
        }
        Next::Go
    }

    /// Keys that are about the chosen step.
    fn about_chosen(&mut self, letter: char) {
        let Some(step) = self.chosen() else { return };
        let used = self.story.sockets.uses_of(step).next().map(|one| one.sock);
        let socket = used.or_else(|| self.made_by(step));
        let StepKind::Call(call) = self.story.steps[step].kind else {
            if letter == 'p' {
                self.only_process = Some(self.story.lanes[self.story.steps[step].lane].pid);
                self.refill();
            }
            return;
        };
        match letter {
            'h' => _ = self.hidden.insert(call),
            'H' => self.only_call = Some(call),
            'p' => self.only_process = Some(self.story.lanes[self.story.steps[step].lane].pid),
            'F' if socket.is_some_and(|sock| self.of_socket.contains_key(&sock)) => self.only_socket = socket,
            '<' | '>' | '[' | ']' => {
                let steps = socket.and_then(|sock| self.of_socket.get(&sock));
                let to = steps.and_then(|steps| {
                    let at = steps.partition_point(|at| *at < step);
                    let to = if matches!(letter, '>' | ']') { Some(at + 1) } else { at.checked_sub(1) };
                    to.and_then(|to| steps.get(to)).copied()
                });
                return self.jump(to);
            }
            '^' => {
                let made = socket.map(|sock| self.story.sockets.sockets[sock].made);
                return self.jump(made.filter(|made| *made < self.story.steps.len()));
            }
            't' | 'o' => return self.jump(self.twins(step).first().copied()),
            'F' => return self.jump(None),
            _ => return,
        }
        self.refill();
    }

    fn show_all(&mut self) {
        self.filter.clear();
        self.hidden.clear();
        (self.only_call, self.only_process, self.only_socket) = (None, None, None);
        self.refill();
    }

    /// A key while a line is typed.
    fn typed(&mut self, key: KeyEvent) {
        let Some(prompt) = &mut self.prompt else { return };
        match key.code {
            KeyCode::Char(c) => prompt.text.push(c),
            KeyCode::Backspace => _ = prompt.text.pop(),
            KeyCode::Esc => self.prompt = None,
            KeyCode::Enter => {
                let Some(prompt) = self.prompt.take() else { return };
                if prompt.search {
                    self.search = prompt.text.to_lowercase();
                    self.find(true);
                } else {
                    self.set_filter(&prompt.text);
                }
            }
            _ => {}
        }
    }

    /// Goes to the next place of what is searched.
    fn find(&mut self, forward: bool) {
        let search = std::mem::take(&mut self.search);
        if !search.is_empty() {
            self.next(forward, |story, step| story.steps[step].text.to_lowercase().contains(&search));
        }
        self.search = search;
    }

    fn failure(&mut self, forward: bool) {
        self.next(forward, |story, step| story.steps[step].error.is_some());
    }

    fn next(&mut self, forward: bool, wanted: impl Fn(&Story, usize) -> bool) {
        let fits = |at: &usize| wanted(&self.story, self.shown[*at]);
        let found = match forward {
            true => (self.at + 1..self.shown.len()).find(fits),
            false => (0..self.at).rev().find(fits),
        };
        match found {
            Some(at) => self.move_to(at),
            None => self.message = either(self.language, "no more", "没有更多").to_owned(),
        }
    }
}
