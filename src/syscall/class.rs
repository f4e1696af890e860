//! The classes of calls: strace's, by which `-e trace=%class` selects them.

/// Classes of calls, as a set of bits: strace's, and whether a call is made on sockets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Class(u32);

/// Declares strace's classes with the names under which `-e trace=` takes them.
macro_rules! classes {
    ($($(#[$doc:meta])* $name:ident $bit:literal $spelled:literal;)*) => {
        impl Class {
            $($(#[$doc])* pub const $name: Self = Self(1 << $bit);)*

            /// The classes with their names, without the `%`.
            pub(crate) const NAMES: &'static [(&'static str, Self)] = &[$(($spelled, Self::$name)),*];
        }
    };
}

classes! {
    /// Calls of the network.
    NET 0 "network";
    /// Calls that take or make a descriptor.
    DESC 1 "desc";
    /// Calls that take a path.
    FILE 2 "file";
    /// Calls on memory mappings.
    MEMORY 3 "memory";
    /// Calls that make, end or await processes.
    PROCESS 4 "process";
    /// Calls on signals.
    SIGNAL 5 "signal";
    /// Calls of System V's interprocess communication.
    IPC 6 "ipc";
    /// Calls on users, groups and capabilities.
    CREDS 7 "creds";
    /// Calls on clocks.
    CLOCK 8 "clock";
    /// `stat` and its 32-bit forms.
    STAT 9 "stat";
    /// `lstat` and its 32-bit forms.
    LSTAT 10 "lstat";
    /// `fstat`, `fstatat` and their forms.
    FSTAT 11 "fstat";
    /// All of these, and `statx`.
    STAT_LIKE 12 "%stat";
    /// `statfs` and its forms.
    STATFS 13 "statfs";
    /// `fstatfs` and its forms.
    FSTATFS 14 "fstatfs";
    /// All of these, and `ustat`.
    STATFS_LIKE 15 "%statfs";
    /// Calls without arguments that cannot fail.
    PURE 16 "pure";
}

impl Class {
    /// No class.
    pub const NONE: Self = Self(0);
    /// Calls that are made on sockets, alone or among others: what is traced by default.
    pub const SOCKETS: Self = Self(1 << 31);
    /// `%network`.
    pub const NETWORK: Self = Self::NET.and(Self::SOCKETS);
    /// `%desc`, of a call that is made on sockets too.
    pub const SOCKET_DESC: Self = Self::DESC.and(Self::SOCKETS);
    /// `%network` and `%desc`.
    pub const BOTH: Self = Self::NETWORK.and(Self::DESC);

    /// Both classes.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the sets have a class in common.
    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}
