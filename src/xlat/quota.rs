//! Constants of limits of disk space.

xlat! {
    /// What to do about limits of disk space.
    QUOTA_CMD "Q_???" {
        Q_SYNC = 0x800001,
        Q_QUOTAON = 0x800002,
        Q_QUOTAOFF = 0x800003,
        Q_GETFMT = 0x800004,
        Q_GETINFO = 0x800005,
        Q_SETINFO = 0x800006,
        Q_GETQUOTA = 0x800007,
        Q_SETQUOTA = 0x800008,
        Q_GETNEXTQUOTA = 0x800009,
        Q_XQUOTAON = 0x5801,
        Q_XQUOTAOFF = 0x5802,
        Q_XGETQUOTA = 0x5803,
        Q_XSETQLIM = 0x5804,
        Q_XGETQSTAT = 0x5805,
        Q_XQUOTARM = 0x5806,
        Q_XQUOTASYNC = 0x5807,
        Q_XGETQSTATV = 0x5808,
        Q_XGETNEXTQUOTA = 0x5809,
    }

    /// Whose disk space is limited.
    QUOTA_TYPE "???QUOTA" {
        USRQUOTA = 0,
        GRPQUOTA = 1,
        PRJQUOTA = 2,
    }
}
