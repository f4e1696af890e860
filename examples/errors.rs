//! Reads a trace (strace's text, JSON or CSV, packed or not) and counts which calls failed with which error.
//!
//! `strace -f -o server.strace python3 server.py; cargo run --example errors -- server.strace`

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program prints")]

use std::collections::BTreeMap;
use std::error::Error;
use std::path::PathBuf;

use sockscope::event::{Body, Ret};
use sockscope::read;

fn main() -> Result<(), Box<dyn Error>> {
    let path = PathBuf::from(std::env::args_os().nth(1).ok_or("which trace? `-` is standard input")?);
    let mut trace = read::events(&path)?;
    let mut calls = 0;
    let mut failures = BTreeMap::new();
    for event in &mut trace {
        let Body::Call(call) = event?.body else { continue };
        calls += 1;
        if let Ret::Err(errno) = call.ret {
            *failures.entry((call.sys.name(), errno)).or_insert(0) += 1;
        }
    }
    println!("{calls} calls");
    for ((call, errno), count) in failures {
        println!("{count:6} {call}: {errno}");
    }
    // Nothing is dropped silently: lines that were not understood are counted.
    let unread = trace.report().unread();
    if unread > 0 {
        eprintln!("{unread} lines could not be read");
    }
    Ok(())
}
