//! Requests to a tracer that waits for its tracees: to end, or to write buffered output.

use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};

/// Requests to a tracer, mostly from signal handlers, so making one only stores to atomics.
///
/// The wait for tracees ends early only when a signal interrupts it (with a handler without `SA_RESTART`), and a signal
/// just before the wait would be missed. The requester therefore keeps sending signals until the request was received.
#[derive(Debug)]
pub struct Requests {
    ticked: AtomicBool,
    signal: AtomicI32,
    sender: AtomicI32,
    received: fn(),
}

/// A signal that asks the tracer to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct EndRequest {
    /// Its number.
    pub signal: i32,
    /// The sending process; 0 for the kernel, which sends ^C to the whole foreground process group.
    pub sender: i32,
}

impl EndRequest {
    /// Whether only we got the signal. A terminal that is gone is reported to the leader of its session alone.
    pub(super) fn is_ours_alone(&self) -> bool {
        let leads = || nix::unistd::getsid(None) == Ok(nix::unistd::getpid());
        self.sender != 0 || self.signal == libc::SIGHUP && leads()
    }
}

impl Requests {
    /// No requests; `received` is called whenever a tick is received.
    pub const fn new(received: fn()) -> Self {
        Self { ticked: AtomicBool::new(false), signal: AtomicI32::new(0), sender: AtomicI32::new(0), received }
    }

    /// Asks for buffered output to be written.
    pub fn tick(&self) {
        self.ticked.store(true, Ordering::Relaxed);
    }

    /// Asks the tracer to end because of this signal, sent by that process (0 for the kernel).
    pub fn end(&self, signal: i32, sender: i32) {
        self.sender.store(sender, Ordering::Relaxed);
        self.signal.store(signal, Ordering::Release);
    }

    /// Whether a tick was requested since the last call.
    pub(super) fn ticked(&self) -> bool {
        let ticked = self.ticked.load(Ordering::Relaxed) && self.ticked.swap(false, Ordering::Relaxed);
        if ticked {
            (self.received)();
        }
        ticked
    }

    /// The latest request to end since the last call.
    pub(super) fn end_request(&self) -> Option<EndRequest> {
        if self.signal.load(Ordering::Relaxed) == 0 {
            return None;
        }
        let signal = self.signal.swap(0, Ordering::Acquire);
        (signal != 0).then(|| EndRequest { signal, sender: self.sender.load(Ordering::Relaxed) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_request_is_received_once() {
        static RECEIVED: AtomicI32 = AtomicI32::new(0);
        let requests = Requests::new(|| _ = RECEIVED.fetch_add(1, Ordering::Relaxed));
        assert!(!requests.ticked() && requests.end_request().is_none());
        requests.tick();
        requests.end(2, 7);
        assert_eq!((requests.ticked(), requests.end_request()), (true, Some(EndRequest { signal: 2, sender: 7 })));
        assert_eq!((requests.ticked(), requests.end_request()), (false, None));
        assert_eq!(RECEIVED.load(Ordering::Relaxed), 1);
    }
}
