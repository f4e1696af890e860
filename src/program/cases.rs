//! The cases: a program, a situation, and what the kernel must then answer.
//!
//! A case is a short script of acts, each waiting on something that can be
//! observed, never on time. The Rust replay, the Python twins and mixtures of
//! both follow the same script, so their traces can be compared.
//! Processes are numbered in the order in which they are started.

use super::Role;

mod chat;
mod datagram;
mod flow;
mod getname;
mod hello;
mod http_get;

/// One step of a case's script. Numbers are processes in order of start.
#[derive(Debug, Clone, Copy)]
pub enum Act {
    /// Takes a port on which every connection is refused, and makes it the case's
    /// port: for TCP a bound socket that does not listen, for UDP one connected to itself.
    Hold,
    /// Chooses a port that is free for both TCP and UDP as the case's port, unless the run was given one.
    Choose,
    /// Starts a role with these further arguments. A server gets the case's
    /// port (0 while there is none), a client the arguments that lead to it.
    Start(Role, &'static [&'static str]),
    /// The same for a process without the right to bind ports below 1024.
    StartUnprivileged(Role, &'static [&'static str]),
    /// Waits until the process listens (TCP) or is bound (UDP); its port
    /// becomes the case's port.
    Ready(usize),
    /// Writes text to the process's standard input.
    Type(usize, &'static str),
    /// Ends the process's standard input.
    Close(usize),
    /// Waits until the process has printed this text.
    Printed(usize, &'static str),
    /// Waits until the process sleeps in recvfrom.
    Blocked(usize),
    /// Waits until a reset has ended the process's connection: its socket is
    /// no longer among the host's TCP sockets.
    Reset(usize),
    /// Waits until the kernel has the peer's acknowledgement of the end that a server sent from the case's port
    /// (`FIN_WAIT2`). If the peer closed before, that acknowledgement might arrive after the peer's own end, on a busy
    /// machine with several processors; it would be answered, the peer's closed socket would reset that answer, and the
    /// reset would end TIME_WAIT (RFC 1337).
    HalfClosed,
    /// Waits until the process has ended.
    Ended(usize),
    /// Ends a process that would never end, with SIGTERM.
    Stop(usize),
}

/// How a process ends.
#[derive(Debug, Clone, Copy)]
pub enum Ending {
    /// With this exit code, having printed this text (to either stream).
    Exit(i32, &'static str),
    /// By the script's SIGTERM.
    Stopped,
}

impl std::fmt::Display for Ending {
    /// What the process did: `printed "…" and exited with 0`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Exit(code, "") => write!(f, "exited with {code}"),
            Self::Exit(code, text) => write!(f, "printed “{}” and exited with {code}", text.trim()),
            Self::Stopped => f.write_str("waited until it was stopped"),
        }
    }
}

impl Ending {
    /// The same with the whole lines that the process printed, of which the case has only what is the same in each run.
    pub fn seen(&self, output: &str) -> String {
        match self {
            Self::Exit(code, text) if !text.is_empty() => {
                let last = text.lines().count().saturating_sub(1);
                let whole = |(at, part): (usize, &str)| {
                    let mut lines = output.lines();
                    // Lines between others are whole already.
                    let line = if at == 0 || at == last { lines.find(|line| line.contains(part)) } else { None };
                    behind_prompts(line.unwrap_or(part), part).trim().to_owned()
                };
                let printed: Vec<String> = text.lines().enumerate().map(whole).collect();
                format!("printed “{}” and exited with {code}", printed.join("”, “"))
            }
            _ => self.to_string(),
        }
    }
}

/// A line without the prompts before it, which end in a colon and none of which has a newline of its own.
fn behind_prompts<'a>(line: &'a str, part: &str) -> &'a str {
    let mut rest = line;
    while let Some((prompt, behind)) = rest.split_once(':')
        && !prompt.is_empty()
        && !prompt.contains(|c: char| c.is_ascii())
        && behind.contains(part)
    {
        rest = behind.trim_start();
    }
    rest
}

/// What a process is called that plays one of these roles: `server`, or `second server`.
pub fn role_name(roles: &[Role], at: usize) -> String {
    let Some(role) = roles.get(at) else { return "process".to_owned() };
    match roles[..at].iter().filter(|before| *before == role).count() {
        0 => role.name().to_owned(),
        1 => format!("second {}", role.name()),
        _ => format!("next {}", role.name()),
    }
}

/// A call that must be in a process's trace.
#[derive(Debug, Clone, Copy)]
pub struct ExpectedCall {
    /// The process, in order of start.
    pub process: usize,
    /// The system call.
    pub call: &'static str,
    /// The errno's name, or `Timeout` for a poll that returned 0.
    pub outcome: &'static str,
}

/// A program in a situation.
#[derive(Debug)]
pub struct Case {
    /// The program's name.
    pub program: &'static str,
    /// The case's name, unique within the program; `default` comes first.
    pub name: &'static str,
    /// One sentence: the situation and the result.
    pub doc: &'static str,
    /// The script.
    pub script: &'static [Act],
    /// How each started process ends.
    pub endings: &'static [Ending],
    /// The calls that must be in the trace.
    pub calls: &'static [ExpectedCall],
}

const fn expect(process: usize, call: &'static str, outcome: &'static str) -> ExpectedCall {
    ExpectedCall { process, call, outcome }
}

/// Every case, program by program.
pub fn all() -> impl Iterator<Item = &'static Case> + Clone {
    [getname::CASES, datagram::CASES, chat::CASES, flow::CASES, http_get::CASES, hello::CASES].into_iter().flatten()
}
