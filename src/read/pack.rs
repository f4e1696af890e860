//! Packed files, told by their first bytes.

use std::io::{self, BufRead, BufReader, Read};

#[cfg(feature = "files")]
use flate2::bufread::MultiGzDecoder;
#[cfg(feature = "files")]
use zstd::stream::read::Decoder;

use super::BUFFER;

/// What gzip files begin with, RFC 1952.
const GZIP: &[u8] = &[0x1f, 0x8b];
/// What Zstandard frames begin with, RFC 8878.
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];

/// What else a trace may be packed with, and is not read: what it begins with, what it is, and what undoes it.
const FOREIGN: [(&[u8], &str, &str); 5] = [
    (b"BZh", "packed with bzip2", "bzip2 -d"),
    (b"\xfd7zXZ\0", "packed with xz", "xz -d"),
    (b"PK\x03\x04", "a ZIP archive", "unzip"),
    (b"\xff\xfe", "UTF-16 text", "iconv -f UTF-16 -t UTF-8"),
    (b"\xfe\xff", "UTF-16 text", "iconv -f UTF-16 -t UTF-8"),
];

/// A stream without its packing: gzip or Zstandard, several in a row as `cat` makes them, or none.
///
/// # Errors
/// Those of the stream, packing that is not known here, and packing that is damaged at its very beginning. Later damage
/// shows when reading.
pub fn unpack(input: impl Read + Send + 'static) -> io::Result<Box<dyn Read + Send>> {
    let mut input = BufReader::with_capacity(BUFFER, input);
    // A pipe may bring fewer bytes than the mark has; then nothing was packed, or it was cut to uselessness.
    let front = input.fill_buf()?;
    if let Some((_, what, undo)) = FOREIGN.iter().find(|(mark, ..)| front.starts_with(mark)) {
        return Err(io::Error::other(format!("it is {what}, which is not read here; undo that first: {undo}")));
    }
    #[cfg(not(feature = "files"))]
    if front.starts_with(GZIP) || front.starts_with(ZSTD) {
        return Err(io::Error::other(
            "it is packed, which is not supported without the feature `files`; unpack it first",
        ));
    }
    #[cfg(feature = "files")]
    if front.starts_with(GZIP) {
        return Ok(Box::new(MultiGzDecoder::new(input)));
    } else if front.starts_with(ZSTD) {
        return Ok(Box::new(Decoder::with_buffer(input)?));
    }
    Ok(Box::new(input))
}
