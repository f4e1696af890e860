//! Recording inside the program: calls that do not stop it.
//!
//! A traced call costs two stops, which is ten times the call. So the tracer places a small piece of code, the *agent*, in
//! the program: the places in the C library that make the usual calls jump to it, it makes the call itself and leaves a record
//! of it in memory that it shares with the tracer. Nothing of it is in the environment, no library is loaded.
//!
//! The filter lets exactly one instruction make calls freely, that of the agent, whose address is the same in every
//! process and so stays right over fork and exec; all other calls stop as ever. Thus what the agent does not see, the
//! tracer does.
//!
//! The agent never runs below a handler of the program: a thread that stops for a signal while it is in the agent is taken out of
//! it first, by completing its record, or by making the call again where it stops. So its code may be simple: it is never
//! entered twice by one thread, and nothing is left of it where a handler jumps away.
//!
//! Here is what both sides share: the code ([`code`]), what it copies of a call ([`plan`]), the records ([`ring`]), the Python
//! stacks that it recognises ([`stacks`]), and the places that are made to jump to it ([`sites`]). The tracer places and reads it.

pub(crate) mod clock;
pub(crate) mod code;
pub(crate) mod plan;
pub(crate) mod ring;
pub(crate) mod sites;
pub(crate) mod stacks;

/// Whether there is an agent for this processor.
pub(crate) const EXISTS: bool = cfg!(target_arch = "x86_64");

/// Where the agent's code is in every process.
pub(crate) const BASE: u64 = 0x7000_0000;
/// Bytes of it, and of the header behind it.
pub(crate) const PLACED: u64 = 0x5000;
/// Where the header is: what the tracer lets the agent know. Each process has a copy of its own.
pub(crate) const HEADER: u64 = BASE + 0x1000;
/// Where the rings are, which the process shares with the tracer.
pub(crate) const RINGS: u64 = BASE + 0x10_0000;
/// Bytes of one thread's ring.
pub(crate) const RING: u64 = 128 << 10;
/// How many threads of a process have one.
pub(crate) const THREADS: usize = 256;
/// Bytes for the Python stacks of one thread that the agent recognises, behind all rings.
pub(crate) const STACKS: u64 = 256 << 10;
/// Bytes of all.
pub(crate) const SHARED: u64 = (RING + STACKS) * THREADS as u64;

/// Offsets in the header.
pub(crate) mod header {
    /// Whether the agent records.
    pub(crate) const ENABLED: u64 = 0x00;
    /// The most bytes of a record.
    pub(crate) const LONGEST: u64 = 0x08;
    /// Per number of a call where its plan is, from the start of the header; 0 for none.
    pub(crate) const PLANS: u64 = 0x40;
    /// The numbers that have a place there.
    pub(crate) const NUMBERS: u64 = 512;
    /// The plans.
    pub(crate) const STEPS: u64 = PLANS + 2 * NUMBERS;
    /// The threads: pointer of the thread and address of its ring, by a hash of the first.
    pub(crate) const TABLE: u64 = 0x1000;
    /// Places in that table, more than there are rings, so that a search ends.
    pub(crate) const PLACES: u64 = 512;
    /// A path, while the shared memory is opened.
    pub(crate) const PATH: u64 = 0x3f00;
}
