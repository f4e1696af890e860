//! `src/why/causes/invalid.rs`.

use crate::lang::Translations;

pub(in crate::lang::zh) const INVALID: Translations = &[
    (
        "The socket has an address already: bind works once, and connect and listen give one too.",
        "套接字已经有地址：bind 只能成功一次，connect 和 listen 也会给它一个地址。",
    ),
    (
        "The socket does not listen: listen was not called, or shutdown ended it.",
        "套接字没有在监听：没有调用 listen，或者 shutdown 结束了监听。",
    ),
    (
        "The socket is connected, or a Unix socket that is not bound, and cannot listen.",
        "套接字已经连接，或者是未绑定的 Unix 套接字，不能监听。",
    ),
    (
        "A link-local IPv6 address (fe80::…) means nothing without its interface: the scope is missing.",
        "链路本地的 IPv6 地址（fe80::…）离开网络接口就没有意义：缺少作用域（scope）。",
    ),
    (
        "The length given for the address is too small for its family, or larger than any address.",
        "给出的地址长度对它的地址族来说太小，或者比任何地址都大。",
    ),
    (
        "MSG_OOB asks for urgent data, and there is none, it was read, or SO_OOBINLINE leaves it among the rest.",
        "MSG_OOB 要读取紧急数据，但没有紧急数据，或已被读取，或者 SO_OOBINLINE 把它留在普通数据里。",
    ),
    (
        "The type is none there is, or its flags have bits besides SOCK_CLOEXEC and SOCK_NONBLOCK.",
        "没有这种类型，或者它的标志里有 SOCK_CLOEXEC 和 SOCK_NONBLOCK 以外的位。",
    ),
    (
        "The second argument is none of SHUT_RD, SHUT_WR and SHUT_RDWR.",
        "第二个参数不是 SHUT_RD、SHUT_WR 或 SHUT_RDWR。",
    ),
    (
        "An argument is out of its range, or not possible with this socket in its state.",
        "某个参数超出范围，或者在这个套接字的当前状态下不允许。",
    ),
    ("{ip} is link-local, and no interface is given with it.", "{ip} 是链路本地地址，但没有同时给出网络接口。"),
    (
        "Give the interface as the scope: {ip}%eth0, or the fourth part of Python's address.",
        "请把网络接口作为作用域给出：{ip}%eth0，或者 Python 地址元组的第四项。",
    ),
    ("an address", "一个地址"),
    ("Make a new socket for another address.", "要用另一个地址，请新建套接字。"),
    (" (its state is {state})", "（它的状态是 {state}）"),
    ("Call listen first.", "请先调用 listen。"),
    (
        "Make a new socket to listen with; a Unix socket must be bound first.",
        "请新建套接字来监听；Unix 套接字必须先绑定。",
    ),
    (
        "The second argument is none of SHUT_RD (0), SHUT_WR (1) and SHUT_RDWR (2).",
        "第二个参数不是 SHUT_RD (0)、SHUT_WR (1) 或 SHUT_RDWR (2)。",
    ),
    ("Give one of these.", "请给出其中之一。"),
    (" ({number:#x})", "（{number}）"),
    (
        "The type{kind} is none there is, or has flags besides SOCK_CLOEXEC and SOCK_NONBLOCK.",
        "没有这种类型{kind*}，或者它带有 SOCK_CLOEXEC 和 SOCK_NONBLOCK 以外的标志。",
    ),
    ("Use SOCK_STREAM or SOCK_DGRAM with those flags.", "请使用 SOCK_STREAM 或 SOCK_DGRAM，加上这些标志。"),
    ("the option", "该选项"),
    ("See socket(7), ip(7) or tcp(7) for its type and range.", "它的类型和范围见 socket(7)、ip(7) 或 tcp(7)。"),
    ("Leave out MSG_OOB, or wait for POLLPRI.", "请去掉 MSG_OOB，或者等待 POLLPRI。"),
    ("See {name}(2) under EINVAL.", "见 {name}(2) 的 EINVAL 一节。"),
    (
        "The address is {len} bytes long; one of {family} has at least {least}, and none has more than 128.",
        "地址长 {len} 字节；{family} 的地址至少有 {least} 字节，任何地址都不超过 128 字节。",
    ),
    ("Pass the size of the whole structure.", "请传入整个结构体的大小。"),
    ("{this} is bound to {local} already{since}.", "{this+}已绑定到 {local?}{since*}。"),
    ("{this} does not listen{state}.", "{this+}没有监听{state*}。"),
    ("{this} is connected to {peer} and cannot listen.", "{this+}已连接到 {peer}，不能监听。"),
    ("{this} cannot listen in its state{}.", "{this+}在它的状态{1*}下不能监听。"),
    (
        "MSG_OOB was given, and {fd} has no urgent data to be read that way.",
        "给出了 MSG_OOB，而{fd+}没有可以这样读取的紧急数据。",
    ),
    (
        "An argument of {name} is out of its range, or not possible with {fd} in its state{}.",
        "{name} 的某个参数超出范围，或者{fd+}在它的状态{2*}下不允许。",
    ),
];
