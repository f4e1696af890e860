//! How the kernel divides the processor and the disks among threads.

xlat! {
    /// Whose priority is meant: a process, a group of them or a user.
    PRIORITY_WHICH "PRIO_???" {
        PRIO_PROCESS = 0,
        PRIO_PGRP = 1,
        PRIO_USER = 2,
    }

    /// How the kernel divides the processor among threads.
    SCHEDULER "SCHED_???" {
        SCHED_OTHER = 0 => "Fairly, by niceness.",
        SCHED_FIFO = 1 => "The most urgent thread first, until it waits.",
        SCHED_RR = 2 => "The most urgent threads first, in turns.",
        SCHED_BATCH = 3 => "Fairly, for work that nobody waits for.",
        SCHED_ISO = 4,
        SCHED_IDLE = 5 => "Only when nobody else wants the processor.",
        SCHED_DEADLINE = 6 => "By deadlines.",
    }

    /// Kinds of priority of reading and writing.
    IOPRIO_CLASS "IOPRIO_CLASS_???" {
        IOPRIO_CLASS_NONE = 0,
        IOPRIO_CLASS_RT = 1,
        IOPRIO_CLASS_BE = 2,
        IOPRIO_CLASS_IDLE = 3,
    }

    /// Whose priority of reading and writing it is.
    IOPRIO_WHO "IOPRIO_WHO_???" {
        IOPRIO_WHO_PROCESS = 1,
        IOPRIO_WHO_PGRP = 2,
        IOPRIO_WHO_USER = 3,
    }

    /// Between which threads accesses to memory are put in order.
    MEMBARRIER_CMD "MEMBARRIER_CMD_???" {
        MEMBARRIER_CMD_QUERY = 0,
        MEMBARRIER_CMD_GLOBAL = 1,
        MEMBARRIER_CMD_GLOBAL_EXPEDITED = 2,
        MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED = 4,
        MEMBARRIER_CMD_PRIVATE_EXPEDITED = 8,
        MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED = 16,
        MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE = 32,
        MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE = 64,
        MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ = 128,
        MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ = 256,
    }

    /// Whether only one processor is concerned.
    MEMBARRIER_FLAGS "MEMBARRIER_CMD_FLAG_???" {
        MEMBARRIER_CMD_FLAG_CPU = 1,
    }

    /// How a scheduling policy is set.
    SCHED_FLAGS "SCHED_FLAG_???" {
        SCHED_FLAG_RESET_ON_FORK = 1,
        SCHED_FLAG_RECLAIM = 2,
        SCHED_FLAG_DL_OVERRUN = 4,
        SCHED_FLAG_KEEP_POLICY = 8,
        SCHED_FLAG_KEEP_PARAMS = 16,
        SCHED_FLAG_UTIL_CLAMP_MIN = 32,
        SCHED_FLAG_UTIL_CLAMP_MAX = 64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sound() {
        crate::xlat::assert_sound(&[&PRIORITY_WHICH, &SCHEDULER]);
    }

    #[test]
    fn numbers_agree_with_libc() {
        agrees_with_libc! { SCHEDULER:
            SCHED_OTHER SCHED_FIFO SCHED_RR SCHED_BATCH SCHED_IDLE
        }
    }
}
