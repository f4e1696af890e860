//! `sockscope explain`: what a call, an argument, a constant, a structure or a way of writing means, for beginners.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, BufRead, IsTerminal, Read, Write as _};
use std::path::Path;
use std::process::ExitCode;

use anstyle::Style;
use anyhow::{Context, anyhow, bail};
use clap::ValueEnum;

use super::language::{LanguageArg, choose};
use super::paint::Painter;
use super::why::wrap;
use super::{Colours, STDOUT, counted, nearest, print_coloured, say};
use crate::event::Errno;
use crate::explain::{Seen, Topic, results, topics};
use crate::lang::Language;
use crate::read::{self, text::ReadOptions};
use crate::syscall::{Dir, Syscall, Ty};
use crate::text::TextWriter;
use crate::text::visible_lines;
use crate::why::causes;
use crate::xlat::Xlat;
use crate::xlat::errno::ERRNO;
use crate::xlat::protocol::IPPROTO;
use crate::xlat::socket::SOCK_TYPE;
use crate::xlat::sockopt::options;
use crate::xlat::wait::{EPOLL_EVENTS, POLL_EVENTS};

/// Explain what stands in a trace, for beginners.
///
/// Of a call: what it is for, its arguments, what it returns. Of a constant, an errno, a signal, a structure, one of its
/// members, a set such as SOCK_* or a notation such as htons: what it means. Without a name, every line of a trace on
/// standard input. To have a trace explained as it goes, give --explain to trace, run or convert.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  sockscope explain connect                 the call, and its arguments
  sockscope explain SOCK_CLOEXEC ECONNRESET constants and errnos
  sockscope explain 'SOCK_*'                everything that begins so
  sockscope explain '[128 => 16]' htons     what strace's notation means
  sockscope explain --lang zh connect       in Chinese
  sockscope explain trace.strace            each line of a trace in full, as of one on standard input
  sockscope run tcp-hello | sockscope explain
  sockscope run tcp-hello --explain         each thing where it occurs first")]
pub(super) struct Args {
    /// What to explain: names and notations as they stand in a trace, one of its lines, or its file; without any, the
    /// lines on standard input.
    #[arg(value_name = "NAME", allow_hyphen_values = true)]
    pub what: Vec<String>,
    /// The language of the sentences.
    #[command(flatten)]
    pub language: LanguageArg,
}

impl Args {
    /// The names, and the language: behind a name clap takes `--lang` and `--color` for other names, since notations may begin so.
    fn parts(&self) -> anyhow::Result<(Vec<&str>, Language)> {
        let (mut names, mut language) = (Vec::new(), self.language.get());
        let mut words = self.what.iter().map(String::as_str);
        while let Some(word) = words.next() {
            let option = ["--lang", "--color"].into_iter().find_map(|name| match word.strip_prefix(name)? {
                "" => Some((name, None)),
                rest => Some((name, Some(rest.strip_prefix('=')?))),
            });
            let Some((name, value)) = option else {
                names.push(word);
                continue;
            };
            let given = value.or_else(|| words.next()).unwrap_or_default();
            if name == "--color" {
                let colours = Colours::from_str(given, false);
                colours.map_err(|_| anyhow!("cannot colour '{given}'; try auto, always or never"))?.apply();
                continue;
            }
            language =
                Language::from_str(given, false).map_err(|_| anyhow!("cannot explain in '{given}'; try en or zh"))?;
        }
        choose(language);
        Ok((names, language))
    }
}

/// Runs `sockscope explain`.
pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let (names, language) = args.parts()?;
    if names.is_empty() || names == ["-"] {
        if names.is_empty() && io::stdin().is_terminal() {
            bail!("nothing to explain: give a name, such as connect or ECONNREFUSED, or a trace on standard input");
        }
        let input = Unlabelled::new(io::BufReader::new(io::stdin()));
        return lines(read::source(input, ReadOptions::default()).context("cannot read standard input")?, language);
    }
    let mut out = String::new();
    for word in names {
        if is_file(word) {
            print_coloured(&std::mem::take(&mut out))?;
            lines(read::open(Path::new(word), |_| {})?, language)?;
            continue;
        }
        if is_line(word) {
            print_coloured(&std::mem::take(&mut out))?;
            let line = io::Cursor::new(format!("{word}\n").into_bytes());
            lines(read::source(Unlabelled::new(line), ReadOptions::default())?, language)?;
            continue;
        }
        let found = find(word);
        if found.is_empty() {
            let near = nearest::did_you_mean(word, topics().map(|topic| topic.name()));
            let near = near.unwrap_or_else(|| "; try a name from a trace, such as connect or ECONNREFUSED".to_owned());
            bail!("cannot explain {word}: there is no such name{near}");
        }
        for topic in found {
            if !out.is_empty() {
                out.push('\n');
            }
            page(topic, language, &mut out);
        }
    }
    print_coloured(&out)?;
    Ok(ExitCode::SUCCESS)
}

/// Whether this is a line of a trace, and not one of the notations in it.
fn is_line(text: &str) -> bool {
    let call = text.split_once('(').is_some_and(|(front, rest)| !front.contains('=') && rest.contains(" = "));
    call || (text.contains('(') && text.ends_with("<unfinished ...>"))
}

/// Whether this is a trace's file and not a name in one, which has neither a folder nor an ending.
fn is_file(word: &str) -> bool {
    let path = Path::new(word);
    let ending = path.extension().is_some_and(|ending| ending.to_string_lossy().chars().all(char::is_alphabetic));
    !word.contains(['(', '*', '?', '<', ' '])
        && (path.components().count() > 1 || (ending && (path.is_file() || find(word).is_empty())))
}

/// What a word means: the same name may be a call, an argument and more.
fn find(word: &str) -> Vec<Topic> {
    let word = word.trim().trim_end_matches("()");
    let name = word.strip_prefix("struct ").unwrap_or(word);
    let number = || word.parse::<i32>().ok().and_then(|number| Errno(number).name());
    let named = |name: &str| -> Vec<Topic> {
        let mut seen: Vec<(&str, String)> = Vec::new();
        let matching = topics().filter(|topic| match topic {
            Topic::Notation(notation) => notation.is_meant(name),
            Topic::Set(set) => is_set(set, name),
            _ => topic.name() == name,
        });
        // Each sentence once: many calls have an argument of the same name and meaning.
        let mut found: Vec<Topic> = Vec::new();
        for topic in matching {
            let owner =
                if matches!(topic, Topic::Argument(..) | Topic::Member(..)) { String::new() } else { topic.key() };
            if !seen.contains(&(topic.sentence(), owner.clone())) {
                seen.push((topic.sentence(), owner));
                found.push(topic);
            }
        }
        found
    };
    let found = named(name);
    if found.is_empty() { number().map_or_else(|| named(&name.to_uppercase()), named) } else { found }
}

/// Whether a word means a set: by the beginning of its names, `SOCK_*`, or by its name in the sources.
fn is_set(set: &Xlat, word: &str) -> bool {
    let start = set.unknown.trim_end_matches('?');
    word == set.id() || (!start.is_empty() && (word == set.unknown || word.strip_suffix('*') == Some(start)))
}

/// Appends all about something.
fn page(topic: Topic, language: Language, out: &mut String) {
    let (bold, dim) = (Style::new().bold(), Style::new().dimmed());
    match topic {
        Topic::Call(sys) => call(sys, language, out),
        Topic::Argument(_, param) => {
            let others = topics().filter_map(|other| match other {
                Topic::Argument(of, same) if (same.name, same.doc) == (param.name, param.doc) => Some(of.name),
                _ => None,
            });
            let calls = others.collect::<Vec<_>>().join(", ");
            let calls = language.text(&format!("argument of {calls}")).into_owned();
            let _ = writeln!(out, "{bold}{}{bold:#}  {dim}{calls}{dim:#}", param.name);
            wrap(&language.text(param.doc), "  ", out);
        }
        Topic::Set(set) => {
            let _ = writeln!(out, "{bold}{}{bold:#}", heading(set));
            wrap(&language.text(set.doc()), "  ", out);
            for (name, doc) in set.own_docs() {
                entry(name, "", &language.text(doc), out);
            }
        }
        Topic::Constant(set, name, doc) => {
            let value = set.value(name).unwrap_or_default();
            let message = (set == &ERRNO).then(|| Errno(value as i32).message()).flatten();
            let shown = message.map_or_else(|| heading(set), |message| format!("{message}, {value}"));
            let _ = writeln!(out, "{bold}{name}{bold:#}  {dim}{shown}{dim:#}");
            wrap(&language.text(if doc.is_empty() { set.doc() } else { doc }), "  ", out);
            if causes::all().any(|known| known.errno == name) {
                let more = language.text(&format!("How it comes about: sockscope why {name}")).into_owned();
                let _ = writeln!(out, "  {dim}{more}{dim:#}");
            }
        }
        Topic::Structure(layout) => {
            let _ = writeln!(out, "{bold}struct {}{bold:#}", layout.name);
            wrap(&language.text(layout.doc), "  ", out);
            for field in layout.fields {
                entry(field.name, "", &language.text(field.doc), out);
            }
        }
        Topic::Member(layout, field) => {
            let of = language.text(&format!("member of struct {}", layout.name)).into_owned();
            let _ = writeln!(out, "{bold}{}{bold:#}  {dim}{of}{dim:#}", field.name);
            wrap(&language.text(field.doc), "  ", out);
        }
        Topic::Notation(notation) => {
            let _ = writeln!(out, "{bold}{}{bold:#}", notation.spelling);
            wrap(&language.text(notation.doc), "  ", out);
        }
    }
}

fn call(sys: &'static Syscall, language: Language, out: &mut String) {
    let (bold, dim) = (Style::new().bold(), Style::new().dimmed());
    let names = sys.params.iter().map(|param| param.name).collect::<Vec<_>>().join(", ");
    let _ = writeln!(out, "{bold}{}{bold:#}({names})", sys.name);
    wrap(&language.text(sys.doc), "  ", out);
    for param in sys.all_params() {
        let direction = match param.dir {
            Dir::In => Cow::Borrowed(""),
            Dir::Out => language.text(" (written by the kernel)"),
            Dir::InOut => language.text(" (read and written by the kernel)"),
        };
        entry(param.name, &direction, &language.text(param.doc), out);
        let sets = sets(param.ty).into_iter().map(heading).collect::<Vec<_>>();
        if !sets.is_empty() {
            let see = language.text(&format!("see sockscope explain '{}'", sets.join("' '"))).into_owned();
            let _ = writeln!(out, "      {dim}{see}{dim:#}");
        }
    }
    for notation in results(sys) {
        entry(notation.spelling, "", &language.text(notation.doc), out);
    }
    if causes::all().any(|known| known.calls.contains(&sys.name)) {
        let more = language.text(&format!("Why it can fail: sockscope why {}", sys.name)).into_owned();
        let _ = writeln!(out, "  {dim}{more}{dim:#}");
    }
}

/// The sets whose names an argument of a type is written with, as far as they are worth a look.
fn sets(ty: Ty) -> Vec<&'static Xlat> {
    match ty {
        Ty::Const(set) | Ty::Flags(set) => vec![set],
        Ty::SockType => vec![&SOCK_TYPE],
        Ty::Protocol { .. } => vec![&IPPROTO],
        Ty::OptName { access, .. } => {
            let levels = [libc::SOL_SOCKET, libc::SOL_IP, libc::SOL_TCP];
            levels.iter().filter_map(|level| options(*level, access)).collect()
        }
        Ty::PollFds { .. } => vec![&POLL_EVENTS],
        Ty::EpollEvent { .. } | Ty::EpollEvents { .. } => vec![&EPOLL_EVENTS],
        _ => Vec::new(),
    }
}

/// A name with its sentence.
fn entry(name: &str, remark: &str, doc: &str, out: &mut String) {
    let (bold, dim) = (Style::new().bold(), Style::new().dimmed());
    let _ = writeln!(out, "  {bold}{name}{bold:#}{dim}{remark}{dim:#}");
    if !doc.is_empty() {
        wrap(doc, "      ", out);
    }
}

/// What the names of a set begin with, as far as they do: `SOCK_*`.
fn heading(set: &Xlat) -> String {
    match set.unknown.trim_end_matches('?') {
        "" => set.id().to_owned(),
        start => format!("{start}*"),
    }
}

/// Lines as `run` shows them, without the role in front: `server | close(3) = 0`. What the programs printed becomes a
/// comment.
struct Unlabelled<R> {
    lines: R,
    line: io::Cursor<Vec<u8>>,
}

impl<R: BufRead> Unlabelled<R> {
    fn new(lines: R) -> Self {
        Self { lines, line: io::Cursor::default() }
    }
}

impl<R: BufRead> Read for Unlabelled<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.line.fill_buf()?.is_empty() {
            let mut line = Vec::new();
            self.lines.read_until(b'\n', &mut line)?;
            let label = line.iter().position(|b| matches!(b, b'|' | b'>')).filter(|at| is_label(&line[..*at]));
            if let Some(at) = label {
                match line[at] {
                    b'|' => drop(line.drain(..(at + 2).min(line.len()))),
                    _ => drop(line.splice(..0, *b"# ")),
                }
            }
            self.line = io::Cursor::new(line);
        }
        self.line.read(out)
    }
}

/// Whether this is how `run` begins a line: a role, and which of its processes and threads.
fn is_label(front: &[u8]) -> bool {
    let role = front.strip_prefix(b"server").or_else(|| front.strip_prefix(b"client"));
    role.is_some_and(|rest| rest.ends_with(b" ") && rest.iter().all(|b| matches!(b, b' ' | b'/' | b'0'..=b'9')))
}

/// Writes each event of a trace, and below it what all that is in it means.
fn lines(mut source: Box<dyn read::EventSource>, language: Language) -> anyhow::Result<ExitCode> {
    let mut lines = TextWriter::default();
    (lines.explain, lines.language) = (Some(Seen::every()), language);
    lines.columns = super::table::columns_of(&io::stdout());
    let mut out = anstream::stdout().lock();
    let mut painter = Painter::default();
    loop {
        let mut events = Vec::new();
        let more = source.read(&mut events).context("standard input")?;
        (lines.clock, lines.pids) = (source.report().form.clock, source.report().form.pids);
        for event in events {
            let (mut plain, mut line) = (String::new(), String::new());
            lines.write(&event, &mut plain);
            painter.paint(&visible_lines(&plain), &mut line);
            out.write_all(line.as_bytes()).context(STDOUT)?;
        }
        if !more {
            break;
        }
    }
    out.flush().context(STDOUT)?;
    let report = source.report();
    if report.unread > 0 {
        say(counted(report, language));
    }
    if report.calls == 0 {
        bail!("there is no call in it; a line of a trace looks so: connect(3, …) = 0");
    }
    Ok(ExitCode::SUCCESS)
}
