//! A program that is looked at while it runs.
//!
//! `sockscope trace` traces it in a process of its own and hands over each call when it begins and when it has returned, so
//! what waits is seen waiting. The program has a terminal of its own, which a part of the screen shows, and which keys can be
//! sent to. However fast it calls, each turn takes only so much time: what waits to be shown waits in the pipe.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::fd::OwnedFd;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError, channel, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use nix::pty::{Winsize, openpty};
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, ttyname};
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::crossterm::terminal;

use super::screen::{Program, Screen, Shown};
use super::words::either;
use super::{Args, is_control};
use crate::event::{Body, Event};
use crate::json;
use crate::lang::Language;
use crate::picture::{Collector, report};
use crate::sockets::Sockets;
use crate::sys::descriptor;

/// How long a turn may take to show new calls.
const TURN: Duration = Duration::from_millis(20);
/// How many calls may wait for that.
const WAITING: usize = 4096;
/// The shortest time between two looks at which call belongs to which.
const REST: Duration = Duration::from_millis(500);
/// And how many times as long as such a look took.
const RESTS: u32 = 10;
/// Rows of the program's terminal.
const ROWS: u16 = 24;
/// How many of its last lines are shown.
pub(super) const PANE: usize = 6;
/// How much of a string is kept.
const STRINGS: &str = "4096";
/// How long the screen waits for the first call, or for the tracer to refuse what was asked.
const FIRST: Duration = Duration::from_millis(500);
/// How long a tracer that is to let go may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// A program that is traced.
pub(super) struct Live {
    tracer: Child,
    name: String,
    language: Language,
    attached: bool,
    /// The first event, which was waited for.
    first: Option<Event>,
    events: Receiver<Event>,
    terminal: Option<Terminal>,
    /// What the tracer itself has to say.
    remarks: Arc<Mutex<Vec<u8>>>,
    has_ended: bool,
    is_behind: bool,
    /// Sockets that are put together, since when.
    sockets: Option<(Receiver<Sockets>, Instant)>,
    /// When they are next, and of how many steps they were.
    next: (Instant, usize),
}

/// The program's terminal.
struct Terminal {
    /// Our end.
    master: File,
    screen: Arc<Mutex<vt100::Parser>>,
    /// Its end, which stays while nothing else has it open.
    _slave: OwnedFd,
}

impl Live {
    /// Starts the tracer.
    pub(super) fn start(args: &Args) -> anyhow::Result<Self> {
        let mut command = Command::new(std::env::current_exe().context("cannot find ourselves")?);
        command.args(["trace", "-f", "-q", "--entries", "--python", "--why", "--format", "jsonl"]);
        command.args(["-o", "/proc/self/fd/1", "-s", STRINGS]);
        if let Some(list) = &args.trace {
            command.args(["-e", &format!("trace={list}")]);
        }
        let mut terminal = None;
        if args.program.is_empty() {
            for pid in &args.attach {
                command.args(["-p", &pid.to_string()]);
            }
        } else {
            let (opened, path) = Terminal::open().context("cannot make a terminal for the program")?;
            command.arg("--own-terminal").arg(path).arg("--").args(&args.program);
            terminal = Some(opened);
        }
        let spawned = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut tracer = spawned.context("cannot start the tracer")?;
        let (Some(calls), Some(mut errors)) = (tracer.stdout.take(), tracer.stderr.take()) else {
            bail!("cannot read what the tracer writes");
        };
        let (send, events) = sync_channel(WAITING);
        std::thread::Builder::new().name("calls".to_owned()).spawn(move || {
            for line in BufReader::new(calls).split(b'\n').map_while(Result::ok) {
                let line = String::from_utf8_lossy(&line);
                let event = json::read(&line).unwrap_or_else(|error| Event::new(0, Body::Note(error.to_string())));
                if send.send(event).is_err() {
                    return;
                }
            }
        })?;
        let remarks = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&remarks);
        std::thread::Builder::new().name("remarks".to_owned()).spawn(move || {
            let mut chunk = [0; 1024];
            while let Ok(n @ 1..) = errors.read(&mut chunk) {
                lock(&kept).extend_from_slice(&chunk[..n]);
            }
        })?;
        let language = args.language.get();
        let name = match args.attach.as_slice() {
            [] => args.program.iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" "),
            pids => {
                let pids: Vec<String> = pids.iter().map(u32::to_string).collect();
                format!("{} {}", either(language, "process", "进程"), pids.join(", "))
            }
        };
        let mut live = Self {
            tracer,
            name,
            language,
            attached: !args.attach.is_empty(),
            first: None,
            events,
            terminal,
            remarks,
            has_ended: false,
            is_behind: false,
            sockets: None,
            next: (Instant::now(), 0),
        };
        // No screen is drawn for what the tracer refuses.
        match live.events.recv_timeout(FIRST) {
            Ok(event) => live.first = Some(event),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => live.accepted()?,
        }
        Ok(live)
    }

    /// Whether the tracer has done what was asked, of which no call came.
    ///
    /// # Errors
    /// Why it did not.
    fn accepted(&mut self) -> anyhow::Result<()> {
        let status = self.tracer.wait().context("cannot learn how the tracer ended")?;
        if status.success() {
            return Ok(());
        }
        // Before it has the program's terminal, and behind.
        let mut remarks = String::from_utf8_lossy(&lock(&self.remarks)).into_owned();
        if let Some(terminal) = &self.terminal {
            remarks += &lock(&terminal.screen).screen().contents();
        }
        match remarks.trim().strip_prefix("sockscope: ") {
            Some(remark) => bail!("{remark}"),
            None => Ok(()),
        }
    }

    /// Its name, for the title.
    pub(super) fn name(&self) -> String {
        self.name.clone()
    }

    /// Nothing so far.
    pub(super) fn story(&self) -> Shown {
        Shown::Growing(Box::new(Collector::new(report::MAX_STEPS, true)))
    }

    /// Whether more may come.
    pub(super) fn goes_on(&self) -> bool {
        !self.has_ended
    }

    /// Whether calls wait to be shown.
    pub(super) fn is_behind(&self) -> bool {
        self.is_behind
    }

    /// Shows what happened since.
    pub(super) fn step(&mut self, screen: &mut Screen) -> anyhow::Result<()> {
        let typed = screen.program.as_ref().is_some_and(|program| program.is_typed_to);
        let begin = Instant::now();
        let (mut has_ended, mut is_behind) = (false, false);
        screen.grow(std::iter::from_fn(|| {
            is_behind = begin.elapsed() >= TURN;
            match self.first.take().map_or_else(|| self.events.try_recv(), Ok) {
                _ if is_behind => None,
                Ok(event) => Some(event),
                Err(TryRecvError::Empty) => None,
                Err(TryRecvError::Disconnected) => {
                    has_ended = true;
                    None
                }
            }
        }));
        self.is_behind = is_behind;
        let mut program = Program { is_typed_to: typed && !self.has_ended, ..Program::default() };
        if let Some(terminal) = &self.terminal {
            terminal.show(&mut program);
        }
        program.status = match screen.open_calls() {
            _ if self.has_ended => screen.program.take().map(|program| program.status).unwrap_or_default(),
            0 => either(self.language, "running", "运行中").to_owned(),
            n => format!("{}: {n}", either(self.language, "running, waiting in a call", "运行中，等待中的调用")),
        };
        if has_ended && !self.has_ended {
            self.has_ended = true;
            program.status = self.end(screen)?;
        }
        screen.program = Some(program);
        if !self.has_ended {
            self.put_together(screen);
        }
        Ok(())
    }

    /// Nothing more will come; how it ended.
    fn end(&mut self, screen: &mut Screen) -> anyhow::Result<String> {
        let status = self.tracer.wait().context("cannot learn how the tracer ended")?;
        if screen.story.steps.is_empty() {
            self.accepted()?;
        }
        screen.finish();
        Ok(match (self.attached, status.code()) {
            (true, _) => either(self.language, "ended", "已结束").to_owned(),
            (false, Some(code)) => format!("{} {code}", either(self.language, "exited with", "已退出，返回")),
            (false, None) => status.to_string(),
        })
    }

    /// Lets another thread find out now and then which call belongs to which socket and which to which other.
    fn put_together(&mut self, screen: &mut Screen) {
        if let Some((sockets, since)) = &self.sockets {
            match sockets.try_recv() {
                Ok(sockets) => {
                    self.next.0 = Instant::now() + REST.max(since.elapsed() * RESTS);
                    screen.set_sockets(sockets);
                }
                Err(TryRecvError::Empty) => return,
                Err(TryRecvError::Disconnected) => {}
            }
            self.sockets = None;
            return;
        }
        let steps = screen.story.steps.len();
        let Shown::Growing(collector) = &screen.story else { return };
        if Instant::now() < self.next.0 || steps == self.next.1 {
            return;
        }
        let since = Instant::now();
        let (send, sockets) = channel();
        let work = collector.sockets();
        let spawned = std::thread::Builder::new().name("sockets".to_owned()).spawn(move || {
            let _ = send.send(work());
        });
        if spawned.is_ok() {
            (self.sockets, self.next.1) = (Some((sockets, since)), steps);
        }
    }

    /// A key: whether it was the program's, or about it.
    pub(super) fn key(&mut self, screen: &mut Screen, key: &KeyEvent) -> bool {
        let is_prompted = screen.prompt.is_some();
        let (Some(program), Some(terminal)) = (&mut screen.program, &mut self.terminal) else { return false };
        if !program.is_typed_to {
            let begins = key.code == KeyCode::Char('i') && !is_prompted && !self.has_ended;
            program.is_typed_to = begins;
            return begins;
        }
        // (Ctrl-] is the same byte as Ctrl-5.)
        let ends = is_control(key, ']') || is_control(key, '5');
        program.is_typed_to = !ends && terminal.master.write_all(&bytes_of(key)).is_ok();
        true
    }

    /// Hangs up on a program that we started, and lets one go that ran before.
    pub(super) fn leave(mut self) {
        drop(self.terminal.take());
        if self.has_ended {
            return;
        }
        if self.attached {
            let _ = kill(Pid::from_raw(self.tracer.id().cast_signed()), Signal::SIGINT);
        }
        // What it still has to hand over is in its way.
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until && matches!(self.tracer.try_wait(), Ok(None)) {
            let _ = self.events.recv_timeout(Duration::from_millis(10));
        }
    }
}

impl Terminal {
    /// A new one, and the path of the program's end.
    fn open() -> anyhow::Result<(Self, std::path::PathBuf)> {
        let (columns, _) = terminal::size().unwrap_or((80, ROWS));
        let size = Winsize { ws_row: ROWS, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        let pty = openpty(Some(&size), None)?;
        let path = ttyname(&pty.slave)?;
        // Under numbers of their own, and for nobody whom we start.
        let master = File::from(descriptor::lift(&pty.master, false)?);
        let slave = descriptor::lift(&pty.slave, false)?;
        let screen = Arc::new(Mutex::new(vt100::Parser::new(ROWS, columns, 0)));
        let (mut output, shown) = (master.try_clone()?, Arc::clone(&screen));
        std::thread::Builder::new().name("output".to_owned()).spawn(move || {
            let mut chunk = [0; 4096];
            while let Ok(n @ 1..) = output.read(&mut chunk) {
                lock(&shown).process(&chunk[..n]);
            }
        })?;
        Ok((Self { master, screen, _slave: slave }, path))
    }

    /// The last lines on it.
    fn show(&self, program: &mut Program) {
        let parser = lock(&self.screen);
        let screen = parser.screen();
        let (_, columns) = screen.size();
        let (row, column) = screen.cursor_position();
        let rows: Vec<String> = screen.rows(0, columns).collect();
        let filled = rows.iter().rposition(|row| !row.trim_end().is_empty()).map_or(0, |last| last + 1);
        let end = if program.is_typed_to { filled.max(usize::from(row) + 1) } else { filled };
        let first = end.saturating_sub(PANE);
        program.printed = rows[first..end].to_vec();
        program.cursor = (column, row.saturating_sub(first as u16));
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a terminal sends for a key.
fn bytes_of(key: &KeyEvent) -> Vec<u8> {
    let arrow = |letter: u8| vec![0x1b, b'[', letter];
    match key.code {
        KeyCode::Char(c) if key.modifiers.contains(KeyModifiers::CONTROL) && c.is_ascii() => vec![c as u8 & 0x1f],
        KeyCode::Char(c) => c.to_string().into_bytes(),
        KeyCode::Enter => vec![b'\r'],
        KeyCode::Tab => vec![b'\t'],
        KeyCode::Backspace => vec![0x7f],
        KeyCode::Esc => vec![0x1b],
        KeyCode::Up => arrow(b'A'),
        KeyCode::Down => arrow(b'B'),
        KeyCode::Right => arrow(b'C'),
        KeyCode::Left => arrow(b'D'),
        KeyCode::Home => arrow(b'H'),
        KeyCode::End => arrow(b'F'),
        _ => Vec::new(),
    }
}
