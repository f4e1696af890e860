//! C structures as data: one [`Layout`] has the offset and type of each field.
//!
//! Text, JSON, parser and encoder all derive from the layout, so a structure is described once. A structure that was
//! cut short keeps its complete fields and the bytes of the incomplete one.

use super::{Masked, Packed, Value};
use crate::xlat::Xlat;
use crate::xlat::signal::SA_RESTORER;

mod bytes;

use bytes::put;

/// A C structure: name, size in bytes, fields.
#[derive(Debug)]
pub struct Layout {
    /// The C tag, which is also the key under which JSON shows it (`linger`, `timeval`).
    pub name: &'static str,
    /// `sizeof`.
    pub size: usize,
    /// What it is for, in one sentence for beginners.
    pub doc: &'static str,
    /// Fields in the order they are written; offsets may overlap (unions).
    pub fields: &'static [Field],
}

impl Layout {
    /// Bytes that its fields lie in: a few have some beyond the C size.
    pub(crate) fn span(&self) -> usize {
        self.fields.iter().map(|field| field.offset + field.kind.size()).fold(self.size, usize::max)
    }
}

impl Layout {
    /// Bytes that its fields lie in, without those that follow them.
    pub(crate) fn extent(&self) -> usize {
        self.fields.iter().map(|field| field.offset + field.kind.size()).max().unwrap_or(0)
    }
}

impl PartialEq for Layout {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

/// One field of a [`Layout`].
#[derive(Debug)]
pub struct Field {
    /// The C name.
    pub name: &'static str,
    /// Bytes from the start of the structure.
    pub offset: usize,
    /// Its type.
    pub kind: Kind,
    /// What it is for, in one sentence for beginners.
    pub doc: &'static str,
}

/// The type of a field. Widths are in bytes; numbers are in native byte order unless noted otherwise.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// A signed number of 1, 2, 4 or 8 bytes.
    Int(usize),
    /// An unsigned number.
    Uint(usize),
    /// A number shown in hex.
    Hex(usize),
    /// A file descriptor (`int`).
    Fd,
    /// A constant of this width.
    Const(&'static Xlat, usize),
    /// Flags of this width.
    Flags(&'static Xlat, usize),
    /// A port in network order.
    Port,
    /// An IPv4 address.
    Ipv4,
    /// An IPv4 address at the beginning of 16 bytes.
    WideIpv4,
    /// An IPv6 address.
    Ipv6,
    /// An interface index (`unsigned int`).
    Interface,
    /// This many octets, shown individually.
    Octets(usize),
    /// A NUL-terminated or NUL-padded string in this many bytes.
    Text(usize),
    /// A pointer that is not followed.
    Pointer,
    /// A nested structure.
    Record(&'static Layout),
    /// 32 bits in network order, shown in hex.
    Be32Hex,
    /// One octet.
    Octet,
    /// A user or group: the largest number is -1, for none.
    Uid,
    /// A signal (`int`).
    Signal,
    /// An address of at most this many bytes.
    SockAddr(usize),
    /// A pointer to a buffer, which the decoder follows.
    Buffer,
    /// A pointer to a signal set, which the decoder follows.
    SigSet,
    /// A pointer to a BPF program, which the decoder follows when nothing is abbreviated.
    Filter,
    /// A hardware address of this many bytes.
    Mac(usize),
    /// A constant of 16 bits in network order.
    Be16(&'static Xlat),
    /// 32 bits shown in hex, padded to eight places (`0x000001`), as eight zeroes when there are none.
    Hex8,
    /// A number that should be zero, shown in hex where it is not.
    Pad(usize),
    /// A descriptor shown where it is not zero.
    PadFd,
    /// Bytes that should be zero, shown where they are not.
    PadBytes(usize),
    /// A NUL-terminated string in this many bytes, the last of which can only be the NUL.
    CString(usize),
    /// A NUL-terminated string in all bytes that are left.
    Rest,
    /// At most this many bytes of text; another field has the length.
    Bytes(usize),
    /// 16 bits, little-endian.
    Le16,
    /// A constant of 16 bits, little-endian.
    Le16Const(&'static Xlat),
    /// The call sign of an AX.25 station, seven octets.
    Callsign,
    /// The call signs of digipeaters.
    Callsigns,
    /// A mark that more bytes follow.
    More,
    /// An address within an address.
    Transport,
    /// The length of the field that follows, which the kernel may change.
    BufferLen,
    /// A pointer to structures, which the decoder follows.
    Elements,
    /// `sll_addr`: the preceding field has the number of octets, limited to those present.
    HwAddr,
    /// A time in clock ticks (`clock_t`), which programs see as hundredths of a second.
    Ticks,
    /// The number of a device, of 4 or 8 bytes, as [`super::stat::DEVICE`].
    Device(usize),
    /// Seconds since 1970; the date follows in a comment.
    Date,
    /// The same, of which the next field has the nanoseconds.
    DateWithNanos,
    /// A nested time, whose date follows in a comment.
    Moment(&'static Layout),
    /// What handles a signal: a function, or a constant.
    Handler,
    /// A set of signals within the structure.
    SigMask,
    /// A pointer that is valid where the flags before it say so (`SA_RESTORER`).
    Restorer,
    /// A pointer that the structure has where its flags have one of these bits.
    PointerIf(u64),
    /// A number that the structure has where its flags have one of these bits.
    UintIf(u64),
    /// A pointer that stays out where it and what follows are zero.
    PadPointer,
    /// A number that stays out where it and the pointer before it are zero.
    PadUint(usize),
    /// A length before the call, and after it where the kernel changed it.
    Changing,
    /// Bytes written in hex; another field has the length.
    Blob,
    /// The signal of an event, written as a number where none is sent (`sigev_signo`).
    EventSignal,
    /// A pointer to a number, which the decoder follows.
    RefInt,
    /// A pointer to a descriptor, which the decoder follows.
    RefFd,
    /// A limit: the largest number is none.
    Limit,
    /// Capabilities: the lower half of the bits here, the other 12 bytes on.
    Caps,
    /// This many numbers of 64 bits.
    Words(usize),
    /// This many numbers of 32 bits, written in hex.
    HexWords(usize),
    /// This many numbers of 64 bits, written in hex.
    HexLongs(usize),
    /// A field that stays out where it is zero.
    NonZero(&'static Kind),
    /// A field whose type, and whether it is there at all, depends on those before it.
    By(&'static By),
    /// Some bits of the number that begins there.
    Bits(&'static Bits),
    /// A number that is made of parts.
    Packed(&'static Packed),
    /// A pointer to a string, which the decoder follows.
    Str,
    /// A pointer to a path, which the decoder follows.
    Path,
    /// A pointer to as many bytes as the field of this name says.
    BytesAt(&'static str),
    /// A pointer to a string, for which the field of this name says how much room there is.
    TextAt(&'static str),
    /// A pointer to as many elements as the field of this name says: not followed, but for when there are none.
    NoneAt(&'static str),
    /// A pointer to as many descriptors as an argument of the call says.
    FdsAt {
        /// The argument.
        count: usize,
    },
    /// A pointer to the buffers of a request.
    Vectors {
        /// Whether what they hold is shown.
        followed: bool,
    },
    /// A priority (16 bits): a number, or one of a class where the request's flags say so.
    Priority,
    /// Structures that follow, as many as an argument of the call says.
    Following(&'static Layout),
    /// A negative error number, or 0.
    Failure,
    /// Flags of this width, each written as the bit that it is.
    Shifted(&'static Xlat, usize),
    /// This many numbers of 32 bits.
    Ints(usize),
    /// Flags of this width, of which none are written as nothing.
    Set(&'static Xlat, usize),
    /// Constants and flags of this width.
    Masked(&'static Masked, usize),
    /// This many bytes, each for a key of a terminal.
    Keys(usize),
    /// A netlink message.
    Message,
    /// All bytes that are left, written in hex.
    Tail,
}

/// A field whose type depends on those before it.
#[derive(Debug)]
pub struct By {
    /// Its bytes.
    pub size: usize,
    /// The types that it may have.
    pub kinds: &'static [Kind],
    /// Which of them it has, given the fields before it; `None` where it is not there.
    pub choose: fn(&[Value]) -> Option<usize>,
}

/// Some bits of a number.
#[derive(Debug)]
pub struct Bits {
    /// The bytes of the number.
    pub size: usize,
    /// The first.
    pub shift: u8,
    /// How many.
    pub width: u8,
    /// What is written in a comment behind each number; the last stands for all larger ones, too.
    pub notes: &'static [&'static str],
}

impl Bits {
    /// The number that they make.
    fn of(&self, word: u64) -> u64 {
        word >> self.shift & ((1 << self.width) - 1)
    }

    /// What is written behind the number.
    pub(crate) fn note(&self, number: u64) -> Option<&'static str> {
        self.notes.get(number as usize).or(self.notes.last()).copied()
    }
}

/// The forms in which one C structure is written: abbreviated or whole, by what is in it.
#[derive(Debug)]
pub struct Forms {
    /// The C tag, which all forms have.
    pub name: &'static str,
    /// `sizeof`.
    pub size: usize,
    /// The forms.
    pub all: &'static [&'static Layout],
    /// Which form these bytes take, abbreviated or not.
    pub choose: fn(&[u8], bool) -> usize,
}

impl Forms {
    /// Reads the structure.
    pub fn read(&self, bytes: &[u8], abbreviate: bool) -> Record {
        Record::read(self.all[(self.choose)(bytes, abbreviate)], bytes)
    }
}

impl PartialEq for Forms {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Kind {
    /// The type itself, given the fields before it; `None` where the structure has no such field.
    pub(crate) fn resolve(&self, before: &[Value]) -> Option<&Self> {
        match self {
            Kind::By(by) => by.kinds.get((by.choose)(before)?),
            kind => Some(kind),
        }
    }

    /// Size in bytes.
    pub fn size(&self) -> usize {
        match *self {
            Kind::Int(n) | Kind::Uint(n) | Kind::Hex(n) | Kind::Const(_, n) | Kind::Flags(_, n) => n,
            Kind::Octets(n) | Kind::Text(n) => n,
            Kind::Fd | Kind::Ipv4 | Kind::Interface => 4,
            Kind::Port => 2,
            Kind::WideIpv4 | Kind::Ipv6 => 16,
            Kind::Pointer | Kind::Buffer | Kind::SigSet | Kind::Filter => 8,
            Kind::Record(layout) => layout.size,
            Kind::Be32Hex | Kind::Uid | Kind::Signal | Kind::EventSignal | Kind::Hex8 | Kind::PadFd => 4,
            Kind::Be16(_) => 2,
            Kind::Octet => 1,
            Kind::SockAddr(n) | Kind::Mac(n) | Kind::Pad(n) | Kind::PadBytes(n) => n,
            Kind::HwAddr | Kind::Elements | Kind::Ticks => 8,
            Kind::CString(n) | Kind::Bytes(n) => n,
            Kind::Rest => 1,
            Kind::Le16 | Kind::Le16Const(_) => 2,
            Kind::Callsign => 7,
            Kind::Callsigns | Kind::More | Kind::Blob => 0,
            Kind::Changing => 4,
            Kind::Transport => 28,
            Kind::BufferLen => 4,
            Kind::Date | Kind::DateWithNanos | Kind::Handler | Kind::SigMask => 8,
            Kind::Restorer | Kind::Limit | Kind::PointerIf(_) | Kind::UintIf(_) | Kind::PadPointer => 8,
            Kind::RefInt | Kind::RefFd => 8,
            Kind::PadUint(n) => n,
            Kind::Moment(layout) => layout.size,
            Kind::Caps => 16,
            Kind::Words(n) => 8 * n,
            Kind::HexWords(n) => 4 * n,
            Kind::HexLongs(n) => 8 * n,
            Kind::NonZero(kind) => kind.size(),
            Kind::By(by) => by.size,
            Kind::Bits(bits) => bits.size,
            Kind::Str | Kind::Path | Kind::BytesAt(_) | Kind::TextAt(_) => 8,
            Kind::NoneAt(_) | Kind::FdsAt { .. } | Kind::Vectors { .. } => 8,
            Kind::Packed(_) => 4,
            Kind::Priority => 2,
            Kind::Following(_) | Kind::Message | Kind::Tail => 0,
            Kind::Failure => 4,
            Kind::Shifted(_, n) | Kind::Device(n) | Kind::Set(_, n) | Kind::Masked(_, n) | Kind::Keys(n) => n,
            Kind::Ints(n) => 4 * n,
        }
    }
}

/// Whether the flags of a structure have one of these bits.
pub(crate) fn any_flag(fields: &[Value], bits: u64) -> bool {
    fields.iter().any(|field| matches!(field, Value::Flags(flags) if flags.raw & bits != 0))
}

/// A C structure that was read, completely or up to the end of its bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// What it is.
    pub layout: &'static Layout,
    /// The complete fields, in the layout's order.
    pub fields: Vec<Value>,
    /// The bytes of the first incomplete field; empty where the structure ends between fields.
    #[allow(clippy::box_collection, reason = "rare, and must not make every value larger")]
    pub cut: Option<Box<Vec<u8>>>,
}

impl Record {
    /// Reads as many complete fields as `bytes` has; bytes beyond the structure are ignored.
    pub fn read(layout: &'static Layout, bytes: &[u8]) -> Self {
        let mut fields = Vec::with_capacity(layout.fields.len());
        for field in layout.fields {
            let end = match field.kind {
                Kind::Rest => bytes.len().max(field.offset + 1),
                Kind::Tail => bytes.len().max(field.offset + 1),
                kind => field.offset + kind.size(),
            };
            if end > bytes.len() {
                let cut = bytes.get(field.offset..).unwrap_or_default().to_vec();
                return Self { layout, fields, cut: Some(Box::new(cut)) };
            }
            let restores = |flags: &Value| matches!(flags, Value::Flags(flags) if flags.raw & SA_RESTORER != 0);
            fields.push(match field.kind {
                // Without its flag nobody looks at it, nor is it written.
                Kind::Restorer if !fields.last().is_some_and(restores) => Value::Pointer(0),
                Kind::PointerIf(bits) if !any_flag(&fields, bits) => Value::Pointer(0),
                Kind::UintIf(bits) if !any_flag(&fields, bits) => Value::Uint(0),
                Kind::By(_) => field
                    .kind
                    .resolve(&fields)
                    .map_or(Value::Pointer(0), |kind| kind.read(&bytes[field.offset..field.offset + kind.size()])),
                kind => kind.read(&bytes[field.offset..end]),
            });
        }
        Self { layout, fields, cut: None }
    }

    /// The structure's bytes, as passed to the kernel.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![0; self.layout.size];
        for (field, value) in self.layout.fields.iter().zip(&self.fields) {
            let end = match (field.kind, value) {
                (Kind::Rest, Value::Bytes(text)) => field.offset + text.data.len() + 1,
                (Kind::Tail, Value::Opaque(bytes)) => field.offset + bytes.data.len(),
                (Kind::HwAddr, Value::Octets(octets)) => field.offset + field.kind.size().max(octets.len()),
                (Kind::Transport, Value::SockAddr(address)) => {
                    field.offset + field.kind.size().max(address.to_bytes().len())
                }
                (Kind::Callsigns, Value::Array(calls)) => {
                    for call in &calls.items {
                        if let Value::Record(call) = call {
                            bytes.extend(call.to_bytes());
                        }
                    }
                    continue;
                }
                (kind, _) => field.offset + kind.size(),
            };
            bytes.resize(bytes.len().max(end), 0);
            field.kind.write(value, &mut bytes[field.offset..end]);
        }
        let next = self.layout.fields.get(self.fields.len());
        if let (None, Some(field)) = (&self.cut, next.filter(|field| field.kind.size() > 0)) {
            bytes.truncate(field.offset); // a shorter form of the structure
        }
        if let (Some(cut), Some(field)) = (&self.cut, next) {
            bytes.truncate(field.offset + cut.len());
            put(&mut bytes[field.offset..], cut);
        }
        bytes
    }

    /// The complete fields with their values.
    pub fn pairs(&self) -> impl Iterator<Item = (&'static Field, &Value)> {
        self.layout.fields.iter().zip(&self.fields)
    }

    /// Leaves out the last members where this structure does not have them: of one that is cut off, nothing shows whether
    /// it ends before or behind them.
    pub(crate) fn without_absent_end(&mut self) {
        while let Some(last) = self.fields.len().checked_sub(1)
            && self.layout.fields.get(last).is_some_and(|field| field.kind.resolve(&self.fields).is_none())
        {
            self.fields.truncate(last);
        }
    }

    /// A field by name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        let at = self.layout.fields.iter().position(|field| field.name == name)?;
        self.fields.get(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static PAIR: Layout = Layout {
        name: "pair",
        size: 8,
        doc: "A pair.",
        fields: &[
            Field { name: "on", offset: 0, kind: Kind::Int(4), doc: "On." },
            Field { name: "port", offset: 4, kind: Kind::Port, doc: "A port." },
        ],
    };

    #[test]
    fn whole_and_cut_records_survive() {
        let bytes = [255, 255, 255, 255, 0x1f, 0x90, 0, 0];
        let record = Record::read(&PAIR, &bytes);
        assert_eq!(record.fields, [Value::Int(-1), Value::Port(8080)]);
        assert_eq!(record.to_bytes(), bytes);
        let cut = Record::read(&PAIR, &bytes[..5]);
        assert_eq!((cut.fields.len(), cut.cut.as_deref()), (1, Some(&vec![0x1f])));
        assert_eq!(cut.to_bytes(), bytes[..5]);
    }
}
