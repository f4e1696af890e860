//! The program's own output within the line of the call that wrote it, as on a terminal: `write(1, "hi\n", 3hi`, and
//! likewise what was typed, within the line of the call that read it.

use memchr::{memchr, memmem};

use super::cursor::Cursor;

/// The most places that are tried.
const MAX_PLACES: usize = 8;

/// The arguments without that many bytes of what the call transferred, for each place where those may stand.
pub(super) fn without(args: &[u8], bytes: usize) -> Vec<Vec<u8>> {
    let data = transferred(args);
    let len = bytes.min(args.len());
    let sought = &data[..data.len().min(len)];
    if sought.is_empty() {
        return Vec::new();
    }
    let places = memmem::rfind_iter(args, sought).take(MAX_PLACES);
    let cut = |at: usize| {
        let end = (at + len).min(args.len());
        [&args[..at], &args[end..]].concat()
    };
    places.map(cut).collect()
}

/// What the strings among the arguments show of the data.
fn transferred(args: &[u8]) -> Vec<u8> {
    let mut data = Vec::new();
    let mut c = Cursor::new(args);
    while let Some(quote) = memchr(b'"', c.rest()) {
        c.back(c.place() + quote);
        match c.quoted() {
            Some(text) => data.extend(text),
            None => break,
        }
        if c.sees(b"...") {
            break;
        }
    }
    data
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_is_found_by_what_was_written() {
        let first = |args: &str, bytes| without(args.as_bytes(), bytes).into_iter().next();
        assert_eq!(first("1, \"hi\\n\", 3hi\n", 3).as_deref(), Some(&b"1, \"hi\\n\", 3"[..]));
        assert_eq!(first("1, \"ab\"..., 4abcd", 4).as_deref(), Some(&b"1, \"ab\"..., 4"[..]));
        assert_eq!(first("0, hi\n\"hi\\n\", 1024", 3).as_deref(), Some(&b"0, \"hi\\n\", 1024"[..]));
        let vectors = "1, [{iov_base=\"a\", iov_len=1}, {iov_base=\"\\n\", iov_len=1}], 2a\n";
        assert!(first(vectors, 2).is_some_and(|args| args.ends_with(b"}], 2")));
        assert_eq!((first("1, \"\", 0", 0), first("3", 5)), (None, None));
    }
}
