//! `src/why/causes/connection.rs`.

use crate::lang::Translations;

pub(in crate::lang::zh) const CONNECTION: Translations = &[
    (
        "The socket is connected already. A TCP socket can be connected once in its life.",
        "套接字已经连接。一个 TCP 套接字一生只能连接一次。",
    ),
    (
        "The socket listens, so it cannot be connected; Linux returns EISCONN for that too.",
        "套接字正在监听，所以不能再连接；Linux 对此也返回 EISCONN。",
    ),
    (
        "connect was never called on this socket, or has not succeeded.",
        "从未在这个套接字上调用 connect，或者 connect 没有成功。",
    ),
    (
        "The socket listens: bytes come over the sockets that accept returns, not over this one.",
        "套接字正在监听：数据通过 accept 返回的套接字到来，而不是通过它。",
    ),
    (
        "The socket was connected, and the connection has ended: it was reset, or both sides have closed.",
        "套接字曾经连接，但连接已经结束：被复位，或者双方都已关闭。",
    ),
    (
        "connect has begun without waiting (EINPROGRESS), and the other side has not answered yet.",
        "connect 已经开始但没有等待（EINPROGRESS），对方还没有应答。",
    ),
    ("connect was called and failed, so there is no peer.", "调用过 connect 但失败了，所以没有对端。"),
    (
        "A datagram socket that is not connected needs an address with each datagram: sendto, or connect first.",
        "未连接的数据报套接字发送每个数据报都要给出地址：用 sendto，或者先 connect。",
    ),
    (
        "This side has ended sending with shutdown(SHUT_WR) or SHUT_RDWR. SIGPIPE comes with it, which Python ignores.",
        "这一方已经用 shutdown(SHUT_WR) 或 SHUT_RDWR 结束了发送。同时会产生 SIGPIPE 信号，Python 忽略它。",
    ),
    (
        "The other end has closed, and has answered an earlier send with a reset; that send itself seemed to succeed.",
        "对端已经关闭，并用复位（RST）回应了之前的一次发送；那次发送本身看起来是成功的。",
    ),
    (
        "The other end of a Unix socket is closed; unlike TCP, the first send already fails.",
        "Unix 套接字的对端已经关闭；与 TCP 不同，第一次发送就会失败。",
    ),
    (
        "A TCP socket that was never connected cannot send; Linux returns EPIPE for that, and ENOTCONN for recv.",
        "从未连接的 TCP 套接字不能发送；Linux 对此返回 EPIPE，而 recv 返回 ENOTCONN。",
    ),
    (
        "The other end closed while bytes it had been sent were not read; then TCP resets the connection instead of ending it, and what was on its way to us is lost.",
        "对端关闭时还有收到的数据没有读取；这时 TCP 会复位连接而不是正常结束，正在发给我们的数据也会丢失。",
    ),
    (
        "The other end closed with SO_LINGER set to 0 seconds, which resets the connection.",
        "对端关闭时 SO_LINGER 设为 0 秒，这会复位连接。",
    ),
    (
        "The other end reset the connection: it closed with unread data or with SO_LINGER, its process died so, or it does not know the connection any more.",
        "对端复位了连接：它关闭时有未读的数据或设置了 SO_LINGER，它的进程这样终止了，或者它已经不认识这个连接。",
    ),
    (
        "This socket listens on {at}{since}, so it cannot be connected.",
        "这个套接字正在 {at?} 上监听{since*}，所以不能再连接。",
    ),
    ("Make another socket to connect with.", "请另建一个套接字来连接。"),
    ("This socket is connected{peer} already{since}.", "这个套接字已经连接{peer*}{since*}。"),
    (
        "Close it and make a new one for another connection; after EINPROGRESS this means that connecting succeeded.",
        "要建立另一个连接，请关闭它并新建一个；在 EINPROGRESS 之后，这表示连接已经成功。",
    ),
    ("This socket listens on {at}: it has no peer of its own.", "这个套接字正在 {at?} 上监听：它自己没有对端。"),
    ("Use the socket that accept returns.", "请使用 accept 返回的套接字。"),
    (
        "This socket is still connecting{began}; {} has not answered yet.",
        "这个套接字还在连接{began*}；{1?} 还没有应答。",
    ),
    ("Wait until it is writable, and read SO_ERROR.", "请等到它可写，再读取 SO_ERROR。"),
    ("This socket has no peer: connecting failed in {}.", "这个套接字没有对端：连接在 {0+} 中失败了。"),
    ("Look at why that failed; a new socket is needed to try again.", "请查看那次为什么失败；重试需要一个新的套接字。"),
    (" (the other end was closed by {})", "（对端被 {0+} 关闭）"),
    (
        "This socket was connected to {}, and that connection has ended{how}.",
        "这个套接字曾连接到 {0?}，该连接已经结束{how*}。",
    ),
    ("Treat the connection as over; close the socket.", "请视为连接已结束；关闭套接字。"),
    ("This socket was connected to {}, and that connection has ended.", "这个套接字曾连接到 {0?}，该连接已经结束。"),
    ("Call connect first, or use the socket that accept returned.", "请先调用 connect，或使用 accept 返回的套接字。"),
    ("Use sendto with the address, or connect the socket first.", "请用带地址的 sendto，或者先连接套接字。"),
    ("This side ended sending itself, with {}.", "这一方自己用 {0+} 结束了发送。"),
    ("Send everything before shutdown, or leave out SHUT_WR.", "请在 shutdown 之前发完所有数据，或者不要用 SHUT_WR。"),
    (
        "This side ended sending itself with shutdown: the connection is in {}.",
        "这一方自己用 shutdown 结束了发送：连接处于 {0} 状态。",
    ),
    ("The other end of this Unix socket is closed{who}.", "这个 Unix 套接字的对端已经关闭{who*}。"),
    ("Stop sending; catch BrokenPipeError.", "请停止发送；捕获 BrokenPipeError。"),
    ("Call connect first.", "请先调用 connect。"),
    ("; {} still listens on {}", "；{0+} 仍在 {1?} 上监听"),
    (", as {} had shown", "（{0+} 已经表明这一点）"),
    (
        "The other end of the connection with {} is closed{who}{before}; it answered what was sent since with a reset.",
        "与 {0?} 的连接，对端已经关闭{who*}{before*}；之后发送的数据被它用复位（RST）回应。",
    ),
    ("Stop sending when recv has returned b''.", "recv 返回 b'' 之后请停止发送。"),
    (
        "The other end must read everything before it closes; treat the connection as over.",
        "对端必须在关闭前读完所有数据；请视为连接已结束。",
    ),
    (
        "The other end, {there}, was closed by {}, and answered what was sent since with a reset.",
        "对端 {there?} 被 {1+} 关闭，之后发送的数据被它用复位（RST）回应。",
    ),
    ("Stop sending when the other end has closed.", "对端关闭之后请停止发送。"),
    (
        "The other end, {there}, was closed by {} while {} had not been read there.",
        "对端 {there?} 被 {1+} 关闭，当时那里还有 {2+} 没有读取。",
    ),
    (
        "The other end, {there}, was closed by {} with SO_LINGER set to 0 seconds, which resets.",
        "对端 {there?} 被 {1+} 关闭，SO_LINGER 设为 0 秒，这会复位连接。",
    ),
    ("Leave out SO_LINGER there for an orderly end.", "要正常结束连接，请在那里去掉 SO_LINGER。"),
    ("; {} listens there", "；{0+} 在那里监听"),
    (
        "{} reset the connection{who}: it closed with unread data or SO_LINGER, or its process died so.",
        "{0?} 复位了连接{who*}：它关闭时有未读的数据或设置了 SO_LINGER，或者它的进程这样终止了。",
    ),
    (
        "Nobody has the reading end of the pipe open any more: the program behind it, such as head, has read enough and ended.",
        "管道的读端已经没有人打开：后面的程序（例如 head）读够之后已经结束。",
    ),
    ("This socket has no peer: connecting failed after {}.", "这个套接字没有对端：{0+} 之后连接失败。"),
    (
        "Look at why that failed (SO_ERROR); a new socket is needed to try again.",
        "请查看它为什么失败（SO_ERROR）；要重试需要新的套接字。",
    ),
    ("{} was never connected{}.", "{0+}从未连接{1*}。"),
    (
        "{} is a datagram socket that is not connected, and this datagram has no address.",
        "{0+}是未连接的数据报套接字，而这个数据报没有地址。",
    ),
    (
        "Nobody reads the pipe of {fd} any more: the reading end is closed everywhere.",
        "{fd+}的管道已经没有人读：读端在各处都已关闭。",
    ),
    (
        "Stop writing; the program behind the pipe has ended, as head does when it has enough.",
        "请停止写入；管道后面的程序已经结束，就像 head 读够之后那样。",
    ),
    ("{} is a TCP socket that was never connected{}.", "{0+}是一个从未连接的 TCP 套接字{1*}。"),
    (
        "The other end, {there}, was closed while bytes it had been sent were not read.",
        "对端 {there?} 已关闭，而发给它的字节还没有读完。",
    ),
    ("; {} has its socket", "；{0+} 持有它的套接字"),
];
