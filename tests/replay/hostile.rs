//! Traces that want to do harm, each with a victim beside it, and what a replay leaves behind.
#![allow(unsafe_code, reason = "a started command's umask can only be set between fork and exec")]

use std::fs;
use std::io::{ErrorKind, Read};
use std::net::{TcpListener, UdpSocket};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{SocketAddr as UnixAddr, UnixDatagram, UnixListener};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use sockscope::replay::{Refusal, ReplayOptions, reached, replay};

use super::support::interpreters::python3;
use super::support::needs::{Need, have, skip};
use super::{SOON, read, shown, soon, text};

/// What a replay of these lines came to, as a line: refused, or how it went. It makes no difference to the victim.
fn outcome(lines: &str) -> String {
    let began = Instant::now();
    let patience = Duration::from_millis(300);
    let outcome = replay(&text(lines), ReplayOptions { patience, ..ReplayOptions::default() });
    assert!(began.elapsed() < SOON, "{lines}: {:?}", began.elapsed());
    match outcome {
        Ok(outcome) => shown(&outcome),
        Err(refusal) => refusal.to_string(),
    }
}

/// Every way to reach a Unix socket that another program has.
fn unix_attacks(name: &str, kind: &str, len: usize) -> Vec<String> {
    let address = format!("{{sa_family=AF_UNIX, sun_path={name}}}");
    let socket = format!("socket(AF_UNIX, {kind}, 0) = 3");
    let message = format!(
        "{{msg_name={address}, msg_namelen={len}, msg_iov=[{{iov_base=\"evil\", iov_len=4}}], msg_iovlen=1, \
        msg_controllen=0, msg_flags=0}}"
    );
    let bound = "bind(4, {sa_family=AF_UNIX, sun_path=@\"other\"}, 8) = 0";
    vec![
        format!("{socket}\nconnect(3, {address}, {len}) = 0\nsendto(3, \"evil\", 4, 0, NULL, 0) = 4"),
        format!("{socket}\nconnect(3, {address}, {len}) = -1 EAGAIN (Resource temporarily unavailable)"),
        format!(
            "{socket}\nconnect(3, {address}, {len}) = -1 ECONNREFUSED (Connection refused)\nwrite(3, \"evil\", 4) = 4"
        ),
        format!("{socket}\nsendto(3, \"evil\", 4, 0, {address}, {len}) = 4"),
        format!("{socket}\nsendto(3, \"evil\", 4, 0, {address}, {len}) = -1 ECONNREFUSED (Connection refused)"),
        format!("{socket}\nsendmsg(3, {message}, 0) = 4"),
        // A name that the trace says was its own socket's.
        format!(
            "{socket}\ngetsockname(3, {address}, [{len}]) = 0\nconnect(3, {address}, {len}) = 0\nwrite(3, \"evil\", 4) = 4"
        ),
        // A name that it bound, if that worked.
        format!(
            "{socket}\nsocket(AF_UNIX, {kind}, 0) = 4\n{bound}\n\
            bind(4, {address}, {len}) = -1 EADDRINUSE (Address already in use)\n\
            connect(3, {address}, {len}) = 0\nwrite(3, \"evil\", 4) = 4"
        ),
    ]
}

#[test]
fn unix_sockets_of_other_programs_are_not_reached() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("victim");
    let number = std::process::id();
    let name = format!("sockscope-victim-{number}");
    let abstracted = |name: &str| UnixAddr::from_abstract_name(name).unwrap();
    let streams = [UnixListener::bind(&path).unwrap(), UnixListener::bind_addr(&abstracted(&name)).unwrap()];
    let (path_d, name_d) = (folder.path().join("datagrams"), format!("{name}-d"));
    let datagrams = [UnixDatagram::bind(&path_d).unwrap(), UnixDatagram::bind_addr(&abstracted(&name_d)).unwrap()];

    let quoted = |path: &Path| (format!("{:?}", path.to_str().unwrap()), path.as_os_str().len() + 3);
    let at = |name: &str| (format!("@\"{name}\""), name.len() + 3);
    let targets = [
        (quoted(&path), "SOCK_STREAM"),
        (at(&name), "SOCK_STREAM"),
        (quoted(&path_d), "SOCK_DGRAM"),
        (at(&name_d), "SOCK_DGRAM"),
    ];
    let mut tried = String::new();
    for ((name, len), kind) in targets {
        for lines in unix_attacks(&name, kind, len) {
            tried += &format!("{lines}\n  -> {}\n", outcome(&lines));
        }
    }
    for listener in &streams {
        listener.set_nonblocking(true).unwrap();
        assert_eq!(listener.accept().unwrap_err().kind(), ErrorKind::WouldBlock, "{tried}");
    }
    for socket in &datagrams {
        socket.set_nonblocking(true).unwrap();
        assert_eq!(socket.recv(&mut [0; 9]).unwrap_err().kind(), ErrorKind::WouldBlock, "{tried}");
    }
}

#[test]
fn ports_of_other_programs_are_not_reached_and_no_file_is_read() {
    let (tcp, udp) = (TcpListener::bind("127.0.0.1:0").unwrap(), UdpSocket::bind("127.0.0.1:0").unwrap());
    let six = TcpListener::bind("[::1]:0").ok();
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret");
    fs::write(&secret, "the secret").unwrap();
    let address =
        |port: u16| format!("{{sa_family=AF_INET, sin_port=htons({port}), sin_addr=inet_addr(\"127.0.0.1\")}}");
    let port = tcp.local_addr().unwrap().port();
    let connect =
        |ret: &str| format!("socket(AF_INET, SOCK_STREAM, IPPROTO_TCP) = 3\nconnect(3, {}, 16) = {ret}", address(port));
    let sends = format!("sendfile(3, 4<{}>, NULL, 10) = 10", secret.display());
    let now = "-1 EINPROGRESS (Operation now in progress)";
    let mut attacks = vec![
        format!("{}\n{sends}", connect("0")),
        format!("{}\n{sends}", connect(now)),
        format!("{}\nwrite(3, \"evil\", 4) = 4", connect("-1 ECONNREFUSED (Connection refused)")),
        // The trace says that it listens there itself.
        format!(
            "socket(AF_INET, SOCK_STREAM, IPPROTO_TCP) = 5\nbind(5, {}, 16) = 0\nlisten(5, 5) = 0\n{}\n{sends}",
            address(port),
            connect("0")
        ),
        format!(
            "socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP) = 3\nsendto(3, \"evil\", 4, 0, {}, 16) = 4",
            address(udp.local_addr().unwrap().port())
        ),
    ];
    if let Some(six) = &six {
        let port = six.local_addr().unwrap().port();
        attacks.push(format!(
            "socket(AF_INET6, SOCK_STREAM, IPPROTO_TCP) = 3\nconnect(3, {{sa_family=AF_INET6, sin6_port=htons({port}), \
            sin6_flowinfo=htonl(0), inet_pton(AF_INET6, \"::1\", &sin6_addr), sin6_scope_id=0}}, 28) = 0"
        ));
    }
    let tried: String = attacks.iter().map(|lines| format!("{lines}\n  -> {}\n", outcome(lines))).collect();
    for listener in [Some(&tcp), six.as_ref()].into_iter().flatten() {
        listener.set_nonblocking(true).unwrap();
        assert_eq!(listener.accept().unwrap_err().kind(), ErrorKind::WouldBlock, "{tried}");
    }
    udp.set_nonblocking(true).unwrap();
    assert_eq!(udp.recv(&mut [0; 9]).unwrap_err().kind(), ErrorKind::WouldBlock, "{tried}");

    // The trace's own socket gets as many bytes, none of them the file's.
    let lines = format!(
        "socketpair(AF_UNIX, SOCK_STREAM, 0, [3, 5]) = 0\n{sends}\nread(5, \"another 10\", 20) = 10\nclose(3) = 0"
    );
    let outcome = soon(&lines);
    assert!(outcome.comparison.is_same(), "{}", shown(&outcome));
    assert!(!shown(&outcome).contains("the secret"), "{}", shown(&outcome));
}

/// Nothing leaves on an interface of this machine: not by a source route, not by a device, not as raw packets. The
/// machine is a network namespace with a route for everything, and a witness that sees every packet.
#[test]
fn no_packet_leaves() {
    if !have(Need::Namespaces) {
        return;
    }
    if std::fs::File::options().read(true).write(true).open("/dev/net/tun").is_err() {
        return skip(Need::Kernel("/dev/net/tun for this user"));
    }
    let folder = tempfile::tempdir().unwrap();
    let own = "{sa_family=AF_INET, sin_port=htons(9999), sin_addr=inet_addr(\"127.0.0.1\")}";
    let udp = "socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP) = 3";
    let sends = format!("sendto(3, \"leaves\", 6, 0, {own}, 16) = 6");
    let frame = r#""\1\2\3\4\5\6\1\2\3\4\5\7\10\0AAAAAAAA""#;
    let packet = "{sa_family=AF_PACKET, sll_protocol=htons(ETH_P_ALL), sll_ifindex=if_nametoindex(\"out\"), \
        sll_hatype=ARPHRD_NETROM, sll_pkttype=PACKET_HOST, sll_halen=0}";
    let attacks = [
        format!("{udp}\nsetsockopt(3, SOL_IP, IP_OPTIONS, \"\\203\\7\\4\\12\\1\\2\\3\\0\", 8) = 0\n{sends}"),
        format!("{udp}\nsetsockopt(3, SOL_SOCKET, SO_BINDTODEVICE, \"out\\0\", 4) = 0\n{sends}"),
        format!("{udp}\nsetsockopt(3, SOL_IP, IP_UNICAST_IF, [33554432], 4) = 0\n{sends}"),
        format!(
            "socket(AF_INET, SOCK_PACKET, 0x300 /* IPPROTO_??? */) = 3\nsendto(3, {frame}, 22, 0, {{sa_family=AF_UNIX, sun_path=\"out\"}}, 18) = 22"
        ),
        format!(
            "socket(AF_INET, SOCK_PACKET, 0x300 /* IPPROTO_??? */) = 3\nbind(3, {{sa_family=AF_UNIX, sun_path=\"out\"}}, 18) = 0\nwrite(3, {frame}, 22) = 22"
        ),
        format!("socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL)) = 3\nsendto(3, {frame}, 22, 0, {packet}, 20) = 22"),
        format!(
            "socket(AF_INET, SOCK_RAW, IPPROTO_RAW) = 3\nsendto(3, \"E\\0\\0\\24\\0\\1\\0\\0@\\1\\0\\0\\177\\0\\0\\1\\n\\1\\2\\3\", 20, 0, {own}, 16) = 20"
        ),
        format!(
            "{udp}\nsetsockopt(3, SOL_SOCKET, SO_BROADCAST, [1], 4) = 0\nsendto(3, \"leaves\", 6, 0, {{sa_family=AF_INET, sin_port=htons(9), sin_addr=inet_addr(\"255.255.255.255\")}}, 16) = 6"
        ),
    ];
    for (number, lines) in attacks.iter().enumerate() {
        fs::write(folder.path().join(format!("{number}.strace")), format!("{lines}\n")).unwrap();
    }
    let script = r#"
import fcntl, os, socket, struct, subprocess, sys
replay, folder = sys.argv[1:]
out = os.open('/dev/net/tun', os.O_RDWR | os.O_NONBLOCK)
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454ca, 1, 0x1000
fcntl.ioctl(out, TUNSETIFF, struct.pack('16sH22x', b'out', IFF_TUN | IFF_NO_PI))
for words in ['link set lo up', 'address add 10.1.2.1/24 dev out', 'link set out up', 'route add default dev out']:
    subprocess.run(['ip', *words.split()], check=True)
def seen():
    found = []
    while True:
        try:
            packet = os.read(out, 9000)
        except BlockingIOError:
            return found
        found += [packet] * (packet[0] >> 4 == 4)  # the kernel looks for IPv6 routers by itself
seen()
for trace in sorted(os.listdir(folder)):
    done = subprocess.run([replay, 'replay', '-q', '--patience', '1', f'{folder}/{trace}'])
    print(trace, done.returncode, seen())
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'witness', ('10.9.9.9', 9))
print('witness', b'witness' in b''.join(seen()))
"#;
    let out = Command::new("unshare")
        .args(["-Urn".as_ref(), python3().as_os_str(), "-c".as_ref(), script.as_ref()])
        .args([env!("CARGO_BIN_EXE_sockscope").as_ref(), folder.path().as_os_str()])
        .output()
        .unwrap();
    let stdout = String::from_utf8_lossy(&out.stdout);
    assert!(stdout.ends_with("witness True\n"), "{}", words(&out));
    assert_eq!(stdout.matches(" []\n").count(), attacks.len(), "{}", words(&out));
}

/// Waits that a trace asks for are no longer than the patience, however it asks.
#[test]
fn nothing_waits_longer_than_the_patience() {
    let pair = "socketpair(AF_UNIX, SOCK_STREAM, 0, [3, 4]) = 0";
    let forms = [
        "poll([{fd=3, events=POLLIN}], 1, 60000) = 0 (Timeout)",
        "poll([{fd=3, events=POLLIN}], 1, -1) = 1 ([{fd=3, revents=POLLIN}])",
        "ppoll([{fd=3, events=POLLIN}], 1, {tv_sec=60, tv_nsec=0}, NULL, 8) = 0 (Timeout)",
        "ppoll([{fd=3, events=POLLIN}], 1, NULL, ~[], 8) = 1 ([{fd=3, revents=POLLIN}])",
        "pselect6(4, [3], NULL, NULL, {tv_sec=60, tv_nsec=0}, NULL) = 0 (Timeout)",
        "pselect6(4, [3], NULL, NULL, NULL, {sigmask=~[], sigsetsize=8}) = 1 (in [3])",
        "epoll_create1(0) = 5\nepoll_ctl(5, EPOLL_CTL_ADD, 3, {events=EPOLLIN, data={u32=3, u64=3}}) = 0\n\
         epoll_wait(5, [], 8, 60000) = 0",
        "epoll_create1(0) = 5\nepoll_ctl(5, EPOLL_CTL_ADD, 3, {events=EPOLLIN, data={u32=3, u64=3}}) = 0\n\
         epoll_pwait(5, [], 8, -1, ~[], 8) = 0",
        "recvfrom(3, \"x\", 9, 0, NULL, NULL) = 1",
        "recvmmsg(3, [{msg_hdr={msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base=\"x\", iov_len=1}], msg_iovlen=1, \
         msg_controllen=0, msg_flags=0}, msg_len=1}], 1, 0, {tv_sec=60, tv_nsec=0}) = 1 (left {tv_sec=60, tv_nsec=0})",
        "setsockopt(3, SOL_SOCKET, SO_RCVTIMEO_OLD, \"\\74\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\", 16) = 0\n\
         recvfrom(3, 0x7ffe00000000, 9, 0, NULL, NULL) = -1 EAGAIN (Resource temporarily unavailable)",
    ];
    for form in forms {
        soon(&format!("{pair}\n{form}\nclose(3) = 0"));
    }
    // Each in vain, and many of them.
    let many = [forms[0]; 40].join("\n");
    let outcome = soon(&format!("{pair}\n{many}\nclose(3) = 0"));
    assert!(outcome.comparison.is_same(), "{}", shown(&outcome));
    let many = ["recvfrom(3, \"x\", 9, 0, NULL, NULL) = 1"; 40].join("\n");
    soon(&format!("{pair}\n{many}\nclose(3) = 0"));
}

/// Times that make no sense, of a process that was killed in a call.
#[test]
fn a_clock_that_jumps_does_not_hang_it() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let times = ["1700000010.5", "1700000010.0", "1700000009.0", "0.000001", "4000000000.0"];
    for killed in times {
        for waits in times {
            for ending in ["+++ killed by SIGTERM +++", "+++ exited with 0 +++", "close(3) = 0 <0.000001>"] {
                let lines = format!(
                    "7 1700000010.000001 socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3 <0.000010>\n\
                     7 1700000010.000101 bind(3, {{sa_family=AF_INET, sin_port=htons(0), \
                     sin_addr=inet_addr(\"127.0.0.1\")}}, 16) = 0 <0.000010>\n\
                     7 1700000010.000201 listen(3, 1) = 0 <0.000010>\n\
                     7 {waits} accept4(3,  <unfinished ...>\n7 {killed} {ending}\n"
                );
                fs::write(&log, &lines).unwrap();
                let began = Instant::now();
                let patience = Duration::from_millis(100);
                let _ = replay(&read(&log), ReplayOptions { patience, ..ReplayOptions::default() });
                assert!(began.elapsed() < SOON, "{lines}: {:?}", began.elapsed());
            }
        }
    }
}

/// Thousands of recorded threads, whether the trace shows that they are threads or not.
#[test]
fn thousands_of_threads_take_seconds() {
    let pair = |tid: u32, at: u32| {
        let time = |n: u32| format!("17000000{:02}.{:06}", at / 1000, at % 1000 * 1000 + n * 100);
        format!(
            "{tid} {} socketpair(AF_UNIX, SOCK_STREAM, 0, [{fd}, {other}]) = 0 <0.000010>\n\
             {tid} {} sendto({fd}, \"x\", 1, 0, NULL, 0) = 1 <0.000010>\n\
             {tid} {} recvfrom({other}, \"x\", 9, 0, NULL, NULL) = 1 <0.000010>\n",
            time(0),
            time(1),
            time(2),
            fd = 3 + at * 2,
            other = 4 + at * 2,
        )
    };
    let processes: String = (0..2000).map(|at| pair(1000 + at, at)).collect();
    // All use what the first one has.
    let shared = "7 1699999999.0 socketpair(AF_UNIX, SOCK_STREAM, 0, [3, 4]) = 0 <0.000010>\n".to_owned();
    let strangers: String = (0..2000)
        .map(|at| {
            let call = ["sendto(3, \"x\", 1, 0, NULL, 0)", "recvfrom(4, \"x\", 1, 0, NULL, NULL)"][at % 2];
            format!("{} 17000000{:02}.{:06} {call} = 1 <0.000010>\n", 1000 + at, at / 1000, at % 1000 * 1000)
        })
        .collect();
    let waiting: String =
        (0..2000).map(|at| format!("{} 1700000000.{:06} recvfrom(4,  <unfinished ...>\n", 1000 + at, at)).collect();
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    for lines in [processes, shared.clone() + &strangers, shared + &waiting] {
        fs::write(&log, &lines).unwrap();
        let began = Instant::now();
        let outcome = replay(&read(&log), ReplayOptions::default()).unwrap();
        let first = lines.lines().nth(1).unwrap();
        assert!(outcome.comparison.is_same(), "{first}: {} {}", outcome.replayed.len(), &shown(&outcome)[..2000]);
        assert!(began.elapsed() < SOON, "{first}: {:?}", began.elapsed());
    }
}

fn sockscope(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockscope"));
    command.args(words).stdin(Stdio::null());
    command
}

fn words(out: &Output) -> String {
    [&out.stdout, &out.stderr].map(|text| String::from_utf8_lossy(text).into_owned()).concat()
}

/// Where namespaces are forbidden nothing is replayed: the limit of a user namespace stands for every way to forbid them.
#[test]
fn without_namespaces_it_refuses() {
    if !have(Need::Namespaces) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log.strace");
    fs::write(&log, "7 socketpair(AF_UNIX, SOCK_STREAM, 0, [3, 4]) = 0\n7 close(3) = 0\n").unwrap();
    let forbid = "echo 0 > /proc/sys/user/max_user_namespaces; exec \"$0\" \"$@\"";
    let run = |more: &[&str]| {
        let mut command = Command::new("unshare");
        command.args(["-Ur", "sh", "-c", forbid, env!("CARGO_BIN_EXE_sockscope"), "replay"]).args(more).arg(&log);
        command.output().unwrap()
    };
    let out = run(&[]);
    assert_eq!(out.status.code(), Some(2), "{}", words(&out));
    assert!(words(&out).contains("cannot replay safely") && words(&out).contains("--allow-remote"), "{}", words(&out));
    let out = run(&["--allow-remote"]);
    assert_eq!(out.status.code(), Some(0), "{}", words(&out));
}

/// Leaving the cage is announced, with all that will be reached.
#[test]
fn what_a_replay_outside_reaches_is_printed_first() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "0123456789").unwrap();
    let lines = format!(
        "socket(AF_UNIX, SOCK_STREAM, 0) = 3\nconnect(3, {{sa_family=AF_UNIX, sun_path=@\"sockscope-nobody\"}}, 19) = 0\n\
         socket(AF_INET, SOCK_STREAM, IPPROTO_TCP) = 4\n\
         connect(4, {{sa_family=AF_INET, sin_port=htons(1), sin_addr=inet_addr(\"127.0.0.1\")}}, 16) = 0\n\
         setsockopt(4, SOL_SOCKET, SO_BINDTODEVICE, \"lo\\0\", 3) = 0\nsendfile(4, 5<{}>, NULL, 10) = 10",
        file.display()
    );
    let reached = reached(&text(&lines)).unwrap().join("\n");
    for what in ["sockscope-nobody", "port 1 of this machine", "SO_BINDTODEVICE", file.to_str().unwrap()] {
        assert!(reached.contains(what), "{what} in {reached}");
    }
    assert!(matches!(replay(&text(&lines), ReplayOptions::default()), Err(Refusal::Foreign { .. })));
    let log = folder.path().join("log.strace");
    fs::write(&log, lines.lines().map(|line| format!("7 {line}\n")).collect::<String>()).unwrap();
    let out = sockscope(&["replay", "--allow-remote", "--patience", "1"]).arg(&log).output().unwrap();
    assert!(words(&out).contains("will reach") && words(&out).contains("sockscope-nobody"), "{}", words(&out));
}

/// Starts a command whose temporary files go to a folder of its own, without a umask, waits until `ready`, ends it by a
/// signal, and returns what it left there.
fn left_by(words: &[&str], signal: i32, ready: impl Fn(&Path) -> bool) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let mut command = sockscope(words);
    command.env("TMPDIR", folder.path()).stdout(Stdio::null()).stderr(Stdio::piped()).process_group(0);
    // SAFETY: umask(2) is a bare system call.
    let mut child =
        unsafe { command.pre_exec(|| Ok(_ = nix::sys::stat::umask(nix::sys::stat::Mode::empty()))) }.spawn().unwrap();
    let began = Instant::now();
    while !ready(folder.path()) && child.try_wait().unwrap().is_none() {
        assert!(began.elapsed() < SOON, "{words:?} makes no folder");
        std::thread::yield_now();
    }
    for entry in fs::read_dir(folder.path()).unwrap().flatten() {
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o700, "{words:?}: {entry:?}");
    }
    // SAFETY: the child is ours and not yet waited for.
    nix::sys::signal::kill(
        nix::unistd::Pid::from_raw(child.id() as i32),
        nix::sys::signal::Signal::try_from(signal).unwrap(),
    )
    .unwrap();
    let status = child.wait().unwrap();
    let mut printed = String::new();
    child.stderr.take().unwrap().read_to_string(&mut printed).unwrap();
    assert!(!status.success(), "{words:?} was not interrupted: {printed}");
    fs::read_dir(folder.path()).unwrap().flatten().map(|entry| entry.path().display().to_string()).collect()
}

#[test]
fn nothing_is_left_behind() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log.strace");
    let lines = "7 socket(AF_UNIX, SOCK_STREAM, 0) = 3\n7 bind(3, {sa_family=AF_UNIX, sun_path=\"/tmp/s\"}, 9) = 0\n\
        7 listen(3, 5) = 0\n7 accept(3, NULL, NULL) = 4\n";
    fs::write(&log, lines).unwrap();
    let log = log.to_str().unwrap();
    let has_any = |folder: &Path| fs::read_dir(folder).unwrap().next().is_some();
    let filled = |folder: &Path| {
        let within = |entry: fs::DirEntry| fs::read_dir(entry.path()).is_ok_and(|mut inner| inner.next().is_some());
        fs::read_dir(folder).unwrap().flatten().any(within)
    };
    for signal in [libc::SIGINT, libc::SIGTERM, libc::SIGHUP] {
        let commands: [&[&str]; 4] = [
            &["replay", "--allow-remote", log],
            &["run", "tcp-hello", "server", "--python", "--port", "0"],
            &["run", "tcp-hello", "--python"],
            &["run", "tcp-hello", "--compare"],
        ];
        for words in commands {
            let left = left_by(words, signal, if words[0] == "replay" { filled } else { has_any });
            assert!(left.is_empty(), "{words:?} and signal {signal}: {left:?}");
        }
        // In the cage there is nothing to leave.
        let began = Instant::now();
        let left = left_by(&["replay", log], signal, |_| began.elapsed() > Duration::from_millis(300));
        assert!(left.is_empty(), "{left:?}");
    }
}
