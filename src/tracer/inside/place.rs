//! Placing the agent in a process.

use std::collections::{HashSet, VecDeque};
use std::rc::Rc;

use super::inject::Injector;
use super::{Agents, Placed, SETTLED, STARTED, State, Table, Thunks, reason, write};
use crate::agent::ring::SharedRings;
use crate::agent::sites::{self, FIRST, SITE, THUNK};
use crate::agent::{BASE, HEADER, PLACED, RINGS, SHARED, code, header};
use crate::memory::{self, Memory, PAGE, array};
use crate::sys::proc::Proc;
use crate::tracer::ptrace::{Gone, Stopped, Waited};

/// A mapping with the code of a C library: file, offset, address, length.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Library {
    file: String,
    offset: u64,
    length: u64,
}

/// Why the agent was not placed.
enum Failure {
    Gone,
    Because(&'static str),
}

impl From<Gone> for Failure {
    fn from(_: Gone) -> Self {
        Self::Gone
    }
}

impl Agents {
    /// A thread has stopped at a call before it is made, the only one of its process that we know of (`alone`) or not.
    /// `None` if it was let go, to make its call again from the beginning. `has_python`: whether its calls may have a Python
    /// stack that is wanted.
    pub(in crate::tracer) fn consider(
        &mut self,
        stopped: Stopped,
        (pid, nr): (i32, u64),
        alone: bool,
        has_python: impl FnOnce() -> bool,
        reports: &mut VecDeque<Waited>,
    ) -> Result<Option<Stopped>, Gone> {
        if self.borrowing.contains(&pid) {
            return Ok(Some(stopped));
        }
        let is_lent = self.borrowing.iter().any(|&other| crate::tracer::ptrace::share_memory(other, pid));
        let recordable = u32::try_from(nr).is_ok_and(|nr| self.plans.numbers.contains(&nr));
        let (thunks, libraries) = match self.processes.entry(pid).or_insert(State::Young) {
            State::Refused(_) => return Ok(Some(stopped)),
            State::Placed(placed) => {
                // There was no ring left, or its pointer was another's.
                if recordable && !placed.rings.contains_key(&stopped.tid()) {
                    placed.add_thread(&stopped, pid, self.plans.longest)?;
                }
                return Ok(Some(stopped));
            }
            _ if is_lent => return Ok(Some(stopped)),
            State::Young if nr != STARTED => return Ok(Some(stopped)),
            State::Young => {
                let maps = Proc::new(pid).text("maps").unwrap_or_default();
                let libraries = libraries(&maps);
                if libraries.is_empty() {
                    self.processes.insert(pid, State::Refused(reason::NO_LIBRARY));
                    return Ok(Some(stopped));
                }
                (None, Some((maps, libraries)))
            }
            State::Forked(thunks, calls) => {
                *calls += u32::from(recordable);
                if *calls < SETTLED {
                    return Ok(Some(stopped));
                }
                (Some(*thunks), None)
            }
        };
        let ours_alone = || alone && Proc::new(pid).threads().is_ok_and(|threads| threads.len() == 1);
        if thunks.is_none() && !ours_alone() {
            self.processes.insert(pid, State::Refused(reason::THREADS));
            return Ok(Some(stopped));
        }
        let mut injector = Injector::begin(stopped, reports)?;
        let placed = match (thunks, libraries) {
            (Some(thunks), _) => self.settle(&mut injector, pid, thunks),
            (None, Some((maps, libraries))) => self.place(&mut injector, pid, &maps, &libraries),
            (None, None) => Err(Failure::Because(reason::NO_LIBRARY)),
        };
        let state = match placed {
            Ok(mut placed) => {
                placed.demands = has_python();
                match injector.stopped().and_then(|stopped| placed.add_thread(stopped, pid, self.plans.longest)) {
                    Ok(()) => {
                        placed.enable(pid);
                        State::Placed(placed)
                    }
                    Err(Gone) => State::Refused(reason::UNWRITABLE),
                }
            }
            Err(Failure::Because(why)) => State::Refused(why),
            Err(Failure::Gone) => State::Refused(reason::UNWRITABLE),
        };
        self.processes.insert(pid, state);
        injector.end()?;
        Ok(None)
    }

    /// The whole: code, rings, thunks, and jumps to them.
    fn place(
        &mut self,
        injector: &mut Injector<'_>,
        pid: i32,
        maps: &str,
        libraries: &[(u64, Library)],
    ) -> Result<Box<Placed>, Failure> {
        let mut found = Vec::new();
        for (start, library) in libraries {
            let sites = self.scan(pid, *start, library);
            found.extend(sites.iter().map(|at| start + *at as u64));
        }
        if found.is_empty() {
            return Err(Failure::Because(reason::NO_LIBRARY));
        }
        let size = (FIRST + found.len() as u64 * THUNK).next_multiple_of(PAGE);
        let near = libraries[0].0;
        let page = hole(maps, near, size).ok_or(Failure::Because("no room near the C library"))?;
        map(injector, BASE, PLACED)?;
        let mut head = vec![0; header::TABLE as usize];
        head[header::LONGEST as usize..][..8].copy_from_slice(&self.plans.longest.to_ne_bytes());
        head[header::PLANS as usize..][..self.plans.bytes.len()].copy_from_slice(&self.plans.bytes);
        write(pid, BASE, code::bytes())?;
        write(pid, HEADER, &head)?;
        let shared = share(injector, pid, libc::MAP_FIXED_NOREPLACE)?;
        map(injector, page, size)?;
        let thunks = Thunks { page, end: page + size };
        // First all thunks, then the jumps to them.
        let (remote, mut code, mut jumps) = (memory::Remote::new(pid), sites::head().to_vec(), Vec::new());
        for site in found {
            let at = page + code.len() as u64;
            let Some(bytes) = array::<SITE>(&remote, site) else { continue };
            let (Some(thunk), Some(jump)) = (sites::thunk(page, at, site, &bytes), sites::jump(site, at)) else {
                continue;
            };
            code.extend(thunk);
            jumps.push((site, jump));
        }
        write(pid, page, &code)?;
        for (site, jump) in jumps {
            write(pid, site, &jump)?;
        }
        Ok(Placed::new(thunks, shared))
    }

    /// A fork, which has all but rings of its own.
    fn settle(&mut self, injector: &mut Injector<'_>, pid: i32, thunks: Thunks) -> Result<Box<Placed>, Failure> {
        let shared = share(injector, pid, libc::MAP_FIXED)?;
        let empty = vec![0; 16 * header::PLACES as usize];
        write(pid, HEADER + header::TABLE, &empty)?;
        Ok(Placed::new(thunks, shared))
    }

    /// Where the calls are in a library, from the start of the mapping.
    fn scan(&mut self, pid: i32, start: u64, library: &Library) -> Rc<[usize]> {
        let Self { scans, plans, .. } = self;
        if let Some(known) = scans.get(library) {
            return known.clone();
        }
        let code = memory::Remote::new(pid).read_up_to(start, library.length as usize);
        let sites: Rc<[usize]> = sites::find(&code, &plans.numbers).into();
        scans.insert(library.clone(), sites.clone());
        sites
    }
}

impl Placed {
    fn new(thunks: Thunks, shared: SharedRings) -> Box<Self> {
        let (table, sharing) = (Table::default(), HashSet::new());
        let (rings, free, demands, refused) = ([].into(), Vec::new(), false, None);
        Box::new(Self { thunks, shared, table, rings, free, demands, sharing, refused })
    }
}

/// Maps memory for code at an address where nothing is.
fn map(injector: &mut Injector<'_>, at: u64, size: u64) -> Result<(), Failure> {
    let protection = (libc::PROT_READ | libc::PROT_EXEC) as u64;
    let flags = (libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED_NOREPLACE) as u64;
    match injector.call(libc::SYS_mmap, [at, size, protection, flags, u64::MAX, 0])? {
        got if got as u64 == at => Ok(()),
        _ => Err(Failure::Because("something else is where the agent's code belongs")),
    }
}

/// Makes rings and maps them in the process.
fn share(injector: &mut Injector<'_>, pid: i32, fixed: libc::c_int) -> Result<SharedRings, Failure> {
    let failed = |_| Failure::Because("no memory to share with the process");
    let shared = SharedRings::new().map_err(failed)?;
    let refused = Failure::Because("the process cannot open the memory that it is to share");
    let namespace = |pid: Proc| std::fs::read_link(pid.path("ns/pid")).ok();
    if namespace(Proc::new(pid)) != namespace(Proc::OWN) {
        return Err(refused);
    }
    let path = format!("/proc/{}/fd/{}\0", std::process::id(), shared.fd());
    write(pid, HEADER + header::PATH, path.as_bytes())?;
    let flags = (libc::O_RDWR | libc::O_CLOEXEC) as u64;
    let fd = injector.call(libc::SYS_openat, [libc::AT_FDCWD as u64, HEADER + header::PATH, flags, 0, 0, 0])?;
    if fd < 0 {
        return Err(refused);
    }
    let protection = (libc::PROT_READ | libc::PROT_WRITE) as u64;
    let flags = (libc::MAP_SHARED | fixed) as u64;
    let got = injector.call(libc::SYS_mmap, [RINGS, SHARED, protection, flags, fd as u64, 0])?;
    injector.call(libc::SYS_close, [fd as u64, 0, 0, 0, 0, 0])?;
    let there = array(&memory::Remote::new(pid), RINGS + SharedRings::MARK).map(u64::from_ne_bytes);
    if got as u64 != RINGS || there != Some(shared.mark()) {
        return Err(Failure::Because("the memory to share could not be mapped"));
    }
    Ok(shared)
}

/// The mappings with the code of the GNU C library.
fn libraries(maps: &str) -> Vec<(u64, Library)> {
    let library = |line: &str| {
        let mut words = line.split_ascii_whitespace();
        let (start, end) = words.next()?.split_once('-')?;
        let (protection, offset, _, _, file) =
            (words.next()?, words.next()?, words.next()?, words.next()?, words.next()?);
        let name = file.rsplit('/').next()?;
        let known = name == "libc.so.6" || ["libc-2.", "libpthread"].iter().any(|known| name.starts_with(known));
        let number = |text| u64::from_str_radix(text, 16).ok();
        let (start, end, offset) = (number(start)?, number(end)?, number(offset)?);
        let file = line.split_once(' ')?.1.to_owned(); // with its inode
        (known && protection == "r-xp").then(|| (start, Library { file, offset, length: end - start }))
    };
    maps.lines().filter_map(library).collect()
}

/// An address below `near`, and not far, where so many bytes are free.
fn hole(maps: &str, near: u64, size: u64) -> Option<u64> {
    const FAR: u64 = 1 << 30;
    let ranges = maps.lines().filter_map(|line| {
        let (start, end) = line.split_once(' ')?.0.split_once('-')?;
        Some((u64::from_str_radix(start, 16).ok()?, u64::from_str_radix(end, 16).ok()?))
    });
    let mut below: Vec<(u64, u64)> = ranges.filter(|(start, _)| *start <= near).collect();
    below.sort_unstable();
    let ends = below.iter().rev().skip(1).map(|(_, end)| *end).chain([1 << 32]);
    let found = below.iter().rev().zip(ends).find(|((start, _), end)| start.saturating_sub(*end) >= size + 2 * PAGE);
    // (The kernel lets a mapping that grows have a page in between.)
    let at = found?.0.0 - size - PAGE;
    (near - at < FAR).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAPS: &str = "\
555555554000-555555556000 r-xp 00000000 fe:00 10 /usr/bin/cat
7ffff7d00000-7ffff7d26000 r--p 00000000 fe:00 20 /usr/lib/x86_64-linux-gnu/libc.so.6
7ffff7d26000-7ffff7e7b000 r-xp 00026000 fe:00 20 /usr/lib/x86_64-linux-gnu/libc.so.6
7ffff7fc9000-7ffff7fcb000 r-xp 00000000 00:00 0 [vdso]
7ffff7fcb000-7ffff7ff1000 r-xp 00001000 fe:00 30 /usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2
";

    #[test]
    fn the_library_and_a_hole_below_it_are_found() {
        let found = libraries(MAPS);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].0, found[0].1.offset, found[0].1.length), (0x7fff_f7d2_6000, 0x26000, 0x15_5000));
        assert_eq!(hole(MAPS, found[0].0, 0x1000), Some(0x7fff_f7d0_0000 - 0x2000));
        assert_eq!(hole("1000-2000 r-xp 0 0 0\n", 0x1000, 0x1000), None);
    }
}
