//! `sockscope where`: what every thread of a program is doing at this moment, and what it waits for.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::process::ExitCode;

use anyhow::Context;
use clap::ValueEnum;
use serde_json::{Value as Json, json};

use super::own::OwnArgs;
use super::{language, print_coloured, print_json, say, table};
use crate::event::{Body, Endpoint, Event};
use crate::lang::Language;
use crate::sys::proc::Proc;
use crate::text::{PythonLines, Style, TextWriter, visible_text, write_value};
use crate::tracer::{self, Limits, Settings, Show, Snapshot};
use crate::value::Value;
use crate::why::Explainer;

/// Show what every thread of a running program is doing.
///
/// For each thread of the process, and of the processes it made: the system call it sleeps in with decoded arguments, for
/// how long, the Python stack that made it, what its descriptor is, the other end, timeouts, and why it waits. The
/// program continues at once.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  sockscope where 4242                   what does it hang in?
  sockscope where $(pgrep -f server.py)
  sockscope where --format json 4242 | jq '.threads[] | [.name, .event.syscall]'
  sockscope trace --why -p 4242          the same as it happens")]
pub(super) struct Args {
    /// The processes.
    #[arg(value_name = "PID", required = true, value_parser = clap::value_parser!(i32).range(1..))]
    pub pids: Vec<i32>,
    /// The output format; json is one object per process.
    #[arg(long, value_enum, default_value_t = WhereFormat::Text)]
    pub format: WhereFormat,
    /// Bytes shown of each string.
    #[arg(short = 's', long, value_name = "N", default_value_t = 32)]
    pub string_limit: usize,
    /// Whose code is whose.
    #[command(flatten)]
    pub own: OwnArgs,
    /// Only these processes, not those they made.
    #[arg(long)]
    pub no_children: bool,
}

/// How the threads are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum WhereFormat {
    /// Lines for the terminal.
    Text,
    /// One JSON object per process.
    Json,
}

/// Runs `sockscope where`.
pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let pids = if args.no_children { args.pids.clone() } else { with_children(&args.pids) };
    let settings = Settings {
        limits: Limits { strings: args.string_limit, abbreviate: true },
        show: Show { path: true, socket: true, pidfd: true, ..Show::default() },
        python: true,
        own_code: args.own.code(),
        why: true,
        state: true,
        ..Settings::default()
    };
    // A child may end at any moment; a process that was named must be there.
    let named: BTreeSet<_> = args.pids.iter().copied().collect();
    let pids: Vec<_> = pids.into_iter().filter(|pid| named.contains(pid) || Proc::new(*pid).exists()).collect();
    let (threads, remarks) = tracer::snapshot(&pids, settings).context("cannot look at the program")?;
    let mut by_process: BTreeMap<usize, Vec<Snapshot>> = BTreeMap::new();
    for thread in threads {
        let at = pids.iter().position(|pid| *pid == thread.pid).unwrap_or_default();
        by_process.entry(at).or_default().push(thread);
    }
    for remark in remarks {
        say(remark);
    }
    for threads in by_process.values() {
        match args.format {
            WhereFormat::Text => print_coloured(&text(threads, language::current()))?,
            WhereFormat::Json => print_json(format!("{}\n", json(threads)))?,
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// These processes and all that they made, each before those it made.
fn with_children(pids: &[i32]) -> Vec<i32> {
    let mut children: BTreeMap<i32, Vec<i32>> = BTreeMap::new();
    for pid in Proc::all() {
        if let Some(parent) = Proc::new(pid).status().and_then(|status| status.get("PPid")) {
            children.entry(parent).or_default().push(pid);
        }
    }
    let mut all: Vec<i32> = Vec::new();
    let mut next: Vec<i32> = pids.iter().rev().copied().collect();
    while let Some(pid) = next.pop() {
        if !all.contains(&pid) {
            all.push(pid);
            next.extend(children.get(&pid).into_iter().flatten().rev());
        }
    }
    all.retain(|pid| *pid != std::process::id() as i32);
    all
}

fn command_line(pid: i32) -> String {
    let words = Proc::new(pid).command_line().unwrap_or_default();
    let words: Vec<_> = words.iter().map(|word| String::from_utf8_lossy(word).into_owned()).collect();
    if words.is_empty() { Proc::new(pid).name().unwrap_or_default() } else { words.join(" ") }
}

/// One process.
fn text(threads: &[Snapshot], language: Language) -> String {
    let Some(first) = threads.first() else { return String::new() };
    let mut out = language.text(&format!("pid {}: {}", first.pid, visible_text(&command_line(first.pid)))).into_owned();
    out.push('\n');
    let mut writer = TextWriter::new(Style { align: 0, ..Style::default() });
    (writer.python, writer.why, writer.language) = (PythonLines::Full, true, language);
    writer.columns = table::columns_of(&std::io::stdout()).map(|columns| columns.saturating_sub(4));
    for thread in threads {
        let (tid, name) = (thread.tid, visible_text(&thread.name).into_owned());
        let Some(mut event) = thread.call.clone() else {
            out.push_str(&language.text(&format!("thread {tid} ({name}), in its own code")));
            out.push('\n');
            stack(thread, &mut out);
            continue;
        };
        out.push_str(&match thread.slept_ns.map(duration) {
            Some(time) => language.text(&format!("thread {tid} ({name}), asleep for {time}")).into_owned(),
            None => language.text(&format!("thread {tid} ({name}), asleep")).into_owned(),
        });
        out.push('\n');
        // What two wait for alike is no repeat, and that a thread only sleeps is an answer too.
        Explainer::new(true).event(&mut event);
        let mut lines = String::new();
        writer.write(&event, &mut lines);
        for line in lines.lines() {
            // All arguments are there.
            let _ = writeln!(out, "    {}", line.trim_end().replace(" <unfinished ...>", ")"));
        }
        if let Some(socket) = socket(&event) {
            let facts = facts(socket, language);
            let _ = writeln!(out, "        {}", language.text(&format!("socket: {facts}")));
        }
        if !thread.watched.is_empty() {
            let mut watched = String::new();
            for fd in &thread.watched {
                watched.push_str(if watched.is_empty() { "" } else { ", " });
                write_value(&Value::Fd(fd.clone()), &Style::default(), &mut watched);
            }
            let _ = writeln!(out, "        {}", language.text(&format!("watches: {watched}")));
        }
    }
    out
}

/// The Python stack of a thread that is in no call.
fn stack(thread: &Snapshot, out: &mut String) {
    for frame in thread.python.iter().flat_map(|stack| &stack.frames) {
        let line = frame.line.map(|line| format!(":{line}")).unwrap_or_default();
        let source = frame.source.as_deref().map(|source| format!("  {}", visible_text(source))).unwrap_or_default();
        let _ = writeln!(out, "     > {}{line} {}{source}", visible_text(&frame.file), visible_text(&frame.function));
    }
}

/// The socket that the call is made on.
fn socket(event: &Event) -> Option<&Endpoint> {
    let Body::Call(call) = &event.body else { return None };
    call.why.as_deref()?.evidence.socket.as_ref()
}

/// What limits its waiting.
fn facts(socket: &Endpoint, language: Language) -> String {
    let words = |text: &str| language.text(text).into_owned();
    let mut facts: Vec<String> = Vec::new();
    facts.extend(socket.state.clone());
    if let Some(bytes) = socket.recv_queue.filter(|_| socket.state.as_deref() != Some("LISTEN")) {
        facts.push(words(&format!("{bytes} to read")));
    }
    facts.extend(socket.send_queue.filter(|bytes| *bytes > 0).map(|bytes| words(&format!("{bytes} to send"))));
    facts.extend(socket.recv_timeout_ms.map(|ms| match ms {
        0 => words("no receive timeout"),
        ms => words(&format!("receive timeout {ms} ms")),
    }));
    facts.extend(socket.send_timeout_ms.map(|ms| match ms {
        0 => words("no send timeout"),
        ms => words(&format!("send timeout {ms} ms")),
    }));
    facts.extend(socket.keepalive.map(|on| if on { words("SO_KEEPALIVE on") } else { words("SO_KEEPALIVE off") }));
    facts.extend(socket.nonblocking.map(|on| if on { "O_NONBLOCK".to_owned() } else { words("blocking") }));
    facts.join(&words(", "))
}

/// `12.3 s`, `2 min 5 s`, `3 h 4 min`.
fn duration(ns: u64) -> String {
    let seconds = ns / 1_000_000_000;
    match seconds {
        0..60 => format!("{:.1} s", ns as f64 / 1e9),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
    }
}

/// One process as an object: its threads, each with its call as the event that `trace` would write.
fn json(threads: &[Snapshot]) -> Json {
    let pid = threads.first().map_or(0, |thread| thread.pid);
    let event = |event: &Event| -> Json {
        let mut line = Vec::new();
        crate::json::write(event, &mut line);
        serde_json::from_slice(&line).unwrap_or_default()
    };
    let threads: Vec<Json> = threads
        .iter()
        .map(|thread| {
            let python: Vec<Json> = thread
                .python
                .iter()
                .flat_map(|stack| &stack.frames)
                .map(|frame| {
                    json!({
                        "file": &*frame.file, "line": frame.line, "function": &*frame.function,
                        "source": frame.source.as_deref(),
                    })
                })
                .collect();
            json!({
                "tid": thread.tid,
                "name": thread.name,
                "slept_ns": thread.slept_ns,
                "event": thread.call.as_deref().map(event),
                "watched": thread.watched.iter().map(|fd| fd.raw).collect::<Vec<_>>(),
                "python": python,
            })
        })
        .collect();
    json!({"pid": pid, "command": command_line(pid), "threads": threads})
}
