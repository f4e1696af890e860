//! Runs cases: starts the roles, follows the script by observing, and compares the end with what the case expects.
//!
//! One runner for Rust programs, Python twins and any pairing of them; the command shows its updates, the tests read
//! what it has collected.

mod prints;
mod process;
mod scenery;
mod sockets;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::sys::socket::SockType;
use nix::unistd::Pid;

use super::cases::{self, Act, Case, Ending};
use super::{Program, Role, Transport};
use crate::event::Event;
use crate::sys::clock;
use crate::sys::folder::{self, Folder};
use crate::sys::port::{self, Reserved};
pub use process::{Calls, RoleProcess};
use scenery::Scenery;
pub use sockets::{SocketLines, without_times};

/// How long one act may wait; longer than any takes on a busy machine.
const WAIT_LIMIT: Duration = Duration::from_secs(60);

/// Who plays a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Player {
    /// Our program, in a process of this executable.
    Rust,
    /// The twin, with this interpreter.
    Python(PathBuf),
}

/// How a case is to be run.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// Our executable, started once for each Rust role.
    pub sockscope: PathBuf,
    /// Who plays the server.
    pub server: Player,
    /// Who plays the client.
    pub client: Player,
    /// The port that the server binds and the script holds; 0 for any free one.
    pub port: u16,
    /// Given to both roles as `--host`.
    pub host: Option<String>,
    /// How many bytes of each buffer the log records.
    pub strings: usize,
    /// Whether structures are logged in full.
    pub verbose: bool,
    /// Whether evidence is collected for calls that fail or wait.
    pub why: bool,
    /// Whether the states of sockets are logged.
    pub state: bool,
    /// The source of the twins' calls: [`Calls::Tracer`], [`Calls::Strace`] or [`Calls::Unknown`].
    pub python_calls: Calls,
    /// Whether the tracer of the twins reads their Python lines.
    pub python_lines: bool,
    /// The folder for strace's own trace of each Rust role, one file per process.
    pub witness: Option<PathBuf>,
    /// The roles' working directory; a subdirectory each if `apart`.
    pub folder: PathBuf,
    /// Whether each process has a directory of its own.
    pub apart: bool,
    /// Ends the run early once it is set.
    pub stop: Arc<AtomicBool>,
}

/// Something that happened to a process while a case runs.
#[derive(Debug, Clone)]
pub struct Update {
    /// The process's number in order of start.
    pub process: usize,
    /// When it happened, ns since 1970; of an event, when it was complete.
    pub ts_ns: u64,
    /// What happened.
    pub kind: UpdateKind,
}

/// What happened to a process.
#[derive(Debug, Clone)]
pub enum UpdateKind {
    /// A role was started: its process id, and the source of its calls.
    Started(Role, u32, Calls),
    /// Text on standard output.
    Output(Vec<u8>),
    /// Text on standard error.
    Errors(Vec<u8>),
    /// A call was begun.
    Begun(Event),
    /// An event of its log.
    Event(Event),
    /// A line of strace's log of it.
    Line(String),
    /// Something to know of the run as a whole.
    Remark(String),
    /// It ended, and all its output has been sent.
    Ended(std::process::ExitStatus),
}

/// Why a case did not go as expected.
#[derive(Debug)]
pub enum Failure {
    /// It ended in a way the case does not expect.
    Unexpected(String),
    /// It could not be run.
    NotRun(String),
    /// [`RunOptions::stop`] was set, or a signal came.
    Stopped,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unexpected(text) | Self::NotRun(text) => f.write_str(text),
            Self::Stopped => f.write_str("stopped"),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::NotRun(error.to_string())
    }
}

impl From<nix::Error> for Failure {
    fn from(error: nix::Error) -> Self {
        Self::NotRun(error.to_string())
    }
}

/// A case being run.
#[derive(Debug)]
pub struct Runner<'a> {
    options: &'a RunOptions,
    program: &'static Program,
    updates: Option<Sender<Update>>,
    /// The twins' sources while they are run.
    twins: Option<Folder>,
    port: u16,
    scenery: Scenery,
    reserved: Option<Reserved>,
    processes: Vec<RoleProcess>,
}

impl<'a> Runner<'a> {
    /// A runner that has started nothing yet. It sends each update to `updates` as it happens.
    pub fn new(options: &'a RunOptions, program: &'static Program, updates: Option<Sender<Update>>) -> Self {
        Self {
            options,
            program,
            updates,
            twins: None,
            port: 0,
            scenery: Scenery::default(),
            reserved: None,
            processes: Vec::new(),
        }
    }

    /// The started processes, in order of start.
    pub fn into_processes(mut self) -> Vec<RoleProcess> {
        std::mem::take(&mut self.processes)
    }

    /// The processes started so far, in order of start.
    pub fn processes(&self) -> &[RoleProcess] {
        &self.processes
    }

    /// Who the processes started so far play, in order of start.
    pub fn roles(&self) -> Vec<Role> {
        self.processes.iter().map(RoleProcess::role).collect()
    }

    /// The port that the script chose, which differs from run to run.
    pub fn chosen_port(&self) -> Option<u16> {
        self.reserved.as_ref().map(Reserved::number)
    }

    /// Runs a case to its end and checks the endings and the expected calls.
    ///
    /// # Errors
    /// What differs from the case.
    pub fn run(&mut self, case: &Case) -> Result<(), Failure> {
        for act in case.script {
            self.act(*act)?;
        }
        if case.endings.len() != self.processes.len() {
            return Err(Failure::NotRun("the case must have as many endings as processes".to_owned()));
        }
        let roles = self.roles();
        let stop = &self.options.stop;
        for (n, (process, ending)) in self.processes.iter_mut().zip(case.endings).enumerate() {
            let status = process.wait(stop)?;
            if !ended_as(process, status, *ending) {
                let output = process.output();
                let last = output.trim_end().lines().next_back().map(|line| format!("; it printed last: {line}"));
                return Err(Failure::Unexpected(format!(
                    "the {} ended with {status}, but should have {ending}{}",
                    cases::role_name(&roles, n),
                    last.unwrap_or_default()
                )));
            }
        }
        for expected in case.calls {
            let process = &self.processes[expected.process];
            if process.calls() != Calls::Unknown && !process.has_call(expected.call, expected.outcome) {
                return Err(Failure::Unexpected(format!(
                    "the {} made no call {} with {}",
                    cases::role_name(&roles, expected.process),
                    expected.call,
                    expected.outcome
                )));
            }
        }
        Ok(())
    }

    fn act(&mut self, act: Act) -> Result<(), Failure> {
        let stop = Arc::clone(&self.options.stop);
        match act {
            Act::Hold => {
                let port = self.port_to_hold();
                let kind = match self.program.transport {
                    Transport::Tcp => SockType::Stream,
                    Transport::Udp => SockType::Datagram,
                };
                let held = match port::hold(kind, port) {
                    // The document's second port need not be free on this machine.
                    Err(nix::Error::EADDRINUSE) if port != self.options.port => {
                        self.remark(format!("port {port}, the client's, is in use: taking any free one"));
                        port::hold(kind, 0)
                    }
                    held => held,
                };
                let (fd, port) =
                    held.map_err(|errno| Failure::NotRun(format!("cannot keep port {port} closed: {errno}")))?;
                self.scenery.hold(fd);
                self.port = port;
            }
            Act::Choose if self.options.port != 0 => self.port = self.options.port,
            Act::Choose => self.port = self.reserved.insert(port::reserve()?).number(),
            Act::Start(role, args) => self.start(role, args, false)?,
            Act::StartUnprivileged(role, args) => self.start(role, args, true)?,
            Act::Ready(n) => {
                let transport = self.program.transport;
                let process = &mut self.processes[n];
                let port = observe("the server's socket", &stop, || {
                    // Checked before the port, since a server that ended no longer has a socket.
                    let ended = process.has_ended();
                    process.served(transport).map(Some).or(ended.then_some(None))
                })?;
                match port {
                    Some(port) => self.port = port,
                    None => {
                        let status = process.wait(&stop)?;
                        let output = process.output();
                        let last = output.trim_end().lines().next_back().map(|line| format!(": {line}"));
                        let last = last.unwrap_or_default();
                        return Err(Failure::Unexpected(format!("the server ended at once with {status}{last}")));
                    }
                }
            }
            Act::Type(n, text) => self.processes[n].write(text)?,
            Act::Close(n) => self.processes[n].close_input(),
            Act::Printed(n, text) => {
                let process = &self.processes[n];
                observe(&format!("the output {text:?}"), &stop, || process.output().contains(text).then_some(()))?;
            }
            Act::Blocked(n) => {
                let process = &self.processes[n];
                observe("a sleep in recvfrom", &stop, || process.sleeps_in_recvfrom())?;
            }
            Act::Reset(n) => {
                let process = &self.processes[n];
                observe("the reset", &stop, || process.sockets("tcp").is_empty().then_some(()))?;
            }
            Act::HalfClosed => {
                let port = self.port;
                observe("FIN_WAIT2", &stop, || process::waits_for_peers_end(port).then_some(()))?;
            }
            Act::Ended(n) => {
                self.processes[n].wait(&stop)?;
            }
            Act::Stop(n) => {
                let pid = Pid::from_raw(self.processes[n].pid() as i32);
                if self.options.why {
                    self.processes[n].collect_evidence();
                }
                kill(pid, Signal::SIGTERM)?;
                self.processes[n].wait(&stop)?;
            }
        }
        Ok(())
    }

    fn remark(&self, text: String) {
        if let Some(updates) = &self.updates {
            let (process, ts_ns) = (self.processes.len(), clock::realtime_ns());
            let _ = updates.send(Update { process, ts_ns, kind: UpdateKind::Remark(text) });
        }
    }

    /// The port to hold: the document's second one where it has two and the server has the first.
    fn port_to_hold(&self) -> u16 {
        if self.port == 0 {
            self.options.port
        } else if self.port == self.program.server_port && self.program.client_port != self.program.server_port {
            self.program.client_port
        } else {
            0
        }
    }

    fn start(&mut self, role: Role, args: &[&str], unprivileged: bool) -> Result<(), Failure> {
        let words = self.arguments(role, args);
        let player = match role {
            Role::Server => &self.options.server,
            Role::Client => &self.options.client,
        };
        if matches!(player, Player::Python(_)) && self.twins.is_none() {
            let folder = folder::private("sockscope-twins-")?;
            for role in [Role::Server, Role::Client] {
                std::fs::write(folder.path().join(self.program.twin_file(role)), self.program.twin(role))?;
            }
            self.twins = Some(folder);
        }
        let twin = self.twins.as_ref().map(|folder| folder.path().join(self.program.twin_file(role)));
        let number = self.processes.len();
        let roles: Vec<Role> = self.roles().into_iter().chain([role]).collect();
        let part = format!("{} of {}", cases::role_name(&roles, number), self.program.name);
        let (options, program, scenery) = (self.options, self.program, self.scenery.clone());
        let start = process::Start { options, program, role, part, player, twin, unprivileged, scenery };
        self.processes.push(start.spawn(number, &words, self.updates.clone())?);
        Ok(())
    }

    /// A role's arguments: the address, and what the case adds.
    fn arguments(&self, role: Role, further: &[&str]) -> Vec<String> {
        // The one case without a server and without a port is about exactly that.
        let nowhere = role == Role::Client && self.port == 0;
        let (place, port) = match role {
            Role::Server => (&["--port", "{port}"][..], if self.port == 0 { self.options.port } else { self.port }),
            Role::Client if nowhere => (&[][..], 0),
            Role::Client => (self.program.client_args, self.port),
        };
        let mut words: Vec<String> = place.iter().map(|word| word.replace("{port}", &port.to_string())).collect();
        // To getname's client the host is a name to look up, which its server cannot bind.
        if let Some(host) = &self.options.host
            && !nowhere
            && !(self.program.name == "getname" && role == Role::Server)
        {
            words.extend(["--host".to_owned(), host.clone()]);
        }
        words.extend(further.iter().map(|&word| word.to_owned()));
        words
    }
}

fn ended_as(process: &RoleProcess, status: std::process::ExitStatus, ending: Ending) -> bool {
    use std::os::unix::process::ExitStatusExt;
    match ending {
        Ending::Stopped => status.signal() == Some(Signal::SIGTERM as i32),
        Ending::Exit(code, text) => status.code() == Some(code) && process.output().contains(text),
    }
}

/// Polls `ask` until it returns a value.
fn observe<T>(what: &str, stop: &AtomicBool, mut ask: impl FnMut() -> Option<T>) -> Result<T, Failure> {
    let start = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return Ok(answer);
        }
        if stop.load(Ordering::Relaxed) {
            return Err(Failure::Stopped);
        }
        if start.elapsed() > WAIT_LIMIT {
            return Err(Failure::Unexpected(format!("timed out after {} s waiting for {what}", WAIT_LIMIT.as_secs())));
        }
        std::thread::park_timeout(Duration::from_millis(1));
    }
}

/// Waits until a file that another process writes is complete, and returns its text.
///
/// # Errors
/// [`Failure::Unexpected`] if it does not become complete in time.
pub fn observe_file(path: &std::path::Path, whole: impl Fn(&str) -> bool) -> Result<String, Failure> {
    observe("the end of a file", &AtomicBool::new(false), || {
        let text = String::from_utf8_lossy(&std::fs::read(path).ok()?).into_owned();
        whole(&text).then_some(text)
    })
}
