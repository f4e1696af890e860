//! `src/why/causes/transfer.rs`.

use crate::lang::Translations;

pub(in crate::lang::zh) const TRANSFER: Translations = &[
    (
        "The socket does not wait (O_NONBLOCK or MSG_DONTWAIT), and nothing is there to be read. This is no failure.",
        "套接字不等待（O_NONBLOCK 或 MSG_DONTWAIT），而没有数据可读。这不是失败。",
    ),
    (
        "The socket waits, but not longer than SO_RCVTIMEO, and nothing came in that time.",
        "套接字会等待，但不超过 SO_RCVTIMEO，而这段时间里什么也没有到来。",
    ),
    (
        "The listening socket does not wait, and no connection is there to be accepted. This is no failure.",
        "监听套接字不等待，而没有连接可以 accept。这不是失败。",
    ),
    (
        "The socket does not wait, and its send buffer is full: the other end does not read as fast as this one sends.",
        "套接字不等待，而它的发送缓冲区已满：对端读取的速度跟不上这一端发送的速度。",
    ),
    (
        "The queue of a Unix socket is full: as many connections wait to be accepted as its backlog allows, or as many datagrams wait to be read.",
        "Unix 套接字的队列已满：等待 accept 的连接达到了 backlog 允许的数量，或者等待读取的数据报达到了上限。",
    ),
    (
        "A UDP datagram has at most 65507 bytes over IPv4 and 65527 over IPv6: 65535 with all headers.",
        "UDP 数据报在 IPv4 上最多 65507 字节，在 IPv6 上最多 65527 字节：连同全部首部共 65535 字节。",
    ),
    (
        "The datagram is larger than the MTU of the way, and the socket forbids splitting it (IP_PMTUDISC_DO).",
        "数据报大于路径的 MTU，而套接字禁止分片（IP_PMTUDISC_DO）。",
    ),
    (
        "A datagram of a Unix socket must fit whole into the send buffer (SO_SNDBUF).",
        "Unix 套接字的数据报必须能整个放进发送缓冲区（SO_SNDBUF）。",
    ),
    ("the socket is nonblocking", "套接字是非阻塞的"),
    ("MSG_DONTWAIT was given", "给出了 MSG_DONTWAIT"),
    ("the call does not wait", "这次调用不等待"),
    ("Nothing came within {} (SO_RCVTIMEO is {ms} ms).{}", "在 {0} 内什么也没有到来（SO_RCVTIMEO 为 {ms} 毫秒）。{2*}"),
    ("Wait longer, or take this as a timeout.", "请等待更久，或者把这当作超时。"),
    (", of {} that could", "（最多可有 {0} 个）"),
    ("No connection waits to be accepted{most}, and {}{since}.", "没有连接等待 accept{most*}，而{1+}{since*}。"),
    ("No failure: wait until the socket is readable (poll).", "不是失败：请等到套接字可读（poll）。"),
    ("Nothing is there to be read, and {}{since}.{}", "没有数据可读，而{0+}{since*}。{2*}"),
    (" ({n} wait)", "（{n} 个在等待）"),
    (": {} does not take what waits there{queue}", "：{0+} 没有取走在那里等待的东西{queue*}"),
    ("The queue of {there} is full{}.", "{there?} 的队列已满{1*}。"),
    (
        "The server must accept or read; a larger backlog for listen holds more.",
        "服务器必须 accept 或读取；listen 时更大的 backlog 能容纳更多。",
    ),
    (": {} wait to be acknowledged, and SO_SNDBUF is {buffer}", "：{0+}等待确认，而 SO_SNDBUF 为 {buffer}"),
    ("The send buffer is full{full}, and {}{since}.{}", "发送缓冲区已满{full*}，而{1+}{since*}。{3*}"),
    ("Wait until the socket is writable (poll); the other end must read.", "请等到套接字可写（poll）；对端必须读取。"),
    ("open", "打开"),
    (" with {} it has not read", "，有 {0+}它还没有读取"),
    ("was not accepted yet", "它还没有被 accept"),
    ("no process seen has it open", "看得到的进程都没有打开它"),
    (" The other end, {}, is {state}{unread}; {whose}.", "对端 {0?} 的状态是 {state?}{unread*}；{whose+}。"),
    (" The other end is {}, {} in state {state}{unread}.", "对端是 {0+}，{1?}，状态 {state?}{unread*}。"),
    ("this datagram", "这个数据报"),
    (" (SO_SNDBUF is {n})", "（SO_SNDBUF 为 {n}）"),
    ("A datagram of {bytes} does not fit into the send buffer{buffer}.", "{bytes+}的数据报放不进发送缓冲区{buffer*}。"),
    (
        "Send less at once, or set SO_SNDBUF higher (net.core.wmem_max is its limit).",
        "请一次少发一些，或者调高 SO_SNDBUF（上限是 net.core.wmem_max）。",
    ),
    (
        "A datagram of {bytes} and its headers is larger than the MTU of the way, {mtu}, and the socket forbids splitting it (IP_MTU_DISCOVER is IP_PMTUDISC_DO).",
        "{bytes+}的数据报连同首部大于路径的 MTU {mtu}，而套接字禁止分片（IP_MTU_DISCOVER 为 IP_PMTUDISC_DO）。",
    ),
    ("Send at most {} bytes at once.", "请一次最多发送 {0} 字节。"),
    (
        "A datagram of {bytes} is more than UDP carries over {}: {most}.",
        "{bytes+}的数据报超过了 UDP 在 {1} 上的上限：{most}。",
    ),
    ("Split it, or use TCP.", "请拆分它，或者使用 TCP。"),
    (
        "The socket waits, but not longer than SO_SNDTIMEO, and in that time nothing could be sent.",
        "套接字会等待，但不超过 SO_SNDTIMEO，在这段时间里什么也发送不了。",
    ),
    (
        "Nothing could be sent within {} (SO_SNDTIMEO is {ms} ms).{}",
        "{0} 内什么也发送不了（SO_SNDTIMEO 是 {ms} 毫秒）。{2*}",
    ),
    ("Wait longer, or take this as a timeout; the other end must read.", "请等得更久，或把这当作超时；对端必须读取。"),
];
