//! A whole call: its arguments one by one, and the result.

use super::constant::NameCache;
use super::cursor::Cursor;
use super::value::{self, Args, errno};
use super::{record, wait};
use crate::event::{Call, CallText, Ret};
use crate::syscall::RetTy;
use crate::text::{Style, result};
use crate::value::{Flags, Value};
use crate::xlat::file::PERMISSIONS;

/// How a call was written.
#[derive(Default)]
pub(super) struct Spelling {
    /// How many arguments of a known call have an unknown spelling.
    pub(super) verbatim: u32,
    /// Whether arguments had their names (`-N`).
    pub(super) named: bool,
}

/// Reads arguments and result of a call; without a result it never returned. `None` where it is not UTF-8.
pub(super) fn read(names: &mut NameCache, call: &mut Call, args: &[u8], result: Option<&[u8]>) -> Option<Spelling> {
    let (args, cut) = match result {
        Some(_) if args.last() == Some(&b'>') => match args.strip_suffix(b" <unfinished ...>") {
            Some(args) => (args, true),
            None => (args, false),
        },
        _ => (args, false),
    };
    let spelling = if call.sys.is_known() { known(names, call, args)? } else { foreign(call, args)? };
    if let Some(text) = result {
        returned(names, call, text)?;
    }
    if cut {
        call.text.get_or_insert_default().cut = true;
    }
    Some(spelling)
}

/// The arguments of a call the table describes.
fn known(names: &mut NameCache, call: &mut Call, text: &[u8]) -> Option<Spelling> {
    let mut spelling = Spelling::default();
    let (mut sys, values) = (call.sys, &mut call.args);
    *values = Vec::with_capacity(sys.params.len());
    let mut c = Cursor::new(text);
    for at in 0.. {
        sys = sys.of_values(values);
        let Some(param) = sys.params.get(at) else { break };
        if c.done() || (at > 0 && !c.eat(b", ")) || c.done() {
            break;
        }
        let start = c.place();
        let mut args = Args { names, sys, values };
        if param.named && !(c.eat(param.name.as_bytes()) && c.eat(b"=")) {
            c.back(start);
        }
        if args.value(param.ty, &mut c).is_some() && ends(&c) {
            continue;
        }
        args.values.truncate(at);
        c.back(start);
        let mut args = Args { names, sys, values };
        if !c.ident().is_empty() && c.eat(b"=") {
            if args.value(param.ty, &mut c).is_some() && ends(&c) {
                spelling.named = true;
                continue;
            }
            args.values.truncate(at);
        }
        c.back(start);
        let named = !c.ident().is_empty() && c.eat(b"=");
        if named {
            spelling.named = true;
        } else {
            c.back(start);
        }
        let start = c.place();
        c.skip_value();
        if !ends(&c) {
            c.back(text.len());
        }
        spelling.verbatim += 1;
        values.push(verbatim(c.since(start))?);
    }
    call.sys = sys;
    if !c.done() {
        c.eat(b", ");
        values.push(verbatim(c.rest())?);
        spelling.verbatim += 1;
    }
    Some(spelling)
}

/// Whether an argument ends here.
fn ends(c: &Cursor<'_>) -> bool {
    c.done() || c.sees(b", ")
}

fn verbatim(text: &[u8]) -> Option<Value> {
    Some(Value::Verbatim(std::str::from_utf8(text).ok()?.into()))
}

/// The arguments of any other call, verbatim. Calls have at most six; anything beyond stays with the sixth.
fn foreign(call: &mut Call, text: &[u8]) -> Option<Spelling> {
    let (most, values) = (call.sys.params.len(), &mut call.args);
    let whole = std::str::from_utf8(text).ok()?;
    let mut c = Cursor::new(text);
    while !c.done() {
        if !values.is_empty() {
            c.eat(b", ");
        }
        let start = c.place();
        c.skip_value();
        if !ends(&c) || values.len() + 1 == most {
            c.back(text.len());
        }
        if values.is_empty() {
            values.reserve_exact(most);
        }
        values.push(Value::Verbatim(whole.get(start..c.place())?.into()));
    }
    Some(Spelling::default())
}

/// The result, after the equals sign. A spelling that would be written differently is kept together with the value.
fn returned(names: &mut NameCache, call: &mut Call, text: &[u8]) -> Option<()> {
    let (text, mark) = text.split_at(unmarked(text));
    let mut c = Cursor::new(text);
    let plain = match c.peek() {
        Some(b'0'..=b'9') => number(names, call, &mut c),
        Some(b'-') => failed(names, call, &mut c, b"-1 "),
        Some(b'?') => failed(names, call, &mut c, b"? "),
        Some(b'N') => {
            call.ret = Ret::Ok(0);
            false
        }
        _ => false,
    };
    if !plain || !c.done() {
        let mut canonical = String::new();
        if c.done() {
            result::write(call, &Style::default(), &mut canonical);
        }
        if canonical.as_bytes().get(2..) != Some(text) {
            let result = std::str::from_utf8(text).ok()?.into();
            call.text = Some(Box::new(CallText { result: Some(result), ..CallText::default() }));
        }
    }
    if let [_, mark @ ..] = mark {
        call.text.get_or_insert_default().mark = Some(std::str::from_utf8(mark).ok()?.into());
    }
    Some(())
}

/// How long a result is without what strace did to the call, which stands behind it.
fn unmarked(text: &[u8]) -> usize {
    if text.last() != Some(&b')') {
        return text.len();
    }
    let mut rest = text.strip_suffix(b" (DELAYED)").unwrap_or(text);
    for mark in [" (INJECTED)", " (INJECTED: args)", " (INJECTED: args, retval)"] {
        rest = rest.strip_suffix(mark.as_bytes()).unwrap_or(rest);
    }
    rest.len()
}

/// A numeric result, with what may follow it. Returns whether the writer would certainly spell it so.
fn number(names: &mut NameCache, call: &mut Call, c: &mut Cursor<'_>) -> bool {
    let hex = c.sees(b"0x");
    let octal = c.sees(b"0") && c.rest().get(1).is_some_and(u8::is_ascii_digit);
    let ty = call.sys.ret_ty(&call.args);
    let number = if ty == RetTy::Octal { c.number(&PERMISSIONS) } else { c.unsigned() };
    let Some(n) = number else { return false };
    let n = n as i64;
    call.ret = Ret::Ok(n);
    let mut plain =
        !octal && hex == (ty == RetTy::Pointer) && !matches!(ty, RetTy::Flags(..) | RetTy::Const(_) | RetTy::Octal);
    if c.peek() == Some(b'<') && ty == RetTy::Fd {
        call.ret_target = names.target(c);
    }
    if let RetTy::Flags(table, word) = ty
        && c.eat(b" (")
        && c.eat(word.as_bytes())
        && (word.is_empty() || c.eat(b" "))
    {
        let flags = value::flags(names, table, c);
        c.expect(b")");
        plain = false;
        debug_assert!(flags.is_none_or(|flags: Flags| flags.table == table));
    }
    let noted = matches!(ty, RetTy::Signal | RetTy::Const(_) | RetTy::Named(_) | RetTy::Date | RetTy::Packed(_));
    if noted && c.eat(b" (") {
        c.while_in(|b| b != b')');
        c.expect(b")");
        c.eat(b")");
        plain = false;
    }
    if !call.sys.times_out() && !call.args.iter().any(waits) {
        return plain;
    }
    // What a waiting call found is part of its result, so a result without it was cut off.
    let before = c.place();
    match ready(names, call, n, c) {
        Some(ours) => plain && ours,
        None => {
            c.back(before);
            false
        }
    }
}

/// `-1 EAGAIN (Resource temporarily unavailable)`, `? ERESTARTSYS (…)`.
fn failed(names: &mut NameCache, call: &mut Call, c: &mut Cursor<'_>, mark: &[u8]) -> bool {
    let start = c.place();
    if c.eat(mark)
        && let Some((errno, ours)) = errno(names, c)
    {
        call.ret = Ret::Err(errno);
        return ours && errno.is_restart() == (mark == b"? ");
    }
    c.back(start);
    if let Some(n) = c.signed() {
        call.ret = Ret::Ok(n);
        return true;
    }
    // `? ERESTARTSYS` and `-1 EIO` without a known message.
    false
}

/// Whether a value belongs to a waiting call, whose result has more than a number.
fn waits(value: &Value) -> bool {
    match value {
        Value::FdSet(_) | Value::Timeout(_) => true,
        Value::Array(array) => matches!(array.items.first(), Some(Value::PollFd(_))),
        _ => false,
    }
}

/// What a waiting call found, which completes the arguments. `None` where the spelling is unknown; otherwise whether
/// the writer would certainly spell it so.
fn ready(names: &mut NameCache, call: &mut Call, n: i64, c: &mut Cursor<'_>) -> Option<bool> {
    for value in &mut call.args {
        match value {
            Value::FdSet(set) => set.exit = Some(Vec::new()),
            Value::Array(array) => {
                for item in &mut array.items {
                    let Value::PollFd(pollfd) = item else { break };
                    pollfd.revents.get_or_insert(0);
                }
            }
            _ => {}
        }
    }
    if c.eat(b" (Timeout)") {
        return Some(n == 0);
    }
    if n == 0 && c.done() {
        return Some(false);
    }
    c.expect(b" (")?;
    let ours = found(names, call, c)?;
    if c.eat(b")") {
        return Some(ours && n > 0);
    }
    while !c.eat(b")") {
        c.expect(b", ")?;
        found(names, call, c)?;
    }
    Some(false)
}

/// One part of what was found. Returns whether the writer would certainly spell it so.
fn found(names: &mut NameCache, call: &mut Call, c: &mut Cursor<'_>) -> Option<bool> {
    if c.eat(b"left ") {
        let timeout = call.args.iter_mut().find_map(|value| match value {
            Value::Timeout(timeout) => Some(timeout),
            _ => None,
        })?;
        timeout.left = Some(record::read(names, timeout.entry.layout, c)?);
        return Some(false);
    }
    if c.peek() == Some(b'[') {
        let array = call.args.iter_mut().find_map(|value| match value {
            Value::Array(array) => Some(array),
            _ => None,
        })?;
        return wait::revents(names, array, c);
    }
    let name = match c.ident() {
        b"in" => "readfds",
        b"out" => "writefds",
        b"except" => "exceptfds",
        _ => return None,
    };
    c.expect(b" ")?;
    let at = call.sys.params.iter().position(|param| param.name == name)?;
    match call.args.get_mut(at)? {
        Value::FdSet(set) => set.exit = Some(wait::fds(names, c)?),
        _ => return None,
    }
    Some(false)
}
