//! Socket addresses from bytes, by family *and* length.

use super::Args;
use crate::value::sockaddr::STORAGE;
use crate::value::{Const, Record, Scope, SockAddr, Tail, Value};
use crate::xlat;

/// The protocol argument of `socket(2)`, whose names depend on the family.
pub(super) fn protocol(domain: i32, raw: u32) -> Value {
    match xlat::protocol::of_family(domain) {
        Some(table) if domain == libc::AF_PACKET => {
            Value::Be16(Const { table, raw: u64::from(u16::from_be(raw as u16)) })
        }
        Some(table) => Value::Const(Const { table, raw: u64::from(raw) }),
        None => Value::Uint(u64::from(raw)),
    }
}

impl Args<'_> {
    /// The address behind a pointer, `len` bytes long.
    pub(super) fn sockaddr(&self, ptr: u64, len: i64) -> Value {
        let Some(len) = usize::try_from(len).ok().filter(|len| *len >= 2) else { return Value::Pointer(ptr) };
        let mut bytes = vec![0; len.min(STORAGE)];
        if ptr == 0 || self.memory.read(ptr, &mut bytes).is_err() {
            return Value::Pointer(ptr);
        }
        let mut address = SockAddr::from_bytes(&bytes);
        self.name_interfaces(&mut address);
        Value::SockAddr(address)
    }

    /// Looks up the names of an address's interfaces.
    fn name_interfaces(&self, address: &mut SockAddr) {
        match address {
            SockAddr::Inet6 { ip, scope: Some(scope), .. }
                if ip.is_unicast_link_local() || ip.octets()[..2] == [0xff, 0x02] =>
            {
                *scope = Scope::new(scope.id(), self.cx.names.interface(scope.id()));
            }
            SockAddr::Family { record, .. } => {
                self.name_fields(record);
                self.cut_lists(record);
            }
            _ => {}
        }
    }

    /// Looks up the names of the interfaces and descriptors in a structure.
    fn name_fields(&self, record: &mut Record) {
        record.fields.iter_mut().for_each(|value| self.name_value(value));
    }

    /// The same for those in any value.
    pub(super) fn name_value(&self, value: &mut Value) {
        match value {
            Value::Interface { index, name } => *name = self.cx.names.interface(*index),
            Value::Fd(fd) => fd.target = self.cx.names.fd(fd.raw),
            Value::SockAddr(address) => self.name_interfaces(address),
            Value::Record(record) => self.name_fields(record),
            Value::Row(list) => list.items.iter_mut().for_each(|item| self.name_value(item)),
            Value::Array(list) => list.items.iter_mut().for_each(|item| self.name_value(item)),
            Value::NlMsg(message) => message.payload.iter_mut().for_each(|part| self.name_value(part)),
            Value::NlAttr(attribute) => attribute.value.iter_mut().for_each(|value| self.name_value(value)),
            _ => {}
        }
    }

    /// Abbreviates the lists within a structure.
    fn cut_lists(&self, record: &mut Record) {
        let kept = if self.cx.limits.abbreviate { self.cx.limits.strings } else { usize::MAX };
        for value in &mut record.fields {
            if let Value::Array(list) = value
                && list.items.len() > kept
            {
                list.items.truncate(kept);
                list.tail = Tail::Elided;
            }
        }
    }

    /// A structure with its names looked up.
    pub(super) fn named(&self, mut record: Record) -> Record {
        self.name_fields(&mut record);
        record
    }
}
