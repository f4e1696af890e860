//! The environment of a role: arguments, the layer, standard input and output, threads.
//!
//! The roles are written as close to their Python twins as Rust allows. So `print` and `input` are here in Python's
//! form, an exception is an [`Error`] propagated with `?`, and [`perform`] ends a role as the interpreter would.

use std::any::Any;
use std::cell::RefCell;
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;

use nix::sys::signal::Signal;

use super::arguments::Arguments;
use crate::net::Net;
use crate::pysocket::{Address, Error, SharedNet, check_signals};
use crate::sys::signals;

/// A role in Rust, the counterpart of a Python twin.
pub type RoleFn = fn(&mut Stage) -> Result<(), Halt>;

/// Makes a layer for the calling thread.
pub type NetMaker = Arc<dyn Fn() -> Net + Send + Sync>;

/// Why a role ended before its last line.
#[derive(Debug)]
#[non_exhaustive]
pub enum Halt {
    /// An uncaught exception.
    Raised(Error),
    /// `sys.exit(code)`.
    Exit(i32),
    /// `sys.exit(text)`.
    Message(String),
    /// Standard output could not be written.
    Output(io::Error),
}

impl From<Error> for Halt {
    fn from(error: Error) -> Self {
        Self::Raised(error)
    }
}

/// How a role ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// With this exit status.
    Exit(i32),
    /// By `KeyboardInterrupt`: the process ends itself by SIGINT, as Python does.
    Interrupted,
    /// For a reason outside the program, given as a sentence.
    Failed(String),
}

/// The environment of a role.
pub struct Stage {
    /// The layer of the main thread.
    pub net: SharedNet,
    /// The command line.
    pub args: Arguments,
    maker: NetMaker,
    /// Bytes read from standard input ahead of [`Stage::input`].
    ahead: Vec<u8>,
}

impl std::fmt::Debug for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Stage({:?})", self.args)
    }
}

/// `print(text, flush=True)`, from any thread.
pub fn print(text: impl std::fmt::Display) -> Result<(), Halt> {
    write_out(&format!("{text}\n"))
}

/// Is called before each print with the descriptor and the number of bytes.
type OnPrint = Box<dyn Fn(i32, usize) + Send + Sync>;

/// Standard output is the process's, and so is who wants to know when something is printed there.
static ON_PRINT: OnceLock<OnPrint> = OnceLock::new();

/// Has `observer` called with descriptor and number of bytes before each print of this process; the first one stays.
pub fn on_print(observer: impl Fn(i32, usize) + Send + Sync + 'static) {
    let _ = ON_PRINT.set(Box::new(observer));
}

fn printing(fd: i32, text: &str) {
    if let Some(observer) = ON_PRINT.get() {
        observer(fd, text.len());
    }
}

fn write_out(text: &str) -> Result<(), Halt> {
    printing(1, text);
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(Halt::Output)
}

/// Python's `print(…, file=sys.stderr)`. A closed standard error is ignored.
pub fn print_error(text: impl std::fmt::Display) {
    let text = format!("{text}\n");
    printing(2, &text);
    let _ = io::stderr().write_all(text.as_bytes());
}

impl Stage {
    /// An environment whose threads each get a layer from `maker`.
    pub fn new(args: Arguments, maker: NetMaker) -> Self {
        Self { net: Rc::new(RefCell::new(maker())), args, maker, ahead: Vec::new() }
    }

    /// `(args.host, args.port)`, with the twin's defaults.
    pub fn address(&self, host: &str, port: u16) -> Address {
        Address::new(self.args.host.as_deref().unwrap_or(host), self.port(port))
    }

    /// `args.port`, with the twin's default.
    pub fn port(&self, default: u16) -> i64 {
        self.args.port.unwrap_or(i64::from(default))
    }

    /// Whether `--case` is this one.
    pub fn case(&self, name: &str) -> bool {
        self.args.case.as_deref() == Some(name)
    }

    /// `input(prompt)`.
    pub fn input(&mut self, prompt: &str) -> Result<String, Halt> {
        write_out(prompt)?;
        let end = loop {
            if let Some(at) = self.ahead.iter().position(|b| *b == b'\n') {
                break at + 1;
            }
            let mut chunk = [0; 4096];
            match nix::unistd::read(io::stdin().as_fd(), &mut chunk) {
                Ok(0) if self.ahead.is_empty() => return Err(Error::Eof.into()),
                Ok(0) => break self.ahead.len(),
                Ok(n) => self.ahead.extend(&chunk[..n]),
                Err(nix::Error::EINTR) => check_signals()?,
                Err(errno) => return Err(Error::Os(crate::event::Errno(errno as i32)).into()),
            }
        };
        let mut line: Vec<u8> = self.ahead.drain(..end).collect();
        if line.ends_with(b"\n") {
            line.pop();
        }
        Ok(super::repr::decode(&line)?)
    }

    /// `threading.Thread(target=…).start()`: the thread has a layer of its own. What it raises is printed, not propagated.
    pub fn thread(&self, target: impl FnOnce(&SharedNet) -> Result<(), Halt> + Send + 'static) -> JoinHandle<()> {
        let maker = Arc::clone(&self.maker);
        std::thread::spawn(move || {
            // Python runs its handlers in the main thread; the signal must wake that one.
            let _ = signals::block(Signal::SIGINT);
            let net = Rc::new(RefCell::new(maker()));
            if let Err(Halt::Raised(error)) = target(&net) {
                print_error(format_args!("Exception in thread {:?}:\n{error}", std::thread::current().id()));
            }
        })
    }
}

/// Runs a role to its end and prints to standard error what Python would: the last line of the traceback, or the text
/// of `sys.exit`. A panic becomes [`End::Failed`], and the calls before it stay recorded.
pub fn perform(role: RoleFn, args: Arguments, maker: NetMaker) -> End {
    let result = catch_unwind(AssertUnwindSafe(|| role(&mut Stage::new(args, maker))));
    match result {
        Ok(Ok(())) => End::Exit(0),
        Ok(Err(Halt::Exit(code))) => End::Exit(code),
        Ok(Err(Halt::Message(text))) => {
            print_error(text);
            End::Exit(1)
        }
        Ok(Err(Halt::Raised(error))) => {
            print_error(&error);
            if error == Error::Interrupt { End::Interrupted } else { End::Exit(1) }
        }
        Ok(Err(Halt::Output(error))) => End::Failed(format!("cannot write to standard output: {error}")),
        Err(payload) => End::Failed(format!("the program panicked: {}", panic_text(payload.as_ref()))),
    }
}

fn panic_text(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("without a message")
}
