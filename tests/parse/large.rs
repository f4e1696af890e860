//! Files that are larger than memory should have to be.

use std::io::BufReader;

use sockscope::event::{Body, Event};
use sockscope::internals::read::Blocks;
use sockscope::read::text::{ReadOptions, TextReader};

/// Bytes made as they are read: a file that is never in memory.
struct Endless<F>(F, Vec<u8>);

impl<F: FnMut() -> Option<Vec<u8>>> std::io::Read for Endless<F> {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        if self.1.is_empty() {
            self.1 = (self.0)().unwrap_or_default();
        }
        let n = buf.len().min(self.1.len());
        buf[..n].copy_from_slice(&self.1[..n]);
        self.1.drain(..n);
        Ok(n)
    }
}

#[test]
fn a_line_of_100_mb_is_told_in_pieces() {
    let mut left = 100;
    let made = Endless(
        move || {
            left -= 1;
            (left >= 0).then(|| vec![b'a'; 1_000_000])
        },
        b"1 write(1, \"".to_vec(),
    );
    let mut reader = TextReader::new(BufReader::new(made), ReadOptions::default());
    let (mut bytes, mut largest, mut last) = (0, 0, true);
    for event in reader.by_ref() {
        let Body::Unread(unread) = event.unwrap().body else { panic!("no piece") };
        bytes += unread.raw.len();
        largest = largest.max(unread.raw.len());
        last = unread.more;
    }
    assert_eq!((bytes, last), (100_000_012, false));
    let long = [b"close(3) = 0\n", &[b'a'; 20_000_000][..], b"\nclose(4) = 0\n", &[b'b'; 18_000_000], b"\n"].concat();
    let mut blocks = Blocks::new(&*long.leak(), ReadOptions::default(), 2).unwrap();
    let mut events = Vec::new();
    while blocks.read(&mut events).unwrap() {}
    let raw = |event: &Event| match &event.body {
        Body::Unread(unread) => unread.raw.len() + usize::from(!unread.more),
        _ => "close(3) = 0\n".len(),
    };
    assert_eq!((events.iter().map(raw).sum::<usize>(), blocks.report().lines()), (38_000_028, 4));
    assert_eq!((blocks.report().calls(), blocks.report().unread(), blocks.report().bytes()), (2, 2, 38_000_028));
    assert!(largest <= 17 << 20, "{largest}");
    assert_eq!((reader.report().unread(), reader.report().lines()), (1, 1));
}

#[test]
fn a_million_threads_are_joined() {
    const THREADS: u32 = 1_000_000;
    let mut at = 0;
    let made = Endless(
        move || {
            let chunk: String = (at..(at + 1000).min(2 * THREADS))
                .map(|n| match n < THREADS {
                    true => format!("{} read(3,  <unfinished ...>\n", n + 1),
                    false => format!("{} <... read resumed>\"\", 5) = 0\n", n - THREADS + 1),
                })
                .collect();
            at += 1000;
            Some(chunk.into_bytes())
        },
        Vec::new(),
    );
    let mut reader = TextReader::new(BufReader::new(made), ReadOptions::default());
    let mut events = Vec::new();
    let mut calls = 0;
    while reader.read(&mut events).unwrap() {
        calls += events.drain(..).filter(|event| matches!(event.body, Body::Call(_))).count();
    }
    assert_eq!((calls, reader.report().unread(), reader.report().unfinished()), (1_000_000, 0, 0));
}
