//! The words of the terminal view in English and Chinese.

use crate::lang::Language;

/// The keys and what they do, in both languages.
pub(super) const KEYS: &[(&str, &str, &str)] = &[
    ("j k ↓ ↑", "the next and the previous call", "下一个、上一个调用"),
    ("PgDn PgUp g G", "a page on and back, the first, the last", "翻页，第一个，最后一个"),
    ("Enter", "show or hide what is known of the chosen call", "显示或隐藏所选调用的详情"),
    ("J K", "scroll what is known of it", "滚动详情"),
    ("l", "lanes side by side, or the list", "泳道或列表"),
    (
        "f",
        "filter: -e trace=%network, status=failed, fd=3, a text …",
        "过滤：-e trace=%network、status=failed、fd=3、任意文字…",
    ),
    ("/ n N", "search; the next and the previous place", "搜索；下一处、上一处"),
    ("e E", "the next and the previous failure", "下一个、上一个失败的调用"),
    ("h H", "hide calls of this name; show only these", "隐藏同名调用；只显示同名调用"),
    ("p", "only this process", "只显示这个进程"),
    ("F", "only this socket", "只显示这个套接字"),
    ("< >", "the previous and the next call on this socket", "这个套接字的上一个、下一个调用"),
    ("^", "where this socket was made", "这个套接字在哪里创建"),
    ("t", "the call at the other end", "另一端对应的调用"),
    ("i", "type to the program that runs; Ctrl-] ends that", "向运行中的程序输入；Ctrl-] 结束输入"),
    ("Esc", "show everything again", "重新显示全部"),
    ("q", "leave", "退出"),
];

/// One of two texts.
pub(super) fn either<'a>(language: Language, english: &'a str, chinese: &'a str) -> &'a str {
    match language {
        Language::English => english,
        Language::Chinese => chinese,
    }
}
