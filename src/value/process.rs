//! What is known of processes, of what they use and may use, and of the machine that they run on.

use super::layout::{TIMESPEC, TIMEVAL, field};
use super::{Bits, Field, Forms, Kind, Layout, Record, Value};
use crate::xlat::clone::CLONE3_FLAGS;
use crate::xlat::file::{DIRENT_TYPE, PERMISSIONS, RESOLVE, STATUS_FLAGS};
use crate::xlat::process::CAPABILITY_VERSION;
use crate::xlat::signal::{SA_FLAGS, SS_FLAGS};

const fn wait_status(fields: &'static [Field]) -> Layout {
    Layout { name: "wait_status", size: 4, doc: "What became of a child.", fields }
}

/// A child that ended.
pub static EXITED: Layout = wait_status(&[field(
    "WEXITSTATUS",
    1,
    Kind::Uint(1),
    "The status that the child exited with; 0 if all went well.",
)]);
const TERMSIG: Field = field("WTERMSIG", 0, Kind::Signal, "The signal that ended the child.");
/// A child that a signal ended.
pub static KILLED: Layout = wait_status(&[TERMSIG]);
/// The same, with its memory written to a file.
pub static DUMPED: Layout =
    wait_status(&[TERMSIG, field("WCOREDUMP", 2, Kind::Uint(1), "1: the child's memory was written to a file.")]);
/// A child that a signal stopped.
pub static STOPPED: Layout = wait_status(&[field("WSTOPSIG", 0, Kind::Signal, "The signal that stopped the child.")]);
/// A child that goes on.
pub static CONTINUED: Layout = wait_status(&[]);
/// None of these.
pub static UNKNOWN_STATUS: Layout =
    wait_status(&[field("status", 0, Kind::Hex(4), "A status that means nothing known.")]);

/// What may have become of a child.
pub(crate) static STATUSES: &[&Layout] = &[&EXITED, &DUMPED, &KILLED, &STOPPED, &CONTINUED, &UNKNOWN_STATUS];

/// C's word for a [`STATUSES`] member.
pub(crate) fn word(layout: &'static Layout) -> &'static str {
    match layout {
        _ if layout == &EXITED => "WIFEXITED(s)",
        _ if layout == &KILLED || layout == &DUMPED => "WIFSIGNALED(s)",
        _ if layout == &STOPPED => "WIFSTOPPED(s)",
        _ => "WIFCONTINUED(s)",
    }
}

/// Takes a child's status apart, wait(2).
pub(crate) fn status(raw: u32) -> Record {
    let signal = Value::Signal;
    let (low, high) = (raw & 0xff, raw >> 8);
    let (layout, fields): (&'static Layout, _) = match low {
        _ if raw > 0xffff => (&UNKNOWN_STATUS, vec![Value::Hex(raw.into())]),
        0 => (&EXITED, vec![Value::Uint(high.into())]),
        0x7f => (&STOPPED, vec![signal(high)]),
        0xff if raw == 0xffff => (&CONTINUED, vec![]),
        _ if high != 0 => (&UNKNOWN_STATUS, vec![Value::Hex(raw.into())]),
        0x80.. => (&DUMPED, vec![signal(low & 0x7f), Value::Uint(1)]),
        _ => (&KILLED, vec![signal(low)]),
    };
    Record { layout, fields, cut: None }
}

/// `struct linux_dirent64`, getdents64(2).
pub static DIRENT64: Layout = Layout {
    name: "dirent64",
    size: 24,
    doc: "One name in a directory.",
    fields: &[
        field("d_ino", 0, Kind::Uint(8), "The file's number on its device."),
        field("d_off", 8, Kind::Int(8), "Where the next entry is."),
        field("d_reclen", 16, Kind::Uint(2), "How long the entry is."),
        field("d_type", 18, Kind::Const(&DIRENT_TYPE, 1), "What kind of file it is."),
        field("d_name", 19, Kind::Rest, "Its name."),
    ],
};

/// `struct linux_dirent`, getdents(2): the type is the entry's last byte.
pub static DIRENT: Layout = Layout {
    name: "dirent",
    size: 24,
    doc: "One name in a directory.",
    fields: &[
        field("d_ino", 0, Kind::Uint(8), "The file's number on its device."),
        field("d_off", 8, Kind::Int(8), "Where the next entry is."),
        field("d_reclen", 16, Kind::Uint(2), "How long the entry is."),
        field("d_name", 18, Kind::Rest, "Its name."),
        field("d_type", 22, Kind::Const(&DIRENT_TYPE, 1), "What kind of file it is."),
    ],
};

/// Reads one entry of a directory.
pub(crate) fn dirent(layout: &'static Layout, bytes: &[u8]) -> Record {
    let mut record = Record::read(layout, bytes);
    if let (true, Some(Value::Const(kind)), Some(last)) = (layout == &DIRENT, record.fields.get_mut(4), bytes.last()) {
        kind.raw = u64::from(*last);
    }
    record
}

/// `struct rlimit`, getrlimit(2).
pub static RLIMIT: Layout = Layout {
    name: "rlimit",
    size: 16,
    doc: "How much of something a process may use.",
    fields: &[
        field("rlim_cur", 0, Kind::Limit, "The limit that holds; the process may raise it up to the other."),
        field("rlim_max", 8, Kind::Limit, "How far the limit may be raised."),
    ],
};

const UTIME: Field = field("ru_utime", 0, Kind::Record(&TIMEVAL), "Time that the program computed itself.");
const STIME: Field = field("ru_stime", 16, Kind::Record(&TIMEVAL), "Time that the kernel worked for the program.");
const FURTHER: Field = field("more", 0, Kind::More, "More members follow, which -v shows.");

const fn rusage(fields: &'static [Field]) -> Layout {
    Layout { name: "rusage", size: 144, doc: "What a process has used.", fields }
}

/// `struct rusage` abbreviated.
pub static RUSAGE_BRIEF: Layout = rusage(&[UTIME, STIME, FURTHER]);
/// `struct rusage`, getrusage(2).
pub static RUSAGE_WHOLE: Layout = rusage(&[
    UTIME,
    STIME,
    field("ru_maxrss", 32, Kind::Uint(8), "The most memory that it had at once, in KiB."),
    field("ru_ixrss", 40, Kind::Uint(8), "Linux does not count this."),
    field("ru_idrss", 48, Kind::Uint(8), "Linux does not count this."),
    field("ru_isrss", 56, Kind::Uint(8), "Linux does not count this."),
    field("ru_minflt", 64, Kind::Uint(8), "Pages of memory that it got without reading a disk."),
    field("ru_majflt", 72, Kind::Uint(8), "Pages of memory that had to be read from a disk."),
    field("ru_nswap", 80, Kind::Uint(8), "Linux does not count this."),
    field("ru_inblock", 88, Kind::Uint(8), "How often a disk was read."),
    field("ru_oublock", 96, Kind::Uint(8), "How often a disk was written."),
    field("ru_msgsnd", 104, Kind::Uint(8), "Linux does not count this."),
    field("ru_msgrcv", 112, Kind::Uint(8), "Linux does not count this."),
    field("ru_nsignals", 120, Kind::Uint(8), "Linux does not count this."),
    field("ru_nvcsw", 128, Kind::Uint(8), "How often it gave the processor away to wait for something."),
    field("ru_nivcsw", 136, Kind::Uint(8), "How often the kernel gave the processor to another."),
]);

/// `struct rusage`.
pub static RUSAGE: Forms = Forms {
    name: "rusage",
    size: 144,
    all: &[&RUSAGE_BRIEF, &RUSAGE_WHOLE],
    choose: |_, abbreviate| usize::from(!abbreviate),
};

/// The bytes of a name of `struct utsname`.
const NAME: usize = 65;
const SYSNAME: Field = field("sysname", 0, Kind::Text(NAME), "The operating system: Linux.");
const NODENAME: Field = field("nodename", NAME, Kind::Text(NAME), "The machine's name.");

const fn utsname(fields: &'static [Field]) -> Layout {
    Layout { name: "utsname", size: 6 * NAME, doc: "What the machine and its kernel are called.", fields }
}

/// `struct utsname` abbreviated.
pub static UTSNAME_BRIEF: Layout = utsname(&[SYSNAME, NODENAME, FURTHER]);
/// `struct utsname`, uname(2).
pub static UTSNAME_WHOLE: Layout = utsname(&[
    SYSNAME,
    NODENAME,
    field("release", 2 * NAME, Kind::Text(NAME), "The kernel's version."),
    field("version", 3 * NAME, Kind::Text(NAME), "When and how the kernel was built."),
    field("machine", 4 * NAME, Kind::Text(NAME), "The kind of processor."),
    field("domainname", 5 * NAME, Kind::Text(NAME), "The machine's NIS domain."),
]);

/// `struct utsname`.
pub static UTSNAME: Forms = Forms {
    name: "utsname",
    size: 6 * NAME,
    all: &[&UTSNAME_BRIEF, &UTSNAME_WHOLE],
    choose: |_, abbreviate| usize::from(!abbreviate),
};

/// `struct sysinfo`, sysinfo(2).
pub static SYSINFO: Layout = Layout {
    name: "sysinfo",
    size: 112,
    doc: "How the machine is doing.",
    fields: &[
        field("uptime", 0, Kind::Int(8), "Seconds since it started."),
        field("loads", 8, Kind::Words(3), "How busy it was in the last 1, 5 and 15 minutes, times 65536."),
        field("totalram", 32, Kind::Uint(8), "Its memory."),
        field("freeram", 40, Kind::Uint(8), "Its free memory."),
        field("sharedram", 48, Kind::Uint(8), "Memory that several programs share."),
        field("bufferram", 56, Kind::Uint(8), "Memory that holds what was read from disks."),
        field("totalswap", 64, Kind::Uint(8), "Disk space that stands in for memory."),
        field("freeswap", 72, Kind::Uint(8), "How much of that is free."),
        field("procs", 80, Kind::Uint(2), "How many processes there are."),
        field("totalhigh", 88, Kind::Uint(8), "Memory beyond what old machines reach."),
        field("freehigh", 96, Kind::Uint(8), "How much of that is free."),
        field("mem_unit", 104, Kind::Uint(4), "The unit of these numbers, in bytes."),
    ],
};

/// `struct tms`, times(2).
pub static TMS: Layout = Layout {
    name: "tms",
    size: 32,
    doc: "Processor time of a process and of its children, in hundredths of a second.",
    fields: &[
        field("tms_utime", 0, Kind::Int(8), "Time that the program computed itself."),
        field("tms_stime", 8, Kind::Int(8), "Time that the kernel worked for the program."),
        field("tms_cutime", 16, Kind::Int(8), "Time that its children computed."),
        field("tms_cstime", 24, Kind::Int(8), "Time that the kernel worked for its children."),
    ],
};

/// `struct itimerval`, setitimer(2).
pub static ITIMERVAL: Layout = Layout {
    name: "itimerval",
    size: 32,
    doc: "When a timer runs out, and how often again.",
    fields: &[
        field("it_interval", 0, Kind::Record(&TIMEVAL), "After how long it runs out again; 0 for once."),
        field("it_value", 16, Kind::Record(&TIMEVAL), "After how long it runs out; 0 for never."),
    ],
};

/// `struct itimerspec`, timer_settime(2).
pub static ITIMERSPEC: Layout = Layout {
    name: "itimerspec",
    size: 32,
    doc: "When a timer runs out, and how often again.",
    fields: &[
        field("it_interval", 0, Kind::Record(&TIMESPEC), "After how long it runs out again; 0 for once."),
        field("it_value", 16, Kind::Record(&TIMESPEC), "After how long it runs out; 0 for never."),
    ],
};

/// `struct timezone`, gettimeofday(2).
pub static TIMEZONE: Layout = Layout {
    name: "timezone",
    size: 8,
    doc: "The time zone that was set in an old kernel.",
    fields: &[
        field("tz_minuteswest", 0, Kind::Int(4), "Minutes west of Greenwich."),
        field("tz_dsttime", 4, Kind::Int(4), "Which rule summer time follows."),
    ],
};

/// `stack_t`, sigaltstack(2).
pub static STACK: Layout = Layout {
    name: "stack_t",
    size: 24,
    doc: "A stack of its own for handling signals.",
    fields: &[
        field("ss_sp", 0, Kind::Pointer, "Where it is."),
        field("ss_flags", 8, Kind::Flags(&SS_FLAGS, 4), "Whether it is there, and in use."),
        field("ss_size", 16, Kind::Uint(8), "How large it is."),
    ],
};

/// `struct kernel_sigaction`, rt_sigaction(2).
pub static SIGACTION: Layout = Layout {
    name: "sigaction",
    size: 32,
    doc: "What happens when a signal arrives.",
    fields: &[
        field("sa_handler", 0, Kind::Handler, "What handles it: a function, SIG_IGN for nothing, SIG_DFL as usual."),
        field("sa_mask", 24, Kind::SigMask, "Signals that are held back meanwhile."),
        field("sa_flags", 8, Kind::Flags(&SA_FLAGS, 8), "How it is handled."),
        field("sa_restorer", 16, Kind::Restorer, "The function that leads back to the program."),
    ],
};

/// `struct __user_cap_header_struct`, capget(2).
pub static CAP_HEADER: Layout = Layout {
    name: "cap_header",
    size: 8,
    doc: "Whose capabilities are meant, and in which format.",
    fields: &[
        field("version", 0, Kind::Const(&CAPABILITY_VERSION, 4), "The format."),
        field("pid", 4, Kind::Int(4), "The thread; 0 for this one."),
    ],
};

/// `struct __user_cap_data_struct`, capget(2): two of them, of which each has half of the bits.
pub static CAP_DATA: Layout = Layout {
    name: "cap_data",
    size: 24,
    doc: "What a thread may do that only root may else.",
    fields: &[
        field("effective", 0, Kind::Caps, "What it may do now."),
        field("permitted", 4, Kind::Caps, "What it may permit itself."),
        field("inheritable", 8, Kind::Caps, "What may stay when another program is started."),
    ],
};

const HOW_FLAGS: Field =
    field("flags", 0, Kind::Flags(&STATUS_FLAGS, 8), "Whether to read, write or both, and how to open.");
const HOW_MODE: Field = field("mode", 8, Kind::Flags(&PERMISSIONS, 8), "Who may use the file, if it is made.");
const HOW_RESOLVE: Field = field("resolve", 16, Kind::Flags(&RESOLVE, 8), "Which ways the path may not take.");

const fn open_how(fields: &'static [Field]) -> Layout {
    Layout { name: "open_how", size: 24, doc: "How to open a file.", fields }
}

/// `struct open_how` of a file that is not made.
pub static OPEN_HOW_PLAIN: Layout = open_how(&[HOW_FLAGS, HOW_RESOLVE]);
/// `struct open_how`, openat2(2).
pub static OPEN_HOW_MAKES: Layout = open_how(&[HOW_FLAGS, HOW_MODE, HOW_RESOLVE]);

/// `struct open_how`: a mode goes with making a file.
pub static OPEN_HOW: Forms = Forms {
    name: "open_how",
    size: 24,
    all: &[&OPEN_HOW_PLAIN, &OPEN_HOW_MAKES],
    choose: |bytes, _| {
        let flags = i32::from_ne_bytes(crate::memory::padded(bytes, 0));
        let mode = u64::from_ne_bytes(crate::memory::padded(bytes, 8));
        usize::from(flags & (libc::O_CREAT | libc::O_TMPFILE & !libc::O_DIRECTORY) != 0 || mode != 0)
    },
};

/// The bytes of the first `struct clone_args`.
pub(crate) const CLONE_ARGS_FIRST: u64 = 64;

/// `struct clone_args`, clone(2).
pub static CLONE_ARGS: Layout = Layout {
    name: "clone_args",
    size: 88,
    doc: "What a new process or thread shares with its maker, and where it starts.",
    fields: &[
        field("flags", 0, Kind::Flags(&CLONE3_FLAGS, 8), "What both share, and what is new for the child."),
        field("pidfd", 8, Kind::PointerIf(CLONE_PIDFD), "Where the kernel puts a descriptor of the child."),
        field("child_tid", 16, Kind::PointerIf(CHILD_TID), "Where the child finds its number, or where it is cleared."),
        field("parent_tid", 24, Kind::PointerIf(PARENT_TID), "Where the maker finds the child's number."),
        field("exit_signal", 32, Kind::Signal, "The signal that the maker gets when the child ends."),
        field("stack", 40, Kind::Pointer, "The child's stack; NULL for a copy of the maker's."),
        field("stack_size", 48, Kind::Hex(8), "The size of the stack."),
        field("tls", 56, Kind::PointerIf(libc::CLONE_SETTLS as u64), "Where the child's own variables are."),
        field("set_tid", 64, Kind::PadPointer, "The numbers that the child is to have."),
        field("set_tid_size", 72, Kind::PadUint(8), "How many of them there are."),
        field("cgroup", 80, Kind::UintIf(INTO_CGROUP), "The control group that the child begins in."),
    ],
};

const CLONE_PIDFD: u64 = libc::CLONE_PIDFD as u64;
const CHILD_TID: u64 = (libc::CLONE_CHILD_SETTID | libc::CLONE_CHILD_CLEARTID) as u64;
const PARENT_TID: u64 = libc::CLONE_PARENT_SETTID as u64;
const INTO_CGROUP: u64 = 0x2_0000_0000; // CLONE_INTO_CGROUP, linux/sched.h

const fn clone_result(fields: &'static [Field]) -> Layout {
    Layout { name: "clone_result", size: 16, doc: "What the kernel wrote about a new process.", fields }
}

const MADE_PIDFD: Field = field("pidfd", 0, Kind::RefFd, "A descriptor of the child.");
const MADE_TID: Field = field("parent_tid", 8, Kind::RefInt, "The child's number.");

/// What `clone3` wrote of a process with a descriptor and a number.
pub static CLONE_RESULT_BOTH: Layout = clone_result(&[MADE_PIDFD, MADE_TID]);
/// The same, with a descriptor only.
pub static CLONE_RESULT_PIDFD: Layout = clone_result(&[MADE_PIDFD]);
/// The same, with a number only.
pub static CLONE_RESULT_TID: Layout = clone_result(&[MADE_TID]);

/// What `clone3` wrote.
pub(crate) static CLONE_RESULTS: &[&Layout] = &[&CLONE_RESULT_BOTH, &CLONE_RESULT_PIDFD, &CLONE_RESULT_TID];

const SEGMENT_DOC: &str = "A segment of memory of 32-bit programs.";
const ENTRY: Field = field("entry_number", 0, Kind::Int(4), "Its number; -1 for a free one.");

const fn part(shift: u8, width: u8) -> Bits {
    Bits { size: 8, shift, width, notes: &[] }
}

/// `struct user_desc` of which only the number is known, get_thread_area(2).
pub static USER_DESC_ENTRY: Layout = Layout {
    name: "user_desc",
    size: 16,
    doc: SEGMENT_DOC,
    fields: &[ENTRY, field("more", 4, Kind::More, "More members follow, which the kernel fills.")],
};

/// `struct user_desc`, set_thread_area(2).
pub static USER_DESC: Layout = Layout {
    name: "user_desc",
    size: 16,
    doc: SEGMENT_DOC,
    fields: &[
        ENTRY,
        field("base_addr", 4, Kind::Hex(4), "Where it begins."),
        field("limit", 8, Kind::Hex(4), "How large it is."),
        field("seg_32bit", 8, Kind::Bits(&part(32, 1)), "Whether it is of 32 bits."),
        field("contents", 8, Kind::Bits(&part(33, 2)), "What it holds."),
        field("read_exec_only", 8, Kind::Bits(&part(35, 1)), "Whether it may not be written."),
        field("limit_in_pages", 8, Kind::Bits(&part(36, 1)), "Whether its size is in pages."),
        field("seg_not_present", 8, Kind::Bits(&part(37, 1)), "Whether it is missing."),
        field("useable", 8, Kind::Bits(&part(38, 1)), "Whether the system may use it."),
        field("lm", 8, Kind::Bits(&part(39, 1)), "Whether it is of 64 bits."),
    ],
};

/// What is saved when a signal interrupts a program, `asm/ucontext.h`: of it, what is shown.
pub static SIGFRAME: Layout = Layout {
    name: "sigframe",
    size: 304,
    doc: "What was saved when a signal interrupted the program.",
    fields: &[field("mask", 296, Kind::SigMask, "The signals that are held back again from now on.")],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_says_what_became_of_a_child() {
        for (raw, layout, first) in [
            (0, &EXITED, 0),
            (3 << 8, &EXITED, 3),
            (9, &KILLED, 9),
            (0x8b, &DUMPED, 11),
            (0x137f, &STOPPED, 19),
            (0x1_0000, &UNKNOWN_STATUS, 0x1_0000),
        ] {
            let record = status(raw);
            assert_eq!((record.layout, record.fields[0].register()), (layout, Some(first)), "{raw:#x}");
        }
        assert_eq!(status(0xffff).layout, &CONTINUED);
    }

    #[test]
    fn the_layouts_are_libcs() {
        assert_eq!(size_of::<libc::rusage>(), RUSAGE.size);
        assert_eq!(size_of::<libc::sysinfo>(), SYSINFO.size);
        assert_eq!(size_of::<libc::utsname>(), UTSNAME.size);
        assert_eq!(size_of::<libc::stack_t>(), STACK.size);
        assert_eq!(size_of::<libc::open_how>(), OPEN_HOW.size);
        assert_eq!(std::mem::offset_of!(libc::sysinfo, mem_unit), 104);
    }
}
