//! Constants of calls with which an administrator runs the machine.

xlat! {
    /// What to do with the kernel's messages.
    SYSLOG_ACTION "SYSLOG_ACTION_???" {
        SYSLOG_ACTION_CLOSE = 0,
        SYSLOG_ACTION_OPEN = 1,
        SYSLOG_ACTION_READ = 2,
        SYSLOG_ACTION_READ_ALL = 3,
        SYSLOG_ACTION_READ_CLEAR = 4,
        SYSLOG_ACTION_CLEAR = 5,
        SYSLOG_ACTION_CONSOLE_OFF = 6,
        SYSLOG_ACTION_CONSOLE_ON = 7,
        SYSLOG_ACTION_CONSOLE_LEVEL = 8,
        SYSLOG_ACTION_SIZE_UNREAD = 9,
        SYSLOG_ACTION_SIZE_BUFFER = 10,
    }

    /// Numbers without which the machine is not stopped by accident.
    REBOOT_MAGIC "LINUX_REBOOT_MAGIC_???" {
        LINUX_REBOOT_MAGIC1 = 0xfee1_dead_u64,
    }

    /// Second numbers without which the machine is not stopped by accident.
    REBOOT_MAGIC2 "LINUX_REBOOT_MAGIC_???" {
        LINUX_REBOOT_MAGIC2 = 0x2812_1969,
        LINUX_REBOOT_MAGIC2A = 0x512_1996,
        LINUX_REBOOT_MAGIC2B = 0x1604_1998,
        LINUX_REBOOT_MAGIC2C = 0x2011_2000,
    }

    /// How the machine is stopped.
    REBOOT_CMD "LINUX_REBOOT_CMD_???" {
        LINUX_REBOOT_CMD_RESTART = 0x123_4567,
        LINUX_REBOOT_CMD_HALT = 0xcdef_0123_u64,
        LINUX_REBOOT_CMD_CAD_ON = 0x89ab_cdef_u64,
        LINUX_REBOOT_CMD_CAD_OFF = 0,
        LINUX_REBOOT_CMD_POWER_OFF = 0x4321_fedc,
        LINUX_REBOOT_CMD_RESTART2 = 0xa1b2_c3d4_u64,
        LINUX_REBOOT_CMD_SW_SUSPEND = 0xd000_fce2_u64,
        LINUX_REBOOT_CMD_KEXEC = 0x4558_4543,
    }

    /// What is not checked of a module.
    MODULE_INIT "MODULE_INIT_???" {
        MODULE_INIT_IGNORE_MODVERSIONS = 1,
        MODULE_INIT_IGNORE_VERMAGIC = 2,
        MODULE_INIT_COMPRESSED_FILE = 4,
    }

    /// Whether a module is removed while it is in use.
    MODULE_DELETE "O_???" {
        O_NONBLOCK = 0x800,
        O_TRUNC = 512,
    }

    /// How another kernel is loaded from a file.
    KEXEC_FILE "KEXEC_FILE_???" {
        KEXEC_FILE_UNLOAD = 1,
        KEXEC_FILE_ON_CRASH = 2,
        KEXEC_FILE_NO_INITRAMFS = 4,
    }

    /// How a file or device is used in the place of memory.
    SWAP_FLAGS "SWAP_FLAG_???" {
        SWAP_FLAG_PREFER = 0x8000,
        SWAP_FLAG_DISCARD = 0x10000,
        SWAP_FLAG_DISCARD_ONCE = 0x20000,
        SWAP_FLAG_DISCARD_PAGES = 0x40000,
    }

    /// The kind of processor that another kernel is for.
    KEXEC_ARCH "KEXEC_ARCH_???" {
        KEXEC_ARCH_DEFAULT = 0,
        KEXEC_ARCH_386 = 0x30000,
        KEXEC_ARCH_68K = 0x40000,
        KEXEC_ARCH_PARISC = 0xf0000,
        KEXEC_ARCH_X86_64 = 0x3e0000,
        KEXEC_ARCH_PPC = 0x140000,
        KEXEC_ARCH_PPC64 = 0x150000,
        KEXEC_ARCH_IA_64 = 0x320000,
        KEXEC_ARCH_ARM = 0x280000,
        KEXEC_ARCH_S390 = 0x160000,
        KEXEC_ARCH_SH = 0x2a0000,
        KEXEC_ARCH_MIPS_LE = 0xa0000,
        KEXEC_ARCH_MIPS = 0x80000,
        KEXEC_ARCH_AARCH64 = 0xb70000,
        KEXEC_ARCH_RISCV = 0xf30000,
    }

    /// How another kernel is loaded.
    KEXEC_FLAGS "KEXEC_???" {
        KEXEC_ON_CRASH = 1,
        KEXEC_PRESERVE_CONTEXT = 2,
    }
}
