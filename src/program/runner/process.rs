//! One started role: how it is started, what is heard from it, what procfs tells of it.

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
use std::time::{SystemTime, UNIX_EPOCH};

use super::{Failure, News, Player, Setting, SocketLines, What, observe, without_times};
use crate::event::{Body, Event, Exit};
use crate::program::{Program, Role, Transport, handover};
use crate::sys::descriptor;
use crate::sys::proc::{Descriptor, Proc, net};
use crate::text::{Pids, Style, TextWriter};
use crate::why::{Caller, Collector};

/// Held while a process is started: no other may inherit its pipe.
static STARTING: Mutex<()> = Mutex::new(());

/// Where what is known of a process's calls comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Calls {
    /// Our own log.
    Layer,
    /// Our tracer, as events.
    Tracer,
    /// strace, as lines: an independent witness.
    Strace,
    /// Nowhere.
    Unknown,
}

/// What a process is to be.
pub(super) struct Start<'a> {
    pub setting: &'a Setting,
    pub program: &'static Program,
    pub role: Role,
    pub player: &'a Player,
    pub twin: Option<PathBuf>,
    pub unprivileged: bool,
}

/// A started role.
#[derive(Debug)]
pub struct Process {
    number: usize,
    role: Role,
    child: Child,
    ended: Option<ExitStatus>,
    calls: Calls,
    heard: Arc<Mutex<Heard>>,
    readers: Vec<JoinHandle<()>>,
    news: Option<Sender<News>>,
}

/// All that came from a process.
#[derive(Debug, Default)]
struct Heard {
    output: Vec<u8>,
    events: Vec<Event>,
    /// Calls that have not returned, by thread.
    begun: BTreeMap<u32, Event>,
    lines: Vec<String>,
}

/// The calls that strace is asked to show: what the programs can make.
const TRACED: &str = "trace=%network,close,poll,ioctl,fcntl,read,writev";

impl Start<'_> {
    pub(super) fn spawn(self, number: usize, args: &[String], news: Option<Sender<News>>) -> Result<Process, Failure> {
        let folder = if self.setting.apart {
            let folder = self.setting.folder.join(number.to_string());
            fs::create_dir_all(&folder)?;
            folder
        } else {
            self.setting.folder.clone()
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
            Failure::Trouble(format!("cannot start {}: {error}; is it installed?", words[0].to_string_lossy()))
        })?;

        let heard = Arc::new(Mutex::new(Heard::default()));
        let listener =
            |what: fn(Vec<u8>) -> What| Listener { number, heard: Arc::clone(&heard), news: news.clone(), what };
        if let Some(news) = &news {
            let _ = news.send(News { process: number, what: What::Started(self.role, child.id(), calls) });
        }
        let mut readers = Vec::new();
        if let Some(stdout) = child.stdout.take() {
            let listener = listener(What::Output);
            readers.push(std::thread::spawn(move || listener.hear_output(stdout)));
        }
        if let Some(stderr) = child.stderr.take() {
            let listener = listener(What::Errors);
            readers.push(std::thread::spawn(move || listener.hear_output(stderr)));
        }
        let listener = listener(What::Output);
        readers.push(std::thread::spawn(move || listener.hear_log(log, calls)));
        Ok(Process { number, role: self.role, child, ended: None, calls, heard, readers, news })
    }

    /// The command line.
    fn words(&self, number: usize, args: &[String], log: i32) -> (Vec<OsString>, Calls) {
        let mut words: Vec<OsString> = Vec::new();
        if self.unprivileged && nix::unistd::geteuid().is_root() {
            // Root without this one capability is what an ordinary user is.
            words.extend(["setpriv", "--bounding-set=-net_bind_service"].map(OsString::from));
        }
        let strings = self.setting.strings.to_string();
        let strace = |words: &mut Vec<OsString>, out: PathBuf| {
            // SIGTERM is shown, or strace leaves out the end it causes.
            words.extend(
                ["strace", "-D", "-f", "-e", "signal=SIGTERM", "-e", TRACED, "-s", &strings].map(OsString::from),
            );
            if self.setting.verbose {
                words.push("-v".into());
            }
            words.extend(["-o".into(), out.into()]);
        };
        let calls = match self.player {
            Player::Rust => {
                if let Some(witness) = &self.setting.witness {
                    strace(&mut words, witness.join(number.to_string()));
                }
                Calls::Layer
            }
            Player::Python(_) if self.setting.python_calls == Calls::Tracer => {
                self.trace(log, &mut words);
                Calls::Tracer
            }
            Player::Python(_) if self.setting.python_calls == Calls::Strace => {
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
                words.push(self.setting.sockscope.clone().into());
                words.extend(["run", self.program.name, self.role.name(), "--log-fd"].map(OsString::from));
                words.extend([log.to_string(), "-s".to_owned(), strings].map(OsString::from));
                let asked = [("--why", self.setting.why), ("--state", self.setting.state)];
                let given = [("-v", self.setting.verbose)].into_iter().chain(asked);
                words.extend(given.filter(|(_, given)| *given).map(|(word, _)| OsString::from(word)));
                words.push("--".into());
            }
        }
        words.extend(args.iter().map(OsString::from));
        (words, calls)
    }

    /// The words that put the process under our own tracer, which tells events on `log` and, like strace's `-D`,
    /// leaves the process our child.
    fn trace(&self, log: i32, words: &mut Vec<OsString>) {
        words.push(self.setting.sockscope.clone().into());
        words
            .extend(["trace", "-D", "-f", "-q", "-e", "signal=SIGTERM", "--format", "jsonl", "-s"].map(OsString::from));
        words.push(self.setting.strings.to_string().into());
        let asked = [("--why", self.setting.why), ("--state", self.setting.state)];
        let given = [("-v", self.setting.verbose)].into_iter().chain(asked);
        words.extend(given.filter(|(_, given)| *given).map(|(word, _)| OsString::from(word)));
        words.extend(["-o".to_owned(), format!("/proc/self/fd/{log}")].map(OsString::from));
    }
}

/// Reads one of a process's pipes.
struct Listener {
    number: usize,
    heard: Arc<Mutex<Heard>>,
    news: Option<Sender<News>>,
    what: fn(Vec<u8>) -> What,
}

impl Listener {
    fn tell(&self, what: What) {
        if let Some(news) = &self.news {
            let _ = news.send(News { process: self.number, what });
        }
    }

    fn hear_output(&self, mut pipe: impl Read) {
        let mut chunk = [0; 8192];
        while let Ok(n @ 1..) = pipe.read(&mut chunk) {
            lock(&self.heard).output.extend(&chunk[..n]);
            self.tell((self.what)(chunk[..n].to_vec()));
        }
    }

    fn hear_log(&self, pipe: PipeReader, calls: Calls) {
        let mut lines = BufReader::new(pipe).split(b'\n');
        let mut sockets = SocketLines::default();
        while let Some(Ok(line)) = lines.next() {
            let line = String::from_utf8_lossy(&line).into_owned();
            if calls == Calls::Strace {
                for line in sockets.take(&line) {
                    lock(&self.heard).lines.push(line.clone());
                    self.tell(What::Line(without_times(&line)));
                }
                continue;
            }
            match crate::json::read(&line) {
                Ok(event) if calls == Calls::Layer && handover::is_entered(&event) => {
                    lock(&self.heard).begun.insert(event.tid, event.clone());
                    self.tell(What::Begun(event));
                }
                Ok(event) => {
                    let mut heard = lock(&self.heard);
                    heard.begun.remove(&event.tid);
                    heard.events.push(event.clone());
                    drop(heard);
                    self.tell(What::Event(event));
                }
                Err(error) => {
                    let note = Body::Note(format!("a line of the log could not be read ({error}): {line}"));
                    self.tell(What::Event(Event { seq: 0, ts_ns: 0, pid: 0, tid: 0, body: note, prefix: None }));
                }
            }
        }
    }
}

fn lock(heard: &Mutex<Heard>) -> MutexGuard<'_, Heard> {
    heard.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Process {
    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Which role it plays.
    pub fn role(&self) -> Role {
        self.role
    }

    /// Where its calls are known from.
    pub fn calls(&self) -> Calls {
        self.calls
    }

    /// Collects evidence for the calls in which it waits, from outside, before it is ended.
    pub(super) fn look(&self) {
        let mut heard = lock(&self.heard);
        for event in heard.begun.values_mut() {
            if let Body::Call(call) = &mut event.body {
                let scene = Caller { pid: event.pid as i32, tid: event.tid as i32 };
                call.why = Collector::default().look(scene, call);
            }
            if let Some(news) = &self.news {
                let _ = news.send(News { process: self.number, what: What::Begun(event.clone()) });
            }
        }
    }

    /// All that it has written so far, to either stream.
    pub fn output(&self) -> String {
        String::from_utf8_lossy(&lock(&self.heard).output).into_owned()
    }

    /// Its events so far, where they come from the layer or the tracer.
    pub fn events(&self) -> Vec<Event> {
        lock(&self.heard).events.clone()
    }

    /// strace's own lines with the times, where its calls come from there.
    pub fn timed_lines(&self) -> Vec<String> {
        lock(&self.heard).lines.clone()
    }

    /// Its calls as strace's lines: strace's own, or ours in the same spelling with the thread before each.
    pub fn lines(&self) -> Vec<String> {
        let heard = lock(&self.heard);
        if self.calls == Calls::Strace {
            return heard.lines.iter().map(|line| without_times(line)).collect();
        }
        let mut lines = TextWriter::new(Style::default());
        lines.pids = Pids::Bare;
        let line = |event: &Event| {
            let mut line = String::new();
            lines.write(event, &mut line);
            line.truncate(line.trim_end().len());
            line
        };
        heard.events.iter().map(line).collect()
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
            None => Err(io::Error::other("the script types into a closed input")),
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
        if self.calls == Calls::Layer {
            use std::os::unix::process::ExitStatusExt;
            let exit = match (status.code(), status.signal()) {
                (Some(code), _) => Exit::Status(code),
                (None, signal) => Exit::Killed { signal: signal.unwrap_or(0) as u32, core: status.core_dumped() },
            };
            let pid = self.child.id();
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            let ts_ns = now.as_nanos() as u64;
            let mut heard = lock(&self.heard);
            let begun = std::mem::take(&mut heard.begun);
            heard.events.extend(begun.into_values());
            heard.events.push(Event { seq: 0, ts_ns, pid, tid: pid, body: Body::Exit(exit), prefix: None });
        }
        if let Some(news) = &self.news {
            let _ = news.send(News { process: self.number, what: What::Ended(status) });
        }
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

    /// Whether it sleeps in recvfrom and, where it says so itself, has been heard to have begun that call.
    pub(super) fn sleeps_in_recvfrom(&self) -> Option<()> {
        let sleeps = self.proc().state()? == b'S';
        let number = self.proc().call()?;
        let receives = |event: &Event| matches!(&event.body, Body::Call(call) if call.sys.name == "recvfrom");
        let heard = self.calls != Calls::Layer || lock(&self.heard).begun.values().any(receives);
        (sleeps && number == libc::SYS_recvfrom && heard).then_some(())
    }
}

/// Whether a connection from this port was ended, and the peer has acknowledged that but not ended it itself.
pub(super) fn waits_for_peers_end(port: u16) -> bool {
    const FIN_WAIT2: u8 = 5;
    net::find(Proc::OWN, "tcp", |row| (row.ends.local.port(), row.state) == (port, FIN_WAIT2)).is_some()
}

impl Drop for Process {
    /// Nothing that was started is left behind.
    fn drop(&mut self) {
        if self.ended.is_none() {
            let _ = self.child.kill();
            if let Ok(status) = self.child.wait() {
                self.finish(status);
            }
        }
    }
}
