//! `src/xlat/link.rs`.

use crate::lang::Translations;

pub(in crate::lang::zh) const LINK: Translations = &[
    ("It is switched on.", "已启用。"),
    ("It can reach everybody on its network at once.", "可以一次到达所在网络的所有机器。"),
    ("Its driver writes messages for developers.", "它的驱动程序为开发者写出消息。"),
    ("It leads back to this machine, like lo.", "它通回本机，例如 lo。"),
    ("It has exactly one machine at the other end.", "另一端恰好只有一台机器。"),
    ("An old form of packet is not used.", "不使用一种旧的数据包形式。"),
    ("It works: the cable is plugged in.", "正在工作：网线已插好。"),
    ("It needs no ARP, which finds hardware addresses.", "不需要用来查找硬件地址的 ARP。"),
    ("It takes every packet, also those for others.", "接收每一个数据包，包括发给别人的。"),
    ("It takes packets for all multicast groups.", "接收发给所有多播组的数据包。"),
    ("It leads several interfaces.", "它领导几个网络接口。"),
    ("It works for another interface.", "它为另一个网络接口工作。"),
    ("It can take part in multicast groups.", "可以参加多播组。"),
    ("Its kind of connector can be chosen.", "可以选择接头的种类。"),
    ("Its kind of connector is found by itself.", "自动判断接头的种类。"),
    ("Its address is given up when it goes down.", "停用时放弃地址。"),
    ("For this machine.", "发给本机。"),
    ("For everybody.", "发给所有机器。"),
    ("For a group.", "发给一个组。"),
    ("For another machine.", "发给另一台机器。"),
    ("Sent by this machine.", "由本机发出。"),
    ("Sent by this machine and returned to it.", "由本机发出并返回本机。"),
    ("For programs; inside the kernel only.", "给程序；只在内核内部使用。"),
    ("For the kernel; inside the kernel only.", "给内核；只在内核内部使用。"),
    ("Those for a group.", "发给某个组的帧。"),
    ("All.", "全部。"),
    ("Those for any group.", "发给任意组的帧。"),
    ("Those for a further hardware address.", "发给另一个硬件地址的帧。"),
];
