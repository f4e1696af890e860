//! One started role: how it is started, its output and calls, and its state in procfs.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io::{self, BufRead, BufReader, PipeReader, Read, Write};
use std::os::fd::AsRawFd;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use super::prints::Prints;
use super::scenery::Scenery;
use super::{Failure, Player, RunOptions, SocketLines, Update, UpdateKind, observe, without_times};
use crate::event::{Body, Event, Exit};
use crate::program::{Program, Role, Transport, handover};
use crate::sys::proc::{Descriptor, Proc, net};
use crate::sys::{clock, descriptor};
use crate::text::{Pids, Style, TextWriter};
use crate::why::{Caller, Collector};

/// Held while a process is started, so that no other inherits its pipe.
static STARTING: Mutex<()> = Mutex::new(());

/// The source of a process's calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Calls {
    /// The layer's own log.
    Layer,
    /// Our tracer, as events.
    Tracer,
    /// strace, as lines: an independent witness.
    Strace,
    /// No source: its calls are not recorded.
    Unknown,
}

/// How a role's process is started.
pub(super) struct Start<'a> {
    pub options: &'a RunOptions,
    pub program: &'static Program,
    pub role: Role,
    /// What it plays, in words.
    pub part: String,
    pub player: &'a Player,
    pub twin: Option<PathBuf>,
    pub unprivileged: bool,
    pub scenery: Scenery,
}

/// A started role.
#[derive(Debug)]
pub struct RoleProcess {
    role: Role,
    child: Child,
    ended: Option<ExitStatus>,
    calls: Calls,
    received: Arc<Mutex<Received>>,
    readers: Vec<JoinHandle<()>>,
    scenery: Scenery,
    news: News,
}

/// All that was received from a process.
#[derive(Debug, Default)]
struct Received {
    output: Vec<u8>,
    /// Standard output and standard error, as far as it is not known when they were printed.
    prints: [Prints; 2],
    /// When the log ended.
    closed_ns: u64,
    events: Vec<Event>,
    /// Calls that have not returned, by thread.
    begun: BTreeMap<u32, Event>,
    lines: Vec<String>,
}

/// The calls that strace traces: those the programs can make.
const TRACED: &str = "trace=%network,close,poll,ioctl,fcntl,read,writev";

impl Start<'_> {
    pub(super) fn spawn(
        self,
        number: usize,
        args: &[String],
        updates: Option<Sender<Update>>,
    ) -> Result<RoleProcess, Failure> {
        let folder = if self.options.apart {
            let folder = self.options.folder.join(number.to_string());
            fs::create_dir_all(&folder)?;
            folder
        } else {
            self.options.folder.clone()
        };
        let (log, write_end) = io::pipe()?;
        let starting = STARTING.lock().unwrap_or_else(PoisonError::into_inner);
        let inherited = descriptor::lift(&write_end, true)?;
        let (words, calls) = self.words(number, args, inherited.as_raw_fd());
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).current_dir(&folder).env("PYTHONIOENCODING", "utf-8");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.spawn();
        drop((inherited, write_end, starting));
        let mut child = child.map_err(|error| {
            Failure::NotRun(format!("cannot start {}: {error}; is it installed?", words[0].to_string_lossy()))
        })?;

        self.scenery.plays(child.id(), self.part);
        let received = Arc::new(Mutex::new(Received::default()));
        let (role, scenery) = (self.role, self.scenery.clone());
        let news = News { number, updates };
        let reader = || OutputReader {
            role,
            calls,
            received: Arc::clone(&received),
            news: news.clone(),
            scenery: self.scenery.clone(),
        };
        news.send(clock::realtime_ns(), UpdateKind::Started(role, child.id(), calls));
        let mut readers = Vec::new();
        if let Some(stdout) = child.stdout.take() {
            let reader = reader();
            readers.push(std::thread::spawn(move || reader.read_output(stdout, 0)));
        }
        if let Some(stderr) = child.stderr.take() {
            let reader = reader();
            readers.push(std::thread::spawn(move || reader.read_output(stderr, 1)));
        }
        let reader = reader();
        readers.push(std::thread::spawn(move || reader.read_log(log)));
        Ok(RoleProcess { role, child, ended: None, calls, received, readers, scenery, news })
    }

    /// The command line.
    fn words(&self, number: usize, args: &[String], log: i32) -> (Vec<OsString>, Calls) {
        let mut words: Vec<OsString> = Vec::new();
        if self.unprivileged && nix::unistd::geteuid().is_root() {
            // Root without this one capability binds ports as an ordinary user does.
            words.extend(["setpriv", "--bounding-set=-net_bind_service"].map(OsString::from));
        }
        let strings = self.options.strings.to_string();
        let strace = |words: &mut Vec<OsString>, out: PathBuf| {
            // Without SIGTERM strace also omits the end that it causes.
            words.extend(
                ["strace", "-D", "-f", "-e", "signal=SIGTERM", "-e", TRACED, "-s", &strings].map(OsString::from),
            );
            if self.options.verbose {
                words.push("-v".into());
            }
            words.extend(["-o".into(), out.into()]);
        };
        let calls = match self.player {
            Player::Rust => {
                if let Some(witness) = &self.options.witness {
                    strace(&mut words, witness.join(number.to_string()));
                }
                Calls::Layer
            }
            Player::Python(_) if self.options.python_calls == Calls::Tracer => {
                self.trace(log, &mut words);
                Calls::Tracer
            }
            Player::Python(_) if self.options.python_calls == Calls::Strace => {
                strace(&mut words, format!("/proc/self/fd/{log}").into());
                words.extend(["-ttt", "-T"].map(OsString::from));
                Calls::Strace
            }
            Player::Python(_) => Calls::Unknown,
        };
        match (self.player, &self.twin) {
            (Player::Python(python), Some(twin)) => {
                words.extend([python.into(), twin.into()]);
            }
            _ => {
                words.push(self.options.sockscope.clone().into());
                words.extend(["run", self.program.name, self.role.name(), "--log-fd"].map(OsString::from));
                words.extend([log.to_string(), "-s".to_owned(), strings].map(OsString::from));
                let asked = [("--why", self.options.why), ("--state", self.options.state)];
                let given = [("-v", self.options.verbose)].into_iter().chain(asked);
                words.extend(given.filter(|(_, given)| *given).map(|(word, _)| OsString::from(word)));
                words.push("--".into());
            }
        }
        words.extend(args.iter().map(OsString::from));
        (words, calls)
    }

    /// The words that run the process under our own tracer, which writes events to `log` and, like strace's `-D`,
    /// leaves the process our child.
    fn trace(&self, log: i32, words: &mut Vec<OsString>) {
        words.push(self.options.sockscope.clone().into());
        words.extend(
            ["trace", "-D", "-f", "-q", "--handover", "-e", "signal=SIGTERM", "--format", "jsonl", "-s"]
                .map(OsString::from),
        );
        words.push(self.options.strings.to_string().into());
        let asked = [("--why", self.options.why), ("--state", self.options.state)];
        let given = [("-v", self.options.verbose), ("--python", self.options.python_lines)].into_iter().chain(asked);
        words.extend(given.filter(|(_, given)| *given).map(|(word, _)| OsString::from(word)));
        words.extend(["-o".to_owned(), format!("/proc/self/fd/{log}")].map(OsString::from));
    }
}

/// Sends what happens to a process to whoever wants to know.
#[derive(Debug, Clone)]
struct News {
    number: usize,
    updates: Option<Sender<Update>>,
}

impl News {
    fn send(&self, ts_ns: u64, kind: UpdateKind) {
        if let Some(updates) = &self.updates {
            let _ = updates.send(Update { process: self.number, ts_ns, kind });
        }
    }

    fn output(&self, ts_ns: u64, stream: usize, text: Vec<u8>) {
        self.send(ts_ns, if stream == 0 { UpdateKind::Output(text) } else { UpdateKind::Errors(text) });
    }

    /// Sends what is known to have been printed. The lock that `prints` comes from keeps it in order.
    fn prints(&self, stream: usize, prints: &mut Prints) {
        while let Some((ts_ns, text)) = prints.next() {
            self.output(ts_ns, stream, text);
        }
    }
}

/// Reads one of a process's pipes.
struct OutputReader {
    role: Role,
    calls: Calls,
    received: Arc<Mutex<Received>>,
    news: News,
    scenery: Scenery,
}

impl OutputReader {
    /// Whether the log records when something is printed.
    fn knows_prints(&self) -> bool {
        matches!(self.calls, Calls::Layer | Calls::Tracer)
    }

    fn read_output(&self, mut pipe: impl Read, stream: usize) {
        let mut chunk = [0; 8192];
        while let Ok(n @ 1..) = pipe.read(&mut chunk) {
            let mut received = lock(&self.received);
            received.output.extend(&chunk[..n]);
            if self.knows_prints() {
                received.prints[stream].came(&chunk[..n]);
                self.news.prints(stream, &mut received.prints[stream]);
            } else {
                self.news.output(clock::realtime_ns(), stream, chunk[..n].to_vec());
            }
        }
    }

    fn read_log(&self, pipe: PipeReader) {
        let mut lines = BufReader::new(pipe).split(b'\n');
        let mut sockets = SocketLines::default();
        while let Some(Ok(line)) = lines.next() {
            let line = String::from_utf8_lossy(&line).into_owned();
            if self.calls == Calls::Strace {
                for line in sockets.take(&line) {
                    lock(&self.received).lines.push(line.clone());
                    self.news.send(clock::realtime_ns(), UpdateKind::Line(without_times(&line)));
                }
                continue;
            }
            let event = crate::json::read(&line).unwrap_or_else(|error| {
                let note = format!("cannot read a line of the log: {error}: {line}");
                Event { ts_ns: clock::realtime_ns(), ..Event::new(0, Body::Note(note)) }
            });
            self.event(event);
        }
        lock(&self.received).closed_ns = clock::realtime_ns();
    }

    fn event(&self, mut event: Event) {
        let mut received = lock(&self.received);
        if let Some((fd, len)) = handover::print(&event) {
            let stream = fd as usize - 1;
            if let Some(len) = len {
                received.prints[stream].printed(event.ts_ns, len);
                self.news.prints(stream, &mut received.prints[stream]);
            }
            return;
        }
        event.role = Some(self.role.name());
        if handover::is_entered(&event) && !received.begun.contains_key(&event.tid) {
            received.begun.insert(event.tid, event.clone());
            self.news.send(event.ts_ns, UpdateKind::Begun(event));
            return;
        }
        self.scenery.remove(&mut event);
        if matches!(event.body, Body::Call(_)) {
            received.begun.remove(&event.tid);
        }
        received.events.push(event.clone());
        self.news.send(clock::realtime_ns(), UpdateKind::Event(event));
    }
}

fn lock(received: &Mutex<Received>) -> MutexGuard<'_, Received> {
    received.lock().unwrap_or_else(PoisonError::into_inner)
}

impl RoleProcess {
    /// Its process id, as the kernel numbers it.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Which role it plays.
    pub fn role(&self) -> Role {
        self.role
    }

    /// The source of its calls.
    pub fn calls(&self) -> Calls {
        self.calls
    }

    /// Collects evidence, from outside, for the calls in which it waits, before it is ended.
    pub(super) fn collect_evidence(&self) {
        if self.calls != Calls::Layer {
            return; // a tracer collects it itself
        }
        let mut received = lock(&self.received);
        for event in received.begun.values_mut() {
            if let Body::Call(call) = &mut event.body {
                let scene = Caller { pid: event.pid as i32, tid: event.tid as i32 };
                call.why = Collector::default().look(scene, call);
            }
            self.scenery.remove(event);
        }
    }

    /// Its output so far, standard output and standard error together.
    pub fn output(&self) -> String {
        String::from_utf8_lossy(&lock(&self.received).output).into_owned()
    }

    /// Its events so far; empty unless their source is the layer or the tracer.
    pub fn events(&self) -> Vec<Event> {
        lock(&self.received).events.clone()
    }

    /// strace's own lines with the times; empty unless strace is the source of its calls.
    pub fn timed_lines(&self) -> Vec<String> {
        lock(&self.received).lines.clone()
    }

    /// Its calls as strace writes them, with the thread id in front: strace's own lines, or ours.
    pub fn lines(&self) -> Vec<String> {
        let received = lock(&self.received);
        if self.calls == Calls::Strace {
            return received.lines.iter().map(|line| without_times(line)).collect();
        }
        let mut lines = TextWriter::new(Style::default());
        lines.pids = Pids::Bare;
        let line = |event: &Event| {
            let mut line = String::new();
            lines.write(event, &mut line);
            line.truncate(line.trim_end().len());
            line
        };
        received.events.iter().map(line).collect()
    }

    /// Whether it made this call with this result.
    pub(super) fn has_call(&self, call: &str, outcome: &str) -> bool {
        let (begun, resumed) = (format!(" {call}("), format!(" <... {call} resumed>"));
        self.lines().iter().any(|line| {
            (line.contains(&begun) || line.contains(&resumed)) && line.contains(" = ") && line.contains(outcome)
        })
    }

    pub(super) fn write(&mut self, text: &str) -> io::Result<()> {
        match &mut self.child.stdin {
            Some(stdin) => stdin.write_all(text.as_bytes()),
            None => Err(io::Error::other("cannot type into a closed input")),
        }
    }

    pub(super) fn close_input(&mut self) {
        self.child.stdin = None;
    }

    /// Whether it has ended; its pipes may still hold something.
    pub(super) fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// Waits for its end and for the rest of what it wrote.
    pub(super) fn wait(&mut self, stop: &AtomicBool) -> Result<ExitStatus, Failure> {
        if let Some(status) = self.ended {
            return Ok(status);
        }
        let child = &mut self.child;
        let status = observe("the end of a process", stop, || child.try_wait().transpose())??;
        self.finish(status);
        Ok(status)
    }

    fn finish(&mut self, status: ExitStatus) {
        self.ended = Some(status);
        for reader in self.readers.drain(..) {
            let _ = reader.join();
        }
        let mut received = lock(&self.received);
        let mut last: Vec<Event> = std::mem::take(&mut received.begun).into_values().collect();
        // A tracer reports the end itself.
        if self.calls == Calls::Layer {
            use std::os::unix::process::ExitStatusExt;
            let exit = match (status.code(), status.signal()) {
                (Some(code), _) => Exit::Status(code),
                (None, signal) => Exit::Killed { signal: signal.unwrap_or(0) as u32, core: status.core_dumped() },
            };
            let mut exit = Event::new(self.child.id(), Body::Exit(exit));
            (exit.ts_ns, exit.role) = (received.closed_ns, Some(self.role.name()));
            last.push(exit);
        }
        for event in last {
            self.news.send(received.closed_ns, UpdateKind::Event(event.clone()));
            received.events.push(event);
        }
        for (stream, prints) in received.prints.iter_mut().enumerate() {
            self.news.prints(stream, prints);
            self.news.output(clock::realtime_ns(), stream, prints.rest());
        }
        self.news.send(clock::realtime_ns(), UpdateKind::Ended(status));
    }

    fn proc(&self) -> Proc {
        Proc::new(self.child.id() as i32)
    }

    /// Local port and state of its sockets in a table of /proc/net.
    pub(super) fn sockets(&self, table: &str) -> Vec<(u16, u8)> {
        let own: Vec<u64> = self.proc().descriptors().into_iter().flatten().filter_map(Descriptor::socket).collect();
        let all = net::inet(self.proc(), table).into_iter();
        let owned = all.filter(|row| row.inode.is_some_and(|inode| own.contains(&inode)));
        owned.map(|row| (row.ends.local.port(), row.state)).collect()
    }

    /// The port that the server waits on, once it does.
    pub(super) fn served(&self, transport: Transport) -> Option<u16> {
        const LISTEN: u8 = 10;
        let sockets = match transport {
            Transport::Tcp => self.sockets("tcp"),
            Transport::Udp => self.sockets("udp"),
        };
        let waits = |&&(port, state): &&(u16, u8)| port != 0 && (transport == Transport::Udp || state == LISTEN);
        sockets.iter().find(waits).map(|&(port, _)| port)
    }

    /// Whether it sleeps in recvfrom and, if the layer logs its calls, has logged the beginning of that call.
    pub(super) fn sleeps_in_recvfrom(&self) -> Option<()> {
        let sleeps = self.proc().state()? == b'S';
        let number = self.proc().call()?;
        let receives = |event: &Event| matches!(&event.body, Body::Call(call) if call.sys.name == "recvfrom");
        let received = self.calls != Calls::Layer || lock(&self.received).begun.values().any(receives);
        (sleeps && number == libc::SYS_recvfrom && received).then_some(())
    }
}

/// Whether a connection from this port is in FIN_WAIT2: closed here, acknowledged but not closed by the peer.
pub(super) fn waits_for_peers_end(port: u16) -> bool {
    const FIN_WAIT2: u8 = 5;
    net::find(Proc::OWN, "tcp", |row| (row.ends.local.port(), row.state) == (port, FIN_WAIT2)).is_some()
}

impl Drop for RoleProcess {
    /// Kills the process if it still runs.
    fn drop(&mut self) {
        if self.ended.is_none() {
            let _ = self.child.kill();
            if let Ok(status) = self.child.wait() {
                self.finish(status);
            }
        }
    }
}
