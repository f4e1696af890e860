//! The Python-like socket compared with CPython: every method makes the same system calls.
//!
//! `tests/pysocket/methods.py` runs under the real strace; the scenarios below do the same on our layer. Descriptors,
//! ports and memory addresses are numbered in the order they appear, everything else must be equal: names, arguments,
//! results, errno, and the message that Python prints for each exception.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test fails by panicking and gives the reason on standard error"
)]

use std::cell::RefCell;
use std::collections::HashMap;
use std::process::Command;
use std::rc::Rc;

use libc::{AF_INET, IPPROTO_TCP, SO_LINGER, SO_REUSEADDR, SOCK_DGRAM, SOCK_STREAM, SOL_SOCKET, TCP_NODELAY};
use sockscope::event::Trace;
use sockscope::net::Limits;
use sockscope::net::{Net, Stream};
use sockscope::pysocket::{Address, Mode, Result, SharedNet, Shutdown, Socket};
use sockscope::text;

#[path = "pysocket/interrupted.rs"]
mod interrupted;
mod support;

use support::interpreters;
use support::needs::{Need, skip};

/// What a scenario works with: a layer, and the messages that Python would print.
struct Context {
    net: SharedNet,
    printed: Vec<String>,
}

impl Context {
    fn fails<T>(&mut self, result: Result<T>) {
        if let Err(error) = result {
            self.printed.push(error.to_string());
        }
    }

    fn print(&mut self, text: impl ToString) {
        self.printed.push(text.to_string());
    }

    /// A listener, and both ends of a connection to it.
    fn pair(&self, timeout: Option<f64>) -> Result<(Socket, Socket, Socket)> {
        let mut listener = Socket::tcp(&self.net)?;
        listener.bind(&local(0))?;
        listener.listen(5)?;
        listener.settimeout(timeout)?;
        let mut client = Socket::tcp(&self.net)?;
        client.settimeout(timeout)?;
        client.connect(&name(&listener)?)?;
        let (accepted, _) = listener.accept()?;
        Ok((listener, client, accepted))
    }
}

fn local(port: i64) -> Address {
    Address::new("127.0.0.1", port)
}

fn name(socket: &Socket) -> Result<Address> {
    Ok(socket.getsockname()?.expect("an IPv4 socket has a name").into())
}

fn close<const N: usize>(sockets: [&mut Socket; N]) -> Result<()> {
    sockets.into_iter().try_for_each(Socket::close)
}

fn tcp(context: &mut Context) -> Result<()> {
    let (mut listener, mut client, mut accepted) = context.pair(None)?;
    client.send(b"hi")?;
    accepted.recv(10)?;
    accepted.sendall(b"yo")?;
    client.recvfrom(10)?;
    client.send(b"")?;
    accepted.recv(0)?;
    client.getpeername()?;
    client.close()?;
    client.close()?;
    accepted.recv(5)?;
    context.fails(client.send(b"late"));
    context.fails(client.getpeername());
    close([&mut accepted, &mut listener])
}

fn timeouts(context: &mut Context) -> Result<()> {
    let (mut listener, mut client, mut accepted) = context.pair(Some(5.0))?;
    client.settimeout(Some(0.01))?;
    context.fails(client.recv(10));
    client.settimeout(Some(0.0004))?;
    context.fails(client.recv(10));
    client.settimeout(Some(5.0))?;
    client.sendall(b"abc")?;
    accepted.recv(10)?;
    client.setblocking(true)?;
    client.settimeout(None)?;
    let result = client.settimeout(Some(-1.0));
    context.fails(result);
    let result = client.settimeout(Some(f64::NAN));
    context.fails(result);
    close([&mut client, &mut accepted, &mut listener])
}

fn non_blocking(context: &mut Context) -> Result<()> {
    let (mut listener, mut client, mut accepted) = context.pair(None)?;
    listener.setblocking(false)?;
    context.fails(listener.accept());
    client.setblocking(false)?;
    context.fails(client.recv(10));
    client.send(b"x")?;
    let to = name(&listener)?;
    context.fails(client.connect(&to));
    close([&mut client, &mut accepted])?;
    let mut late = Socket::tcp(&context.net)?;
    late.connect(&name(&listener)?)?;
    let (mut accepted, _) = listener.accept()?;
    close([&mut late, &mut accepted, &mut listener])
}

fn refused(context: &mut Context) -> Result<()> {
    let mut holder = Socket::tcp(&context.net)?;
    holder.bind(&local(0))?;
    let to = name(&holder)?;
    let mut client = Socket::tcp(&context.net)?;
    context.print(client.connect_ex(&to)?);
    context.fails(client.connect(&to));
    client.settimeout(Some(5.0))?;
    context.print(client.connect_ex(&to)?);
    context.fails(client.recv(10));
    context.fails(client.bind(&to));
    close([&mut client, &mut holder])
}

fn before_any_call(context: &mut Context) -> Result<()> {
    let mut client = Socket::tcp(&context.net)?;
    context.fails(client.connect(&local(65536)));
    context.fails(client.connect_ex(&local(-1)));
    context.fails(client.bind(&local(70000)));
    context.fails(client.recv(-1));
    context.fails(client.recvfrom(-1));
    client.bind(&Address::new("", 0))?;
    client.listen(-3)?;
    client.listen(100000)?;
    client.close()
}

fn udp(context: &mut Context) -> Result<()> {
    let mut server = Socket::udp(&context.net)?;
    server.bind(&local(0))?;
    let mut client = Socket::new(&context.net, AF_INET, SOCK_DGRAM, 0)?;
    context.fails(client.send(b"to whom?"));
    client.sendto(b"hello", &name(&server)?)?;
    let (_, address) = server.recvfrom(100)?;
    server.sendto(b"", &address.expect("a datagram has a sender").into())?;
    client.recvfrom(100)?;
    let to = name(&server)?;
    context.fails(client.sendto(&[b'x'; 65508], &to));
    client.connect(&name(&server)?)?;
    server.close()?;
    client.send(b"lost")?;
    context.fails(client.recv(10));
    client.settimeout(Some(0.0))?;
    context.fails(client.recv(10));
    context.fails(client.sendto(b"x", &local(70000)));
    client.close()
}

fn options(context: &mut Context) -> Result<()> {
    let mut s = Socket::tcp(&context.net)?;
    s.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)?;
    s.getsockopt(SOL_SOCKET, SO_REUSEADDR)?;
    s.setsockopt_bytes(SOL_SOCKET, SO_LINGER, &[1i32.to_ne_bytes(), 0i32.to_ne_bytes()].concat())?;
    s.getsockopt_bytes(SOL_SOCKET, SO_LINGER, 8)?;
    s.getsockopt(IPPROTO_TCP, TCP_NODELAY)?;
    context.fails(s.getsockopt(SOL_SOCKET, 999));
    context.fails(s.getsockopt_bytes(SOL_SOCKET, SO_LINGER, 2000));
    context.fails(s.shutdown(Shutdown::Both));
    s.close()
}

fn files(context: &mut Context) -> Result<()> {
    let (mut listener, mut client, mut accepted) = context.pair(None)?;
    let mut reader = accepted.makefile(Mode::Read);
    client.sendall(b"one\ntwo\nthree")?;
    reader.readline()?;
    reader.read_exact(2)?;
    client.sendall(b"rest")?;
    reader.read_exact(10)?;
    let mut writer = client.makefile(Mode::Write);
    writer.write(&[b'a'; 5000])?;
    writer.write(&[b'b'; 5000])?;
    writer.flush()?;
    accepted.recv(20000)?;
    client.close()?;
    writer.write(b"last")?;
    writer.close()?;
    reader.read()?;
    accepted.close()?;
    reader.close()?;
    listener.close()
}

fn file_timeout(context: &mut Context) -> Result<()> {
    let (mut listener, mut client, mut accepted) = context.pair(None)?;
    accepted.settimeout(Some(0.01))?;
    let mut reader = accepted.makefile(Mode::Read);
    context.fails(reader.read_exact(5));
    context.fails(reader.read_exact(5));
    reader.close()?;
    close([&mut accepted, &mut client, &mut listener])
}

fn copies(context: &mut Context) -> Result<()> {
    let (mut listener, mut client, mut accepted) = context.pair(None)?;
    client.settimeout(Some(3.0))?;
    let mut copy = client.dup()?;
    copy.repr();
    let raw = copy.detach();
    copy.close()?;
    let mut again = Socket::from_fileno(&context.net, raw)?;
    again.send(b"x")?;
    accepted.recv(1)?;
    accepted.shutdown(Shutdown::Write)?;
    again.recv(1)?;
    close([&mut again, &mut client, &mut accepted, &mut listener])?;
    let null = std::fs::File::open("/dev/null").expect("/dev/null can be read");
    context.fails(Socket::from_fileno(&context.net, std::os::fd::AsRawFd::as_raw_fd(&null)));
    Ok(())
}

fn finaliser(context: &mut Context) -> Result<()> {
    let (mut listener, client, accepted) = context.pair(None)?;
    drop(accepted);
    drop(client);
    drop(Socket::tcp(&context.net)?);
    listener.close()
}

fn make_errors(context: &mut Context) -> Result<()> {
    context.fails(Socket::new(&context.net, AF_INET, SOCK_STREAM, libc::IPPROTO_UDP));
    context.fails(Socket::new(&context.net, 99, SOCK_STREAM, 0));
    Ok(())
}

/// Does the same as the Python file's function of that name.
type Scenario = fn(&mut Context) -> Result<()>;

/// In the order of the Python file's list.
const SCENARIOS: &[(&str, Scenario)] = &[
    ("tcp", tcp),
    ("timeouts", timeouts),
    ("non_blocking", non_blocking),
    ("refused", refused),
    ("before_any_call", before_any_call),
    ("udp", udp),
    ("options", options),
    ("files", files),
    ("file_timeout", file_timeout),
    ("copies", copies),
    ("finaliser", finaliser),
    ("make_errors", make_errors),
];

/// A scenario's calls as text, and what was printed.
type Printed = (Vec<String>, Vec<String>);

/// Runs a scenario on our layer: its calls as text, and what was printed.
fn ours(scenario: Scenario) -> Printed {
    let trace = Rc::new(RefCell::new(Trace::new()));
    let net = Net::new(Stream::new(Rc::clone(&trace), Limits::default()));
    let mut context = Context { net: Rc::new(RefCell::new(net)), printed: Vec::new() };
    scenario(&mut context).expect("the scenario's own calls succeed");
    let line = |event: &sockscope::event::Event| {
        let mut line = String::new();
        text::write(event, &text::Style::default(), &mut line);
        line
    };
    let lines = trace.borrow().iter().map(line).collect();
    (lines, context.printed)
}

/// Runs the Python file under strace: for each scenario its calls and what it printed.
fn pythons(python: &str) -> HashMap<String, Printed> {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("strace");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/pysocket/methods.py");
    let output = Command::new("strace")
        .args(["-e", "trace=%network,close,poll,ioctl,fcntl", "-e", "signal=none", "-o"])
        .arg(&log)
        .args([python, script])
        .output()
        .expect("strace is installed (tests/run installs it)");
    assert!(output.status.success(), "{python}: {}", String::from_utf8_lossy(&output.stderr));
    let mut scenarios: Vec<(String, Printed)> = Vec::new();
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        match line.strip_prefix("# ") {
            Some(name) => scenarios.push((name.to_owned(), Default::default())),
            None => scenarios.last_mut().unwrap().1.1.push(line.to_owned()),
        }
    }
    let mut current = None;
    for line in std::fs::read_to_string(log).unwrap().lines() {
        if let Some(number) = line.strip_prefix("close(-1").and_then(|rest| rest.get(..3)) {
            current = number.parse::<usize>().ok();
        } else if let Some((_, (lines, _))) = current.and_then(|n| scenarios.get_mut(n)) {
            lines.push(line.to_owned());
        }
    }
    scenarios.into_iter().collect()
}

/// Numbers what differs from run to run in the order it appears, and leaves out calls that are not on sockets.
#[derive(Default)]
struct Normal {
    fds: HashMap<String, usize>,
    ports: HashMap<String, usize>,
}

impl Normal {
    fn lines(lines: &[String]) -> Vec<String> {
        let mut normal = Self::default();
        lines.iter().filter_map(|line| normal.line(line)).collect()
    }

    fn line(&mut self, line: &str) -> Option<String> {
        let (call, result) = line.rsplit_once(" = ")?;
        let (name, args) = call.split_once('(')?;
        let (name, args) = (name, args.trim_end());
        let makes = matches!(name, "socket" | "accept4") || args.contains("F_DUPFD_CLOEXEC");
        let args = match name {
            "socket" => args.to_owned(),
            "poll" => {
                let (fd, rest) = args.strip_prefix("[{fd=")?.split_once(',')?;
                format!("[{{fd={},{rest}", self.fds.get(fd)?)
            }
            _ => {
                let end = args.find([',', ')'])?;
                let (fd, rest) = args.split_at(end);
                let known = if fd == "-1" { "-1".to_owned() } else { format!("#{}", self.fds.get(fd)?) };
                format!("{known}{rest}")
            }
        };
        let result = if makes && !result.starts_with('-') {
            let number = self.fds.len();
            self.fds.insert(result.to_owned(), number);
            format!("#{number}")
        } else if let Some((count, _)) = result.split_once(" ([{fd=") {
            count.to_owned()
        } else {
            result.to_owned()
        };
        if name == "close" {
            let end = call.find(')')?;
            self.fds.remove(&call["close(".len()..end]);
        }
        let text = format!("{name}({args} = {result}");
        // The pointer is shown for a name that the socket does not have, and for a buffer that was not filled.
        let text = self.number(&text, "htons(");
        Some(pointers(&text))
    }

    /// Replaces the digits after each `before` by the order in which they first appeared.
    fn number(&mut self, text: &str, before: &str) -> String {
        let mut parts = text.split(before);
        let mut out = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let digits = part.len() - part.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let (number, rest) = part.split_at(digits);
            let next = self.ports.len();
            let shown = if number == "0" { 0 } else { 1 + *self.ports.entry(number.to_owned()).or_insert(next) };
            out += &format!("{before}{shown}{rest}");
        }
        out
    }
}

/// Replaces memory addresses.
fn pointers(text: &str) -> String {
    let mut parts = text.split("0x");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let hex = part.len() - part.trim_start_matches(|c: char| c.is_ascii_hexdigit()).len();
        out += if hex > 6 { "POINTER" } else { "0x" };
        out += if hex > 6 { &part[hex..] } else { part };
    }
    out
}

fn assert_same_calls(python: &str) {
    let theirs = pythons(python);
    assert_eq!(theirs.len(), SCENARIOS.len());
    for (name, scenario) in SCENARIOS {
        let (their_lines, their_prints) = &theirs[*name];
        let (our_lines, our_prints) = ours(*scenario);
        let (ours, theirs) = (Normal::lines(&our_lines), Normal::lines(their_lines));
        assert!(!ours.is_empty() || *name == "make_errors", "{name} makes calls");
        for (at, (our, their)) in ours.iter().zip(&theirs).enumerate() {
            assert_eq!(our, their, "{python}, {name}, call {at}:\nours {our_lines:#?}\nCPython {their_lines:#?}");
        }
        assert_eq!(ours.len(), theirs.len(), "{python}, {name}:\nours {ours:#?}\nCPython {theirs:#?}");
        let printed: Vec<_> = our_prints.iter().map(|line| line.replace("socket.timeout", "timeout")).collect();
        let expected: Vec<_> = their_prints
            .iter()
            .map(|line| if line == "timeout: timed out" { "TimeoutError: timed out".to_owned() } else { line.clone() })
            .collect();
        assert_eq!(printed, expected, "{python}, {name}: what is printed");
    }
}

#[test]
fn every_method_makes_the_calls_of_the_machines_python() {
    assert_same_calls(&interpreters::python3().to_string_lossy());
}

#[test]
fn every_method_makes_the_calls_of_the_other_pythons_here() {
    let here = interpreters::every((3, 8));
    let versions =
        [(8, "CPython 3.8"), (9, "CPython 3.9"), (10, "CPython 3.10"), (12, "CPython 3.12"), (13, "CPython 3.13")];
    for (minor, name) in versions {
        match here.iter().find(|python| python.version == (3, minor)) {
            Some(python) => assert_same_calls(&python.path.to_string_lossy()),
            None => skip(Need::Interpreter(name)),
        }
    }
}
