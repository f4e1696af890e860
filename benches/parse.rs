//! How fast strace's text is read, beside counting its lines with `memchr` in the same run.
//!
//! `cargo bench --bench parse [FILE]`. Without a file a log of 200 MB is made in memory from lines as real strace
//! writes them for a busy server. Each figure is the best of three, in MB (10^6 bytes) per second on one core.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::hint::black_box;
use std::time::Instant;

use sockscope::text::parse::{Options, Reader, shape};

/// Bytes of the log that is made.
const SIZE: usize = 200_000_000;

/// What a server's threads do for one connection.
const LINES: &str = r#"1234  accept4(3, {sa_family=AF_INET, sin_port=htons(51234), sin_addr=inet_addr("127.0.0.1")}, [16], SOCK_CLOEXEC) = 4
1234  getsockname(4, {sa_family=AF_INET, sin_port=htons(8080), sin_addr=inet_addr("127.0.0.1")}, [128 => 16]) = 0
1234  setsockopt(4, SOL_TCP, TCP_NODELAY, [1], 4) = 0
1235  recvfrom(4, "GET / HTTP/1.1\r\nHost: localhost:8"..., 1024, 0, NULL, NULL) = 512
1235  poll([{fd=4, events=POLLIN|POLLERR}], 1, 5000) = 1 ([{fd=4, revents=POLLIN}])
1235  read(4, "\0\0\0\0\305\343\376i\327L\0\0\343\0\0\0\0\0\0\0\0\0\0\0\0\5\0\0"..., 28564) = 28563
1235  sendto(4, "HTTP/1.1 200 OK\r\nContent-Length: "..., 1460, MSG_NOSIGNAL, NULL, 0) = 1460
1234  futex(0x7f53e3770000, FUTEX_WAKE_PRIVATE, 1) = 1
1235  recvfrom(4, 0x7ffe76388510, 1024, 0, NULL, NULL) = -1 EAGAIN (Resource temporarily unavailable)
1235  epoll_wait(5, [{events=EPOLLIN, data={u32=4, u64=4}}], 64, -1) = 1
1234  newfstatat(AT_FDCWD, "/usr/lib/python3.11/selectors.py", {st_mode=S_IFREG|0644, st_size=19671, ...}, 0) = 0
1235  shutdown(4, SHUT_RDWR)            = 0
1235  close(4)                          = 0
1234  mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f26bd55f000
"#;

fn main() {
    let file = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let log = match &file {
        Some(path) => std::fs::read(path).expect("the file named on the command line"),
        None => LINES.as_bytes().iter().copied().cycle().take(SIZE).collect(),
    };
    println!("{} MB", log.len() / 1_000_000);
    measure("memchr line counting", &log, |log| memchr::memchr_iter(b'\n', log).count());
    measure("tokenising", &log, |log| {
        let mut count = 0;
        let mut rest = log;
        while let Some(end) = memchr::memchr(b'\n', rest) {
            black_box(shape(&rest[..end]));
            rest = &rest[end + 1..];
            count += 1;
        }
        count
    });
    measure("typed events", &log, |log| {
        let mut reader = Reader::new(log, Options::default());
        stretch(&mut reader)
    });
}

/// Reads everything, dropping events stretch by stretch.
fn stretch<R: std::io::BufRead>(reader: &mut Reader<R>) -> usize {
    let (mut count, mut events) = (0, Vec::new());
    while reader.read(&mut events).expect("memory can be read") {
        count += events.len();
        events.clear();
    }
    count + events.len()
}

fn measure(what: &str, log: &[u8], mut run: impl FnMut(&[u8]) -> usize) {
    let best = (0..3)
        .map(|_| {
            let start = Instant::now();
            black_box(run(black_box(log)));
            start.elapsed()
        })
        .min()
        .unwrap_or_default();
    println!("{what:32} {:8.0} MB/s", log.len() as f64 / 1e6 / best.as_secs_f64());
}
