//! Why calls fail and what they wait for: what the causes share. A file per family, as in `src/why/causes/`.

use crate::lang::Table;

mod connection;
mod handle;
mod invalid;
mod place;
mod reach;
mod support;
mod transfer;
mod waiting;

pub(super) use connection::CONNECTION;
pub(super) use handle::HANDLE;
pub(super) use invalid::INVALID;
pub(super) use place::PLACE;
pub(super) use reach::REACH;
pub(super) use support::SUPPORT;
pub(super) use transfer::TRANSFER;
pub(super) use waiting::WAITING;

/// `src/why/causes.rs`.
pub(super) const COMMON: Table = &[
    ("the address", "该地址"),
    (
        "a process of user {uid} that could not be seen (root sees more)",
        "用户 {uid} 的一个看不到的进程（root 能看到更多）",
    ),
    ("a process that could not be seen", "一个看不到的进程"),
    ("pid {}", "进程 {0}"),
    ("pid {} ({})", "进程 {0}（{1}）"),
    ("pid {}{command}, which shares it with {others}", "进程 {0}{command*}（与 {others} 共用）"),
    (" ({})", "（{0}）"),
    ("an address without a name", "一个没有名字的地址"),
    ("`{call}` at {line} (pid {})", "{line} 处的 `{call}`（进程 {2}）"),
    ("`{call}` (pid {})", "`{call}`（进程 {1}）"),
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
];
