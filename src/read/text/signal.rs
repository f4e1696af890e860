//! Signals and ends of threads.

use super::constant::NameCache;
use super::cursor::Cursor;
use super::{record, target, wait};
use crate::event::{Body, Exit, Signal};
use crate::value::{Const, Fd, Field, Kind, Layout, Record, Value, siginfo};
use crate::xlat::signal::{si_codes, signal_number};

/// `SIGPIPE {si_signo=SIGPIPE, …}` or `stopped by SIGSTOP`: the text within `--- … ---`.
pub(super) fn signal(inside: &[u8]) -> Option<Body> {
    let mut c = Cursor::new(inside);
    if c.eat(b"stopped by ") {
        let signal = name(&mut c)?;
        return c.done().then_some(Body::Stopped { signal });
    }
    // strace 4.7 began with the structure; its words for the signal follow.
    if let Some(fields) = inside.strip_prefix(b"{")
        && let Some(end) = memchr::memrchr(b'}', fields)
    {
        let number = name(&mut Cursor::new(fields.strip_prefix(b"si_signo=")?))?;
        return Some(Body::Signal(Signal { number, info: Some(siginfo(number, &fields[..end])?) }));
    }
    let number = name(&mut c)?;
    // Up to strace 4.6: `SIGCHLD (Child exited) @ 0 (0)`.
    if c.done() || (c.sees(b" (") && c.rest().ends_with(b")")) {
        return Some(Body::Signal(Signal { number, info: None }));
    }
    c.expect(b" {")?;
    let info = siginfo(number, c.rest().strip_suffix(b"}")?)?;
    Some(Body::Signal(Signal { number, info: Some(info) }))
}

/// `exited with 0` or `killed by SIGKILL (core dumped)`: the text within `+++ … +++`.
pub(super) fn exit(inside: &[u8]) -> Option<Body> {
    let mut c = Cursor::new(inside);
    let exit = if c.eat(b"exited with ") {
        Exit::Status(i32::try_from(c.signed()?).ok()?)
    } else {
        c.expect(b"killed by ")?;
        let signal = name(&mut c)?;
        Exit::Killed { signal, core: c.eat(b" (core dumped)") }
    };
    c.done().then_some(Body::Exit(exit))
}

fn name(c: &mut Cursor<'_>) -> Option<u32> {
    let name = std::str::from_utf8(c.ident()).ok()?;
    let number = signal_number(name).or_else(|| name.parse().ok())?;
    u32::try_from(number).ok()
}

/// `{si_signo=SIGCHLD, …}` as an argument.
pub(super) fn argument(c: &mut Cursor<'_>) -> Option<Record> {
    let text = c.skip_value().strip_prefix(b"{")?.strip_suffix(b"}")?;
    let mut inside = Cursor::new(text);
    let number = if inside.eat(b"si_signo=") { wait::signal(&mut inside)? } else { 0 };
    siginfo(number, text)
}

/// The fields of a `siginfo_t`, which depend on the signal and its cause.
fn siginfo(number: u32, text: &[u8]) -> Option<Record> {
    let mut c = Cursor::new(text);
    let mut names = Vec::new();
    let mut fields = Vec::new();
    while !c.done() {
        if !names.is_empty() {
            c.expect(b", ")?;
        }
        let name = std::str::from_utf8(c.ident()).ok()?;
        c.expect(b"=")?;
        let value = std::str::from_utf8(c.skip_value()).ok()?;
        if names.contains(&name) {
            return None; // a damaged line
        }
        names.push(name);
        fields.push(field(number, name, value));
    }
    let same = |layout: &&Layout| layout.fields.iter().map(|field| field.name).eq(names.iter().copied());
    let layout = siginfo::LAYOUTS.iter().copied().find(same).or_else(|| siginfo::shape(&names))?;
    Some(Record { layout, fields, cut: None })
}

fn field(signal: u32, name: &str, text: &str) -> Value {
    let mut c = Cursor::new(text.as_bytes());
    let named = match name {
        "si_signo" => wait::signal(&mut c).map(Value::Signal),
        "si_status" if c.peek() == Some(b'S') => wait::signal(&mut c).map(Value::Signal),
        "si_code" => {
            let table = si_codes(u64::from(signal));
            let raw = match c.peek() {
                Some(b'0'..=b'9') => c.unsigned(),
                Some(b'-') => c.signed().and_then(|code| i32::try_from(code).ok()).map(|code| u64::from(code as u32)),
                _ => std::str::from_utf8(c.ident()).ok().and_then(|name| table.value(name)),
            };
            c.comment();
            raw.map(|raw| Value::Const(Const { table, raw }))
        }
        "si_addr" | "si_ptr" => c.pointer().map(Value::Pointer),
        "si_uid" => c.digits().map(Value::Uint),
        "si_timerid" => c.unsigned().map(Value::Hex),
        "si_fd" => c.signed().and_then(|raw| i32::try_from(raw).ok()).map(|raw| {
            let target = c.target().map(|(inside, deleted)| target::read(inside, deleted).into());
            Value::Fd(Fd { raw, target })
        }),
        "si_utime" | "si_stime" => {
            let ticks = c.signed().map(Value::Int);
            c.comment(); // the same in seconds
            ticks
        }
        _ => match siginfo::member(name) {
            Some(Field { kind, .. }) if !matches!(kind, Kind::Int(_)) => {
                record::kind(&mut NameCache::new(), kind, &mut c)
            }
            _ => c.signed().map(Value::Int),
        },
    };
    named.filter(|_| c.done()).unwrap_or_else(|| Value::Verbatim(text.into()))
}
