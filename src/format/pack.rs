//! Packed files: by which ending and first bytes a packing is known, and writing them.
//!
//! What was flushed can be unpacked, even if the writer is killed afterwards; [`Packed::finish`] makes the file whole.

use std::io::{self, Write};

#[cfg(feature = "files")]
use flate2::{Compression, write::GzEncoder};
#[cfg(feature = "files")]
use zstd::stream::write::Encoder;

/// How a file is packed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Packing {
    /// Not at all.
    #[default]
    None,
    /// gzip, RFC 1952.
    Gzip,
    /// Zstandard, RFC 8878.
    Zstd,
}

impl Packing {
    /// Those that pack.
    pub(crate) const ALL: [Self; 2] = [Self::Gzip, Self::Zstd];

    /// The ending of its files, without the dot.
    pub fn ending(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Gzip => "gz",
            Self::Zstd => "zst",
        }
    }

    /// The packing of a file that is there.
    #[cfg(feature = "cli")]
    pub(crate) fn of_file(file: &mut impl io::Read) -> io::Result<Self> {
        let mut front = Vec::new();
        io::Read::read_to_end(&mut io::Read::take(file, 4), &mut front)?;
        Ok(Self::of(&front))
    }

    /// The packing of a file that begins with these bytes.
    pub(crate) fn of(front: &[u8]) -> Self {
        match front {
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Self::Zstd,
            _ => Self::None,
        }
    }
}

/// A writer that packs.
pub struct Packed<W: Write>(Packer<W>);

enum Packer<W: Write> {
    Plain(W),
    #[cfg(feature = "files")]
    Gzip(GzEncoder<W>),
    #[cfg(feature = "files")]
    Zstd(Encoder<'static, W>),
}

impl<W: Write> std::fmt::Debug for Packed<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Packed").finish_non_exhaustive()
    }
}

impl<W: Write> Packed<W> {
    /// Packs what is written to `to`.
    ///
    /// # Errors
    /// Where the packing needs the feature `files`, or memory is short.
    pub fn new(to: W, packing: Packing) -> io::Result<Self> {
        Ok(Self(match packing {
            Packing::None => Packer::Plain(to),
            #[cfg(feature = "files")]
            Packing::Gzip => Packer::Gzip(GzEncoder::new(to, Compression::default())),
            #[cfg(feature = "files")]
            Packing::Zstd => Packer::Zstd(Encoder::new(to, 0)?),
            #[cfg(not(feature = "files"))]
            _ => return Err(io::Error::other("packed files are not supported without the feature `files`")),
        }))
    }

    /// Writes to `to` as it is.
    pub fn plain(to: W) -> Self {
        Self(Packer::Plain(to))
    }

    /// Ends the packed file and flushes it; nothing can be written any more.
    ///
    /// # Errors
    /// Those of writing.
    pub fn finish(&mut self) -> io::Result<()> {
        match &mut self.0 {
            Packer::Plain(to) => to.flush(),
            #[cfg(feature = "files")]
            Packer::Gzip(to) => {
                to.try_finish()?;
                to.get_mut().flush()
            }
            #[cfg(feature = "files")]
            Packer::Zstd(to) => {
                to.do_finish()?;
                to.get_mut().flush()
            }
        }
    }
}

impl<W: Write> Write for Packed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.0 {
            Packer::Plain(to) => to.write(bytes),
            #[cfg(feature = "files")]
            Packer::Gzip(to) => to.write(bytes),
            #[cfg(feature = "files")]
            Packer::Zstd(to) => to.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.0 {
            Packer::Plain(to) => to.flush(),
            #[cfg(feature = "files")]
            Packer::Gzip(to) => to.flush(),
            #[cfg(feature = "files")]
            Packer::Zstd(to) => to.flush(),
        }
    }
}

#[cfg(all(test, feature = "files"))]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use std::io::Read;

    use super::*;

    /// What can be unpacked, and whether the file is whole.
    fn unpacked(file: &[u8]) -> (Vec<u8>, bool) {
        let mut text = Vec::new();
        let mut from: Box<dyn Read> = match Packing::of(file) {
            Packing::Gzip => Box::new(flate2::read::MultiGzDecoder::new(file)),
            Packing::Zstd => Box::new(zstd::stream::read::Decoder::new(file).unwrap()),
            Packing::None => panic!("not packed"),
        };
        let whole = from.read_to_end(&mut text).is_ok();
        (text, whole)
    }

    #[test]
    fn what_was_flushed_is_there_though_the_writer_is_killed() {
        for packing in Packing::ALL {
            let mut file = Vec::new();
            let mut to = Packed::new(&mut file, packing).unwrap();
            to.write_all(b"one\n").unwrap();
            to.flush().unwrap();
            std::mem::forget(to);
            assert_eq!(unpacked(&file), (b"one\n".to_vec(), false), "{packing:?}");
        }
    }

    #[test]
    fn what_is_appended_to_a_packed_file_is_read_behind_it() {
        for packing in Packing::ALL {
            let mut file = Vec::new();
            for text in ["one\n", "two\n"] {
                let mut to = Packed::new(&mut file, packing).unwrap();
                to.write_all(text.as_bytes()).unwrap();
                to.finish().unwrap();
            }
            assert_eq!(unpacked(&file), (b"one\ntwo\n".to_vec(), true), "{packing:?}");
        }
    }
}
