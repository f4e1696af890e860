//! The constants of memory: who may use a part of it, how it is mapped, what is expected of it.

xlat! {
    /// What may be done with a part of memory: read it, write it, run it.
    PROTECTION "PROT_???" {
        PROT_NONE = 0 => "Nothing.",
        PROT_READ = 1 => "It may be read.",
        PROT_WRITE = 2 => "It may be written.",
        PROT_EXEC = 4 => "It may be run.",
        PROT_SEM = 8,
        PROT_GROWSDOWN = 0x0100_0000,
        PROT_GROWSUP = 0x0200_0000,
    }

    /// Whether others see what is written into a mapping.
    ///
    /// The low four bits of [`MAP_FLAGS`].
    MAP_TYPE "MAP_???" {
        MAP_FILE = 0 => "Neither shared nor private, which is refused.",
        MAP_SHARED = 1 => "Others see what is written.",
        MAP_PRIVATE = 2 => "Nobody else sees what is written.",
        MAP_SHARED_VALIDATE = 3 => "Like MAP_SHARED, and unknown flags are refused.",
    }

    /// How memory is mapped: with a file behind it or not, where, and how soon it is there.
    ///
    /// `asm-generic/mman-common.h`, `asm/mman.h`. [`MAP_TYPE`] stands before them.
    MAP_FLAGS "MAP_???" {
        MAP_FIXED = 0x10 => "Exactly at that address, instead of what is there.",
        MAP_ANONYMOUS = 0x20 => "No file behind it: zeroes.",
        MAP_32BIT = 0x40,
        MAP_NORESERVE = 0x4000 => "No room is reserved for it.",
        MAP_POPULATE = 0x8000 => "Memory is taken at once, not when it is used.",
        MAP_NONBLOCK = 0x10000,
        MAP_GROWSDOWN = 0x100 => "Grows downwards, as a stack does.",
        MAP_DENYWRITE = 0x800 => "Means nothing today.",
        MAP_EXECUTABLE = 0x1000 => "Means nothing today.",
        MAP_LOCKED = 0x2000 => "Stays in memory.",
        MAP_STACK = 0x20000 => "For a stack.",
        MAP_HUGETLB = 0x40000 => "In large pages.",
        MAP_SYNC = 0x80000,
        MAP_FIXED_NOREPLACE = 0x0010_0000 => "Exactly at that address, or not at all.",
    }

    /// What a program expects of a part of its memory, or wants done with it.
    ADVICE "MADV_???" {
        MADV_NORMAL = 0,
        MADV_RANDOM = 1,
        MADV_SEQUENTIAL = 2,
        MADV_WILLNEED = 3 => "It is needed soon.",
        MADV_DONTNEED = 4 => "It is not needed; what is in it is lost.",
        MADV_FREE = 8 => "It may be taken away when memory is short.",
        MADV_REMOVE = 9,
        MADV_DONTFORK = 10,
        MADV_DOFORK = 11,
        MADV_MERGEABLE = 12,
        MADV_UNMERGEABLE = 13,
        MADV_HUGEPAGE = 14 => "Large pages are welcome.",
        MADV_NOHUGEPAGE = 15 => "No large pages.",
        MADV_DONTDUMP = 16,
        MADV_DODUMP = 17,
        MADV_WIPEONFORK = 18,
        MADV_KEEPONFORK = 19,
        MADV_COLD = 20,
        MADV_PAGEOUT = 21,
        MADV_POPULATE_READ = 22,
        MADV_POPULATE_WRITE = 23,
        MADV_DONTNEED_LOCKED = 24,
        MADV_COLLAPSE = 25,
        MADV_HWPOISON = 100,
        MADV_SOFT_OFFLINE = 101,
    }

    /// How a mapping is moved.
    MREMAP_FLAGS "MREMAP_???" {
        MREMAP_MAYMOVE = 1 => "It may move where it does not fit.",
        MREMAP_FIXED = 2 => "It moves to the address that is given.",
        MREMAP_DONTUNMAP = 4 => "The old place stays mapped, empty.",
    }

    /// How memory is written back to its file.
    MSYNC_FLAGS "MS_???" {
        MS_SYNC = 4,
        MS_ASYNC = 1,
        MS_INVALIDATE = 2,
    }

    /// Which memory stays in memory.
    MLOCKALL_FLAGS "MCL_???" {
        MCL_CURRENT = 1,
        MCL_FUTURE = 2,
        MCL_ONFAULT = 4,
    }

    /// How memory is kept in memory.
    MLOCK_FLAGS "MLOCK_???" {
        MLOCK_ONFAULT = 1,
    }

    /// Settings of a file in memory.
    MEMFD_FLAGS "MFD_???" {
        MFD_CLOEXEC = 1 => "Closes the descriptor when the process starts another program.",
        MFD_ALLOW_SEALING = 2 => "It may be sealed against changes.",
        MFD_HUGETLB = 4,
    }

    /// What a key of memory forbids.
    PKEY_ACCESS "PKEY_???" {
        PKEY_DISABLE_ACCESS = 1,
        PKEY_DISABLE_WRITE = 2,
        PKEY_DISABLE_EXECUTE = 4,
    }

    /// Settings of a descriptor that handles missing pages.
    USERFAULT_FLAGS "UFFD_???" {
        UFFD_USER_MODE_ONLY = 1,
        O_NONBLOCK = 0x800,
        O_CLOEXEC = 0x80000,
    }

    /// Settings of a descriptor of secret memory.
    MEMFD_SECRET_FLAGS "" {
        O_CLOEXEC = 0x80000,
    }

    /// From which memory pages are taken.
    POLICY_MODE "MPOL_???" {
        MPOL_DEFAULT = 0,
        MPOL_PREFERRED = 1,
        MPOL_BIND = 2,
        MPOL_INTERLEAVE = 3,
        MPOL_LOCAL = 4,
        MPOL_PREFERRED_MANY = 5,
    }

    /// From which memory pages are taken, and what its numbers mean.
    POLICY "MPOL_???" {
        MPOL_F_STATIC_NODES = 0x8000,
        MPOL_F_RELATIVE_NODES = 0x4000,
        MPOL_F_NUMA_BALANCING = 0x2000,
    }

    /// How pages are moved to the memory of other processors.
    POLICY_FLAGS "MPOL_???" {
        MPOL_MF_STRICT = 1,
        MPOL_MF_MOVE = 2,
        MPOL_MF_MOVE_ALL = 4,
    }

    /// What is asked of the memory policy.
    POLICY_ASKED "MPOL_???" {
        MPOL_F_NODE = 1,
        MPOL_F_ADDR = 2,
        MPOL_F_MEMS_ALLOWED = 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sound() {
        crate::xlat::assert_sound(&[
            &PROTECTION,
            &MAP_TYPE,
            &MAP_FLAGS,
            &ADVICE,
            &MREMAP_FLAGS,
            &MSYNC_FLAGS,
            &MEMFD_FLAGS,
        ]);
    }

    #[test]
    fn numbers_agree_with_libc() {
        agrees_with_libc! { MAP_FLAGS:
            MAP_FIXED MAP_ANONYMOUS MAP_NORESERVE MAP_POPULATE MAP_STACK MAP_HUGETLB
        }
        agrees_with_libc! { ADVICE:
            MADV_DONTNEED MADV_FREE MADV_HUGEPAGE MADV_DONTDUMP
        }
    }
}
