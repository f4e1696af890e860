//! `src/why/causes/process.rs`.

use crate::lang::Translations;

pub(in crate::lang::zh) const PROCESS: Translations = &[
    (
        "The process was a child, and an earlier call has waited for it already: that can be done once.",
        "该进程是子进程，之前的一次调用已经等过它：只能等一次。",
    ),
    (
        "The process ignores SIGCHLD, so the kernel forgets its children when they end and there is nobody to wait for.",
        "进程忽略 SIGCHLD，所以子进程结束时内核就忘记它们，没有可等的进程。",
    ),
    (
        "The process has no child, or none of that number: only its own children can be waited for.",
        "进程没有子进程，或没有这个编号的：只能等自己的子进程。",
    ),
    (
        "A thread waited for another one, with a time that the program set itself, and nobody woke it. No network is involved.",
        "一个线程在程序自己设置的时间内等待另一个线程，没有人唤醒它。与网络无关。",
    ),
    (
        "The only thread that is left waits for another one to wake it: nobody can, so it waits for ever.",
        "剩下的唯一线程在等另一个线程唤醒它：没有谁能做到，所以它会永远等待。",
    ),
    (
        "All threads of the process wait for another one to wake them, without a time: a deadlock.",
        "进程的所有线程都在没有时限地等另一个线程唤醒：死锁。",
    ),
    (
        "A thread waits until another one wakes it: a lock is held, or a condition has not come true.",
        "一个线程等到另一个线程唤醒它：锁被持有，或条件还没有成立。",
    ),
    ("This child was waited for already, by {}.", "这个子进程已经被 {0+} 等过。"),
    ("Wait for each child once, in one place.", "请对每个子进程只在一处等待一次。"),
    (
        "This process ignores SIGCHLD, so the kernel forgot its children when they ended.",
        "本进程忽略 SIGCHLD，所以子进程结束时内核忘记了它们。",
    ),
    ("Set SIGCHLD back to SIG_DFL where children are waited for.", "在等待子进程的地方，请把 SIGCHLD 设回 SIG_DFL。"),
    ("This process has no child left to wait for.", "本进程没有可等的子进程。"),
    (
        "Process {pid} is no child of this process, or was waited for before the trace began.",
        "进程 {pid} 不是本进程的子进程，或者在跟踪开始之前已经被等过。",
    ),
    ("Wait for what fork returned, in the process that called it.", "请在调用 fork 的进程里等待它返回的进程。"),
    (" after {}", "，用了 {0}"),
    (
        "No other thread woke this one: a timeout of the program's own ended the wait{waited}.",
        "没有别的线程唤醒它：程序自己的超时结束了等待{waited*}。",
    ),
    (
        "Nothing is wrong where the program expects it, as Event.wait(timeout) does.",
        "如果程序预期如此，就没有问题，例如 Event.wait(timeout)。",
    ),
    (
        "It waits for another thread to wake it, and this is the only thread that is left: it waits for ever.",
        "它在等另一个线程唤醒，而这是剩下的唯一线程：它会永远等待。",
    ),
    (
        "Look at who held the lock, or should have called notify, and has ended.",
        "请查看谁持有锁或应当调用 notify，却已经结束。",
    ),
    (
        "All {all} threads of the process wait for another one to wake them, none with a time: a deadlock.",
        "进程的全部 {all} 个线程都在等另一个线程唤醒，都没有时限：死锁。",
    ),
    (
        "See with `sockscope where` which locks they wait for; take locks in one order.",
        "请用 `sockscope where` 查看它们等哪些锁；请按同一顺序取锁。",
    ),
    ("It waits for the other thread of this process to wake it{limit}.", "它在等本进程的另一个线程唤醒它{limit*}。"),
    (
        "It waits for one of the {} other threads of this process to wake it{limit}.",
        "它在等本进程的 {0} 个其他线程之一唤醒它{limit*}。",
    ),
    (", or a time that the program set itself ends the wait", "，否则程序自己设置的时限结束等待"),
    ("; no time is set", "；没有设置时限"),
    ("The process waits until one of its children ends.", "进程一直等到它的一个子进程结束。"),
    ("child {pid} to end", "子进程 {pid} 结束"),
    ("child {one} to end", "子进程 {one} 结束"),
    ("a child to end", "一个子进程结束"),
    ("one of its children to end: {}", "它的一个子进程结束：{0}"),
    ("It waits for {what}.", "它在等{what+}。"),
    ("See with `sockscope where` what the child does.", "请用 `sockscope where` 查看子进程在做什么。"),
    ("See with `sockscope where` what they do.", "请用 `sockscope where` 查看它们在做什么。"),
    ("It waits for another thread to wake it{limit}.", "它在等另一个线程唤醒它{limit*}。"),
    ("See with `sockscope where` what the others do.", "请用 `sockscope where` 查看其他线程在做什么。"),
];
