//! What the layer adds to a call, against the bare libc call in the same run: `getsockname`, and a datagram sent to
//! and received from loopback, with each recorder. Prints nanoseconds and ratios; the ring is what must be cheap.
#![allow(unsafe_code, clippy::print_stdout)]

use std::cell::RefCell;
use std::hint::black_box;
use std::rc::Rc;
use std::time::Instant;

use sockscope::event::{Event, Ret, Sink};
use sockscope::format::{self, FORMATS, Writer};
use sockscope::memory::Lent;
use sockscope::net::Limits;
use sockscope::net::{Net, Recorder, Ring, Stream, Times};
use sockscope::syscall::Syscall;
use sockscope::value::SockAddr;

/// Calls per timed batch.
const BATCH: usize = 2_000;
/// Batches per variant; the variants alternate, so that a change of the machine's speed affects all of them.
const ROUNDS: usize = 60;

/// Records nothing: what the layer itself costs.
struct Nothing;

impl Recorder for Nothing {
    fn enter(&mut self, _: &'static Syscall, _: Option<&'static str>, _: [u64; 6], _: Lent<'_>) {}
    fn exit(&mut self, _: Ret, _: Lent<'_>, _: Times) {}
}

/// Writes each event into memory, as a buffered log does.
struct Formatted {
    writer: Box<dyn Writer>,
    out: Vec<u8>,
}

impl Sink for Formatted {
    fn event(&mut self, event: Event) {
        if self.out.len() > 1 << 20 {
            self.out.clear();
        }
        self.writer.event(&event, &mut self.out);
    }
}

/// An unconnected UDP socket bound to loopback.
fn udp() -> (i32, SockAddr) {
    let mut net = Net::new(Nothing);
    let fd = net.socket(libc::AF_INET, libc::SOCK_DGRAM, 0).expect("a UDP socket");
    net.bind(fd, &SockAddr::inet([127, 0, 0, 1], 0)).expect("a loopback port");
    let name = net.getsockname(fd, 16).expect("its name");
    (fd, name.addr.expect("an IPv4 name"))
}

/// One variant: a name and what one call costs, batch by batch, ns.
struct Variant {
    name: String,
    batch: Box<dyn FnMut()>,
    ns: Vec<f64>,
}

fn variant(name: &str, batch: impl FnMut() + 'static) -> Variant {
    Variant { name: name.to_owned(), batch: Box::new(batch), ns: Vec::new() }
}

fn measure(what: &str, mut variants: Vec<Variant>) {
    for round in 0..=ROUNDS {
        for variant in &mut variants {
            let start = Instant::now();
            (variant.batch)();
            let ns = start.elapsed().as_nanos() as f64 / BATCH as f64;
            if round > 0 {
                variant.ns.push(ns); // the first round warms up
            }
        }
    }
    println!("{what}");
    let bare = median(&variants[0].ns);
    for variant in &variants {
        // Paired with the bare batch of the same round.
        let added: Vec<f64> = variant.ns.iter().zip(&variants[0].ns).map(|(a, b)| a - b).collect();
        let ratio: Vec<f64> = variant.ns.iter().zip(&variants[0].ns).map(|(a, b)| a / b).collect();
        println!(
            "  {:<12} {:>8.0} ns  added {:>6.0} ns  ratio {:.2}",
            variant.name,
            median(&variant.ns),
            median(&added),
            median(&ratio)
        );
    }
    println!("  (bare call: {bare:.0} ns, {ROUNDS} rounds of {BATCH})");
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

/// A layer for each recorder, with its name.
fn layers() -> Vec<(String, Net)> {
    let limits = Limits::default();
    let mut layers = vec![
        ("layer alone".to_owned(), Net::new(Nothing)),
        ("ring".to_owned(), Net::new(Rc::new(RefCell::new(Ring::new(4096, limits))))),
    ];
    for format in FORMATS.iter().filter(|format| format.own_files.is_none()) {
        let writer = (format.writer)(&format::WriteOptions::default());
        layers.push((format.name.to_owned(), Net::new(Stream::new(Formatted { writer, out: Vec::new() }, limits))));
    }
    layers
}

fn main() {
    let (fd, addr) = udp();
    let mut variants = vec![variant("bare libc", move || {
        for _ in 0..BATCH {
            let mut bytes = [0u8; 16];
            let mut len = 16u32;
            // SAFETY: the buffer and its length live across the call.
            black_box(unsafe { libc::getsockname(fd, bytes.as_mut_ptr().cast(), &raw mut len) });
            black_box(&bytes);
        }
    })];
    for (name, mut net) in layers() {
        variants.push(variant(&name, move || {
            for _ in 0..BATCH {
                let _ = black_box(net.getsockname(fd, 16));
            }
        }));
    }
    measure("getsockname", variants);

    let to = addr.to_bytes();
    let mut variants = vec![variant("bare libc", move || {
        let mut buf = [0u8; 64];
        for _ in 0..BATCH {
            let mut from = [0u8; 16];
            let mut len = 16u32;
            // SAFETY: all buffers live across the calls and have the lengths passed.
            unsafe {
                black_box(libc::sendto(fd, b"hello".as_ptr().cast(), 5, 0, to.as_ptr().cast(), to.len() as u32));
                let from = from.as_mut_ptr().cast();
                black_box(libc::recvfrom(fd, buf.as_mut_ptr().cast(), buf.len(), 0, from, &raw mut len));
            }
        }
    })];
    for (name, mut net) in layers() {
        let addr = addr.clone();
        variants.push(variant(&name, move || {
            let mut buf = [0u8; 64];
            for _ in 0..BATCH {
                let _ = black_box(net.sendto(fd, b"hello", 0, &addr));
                let _ = black_box(net.recvfrom(fd, &mut buf, 0, 16));
            }
        }));
    }
    measure("sendto + recvfrom on loopback (two calls)", variants);
}
