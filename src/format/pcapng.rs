//! Packets for Wireshark and tshark: the bytes that calls sent and received, as TCP and UDP.
//!
//! No packet was captured: they are made of the calls, so that a trace can be looked at by those who know protocols. A
//! connection begins with the handshake that `connect` and `accept` stand for, its bytes have the places that they have
//! in their stream, and it ends as the calls show (FIN for `shutdown` and the last `close`, RST where one side saw that the
//! connection was cut off). Each byte is there once: where both ends are in the trace, as sent.
//!
//! Addresses are the kernel's as far as the trace shows them. Others are made up, of ranges in which nobody lives: an unknown
//! end is 192.0.2.1 or 2001:db8::1 (RFC 5737, RFC 3849), an unknown port is 49152 and up. Sockets of AF_UNIX, which have no
//! such addresses, have `fd73:6f63:6b::N` for the socket with the number N, with 1 in the next place for ends that are not in
//! the trace; comments have their paths.
//!
//! Bytes that the trace does not have (`-s`) are missing at the ends of packets, whose lengths are right.

use super::{Format, Remarks, WriteOptions, Writer};
use crate::event::{Body, Call, Event, Ret};
use crate::sockets::{Payload, SocketTracker, payload};

mod address;
mod capture;
mod datagram;
mod stream;

use capture::Capture;

/// Packets.
pub(super) const FORMAT: Format = Format {
    name: "pcapng",
    endings: &["pcapng"],
    about: "The bytes of sockets as packets, for Wireshark and tshark",
    for_people: false,
    binary: true,
    in_browser: false,
    teaches: false,
    adds_stacks: false,
    strings: 65536,
    own_files: None,
    closed: Some("connections lead through a whole trace; record with --format jsonl, and convert that"),
    writer: |options: &WriteOptions| Box::new(Packets { remarks: options.remarks.clone(), ..Packets::default() }),
};

/// Collects a trace.
#[derive(Default)]
struct Packets {
    tracker: SocketTracker,
    calls: Vec<Called>,
    remarks: Remarks,
}

/// A call, as far as packets show it.
struct Called {
    begin_ns: u64,
    end_ns: Option<u64>,
    /// Who made it, and where.
    comment: String,
    messages: Vec<Payload>,
}

impl Called {
    /// The bytes of all messages, as far as they are known without a gap.
    fn front(&self) -> Vec<u8> {
        let mut front = Vec::new();
        for message in &self.messages {
            front.extend_from_slice(&message.head);
            if (message.head.len() as u64) < message.bytes {
                break;
            }
        }
        front
    }
}

/// The calls with their times.
struct Calls {
    calls: Vec<Called>,
}

impl Calls {
    fn begin(&self, event: usize) -> u64 {
        self.calls[event].begin_ns
    }

    fn end(&self, event: usize) -> u64 {
        self.calls[event].end_ns.unwrap_or(self.calls[event].begin_ns)
    }

    fn comment(&self, event: usize) -> &str {
        &self.calls[event].comment
    }
}

impl Writer for Packets {
    fn event(&mut self, event: &Event, _out: &mut Vec<u8>) {
        if matches!(event.body, Body::Note(_) | Body::Unread(_) | Body::Count(_)) {
            return;
        }
        self.tracker.event(event, self.calls.len());
        let mut called = Called { begin_ns: event.ts_ns, end_ns: None, comment: who(event), messages: Vec::new() };
        if let Body::Call(call) = &event.body {
            if call.ret != Ret::Unfinished {
                called.end_ns = Some(event.ts_ns.saturating_add(call.dur_ns.unwrap_or(0)));
            }
            called.messages = payload(call);
        }
        self.calls.push(called);
    }

    fn names_sockets(&self) -> bool {
        true
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        let Self { tracker, mut calls, remarks } = std::mem::take(self);
        let sockets = tracker.finish();
        let times = super::times::filled(calls.iter().map(|call| (call.begin_ns, call.end_ns)));
        for (call, (begin_ns, end_ns)) in calls.iter_mut().zip(times) {
            (call.begin_ns, call.end_ns) = (begin_ns, end_ns);
        }
        let calls = Calls { calls };
        let mut capture = Capture::default();
        stream::all(&sockets, &calls, &mut capture);
        datagram::all(&sockets, &calls, &mut capture);
        if capture.cut > 0 {
            remarks.add(format!(
                "{} of {} packets with data lack bytes that were not recorded; record with -s 65536 to have them all",
                capture.cut, capture.full
            ));
        }
        capture.write(out);
    }
}

/// `pid 7, tid 8: recvfrom, server.py:12 serve: conn.recv(1024)`.
fn who(event: &Event) -> String {
    let mut text = format!("seq {}, pid {}", event.seq, event.pid);
    if event.tid != event.pid {
        text.push_str(&format!(", tid {}", event.tid));
    }
    match &event.body {
        Body::Call(call) => text.push_str(&format!(": {}", made(call))),
        Body::Exit(_) => text.push_str(": exit"),
        _ => {}
    }
    text
}

fn made(call: &Call) -> String {
    let mut text = call.sys.name.to_owned();
    if let Ret::Err(errno) = call.ret {
        text.push_str(&format!(" {}", errno.name().unwrap_or("?")));
    }
    if let Some(frame) = call.python.as_ref().and_then(|stack| stack.caller()) {
        text.push_str(&format!(", {} {}", frame.short_place(), frame.function));
        if let Some(source) = &frame.source {
            text.push_str(&format!(": {source}"));
        }
    }
    text
}
