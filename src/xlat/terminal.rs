//! How terminals are set, `asm-generic/termbits.h`.

xlat! {
    /// What a terminal does with what is typed.
    TTY_INPUT "I???" {
        IGNBRK = 0x1,
        BRKINT = 0x2,
        IGNPAR = 0x4,
        PARMRK = 0x8,
        INPCK = 0x10,
        ISTRIP = 0x20,
        INLCR = 0x40,
        IGNCR = 0x80,
        ICRNL = 0x100 => "The Enter key gives a newline.",
        IUCLC = 0x200,
        IXON = 0x400 => "Ctrl-S stops the output and Ctrl-Q continues it.",
        IXANY = 0x800,
        IXOFF = 0x1000,
        IMAXBEL = 0x2000,
        IUTF8 = 0x4000 => "What is typed is UTF-8, so that Backspace erases whole characters.",
    }

    /// How long a terminal rests at a newline.
    TTY_NEWLINE "NL???" {
        NL0 = 0x0,
        NL1 = 0x100,
    }

    /// How long a terminal rests at the return to a line's beginning.
    TTY_RETURN "CR???" {
        CR0 = 0x0,
        CR1 = 0x200,
        CR2 = 0x400,
        CR3 = 0x600,
    }

    /// How long a terminal rests at a tab.
    TTY_TAB "TAB???" {
        TAB0 = 0x0,
        TAB1 = 0x800,
        TAB2 = 0x1000,
        XTABS = 0x1800,
    }

    /// How long a terminal rests at a step back.
    TTY_BACK "BS???" {
        BS0 = 0x0,
        BS1 = 0x2000,
    }

    /// How long a terminal rests at a vertical tab.
    TTY_VERTICAL "VT???" {
        VT0 = 0x0,
        VT1 = 0x4000,
    }

    /// How long a terminal rests at a new page.
    TTY_PAGE "FF???" {
        FF0 = 0x0,
        FF1 = 0x8000,
    }

    /// What a terminal does with what is written.
    TTY_OUTPUT "O???" {
        OPOST = 0x1 => "The following settings count.",
        OLCUC = 0x2,
        ONLCR = 0x4 => "A newline also goes back to the beginning of the line.",
        OCRNL = 0x8,
        ONOCR = 0x10,
        ONLRET = 0x20,
        OFILL = 0x40,
        OFDEL = 0x80,
    }

    /// How fast a terminal's line is, in bits per second.
    TTY_SPEED "B???" {
        B0 = 0x0,
        B50 = 0x1,
        B75 = 0x2,
        B110 = 0x3,
        B134 = 0x4,
        B150 = 0x5,
        B200 = 0x6,
        B300 = 0x7,
        B600 = 0x8,
        B1200 = 0x9,
        B1800 = 0xa,
        B2400 = 0xb,
        B4800 = 0xc,
        B9600 = 0xd,
        B19200 = 0xe,
        B38400 = 0xf,
        BOTHER = 0x1000,
        B57600 = 0x1001,
        B115200 = 0x1002,
        B230400 = 0x1003,
        B460800 = 0x1004,
        B500000 = 0x1005,
        B576000 = 0x1006,
        B921600 = 0x1007,
        B1000000 = 0x1008,
        B1152000 = 0x1009,
        B1500000 = 0x100a,
        B2000000 = 0x100b,
        B2500000 = 0x100c,
        B3000000 = 0x100d,
        B3500000 = 0x100e,
        B4000000 = 0x100f,
    }

    /// How many bits a character has on a terminal's line.
    TTY_SIZE "CS???" {
        CS5 = 0x0,
        CS6 = 0x10,
        CS7 = 0x20,
        CS8 = 0x30,
    }

    /// How a terminal's line works.
    TTY_CONTROL "C???" {
        CSTOPB = 0x40,
        CREAD = 0x80 => "Characters are received.",
        PARENB = 0x100,
        PARODD = 0x200,
        HUPCL = 0x400,
        CLOCAL = 0x800,
        CMSPAR = 0x40000000,
        CRTSCTS = 0x80000000,
    }

    /// What a terminal does for its user.
    TTY_LOCAL "L???" {
        ISIG = 0x1 => "Ctrl-C and similar keys send signals.",
        ICANON = 0x2 => "The program gets whole lines, which can be edited until Enter.",
        XCASE = 0x4,
        ECHO = 0x8 => "What is typed is shown.",
        ECHOE = 0x10,
        ECHOK = 0x20,
        ECHONL = 0x40,
        NOFLSH = 0x80,
        IEXTEN = 0x8000,
        ECHOCTL = 0x200,
        ECHOPRT = 0x400,
        ECHOKE = 0x800,
        FLUSHO = 0x1000,
        PENDIN = 0x4000,
        TOSTOP = 0x100,
        EXTPROC = 0x10000,
    }

    /// How a terminal's line is interpreted.
    TTY_DISCIPLINE "N_???" {
        N_TTY = 0,
        N_SLIP = 1,
        N_MOUSE = 2,
        N_PPP = 3,
        N_STRIP = 4,
        N_AX25 = 5,
        N_X25 = 6,
        N_6PACK = 7,
        N_MASC = 8,
        N_R3964 = 9,
        N_PROFIBUS_FDL = 10,
        N_IRDA = 11,
        N_SMSBLOCK = 12,
        N_HDLC = 13,
        N_SYNC_PPP = 14,
        N_HCI = 15,
        N_GIGASET_M101 = 16,
        N_SLCAN = 17,
        N_PPS = 18,
        N_V253 = 19,
        N_CAIF = 20,
        N_GSM0710 = 21,
        N_TI_WL = 22,
        N_TRACESINK = 23,
        N_TRACEROUTER = 24,
        N_NCI = 25,
        N_SPEAKUP = 26,
        N_NULL = 27,
    }

    /// Keys with a meaning of their own.
    TTY_KEY "V???" {
        VINTR = 0,
        VQUIT = 1,
        VERASE = 2,
        VKILL = 3,
        VEOF = 4,
        VTIME = 5,
        VMIN = 6,
        VSWTC = 7,
        VSTART = 8,
        VSTOP = 9,
        VSUSP = 10,
        VEOL = 11,
        VREPRINT = 12,
        VDISCARD = 13,
        VWERASE = 14,
        VLNEXT = 15,
        VEOL2 = 16,
    }

    /// Stops a terminal's input or output, or continues it.
    TTY_FLOW "TC???" {
        TCOOFF = 0x0,
        TCOON = 0x1,
        TCIOFF = 0x2,
        TCION = 0x3,
    }

    /// Which of a terminal's data are forgotten.
    TTY_FLUSH "TC???" {
        TCIFLUSH = 0x0,
        TCOFLUSH = 0x1,
        TCIOFLUSH = 0x2,
    }
}
