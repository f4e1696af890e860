//! Colours in strace's text: the call's name, names, numbers and strings look different, failures and causes are marked.
//!
//! The text is painted as it passes, since a call is written in parts; nothing but colours is added.

use std::borrow::Cow;
use std::io::{self, Write};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};

use crate::text::visible_lines;

const CALL: Style = Style::new().bold();
const STRING: Style = AnsiColor::Green.on_default();
const NUMBER: Style = AnsiColor::Yellow.on_default();
const NAME: Style = AnsiColor::Cyan.on_default();
const FAILURE: Style = AnsiColor::Red.on_default().bold();
const CAUSE: Style = AnsiColor::Yellow.on_default().bold();
const PYTHON: Style = AnsiColor::Magenta.on_default();
const BESIDE: Style = Style::new().dimmed();

const LEFT: Style = AnsiColor::Red.on_default();
const RIGHT: Style = AnsiColor::Green.on_default();

/// Paints two traces one below the other, as `diff` does.
pub(super) fn unified(text: &str) -> String {
    lines(text, |line| {
        let style = match line.as_bytes().first() {
            Some(b'-') => Some(LEFT),
            Some(b'+') => Some(RIGHT),
            Some(b'@') => Some(CALL),
            Some(b'?') => Some(BESIDE),
            _ => None,
        };
        vec![(style, line)]
    })
}

/// Paints two traces side by side, where the sign of what differs stands behind so many columns.
pub(super) fn side_by_side(text: &str, columns: usize) -> String {
    lines(text, |line| {
        // What differs in a row stands below it.
        if line.trim_start().starts_with("= ") {
            return vec![(Some(BESIDE), line)];
        }
        let mut width = 0;
        let middle = line.char_indices().find(|(_, c)| {
            width += crate::text::width(c.encode_utf8(&mut [0; 4]));
            width > columns
        });
        let Some((at, _)) = middle else { return vec![(None, line)] };
        let (left, rest) = line.split_at(at);
        match rest.as_bytes() {
            [b' ', b'~' | b'!' | b'<' | b'>' | b'%', b' ', ..] => {
                vec![(Some(LEFT), left), (Some(CAUSE), &rest[..2]), (Some(RIGHT), &rest[2..])]
            }
            _ => vec![(None, line)],
        }
    })
}

/// Each line in the styles of its parts.
fn lines<'a>(text: &'a str, parts: impl Fn(&'a str) -> Vec<(Option<Style>, &'a str)>) -> String {
    let mut out = String::new();
    for line in text.lines() {
        parts(line)
            .into_iter()
            .filter(|(_, part)| !part.is_empty())
            .for_each(|(style, part)| put_some(style, part, &mut out));
        out.push('\n');
    }
    out
}

/// Whether text on this stream is to be painted.
pub(super) fn paints(stream: &impl anstream::stream::RawStream) -> bool {
    AutoStream::choice(stream) != ColorChoice::Never
}

/// Where in a line the text is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum LinePart {
    /// Nothing but white space came.
    #[default]
    Start,
    /// Before the call's name.
    Prefix,
    /// In the call.
    Call,
}

/// Paints text.
#[derive(Debug, Default)]
pub(super) struct Painter {
    place: LinePart,
    /// How far the line is indented so far, behind the number of its process.
    indent: usize,
    /// Where the text of the cause began in the line before, which goes on there.
    cause: Option<usize>,
}

/// A stream of text that people read: painted where that is wanted, and always without what would command a terminal.
pub(super) struct Painted<W> {
    to: W,
    painter: Option<Painter>,
    painted: String,
    /// The beginning of a character whose end is still to come.
    begun: Vec<u8>,
}

impl<W: Write> Painted<W> {
    pub(super) fn new(to: W, colours: bool) -> Self {
        Self { to, painter: colours.then(Painter::default), painted: String::new(), begun: Vec::new() }
    }

    fn put(&mut self, text: &str) {
        match &mut self.painter {
            Some(painter) => painter.paint(text, &mut self.painted),
            None => self.painted.push_str(&visible_lines(text)),
        }
    }
}

impl<W: Write> Write for Painted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let begun = std::mem::take(&mut self.begun);
        let all = if begun.is_empty() { Cow::Borrowed(bytes) } else { Cow::Owned([&begun, bytes].concat()) };
        self.painted.clear();
        let mut rest = &all[..];
        while !rest.is_empty() {
            match std::str::from_utf8(rest) {
                Ok(text) => {
                    self.put(text);
                    rest = &[];
                }
                Err(error) => {
                    let (good, bad) = rest.split_at(error.valid_up_to());
                    self.put(&String::from_utf8_lossy(good));
                    let Some(len) = error.error_len() else {
                        self.begun = bad.to_vec();
                        break;
                    };
                    // A line that was not understood may be anything.
                    let shown: String = bad[..len].iter().map(|byte| format!("\\x{byte:02x}")).collect();
                    self.put(&shown);
                    rest = &bad[len..];
                }
            }
        }
        self.to.write_all(self.painted.as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        for byte in std::mem::take(&mut self.begun) {
            write!(self.to, "\\x{byte:02x}")?;
        }
        self.to.flush()
    }
}

/// The length of the beginning whose characters are so.
fn length(text: &str, is: impl Fn(char) -> bool) -> usize {
    text.find(|c| !is(c)).unwrap_or(text.len())
}

impl Painter {
    /// Appends painted text.
    pub(super) fn paint(&mut self, text: &str, out: &mut String) {
        let text = visible_lines(text);
        for line in text.split_inclusive('\n') {
            let (line, end) = line.strip_suffix('\n').map_or((line, ""), |line| (line, "\n"));
            self.line(line, out);
            out.push_str(end);
            if !end.is_empty() {
                (self.place, self.indent) = (LinePart::Start, 0);
            }
        }
    }

    /// A line, or a part of one.
    fn line(&mut self, text: &str, out: &mut String) {
        let mut rest = text;
        if self.place == LinePart::Start {
            let pid = if text.starts_with("[pid ") { text.find("] ").map_or(0, |end| end + 2) } else { 0 };
            let space = length(&text[pid..], |c| c == ' ');
            self.indent += space;
            let (before, begins) = text.split_at(pid + space);
            out.push_str(before);
            rest = begins;
            if rest.is_empty() {
                return;
            }
            self.place = LinePart::Prefix;
            let goes_on = self.cause.is_some_and(|cause| self.indent >= cause);
            if let Some(why) = rest.strip_prefix("why: ") {
                self.cause = Some(self.indent + "why: ".len());
                put(CAUSE, "why:", out);
                out.push(' ');
                return out.push_str(why);
            }
            if goes_on {
                return out.push_str(rest);
            }
            self.cause = None;
            if rest.starts_with("> ") {
                return put(PYTHON, rest, out);
            }
            if rest.starts_with("# ") {
                return put(BESIDE, rest, out);
            }
            if is_place(rest) {
                return put(PYTHON, rest, out);
            }
        }
        while let Some(first) = rest.chars().next() {
            let (style, len) = self.token(first, rest);
            put_some(style, &rest[..len], out);
            rest = &rest[len..];
        }
    }

    /// The next token: its style, and its length.
    fn token(&mut self, first: char, rest: &str) -> (Option<Style>, usize) {
        let in_call = self.place == LinePart::Call;
        match first {
            '"' => (Some(STRING), string(rest)),
            '/' if rest.starts_with("/*") => (Some(BESIDE), rest.find("*/").map_or(rest.len(), |end| end + 2)),
            '<' if rest.starts_with("<unfinished")
                || rest.starts_with("<detached")
                || rest.starts_with("<... ")
                || is_duration(rest) =>
            {
                // After it come the arguments that were not known before.
                if rest.starts_with("<... ") {
                    self.place = LinePart::Call;
                }
                (Some(BESIDE), rest.find('>').map_or(rest.len(), |end| end + 1))
            }
            '-' if rest.starts_with("--- ") => (Some(CAUSE), rest.len()),
            '+' if rest.starts_with("+++ ") => (Some(BESIDE), rest.len()),
            // The states of sockets follow.
            ' ' if in_call && rest.starts_with(" @ ") => (Some(PYTHON), rest.find("  [").unwrap_or(rest.len())),
            ' ' if in_call && rest.starts_with(" [via ") => {
                (Some(BESIDE), rest.find(']').map_or(rest.len(), |end| end + 1))
            }
            '=' if in_call && rest.starts_with("= -1 E") => (Some(FAILURE), failure(rest)),
            '0'..='9' if in_call => (Some(NUMBER), length(rest, |c| c.is_ascii_alphanumeric() || c == '.')),
            _ if first.is_ascii_alphabetic() || first == '_' => {
                let len = length(rest, |c| c.is_ascii_alphanumeric() || c == '_');
                let word = &rest[..len];
                let is_name = word.len() > 1 && !word.contains(|c: char| c.is_ascii_lowercase());
                if !in_call && rest[len..].starts_with('(') {
                    self.place = LinePart::Call;
                    (Some(CALL), len)
                } else {
                    ((in_call && is_name).then_some(NAME), len)
                }
            }
            _ => (None, first.len_utf8()),
        }
    }
}

/// Whether a line begins with a place in a program, such as `client.py:4`, so that it is a line of Python above its calls.
fn is_place(line: &str) -> bool {
    let word = line.split(' ').next().unwrap_or_default();
    word.rsplit_once(':').is_some_and(|(file, number)| {
        let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
        is_number && !file.contains('(') && file.contains(|c: char| c.is_alphabetic())
    })
}

/// The length of a string in quotes; what is cut ends it.
fn string(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Whether a duration of `-T` begins here.
fn is_duration(text: &str) -> bool {
    let inside = text[1..].split('>').next().unwrap_or_default();
    inside.contains('.') && inside.chars().all(|c| c.is_ascii_digit() || c == '.')
}

/// The length of `= -1 ENAME (message)`.
fn failure(text: &str) -> usize {
    text.find(')').map_or(text.len(), |end| end + 1)
}

fn put(style: Style, text: &str, out: &mut String) {
    put_some(Some(style), text, out);
}

fn put_some(style: Option<Style>, text: &str, out: &mut String) {
    match style {
        None => out.push_str(text),
        Some(style) => {
            out.push_str(&style.render().to_string());
            out.push_str(text);
            out.push_str(&style.render_reset().to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The painted parts of a text, with their styles.
    fn parts(texts: &[&str]) -> Vec<(&'static str, String)> {
        let (mut painter, mut out) = (Painter::default(), String::new());
        texts.iter().for_each(|text| painter.paint(text, &mut out));
        assert_eq!(anstream::adapter::strip_str(&out).to_string(), texts.concat(), "nothing but colours is added");
        let styles = [
            ("call", CALL),
            ("string", STRING),
            ("failure", FAILURE),
            ("cause", CAUSE),
            ("number", NUMBER),
            ("name", NAME),
            ("python", PYTHON),
            ("beside", BESIDE),
        ];
        let mut found = Vec::new();
        for piece in out.split("\u{1b}[0m") {
            for (name, style) in styles {
                let begins = style.render().to_string();
                if let Some(at) = piece.find(&begins)
                    && !piece[at + begins.len()..].contains('\u{1b}')
                    && !piece[at + begins.len()..].is_empty()
                {
                    found.push((name, piece[at + begins.len()..].to_owned()));
                    break;
                }
            }
        }
        found
    }

    fn owned(expected: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
        expected.iter().map(|(style, text)| (*style, (*text).to_owned())).collect()
    }

    #[test]
    fn the_parts_of_a_call_are_recognised_though_it_comes_in_pieces() {
        let expected = owned(&[
            ("call", "connect"),
            ("number", "3"),
            ("name", "AF_INET"),
            ("number", "80"),
            ("string", "\"a\\\"(3\""),
            ("failure", "= -1 ECONNREFUSED (Connection refused)"),
            ("beside", "<0.000012>"),
            ("python", " @ client.py:4 <module>  s.connect(a)"),
        ]);
        let pieces = [
            "[pid  7] 12:00:00 connect(3, ",
            "{sa_family=AF_INET, sin_port=htons(80)}, \"a\\\"(3\")",
            " = -1 ECONNREFUSED (Connection refused) <0.000012> @ client.py:4 <module>  s.connect(a)\n",
        ];
        assert_eq!(parts(&pieces), expected);
        assert_eq!(parts(&[&pieces.concat()]), expected);
    }

    #[test]
    fn what_differs_is_red_on_the_left_and_green_on_the_right() {
        let text = "@@ thread 1 | thread 1 @@\n-close(3) = 0\n+close(4) = 0\n? argument differs\n same\n";
        let painted = unified(text);
        assert_eq!(anstream::adapter::strip_str(&painted).to_string(), text);
        assert!(
            painted.contains(&format!("{LEFT}-close(3) = 0{LEFT:#}\n{RIGHT}+close(4) = 0{RIGHT:#}\n")),
            "{painted:?}"
        );
        let text = "close(3) 我们 ~ close(4)\n              = argument differs\nsame            same\n2 same\n";
        let painted = side_by_side(text, 13);
        assert_eq!(anstream::adapter::strip_str(&painted).to_string(), text);
        let row = format!("{LEFT}close(3) 我们{LEFT:#}{CAUSE} ~{CAUSE:#}{RIGHT} close(4){RIGHT:#}\n");
        assert!(painted.starts_with(&row), "{painted:?}");
        assert!(painted.ends_with("\nsame            same\n2 same\n"), "{painted:?}");
    }

    #[test]
    fn what_stands_beside_calls_is_marked_as_what_it_is() {
        let lines = "close(3) = 0\n    why: port 80 (closed)\n    > a.py:1 f\n--- SIGCHLD {si_signo=SIGCHLD} ---\n+++ exited with 0 +++\n";
        let expected = owned(&[
            ("call", "close"),
            ("number", "3"),
            ("number", "0"),
            ("cause", "why:"),
            ("python", "> a.py:1 f"),
            ("cause", "--- SIGCHLD {si_signo=SIGCHLD} ---"),
            ("beside", "+++ exited with 0 +++"),
        ]);
        assert_eq!(parts(&[lines]), expected);
        let resumed = "<... accept4 resumed>{sin_port=htons(80)}, [16], SOCK_CLOEXEC) = -1 EINTR (Interrupted)\n";
        let expected = owned(&[
            ("beside", "<... accept4 resumed>"),
            ("number", "80"),
            ("number", "16"),
            ("name", "SOCK_CLOEXEC"),
            ("failure", "= -1 EINTR (Interrupted)"),
        ]);
        assert_eq!(parts(&[resumed]), expected);
        let line = "chat_client.py:22  s.close()\n    12:00:00 close(3) = 0\n";
        let expected =
            owned(&[("python", "chat_client.py:22  s.close()"), ("call", "close"), ("number", "3"), ("number", "0")]);
        assert_eq!(parts(&[line]), expected);
        assert_eq!(parts(&["<... accept resumed>) = ?\n", "ü \"öpen", "ed\" 1\n"])[0].0, "beside");
    }

    #[test]
    fn a_line_behind_its_process_is_what_it_is_and_a_folded_cause_one_text() {
        let lines = "[pid  7] a.py:4 client  c = socket.connect(s)\n[pid  7]     close(3) = 0\n\
                     [pid  7]         why: closed by `close(5) = 0`, as\n[pid  7]              `recvfrom(4, \"\") = 0` has shown\n\
                     [pid  7]     close(4) = 0\n    why: one\n         close(5) two\nclose(6) = 0\n";
        let expected = owned(&[
            ("python", "a.py:4 client  c = socket.connect(s)"),
            ("call", "close"),
            ("number", "3"),
            ("number", "0"),
            ("cause", "why:"),
            ("call", "close"),
            ("number", "4"),
            ("number", "0"),
            ("cause", "why:"),
            ("call", "close"),
            ("number", "6"),
            ("number", "0"),
        ]);
        assert_eq!(parts(&[lines]), expected);
        assert_eq!(parts(&lines.split_inclusive("] ").collect::<Vec<_>>()), expected);
    }
}
