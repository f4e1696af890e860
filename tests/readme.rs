//! The README's transcripts are what its commands print.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test fails by panicking, with the reason on standard error"
)]

mod support;

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::process::Command;

use regex::{Captures, Regex};
use sockscope::map::Interpreter;
use support::needs::{Need, skip};

const README: &str = include_str!("../README.md");
const PYTHON: &str = include_str!("../docs/python.md");

/// What stands in the fenced block behind a marker.
fn block(page: &str, marker: &str) -> String {
    let rest = page.split_once(&format!("<!-- {marker} -->\n```")).expect("the marker and a block are there").1;
    let block = rest.split_once('\n').expect("a block has lines").1;
    block.split_once("```").expect("the block ends").0.to_owned()
}

/// Numbers ports in the order in which they are met.
fn number_ports<'a>(lines: impl Iterator<Item = &'a mut String>) {
    let port = Regex::new(r"htons\(([1-9]\d*)\)").unwrap();
    let mut ports: HashMap<String, usize> = HashMap::new();
    for line in lines {
        let numbered = port.replace_all(line, |c: &Captures<'_>| {
            let next = ports.len();
            format!("htons(#{})", ports.entry(c[1].to_owned()).or_insert(next))
        });
        *line = numbered.into_owned();
    }
}

/// Each stream's lines (`client |`, `server >` …) in order: how the streams mix, and so which calls are in two halves, is
/// up to the scheduler. Ports are numbered stream by stream.
fn streams(text: &str) -> BTreeMap<String, Vec<String>> {
    let mut streams: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in text.lines() {
        let (stream, rest) = line.split_at(line.len().min("server |".len()));
        let lines = streams.entry(stream.to_owned()).or_default();
        match (lines.last_mut(), rest.split_once(" resumed>")) {
            (Some(begun), Some((_, end))) if begun.ends_with(" <unfinished ...>") => {
                *begun = begun.replace(" <unfinished ...>", end);
            }
            _ => lines.push(rest.to_owned()),
        }
    }
    number_ports(streams.values_mut().flatten());
    streams
}

/// What is to be typed, without the remarks behind it, and all other blocks, in their order.
fn blocks(page: &str) -> Vec<String> {
    let blocks = page.split("```").skip(1).step_by(2);
    let typed = |line: &str| line.split(" #").next().unwrap_or_default().trim_end().to_owned();
    let shown = |block: &str| block.lines().map(typed).collect::<Vec<_>>().join("\n");
    blocks.map(|block| if block.starts_with("sh\n") { shown(block) } else { block.to_owned() }).collect()
}

/// The links of a page, in their order.
fn links(page: &'static str) -> Vec<&'static str> {
    page.split("](").skip(1).map(|rest| rest.split(')').next().unwrap_or_default()).collect()
}

#[test]
fn the_chinese_page_has_the_same_commands_transcripts_and_links() {
    const CHINESE: &str = include_str!("../README.zh.md");
    assert!(blocks(README).len() >= 4, "{:?}", blocks(README));
    assert_eq!(blocks(CHINESE), blocks(README));
    let others =
        |page: &'static str| links(page).into_iter().filter(|link| !link.starts_with("README")).collect::<Vec<_>>();
    assert_eq!(others(CHINESE), others(README));
    assert_eq!(CHINESE.matches("\n## ").count(), README.matches("\n## ").count());
}

#[test]
fn the_transcript_is_what_the_command_prints() {
    // Another test or program may hold the document's port 8090; any free one prints the same but for its number.
    let output = Command::new(env!("CARGO_BIN_EXE_sockscope"))
        .args(["run", "tcp-hello", "--port", "0"])
        .output()
        .expect("the command starts");
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{printed}{}", String::from_utf8_lossy(&output.stderr));
    // With --port 0 the server's bind asks for port 0 and does not know the number.
    let shown = block(README, "transcript: run tcp-hello").replacen("htons(8090)", "htons(0)", 1);
    assert_eq!(streams(&printed), streams(&shown), "what was printed:\n{printed}");
}

#[test]
fn the_python_lines_are_those_of_the_program() {
    let python = Interpreter::find(Path::new("python3")).unwrap();
    let minor: u8 = python.minor().trim_start_matches("3.").parse().unwrap();
    if minor < 8 {
        skip(Need::Interpreter("CPython 3.8 or later as python3"));
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("hello.py"), block(PYTHON, "program: hello.py")).unwrap();
    let log = folder.path().join("log");
    let output = Command::new(env!("CARGO_BIN_EXE_sockscope"))
        .args(["trace", "--group", "python", "-o"])
        .args([log.as_os_str(), python.path.as_os_str(), "hello.py".as_ref()])
        .current_dir(folder.path())
        .output()
        .expect("the command starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed = std::fs::read_to_string(log).unwrap();
    // The library's lines are elsewhere in other versions.
    let library = Regex::new(r"socket\.py:\d+").unwrap();
    let plain = |text: &str| {
        let mut lines: Vec<String> =
            text.lines().map(|line| library.replace_all(line, "socket.py").into_owned()).collect();
        number_ports(lines.iter_mut());
        lines
    };
    let shown = block(PYTHON, "transcript: trace --group python");
    assert_eq!(plain(&printed), plain(&shown), "what was printed:\n{printed}");
}
