//! `sockscope run`: what is to be seen of a program, whether it was, and what stood in the way.

use crate::lang::Translations;

/// `src/cmd/run/`, `src/program/cases.rs` and `runner.rs`.
pub(super) const RUN: Translations = &[
    ("✓ ended as expected: {did}", "✓ 与预期一致：{did}"),
    ("✗ {} {} did not end as expected: {seen}", "✗ {0} {1} 与预期不一致：{seen}"),
    ("the {}", "{0+}"),
    (" and ", "，并"),
    ("; ", "；"),
    ("server", "服务器"),
    ("client", "客户端"),
    ("process", "进程"),
    ("second {}", "第二个{0+}"),
    ("next {}", "下一个{0+}"),
    ("{} of {}", "{1} 的{0+}"),
    ("exited with {code}", "以状态 {code} 退出"),
    ("printed “{}” and exited with {code}", "打印“{0}”，以状态 {code} 退出"),
    ("waited until it was stopped", "一直等待，直到被停止"),
    ("waited in {} until its time was over", "在 {0} 中等待，直到时间用完"),
    ("got {outcome} from {}", "在 {1} 中得到 {outcome}"),
    ("saved in {} ({size} bytes)", "已保存到 {0}（{size} 字节）"),
    ("the case must have as many endings as processes", "这个情形给出的结束方式必须与进程一样多"),
    ("; it printed last: {line}", "；它最后打印的是：{line}"),
    ("the {} ended with {status}, but should have {ending}{}", "{0+}的结束状态是 {status}，而它应该{ending+}{3*}"),
    ("the {} made no call {} with {}", "{0+}没有结果为 {2} 的 {1} 调用"),
    ("the server ended at once with {status}{last}", "服务器立即结束了：{status}{last}"),
    ("timed out after {} s waiting for {what}", "等待{what?} {0} 秒后超时"),
    ("the server's socket", "服务器的套接字"),
    ("the output {text:?}", "输出 {text}"),
    ("a sleep in recvfrom", "它在 recvfrom 中睡眠"),
    ("the reset", "连接被复位"),
    ("the end of a file", "文件的结尾"),
    ("port {port}, the client's, is in use: taking any free one", "客户端的端口 {port} 正在使用：改用任意一个空闲端口"),
    ("cannot keep port {port} closed: {errno}", "无法让端口 {port} 保持关闭：{errno}"),
    ("binding port {port} needs a right that this user lacks", "绑定端口 {port} 需要这个用户没有的权限"),
    ("port {port} is in TIME_WAIT for {} s more", "端口 {port} 还要处于 TIME_WAIT {1} 秒"),
    ("port {port} is in use: {why}", "端口 {port} 正在使用：{why}"),
    (
        "{text}; it is the document's, but any free one does: taking one",
        "{text}；这是文档里的端口，但任意空闲端口都可以：改用一个空闲端口",
    ),
    ("{text}: waiting; without --port it takes any free one", "{text}：等待中；不给出 --port 时使用任意一个空闲端口"),
    ("{text}; choose another with --port (0: any)", "{text}；请用 --port 选择另一个（0 表示任意）"),
];

/// The situations, `src/program/cases/`.
pub(super) const CASES: Translations = &[
    (
        "Listen, request, confirm; two connections, a thread each, and the listener keeps listening.",
        "监听、请求、确认；两个连接，各用一个线程，监听套接字继续监听。",
    ),
    ("The client connects before the server listens: ECONNREFUSED.", "客户端在服务器监听之前连接：ECONNREFUSED。"),
    (
        "Two lines each; the server's 'exit' ends it, the client ends with its input.",
        "双方各发两行；服务器输入 'exit' 结束，客户端随输入结束而结束。",
    ),
    ("The client is started before the server: ECONNREFUSED.", "客户端比服务器先启动：ECONNREFUSED。"),
    (
        "A second server while the first listens: EADDRINUSE in spite of SO_REUSEADDR.",
        "第一个服务器正在监听时启动第二个：尽管有 SO_REUSEADDR，仍是 EADDRINUSE。",
    ),
    (
        "The server again while its connection is in TIME_WAIT: SO_REUSEADDR lets it bind.",
        "服务器的连接还在 TIME_WAIT 时再次启动它：SO_REUSEADDR 使它可以绑定。",
    ),
    (
        "An empty line: sendto of 0 bytes, which the peer never receives; both sides block.",
        "一个空行：sendto 发送 0 字节，对端永远收不到；双方都阻塞。",
    ),
    (
        "The server has ended: the first send works, recv returns '', the next send fails with EPIPE.",
        "服务器已经结束：第一次发送成功，recv 返回 ''，下一次发送以 EPIPE 失败。",
    ),
    (
        "1026 bytes of Chinese: recv(1024) cuts a character, decode fails, the client is reset.",
        "1026 字节的中文：recv(1024) 把一个字符截断，decode 失败，客户端被复位。",
    ),
    (
        "One datagram there and one back; the client's address before and after sendto.",
        "一个数据报过去，一个回来；sendto 前后客户端的地址。",
    ),
    (
        "No server on the port: the unconnected client gets no error and waits for ever.",
        "端口上没有服务器：未连接的客户端得不到错误，会一直等待。",
    ),
    (
        "A datagram of 65535 bytes, the document's maximum: EMSGSIZE.",
        "65535 字节的数据报，即文档所说的最大值：EMSGSIZE。",
    ),
    ("A second server on the same port: EADDRINUSE.", "同一端口上的第二个服务器：EADDRINUSE。"),
    ("The server answers at once.", "服务器立即应答。"),
    (
        "Two datagrams are lost: the client waits 0.1 and 0.2 seconds, then gets its answer.",
        "丢失两个数据报：客户端等待 0.1 秒和 0.2 秒，然后得到应答。",
    ),
    ("All five datagrams are lost: RuntimeError after 3.1 seconds.", "五个数据报全部丢失：3.1 秒后 RuntimeError。"),
    (
        "No server on the port: the connected client gets ECONNREFUSED on recv.",
        "端口上没有服务器：已连接的客户端在 recv 时得到 ECONNREFUSED。",
    ),
    (
        "No host given: the usage on standard error, exit code 2, no call.",
        "没有给出主机：用法打印到标准错误，退出状态 2，没有调用。",
    ),
    ("The twelve steps with every method of the document's list.", "十二个步骤，用到文档所列的每个方法。"),
    (
        "connect_ex returns 111 where connect raises ECONNREFUSED.",
        "在 connect 抛出 ECONNREFUSED 的地方，connect_ex 返回 111。",
    ),
    ("bind to an address that this host does not have: EADDRNOTAVAIL.", "bind 到本机没有的地址：EADDRNOTAVAIL。"),
    (
        "accept on a non-blocking listener without a client: EAGAIN.",
        "没有客户端时在非阻塞的监听套接字上 accept：EAGAIN。",
    ),
    ("recv on a non-blocking socket with nothing to read: EAGAIN.", "没有数据可读时在非阻塞的套接字上 recv：EAGAIN。"),
    ("recv on a TCP socket that was never connected: ENOTCONN.", "在从未连接的 TCP 套接字上 recv：ENOTCONN。"),
    ("connect on a connected socket: EISCONN.", "在已连接的套接字上 connect：EISCONN。"),
    ("send on an unconnected datagram socket: EDESTADDRREQ.", "在未连接的数据报套接字上 send：EDESTADDRREQ。"),
    ("send after close goes to descriptor -1: EBADF.", "close 之后的 send 用的是描述符 -1：EBADF。"),
    ("A file's descriptor used as a socket: ENOTSOCK.", "把文件的描述符当作套接字使用：ENOTSOCK。"),
    ("A stream socket with UDP as its protocol: EPROTONOSUPPORT.", "以 UDP 为协议的流套接字：EPROTONOSUPPORT。"),
    (
        "A backlog of 1 takes two connections; the third gets no answer at all.",
        "backlog 为 1 时可以容纳两个连接；第三个得不到任何应答。",
    ),
    ("The server resets the connection: ECONNRESET.", "服务器复位连接：ECONNRESET。"),
    (
        "The server has closed: b'', a send that seems to work, then EPIPE.",
        "服务器已经关闭：b''，一次看起来成功的发送，然后是 EPIPE。",
    ),
    ("The loopback name server answers with the document's address.", "回环接口上的域名服务器以文档中的地址应答。"),
    (
        "The server reports that there is no such name: gaierror -2 after one question.",
        "服务器报告没有这个名字：一次查询之后 gaierror -2。",
    ),
    (
        "The server fails: glibc asks once more, then reports gaierror -3.",
        "服务器失败：glibc 再查询一次，然后报告 gaierror -3。",
    ),
    (
        "The server receives the questions and never answers: two timeouts, then gaierror -3.",
        "服务器收到查询但从不应答：两次超时，然后 gaierror -3。",
    ),
    (
        "No server on the port: poll reports the error at once, and again on the second try.",
        "端口上没有服务器：poll 立即报告错误，第二次尝试也是如此。",
    ),
    (
        "The answer is marked as truncated: the same question again over TCP.",
        "应答标记为被截断：用 TCP 再次提出同一查询。",
    ),
    ("The name is in /etc/hosts: no name server is asked.", "名字在 /etc/hosts 里：不查询域名服务器。"),
    (
        "The client finds the server's port: one message, one recv(1024).",
        "客户端找到服务器的端口：一个消息，一次 recv(1024)。",
    ),
    (
        "The document's bug: the server listens on 8090, the client connects to 8080: ECONNREFUSED.",
        "文档中的错误：服务器监听 8090，客户端连接 8080：ECONNREFUSED。",
    ),
    (
        "The document sends text: TypeError before any call, and the server gets b''.",
        "文档发送的是文本：在任何调用之前就是 TypeError，而服务器得到 b''。",
    ),
    ("A second server while the first listens: EADDRINUSE.", "第一个服务器正在监听时启动第二个：EADDRINUSE。"),
    (
        "The server again while its connection is in TIME_WAIT, without SO_REUSEADDR: EADDRINUSE.",
        "服务器的连接还在 TIME_WAIT 时再次启动它，没有 SO_REUSEADDR：EADDRINUSE。",
    ),
    ("One datagram.", "一个数据报。"),
    ("No server on the port: the client still succeeds.", "端口上没有服务器：客户端仍然成功。"),
    (
        "The page in pieces of 1024 bytes; the header printed, the body saved.",
        "网页以 1024 字节为一块；打印头部，保存正文。",
    ),
    (
        "The server keeps the connection open: b'' never comes, the client blocks.",
        "服务器保持连接打开：b'' 始终不来，客户端阻塞。",
    ),
    (
        "The server resets in mid-body: ECONNRESET, nothing is saved.",
        "服务器在正文中途复位：ECONNRESET，什么也没有保存。",
    ),
    (
        "Header and body are not separated: a clear error, nothing is saved.",
        "头部与正文没有分开：一个明确的错误，什么也没有保存。",
    ),
    (
        "A server on port 80 without CAP_NET_BIND_SERVICE: EACCES.",
        "没有 CAP_NET_BIND_SERVICE 的服务器使用端口 80：EACCES。",
    ),
];
