//! `src/why/causes/option.rs`.

use crate::lang::Translations;

pub(in crate::lang::zh) const OPTION: Translations = &[
    (
        "The level has no option of that number, but another level has one that was meant, such as IP_ADD_MEMBERSHIP at SOL_IP.",
        "该级别没有这个编号的选项，但另一个级别有想要的那个，例如 SOL_IP 的 IP_ADD_MEMBERSHIP。",
    ),
    (
        "The value is shorter than the option's type: SO_RCVTIMEO takes a struct timeval, SO_LINGER a struct linger.",
        "值比选项的类型短：SO_RCVTIMEO 要 struct timeval，SO_LINGER 要 struct linger。",
    ),
    (
        "The value of the option is out of its range, or not possible in the socket's state.",
        "选项的值超出范围，或者在套接字的状态下不允许。",
    ),
    ("{} has no option {number}; {number} is {meant} at {}.", "{0} 没有选项 {number}；{number} 是 {4} 的 {meant}。"),
    ("Give the level that the option belongs to.", "请给出选项所属的级别。"),
    ("{this}{own} has no option {} at level {}.", "{this+}{own*}在级别 {3} 上没有选项 {2}。"),
    ("an int", "一个 int"),
    ("struct {name}", " struct {name}"),
    ("{option} wants {what}, {}; it was given {}.", "{option} 要{what+}，{2+}；给出的是 {3+}。"),
    ("Pass a value of that size (struct.pack in Python).", "请传递这个大小的值（在 Python 里用 struct.pack）。"),
    (
        "{option} does not take this value{len}: it is out of range, or the state{} forbids it.",
        "{option} 不接受这个值{len*}：它超出范围，或者状态{2*}不允许。",
    ),
];
