//! The calls and their arguments.

use crate::lang::Table;

pub(in crate::lang::zh) const CALLS: Table = &[
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
    (
        "Gives a descriptor back; a connection ends when its last descriptor is closed.",
        "归还一个描述符；连接的最后一个描述符关闭时，连接结束。",
    ),
    (
        "The descriptor, whose number is free again afterwards, even if the call fails.",
        "要关闭的描述符，之后它的编号又可以使用，即使调用失败也是如此。",
    ),
    (
        "Makes a second descriptor for the same open file or socket, with the lowest free number.",
        "为同一个打开的文件或套接字再建一个描述符，使用最小的空闲编号。",
    ),
    ("The descriptor that there already is.", "已经有的那个描述符。"),
    (
        "Makes a second descriptor with a chosen number, which is closed first if it was open.",
        "再建一个指定编号的描述符；如果该编号已经打开，先关闭它。",
    ),
    ("The number that the second descriptor gets.", "第二个描述符的编号。"),
    (
        "Makes a second descriptor with a chosen number, like dup2, with a flag for it.",
        "再建一个指定编号的描述符，与 dup2 相同，另外可以给它一个标志。",
    ),
    (
        "O_CLOEXEC, or 0: whether another program that is started keeps the descriptor.",
        "O_CLOEXEC 或 0：启动另一个程序时，它是否保留这个描述符。",
    ),
    (
        "Reads or changes how a descriptor works, such as whether calls on it wait.",
        "读取或修改描述符的工作方式，例如在它上面的调用是否等待。",
    ),
    ("The descriptor.", "文件描述符。"),
    (
        "What to do; the meaning of the next argument and of the result depends on it.",
        "要做什么；下一个参数和结果的含义由它决定。",
    ),
    (
        "What the command needs: a number, flags or a structure; some need nothing.",
        "命令所需要的内容：一个数、标志或一个结构体；有些命令不需要。",
    ),
    (
        "Sends a request to whatever is behind a descriptor: a terminal, a socket, a network interface.",
        "向描述符背后的对象发出请求：终端、套接字、网络接口等。",
    ),
    (
        "The request, which only certain kinds of file understand; others answer ENOTTY.",
        "请求，只有某些种类的文件认识它；其他的回答 ENOTTY。",
    ),
    ("What the request needs or returns, often behind a pointer.", "请求所需要或返回的内容，常常在指针之后。"),
    (
        "Takes the next bytes from a file, pipe or connection, or waits for some; 0 means the end.",
        "从文件、管道或连接取出接下来的数据，没有就等待；0 表示结束。",
    ),
    ("The descriptor to read from.", "从中读取的描述符。"),
    ("Where the kernel puts the bytes; the trace shows what was read.", "内核把数据放在这里；跟踪记录显示读到的内容。"),
    ("How many bytes fit; fewer may come.", "最多容纳多少字节；实际可能更少。"),
    ("Hands bytes to a file, pipe or connection.", "把数据写入文件、管道或连接。"),
    (
        "The descriptor to write to; 1 is the standard output, 2 is for errors.",
        "要写入的描述符；1 是标准输出，2 用于错误信息。",
    ),
    ("The bytes to write.", "要写入的数据。"),
    (
        "How many bytes; the result can be smaller, and the rest must then be written again.",
        "字节数；结果可能更小，这时剩下的必须再次写入。",
    ),
    ("Reads bytes into several buffers, which are filled one after the other.", "把数据读入几个缓冲区，依次填满。"),
    ("The buffers; the trace shows what was read.", "各个缓冲区；跟踪记录显示读到的内容。"),
    ("How many buffers there are.", "有多少个缓冲区。"),
    (
        "Writes the bytes of several buffers, one after the other, with one call.",
        "用一次调用把几个缓冲区的数据依次写出。",
    ),
    ("The descriptor to write to.", "要写入的描述符。"),
    ("The buffers with the bytes to write.", "存有要写入的数据的各个缓冲区。"),
    (
        "Makes a pipe: what is written to one descriptor can be read from the other.",
        "创建一个管道：写入一个描述符的数据可以从另一个读出。",
    ),
    (
        "Where the kernel puts the two new descriptors: the first reads, the second writes.",
        "内核把两个新描述符放在这里：第一个用来读，第二个用来写。",
    ),
    ("Settings of both descriptors, such as whether calls wait.", "两个描述符的设置，例如调用是否等待。"),
    (
        "Copies bytes from a file to a socket inside the kernel, so that the program need not touch them.",
        "在内核里把数据从文件复制到套接字，程序不必经手。",
    ),
    ("The descriptor to write to, often a socket.", "要写入的描述符，常常是套接字。"),
    ("The file to read from.", "从中读取的文件。"),
    (
        "Where in the file to begin, and after the call where it stopped; NULL for the file's own position.",
        "从文件的什么位置开始，调用之后是停在哪里；NULL 表示文件自己的位置。",
    ),
    ("How many bytes to copy; the result can be smaller.", "要复制多少字节；结果可能更小。"),
    (
        "Waits until one of several descriptors is ready, or until a time in milliseconds is over.",
        "等待几个描述符中的一个就绪，或者等到以毫秒计的时间用完。",
    ),
    (
        "The descriptors, each with what to wait for; the kernel notes what it found.",
        "各个描述符，以及每个要等待什么；内核记下它发现的情况。",
    ),
    ("How many descriptors there are.", "有多少个描述符。"),
    (
        "How long to wait, in milliseconds; -1 for ever, 0 only looks.",
        "等待多久，以毫秒计；-1 表示一直等待，0 表示只看一下。",
    ),
    (
        "Waits like poll, with a finer timeout and a choice of signals that may arrive meanwhile.",
        "像 poll 一样等待，时间更精细，并可选择期间允许哪些信号到达。",
    ),
    ("How long to wait, in seconds and nanoseconds; NULL for ever.", "等待多久，以秒和纳秒计；NULL 表示一直等待。"),
    (
        "The signals that are held back while it waits; NULL leaves them as they are.",
        "等待期间被阻塞的信号；NULL 表示保持不变。",
    ),
    ("The size of the set of signals in bytes: 8.", "信号集的大小，以字节计：8。"),
    (
        "Waits until one of several descriptors is ready; the older form of poll.",
        "等待几个描述符中的一个就绪；是 poll 的较老形式。",
    ),
    ("The highest descriptor in the sets, plus 1.", "集合中最大的描述符加 1。"),
    (
        "The descriptors to wait for until something can be read or accepted; the kernel leaves the ready ones.",
        "等待其可读或可以 accept 的描述符；内核只留下就绪的。",
    ),
    (
        "The descriptors to wait for until something can be written; the kernel leaves the ready ones.",
        "等待其可写的描述符；内核只留下就绪的。",
    ),
    (
        "The descriptors to wait for until something exceptional happens, such as urgent data.",
        "等待其发生异常情况的描述符，例如紧急数据。",
    ),
    (
        "How long to wait, in seconds and microseconds; NULL for ever. The kernel counts it down.",
        "等待多久，以秒和微秒计；NULL 表示一直等待。内核会从中扣除已用的时间。",
    ),
    (
        "Waits like select, with a finer timeout and a choice of signals that may arrive meanwhile.",
        "像 select 一样等待，时间更精细，并可选择期间允许哪些信号到达。",
    ),
    (
        "How long to wait, in seconds and nanoseconds; NULL for ever. The kernel counts it down.",
        "等待多久，以秒和纳秒计；NULL 表示一直等待。内核会从中扣除已用的时间。",
    ),
    (
        "Makes an epoll set, the kernel's own list of descriptors to watch.",
        "创建一个 epoll 集合，即内核保存的一份要监视的描述符的列表。",
    ),
    (
        "EPOLL_CLOEXEC, or 0: whether another program that is started keeps the set.",
        "EPOLL_CLOEXEC 或 0：启动另一个程序时，它是否保留这个集合。",
    ),
    (
        "Adds a descriptor to an epoll set, changes what is watched of it, or removes it.",
        "把一个描述符加入 epoll 集合，修改监视它的什么，或者移除它。",
    ),
    ("The epoll set.", "epoll 集合。"),
    ("Whether to add, change or remove.", "加入、修改还是移除。"),
    ("The descriptor that is to be watched, or no longer.", "要监视或不再监视的描述符。"),
    ("What to wait for, and what to give back when it happens.", "等待什么，以及发生时交还什么。"),
    (
        "Waits until a descriptor of an epoll set is ready, or until the time is over.",
        "等待 epoll 集合中的一个描述符就绪，或者等到时间用完。",
    ),
    ("Where the kernel lists the descriptors that are ready.", "内核把就绪的描述符列在这里。"),
    ("How many the list has room for.", "列表能容纳多少个。"),
    (
        "Waits like epoll_wait, with a choice of signals that may arrive meanwhile.",
        "像 epoll_wait 一样等待，并可选择期间允许哪些信号到达。",
    ),
    ("Opens a file, and creates it where the flags ask for that.", "打开一个文件，标志有要求时创建它。"),
    (
        "The directory that a relative path starts from; AT_FDCWD is the working directory.",
        "相对路径从哪个目录开始；AT_FDCWD 表示当前工作目录。",
    ),
    ("The file's path.", "文件的路径。"),
    ("Whether to read, write or both, and how to open.", "读、写还是两者，以及如何打开。"),
    (
        "Who may use the file, if it is made; the umask takes bits away.",
        "新建文件时谁可以使用它；umask 会去掉其中一些位。",
    ),
];
