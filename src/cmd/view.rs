//! `sockscope view`: a trace in the terminal, to look around in: the list or the lanes of both sides, filters after the
//! fact, one socket followed through its calls, and everything that is known of the chosen call.
//!
//! It draws the same story as the report's page ([`picture`](crate::picture)) and understands the same filters. Only what
//! is visible is drawn, so that a million calls scroll as ten do. Of a program that runs the calls are added as they come
//! ([`live`]).

use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::os::fd::AsFd;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError, channel};
use std::time::Duration;

use anstream::ColorChoice;
use anyhow::{Context, bail};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{Signal, raise};
use ratatui::DefaultTerminal;
use ratatui::crossterm::cursor::Hide;
use ratatui::crossterm::event::{self, Event as Input, KeyCode, KeyEventKind, KeyModifiers};
use ratatui::crossterm::execute;
use ratatui::crossterm::style::force_color_output;
use ratatui::crossterm::terminal::{Clear, ClearType, EnterAlternateScreen, enable_raw_mode};

use super::language::LanguageArg;
use super::{NO_HANDLER, readable};
use crate::event::Body;
use crate::picture::{Collector, Story, report};
use crate::read;
use crate::sys::signals;
use crate::why::Explainer;
use live::Live;
use screen::{Next, Screen, Shown};

mod details;
mod draw;
mod filter;
mod ladder;
mod live;
mod screen;
mod words;

/// How long to wait for a key before looking whether the trace is read, or a signal came.
const PATIENCE: Duration = Duration::from_millis(100);
/// The same while the trace is read.
const SHORT_PATIENCE: Duration = Duration::from_millis(20);

/// Look around in a trace, in the terminal
///
/// The calls as a list or as lanes side by side, with what is known of the chosen one below: what it means, its arguments
/// and bytes, its socket, the call at the other end, why it failed, the Python stack. `?` shows the keys.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  sockscope view trace.jsonl
  sockscope view server.strace client.strace
  sockscope view --filter '-e trace=%network status=failed' trace.jsonl
  sockscope trace -f -o t.jsonl python3 server.py; sockscope view t.jsonl
  sockscope view -- python3 client.py
  sockscope view -p 1234")]
pub(super) struct Args {
    /// The trace; `-` for standard input. Several are joined by time
    #[arg(value_name = "FILE", required_unless_present_any = ["program", "attach"])]
    pub files: Vec<PathBuf>,

    /// Start a program and show its calls while it runs; `i` types to it, leaving hangs up on it
    #[arg(last = true, value_name = "PROGRAM", conflicts_with_all = ["files", "attach"])]
    pub program: Vec<OsString>,

    /// Show the calls of a process that runs, and of what it starts; leaving lets it go on
    #[arg(short = 'p', long, value_name = "PID", conflicts_with = "files")]
    pub attach: Vec<u32>,

    /// Trace only these calls of a program that runs, as `trace -e trace=` does; sockets are the default
    #[arg(short = 'e', long = "trace", value_name = "LIST", conflicts_with = "files", value_parser = traced)]
    pub trace: Option<String>,

    /// Show only what fits, as `f` does: -e trace=LIST, status=failed, errno=NAME, fd=N, sock=N, pid=N, -P PATH, --peer
    /// ADDRESS, line=FILE:LINE, or any text
    #[arg(long, value_name = "FILTER", allow_hyphen_values = true, default_value = "")]
    pub filter: String,

    /// Begin with the lanes instead of the list
    #[arg(long)]
    pub lanes: bool,

    #[command(flatten)]
    pub language: LanguageArg,
}

/// Runs `sockscope view`.
pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    if !io::stdout().is_terminal() {
        bail!("cannot look around: standard output is no terminal; try `sockscope convert` for a file");
    }
    match ColorChoice::global() {
        ColorChoice::Never => force_color_output(false),
        ColorChoice::Always | ColorChoice::AlwaysAnsi => force_color_output(true),
        ColorChoice::Auto => {} // where NO_COLOR is not set
    }
    let signals = signals::remember().context(NO_HANDLER)?;
    let mut trace = match args.files.is_empty() {
        true => Trace::Running(Box::new(Live::start(args)?)),
        false => Trace::Read(Loading::start(args.files.clone())?),
    };
    let mut terminal = ratatui::try_init().context("cannot use the terminal")?;
    let seen = look(args, &mut terminal, &mut trace, &signals);
    ratatui::restore();
    match trace {
        Trace::Read(loading) => loading.stop.store(true, Ordering::Relaxed),
        Trace::Running(live) => live.leave(),
    }
    if let Some(signal) = seen? {
        signals::die_of(signal as i32);
    }
    Ok(ExitCode::SUCCESS)
}

/// What `-e` takes: a list, also behind `trace=`.
fn traced(list: &str) -> Result<String, String> {
    match list.split_once('=') {
        None => Ok(list.to_owned()),
        Some(("trace", list)) => Ok(list.to_owned()),
        Some((key, _)) => Err(format!("view takes a list of calls, not {key}=; try -e trace={list}")),
    }
}

/// Where the calls come from.
enum Trace {
    Read(Loading),
    Running(Box<Live>),
}

/// The trace, while another thread reads it.
struct Loading {
    story: Receiver<anyhow::Result<Story>>,
    events: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
}

impl Loading {
    fn start(files: Vec<PathBuf>) -> anyhow::Result<Self> {
        let mut trace = read::Events::new(read::open_all(&files, |_| {})?);
        let (send, story) = channel();
        let (events, stop) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        let (count, stopped) = (Arc::clone(&events), Arc::clone(&stop));
        std::thread::Builder::new().name("reading".to_owned()).spawn(move || {
            let mut collected = || -> anyhow::Result<Story> {
                let mut collector = Collector::new(report::MAX_STEPS, true);
                let mut explainer = Explainer::joint(false);
                for event in trace.by_ref().take_while(|_| !stopped.load(Ordering::Relaxed)) {
                    let mut event = event?;
                    if matches!(&event.body, Body::Call(call) if call.why.is_none()) {
                        explainer.event(&mut event);
                    }
                    collector.event(&event);
                    count.fetch_add(1, Ordering::Relaxed);
                }
                if trace.report().calls() == 0 {
                    readable(files.first().map_or("-".as_ref(), PathBuf::as_path), trace.report())?;
                }
                Ok(collector.finish())
            };
            // Nobody waits for it any more if they left.
            let _ = send.send(collected());
        })?;
        Ok(Self { story, events, stop })
    }
}

/// What is typed, from a thread of its own: reading a terminal that was closed never ends.
fn typed() -> io::Result<Receiver<Input>> {
    let (send, keys) = channel();
    std::thread::Builder::new().name("keys".to_owned()).spawn(move || {
        while let Ok(input) = event::read() {
            if send.send(input).is_err() {
                return;
            }
        }
    })?;
    Ok(keys)
}

/// Whether the terminal is gone.
fn is_closed() -> bool {
    let stdout = io::stdout();
    let mut fds = [PollFd::new(stdout.as_fd(), PollFlags::empty())];
    poll(&mut fds, PollTimeout::ZERO).is_ok_and(|ready| ready > 0)
}

/// Shows the trace until the reader leaves, or a signal ends us.
fn look(
    args: &Args,
    terminal: &mut DefaultTerminal,
    trace: &mut Trace,
    signals: &signals::Remembered,
) -> anyhow::Result<Option<Signal>> {
    let language = args.language.get();
    let names: Vec<String> = args.files.iter().map(|file| file.display().to_string()).collect();
    let keys = typed()?;
    let begin = |story: Shown, name: String| {
        let mut screen = Screen::new(story, name, language);
        screen.as_lanes = args.lanes;
        screen.set_filter(&args.filter);
        screen
    };
    let mut screen = match trace {
        Trace::Read(_) => None,
        Trace::Running(live) => Some(begin(live.story(), live.name())),
    };
    loop {
        match (&mut screen, &mut *trace) {
            (Some(screen), trace) => {
                if let Trace::Running(live) = trace {
                    live.step(screen)?;
                }
                terminal.draw(|frame| draw::screen(frame, screen))?;
            }
            (None, Trace::Running(_)) => return Ok(None),
            (None, Trace::Read(loading)) => match loading.story.try_recv() {
                Ok(story) => {
                    screen = Some(begin(Shown::Whole(Box::new(story?)), names.join(" ")));
                    continue;
                }
                Err(TryRecvError::Empty) => {
                    let count = loading.events.load(Ordering::Relaxed);
                    terminal.draw(|frame| draw::waiting(frame, language, count))?;
                }
                Err(TryRecvError::Disconnected) => bail!("cannot read the trace: its reader ended"),
            },
        }
        let is_growing = screen.is_none() || matches!(trace, Trace::Running(live) if live.goes_on());
        let patience = match (is_growing, trace.is_behind()) {
            (_, true) => Duration::ZERO,
            (true, false) => SHORT_PATIENCE,
            (false, false) => PATIENCE,
        };
        let first = loop {
            if signals.last().is_some() {
                return Ok(signals.last());
            }
            match keys.recv_timeout(patience) {
                Ok(input) => break Some(input),
                Err(RecvTimeoutError::Timeout) if is_closed() => return Ok(None),
                Err(RecvTimeoutError::Timeout) if is_growing => break None,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(None),
            }
        };
        // Keys that are already there are taken together: who holds one down is not drawn every step of the way.
        for input in first.into_iter().chain(std::iter::from_fn(|| keys.try_recv().ok())) {
            // The rest is another size, above all, which drawing asks for itself.
            let Input::Key(key) = input else { continue };
            if key.kind == KeyEventKind::Release {
                continue;
            }
            if let (Some(screen), Trace::Running(live)) = (&mut screen, &mut *trace)
                && live.key(screen, &key)
            {
                continue;
            }
            if is_control(&key, 'c') {
                return Ok(None);
            }
            if is_control(&key, 'z') {
                suspend(terminal)?;
                continue;
            }
            let next = match &mut screen {
                Some(screen) => screen.key(key),
                None if key.code == KeyCode::Char('q') => Next::Leave,
                None => Next::Go,
            };
            if next == Next::Leave {
                return Ok(None);
            }
        }
    }
}

impl Trace {
    /// Whether calls wait to be shown.
    fn is_behind(&self) -> bool {
        matches!(self, Self::Running(live) if live.is_behind())
    }
}

fn is_control(key: &event::KeyEvent, letter: char) -> bool {
    key.modifiers.contains(KeyModifiers::CONTROL) && key.code == KeyCode::Char(letter)
}

/// Gives the terminal back to the shell until we are continued. Nothing may ask the terminal where its cursor is: the
/// answer would come where keys are read.
fn suspend(terminal: &mut DefaultTerminal) -> anyhow::Result<()> {
    ratatui::restore();
    raise(Signal::SIGTSTP).context("cannot stop")?;
    enable_raw_mode().context("cannot use the terminal")?;
    execute!(io::stdout(), EnterAlternateScreen, Clear(ClearType::All), Hide)?;
    // Nothing of what was drawn before is there any more.
    terminal.swap_buffers();
    terminal.swap_buffers();
    Ok(())
}
