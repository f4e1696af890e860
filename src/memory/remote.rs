//! Memory of another process, read with `process_vm_readv`. The reader of Python stacks uses it directly, the tracer
//! behind a window that fetches a whole stop at once.
//!
//! The kernel applies the same check as for ptrace; the memory of a process that made itself not dumpable can be read
//! only by root. Memory that another thread changes meanwhile may be read half changed.

use super::{Fault, Memory};
use nix::sys::uio::{RemoteIoVec, process_vm_readv};
use nix::unistd::Pid;
use std::io::IoSliceMut;

/// How many ranges the kernel accepts in one call (`IOV_MAX`).
const MAX_RANGES: usize = 1024;
/// How many ranges are held on the stack, without an allocation.
const FEW_RANGES: usize = 64;

/// The memory of the process that a thread belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remote {
    tid: Pid,
}

impl Remote {
    /// `tid` may be any thread of the process. A thread that is known to live is better than the process id, which no
    /// longer works once the process's first thread has ended.
    pub fn new(tid: i32) -> Self {
        Self { tid: Pid::from_raw(tid) }
    }
}

impl Memory for Remote {
    fn read(&self, addr: u64, buf: &mut [u8]) -> Result<(), Fault> {
        let (want, base) = (buf.len(), usize::try_from(addr).map_err(|_| Fault { read: 0 })?);
        if want == 0 {
            return Ok(());
        }
        match process_vm_readv(self.tid, &mut [IoSliceMut::new(buf)], &[RemoteIoVec { base, len: want }]) {
            Ok(read) if read == want => Ok(()),
            Ok(read) => Err(Fault { read }),
            Err(_) => Err(Fault { read: 0 }),
        }
    }

    fn read_vectored(&self, ranges: &[(u64, usize)], buf: &mut [u8]) -> usize {
        let mut read = 0;
        // Few ranges fit on the stack, which avoids an allocation at every stop of a tracer.
        for chunk in ranges.chunks(if ranges.len() > FEW_RANGES { MAX_RANGES } else { FEW_RANGES }) {
            let mut few = [RemoteIoVec { base: 0, len: 0 }; FEW_RANGES];
            let mut many = Vec::new();
            let remote = if chunk.len() > FEW_RANGES {
                many.resize(chunk.len(), few[0]);
                &mut many[..]
            } else {
                &mut few[..chunk.len()]
            };
            let (mut want, mut count) = (0, 0);
            for ((addr, len), slot) in chunk.iter().zip(&mut *remote) {
                let Ok(base) = usize::try_from(*addr) else { break };
                *slot = RemoteIoVec { base, len: *len };
                want += len;
                count += 1;
            }
            let local = &mut buf[read..];
            want = want.min(local.len());
            let mut local = [IoSliceMut::new(&mut local[..want])];
            let Ok(got) = process_vm_readv(self.tid, &mut local, &remote[..count]) else { return read };
            read += got;
            if got < want || count < chunk.len() {
                return read;
            }
        }
        read
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ourselves() -> Remote {
        Remote::new(nix::unistd::gettid().as_raw())
    }

    #[test]
    fn our_own_memory_reads_back() {
        let text = *b"some bytes of ours";
        let mut back = [0; 18];
        assert_eq!(ourselves().read(text.as_ptr() as u64, &mut back), Ok(()));
        assert_eq!(back, text);
        assert_eq!(ourselves().read(8, &mut back), Err(Fault { read: 0 }));
        assert_eq!(ourselves().read(u64::MAX, &mut back), Err(Fault { read: 0 }));
    }

    #[test]
    fn bytes_before_the_end_of_a_mapping_are_read() {
        let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
        let ranges: Vec<(u64, u64, &str)> = maps
            .lines()
            .filter_map(|line| {
                let (range, rest) = line.split_once(' ')?;
                let (start, end) = range.split_once('-')?;
                Some((u64::from_str_radix(start, 16).ok()?, u64::from_str_radix(end, 16).ok()?, rest))
            })
            .collect();
        let last = |pair: &&[(u64, u64, &str)]| {
            pair[0].1 != pair[1].0 && pair[0].2.starts_with("r") && pair[0].2.contains('/')
        };
        let end = ranges.windows(2).find(last).unwrap()[0].1;
        for (before, len) in [(16, 200), (16, 9000), (5000, 9000)] {
            let mut buf = vec![0; len];
            assert_eq!(
                ourselves().read(end - before, &mut buf),
                Err(Fault { read: before as usize }),
                "{before} {len}"
            );
        }
    }

    #[test]
    fn more_ranges_than_one_call_accepts() {
        let bytes: Vec<u8> = (0..=255).cycle().take(3000).collect();
        let mut back = vec![0; 3000];
        let mut ranges: Vec<(u64, usize)> = bytes.iter().map(|byte| (&raw const *byte as u64, 1)).collect();
        assert_eq!(ourselves().read_vectored(&ranges, &mut back), 3000);
        assert_eq!(back, bytes);
        ranges[2000].0 = 8;
        assert_eq!(ourselves().read_vectored(&ranges, &mut back), 2000);
        ranges[500].0 = u64::MAX;
        assert_eq!(ourselves().read_vectored(&ranges, &mut back), 500);
    }
}
