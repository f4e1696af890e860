//! What perf_event_open(2) counts, `linux/perf_event.h`.

use super::layout::field;
use super::{Bits, By, Forms, Kind, Layout, Value};
use crate::memory::padded;
use crate::xlat::perf::{
    HW_BREAKPOINT, PERF_ATTR_SIZE, PERF_BRANCH, PERF_CACHE, PERF_CACHE_OP, PERF_CACHE_RESULT, PERF_FORMAT, PERF_HW,
    PERF_SAMPLE, PERF_SW, PERF_TYPE,
};
use crate::xlat::wait::CLOCK;

/// `PERF_TYPE_BREAKPOINT`.
const BREAKPOINT: u64 = 5;

/// The kind of thing that is counted: the first member.
fn kind_of(fields: &[Value]) -> u64 {
    fields.first().and_then(Value::register).unwrap_or(0)
}

fn is_set(fields: &[Value], at: usize) -> bool {
    fields.get(at).and_then(Value::register).is_some_and(|bit| bit != 0)
}

/// A number of the processor's events, in the lower half of `config`.
pub static HARDWARE: Layout = Layout {
    name: "perf_hardware",
    size: 8,
    doc: "What the processor counts.",
    fields: &[
        field("pmu", 4, Kind::Hex(4), "Which of its counters, where it has several kinds."),
        field("event", 0, Kind::Const(&PERF_HW, 4), "What it counts."),
    ],
};

/// An event of a cache, `PERF_TYPE_HW_CACHE`.
pub static CACHE: Layout = Layout {
    name: "perf_hw_cache",
    size: 8,
    doc: "What is counted of a cache.",
    fields: &[
        field("pmu", 4, Kind::Hex(4), "Which of its counters, where it has several kinds."),
        field("unused", 3, Kind::Hex(1), "Unused; should be 0."),
        field("result", 2, Kind::Const(&PERF_CACHE_RESULT, 1), "Whether it was there."),
        field("op", 1, Kind::Const(&PERF_CACHE_OP, 1), "What was done."),
        field("cache", 0, Kind::Const(&PERF_CACHE, 1), "Which cache."),
    ],
};

/// The structures that are written as parts of one number, each by its place in it.
pub(crate) static SHIFTED: &[&Layout] = &[&HARDWARE, &CACHE];

static CONFIG: By = By {
    size: 8,
    kinds: &[Kind::Record(&HARDWARE), Kind::Const(&PERF_SW, 8), Kind::Uint(8), Kind::Record(&CACHE), Kind::Hex(8)],
    choose: |fields| Some(kind_of(fields).min(4) as usize),
};

/// How exact the place of a sample is.
static SKID: Bits = Bits {
    size: 8,
    shift: 15,
    width: 2,
    notes: &["arbitrary skid", "constant skid", "requested to have 0 skid", "must have 0 skid"],
};
static RESERVED: Bits = Bits { size: 8, shift: 38, width: 26, notes: &["Bits 63..38"] };

macro_rules! bits {
    ($($shift:literal)*) => {
        /// One bit of the 64 that say how is counted.
        static BITS: [Bits; 64] = {
            let mut bits = [const { Bits { size: 8, shift: 0, width: 1, notes: &[] } }; 64];
            $(bits[$shift].shift = $shift;)*
            bits
        };
    };
}
bits! { 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60 61 62 63 }

const fn shown(at: usize) -> Kind {
    Kind::Bits(&BITS[at])
}

const fn shown_if_set(at: usize) -> Kind {
    static KINDS: [Kind; 64] = {
        let mut kinds = [Kind::Pointer; 64];
        let mut at = 0;
        while at < 64 {
            kinds[at] = Kind::Bits(&BITS[at]);
            at += 1;
        }
        kinds
    };
    Kind::NonZero(&KINDS[at])
}

/// The positions of members that others depend on.
const WATERMARK: usize = 20;
const USE_CLOCK: usize = 30;

static WAKEUP_EVENTS: By =
    By { size: 4, kinds: &[Kind::Uint(4)], choose: |fields| (!is_set(fields, WATERMARK)).then_some(0) };
static WAKEUP_BYTES: By =
    By { size: 4, kinds: &[Kind::Uint(4)], choose: |fields| is_set(fields, WATERMARK).then_some(0) };
static ACCESS: By = By {
    size: 4,
    kinds: &[Kind::Const(&HW_BREAKPOINT, 4)],
    choose: |fields| (kind_of(fields) == BREAKPOINT).then_some(0),
};
static ADDRESS: By =
    By { size: 8, kinds: &[Kind::Hex(8)], choose: |fields| (kind_of(fields) == BREAKPOINT).then_some(0) };
static LENGTH: By =
    By { size: 8, kinds: &[Kind::Uint(8)], choose: |fields| (kind_of(fields) == BREAKPOINT).then_some(0) };
static OTHER: By =
    By { size: 8, kinds: &[Kind::Hex(8)], choose: |fields| (kind_of(fields) != BREAKPOINT).then_some(0) };
/// `PERF_SAMPLE_BRANCH_STACK`, `PERF_SAMPLE_STACK_USER`.
static BRANCHES: By =
    By { size: 8, kinds: &[Kind::Flags(&PERF_BRANCH, 8)], choose: |fields| sampled(fields, 1 << 11).then_some(0) };
static STACK: By = By { size: 4, kinds: &[Kind::Hex(4)], choose: |fields| sampled(fields, 1 << 13).then_some(0) };
static CLOCK_ID: By =
    By { size: 4, kinds: &[Kind::Const(&CLOCK, 4)], choose: |fields| is_set(fields, USE_CLOCK).then_some(0) };

fn sampled(fields: &[Value], bit: u64) -> bool {
    fields.get(4).and_then(Value::register).is_some_and(|sample| sample & bit != 0)
}

macro_rules! attr {
    ($period:literal, $bit:ident, $period_doc:literal, $($more:expr),*) => {
        Layout {
            name: "perf_event_attr",
            size: 64,
            doc: "What is counted, and how.",
            fields: &[
            field("type", 0, Kind::Const(&PERF_TYPE, 4), "What kind of thing is counted."),
            field("size", 4, Kind::Const(&PERF_ATTR_SIZE, 4), "The size of the structure."),
            field("config", 8, Kind::By(&CONFIG), "What is counted."),
            field($period, 16, Kind::Uint(8), $period_doc),
            field("sample_type", 24, Kind::Flags(&PERF_SAMPLE, 8), "What is recorded of each sample."),
            field("read_format", 32, Kind::Flags(&PERF_FORMAT, 8), "What is read of the counter."),
            field("disabled", 40, $bit(0), "It counts nothing until it is switched on."),
            field("inherit", 40, $bit(1), "Children count too."),
            field("pinned", 40, $bit(2), "It is always counted, never in turns."),
            field("exclusive", 40, $bit(3), "Nothing else is counted meanwhile."),
            field("exclude_user", 40, $bit(4), "Not while the program itself runs."),
            field("exclude_kernel", 40, $bit(5), "Not while the kernel runs."),
            field("exclude_hv", 40, $bit(6), "Not while a hypervisor runs."),
            field("exclude_idle", 40, $bit(7), "Not while the processor is idle."),
            field("mmap", 40, $bit(8), "Programs that are mapped are recorded."),
            field("comm", 40, $bit(9), "New names of threads are recorded."),
            field("freq", 40, $bit(10), "The samples come at a frequency."),
            field("inherit_stat", 40, $bit(11), "Counts of each child are kept."),
            field("enable_on_exec", 40, $bit(12), "It begins when another program is started."),
            field("task", 40, $bit(13), "Starts and ends of threads are recorded."),
            field("watermark", 40, $bit(14), "Bytes wake the reader rather than samples."),
            field("precise_ip", 40, Kind::Bits(&SKID), "How exact the place of a sample is."),
            field("mmap_data", 40, $bit(17), "Other mappings are recorded."),
            field("sample_id_all", 40, $bit(18), "Every record says whose it is."),
            field("exclude_host", 40, $bit(19), "Not on the host."),
            field("exclude_guest", 40, $bit(20), "Not in virtual machines."),
            field("exclude_callchain_kernel", 40, $bit(21), "Without the kernel's functions."),
            field("exclude_callchain_user", 40, $bit(22), "Without the program's functions."),
            field("mmap2", 40, $bit(23), "Mappings are recorded with their files."),
            field("comm_exec", 40, $bit(24), "New programs are marked as such."),
            field("use_clockid", 40, $bit(25), "The clock is chosen."),
            field("context_switch", 40, $bit(26), "Switches between threads are recorded."),
            field("write_backward", 40, $bit(27), "The newest record stands first."),
            field("namespaces", 40, $bit(28), "New namespaces are recorded."),
            field("ksymbol", 40, $bit(29), "New functions of the kernel are recorded."),
            field("bpf_event", 40, $bit(30), "Programs loaded into the kernel are recorded."),
            field("aux_output", 40, $bit(31), "Records go to the processor's own trace."),
            field("cgroup", 40, $bit(32), "New control groups are recorded."),
            field("text_poke", 40, $bit(33), "Changes of the kernel's code are recorded."),
            field("build_id", 40, $bit(34), "Mappings are recorded with the identity of their file."),
            field("inherit_thread", 40, $bit(35), "Only threads count too, not other children."),
            field("remove_on_exec", 40, $bit(36), "It ends when another program is started."),
            field("sigtrap", 40, $bit(37), "Each sample sends SIGTRAP."),
            field("__reserved_1", 40, Kind::NonZero(&Kind::Bits(&RESERVED)), "Unused; should be 0."),
            $($more),*
            ],
        }
    };
    (whole $period:literal, $period_doc:literal) => {
        attr!(
            $period,
            shown,
            $period_doc,
            field("wakeup_events", 48, Kind::By(&WAKEUP_EVENTS), "After how many samples the reader wakes up."),
            field("wakeup_watermark", 48, Kind::By(&WAKEUP_BYTES), "After how many bytes the reader wakes up."),
            field("bp_type", 52, Kind::By(&ACCESS), "Which accesses to the address."),
            field("bp_addr", 56, Kind::By(&ADDRESS), "The address."),
            field("config1", 56, Kind::By(&OTHER), "More of what is counted."),
            field("bp_len", 64, Kind::By(&LENGTH), "How many bytes there."),
            field("config2", 64, Kind::By(&OTHER), "More of what is counted."),
            field("branch_sample_type", 72, Kind::By(&BRANCHES), "Which jumps are recorded."),
            field("sample_regs_user", 80, Kind::Hex(8), "Which of the program's registers are recorded."),
            field("sample_stack_user", 88, Kind::By(&STACK), "How much of the program's stack is recorded."),
            field("clockid", 92, Kind::By(&CLOCK_ID), "The clock."),
            field("sample_regs_intr", 96, Kind::Hex(8), "Which registers are recorded."),
            field("aux_watermark", 104, Kind::Uint(4), "After how many bytes of the processor's trace the reader wakes up."),
            field("sample_max_stack", 108, Kind::Uint(2), "How many functions are recorded."),
            field("aux_sample_size", 112, Kind::Uint(4), "How much of the processor's trace a sample has."),
            field("sig_data", 120, Kind::Hex(8), "What comes with SIGTRAP."),
            field("more", 128, Kind::More, "More members follow.")
        )
    };
}

/// `struct perf_event_attr`, abbreviated.
pub static ATTR: Layout = attr!("sample_period", shown_if_set, "After how many events a sample is taken.", MORE);
/// The same with a frequency.
pub static ATTR_FREQUENCY: Layout = attr!("sample_freq", shown_if_set, "How many samples a second are taken.", MORE);
/// `struct perf_event_attr`, perf_event_open(2).
pub static ATTR_WHOLE: Layout = attr!(whole "sample_period", "After how many events a sample is taken.");
/// The same with a frequency.
pub static ATTR_WHOLE_FREQUENCY: Layout = attr!(whole "sample_freq", "How many samples a second are taken.");

const MORE: super::Field = field("more", 48, Kind::More, "More members follow.");

/// `struct perf_event_attr`, whose size says which members it has.
pub static PERF_ATTR: Forms = Forms {
    name: "perf_event_attr",
    size: 64,
    all: &[&ATTR_WHOLE, &ATTR_WHOLE_FREQUENCY, &ATTR, &ATTR_FREQUENCY],
    choose: |bytes, abbreviate| {
        let frequency = u64::from_ne_bytes(padded(bytes, 40)) & 1 << 10 != 0;
        2 * usize::from(abbreviate) + usize::from(frequency)
    },
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_where_others_look_for_them() {
        let name = |at: usize| ATTR_WHOLE.fields[at].name;
        assert_eq!((name(4), name(WATERMARK), name(USE_CLOCK)), ("sample_type", "watermark", "use_clockid"));
    }
}
