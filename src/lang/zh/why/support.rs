//! `src/why/causes/support.rs`.

use crate::lang::Translations;

pub(in crate::lang::zh) const SUPPORT: Translations = &[
    (
        "The protocol exists, but for another type of socket: TCP is for SOCK_STREAM, UDP for SOCK_DGRAM. 0 takes the right one.",
        "协议存在，但属于另一种类型的套接字：TCP 用于 SOCK_STREAM，UDP 用于 SOCK_DGRAM。0 会选用正确的协议。",
    ),
    (
        "This kernel does not have the protocol, or its module is not loaded and may not be.",
        "这个内核没有该协议，或者它的模块没有加载、也不允许加载。",
    ),
    ("The address family has no sockets of that type.", "该地址族没有那种类型的套接字。"),
    (
        "This kernel does not have the address family, or its module is not loaded and may not be.",
        "这个内核没有该地址族，或者它的模块没有加载、也不允许加载。",
    ),
    (
        "The address is of another family than the socket, say IPv6 with a socket for IPv4.",
        "地址与套接字的地址族不同，例如 IPv6 地址用在 IPv4 套接字上。",
    ),
    (
        "The type of socket does not have that operation: only SOCK_STREAM and SOCK_SEQPACKET listen and accept, and only TCP has urgent data.",
        "这种类型的套接字没有该操作：只有 SOCK_STREAM 和 SOCK_SEQPACKET 能 listen 和 accept，只有 TCP 有紧急数据。",
    ),
    (
        "The socket does not know the option at that level: TCP's options need a TCP socket, IPv6's an IPv6 one.",
        "套接字在该层次上不认识这个选项：TCP 的选项需要 TCP 套接字，IPv6 的选项需要 IPv6 套接字。",
    ),
    ("that one", "该项"),
    ("SOCK_DGRAM or SOCK_RAW", "SOCK_DGRAM 或 SOCK_RAW"),
    ("{protocol} is for {right}, not for {kind}.", "{protocol} 用于 {right?}，不用于 {kind?}。"),
    (
        "Give the type and protocol that belong together, or 0 as the protocol.",
        "请给出相配的类型和协议，或者以 0 作为协议。",
    ),
    ("Unix sockets have no protocol {protocol}.", "Unix 套接字没有协议 {protocol?}。"),
    ("Give 0 as the protocol.", "请以 0 作为协议。"),
    (" It has {}.", "它有 {0}。"),
    (
        "This kernel has no protocol {protocol} for {kind} sockets of {domain}.{known}",
        "这个内核没有用于 {domain?} 的 {kind?} 套接字的协议 {protocol?}。{known*}",
    ),
    (
        "Load the module if there is one (modprobe sctp, say), or use another protocol.",
        "如果有模块，请加载它（例如 modprobe sctp），或者使用另一种协议。",
    ),
    ("{} has no sockets of type {}.", "{0?} 没有 {1?} 类型的套接字。"),
    ("Use SOCK_STREAM or SOCK_DGRAM.", "请使用 SOCK_STREAM 或 SOCK_DGRAM。"),
    ("another family", "另一个地址族"),
    (
        "Make the socket for the family of the address (getaddrinfo gives both).",
        "请按地址的地址族建立套接字（getaddrinfo 会同时给出两者）。",
    ),
    ("This kernel has no sockets of {}.", "这个内核没有 {0?} 的套接字。"),
    (
        "Load the module if there is one; for IPv6 see whether it is disabled (ipv6.disable=1).",
        "如果有模块，请加载它；对 IPv6，请查看它是否被禁用（ipv6.disable=1）。",
    ),
    ("this type", "这种类型"),
    (
        "Use a SOCK_STREAM socket for that; datagram sockets are ready after bind.",
        "这需要 SOCK_STREAM 套接字；数据报套接字在 bind 之后就可以使用。",
    ),
    (
        "See which level and which type of socket the option belongs to; newer options need a newer kernel.",
        "请查看该选项属于哪个层次、哪种类型的套接字；较新的选项需要较新的内核。",
    ),
    (
        "The Unix socket at that path is of another type: SOCK_STREAM, while SOCK_DGRAM was asked, or the other way round.",
        "该路径上的 Unix 套接字类型不同：它是 SOCK_STREAM，而请求的是 SOCK_DGRAM，或者相反。",
    ),
    ("The address is of {family}, and {} is a socket of {own}.", "地址属于 {family}，而{1+}是 {own?} 的套接字。"),
    ("{} is a {kind} socket ({}), which has no {}.", "{0+}是 {kind?} 套接字（{2}），它没有 {3}。"),
    ("another type", "另一种类型"),
    ("{} has it with {kind}", "{0+} 以 {kind?} 使用它"),
    ("Use a socket of the same type, {kind}.", "请使用同一类型的套接字：{kind?}。"),
    ("it is of another type", "它是另一种类型"),
    ("Use a socket of the server's type.", "请使用服务器那种类型的套接字。"),
    ("The socket at {there} takes no {own}: {its}.", "{there} 的套接字不接受 {own?}：{its+}。"),
];
