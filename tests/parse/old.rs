//! Spellings of older versions, of other architectures and of other languages.

use sockscope::event::{Body, Errno, Ret};
use sockscope::read::text::line;
use sockscope::value::Value;

use super::{lines, read};

/// Panics unless the old spelling is the same call as the new one, typed throughout.
fn assert_same(old: &str, new: &str) {
    let (left, right) = (line(old), line(new));
    assert_eq!(left, right, "{old}");
    let Body::Call(call) = left else { panic!("{old}") };
    assert!(!call.args.iter().any(|value| matches!(value, Value::Verbatim(_))), "{old}: {:?}", call.args);
    assert!(call.sys.is_known(), "{old}");
}

#[test]
fn spellings_back_to_strace_4_5_are_typed() {
    for (old, new) in [
        ("socket(PF_INET6, SOCK_STREAM|0x80000, 6) = 3", "socket(AF_INET6, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_TCP) = 3"),
        ("socket(PF_LOCAL, SOCK_DGRAM, 0) = 3", "socket(AF_UNIX, SOCK_DGRAM, 0) = 3"),
        ("socketpair(PF_FILE, SOCK_STREAM, 0, [3, 4]) = 0", "socketpair(AF_UNIX, SOCK_STREAM, 0, [3, 4]) = 0"),
        (
            "connect(3, {sa_family=AF_FILE, path=\"/run/x\"}, 110) = 0",
            "connect(3, {sa_family=AF_UNIX, sun_path=\"/run/x\"}, 110) = 0",
        ),
        (
            "connect(3, {sa_family=AF_FILE, path=@/tmp/x-0}, 20) = 0",
            "connect(3, {sa_family=AF_UNIX, sun_path=@\"/tmp/x-0\"}, 20) = 0",
        ),
        (
            "connect(3, {sa_family=AF_UNIX, path=@\"y\"}, 20) = 0",
            "connect(3, {sa_family=AF_UNIX, sun_path=@\"y\"}, 20) = 0",
        ),
        ("getsockname(3, {sa_family=AF_FILE, NULL}, [2]) = 0", "getsockname(3, {sa_family=AF_UNIX}, [2]) = 0"),
        (
            "connect(3, {sin_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr(\"10.0.0.1\")}, 16) = 0",
            "connect(3, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr(\"10.0.0.1\")}, 16) = 0",
        ),
        (
            "connect(3, {sa_family=AF_INET6, sin6_port=htons(80), inet_pton(AF_INET6, \"::1\", &sin6_addr), sin6_flowinfo=0, sin6_scope_id=0}, 28) = 0",
            "connect(3, {sa_family=AF_INET6, sin6_port=htons(80), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, \"::1\", &sin6_addr), sin6_scope_id=0}, 28) = 0",
        ),
        (
            "bind(3, {sa_family=AF_NETLINK, pid=7, groups=00000001}, 12) = 0",
            "bind(3, {sa_family=AF_NETLINK, nl_pid=7, nl_groups=0x000001}, 12) = 0",
        ),
        ("accept(3, 0, NULL) = 4", "accept(3, NULL, NULL) = 4"),
        (
            "recvfrom(3, 0x5f00, 9, 0, 0, 0) = -1 EAGAIN (Resource temporarily unavailable)",
            "recvfrom(3, 0x5f00, 9, 0, NULL, NULL) = -1 EAGAIN (Resource temporarily unavailable)",
        ),
        ("shutdown(3, 1 /* send */) = 0", "shutdown(3, SHUT_WR) = 0"),
        (
            "setsockopt(3, SOL_SOCKET, SO_LINGER, {onoff=1, linger=9}, 8) = 0",
            "setsockopt(3, SOL_SOCKET, SO_LINGER, {l_onoff=1, l_linger=9}, 8) = 0",
        ),
        (
            "fcntl(3, F_SETLK, {type=F_WRLCK, whence=SEEK_SET, start=0, len=1}) = 0",
            "fcntl(3, F_SETLK, {l_type=F_WRLCK, l_whence=SEEK_SET, l_start=0, l_len=1}) = 0",
        ),
        (
            "ioctl(3, SIOCGIFADDR, {ifr_name=\"lo\", ifr_addr={AF_INET, inet_addr(\"127.0.0.1\")}}) = 0",
            "ioctl(3, SIOCGIFADDR, {ifr_name=\"lo\", ifr_addr={sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr(\"127.0.0.1\")}}) = 0",
        ),
        ("ioctl(3, 0x5421, [1]) = 0", "ioctl(3, FIONBIO, [1]) = 0"),
        (
            "select(4, [3], NULL, NULL, {5, 0}) = 0 (Timeout)",
            "select(4, [3], NULL, NULL, {tv_sec=5, tv_usec=0}) = 0 (Timeout)",
        ),
        (
            "select(4, [3], [], [], {2, 5}) = 1 (in [3], left {1, 9})",
            "select(4, [3], [], [], {tv_sec=2, tv_usec=5}) = 1 (in [3], left {tv_sec=1, tv_usec=9})",
        ),
        (
            "poll([{fd=3, events=POLLIN, revents=POLLIN}], 1, 4294967295) = 1",
            "poll([{fd=3, events=POLLIN}], 1, -1) = 1 ([{fd=3, revents=POLLIN}])",
        ),
        (
            "epoll_wait(4, {{EPOLLIN, {u32=3, u64=3}}, {EPOLLHUP, {u32=5, u64=5}}}, 8, 0) = 2",
            "epoll_wait(4, [{events=EPOLLIN, data={u32=3, u64=3}}, {events=EPOLLHUP, data={u32=5, u64=5}}], 8, 0) = 2",
        ),
        ("epoll_wait(4, {}, 8, 4294967295) = 0", "epoll_wait(4, [], 8, -1) = 0"),
        (
            "writev(3, [{\"a\", 1}, {\"b\"..., 99}], 2) = 100",
            "writev(3, [{iov_base=\"a\", iov_len=1}, {iov_base=\"b\"..., iov_len=99}], 2) = 100",
        ),
        (
            "sendmsg(3, {msg_name(0)=NULL, msg_iov(1)=[{\"a\", 1}], msg_controllen=24, {cmsg_len=20, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, {5}}, msg_flags=0}, MSG_NOSIGNAL) = 1",
            "sendmsg(3, {msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base=\"a\", iov_len=1}], msg_iovlen=1, msg_control=[{cmsg_len=20, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, cmsg_data=[5]}], msg_controllen=24, msg_flags=0}, MSG_NOSIGNAL) = 1",
        ),
        (
            "recvmsg(3, {msg_name(0)=NULL, msg_iov(1)=[{\"a\", 1}], msg_controllen=24, [{cmsg_len=20, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, [5]}], msg_flags=0}, 0) = 1",
            "recvmsg(3, {msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base=\"a\", iov_len=1}], msg_iovlen=1, msg_control=[{cmsg_len=20, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, cmsg_data=[5]}], msg_controllen=24, msg_flags=0}, 0) = 1",
        ),
        (
            "sendmmsg(3, {{{msg_name(0)=NULL, msg_iov(1)=[{\"a\", 1}], msg_controllen=0, msg_flags=0}, 1}}, 1, 0) = 1",
            "sendmmsg(3, [{msg_hdr={msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base=\"a\", iov_len=1}], msg_iovlen=1, msg_controllen=0, msg_flags=0}, msg_len=1}], 1, 0) = 1",
        ),
    ] {
        assert_same(old, new);
    }
}

#[test]
fn other_architectures_calls_are_typed() {
    for (call, effect_of) in [
        ("send(3, \"abc\", 3, MSG_NOSIGNAL) = 3", "sendto"),
        ("recv(3, \"abc\", 9, MSG_PEEK) = 3", "recvfrom"),
        ("recv(3, 0x5f00, 9, 0) = -1 ECONNRESET (Connection reset by peer)", "recvfrom"),
        ("_newselect(4, [3], NULL, NULL, {tv_sec=5, tv_usec=0}) = 1 (in [3], left {tv_sec=4, tv_usec=9})", "select"),
        ("fcntl64(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0", "fcntl"),
        ("fcntl64(3, F_GETFL) = 0x2 (flags O_RDWR)", "fcntl"),
        (
            "ppoll_time64([{fd=3, events=POLLIN}], 1, {tv_sec=5, tv_nsec=0}, NULL, 8) = 1 ([{fd=3, revents=POLLIN}])",
            "ppoll",
        ),
        ("pselect6_time64(4, [3], NULL, NULL, NULL, NULL) = 1 (in [3])", "pselect6"),
        ("sendfile64(3, 4, NULL, 99) = 99", "sendfile"),
    ] {
        assert_eq!(lines(call), [call]);
        let Body::Call(read) = line(call) else { panic!("{call}") };
        assert!(read.sys.is_known() && !read.args.iter().any(|value| matches!(value, Value::Verbatim(_))), "{call}");
        assert_eq!(read.sys.effect(), sockscope::syscall::by_name(effect_of).unwrap().effect(), "{call}");
    }
    // Those whose arguments no table has are calls all the same.
    for call in [
        "socketcall(0x3, 0xbf00) = 0",
        "mmap2(NULL, 4096, PROT_READ, MAP_PRIVATE, 3, 0) = 0xb700",
        "oldolduname(0xbf) = 0",
    ] {
        assert_eq!(lines(call), [call]);
    }
}

#[test]
fn an_errno_is_known_by_its_name_whatever_the_words() {
    for (result, errno, restarts) in [
        ("-1 ECONNREFUSED (Verbindungsaufbau abgelehnt)", libc::ECONNREFUSED, false),
        ("-1 ECONNREFUSED (Connexion refus\u{e9}e)", libc::ECONNREFUSED, false),
        ("-1 EADDRINUSE (Address in use)", libc::EADDRINUSE, false),
        ("-1 ETIMEDOUT (Operation timed out)", libc::ETIMEDOUT, false),
        ("-1 EWOULDBLOCK (Try again)", libc::EAGAIN, false),
        ("-1 EBADF", libc::EBADF, false),
        ("-1 errno=9 (Bad file descriptor)", libc::EBADF, false),
        ("-1 ERRNO_9 (Unknown error 9)", libc::EBADF, false),
        ("? ERESTARTSYS (To be restarted)", 512, true),
        ("-1 EBADF (Bad file descriptor) (INJECTED)", libc::EBADF, false),
    ] {
        let text = format!("close(3) = {result}");
        let Body::Call(call) = line(&text) else { panic!("{text}") };
        assert_eq!((call.ret, Errno(errno).is_restart()), (Ret::Err(Errno(errno)), restarts), "{text}");
        assert_eq!(lines(&text), [text], "it comes back as it stood");
    }
}

#[test]
fn signals_of_all_versions_are_signals() {
    for old in [
        "--- SIGCHLD (Child exited) @ 0 (0) ---",
        "--- SIGINT (Interrupt) ---",
        "--- SIGSTOP (Stopped (signal)) @ 0 (0) ---",
    ] {
        assert!(matches!(line(old), Body::Signal(_)), "{old}");
    }
    let info = "{si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=5, si_uid=0, si_status=0, si_utime=0, si_stime=0}";
    let (old, new) = (format!("--- {info} (Child exited) ---"), format!("--- SIGCHLD {info} ---"));
    assert_eq!(line(&old), line(&new));
}

/// `-N` writes names before arguments; what is kept as it stood has them already.
#[test]
fn names_of_arguments_come_back_once() {
    let text = "sendto(sockfd=3, buf=[{nlmsg_len=20, nlmsg_type=RTM_GETADDR}, {ifa_family=AF_UNSPEC, ...}], len=20, flags=0, dest_addr=NULL, addrlen=0) = 20\n\
                listns(dfd=AT_FDCWD, pathname=\"a\", mode=0777) = 0\n";
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    std::fs::write(&log, text).unwrap();
    let converted =
        std::process::Command::new(env!("CARGO_BIN_EXE_sockscope")).arg("convert").arg(&log).arg("-q").output();
    assert_eq!(String::from_utf8(converted.unwrap().stdout).unwrap(), text);
}

/// Whatever a line has comes back by way of JSON and of a table.
#[test]
fn nothing_is_lost_on_the_way_through_other_formats() {
    for text in [
        "close(3, 4, \"more\") = 0",
        "--- SIGINT {si_signo=SIGINT, si_code=SI_USER, si_uid=0} ---",
        "--- SIGTERM {si_signo=SIGTERM, si_uid=0} ---",
        "--- SIGIO {si_signo=SIGIO, si_code=POLL_IN, si_pid=3, si_fd=4} ---",
        "connect(3, NULL, 0) = -1 ECONNREFUSED (abgelehnt)",
        "<... read resumed>\"a\", 1) = 1",
    ] {
        let (events, report) = read(text.as_bytes());
        let mut json = Vec::new();
        sockscope::json::write(&events[0], &mut json);
        let again = sockscope::json::read(std::str::from_utf8(&json).unwrap()).unwrap();
        assert_eq!(super::write(&[again], report.form()), super::write(&events, report.form()), "{text}");
    }
}
