//! `src/why/causes/outcome.rs`.

use crate::lang::Translations;

pub(in crate::lang::zh) const OUTCOME: Translations = &[
    (
        "recv returned 0: the other end has closed, or has ended sending, and everything it sent was read. Whoever asks again gets 0 again, at once.",
        "recv 返回 0：对端已经关闭或结束发送，它发送的一切都已读完。再次询问会立即再得到 0。",
    ),
    (
        "recv returned 0 since this side has ended reading itself, with shutdown(SHUT_RD) or SHUT_RDWR.",
        "recv 返回 0，因为这一方自己用 shutdown(SHUT_RD) 或 SHUT_RDWR 结束了读取。",
    ),
    (
        "Descriptors came with the message, and were thrown away since the process has as many open as RLIMIT_NOFILE allows.",
        "描述符随消息到达，但被丢弃，因为进程打开的描述符已达到 RLIMIT_NOFILE 允许的数量。",
    ),
    (
        "Control messages came that did not fit into the room for them, so descriptors or credentials are lost.",
        "到达的控制消息放不进给它们的空间，所以描述符或凭据丢失了。",
    ),
    (
        "The socket has an error that the next call on it will bring (POLLERR): connecting failed, or the connection was reset.",
        "套接字有一个错误（POLLERR），下一次调用会带来它：连接失败，或者连接被复位。",
    ),
    (
        "The connection has ended in both directions (POLLHUP), or there never was one.",
        "连接在两个方向上都已结束（POLLHUP），或者从来没有过连接。",
    ),
    (
        "Nobody has the reading end of the pipe open any more (POLLERR): writing to it would fail with EPIPE.",
        "管道的读端已经没有人打开（POLLERR）：写入会以 EPIPE 失败。",
    ),
    (
        "Nobody has the writing end of the pipe open any more (POLLHUP): what is left can be read, and then comes the end. So ends the output of every child.",
        "管道的写端已经没有人打开（POLLHUP）：剩下的可以读取，然后就是结尾。每个子进程的输出都这样结束。",
    ),
    (
        "The number that poll was given is no open descriptor (POLLNVAL): it was closed and is still polled.",
        "给 poll 的数字不是打开的描述符（POLLNVAL）：它已被关闭，却仍在被轮询。",
    ),
    (
        "None of the descriptors became ready in the time that the program gave. Python's timeouts on sockets end so.",
        "在程序给出的时间内没有描述符就绪。Python 套接字的超时就这样结束。",
    ),
    (
        "Nothing happened on any descriptor, and no answer is awaited on them: an event loop sleeps so until its next timer, and a server until it has to look after something else.",
        "任何描述符上都没有发生什么，也没有在等应答：事件循环就这样睡到它的下一个定时器，服务器则睡到它必须照看别的事。",
    ),
    (
        "The program closed the socket right after a wait in which nothing came, while what it had sent on it had no answer. So end the timeouts of event loops, whose waits are for many things at once.",
        "程序在一次什么也没有等到的等待之后随即关闭了套接字，而它发送的内容没有得到应答。事件循环的超时就这样结束，它们的等待同时为了许多事。",
    ),
    ("{} sent on it{there} had no answer when {} ended.", "{2+} 结束时，在它上面{there*}发送的 {0+}没有得到应答。"),
    (
        "Where that is a timeout, wait longer, or see why the other end is silent.",
        "如果这是超时，请等得更久，或查看对端为什么沉默。",
    ),
    ("This side ended reading itself, with {}.", "这一方自己用 {0+} 结束了读取。"),
    ("Read everything before shutdown, or leave out SHUT_RD.", "请在 shutdown 之前读完一切，或者不要用 SHUT_RD。"),
    ("was closed by {}", "已被 {0+} 关闭"),
    ("has ended sending, with {}", "已用 {0+} 结束发送"),
    ("has ended sending; {} has it open", "已结束发送；{0+} 打开着它"),
    ("has closed or ended sending", "已关闭或结束发送"),
    (", {peer},", " {peer} "),
    (" It was read at its end {} before, first by {}.", " 之前已在结尾处读过 {0+}，第一次是 {1+}。"),
    ("The other end{there} {who}.{asked}", "对端{there*}{who+}。{asked*}"),
    (
        "Close the socket when recv returns 0: it will never bring anything else.",
        "recv 返回 0 时请关闭套接字：它不会再带来别的。",
    ),
    ("Nothing more comes; close the socket.", "不会再有数据；请关闭套接字。"),
    (
        "Descriptors came with this message and were thrown away: {open} are open, and RLIMIT_NOFILE is {limit}.{}",
        "描述符随这条消息到达，但被丢弃：打开了 {open} 个，而 RLIMIT_NOFILE 是 {limit}。{2*}",
    ),
    (
        "Close what is not needed, or raise the limit (ulimit -n); what was lost does not come again.",
        "请关闭不需要的，或提高上限（ulimit -n）；丢失的不会再来。",
    ),
    (
        "The control messages did not fit into the room that msg_control gave, and the rest was thrown away.",
        "控制消息放不进 msg_control 给出的空间，其余的被丢弃。",
    ),
    (
        "Give more room (CMSG_SPACE for all descriptors); what was lost does not come again.",
        "请给更多空间（为所有描述符留出 CMSG_SPACE）；丢失的不会再来。",
    ),
    (
        "Control messages were thrown away: their room was too small, or the limit of descriptors is reached.",
        "控制消息被丢弃：它们的空间太小，或者描述符已达到上限。",
    ),
    (
        "Give more room for them, and see `ulimit -n`; what was lost does not come again.",
        "请给它们更多空间，并查看 `ulimit -n`；丢失的不会再来。",
    ),
    (" So it is with {} more.", " 另有 {0+}也是如此。"),
    (": it was closed by {}", "：它被 {0+} 关闭"),
    ("Descriptor {fd} is not open (POLLNVAL){closed}.{more}", "描述符 {fd} 没有打开（POLLNVAL）{closed*}。{more*}"),
    ("Take it out of what is polled when it is closed.", "关闭它时请把它从轮询中去掉。"),
    (
        "Nobody reads the pipe of descriptor {fd} any more ({error}).{more}",
        "描述符 {fd} 的管道已经没有人读（{error}）。{more*}",
    ),
    ("Stop writing to it.", "请停止写入。"),
    (
        "Nobody writes to the pipe of descriptor {fd} any more ({hung_up}).{more}",
        "描述符 {fd} 的管道已经没有人写（{hung_up}）。{more*}",
    ),
    ("Read what is left, until read returns 0.", "请读取剩下的，直到 read 返回 0。"),
    (
        "The socket of descriptor {fd}{there} has an error to be fetched ({error}).{more}",
        "描述符 {fd} 的套接字{there*}有一个待取的错误（{error}）。{more*}",
    ),
    ("The next call on it brings the error, or read SO_ERROR.", "对它的下一次调用会带来错误，也可以读取 SO_ERROR。"),
    (
        "The socket of descriptor {fd}{there} has no connection any more, or none yet ({hung_up}){state}.{more}",
        "描述符 {fd} 的套接字{there*}已经没有连接，或者还没有（{hung_up}）{state*}。{more*}",
    ),
    (
        "The other end has closed or ended sending (POLLRDHUP): what is left can be read, and then comes the end.",
        "对端已经关闭或结束发送（POLLRDHUP）：剩下的可以读取，然后就是结尾。",
    ),
    (
        "The other end of the socket of descriptor {fd}{there} has closed or ended sending ({ended}).{more}",
        "描述符 {fd} 的套接字{there*}的对端已经关闭或结束发送（{ended}）。{more*}",
    ),
    ("Read what is left, until recv returns 0.", "请读取剩下的，直到 recv 返回 0。"),
    ("Read what is left, and close it.", "请读取剩下的，然后关闭它。"),
    (
        "Nothing happened within {after} on {}; no answer is awaited there.",
        "{1+}上在 {after} 内什么也没有发生；那里没有在等应答。",
    ),
    (
        "No failure: an event loop wakes so for its timers, and a server for what else it does.",
        "不是失败：事件循环就这样为定时器醒来，服务器则为它做的别的事醒来。",
    ),
    ("any of {}: {}", "{0+}（{1}）中的任何一个"),
    ("any of {}", "{0+}中的任何一个"),
    ("any descriptor of epoll {set}", "epoll {set} 的任何描述符"),
    (", and {bytes} sent on it before had no answer", "，而之前在它上面发送的 {bytes+}没有得到应答"),
    (" It connects since {}.", " 它自 {0+} 起在连接。"),
    (
        "Nothing happened on descriptor {fd}{there}{state} within {after}{unheard}.{more}",
        "描述符 {fd}{there*}{state*}上在 {after} 内什么也没有发生{unheard*}。{more*}",
    ),
    (
        "A timeout that the program set; wait longer, or see why the other end is silent.",
        "这是程序自己设置的超时；请等得更久，或查看对端为什么沉默。",
    ),
    ("A timeout that the program set.", "这是程序自己设置的超时。"),
    ("Nothing happened within {after} on {}.", "{1+}上在 {after} 内什么也没有发生。"),
    (", and {} sent on it remain unacknowledged after {}", "，而在它上面发送的 {0+}未确认，已经{1+}"),
    ("retransmission", " 次重传"),
];
