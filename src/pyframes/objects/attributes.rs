//! The attributes of an object, wherever its class keeps them: in slots, in the object, in a dict.

use super::{
    DICT_KEYS, DICT_VALUES, HEAP_TYPE, INLINE_VALUES, MANAGED_DICT, MAX_ITEMS, MAX_SLOTS, Objects, SIZE, SLOT,
    SLOT_OBJECT, TYPE, TYPE_BASIC_SIZE, Type,
};
use crate::pyframes::elf::{word, xword};
use crate::pyframes::layout::Attributes;

impl<'a> Objects<'a> {
    /// The attributes that an instance has: of its slots and of its dictionary.
    pub(in crate::pyframes) fn attributes(&self, object: u64) -> Vec<(String, u64)> {
        let mut found = Vec::new();
        if let Some(ty) = self.type_of(object) {
            for &base in &ty.bases {
                self.slots(object, base, &mut found);
            }
            let of_dict = self.own_attributes(object, &ty).unwrap_or_default();
            found.extend(of_dict.into_iter().filter_map(|(key, value)| Some((self.text(key)?, value))));
        }
        found
    }

    /// One attribute of an instance.
    pub(in crate::pyframes) fn attribute(&self, object: u64, name: &str) -> Option<u64> {
        self.attributes(object).into_iter().find(|(attribute, _)| attribute == name).map(|(_, value)| value)
    }

    fn slots(&self, object: u64, class: u64, found: &mut Vec<(String, u64)>) -> Option<()> {
        let has_slots = self.flags(class)? & HEAP_TYPE != 0;
        let count = self.word(class, SIZE).filter(|&count| has_slots && count <= MAX_SLOTS)?;
        if count == 0 {
            return None;
        }
        let begins = class.checked_add(self.word(self.word(class, TYPE)?, TYPE_BASIC_SIZE as u64)?)?;
        let members = self.bytes(begins, usize::try_from(count).ok()? * SLOT)?;
        for member in members.chunks_exact(SLOT) {
            let (name, ty, offset) = (xword(member, 0), word(member, 8), xword(member, 16));
            if SLOT_OBJECT.contains(&ty)
                && let Some(value) = self.word(object, offset).filter(|&value| value != 0)
                && let Some(name) = self.c_string(name)
            {
                found.push((name, value));
            }
        }
        Some(())
    }

    /// The names and values of an instance's dictionary, wherever this version has them.
    fn own_attributes(&self, object: u64, ty: &Type) -> Option<Vec<(u64, u64)>> {
        if let Ok(offset) = u64::try_from(ty.dict_offset)
            && offset > 0
        {
            return self.items_of_dict(self.word(object, offset)?);
        }
        if ty.flags & (MANAGED_DICT | HEAP_TYPE) != MANAGED_DICT | HEAP_TYPE {
            return None;
        }
        let Attributes::Managed { cached_keys, .. } = self.model.attributes else { return None };
        let before = |words: u64| self.word(object.checked_sub(8 * words)?, 0);
        let keys = || self.word(ty.at, cached_keys);
        match self.model.attributes {
            Attributes::Dict => None,
            Attributes::Managed { values_before: Some(values_before), .. } => match before(values_before)? {
                0 => self.items_of_dict(before(3)?),
                values => self.values_of_keys(keys()?, values, MAX_ITEMS),
            },
            Attributes::Managed { inline: false, .. } => match before(3)? {
                tagged if tagged & 1 != 0 => self.values_of_keys(keys()?, tagged.checked_add(1)?, MAX_ITEMS),
                dict => self.items_of_dict(dict),
            },
            Attributes::Managed { inline: true, .. } => {
                let values = object.checked_add(ty.basic_size)?;
                // How many there are, how many are used, where they lie, and whether they are still those of the instance.
                match self.bytes(values, 4)?[..] {
                    [capacity, _, _, valid] if ty.flags & INLINE_VALUES != 0 && valid != 0 => {
                        self.values_of_keys(keys()?, values.checked_add(8)?, capacity.into())
                    }
                    _ => self.items_of_dict(before(3)?),
                }
            }
        }
    }

    /// The items of a `dict`.
    pub(in crate::pyframes) fn items_of_dict(&self, dict: u64) -> Option<Vec<(u64, u64)>> {
        if dict == 0 {
            return Some(Vec::new());
        }
        let (keys, values) = (self.word(dict, DICT_KEYS)?, self.word(dict, DICT_VALUES)?);
        match self.model.attributes {
            _ if values == 0 => self.entries(keys),
            Attributes::Managed { inline: true, .. } => self.values_of_keys(keys, values.checked_add(8)?, MAX_ITEMS),
            _ => self.values_of_keys(keys, values, MAX_ITEMS),
        }
    }

    /// Where the entries of a table of keys begin, how long each is, and how many there are.
    fn table(&self, keys: u64) -> Option<(u64, u64, u64)> {
        let head = self.bytes(keys.checked_add(8)?, 8)?;
        let (begins, entry, count) = if self.model.attributes == Attributes::Dict {
            let size = xword(&head, 0);
            let index = match size {
                0..=0xff => 1,
                0x100..=0xffff => 2,
                _ => 4,
            };
            (size.checked_mul(index)?.checked_add(40)?, 24, self.word(keys, 32)?)
        } else {
            // `dk_log2_size`, `dk_log2_index_bytes`, `dk_kind`
            let (index_bytes, general) = (head[1], head[2] == 0);
            (
                1_u64.checked_shl(index_bytes.into())?.checked_add(32)?,
                if general { 24 } else { 16 },
                self.word(keys, 24)?,
            )
        };
        (count <= MAX_ITEMS && begins < 1 << 20).then_some((keys.checked_add(begins)?, entry, count))
    }

    /// The keys and values in a table of both.
    fn entries(&self, keys: u64) -> Option<Vec<(u64, u64)>> {
        let (begins, entry, count) = self.table(keys)?;
        let bytes = self.bytes(begins, usize::try_from(count * entry).ok()?)?;
        let size = usize::try_from(entry).ok()?;
        let both = bytes.chunks_exact(size).map(|entry| (xword(entry, size - 16), xword(entry, size - 8)));
        Some(both.filter(|(key, value)| *key != 0 && *value != 0).collect())
    }

    /// The keys of a table, with values that lie elsewhere.
    fn values_of_keys(&self, keys: u64, values: u64, capacity: u64) -> Option<Vec<(u64, u64)>> {
        let (begins, entry, count) = self.table(keys)?;
        let count = count.min(capacity);
        let bytes = self.bytes(begins, usize::try_from(count * entry).ok()?)?;
        let size = usize::try_from(entry).ok()?;
        // A table's entries have room for a hash before the key, and for a value behind it.
        let keys = bytes.chunks_exact(size).map(|entry| xword(entry, size - 16));
        let both = keys.zip(self.words(values, count)?);
        Some(both.filter(|(key, value)| *key != 0 && *value != 0).collect())
    }
}
