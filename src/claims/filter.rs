//! Packet loss on demand: classic BPF filters on a socket. The kernel runs them before TCP or UDP sees a packet, so
//! that a packet they drop is lost to the socket exactly as if the network had lost it. On TCP sockets newer kernels
//! require `CAP_NET_ADMIN` for it (6.18 does), so the experiments with filters run in a namespace of their own.

use std::os::fd::RawFd;

use super::Result;
use super::lab::Lab;

/// One instruction of classic BPF (linux/filter.h: `struct sock_filter`).
#[derive(Debug, Clone, Copy)]
struct Instruction {
    code: u32,
    if_true: u8,
    if_false: u8,
    k: u32,
}

/// A BPF program that returns how many bytes of the packet to keep. Offset 0 is the transport header.
#[derive(Debug)]
pub(super) struct Filter(Vec<Instruction>);

const fn plain(code: u32, k: u32) -> Instruction {
    Instruction { code, if_true: 0, if_false: 0, k }
}

const fn jump_if_equal(k: u32, if_true: u8, if_false: u8) -> Instruction {
    Instruction { code: libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, if_true, if_false, k }
}

const KEEP: Instruction = plain(libc::BPF_RET | libc::BPF_K, u32::MAX);
const DROP: Instruction = plain(libc::BPF_RET | libc::BPF_K, 0);
const LOAD_BYTE: u32 = libc::BPF_LD | libc::BPF_B | libc::BPF_ABS;

/// Bits of the TCP header's byte 13.
const SYN: u32 = 0x02;
const ACK: u32 = 0x10;

impl Filter {
    /// Accepts only the first segment of a handshake, so that connections stay half-open.
    pub(super) fn only_syn() -> Self {
        Self(vec![
            plain(LOAD_BYTE, 13),
            plain(libc::BPF_ALU | libc::BPF_AND | libc::BPF_K, SYN | ACK),
            jump_if_equal(SYN, 0, 1),
            KEEP,
            DROP,
        ])
    }

    /// Drops TCP segments whose data begins with this byte; those without data pass.
    pub(super) fn tcp_data_beginning_with(byte: u8) -> Self {
        Self(vec![
            // X = length of the header, in the high half of byte 12, times four.
            plain(LOAD_BYTE, 12),
            plain(libc::BPF_ALU | libc::BPF_RSH | libc::BPF_K, 2),
            plain(libc::BPF_ALU | libc::BPF_AND | libc::BPF_K, 0x3c),
            plain(libc::BPF_MISC | libc::BPF_TAX, 0),
            plain(libc::BPF_LD | libc::BPF_W | libc::BPF_LEN, 0),
            plain(libc::BPF_ALU | libc::BPF_SUB | libc::BPF_X, 0),
            jump_if_equal(0, 2, 0),
            plain(libc::BPF_LD | libc::BPF_B | libc::BPF_IND, 0),
            jump_if_equal(u32::from(byte), 1, 0),
            KEEP,
            DROP,
        ])
    }

    /// Drops UDP datagrams whose data begins with this byte.
    pub(super) fn udp_data_beginning_with(byte: u8) -> Self {
        Self(vec![plain(LOAD_BYTE, 8), jump_if_equal(u32::from(byte), 1, 0), KEEP, DROP])
    }

    /// Attaches the filter to a socket (`SO_ATTACH_FILTER`).
    pub(super) fn attach(&self, lab: &mut Lab, fd: RawFd) -> Result<()> {
        let mut code = Vec::new();
        for instruction in &self.0 {
            code.extend((instruction.code as u16).to_ne_bytes());
            code.extend([instruction.if_true, instruction.if_false]);
            code.extend(instruction.k.to_ne_bytes());
        }
        // struct sock_fprog: a count, padding, a pointer the kernel reads `code` through during the call.
        let mut program = (self.0.len() as u16).to_ne_bytes().to_vec();
        program.extend([0; 6]);
        program.extend((code.as_ptr() as u64).to_ne_bytes());
        Ok(lab.call(|net| net.setsockopt(fd, libc::SOL_SOCKET, libc::SO_ATTACH_FILTER, &program))?)
    }
}

/// Detaches a socket's filter (`SO_DETACH_FILTER`).
pub(super) fn detach(lab: &mut Lab, fd: RawFd) -> Result<()> {
    lab.set_option(fd, libc::SOL_SOCKET, libc::SO_DETACH_FILTER, 0)
}
