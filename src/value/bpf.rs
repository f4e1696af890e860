//! What bpf(2) is about, by command: `linux/bpf.h`.
//!
//! The union's members grow with the kernel, so each has as much of it as the program says; the size of a layout is what
//! is always there.

use super::layout::field;
use super::{By, Field, Kind, Layout, packed};
use crate::xlat::bpf::{
    BPF_ATTACH_FLAGS, BPF_ATTACH_TYPE, BPF_FD_TYPE, BPF_FILE_FLAGS, BPF_LOOKUP, BPF_MAP_FLAGS, BPF_MAP_TYPE,
    BPF_PROG_FLAGS, BPF_PROG_TYPE, BPF_QUERY_FLAGS, BPF_TEST_FLAGS, BPF_UPDATE,
};

/// Members that came with the same version of Linux, from one offset to another: all of them are there or none.
static TOGETHER: &[(&Layout, usize, usize)] =
    &[(&MAP_CREATE, 48, 60), (&PROG_LOAD, 24, 40), (&PROG_LOAD, 72, 108), (&PROG_TEST, 40, 64), (&PROG_TEST, 64, 72)];

/// How much of a structure is there, of which the program has so many bytes.
pub(crate) fn shown(layout: &'static Layout, size: usize) -> usize {
    let group = TOGETHER.iter().find(|(of, start, end)| *of == layout && (start + 1..*end).contains(&size));
    group.map_or(size, |(_, _, end)| *end).max(layout.size)
}

const MORE: Field = field("more", 0, Kind::More, "More members follow, which are not known.");

/// What one command takes, of which so many bytes are always there.
const fn attr(size: usize, fields: &'static [Field]) -> Layout {
    Layout { name: "bpf_attr", size, doc: "What a command of bpf is about.", fields }
}

/// The same of one that names something by its number.
macro_rules! by_id {
    ($name:literal) => {
        attr(
            8,
            &[
                field($name, 0, Kind::Uint(4), "Its number."),
                field("next_id", 4, Kind::Uint(4), "The number that follows."),
                field("open_flags", 8, Kind::Flags(&BPF_FILE_FLAGS, 4), "How it is used."),
                MORE,
            ],
        )
    };
}

/// `BPF_F_REPLACE`.
const REPLACES: u64 = 4;

static REPLACED: By =
    By { size: 4, kinds: &[Kind::Fd], choose: |fields| super::any_flag(fields, REPLACES).then_some(0) };

/// `BPF_F_NUMA_NODE`.
const NUMA: u64 = 4;

static NODE: By = By { size: 4, kinds: &[Kind::Uint(4)], choose: |fields| super::any_flag(fields, NUMA).then_some(0) };

/// `BPF_MAP_CREATE`.
pub static MAP_CREATE: Layout = attr(
    16,
    &[
        field("map_type", 0, Kind::Const(&BPF_MAP_TYPE, 4), "How it keeps what it is given."),
        field("key_size", 4, Kind::Uint(4), "How long a key is."),
        field("value_size", 8, Kind::Uint(4), "How long a value is."),
        field("max_entries", 12, Kind::Uint(4), "How many elements it may have."),
        field("map_flags", 16, Kind::Flags(&BPF_MAP_FLAGS, 4), "How it behaves."),
        field("inner_map_fd", 20, Kind::Fd, "A map such as those that it holds."),
        field("numa_node", 24, Kind::By(&NODE), "The memory that it lies in."),
        field("map_name", 28, Kind::CString(16), "Its name."),
        field("map_ifindex", 44, Kind::Interface, "The network card that holds it."),
        field("btf_fd", 48, Kind::Fd, "What describes its types."),
        field("btf_key_type_id", 52, Kind::Uint(4), "The type of its keys."),
        field("btf_value_type_id", 56, Kind::Uint(4), "The type of its values."),
        field("btf_vmlinux_value_type_id", 60, Kind::Uint(4), "The type of the kernel that its values are."),
        field("map_extra", 64, Kind::Uint(8), "What a few kinds of map need besides."),
        MORE,
    ],
);

/// `BPF_MAP_LOOKUP_ELEM`.
pub static MAP_LOOKUP: Layout = attr(
    24,
    &[
        field("map_fd", 0, Kind::Fd, "The map."),
        field("key", 8, Kind::Pointer, "Which element."),
        field("value", 16, Kind::Pointer, "What it holds."),
        field("flags", 24, Kind::Flags(&BPF_LOOKUP, 8), "How."),
        MORE,
    ],
);

/// `BPF_MAP_UPDATE_ELEM`.
pub static MAP_UPDATE: Layout = attr(
    32,
    &[
        field("map_fd", 0, Kind::Fd, "The map."),
        field("key", 8, Kind::Pointer, "Which element."),
        field("value", 16, Kind::Pointer, "What it holds."),
        field("flags", 24, Kind::Flags(&BPF_UPDATE, 8), "How."),
        MORE,
    ],
);

/// `BPF_MAP_DELETE_ELEM`.
pub static MAP_DELETE: Layout =
    attr(16, &[field("map_fd", 0, Kind::Fd, "The map."), field("key", 8, Kind::Pointer, "Which element."), MORE]);

/// `BPF_MAP_GET_NEXT_KEY`.
pub static MAP_NEXT: Layout = attr(
    24,
    &[
        field("map_fd", 0, Kind::Fd, "The map."),
        field("key", 8, Kind::Pointer, "Which element."),
        field("next_key", 16, Kind::Pointer, "The one that follows."),
        MORE,
    ],
);

/// `BPF_MAP_FREEZE`.
pub static MAP_FREEZE: Layout = attr(4, &[field("map_fd", 0, Kind::Fd, "The map."), MORE]);

/// `BPF_PROG_LOAD`.
pub static PROG_LOAD: Layout = attr(
    24,
    &[
        field("prog_type", 0, Kind::Const(&BPF_PROG_TYPE, 4), "What it is for."),
        field("insn_cnt", 4, Kind::Uint(4), "How many instructions it has."),
        field("insns", 8, Kind::Pointer, "Its instructions."),
        field("license", 16, Kind::Str, "Its licence."),
        field("log_level", 24, Kind::Uint(4), "How much is written about its check."),
        field("log_size", 28, Kind::Uint(4), "The room for that."),
        field("log_buf", 32, Kind::TextAt("log_size"), "Where that is written."),
        field("kern_version", 40, Kind::Packed(&packed::KERNEL_VERSION), "The kernel that it was made for."),
        field("prog_flags", 44, Kind::Flags(&BPF_PROG_FLAGS, 4), "How it is checked."),
        field("prog_name", 48, Kind::CString(16), "Its name."),
        field("prog_ifindex", 64, Kind::Interface, "The network card that runs it."),
        field("expected_attach_type", 68, Kind::Const(&BPF_ATTACH_TYPE, 4), "Where it will run."),
        field("prog_btf_fd", 72, Kind::Fd, "What describes its types."),
        field("func_info_rec_size", 76, Kind::Uint(4), "How long an entry about a function is."),
        field("func_info", 80, Kind::Pointer, "What is known of its functions."),
        field("func_info_cnt", 88, Kind::Uint(4), "How many there are."),
        field("line_info_rec_size", 92, Kind::Uint(4), "How long an entry about a line is."),
        field("line_info", 96, Kind::Pointer, "What is known of its lines."),
        field("line_info_cnt", 104, Kind::Uint(4), "How many there are."),
        field("attach_btf_id", 108, Kind::Uint(4), "The function of the kernel that it is attached to."),
        field("attach_prog_fd", 112, Kind::Fd, "The program that it is attached to."),
        field("fd_array", 120, Kind::Pointer, "Descriptors that it uses."),
        MORE,
    ],
);

/// `BPF_OBJ_PIN`, `BPF_OBJ_GET`.
pub static OBJ: Layout = attr(
    12,
    &[
        field("pathname", 0, Kind::Path, "Its path."),
        field("bpf_fd", 8, Kind::Fd, "The map or program."),
        field("file_flags", 12, Kind::Flags(&BPF_FILE_FLAGS, 4), "How it is used."),
        MORE,
    ],
);

/// `BPF_PROG_ATTACH`.
pub static PROG_ATTACH: Layout = attr(
    16,
    &[
        field("target_fd", 0, Kind::Fd, "What it is attached to."),
        field("attach_bpf_fd", 4, Kind::Fd, "The program."),
        field("attach_type", 8, Kind::Const(&BPF_ATTACH_TYPE, 4), "Where it runs."),
        field("attach_flags", 12, Kind::Flags(&BPF_ATTACH_FLAGS, 4), "Whether it takes the place of another."),
        field("replace_bpf_fd", 16, Kind::Fd, "The one whose place it takes."),
        MORE,
    ],
);

/// `BPF_PROG_DETACH`.
pub static PROG_DETACH: Layout = attr(
    12,
    &[
        field("target_fd", 0, Kind::Fd, "What it is attached to."),
        field("attach_type", 8, Kind::Const(&BPF_ATTACH_TYPE, 4), "Where it runs."),
        MORE,
    ],
);

/// The member `test`.
pub static PROG_TEST_INNER: Layout = Layout {
    name: "bpf_test",
    size: 80,
    doc: "A program that is tried out.",
    fields: &[
        field("prog_fd", 0, Kind::Fd, "The program."),
        field("retval", 4, Kind::Uint(4), "What it returned."),
        field("data_size_in", 8, Kind::Uint(4), "How many bytes it is given."),
        field("data_size_out", 12, Kind::Uint(4), "How many bytes it leaves."),
        field("data_in", 16, Kind::Pointer, "What it is given."),
        field("data_out", 24, Kind::Pointer, "What it leaves."),
        field("repeat", 32, Kind::Uint(4), "How often it runs."),
        field("duration", 36, Kind::Uint(4), "How long it took, in nanoseconds."),
        field("ctx_size_in", 40, Kind::Uint(4), "How large its surroundings are."),
        field("ctx_size_out", 44, Kind::Uint(4), "How large its surroundings are afterwards."),
        field("ctx_in", 48, Kind::Pointer, "Its surroundings."),
        field("ctx_out", 56, Kind::Pointer, "Its surroundings afterwards."),
        field("flags", 64, Kind::Flags(&BPF_TEST_FLAGS, 4), "How it is tried out."),
        field("cpu", 68, Kind::Uint(4), "The processor."),
        field("batch_size", 72, Kind::Uint(4), "How many packets at once."),
    ],
};

/// `BPF_PROG_TEST_RUN`.
pub static PROG_TEST: Layout =
    attr(40, &[field("test", 0, Kind::Record(&PROG_TEST_INNER), "A program that is tried out."), MORE]);

/// `BPF_PROG_GET_NEXT_ID` and its like.
pub static NEXT_ID: Layout = by_id!("start_id");

/// `BPF_PROG_GET_FD_BY_ID`.
pub static PROG_BY_ID: Layout = by_id!("prog_id");

/// `BPF_MAP_GET_FD_BY_ID`.
pub static MAP_BY_ID: Layout = by_id!("map_id");

/// `BPF_BTF_GET_FD_BY_ID`.
pub static BTF_BY_ID: Layout = attr(4, &[field("btf_id", 0, Kind::Uint(4), "Its number."), MORE]);

/// `BPF_LINK_GET_FD_BY_ID`.
pub static LINK_BY_ID: Layout = attr(4, &[field("link_id", 0, Kind::Uint(4), "Its number."), MORE]);

/// The member `info`.
pub static INFO_INNER: Layout = Layout {
    name: "bpf_info",
    size: 16,
    doc: "What is known of a map or program.",
    fields: &[
        field("bpf_fd", 0, Kind::Fd, "The map or program."),
        field("info_len", 4, Kind::Uint(4), "The room for it."),
        field("info", 8, Kind::Pointer, "Where it goes."),
    ],
};

/// `BPF_OBJ_GET_INFO_BY_FD`.
pub static INFO: Layout =
    attr(16, &[field("info", 0, Kind::Record(&INFO_INNER), "What is known of a map or program."), MORE]);

/// The member `query`.
pub static QUERY_INNER: Layout = Layout {
    name: "bpf_query",
    size: 28,
    doc: "Which programs run somewhere.",
    fields: &[
        field("target_fd", 0, Kind::Fd, "What they are attached to."),
        field("attach_type", 4, Kind::Const(&BPF_ATTACH_TYPE, 4), "Where they run."),
        field("query_flags", 8, Kind::Flags(&BPF_QUERY_FLAGS, 4), "Which are asked for."),
        field("attach_flags", 12, Kind::Flags(&BPF_ATTACH_FLAGS, 4), "How they are attached."),
        field("prog_ids", 16, Kind::NoneAt("prog_cnt"), "Their numbers."),
        field("prog_cnt", 24, Kind::Uint(4), "How many there are."),
    ],
};

/// `BPF_PROG_QUERY`.
pub static QUERY: Layout =
    attr(28, &[field("query", 0, Kind::Record(&QUERY_INNER), "Which programs run somewhere."), MORE]);

/// The member `raw_tracepoint`.
pub static RAW_TRACEPOINT_INNER: Layout = Layout {
    name: "bpf_raw_tracepoint",
    size: 12,
    doc: "A program that runs at a point of the kernel.",
    fields: &[field("name", 0, Kind::Str, "The point."), field("prog_fd", 8, Kind::Fd, "The program.")],
};

/// `BPF_RAW_TRACEPOINT_OPEN`.
pub static RAW_TRACEPOINT: Layout = attr(
    12,
    &[
        field(
            "raw_tracepoint",
            0,
            Kind::Record(&RAW_TRACEPOINT_INNER),
            "A program that runs at a point of the kernel.",
        ),
        MORE,
    ],
);

/// `BPF_BTF_LOAD`.
pub static BTF_LOAD: Layout = attr(
    28,
    &[
        field("btf", 0, Kind::BytesAt("btf_size"), "The description."),
        field("btf_log_buf", 8, Kind::Pointer, "Where its check is written."),
        field("btf_size", 16, Kind::Uint(4), "How many bytes."),
        field("btf_log_size", 20, Kind::Uint(4), "The room for that."),
        field("btf_log_level", 24, Kind::Uint(4), "How much is written about its check."),
        MORE,
    ],
);

/// The member `task_fd_query`.
pub static TASK_FD_INNER: Layout = Layout {
    name: "bpf_task_fd_query",
    size: 48,
    doc: "What a descriptor of a process probes.",
    fields: &[
        field("pid", 0, Kind::Uint(4), "The process."),
        field("fd", 4, Kind::Uint(4), "Its descriptor."),
        field("flags", 8, Kind::Uint(4), "Always 0."),
        field("buf_len", 12, Kind::Uint(4), "The room for the name."),
        field("buf", 16, Kind::TextAt("buf_len"), "The name of the place."),
        field("prog_id", 24, Kind::Uint(4), "The number of the program."),
        field("fd_type", 28, Kind::Const(&BPF_FD_TYPE, 4), "What it is attached to."),
        field("probe_offset", 32, Kind::Hex(8), "How far from the place."),
        field("probe_addr", 40, Kind::Hex(8), "Its address."),
    ],
};

/// `BPF_TASK_FD_QUERY`.
pub static TASK_FD: Layout = attr(
    48,
    &[field("task_fd_query", 0, Kind::Record(&TASK_FD_INNER), "What a descriptor of a process probes."), MORE],
);

/// The member `batch`.
pub static BATCH_LOOKUP_INNER: Layout = Layout {
    name: "bpf_batch",
    size: 56,
    doc: "Elements that are treated at once.",
    fields: &[
        field("in_batch", 0, Kind::Pointer, "Where to begin."),
        field("out_batch", 8, Kind::Pointer, "Where it ended."),
        field("keys", 16, Kind::Pointer, "Which elements."),
        field("values", 24, Kind::Pointer, "What they hold."),
        field("count", 32, Kind::Uint(4), "How many there are."),
        field("map_fd", 36, Kind::Fd, "The map."),
        field("elem_flags", 40, Kind::Flags(&BPF_LOOKUP, 8), "How each is treated."),
        field("flags", 48, Kind::Hex(8), "How."),
    ],
};

/// `BPF_MAP_LOOKUP_BATCH`, `BPF_MAP_LOOKUP_AND_DELETE_BATCH`.
pub static BATCH_LOOKUP: Layout =
    attr(56, &[field("batch", 0, Kind::Record(&BATCH_LOOKUP_INNER), "Elements that are treated at once."), MORE]);

/// The member `batch`.
pub static BATCH_UPDATE_INNER: Layout = Layout {
    name: "bpf_batch",
    size: 56,
    doc: "Elements that are treated at once.",
    fields: &[
        field("keys", 16, Kind::Pointer, "Which elements."),
        field("values", 24, Kind::Pointer, "What they hold."),
        field("count", 32, Kind::Uint(4), "How many there are."),
        field("map_fd", 36, Kind::Fd, "The map."),
        field("elem_flags", 40, Kind::Flags(&BPF_LOOKUP, 8), "How each is treated."),
        field("flags", 48, Kind::Hex(8), "How."),
    ],
};

/// `BPF_MAP_UPDATE_BATCH`.
pub static BATCH_UPDATE: Layout =
    attr(56, &[field("batch", 0, Kind::Record(&BATCH_UPDATE_INNER), "Elements that are treated at once."), MORE]);

/// The member `batch`.
pub static BATCH_DELETE_INNER: Layout = Layout {
    name: "bpf_batch",
    size: 56,
    doc: "Elements that are treated at once.",
    fields: &[
        field("keys", 16, Kind::Pointer, "Which elements."),
        field("count", 32, Kind::Uint(4), "How many there are."),
        field("map_fd", 36, Kind::Fd, "The map."),
        field("elem_flags", 40, Kind::Flags(&BPF_LOOKUP, 8), "How each is treated."),
        field("flags", 48, Kind::Hex(8), "How."),
    ],
};

/// `BPF_MAP_DELETE_BATCH`.
pub static BATCH_DELETE: Layout =
    attr(56, &[field("batch", 0, Kind::Record(&BATCH_DELETE_INNER), "Elements that are treated at once."), MORE]);

/// The member `link_create`.
pub static LINK_CREATE_INNER: Layout = Layout {
    name: "bpf_link_create",
    size: 16,
    doc: "A program that runs somewhere as long as its descriptor is open.",
    fields: &[
        field("prog_fd", 0, Kind::Fd, "The program."),
        field("target_fd", 4, Kind::Fd, "What it is attached to."),
        field("attach_type", 8, Kind::Const(&BPF_ATTACH_TYPE, 4), "Where it runs."),
        field("flags", 12, Kind::Hex(4), "How."),
    ],
};

/// `BPF_LINK_CREATE`.
pub static LINK_CREATE: Layout = attr(
    16,
    &[
        field(
            "link_create",
            0,
            Kind::Record(&LINK_CREATE_INNER),
            "A program that runs somewhere as long as its descriptor is open.",
        ),
        MORE,
    ],
);

/// The member `link_update`.
pub static LINK_UPDATE_INNER: Layout = Layout {
    name: "bpf_link_update",
    size: 16,
    doc: "A link that gets another program.",
    fields: &[
        field("link_fd", 0, Kind::Fd, "The link."),
        field("new_prog_fd", 4, Kind::Fd, "The program."),
        field("flags", 8, Kind::Flags(&BPF_ATTACH_FLAGS, 4), "Whether it takes the place of another."),
        field("old_prog_fd", 12, Kind::By(&REPLACED), "The program that it had."),
    ],
};

/// `BPF_LINK_UPDATE`.
pub static LINK_UPDATE: Layout =
    attr(16, &[field("link_update", 0, Kind::Record(&LINK_UPDATE_INNER), "A link that gets another program."), MORE]);
