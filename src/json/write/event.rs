//! Events as objects: the keys that all have, those of each kind, and what else a line of text says.

use super::structure::bytes;
use super::tag::tagged_record;
use super::token::{array, boolean, hex, int, key, null, string, uint};
use super::{constant, slot};
use crate::event::{Body, Call, CallText, Event, Exit, LinePrefix, Ret};
use crate::json::python::StackCache;
use crate::json::shape::{JsonShape, key as param_key};
use crate::json::{VERSION, sets, socket, state, why};
use crate::text::target;
use crate::value::{Bytes, Value};
use crate::xlat::errno::ERRNO;

/// One event as an object.
pub(in crate::json) fn event(event: &Event, stacks: &mut StackCache, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"v\":");
    uint(out, VERSION);
    key(out, "seq");
    uint(out, event.seq);
    key(out, "ts_ns");
    uint(out, event.ts_ns);
    key(out, "pid");
    uint(out, event.pid.into());
    key(out, "tid");
    uint(out, event.tid.into());
    if let Some(role) = event.role {
        key(out, "role");
        string(out, role);
    }
    if let Some(host) = event.host {
        key(out, "host");
        string(out, host);
    }
    key(out, "type");
    string(out, event.body.name());
    match &event.body {
        Body::Call(called) => call(called, event.prefix.as_deref(), stacks, out),
        other => {
            body(other, out);
            in_text(out, None, None, event.prefix.as_deref());
        }
    }
    out.push(b'}');
}

/// The keys of an event that is not a call.
fn body(body: &Body, out: &mut Vec<u8>) {
    match body {
        Body::Call(_) => {}
        Body::Signal(delivered) => {
            signal_key(out, delivered.number);
            key(out, "info");
            match &delivered.info {
                Some(info) => tagged_record(out, info),
                None => null(out),
            }
        }
        Body::Stopped { signal } => signal_key(out, *signal),
        Body::Exit(Exit::Status(status)) => {
            key(out, "status");
            int(out, i64::from(*status));
        }
        Body::Exit(Exit::Killed { signal, core }) => {
            signal_key(out, *signal);
            key(out, "core_dumped");
            boolean(out, *core);
        }
        Body::Started { parent, shares } => {
            key(out, "parent");
            uint(out, (*parent).into());
            key(out, "shares_descriptors");
            boolean(out, *shares);
        }
        Body::Count(row) => {
            key(out, "syscall");
            string(out, &row.syscall);
            for (name, number) in [
                ("calls", row.calls),
                ("errors", row.errors),
                ("total_ns", row.total_ns),
                ("mean_ns", row.mean_ns),
                ("share", row.share.into()),
            ] {
                key(out, name);
                uint(out, number);
            }
        }
        Body::Note(note) => {
            key(out, "text");
            string(out, note);
        }
        Body::Unread(unread) => {
            key(out, "line");
            uint(out, unread.line);
            key(out, "column");
            uint(out, unread.column.into());
            key(out, "more");
            boolean(out, unread.more);
            key(out, "raw");
            bytes(out, &Bytes { data: unread.raw.clone().into(), truncated: false });
        }
    }
}

/// The keys of an event that tables have no columns for, an object; its Python stack is none of them.
#[cfg(feature = "tables")]
pub(in crate::json) fn beside(event: &Event, out: &mut Vec<u8>) {
    out.push(b'{');
    match &event.body {
        Body::Call(call) => {
            names(call, out);
            target(call, out);
            if let Some(about) = &call.socket {
                socket::others(out, about);
            }
            if let Some(found) = &call.why {
                why::write(out, found);
            }
            if let Some(sockets) = &call.sockets {
                state::write(out, sockets);
            }
            let surplus = call.args.get(call.sys.params.len());
            in_text(out, call.text.as_deref(), surplus, event.prefix.as_deref());
        }
        other => {
            body(other, out);
            in_text(out, None, None, event.prefix.as_deref());
        }
    }
    out.push(b'}');
}

/// What else a call is named by.
fn names(call: &Call, out: &mut Vec<u8>) {
    if !call.sys.is_known() {
        key(out, "nr");
        int(out, call.sys.nr);
    }
    if let Some(via) = call.via {
        key(out, "via");
        string(out, via);
    }
}

fn target(call: &Call, out: &mut Vec<u8>) {
    if let Some(target) = &call.ret_target {
        key(out, "ret_target");
        string(out, &target::plain(target));
    }
}

pub(super) fn signal_key(out: &mut Vec<u8>, number: u32) {
    key(out, "signal");
    sets::push_signal(out, number);
}

fn call(call: &Call, prefix: Option<&LinePrefix>, stacks: &mut StackCache, out: &mut Vec<u8>) {
    key(out, "syscall");
    string(out, call.sys.name);
    names(call, out);
    key(out, "args");
    args(call, out);
    key(out, "ret");
    match call.ret {
        Ret::Ok(n) => int(out, n),
        Ret::Err(errno) if !errno.is_restart() => int(out, -1),
        Ret::Err(_) | Ret::Unfinished => null(out),
    }
    target(call, out);
    key(out, "errno");
    match call.ret {
        Ret::Err(errno) => constant(out, &ERRNO, u64::from(errno.0 as u32)),
        Ret::Ok(_) | Ret::Unfinished => null(out),
    }
    key(out, "dur_ns");
    match call.dur_ns {
        Some(ns) => uint(out, ns),
        None => null(out),
    }
    if let Some(about) = &call.socket {
        socket::write(out, about);
    }
    let surplus = call.args.get(call.sys.params.len());
    in_text(out, call.text.as_deref(), surplus, prefix);
    if let Some(stack) = &call.python {
        stacks.write(out, stack);
    }
    if let Some(found) = &call.why {
        why::write(out, found);
    }
    if let Some(sockets) = &call.sockets {
        state::write(out, sockets);
    }
}

/// What only strace's text has: the line's prefix, and details of a call.
fn in_text(out: &mut Vec<u8>, text: Option<&CallText>, surplus: Option<&Value>, prefix: Option<&LinePrefix>) {
    if text.is_none() && surplus.is_none() && prefix.is_none() {
        return;
    }
    key(out, "strace");
    out.push(b'{');
    if let Some(text) = text {
        if let Some(result) = &text.result {
            key(out, "result");
            string(out, result);
        }
        if let Some(mark) = &text.mark {
            key(out, "mark");
            string(out, mark);
        }
        for (name, is_so) in [("cut", text.cut), ("detached", text.detached)] {
            if is_so {
                key(out, name);
                boolean(out, true);
            }
        }
        if let Some(resumed) = &text.resumed {
            key(out, "resumed");
            string(out, resumed);
        }
        if !text.frames.is_empty() {
            key(out, "frames");
            array(out, &text.frames, |out, frame| string(out, frame));
        }
    }
    if let Some(Value::Verbatim(surplus)) = surplus {
        key(out, "surplus");
        string(out, surplus);
    }
    if let Some(prefix) = prefix {
        if let Some(ip) = prefix.ip {
            key(out, "ip");
            hex(out, ip);
        }
        if let Some(number) = prefix.number {
            key(out, "number");
            uint(out, u64::from(number));
        }
        if let Some((ns, digits)) = prefix.since {
            key(out, "since_ns");
            uint(out, ns);
            key(out, "since_digits");
            uint(out, u64::from(digits));
        }
        if let Some(comm) = prefix.comm {
            key(out, "comm");
            string(out, comm);
        }
    }
    out.push(b'}');
}

/// The arguments of a call, an object.
pub(in crate::json) fn args(call: &Call, out: &mut Vec<u8>) {
    out.push(b'{');
    for (param, value) in call.sys.params.iter().zip(&call.args) {
        slot(out, param_key(param), JsonShape::of(call.sys, param), value);
    }
    out.push(b'}');
}
