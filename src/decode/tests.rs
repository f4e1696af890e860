//! Calls with their memory, and the lines that strace 6.1 prints for them.

use super::*;
use crate::event::{Body, Errno, Event};
use crate::memory::Lent;
use crate::syscall::by_name;
use crate::text::{self, ConstStyle, StringStyle, Style};

const EBADF: Ret = Ret::Err(Errno(9));
const A: u64 = 0x10_0000;
const B: u64 = 0x20_0000;

/// The line of a call, decoded with memory as it is before and after.
fn line(name: &str, regs: &[u64], before: &[(u64, &[u8])], after: &[(u64, &[u8])], ret: Ret, style: Style) -> String {
    let mut all = [0; 6];
    all[..regs.len()].copy_from_slice(regs);
    let limits = Limits { abbreviate: !style.verbose, ..Limits::default() };
    let cx = Context { limits, names: &NoNames };
    let call = enter(by_name(name).unwrap(), all, &Lent::new(before), &cx).exit(ret, &Lent::new(after), &cx);
    let mut out = String::new();
    let event =
        Event { seq: 0, ts_ns: 0, pid: 1, tid: 1, body: Body::Call(call), role: None, host: None, prefix: None };
    text::write(&event, &Style { align: 1, ..style }, &mut out);
    out
}

/// The same where memory does not change.
fn plain(name: &str, regs: &[u64], memory: &[(u64, &[u8])], ret: Ret) -> String {
    line(name, regs, memory, memory, ret, Style::default())
}

fn words(words: &[u64]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_ne_bytes()).collect()
}

fn ints(ints: &[u32]) -> Vec<u8> {
    ints.iter().flat_map(|int| int.to_ne_bytes()).collect()
}

#[test]
fn options_are_read_by_level_name_and_direction() {
    let memory = [(A, &ints(&[1, 5, 0])[..]), (B, &ints(&[4])[..])];
    let set = |level, name, len| plain("setsockopt", &[3, level, name, A, len], &memory, Ret::Ok(0));
    assert_eq!(set(1, 2, 4), "setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0");
    assert_eq!(set(1, 2, 3), "setsockopt(3, SOL_SOCKET, SO_REUSEADDR, 0x100000, 3) = 0");
    assert_eq!(set(1, 13, 8), "setsockopt(3, SOL_SOCKET, SO_LINGER, {l_onoff=1, l_linger=5}, 8) = 0");
    assert_eq!(set(6, 1, 3), r#"setsockopt(3, SOL_TCP, TCP_NODELAY, "\1\0\0", 3) = 0"#);
    assert_eq!(set(0x1234, 7, 4), "setsockopt(3, 0x1234 /* SOL_?? */, 7, [1], 4) = 0");
    let get = |level, name| plain("getsockopt", &[3, level, name, A, B], &memory, Ret::Ok(0));
    assert_eq!(get(1, 4), "getsockopt(3, SOL_SOCKET, SO_ERROR, [EPERM], [4]) = 0");
    assert_eq!(get(1, 13), "getsockopt(3, SOL_SOCKET, SO_LINGER, {l_onoff=1}, [4]) = 0");
    let failed = plain("getsockopt", &[3, 1, 4, A, B], &memory, EBADF);
    assert_eq!(failed, "getsockopt(3, SOL_SOCKET, SO_ERROR, 0x100000, [4]) = -1 EBADF (Bad file descriptor)");
}

#[test]
fn messages_show_their_buffers_and_control() {
    let cmsg = [words(&[20]), ints(&[1, 1, 7, 0])].concat();
    let iov = words(&[B + 64, 5]);
    let header = words(&[0, 0, B, 1, B + 128, 24, 0]);
    let memory = [(A, &header[..]), (B, &iov[..]), (B + 64, &b"hello"[..]), (B + 128, &cmsg[..])];
    assert_eq!(
        plain("sendmsg", &[3, A, 0], &memory, Ret::Ok(5)),
        "sendmsg(3, {msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base=\"hello\", iov_len=5}], msg_iovlen=1, \
         msg_control=[{cmsg_len=20, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, cmsg_data=[7]}], \
         msg_controllen=24, msg_flags=0}, 0) = 5"
    );
    // Receiving shows only what was received.
    let received = plain("recvmsg", &[3, A, 0], &memory, Ret::Ok(2));
    assert!(received.contains(r#"[{iov_base="he", iov_len=5}]"#), "{received}");
    assert_eq!(
        plain("recvmsg", &[3, A, 0], &memory, EBADF),
        "recvmsg(3, {msg_namelen=0}, 0) = -1 EBADF (Bad file descriptor)"
    );
    assert_eq!(
        plain("readv", &[3, B, 1], &memory, EBADF),
        "readv(3, [{iov_base=0x200040, iov_len=5}], 1) = -1 EBADF (Bad file descriptor)"
    );
    assert_eq!(
        plain("writev", &[3, B, 2], &memory, Ret::Ok(5)),
        "writev(3, [{iov_base=\"hello\", iov_len=5}, ... /* 0x200010 */], 2) = 5"
    );
}

#[test]
fn a_control_message_whose_length_lies_ends_the_walk() {
    let cmsg = [words(&[u64::MAX]), ints(&[1, 1, 7, 0])].concat();
    let header = words(&[0, 0, 0, 0, B, 24, 0]);
    let sent = plain("sendmsg", &[3, A, 0], &[(A, &header), (B, &cmsg)], EBADF);
    assert!(sent.contains("cmsg_data=[7, 0]}], msg_controllen=24"), "{sent}");
}

#[test]
fn waits_report_what_they_found() {
    let (before, after) = (ints(&[5, 1, 6, 4]), ints(&[5, 1, 6, 4 | 4 << 16]));
    assert_eq!(
        line("poll", &[A, 2, 100], &[(A, &before)], &[(A, &after)], Ret::Ok(1), Style::default()),
        "poll([{fd=5, events=POLLIN}, {fd=6, events=POLLOUT}], 2, 100) = 1 ([{fd=6, revents=POLLOUT}])"
    );
    assert_eq!(plain("poll", &[0, 0, 0], &[], Ret::Ok(0)), "poll(NULL, 0, 0) = 0 (Timeout)");
    let (asked, ready, time, left) = (words(&[0b11000]), words(&[0b10000]), words(&[3, 0]), words(&[2, 9]));
    assert_eq!(
        line(
            "select",
            &[5, 0, A, 0, B],
            &[(A, &asked), (B, &time)],
            &[(A, &ready), (B, &left)],
            Ret::Ok(1),
            Style::default()
        ),
        "select(5, NULL, [3 4], NULL, {tv_sec=3, tv_usec=0}) = 1 (out [4], left {tv_sec=2, tv_usec=9})"
    );
    let mask = words(&[1 << 9 | 1 << 16]);
    let arg = words(&[A, 8]);
    assert_eq!(
        plain("pselect6", &[0, 0, 0, 0, 0, B], &[(A, &mask), (B, &arg)], Ret::Ok(0)),
        "pselect6(0, NULL, NULL, NULL, NULL, {sigmask=[USR1 CHLD], sigsetsize=8}) = 0 (Timeout)"
    );
}

#[test]
fn fcntl_and_ioctl_depend_on_their_command() {
    let flags = plain("fcntl", &[3, 3], &[], Ret::Ok(0x801));
    assert_eq!(flags, "fcntl(3, F_GETFL) = 0x801 (flags O_WRONLY|O_NONBLOCK)");
    assert_eq!(plain("fcntl", &[3, 4, 0x800], &[], Ret::Ok(0)), "fcntl(3, F_SETFL, O_RDONLY|O_NONBLOCK) = 0");
    assert_eq!(plain("ioctl", &[3, 0x5421, A], &[(A, &ints(&[1]))], Ret::Ok(0)), "ioctl(3, FIONBIO, [1]) = 0");
    assert_eq!(
        plain("ioctl", &[3, 0x8900, 0], &[], EBADF),
        "ioctl(3, _IOC(_IOC_NONE, 0x89, 0, 0), 0) = -1 EBADF (Bad file descriptor)"
    );
    let mut ifreq = b"lo".to_vec();
    ifreq.resize(40, 0);
    ifreq[16] = 1;
    assert_eq!(
        plain("ioctl", &[3, 0x8933, A], &[(A, &ifreq)], Ret::Ok(0)),
        r#"ioctl(3, SIOCGIFINDEX, {ifr_name="lo", ifr_ifindex=1}) = 0"#
    );
}

#[test]
fn styles_spell_addresses_by_name_number_or_both() {
    let address = [2, 0, 0, 80, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
    let memory: [(u64, &[u8]); 1] = [(A, &address)];
    let styled = |style| line("connect", &[3, A, 16], &memory, &memory, Ret::Ok(0), style);
    assert_eq!(
        styled(Style { names: ConstStyle::Raw, ..Style::default() }),
        r#"connect(3, {sa_family=0x2, sin_port="\x00\x50", sin_addr="\x7f\x00\x00\x01"}, 16) = 0"#
    );
    assert_eq!(
        styled(Style { names: ConstStyle::Verbose, ..Style::default() }),
        r#"connect(3, {sa_family=0x2 /* AF_INET */, sin_port="\x00\x50" /* htons(80) */, sin_addr="\x7f\x00\x00\x01" /* inet_addr("127.0.0.1") */}, 16) = 0"#
    );
    assert_eq!(
        styled(Style { strings: StringStyle::Hex, ..Style::default() }),
        r#"connect(3, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("\x31\x32\x37\x2e\x30\x2e\x30\x2e\x31")}, 16) = 0"#
    );
}

#[test]
fn a_truncated_datagram_fills_no_more_than_its_buffer() {
    let memory: [(u64, &[u8]); 1] = [(A, b"datagram")];
    assert_eq!(
        plain("recvfrom", &[3, A, 4, 0x20, 0, 0], &memory, Ret::Ok(8)),
        r#"recvfrom(3, "data", 4, MSG_TRUNC, NULL, NULL) = 8"#
    );
}
