//! Packed files, told by their first bytes.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;
use zstd::stream::read::Decoder;

use super::BUFFER;

/// What gzip files begin with, RFC 1952.
const GZIP: &[u8] = &[0x1f, 0x8b];
/// What Zstandard frames begin with, RFC 8878.
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];

/// A stream without its packing: gzip or Zstandard, several in a row as `cat` makes them, or none.
///
/// # Errors
/// Those of the stream, and packing that is damaged at its very beginning. Later damage shows when reading.
pub fn unpack(input: impl Read + Send + 'static) -> io::Result<Box<dyn Read + Send>> {
    let mut input = BufReader::with_capacity(BUFFER, input);
    // A pipe may bring fewer bytes than the mark has; then nothing was packed, or it was cut to uselessness.
    let front = input.fill_buf()?;
    Ok(if front.starts_with(GZIP) {
        Box::new(MultiGzDecoder::new(input))
    } else if front.starts_with(ZSTD) {
        Box::new(Decoder::with_buffer(input)?)
    } else {
        Box::new(input)
    })
}
