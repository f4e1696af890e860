//! The places in the C library that make calls, and what is written there.
//!
//! A call of the GNU C library is `mov $NUMBER,%eax; …; syscall; cmp $-4095,%rax`. The last two instructions are eight
//! bytes, which is room for a jump to a *thunk* nearby that does the same by way of the agent. What looks different is left
//! alone: it stops.

use super::BASE;
use super::code::frame;

/// Bytes that are replaced.
pub(crate) const SITE: usize = 8;
/// Bytes between two thunks.
pub(crate) const THUNK: u64 = 48;
/// Where in the page of thunks the first is: before it is the agent's address.
pub(crate) const FIRST: u64 = 16;
/// In a thunk: the address to which the agent returns, the call that stops, and what is behind it.
const RETURN: u64 = 14;
const CALL: u64 = 24;
const AFTER: u64 = 26;

/// `syscall`.
pub(crate) const SYSCALL: [u8; 2] = [0x0f, 0x05];
/// How far before a call its number is looked for.
const NEAR: usize = 24;

/// Where in code are calls with one of these numbers, as offsets.
pub(crate) fn find(code: &[u8], numbers: &[u32]) -> Vec<usize> {
    let finder = memchr::memmem::Finder::new(&[0x0f, 0x05, 0x48, 0x3d]);
    let wanted = |at: &usize| {
        let limit = code.get(at + 4..at + 8);
        // Errors are -4095 to -1; some compare with what is below them.
        matches!(limit, Some([0x00 | 0x01, 0xf0, 0xff, 0xff]))
            && number(&code[at.saturating_sub(NEAR)..*at]).is_some_and(|nr| numbers.contains(&nr))
    };
    finder.find_iter(code).filter(wanted).collect()
}

/// The number that the code before a call sets: by the last `mov $NUMBER,%eax`, or `xor %eax,%eax`.
fn number(before: &[u8]) -> Option<u32> {
    if before.ends_with(&[0x31, 0xc0]) {
        return Some(0);
    }
    let mut ends = memchr::memrchr_iter(0xb8, before.get(..before.len().checked_sub(4)?)?);
    // Behind a prefix it is another register.
    let at = ends.find(|at| at.checked_sub(1).is_none_or(|prefix| !(0x40..0x50).contains(&before[prefix])))?;
    Some(u32::from_le_bytes(before.get(at + 1..at + 5)?.try_into().ok()?))
}

/// The jump that replaces a call at `site` by the thunk at `thunk`.
pub(crate) fn jump(site: u64, thunk: u64) -> Option<[u8; SITE]> {
    let [a, b, c, d] = distance(site + 5, thunk)?;
    Some([0xe9, a, b, c, d, 0xcc, 0xcc, 0xcc])
}

/// The beginning of the page of thunks.
pub(crate) fn head() -> [u8; FIRST as usize] {
    let mut head = [0xcc; FIRST as usize];
    head[..8].copy_from_slice(&BASE.to_le_bytes());
    head
}

/// A thunk at `at`, in the page at `page`, for the call at `site` with these eight bytes.
pub(crate) fn thunk(page: u64, at: u64, site: u64, bytes: &[u8; SITE]) -> Option<[u8; THUNK as usize]> {
    let mut code = Vec::with_capacity(THUNK as usize);
    code.extend([0x48, 0x8d, 0xa4, 0x24]); // lea -SIZE(%rsp),%rsp: flags stay
    code.extend((frame::SIZE as i32).wrapping_neg().to_le_bytes());
    code.extend([0xff, 0x15]); // call *page(%rip)
    code.extend(distance(at + RETURN, page)?);
    code.extend([0x48, 0x8d, 0xa4, 0x24]); // lea SIZE(%rsp),%rsp
    code.extend(frame::SIZE.to_le_bytes());
    code.extend([0xe3, 0x02]); // jrcxz: the agent has made the call
    code.extend(SYSCALL);
    code.extend(&bytes[2..]); // cmp $-4095,%rax
    code.push(0xe9);
    code.extend(distance(at + code.len() as u64 + 4, site + SITE as u64)?);
    code.resize(THUNK as usize, 0xcc);
    code.try_into().ok()
}

/// A thread in the agent, found by the address to which the agent would return: where it goes on instead.
pub(crate) mod exit {
    use super::{AFTER, CALL, RETURN};

    /// To make the call where it stops.
    pub(crate) fn to_call(returns: u64) -> u64 {
        returns - RETURN + CALL
    }

    /// Behind the call. The two bytes before that are the call, for the kernel to go back to where it makes one again.
    pub(crate) fn behind(returns: u64) -> u64 {
        returns - RETURN + AFTER
    }
}

/// Whether an instruction in the page of thunks is the one that puts down the agent's return address.
pub(crate) fn is_entry(page: u64, ip: u64) -> bool {
    ip.checked_sub(page + FIRST).is_some_and(|at| at % THUNK == RETURN - 6)
}

/// A distance as instructions have it.
fn distance(from: u64, to: u64) -> Option<[u8; 4]> {
    i32::try_from(to.wrapping_sub(from) as i64).ok().map(i32::to_le_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_calls_that_look_like_the_librarys_are_found() {
        let call =
            |before: &[u8], limit: u8| [before, &[0x0f, 0x05, 0x48, 0x3d, limit, 0xf0, 0xff, 0xff, 0x77]].concat();
        let sendto = [0xb8, 44, 0, 0, 0];
        assert_eq!(find(&call(&sendto, 0), &[44]), [5]);
        assert_eq!(find(&call(&sendto, 1), &[44, 45]), [5]);
        assert_eq!(find(&call(&sendto, 1), &[45]), [0; 0], "another call");
        assert_eq!(find(&call(&sendto, 2), &[44]), [0; 0], "another comparison");
        assert_eq!(find(&call(&[0x31, 0xc0], 0), &[0]), [2]);
        assert_eq!(find(&call(&[0x89, 0xc8], 0), &[0, 44]), [0; 0], "the number is in a register");
        assert_eq!(find(&call(&[0xb8, 44, 0, 0, 0, 0x31, 0xd2], 0), &[44]), [7], "something in between");
        assert_eq!(find(&call(&[0xb8, 44, 0, 0, 0, 0x41, 0xb8, 45, 0, 0, 0], 0), &[44]), [11], "r8d is no number");
    }

    #[test]
    fn a_thunk_leads_back_behind_the_call() {
        let bytes = [0x0f, 0x05, 0x48, 0x3d, 0, 0xf0, 0xff, 0xff];
        let (page, site) = (0x7f00_0000_0000, 0x7f00_1234_5678);
        let at = page + FIRST;
        let thunk = thunk(page, at, site, &bytes).unwrap();
        assert_eq!(thunk[CALL as usize..AFTER as usize], SYSCALL);
        assert_eq!(thunk[AFTER as usize..][..6], bytes[2..]);
        let end = AFTER as usize + 11;
        let back = i32::from_le_bytes(thunk[end - 4..end].try_into().unwrap());
        assert_eq!((at + end as u64).wrapping_add(back as u64), site + 8);
        assert_eq!(exit::behind(at + RETURN), at + AFTER);
        assert!(is_entry(page, at + 8) && !is_entry(page, at + 14) && is_entry(page, at + THUNK + 8));
        let [_, a, b, c, d, ..] = jump(site, at).unwrap();
        assert_eq!((site + 5).wrapping_add(i32::from_le_bytes([a, b, c, d]) as u64), at);
        assert!(jump(0x40_0000, at).is_none(), "too far");
    }
}
