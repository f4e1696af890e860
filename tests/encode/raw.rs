//! Calls as programs make them: registers and memory from a tape of random bytes, made by walking a row's types, with
//! every length as long as what it measures.

use sockscope::event::{Errno, Ret};
use sockscope::internals::value::layout;
use sockscope::internals::value::sockopt::{OptShape, shape};
use sockscope::internals::xlat::Xlat;
use sockscope::internals::xlat::sockopt::{Access, options};
use sockscope::syscall::{Carries, Dir, Len, Syscall, Ty};

/// One call.
pub struct Raw<'a> {
    pub regs: [u64; 6],
    pub ret: Ret,
    tape: std::iter::Cycle<std::iter::Copied<std::slice::Iter<'a, u8>>>,
    blocks: Vec<(u64, Vec<u8>, Vec<u8>)>,
}

type Regions<'a> = Vec<(u64, &'a [u8])>;

impl<'a> Raw<'a> {
    pub fn new(sys: &Syscall, tape: &'a [u8]) -> Self {
        let mut tape = tape.iter().copied().cycle();
        // Each row begins elsewhere.
        tape.nth(sys.name().len() * 31 + sys.params().len());
        let mut raw = Self { regs: [0; 6], ret: Ret::Unfinished, tape, blocks: Vec::new() };
        raw.ret = match raw.below(8) {
            0 => Ret::Unfinished,
            1 | 2 => Ret::Err(Errno(9)),
            n => Ret::Ok(n as i64 - 3),
        };
        for (at, param) in sys.params().iter().enumerate() {
            raw.regs[at] = raw.number(param.ty());
        }
        for (at, param) in sys.params().iter().enumerate() {
            raw.pointer(sys, at, param.ty(), param.dir());
        }
        raw
    }

    /// Memory before and after the call.
    pub fn memory(&self) -> (Regions<'_>, Regions<'_>) {
        let before = self.blocks.iter().map(|(address, before, _)| (*address, before.as_slice()));
        let after = self.blocks.iter().map(|(address, _, after)| (*address, after.as_slice()));
        (before.collect(), after.collect())
    }

    fn byte(&mut self) -> u8 {
        self.tape.next().unwrap()
    }

    fn below(&mut self, end: usize) -> usize {
        usize::from(u16::from_ne_bytes([self.byte(), self.byte()])) % end.max(1)
    }

    fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| self.byte()).collect()
    }

    fn word(&mut self) -> u64 {
        u64::from_ne_bytes(self.bytes(8).try_into().unwrap())
    }

    fn returned(&self) -> usize {
        if let Ret::Ok(n) = self.ret { n as usize } else { 0 }
    }

    fn block(&mut self, before: Vec<u8>, after: Vec<u8>) -> u64 {
        let address = 0x10_0000 * (self.blocks.len() as u64 + 1);
        self.blocks.push((address, before, after));
        address
    }

    fn same(&mut self, bytes: Vec<u8>) -> u64 {
        self.block(bytes.clone(), bytes)
    }

    /// A member of a set, or anything.
    fn member(&mut self, table: &'static Xlat) -> u64 {
        let members: Vec<u64> = table.iter().map(|(_, value)| value).collect();
        if members.is_empty() || self.below(5) == 0 { self.word() } else { members[self.below(members.len())] }
    }

    fn number(&mut self, ty: Ty) -> u64 {
        match ty {
            Ty::Fd if self.below(8) != 0 => self.below(20) as u64,
            Ty::DirFd => [libc::AT_FDCWD as u64, self.below(20) as u64][self.below(2)],
            Ty::Const(table) | Ty::Flags(table) => self.member(table),
            Ty::OptName { level, access } => match options(self.regs[level] as i32, access) {
                Some(table) => self.member(table),
                None => self.below(90) as u64,
            },
            Ty::Protocol { .. } => self.below(300) as u64,
            Ty::Hex => 0,
            _ => self.word(),
        }
    }

    /// An address of any family, of a length that the family may have.
    fn sockaddr(&mut self) -> Vec<u8> {
        let family = if self.below(2) == 0 { [1, 2, 10][self.below(3)] } else { self.below(48) as u16 };
        let len = match family {
            2 => 14,
            10 => [22, 26][self.below(2)],
            _ => self.below(120),
        };
        let mut bytes = self.bytes(len);
        if self.below(2) == 0 {
            // Numbers are small more often than not.
            bytes.iter_mut().skip(2).step_by(2).for_each(|byte| *byte = 0);
        }
        [&family.to_ne_bytes()[..], &bytes].concat()
    }

    fn iovecs(&mut self, received: bool) -> (u64, u64) {
        let count = self.below(4);
        let mut left = self.returned();
        let mut words = Vec::new();
        for _ in 0..count {
            let len = self.below(9);
            let here = if received { len.min(left) } else { len };
            left -= here.min(left);
            let bytes = self.bytes(len);
            words.extend([self.block(if received { vec![0; len] } else { bytes.clone() }, bytes), len as u64]);
        }
        let iov = words.iter().flat_map(|word| word.to_ne_bytes()).collect();
        (self.same(iov), count as u64)
    }

    fn control(&mut self, received: bool) -> Vec<u8> {
        let mut control: Vec<u8> = Vec::new();
        for _ in 0..self.below(4) {
            let n = self.below(4) + 1;
            let (level, kind, len) = [
                (1, 1, 4 * n),
                (1, 2, 12),
                (1, 3, n),
                (1, 29, 16),
                (1, 63, 16),
                (1, 35, 16),
                (1, 64, 16),
                (1, 37, 48),
                (1, 65, 48),
                (0, 1, n),
                (0, 2, 4),
                (0, 8, 12),
                (0, 11, 32),
                (0, 20, 16),
                (41, 67, 0),
                (6, 1, 0),
            ][self.below(16)];
            // What the kernel wrote need not be what is expected there.
            let len = if received && self.below(6) == 0 { self.below(50) } else { len };
            let mut data = self.bytes(len);
            // Where an address is, it is one of a known family more often than not.
            let at = if kind == 11 { 16 } else { 0 };
            if matches!((level, kind), (0, 11 | 20)) && len >= at + 2 && self.below(3) != 0 {
                let family: u16 = [1, 2, 10][self.below(3)];
                data[at..at + 2].copy_from_slice(&family.to_ne_bytes());
            }
            control.resize(control.len().next_multiple_of(8), 0);
            control.extend((16 + len as u64).to_ne_bytes());
            control.extend([level, kind].iter().flat_map(|n: &u32| n.to_ne_bytes()));
            control.extend(data);
        }
        control
    }

    /// A `struct msghdr`, before and after.
    fn message(&mut self, received: bool) -> (Vec<u8>, Vec<u8>) {
        let name = if self.below(3) == 0 { Vec::new() } else { self.sockaddr() };
        let namelen = name.len() as u64;
        let room = if received && !name.is_empty() { namelen + self.below(9) as u64 } else { namelen };
        let name = if name.is_empty() { 0 } else { self.same(name) };
        let (iov, count) = self.iovecs(received);
        let control = self.control(received);
        let len = control.len() as u64;
        let control = if control.is_empty() { 0 } else { self.same(control) };
        let flags = u64::from(self.word() as u32);
        let words = |namelen, flags| {
            [name, namelen, iov, count, control, len, flags].iter().flat_map(|word: &u64| word.to_ne_bytes()).collect()
        };
        if received { (words(room, 0), words(namelen, flags)) } else { (words(namelen, flags), words(namelen, flags)) }
    }

    fn pointer(&mut self, sys: &Syscall, at: usize, ty: Ty, dir: Dir) {
        let received = dir != Dir::In;
        self.regs[at] = match ty {
            Ty::Bytes(Len::Arg(len) | Len::Bounded { size: len, .. }) => {
                let bytes = {
                    let n = self.below(40);
                    self.bytes(n)
                };
                self.regs[len] = bytes.len() as u64;
                self.same(bytes)
            }
            Ty::Bytes(Len::Terminated) => {
                let len = self.below(300);
                let mut path = self.bytes(len);
                path.retain(|byte| *byte != 0);
                path.push(0);
                self.same(path)
            }
            Ty::Bytes(_) => {
                let bytes = self.bytes(self.returned());
                self.regs[at + 1] = (bytes.len() + self.below(10)) as u64;
                self.block(Vec::new(), bytes)
            }
            Ty::SockAddr(Len::Arg(len)) => {
                let bytes = self.sockaddr();
                self.regs[len] = bytes.len() as u64;
                self.same(bytes)
            }
            Ty::SockAddr(_) if self.below(4) == 0 => 0,
            Ty::SockAddr(_) => {
                let bytes = self.sockaddr();
                self.block(Vec::new(), bytes)
            }
            Ty::SockLen => {
                // Of an address it is that address's length, of an option any.
                let there = sys.params()[..at].iter().position(|param| matches!(param.ty(), Ty::SockAddr(_)));
                let of = there.and_then(|of| self.blocks.iter().find(|block| block.0 == self.regs[of]));
                let (room, len) = match of.map(|block| block.2.len()) {
                    Some(len) => (len + self.below(5), len),
                    None => {
                        let room = self.below(160);
                        (room, self.below(room + 1))
                    }
                };
                self.block((room as u32).to_ne_bytes().to_vec(), (len as u32).to_ne_bytes().to_vec())
            }
            Ty::MsgHdr => {
                let (before, after) = self.message(received);
                self.block(before, after)
            }
            Ty::MmsgHdrs { count, received } => {
                let (mut before, mut after) = (Vec::new(), Vec::new());
                let messages = self.returned() + self.below(3);
                for at in 0..messages {
                    let (one, other) = self.message(received);
                    before.extend([&one[..], &[0; 8]].concat());
                    let len = if at < self.returned() { self.below(9) as u64 } else { 0 };
                    after.extend([&other[..], &len.to_ne_bytes()].concat());
                }
                self.regs[count] = messages as u64;
                self.block(before, after)
            }
            Ty::IoVecs { count } => {
                let (iov, n) = self.iovecs(received);
                self.regs[count] = n;
                iov
            }
            Ty::OptVal { level, name, len } if dir == Dir::In => {
                let shape = shape(self.regs[level] as i32, self.regs[name] as i32, Access::Set);
                let bytes = match shape {
                    OptShape::Int | OptShape::PartInt | OptShape::Ints | OptShape::Const(_) => self.bytes(4),
                    OptShape::Record(layout) | OptShape::Exactly(layout) if layout == &layout::SOCK_FPROG => {
                        let count = self.below(4);
                        let program = self.bytes(count * 8);
                        let program = self.same(program);
                        [count as u64, program].iter().flat_map(|word| word.to_ne_bytes()).collect()
                    }
                    OptShape::Record(layout) | OptShape::Exactly(layout) => self.bytes(layout.size),
                    OptShape::Bits(_) => {
                        let n = self.below(4) + 1;
                        self.bytes(n)
                    }
                    _ => {
                        let n = self.below(20);
                        self.bytes(n)
                    }
                };
                self.regs[len] = bytes.len() as u64;
                self.same(bytes)
            }
            Ty::OptVal { .. } => {
                let bytes = self.bytes(160);
                self.block(Vec::new(), bytes)
            }
            Ty::FdPair => {
                let bytes = self.bytes(8);
                self.block(Vec::new(), bytes)
            }
            Ty::PollFds { count } => {
                let n = self.below(5);
                self.regs[count] = n as u64;
                let before = self.bytes(n * 8);
                let mut after = before.clone();
                after.iter_mut().skip(6).step_by(8).for_each(|byte| *byte ^= 0x11);
                self.block(before, after)
            }
            Ty::FdSet { count } => {
                // The same for all three.
                self.regs[count] %= 300;
                let words = (self.regs[count] as usize).div_ceil(64) * 8;
                let (before, after) = (self.bytes(words), self.bytes(words));
                if self.below(4) == 0 { 0 } else { self.block(before, after) }
            }
            Ty::Timeout(layout) => {
                let (before, after) = (self.bytes(layout.size), self.bytes(layout.size));
                if self.below(4) == 0 { 0 } else { self.block(before, after) }
            }
            Ty::SigSet { size } => {
                self.regs[size] = 8;
                let bytes = self.bytes(8);
                self.same(bytes)
            }
            Ty::SigSetArg => {
                let bytes = self.bytes(8);
                let mask = if self.below(3) == 0 { 0 } else { self.same(bytes) };
                self.same([mask, 8].iter().flat_map(|word: &u64| word.to_ne_bytes()).collect())
            }
            Ty::EpollEvent { op } => {
                self.regs[op] = [1, 2, 3][self.below(3)];
                let bytes = self.bytes(layout::EPOLL_EVENT.size);
                self.same(bytes)
            }
            Ty::EpollEvents { room } => {
                let bytes = self.bytes(layout::EPOLL_EVENT.size * self.returned());
                self.regs[room] = (self.returned() + self.below(5)) as u64;
                self.block(Vec::new(), bytes)
            }
            Ty::CommandArg { command, commands } => {
                let chosen = &commands.rows[self.below(commands.rows.len())];
                self.regs[command] = chosen.number.into();
                match chosen.carries {
                    carries if !carries.is_pointer() => self.below(0x2000) as u64,
                    // What a lock is asked for and what is found need not be the same.
                    Carries::Out(None, _) => {
                        let (before, after) = (self.bytes(32), self.bytes(32));
                        self.block(before, after)
                    }
                    Carries::Interfaces => {
                        let list = self.bytes(120);
                        let list = if self.below(4) == 0 { 0 } else { self.block(vec![0; 120], list) };
                        let bytes = |len: u64| [len, list].iter().flat_map(|word| word.to_ne_bytes()).collect();
                        let after = 40 * self.below(4) as u64;
                        self.block(bytes(120), bytes(after))
                    }
                    // The kernel leaves in place what was passed.
                    _ => {
                        let bytes = self.bytes(64);
                        self.same(bytes)
                    }
                }
            }
            Ty::Offset => {
                let (before, after) = (self.bytes(8), self.bytes(8));
                self.block(before, after)
            }
            _ => self.regs[at],
        };
    }
}
