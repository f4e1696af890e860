//! Waits as CPython does (`sock_call_ex`): with a timeout it polls before the call, and after a signal it repeats the
//! call with the remaining time.

use std::time::{Duration, Instant};

use libc::c_int;

use super::{Error, Result, Socket, Timeout, error};
use crate::event::Errno;
use crate::net::{Net, Poll};

impl Socket {
    pub(super) fn retry<T>(&self, events: i16, call: impl FnMut(&mut Net) -> crate::net::Result<T>) -> Result<T> {
        self.retry_until(events, self.timeout, false, call)
    }

    /// CPython's `sock_call_ex`: with a timeout waits for readiness first, repeats the call after a signal, and waits
    /// again when another thread was faster. With `connecting` it waits even when blocking.
    pub(super) fn retry_until<T>(
        &self,
        events: i16,
        timeout: Timeout,
        connecting: bool,
        mut call: impl FnMut(&mut Net) -> crate::net::Result<T>,
    ) -> Result<T> {
        let deadline = Deadline::of(timeout);
        let timed = matches!(timeout, Timeout::After(_));
        loop {
            if timed || connecting {
                match self.wait(events, deadline.left()) {
                    Ok(Ready::Yes) => {}
                    Ok(Ready::TimedOut) => return Err(Error::TimedOut),
                    Err(Errno(libc::EINTR)) => {
                        error::check_signals()?;
                        continue;
                    }
                    Err(errno) => return Err(errno.into()),
                }
            }
            loop {
                let result = call(&mut self.net.borrow_mut());
                match result {
                    Ok(value) => return Ok(value),
                    Err(Errno(libc::EINTR)) => error::check_signals()?,
                    Err(Errno(libc::EAGAIN)) if timed => break,
                    Err(errno) => return Err(errno.into()),
                }
            }
        }
    }

    /// `select.poll` with this one socket registered, without a timeout; returns the events found.
    pub fn poll(&self, events: i16) -> Result<i16> {
        let mut fds = [Poll { fd: self.fileno(), events, revents: 0 }];
        loop {
            match self.net.borrow_mut().poll(&mut fds, -1) {
                Ok(_) => return Ok(fds[0].revents),
                Err(Errno(libc::EINTR)) => error::check_signals()?,
                Err(errno) => return Err(errno.into()),
            }
        }
    }

    /// Waits with `poll`; `None` waits for ever. Milliseconds are rounded up.
    pub(super) fn wait(&self, events: i16, left: Option<Duration>) -> crate::net::Result<Ready> {
        let fd = self.fileno();
        if fd < 0 {
            return Ok(Ready::Yes); // the call itself fails with EBADF
        }
        let ms = left.map_or(-1, |left| c_int::try_from(left.as_nanos().div_ceil(1_000_000)).unwrap_or(c_int::MAX));
        let mut fds = [Poll { fd, events, revents: 0 }];
        match self.net.borrow_mut().poll(&mut fds, ms)? {
            0 => Ok(Ready::TimedOut),
            _ => Ok(Ready::Yes),
        }
    }
}

/// The result of waiting for readiness.
pub(super) enum Ready {
    Yes,
    TimedOut,
}

/// The time at which a timeout expires.
pub(super) struct Deadline {
    at: Option<Instant>,
}

impl Deadline {
    pub(super) fn of(timeout: Timeout) -> Self {
        match timeout {
            Timeout::After(after) => Self { at: Instant::now().checked_add(after) },
            _ => Self { at: None },
        }
    }

    /// The remaining time; zero once it has expired, `None` without a timeout.
    pub(super) fn left(&self) -> Option<Duration> {
        self.at.map(|at| at.saturating_duration_since(Instant::now()))
    }
}
