//! Arguments of sockets that mean something only beside others: the type, the protocol, options.

use super::{Args, array, bytes, constant};
use crate::read::text::cursor::Cursor;
use crate::read::text::record;
use crate::syscall::Ty;
use crate::value::sockopt::{OptShape, shape};
use crate::value::{Const, Flags, Value, layout};
use crate::xlat;
use crate::xlat::sockopt::{Access, options};

impl Args<'_> {
    pub(super) fn sock_type(&mut self, c: &mut Cursor<'_>) -> Option<Value> {
        const TYPE_MASK: u64 = 0xf; // SOCK_TYPE_MASK, include/linux/net.h
        let (kinds, with) = (&xlat::socket::SOCK_TYPE, &xlat::socket::SOCK_FLAGS);
        let mut raw = 0;
        loop {
            raw |= match c.peek()? {
                b'0'..=b'9' => c.unsigned()?,
                _ => {
                    let name = c.ident();
                    self.names.value(kinds, name).or_else(|| self.names.value(with, name))?
                }
            };
            c.comment();
            if !c.eat(b"|") {
                break;
            }
        }
        Some(Value::SockType(crate::value::SockType {
            kind: Const { table: kinds, raw: raw & TYPE_MASK },
            flags: Flags { table: with, raw: raw & !TYPE_MASK },
        }))
    }

    /// The third argument of `socket`; for packet sockets it is in network byte order.
    pub(super) fn protocol(&mut self, domain: usize, c: &mut Cursor<'_>) -> Option<Value> {
        let Some(Value::Const(domain)) = self.values.get(domain) else { return None };
        let Some(table) = xlat::protocol::of_family(domain.raw as i32) else { return Some(Value::Uint(c.digits()?)) };
        if c.eat(b"htons(") {
            let inner = constant(self.names, table, c)?;
            c.expect(b")")?;
            return Some(Value::Be16(inner));
        }
        Some(Value::Const(constant(self.names, table, c)?))
    }

    pub(super) fn level(&self, level: usize) -> Option<i32> {
        match self.values.get(level)? {
            Value::Const(level) => Some(level.raw as i32),
            _ => None,
        }
    }

    pub(super) fn option_name(&mut self, level: usize, access: Access, c: &mut Cursor<'_>) -> Option<Value> {
        match options(self.level(level)?, access) {
            Some(table) => Some(Value::Const(constant(self.names, table, c)?)),
            None => Some(Value::Uint(c.digits()?)),
        }
    }

    /// The value of an option, as the table of options describes it.
    pub(super) fn option_value(&mut self, level: usize, name: usize, c: &mut Cursor<'_>) -> Option<Value> {
        let access = self.sys.params.iter().find_map(|param| match param.ty {
            Ty::OptName { access, .. } => Some(access),
            _ => None,
        })?;
        let option = match self.values.get(name)? {
            Value::Const(option) => option.raw,
            Value::Uint(option) => *option,
            _ => return None,
        };
        let shape = shape(self.level(level)?, option as i32, access);
        match (c.peek()?, shape) {
            (b'"', OptShape::Guess) => Some(Value::Bytes(bytes(c)?)),
            (b'"', OptShape::Int | OptShape::Const(_) | OptShape::Errno) => Some(Value::Cut(c.quoted()?)),
            (b'[' | b'~', OptShape::Bits(table)) => self.bits(table, c),
            (b'[', OptShape::Ints) if access == Access::Get => array(c, |c| Some(Value::Uint(c.digits()?))),
            (b'[', _) => {
                c.expect(b"[")?;
                let inner = match shape {
                    OptShape::Const(table) => Value::Const(constant(self.names, table, c)?),
                    // A number without a name is not an error number; 0, for one.
                    OptShape::Errno if matches!(c.peek()?, b'0'..=b'9' | b'-') => Value::Int(c.signed()?),
                    OptShape::Errno => Value::Const(constant(self.names, &xlat::errno::ERRNO, c)?),
                    _ => Value::Int(c.signed()?),
                };
                c.expect(b"]")?;
                Some(Value::Ref(Box::new(inner)))
            }
            (b'{', OptShape::Record(layout) | OptShape::Exactly(layout)) => {
                Some(Value::Record(record::read(self.names, layout, c)?))
            }
            // strace 6.1 writes timeouts as bytes; versions that decode them are read too.
            (b'{', OptShape::Guess) => Some(Value::Record(record::any(self.names, &[&layout::TIMEVAL], c)?)),
            _ => None,
        }
    }
}
