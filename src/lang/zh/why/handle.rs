//! `src/why/causes/handle.rs`.

use crate::lang::Translations;

pub(in crate::lang::zh) const HANDLE: Translations = &[
    (
        "The descriptor was open and was closed by an earlier call, maybe of another thread.",
        "描述符曾经打开，但已被之前的一次调用关闭，可能是另一个线程的调用。",
    ),
    (
        "The number is negative: the socket object was closed (Python then has -1), or a call that failed gave the number.",
        "数字是负的：套接字对象已经关闭（这时 Python 里是 -1），或者它来自一次失败的调用。",
    ),
    (
        "The number is no open descriptor, and the trace has not seen one of that number being closed.",
        "这个数字不是打开的描述符，跟踪记录里也没有见到这个描述符被关闭。",
    ),
    (
        "The descriptor is open, but is a file, pipe, terminal or another thing that is no socket.",
        "描述符是打开的，但它是文件、管道、终端或别的东西，不是套接字。",
    ),
    (
        "The process has as many descriptors open as RLIMIT_NOFILE allows.",
        "进程打开的描述符已达到 RLIMIT_NOFILE 允许的数量。",
    ),
    (
        "Descriptor {fd} cannot be open: the socket object was closed before, or an earlier call failed.",
        "描述符 {fd} 不可能是打开的：套接字对象之前已经关闭，或者之前的调用失败了。",
    ),
    (
        "Use the socket before it is closed, and look at what made this number.",
        "请在关闭之前使用套接字，并查看这个数字从何而来。",
    ),
    ("Descriptor {fd} was closed by {}.", "描述符 {fd} 已被 {1+} 关闭。"),
    (
        "Do not use the number after that: it may even mean another file by then.",
        "之后请不要再使用这个数字：那时它甚至可能已经是另一个文件。",
    ),
    (
        "Descriptor {fd} is not open, and this trace has not seen it being closed.",
        "描述符 {fd} 没有打开，这份跟踪记录里也没有见到它被关闭。",
    ),
    (
        "It was closed by a call that is not traced, belongs to another process, or never existed.",
        "它被一次未跟踪的调用关闭，属于另一个进程，或者从未存在。",
    ),
    ("Descriptor {fd} is {} ({}).", "描述符 {fd} 是 {1}（{2?}）。"),
    ("socket", "套接字"),
    ("directory", "目录"),
    ("pipe", "管道"),
    ("character device", "字符设备"),
    ("block device", "块设备"),
    ("anonymous file", "匿名文件"),
    ("missing", "不存在"),
    ("Descriptor {fd} is open, but no socket.", "描述符 {fd} 是打开的，但不是套接字。"),
    ("Use the number that socket or accept returned.", "请使用 socket 或 accept 返回的数字。"),
    ("its", "它的上限"),
    ("{sockets} of them sockets", "其中 {sockets} 个是套接字"),
    ("at least {sockets} of them sockets", "其中至少 {sockets} 个是套接字"),
    (", hard limit {n}", "，硬限制 {n}"),
    (
        "The process has {open} descriptors open, {sockets}, and RLIMIT_NOFILE is {limit} (ulimit -n{hard}).{opened}",
        "进程打开了 {open} 个描述符，{sockets+}，而 RLIMIT_NOFILE 是 {limit?}（ulimit -n{hard*}）。{opened*}",
    ),
    (
        "The process has as many descriptors open as RLIMIT_NOFILE (ulimit -n) allows.{opened}",
        "进程打开的描述符已达到 RLIMIT_NOFILE（ulimit -n）允许的数量。{opened*}",
    ),
    (
        "Close what is not needed (connections that the other end has closed, above all), or raise the limit.",
        "请关闭不需要的描述符（首先是对端已经关闭的连接），或者提高上限。",
    ),
    (
        "The descriptor was closed while the call was under way, and its number stands for another socket by now. The call goes on with the one it was made on.",
        "描述符在调用进行时被关闭，它的数字现在代表另一个套接字。调用仍在原来的那个上进行。",
    ),
    (
        "The descriptor is open, but for writing only where the call reads, or for reading only where it writes.",
        "描述符是打开的，但调用要读而它只能写，或者调用要写而它只能读。",
    ),
    ("reading", "读"),
    ("writes", "写"),
    ("writing", "写"),
    ("reads", "读"),
    (
        "Descriptor {fd} ({}) is open for {has} only, and this call {wants}.",
        "描述符 {fd}（{1}）只为{has+}而打开，而这次调用要{wants+}。",
    ),
    ("Use the other end, or open it for both.", "请使用另一端，或者同时为读写打开它。"),
    (
        "Descriptor {fd} was closed{closed} while this call was under way, and stands for another socket since {}.",
        "描述符 {fd} 在这次调用进行时被关闭{closed*}，自 {2+} 起代表另一个套接字。",
    ),
    (
        "Close a descriptor only when no thread is in a call on it; shutdown wakes such a thread.",
        "请只在没有线程正在对描述符进行调用时关闭它；shutdown 可以唤醒这样的线程。",
    ),
    (", {} by {}{rest}", "，{0} 个由 {1+}{rest*}"),
    (", and others by {} more calls", "，其余的由另外 {0} 次调用"),
    (" Opened and not closed: {} by {}{rest}.", " 打开后没有关闭的：{0} 个由 {1+}{rest*}。"),
];
