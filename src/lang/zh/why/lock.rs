//! `src/why/causes/lock.rs`.

use crate::lang::Translations;

pub(in crate::lang::zh) const LOCK: Translations = &[
    (
        "The call waits until nobody else holds the lock on the file (flock, or F_SETLKW and F_OFD_SETLKW of fcntl).",
        "这次调用一直等到没有别人持有该文件上的锁（flock，或 fcntl 的 F_SETLKW 和 F_OFD_SETLKW）。",
    ),
    (
        "Another process, or another open file, holds the lock on the file, and the call does not wait for it (LOCK_NB, F_SETLK, F_OFD_SETLK).",
        "另一个进程或另一个打开的文件持有该文件上的锁，而这次调用不等待它（LOCK_NB、F_SETLK、F_OFD_SETLK）。",
    ),
    ("It waits for a lock on {path}{}.", "在等待 {path} 上的锁{1*}。"),
    (
        "Only its holder can release it: by unlocking or closing the file, or by ending.",
        "只有持有者能释放它：解锁、关闭文件或结束进程。",
    ),
    ("There is a lock on {path}{}.", "{path} 上有锁{1*}。"),
    (
        "Try again later, or wait for it (without LOCK_NB, with F_SETLKW or F_OFD_SETLKW).",
        "请稍后再试，或等待它（不用 LOCK_NB，改用 F_SETLKW 或 F_OFD_SETLKW）。",
    ),
    (" (and {})", "（另有 {0+}）"),
    ("other lock", " 个锁"),
    ("for writing", "用于写"),
    ("for reading", "用于读"),
    (", which {} holds {how}{more}", "，持有者是{0+}，{how+}{more*}"),
    ("this process itself, through descriptor {},", "本进程自己（通过描述符 {0}）"),
];
