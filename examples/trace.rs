//! Runs a program and prints the addresses it connects to, with what the kernel answered and how long that took.
//!
//! `cargo run --example trace -- curl http://localhost/`

#![allow(clippy::print_stdout, reason = "a program prints")]

use std::error::Error;

use sockscope::event::{Body, Ret};
use sockscope::text::{Style, write_value};
use sockscope::tracer::{Backend, CallSet, Program, Settings, Step, Tracer};

fn main() -> Result<(), Box<dyn Error>> {
    let argv: Vec<_> = std::env::args_os().skip(1).collect();
    if argv.is_empty() {
        return Err("which program? try: cargo run --example trace -- curl http://localhost/".into());
    }
    let mut settings = Settings::default();
    settings.calls = CallSet::parse("connect")?;
    let mut tracer = Tracer::start(&Program::new(argv), settings)?;
    while let Some(step) = tracer.next()? {
        let Step::Event(happened) = step else { continue };
        let Body::Call(call) = &happened.event.body else { continue };
        let Some(address) = call.arg("addr") else { continue };
        let mut shown = String::new();
        write_value(address, &Style::default(), &mut shown);
        let answer = match call.ret {
            Ret::Ok(_) => "connected".to_owned(),
            Ret::Err(errno) => errno.to_string(),
            Ret::Unfinished => "no answer".to_owned(),
        };
        let micros = call.dur_ns.unwrap_or_default() / 1000;
        println!("process {}: {shown}: {answer}, {micros} µs", happened.event.pid);
    }
    Ok(())
}
