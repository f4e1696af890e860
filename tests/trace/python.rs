//! Python programs under ours and under strace: the same calls, whatever the order of threads.

use std::collections::BTreeMap;
use std::ffi::OsStr;

use crate::run::{normal, python, run, sockscope, strace};
use crate::subject;

/// How often each call returned, over all threads.
fn counts(trace: &str) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for line in trace.lines() {
        let line = line.split_once(' ').map_or(line, |(_, rest)| rest).trim_start();
        let name = match line.strip_prefix("<... ") {
            Some(resumed) => resumed.split(' ').next(),
            None if line.contains("<unfinished ...>") && !line.contains(") = ?") => continue,
            None => line.split_once('(').map(|(name, _)| name),
        };
        let is_name = |name: &&str| name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') && !name.is_empty();
        if let Some(name) = name.filter(is_name) {
            *counts.entry(name.to_string()).or_default() += 1;
        }
    }
    counts
}

/// Compares what one script does under both; `exact` also the text.
fn compare(script: &str, exact: bool) {
    let Some(python) = python() else { panic!("python3 is needed (Debian: apt install python3)") };
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("script.py");
    std::fs::write(&file, script).expect("written");
    let command = [python.as_os_str(), OsStr::new("-I"), file.as_os_str()];
    let options = ["-f", "--seccomp-bpf", "-e", "trace=%network"];
    let ours = run(sockscope(), &options, &command);
    assert!(ours.status.success(), "{script}\n{}", ours.stderr);
    let Some(strace) = strace() else { return };
    let theirs = run(strace, &options, &command);
    assert!(theirs.status.success(), "{}", theirs.stderr);
    assert_eq!(counts(&ours.trace), counts(&theirs.trace), "{script}");
    assert!(!counts(&ours.trace).is_empty(), "{script}");
    if exact {
        let tidy = |trace: &str| trace.lines().map(normal).collect::<Vec<_>>();
        subject::assert_same(script, &tidy(&theirs.trace), &tidy(&ours.trace));
    }
}

#[test]
fn tcp_udp_unix_ipv6_and_netlink() {
    compare(
        "import socket\n\
         for family, host in ((socket.AF_INET, '127.0.0.1'), (socket.AF_INET6, '::1')):\n\
        \x20    s = socket.socket(family); s.bind((host, 0)); s.listen()\n\
        \x20    c = socket.socket(family); c.settimeout(5); c.connect(s.getsockname())\n\
        \x20    a, _ = s.accept(); c.sendall(b'\\0\\xff\\x1b[1m' * 3); a.recv(100); a.close(); c.close(); s.close()\n\
        \x20    u = socket.socket(family, socket.SOCK_DGRAM); u.bind((host, 0)); u.sendto(b'x', u.getsockname())\n\
        \x20    u.recvfrom(10); u.close()\n\
         x, y = socket.socketpair(); x.send(b'1'); y.recv(9)\n\
         import array\n\
         x.sendmsg([b'fd'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [0]))]); y.recvmsg(9, 100)\n\
         n = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0); n.bind((0, 0)); n.getsockname()\n",
        true,
    );
}

#[test]
fn names_are_looked_up() {
    compare("import socket; print(socket.getaddrinfo('localhost', 80)); socket.gethostbyname('127.0.0.1')", true);
}

#[test]
fn asyncio_serves() {
    compare(
        "import asyncio\n\
         async def serve(r, w):\n\
        \x20    w.write((await r.read(9)).upper()); await w.drain(); w.close()\n\
         async def main():\n\
        \x20    s = await asyncio.start_server(serve, '127.0.0.1', 0)\n\
        \x20    r, w = await asyncio.open_connection(*s.sockets[0].getsockname())\n\
        \x20    w.write(b'hello'); assert await r.read(9) == b'HELLO'; w.close(); s.close()\n\
         asyncio.run(main())\n",
        false,
    );
}

#[test]
fn fifty_forks_and_fifty_threads() {
    compare(
        "import os, socket, threading\n\
         def work(i):\n\
        \x20    a, b = socket.socketpair(); a.send(str(i).encode()); assert b.recv(9) == str(i).encode(); a.close(); b.close()\n\
         threads = [threading.Thread(target=work, args=(i,)) for i in range(50)]\n\
         [t.start() for t in threads]; [t.join() for t in threads]\n\
         for i in range(50):\n\
        \x20    if os.fork() == 0: work(i); os._exit(0)\n\
         for i in range(50): assert os.wait()[1] == 0\n",
        false,
    );
}

#[test]
fn programs_that_start_programs() {
    compare(
        "import subprocess, sys, multiprocessing, socket\n\
         code = 'import socket; a, b = socket.socketpair(); a.send(b\"x\")'\n\
         subprocess.run(['bash', '-c', 'exec \"$0\" -I -c \"$1\"', sys.executable, code], check=True)\n\
         subprocess.run([sys.executable, '-I', '-c', code], check=True)\n\
         def child(): a, b = socket.socketpair(); a.send(b'child')\n\
         p = multiprocessing.get_context('fork').Process(target=child); p.start(); p.join(); assert p.exitcode == 0\n",
        false,
    );
}

/// Python's own tests of its sockets end as they do without us. The classes that need nothing but loopback.
#[test]
fn pythons_own_tests_pass() {
    let Some(python) = python() else { panic!("python3 is needed (Debian: apt install python3)") };
    let check = std::process::Command::new(&python).args(["-c", "import test.test_socket"]).output().expect("it runs");
    if !check.status.success() {
        eprintln!("skipped: this Python has no test package (Debian: libpython3-testsuite)");
        return;
    }
    let suite: [&OsStr; 16] = [
        python.as_os_str(),
        "-m".as_ref(),
        "unittest".as_ref(),
        "test.test_select".as_ref(),
        "test.test_socket.BasicTCPTest".as_ref(),
        "test.test_socket.BasicUDPTest".as_ref(),
        "test.test_socket.BasicSocketPairTest".as_ref(),
        "test.test_socket.NonBlockingTCPTests".as_ref(),
        "test.test_socket.NetworkConnectionNoServer".as_ref(),
        "test.test_socket.TestUnixDomain".as_ref(),
        "test.test_socket.TestLinuxAbstractNamespace".as_ref(),
        "test.test_socket.SendmsgTCPTest".as_ref(),
        "test.test_socket.RecvmsgTCPTest".as_ref(),
        "test.test_socket.RecvmsgSCMRightsStreamTest".as_ref(),
        "test.test_asyncio.test_sock_lowlevel".as_ref(),
        "test.test_asyncio.test_server".as_ref(),
    ];
    let verdict = |text: &str| {
        // `Ran 70 tests in 3.1s` without the time, and the line with OK or the failures.
        text.lines()
            .filter(|line| line.starts_with("Ran ") || line.starts_with("OK") || line.starts_with("FAILED"))
            .map(|line| line.split(" in ").next().unwrap_or_default().to_string())
            .collect::<Vec<_>>()
    };
    let bare = std::process::Command::new(suite[0]).args(&suite[1..]).output().expect("it runs");
    let bare = verdict(&String::from_utf8_lossy(&bare.stderr));
    assert!(!bare.is_empty());
    let ours = run(sockscope(), &["-f"], &suite);
    assert_eq!(verdict(&ours.stderr), bare, "{}", ours.stderr);
    assert!(ours.trace.contains("recvmsg(") && ours.trace.contains("SCM_RIGHTS"));
}
