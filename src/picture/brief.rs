//! A call in a few words, for a picture on a page or a slide: what it is about and what came of it. Lengths, flags that are
//! not set and pointers to nothing are left out; strace's whole line is behind it.

use std::fmt::Write;

use crate::event::{Call, Ret};
use crate::syscall::{RetTy, Ty};
use crate::text::{self, StringStyle, Style};
use crate::value::Value;
use crate::why::subject::place;

/// Characters of one argument, and of all.
const MAX_ARGUMENT: usize = 28;
pub(super) const MAX_TEXT: usize = 64;

/// The call with its result.
pub(super) fn call(call: &Call) -> String {
    let style = Style { align: 0, strings: StringStyle::Utf8, ..Style::default() };
    let has_bytes = call.args.iter().any(|arg| matches!(arg, Value::Bytes(_)));
    let mut args = Vec::new();
    for (param, value) in call.sys.params.iter().zip(&call.args) {
        let nothing = match value {
            Value::Pointer(0) => true,
            Value::Flags(flags) => flags.raw == 0,
            Value::Length(_) => true,
            Value::Fd(fd) => param.ty.descriptor(fd.raw).is_none(),
            Value::Uint(_) => matches!(param.ty, Ty::Size) && has_bytes,
            Value::Int(_) => param.name == "addrlen",
            _ => false,
        };
        if nothing {
            continue;
        }
        let mut shown = String::new();
        match value {
            Value::SockAddr(address) => match place(address) {
                Some(place) => shown = place,
                None => text::write_value(value, &style, &mut shown),
            },
            Value::Fd(fd) => shown = fd.raw.to_string(),
            _ => text::write_value(value, &style, &mut shown),
        }
        args.push(cut(&shown, MAX_ARGUMENT));
    }
    let mut out = cut(&format!("{}({})", call.sys.name, args.join(", ")), MAX_TEXT);
    let _ = match call.ret {
        Ret::Ok(0)
            if call.sys.ret_ty(&call.args) != RetTy::Fd && !matches!(call.args.get(1), Some(Value::Bytes(_))) =>
        {
            Ok(())
        }
        Ret::Ok(ret) => write!(out, " = {ret}"),
        Ret::Err(errno) => match errno.name() {
            Some(name) => write!(out, " = {name}"),
            None => write!(out, " = errno {}", errno.0),
        },
        Ret::Unfinished => write!(out, " …"),
    };
    out
}

/// The first characters; a text between quotation marks keeps both.
pub(super) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let quoted = text.starts_with('"');
    let kept: String = text.chars().take(most - 1 - usize::from(quoted)).collect();
    // An escape is not cut in two.
    let kept = kept.trim_end_matches('\\');
    if quoted { format!("{kept}\"…") } else { format!("{kept}…") }
}
