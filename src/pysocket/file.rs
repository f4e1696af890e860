//! `makefile`: buffered files over a socket, reading and writing in the pieces CPython's `io` module does.

use super::{Error, Result, Socket};

/// `io.DEFAULT_BUFFER_SIZE` up to 3.13.
const BUFFER: usize = 8192;

/// A file's mode, as `makefile` takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// `'rb'`.
    Read,
    /// `'wb'`.
    Write,
    /// `'rwb'`.
    ReadWrite,
}

/// A buffered file over a socket, as `socket.makefile` returns it.
#[derive(Debug)]
pub struct SocketFile {
    socket: Socket,
    mode: Mode,
    /// Bytes received and not yet read.
    ahead: Vec<u8>,
    /// How many bytes of the buffer were filled since it was last empty: a refill asks only for the rest.
    filled: usize,
    /// Bytes written and not yet sent.
    behind: Vec<u8>,
    closed: bool,
}

impl SocketFile {
    pub(super) fn new(socket: Socket, mode: Mode) -> Self {
        Self { socket, mode, ahead: Vec::new(), filled: 0, behind: Vec::new(), closed: false }
    }

    /// `SocketIO.readinto`.
    fn receive(&mut self, size: usize) -> Result<Vec<u8>> {
        if self.mode == Mode::Write {
            return Err(Error::Value("I/O operation on write-only socket file".into()));
        }
        if self.socket.files.borrow().timed_out {
            return Err(Error::Message("cannot read from timed out object".into()));
        }
        let received = self.socket.recv(size as isize);
        if received == Err(Error::TimedOut) {
            self.socket.files.borrow_mut().timed_out = true;
        }
        received
    }

    /// `read()`: everything up to the end.
    pub fn read(&mut self) -> Result<Vec<u8>> {
        let mut data = self.take(usize::MAX);
        loop {
            let more = self.receive(BUFFER)?;
            if more.is_empty() {
                return Ok(data);
            }
            data.extend(more);
        }
    }

    /// `read(size)`: fewer bytes only at the end.
    pub fn read_exact(&mut self, size: usize) -> Result<Vec<u8>> {
        let mut data = self.take(size);
        // Whole blocks bypass the buffer.
        while size - data.len() >= BUFFER {
            let whole = (size - data.len()) / BUFFER * BUFFER;
            let more = self.receive(whole)?;
            if more.is_empty() {
                return Ok(data);
            }
            data.extend(more);
        }
        while data.len() < size {
            if self.filled >= BUFFER {
                self.filled = 0;
            }
            let more = self.receive(BUFFER - self.filled)?;
            if more.is_empty() {
                return Ok(data);
            }
            self.filled += more.len();
            self.ahead = more;
            let missing = size - data.len();
            data.extend(self.take_ahead(missing));
        }
        Ok(data)
    }

    /// `readline()`: up to and with the newline, or to the end.
    pub fn readline(&mut self) -> Result<Vec<u8>> {
        let mut line = Vec::new();
        loop {
            if let Some(at) = self.ahead.iter().position(|b| *b == b'\n') {
                line.extend(self.take(at + 1));
                return Ok(line);
            }
            line.extend(self.take(usize::MAX));
            let more = self.receive(BUFFER)?;
            if more.is_empty() {
                return Ok(line);
            }
            self.filled = more.len();
            self.ahead = more;
        }
    }

    /// Takes up to `size` bytes from the buffer; an emptied buffer is filled from its start again.
    fn take(&mut self, size: usize) -> Vec<u8> {
        let taken = self.take_ahead(size);
        if self.ahead.is_empty() {
            self.filled = 0;
        }
        taken
    }

    fn take_ahead(&mut self, size: usize) -> Vec<u8> {
        self.ahead.drain(..size.min(self.ahead.len())).collect()
    }

    /// `write(data)`: sends only what no longer fits.
    pub fn write(&mut self, data: &[u8]) -> Result<usize> {
        if self.mode == Mode::Read {
            return Err(Error::Value("I/O operation on read-only socket file".into()));
        }
        if self.behind.len() + data.len() > BUFFER {
            self.flush()?;
        }
        if data.len() > BUFFER {
            let mut rest = data;
            while rest.len() > BUFFER {
                let sent = self.socket.send(rest)?;
                rest = &rest[sent.min(rest.len())..];
            }
            self.behind.extend(rest);
        } else {
            self.behind.extend(data);
        }
        Ok(data.len())
    }

    /// `flush()`.
    pub fn flush(&mut self) -> Result<()> {
        while !self.behind.is_empty() {
            let sent = self.socket.send(&self.behind)?;
            self.behind.drain(..sent.min(self.behind.len()));
        }
        Ok(())
    }

    /// `close()`: flushes, and closes the descriptor if the socket was closed before and this is the last file.
    pub fn close(&mut self) -> Result<()> {
        if std::mem::replace(&mut self.closed, true) {
            return Ok(());
        }
        let flushed = self.flush();
        let (last, closing, dropped) = {
            let mut files = self.socket.files.borrow_mut();
            files.open -= 1;
            (files.open == 0, files.closing, files.dropped)
        };
        if last && closing {
            self.socket.real_close()?;
            self.socket.files.borrow_mut().gone = true;
        }
        if !(last && dropped) {
            self.socket.fd = -1; // the socket owns the descriptor again, or it is closed; otherwise we finalise it
        }
        flushed
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        let _ = self.close();
    }
}
