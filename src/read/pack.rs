//! Compressed files, recognised by their first bytes.

use std::io::{self, BufRead, BufReader, Read};

#[cfg(feature = "files")]
use flate2::bufread::MultiGzDecoder;
#[cfg(feature = "files")]
use zstd::stream::read::Decoder;

use super::BUFFER;
use crate::format::Packing;

/// Other packings, which are not supported: first bytes, name, and the command that unpacks it.
const FOREIGN: [(&[u8], &str, &str); 5] = [
    (b"BZh", "bzip2 compression", "bzip2 -d"),
    (b"\xfd7zXZ\0", "xz compression", "xz -d"),
    (b"PK\x03\x04", "a ZIP archive", "unzip"),
    (b"\xff\xfe", "UTF-16 text", "iconv -f UTF-16 -t UTF-8"),
    (b"\xfe\xff", "UTF-16 text", "iconv -f UTF-16 -t UTF-8"),
];

/// Decompresses a stream: gzip or Zstandard, also several concatenated, or neither.
///
/// # Errors
/// Those of the stream, an unsupported packing, and one that is damaged at its beginning. Later damage is reported when
/// reading.
pub fn unpack(input: impl Read + Send + 'static) -> io::Result<Box<dyn Read + Send>> {
    let mut input = BufReader::with_capacity(BUFFER, input);
    // A pipe may return fewer bytes than the mark has; then it is not compressed, or too short to be of use.
    let front = input.fill_buf()?;
    if let Some((_, what, undo)) = FOREIGN.iter().find(|(mark, ..)| front.starts_with(mark)) {
        return Err(io::Error::other(format!("{what} is not supported; try `{undo}` first")));
    }
    #[cfg(not(feature = "files"))]
    if Packing::of(front) != Packing::None {
        return Err(io::Error::other(
            "it is packed, which is not supported without the feature `files`; unpack it first",
        ));
    }
    #[cfg(feature = "files")]
    match Packing::of(front) {
        Packing::Gzip => return Ok(Box::new(MultiGzDecoder::new(input))),
        Packing::Zstd => return Ok(Box::new(Decoder::with_buffer(input)?)),
        Packing::None => {}
    }
    Ok(Box::new(input))
}
