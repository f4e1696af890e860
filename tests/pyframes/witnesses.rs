//! The programs that send their own stack with each call, for the tests that compare a reader's stacks with it.

/// A program in the folder `programs`.
#[derive(Debug, Clone, Copy)]
pub struct Witness {
    pub file: &'static str,
    /// The first version of Python that can run it.
    pub since: (u8, u8),
    /// How many stacks it sends at least.
    pub stacks: usize,
}

/// Stacks of every shape.
pub const FRAMES: Witness = Witness { file: "frames.py", since: (2, 7), stacks: 3700 };
/// Stacks that only Python 3 can have.
pub const FRAMES3: Witness = Witness { file: "frames3.py", since: (3, 6), stacks: 150 };
/// Several threads at once.
pub const THREADS: Witness = Witness { file: "threads.py", since: (2, 7), stacks: 6 * 80 + 121 };
/// Forks, and every start method of multiprocessing.
pub const PROCESSES: Witness = Witness { file: "processes.py", since: (2, 7), stacks: 49 };
