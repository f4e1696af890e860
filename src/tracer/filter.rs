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

const LOAD: u16 = (libc::BPF_LD | libc::BPF_W | libc::BPF_ABS) as u16;
const JUMP_EQ: u16 = (libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K) as u16;
const JUMP_GE: u16 = (libc::BPF_JMP | libc::BPF_JGE | libc::BPF_K) as u16;
const JUMP_GT: u16 = (libc::BPF_JMP | libc::BPF_JGT | libc::BPF_K) as u16;
const RETURN: u16 = (libc::BPF_RET | libc::BPF_K) as u16;

fn instruction(code: u16, jt: u8, jf: u8, k: u32) -> libc::sock_filter {
    libc::sock_filter { code, jt, jf, k }
}

/// A program that stops the calls with these numbers.
pub(super) fn program(wanted: &BTreeSet<u32>) -> Vec<libc::sock_filter> {
    let allow = instruction(RETURN, 0, 0, libc::SECCOMP_RET_ALLOW);
    let mut program = vec![
        instruction(LOAD, 0, 0, OFFSET_ARCH),
        instruction(JUMP_EQ, 1, 0, AUDIT_ARCH),
        instruction(RETURN, 0, 0, libc::SECCOMP_RET_TRACE),
        instruction(LOAD, 0, 0, OFFSET_NR),
    ];
    for (first, last) in ranges(wanted) {
        // Below the range: the ranges ascend, so no later one matches, but a plain fall through keeps the jumps short.
        program.push(instruction(JUMP_GE, 0, 2, first));
        program.push(instruction(JUMP_GT, 1, 0, last));
        program.push(instruction(RETURN, 0, 0, libc::SECCOMP_RET_TRACE));
    }
    program.push(allow);
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
    fn run(program: &[libc::sock_filter], arch: u32, nr: u32) -> u32 {
        let (mut at, mut acc) = (0usize, 0u32);
        loop {
            let i = program[at];
            at += 1;
            let jump = |taken: bool| if taken { i.jt as usize } else { i.jf as usize };
            match i.code {
                LOAD => acc = if i.k == OFFSET_ARCH { arch } else { nr },
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
        let program = program(&wanted);
        for nr in 0..600 {
            let expected = if wanted.contains(&nr) { libc::SECCOMP_RET_TRACE } else { libc::SECCOMP_RET_ALLOW };
            assert_eq!(run(&program, AUDIT_ARCH, nr), expected, "{nr}");
            assert_eq!(run(&program, AUDIT_ARCH ^ 1, nr), libc::SECCOMP_RET_TRACE, "{nr}");
        }
    }
}
