//! Constants of the kernel's keys.

xlat! {
    /// Rings of keys that every process has.
    KEY_SPEC "" {
        KEY_SPEC_THREAD_KEYRING = 0xffff_ffff_u64,
        KEY_SPEC_PROCESS_KEYRING = 0xffff_fffe_u64,
        KEY_SPEC_SESSION_KEYRING = 0xffff_fffd_u64,
        KEY_SPEC_USER_KEYRING = 0xffff_fffc_u64,
        KEY_SPEC_USER_SESSION_KEYRING = 0xffff_fffb_u64,
        KEY_SPEC_GROUP_KEYRING = 0xffff_fffa_u64,
        KEY_SPEC_REQKEY_AUTH_KEY = 0xffff_fff9_u64,
        KEY_SPEC_REQUESTOR_KEYRING = 0xffff_fff8_u64,
    }

    /// What to do with a key.
    KEYCTL "KEYCTL_???" {
        KEYCTL_GET_KEYRING_ID = 0,
        KEYCTL_JOIN_SESSION_KEYRING = 1,
        KEYCTL_UPDATE = 2,
        KEYCTL_REVOKE = 3,
        KEYCTL_CHOWN = 4,
        KEYCTL_SETPERM = 5,
        KEYCTL_DESCRIBE = 6,
        KEYCTL_CLEAR = 7,
        KEYCTL_LINK = 8,
        KEYCTL_UNLINK = 9,
        KEYCTL_SEARCH = 10,
        KEYCTL_READ = 11,
        KEYCTL_INSTANTIATE = 12,
        KEYCTL_NEGATE = 13,
        KEYCTL_SET_REQKEY_KEYRING = 14,
        KEYCTL_SET_TIMEOUT = 15,
        KEYCTL_ASSUME_AUTHORITY = 16,
        KEYCTL_GET_SECURITY = 17,
        KEYCTL_SESSION_TO_PARENT = 18,
        KEYCTL_REJECT = 19,
        KEYCTL_INSTANTIATE_IOV = 20,
        KEYCTL_INVALIDATE = 21,
        KEYCTL_GET_PERSISTENT = 22,
        KEYCTL_DH_COMPUTE = 23,
        KEYCTL_PKEY_QUERY = 24,
        KEYCTL_PKEY_ENCRYPT = 25,
        KEYCTL_PKEY_DECRYPT = 26,
        KEYCTL_PKEY_SIGN = 27,
        KEYCTL_PKEY_VERIFY = 28,
        KEYCTL_RESTRICT_KEYRING = 29,
        KEYCTL_MOVE = 30,
        KEYCTL_CAPABILITIES = 31,
        KEYCTL_WATCH_KEY = 32,
    }

    /// Who may do what with a key.
    KEY_PERM "KEY_???" {
        KEY_POS_VIEW = 0x100_0000,
        KEY_POS_READ = 0x200_0000,
        KEY_POS_WRITE = 0x400_0000,
        KEY_POS_SEARCH = 0x800_0000,
        KEY_POS_LINK = 0x1000_0000,
        KEY_POS_SETATTR = 0x2000_0000,
        KEY_USR_VIEW = 0x10000,
        KEY_USR_READ = 0x20000,
        KEY_USR_WRITE = 0x40000,
        KEY_USR_SEARCH = 0x80000,
        KEY_USR_LINK = 0x100000,
        KEY_USR_SETATTR = 0x200000,
        KEY_GRP_VIEW = 256,
        KEY_GRP_READ = 512,
        KEY_GRP_WRITE = 0x400,
        KEY_GRP_SEARCH = 0x800,
        KEY_GRP_LINK = 0x1000,
        KEY_GRP_SETATTR = 0x2000,
        KEY_OTH_VIEW = 1,
        KEY_OTH_READ = 2,
        KEY_OTH_WRITE = 4,
        KEY_OTH_SEARCH = 8,
        KEY_OTH_LINK = 16,
        KEY_OTH_SETATTR = 32,
    }

    /// Where a key that is fetched is put.
    KEY_REQKEY "KEY_REQKEY_DEFL_???" {
        KEY_REQKEY_DEFL_NO_CHANGE = 0xffff_ffff_u64,
        KEY_REQKEY_DEFL_DEFAULT = 0,
        KEY_REQKEY_DEFL_THREAD_KEYRING = 1,
        KEY_REQKEY_DEFL_PROCESS_KEYRING = 2,
        KEY_REQKEY_DEFL_SESSION_KEYRING = 3,
        KEY_REQKEY_DEFL_USER_KEYRING = 4,
        KEY_REQKEY_DEFL_USER_SESSION_KEYRING = 5,
        KEY_REQKEY_DEFL_GROUP_KEYRING = 6,
        KEY_REQKEY_DEFL_REQUESTOR_KEYRING = 7,
    }

    /// Whether a key of that name may be there already.
    KEY_MOVE "KEYCTL_MOVE_???" {
        KEYCTL_MOVE_EXCL = 1,
    }
}
