//! The documents' claims: what they say, what was tried, what was seen. In two files, as `src/claims/` has families.

use crate::lang::Translations;

mod connection;
mod network;

pub(super) use connection::CONNECTION;
pub(super) use network::NETWORK;

/// `src/sys/namespace.rs` and `setting.rs`: why there is no verdict.
pub(super) const SYSTEM: Translations = &[
    ("timed out after {} s", "{0} 秒后超时"),
    ("interrupted", "被中断"),
    ("its process ended unexpectedly: {0}", "它的进程意外结束：{0?}"),
    ("a process for it could not be made: {0}", "无法为它建立进程：{0}"),
    ("exit status {code}", "退出状态 {code}"),
    ("killed by {signal}", "被 {signal} 终止"),
    (
        "it needs a network namespace of its own, and this kernel gives this user none ({errno}); run it as root, or allow user namespaces (sysctl user.max_user_namespaces, kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns)",
        "它需要自己的网络命名空间，而这个内核不给这个用户（{errno}）；请以 root 身份运行，或者允许用户命名空间（sysctl user.max_user_namespaces、kernel.unprivileged_userns_clone、kernel.apparmor_restrict_unprivileged_userns）",
    ),
    (
        "the user namespace could not be set up (/proc/self/{file}: {error})",
        "无法设置用户命名空间（/proc/self/{file}：{error}）",
    ),
    ("the loopback interface could not be brought up ({error})", "无法启用回环接口（{error}）"),
    (
        "the setting {name} cannot be read ({error}); this kernel may not have it",
        "无法读取设置 {name}（{error}）；这个内核可能没有它",
    ),
    (
        "the setting {name} cannot be set to {value} here ({error}); /proc/sys may be read-only in this container",
        "无法在这里把设置 {name} 设为 {value}（{error}）；在这个容器里 /proc/sys 可能是只读的",
    ),
];

/// `src/claims.rs`, `report.rs`, `lab.rs`, `witness.rs`, and the command's table.
pub(super) const COMMON: Translations = &[
    ("confirmed", "成立"),
    ("refuted", "不成立"),
    ("depends", "视条件而定"),
    ("undecided", "无法判定"),
    ("{}; with the settings in force: {here}", "{0+}；按现行设置：{here+}"),
    ("depends on {on}", "取决于：{on?}"),
    ("depends on {on}; with the settings in force: {here}", "取决于：{on?}；按现行设置：{here+}"),
    ("cannot read a call of the trace back: {error}", "无法读回跟踪记录中的一个调用：{error}"),
    (
        "it ran in the caller's network, since this kernel gives no namespace",
        "它在调用者的网络里运行，因为这个内核不提供命名空间",
    ),
    ("a call the experiment needs failed: {}", "实验所需的一个调用失败了：{0}"),
    ("the claim does not declare the setting {name}", "该说法没有声明设置 {name}"),
    ("getsockname gave no address", "getsockname 没有给出地址"),
    (
        "timed out after {WAIT_LIMIT_MS} ms waiting for data on descriptor {fd}",
        "等待描述符 {fd} 上的数据 {WAIT_LIMIT_MS} 毫秒后超时",
    ),
    ("the reader thread panicked", "读取线程崩溃了"),
    ("in the other process: {answer}", "在另一个进程里：{answer}"),
    ("succeeds", "成功"),
    ("fails with {errno:?}", "失败，错误为 {errno}"),
    ("state {}", "状态 {0}"),
    ("this kernel does not count {name}", "这个内核不统计 {name}"),
    ("timed out after 4 s waiting for {what}", "等待{what?} 4 秒后超时"),
];
