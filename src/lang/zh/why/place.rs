//! `src/why/causes/place.rs` and `permission.rs`.

use crate::lang::Translations;

pub(in crate::lang::zh) const PLACE: Translations = &[
    (
        "A listening socket has that address. SO_REUSEADDR does not help; two listeners share a port only if both set SO_REUSEPORT before bind and belong to the same user.",
        "一个正在监听的套接字占用了该地址。SO_REUSEADDR 不起作用；两个监听者只有在 bind 之前都设置 SO_REUSEPORT 并属于同一用户时才能共用一个端口。",
    ),
    (
        "A connection of that address is in TIME_WAIT: this side closed it first, and the kernel keeps the address for a minute. With SO_REUSEADDR set before bind, bind succeeds at once.",
        "该地址的一个连接处于 TIME_WAIT：这一方先关闭了它，内核会把地址保留一分钟。在 bind 之前设置 SO_REUSEADDR，bind 就会立即成功。",
    ),
    (
        "A connection that is still open or closing has that address, though nothing listens there any more. With SO_REUSEADDR on both sockets, bind succeeds.",
        "一个仍然打开或正在关闭的连接占用了该地址，尽管那里已经没有套接字在监听。两个套接字都设置 SO_REUSEADDR，bind 就会成功。",
    ),
    (
        "A socket that was bound and does not listen has that address. bind succeeds if both set SO_REUSEADDR; then only one of them can listen.",
        "一个已绑定但没有监听的套接字占用了该地址。两者都设置 SO_REUSEADDR 时 bind 会成功；之后只有其中一个可以监听。",
    ),
    (
        "A UDP socket has that address. Two share it only if both set SO_REUSEADDR (the last one bound gets the datagrams) or SO_REUSEPORT (they are spread).",
        "一个 UDP 套接字占用了该地址。只有两者都设置 SO_REUSEADDR（最后绑定的收到数据报）或 SO_REUSEPORT（数据报被分配给各个套接字）时才能共用。",
    ),
    (
        "Two sockets are bound to the address by SO_REUSEADDR, and the other one listens already.",
        "两个套接字借助 SO_REUSEADDR 绑定到同一地址，而另一个已经在监听。",
    ),
    (
        "A file of that name exists already: bind of a Unix socket makes the file and never replaces one, not even that of a server that has ended.",
        "同名的文件已经存在：Unix 套接字的 bind 会创建这个文件，从不替换已有的文件，即使那个服务器已经结束。",
    ),
    ("Another Unix socket is bound to that name and in use.", "另一个 Unix 套接字绑定了该名字，正在使用。"),
    (
        "Port 0 asks for any free port of ip_local_port_range, and all of them are taken.",
        "端口 0 表示 ip_local_port_range 中任意一个空闲端口，但它们全部被占用。",
    ),
    (
        "No interface of this machine (or network namespace) has that address; bind takes local ones only, or 0.0.0.0 and [::] for all.",
        "本机（或这个网络命名空间）的网络接口都没有该地址；bind 只接受本地地址，或者表示全部地址的 0.0.0.0 和 [::]。",
    ),
    (
        "Every port of ip_local_port_range already has a connection to that destination, open or in TIME_WAIT.",
        "ip_local_port_range 的每个端口都已有到该目的地的连接，打开着或处于 TIME_WAIT。",
    ),
    (
        "This machine has no address of that family to send from: IPv6 is often disabled in containers.",
        "本机没有该地址族的地址可以用来发送：容器里常常禁用了 IPv6。",
    ),
    (
        "Ports below ip_unprivileged_port_start (1024 by default) take CAP_NET_BIND_SERVICE, which root has.",
        "低于 ip_unprivileged_port_start（默认 1024）的端口需要 CAP_NET_BIND_SERVICE 权能，root 拥有它。",
    ),
    (
        "The destination is a broadcast address, and SO_BROADCAST is not set.",
        "目的地是广播地址，而没有设置 SO_BROADCAST。",
    ),
    (
        "To reach a Unix socket its file must be writable and every directory above it searchable; to bind one, the directory must be writable.",
        "要访问 Unix 套接字，它的文件必须可写，上面的每个目录必须可进入；要绑定，所在目录必须可写。",
    ),
    (
        "Raw and packet sockets take CAP_NET_RAW, which root has.",
        "原始套接字和分组套接字需要 CAP_NET_RAW 权能，root 拥有它。",
    ),
    ("; {n} ports have sockets", "；{n} 个端口有套接字"),
    (" ({low} to {high})", "（{low} 到 {high}）"),
    (
        "Every port of ip_local_port_range{range} is taken{used}.",
        "ip_local_port_range{range*} 的每个端口都被占用{used*}。",
    ),
    (
        "Close sockets, widen the range (sysctl net.ipv4.ip_local_port_range), or bind a port outside of it.",
        "请关闭一些套接字，扩大范围（sysctl net.ipv4.ip_local_port_range），或者绑定范围以外的端口。",
    ),
    (
        "See who has it with `ss -ltnup` as root, or take another port.",
        "请以 root 身份用 `ss -ltnup` 查看是谁占用，或者换一个端口。",
    ),
    ("{} has {}{made}", "{0+} 占用了 {1?}{made*}"),
    (
        "{} listens on {} already{made}; this socket shares the address by SO_REUSEADDR.",
        "{0+} 已经在 {1?} 上监听{made*}；这个套接字借助 SO_REUSEADDR 共用该地址。",
    ),
    (
        "Only one of them can listen, unless both set SO_REUSEPORT before bind.",
        "除非两者都在 bind 之前设置 SO_REUSEPORT，否则只有一个可以监听。",
    ),
    ("{}.{both}", "{0+}。{both*}"),
    (
        "End that process, take another port, or set SO_REUSEADDR or SO_REUSEPORT on both sockets before bind.",
        "请结束那个进程，换一个端口，或者在 bind 之前给两个套接字都设置 SO_REUSEADDR 或 SO_REUSEPORT。",
    ),
    ("{} and listens.{both}", "{0+}，并且正在监听。{both*}"),
    (
        "SO_REUSEADDR does not help: end that process, take another port, or set SO_REUSEPORT on both sockets.",
        "SO_REUSEADDR 不起作用：请结束那个进程，换一个端口，或者给两个套接字都设置 SO_REUSEPORT。",
    ),
    (" for another {}", "，还要持续 {0}"),
    (
        "A connection of {}{peer} is in TIME_WAIT{left}: its end that used this address closed first.",
        "{0?} {peer*} 的一个连接处于 TIME_WAIT{left*}：使用该地址的一端先关闭了连接。",
    ),
    (
        "Set SO_REUSEADDR on this socket before bind, and it succeeds at once.",
        "请在 bind 之前给这个套接字设置 SO_REUSEADDR，bind 就会立即成功。",
    ),
    ("{} and does not listen.{both}", "{0+}，但没有监听。{both*}"),
    (
        "SO_REUSEADDR on both sockets before bind would let both bind it; or take another port.",
        "在 bind 之前给两个套接字都设置 SO_REUSEADDR，两者就都能绑定；或者换一个端口。",
    ),
    (
        "{}{peer} in a connection that is {state}; nothing listens there.{both}",
        "{0+}，用于{peer*}的一个处于 {state} 状态的连接；那里没有套接字在监听。{both*}",
    ),
    (
        "With SO_REUSEADDR on both sockets bind succeeds; or end that connection first.",
        "给两个套接字都设置 SO_REUSEADDR，bind 就会成功；或者先结束那个连接。",
    ),
    ("on both", "在两个套接字上都设置了"),
    ("on this socket only", "只在这个套接字上设置了"),
    ("on that socket only", "只在那个套接字上设置了"),
    ("on neither", "在两个套接字上都没有设置"),
    ("on this socket", "在这个套接字上设置了"),
    ("not on this socket", "在这个套接字上没有设置"),
    (" SO_REUSEADDR and SO_REUSEPORT are set {same}.", "SO_REUSEADDR 和 SO_REUSEPORT {same+}。"),
    (" SO_REUSEADDR is set {address}, SO_REUSEPORT {port}.", "SO_REUSEADDR {address+}；SO_REUSEPORT 则{port+}。"),
    (" and listens", "，并且正在监听"),
    ("{} has bound {there}{listens}.", "{0+} 已绑定 {there}{listens*}。"),
    ("End that process, or take another name.", "请结束那个进程，或者换一个名字。"),
    ("Another socket has the abstract name {there}.", "另一个套接字占用了抽象名字 {there}。"),
    ("Take another name.", "请换一个名字。"),
    ("file", "文件"),
    (
        "{there} exists already as a {what}, and no socket is bound to it: a server left it behind when it ended.",
        "{there} 已经存在（{what?}），但没有套接字绑定它：是某个服务器结束时留下的。",
    ),
    ("Remove the file before bind, as servers do.", "请像服务器通常做的那样，在 bind 之前删除该文件。"),
    (": there are {}", "：现有 {0}"),
    ("No interface here has the address {}{known}.", "这里没有网络接口拥有地址 {0?}{known*}。"),
    (
        "Bind one of the local addresses, or 0.0.0.0 ([::] for IPv6) for all of them.",
        "请绑定本地地址之一，或者用 0.0.0.0（IPv6 用 [::]）表示全部地址。",
    ),
    (" (net.ipv6.conf.all.disable_ipv6 is 1)", "（net.ipv6.conf.all.disable_ipv6 为 1）"),
    (
        "No interface here has an {family} address to send from{disabled}.",
        "这里没有网络接口拥有可以用来发送的 {family} 地址{disabled*}。",
    ),
    ("Use the other address family, or enable this one.", "请使用另一个地址族，或者启用这个地址族。"),
    (": {n} connections to {there} hold ports", "：到 {there?} 的 {n} 个连接占着端口"),
    (
        "Every port of ip_local_port_range{} is taken towards {there}{used}.",
        "ip_local_port_range{0*} 的每个端口都已用于到 {there?} 的连接{used*}。",
    ),
    (
        "Keep connections open instead of making new ones, or widen the range (sysctl net.ipv4.ip_local_port_range).",
        "请保持连接而不是不断新建，或者扩大范围（sysctl net.ipv4.ip_local_port_range）。",
    ),
    ("user {} ", "用户 {0} "),
    ("this process ", "本进程"),
    (
        "Run as root, or give the program the capability (setcap cap_net_raw+ep).",
        "请以 root 身份运行，或者给程序这个权能（setcap cap_net_raw+ep）。",
    ),
    (" ({mode}, owner {})", "（{mode}，属主 {1}）"),
    ("may not make it in its directory", "无权在其目录中创建它"),
    ("may not write to it or not reach it", "无权写入它，或者无法到达它"),
    ("{}{what}: {there}{mode}.", "{0+}{what+}：{there}{mode*}。"),
    (
        "Change the permissions of the file and its directories, or run as its owner.",
        "请修改文件及其目录的权限，或者以其属主身份运行。",
    ),
    (" ({n})", "（{n}）"),
    (
        "Port {} is below net.ipv4.ip_unprivileged_port_start{below}, and {}lacks CAP_NET_BIND_SERVICE.",
        "端口 {0} 低于 net.ipv4.ip_unprivileged_port_start{below*}，而{2+}没有 CAP_NET_BIND_SERVICE 权能。",
    ),
    (
        "Take a port from there on, or give the program the capability (setcap cap_net_bind_service+ep).",
        "请使用不低于它的端口，或者给程序这个权能（setcap cap_net_bind_service+ep）。",
    ),
    (
        "{} is a broadcast address, and SO_BROADCAST is not set on this socket.",
        "{0?} 是广播地址，而这个套接字没有设置 SO_BROADCAST。",
    ),
    ("Set SO_BROADCAST first.", "请先设置 SO_BROADCAST。"),
    (
        "The same process has another socket with that address: it binds twice, or did not close the first one.",
        "同一进程有另一个套接字占用该地址：它绑定了两次，或者没有关闭第一个。",
    ),
    (
        "An IPv6 socket at [::] takes IPv4 too unless IPV6_V6ONLY is set before bind, so it conflicts with an IPv4 socket on the same port.",
        "除非在 bind 之前设置 IPV6_V6ONLY，[::] 上的 IPv6 套接字也接受 IPv4，所以与同一端口的 IPv4 套接字冲突。",
    ),
    (
        "A file or directory of that name exists, which is no socket: bind never replaces what is there.",
        "该名称的文件或目录已存在，它不是套接字：bind 从不替换已有的东西。",
    ),
    (
        "A packet filter of this machine (nftables, iptables, or a BPF program) dropped what the socket sent.",
        "本机的包过滤器（nftables、iptables 或 BPF 程序）丢弃了套接字发送的内容。",
    ),
    (
        "The option takes CAP_NET_ADMIN or CAP_NET_RAW, which root has: SO_MARK, a high SO_PRIORITY, IP_TRANSPARENT.",
        "该选项需要 CAP_NET_ADMIN 或 CAP_NET_RAW，root 拥有它们：SO_MARK、高的 SO_PRIORITY、IP_TRANSPARENT。",
    ),
    ("{there} is taken by a socket that was not found.", "{there} 被一个没有找到的套接字占用。"),
    (
        "{there} is taken by another socket, which this trace does not show.",
        "{there} 被另一个套接字占用，这份跟踪记录没有显示它。",
    ),
    ("descriptor {} of this process", "本进程的描述符 {0}"),
    ("{} has {}{made}{state}.", "{0+} 占用 {1?}{made*}{state*}。"),
    ("this process", "本进程"),
    (
        "Close that socket first, or use it; a second one needs another port.",
        "请先关闭那个套接字，或者使用它；第二个需要另一个端口。",
    ),
    ("this IPv6 socket", "这个 IPv6 套接字"),
    ("that IPv6 socket", "那个 IPv6 套接字"),
    (
        "{} has {}{made}, and {which} takes IPv4 too, since IPV6_V6ONLY is not set on it.",
        "{0+} 占用 {1?}{made*}，而{which+}也接受 IPv4，因为它没有设置 IPV6_V6ONLY。",
    ),
    (
        "Set IPV6_V6ONLY on {which} before bind, or let it serve both families alone.",
        "请在 bind 之前对{which+}设置 IPV6_V6ONLY，或者让它独自服务两个地址族。",
    ),
    ("Descriptor {fd} of this process has bound {there}{listens}.", "本进程的描述符 {fd} 已绑定 {there}{listens*}。"),
    ("Close that socket first, or take another name.", "请先关闭那个套接字，或换一个名称。"),
    (
        "{there} exists already as a {what}, which is no socket; bind never replaces what is there.",
        "{there} 已作为{what?}存在，它不是套接字；bind 从不替换已有的东西。",
    ),
    ("Take another path for the socket.", "请为套接字换一个路径。"),
    (
        "{there} exists already: a server that runs has it, or one that ended left it behind.",
        "{there} 已存在：它属于正在运行的服务器，或者是已结束的服务器留下的。",
    ),
    (
        "See whether a server runs there (ss -lx); if none does, remove the file before bind.",
        "请查看那里是否有服务器在运行（ss -lx）；如果没有，请在 bind 之前删除该文件。",
    ),
    (
        "{option} takes a right (CAP_NET_ADMIN or CAP_NET_RAW) that {uid}lacks.",
        "{option} 需要 {uid+} 没有的权限（CAP_NET_ADMIN 或 CAP_NET_RAW）。",
    ),
    ("Run as root, or give the program the capability.", "请以 root 运行，或授予程序该能力。"),
    ("This kind of socket takes CAP_NET_RAW, which {uid}lacks.", "这种套接字需要 CAP_NET_RAW，而{uid+}没有。"),
    (" to {to}", " 到 {to}"),
    (
        "A packet filter of this machine dropped what was sent{there}; its rules could not be seen (root sees them: nft list ruleset, iptables -S OUTPUT).",
        "本机的包过滤器丢弃了发送的内容{there*}；看不到它的规则（root 可以：nft list ruleset、iptables -S OUTPUT）。",
    ),
    (
        "A packet filter of this machine dropped what was sent{there}: {}.",
        "本机的包过滤器丢弃了发送的内容{there*}：{1}。",
    ),
    ("Change the rule, or send elsewhere; trying again does not help.", "请修改规则，或发往别处；重试没有用。"),
];
