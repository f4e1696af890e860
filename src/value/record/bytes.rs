//! Fields of a structure as bytes, both ways: what each type of field reads, and how it is written again.

use super::{Kind, Record};
use crate::memory::padded;
use crate::value::{Array, Bytes, Const, Fd, Flags, Length, SockAddr, Value};
use crate::xlat::process::CAPABILITIES;
use crate::xlat::signal::SIG_HANDLER;
use std::net::{Ipv4Addr, Ipv6Addr};

impl Kind {
    /// Reads a field from exactly its bytes.
    pub(crate) fn read(&self, bytes: &[u8]) -> Value {
        match *self {
            Kind::Int(_) | Kind::Ticks => Value::Int(signed(bytes)),
            Kind::Uint(_) => Value::Uint(unsigned(bytes)),
            Kind::Hex(_) => Value::Hex(unsigned(bytes)),
            Kind::Fd => Value::Fd(Fd::new(signed(bytes) as i32)),
            Kind::Const(table, _) => Value::Const(Const { table, raw: unsigned(bytes) }),
            Kind::Flags(table, _) => Value::Flags(Flags { table, raw: unsigned(bytes) }),
            Kind::Port => Value::Port(u16::from_be_bytes(fixed(bytes))),
            Kind::Octet => Value::Hex(unsigned(bytes)),
            Kind::Be32Hex => Value::Be32(u32::from_be_bytes(fixed(bytes))),
            Kind::Ipv4 | Kind::WideIpv4 => Value::Ipv4(Ipv4Addr::from(fixed::<4>(bytes))),
            Kind::Ipv6 => Value::Ipv6(Ipv6Addr::from(fixed::<16>(bytes))),
            Kind::Interface => Value::Interface { index: unsigned(bytes) as u32, name: None },
            Kind::Octets(_) | Kind::Mac(_) | Kind::HwAddr | Kind::Callsign | Kind::PadBytes(_) | Kind::Blob => {
                Value::Octets(bytes.to_vec())
            }
            Kind::Text(_) => {
                let end = bytes.iter().position(|&b| b == 0).unwrap_or(bytes.len());
                Value::Bytes(Bytes { data: bytes[..end].into(), truncated: false })
            }
            Kind::CString(_) | Kind::Rest => Value::Bytes(c_string(bytes)),
            Kind::Bytes(_) => Value::Bytes(Bytes { data: bytes.into(), truncated: false }),
            Kind::Le16 => Value::Uint(unsigned(bytes)),
            Kind::Le16Const(table) => Value::Const(Const { table, raw: unsigned(bytes) }),
            Kind::Callsigns => Value::Array(Array::default()),
            Kind::More => Value::Short,
            Kind::Transport => Value::SockAddr(crate::value::family::transport(bytes)),
            Kind::BufferLen | Kind::Changing => Value::Length(Length { entry: signed(bytes), exit: None }),
            Kind::Pointer | Kind::Buffer | Kind::SigSet | Kind::Filter | Kind::Elements => {
                Value::Pointer(unsigned(bytes))
            }
            Kind::Record(layout) => Value::Record(Record::read(layout, bytes)),
            Kind::Uid => match unsigned(bytes) {
                0xffff_ffff => Value::Int(-1),
                id => Value::Int(id as i64),
            },
            Kind::Signal | Kind::EventSignal => Value::Signal(unsigned(bytes) as u32),
            Kind::SockAddr(_) => Value::SockAddr(SockAddr::from_bytes(bytes)),
            Kind::Be16(table) => Value::Be16(Const { table, raw: u64::from(u16::from_be_bytes(fixed(bytes))) }),
            Kind::Hex8 | Kind::Pad(_) => Value::Hex(unsigned(bytes)),
            Kind::PadFd => Value::Fd(Fd::new(signed(bytes) as i32)),
            Kind::Device(_) => Value::Record(crate::value::stat::device(unsigned(bytes))),
            Kind::Date | Kind::DateWithNanos => Value::Int(signed(bytes)),
            Kind::Moment(layout) => Value::Record(Record::read(layout, bytes)),
            Kind::Handler => Value::Const(Const { table: &SIG_HANDLER, raw: unsigned(bytes) }),
            Kind::SigMask => Value::SigSet(unsigned(bytes)),
            Kind::Restorer | Kind::PointerIf(_) | Kind::PadPointer => Value::Pointer(unsigned(bytes)),
            Kind::RefInt | Kind::RefFd => Value::Pointer(unsigned(bytes)),
            Kind::Limit | Kind::UintIf(_) | Kind::PadUint(_) => Value::Uint(unsigned(bytes)),
            Kind::Words(_) => numbers(bytes.chunks_exact(8)),
            Kind::HexWords(_) => numbers(bytes.chunks_exact(4)),
            Kind::HexLongs(_) => numbers(bytes.chunks_exact(8)),
            Kind::NonZero(kind) => kind.read(bytes),
            // Without the fields before it nobody knows.
            Kind::By(_) => Value::Pointer(0),
            Kind::Bits(bits) => Value::Uint(bits.of(unsigned(bytes))),
            Kind::Packed(packed) => Value::Record(packed.read(unsigned(bytes))),
            Kind::Str
            | Kind::Path
            | Kind::BytesAt(_)
            | Kind::TextAt(_)
            | Kind::NoneAt(_)
            | Kind::FdsAt { .. }
            | Kind::Vectors { .. } => Value::Pointer(unsigned(bytes)),
            Kind::Priority => Value::Int(signed(bytes)),
            Kind::Following(_) => Value::Array(Array::default()),
            Kind::Failure => Value::Int(signed(bytes)),
            Kind::Shifted(table, _) => Value::Flags(Flags { table, raw: unsigned(bytes) }),
            Kind::Set(table, _) => Value::Flags(Flags { table, raw: unsigned(bytes) }),
            Kind::Masked(masked, _) => Value::Record(masked.read(unsigned(bytes) as u32)),
            Kind::Keys(_) => numbers(bytes.chunks_exact(1)),
            Kind::Ints(_) => numbers(bytes.chunks_exact(4)),
            Kind::Message | Kind::Tail => Value::Opaque(Box::new(Bytes { data: bytes.into(), truncated: false })),
            Kind::Caps => {
                let half = |at: usize| u64::from(u32::from_ne_bytes(padded(bytes, at)));
                Value::Flags(Flags { table: &CAPABILITIES, raw: half(0) | half(12) << 32 })
            }
        }
    }

    /// Writes a field's bytes; a value of another type leaves zeroes.
    pub(super) fn write(&self, value: &Value, out: &mut [u8]) {
        match (self, value) {
            (Kind::NonZero(kind), value) => kind.write(value, out),
            (Kind::Bits(bits), Value::Uint(n)) => {
                let word = unsigned(out) | n << bits.shift;
                put(out, &word.to_ne_bytes());
            }
            (Kind::Packed(packed), Value::Record(record)) => {
                let parts: Vec<u64> = record.fields.iter().filter_map(Value::register).collect();
                put(out, &(packed.join)(&parts).to_ne_bytes());
            }
            (Kind::By(_), Value::Record(record)) => put(out, &record.to_bytes()),
            (Kind::Masked(masked, _), Value::Record(record)) => put(out, &masked.number(record).to_ne_bytes()),
            (Kind::Keys(_), Value::Array(keys)) => {
                let keys: Vec<u8> = keys.items.iter().filter_map(Value::register).map(|key| key as u8).collect();
                put(out, &keys);
            }
            (Kind::Device(_), Value::Record(device)) => {
                put(out, &crate::value::stat::device_number(device).to_ne_bytes())
            }
            (Kind::Record(_) | Kind::Moment(_), Value::Record(record)) => {
                let bytes = record.to_bytes();
                let n = bytes.len().min(out.len());
                out[..n].copy_from_slice(&bytes[..n]);
            }
            (Kind::Port, Value::Port(port)) => put(out, &port.to_be_bytes()),
            (Kind::Be32Hex, Value::Be32(n)) => put(out, &n.to_be_bytes()),
            (_, Value::Int(n)) => put(out, &n.to_ne_bytes()),
            (_, Value::Uint(n) | Value::Hex(n) | Value::Pointer(n)) => put(out, &n.to_ne_bytes()),
            (_, Value::Const(c)) => put(out, &c.raw.to_ne_bytes()),
            (_, Value::Flags(f)) => put(out, &f.raw.to_ne_bytes()),
            (_, Value::Fd(fd)) => put(out, &fd.raw.to_ne_bytes()),
            (_, Value::Ipv4(ip)) => put(out, &ip.octets()),
            (_, Value::Ipv6(ip)) => put(out, &ip.octets()),
            (_, Value::Interface { index, .. }) => put(out, &index.to_ne_bytes()),
            (_, Value::Octets(bytes) | Value::Cut(bytes)) => put(out, bytes),
            (_, Value::Signal(n)) => put(out, &n.to_ne_bytes()),
            (_, Value::Be16(c)) => put(out, &(c.raw as u16).to_be_bytes()),
            (_, Value::SockAddr(address)) => put(out, &address.to_bytes()),
            (_, Value::SigSet(mask)) => put(out, &mask.to_ne_bytes()),
            (_, Value::Bytes(bytes)) => put(out, &bytes.data),
            (_, Value::Opaque(bytes)) => put(out, &bytes.data),
            (Kind::Words(_) | Kind::HexWords(_) | Kind::HexLongs(_) | Kind::Ints(_), Value::Array(array)) => {
                let width = if matches!(self, Kind::HexWords(_) | Kind::Ints(_)) { 4 } else { 8 };
                for (word, value) in out.chunks_exact_mut(width).zip(&array.items) {
                    put(word, &value.register().unwrap_or(0).to_ne_bytes());
                }
            }
            (Kind::BufferLen, Value::Length(length)) => put(out, &length.after().to_ne_bytes()),
            _ => {}
        }
    }
}

/// Copies the low bytes of `bytes` that fit (little-endian machines only, which both supported ones are).
pub(super) fn put(out: &mut [u8], bytes: &[u8]) {
    let n = bytes.len().min(out.len());
    out[..n].copy_from_slice(&bytes[..n]);
}

fn numbers<'a>(words: impl Iterator<Item = &'a [u8]>) -> Value {
    let items = words.map(|word| Value::Int(unsigned(word) as i64)).collect();
    Value::Array(Array { items, ..Default::default() })
}

/// A string up to its NUL; without one, the last byte is dropped, as C could not use it.
fn c_string(bytes: &[u8]) -> Bytes {
    match bytes.iter().position(|&b| b == 0) {
        Some(end) => Bytes { data: bytes[..end].into(), truncated: false },
        None => Bytes { data: bytes[..bytes.len().saturating_sub(1)].into(), truncated: true },
    }
}

fn fixed<const N: usize>(bytes: &[u8]) -> [u8; N] {
    padded(bytes, 0)
}

fn unsigned(bytes: &[u8]) -> u64 {
    u64::from_le_bytes(fixed(bytes))
}

fn signed(bytes: &[u8]) -> i64 {
    let bits = 64 - 8 * bytes.len().min(8) as u32;
    if bits == 64 { 0 } else { ((unsigned(bytes) << bits) as i64) >> bits }
}
