//! One role in the foreground: by hand in one of two terminals, or as a process that the runner has started.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, anyhow};
use nix::sys::prctl;
use nix::sys::signal::Signal;

use super::{AS_PRINTED, Args, expected};
use crate::cmd::log::{self, LogWriter};
use crate::cmd::paint::{self, Painted};
use crate::cmd::why::Causes;
use crate::cmd::{NO_HANDLER, format};
use crate::decode::Limits;
use crate::event::{Body, Event, Exit, Sink};
use crate::format::{Explained, Packed};
use crate::log::Log;
use crate::net::{Net, States, Stream};
use crate::program::arguments::Arguments;
use crate::program::cases::Case;
use crate::program::handover::PipeSink;
use crate::program::stage::{self, End, NetMaker, perform};
use crate::program::{Program, Role};
use crate::pysocket;
use crate::sys::signals;
use crate::text::Pids;
use crate::why::{Caller, Collector};

/// Runs it; the exit code is the program's own.
pub(super) fn run(args: &Args, program: &Program, role: Role, case: &Case) -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse(&words(args, program, role, case)).map_err(|text| anyhow!(text))?;
    signals::interrupt_as_python_does(pysocket::interrupt, pysocket::is_interrupted).context(NO_HANDLER)?;
    std::panic::set_hook(Box::new(|_| {})); // `perform` reports it in one sentence
    let (limits, why) = (log::limits(&args.log), args.log.why.is_some());
    let asked = if args.log.state { Some(States::new().context("cannot ask for sockets' states")?) } else { None };

    if let Some(fd) = args.log_fd {
        // A runner that is killed leaves no role behind.
        prctl::set_pdeathsig(Signal::SIGKILL).context("cannot be ended with the run")?;
        // Everything is with the runner the moment it happens, so signals may do as they like.
        let sink = PipeSink::open(fd).with_context(|| format!("descriptor {fd} is not open"))?;
        let prints = sink.clone();
        stage::on_print(move |fd, len| prints.print(fd, len));
        let maker: NetMaker = Arc::new(move || layer(sink.clone(), limits, why, asked.as_ref()));
        return finish(perform(program.role(role), arguments, maker));
    }

    let written = format::chosen(args.log.format, args.log.output.as_deref())?;
    format::spare_the_terminal(written.format, args.log.output.is_none() && std::io::stderr().is_terminal())?;
    format::explains(args.log.explain, written.format)?;
    let threads = program.name == "three-step" && role == Role::Server;
    let (pids, out): (Pids, LogWriter) = match log::file(&args.log, written)? {
        Some(file) => (Pids::Bare, file.into_writer()?),
        None => {
            let pids = if threads { Pids::Bracketed } else { Pids::None };
            let to: Box<dyn Write + Send> = match written.format.for_people {
                true => Box::new(Painted::new(std::io::stderr(), paint::paints(&std::io::stderr()))),
                false => Box::new(std::io::stderr()),
            };
            (pids, Packed::plain(to))
        }
    };
    let to_person = args.log.output.is_none() && std::io::stderr().is_terminal();
    let options = log::options(&args.log, pids, to_person);
    let writer = (written.format.writer)(&options);
    let log = Arc::new(Log::start_packed(
        if why { Explained::before(writer, args.log.why == Some(Causes::All)) } else { writer },
        out,
    ));
    let at_signal = Arc::clone(&log);
    signals::on(&[Signal::SIGTERM, Signal::SIGHUP], move |signal| {
        if why {
            at_signal.amend(look);
        }
        let killed = Exit::Killed { signal: signal as u32, core: false };
        let _ = at_signal.finish_with(exit_event(killed));
        signals::die_of(signal as i32)
    })?;

    let sinks = Arc::clone(&log);
    let maker: NetMaker = Arc::new(move || layer(sinks.sink(), limits, why, asked.as_ref()));
    let saved = expected::Saved::watch(program);
    let end = perform(program.role(role), arguments, maker);
    let exit = match &end {
        End::Exit(code) => Exit::Status(*code),
        End::Interrupted => Exit::Killed { signal: Signal::SIGINT as u32, core: false },
        End::Failed(_) => Exit::Status(i32::from(crate::cmd::TROUBLE)),
    };
    if why {
        log.amend(look);
    }
    let written = log.finish_with(exit_event(exit));
    options.remarks.take().iter().for_each(crate::cmd::say);
    saved.report(args.log.language.get());
    let code = finish(end)?;
    written.context("cannot write the log")?;
    Ok(code)
}

/// Collects evidence for a call that waits.
fn look(event: &mut Event) {
    if let Body::Call(call) = &mut event.body {
        call.why = Collector::default().look(Caller { pid: event.pid as i32, tid: event.tid as i32 }, call);
    }
}

/// A thread's layer.
fn layer(sink: impl Sink + 'static, limits: Limits, why: bool, states: Option<&States>) -> Net {
    let stream = Stream::new(sink, limits).explaining(why);
    Net::new(match states {
        Some(states) => stream.with_states(states.clone()),
        None => stream,
    })
}

/// The role's command line: the case's arguments, then the user's, which count.
pub(super) fn words(args: &Args, program: &Program, role: Role, case: &Case) -> Vec<String> {
    if args.log_fd.is_some() {
        return args.arguments.clone();
    }
    let mut words: Vec<String> = super::case_arguments(case, role).iter().map(|&word| word.to_owned()).collect();
    // Without the document's bug the client finds the server in the other terminal, as it does where both are started.
    let repaired = (role == Role::Client && case.name != AS_PRINTED && program.client_port != program.server_port)
        .then_some(program.server_port);
    let given = [
        ("--port", args.port.or(repaired).map(|port| port.to_string())),
        ("--host", args.host.clone()),
        ("--resolver", args.resolver.map(|resolver| resolver.to_string())),
    ];
    for (name, value) in given {
        words.extend(value.into_iter().flat_map(|value| [name.to_owned(), value]));
    }
    words.extend(args.arguments.iter().cloned());
    words
}

/// The process's last event.
fn exit_event(exit: Exit) -> Event {
    let pid = std::process::id();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Event {
        seq: 0,
        ts_ns: now.as_nanos() as u64,
        pid,
        tid: pid,
        body: Body::Exit(exit),
        role: None,
        host: None,
        prefix: None,
    }
}

/// Ends as the program did.
fn finish(end: End) -> anyhow::Result<ExitCode> {
    match end {
        End::Exit(code) => Ok(ExitCode::from(code as u8)),
        End::Interrupted => signals::die_of(libc::SIGINT),
        End::Failed(text) => Err(anyhow!(text)),
    }
}
