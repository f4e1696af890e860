//! Compares two runs of one program: the rule by which a Rust role is compared with its Python twin.
//!
//! In addition to what [`normalize`](crate::normalize) removes from any trace:
//! - only calls and the exit of the process count: an interpreter has signals and threads of its own;
//! - of a call that never returned only the first argument counts, since a source may not know the others;
//! - a socket's port is also removed from what is sent and received, where programs print it;
//! - a query to a name server, and the answer that repeats it, count as the same message: the id is random;
//! - the rest of a timeout in ms is rounded to a tenth of a second, since it was computed from a deadline;
//! - threads of a process other than its first are not ordered.

use std::collections::{BTreeMap, BTreeSet};

use super::{CompareOptions, Comparison, Tokens, compare};
use crate::event::{Body, Call, Event, Ret};
use crate::normalize::{EPHEMERAL, Token};
use crate::value::{SockAddr, Value};

/// Two processes that should make the same calls, compared.
#[derive(Debug, Clone)]
pub(crate) struct Twins {
    /// The left process's events, as they are compared.
    pub(crate) left: Vec<Event>,
    /// The right's.
    pub(crate) right: Vec<Event>,
    /// The comparison, whose rows point into the two.
    pub(crate) comparison: Comparison,
}

/// Compares two runs of one program, a process each.
pub(crate) fn twins(left: &[Event], right: &[Event], options: &CompareOptions) -> Twins {
    let (left, right) = (comparable(left, options), comparable(right, options));
    let comparison = compare(&left, &right, options);
    Twins { left, right, comparison }
}

/// The events of a run that are compared.
fn comparable(trace: &[Event], options: &CompareOptions) -> Vec<Event> {
    let mut ports = BTreeSet::new();
    for event in trace {
        if let Body::Call(call) = &event.body {
            call.args.iter().for_each(|value| collect_ports(value, &options.chosen, &mut ports));
        }
    }
    let mut threads: BTreeMap<u32, Vec<Event>> = BTreeMap::new();
    for event in trace {
        let body = match &event.body {
            Body::Call(call) => Body::Call(comparable_call(call, &ports)),
            Body::Exit(exit) if event.tid == event.pid => Body::Exit(*exit),
            _ => continue,
        };
        threads.entry(event.tid).or_default().push(Event { body, ..event.clone() });
    }
    let mut threads: Vec<Vec<Event>> = threads.into_values().collect();
    threads.sort_by_cached_key(|thread| {
        let key = |token: Token| token.key().map(str::to_owned).collect::<Vec<_>>();
        let first = thread.first().is_some_and(|event| event.pid == event.tid);
        (!first, Tokens::of(thread, options).all().map(key).collect::<Vec<_>>())
    });
    threads.into_iter().flatten().collect()
}

fn comparable_call(call: &Call, ports: &BTreeSet<u16>) -> Call {
    let mut call = call.clone();
    if matches!(call.ret, Ret::Unfinished) || matches!(call.ret, Ret::Err(errno) if errno.is_restart()) {
        call.ret = Ret::Unfinished;
        call.args.truncate(1);
    }
    let names = call.sys.params.iter().map(|param| param.name);
    for (name, value) in names.zip(&mut call.args) {
        match value {
            Value::Int(ms) if name == "timeout" && *ms > 0 => *ms = (*ms).saturating_add(99) / 100 * 100,
            value => mask(value, ports),
        }
    }
    call
}

/// The ports of sockets that the kernel chose, or that were chosen at random.
fn collect_ports(value: &Value, chosen: &[u16], ports: &mut BTreeSet<u16>) {
    match value {
        Value::SockAddr(SockAddr::Inet { port, .. } | SockAddr::Inet6 { port, .. })
            if EPHEMERAL.contains(port) || chosen.contains(port) =>
        {
            ports.insert(*port);
        }
        Value::MsgHdr(msg) => collect_ports(&msg.name, chosen, ports),
        Value::MmsgHdr(msg) => collect_ports(&msg.hdr.name, chosen, ports),
        Value::Array(array) => array.items.iter().for_each(|item| collect_ports(item, chosen, ports)),
        _ => {}
    }
}

/// Removes ports and DNS queries from what is sent and received.
fn mask(value: &mut Value, ports: &BTreeSet<u16>) {
    /// The end of a DNS query: the root label, type A, class IN.
    const QUESTION: &[u8] = &[0, 0, 1, 0, 1];
    match value {
        Value::Bytes(bytes) if bytes.data.windows(QUESTION.len()).any(|window| window == QUESTION) => {
            bytes.data = b"MESSAGE"[..].into();
        }
        Value::Bytes(bytes) => bytes.data = without_ports(&bytes.data, ports).into(),
        Value::Array(array) => array.items.iter_mut().for_each(|item| mask(item, ports)),
        Value::Record(record) => record.fields.iter_mut().for_each(|field| mask(field, ports)),
        Value::MsgHdr(msg) => mask(&mut msg.iov, ports),
        Value::MmsgHdr(msg) => mask(&mut msg.hdr.iov, ports),
        _ => {}
    }
}

fn without_ports(text: &[u8], ports: &BTreeSet<u16>) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for word in text.chunk_by(|a, b| a.is_ascii_digit() == b.is_ascii_digit()) {
        let number = std::str::from_utf8(word).ok().and_then(|word| word.parse().ok());
        match number {
            Some(port) if ports.contains(&port) => out.extend(b"PORT"),
            _ => out.extend(word),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::text;

    fn trace(lines: &str) -> Vec<Event> {
        let event = |(seq, line): (usize, &str)| {
            let (tid, text) = line.trim().split_once(' ').unwrap();
            Event {
                seq: seq as u64,
                ts_ns: 0,
                pid: 7,
                tid: tid.parse().unwrap(),
                body: text::line(text),
                role: None,
                host: None,
                prefix: None,
            }
        };
        lines.trim().lines().enumerate().map(event).collect()
    }

    fn same(left: &str, right: &str) -> bool {
        twins(&trace(left), &trace(right), &CompareOptions::default()).comparison.is_same()
    }

    #[test]
    fn a_port_that_a_program_prints_differs_by_chance_but_other_text_does_not() {
        let run = |port: u16, text: &str| {
            format!(
                "7 connect(3, {{sa_family=AF_INET, sin_port=htons({port}), sin_addr=inet_addr(\"127.0.0.1\")}}, 16) = 0
                 7 sendto(3, \"{text}\", 5, 0, NULL, 0) = 5"
            )
        };
        assert!(same(&run(40001, "40001"), &run(40002, "40002")));
        assert!(!same(&run(40001, "40001"), &run(40002, "40001")));
        assert!(!same(&run(40001, "hello"), &run(40002, "Hello")));
    }

    #[test]
    fn only_the_first_thread_has_a_place() {
        let (a, b) = ("sendto(3, \"a\", 1, 0, NULL, 0) = 1", "sendto(3, \"b\", 1, 0, NULL, 0) = 1");
        let first = "7 socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3";
        let run = |x: &str, y: &str| format!("{first}\n8 {x}\n9 {y}\n8 +++ exited with 0 +++\n7 +++ exited with 0 +++");
        assert!(same(&run(a, b), &run(b, a)));
        assert!(!same(&run(a, b), &run(a, a)));
    }

    #[test]
    fn questions_timeouts_and_calls_that_never_returned() {
        let ask = |id: &str, ms: u32| {
            format!(
                "7 sendto(3, \"{id}\\1\\0\\0\\1\\0\\0\\0\\0\\0\\0\\3www\\0\\0\\1\\0\\1\", 21, 0, NULL, 0) = 21
                 7 poll([{{fd=3, events=POLLIN}}], 1, {ms}) = 0 (Timeout)
                 7 recvfrom(3,  <unfinished ...>"
            )
        };
        assert!(same(&ask("ab", 4998), &ask("xy", 4930)));
        assert!(!same(&ask("ab", 4998), &ask("ab", 2000)));
    }
}
