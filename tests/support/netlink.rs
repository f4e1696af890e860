//! Netlink messages: whole ones, ones that are cut off, and attributes with lengths that are not true.

#![allow(dead_code)] // every test binary that includes this file uses its own part of it

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use sockscope::internals::decode::Names;

/// Every descriptor is a netlink socket of this protocol.
pub struct Netlink(pub Option<u64>);

impl Names for Netlink {
    fn netlink(&self, _fd: i32) -> Option<Option<u64>> {
        Some(self.0)
    }
}

/// A length that is mostly true.
fn claimed() -> impl Strategy<Value = i64> {
    prop_oneof![8 => Just(0i64), 1 => -8..8i64, 1 => any::<u16>().prop_map(i64::from)]
}

fn attribute() -> impl Strategy<Value = Vec<u8>> {
    let data = vec(prop_oneof![any::<u8>(), Just(0u8), Just(1u8)], 0..60);
    let header = |(kind, flags, claimed, data): (u16, u16, i64, Vec<u8>)| {
        let len = (data.len() as i64 + 4 + claimed) as u16;
        let mut all = [len.to_ne_bytes(), (kind | flags << 14).to_ne_bytes()].concat();
        all.extend(data);
        all.resize(all.len().next_multiple_of(4), 0);
        all
    };
    let leaf = (0..70u16, 0..4u16, claimed(), data).prop_map(header).boxed();
    leaf.prop_recursive(6, 40, 4, move |inner| {
        let kind = prop_oneof![0..70u16, select(vec![2u16, 8, 9, 10, 12, 14, 18, 26, 43, 52, 55])];
        (kind, 0..4u16, claimed(), vec(inner, 0..5).prop_map(|all| all.concat())).prop_map(header)
    })
}

fn message() -> impl Strategy<Value = Vec<u8>> {
    let kind = prop_oneof![8 => 0..110u16, 1 => any::<u16>()];
    let head = prop_oneof![
        select(vec![0usize, 1, 2, 10, 16, 17]).prop_flat_map(|family| vec(any::<u8>(), 0..20).prop_map(
            move |mut head| {
                head.insert(0, family as u8);
                head
            }
        )),
        select(vec![8usize, 12, 16, 20, 24, 28, 36, 56, 60, 72])
            .prop_flat_map(|size| (select(vec![0u8, 1, 2, 10, 16, 17]), vec(any::<u8>(), size - 1)))
            .prop_map(|(family, rest)| [vec![family], rest].concat()),
    ];
    (kind, any::<u16>(), any::<u64>(), claimed(), head, vec(attribute(), 0..6)).prop_map(
        |(kind, flags, numbers, claimed, head, attributes)| {
            let body = [head, attributes.concat()].concat();
            let len = (body.len() as i64 + 16 + claimed) as u32;
            let mut all =
                [len.to_ne_bytes().to_vec(), kind.to_ne_bytes().to_vec(), flags.to_ne_bytes().to_vec()].concat();
            all.extend(numbers.to_ne_bytes());
            all.extend(body);
            all.resize(all.len().next_multiple_of(4), 0);
            all
        },
    )
}

/// What is in a buffer: messages, answers to requests, which hold messages, and perhaps too few bytes for one.
pub fn buffer() -> impl Strategy<Value = Vec<u8>> {
    let answer =
        (message(), any::<i8>(), 0..4u16, vec(attribute(), 0..3)).prop_map(|(request, error, flags, attributes)| {
            let body = [(i32::from(error)).to_ne_bytes().to_vec(), request, attributes.concat()].concat();
            let len = (body.len() + 16) as u32;
            let head = [
                len.to_ne_bytes().to_vec(),
                2u16.to_ne_bytes().to_vec(),
                (flags << 8).to_ne_bytes().to_vec(),
                vec![0; 8],
            ];
            [head.concat(), body].concat()
        });
    let whole = vec(prop_oneof![3 => message(), 1 => answer], 1..4).prop_map(|all| all.concat());
    (whole, prop_oneof![2 => Just(usize::MAX), 1 => 16..200usize], vec(any::<u8>(), 0..20)).prop_map(
        |(mut all, cut, more)| {
            all.truncate(cut);
            if cut == usize::MAX {
                all.extend(more);
            }
            all
        },
    )
}
