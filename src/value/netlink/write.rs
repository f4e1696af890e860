//! Messages as the bytes that they were read from.

use super::{ATTRIBUTE, INDEXED, NLMSGERR};
use crate::value::{Tail, Value};

/// The bytes of messages, attributes and what they carry; `None` where parts are not kept.
///
/// The length is that of an attribute's data, which says how wide a number is.
pub(crate) fn bytes_of(value: &Value, len: usize) -> Option<Vec<u8>> {
    let number = |n: u64| {
        let mut bytes = n.to_ne_bytes().to_vec();
        bytes.resize(len, 0);
        bytes
    };
    Some(match value {
        Value::Row(row) if row.tail == Tail::End => {
            let mut all = Vec::new();
            for item in &row.items {
                all.resize(all.len().next_multiple_of(4), 0);
                all.extend(bytes_of(item, 0)?);
            }
            all
        }
        Value::NlMsg(message) => {
            let mut all =
                [message.len.to_ne_bytes(), [0; 4], message.seq.to_ne_bytes(), message.pid.to_ne_bytes()].concat();
            all[4..6].copy_from_slice(&(message.kind.raw as u16).to_ne_bytes());
            all[6..8].copy_from_slice(&(message.flags.raw as u16).to_ne_bytes());
            for part in &message.payload {
                all.resize(all.len().next_multiple_of(4), 0);
                all.extend(bytes_of(part, 4)?);
            }
            all
        }
        Value::NlAttr(attribute) => {
            let word = (attribute.kind.raw | attribute.flags.raw) as u16;
            let mut all = [attribute.len.to_ne_bytes(), word.to_ne_bytes()].concat();
            if let Some(value) = &attribute.value {
                let len = usize::from(attribute.len).saturating_sub(ATTRIBUTE);
                let mut data = bytes_of(value, len)?;
                data.resize(len, 0);
                all.extend(data);
            }
            all
        }
        Value::Opaque(bytes) if !bytes.truncated => bytes.data.to_vec(),
        Value::Bytes(bytes) if !bytes.truncated => [&bytes.data[..], b"\0"].concat(),
        Value::Record(record) if record.layout == &NLMSGERR => match &record.fields[..] {
            [Value::Int(error), request] => [&(*error as i32).to_ne_bytes()[..], &bytes_of(request, 0)?].concat(),
            _ => return None,
        },
        Value::Record(record) if INDEXED.contains(&record.layout) => {
            let number = record.fields.get(1)?.register()?;
            number.to_ne_bytes()[..record.layout.fields[1].kind.size()].to_vec()
        }
        Value::Record(record) if !record.fields.contains(&Value::Short) => record.to_bytes(),
        Value::Array(parts) if parts.tail == Tail::End => {
            if parts.items.iter().all(|item| matches!(item, Value::Hex(_))) {
                let words = parts.items.iter().filter_map(Value::register);
                return Some(words.flat_map(u64::to_ne_bytes).collect());
            }
            if parts.items.iter().all(|item| matches!(item, Value::Int(_))) {
                let words = parts.items.iter().filter_map(Value::register);
                return Some(words.flat_map(|word| (word as u32).to_ne_bytes()).collect());
            }
            if let Some(octets) = parts.items.iter().map(octet).collect::<Option<Vec<u8>>>() {
                return Some(octets);
            }
            let mut all = Vec::new();
            for part in &parts.items {
                all.extend(bytes_of(part, 0)?);
            }
            all
        }
        Value::Ipv4(ip) => ip.octets().to_vec(),
        Value::Ipv6(ip) => ip.octets().to_vec(),
        Value::Port(port) => port.to_be_bytes().to_vec(),
        Value::Octets(octets) => octets.clone(),
        Value::Interface { index, .. } => number((*index).into()),
        value => number(value.register()?),
    })
}

/// One of several octets.
fn octet(item: &Value) -> Option<u8> {
    match item {
        Value::Uint(octet) => u8::try_from(*octet).ok(),
        _ => None,
    }
}
