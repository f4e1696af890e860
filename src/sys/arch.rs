//! The only file that knows the processor: numbers of calls that not every architecture has, and layouts that differ.

/// System call numbers that differ in more than value; -1 where the architecture lacks the call.
#[cfg(target_arch = "x86_64")]
pub(crate) mod number {
    /// dup2(2).
    pub(crate) const DUP2: i64 = libc::SYS_dup2;
    /// poll(2).
    pub(crate) const POLL: i64 = libc::SYS_poll;
    /// select(2).
    pub(crate) const SELECT: i64 = libc::SYS_select;
    /// epoll_wait(2).
    pub(crate) const EPOLL_WAIT: i64 = libc::SYS_epoll_wait;
}

/// System call numbers that differ in more than value; -1 where the architecture lacks the call.
#[cfg(not(target_arch = "x86_64"))]
pub(crate) mod number {
    /// dup2(2).
    pub(crate) const DUP2: i64 = -1;
    /// poll(2).
    pub(crate) const POLL: i64 = -1;
    /// select(2).
    pub(crate) const SELECT: i64 = -1;
    /// epoll_wait(2).
    pub(crate) const EPOLL_WAIT: i64 = -1;
}

/// Bytes of a `struct epoll_event`: x86_64 packs it.
#[cfg(target_arch = "x86_64")]
pub(crate) const EPOLL_EVENT_SIZE: usize = 12;
/// Bytes of a `struct epoll_event`.
#[cfg(not(target_arch = "x86_64"))]
pub(crate) const EPOLL_EVENT_SIZE: usize = 16;

/// This architecture as seccomp and ptrace name it, `include/uapi/linux/audit.h`.
#[cfg(target_arch = "x86_64")]
pub(crate) const AUDIT_ARCH: u32 = 0xc000_003e;
/// This architecture as seccomp and ptrace name it, `include/uapi/linux/audit.h`.
#[cfg(target_arch = "aarch64")]
pub(crate) const AUDIT_ARCH: u32 = 0xc000_00b7;

/// Where `PTRACE_PEEKUSER` finds the thread pointer, as bytes from the start of `struct user`: the base of the fs
/// segment. `None` where the kernel lets nobody look there.
#[cfg(target_arch = "x86_64")]
pub(crate) const THREAD_POINTER: Option<usize> =
    Some(std::mem::offset_of!(libc::user, regs) + std::mem::offset_of!(libc::user_regs_struct, fs_base));
/// Where `PTRACE_PEEKUSER` finds the thread pointer, as bytes from the start of `struct user`. `None` where the kernel
/// lets nobody look there: arm64 has no such request.
#[cfg(not(target_arch = "x86_64"))]
pub(crate) const THREAD_POINTER: Option<usize> = None;

/// How many words the general registers have that `PTRACE_GETREGSET` reads (`NT_PRSTATUS`).
#[cfg(target_arch = "x86_64")]
pub(crate) const REGISTERS: usize = size_of::<libc::user_regs_struct>() / 8;
/// Which of them has the result of a call.
#[cfg(target_arch = "x86_64")]
pub(crate) const RESULT: usize = std::mem::offset_of!(libc::user_regs_struct, rax) / 8;
/// Which of them has the number of the call that is being made; `None` where it is apart (`NT_ARM_SYSTEM_CALL`).
#[cfg(target_arch = "x86_64")]
pub(crate) const NUMBER: Option<usize> = Some(std::mem::offset_of!(libc::user_regs_struct, orig_rax) / 8);
/// How many words the general registers have that `PTRACE_GETREGSET` reads: x0 to x30, sp, pc, pstate.
#[cfg(not(target_arch = "x86_64"))]
pub(crate) const REGISTERS: usize = 34;
/// Which of them has the result of a call: x0.
#[cfg(not(target_arch = "x86_64"))]
pub(crate) const RESULT: usize = 0;
/// Which of them has the number of the call that is being made; `None` where it is apart (`NT_ARM_SYSTEM_CALL`).
#[cfg(not(target_arch = "x86_64"))]
pub(crate) const NUMBER: Option<usize> = None;
