//! The seccomp filter that makes only the wanted calls stop.
//!
//! Classic BPF written here, not by a crate: the crates kill a process that makes a call of another architecture, but a
//! 32-bit program under a tracer must run on. Calls that are not wanted are allowed by comparisons the kernel can
//! evaluate once and for all (it keeps a bitmap of them), so they cost nothing. Calls of another architecture all stop:
//! they are not shown, but a program must not go unseen without a word.

use std::collections::BTreeSet;

pub(super) use crate::sys::arch::AUDIT_ARCH;

/// Offsets in `struct seccomp_data`.
const OFFSET_NR: u32 = 0;
const OFFSET_ARCH: u32 = 4;
const OFFSET_INSTRUCTION: u32 = 8;

const LOAD: u16 = (libc::BPF_LD | libc::BPF_W | libc::BPF_ABS) as u16;
const JUMP_EQ: u16 = (libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K) as u16;
const JUMP_GE: u16 = (libc::BPF_JMP | libc::BPF_JGE | libc::BPF_K) as u16;
const JUMP_GT: u16 = (libc::BPF_JMP | libc::BPF_JGT | libc::BPF_K) as u16;
const JUMP: u16 = (libc::BPF_JMP | libc::BPF_JA | libc::BPF_K) as u16;
const RETURN: u16 = (libc::BPF_RET | libc::BPF_K) as u16;

fn instruction(code: u16, jt: u8, jf: u8, k: u32) -> libc::sock_filter {
    libc::sock_filter { code, jt, jf, k }
}

/// A program that stops the calls with these numbers, unless the instruction before this address makes them (below
/// 4 GiB: the words of a filter are half as long as addresses).
pub(super) fn program(wanted: &BTreeSet<u32>, free: Option<u32>) -> Vec<libc::sock_filter> {
    let allow = instruction(RETURN, 0, 0, libc::SECCOMP_RET_ALLOW);
    let stop = instruction(RETURN, 0, 0, libc::SECCOMP_RET_TRACE);
    let ranges = ranges(wanted);
    let mut program = vec![
        instruction(LOAD, 0, 0, OFFSET_ARCH),
        instruction(JUMP_EQ, 1, 0, AUDIT_ARCH),
        instruction(RETURN, 0, 0, libc::SECCOMP_RET_TRACE),
        instruction(LOAD, 0, 0, OFFSET_NR),
    ];
    let mut left = ranges.len() as u32;
    for (first, last) in ranges {
        left -= 1;
        // Below the range: the ranges ascend, so no later one matches, but a plain fall through keeps the jumps short.
        program.push(instruction(JUMP_GE, 0, 2, first));
        program.push(instruction(JUMP_GT, 1, 0, last));
        // Behind the rest of the ranges and what allows.
        program.push(if free.is_some() { instruction(JUMP, 0, 0, 3 * left + 1) } else { stop });
    }
    program.push(allow);
    if let Some(free) = free {
        program.extend([
            instruction(LOAD, 0, 0, OFFSET_INSTRUCTION),
            instruction(JUMP_EQ, 0, 3, free),
            instruction(LOAD, 0, 0, OFFSET_INSTRUCTION + 4),
            instruction(JUMP_EQ, 0, 1, 0),
            allow,
            stop,
        ]);
    }
    program
}

/// Consecutive numbers as pairs of first and last.
fn ranges(numbers: &BTreeSet<u32>) -> Vec<(u32, u32)> {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for &number in numbers {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => ranges.push((number, number)),
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs a program on one call, as the kernel would.
    fn run(program: &[libc::sock_filter], arch: u32, nr: u32, instruction: u64) -> u32 {
        let (mut at, mut acc) = (0usize, 0u32);
        loop {
            let i = program[at];
            at += 1;
            let jump = |taken: bool| if taken { i.jt as usize } else { i.jf as usize };
            match i.code {
                LOAD if i.k == OFFSET_ARCH => acc = arch,
                LOAD if i.k == OFFSET_NR => acc = nr,
                LOAD if i.k == OFFSET_INSTRUCTION => acc = instruction as u32,
                LOAD => acc = (instruction >> 32) as u32,
                JUMP => at += i.k as usize,
                JUMP_EQ => at += jump(acc == i.k),
                JUMP_GE => at += jump(acc >= i.k),
                JUMP_GT => at += jump(acc > i.k),
                RETURN => return i.k,
                other => panic!("{other:#x}"),
            }
        }
    }

    #[test]
    fn exactly_the_wanted_calls_stop() {
        let wanted = BTreeSet::from([0, 1, 3, 41, 42, 43, 44, 55, 288, 307]);
        for (free, instruction, all_free) in [
            (None, 0x7000_0123, false),
            (Some(0x7000_0123), 0x7000_0123, true),
            (Some(0x7000_0123), 0x7000_0121, false),
            (Some(0x7000_0123), 0x1_7000_0123, false),
        ] {
            let program = program(&wanted, free);
            for nr in 0..600 {
                let stops = wanted.contains(&nr) && !all_free;
                let expected = if stops { libc::SECCOMP_RET_TRACE } else { libc::SECCOMP_RET_ALLOW };
                assert_eq!(run(&program, AUDIT_ARCH, nr, instruction), expected, "{nr} {free:x?}");
                let foreign = run(&program, AUDIT_ARCH ^ 1, nr, instruction);
                assert_eq!(foreign, libc::SECCOMP_RET_TRACE, "{nr}");
            }
        }
    }
}
