//! Calls that never reach the kernel's own code, as strace shows them: refused by a filter of the program's own.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::path::Path;
use std::process::Command;

use support::needs::{Need, have};

/// With `ACTION` as the filter's answer to socket(2), by way of `INSTALL`; in this process, a child, or a thread.
const PROGRAM: &str = r#"
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
static void caught(int signal) { (void)signal; }
static void *refused(void *pair)
{
	int *sockets = pair;
	shutdown(sockets[0], SHUT_RD);
	socket(AF_INET, SOCK_STREAM, 0);
	shutdown(sockets[0], SHUT_WR);
	return 0;
}
int main(int argc, char **argv)
{
	int sockets[2];
	struct sock_filter filter[] = {
		{BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, nr)},
		{BPF_JMP | BPF_JEQ | BPF_K, 0, 1, SYS_socket},
		{BPF_RET | BPF_K, 0, 0, ACTION},
		{BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW},
	};
	struct sock_fprog program = {4, filter};
	signal(SIGSYS, caught);
	socketpair(AF_UNIX, SOCK_STREAM, 0, sockets);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (INSTALL)
		return 9;
	if (argv[1][0] == 'f') {
		if (fork() == 0) {
			refused(sockets);
			_exit(0);
		}
		wait(0);
	} else if (argv[1][0] == 't') {
		pthread_t thread;
		pthread_create(&thread, 0, refused, sockets);
		pthread_join(thread, 0);
	} else {
		refused(sockets);
	}
	return 0;
}
"#;

/// The calls that a tracer shows, without the numbers of processes and where the program lies.
fn shown(tracer: &str, options: &[&str], program: &Path, way: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("trace");
    let mut command = Command::new(tracer);
    command.args(options).args(["-e", "trace=socket,shutdown", "-o"]).arg(&file).arg(program).arg(way);
    command.output().unwrap();
    let text = std::fs::read_to_string(&file).unwrap();
    let numbers = regex::Regex::new("^[0-9]+ +|si_pid=[0-9]+|si_call_addr=0x[0-9a-f]+").unwrap();
    let without = |line: &str| numbers.replace_all(line, "").into_owned();
    // Threads of a killed process end in any order.
    text.lines().filter(|line| !line.contains("+++")).map(without).collect()
}

#[test]
fn calls_that_the_programs_own_filter_refuses_are_shown() {
    if !have(Need::Strace) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("refused.c");
    std::fs::write(&source, PROGRAM).unwrap();
    for action in ["SECCOMP_RET_ERRNO|18", "SECCOMP_RET_TRAP", "SECCOMP_RET_KILL_PROCESS"] {
        for install in [
            "prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)",
            "syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program)",
        ] {
            let program = folder.path().join("refused");
            let mut compiler = Command::new("cc");
            compiler.arg(format!("-DACTION={action}")).arg(format!("-DINSTALL={install}")).arg("-pthread");
            assert!(compiler.arg("-o").arg(&program).arg(&source).status().unwrap().success(), "cc is needed");
            for way in ["here", "fork", "thread"] {
                let ours = shown(env!("CARGO_BIN_EXE_sockscope"), &["trace", "-f"], &program, way);
                let theirs = shown("strace", &["-f"], &program, way);
                assert_eq!(ours, theirs, "{action} by {install}, {way}");
                assert!(ours.iter().any(|line| line.starts_with("socket(AF_INET")), "{action}, {way}: {ours:#?}");
                let plain = shown(env!("CARGO_BIN_EXE_sockscope"), &["trace", "-f", "--no-seccomp"], &program, way);
                assert_eq!(ours, plain, "{action} by {install}, {way}");
            }
        }
    }
}

#[test]
fn who_kills_the_tracer_loses_no_call_of_a_file() {
    // A chatty program that kills its tracer after a known call.
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("chatty.c");
    let text = "#include <signal.h>\n#include <sys/socket.h>\n#include <unistd.h>\n\
                int main(void) { int pair[2]; socketpair(AF_UNIX, SOCK_DGRAM, 0, pair);\n\
                for (int i = 0; i < 500; i++) { char c; send(pair[0], \"x\", 1, 0); recv(pair[1], &c, 1, 0); }\n\
                shutdown(pair[0], SHUT_RDWR); kill(getppid(), SIGKILL); return 0; }\n";
    std::fs::write(&source, text).unwrap();
    let program = folder.path().join("chatty");
    assert!(Command::new("cc").arg("-o").arg(&program).arg(&source).status().unwrap().success(), "cc is needed");
    for name in ["trace.strace", "trace.jsonl", "trace.csv"] {
        let file = folder.path().join(name);
        let mut tracer = Command::new(env!("CARGO_BIN_EXE_sockscope"));
        tracer.args(["trace", "-f", "-o"]).arg(&file).arg(&program).output().unwrap();
        let text = std::fs::read_to_string(&file).unwrap();
        let count = |call: &str| text.lines().filter(|line| line.contains(call)).count();
        // The last call may have returned before it could be written.
        assert_eq!((count("sendto"), count("recvfrom")), (500, 500), "{name}");
    }
}

#[test]
fn a_command_that_is_gone_is_reported_once() {
    let folder = tempfile::tempdir().unwrap();
    let script = "import socket\na, b = socket.socketpair()\nfor i in range(3000): a.send(b'x'); b.recv(1)\n";
    let mut trace = Command::new(env!("CARGO_BIN_EXE_sockscope"));
    trace
        .args(["trace", "-f", "-o", "|head -n 1 >/dev/null"])
        .arg(support::interpreters::python3())
        .args(["-c", script]);
    let output = trace.current_dir(folder.path()).output().unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(errors, "sockscope: `head -n 1 >/dev/null` ended before the trace: the rest of it is not written\n");
    assert!(output.status.success(), "the program's own status");
}
