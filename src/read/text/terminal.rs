//! How terminals are set.

use super::constant::NameCache;
use super::cursor::Cursor;
use super::value::{constant, flags};
use crate::value::terminal::Masked;
use crate::value::{Array, Flags, Kind, Record, Value};
use crate::xlat::Xlat;

/// `ICRNL|IXON`, and nothing where none is set.
pub(super) fn set(names: &mut NameCache, table: &'static Xlat, c: &mut Cursor<'_>) -> Option<Flags> {
    match c.peek()? {
        b',' | b'}' => Some(Flags { table, raw: 0 }),
        _ => flags(names, table, c),
    }
}

/// `B38400|CS8|CREAD`: constants and flags.
pub(super) fn masked(names: &mut NameCache, masked: &'static Masked, c: &mut Cursor<'_>) -> Option<Record> {
    let mut record = Record { layout: masked.layout, fields: Vec::new(), cut: None };
    for ((_, shift), field) in masked.constants.iter().zip(masked.layout.fields) {
        let Kind::Const(table, _) = field.kind else { return None };
        let start = c.place();
        let part = constant(names, table, c);
        if *shift > 0 {
            let shifted = part.is_some() && (c.eat(b"<<IBSHIFT") || c.eat(b"<<0x10"));
            c.comment();
            if !shifted {
                c.back(start);
                record.fields.push(Value::Const(crate::value::Const { table, raw: 0 }));
                continue;
            }
        }
        record.fields.push(Value::Const(part?));
        c.expect(b"|")?;
    }
    let Kind::Flags(table, _) = masked.layout.fields.last()?.kind else { return None };
    record.fields.push(Value::Flags(set(names, table, c)?));
    Some(record)
}

/// `[[VINTR]=0x3, [17]=0]`.
pub(super) fn keys(c: &mut Cursor<'_>) -> Option<Value> {
    let mut all = Array::default();
    c.expect(b"[")?;
    while !c.eat(b"]") {
        if !all.items.is_empty() {
            c.expect(b", ")?;
        }
        c.expect(b"[")?;
        if c.ident().is_empty() {
            c.digits()?;
        }
        c.expect(b"]=")?;
        all.items.push(Value::Int(c.unsigned()? as i64));
    }
    Some(Value::Array(all))
}
