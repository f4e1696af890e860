//! Everything that is known of the chosen step, as lines.

use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};

use super::screen::{Screen, Shown};
use super::words::either;
use crate::event::{Body, Call};
use crate::picture::{LaneEvent, StepKind};
use crate::read::{self, text::ReadOptions};
use crate::sockets::{Link, LinkKind, Use};
use crate::text::{self, StringStyle, visible_text};
use crate::value::Value;
use crate::why::subject::place;
use crate::xlat::errno::ERRNO;

/// How many bytes of a buffer are dumped.
const MAX_DUMP: usize = 1024;

/// A heading.
fn head(text: &str) -> Line<'static> {
    Line::styled(text.to_owned(), Style::new().add_modifier(Modifier::BOLD))
}

fn plain(text: &str) -> Line<'static> {
    Line::raw(visible_text(text).into_owned())
}

fn quiet() -> Style {
    Style::new().fg(Color::DarkGray)
}

/// The lines about the chosen step.
pub(super) fn lines(screen: &Screen) -> Vec<Line<'static>> {
    let Some(at) = screen.chosen() else { return Vec::new() };
    let step = &screen.story.steps[at];
    let mut lines = vec![title(screen, step), plain(&step.text)];
    if let StepKind::Call(call) = step.kind {
        let sys = screen.story.calls[call];
        lines.push(Line::styled(screen.language.text(sys.doc).into_owned(), quiet()));
    }
    failure(screen, step, &mut lines);
    sockets(screen, at, &mut lines);
    if let Some(state) = &step.state {
        lines.push(plain(&format!("{} {state}", either(screen.language, "State:", "状态："))));
    }
    stack(screen, step, &mut lines);
    if let Some(call) = reread(step) {
        arguments(screen, &call, &mut lines);
    }
    lines
}

fn title(screen: &Screen, step: &LaneEvent) -> Line<'static> {
    let lane = screen.story.lanes[step.lane].title(screen.language);
    let took = step.end_ns.map(|end| end.saturating_sub(step.begin_ns));
    let took = match (step.kind, took) {
        (StepKind::Call(_), None) if matches!(screen.story, Shown::Growing(_)) => {
            either(screen.language, "has not returned so far", "尚未返回").to_owned()
        }
        (StepKind::Call(_), None) => either(screen.language, "does not return", "没有返回").to_owned(),
        (StepKind::Call(_), Some(ns)) if ns > 0 => {
            let ms = ns as f64 / 1e6;
            format!("{} {ms:.3} ms", either(screen.language, "took", "用时"))
        }
        _ => String::new(),
    };
    let parts = [format!("#{}", step.seq), visible_text(&lane).into_owned(), took];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    head(&parts.join(" · "))
}

/// What went wrong, and what to try.
fn failure(screen: &Screen, step: &LaneEvent, lines: &mut Vec<Line<'static>>) {
    let red = Style::new().fg(Color::Red);
    if let Some((name, (_, meaning))) = step.error.and_then(|name| Some((name, ERRNO.member_doc(name)?))) {
        lines.push(Line::from(vec![
            Span::styled(format!("{name} "), red),
            Span::raw(screen.language.text(meaning).into_owned()),
        ]));
    }
    if let Some(cause) = &step.cause {
        let why = screen.language.sentences([&cause[0], &cause[1]]);
        lines.push(Line::from(vec![Span::styled("why: ", red), Span::raw(visible_text(why.trim()).into_owned())]));
    }
}

/// Its sockets, and what went from or to it.
fn sockets(screen: &Screen, at: usize, lines: &mut Vec<Line<'static>>) {
    let story = &screen.story;
    if let Some(sock) = screen.made_by(at) {
        lines.push(plain(&socket(screen, &Use { event: at, sock, fd: -1, transfer: None })));
    }
    for one in story.sockets.uses_of(at).filter(|one| Some(one.sock) != screen.made_by(at)) {
        lines.push(plain(&socket(screen, one)));
    }
    for link in screen.links_of(at) {
        let link = &story.sockets.links[*link];
        lines.push(plain(&arrow(screen, at, link)));
    }
}

fn socket(screen: &Screen, one: &Use) -> String {
    let language = screen.language;
    let socket = &screen.story.sockets.sockets[one.sock];
    let mut text = format!("{} #{} {}", either(language, "Socket", "套接字"), socket.number, socket.protocol());
    let word = |address: &Option<_>| address.as_ref().and_then(place);
    match (word(&socket.local), word(&socket.peer)) {
        (Some(local), Some(peer)) => text += &format!(" {local} ↔ {peer}"),
        (Some(local), None) => text += &format!(" {local}"),
        (None, Some(peer)) => text += &format!(" → {peer}"),
        (None, None) => {}
    }
    if let Some(frame) = &socket.line {
        text += &format!(", {} {}", either(language, "made at", "创建于"), frame.short_place());
    }
    if let Some(transfer) = one.transfer {
        let way = match transfer.sent {
            true => either(language, "sent", "发送"),
            false => either(language, "received", "接收"),
        };
        text += &format!("; {way} {} B @ {}", transfer.bytes, transfer.offset);
    }
    text
}

/// The other end of a link, as it is from here.
fn arrow(screen: &Screen, at: usize, link: &Link) -> String {
    let language = screen.language;
    let what = match link.kind {
        LinkKind::Bytes | LinkKind::Datagram => format!("{} B", link.bytes),
        LinkKind::Connect => "connect".to_owned(),
        LinkKind::End => "FIN".to_owned(),
        LinkKind::Reset => "RST".to_owned(),
    };
    let sends = link.from.is_some_and(|(event, _)| event == at);
    let (sign, other) = if sends { ("→", link.to) } else { ("←", link.from) };
    match other {
        Some((event, _)) => {
            let step = &screen.story.steps[event];
            let lane = screen.story.lanes[step.lane].title(language);
            format!("{sign} {what} {sign} #{} {lane}: {}", step.seq, step.brief)
        }
        None => {
            let peer = link.peer.as_deref().and_then(place);
            let peer = peer.unwrap_or_else(|| either(language, "nobody in this trace", "不在本跟踪中").to_owned());
            format!("{sign} {what} {sign} {peer}")
        }
    }
}

/// The Python stack with its source, the innermost frame first.
fn stack(screen: &Screen, step: &LaneEvent, lines: &mut Vec<Line<'static>>) {
    let Some(stack) = step.stack else { return };
    if let Some((coroutines, task)) = screen.story.awaits.get(&stack) {
        let task = task.as_deref().map(|task| format!(": {}", visible_text(task))).unwrap_or_default();
        lines.push(head(&format!("{}{task}", either(screen.language, "Awaited by", "等待者"))));
        frames(screen, coroutines, lines);
    }
    lines.push(head(either(screen.language, "Python stack", "Python 调用栈")));
    frames(screen, &screen.story.stacks[stack], lines);
}

fn frames(screen: &Screen, numbers: &[usize], lines: &mut Vec<Line<'static>>) {
    for number in numbers {
        let frame = &screen.story.frames[*number];
        let place = format!("  {}:{} {}", frame.file, frame.line.unwrap_or(0), frame.function);
        let style = if frame.library { quiet() } else { Style::new().fg(Color::Cyan) };
        lines.push(Line::styled(visible_text(&place).into_owned(), style));
        if let Some(text) = frame.text() {
            lines.push(Line::styled(format!("      {}", visible_text(text.trim())), quiet()));
        }
    }
}

/// The call of a line, read again: a story keeps its text alone.
fn reread(step: &LaneEvent) -> Option<Box<Call>> {
    let StepKind::Call(_) = step.kind else { return None };
    let line = format!("{}\n", step.text);
    let source = read::source(std::io::Cursor::new(line.into_bytes()), ReadOptions::default()).ok()?;
    read::Events::new(source).find_map(|event| match event.ok()?.body {
        Body::Call(call) => Some(Box::new(call)),
        _ => None,
    })
}

/// The arguments: each with its value, what it is for, and its bytes.
fn arguments(screen: &Screen, call: &Call, lines: &mut Vec<Line<'static>>) {
    let style = text::Style { align: 0, strings: StringStyle::Utf8, ..text::Style::default() };
    if call.args.is_empty() {
        return;
    }
    lines.push(head(either(screen.language, "Arguments", "参数")));
    for (at, (param, value)) in call.sys.params.iter().zip(&call.args).enumerate() {
        let mut shown = String::new();
        text::write_argument(call.sys, at, value, &style, &mut shown);
        lines.push(Line::from(vec![
            Span::styled(format!("  {} ", param.name), Style::new().add_modifier(Modifier::BOLD)),
            Span::raw(visible_text(&shown).into_owned()),
        ]));
        lines.push(Line::styled(format!("      {}", screen.language.text(param.doc)), quiet()));
        if let Value::Bytes(bytes) = value
            && param.name != "pathname"
        {
            let data: Vec<u8> = bytes.data.iter().copied().take(MAX_DUMP).collect();
            let mut dump = String::new();
            text::hexdump(&[data], &Body::Note(String::new()), &mut dump);
            let bare = |line: &str| line.trim_matches([' ', '|']).to_owned();
            lines.extend(dump.lines().map(|line| Line::raw(format!("  {}", bare(line)))));
        }
    }
}
