//! Prints the Python stack of every thread of a live process, innermost frame first. The process goes on afterwards.
//!
//! `cargo run --example python_frames -- $(pgrep -n python3)`

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program prints")]

use std::error::Error;
use std::fs;

use nix::sys::ptrace;
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::Pid;
use sockscope::pyframes::{Live, Reader, Thread};

fn main() -> Result<(), Box<dyn Error>> {
    let pid: i32 = std::env::args().nth(1).ok_or("which process?")?.parse()?;
    let mut reader = Reader::new();
    for entry in fs::read_dir(format!("/proc/{pid}/task"))? {
        let Ok(tid) = entry?.file_name().to_string_lossy().parse() else { continue };
        // A thread is read while it is stopped; it is let go as soon as its stack is known.
        let thread = Pid::from_raw(tid);
        ptrace::seize(thread, ptrace::Options::empty())?;
        ptrace::interrupt(thread)?;
        waitpid(thread, Some(WaitPidFlag::__WALL))?;
        let stack = reader.stack(Thread { pid, tid }, &Live::new(tid));
        ptrace::detach(thread, None)?;

        println!("thread {tid}");
        for frame in stack.iter().flat_map(|stack| stack.frames.iter()) {
            let line = frame.line.map_or_else(|| "?".to_owned(), |line| line.to_string());
            println!("  {}:{line} in {}: {}", frame.file, frame.function, frame.source.as_deref().unwrap_or_default());
        }
    }
    for note in reader.take_notes() {
        eprintln!("{note}");
    }
    Ok(())
}
