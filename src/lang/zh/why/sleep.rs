//! `src/why/causes/sleep.rs`.

use crate::lang::Translations;

pub(in crate::lang::zh) const SLEEP: Translations = &[
    (
        "The thread waits for nobody: it sleeps for a time that the program set.",
        "线程没有在等谁：它在程序设置的时间内睡眠。",
    ),
    ("The thread waits until a signal comes.", "线程一直等到有信号到来。"),
    ("for another {left}, until a moment that the program set", "还要 {left}，直到程序设置的时刻"),
    ("until a moment that the program set", "直到程序设置的时刻"),
    ("for another {left} of {}", "总共 {1}，还剩 {left}"),
    ("for {}", "持续 {0}"),
    ("for {}: it waits for no descriptor", "持续 {0}：它不等任何描述符"),
    (
        "until a signal comes: it waits for no descriptor, without a time",
        "直到有信号到来：它不等任何描述符，也没有时限",
    ),
    ("It sleeps {how}.", "在睡眠：{how+}。"),
    (
        "Nobody else is waited for; a signal with a handler ends it sooner.",
        "没有在等别人；有处理函数的信号会更早结束它。",
    ),
    (", {} at most", "，最多 {0}"),
    ("It waits until a signal comes{limit}.", "在等待信号到来{limit*}。"),
    (
        "Send it one that the program waits for (kill), or see who should have.",
        "请向它发送程序所等的信号（kill），或查看本该由谁发送。",
    ),
];
