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
}
