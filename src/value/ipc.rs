//! What several processes have in common: shared memory, semaphores, queues; and structures of an administrator's calls.

use super::layout::{TIMEVAL, field};
use super::{Field, Forms, Kind, Layout};
use crate::xlat::clock::{TIMEX_MODES, TIMEX_STATUS};
use crate::xlat::confine::LANDLOCK_ACCESS;
use crate::xlat::file::PERMISSIONS;
use crate::xlat::futex::FUTEX_WAITV_FLAGS;
use crate::xlat::ipc::SEM_FLAGS;
use crate::xlat::mount::{MOUNT_ATTR, PROPAGATION};
use crate::xlat::schedule::{SCHED_FLAGS, SCHEDULER};

/// A message of System V, msgop(2).
pub static MSGBUF: Layout = Layout {
    name: "msgbuf",
    size: 16,
    doc: "A message of a queue.",
    fields: &[
        field("mtype", 0, Kind::Int(8), "The kind of message."),
        field("mtext", 8, Kind::Buffer, "The message itself."),
    ],
};

/// `struct sembuf`, semop(2).
pub static SEMBUF: Layout = Layout {
    name: "sembuf",
    size: 6,
    doc: "What is done to a semaphore.",
    fields: &[
        field("sem_num", 0, Kind::Uint(2), "Which semaphore."),
        field("sem_op", 2, Kind::Int(2), "What is added to it; 0 waits until it is zero."),
        field("sem_flg", 4, Kind::Flags(&SEM_FLAGS, 2), "How."),
    ],
};

const UID: Field = field("uid", 4, Kind::Uid, "The owner.");
const GID: Field = field("gid", 8, Kind::Uid, "The group.");
const PERM_DOC: &str = "Who owns an object of several processes, and who may use it.";

/// `struct ipc_perm`, as it is set.
pub static IPC_PERM_SET: Layout = Layout {
    name: "ipc_perm",
    size: 48,
    doc: PERM_DOC,
    fields: &[UID, GID, field("mode", 20, Kind::Flags(&PERMISSIONS, 4), "Who may use it.")],
};

/// `struct ipc_perm`, `asm-generic/ipcbuf.h`.
pub static IPC_PERM: Layout = Layout {
    name: "ipc_perm",
    size: 48,
    doc: PERM_DOC,
    fields: &[
        UID,
        GID,
        field("mode", 20, Kind::Flags(&PERMISSIONS, 4), "Who may use it."),
        field("key", 0, Kind::Uint(4), "The key that names it."),
        field("cuid", 12, Kind::Uid, "Who made it."),
        field("cgid", 16, Kind::Uid, "The maker's group."),
    ],
};

/// `struct shmid_ds` as it is set.
pub static SHMID_SET: Layout = Layout {
    name: "shmid_ds",
    size: 112,
    doc: "What is known of memory that processes share.",
    fields: &[field("shm_perm", 0, Kind::Record(&IPC_PERM_SET), "Who may use it.")],
};

/// `struct shmid_ds`, shmctl(2).
pub static SHMID_DS: Layout = Layout {
    name: "shmid_ds",
    size: 112,
    doc: "What is known of memory that processes share.",
    fields: &[
        field("shm_perm", 0, Kind::Record(&IPC_PERM), "Who may use it."),
        field("shm_segsz", 48, Kind::Uint(8), "How many bytes."),
        field("shm_cpid", 80, Kind::Int(4), "The process that made it."),
        field("shm_lpid", 84, Kind::Int(4), "The process that used it last."),
        field("shm_nattch", 88, Kind::Uint(8), "How many processes use it."),
        field("shm_atime", 56, Kind::Uint(8), "When it was mapped last."),
        field("shm_dtime", 64, Kind::Uint(8), "When it was given back last."),
        field("shm_ctime", 72, Kind::Uint(8), "When it was changed last."),
    ],
};

/// `struct shminfo`, shmctl(2).
pub static SHMINFO: Layout = Layout {
    name: "shminfo",
    size: 72,
    doc: "Limits on memory that processes share.",
    fields: &[
        field("shmmax", 0, Kind::Uint(8), "How large one part may be."),
        field("shmmin", 8, Kind::Uint(8), "How small one part may be."),
        field("shmmni", 16, Kind::Uint(8), "How many parts there may be."),
        field("shmseg", 24, Kind::Uint(8), "How many parts a process may use."),
        field("shmall", 32, Kind::Uint(8), "How many pages all parts may have together."),
    ],
};

/// `struct shm_info`, shmctl(2).
pub static SHM_INFO: Layout = Layout {
    name: "shm_info",
    size: 48,
    doc: "How much memory processes share.",
    fields: &[
        field("used_ids", 0, Kind::Int(4), "How many parts there are."),
        field("shm_tot", 8, Kind::Uint(8), "How many pages they have."),
        field("shm_rss", 16, Kind::Uint(8), "How many of them are in memory."),
        field("shm_swp", 24, Kind::Uint(8), "How many of them are on disk."),
        field("swap_attempts", 32, Kind::Uint(8), "Linux does not count this."),
        field("swap_successes", 40, Kind::Uint(8), "Linux does not count this."),
    ],
};

/// `struct semid_ds` as it is set.
pub static SEMID_SET: Layout = Layout {
    name: "semid_ds",
    size: 104,
    doc: "What is known of semaphores.",
    fields: &[field("sem_perm", 0, Kind::Record(&IPC_PERM_SET), "Who may use it.")],
};

/// `struct semid_ds`, semctl(2).
pub static SEMID_DS: Layout = Layout {
    name: "semid_ds",
    size: 104,
    doc: "What is known of semaphores.",
    fields: &[
        field("sem_perm", 0, Kind::Record(&IPC_PERM), "Who may use it."),
        field("sem_otime", 48, Kind::Uint(8), "When one was changed last."),
        field("sem_ctime", 64, Kind::Uint(8), "When it was changed last."),
        field("sem_nsems", 80, Kind::Uint(8), "How many there are."),
    ],
};

/// `struct seminfo`, semctl(2).
pub static SEMINFO: Layout = Layout {
    name: "seminfo",
    size: 40,
    doc: "Limits on semaphores.",
    fields: &[
        field("semmap", 0, Kind::Int(4), "Linux does not use this."),
        field("semmni", 4, Kind::Int(4), "How many sets there may be."),
        field("semmns", 8, Kind::Int(4), "How many semaphores there may be."),
        field("semmnu", 12, Kind::Int(4), "Linux does not use this."),
        field("semmsl", 16, Kind::Int(4), "How many semaphores a set may have."),
        field("semopm", 20, Kind::Int(4), "How many may be changed at once."),
        field("semume", 24, Kind::Int(4), "Linux does not use this."),
        field("semusz", 28, Kind::Int(4), "How many sets there are, or what an entry takes."),
        field("semvmx", 32, Kind::Int(4), "How large a semaphore may be."),
        field("semaem", 36, Kind::Int(4), "How many semaphores there are, or how much is undone."),
    ],
};

/// `struct msqid_ds` as it is set.
pub static MSQID_SET: Layout = Layout {
    name: "msqid_ds",
    size: 120,
    doc: "What is known of a queue of messages.",
    fields: &[
        field("msg_perm", 0, Kind::Record(&IPC_PERM_SET), "Who may use it."),
        field("msg_qbytes", 88, Kind::Uint(8), "How many bytes it may hold."),
    ],
};

/// `struct msqid_ds`, msgctl(2).
pub static MSQID_DS: Layout = Layout {
    name: "msqid_ds",
    size: 120,
    doc: "What is known of a queue of messages.",
    fields: &[
        field("msg_perm", 0, Kind::Record(&IPC_PERM), "Who may use it."),
        field("msg_stime", 48, Kind::Uint(8), "When a message was put last."),
        field("msg_rtime", 56, Kind::Uint(8), "When a message was taken last."),
        field("msg_ctime", 64, Kind::Uint(8), "When it was changed last."),
        field("msg_qnum", 80, Kind::Uint(8), "How many messages it holds."),
        field("msg_qbytes", 88, Kind::Uint(8), "How many bytes it may hold."),
        field("msg_lspid", 96, Kind::Int(4), "The process that put the last message."),
        field("msg_lrpid", 100, Kind::Int(4), "The process that took the last message."),
    ],
};

/// `struct msginfo`, msgctl(2).
pub static MSGINFO: Layout = Layout {
    name: "msginfo",
    size: 32,
    doc: "Limits on queues of messages.",
    fields: &[
        field("msgpool", 0, Kind::Int(4), "How many queues there are, or how large all may be."),
        field("msgmap", 4, Kind::Int(4), "How many messages there are."),
        field("msgmax", 8, Kind::Int(4), "How long a message may be."),
        field("msgmnb", 12, Kind::Int(4), "How many bytes a queue may hold."),
        field("msgmni", 16, Kind::Int(4), "How many queues there may be."),
        field("msgssz", 20, Kind::Int(4), "Linux does not use this."),
        field("msgtql", 24, Kind::Int(4), "How many bytes all messages have."),
        field("msgseg", 28, Kind::Uint(2), "Linux does not use this."),
    ],
};

/// `struct file_handle`, open_by_handle_at(2).
pub static FILE_HANDLE: Layout = Layout {
    name: "file_handle",
    size: 8,
    doc: "What names a file without a path.",
    fields: &[
        field("handle_bytes", 0, Kind::Changing, "How long it is."),
        field("handle_type", 4, Kind::Int(4), "The kind of handle, which the file system knows."),
        field("f_handle", 8, Kind::Blob, "The handle, which the file system knows."),
    ],
};

const fn sched_attr(fields: &'static [Field]) -> Layout {
    Layout { name: "sched_attr", size: 56, doc: "A scheduling policy with all that belongs to it.", fields }
}

const ATTR_SIZE: Field = field("size", 0, Kind::Uint(4), "The size of the structure.");

macro_rules! policy {
    ($($more:expr),*) => {
        &[
            ATTR_SIZE,
            field("sched_policy", 4, Kind::Const(&SCHEDULER, 4), "The policy."),
            field("sched_flags", 8, Kind::Flags(&SCHED_FLAGS, 8), "How it is set."),
            field("sched_nice", 16, Kind::Int(4), "How nice the thread is to others; lower ones get more time."),
            field("sched_priority", 20, Kind::Uint(4), "The priority of real-time threads."),
            field("sched_runtime", 24, Kind::Uint(8), "How long the thread runs in each period, in nanoseconds."),
            field("sched_deadline", 32, Kind::Uint(8), "By when it has to be done, in nanoseconds."),
            field("sched_period", 40, Kind::Uint(8), "How long a period is, in nanoseconds."),
            $($more),*
        ]
    };
}

/// `struct sched_attr` that is too small for anything but its size.
pub static SCHED_ATTR_SIZE: Layout = sched_attr(&[ATTR_SIZE]);
/// `struct sched_attr` as it was at first.
pub static SCHED_ATTR_FIRST: Layout = sched_attr(policy!());
/// `struct sched_attr` with limits of a processor's speed.
pub static SCHED_ATTR_UTIL: Layout = sched_attr(policy!(
    field("sched_util_min", 48, Kind::Uint(4), "How fast a processor has to be at least."),
    field("sched_util_max", 52, Kind::Uint(4), "How fast a processor may be at most.")
));

/// `struct sched_attr`, sched_setattr(2).
pub static SCHED_ATTR: Forms = Forms {
    name: "sched_attr",
    size: 56,
    all: &[&SCHED_ATTR_SIZE, &SCHED_ATTR_FIRST, &SCHED_ATTR_UTIL],
    choose: |bytes, _| match u32::from_ne_bytes(crate::memory::padded(bytes, 0)) {
        0 | 56.. => 2,
        48.. => 1,
        _ => 0,
    },
};

/// `struct timex`, adjtimex(2).
pub static TIMEX: Layout = Layout {
    name: "timex",
    size: 208,
    doc: "How a clock is kept right.",
    fields: &[
        field("modes", 0, Kind::Flags(&TIMEX_MODES, 4), "What is adjusted."),
        field("offset", 8, Kind::Int(8), "How far it is off."),
        field("freq", 16, Kind::Int(8), "How much too fast it is."),
        field("maxerror", 24, Kind::Int(8), "How far it is off at most, in microseconds."),
        field("esterror", 32, Kind::Int(8), "How far it is probably off, in microseconds."),
        field("status", 40, Kind::Flags(&TIMEX_STATUS, 4), "How it is kept right."),
        field("constant", 48, Kind::Int(8), "How slowly it is corrected."),
        field("precision", 56, Kind::Int(8), "How exact it is, in microseconds."),
        field("tolerance", 64, Kind::Int(8), "How much too fast or slow it may be."),
        field("time", 72, Kind::Record(&TIMEVAL), "The time."),
        field("tick", 88, Kind::Int(8), "Microseconds between two ticks."),
        field("ppsfreq", 96, Kind::Int(8), "What a signal of each second says of its speed."),
        field("jitter", 104, Kind::Int(8), "How unsteady that signal is."),
        field("shift", 112, Kind::Int(4), "How long that signal is watched."),
        field("stabil", 120, Kind::Int(8), "How steady the speed is."),
        field("jitcnt", 128, Kind::Int(8), "How often the signal was too unsteady."),
        field("calcnt", 136, Kind::Int(8), "How often the speed was measured."),
        field("errcnt", 144, Kind::Int(8), "How often that failed."),
        field("stbcnt", 152, Kind::Int(8), "How often the speed was not steady."),
        field("tai", 160, Kind::Int(4), "Seconds between atomic time and UTC."),
    ],
};

/// `struct futex_waitv`, `linux/futex.h`.
pub static FUTEX_WAITV: Layout = Layout {
    name: "futex_waitv",
    size: 24,
    doc: "A number that is waited for.",
    fields: &[
        field("val", 0, Kind::Hex(8), "The number that is expected there."),
        field("uaddr", 8, Kind::Pointer, "Where it is."),
        field("flags", 16, Kind::Flags(&FUTEX_WAITV_FLAGS, 4), "How it is read."),
        field("__reserved", 20, Kind::Pad(4), "Unused; should be 0."),
    ],
};

const RULESET_DOC: &str = "What a program forbids itself unless a rule allows it.";
const HANDLED: Field =
    field("handled_access_fs", 0, Kind::Flags(&LANDLOCK_ACCESS, 8), "What it may not do with files.");

/// `struct landlock_ruleset_attr`, landlock_create_ruleset(2).
pub static LANDLOCK_RULESET: &[&Layout] = &[&RULESET_ATTR, &RULESET_ATTR_LONGER];
/// `struct landlock_ruleset_attr` as it was at first.
pub static RULESET_ATTR: Layout =
    Layout { name: "landlock_ruleset_attr", size: 8, doc: RULESET_DOC, fields: &[HANDLED] };
/// `struct landlock_ruleset_attr` with members that came later.
pub static RULESET_ATTR_LONGER: Layout = Layout {
    name: "landlock_ruleset_attr",
    size: 9,
    doc: RULESET_DOC,
    fields: &[HANDLED, field("more", 0, Kind::More, "More members follow, which -v shows.")],
};

/// `struct mount_attr`, mount_setattr(2).
pub static MOUNT_ATTRS: &[&Layout] = &[&MOUNT_ATTR_FIRST];
/// `struct mount_attr` as it was at first.
pub static MOUNT_ATTR_FIRST: Layout = Layout {
    name: "mount_attr",
    size: 32,
    doc: "What is changed of a mount.",
    fields: &[
        field("attr_set", 0, Kind::Flags(&MOUNT_ATTR, 8), "Properties that it gets."),
        field("attr_clr", 8, Kind::Flags(&MOUNT_ATTR, 8), "Properties that it loses."),
        field("propagation", 16, Kind::Flags(&PROPAGATION, 8), "Whether what is mounted there appears in copies too."),
        field("userns_fd", 24, Kind::Uint(8), "The namespace whose users own the files."),
    ],
};

/// `struct kexec_segment`, kexec_load(2).
pub static KEXEC_SEGMENT: Layout = Layout {
    name: "kexec_segment",
    size: 32,
    doc: "A part of a kernel that is loaded.",
    fields: &[
        field("buf", 0, Kind::Pointer, "Where it is."),
        field("bufsz", 8, Kind::Uint(8), "How many bytes."),
        field("mem", 16, Kind::Pointer, "Where it is to be."),
        field("memsz", 24, Kind::Uint(8), "How many bytes it takes there."),
    ],
};

/// `struct __sysctl_args`, sysctl(2).
pub static SYSCTL_ARGS: Layout = Layout {
    name: "__sysctl_args",
    size: 80,
    doc: "What was asked or set of the kernel.",
    fields: &[
        field("name", 0, Kind::Pointer, "Which setting, as numbers."),
        field("nlen", 8, Kind::Int(4), "How many numbers."),
        field("oldval", 16, Kind::Pointer, "Where it goes."),
        field("oldlenp", 24, Kind::Pointer, "The room for it."),
        field("newval", 32, Kind::Pointer, "What it is set to."),
        field("newlen", 40, Kind::Uint(8), "How long that is."),
    ],
};
