//! A conversation over TCP, made through the layer: each call goes to the kernel as it is written here and comes back
//! to a sink as an event, which strace's text spells.
//!
//! `cargo run --example layer`

#![allow(clippy::print_stdout, reason = "a program prints")]

use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};

use sockscope::event::{Event, Sink};
use sockscope::net::Limits;
use sockscope::net::{Net, Stream};
use sockscope::text::{Style, write};
use sockscope::value::SockAddr;

/// Prints each call.
struct Print;

impl Sink for Print {
    fn event(&mut self, event: Event) {
        let mut line = String::new();
        write(&event, &Style::default(), &mut line);
        println!("{line}");
    }
}

/// How much room there is for an address.
const ROOM: u32 = 16;

fn main() -> Result<(), Box<dyn Error>> {
    let mut net = Net::new(Stream::new(Print, Limits::default()));

    let server = net.socket(libc::AF_INET, libc::SOCK_STREAM | libc::SOCK_CLOEXEC, 0)?;
    net.bind(server, &SockAddr::from(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))))?;
    net.listen(server, 1)?;
    let address = net.getsockname(server, ROOM)?.addr.ok_or("a bound socket has an address")?;

    let client = net.socket(libc::AF_INET, libc::SOCK_STREAM | libc::SOCK_CLOEXEC, 0)?;
    net.connect(client, &address)?;
    let (accepted, _) = net.accept4(server, ROOM, libc::SOCK_CLOEXEC)?;
    net.send(client, b"hello", 0)?;
    let mut buffer = [0; 100];
    let received = net.recv(accepted, &mut buffer, 0)?;
    println!("received {received} bytes");

    // A refusal is an error that has a number, a name and a sentence.
    net.close(server)?;
    if let Err(errno) = net.listen(server, 1) {
        println!("listening on a closed socket: {errno}");
    }
    net.close(accepted)?;
    net.close(client)?;
    Ok(())
}
