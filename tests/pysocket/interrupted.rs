//! Signals in the middle of calls: an interrupted call is repeated with the remaining time, and an interrupted connect
//! is waited for, never made a second time (PEP 475; CPython's `sock_call_ex` and `internal_connect`).
//! Ctrl-C is tested on whole processes, in `tests/log_survives.rs`.
//!
//! Another thread sends the signals, each when the call it is meant for has been entered and the thread sleeps in it.

use std::cell::RefCell;
use std::os::fd::RawFd;
use std::rc::Rc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use nix::sys::pthread::{Pthread, pthread_kill, pthread_self};
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};
use sockscope::event::{Body, Errno, Event, Ret, Sink, Trace};
use sockscope::net::Limits;
use sockscope::net::{Net, Stream};
use sockscope::pysocket::{SharedNet, Socket};
use sockscope::value::Value;

/// Records the events, and notifies the other thread when a call is entered.
struct Watched {
    trace: Rc<RefCell<Trace>>,
    entered: Sender<&'static str>,
}

impl Sink for Watched {
    fn event(&mut self, event: Event) {
        self.trace.borrow_mut().push(event);
    }

    fn wants_entered(&self) -> bool {
        true
    }

    fn entered(&mut self, call: Event) {
        if let Body::Call(call) = call.body {
            let _ = self.entered.send(call.sys.name());
        }
    }
}

extern "C" fn nothing(_: i32) {}

/// Makes SIGUSR1 interrupt calls, as Python's handlers do (no `SA_RESTART`).
#[allow(unsafe_code)]
fn interrupt_calls() {
    let action = SigAction::new(SigHandler::Handler(nothing), SaFlags::empty(), SigSet::empty());
    // SAFETY: the handler does nothing at all.
    unsafe { sigaction(Signal::SIGUSR1, &action) }.expect("SIGUSR1 can be handled");
}

/// The other thread's side: waits for calls of the first and interrupts them.
struct Nuisance {
    entered: Receiver<&'static str>,
    thread: Pthread,
    tid: i32,
}

impl Nuisance {
    /// Waits until the first thread sleeps in its next call of this name.
    fn until_asleep_in(&self, name: &str) {
        while self.entered.recv_timeout(Duration::from_secs(60)).expect("the call is entered") != name {}
        let patience = Instant::now() + Duration::from_secs(60);
        let stat = format!("/proc/self/task/{}/stat", self.tid);
        loop {
            let stat = std::fs::read_to_string(&stat).expect("the thread lives");
            if stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with('S')) {
                return;
            }
            assert!(Instant::now() < patience, "the thread does not sleep: {stat}");
            std::thread::yield_now();
        }
    }

    fn interrupt(&self, name: &str) {
        self.until_asleep_in(name);
        self.signal();
    }

    fn signal(&self) {
        pthread_kill(self.thread, Signal::SIGUSR1).expect("the thread lives");
    }
}

/// A layer for this thread, its trace, and what another thread needs to interrupt it.
fn layer() -> (SharedNet, Rc<RefCell<Trace>>, Nuisance) {
    interrupt_calls();
    let trace = Rc::new(RefCell::new(Trace::new()));
    let (entered, receiver) = channel();
    let sink = Watched { trace: Rc::clone(&trace), entered };
    let net = Rc::new(RefCell::new(Net::new(Stream::new(sink, Limits::default()))));
    let tid = nix::unistd::gettid().as_raw();
    (net, trace, Nuisance { entered: receiver, thread: pthread_self(), tid })
}

/// Names and results of the calls since `from`.
fn calls(trace: &Trace, from: usize) -> Vec<(&'static str, Ret)> {
    let call = |event: &Event| match &event.body {
        Body::Call(call) => Some((call.sys.name(), call.ret)),
        _ => None,
    };
    trace[from..].iter().filter_map(call).collect()
}

const EINTR: Ret = Ret::Err(Errno(libc::EINTR));

fn write(fd: RawFd) {
    nix::sys::socket::send(fd, b"x", nix::sys::socket::MsgFlags::empty()).expect("the peer can be written to");
}

fn pair(net: &SharedNet) -> (Socket, Socket) {
    let listener = Socket::tcp(net).unwrap();
    listener.bind(&super::local(0)).unwrap();
    listener.listen(1).unwrap();
    let client = Socket::tcp(net).unwrap();
    client.connect(&super::name(&listener).unwrap()).unwrap();
    let (accepted, _) = listener.accept().unwrap();
    (client, accepted)
}

#[test]
fn a_blocking_recv_is_repeated() {
    let (net, trace, nuisance) = layer();
    let (client, accepted) = pair(&net);
    let (from, peer) = (trace.borrow().len(), client.fileno());
    std::thread::scope(|scope| {
        scope.spawn(move || {
            nuisance.interrupt("recvfrom");
            nuisance.interrupt("recvfrom");
            nuisance.until_asleep_in("recvfrom");
            write(peer);
        });
        assert_eq!(accepted.recv(10).unwrap(), b"x");
    });
    assert_eq!(calls(&trace.borrow(), from), [("recvfrom", EINTR), ("recvfrom", EINTR), ("recvfrom", Ret::Ok(1))]);
}

#[test]
fn a_timeout_continues_with_the_remaining_time() {
    const WAITED: Duration = Duration::from_millis(50);
    let (net, trace, nuisance) = layer();
    let (client, mut accepted) = pair(&net);
    accepted.settimeout(Some(30.0)).unwrap();
    let (from, peer) = (trace.borrow().len(), client.fileno());
    std::thread::scope(|scope| {
        scope.spawn(move || {
            nuisance.until_asleep_in("poll");
            // So it has waited at least this long when it is interrupted.
            std::thread::sleep(WAITED);
            nuisance.signal();
            nuisance.until_asleep_in("poll");
            write(peer);
        });
        assert_eq!(accepted.recv(10).unwrap(), b"x");
    });
    let trace = trace.borrow();
    assert_eq!(calls(&trace, from), [("poll", EINTR), ("poll", Ret::Ok(1)), ("recvfrom", Ret::Ok(1))]);
    let timeouts: Vec<i64> = trace[from..]
        .iter()
        .filter_map(|event| match &event.body {
            Body::Call(call) => match call.arg("timeout") {
                Some(Value::Int(ms)) => Some(*ms),
                _ => None,
            },
            _ => None,
        })
        .collect();
    // On a slow machine more of the time may have passed, but not most of it.
    let most = 30_000 - WAITED.as_millis() as i64;
    assert!(timeouts[0] == 30_000 && (1..=most).contains(&timeouts[1]), "{timeouts:?}");
}

#[test]
fn an_interrupted_connect_is_waited_for() {
    let (net, trace, nuisance) = layer();
    let listener = Socket::tcp(&net).unwrap();
    listener.bind(&super::local(0)).unwrap();
    listener.listen(0).unwrap();
    let to = super::name(&listener).unwrap();
    // A backlog of 0 takes one connection; the next has to wait.
    let first = Socket::tcp(&net).unwrap();
    first.connect(&to).unwrap();
    let second = Socket::tcp(&net).unwrap();
    let from = trace.borrow().len();
    let queue = listener.fileno();
    while nuisance.entered.try_recv().is_ok() {}
    std::thread::scope(|scope| {
        scope.spawn(move || {
            nuisance.interrupt("connect");
            nuisance.until_asleep_in("poll");
            let taken = nix::sys::socket::accept(queue).expect("the first connection waits");
            nix::unistd::close(taken).expect("it is open");
        });
        second.connect(&to).unwrap();
    });
    let made = calls(&trace.borrow(), from);
    assert_eq!(made, [("connect", EINTR), ("poll", Ret::Ok(1)), ("getsockopt", Ret::Ok(0))]);
}
