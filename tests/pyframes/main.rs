//! The Python lines that the reader finds from outside, compared with the programs' own accounts.
//!
//! Each program under `programs/` runs on every CPython of the machine: those of pyenv and those in `/usr/bin`. There
//! are two witnesses: programs that send their own stack as the payload of the call (`witness.py`), and one that keeps
//! a log through a profile hook (`hook.py`), which also has the columns of each call.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test fails by panicking and gives the reason on standard error"
)]

#[cfg(target_arch = "x86_64")]
mod agent;
mod harness;
#[path = "../support/mod.rs"]
mod support;
mod witnesses;

use harness::{Call, When, trace};
use serde::Deserialize;
use sockscope::memory::{Fault, Memory, Remote};
use sockscope::pyframes::{Columns, Frame, Live, Note, Reader, Stack};
use std::cell::Cell;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use support::interpreters::{self, Interpreter, every, programs};
use witnesses::{FRAMES, FRAMES3, PROCESSES, THREADS, Witness};

/// A program's account of one of its frames.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedFrame {
    file: String,
    line: Option<u32>,
    function: String,
    source: Option<String>,
    /// Start, end line, end.
    columns: Option<(u32, u32, u32)>,
    /// The columns are those of the call.
    exact: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Account {
    frames: Vec<ExpectedFrame>,
    via_library: bool,
}

fn same(frame: &Frame, expected: &ExpectedFrame) -> bool {
    let columns = expected.columns.map(|(start, end_line, end)| Columns { start, end_line, end });
    *frame.file == expected.file
        && frame.line == expected.line
        && *frame.function == expected.function
        && (expected.file.starts_with('<') || frame.source.as_deref() == expected.source.as_deref())
        && (!expected.exact || frame.columns == columns)
}

/// Panics unless the stack is the expected one. Where the call went through a library, the library's frames come first.
fn compare(stack: Option<&Stack>, expected: &[ExpectedFrame], via_library: bool, context: &str) {
    compare_frames(stack.map(|stack| &stack.frames[..]).unwrap_or_default(), expected, via_library, context);
}

fn compare_frames(frames: &[Arc<Frame>], expected: &[ExpectedFrame], via_library: bool, context: &str) {
    let more = frames.len().saturating_sub(expected.len());
    let (library, own) = frames.split_at(if via_library { more } else { 0 });
    let right = library.iter().all(|frame| frame.library)
        && own.len() == expected.len()
        && own.iter().zip(expected).all(|(frame, expected)| same(frame, expected));
    let first = own.iter().zip(expected).find(|(frame, expected)| !same(frame, expected));
    assert!(
        right,
        "{context}: found {} frames, expected {}; first that differs: {first:#?}",
        frames.len(),
        expected.len()
    );
}

/// The results of a program's run.
struct Run {
    /// How many accounts were compared.
    compared: usize,
    /// How many of their stacks were read while the thread was in its call.
    inside: usize,
    /// All calls without an account.
    others: Vec<Call>,
    notes: Vec<Note>,
    /// Sources of the accounts' innermost frames.
    sources: Vec<Option<String>>,
}

/// Runs a command and compares every account it sends with the stack that was read.
fn run(command: Command, reader: Reader, context: &str) -> Run {
    run_reading(command, When::AtEntry, reader, context)
}

fn run_reading(command: Command, when: When, mut reader: Reader, context: &str) -> Run {
    let mut seen = Run { compared: 0, inside: 0, others: Vec::new(), notes: Vec::new(), sources: Vec::new() };
    let code = trace(command, when, &mut reader, &mut |call| match call.payload.strip_prefix(b"STACK") {
        Some(json) => {
            let account: Account = serde_json::from_slice(json.trim_ascii_end()).expect(context);
            compare(call.stack.as_deref(), &account.frames, account.via_library, context);
            let innermost = call.stack.as_deref().and_then(|stack| stack.frames.first());
            seen.sources.push(innermost.and_then(|frame| frame.source.as_deref().map(str::to_owned)));
            seen.compared += 1;
            seen.inside += usize::from(call.inside);
        }
        None => seen.others.push(call),
    });
    assert_eq!(code, 0, "{context}: the program failed");
    Run { notes: reader.take_notes(), ..seen }
}

/// Runs a witness on every interpreter that supports it.
fn on_every(witness: Witness) {
    support::two_at_a_time(every(witness.since), |python| on(&python, witness));
}

/// Runs a witness with cache and without, also inside the calls, and checks that it sent all its stacks.
fn on(python: &Interpreter, witness: Witness) {
    #[cfg(target_arch = "x86_64")]
    agent::on(python, witness);
    for (when, reader, how) in [
        (When::AtEntry, Reader::new(), "with the cache"),
        (When::AtEntry, Reader::without_cache(), "without the cache"),
        (When::Inside, Reader::new(), "inside the calls"),
    ] {
        let context = format!("{} on {}, {how}", witness.file, python.path.display());
        let mut command = python.command();
        command.arg(programs().join(witness.file));
        let seen = run_reading(command, when, reader, &context);
        // Among several interpreters a thread's own is found only while the thread stands still.
        let several = witness.file == INTERPRETERS;
        assert!(seen.inside > 0 || when != When::Inside || several, "{context}");
        assert!(seen.inside == 0 || when == When::Inside, "{context}");
        assert!(seen.compared >= witness.stacks, "{context}: only {} stacks", seen.compared);
        assert_eq!(seen.notes, [], "{context}");
    }
}

/// The program that runs code in interpreters of its own.
const INTERPRETERS: &str = "interpreters.py";

#[test]
fn stacks_of_every_shape() {
    on_every(FRAMES);
}

#[test]
fn stacks_of_python_3() {
    on_every(FRAMES3);
}

#[test]
fn threads() {
    on_every(THREADS);
}

#[test]
fn processes() {
    on_every(PROCESSES);
}

#[test]
fn other_interpreters_in_the_process() {
    on_every(Witness { file: INTERPRETERS, since: (3, 8), stacks: 5 * 6 });
}

#[test]
fn a_thread_that_python_does_not_know_has_no_stack() {
    for python in every((2, 7)) {
        let mut command = python.command();
        command.arg(programs().join("native.py"));
        let context = format!("native.py on {}", python.path.display());
        let seen = run(command, Reader::new(), &context);
        assert_eq!(seen.compared, 6, "{context}");
        let native: Vec<&Call> = seen.others.iter().filter(|call| call.number == libc::SYS_shutdown).collect();
        assert_eq!(native.len(), 3, "{context}");
        assert!(native.iter().all(|call| call.stack.is_none()), "{context}: a native thread got a stack");
    }
}

#[test]
fn the_log_of_a_profile_hook() {
    for python in every((2, 7)) {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let mut command = python.command();
        command.arg(programs().join("hook.py")).arg(&log);
        let context = format!("hook.py on {}", python.path.display());
        let seen = run(command, Reader::new(), &context);
        let expected: Vec<Vec<ExpectedFrame>> = serde_json::from_slice(&std::fs::read(&log).unwrap()).unwrap();
        // The hook also sees a call that fails before it reaches the kernel.
        let mut calls = seen.others.iter().filter(|call| call.number == libc::SYS_sendto);
        let failed =
            |expected: &Vec<ExpectedFrame>| expected[0].source.as_deref().is_some_and(|line| line.contains("no bytes"));
        let mut compared = 0;
        for expected in expected.iter().filter(|expected| !failed(expected)) {
            let call = calls.next().unwrap_or_else(|| panic!("{context}: more calls in the log than seen"));
            compare(call.stack.as_deref(), expected, false, &context);
            if python.version >= (3, 11) {
                let frame = &call.stack.as_ref().unwrap().frames[0];
                let text = frame.expression.as_deref().unwrap();
                let tidy: String = text.split_whitespace().collect();
                assert!(tidy.starts_with("A.send(") && tidy.ends_with(')'), "{context}: {text}");
            }
            compared += 1;
        }
        assert!(compared >= 90 && calls.next().is_none(), "{context}: {compared} compared");
    }
}

/// A program for every way to start Python: two accounts, from a function and from the top level.
const TEXT: &str = "from witness import A, stack\n\ndef call():\n    A.send(stack())\n\ncall()\nA.send(stack())\n";

fn expect_brief(seen: &Run, context: &str) {
    assert_eq!(seen.compared, 2, "{context}");
    let want = Some("A.send(stack())".to_owned());
    assert_eq!(seen.sources, [want.clone(), want], "{context}");
}

#[test]
fn a_command_line_program() {
    for python in every((2, 7)) {
        let mut command = python.command();
        command.args(["-W", "ignore", "-uc", TEXT, "argument"]);
        let context = format!("-c on {}", python.path.display());
        expect_brief(&run(command, Reader::new(), &context), &context);

        // Code that such a program compiles from strings is `<string>` as well, but not its text.
        let mut command = python.command();
        let text = format!("from witness import A, stack\nexec('#\\n\\nA.send(stack())')\n{}", "# A\n".repeat(9));
        command.args(["-c", &text]);
        let seen = run(command, Reader::new(), &context);
        assert_eq!(seen.sources, [None], "{context}");
    }
}

#[test]
fn a_module() {
    for python in every((2, 7)) {
        let mut command = python.command();
        command.args(["-m", "brief"]);
        let context = format!("-m on {}", python.path.display());
        expect_brief(&run(command, Reader::new(), &context), &context);
    }
}

#[test]
fn standard_input() {
    for python in every((2, 7)) {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(TEXT.as_bytes()).unwrap();
        std::io::Seek::rewind(&mut file).unwrap();
        let mut command = python.command();
        command.stdin(file);
        let context = format!("a redirected file on {}", python.path.display());
        expect_brief(&run(command, Reader::new(), &context), &context);

        let (reader, mut writer) = std::io::pipe().unwrap();
        writer.write_all(TEXT.as_bytes()).unwrap();
        drop(writer);
        let mut command = python.command();
        command.arg("-").stdin(reader);
        let context = format!("a pipe on {}", python.path.display());
        let seen = run(command, Reader::new(), &context);
        assert_eq!(seen.sources, [None, None], "{context}: a pipe cannot be read twice");
    }
}

#[test]
fn archives() {
    for python in every((2, 7)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.pyz");
        let mut file = std::fs::File::create(&path).unwrap();
        file.write_all(b"#!/usr/bin/env python3\n").unwrap();
        let mut archive = zip::ZipWriter::new(file);
        let deflated = zip::write::SimpleFileOptions::default();
        let stored = deflated.compression_method(zip::CompressionMethod::Stored);
        for (name, text, options) in [
            ("__main__.py", "import package.inner\n", stored),
            ("package/__init__.py", "", stored),
            ("package/inner.py", TEXT, deflated),
        ] {
            archive.start_file(name, options).unwrap();
            archive.write_all(text.as_bytes()).unwrap();
        }
        archive.finish().unwrap();
        for relative in [false, true] {
            let mut command = python.command();
            let name = if relative { Path::new("app.pyz") } else { &path };
            command.current_dir(folder.path()).arg(name);
            let context = format!("{} on {}", name.display(), python.path.display());
            expect_brief(&run(command, Reader::new(), &context), &context);
        }
    }
}

#[test]
fn a_relative_script_that_changes_its_directory() {
    for python in every((2, 7)) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("elsewhere")).unwrap();
        std::fs::write(folder.path().join("elsewhere/script.py"), "\n".repeat(20)).unwrap();
        let text = format!("import os; os.chdir('elsewhere')\n{TEXT}");
        std::fs::write(folder.path().join("script.py"), text).unwrap();
        let mut command = python.command();
        command.current_dir(folder.path()).arg("script.py");
        let context = format!("script.py on {}", python.path.display());
        let mut reader = Reader::new();
        let mut sources = Vec::new();
        let code = trace(command, When::AtEntry, &mut reader, &mut |call| {
            let frame = &call.stack.unwrap().frames[0];
            sources.push((frame.line, frame.source.as_deref().map(str::to_owned)));
        });
        assert_eq!(code, 0, "{context}");
        let want = |line| (Some(line), Some("A.send(stack())".to_owned()));
        assert_eq!(sources, [want(5), want(8)], "{context}");
    }
}

#[test]
fn a_shell_script_that_executes_python() {
    for python in every((2, 7)) {
        let mut command = Command::new("/bin/sh");
        let text = format!("cd / && exec '{}' '{}'", python.path.display(), programs().join("brief.py").display());
        command.arg("-c").arg(text).env("PYTHONPATH", programs()).env("PYTHONDONTWRITEBYTECODE", "1");
        let context = format!("exec of {}", python.path.display());
        let seen = run(command, Reader::new(), &context);
        expect_brief(&seen, &context);
    }
}

#[test]
fn a_link_to_the_interpreter_as_in_a_virtual_environment() {
    for python in every((3, 6)) {
        let folder = tempfile::tempdir().unwrap();
        let bin = folder.path().join("bin");
        std::fs::create_dir(&bin).unwrap();
        let home = python.path.canonicalize().unwrap();
        std::os::unix::fs::symlink(&home, bin.join("python")).unwrap();
        let home = format!("home = {}\n", home.parent().unwrap().display());
        std::fs::write(folder.path().join("pyvenv.cfg"), home).unwrap();
        let mut command = Interpreter { path: bin.join("python"), ..python.clone() }.command();
        command.arg(programs().join("brief.py"));
        let context = format!("a virtual environment of {}", python.path.display());
        expect_brief(&run(command, Reader::new(), &context), &context);
    }
}

#[test]
fn a_file_edited_since_has_no_text_for_functions_that_moved() {
    for python in every((2, 7)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("script.py");
        let edit = "with open(__file__) as f: text = f.read()\nwith open(__file__, 'w') as f: f.write('#\\n' + text)\n";
        std::fs::write(&path, format!("{edit}{TEXT}")).unwrap();
        let mut command = python.command();
        command.arg(&path);
        let context = format!("an edited file on {}", python.path.display());
        let (mut reader, mut sources) = (Reader::new(), Vec::new());
        let code = trace(command, When::AtEntry, &mut reader, &mut |call| {
            sources.push(call.stack.unwrap().frames[0].source.as_deref().map(str::to_owned));
        });
        assert_eq!((code, sources.len(), &sources[0]), (0, 2, &None), "{context}");
    }
}

/// Another process's memory with random bytes changed.
struct Damaged {
    memory: Remote,
    state: Cell<u64>,
    /// One read in `rarity` is damaged.
    rarity: u64,
}

impl Damaged {
    fn next(&self) -> u64 {
        // xorshift64
        let mut state = self.state.get();
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        self.state.set(state);
        state
    }
}

impl Memory for Damaged {
    fn read(&self, addr: u64, buf: &mut [u8]) -> Result<(), Fault> {
        self.memory.read(addr, buf)?;
        if self.next().is_multiple_of(self.rarity) && !buf.is_empty() {
            let at = self.next() as usize % buf.len();
            buf[at] ^= self.next() as u8;
        }
        Ok(())
    }
}

#[test]
fn damaged_memory_is_survived() {
    for python in every((2, 7)) {
        let mut command = python.command();
        command.arg(programs().join("brief.py"));
        let (mut reader, mut stacks, mut seed) = (Reader::new(), 0, 1_u64);
        let code = trace(command, When::AtEntry, &mut reader, &mut |call| {
            for round in 1..200 {
                let mut reader = Reader::new();
                for _ in 0..3 {
                    seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(round | 1);
                    let state = Cell::new(seed | 1);
                    let memory = Damaged { memory: Remote::new(call.thread.tid), state, rarity: 2 + round % 60 };
                    let live = Live::with_memory(call.thread.tid, memory);
                    stacks += usize::from(reader.stack(call.thread, &live).is_some());
                }
            }
        });
        // Much of the damage is in bytes that are not used.
        assert!(code == 0 && stacks > 100, "{}: {stacks} stacks", python.path.display());
    }
}

#[test]
fn the_frame_of_the_user_comes_before_the_librarys() {
    for python in every((3, 6)) {
        let mut command = python.command();
        let text = "import http.client, http.server, threading\n\
                    s = http.server.HTTPServer(('127.0.0.1', 0), http.server.SimpleHTTPRequestHandler)\n\
                    t = threading.Thread(target=s.handle_request)\n\
                    t.start()\n\
                    k = http.client.HTTPConnection('127.0.0.1', s.server_port)\n\
                    k.request('GET', '/none-such'); k.getresponse().read()\n\
                    t.join()\n";
        command.args(["-c", text]).stderr(Stdio::null());
        let context = format!("http on {}", python.path.display());
        let mut reader = Reader::new();
        let mut lines = Vec::new();
        let code = trace(command, When::AtEntry, &mut reader, &mut |call| {
            let stack = call.stack.unwrap();
            let (caller, via) = (stack.caller().unwrap(), stack.via());
            let via = via.map(|frame| frame.file.rsplit('/').next().unwrap().to_owned());
            lines.push((caller.source.as_deref().map(str::to_owned), caller.library, via));
        });
        assert_eq!(code, 0, "{context}");
        let request = "k.request('GET', '/none-such'); k.getresponse().read()";
        let asked = lines.iter().find(|(source, ..)| source.as_deref() == Some(request));
        let asked = asked.unwrap_or_else(|| panic!("{context}: {lines:?}"));
        assert_eq!(asked.2.as_deref(), Some("client.py"), "{context}");
        // The server's thread runs nothing but library code: the innermost frame outside of the sockets' own is shown.
        let served = lines.iter().find(|(_, library, _)| *library);
        assert_eq!(served.map(|line| line.2.as_deref()), Some(Some("socketserver.py")), "{context}: {lines:?}");
    }
}

#[test]
fn versions_are_known_and_unsupported_ones_are_reported_once() {
    for python in interpreters::all() {
        let context = python.path.display().to_string();
        let (mut reader, mut stacks) = (Reader::new(), Vec::new());
        for _ in 0..2 {
            let mut command = python.command();
            command.arg(programs().join("brief.py"));
            trace(command, When::AtEntry, &mut reader, &mut |call| stacks.push(call.stack.is_some()));
        }
        let name = format!("{}.{}", python.version.0, python.version.1);
        let notes: Vec<String> = reader.take_notes().iter().map(Note::to_string).collect();
        if python.is_supported() {
            assert_eq!((stacks, notes), (vec![true; 4], vec![]), "{context}");
        } else {
            assert_eq!((stacks, notes.len()), (vec![false; 4], 1), "{context}: {notes:?}");
            assert!(notes[0].contains(&name), "{context}: {notes:?}");
        }
    }
}

#[test]
fn a_process_that_is_not_dumpable_is_reported_once() {
    for python in every((3, 6)) {
        let mut command = python.command();
        let text = format!("import ctypes; assert ctypes.CDLL(None).prctl(4, 0, 0, 0, 0) == 0\n{TEXT}");
        command.args(["-c", &text]);
        let context = format!("not dumpable on {}", python.path.display());
        let mut reader = Reader::new();
        let mut found = Vec::new();
        let code = trace(command, When::AtEntry, &mut reader, &mut |call| found.push(call.stack.is_some()));
        assert_eq!(code, 0, "{context}");
        // Root may read any process.
        if nix::unistd::geteuid().is_root() {
            assert_eq!((found, reader.take_notes()), (vec![true; 2], vec![]), "{context}");
        } else {
            assert_eq!((found, reader.take_notes()), (vec![false; 2], vec![Note::NotDumpable]), "{context}");
        }
    }
}
