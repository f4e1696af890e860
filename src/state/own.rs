//! The states of our own process's sockets, for the layer: its descriptors are ours, so nothing has to be copied.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Asker, Look, Namespace};
use crate::event::SocketState;
use crate::sys::descriptor;
use crate::sys::sockdiag::Diag;

/// Looks at the sockets of this process; clones share what they know, one for each thread.
///
/// The socket for questions has a high number and is made once, before the program's own: theirs must be what they
/// would be without us.
#[derive(Debug, Clone)]
pub struct Own(Arc<Mutex<Asker>>);

impl Own {
    /// To be made before the program opens anything.
    ///
    /// # Errors
    /// Those of socket(2) and fcntl(2).
    pub fn new() -> io::Result<Self> {
        let fd = descriptor::lift(Diag::open()?.into_fd(), false)?;
        Ok(Self(Arc::new(Mutex::new(Asker::on(Diag::on(fd))))))
    }

    fn lock(&self) -> MutexGuard<'_, Asker> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Look for Own {
    fn look(&mut self, fd: i32) -> Option<SocketState> {
        self.lock().over(fd, Namespace::Own)
    }

    fn closed(&mut self, before: &SocketState) -> SocketState {
        self.lock().closed(before, Namespace::Own)
    }

    fn process(&self) -> i32 {
        std::process::id() as i32
    }
}
