//! Exported symbols of a loaded ELF module, read from the process's memory alone.
//!
//! The dynamic linker's own tables (`PT_DYNAMIC` → `DT_GNU_HASH`, `DT_SYMTAB`, `DT_STRTAB`) are always in memory, so
//! this works for stripped files, for files deleted or replaced since, and for those in another mount namespace.
//! See elf(5) and the generic ABI; only 64-bit modules of this machine's byte order are read.

use crate::memory::{Memory, PAGE, array};

/// `ELFCLASS64`.
const CLASS_64: u8 = 2;
/// `ET_EXEC`: loaded at the addresses given in the file.
const TYPE_EXEC: u16 = 2;
const PT_LOAD: u32 = 1;
const PT_DYNAMIC: u32 = 2;
/// `PF_W`.
const WRITABLE: u32 = 2;
const DT_NULL: u64 = 0;
const DT_STRTAB: u64 = 5;
const DT_SYMTAB: u64 = 6;
const DT_SONAME: u64 = 14;
const DT_GNU_HASH: u64 = 0x6fff_fef5;
const PROGRAM_HEADER: usize = 56;
const SYMBOL: u64 = 24;
/// Dynamic sections longer than this are treated as damaged.
const MAX_BYTES: u64 = 1 << 16;

/// A loaded module.
#[derive(Debug)]
pub(super) struct Module {
    /// The load address minus the address in the file.
    bias: u64,
    symtab: u64,
    strtab: u64,
    gnu_hash: u64,
    /// Its `DT_SONAME` (`libpython3.9.so.1.0`), if it is a library.
    pub soname: Option<String>,
    /// Its writable segments: where they are and how long, in bytes.
    pub writable: Vec<(u64, u64)>,
}

/// Reads a field at a byte offset of a record; zero beyond the end.
pub(super) fn field<const N: usize>(record: &[u8], offset: usize) -> [u8; N] {
    record.get(offset..).and_then(|rest| rest.first_chunk()).copied().unwrap_or([0; N])
}

/// The 16-bit number at a byte offset of a record.
pub(super) fn half(record: &[u8], offset: usize) -> u16 {
    u16::from_ne_bytes(field(record, offset))
}

/// The 32-bit number at a byte offset of a record.
pub(super) fn word(record: &[u8], offset: usize) -> u32 {
    u32::from_ne_bytes(field(record, offset))
}

/// The 64-bit number at a byte offset of a record.
pub(super) fn xword(record: &[u8], offset: usize) -> u64 {
    u64::from_ne_bytes(field(record, offset))
}

/// Reads the pointer at an address.
pub(super) fn pointer(memory: &dyn Memory, addr: u64) -> Option<u64> {
    array(memory, addr).map(u64::from_ne_bytes)
}

/// Reads exactly `len` bytes; `None` if they cannot all be read.
pub(super) fn bytes(memory: &dyn Memory, addr: u64, len: usize) -> Option<Vec<u8>> {
    let bytes = memory.read_up_to(addr, len);
    (bytes.len() == len).then_some(bytes)
}

impl Module {
    /// The module whose ELF header is at `base`; `None` when there is none, or none with exported symbols.
    pub(super) fn open(memory: &dyn Memory, base: u64) -> Option<Self> {
        let header: [u8; 64] = array(memory, base)?;
        if !header.starts_with(b"\x7fELF") || header[4] != CLASS_64 {
            return None;
        }
        let (entry, entries) = (usize::from(half(&header, 54)), usize::from(half(&header, 56)));
        if entry < PROGRAM_HEADER {
            return None;
        }
        let table = bytes(memory, base.checked_add(xword(&header, 32))?, entry.checked_mul(entries)?)?;
        let (mut first_load, mut dynamic, mut writable) = (None, None, Vec::new());
        for program in table.chunks_exact(entry) {
            let (addr, len) = (xword(program, 16), xword(program, 40));
            match word(program, 0) {
                PT_LOAD => {
                    first_load.get_or_insert(addr);
                    if word(program, 4) & WRITABLE != 0 {
                        writable.push((addr, len));
                    }
                }
                PT_DYNAMIC => dynamic = Some((addr, len)),
                _ => {}
            }
        }
        let bias = if half(&header, 16) == TYPE_EXEC { 0 } else { base.wrapping_sub(first_load? & !(PAGE - 1)) };
        for segment in &mut writable {
            segment.0 = segment.0.wrapping_add(bias);
        }
        let (addr, len) = dynamic.filter(|&(_, len)| len <= MAX_BYTES)?;
        let dynamic = bytes(memory, addr.wrapping_add(bias), usize::try_from(len).ok()?)?;
        // glibc adds the bias to these pointers in memory, musl does not.
        let absolute = |value: u64| {
            if value < bias { value.wrapping_add(bias) } else { value }
        };
        let (mut symtab, mut strtab, mut gnu_hash, mut soname) = (None, None, None, None);
        for entry in dynamic.chunks_exact(16) {
            let value = xword(entry, 8);
            match xword(entry, 0) {
                DT_NULL => break,
                DT_STRTAB => strtab = Some(absolute(value)),
                DT_SYMTAB => symtab = Some(absolute(value)),
                DT_GNU_HASH => gnu_hash = Some(absolute(value)),
                DT_SONAME => soname = Some(value),
                _ => {}
            }
        }
        let (symtab, strtab, gnu_hash) = (symtab?, strtab?, gnu_hash?);
        let soname = soname.and_then(|offset| {
            let text = memory.read_up_to(strtab.checked_add(offset)?, 256);
            let end = text.iter().position(|&byte| byte == 0)?;
            String::from_utf8(text[..end].to_vec()).ok()
        });
        Some(Self { bias, symtab, strtab, gnu_hash, soname, writable })
    }

    /// The address of an exported symbol that the module defines itself.
    pub(super) fn symbol(&self, memory: &dyn Memory, name: &str) -> Option<u64> {
        let hash = name.bytes().fold(5381_u32, |hash, byte| hash.wrapping_mul(33).wrapping_add(byte.into()));
        let header: [u8; 16] = array(memory, self.gnu_hash)?;
        let (buckets, first, filter, shift) =
            (word(&header, 0), word(&header, 4), word(&header, 8), word(&header, 12) & 31);
        if buckets == 0 || filter == 0 {
            return None;
        }
        let at = |base: u64, size: u64, index: u32| base.checked_add(size.checked_mul(index.into())?);
        let filters = self.gnu_hash.checked_add(16)?;
        let mask = 1_u64 << (hash % 64) | 1 << ((hash >> shift) % 64);
        if pointer(memory, at(filters, 8, (hash / 64) % filter)?)? & mask != mask {
            return None;
        }
        let bucket_table = at(filters, 8, filter)?;
        let chain_table = at(bucket_table, 4, buckets)?;
        let mut index = u32::from_ne_bytes(array(memory, at(bucket_table, 4, hash % buckets)?)?);
        loop {
            let chained = u32::from_ne_bytes(array(memory, at(chain_table, 4, index.checked_sub(first)?)?)?);
            if chained | 1 == hash | 1 {
                let symbol: [u8; SYMBOL as usize] = array(memory, at(self.symtab, SYMBOL, index)?)?;
                let spelled = bytes(memory, at(self.strtab, 1, word(&symbol, 0))?, name.len() + 1)?;
                let defined = half(&symbol, 6) != 0;
                if defined && spelled.strip_suffix(b"\0") == Some(name.as_bytes()) {
                    return Some(self.bias.wrapping_add(xword(&symbol, 8)));
                }
            }
            if chained & 1 == 1 {
                return None;
            }
            index = index.checked_add(1)?;
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::memory::{Lent, Remote};
    use crate::pyframes::process::{Live, Process};

    #[test]
    fn the_c_librarys_symbols_are_where_the_linker_put_them() {
        let tid = nix::unistd::gettid().as_raw();
        let mappings = Live::new(tid).mappings().unwrap();
        let base = mappings.iter().find(|m| m.offset == 0 && m.path.to_string_lossy().contains("libc.so")).unwrap();
        let memory = Remote::new(tid);
        let module = Module::open(&memory, base.start).unwrap();
        assert_eq!(module.soname.as_deref(), Some("libc.so.6"));
        assert_eq!(module.symbol(&memory, "abs"), Some(libc::abs as *const () as u64));
        assert_eq!(module.symbol(&memory, "getpid"), Some(libc::getpid as *const () as u64));
        assert_eq!(module.symbol(&memory, "no_such_function_anywhere"), None);
        assert!(!module.writable.is_empty());
    }

    /// A hand-made module at 0x10000 with two symbols: `name`, defined at 0x500, and `abc`, which is not defined.
    pub(in super::super) fn module(name: &str) -> Vec<u8> {
        let mut image = vec![0; 0x400];
        let mut put = |at: usize, bytes: &[u8]| image[at..at + bytes.len()].copy_from_slice(bytes);
        put(0, b"\x7fELF\x02");
        put(16, &3_u16.to_ne_bytes());
        put(32, &64_u64.to_ne_bytes());
        put(54, &[56, 0, 2, 0]);
        put(64, &PT_LOAD.to_ne_bytes());
        put(68, &WRITABLE.to_ne_bytes());
        put(64 + 40, &0x600_u64.to_ne_bytes());
        put(120, &PT_DYNAMIC.to_ne_bytes());
        put(120 + 16, &0x100_u64.to_ne_bytes());
        put(120 + 40, &80_u64.to_ne_bytes());
        for (i, (tag, value)) in
            [(DT_STRTAB, 0x200_u64), (DT_SYMTAB, 0x10240), (DT_GNU_HASH, 0x300), (DT_SONAME, 1), (DT_NULL, 0)]
                .into_iter()
                .enumerate()
        {
            put(0x100 + 16 * i, &tag.to_ne_bytes());
            put(0x108 + 16 * i, &value.to_ne_bytes());
        }
        let names = format!("\0libx.so\0{name}\0abc\0");
        put(0x200, names.as_bytes());
        put(0x240 + 24, &[9, 0, 0, 0, 0x11, 0, 1, 0]);
        put(0x240 + 32, &0x500_u64.to_ne_bytes());
        put(0x240 + 48, &[names.len() as u8 - 4, 0, 0, 0, 0x11, 0, 0, 0]);
        for (i, value) in [1_u32, 1, 1, 6, !0, !0, 1].into_iter().enumerate() {
            put(0x300 + 4 * i, &value.to_ne_bytes());
        }
        let hash = |name: &str| name.bytes().fold(5381_u32, |h, b| h.wrapping_mul(33).wrapping_add(b.into()));
        put(0x31c, &(hash(name) & !1).to_ne_bytes());
        put(0x320, &(hash("abc") | 1).to_ne_bytes());
        image
    }

    #[test]
    fn a_hand_made_module() {
        let image = module("_PyRuntime");
        let regions = [(0x10000, &image[..])];
        let memory = Lent::new(&regions);
        let module = Module::open(&memory, 0x10000).unwrap();
        assert_eq!(module.soname.as_deref(), Some("libx.so"));
        assert_eq!(module.writable, [(0x10000, 0x600)]);
        assert_eq!(module.symbol(&memory, "_PyRuntime"), Some(0x10500));
        assert_eq!(module.symbol(&memory, "abc"), None, "not defined here");
        assert_eq!(module.symbol(&memory, "_PyRuntimeX"), None);
    }

    #[test]
    fn a_damaged_module_does_no_harm() {
        let image = module("_PyRuntime");
        for at in (0..image.len()).filter(|&at| image[at] != 0) {
            for change in [0, 1, 0x7f, 0xff] {
                let mut damaged = image.clone();
                damaged[at] = change;
                let regions = [(0x10000, &damaged[..])];
                let memory = Lent::new(&regions);
                if let Some(module) = Module::open(&memory, 0x10000) {
                    module.symbol(&memory, "_PyRuntime");
                }
            }
        }
        assert!(Module::open(&Lent::new(&[(0x10000, &image[..100])]), 0x10000).is_none());
    }
}
