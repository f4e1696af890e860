//! Reading strace's text back, as strace 5 to 7 write it.
//!
//! The call table drives reading as it drives everything else, since text has no types of its own. There are three
//! layers: `shape` splits a line into its parts, the call's entry in the table gives each argument's type,
//! and [`TextReader`] joins the halves of calls that other threads interrupted and knows what a line means in its file.
//!
//! Nothing is lost and nothing fails: an argument in an unknown spelling stays text
//! ([`Value::Verbatim`](crate::value::Value::Verbatim)), a line that cannot be read stays a line
//! ([`Body::Unread`]) and is counted in the [`Report`](super::Report). Memory is bounded for any file: lines that are
//! too long are kept in pieces, and the number of pending halves of calls is limited.

mod address;
mod block;
pub(crate) mod blocks;
mod call;
mod constant;
mod dress;
mod frames;
mod groups;
mod join;
mod message;
mod netlink;
mod notice;
mod open;
mod output;
mod pending;
mod prefix;
mod reader;
mod record;
pub(crate) mod shape;
mod signal;
mod stamp;
mod state;
mod survey;
mod terminal;
mod thread;
mod times;
mod undress;
mod value;
mod wait;

pub use reader::{ReadOptions, TextReader, midnight};

use crate::event::{Body, Unread};
use crate::text::{cursor, target};

/// Reads a single line without prefix and newline: the inverse of [`write`](crate::text::write).
pub fn line(text: &str) -> Body {
    let mut lines = join::Joiner::new(ReadOptions::default());
    let mut events = Vec::new();
    lines.line(text.as_bytes(), &mut events);
    lines.finish(&mut events);
    match <[crate::event::Event; 1]>::try_from(events) {
        Ok([event]) => event.body,
        Err(_) => Body::Unread(Unread { raw: text.as_bytes().to_vec(), line: 1, column: 1, more: false }),
    }
}
