//! The report: one HTML file with everything in it, which asks no other place for anything.
//!
//! The data stands in the page as columns, packed with deflate and written in base64; the page's own script unpacks it and
//! draws only what is visible. A policy in the page (Content-Security-Policy) forbids all loading, and any script and style
//! but the two whose hashes it names. Texts of programs are data until the script puts them into text nodes: nothing of
//! them can become markup.

use std::collections::{BTreeMap, HashMap};
use std::io::Write as _;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::ladder::outside_peer;
use super::svg::escaped;
use super::{StepKind, Story};
use crate::explain::Line;
use crate::lang::Language;
use crate::sockets::LinkKind;
use crate::syscall::{Class, Syscall};
use crate::why::subject::place;
use crate::xlat::errno::ERRNO;

mod lesson;
mod sources;

pub(crate) use lesson::{Chapter, Lesson, LessonPlayer, Listed, index};

/// The most steps that a report has: a browser needs about a kilobyte for each.
pub(crate) const MAX_STEPS: usize = 1_000_000;

const STYLE: &str = include_str!("report/report.css");
/// The script's parts, in the order in which they use each other.
const SCRIPT: &[&str] = &[
    include_str!("report/words.js"),
    include_str!("report/data.js"),
    include_str!("report/notation.js"),
    include_str!("report/filter.js"),
    include_str!("report/page.js"),
    include_str!("report/rows.js"),
    include_str!("report/lanes.js"),
    include_str!("report/calls.js"),
    include_str!("report/python.js"),
    include_str!("report/details.js"),
    include_str!("report/sockets.js"),
    include_str!("report/source.js"),
    include_str!("report/flame.js"),
    include_str!("report/lesson.js"),
    include_str!("report/claims.js"),
    include_str!("report/compare.js"),
    include_str!("report/main.js"),
];

/// A page: a trace, if it is about one, and what stands beside it.
pub(crate) struct Page<'a> {
    pub(crate) story: &'a Story,
    pub(crate) title: String,
    /// What can be looked at, by the names that the script has for it; the first is shown.
    pub(crate) views: Vec<&'static str>,
    /// What these views show beside the trace.
    pub(crate) about: Value,
    pub(crate) lesson: Option<&'a Lesson>,
    pub(crate) language: Language,
}

/// The page of a trace.
pub(crate) fn page(story: &Story, language: Language) -> String {
    let names: Vec<String> = story.lanes.iter().take(4).map(|lane| lane.title(language)).collect();
    let title = format!("{} – sockscope", names.join(", "));
    let explained = story.steps.iter().any(|step| step.cause.is_some());
    let views = ["lanes", "calls", "source", "sockets", "flame"].into_iter().chain(explained.then_some("failures"));
    Page { story, title, views: views.collect(), about: json!({}), lesson: None, language }.html()
}

/// The page of a trace that begins with what failed.
pub(crate) fn failures(story: &Story, name: &str, language: Language) -> String {
    let views = vec!["failures", "lanes", "calls", "source", "sockets", "flame"];
    let title = format!("{name} – sockscope");
    Page { story, title, views, about: json!({}), lesson: None, language }.html()
}

/// The page of claims that were tested, as `sockscope claims --format json` writes them.
pub(crate) fn claims(claims: &[Value], language: Language) -> String {
    let about = json!({"claims": claims.iter().map(lesson::claim).collect::<Vec<_>>()});
    let title = "sockscope claims".to_owned();
    Page { story: &Story::default(), title, views: vec!["claims"], about, lesson: None, language }.html()
}

impl Page<'_> {
    /// The whole file.
    pub(crate) fn html(&self) -> String {
        let script = format!("(() => {{\n\"use strict\";\n{}}})();\n", SCRIPT.concat());
        let hash = |text: &str| format!("'sha256-{}'", BASE64.encode(Sha256::digest(text)));
        let note = match self.language {
            Language::Chinese => "此页面需要 JavaScript；数据都在文件中，不从别处加载任何内容。",
            Language::English => {
                "This page needs JavaScript. All data is in this file; nothing is loaded from anywhere."
            }
        };
        format!(
            "<!doctype html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src {script_hash}; \
             style-src {style_hash}; base-uri 'none'; form-action 'none'\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
             <style>{STYLE}</style>\n</head>\n<body>\n<noscript>{note}</noscript>\n\
             <script type=\"application/octet-stream\" id=\"data\">{data}</script>\n<script>{script}</script>\n\
             </body>\n</html>\n",
            lang = self.language.name(),
            script_hash = hash(&script),
            style_hash = hash(STYLE),
            title = escaped(&self.title),
            data = packed(&data(self)),
        )
    }
}

/// A sentence in both languages; once where they do not differ.
pub(crate) fn in_both(english: &str) -> Value {
    match Language::Chinese.translated(english) {
        Some(chinese) if chinese != english => json!([english, chinese]),
        _ => json!([english]),
    }
}

/// Deflated, in base64.
fn packed(data: &Data<'_>) -> String {
    let mut deflate = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::new(6));
    // A vector takes everything.
    let _ = serde_json::to_writer(&mut deflate, data);
    let _ = deflate.flush();
    BASE64.encode(deflate.finish().unwrap_or_default())
}

/// What the script draws.
#[derive(Serialize)]
struct Data<'a> {
    /// What is short.
    about: Value,
    step: Columns<'a>,
    stacks: &'a [Vec<usize>],
    frames: Vec<Value>,
    sockets: Vec<Value>,
    #[serde(rename = "use")]
    uses: Value,
    link: Value,
}

/// A value for each step; times are differences.
#[derive(Serialize, Default)]
struct Columns<'a> {
    lane: Vec<usize>,
    t: Vec<i64>,
    d: Vec<i64>,
    call: Vec<i64>,
    waits: Vec<u8>,
    error: Vec<i64>,
    stack: Vec<i64>,
    why: Vec<i64>,
    state: Vec<i64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    meaning: Vec<i64>,
    seq: Vec<u64>,
    text: Vec<&'a str>,
}

fn data<'a>(page: &Page<'a>) -> Data<'a> {
    let story = page.story;
    let start_ns = story.steps.iter().map(|step| step.begin_ns).find(|ns| *ns > 0).unwrap_or(0);
    let (mut errors, mut states) = (Numbered::default(), Numbered::default());
    let (mut causes, mut sentences, mut meanings) = (Numbered::default(), Numbered::default(), Numbered::default());
    let mut step = Columns::default();
    let mut last_ns = 0;
    for one in &story.steps {
        let ns = if one.begin_ns == 0 { last_ns } else { one.begin_ns.saturating_sub(start_ns) };
        step.t.push(ns as i64 - last_ns as i64);
        last_ns = ns;
        step.lane.push(one.lane);
        step.d.push(one.end_ns.map_or(-1, |end_ns| end_ns.saturating_sub(one.begin_ns) as i64));
        step.call.push(match one.kind {
            StepKind::Call(call) => call as i64,
            StepKind::Signal => -1,
            StepKind::Exit => -2,
        });
        step.waits.push(one.waits.into());
        step.error.push(errors.number(one.error));
        step.stack.push(one.stack.map_or(-1, |stack| stack as i64));
        step.why.push(causes.number(one.cause.as_ref().map(|parts| parts.join("\0")).as_deref()));
        if page.lesson.is_some() {
            let line = |line: &Line| json!([line.depth, line.subject, sentences.number(Some(line.sentence))]);
            let lines: Vec<Value> = one.meaning.iter().map(line).collect();
            step.meaning.push(meanings.number(Some(&json!(lines).to_string())));
        }
        step.state.push(states.number(one.state.as_deref()));
        step.seq.push(one.seq);
        step.text.push(&one.text);
    }
    let mut files = Numbered::default();
    let name = |file: &'a str| page.lesson.map_or(file, |lesson| lesson.file(file));
    let frames = story.frames.iter().map(|frame| {
        let (file, line) = (files.number(Some(name(&frame.file))), frame.line.unwrap_or(0));
        json!([file, line, &*frame.function, frame.text(), u8::from(frame.library)])
    });
    let frames = frames.collect();
    let sources = page.lesson.map_or_else(|| sources::of(story), Lesson::sources).into_iter();
    let sources: Vec<Value> = sources.map(|(name, text)| json!([files.number(Some(&name)), text])).collect();
    let lanes = story.lanes.iter().map(|lane| json!({"pid": lane.pid, "tid": lane.tid, "name": lane.name}));
    let cause = |text: &String| {
        let parts: Vec<&str> = text.split('\0').collect();
        let [text, advice] = [parts[0], parts.get(1).copied().unwrap_or_default()];
        let both = [Language::English, Language::Chinese].map(|language| language.sentences([text, advice]));
        both.map(|text| text.trim().to_owned())
    };
    let meanings: Vec<Value> = meanings.texts.iter().filter_map(|text| serde_json::from_str(text).ok()).collect();
    let mut about = json!({
            "v": 1,
            "tool": format!("sockscope {}", env!("CARGO_PKG_VERSION")),
            "lang": page.language.name(),
            "views": page.views,
            "start_ns": start_ns.to_string(),
            "left_out": story.left_out,
            "lanes": lanes.collect::<Vec<_>>(),
            "calls": described(&story.calls),
            "classes": classes(story),
            "errors": error_sentences(&errors),
            "causes": causes.texts.iter().map(cause).collect::<Vec<_>>(),
            "sentences": sentences.texts.iter().map(|text| in_both(text)).collect::<Vec<_>>(),
            "meanings": meanings,
            "states": states.texts,
            "files": files.texts,
            "sources": sources,
            "awaits": awaits(story),
    });
    if let (Value::Object(about), Value::Object(more)) = (&mut about, &page.about) {
        about.extend(more.clone());
    }
    Data { about, step, stacks: &story.stacks, frames, sockets: sockets(story), uses: uses(story), link: links(story) }
}

/// The coroutines that await what is done in a stack, by its number.
fn awaits(story: &Story) -> Value {
    let one = |(stack, (frames, task)): (&usize, &(Vec<usize>, Option<Arc<str>>))| {
        (stack.to_string(), json!([frames, task.as_deref()]))
    };
    Value::Object(story.awaits.iter().map(one).collect())
}

/// Texts, each once, by number.
#[derive(Default)]
struct Numbered {
    texts: Vec<String>,
    numbers: HashMap<String, i64>,
}

impl Numbered {
    /// A text's number; -1 for none.
    fn number(&mut self, text: Option<&str>) -> i64 {
        let Some(text) = text else { return -1 };
        if let Some(known) = self.numbers.get(text) {
            return *known;
        }
        let number = self.texts.len() as i64;
        self.texts.push(text.to_owned());
        self.numbers.insert(text.to_owned(), number);
        number
    }
}

/// Calls: names, sentences for beginners, and names and sentences of arguments.
pub(crate) fn described(calls: &[&'static Syscall]) -> Vec<Value> {
    let one = |sys: &&'static Syscall| {
        let params = sys.params.iter().map(|param| json!([param.name, in_both(param.doc)]));
        json!({"name": sys.name, "doc": in_both(sys.doc), "params": params.collect::<Vec<_>>()})
    };
    calls.iter().map(one).collect()
}

/// The calls of each of strace's classes, by number.
fn classes(story: &Story) -> BTreeMap<&'static str, Vec<usize>> {
    let of = |class: Class| {
        let has = |(_, sys): &(usize, &&'static Syscall)| sys.class.contains(class);
        story.calls.iter().enumerate().filter(has).map(|(at, _)| at).collect()
    };
    Class::NAMES.iter().map(|(name, class)| (*name, of(*class))).collect()
}

/// The names of errors with their messages and what they mean.
fn error_sentences(errors: &Numbered) -> Vec<Value> {
    let meaning = |name: &String| {
        let number = ERRNO.value(name).unwrap_or(0);
        let message = crate::event::Errno(number as i32).message().map(in_both);
        json!([name, message, ERRNO.member_doc(name).map(|(_, sentence)| in_both(sentence))])
    };
    errors.texts.iter().map(meaning).collect()
}

fn sockets(story: &Story) -> Vec<Value> {
    let one = |socket: &crate::sockets::Socket| {
        let word = |address: &Option<crate::value::SockAddr>| address.as_ref().and_then(place);
        let phases: Vec<Value> = socket.phases.iter().map(|(event, phase)| json!([event, phase.name()])).collect();
        let line = socket.line.as_ref().map(|frame| json!([&*frame.file, frame.line]));
        json!({
            "number": socket.number,
            "protocol": socket.protocol(),
            "origin": socket.origin.name(),
            "pid": socket.pid,
            "made": socket.made,
            "line": line,
            "local": word(&socket.local),
            "peer": word(&socket.peer),
            "other": socket.other,
            "listener": socket.listener,
            "sent": [socket.sent.calls, socket.sent.bytes],
            "received": [socket.received.calls, socket.received.bytes],
            "failed": socket.failed,
            "phases": phases,
            "closed": socket.closed,
        })
    };
    story.sockets.sockets.iter().map(one).collect()
}

fn uses(story: &Story) -> Value {
    let uses = &story.sockets.uses;
    let transfers = || uses.iter().map(|one| one.transfer);
    json!({
        "step": differences(uses.iter().map(|one| one.event)),
        "sock": uses.iter().map(|one| one.sock).collect::<Vec<_>>(),
        "way": transfers().map(|t| t.map_or(0, |t| if t.sent { 1 } else { 2 })).collect::<Vec<_>>(),
        "offset": transfers().map(|t| t.map_or(0, |t| t.offset)).collect::<Vec<_>>(),
        "bytes": transfers().map(|t| t.map_or(0, |t| t.bytes)).collect::<Vec<_>>(),
    })
}

fn links(story: &Story) -> Value {
    let links = &story.sockets.links;
    let mut places = Numbered::default();
    // Of a link with one end: the number of the place outside, or -1 for what got lost.
    let outside = |link: &crate::sockets::Link| outside_peer(&story.sockets, link);
    let peers: Vec<i64> = links.iter().map(|link| places.number(outside(link).as_deref())).collect();
    let event = |end: Option<(usize, usize)>| end.map_or(-1, |(event, _)| event as i64);
    let sock = |end: Option<(usize, usize)>| end.map_or(-1, |(_, sock)| sock as i64);
    let kind = |kind: LinkKind| match kind {
        LinkKind::Connect => 0,
        LinkKind::Bytes => 1,
        LinkKind::Datagram => 2,
        LinkKind::End => 3,
        LinkKind::Reset => 4,
    };
    json!({
        "kind": links.iter().map(|link| kind(link.kind)).collect::<Vec<_>>(),
        "from": links.iter().map(|link| event(link.from)).collect::<Vec<_>>(),
        "from_sock": links.iter().map(|link| sock(link.from)).collect::<Vec<_>>(),
        "to": links.iter().map(|link| event(link.to)).collect::<Vec<_>>(),
        "to_sock": links.iter().map(|link| sock(link.to)).collect::<Vec<_>>(),
        "offset": links.iter().map(|link| link.offset).collect::<Vec<_>>(),
        "bytes": links.iter().map(|link| link.bytes).collect::<Vec<_>>(),
        "peer": peers,
        "places": places.texts,
    })
}

/// Each number as what it is more than the one before.
fn differences(numbers: impl Iterator<Item = usize>) -> Vec<i64> {
    let mut last = 0;
    let step = |number: usize| {
        let step = number as i64 - last;
        last = number as i64;
        step
    };
    numbers.map(step).collect()
}
