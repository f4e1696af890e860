//! `src/why/causes/short.rs`.

use crate::lang::Translations;

pub(in crate::lang::zh) const SHORT: Translations = &[
    (
        "The call took fewer bytes than it was given, since the send buffer had no more room. The rest was not sent.",
        "这次调用接受的字节少于给出的，因为发送缓冲区没有更多空间。其余的没有发送。",
    ),
    (
        "The call took fewer bytes than it was given, since the pipe had no more room. The rest was not written.",
        "这次调用接受的字节少于给出的，因为管道没有更多空间。其余的没有写入。",
    ),
    (
        "The call sent only the first of its messages: the next one failed, and its error is not reported, or there were more than one call sends.",
        "这次调用只发送了前面的消息：下一个失败了而错误没有报告，或者消息多于一次调用所能发送的。",
    ),
    (
        "Only {taken} of {all} bytes were taken: no call takes more at once.",
        "{all} 字节中只接受了 {taken} 字节：一次调用不能接受更多。",
    ),
    ("Send the rest with the next call.", "请在下一次调用中发送其余的。"),
    (" (SO_SNDBUF is {most})", "（SO_SNDBUF 是 {most}）"),
    (", and it waits no longer than {} (SO_SNDTIMEO)", "，而它等待不超过 {0}（SO_SNDTIMEO）"),
    (", and a signal or an error ended the wait for more", "，而一个信号或错误结束了等待"),
    (
        "Only {taken} of {all} bytes were taken: the send buffer{buffer} had no more room{waited}.{}",
        "{all} 字节中只接受了 {taken} 字节：发送缓冲区{buffer*}没有更多空间{waited*}。{4*}",
    ),
    (
        "Send the rest when the socket is writable; sendall does it in Python.",
        "请在套接字可写时发送其余的；在 Python 里 sendall 会这样做。",
    ),
    (", {} in it are not read", "，其中有 {0+}未读"),
    ("; this process alone has the reading end open itself", "；只有本进程自己打开着读端"),
    ("; {} has the reading end open", "；{0+} 打开着读端"),
    (
        "Only {taken} of {all} bytes were taken: the pipe of descriptor {fd} had no more room{unread}{who}.",
        "{all} 字节中只接受了 {taken} 字节：描述符 {fd} 的管道没有更多空间{unread*}{who*}。",
    ),
    ("Write the rest when the pipe is writable; the other end must read.", "请在管道可写时写入其余的；对端必须读取。"),
    (
        "Only {sent} of {all} messages were sent: no call sends more at once.",
        "{all} 个消息中只发送了 {sent} 个：一次调用不能发送更多。",
    ),
    (
        "message {next} has {}, and UDP carries {most} over {family}",
        "第 {next} 个消息有 {1+}，而 UDP 通过 {family} 最多携带 {most} 字节",
    ),
    (
        "message {next} failed, and sendmmsg does not report with what; the call does not wait, so there may have been no room for it",
        "第 {next} 个消息失败了，sendmmsg 不报告原因；这次调用不等待，所以可能没有空间放它",
    ),
    ("message {next} failed, and sendmmsg does not report with what", "第 {next} 个消息失败了，sendmmsg 不报告原因"),
    ("Only {sent} of {all} messages were sent: {why}.{}", "{all} 个消息中只发送了 {sent} 个：{why+}。{3*}"),
    (
        "Send again from message {next} on: an error that lasts is reported then.",
        "请从第 {next} 个消息起再次发送：持续存在的错误那时会报告。",
    ),
];
