//! How strace writes what a trace contains, `src/explain/notation.rs`.

use crate::lang::Translations;

pub(in crate::lang::zh) const NOTATIONS: Translations = &[
    (
        "A port or protocol; htons puts its two bytes into the network's order, the number inside is the one you know.",
        "端口或协议；htons 把它的两个字节变为网络字节序，括号里的数就是你熟悉的那个。",
    ),
    (
        "A number whose four bytes are in the network's order; the number inside is the one you know.",
        "四个字节按网络字节序存放的数；括号里的数就是你熟悉的那个。",
    ),
    (
        "An IPv4 address; inet_addr makes the four bytes of it that the kernel takes.",
        "一个 IPv4 地址；inet_addr 把它变为内核所用的四个字节。",
    ),
    (
        "An IPv6 address; inet_pton makes the sixteen bytes of it that the kernel takes.",
        "一个 IPv6 地址；inet_pton 把它变为内核所用的十六个字节。",
    ),
    (
        "A network interface by its name; if_nametoindex makes the number of it that the kernel takes.",
        "用名字表示的网络接口；if_nametoindex 把它变为内核所用的编号。",
    ),
    (
        "A length that the call changed: before the arrow the room that the program offered, behind it what was needed.",
        "被调用改变的长度：箭头之前是程序提供的空间，之后是实际需要的大小。",
    ),
    (
        "Square brackets stand for a pointer: this is the value that it points to.",
        "方括号表示指针：里面是它所指向的值。",
    ),
    (
        "A pointer to nothing: the program does not want this part, or has nothing to give.",
        "空指针：程序不需要这一部分，或者没有什么可给。",
    ),
    (
        "An address in the program's memory, which was not looked at or could not be read.",
        "程序内存中的一个地址，那里的内容没有查看或者无法读取。",
    ),
    (
        "A string of which only the beginning is shown; -s 1000 keeps more of it.",
        "只显示了开头的字符串；-s 1000 可以保留更多。",
    ),
    (
        "A byte that is no plain letter or sign: \\n ends a line, \\r\\n does so on the network, digits are octal.",
        "不是普通字母或符号的字节：\\n 是换行，网络上用 \\r\\n 换行，数字是八进制。",
    ),
    ("Only the first elements are shown; -v shows them all.", "只显示前几个元素；-v 显示全部。"),
    ("Several flags at once, joined by |.", "同时给出几个标志，用 | 连接。"),
    ("A structure in memory: the name and value of each member.", "内存中的一个结构体：每个成员的名字和值。"),
    (
        "A number that has no name; the comment shows where a name was looked for.",
        "没有名字的数；注释说明在哪里找过名字。",
    ),
    (
        "An abstract name of a Unix socket, which is in no folder and goes away with the socket.",
        "Unix 套接字的抽象名字，它不在任何目录里，随套接字一起消失。",
    ),
    (
        "A descriptor, and in angle brackets what it is: a file's path, or a socket's own address and its peer's.",
        "一个描述符，尖括号里说明它是什么：文件的路径，或者套接字自己的地址和对端的地址。",
    ),
    ("The call succeeded.", "调用成功。"),
    (
        "The new descriptor: the number by which the program names what it has opened; 0, 1 and 2 are taken at the start.",
        "新的描述符：程序用这个编号来指称它打开的东西；0、1 和 2 从一开始就被占用。",
    ),
    ("The call succeeded; the number is how many bytes it moved.", "调用成功；这个数是传送的字节数。"),
    (
        "Nothing more comes: the peer ended its side of the connection, or the file ends here. Datagrams may be empty.",
        "不会再有数据：对端结束了它那个方向的连接，或者文件到此为止。数据报可以是空的。",
    ),
    (
        "How many descriptors are ready; the brackets list them with what they are ready for.",
        "有多少个描述符就绪；括号里列出它们以及对什么就绪。",
    ),
    ("The time was over before anything happened.", "时间用完了，什么也没有发生。"),
    (
        "The call failed: it returns -1, the name is the reason as programs know it, the text is the reason in words.",
        "调用失败：它返回 -1，名字是程序所用的原因，文字是用词语表达的原因。",
    ),
    (
        "The call has no result: the program ended in it, or a signal came first and the kernel makes the call again.",
        "调用没有结果：程序在调用中结束，或者信号先到，内核会再次执行这个调用。",
    ),
    (
        "The call has not returned yet and other lines come first; the rest follows at resumed, if it ever returns.",
        "调用还没有返回，其他的行先出现；如果它返回，其余部分在 resumed 处给出。",
    ),
    (
        "The rest of a call that was left unfinished further up; together they are one call.",
        "前面未完成的调用的其余部分；两者合起来是一个调用。",
    ),
    (
        "The tracer let go of the program while the call had not returned.",
        "跟踪程序放开了被跟踪的程序，而调用还没有返回。",
    ),
    ("A signal arrived; the braces show which, why and from whom.", "有信号到达；花括号里说明是哪个、为什么、来自谁。"),
    ("A signal stopped the program, until SIGCONT lets it go on.", "信号使程序停止，直到 SIGCONT 让它继续。"),
    (
        "The process or thread ended by itself; the number is its exit status, and 0 means success.",
        "进程或线程自己结束；这个数是它的退出状态，0 表示成功。",
    ),
    ("A signal ended the process.", "信号终止了进程。"),
    (
        "A call that is not described here: its arguments are shown as they were passed; its manual page explains it.",
        "这里没有描述的调用：参数按传入的样子显示；它的手册页有说明。",
    ),
    ("The thread that made the call; shown where there are several.", "发出调用的线程；有多个线程时才显示。"),
    ("How long the call took, in seconds; waiting is part of it.", "调用用了多久，以秒计；等待的时间也算在内。"),
];
