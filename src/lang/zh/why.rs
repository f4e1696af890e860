//! Why calls fail and what they wait for: what the causes share. A file per family, as in `src/why/causes/`.

use crate::lang::Translations;

mod answer;
mod connection;
mod handle;
mod invalid;
mod lock;
mod option;
mod outcome;
mod place;
mod process;
mod reach;
mod short;
mod sleep;
mod support;
mod transfer;
mod waiting;

pub(super) use answer::ANSWER;
pub(super) use connection::CONNECTION;
pub(super) use handle::HANDLE;
pub(super) use invalid::INVALID;
pub(super) use lock::LOCK;
pub(super) use option::OPTION;
pub(super) use outcome::OUTCOME;
pub(super) use place::PLACE;
pub(super) use process::PROCESS;
pub(super) use reach::REACH;
pub(super) use short::SHORT;
pub(super) use sleep::SLEEP;
pub(super) use support::SUPPORT;
pub(super) use transfer::TRANSFER;
pub(super) use waiting::WAITING;

/// `src/why/causes.rs`.
pub(super) const COMMON: Translations = &[
    ("the address", "该地址"),
    (
        "a process of user {uid} that was not found (root sees more)",
        "用户 {uid} 的一个没有找到的进程（root 能看到更多）",
    ),
    ("a process that was not found", "一个没有找到的进程"),
    ("pid {}", "进程 {0}"),
    ("pid {} ({})", "进程 {0}（{1}）"),
    ("pid {} (the {role})", "进程 {0}（{role+}）"),
    ("pid {}{command}, which shares it with {others}", "进程 {0}{command*}（与 {others} 共用）"),
    (" ({})", "（{0}）"),
    (" (the {role})", "（{role+}）"),
    ("an address without a name", "一个没有名字的地址"),
    ("`{call}` at {line} (pid {})", "{line} 处的 `{call}`（进程 {2}）"),
    ("`{call}` (pid {})", "`{call}`（进程 {1}）"),
    ("`{call}` at {line} (the {role})", "{line} 处的 `{call}`（{role+}）"),
    ("`{call}` (the {role})", "`{call}`（{role+}）"),
    ("1 {what}", "1 {what+}"),
    ("{n} {what}s", "{n} {what+}"),
    ("byte", "字节"),
    ("connection", "个连接"),
    ("descriptor", "个描述符"),
    (" since {}", "（自 {0+} 起）"),
    (" by {}", "（由 {0+} 关闭）"),
    ("its address", "它的地址"),
    ("its peer", "对端"),
    (" to {peer}", "到 {peer}"),
    (" with {peer}", "与 {peer}"),
    (" ({state})", "（{state}）"),
    ("a connection that is read at its end", "读到结尾的连接"),
    ("messages that lost descriptors", "丢失了描述符的消息"),
    ("descriptors in trouble", "出了问题的描述符"),
    ("waits whose time is over", "时间已到的等待"),
    ("less taken than given", "接受的少于给出的"),
    ("answers that say no", "表示拒绝的回答"),
    ("connections closed without an answer", "没有得到应答就关闭的连接"),
    ("the descriptor", "该描述符"),
    ("descriptor {fd}", "描述符 {fd} "),
    ("once", "一次"),
    ("{n} times", " {n} 次"),
    ("The same as before, {} times by now.", "与之前相同，到现在共 {0} 次。"),
    ("Protocol wrong type for socket", "套接字的协议类型不对"),
    ("No child processes", "没有子进程"),
];
