//! Sockets: making, naming, connecting, sending and receiving, options.

use crate::lang::Translations;

pub(in crate::lang::zh) const SOCKET: Translations = &[
    (
        "Makes a socket, the program's end of a conversation, and returns a descriptor for it.",
        "创建一个套接字，即程序在通信中的一端，并返回它的文件描述符。",
    ),
    ("The family of its addresses: which kind of network it is for.", "地址族：它用于哪一种网络。"),
    (
        "How data travels, as one stream or as separate messages, and flags for the new descriptor.",
        "数据如何传送：作为一个字节流，还是作为一个个独立的消息；以及新描述符的标志。",
    ),
    (
        "The protocol, where family and type leave a choice; most often 0, the usual one.",
        "协议，在地址族和类型还有选择余地时使用；多数情况是 0，即通常的那个。",
    ),
    (
        "Makes two sockets that are connected to each other, for processes or threads of one machine.",
        "创建两个互相连接的套接字，供同一台机器上的进程或线程使用。",
    ),
    (
        "The family; in practice AF_UNIX, sockets within one machine.",
        "地址族；实际上是 AF_UNIX，即同一台机器内部的套接字。",
    ),
    (
        "How data travels, as one stream or as separate messages, and flags for both descriptors.",
        "数据如何传送，以及两个描述符的标志。",
    ),
    ("The protocol; 0 takes the usual one.", "协议；0 表示通常的那个。"),
    ("Where the kernel puts the two new descriptors.", "内核把两个新描述符放在这里。"),
    (
        "Gives a socket its own address, on which others can reach it.",
        "给套接字绑定一个自己的地址，别人可以通过它找到这个套接字。",
    ),
    ("The socket that gets the address.", "要绑定地址的套接字。"),
    (
        "The address and port; port 0 lets the kernel choose, and 0.0.0.0 means every address of this machine.",
        "地址和端口；端口 0 表示由内核选择，0.0.0.0 表示本机的所有地址。",
    ),
    ("The size of the address in bytes, which differs between families.", "地址的大小，以字节计，随地址族而不同。"),
    (
        "Makes a socket wait for connections, which the kernel completes and queues until accept takes them.",
        "使套接字监听连接；内核完成连接并让它们排队，直到 accept 取走。",
    ),
    ("The socket, which is bound to an address as a rule.", "套接字，通常已经绑定了地址。"),
    (
        "How many connections may wait for accept; the kernel has a limit of its own (somaxconn).",
        "可以有多少个连接等待 accept；内核自己还有一个上限（somaxconn）。",
    ),
    (
        "Takes the next connection that waits at a listening socket, or waits for one; returns a new socket for it.",
        "取走监听套接字上等待的下一个连接，没有就等待；为它返回一个新的套接字。",
    ),
    ("The listening socket; it stays as it is and can accept more.", "监听套接字；它保持不变，还可以接受更多连接。"),
    (
        "Where the kernel writes the address of the peer; NULL where it is not wanted.",
        "内核把对端的地址写在这里；不需要时为 NULL。",
    ),
    (
        "How much room there is for the address, and after the call its size.",
        "存放地址的空间有多大，调用之后是地址的大小。",
    ),
    (
        "Takes the next connection that waits at a listening socket, like accept, with flags for the new socket.",
        "取走监听套接字上等待的下一个连接，与 accept 相同，另外可以给新套接字设置标志。",
    ),
    ("Settings of the new socket, which save calls of fcntl.", "新套接字的设置，可以省去 fcntl 调用。"),
    (
        "Asks for a connection to the peer; on a blocking socket waits until it stands or fails.",
        "请求与对端建立连接；在阻塞的套接字上会等到连接建立或失败。",
    ),
    ("The socket that is to be connected.", "要连接的套接字。"),
    ("The address and port of the peer.", "对端的地址和端口。"),
    (
        "Asks which address a socket has itself: useful where the kernel chose the port.",
        "查询套接字自己的地址：在端口由内核选择时很有用。",
    ),
    ("The socket in question.", "被查询的套接字。"),
    ("Where the kernel writes the socket's own address.", "内核把套接字自己的地址写在这里。"),
    ("Asks which address is at the other end of a connected socket.", "查询已连接的套接字另一端的地址。"),
    ("The connected socket in question.", "被查询的已连接套接字。"),
    ("Where the kernel writes the address of the peer.", "内核把对端的地址写在这里。"),
    (
        "Hands bytes to the kernel to be sent, to an address or to the connected peer; send is this call too.",
        "把数据交给内核发送，发往某个地址或已连接的对端；send 也是这个调用。",
    ),
    ("The socket that sends.", "用来发送的套接字。"),
    ("The bytes to send.", "要发送的数据。"),
    (
        "How many bytes; the result can be smaller, and the rest must then be sent again.",
        "字节数；结果可能更小，这时剩下的必须再次发送。",
    ),
    ("How to send; 0 for the ordinary way.", "如何发送；0 表示普通方式。"),
    (
        "Where to send a datagram; NULL on a connected socket, which knows its peer.",
        "数据报发往哪里；已连接的套接字知道它的对端，这时为 NULL。",
    ),
    ("The size of the address; 0 where there is none.", "地址的大小；没有地址时为 0。"),
    (
        "Takes bytes that have arrived, or waits for some, and can show who sent them; recv is this call too.",
        "取走已经到达的数据，没有就等待，并且可以得知是谁发送的；recv 也是这个调用。",
    ),
    ("The socket that receives.", "用来接收的套接字。"),
    ("Where the kernel puts the bytes; the trace shows what arrived.", "内核把数据放在这里；跟踪记录显示到达的内容。"),
    (
        "How many bytes fit; fewer may come, and of a longer datagram the rest is lost.",
        "最多容纳多少字节；实际可能更少，而更长的数据报会丢失放不下的部分。",
    ),
    ("How to receive; 0 for the ordinary way.", "如何接收；0 表示普通方式。"),
    (
        "Where the kernel writes the sender's address; NULL where it is not wanted.",
        "内核把发送者的地址写在这里；不需要时为 NULL。",
    ),
    (
        "How much room there is for the address, and after the call its size; NULL where it is not wanted.",
        "存放地址的空间有多大，调用之后是地址的大小；不需要时为 NULL。",
    ),
    (
        "Sends bytes from several buffers as one message, with an address, descriptors or other extras if wanted.",
        "把几个缓冲区的数据作为一个消息发送，需要时带上地址、描述符或其他附加内容。",
    ),
    ("The message: address, buffers and control messages.", "消息：地址、缓冲区和控制消息。"),
    (
        "Receives one message into several buffers, with its sender and any extras such as descriptors.",
        "把一个消息接收到几个缓冲区里，同时得到发送者和描述符等附加内容。",
    ),
    (
        "Where the message goes, and after the call what it was: sender, bytes, control messages.",
        "消息放在哪里，调用之后是收到的内容：发送者、数据、控制消息。",
    ),
    (
        "Sends several messages with one call, which saves the cost of a call for each.",
        "用一次调用发送几个消息，省去每个消息一次调用的开销。",
    ),
    ("The messages; the kernel notes for each how many bytes it sent.", "各个消息；内核为每个消息记下发送了多少字节。"),
    ("How many messages there are.", "有多少个消息。"),
    (
        "Receives several messages with one call, until the list is full or the time is over.",
        "用一次调用接收几个消息，直到列表放满或时间用完。",
    ),
    (
        "Where the messages go; the kernel notes for each how many bytes it has.",
        "消息放在哪里；内核为每个消息记下它有多少字节。",
    ),
    ("How many messages fit.", "最多容纳多少个消息。"),
    ("How long to go on receiving; NULL for no limit.", "接收持续多久；NULL 表示没有限制。"),
    ("Changes a setting of a socket.", "修改套接字的一个选项。"),
    ("The socket whose setting changes.", "要修改选项的套接字。"),
    (
        "Which layer the setting belongs to: the socket itself, IP, TCP and so on.",
        "选项属于哪一层：套接字本身、IP、TCP 等等。",
    ),
    ("Which setting.", "哪一个选项。"),
    (
        "The new value, which most often is a number: 1 for on, 0 for off.",
        "新的值，多数是一个数：1 表示开启，0 表示关闭。",
    ),
    ("The size of the value in bytes; 4 for a number.", "值的大小，以字节计；一个数是 4。"),
    (
        "Asks for a setting of a socket, or for what the kernel knows about it.",
        "查询套接字的一个选项，或者内核所知道的关于它的情况。",
    ),
    ("Where the kernel writes the value.", "内核把值写在这里。"),
    ("How much room there is for the value, and after the call its size.", "存放值的空间有多大，调用之后是值的大小。"),
    (
        "Ends one direction of a connection or both, while the descriptor stays open; the peer sees the end.",
        "结束连接的一个方向或两个方向，而描述符仍然打开；对端会看到结束。",
    ),
    ("The connected socket.", "已连接的套接字。"),
    ("Which direction ends: receiving, sending or both.", "结束哪个方向：接收、发送或两者。"),
];
