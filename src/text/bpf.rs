//! Instructions of classic BPF programs, as the macros of `linux/filter.h` spell them.

use super::push_hex;
use crate::value::{Record, Value};

const CLASS: [&str; 8] = ["BPF_LD", "BPF_LDX", "BPF_ST", "BPF_STX", "BPF_ALU", "BPF_JMP", "BPF_RET", "BPF_MISC"];
const SIZE: [&str; 4] = ["BPF_W", "BPF_H", "BPF_B", "BPF_DW"];
const MODE: [&str; 6] = ["BPF_IMM", "BPF_ABS", "BPF_IND", "BPF_MEM", "BPF_LEN", "BPF_MSH"];
const ALU: [&str; 11] = [
    "BPF_ADD", "BPF_SUB", "BPF_MUL", "BPF_DIV", "BPF_OR", "BPF_AND", "BPF_LSH", "BPF_RSH", "BPF_NEG", "BPF_MOD",
    "BPF_XOR",
];
const JMP: [&str; 5] = ["BPF_JA", "BPF_JEQ", "BPF_JGT", "BPF_JGE", "BPF_JSET"];

/// `BPF_STMT(BPF_RET|BPF_K, 0)`, `BPF_JUMP(BPF_JMP|BPF_K|BPF_JEQ, 0x800, 0, 0x1)`.
pub(super) fn instruction(record: &Record, out: &mut String) {
    let field = |name| match record.get(name) {
        Some(Value::Hex(n)) => *n,
        _ => 0,
    };
    let (jt, jf) = (field("jt"), field("jf"));
    let jump = jt != 0 || jf != 0;
    out.push_str(if jump { "BPF_JUMP(" } else { "BPF_STMT(" });
    code(field("code"), out);
    out.push_str(", ");
    push_hex(field("k"), out);
    if jump {
        for target in [jt, jf] {
            out.push_str(", ");
            push_hex(target, out);
        }
    }
    out.push(')');
}

/// The class and the parts that the class has.
fn code(code: u64, out: &mut String) {
    let class = (code & 7) as usize;
    out.push_str(CLASS[class]);
    let source = if code & 8 == 0 { "BPF_K" } else { "BPF_X" };
    let operation = (code >> 4 & 0xf) as usize;
    match class {
        0 | 1 => {
            part(Some(SIZE[(code >> 3 & 3) as usize]), 0, out);
            part(MODE.get((code >> 5 & 7) as usize).copied(), code & 0xe0, out);
            rest(code & !0xff, out);
        }
        2 | 3 => rest(code & !7, out),
        4 => {
            part(Some(source), 0, out);
            part(ALU.get(operation).copied(), code & 0xf0, out);
            rest(code & !0xff, out);
        }
        5 => {
            part(Some(source), 0, out);
            part(JMP.get(operation).copied(), code & 0xf0, out);
            rest(code & !0xff, out);
        }
        6 => {
            let value = ["BPF_K", "BPF_X", "BPF_A"].get((code >> 3 & 3) as usize).copied();
            part(value, code & 0x18, out);
            rest(code & !0x1f, out);
        }
        _ => {
            let transfer = match code & 0xf8 {
                0 => Some("BPF_TAX"),
                0x80 => Some("BPF_TXA"),
                _ => None,
            };
            part(transfer, code & 0xf8, out);
            rest(code & !0xff, out);
        }
    }
}

fn part(name: Option<&str>, bits: u64, out: &mut String) {
    match name {
        Some(name) => {
            out.push('|');
            out.push_str(name);
        }
        None => unknown(bits, out),
    }
}

/// Bits that no part of the code has.
fn rest(bits: u64, out: &mut String) {
    if bits != 0 {
        unknown(bits, out);
    }
}

fn unknown(bits: u64, out: &mut String) {
    out.push('|');
    push_hex(bits, out);
    out.push_str(" /* BPF_??? */");
}
