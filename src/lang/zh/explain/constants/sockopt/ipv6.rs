//! `src/xlat/sockopt/ipv6.rs`.

use crate::lang::Translations;

pub(in crate::lang::zh) const IPV6: Translations = &[
    ("Makes a socket that is connected over IPv4 an IPv4 socket.", "把通过 IPv4 连接的套接字变成 IPv4 套接字。"),
    ("The older form of IPV6_RECVPKTINFO.", "IPV6_RECVPKTINFO 的旧形式。"),
    ("The older form of IPV6_RECVHOPOPTS.", "IPV6_RECVHOPOPTS 的旧形式。"),
    ("The older form of IPV6_RECVDSTOPTS.", "IPV6_RECVDSTOPTS 的旧形式。"),
    ("The older form of IPV6_RECVRTHDR.", "IPV6_RECVRTHDR 的旧形式。"),
    ("The older form for all extras of packets.", "用于数据包全部附加信息的旧形式。"),
    (
        "Where in the packets of a raw socket the kernel puts the checksum.",
        "内核把校验和放在原始套接字数据包的什么位置。",
    ),
    ("The older form of IPV6_RECVHOPLIMIT.", "IPV6_RECVHOPLIMIT 的旧形式。"),
    ("The next station on the way; Linux has no effect for it.", "途中的下一个站点；在 Linux 上没有作用。"),
    ("The header with a signature; Linux has no effect for it.", "带有签名的首部；在 Linux 上没有作用。"),
    ("Receives with each packet the label of its flow.", "接收每个数据包时附带其流的标签。"),
    ("How many routers packets may pass.", "数据包可以经过多少个路由器。"),
    ("How large a packet may be on the way to the peer.", "到对端的路径上数据包能有多大。"),
    (
        "Only IPv6; otherwise a socket on :: takes IPv4 connections too.",
        "只用 IPv6；否则 :: 上的套接字也接受 IPv4 连接。",
    ),
    ("Takes part in an address that several machines share.", "参加由几台机器共用的地址。"),
    ("No longer takes part in an address that several machines share.", "不再参加由几台机器共用的地址。"),
    (
        "Keeps packets that ask for attention apart between network namespaces.",
        "要求注意的数据包在网络命名空间之间相互隔离。",
    ),
    ("Gets or gives back the label of a flow.", "取得或归还流的标签。"),
    ("Sends the label that stands in the address.", "发送地址中的标签。"),
    ("The interface and local address from which packets are sent.", "发送数据包所用的网络接口和本地地址。"),
    ("How many routers a packet may pass, beside the packet.", "随数据包附带的信息：它可以经过多少个路由器。"),
    ("Receives with each packet the options for every router.", "接收每个数据包时附带给每个路由器的选项。"),
    ("The options for every router that packets carry.", "数据包携带的给每个路由器的选项。"),
    ("The options for each station that packets carry.", "数据包携带的给每个站点的选项。"),
    ("Receives with each packet the stations of its way.", "接收每个数据包时附带它途经的站点。"),
    ("The stations that packets go by.", "数据包途经的站点。"),
    ("Receives with each packet the options for the receiver.", "接收每个数据包时附带给接收方的选项。"),
    ("The options for the receiver that packets carry.", "数据包携带的给接收方的选项。"),
    ("Reports when the size that packets may have on the way changes.", "路径上数据包允许的大小改变时报告。"),
    ("Asks how large a packet may be on the way.", "查询路径上数据包能有多大。"),
    ("Never cuts a message into pieces.", "从不对消息分片。"),
    (
        "Uses the smallest size that every network carries; Linux has no effect for it.",
        "使用每个网络都能承载的最小大小；在 Linux 上没有作用。",
    ),
    ("Gives each connection a label by itself.", "自动给每个连接一个标签。"),
    (
        "Which of its own addresses the machine prefers, such as temporary ones.",
        "机器优先使用自己的哪些地址，例如临时地址。",
    ),
    (
        "No: large messages are cut for the smallest packets that IPv6 allows.",
        "不：大消息按 IPv6 允许的最小数据包分片。",
    ),
    ("Like IPV6_PMTUDISC_INTERFACE, but cut what is too large.", "类似 IPV6_PMTUDISC_INTERFACE，但对太大的进行分片。"),
];
