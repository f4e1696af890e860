//! The value of a key: plain JSON types, and this format's spellings of numbers and bytes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{Item, Object, Result};
use crate::json::Error;
use crate::json::tree::Key;

pub(super) fn hex_word(word: &str) -> Option<u64> {
    u64::from_str_radix(word.strip_prefix("0x")?, 16).ok()
}

pub(super) fn hex(object: Object<'_>, name: impl Key) -> Result<u64> {
    hex_of(get(object, name)?, name)
}

pub(super) fn hex_of(json: Item<'_>, name: impl Key) -> Result<u64> {
    json.as_str().and_then(hex_word).ok_or_else(|| shape_error(name, "a hex number as a string"))
}

pub(super) fn octets(object: Object<'_>, name: impl Key) -> Result<Vec<u8>> {
    let word = text(object, name)?;
    if word.is_empty() {
        return Ok(Vec::new());
    }
    let octet = |pair: &str| u8::from_str_radix(pair, 16).ok().filter(|_| pair.len() == 2);
    word.split(':').map(octet).collect::<Option<_>>().ok_or_else(|| shape_error(name, "octets such as 0a:ff"))
}

pub(super) fn base64(object: Object<'_>, name: impl Key) -> Result<Vec<u8>> {
    STANDARD.decode(text(object, name)?).map_err(|_| shape_error(name, "base64"))
}

pub(in crate::json) fn get<'a>(object: Object<'a>, name: impl Key) -> Result<Item<'a>> {
    object.get(name).ok_or_else(|| Error::Missing(name.name()))
}

/// The value of an optional key. Tables write null for a missing one.
pub(in crate::json) fn given<'a>(object: Object<'a>, name: impl Key) -> Option<Item<'a>> {
    object.get(name).filter(|json| !json.is_null())
}

pub(in crate::json) fn has(object: Object<'_>, name: impl Key) -> bool {
    given(object, name).is_some()
}

pub(in crate::json) fn inner<'a>(object: Object<'a>, name: impl Key) -> Result<Object<'a>> {
    as_object(get(object, name)?, name)
}

pub(in crate::json) fn as_object<'a>(json: Item<'a>, name: impl Key) -> Result<Object<'a>> {
    json.as_object().ok_or_else(|| shape_error(name, "an object"))
}

pub(in crate::json) fn items<'a>(object: Object<'a>, name: impl Key) -> Result<impl Iterator<Item = Item<'a>> + Clone> {
    get(object, name)?.as_array().ok_or_else(|| shape_error(name, "a list"))
}

pub(in crate::json) fn text<'a>(object: Object<'a>, name: impl Key) -> Result<&'a str> {
    get(object, name)?.as_str().ok_or_else(|| shape_error(name, "a string"))
}

pub(in crate::json) fn optional_text<'a>(object: Object<'a>, name: impl Key) -> Result<Option<&'a str>> {
    given(object, name).map(|json| json.as_str().ok_or_else(|| shape_error(name, "a string"))).transpose()
}

pub(super) fn address<T: std::str::FromStr>(object: Object<'_>, name: impl Key) -> Result<T> {
    text(object, name)?.parse().map_err(|_| shape_error(name, "an IP address"))
}

/// An integer, which programs that have only doubles in a column with gaps (pandas) write as `3.0`.
pub(super) fn int(object: Object<'_>, name: impl Key) -> Result<i64> {
    let json = get(object, name)?;
    let whole = || json.as_f64().filter(|n| n.fract() == 0.0 && n.abs() < EXACT).map(|n| n as i64);
    json.as_i64().or_else(whole).ok_or_else(|| shape_error(name, "an integer"))
}

/// Below this a double holds every integer.
const EXACT: f64 = 9_007_199_254_740_992.0;

pub(in crate::json) fn uint(object: Object<'_>, name: impl Key) -> Result<u64> {
    let json = get(object, name)?;
    let whole = || int(object, name).ok().and_then(|n| u64::try_from(n).ok());
    json.as_u64().or_else(whole).ok_or_else(|| shape_error(name, "a non-negative integer"))
}

pub(in crate::json) fn narrow<T: TryFrom<u64>>(object: Object<'_>, name: impl Key) -> Result<T> {
    T::try_from(uint(object, name)?).map_err(|_| shape_error(name, "a smaller number"))
}

pub(super) fn narrow_int(object: Object<'_>, name: impl Key) -> Result<i32> {
    i32::try_from(int(object, name)?).map_err(|_| shape_error(name, "a number of 32 bits"))
}

/// A boolean that is omitted when false.
pub(in crate::json) fn flag(object: Object<'_>, name: impl Key) -> bool {
    object.get(name).and_then(Item::as_bool).unwrap_or(false)
}

#[cold]
pub(in crate::json) fn shape_error(key: impl Key, expected: &'static str) -> Error {
    Error::Shape { key: key.name(), expected }
}

pub(super) fn unknown(what: &'static str, name: &str) -> Error {
    Error::Unknown { what, name: name.to_owned() }
}
