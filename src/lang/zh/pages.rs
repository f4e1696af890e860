//! What the command prints around explanations: errors by their messages, headings, remarks.

use crate::lang::Table;

/// The C library's messages of the errors that have known causes.
pub(super) const ERRORS: Table = &[
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
pub(super) const COMMAND: Table = &[
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
];
