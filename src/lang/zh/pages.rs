//! What the command prints around explanations: errors by their messages, headings, remarks.

use crate::lang::Translations;

/// The C library's messages of the errors that have known causes.
pub(super) const ERRORS: Translations = &[
    ("No such file or directory", "没有那个文件或目录"),
    ("Bad file descriptor", "错误的文件描述符"),
    ("Resource temporarily unavailable", "资源暂时不可用"),
    ("Permission denied", "权限不够"),
    ("Operation not permitted", "不允许的操作"),
    ("Invalid argument", "无效的参数"),
    ("Too many open files", "打开的文件过多"),
    ("Broken pipe", "管道破裂"),
    ("Socket operation on non-socket", "对非套接字进行套接字操作"),
    ("Destination address required", "需要目的地址"),
    ("Message too long", "消息过长"),
    ("Protocol not available", "协议选项不可用"),
    ("Protocol not supported", "不支持的协议"),
    ("Socket type not supported", "不支持的套接字类型"),
    ("Operation not supported", "不支持的操作"),
    ("Address family not supported by protocol", "协议不支持的地址族"),
    ("Address already in use", "地址已在使用"),
    ("Cannot assign requested address", "无法指定被请求的地址"),
    ("Network is unreachable", "网络不可达"),
    ("Connection reset by peer", "连接被对端重置"),
    ("Transport endpoint is already connected", "传输端点已连接"),
    ("Transport endpoint is not connected", "传输端点尚未连接"),
    ("Connection timed out", "连接超时"),
    ("Connection refused", "连接被拒绝"),
    ("No route to host", "没有到主机的路由"),
    ("Operation already in progress", "操作已经在进行"),
    ("Operation now in progress", "操作正在进行"),
];

/// `src/cmd/`.
pub(super) const COMMAND: Translations = &[
    ("claim", "说法"),
    ("document", "文档"),
    ("it says", "内容"),
    ("verdict", "判定"),
    ("seen", "观察结果"),
    ("in force: {}", "按现行设置：{0+}"),
    ("on {on}", "取决于：{on?}"),
    ("holds", "成立"),
    ("does not", "不成立"),
    (" (in force)", "（现行设置）"),
    ("note", "说明"),
    ("document {}", "文档 {0}"),
    (
        "`sockscope claims ID` shows what was tried and the decisive calls, `-v` for all.",
        "`sockscope claims ID` 显示尝试了什么以及起决定作用的调用，`-v` 显示全部。",
    ),
    (
        "there is no python3 here: the lessons show the replays, whose calls are the same",
        "这里没有 python3：课程展示的是重放，它们的调用是一样的",
    ),
    ("the recording of {} is broken", "{0} 的录制已损坏"),
    ("cannot make a directory for the program", "无法为程序建立目录"),
    (
        "--open shows pages: leave --format out, or give --format html",
        "--open 显示网页：请省略 --format，或者给出 --format html",
    ),
    ("a page shows what failed in a trace: give the file of one", "网页显示一个跟踪记录中失败的调用：请给出它的文件"),
    ("cannot start this executable", "无法启动这个可执行文件"),
    ("calls that have not returned", "尚未返回的调用"),
    ("Why socket calls fail", "套接字调用为什么失败"),
    ("argument of {calls}", "{calls} 的参数"),
    ("member of struct {}", "struct {0} 的成员"),
    (" (written by the kernel)", "（由内核写入）"),
    (" (read and written by the kernel)", "（由内核读取并写入）"),
    ("see sockscope explain '{}'", "参见 sockscope explain '{0}'"),
    ("Why it can fail: sockscope why {}", "为什么会失败：sockscope why {0}"),
    ("How it comes about: sockscope why {name}", "它是怎样发生的：sockscope why {name}"),
    ("In {calls}.", "见于 {calls}。"),
    ("statement", "内容"),
    ("tried", "尝试"),
    ("yes", "是"),
    ("Document {} claims: {}.", "文档 {0} 的说法：{1?}。"),
    ("Note: {note}.", "说明：{note?}。"),
    ("PROGRAM", "程序"),
    ("DOCUMENT", "文档"),
    ("ROLES", "角色"),
    ("PORTS", "端口"),
    ("CASES", "情形"),
    ("CASE", "情形"),
    ("TITLE", "标题"),
    ("WHAT IT IS", "内容"),
    ("WHAT IS TO BE SEEN", "会看到什么"),
    ("server, client", "服务器、客户端"),
    ("server {server}, client {client}", "服务器 {server}，客户端 {client}"),
    ("{name}: document {document}{title}, ports: {ports}", "{name}：文档 {document}{title}，端口：{ports?}"),
];

/// What the documents are, `src/program.rs`.
pub(super) const DOCUMENTS: Translations = &[
    (
        "what sockets are, the three steps of a connection, and programs of Foundations of Python Network Programming: a \
         name's address, UDP here and to another host",
        "套接字是什么、连接的三个步骤，以及《Python 网络编程基础》中的程序：由名字得到地址、本机的 UDP 和到另一台主机的 UDP",
    ),
    (
        "a second blog post: sockets, TCP and HTTP, a chat, and which system calls Python's socket makes",
        "第二篇博客：套接字、TCP 和 HTTP、一个聊天程序，以及 Python 的 socket 使用哪些系统调用",
    ),
    (
        "the layers of a network, the twelve steps of a TCP server and client, and the socket's methods",
        "网络的各层、TCP 服务器和客户端的十二个步骤，以及套接字的方法",
    ),
    (
        "IP and TCP, and a client that fetches a page of www.sina.com.cn",
        "IP 和 TCP，以及一个获取 www.sina.com.cn 页面的客户端",
    ),
    (
        "ports, TCP against UDP, and a server and a client of each",
        "端口、TCP 与 UDP 的比较，以及两者各一对服务器和客户端",
    ),
];

/// What went wrong with the command itself: `src/cmd/`, `src/read.rs`.
pub(super) const TROUBLE: Translations = &[
    ("option", "选项"),
    ("subcommand", "子命令"),
    ("there is no {what} {name}; `{command} --help` lists them", "没有{what+} {name}；`{command} --help` 会列出全部"),
    (
        "there is no {what} {name}; did you mean '{near}'? `{command} --help` lists them",
        "没有{what+} {name}；是不是想用 '{near}'？`{command} --help` 会列出全部",
    ),
    ("; did you mean '{other}'?", "；是不是想用 '{other}'？"),
    ("; known are {}", "；已有的是 {0}"),
    ("cannot open {path}", "无法打开 {path}"),
    ("cannot read {path}", "无法读取 {path}"),
    (
        "cannot read {name}: it looks like {form}, which is not supported; {advice}",
        "无法读取 {name}：它看起来是 {form}，不受支持；{advice}",
    ),
    ("{name} has no calls; is it a trace?", "{name} 里没有调用；它是跟踪记录吗？"),
    ("cannot write to standard output", "无法写到标准输出"),
    ("{file} is a file: give one trace, and nothing else", "{file} 是一个文件：请只给出一个跟踪记录"),
    ("{}: no failed call has a known explanation", "{0}：没有哪个失败的调用有已知的解释"),
    (
        "{name} ({message}) has no known causes; `sockscope why` lists the errnos that have",
        "{name}（{message?}）没有已知的原因；`sockscope why` 会列出有原因的 errno",
    ),
    ("there is no errno {word}{}", "没有名为 {word} 的 errno{1*}"),
    ("{} is not a known error of {}", "{0} 不是 {1} 的已知错误"),
    ("cannot explain in '{given}'; try en or zh", "无法用 '{given}' 解释；请用 en 或 zh"),
    ("cannot colour '{given}'; try auto, always or never", "颜色不能是 '{given}'；请用 auto、always 或 never"),
    (
        "nothing to explain: give a name, such as connect or ECONNREFUSED, or a trace on standard input",
        "没有要解释的内容：请给出一个名字，例如 connect 或 ECONNREFUSED，或者在标准输入上给出跟踪记录",
    ),
    ("cannot read standard input", "无法读取标准输入"),
    ("standard input", "标准输入"),
    ("cannot explain {word}: there is no such name{near}", "无法解释 {word}：没有这个名字{near*}"),
    (
        "; try a name from a trace, such as connect or ECONNREFUSED",
        "；请用跟踪记录里的名字，例如 connect 或 ECONNREFUSED",
    ),
    (
        "there is no call in it; a line of a trace looks so: connect(3, …) = 0",
        "其中没有调用；跟踪记录的一行是这样的：connect(3, …) = 0",
    ),
    ("the folder {} cannot be made", "无法建立文件夹 {0}"),
    ("interrupted: {} of {} claims were decided", "被中断：{1} 个说法中判定了 {0} 个"),
    (
        "{count} of {all} claims could not be decided here ({names}): {why}",
        "{all} 个说法中有 {count} 个无法在这里判定（{names}）：{why?}",
    ),
    ("no claim is called {id}{}", "没有名为 {id} 的说法{1*}"),
    ("the trace {} cannot be written", "无法写入跟踪记录 {0}"),
    ("there is no program '{name}'{}", "没有程序 '{name}'{1*}"),
    ("{} has no case '{name}'{}", "{0} 没有情形 '{name}'{2*}"),
    (
        "--resolver is for getname, the only program that asks a name server",
        "--resolver 只用于 getname，只有它会询问域名服务器",
    ),
    (
        "{} has no bug in the document that its repaired form hides; tcp-hello has one",
        "{0} 在文档中没有被修正掉的错误；tcp-hello 有一个",
    ),
    (
        "--group is for strace's text; in {} each call has its line, so let its reader group",
        "--group 只用于 strace 的文本；在 {0} 中每个调用各占一行，请由读取它的程序来分组",
    ),
    (
        "{} is not text, so it cannot be written to a terminal; give -o trace.{}",
        "{0} 不是文本，不能写到终端；请给出 -o trace.{1}",
    ),
    (
        "--group is for strace's text; in {} each call has its line, so let the reader of the file group",
        "--group 只用于 strace 的文本；在 {0} 中每个调用各占一行，请由读取文件的程序来分组",
    ),
    (
        "cannot write {name} to a pipe or terminal: it is a whole file; give -o FILE.{name}",
        "无法把 {name} 写到管道或终端：它必须是一个完整的文件；请用 -o FILE.{name}",
    ),
    (
        "cannot write {}: {name} is packed inside; end the name in .{name}",
        "无法写入 {0}：{name} 的内部已经压缩；请让文件名以 .{name} 结尾",
    ),
    (
        "--explain is for strace's text, and {} is for programs; `sockscope convert --explain` writes it as text",
        "--explain 只用于 strace 的文本，而 {0} 是给程序读的；`sockscope convert --explain` 会把它写成文本",
    ),
    ("cannot find this executable", "找不到本程序的可执行文件"),
    ("cannot find the current directory", "找不到当前目录"),
    ("the thread that shows the log panicked", "显示日志的线程崩溃了"),
    (
        "cannot start python3, which --python needs: apt-get install python3",
        "无法启动 --python 需要的 python3：apt-get install python3",
    ),
    ("python3 does not report its path: {}", "python3 没有给出它的路径：{0}"),
    (
        "cannot make a private network: {why}; or try --network host",
        "无法建立私有网络：{why?}；或者使用 --network host",
    ),
    ("cannot make a directory for the Python program", "无法为 Python 程序建立目录"),
    ("cannot write the Python program", "无法写入 Python 程序"),
    ("cannot start the tracer", "无法启动跟踪器"),
    ("cannot ask for sockets' states", "无法查询套接字的状态"),
    ("cannot be ended with the run", "无法随整个运行一起结束"),
    ("descriptor {fd} is not open", "描述符 {fd} 没有打开"),
    ("cannot write the log", "无法写入日志"),
    ("cannot write the log to {}", "无法把日志写到 {0}"),
    ("cannot write {}", "无法写入 {0}"),
];
