//! The agent's code, and what the tracer knows of it. x86_64.
//!
//! It is written in assembler because it must not touch anything that the program does not expect a system call to touch:
//! no vector registers, no stack but the one frame below the red zone that the thunk made, no thread-local data. It reads
//! what the kernel reads or wrote too, and the words by which a Python stack is recognised; where that faults, the tracer takes
//! the thread out of the agent before the program hears of it.
//!
//! Between its entry and its end the stack pointer stays as it is, so that wherever a thread is in it, its frame is found.
#![allow(unsafe_code)]

#[cfg(target_arch = "x86_64")]
use super::header;
#[cfg(target_arch = "x86_64")]
use super::stacks::{known, stack};

/// Offsets in a record.
pub(crate) mod record {
    /// Serial number times 4, and its state.
    pub(crate) const WORD: u64 = 0;
    /// Where the next one begins, from the start of the ring.
    pub(crate) const NEXT: u64 = 8;
    /// The end of what was copied before the call, from the record's start.
    pub(crate) const ENTERED: u64 = 12;
    /// Number of the call.
    pub(crate) const NR: u64 = 16;
    /// The processor's clock before and after the call.
    pub(crate) const BEGAN: u64 = 24;
    pub(crate) const ENDED: u64 = 32;
    /// The result.
    pub(crate) const RESULT: u64 = 40;
    /// The six arguments.
    pub(crate) const ARGS: u64 = 48;
    /// The end of the record, from its start.
    pub(crate) const END: u64 = 96;
    /// Number of the thread's Python stack; 0 for none.
    pub(crate) const STACK: u64 = 100;
    /// What was copied: address, length, bytes up to a multiple of 8.
    pub(crate) const DATA: u64 = 104;
}

/// Offsets in a ring's beginning.
pub(crate) mod ring {
    /// Where the agent writes next.
    pub(crate) const HEAD: u64 = 0;
    /// The serial number of that record.
    pub(crate) const SERIAL: u64 = 8;
    /// Where the tracer reads next.
    pub(crate) const TAIL: u64 = 16;
    /// The serial number of that record.
    pub(crate) const READ: u64 = 24;
    /// Where the Python stacks are that are recognised; 0 where calls are recorded without.
    pub(crate) const STACKS: u64 = 40;
    /// Whether the last call stopped because its stack is none of those.
    pub(crate) const MISSED: u64 = 48;
    /// Where records begin.
    pub(crate) const START: u64 = 64;
}

/// Offsets from the stack pointer while a thread is in the agent.
pub(crate) mod frame {
    /// Number of the call, after it its result.
    pub(crate) const NR: u64 = 8;
    /// The six arguments.
    pub(crate) const ARGS: u64 = 16;
    /// rbx, r12, r13, r14.
    pub(crate) const KEPT: u64 = 64;
    /// The place for data in the record, and in the plan, during the call.
    pub(super) const DATA: u64 = 96;
    pub(super) const STEP: u64 = 104;
    /// Bytes that a thunk takes off the stack: the red zone and the frame.
    pub(crate) const SIZE: u32 = 256;
}

/// The steps of a plan.
pub(crate) mod step {
    /// So many bytes.
    pub(crate) const FIXED: u8 = 1;
    /// As many as an argument says.
    pub(crate) const ARG: u8 = 2;
    /// As many elements as an argument says.
    pub(crate) const ELEMENTS: u8 = 3;
    /// As many bytes as the call returned.
    pub(crate) const RETURNED: u8 = 4;
    /// As many elements as the call returned.
    pub(crate) const RETURNED_ELEMENTS: u8 = 5;
    /// As many as the number says that the step before copied.
    pub(crate) const MEASURED: u8 = 6;
}

#[cfg(target_arch = "x86_64")]
core::arch::global_asm!(
    ".pushsection .rodata.sockscope_agent,\"a\",@progbits",
    // Runs the steps from r12 on to a 0, copying to rdi. r9 is what the call returned.
    ".macro sockscope_steps",
    ".Lsockscope_step\\@:",
    "movzx eax, byte ptr [r12]",
    "test eax, eax",
    "jz .Lsockscope_all\\@",
    "movzx ecx, byte ptr [r12 + 1]",
    "mov rsi, [rsp + rcx * 8 + {ARGS}]",
    "movzx ecx, byte ptr [r12 + 2]",
    "mov rcx, [rsp + rcx * 8 + {ARGS}]",
    "mov edx, [r12 + 4]",
    "cmp eax, {FIXED}",
    "cmove rcx, rdx",
    "cmp eax, {MEASURED}",
    "cmove rcx, r13",
    "cmp eax, {RETURNED}",
    "je .Lsockscope_returned\\@",
    "cmp eax, {RETURNED_ELEMENTS}",
    "cmove rcx, r9",
    "je .Lsockscope_sized\\@",
    "cmp eax, {ELEMENTS}",
    "jne .Lsockscope_limit\\@",
    "mov ecx, ecx", // a number of 32 bits
    ".Lsockscope_sized\\@:",
    "movzx eax, byte ptr [r12 + 3]",
    "imul rcx, rax",
    "jmp .Lsockscope_limit\\@",
    ".Lsockscope_returned\\@:",
    "cmp rcx, r9",
    "cmova rcx, r9",
    ".Lsockscope_limit\\@:",
    "cmp rcx, rdx",
    "cmova rcx, rdx",
    "add r12, 8",
    "xor r13d, r13d",
    "cmp rsi, 4096",
    "jb .Lsockscope_step\\@",
    "test rcx, rcx",
    "jz .Lsockscope_step\\@",
    "mov [rdi], rsi",
    "mov [rdi + 8], rcx",
    "add rdi, 16",
    "mov rdx, rdi",
    "rep movsb",
    "mov r13d, [rdx]",
    "add rdi, 7",
    "and rdi, -8",
    "jmp .Lsockscope_step\\@",
    ".Lsockscope_all\\@:",
    "inc r12",
    ".endm",
    ".balign 64",
    ".globl sockscope_agent_start, sockscope_agent_body, sockscope_agent_gate, sockscope_agent_back, sockscope_agent_end",
    ".hidden sockscope_agent_start, sockscope_agent_body, sockscope_agent_gate, sockscope_agent_back, sockscope_agent_end",
    "sockscope_agent_start:",
    // All that is changed below, and all arguments.
    "mov [rsp + {NR}], rax",
    "mov [rsp + {ARGS}], rdi",
    "mov [rsp + {ARGS} + 8], rsi",
    "mov [rsp + {ARGS} + 16], rdx",
    "mov [rsp + {ARGS} + 24], r10",
    "mov [rsp + {ARGS} + 32], r8",
    "mov [rsp + {ARGS} + 40], r9",
    "mov [rsp + {KEPT}], rbx",
    "mov [rsp + {KEPT} + 8], r12",
    "mov [rsp + {KEPT} + 16], r13",
    "mov [rsp + {KEPT} + 24], r14",
    "sockscope_agent_body:",
    "cld",
    "mov r11d, {HEADER}",
    "cmp dword ptr [r11 + {ENABLED}], 0",
    "je .Lsockscope_traced",
    "cmp rax, {NUMBERS}",
    "jae .Lsockscope_traced",
    "movzx r12d, word ptr [r11 + rax * 2 + {PLANS}]",
    "test r12d, r12d",
    "jz .Lsockscope_traced",
    "add r12, r11",
    // The thread's ring.
    "mov rcx, qword ptr fs:[0]",
    "mov edx, ecx",
    "shr edx, 6",
    ".Lsockscope_probe:",
    "and edx, {PLACES} - 1",
    "mov r13d, edx",
    "shl r13d, 4",
    "mov r14, [r11 + r13 + {TABLE}]",
    "cmp r14, rcx",
    "je .Lsockscope_thread",
    "inc edx",
    "test r14, r14",
    "jnz .Lsockscope_probe",
    "jmp .Lsockscope_traced",
    ".Lsockscope_thread:",
    "mov r14, [r11 + r13 + {TABLE} + 8]",
    // Is there room? Never waited for: a call without a record stops.
    "mov rbx, [r14 + {HEAD}]",
    "mov rcx, [r14 + {SERIAL}]",
    "cmp rcx, [r14 + {READ}]",
    "je .Lsockscope_room",
    "mov rdx, [r14 + {TAIL}]",
    "cmp rbx, rdx",
    "ja .Lsockscope_room",
    "mov r13, [r11 + {LONGEST}]",
    "add r13, rbx",
    "cmp r13, rdx",
    "ja .Lsockscope_traced",
    ".Lsockscope_room:",
    "add rbx, r14",
    "mov [rbx + {R_NR}], rax",
    "mov [rbx + {R_ARGS}], rdi",
    "mov [rbx + {R_ARGS} + 8], rsi",
    "mov rdx, [rsp + {ARGS} + 16]",
    "mov [rbx + {R_ARGS} + 16], rdx",
    "mov [rbx + {R_ARGS} + 24], r10",
    "mov [rbx + {R_ARGS} + 32], r8",
    "mov [rbx + {R_ARGS} + 40], r9",
    // The Python stack: of those that the tracer knows, the one whose every word is as it was. First the one that followed
    // last time, then those in the same bucket.
    "mov dword ptr [rbx + {R_STACK}], 0",
    "mov r13, [r14 + {STACKS}]",
    "test r13, r13",
    "jz .Lsockscope_copy",
    "mov rcx, [r13 + {K_FRAME}]",
    "test rcx, rcx",
    "jz .Lsockscope_unknown",
    "mov rcx, [rcx]",
    "mov rdx, [r13 + {K_LINKED}]",
    "test rdx, rdx",
    "js .Lsockscope_frame",
    "mov rcx, [rcx + rdx]",
    ".Lsockscope_frame:",
    "test rcx, rcx",
    "jz .Lsockscope_unknown",
    "mov rdx, [r13 + {K_INSTRUCTION}]",
    "mov rdx, [rcx + rdx]",
    "and rdx, [r13 + {K_MASK}]",
    "mov eax, edx",
    "shr eax, 7",
    "shr edx, 1",
    "xor eax, edx",
    "shr ecx, 4",
    "xor eax, ecx",
    "and eax, {BUCKETS} - 1",
    "lea r8, [r13 + rax * 8 + {K_BUCKETS}]",
    "mov r9, [r13 + {K_CURRENT}]",
    "mov rsi, [r9 + {K_FOLLOWED}]",
    "test rsi, rsi",
    "jz .Lsockscope_other",
    ".Lsockscope_compare:",
    "mov ecx, [rsi + {K_COUNT}]",
    "lea rdx, [rsi + {K_WORDS}]",
    ".Lsockscope_word:",
    "mov rax, [rdx]",
    "mov rax, [rax]",
    "xor rax, [rdx + 16]",
    "test [rdx + 8], rax",
    "jnz .Lsockscope_other",
    "add rdx, 24",
    "dec ecx",
    "jnz .Lsockscope_word",
    "mov [r9 + {K_FOLLOWED}], rsi",
    "mov [r13 + {K_CURRENT}], rsi",
    "mov eax, [rsi + {K_NUMBER}]",
    "mov [rbx + {R_STACK}], eax",
    "jmp .Lsockscope_copy",
    ".Lsockscope_other:",
    "mov rsi, [r8]",
    "test rsi, rsi",
    "jz .Lsockscope_unknown",
    "mov r8, rsi",
    "jmp .Lsockscope_compare",
    ".Lsockscope_unknown:",
    "mov dword ptr [r14 + {MISSED}], 1",
    "jmp .Lsockscope_traced",
    ".Lsockscope_copy:",
    "lea rdi, [rbx + {R_DATA}]",
    "xor r9d, r9d", // nothing was returned yet
    "sockscope_steps",
    "jmp .Lsockscope_entered",
    // The call is to be made where it stops: what calls us sees that in rcx.
    ".Lsockscope_traced:",
    "mov rax, [rsp + {NR}]",
    "mov rdi, [rsp + {ARGS}]",
    "mov rsi, [rsp + {ARGS} + 8]",
    "mov rdx, [rsp + {ARGS} + 16]",
    "mov r10, [rsp + {ARGS} + 24]",
    "mov r8, [rsp + {ARGS} + 32]",
    "mov r9, [rsp + {ARGS} + 40]",
    "mov rbx, [rsp + {KEPT}]",
    "mov r12, [rsp + {KEPT} + 8]",
    "mov r13, [rsp + {KEPT} + 16]",
    "mov r14, [rsp + {KEPT} + 24]",
    "mov ecx, 1",
    "ret",
    ".Lsockscope_entered:",
    "mov [rsp + {DATA}], rdi",
    "mov [rsp + {STEP}], r12",
    "sub rdi, rbx",
    "mov [rbx + {R_ENTERED}], edi",
    "rdtsc",
    "shl rdx, 32",
    "or rax, rdx",
    "mov [rbx + {R_BEGAN}], rax",
    "mov rcx, [r14 + {SERIAL}]",
    "lea rcx, [rcx * 4 + 1]",
    "mov rax, [rsp + {NR}]",
    "mov rdi, [rsp + {ARGS}]",
    "mov rsi, [rsp + {ARGS} + 8]",
    "mov rdx, [rsp + {ARGS} + 16]",
    "mov r10, [rsp + {ARGS} + 24]",
    "mov r8, [rsp + {ARGS} + 32]",
    "mov r9, [rsp + {ARGS} + 40]",
    // From here the tracer sees it.
    "mov [rbx + {R_WORD}], rcx",
    "sockscope_agent_gate:",
    "syscall",
    "sockscope_agent_back:",
    "mov [rsp + {NR}], rax",
    "mov [rbx + {R_RESULT}], rax",
    "rdtsc",
    "shl rdx, 32",
    "or rax, rdx",
    "mov [rbx + {R_ENDED}], rax",
    "inc qword ptr [rbx + {R_WORD}]",
    // A failed call has returned nothing.
    "xor ecx, ecx",
    "mov r9, [rsp + {NR}]",
    "test r9, r9",
    "cmovs r9, rcx",
    "mov rdi, [rsp + {DATA}]",
    "mov r12, [rsp + {STEP}]",
    "sockscope_steps",
    "mov rcx, rdi",
    "sub rdi, rbx",
    "mov [rbx + {R_END}], edi",
    "sub rcx, r14",
    "add rcx, 15",
    "and rcx, -16",
    "mov r11d, {HEADER}",
    "mov rdx, [r11 + {LONGEST}]",
    "add rdx, rcx",
    "mov eax, {START}",
    "cmp rdx, {RING}",
    "cmova rcx, rax",
    "mov [rbx + {R_NEXT}], ecx",
    "mov [r14 + {HEAD}], rcx",
    "inc qword ptr [r14 + {SERIAL}]",
    "inc qword ptr [rbx + {R_WORD}]",
    "mov rax, [rsp + {NR}]",
    "mov rdi, [rsp + {ARGS}]",
    "mov rsi, [rsp + {ARGS} + 8]",
    "mov rdx, [rsp + {ARGS} + 16]",
    "mov r10, [rsp + {ARGS} + 24]",
    "mov r8, [rsp + {ARGS} + 32]",
    "mov r9, [rsp + {ARGS} + 40]",
    "mov rbx, [rsp + {KEPT}]",
    "mov r12, [rsp + {KEPT} + 8]",
    "mov r13, [rsp + {KEPT} + 16]",
    "mov r14, [rsp + {KEPT} + 24]",
    "xor ecx, ecx",
    "ret",
    "sockscope_agent_end:",
    ".popsection",
    NR = const frame::NR,
    ARGS = const frame::ARGS,
    KEPT = const frame::KEPT,
    DATA = const frame::DATA,
    STEP = const frame::STEP,
    HEADER = const super::HEADER,
    ENABLED = const header::ENABLED,
    LONGEST = const header::LONGEST,
    PLANS = const header::PLANS,
    NUMBERS = const header::NUMBERS,
    TABLE = const header::TABLE,
    PLACES = const header::PLACES,
    RING = const super::RING,
    HEAD = const ring::HEAD,
    SERIAL = const ring::SERIAL,
    TAIL = const ring::TAIL,
    READ = const ring::READ,
    STACKS = const ring::STACKS,
    MISSED = const ring::MISSED,
    START = const ring::START,
    K_FRAME = const known::FRAME,
    K_LINKED = const known::LINKED,
    K_INSTRUCTION = const known::INSTRUCTION,
    K_MASK = const known::MASK,
    K_CURRENT = const known::CURRENT,
    K_BUCKETS = const known::BUCKETS,
    BUCKETS = const known::COUNT,
    K_FOLLOWED = const stack::FOLLOWED,
    K_NUMBER = const stack::NUMBER,
    K_COUNT = const stack::COUNT,
    K_WORDS = const stack::WORDS,
    R_WORD = const record::WORD,
    R_NEXT = const record::NEXT,
    R_ENTERED = const record::ENTERED,
    R_NR = const record::NR,
    R_BEGAN = const record::BEGAN,
    R_ENDED = const record::ENDED,
    R_RESULT = const record::RESULT,
    R_ARGS = const record::ARGS,
    R_END = const record::END,
    R_STACK = const record::STACK,
    R_DATA = const record::DATA,
    FIXED = const step::FIXED,
    ELEMENTS = const step::ELEMENTS,
    RETURNED = const step::RETURNED,
    RETURNED_ELEMENTS = const step::RETURNED_ELEMENTS,
    MEASURED = const step::MEASURED,
);

#[cfg(target_arch = "x86_64")]
unsafe extern "C" {
    #[link_name = "sockscope_agent_start"]
    static START: u8;
    #[link_name = "sockscope_agent_body"]
    static BODY: u8;
    #[link_name = "sockscope_agent_gate"]
    static GATE: u8;
    #[link_name = "sockscope_agent_back"]
    static BACK: u8;
    #[link_name = "sockscope_agent_end"]
    static END: u8;
}

/// The bytes of the code.
#[cfg(target_arch = "x86_64")]
pub(crate) fn bytes() -> &'static [u8] {
    let length = (&raw const END).addr() - (&raw const START).addr();
    // SAFETY: both symbols bound one piece of read-only data of ours, which the assembler laid out above.
    unsafe { std::slice::from_raw_parts(&raw const START, length) }
}

/// Where in a process an instruction of the code is.
#[cfg(target_arch = "x86_64")]
fn placed(symbol: *const u8) -> u64 {
    super::BASE + (symbol.addr() - (&raw const START).addr()) as u64
}

/// Where a thread is in the agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// At its entry: its registers are the program's.
    Entry,
    /// Before the call: they are in the frame.
    Before,
    /// At the call, which it is about to make: the record is open.
    Gate,
    /// Back from the call, or in it: the result is in its register.
    Back,
    /// Behind it: the result is in the frame.
    Behind,
}

impl Place {
    /// Of an instruction pointer; `None` outside the agent.
    #[cfg(target_arch = "x86_64")]
    pub(crate) fn of(ip: u64) -> Option<Self> {
        let end = super::BASE + bytes().len() as u64;
        if !(super::BASE..end).contains(&ip) {
            return None;
        }
        let (body, gate, back) = (placed(&raw const BODY), placed(&raw const GATE), placed(&raw const BACK));
        Some(match ip {
            _ if ip < body => Self::Entry,
            _ if ip < gate => Self::Before,
            _ if ip == gate => Self::Gate,
            _ if ip == back => Self::Back,
            _ => Self::Behind,
        })
    }

    /// Of an instruction pointer; there is no agent for this processor.
    #[cfg(not(target_arch = "x86_64"))]
    pub(crate) fn of(_: u64) -> Option<Self> {
        None
    }
}

/// The bytes of the code; there is none for this processor.
#[cfg(not(target_arch = "x86_64"))]
pub(crate) fn bytes() -> &'static [u8] {
    &[]
}

/// What the filter takes for a call of the agent: the address behind its instruction.
#[cfg(target_arch = "x86_64")]
pub(crate) fn back() -> u64 {
    placed(&raw const BACK)
}

/// What the filter takes for a call of the agent; there is none for this processor.
#[cfg(not(target_arch = "x86_64"))]
pub(crate) fn back() -> u64 {
    0
}
