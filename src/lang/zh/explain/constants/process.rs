//! `src/xlat/process.rs`, and what was part of it: `schedule.rs` and `clock.rs`.

use crate::lang::Translations;

pub(in crate::lang::zh) const PROCESS: Translations = &[
    ("Its children that ended.", "它的已结束的子进程。"),
    ("Both together.", "两者之和。"),
    ("Fairly, by niceness.", "按 nice 值公平分配。"),
    ("The most urgent thread first, until it waits.", "优先级最高的线程先运行，直到它等待。"),
    ("The most urgent threads first, in turns.", "优先级最高的线程先运行，轮流运行。"),
    ("Fairly, for work that nobody waits for.", "公平分配，用于没有人等待的工作。"),
    ("Only when nobody else wants the processor.", "只在没有别的线程需要处理器时。"),
    ("By deadlines.", "按截止时间。"),
    ("Any child.", "任何子进程。"),
    ("The child of this number.", "此编号的子进程。"),
    ("A child of this group of processes.", "此进程组的子进程。"),
    ("The child behind this descriptor.", "此文件描述符所指的子进程。"),
    ("Fails rather than wait until there are enough random bytes.", "随机字节不足时不等待，而是失败。"),
    ("Takes them from the slower source.", "从较慢的来源取得。"),
    ("Takes what there is, even early after the start.", "有什么就取什么，即使刚启动不久。"),
    ("Time that passes; SIGALRM when it is over.", "流逝的时间；到期时发送 SIGALRM。"),
    ("Time that the program computes; SIGVTALRM when it is over.", "程序计算的时间；到期时发送 SIGVTALRM。"),
    (
        "The same and the kernel's work for it; SIGPROF when it is over.",
        "同上，再加内核为它工作的时间；到期时发送 SIGPROF。",
    ),
    ("Where the thread's own variables are.", "线程自己的变量在哪里。"),
];
