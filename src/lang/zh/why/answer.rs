//! `src/why/causes/answer.rs`.

use crate::lang::Translations;

pub(in crate::lang::zh) const ANSWER: Translations = &[
    (
        "The name server answers that the name is not there (NXDOMAIN). A resolver may go on with the next search domain.",
        "域名服务器回答这个名字不存在（NXDOMAIN）。解析器可能接着尝试下一个搜索域。",
    ),
    (
        "The name server answers that it cannot look the name up (SERVFAIL), or will not (REFUSED).",
        "域名服务器回答它无法查询这个名字（SERVFAIL），或者不愿查询（REFUSED）。",
    ),
    (
        "This side began TLS, and the answer is not TLS: the server speaks its protocol in the clear at this port.",
        "这一方开始了 TLS，而回答不是 TLS：服务器在这个端口上以明文说它的协议。",
    ),
    (
        "This side began TLS with {}, and the answer{there} is not TLS: it begins with {}.",
        "这一方用 {0} 开始了 TLS，而{there}回答不是 TLS：它的开头是 {2}。",
    ),
    (" of {peer}", " {peer} 的"),
    (
        "Use the port at which the server speaks TLS, or no TLS (http:// instead of https://).",
        "请使用服务器提供 TLS 的端口，或者不用 TLS（用 http:// 代替 https://）。",
    ),
    (
        "The name server {from} answers that {name} is not there ({code}).",
        "域名服务器 {from} 回答 {name} 不存在（{code}）。",
    ),
    (
        "See whether the name is spelled right, and what `search` in /etc/resolv.conf adds to it.",
        "请检查名字的拼写，以及 /etc/resolv.conf 中的 `search` 给它加上了什么。",
    ),
    (
        "The name server {from} answers that it did not look up {name} ({code}).",
        "域名服务器 {from} 回答它没有查询 {name}（{code}）。",
    ),
    (
        "Ask another name server (/etc/resolv.conf), or see what is wrong with this one.",
        "请询问另一台域名服务器（/etc/resolv.conf），或者检查这一台有什么问题。",
    ),
];
