//! What a lesson has beside its trace: the program's sources and output, and what its document said.

use std::sync::Arc;

use serde_json::{Value, json};

use super::super::Story;
use super::{Page, in_both};
use crate::event::PythonFrame;
use crate::lang::Language;

/// A document program that was run.
#[derive(Debug)]
pub(crate) struct Lesson {
    pub(crate) program: &'static str,
    /// Its document's number, title, and what that is.
    pub(crate) document: [&'static str; 3],
    /// The situation's name and sentence.
    pub(crate) case: [&'static str; 2],
    /// How it ended, in English and Chinese.
    pub(crate) ended: [String; 2],
    /// Whether that is what was expected.
    pub(crate) expected: bool,
    /// Its processes, in order of start.
    pub(crate) players: Vec<LessonPlayer>,
    /// The document's claims that it shows, as `sockscope claims --format json` writes them.
    pub(crate) claims: Vec<Value>,
    /// What it ran on.
    pub(crate) host: String,
    /// Whether a list of lessons stands beside the page.
    pub(crate) listed: bool,
}

/// A process of a lesson.
#[derive(Debug)]
pub(crate) struct LessonPlayer {
    pub(crate) role: &'static str,
    /// The file name of its Python source.
    pub(crate) file: String,
    pub(crate) source: &'static str,
    /// What it printed.
    pub(crate) printed: String,
    /// Which line makes each call of each thread, for a replay, which has no Python stacks.
    pub(crate) lines: Vec<Vec<(&'static str, u32)>>,
}

impl Lesson {
    /// The page.
    pub(crate) fn page(&self, story: &mut Story, language: Language) -> String {
        self.locate(story);
        let views = ["lesson", "claims", "lanes", "calls", "source", "sockets", "flame"];
        let views = views.into_iter().filter(|view| *view != "claims" || !self.claims.is_empty());
        let title = format!("{} – sockscope", self.program);
        Page { story, title, views: views.collect(), about: self.about(story), lesson: Some(self), language }.html()
    }

    /// The claims of a trace's page, in both languages.
    fn about(&self, story: &Story) -> Value {
        let [number, title, about] = self.document;
        let pids = pids(story);
        let player = |(at, player): (usize, &LessonPlayer)| json!({"role": player.role, "file": player.file, "printed": player.printed, "pid": pids.get(at)});
        json!({
            "lesson": {
                "program": self.program,
                "document": {"number": number, "title": title, "about": in_both(about)},
                "case": {"name": self.case[0], "doc": in_both(self.case[1])},
                "ended": self.ended,
                "expected": self.expected,
                "players": self.players.iter().enumerate().map(player).collect::<Vec<_>>(),
                "host": self.host,
                "listed": self.listed,
            },
            "claims": self.claims.iter().map(claim).collect::<Vec<_>>(),
        })
    }

    /// The sources of the twins, by file name.
    pub(super) fn sources(&self) -> Vec<(String, String)> {
        let mut all: Vec<(String, String)> =
            self.players.iter().map(|player| (player.file.clone(), player.source.to_owned())).collect();
        all.dedup();
        all
    }

    /// The name that a file has on the page: a twin runs in a folder that no longer exists.
    pub(super) fn file<'a>(&self, file: &'a str) -> &'a str {
        let name = file.rsplit('/').next().unwrap_or(file);
        if self.players.iter().any(|player| player.file == name) { name } else { file }
    }

    /// Gives the calls of a replay the lines of the twin that make them.
    fn locate(&self, story: &mut Story) {
        let pids = pids(story);
        let mut located = Vec::new();
        for (pid, player) in pids.iter().zip(&self.players) {
            let lanes = story.lanes.iter().enumerate().filter(|(_, lane)| lane.pid == *pid).map(|(at, _)| at);
            for (lane, lines) in lanes.zip(&player.lines) {
                let mut rest = lines.iter();
                for (at, step) in story.steps.iter().enumerate().filter(|(_, step)| step.lane == lane) {
                    let Some(name) = step.call(story).filter(|_| step.stack.is_none()) else { continue };
                    let mut ahead = rest.clone();
                    if let Some((_, line)) = ahead.find(|(call, _)| *call == name) {
                        rest = ahead;
                        located.push((at, frame(player, *line)));
                    }
                }
            }
        }
        for (at, frame) in located {
            let known = story.frames.iter().position(|known| **known == frame);
            let number = known.unwrap_or_else(|| {
                story.frames.push(Arc::new(frame));
                story.frames.len() - 1
            });
            let known = story.stacks.iter().position(|stack| *stack == [number]);
            story.steps[at].stack = Some(known.unwrap_or_else(|| {
                story.stacks.push(vec![number]);
                story.stacks.len() - 1
            }));
        }
    }
}

/// The processes of a story, in order of appearance, which is that of their start.
fn pids(story: &Story) -> Vec<u32> {
    let mut pids: Vec<u32> = Vec::new();
    for lane in &story.lanes {
        if !pids.contains(&lane.pid) {
            pids.push(lane.pid);
        }
    }
    pids
}

/// A line of a twin as a Python frame.
fn frame(player: &LessonPlayer, line: u32) -> PythonFrame {
    let lines: Vec<&str> = player.source.lines().take(line as usize).collect();
    let indent = |text: &str| text.len() - text.trim_start().len();
    let text = lines.last().copied().unwrap_or_default();
    let function = lines.iter().rev().find(|above| !above.is_empty() && indent(above) == 0);
    let function = function.and_then(|above| above.strip_prefix("def ")?.split('(').next()).unwrap_or("<module>");
    let mut frame = PythonFrame::new(player.file.as_str(), Some(line), function);
    frame.source = Some(text.trim().into());
    frame
}

/// A claim with its sentences in both languages.
pub(super) fn claim(claim: &Value) -> Value {
    let mut claim = claim.clone();
    let both = |value: &mut Value| {
        if let Some(text) = value.as_str() {
            *value = in_both(text);
        }
    };
    for key in ["says", "depends_on"] {
        both(&mut claim[key]);
    }
    for trial in claim["trials"].as_array_mut().into_iter().flatten() {
        both(&mut trial["tried"]);
        both(&mut trial["seen"]);
    }
    claim["notes"].as_array_mut().into_iter().flatten().for_each(both);
    claim
}

/// The lessons of a document.
#[derive(Debug)]
pub(crate) struct Chapter {
    /// Its number, its title, and what it is.
    pub(crate) document: [&'static str; 3],
    pub(crate) lessons: Vec<Listed>,
}

/// A lesson in the list of them.
#[derive(Debug)]
pub(crate) struct Listed {
    pub(crate) name: &'static str,
    /// The file beside the list.
    pub(crate) page: String,
    pub(crate) doc: &'static str,
    pub(crate) transport: &'static str,
    pub(crate) port: u16,
    pub(crate) claims: usize,
}

/// The page that lists lessons.
pub(crate) fn index(chapters: &[Chapter], language: Language) -> String {
    let listed = |one: &Listed| {
        let Listed { name, page, doc, transport, port, claims } = one;
        json!({"name": name, "href": page, "doc": in_both(doc), "transport": transport, "port": port, "claims": claims})
    };
    let chapter = |chapter: &Chapter| {
        let [number, title, about] = chapter.document;
        let lessons: Vec<Value> = chapter.lessons.iter().map(listed).collect();
        json!({"number": number, "title": title, "about": in_both(about), "lessons": lessons})
    };
    let about = json!({"index": chapters.iter().map(chapter).collect::<Vec<_>>()});
    let title = "sockscope".to_owned();
    Page { story: &Story::default(), title, views: vec!["index"], about, lesson: None, language }.html()
}
