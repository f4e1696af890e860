//! What `--why`, `-yy` and `--state` cost where the machine has many sockets: 50,000 of them in a network namespace of its own.
//!
//! `cargo bench --bench sockets`. The traced program is this one; all figures are of one run, and the ratios count.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement fails by panicking and prints its result")]

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Sockets on the machine, and how many of them one process holds.
const SOCKETS: usize = 50_000;
const HELD: usize = 10_000;
/// Calls that are measured, and how often.
const CALLS: u32 = 50;
const RUNS: usize = 3;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => {
            let apart = Command::new("unshare").arg("-rn").arg(std::env::current_exe().unwrap()).arg("apart").status();
            if !apart.is_ok_and(|status| status.success()) {
                println!("skipped: a network namespace of its own is needed (unshare -rn)");
            }
        }
        ["apart"] => measure(),
        ["hold", number] => hold(number.parse().unwrap()),
        [what] => act(what),
        _ => unreachable!("it is called by itself"),
    }
}

/// Holds connections to itself until its input ends.
fn hold(number: u8) {
    let listener = TcpListener::bind((Ipv4Addr::new(127, 1, 0, number), 0)).unwrap();
    let to = listener.local_addr().unwrap();
    let held: Vec<_> = (0..HELD / 2).map(|_| (TcpStream::connect(to).unwrap(), listener.accept().unwrap())).collect();
    println!("{}", held.len());
    std::io::stdin().lines().count();
}

/// The traced program.
fn act(what: &str) {
    let nobody = SocketAddr::from(([127, 0, 0, 1], 9));
    match what {
        "refused" => (0..CALLS).for_each(|_| drop(TcpStream::connect(nobody))),
        // One that does not wait: the refusal is fetched from SO_ERROR.
        "waiting" => (0..CALLS).for_each(|_| drop(TcpStream::connect_timeout(&nobody, Duration::from_secs(1)))),
        "served" => {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            for _ in 0..CALLS {
                let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
                drop((listener.accept().unwrap(), client));
            }
        }
        _ => {}
    }
}

/// The shortest time of a trace with these options.
fn traced(options: &[&str], what: &str) -> Duration {
    let run = || {
        let begun = Instant::now();
        let mut command = Command::new(env!("CARGO_BIN_EXE_sockscope"));
        command.args(["trace", "-q", "-o", "/dev/null", "--no-python"]).args(options);
        assert!(command.arg(std::env::current_exe().unwrap()).arg(what).status().unwrap().success());
        begun.elapsed()
    };
    (0..RUNS).map(|_| run()).min().unwrap()
}

fn measure() {
    assert!(Command::new("ip").args(["link", "set", "lo", "up"]).status().unwrap().success());
    let start = |number: usize| {
        let mut command = Command::new(std::env::current_exe().unwrap());
        let mut child: Child =
            command.args(["hold", &number.to_string()]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut String::new()).unwrap();
        child
    };
    let few = figures("with few sockets");
    let mut holders: Vec<Child> = (0..SOCKETS / HELD).map(start).collect();
    let many = figures(&format!("with {SOCKETS} sockets"));
    for holder in &mut holders {
        drop(holder.stdin.take());
        holder.wait().unwrap();
    }
    for ((what, few), (_, many)) in few.iter().zip(&many) {
        println!("{what}: {:.1} times as long with {SOCKETS} sockets", many.as_secs_f64() / few.as_secs_f64());
    }
}

fn figures(title: &str) -> Vec<(&'static str, Duration)> {
    println!("{title}:");
    let mut found = Vec::new();
    for (what, options) in [("refused", "--why"), ("waiting", "--why"), ("served", "-yy"), ("served", "--state")] {
        let (plain, with) = (traced(&[], what), traced(&[options], what));
        println!(
            "  {options} {what}: {:.1} times a plain trace ({with:.1?} to {plain:.1?}), {:.2} ms a round more",
            with.as_secs_f64() / plain.as_secs_f64(),
            with.saturating_sub(plain).as_secs_f64() * 1000.0 / f64::from(CALLS)
        );
        found.push((options, with));
    }
    found
}
