//! Every case of every document program, run by real CPython.
//!
//! The script of a case is followed with the Python twins, and its endings are
//! checked; where strace is on PATH the twins run under it and the calls that
//! decide the case must be in the trace, with their errno. Nothing waits for a
//! time: each act watches procfs, a trace or an output file.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::Write;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::sys::socket::{AddressFamily, SockFlag, SockType, SockaddrIn, bind, connect, getsockname, socket};
use nix::unistd::Pid;
use sockscope::program::cases::{Act, CASES, Case, Ending};
use sockscope::program::{self, Program, Role, Transport};

/// Longer than any case takes on a busy machine; reaching it is a failure.
const PATIENCE: Duration = Duration::from_secs(60);

/// Asks again until the answer is there.
fn observe<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> Result<T, String> {
    let start = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return Ok(answer);
        }
        if start.elapsed() > PATIENCE {
            return Err(format!("{what} was not seen within {PATIENCE:?}"));
        }
        thread::park_timeout(Duration::from_millis(1));
    }
}

/// The interpreter behind the first python3 on PATH, which may be a wrapper.
fn python3() -> PathBuf {
    let out = Command::new("python3")
        .args(["-c", "import sys; print(sys.executable)"])
        .output()
        .expect("python3 must be on PATH: apt-get install python3");
    PathBuf::from(String::from_utf8(out.stdout).unwrap().trim())
}

fn has_strace() -> bool {
    Command::new("strace").arg("-V").output().is_ok_and(|out| out.status.success())
}

/// The ports below this one need a right; `None` where the kernel gives it to all.
fn port_80_is_privileged() -> bool {
    fs::read_to_string("/proc/sys/net/ipv4/ip_unprivileged_port_start")
        .is_ok_and(|start| start.trim().parse::<u32>().is_ok_and(|start| start > 80))
}

/// A started twin.
struct Twin {
    child: Child,
    ended: Option<ExitStatus>,
    folder: PathBuf,
}

impl Twin {
    fn output(&self) -> String {
        ["stdout", "stderr"]
            .map(|name| String::from_utf8_lossy(&fs::read(self.folder.join(name)).unwrap()).into_owned())
            .concat()
    }

    fn trace(&self) -> String {
        let trace = fs::read(self.folder.join("strace")).unwrap_or_default();
        String::from_utf8_lossy(&trace).into_owned()
    }

    fn proc(&self, file: &str) -> Option<String> {
        fs::read_to_string(format!("/proc/{}/{file}", self.child.id())).ok()
    }

    /// Local port and state of the process's sockets in a table of /proc/net.
    fn sockets(&self, table: &str) -> Vec<(u16, u8)> {
        let Ok(fds) = fs::read_dir(format!("/proc/{}/fd", self.child.id())) else {
            return Vec::new();
        };
        let links: Vec<_> = fds.flatten().flat_map(|fd| fs::read_link(fd.path())).collect();
        let table = self.proc(&format!("net/{table}")).unwrap_or_default();
        let socket = |line: &str| {
            let fields: Vec<_> = line.split_whitespace().collect();
            let inode = format!("socket:[{}]", fields.get(9)?);
            let port = fields.get(1)?.split_once(':')?.1;
            let found = links.iter().any(|link| link.as_os_str() == inode.as_str());
            found.then_some((u16::from_str_radix(port, 16).ok()?, u8::from_str_radix(fields.get(3)?, 16).ok()?))
        };
        table.lines().skip(1).filter_map(socket).collect()
    }

    /// The port that the server waits on, once it does.
    fn served(&self, transport: Transport) -> Option<u16> {
        const LISTEN: u8 = 10;
        let sockets = match transport {
            Transport::Tcp => self.sockets("tcp"),
            Transport::Udp => self.sockets("udp"),
        };
        let waits = |&&(port, state): &&(u16, u8)| port != 0 && (transport == Transport::Udp || state == LISTEN);
        sockets.iter().find(waits).map(|&(port, _)| port)
    }

    fn sleeps_in_recvfrom(&self) -> Option<()> {
        let stat = self.proc("stat")?;
        let sleeps = stat.rsplit_once(')')?.1.trim_start().starts_with('S');
        let call = self.proc("syscall")?;
        let number = call.split(' ').next()?.parse::<libc::c_long>().ok()?;
        (sleeps && number == libc::SYS_recvfrom).then_some(())
    }

    fn wait(&mut self) -> Result<ExitStatus, String> {
        if self.ended.is_none() {
            self.child.stdin.as_mut().map(Write::flush);
            let child = &mut self.child;
            self.ended = Some(observe("the end of a process", || child.try_wait().unwrap())?);
        }
        Ok(self.ended.unwrap())
    }
}

impl Drop for Twin {
    fn drop(&mut self) {
        if self.ended.is_none() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// A port that refuses everybody while the descriptor is open.
fn hold(transport: Transport) -> (OwnedFd, u16) {
    let kind = match transport {
        Transport::Tcp => SockType::Stream,
        Transport::Udp => SockType::Datagram,
    };
    let fd = socket(AddressFamily::Inet, kind, SockFlag::SOCK_CLOEXEC, None).unwrap();
    bind(fd.as_raw_fd(), &SockaddrIn::new(127, 0, 0, 1, 0)).unwrap();
    let own: SockaddrIn = getsockname(fd.as_raw_fd()).unwrap();
    if transport == Transport::Udp {
        connect(fd.as_raw_fd(), &own).unwrap(); // takes datagrams from itself only
    }
    (fd, own.port())
}

/// A case being run.
struct Run<'a> {
    python: &'a Path,
    program: &'static Program,
    strace: bool,
    folder: tempfile::TempDir,
    port: u16,
    held: Vec<OwnedFd>,
    twins: Vec<Twin>,
}

impl Run<'_> {
    fn start(&mut self, role: Role, args: &[&str], unprivileged: bool) {
        let folder = self.folder.path().join(self.twins.len().to_string());
        fs::create_dir(&folder).unwrap();
        let mut words: Vec<OsString> = Vec::new();
        if unprivileged && nix::unistd::geteuid().is_root() {
            // Root without this one capability is what an ordinary user is.
            words.extend(["setpriv", "--bounding-set=-net_bind_service"].map(OsString::from));
        }
        if self.strace {
            let options = "-D -f -s 100 -e signal=SIGTERM -e trace=%network,close,poll,ioctl,fcntl -o strace";
            words.push("strace".into());
            words.extend(options.split(' ').map(OsString::from));
        }
        words.push(self.python.into());
        let twins = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/program");
        words.push(twins.join(self.program.twin_file(role)).into());
        let wrong_usage = role == Role::Client && self.port == 0;
        let place: &[&str] = match role {
            Role::Server => &["--port", "{port}"],
            Role::Client if wrong_usage => &[],
            Role::Client => self.program.client_args,
        };
        let port = self.port.to_string();
        words.extend(place.iter().map(|arg| OsString::from(arg.replace("{port}", &port))));
        words.extend(args.iter().map(OsString::from));
        let child = Command::new(&words[0])
            .args(&words[1..])
            .current_dir(&folder)
            .env("PYTHONIOENCODING", "utf-8")
            .stdin(Stdio::piped())
            .stdout(File::create(folder.join("stdout")).unwrap())
            .stderr(File::create(folder.join("stderr")).unwrap())
            .spawn()
            .unwrap();
        self.twins.push(Twin { child, ended: None, folder });
    }

    fn act(&mut self, act: Act) -> Result<(), String> {
        match act {
            Act::Hold => {
                let (fd, port) = hold(self.program.transport);
                self.held.push(fd);
                self.port = port;
            }
            Act::Start(role, args) => self.start(role, args, false),
            Act::StartUnprivileged(role, args) => self.start(role, args, true),
            Act::Ready(n) => {
                let transport = self.program.transport;
                let twin = &mut self.twins[n];
                self.port = observe("the server's socket", || {
                    let ended = twin.child.try_wait().unwrap();
                    twin.served(transport).or(ended.map(|_| 0))
                })?;
                if self.port == 0 {
                    return Err("the server ended at once".to_owned());
                }
            }
            Act::Type(n, text) => {
                let stdin = self.twins[n].child.stdin.as_mut().unwrap();
                stdin.write_all(text.as_bytes()).unwrap();
            }
            Act::Close(n) => self.twins[n].child.stdin = None,
            Act::Printed(n, text) => {
                observe(text, || self.twins[n].output().contains(text).then_some(()))?;
            }
            Act::Blocked(n) => {
                observe("a sleep in recvfrom", || self.twins[n].sleeps_in_recvfrom())?;
            }
            Act::Reset(n) => {
                observe("the reset", || self.twins[n].sockets("tcp").is_empty().then_some(()))?;
            }
            Act::Ended(n) => {
                self.twins[n].wait()?;
            }
            Act::Stop(n) => {
                let pid = Pid::from_raw(self.twins[n].child.id() as i32);
                kill(pid, Signal::SIGTERM).unwrap();
                self.twins[n].wait()?;
            }
        }
        Ok(())
    }

    fn check(&mut self, case: &Case) -> Result<(), String> {
        for act in case.script {
            self.act(*act).map_err(|error| format!("{act:?}: {error}"))?;
        }
        if case.endings.len() != self.twins.len() {
            return Err("as many endings as processes are wanted".to_owned());
        }
        for (n, (twin, ending)) in self.twins.iter_mut().zip(case.endings).enumerate() {
            let status = twin.wait()?;
            let as_wanted = match *ending {
                Ending::Stopped => status.signal() == Some(Signal::SIGTERM as i32),
                Ending::Exit(code, text) => status.code() == Some(code) && twin.output().contains(text),
            };
            if !as_wanted {
                return Err(format!("process {n} ended with {status}, wanted {ending:?}"));
            }
        }
        if self.strace {
            for twin in &self.twins {
                // With -D strace outlives the process; its last line is the end
                // (of a kill only if the signal is among those shown).
                observe("the end of a trace", || twin.trace().ends_with("+++\n").then_some(()))?;
            }
            for seen in case.seen {
                let trace = self.twins[seen.process].trace();
                let call = format!(" {}(", seen.call);
                let found = trace.lines().any(|line| {
                    let after = line.split_once(&call).and_then(|(_, rest)| rest.rsplit_once(" = "));
                    after.is_some_and(|_| line.contains(seen.outcome))
                });
                if !found {
                    return Err(format!("{seen:?} is not in the trace"));
                }
            }
        }
        Ok(())
    }

    fn report(&self) -> String {
        let twin = |(n, twin): (usize, &Twin)| format!("--- process {n}\n{}{}\n", twin.output(), twin.trace());
        self.twins.iter().enumerate().map(twin).collect()
    }
}

/// Runs every case with one interpreter and tells all that went wrong.
fn run_all(python: &Path, strace: bool) {
    let only = std::env::var("SOCKSCOPE_CASE").ok();
    let kept = std::env::var_os("SOCKSCOPE_KEEP_TRACES");
    let mut failures = String::new();
    for case in CASES {
        let name = format!("{} {}", case.program, case.name);
        if only.as_deref().is_some_and(|only| only != name) {
            continue;
        }
        if case.name == "privileged-port" && !port_80_is_privileged() {
            println!("skipped {name}: this kernel lets everybody bind port 80");
            continue;
        }
        let folder = tempfile::tempdir().unwrap();
        let program = program::find(case.program).unwrap();
        let mut run = Run { python, program, strace, folder, port: 0, held: vec![], twins: vec![] };
        if let Err(error) = run.check(case) {
            failures += &format!("=== {name}: {error}\n{}", run.report());
        }
        if let Some(kept) = &kept {
            let file = Path::new(kept).join(name.replace(' ', "."));
            fs::write(file, run.report()).unwrap();
        }
    }
    assert!(failures.is_empty(), "with {}:\n{failures}", python.display());
}

#[test]
fn every_case_with_the_machines_python() {
    let strace = has_strace();
    if !strace {
        println!("strace is not on PATH: endings are checked, traces are not");
    }
    run_all(&python3(), strace);
}

#[test]
fn every_case_with_other_pythons() {
    let Some(home) = std::env::var_os("HOME") else {
        return;
    };
    for version in ["3.6", "3.8", "3.13"] {
        let versions = Path::new(&home).join(".pyenv/versions");
        let found = fs::read_dir(versions)
            .into_iter()
            .flatten()
            .flatten()
            .find(|entry| entry.file_name().to_string_lossy().starts_with(&format!("{version}.")));
        match found {
            Some(entry) => run_all(&entry.path().join("bin/python3"), has_strace()),
            None => println!("Python {version} is not there: skipped"),
        }
    }
}

#[test]
fn every_program_has_a_default_case_and_names_are_unique() {
    for program in program::PROGRAMS {
        let names: Vec<_> = CASES.iter().filter(|case| case.program == program.name).map(|case| case.name).collect();
        assert_eq!(names.first(), Some(&"default"), "{}", program.name);
        let mut unique = names.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), names.len(), "{}", program.name);
        for role in [Role::Server, Role::Client] {
            let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/program").join(program.twin_file(role));
            assert_eq!(fs::read_to_string(file).unwrap(), program.twin(role));
        }
    }
    assert!(CASES.iter().all(|case| program::find(case.program).is_some()));
}
