//! Numbers in memory that threads wait for.

use super::{Words, Xlat};

const FUTEX_OP_WORDS: Words = Words {
    name: "FUTEX_OP",
    set: "What to do with a number in memory that threads wait for; private ones are of one process alone.",
    members: &[],
};

/// What to do with a number in memory, `linux/futex.h`: an operation and its flags have a name together.
pub static FUTEX_OP: Xlat = Xlat::declared(FUTEX_OP_WORDS, "FUTEX_???", FUTEX_OPS, [None, None]);

static FUTEX_OPS: &[(&str, u64)] = &[
    ("FUTEX_WAIT", 0),
    ("FUTEX_WAKE", 1),
    ("FUTEX_FD", 2),
    ("FUTEX_REQUEUE", 3),
    ("FUTEX_CMP_REQUEUE", 4),
    ("FUTEX_WAKE_OP", 5),
    ("FUTEX_LOCK_PI", 6),
    ("FUTEX_UNLOCK_PI", 7),
    ("FUTEX_TRYLOCK_PI", 8),
    ("FUTEX_WAIT_BITSET", 9),
    ("FUTEX_WAKE_BITSET", 10),
    ("FUTEX_WAIT_REQUEUE_PI", 11),
    ("FUTEX_CMP_REQUEUE_PI", 12),
    ("FUTEX_LOCK_PI2", 13),
    ("FUTEX_WAIT_PRIVATE", 128),
    ("FUTEX_WAKE_PRIVATE", 129),
    ("FUTEX_FD|FUTEX_PRIVATE_FLAG", 130),
    ("FUTEX_REQUEUE_PRIVATE", 131),
    ("FUTEX_CMP_REQUEUE_PRIVATE", 132),
    ("FUTEX_WAKE_OP_PRIVATE", 133),
    ("FUTEX_LOCK_PI_PRIVATE", 134),
    ("FUTEX_UNLOCK_PI_PRIVATE", 135),
    ("FUTEX_TRYLOCK_PI_PRIVATE", 136),
    ("FUTEX_WAIT_BITSET_PRIVATE", 137),
    ("FUTEX_WAKE_BITSET_PRIVATE", 138),
    ("FUTEX_WAIT_REQUEUE_PI_PRIVATE", 139),
    ("FUTEX_CMP_REQUEUE_PI_PRIVATE", 140),
    ("FUTEX_LOCK_PI2_PRIVATE", 141),
    ("FUTEX_WAIT|FUTEX_CLOCK_REALTIME", 256),
    ("FUTEX_WAIT_BITSET|FUTEX_CLOCK_REALTIME", 265),
    ("FUTEX_WAIT_REQUEUE_PI|FUTEX_CLOCK_REALTIME", 267),
    ("FUTEX_WAIT_PRIVATE|FUTEX_CLOCK_REALTIME", 384),
    ("FUTEX_WAIT_BITSET_PRIVATE|FUTEX_CLOCK_REALTIME", 393),
    ("FUTEX_WAIT_REQUEUE_PI_PRIVATE|FUTEX_CLOCK_REALTIME", 395),
];

xlat! {
    /// What is done to a number before its waiters are woken.
    FUTEX_WAKE_OP "FUTEX_OP_???" {
        FUTEX_OP_SET = 0,
        FUTEX_OP_ADD = 1,
        FUTEX_OP_OR = 2,
        FUTEX_OP_ANDN = 3,
        FUTEX_OP_XOR = 4,
        FUTEX_OP_OPARG_SHIFT = 8,
    }

    /// How two numbers are compared.
    FUTEX_CMP "FUTEX_OP_CMP_???" {
        FUTEX_OP_CMP_EQ = 0,
        FUTEX_OP_CMP_NE = 1,
        FUTEX_OP_CMP_LT = 2,
        FUTEX_OP_CMP_LE = 3,
        FUTEX_OP_CMP_GT = 4,
        FUTEX_OP_CMP_GE = 5,
    }

    /// Which waiters are meant, a bit for each kind.
    FUTEX_BITSET "" {
        FUTEX_BITSET_MATCH_ANY = 0xffff_ffff_u64,
    }

    /// How a number that is waited for is read.
    FUTEX_WAITV_FLAGS "FUTEX_???" {
        FUTEX_32 = 2,
        FUTEX_PRIVATE_FLAG = 128,
    }
}
