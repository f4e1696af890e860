//! `src/why/causes/waiting.rs`.

use crate::lang::Translations;

pub(in crate::lang::zh) const WAITING: Translations = &[
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
    ("{peer} to send something or close", " {peer} 发送数据或关闭"),
    ("a datagram at {}", "到达 {0?} 的数据报"),
    ("the other end to send something or close", "对端发送数据或关闭"),
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
    (
        "The socket waits for the other end, which does not acknowledge what was sent to it before: its host or the way there is gone.",
        "套接字在等对端，而对端没有确认之前发给它的内容：它的主机或通往那里的路已经不在。",
    ),
    ("no timeout is set on the socket, so nothing else ends the wait", "套接字没有设置超时，所以没有别的会结束等待"),
    ("or its timeout ends the wait after {}", "否则它的超时在 {0} 后结束等待"),
    ("the call has no timeout", "这次调用没有超时"),
    ("or its timeout of {} ends the wait", "否则它的 {0} 超时结束等待"),
    ("whether a timeout is set is not known", "是否设置了超时不得而知"),
    (" SO_KEEPALIVE is set: after {idle} s of silence it is probed.", " 已设置 SO_KEEPALIVE：沉默 {idle} 秒后会探测。"),
    (
        " SO_KEEPALIVE is not set: if the other host vanished, it waits for ever.",
        " 没有设置 SO_KEEPALIVE：如果对端主机消失，它会永远等待。",
    ),
    ("TCP_USER_TIMEOUT ends it after {}", "TCP_USER_TIMEOUT 在 {0} 后结束它"),
    (
        "net.ipv4.tcp_retries2 ends it, mostly after a quarter of an hour",
        "net.ipv4.tcp_retries2 会结束它，多半在一刻钟之后",
    ),
    (
        "; SO_KEEPALIVE is not set: with nothing under way it would wait for ever",
        "；没有设置 SO_KEEPALIVE：没有数据在途时它会永远等待",
    ),
    (
        "{there} does not acknowledge: {} unacknowledged, {}; {end}{keepalive}.",
        "{there?} 没有确认：{1+}未确认，{2+}；{end+}{keepalive*}。",
    ),
    (
        "The other host or the way there is gone; set a timeout, or TCP_USER_TIMEOUT.",
        "对端主机或通往那里的路已经不在；请设置超时或 TCP_USER_TIMEOUT。",
    ),
    (
        "If no answer comes, this ends with ETIMEDOUT; a timeout that the program sets would end it sooner.",
        "如果没有应答，它会以 ETIMEDOUT 结束；程序设置的超时会更早结束它。",
    ),
    ("It waits for {from}; {} in its queue{}.{}{}", "在等待{from+}；它的队列里{1+}{2*}。{3*}{4*}"),
    ("The other end must send or close; {}.", "对端必须发送或关闭；{0+}。"),
    ("Something must happen there; {}.", "那里必须有所动作；{0+}。"),
];
