//! Python's text representations: `repr` of bytes, and `bytes.decode`.

use std::fmt::Write;

use crate::pysocket::{Error, Result};

/// `repr(data)`.
pub(super) fn bytes(data: &[u8]) -> String {
    let quote = if data.contains(&b'\'') && !data.contains(&b'"') { '"' } else { '\'' };
    let mut text = format!("b{quote}");
    for byte in data {
        match byte {
            b'\\' => text.push_str("\\\\"),
            b'\t' => text.push_str("\\t"),
            b'\n' => text.push_str("\\n"),
            b'\r' => text.push_str("\\r"),
            b'\'' if quote == '\'' => text.push_str("\\'"),
            b' '..=b'~' => text.push(char::from(*byte)),
            _ => {
                let _ = write!(text, "\\x{byte:02x}");
            }
        }
    }
    text.push(quote);
    text
}

/// `data.decode()`, with CPython's message where it fails.
pub(super) fn decode(data: &[u8]) -> Result<String> {
    let error = match std::str::from_utf8(data) {
        Ok(text) => return Ok(text.to_owned()),
        Err(error) => error,
    };
    let start = error.valid_up_to();
    let (len, reason) = match error.error_len() {
        None => (data.len() - start, "unexpected end of data"),
        Some(len) => match data[start] {
            0x80..=0xc1 | 0xf5..=0xff => (len, "invalid start byte"),
            _ => (len, "invalid continuation byte"),
        },
    };
    let place = match len {
        1 => format!("byte 0x{:02x} in position {start}", data[start]),
        _ => format!("bytes in position {start}-{}", start + len - 1),
    };
    Err(Error::Unicode(format!("'utf-8' codec can't decode {place}: {reason}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_as_python_shows_them() {
        assert_eq!(bytes(b"hello \xe6\n"), r"b'hello \xe6\n'");
        assert_eq!(bytes(b"it's"), "b\"it's\"");
        assert_eq!(bytes(b"it's \"it\""), "b'it\\'s \"it\"'");
        assert_eq!(bytes(b""), "b''");
    }

    #[test]
    fn messages_of_a_failed_decode() {
        let message = |data: &[u8]| decode(data).unwrap_err().to_string();
        let prefix = "UnicodeDecodeError: 'utf-8' codec can't decode";
        assert_eq!(message(b"a\xe5"), format!("{prefix} byte 0xe5 in position 1: unexpected end of data"));
        assert_eq!(message(b"a\xe5\xad"), format!("{prefix} bytes in position 1-2: unexpected end of data"));
        assert_eq!(message(b"\xffab"), format!("{prefix} byte 0xff in position 0: invalid start byte"));
        assert_eq!(message(b"\xe5ab"), format!("{prefix} byte 0xe5 in position 0: invalid continuation byte"));
    }
}
