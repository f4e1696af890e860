//! How terminals are set, termios(3).

use super::layout::field;
use super::{Field, Flags, Forms, Kind, Layout, Record, Value};
use crate::xlat::terminal::{
    TTY_BACK, TTY_CONTROL, TTY_DISCIPLINE, TTY_INPUT, TTY_LOCAL, TTY_NEWLINE, TTY_OUTPUT, TTY_PAGE, TTY_RETURN,
    TTY_SIZE, TTY_SPEED, TTY_TAB, TTY_VERTICAL,
};

/// A number some of whose bits are a constant each, and the others flags.
#[derive(Debug)]
pub struct Masked {
    /// The constants, and the flags as the last field.
    pub layout: &'static Layout,
    /// Of each constant, which bits it has, and how far they are shifted.
    pub constants: &'static [(u32, u8)],
}

impl PartialEq for Masked {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Masked {
    /// Takes a number apart.
    pub(crate) fn read(&self, number: u32) -> Record {
        let all = self.constants.iter().fold(0, |all, (mask, _)| all | mask);
        let parts = self.constants.iter().map(|(mask, shift)| (number & mask) >> shift).chain([number & !all]);
        let words: Vec<u8> = parts.flat_map(u32::to_ne_bytes).collect();
        Record::read(self.layout, &words)
    }

    /// The number that [`Masked::read`] took apart.
    pub(crate) fn number(&self, record: &Record) -> u32 {
        let shifts = self.constants.iter().map(|(_, shift)| *shift).chain([0]);
        let part = |(value, shift): (&Value, u8)| (value.register().unwrap_or(0) as u32) << shift;
        record.fields.iter().zip(shifts).map(part).fold(0, |all, part| all | part)
    }

    /// The flags among the parts.
    pub(crate) fn flags(record: &Record) -> Option<Flags> {
        match record.fields.last() {
            Some(Value::Flags(flags)) => Some(*flags),
            _ => None,
        }
    }
}

/// What is done with what is written.
pub(crate) static OUTPUT: Masked = Masked {
    layout: &TTY_OUTPUT_PARTS,
    constants: &[(0x100, 0), (0x600, 0), (0x1800, 0), (0x2000, 0), (0x4000, 0), (0x8000, 0)],
};

/// How the line works.
pub(crate) static CONTROL: Masked =
    Masked { layout: &TTY_CONTROL_PARTS, constants: &[(0x100f, 0), (0x100f << SPEED_SHIFT, SPEED_SHIFT), (0x30, 0)] };

/// `IBSHIFT`.
const SPEED_SHIFT: u8 = 16;

/// The parts of [`OUTPUT`].
pub(crate) static TTY_OUTPUT_PARTS: Layout = Layout {
    name: "tty_output",
    size: 28,
    doc: "What a terminal does with what is written.",
    fields: &[
        field("newline", 0, Kind::Const(&TTY_NEWLINE, 4), "The rest at a newline."),
        field("return", 4, Kind::Const(&TTY_RETURN, 4), "The rest at a return to the line's beginning."),
        field("tab", 8, Kind::Const(&TTY_TAB, 4), "The rest at a tab; XTABS writes spaces instead."),
        field("back", 12, Kind::Const(&TTY_BACK, 4), "The rest at a step back."),
        field("vertical", 16, Kind::Const(&TTY_VERTICAL, 4), "The rest at a vertical tab."),
        field("page", 20, Kind::Const(&TTY_PAGE, 4), "The rest at a new page."),
        field("flags", 24, Kind::Flags(&TTY_OUTPUT, 4), "What else is done."),
    ],
};

/// The parts of [`CONTROL`].
pub(crate) static TTY_CONTROL_PARTS: Layout = Layout {
    name: "tty_control",
    size: 16,
    doc: "How a terminal's line works.",
    fields: &[
        field("speed", 0, Kind::Const(&TTY_SPEED, 4), "How fast it is."),
        field("input_speed", 4, Kind::Const(&TTY_SPEED, 4), "How fast what is typed comes, where that differs."),
        field("size", 8, Kind::Const(&TTY_SIZE, 4), "How many bits a character has."),
        field("flags", 12, Kind::Flags(&TTY_CONTROL, 4), "What else holds."),
    ],
};

const INPUT_DOC: &str = "What is done with what is typed.";
const OUTPUT_DOC: &str = "What is done with what is written.";
const CONTROL_DOC: &str = "How the line works.";
const LOCAL_DOC: &str = "What is done for the user.";
const TERMIOS_DOC: &str = "How a terminal is set.";
const DISCIPLINE: Kind = Kind::Const(&TTY_DISCIPLINE, 1);
const DISCIPLINE_DOC: &str = "How the line is interpreted.";
const KEYS_DOC: &str = "The keys with a meaning of their own, by what they do.";
const INPUT: Field = field("c_iflag", 0, Kind::Set(&TTY_INPUT, 4), INPUT_DOC);
const OUT: Field = field("c_oflag", 4, Kind::Masked(&OUTPUT, 4), OUTPUT_DOC);
const LINE: Field = field("c_cflag", 8, Kind::Masked(&CONTROL, 4), CONTROL_DOC);
const LOCAL: Field = field("c_lflag", 12, Kind::Set(&TTY_LOCAL, 4), LOCAL_DOC);
const FURTHER: Field = field("more", 0, Kind::More, "More members follow, which -v shows.");
const C_LINE: Field = field("c_line", 16, DISCIPLINE, DISCIPLINE_DOC);
const C_CC: Field = field("c_cc", 17, Kind::Keys(19), KEYS_DOC);

const fn termios(name: &'static str, size: usize, fields: &'static [Field]) -> Layout {
    Layout { name, size, doc: TERMIOS_DOC, fields }
}

/// `struct termios`, abbreviated and whole.
pub(crate) static TERMIOS_BRIEF: Layout = termios("termios", 36, &[INPUT, OUT, LINE, LOCAL, FURTHER]);
/// The same, whole.
pub(crate) static TERMIOS_WHOLE: Layout = termios("termios", 36, &[INPUT, OUT, LINE, LOCAL, C_LINE, C_CC]);
/// The older `struct termio`, abbreviated.
pub(crate) static TERMIO_BRIEF: Layout = termios("termio", 18, &[IN16, OUT16, LINE16, LOCAL16, FURTHER]);
/// The same, whole.
pub(crate) static TERMIO_WHOLE: Layout = termios(
    "termio",
    18,
    &[
        IN16,
        OUT16,
        LINE16,
        LOCAL16,
        field("c_line", 8, DISCIPLINE, DISCIPLINE_DOC),
        field("c_cc", 9, Kind::Keys(8), KEYS_DOC),
    ],
);
/// `struct termios2`, abbreviated.
pub(crate) static TERMIOS2_BRIEF: Layout = termios("termios2", 44, &[INPUT, OUT, LINE, LOCAL, FURTHER]);
/// The same, whole.
pub(crate) static TERMIOS2_WHOLE: Layout = termios(
    "termios2",
    44,
    &[
        INPUT,
        OUT,
        LINE,
        LOCAL,
        C_LINE,
        C_CC,
        field("c_ispeed", 36, Kind::Uint(4), "How fast what is typed comes, in bits per second."),
        field("c_ospeed", 40, Kind::Uint(4), "How fast what is written goes, in bits per second."),
    ],
);

const IN16: Field = field("c_iflag", 0, Kind::Set(&TTY_INPUT, 2), INPUT_DOC);
const OUT16: Field = field("c_oflag", 2, Kind::Masked(&OUTPUT, 2), OUTPUT_DOC);
const LINE16: Field = field("c_cflag", 4, Kind::Masked(&CONTROL, 2), CONTROL_DOC);
const LOCAL16: Field = field("c_lflag", 6, Kind::Set(&TTY_LOCAL, 2), LOCAL_DOC);

const fn forms(name: &'static str, size: usize, all: &'static [&'static Layout]) -> Forms {
    Forms { name, size, all, choose: |_, abbreviate| usize::from(!abbreviate) }
}

/// `struct termios`.
pub(crate) static TERMIOS: Forms = forms("termios", 36, &[&TERMIOS_BRIEF, &TERMIOS_WHOLE]);
/// `struct termio`.
pub(crate) static TERMIO: Forms = forms("termio", 18, &[&TERMIO_BRIEF, &TERMIO_WHOLE]);
/// `struct termios2`.
pub(crate) static TERMIOS2: Forms = forms("termios2", 44, &[&TERMIOS2_BRIEF, &TERMIOS2_WHOLE]);

/// `struct winsize`, ioctl_tty(2).
pub(crate) static WINSIZE: Layout = Layout {
    name: "winsize",
    size: 8,
    doc: "How large a terminal is.",
    fields: &[
        field("ws_row", 0, Kind::Uint(2), "Its lines."),
        field("ws_col", 2, Kind::Uint(2), "Its columns."),
        field("ws_xpixel", 4, Kind::Uint(2), "Its width in pixels, if that is known."),
        field("ws_ypixel", 6, Kind::Uint(2), "Its height in pixels, if that is known."),
    ],
};
