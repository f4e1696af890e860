//! `src/why/causes/reach.rs`, and the other ways of not getting through: `unix.rs`, `silence.rs`, `route.rs` and
//! `progress.rs`.

use crate::lang::Translations;

pub(in crate::lang::zh) const REACH: Translations = &[
    (
        "No socket listens at that address and port, so the kernel there answered with a reset, or for UDP with an ICMP message. The server is not running yet, has ended, or uses another port.",
        "该地址和端口上没有套接字在监听，所以那里的内核用复位（RST）回应，对 UDP 则用 ICMP 报文。服务器还没有运行、已经结束，或者用的是另一个端口。",
    ),
    (
        "A socket is bound to that address but takes nothing there: listen was not called yet, or it is a datagram socket that is connected to somebody else.",
        "有套接字绑定到该地址，但它在那里不接受任何东西：还没有调用 listen，或者它是连接到别处的数据报套接字。",
    ),
    (
        "A server uses that port at another address of the same machine, say only 127.0.0.1, or only one interface's.",
        "服务器在同一台机器的另一个地址上使用该端口，例如只用 127.0.0.1，或只用某个网络接口的地址。",
    ),
    (
        "A server uses that port in the other address family: IPv6 only, while IPv4 was asked, or the other way round.",
        "服务器在另一个地址族里使用该端口：只有 IPv6，而请求的是 IPv4，或者相反。",
    ),
    (
        "A server uses that port in another protocol: UDP, while TCP was asked, or the other way round.",
        "服务器用另一种协议使用该端口：UDP，而请求的是 TCP，或者相反。",
    ),
    (
        "A server uses that port in another network namespace, such as a container's, whose 127.0.0.1 is another one.",
        "服务器在另一个网络命名空间里使用该端口，例如容器的命名空间，它的 127.0.0.1 是另一个地址。",
    ),
    (
        "A server does listen there when the failed call is looked at: it began a moment too late, or a firewall rule rejects the connection.",
        "查看失败的调用时，那里确实有服务器在监听：它晚了一步才开始，或者防火墙规则拒绝了连接。",
    ),
    (
        "The file of a Unix socket is there, but no socket is bound to it any more: the server has ended without removing the file.",
        "Unix 套接字的文件存在，但已经没有套接字绑定它：服务器结束时没有删除文件。",
    ),
    (
        "A Unix socket is bound to that name, but listen was not called on it yet; or no socket has that abstract name.",
        "有 Unix 套接字绑定了该名字，但还没有调用 listen；或者没有套接字使用该抽象名字。",
    ),
    (
        "There is no file of that name, so no Unix socket to reach; for bind, the directory is missing.",
        "没有这个名字的文件，所以没有可以访问的 Unix 套接字；对 bind 来说，是目录不存在。",
    ),
    (
        "Nothing answered the first segment, however often it was sent again (tcp_syn_retries, TCP_SYNCNT): the host is down, or a firewall drops the segments.",
        "无论重发多少次（tcp_syn_retries、TCP_SYNCNT），第一个报文段（SYN）都没有得到应答：主机已关机，或者防火墙丢弃了报文段。",
    ),
    (
        "A server listens, but its queue of connections that wait to be accepted is full, so the kernel drops new ones without an answer.",
        "有服务器在监听，但它等待 accept 的连接队列已满，所以内核不作应答地丢弃新连接。",
    ),
    (
        "The connection stood, and then the other end acknowledged nothing any more: not the data, or not the keepalive probes. Its host or the way there is gone.",
        "连接曾经建立，之后对端不再确认任何东西：数据或保活探测都没有得到确认。它的主机或到那里的路径已经中断。",
    ),
    (
        "No route leads to that address: there is no default route, the interface is down, or the family (IPv6, often) is not set up.",
        "没有到该地址的路由：没有默认路由，网络接口未启用，或者该地址族（常常是 IPv6）没有配置。",
    ),
    (
        "The loopback interface is down, as it is in a new network namespace: then not even 127.0.0.1 is reached.",
        "回环接口未启用，新的网络命名空间里就是这样：这时连 127.0.0.1 也到不了。",
    ),
    (
        "There is a route, but the host is not found on its network (no answer to ARP or neighbour discovery), or a router or firewall answered that it cannot be reached.",
        "有路由，但在其网络里找不到该主机（ARP 或邻居发现没有应答），或者路由器或防火墙回应说它不可达。",
    ),
    (
        "The socket does not wait, and the other side has not answered yet. This is no failure: when the socket becomes writable, SO_ERROR shows how it ended.",
        "套接字不等待，而对方还没有应答。这不是失败：套接字变为可写时，SO_ERROR 会给出结果。",
    ),
    (
        "The socket does not wait, and the answer came while connect returned, as on loopback. This is no failure: the socket is writable at once, and SO_ERROR is 0.",
        "套接字不等待，而应答在 connect 返回时就到了，在回环接口上就是这样。这不是失败：套接字立即可写，SO_ERROR 为 0。",
    ),
    ("An earlier connect on this socket is still under way.", "这个套接字上之前的 connect 还在进行。"),
    ("takes datagrams", "接收数据报"),
    ("listens", "监听"),
    (
        "{there} refused, yet {} {takes} on {} now: it began a moment after this call, or a firewall rule rejects it.",
        "{there?} 拒绝了连接，但现在 {1+} 在 {3?} 上{takes+}：它在这次调用之后才开始，或者防火墙规则拒绝了连接。",
    ),
    (
        "Try again; if it is refused again, look at the firewall (nft list ruleset).",
        "请重试；如果再次被拒绝，请检查防火墙（nft list ruleset）。",
    ),
    ("is connected to {peer} and takes datagrams from there only", "连接到 {peer}，只接收来自那里的数据报"),
    (
        "Send from that address, or let the server use a socket that is not connected.",
        "请从那个地址发送，或者让服务器使用未连接的套接字。",
    ),
    ("has bound it and does not listen", "绑定了它但没有监听"),
    ("Connect after the server has called listen.", "请在服务器调用 listen 之后再连接。"),
    (" {} {takes} on {}.", "{0+} 在 {2?} 上{takes+}。"),
    ("Nothing {takes} on {there}: {} {what}.{other}", "没有套接字在 {there?} 上{takes+}：{2+} {what+}。{other*}"),
    (
        "Nothing {takes} on {there}; {} {takes} on {} only.",
        "没有套接字在 {there?} 上{takes+}；{2+} 只在 {4?} 上{takes+}。",
    ),
    ("Use {}, or let the server bind {} or 0.0.0.0.", "请使用 {0?}，或者让服务器绑定 {1?} 或 0.0.0.0。"),
    (
        "Nothing {takes} on {there}; {} {takes} on {}, which is {has}, and {asked} was asked.",
        "没有套接字在 {there?} 上{takes+}；{2+} 在 {4?} 上{takes+}，那是 {has}，而请求的是 {asked}。",
    ),
    (
        "Use {has}, or let the server bind [::] with IPV6_V6ONLY off, which takes both.",
        "请使用 {has}，或者让服务器绑定 [::] 并关闭 IPV6_V6ONLY，这样两者都接受。",
    ),
    (
        "No {asked} socket is at {there}; {} has {} with {has}.",
        "{there?} 上没有 {asked} 套接字；{2+} 用 {has} 占用了 {3?}。",
    ),
    (
        "Nothing {takes} on {there} in this network namespace; {} {takes} on {} in another one.",
        "在这个网络命名空间里，没有套接字在 {there?} 上{takes+}；{2+} 在另一个命名空间的 {4?} 上{takes+}。",
    ),
    (
        "Use the address by which that namespace (a container, say) is reached from here, or publish its port.",
        "请使用从这里能到达那个命名空间（例如容器）的地址，或者发布它的端口。",
    ),
    ("Nothing {takes} on {there}.", "没有套接字在 {there?} 上{takes+}。"),
    (
        "Start the server first, and see that it uses this address and port (ss -ltnup).",
        "请先启动服务器，并确认它使用这个地址和端口（ss -ltnup）。",
    ),
    ("listens on it now ({} waiting)", "现在正在监听它（{0+}在等待）"),
    ("{there} is there, but {} {what}.", "{there} 存在，但 {1+} {what+}。"),
    (
        "No socket has the abstract name {there} in this network namespace.",
        "在这个网络命名空间里，没有套接字使用抽象名字 {there}。",
    ),
    (
        "Start the server first; abstract names are not shared between network namespaces.",
        "请先启动服务器；抽象名字不在网络命名空间之间共享。",
    ),
    (
        "The socket file {there} is there, but no socket is bound to it: its server has ended.",
        "套接字文件 {there} 存在，但没有套接字绑定它：它的服务器已经结束。",
    ),
    (
        "Start the server again; it must remove the file before it binds.",
        "请重新启动服务器；它必须在绑定之前删除该文件。",
    ),
    ("The directory of {there} does not exist.", "{there} 所在的目录不存在。"),
    ("Make the directory first.", "请先创建目录。"),
    (
        "Start the server first, and compare both paths; a relative one depends on the directory.",
        "请先启动服务器，并比较两边的路径；相对路径取决于当前目录。",
    ),
    (" ({setting} is {all})", "（{setting} 为 {all}）"),
    (" (TCP_SYNCNT is {own})", "（TCP_SYNCNT 为 {own}）"),
    (
        "{} listens on {}, but its queue is full: {} to be accepted, and its backlog is {most}",
        "{0+} 在 {1?} 上监听，但它的队列已满：{2+} accept，而它的 backlog 是 {most}",
    ),
    ("1 connection waits", "1 个连接等待"),
    ("{n} connections wait", "{n} 个连接等待"),
    ("The other host or the way there is gone: connect again.", "对方主机或到那里的路径已经中断：请重新连接。"),
    ("{}{}.", "{0+}{1*}。"),
    (
        "The server must call accept, or listen with a larger backlog.",
        "服务器必须调用 accept，或者用更大的 backlog 监听。",
    ),
    (
        "Nothing answered at {there}, however often the first segment was sent again{}.",
        "无论第一个报文段（SYN）重发多少次，{there?} 都没有应答{1*}。",
    ),
    (
        "See whether the host is up and whether a firewall drops the segments; a shorter wait is set with a timeout.",
        "请查看主机是否开机、防火墙是否丢弃了报文段；想少等一会儿，请设置超时。",
    ),
    (
        "There is a route towards {at}, but the host is not reached: no neighbour answers, or the route or a firewall answers that it cannot be.",
        "有到 {at?} 的路由，但到不了该主机：邻居没有应答，或者路由或防火墙回应说不可达。",
    ),
    (
        "See `ip route get`, `ip neigh` and the firewall on the way.",
        "请查看 `ip route get`、`ip neigh` 和沿途的防火墙。",
    ),
    (
        "{at} is not reached, since the loopback interface lo is down in this network namespace.",
        "到不了 {at}，因为这个网络命名空间里的回环接口 lo 未启用。",
    ),
    ("Bring it up: ip link set lo up.", "请启用它：ip link set lo up。"),
    (": there is no {family} route at all", "：根本没有 {family} 路由"),
    (": there are only {}", "：只有 {0}"),
    (" (interfaces down: {down})", "（未启用的网络接口：{down}）"),
    (" (interfaces up: {up})", "（已启用的网络接口：{up}）"),
    (" (interfaces up: {up}; down: {down})", "（已启用的网络接口：{up}；未启用的：{down}）"),
    ("No {family} route leads to {at}{known}{interfaces}.", "没有到 {at?} 的 {family} 路由{known*}{interfaces*}。"),
    (
        "Add a route (ip route add default via …), bring the interface up, or use the other address family.",
        "请添加路由（ip route add default via …），启用网络接口，或者使用另一个地址族。",
    ),
    (
        "Wait until the socket is writable (poll), then read SO_ERROR: 0 means connected.",
        "请等到套接字可写（poll），再读取 SO_ERROR：0 表示已连接。",
    ),
    ("This socket is already connecting to {there}{began}.", "这个套接字已经在连接 {there?}{began*}。"),
    (
        "No failure: the socket does not wait, and {there} has answered while connect returned.",
        "不是失败：套接字不等待，而 {there?} 在 connect 返回时已经应答。",
    ),
    ("It is writable at once: read SO_ERROR, which is 0.", "它立即可写：请读取 SO_ERROR，值为 0。"),
    ("; {full}", "；{full+}"),
    (
        "No failure: the socket does not wait, and {there} has not answered yet{why}.",
        "不是失败：套接字不等待，而 {there?} 还没有应答{why*}。",
    ),
    (
        "Something of that name is there, but it is a file, a directory or another thing that no socket was ever bound to.",
        "该名称的东西存在，但它是文件、目录或别的东西，从来没有套接字绑定到它。",
    ),
    (
        "A Unix socket has that abstract name, but it is of another type: SOCK_STREAM, while SOCK_DGRAM was asked, or the other way round.",
        "有 Unix 套接字使用该抽象名称，但类型不同：它是 SOCK_STREAM，而请求的是 SOCK_DGRAM，或者相反。",
    ),
    (
        "The C library asks nscd, a cache of names, before it looks a name up itself. Most machines do not have it, and the lookup goes on.",
        "C 库在自己查询名称之前先询问名称缓存 nscd。大多数机器没有它，查询会继续进行。",
    ),
    (
        "Nothing was under way, and the other end left the probes of SO_KEEPALIVE without an answer: its host or the way there is gone.",
        "没有数据在途，对端没有应答 SO_KEEPALIVE 的探测：它的主机或通往那里的路已经不在。",
    ),
    (
        "The socket does not wait, but connecting has failed already while connect returned, as on loopback where nothing listens: the error is in SO_ERROR.",
        "套接字不等待，但 connect 返回时连接已经失败，例如在没有人监听的环回地址上：错误在 SO_ERROR 里。",
    ),
    (
        "If that is the server, use a {has} socket; if not, start the one for {asked}.",
        "如果那就是服务器，请使用 {has} 套接字；如果不是，请启动 {asked} 的服务器。",
    ),
    ("this process itself", "本进程自己"),
    (
        "Nothing {takes} on {there}; {who} {takes} on {}.",
        "没有套接字在 {there?} 上{takes+}；{who+}在 {4?} 上{takes+}。",
    ),
    (
        "If that is the server, use port {}; if not, start the server first.",
        "如果那就是服务器，请使用端口 {0}；如果不是，请先启动服务器。",
    ),
    (
        "{there} is a {}, no socket: nothing was ever bound to it.",
        "{there?} 是{1?}，不是套接字：从来没有套接字绑定到它。",
    ),
    (
        "Look at the path: it leads to something else than the server's socket.",
        "请查看路径：它通向的不是服务器的套接字。",
    ),
    (
        "No {own} socket has the name {there}; {} has it with {its}.",
        "没有 {own} 套接字使用名称 {there?}；{2+} 以 {its} 使用它。",
    ),
    ("Use a socket of the same type, {its}.", "请使用同一类型的套接字：{its}。"),
    (
        "is connected to another socket and takes datagrams from there only",
        "已连接到另一个套接字，只接受来自那里的数据报",
    ),
    (
        "No socket takes connections at {there}: its server has ended, or does not listen yet.",
        "没有套接字在 {there?} 接受连接：它的服务器已结束，或者还没有监听。",
    ),
    ("See whether the server runs (ss -lx).", "请查看服务器是否在运行（ss -lx）。"),
    (
        "The C library asks the cache of names nscd first, which does not run here; the lookup goes on without it.",
        "C 库先询问名称缓存 nscd，它在这里没有运行；查询不用它继续进行。",
    ),
    ("Nothing is to be done.", "不需要做什么。"),
    (", and not even its directory", "，连它的目录也没有"),
    (
        "There is no file {there}{folder}: no server has bound a Unix socket there, or its file was removed.",
        "没有文件 {there?}{folder*}：没有服务器在那里绑定 Unix 套接字，或者它的文件已被删除。",
    ),
    (" (TCP_KEEPIDLE is {idle} s, TCP_KEEPCNT {most})", "（TCP_KEEPIDLE 是 {idle} 秒，TCP_KEEPCNT 是 {most}）"),
    (
        "The connection with {there} was idle, and {} of SO_KEEPALIVE had no answer{set}.",
        "与 {there?} 的连接空闲，SO_KEEPALIVE 的 {1+}没有应答{set*}。",
    ),
    ("probe", "次探测"),
    (" (TCP_USER_TIMEOUT is {ms} ms)", "（TCP_USER_TIMEOUT 是 {ms} 毫秒）"),
    (
        ", sent again {times} times (net.ipv4.tcp_retries2 is {value})",
        "，重发了 {times} 次（net.ipv4.tcp_retries2 是 {value}）",
    ),
    (", sent again {times} times", "，重发了 {times} 次"),
    (
        "The connection with {there} stood, but the other end did not acknowledge what was sent in time{limit}.",
        "与 {there?} 的连接曾经建立，但对端没有及时确认发送的内容{limit*}。",
    ),
    (", though {} listens there now", "，尽管 {0+} 现在在那里监听"),
    (": nothing listens there", "：没有套接字在那里监听"),
    (
        "Connecting to {there} has failed already{who}. The error waits in SO_ERROR.",
        "连接到 {there?} 已经失败{who*}。错误在 SO_ERROR 里等着。",
    ),
    ("Read SO_ERROR; the socket is writable at once.", "请读取 SO_ERROR；套接字立即可写。"),
];
