//! The README's transcript is what its first command prints.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test fails by panicking and says why on standard error"
)]

use std::collections::{BTreeMap, HashMap};
use std::process::Command;

use regex::{Captures, Regex};

/// What stands in the fenced block behind a marker.
fn transcript(marker: &str) -> String {
    let readme = include_str!("../README.md");
    let rest = readme.split_once(&format!("<!-- transcript: {marker} -->")).expect("the marker is there").1;
    let block = rest.split_once("```text\n").expect("a block follows").1;
    block.split_once("```").expect("the block ends").0.to_owned()
}

/// Each stream's lines (`client |`, `server >` …) in order: how the streams mix is up to the scheduler. Ports are
/// numbered in the order in which they are met, stream by stream.
fn streams(text: &str) -> BTreeMap<String, Vec<String>> {
    let port = Regex::new(r"htons\(([1-9]\d*)\)").unwrap();
    let mut streams: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in text.lines() {
        let (stream, rest) = line.split_at(line.len().min("server |".len()));
        streams.entry(stream.to_owned()).or_default().push(rest.to_owned());
    }
    let mut ports: HashMap<String, usize> = HashMap::new();
    for line in streams.values_mut().flatten() {
        let numbered = port.replace_all(line, |c: &Captures<'_>| {
            let next = ports.len();
            format!("htons(#{})", ports.entry(c[1].to_owned()).or_insert(next))
        });
        *line = numbered.into_owned();
    }
    streams
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
    // With --port 0 the server's bind asks for port 0 and is not told the number.
    let shown = transcript("run tcp-hello").replacen("htons(8090)", "htons(0)", 1);
    assert_eq!(streams(&printed), streams(&shown), "what was printed:\n{printed}");
}
