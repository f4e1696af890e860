//! What is shown: strace's own words, and a few for sockets; the words of a filter are joined by "and". The report's page
//! understands the same (`picture/report/filter.js`).

use std::collections::HashSet;

use regex_lite::Regex;

use crate::picture::{LaneEvent, StepKind, Story};
use crate::syscall::Class;
use crate::why::subject::place;

/// A filter that was understood.
#[derive(Debug, Default)]
pub(super) struct Filter {
    tests: Vec<Test>,
}

#[derive(Debug)]
enum Test {
    /// These calls, by their number in the story, or all others.
    Calls(HashSet<usize>, bool),
    /// Whether it failed.
    Failed(bool),
    Errno(Vec<String>),
    Fd(Vec<i32>),
    /// A socket by its place, if there is one of that number.
    Sock(Option<usize>),
    Peer(String),
    Path(String),
    Pid(u32),
    Line(String),
    Text(String),
}

impl Filter {
    /// Parses it for a story.
    ///
    /// # Errors
    /// The word that is not understood.
    pub(super) fn parse(text: &str, story: &Story) -> Result<Self, String> {
        let mut tests = Vec::new();
        let mut words = words(text).into_iter();
        while let Some(word) = words.next() {
            let prefix = match word.as_str() {
                "-e" => Some(""),
                "-P" => Some("path="),
                "--peer" => Some("peer="),
                "-p" => Some("pid="),
                _ => None,
            };
            let item = match prefix {
                Some(prefix) => format!("{prefix}{}", words.next().ok_or_else(|| word.clone())?),
                None => match word.trim_start_matches('-') {
                    known if known.starts_with("trace=") || known.starts_with("status=") => known.to_owned(),
                    _ => word.clone(),
                },
            };
            tests.push(Test::parse(&item, story).ok_or(item)?);
        }
        Ok(Self { tests })
    }

    /// Whether a step is shown.
    pub(super) fn takes(&self, story: &Story, at: usize) -> bool {
        let step = &story.steps[at];
        self.tests.iter().all(|test| test.takes(story, at, step))
    }
}

/// Words between blanks; a text between quotation marks is one.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let len = match rest.strip_prefix('"').and_then(|inner| inner.find('"')) {
            Some(len) => len + 2,
            None => rest.find(char::is_whitespace).unwrap_or(rest.len()),
        };
        words.push(rest[..len].to_owned());
        rest = rest[len..].trim_start();
    }
    words
}

impl Test {
    fn parse(item: &str, story: &Story) -> Option<Self> {
        let (key, value) = item.split_once('=').unwrap_or(("", item));
        let list = || value.split(',').map(str::to_owned).collect::<Vec<_>>();
        Some(match key {
            "trace" | "t" => Self::calls(value, story)?,
            "status" => match value {
                "failed" => Self::Failed(true),
                "successful" => Self::Failed(false),
                _ => return None,
            },
            "errno" => Self::Errno(list()),
            "fd" => Self::Fd(value.split(',').map(|fd| fd.parse().ok()).collect::<Option<_>>()?),
            "sock" => {
                let number: u64 = value.trim_start_matches('#').parse().ok()?;
                Self::Sock((0..story.sockets.sockets.len()).find(|sock| story.sockets.number(*sock) == number))
            }
            "peer" => Self::Peer(value.to_owned()),
            "path" => Self::Path(value.to_owned()),
            "pid" => Self::Pid(value.parse().ok()?),
            "line" => Self::Line(value.to_owned()),
            _ if item.starts_with(['!', '%']) => Self::calls(item, story)?,
            _ => Self::Text(item.trim_matches('"').to_lowercase()),
        })
    }

    /// `%network,!close`: names, classes and /expressions/, as strace takes them.
    fn calls(list: &str, story: &Story) -> Option<Self> {
        let not = list.starts_with('!');
        let mut wanted = HashSet::new();
        for item in list.trim_start_matches('!').split(',') {
            let name = if item == "%net" { "network" } else { item.trim_start_matches('%') };
            let class = Class::NAMES.iter().find(|(known, _)| *known == name).map(|(_, class)| *class);
            let expression = match item.strip_prefix('/') {
                Some(expression) => Some(Regex::new(expression).ok()?),
                None => None,
            };
            for (at, sys) in story.calls.iter().enumerate() {
                let by_class = item.starts_with('%') || !story.calls.iter().any(|sys| sys.name == name);
                let fits = match &expression {
                    Some(expression) => expression.is_match(sys.name),
                    None => {
                        item == "all"
                            || sys.name == item
                            || by_class && class.is_some_and(|class| sys.class.contains(class))
                    }
                };
                if fits {
                    wanted.insert(at);
                }
            }
        }
        Some(Self::Calls(wanted, not))
    }

    fn takes(&self, story: &Story, at: usize, step: &LaneEvent) -> bool {
        let is_call = matches!(step.kind, StepKind::Call(_));
        match self {
            Self::Calls(wanted, not) => matches!(step.kind, StepKind::Call(call) if wanted.contains(&call) != *not),
            Self::Failed(wanted) => is_call && step.error.is_some() == *wanted,
            Self::Errno(names) => step.error.is_some_and(|error| names.iter().any(|name| name == error)),
            Self::Fd(wanted) => descriptor(&step.text).is_some_and(|fd| wanted.contains(&fd)),
            Self::Sock(wanted) => wanted.is_some_and(|wanted| {
                story.sockets.sockets[wanted].made == at || story.sockets.uses_of(at).any(|one| one.sock == wanted)
            }),
            Self::Peer(wanted) => story.sockets.uses_of(at).any(|one| {
                let socket = &story.sockets.sockets[one.sock];
                let has = |address: &Option<_>| address.as_ref().and_then(place).is_some_and(|at| at.contains(wanted));
                has(&socket.peer) || has(&socket.local)
            }),
            Self::Path(path) => [('"', path), ('<', path)].iter().any(|(before, path)| {
                step.text.match_indices(path.as_str()).any(|(found, _)| step.text[..found].ends_with(*before))
            }),
            Self::Pid(pid) => {
                let lane = &story.lanes[step.lane];
                lane.pid == *pid || lane.tid == *pid
            }
            Self::Line(line) => story.frames_of(step).any(|frame| {
                let frame = &story.frames[frame];
                let place = format!("{}:{}", frame.file, frame.line.unwrap_or(0));
                place == *line || place.ends_with(&format!("/{line}"))
            }),
            Self::Text(text) => step.text.to_lowercase().contains(text),
        }
    }
}

/// The descriptor that a call's line begins with.
fn descriptor(line: &str) -> Option<i32> {
    let (_, rest) = line.split_once('(')?;
    let end = rest.find([',', ')', '<']).unwrap_or(rest.len());
    rest[..end].rsplit('=').next()?.parse().ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::picture::Collector;

    const TRACE: &str = "\
10 socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3
10 connect(3, {sa_family=AF_INET, sin_port=htons(8090), sin_addr=inet_addr(\"127.0.0.1\")}, 16) = -1 ECONNREFUSED (Connection refused)
11 openat(AT_FDCWD, \"/etc/hosts\", O_RDONLY) = 4
11 read(4, \"127.0.0.1 localhost\\n\", 4096) = 20
10 close(3) = 0
";

    fn shown(filter: &str) -> Result<Vec<usize>, String> {
        let mut collector = Collector::new(100, true);
        for event in crate::read::Events::new(crate::read::source(TRACE.as_bytes(), Default::default()).unwrap()) {
            collector.event(&event.unwrap());
        }
        let story = collector.finish();
        let filter = Filter::parse(filter, &story)?;
        Ok((0..story.steps.len()).filter(|at| filter.takes(&story, *at)).collect())
    }

    #[test]
    fn filters_are_straces_words() {
        let cases: [(&str, &[usize]); 15] = [
            ("", &[0, 1, 2, 3, 4]),
            ("-e trace=%network", &[0, 1]),
            ("%network", &[0, 1]),
            ("-e trace=read,close", &[3, 4]),
            ("trace=!read,close", &[0, 1, 2]),
            ("trace=/^re", &[3]),
            ("status=failed", &[1]),
            ("-e status=successful -p 10", &[0, 4]),
            ("errno=ECONNREFUSED", &[1]),
            ("fd=3", &[1, 4]),
            ("sock=#0", &[0, 1, 4]),
            ("--peer 127.0.0.1:8090", &[1, 4]),
            ("-P /etc", &[2]),
            ("LOCALHOST", &[3]),
            ("pid=11 \"hosts\"", &[2]),
        ];
        for (filter, wanted) in cases {
            assert_eq!(shown(filter).as_deref(), Ok(wanted), "{filter}");
        }
        for wrong in ["-e", "status=odd", "fd=x", "trace=/(", "pid=me"] {
            assert!(shown(wrong).is_err(), "{wrong}");
        }
    }
}
