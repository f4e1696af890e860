//! `sockscope sockets`: the sockets of a trace, a row each.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::ValueEnum;
use serde_json::{Value, json};

use super::{language, print_bytes, print_coloured, print_json, readable, table};
use crate::lang::Language;
use crate::read;
use crate::sockets::{Link, Socket, SocketTracker, Sockets};
use crate::text::visible_text;
use crate::why::subject::place;

/// List the sockets of a trace: who made them, to whom they were connected, what went through them
///
/// A socket keeps its number through dup, fork and passing in messages, whatever descriptors it has. The other end has a
/// number where it is in the trace too: join traces of both sides with `sockscope convert A B`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  sockscope sockets trace.jsonl
  sockscope sockets --format csv server.strace >sockets.csv
  sockscope sockets --links trace.jsonl        which call received the bytes of which
  sockscope trace -f -o t.jsonl python3 server.py; sockscope sockets t.jsonl")]
pub(super) struct Args {
    /// The trace; `-` for standard input. Several are joined by time
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,

    /// How to list them
    #[arg(short = 'F', long, value_name = "FORMAT", value_enum, default_value_t = ListFormat::Table)]
    pub format: ListFormat,

    /// List instead what went from call to call: which receives the bytes of which, message by message
    #[arg(long)]
    pub links: bool,
}

/// How sockets are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ListFormat {
    /// For people
    Table,
    /// A JSON object per line
    Json,
    /// One row per socket
    Csv,
}

/// Runs `sockscope sockets`.
pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let mut tracker = SocketTracker::default();
    let mut moments: Vec<(u64, u64)> = Vec::new();
    let mut events = read::Events::new(read::open_all(&args.files, |_| {})?);
    for event in events.by_ref() {
        let event = event?;
        tracker.event(&event, moments.len());
        moments.push((event.seq, event.ts_ns));
    }
    let name = args.files.first().map(PathBuf::as_path).unwrap_or_else(|| std::path::Path::new("-"));
    readable(name, events.report())?;
    let sockets = tracker.finish();
    let objects: Vec<Value> = match args.links {
        true => sockets.links.iter().map(|link| link_object(&sockets, link, &moments)).collect(),
        false => sockets.sockets.iter().map(|socket| object(&sockets, socket, &moments)).collect(),
    };
    match args.format {
        ListFormat::Table if args.links => print_coloured(&links(&objects, language::current()))?,
        ListFormat::Table => print_coloured(&people(&sockets, language::current()))?,
        ListFormat::Json => print_json(objects.iter().map(|object| format!("{object}\n")).collect::<String>())?,
        ListFormat::Csv => print_bytes(&rows(&objects)?)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// A socket's address in one word.
fn word(address: Option<&crate::value::SockAddr>) -> Option<String> {
    address.and_then(place)
}

fn line(socket: &Socket) -> Option<String> {
    socket.line.as_ref().map(|frame| frame.short_place())
}

fn people(sockets: &Sockets, language: Language) -> String {
    let words = |text: &str| language.text(text).into_owned();
    let rows = sockets.sockets.iter().map(|socket| {
        let (pid, origin) = (socket.pid, socket.origin.name());
        let made = match line(socket) {
            Some(line) => words(&format!("pid {pid} {origin} at {line}")),
            None => words(&format!("pid {pid} {origin}")),
        };
        let count = |count: crate::sockets::Traffic| match count.calls {
            0 => String::new(),
            1 => words(&format!("{} bytes in 1 call", count.bytes)),
            calls => words(&format!("{} bytes in {calls} calls", count.bytes)),
        };
        let mut became: Vec<String> = socket.phases.iter().map(|(_, phase)| words(&phase.word())).collect();
        if socket.closed.is_some() {
            became.push(words("closed"));
        }
        [
            format!("#{}", socket.number),
            socket.protocol(),
            made,
            word(socket.local.as_ref()).unwrap_or_default(),
            word(socket.peer.as_ref()).unwrap_or_default(),
            socket.other.map(|other| format!("#{}", sockets.number(other))).unwrap_or_default(),
            count(socket.sent),
            count(socket.received),
            became.join(&words(", ")),
        ]
        .map(|text| table::Field::from(visible_text(&text)))
        .into_iter()
        .collect()
    });
    table::in_language(
        language,
        &["socket", "kind", "made by", "local", "peer", "other end", "sent", "received", "became"],
        rows.collect(),
        120,
    )
}

/// One socket as JSON; numbers of events are their `seq`.
fn object(sockets: &Sockets, socket: &Socket, moments: &[(u64, u64)]) -> Value {
    let seq = |event: usize| moments.get(event).map(|(seq, _)| *seq);
    let phases = socket.phases.iter().map(|(event, phase)| {
        json!({"seq": seq(*event), "ts_ns": moments.get(*event).map(|(_, ts_ns)| *ts_ns), "phase": phase.word()})
    });
    json!({
        "sock": socket.number,
        "protocol": socket.protocol(),
        "origin": socket.origin.name(),
        "pid": socket.pid,
        "made_seq": seq(socket.made),
        "made_at": line(socket),
        "inode": socket.inode,
        "local": word(socket.local.as_ref()),
        "peer": word(socket.peer.as_ref()),
        "peer_sock": socket.other.map(|other| sockets.number(other)),
        "listener": socket.listener.map(|listener| sockets.number(listener)),
        "listens": socket.listens,
        "sent_bytes": socket.sent.bytes,
        "sent_calls": socket.sent.calls,
        "received_bytes": socket.received.bytes,
        "received_calls": socket.received.calls,
        "calls": socket.calls,
        "failed": socket.failed,
        "phases": phases.collect::<Vec<_>>(),
        "closed_seq": socket.closed.and_then(seq),
    })
}

/// What went from one call to another as JSON; numbers of events are their `seq`.
fn link_object(sockets: &Sockets, link: &Link, moments: &[(u64, u64)]) -> Value {
    let seq = |end: Option<(usize, usize)>| end.and_then(|(event, _)| moments.get(event)).map(|(seq, _)| *seq);
    let sock = |end: Option<(usize, usize)>| end.map(|(_, sock)| sockets.number(sock));
    json!({
        "kind": link.kind.name(),
        "from_seq": seq(link.from),
        "from_sock": sock(link.from),
        "from_skip": sockets.skipped(link, link.from),
        "to_seq": seq(link.to),
        "to_sock": sock(link.to),
        "to_skip": sockets.skipped(link, link.to),
        "offset": link.offset,
        "bytes": link.bytes,
        "peer": word(link.peer.as_deref()),
    })
}

/// The same for people: an end that is not in the trace is its address, or nothing.
fn links(objects: &[Value], language: Language) -> String {
    let words = |text: &str| language.text(text).into_owned();
    let rows = objects.iter().map(|link| {
        let end = |side: &str| match &link[format!("{side}_seq")] {
            Value::Null => [visible_text(link["peer"].as_str().unwrap_or("-")).into_owned(), String::new()],
            seq => [format!("seq {seq}"), format!("#{}", link[format!("{side}_sock")])],
        };
        let ([from, from_sock], [to, to_sock]) = (end("from"), end("to"));
        let bytes = match link["bytes"].as_u64() {
            None | Some(0) => String::new(),
            Some(bytes) => words(&format!("{bytes} at {}", link["offset"])),
        };
        [words(&cell(&link["kind"])), from, from_sock, to, to_sock, bytes].into_iter().map(table::Field::from).collect()
    });
    table::in_language(
        language,
        &["what", "from call", "from socket", "to call", "to socket", "bytes"],
        rows.collect(),
        120,
    )
}

/// Objects that have the same keys, as rows.
fn rows(objects: &[Value]) -> anyhow::Result<Vec<u8>> {
    let mut out = csv::Writer::from_writer(Vec::new());
    let keys: Vec<&String> =
        objects.first().and_then(Value::as_object).into_iter().flatten().map(|(key, _)| key).collect();
    out.write_record(&keys)?;
    for object in objects {
        out.write_record(keys.iter().map(|key| cell(&object[*key])))?;
    }
    Ok(out.into_inner()?)
}

/// A value in a row; what became of a socket is one text.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => visible_text(text).into_owned(),
        Value::Array(phases) => {
            let words: Vec<&str> = phases.iter().filter_map(|phase| phase["phase"].as_str()).collect();
            words.join(", ")
        }
        other => other.to_string(),
    }
}
