//! `src/why/causes/waiting.rs`.

use crate::lang::Table;

pub(in crate::lang::zh) const WAITING: Table = &[
    ("A listening socket waits until a client connects.", "监听套接字一直等到有客户端连接。"),
    ("The socket waits until the other end sends, or closes.", "套接字一直等到对端发送或关闭。"),
    (
        "The first segment was sent, and no answer has come: the host is down, a firewall drops it, or the server's queue is full.",
        "第一个报文段（SYN）已发出，但没有应答：主机已关机，防火墙丢弃了它，或者服务器的队列已满。",
    ),
    (
        "The send buffer is full, and the socket waits until the other end reads.",
        "发送缓冲区已满，套接字一直等到对端读取。",
    ),
    (
        "The call waits until one of its descriptors is ready; Python waits so where a timeout is set.",
        "这次调用一直等到其中一个描述符就绪；设置了超时的地方，Python 就是这样等待的。",
    ),
    ("The other end must act, or the timeout ends it.", "对端必须有所动作，否则由超时结束等待。"),
    (": {waiting} wait in its queue of {most}", "：容量为 {most} 的队列里有 {waiting} 个在等待"),
    ("It waits for a client to connect to {at}{queue}.", "在等待客户端连接到 {at?}{queue*}。"),
    ("Connect to {at}.", "请连接到 {at?}。"),
    (
        ", but its queue is full ({waiting} wait, its backlog is {most}) and it does not accept",
        "，但它的队列已满（{waiting} 个在等待，backlog 是 {most}），它也没有 accept",
    ),
    (" ({waiting} wait in its queue)", "（它的队列里有 {waiting} 个在等待）"),
    (": {} listens there{queue}", "：{0+} 在那里监听{queue*}"),
    (": nothing on this machine listens there", "：本机上没有套接字在那里监听"),
    (
        "It waits for {there} to answer the first segment{state}{who}.",
        "在等待 {there?} 应答第一个报文段（SYN）{state*}{who*}。",
    ),
    (
        "If the server does not accept or the host does not answer, this ends with ETIMEDOUT; a timeout ends it sooner.",
        "如果服务器不 accept 或主机不应答，它会以 ETIMEDOUT 结束；设置超时会更早结束。",
    ),
    ("{peer} to send something or close", " {peer} 发送数据或关闭"),
    ("a datagram at {}", "到达 {0?} 的数据报"),
    ("the other end to send something or close", "对端发送数据或关闭"),
    ("It waits for {from}; {} in its queue{}.{}", "在等待{from+}；它的队列里{1+}{2*}。{3*}"),
    ("The other end must send or close; a timeout ends the wait.", "对端必须发送或关闭；超时会结束等待。"),
    (": {} not acknowledged", "：{0+}未确认"),
    ("It waits for room in the send buffer{queued}.{}", "在等待发送缓冲区有空间{queued*}。{1*}"),
    ("The other end must read.", "对端必须读取。"),
    ("one of the descriptors that epoll {} watches is ready", "epoll {0} 监视的描述符之一就绪"),
    ("descriptor {}{}", "描述符 {0}{1*}"),
    (" It connects by {}.", "它由 {0+} 连接。"),
    ("It waits until {what} is ready.{}{}", "在等待 {what+} 就绪。{1*}{2*}"),
    ("one of these descriptors is ready: {}", "下列描述符之一就绪：{0}"),
    ("It waits until {what}.", "在等待{what+}。"),
    ("{} are", "有 {0+}"),
    ("1 byte are", "有 1 字节"),
    ("1 byte is", "有 1 字节"),
    ("nothing was", "没有数据"),
    (", its state is {state}", "，它的状态是 {state}"),
];
