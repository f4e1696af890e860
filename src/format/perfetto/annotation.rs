//! What a slice shows of its event: the values of the event's JSON, with their names, types and nesting.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::proto::DebugAnnotation;

/// Keys that a slice has as its own time, track, name and call stack.
const SHOWN: [&str; 9] =
    ["v", "ts_ns", "pid", "tid", "type", "syscall", "python", "python_truncated", "socket_made_at"];

/// The keys of an event, from its line of JSON. A null has no type, and an empty list no elements: they are left out.
pub(super) fn annotations(line: &[u8]) -> Vec<DebugAnnotation> {
    // The line is our own; one that cannot be read back would have nothing to show.
    let Annotated(all) = serde_json::from_slice(line).unwrap_or_default();
    let shown = |one: &DebugAnnotation| one.name.as_deref().is_some_and(|name| SHOWN.contains(&name));
    all.dict_entries.into_iter().filter(|one| !shown(one)).collect()
}

impl DebugAnnotation {
    /// A number.
    pub(super) fn int(name: &str, value: u64) -> Self {
        Self { name: Some(name.to_owned()), ..number(value) }
    }

    /// A text.
    pub(super) fn text(name: &str, value: impl Into<String>) -> Self {
        Self { name: Some(name.to_owned()), string_value: Some(value.into()), ..Self::default() }
    }

    /// A list of texts.
    pub(super) fn texts(name: &str, values: impl Iterator<Item = String>) -> Self {
        let array_values = values.map(|value| Self { string_value: Some(value), ..Self::default() }).collect();
        Self { name: Some(name.to_owned()), array_values, ..Self::default() }
    }

    fn is_empty(&self) -> bool {
        *self == Self { name: self.name.clone(), ..Self::default() }
    }
}

/// Signed if it can be, so that a key has one type.
fn number(value: u64) -> DebugAnnotation {
    match i64::try_from(value) {
        Ok(value) => DebugAnnotation { int_value: Some(value), ..DebugAnnotation::default() },
        Err(_) => DebugAnnotation { uint_value: Some(value), ..DebugAnnotation::default() },
    }
}

/// A JSON value as an annotation without a name, its keys in their order.
#[derive(Default)]
struct Annotated(DebugAnnotation);

impl<'de> Deserialize<'de> for Annotated {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Values)
    }
}

struct Values;

impl<'de> Visitor<'de> for Values {
    type Value = Annotated;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Annotated, E> {
        Ok(Annotated(DebugAnnotation { bool_value: Some(value), ..DebugAnnotation::default() }))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Annotated, E> {
        Ok(Annotated(number(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Annotated, E> {
        Ok(Annotated(DebugAnnotation { int_value: Some(value), ..DebugAnnotation::default() }))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Annotated, E> {
        Ok(Annotated(DebugAnnotation { double_value: Some(value), ..DebugAnnotation::default() }))
    }

    fn visit_str<E>(self, value: &str) -> Result<Annotated, E> {
        Ok(Annotated(DebugAnnotation { string_value: Some(value.to_owned()), ..DebugAnnotation::default() }))
    }

    fn visit_unit<E>(self) -> Result<Annotated, E> {
        Ok(Annotated::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Annotated, A::Error> {
        let mut list = DebugAnnotation::default();
        while let Some(Annotated(value)) = values.next_element()? {
            list.array_values.push(value);
        }
        Ok(Annotated(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut values: A) -> Result<Annotated, A::Error> {
        let mut object = DebugAnnotation::default();
        while let Some((name, Annotated(mut value))) = values.next_entry::<String, Annotated>()? {
            if !value.is_empty() {
                value.name = Some(name);
                object.dict_entries.push(value);
            }
        }
        Ok(Annotated(object))
    }
}
