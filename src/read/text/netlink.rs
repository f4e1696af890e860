//! Netlink messages. Which family they are of follows from the names of their types.

use super::constant::NameCache;
use super::cursor::Cursor;
use super::record;
use super::value::{array, bytes, constant, flags};
use crate::value::netlink::{ANSWER, Attributes, Carried, FAMILIES, FAMILY_AND_DATA, Family, NLMSGERR};
use crate::value::{Array, Const, Flags, Kind, Layout, NlAttr, NlMsg, Record, Tail, Value};
use crate::xlat::Xlat;
use crate::xlat::errno::ERRNO;
use crate::xlat::netlink::{NLA_FLAGS, NLMSG_TYPE};

/// How deep the parts of a message may lie in each other.
const MAX_DEPTH: u32 = 40;

/// Messages, or bytes that are too few for one.
pub(super) fn messages(names: &mut NameCache, c: &mut Cursor<'_>) -> Option<Value> {
    Reader { names, depth: 0 }.messages(c)
}

struct Reader<'a> {
    names: &'a mut NameCache,
    depth: u32,
}

/// Reads the header of an element: whether there may be more of it, and the header.
type Header<'f, 'a, T> = dyn FnMut(&mut Reader<'a>, &mut Cursor<'_>) -> Option<(bool, T)> + 'f;
/// Reads the rest, up to the bracket at its end.
type Rest<'f, 'a, T> = dyn FnMut(&mut Reader<'a>, &mut Cursor<'_>, T) -> Option<Value> + 'f;

/// An element of a row so far: whole, or its header with what may be the rest behind it.
enum Begun<T> {
    Whole(Value),
    Header(T),
}

impl<'a> Reader<'a> {
    fn messages(&mut self, c: &mut Cursor<'_>) -> Option<Value> {
        self.row(
            c,
            &mut |this, c| {
                let message = this.message_header(c)?;
                Some((message.len as usize > 16, message))
            },
            &mut |this, c, mut message| {
                message.payload = this.payload(&message, c)?;
                Some(Value::NlMsg(Box::new(message)))
            },
            &|message| Value::NlMsg(Box::new(message)),
        )
    }

    fn attributes(&mut self, attributes: &'static Attributes, c: &mut Cursor<'_>) -> Option<Value> {
        self.row(
            c,
            &mut |this, c| {
                let attribute = this.attribute_header(attributes, c)?;
                Some((attribute.len > 4, attribute))
            },
            &mut |this, c, mut attribute| {
                let carried = attributes.carried(attribute.kind.raw as u16);
                attribute.value = Some(this.carried(carried, c)?);
                c.expect(b"]")?;
                Some(Value::NlAttr(Box::new(attribute)))
            },
            &|attribute| Value::NlAttr(Box::new(attribute)),
        )
    }

    fn hops(&mut self, layout: &'static Layout, attributes: &'static Attributes, c: &mut Cursor<'_>) -> Option<Value> {
        self.row(
            c,
            &mut |this, c| {
                let head = record::read(this.names, layout, c)?;
                let len = head.fields.first().and_then(Value::register);
                Some((len.is_some_and(|len| len > layout.size as u64), head))
            },
            &mut |this, c, head| {
                let items = vec![Value::Record(head), this.attributes(attributes, c)?];
                c.expect(b"]")?;
                Some(Value::Array(Array { items, tail: Tail::End }))
            },
            &Value::Record,
        )
    }

    /// Elements of which a single one has no brackets around it, while one that has more than a header has brackets of its
    /// own: the element's length in its header distinguishes the two. `rest` reads up to the bracket at the end.
    fn row<T>(
        &mut self,
        c: &mut Cursor<'_>,
        header: &mut Header<'_, 'a, T>,
        rest: &mut Rest<'_, 'a, T>,
        alone: &dyn Fn(T) -> Value,
    ) -> Option<Value> {
        if self.depth >= MAX_DEPTH {
            return None;
        }
        self.depth += 1;
        let mut all = Array::default();
        let open = c.eat(b"[");
        match self.element(c, open, header, rest, alone)? {
            Begun::Whole(item) => {
                all.items.extend(Some(item).filter(|item| *item != Value::Short));
                // In the brackets of one element, or at the beginning of several.
                if all.items.is_empty() {
                    all.tail = Tail::Elided;
                    c.expect(b"]")?;
                    self.depth -= 1;
                    return Some(Value::Row(Box::new(all)));
                }
            }
            Begun::Header(head) => {
                let item = rest(self, c, head)?;
                all.items.push(item);
                self.depth -= 1;
                return Some(Value::Row(Box::new(all)));
            }
        }
        while open && !c.eat(b"]") {
            c.expect(b", ")?;
            if c.eat(b"...") {
                all.tail = Tail::Elided;
                c.expect(b"]")?;
                break;
            }
            let inner = c.eat(b"[");
            let item = match self.element(c, inner, header, rest, alone)? {
                Begun::Whole(item) => item,
                Begun::Header(head) => rest(self, c, head)?,
            };
            all.items.push(item);
        }
        self.depth -= 1;
        Some(Value::Row(Box::new(all)))
    }

    /// One element, or its header where the bracket before it is its own.
    fn element<T>(
        &mut self,
        c: &mut Cursor<'_>,
        open: bool,
        header: &mut Header<'_, 'a, T>,
        rest: &mut Rest<'_, 'a, T>,
        alone: &dyn Fn(T) -> Value,
    ) -> Option<Begun<T>> {
        Some(match c.peek()? {
            b'"' => Begun::Whole(Value::Opaque(Box::new(bytes(c)?))),
            b'.' if open => {
                c.expect(b"...")?;
                Begun::Whole(Value::Short)
            }
            // Several, the first of which has brackets.
            b'[' if open => {
                c.expect(b"[")?;
                let (_, head) = header(self, c)?;
                c.expect(b", ")?;
                Begun::Whole(rest(self, c, head)?)
            }
            _ => {
                let (long, head) = header(self, c)?;
                if open && long && c.eat(b", ") { Begun::Header(head) } else { Begun::Whole(alone(head)) }
            }
        })
    }

    fn message_header(&mut self, c: &mut Cursor<'_>) -> Option<NlMsg> {
        c.expect(b"{nlmsg_len=")?;
        let len = u32::try_from(c.digits()?).ok()?;
        c.expect(b", nlmsg_type=")?;
        let kind = self.message_type(c)?;
        let table = Family::of_types(kind.table).flags_for(kind.raw as u16);
        c.expect(b", nlmsg_flags=")?;
        let flags = flags(self.names, table, c)?;
        c.expect(b", nlmsg_seq=")?;
        let seq = u32::try_from(c.digits()?).ok()?;
        c.expect(b", nlmsg_pid=")?;
        let pid = i32::try_from(c.signed()?).ok()?;
        c.expect(b"}")?;
        Some(NlMsg { len, kind, flags, seq, pid, payload: Vec::new() })
    }

    /// A type: its name, or the mark of its set, says which family's it is.
    fn message_type(&mut self, c: &mut Cursor<'_>) -> Option<Const> {
        let sets = [&NLMSG_TYPE].into_iter().chain(FAMILIES.iter().map(|family| family.types));
        let start = c.place();
        if !matches!(c.peek(), Some(b'0'..=b'9')) {
            let name = std::str::from_utf8(c.ident()).ok()?;
            let (table, raw) = sets.clone().find_map(|set| Some((set, set.value(name)?)))?;
            return Some(Const { table, raw });
        }
        let raw = c.unsigned()?;
        let comment = c.comment().unwrap_or_default();
        let named = |set: &&'static Xlat| {
            set.unknown.as_bytes() == comment
                || std::str::from_utf8(comment).is_ok_and(|name| set.value(name) == Some(raw))
        };
        let table = sets.clone().find(named).unwrap_or(&NLMSG_TYPE);
        c.back(start);
        constant(self.names, table, c)
    }

    /// What follows a message's header, up to the bracket.
    fn payload(&mut self, message: &NlMsg, c: &mut Cursor<'_>) -> Option<Vec<Value>> {
        let mut attributes = None;
        let mut parts = vec![match c.peek()? {
            b'{' if c.sees(b"{error=") => Value::Record(self.answer(c)?),
            b'[' if c.sees(b"[{error=") => {
                c.expect(b"[")?;
                let record = Value::Record(self.answer(c)?);
                c.expect(b", ")?;
                let items = vec![record, self.attributes(&ANSWER, c)?];
                c.expect(b"]")?;
                Value::Array(Array { items, tail: Tail::End })
            }
            b'"' => Value::Opaque(Box::new(bytes(c)?)),
            b'{' => {
                let start = c.place();
                let mut rows = Family::of_types(message.kind.table).rows_of(message.kind.raw as u16);
                let known = rows.find_map(|row| {
                    c.back(start);
                    let head = self.head(row.head, c)?;
                    row.is_about(head.fields.first()?.register()?, message.flags.raw).then_some((head, row.attributes))
                });
                match known {
                    Some((head, of)) => {
                        attributes = of;
                        Value::Record(head)
                    }
                    None => {
                        c.back(start);
                        Value::Record(record::read(self.names, &FAMILY_AND_DATA, c)?)
                    }
                }
            }
            _ => Value::Int(c.signed()?),
        }];
        if c.eat(b", ") {
            parts.push(self.attributes(attributes?, c)?);
        }
        c.expect(b"]")?;
        Some(parts)
    }

    /// A structure, of which only the first member may be shown.
    fn head(&mut self, layout: &'static Layout, c: &mut Cursor<'_>) -> Option<Record> {
        let start = c.place();
        if let Some(whole) = record::read(self.names, layout, c).filter(|record| record.cut.is_none()) {
            return Some(whole);
        }
        c.back(start);
        let first = layout.fields.first()?;
        c.expect(b"{")?;
        c.expect(first.name.as_bytes())?;
        c.expect(b"=")?;
        let fields = vec![record::kind(self.names, &first.kind, c)?, Value::Short];
        c.expect(b", ...}")?;
        Some(Record { layout, fields, cut: None })
    }

    fn answer(&mut self, c: &mut Cursor<'_>) -> Option<Record> {
        c.expect(b"{error=")?;
        let error = failure(c)?;
        c.expect(b", msg=")?;
        let message = match self.messages(c)? {
            Value::Row(mut row) if row.items.len() == 1 => row.items.pop()?,
            _ => return None,
        };
        c.expect(b"}")?;
        Some(Record { layout: &NLMSGERR, fields: vec![Value::Int(error), message], cut: None })
    }

    fn attribute_header(&mut self, attributes: &'static Attributes, c: &mut Cursor<'_>) -> Option<NlAttr> {
        c.expect(b"{nla_len=")?;
        let len = u16::try_from(c.digits()?).ok()?;
        c.expect(b", nla_type=")?;
        let mut raw = 0;
        for (name, bit) in NLA_FLAGS.iter() {
            if c.eat(name.as_bytes()) {
                c.expect(b"|")?;
                raw |= bit;
            }
        }
        let kind = constant(self.names, attributes.names, c)?;
        c.expect(b"}")?;
        Some(NlAttr { len, kind, flags: Flags { table: &NLA_FLAGS, raw }, value: None })
    }

    fn carried(&mut self, carried: Carried, c: &mut Cursor<'_>) -> Option<Value> {
        if c.peek() == Some(b'"') {
            let text = bytes(c)?;
            return Some(if matches!(carried, Carried::Text | Carried::WholeText) {
                Value::Bytes(text)
            } else {
                Value::Opaque(Box::new(text))
            });
        }
        Some(match carried {
            Carried::Opaque | Carried::Text | Carried::WholeText => return None,
            Carried::Address | Carried::One(Kind::Ipv6) if c.eat(b"inet_pton(AF_INET6, ") => {
                let ip = record::text(c)?.parse().ok()?;
                c.expect(b")")?;
                Value::Ipv6(ip)
            }
            Carried::Numbers => array(c, |c| Some(Value::Int(c.signed()?)))?,
            Carried::HexWord => Value::Hex(c.unsigned()?),
            Carried::Masks => array(c, |c| Some(Value::Hex(c.unsigned()?)))?,
            Carried::Octets => array(c, |c| Some(Value::Uint(c.digits()?)))?,
            Carried::Address => Value::Ipv4(record::ipv4(c)?),
            Carried::One(kind) | Carried::Narrow(kind) => record::kind(self.names, &kind, c)?,
            Carried::Wide(table) => Value::Const(constant(self.names, table, c)?),
            Carried::Hardware | Carried::AnyHardware => record::kind(self.names, &Kind::Mac(0), c)?,
            Carried::Record(layout) => Value::Record(record::read(self.names, layout, c)?),
            Carried::Forms(forms) => {
                let start = c.place();
                let whole = record::any(self.names, forms.all, c);
                Value::Record(match (whole, forms.all.last()) {
                    (Some(whole), _) => whole,
                    (None, last) => {
                        c.back(start);
                        record::read(self.names, last?, c)?
                    }
                })
            }
            Carried::Nested(attributes) | Carried::NestedOf(_, attributes) => self.attributes(attributes, c)?,
            Carried::Hops(layout, attributes) => self.hops(layout, attributes, c)?,
            Carried::Each(layout) => array(c, |c| Some(Value::Record(indexed(self.names, layout, c)?)))?,
        })
    }
}

/// `[DEVCONF_MTU6]=1500`; those of IPv4 count from 1.
fn indexed(names: &mut NameCache, layout: &'static Layout, c: &mut Cursor<'_>) -> Option<Record> {
    let [which, number] = layout.fields else { return None };
    let Kind::Const(table, _) = which.kind else { return None };
    c.expect(b"[")?;
    let mut index = constant(names, table, c)?;
    if c.eat(b"-1") {
        index.raw = index.raw.checked_sub(1)?;
    }
    c.expect(b"]=")?;
    let number = record::kind(names, &number.kind, c)?;
    Some(Record { layout, fields: vec![Value::Const(index), number], cut: None })
}

/// `-ENOENT`, `0`.
fn failure(c: &mut Cursor<'_>) -> Option<i64> {
    let start = c.place();
    if c.eat(b"-") && matches!(c.peek(), Some(b'A'..=b'Z')) {
        let name = std::str::from_utf8(c.ident()).ok()?;
        return Some(-i64::try_from(ERRNO.value(name)?).ok()?);
    }
    c.back(start);
    c.signed()
}
