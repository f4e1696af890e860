//! Reading strace's text back, as strace 5 to 7 write it.
//!
//! Led by the same call table as everything else, since text has no types of its own. Three layers: [`shape`](fn@shape) finds
//! the parts of a line, the call's entry in the table says what each argument is, and [`TextReader`] joins the halves of
//! calls that other threads interrupted and knows what a line means in its file.
//!
//! Nothing is lost and nothing fails: an argument in a spelling we do not know stays text
//! ([`Value::Verbatim`](crate::value::Value::Verbatim)), a line we cannot read stays a line
//! ([`Body::Unread`]) and is counted in the [`Report`](super::Report). Memory is bounded whatever the file:
//! lines too long are told in pieces, and only so many halves of calls wait for their other half.

mod address;
mod block;
mod blocks;
mod call;
mod constant;
mod frames;
mod groups;
mod join;
mod message;
mod pending;
mod prefix;
mod reader;
mod record;
mod shape;
mod signal;
mod state;
mod thread;
mod times;
mod value;
mod wait;

pub use blocks::Blocks;
pub use reader::{ReadOptions, TextReader, midnight};
pub use shape::{LineKind, LineShape, shape};

use crate::event::{Body, Unread};
use crate::text::{cursor, target};

/// Reads one line that stands alone, without prefix and newline: the inverse of [`write`](crate::text::write).
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
