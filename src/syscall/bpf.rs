//! Programs that run in the kernel, and their maps.

use super::{Class, CloseOnExec, Dir, Effect, Made, Operations, Param, RetTy, Syscall, Ty, arg, call};
use crate::value::bpf::{
    BATCH_DELETE, BATCH_LOOKUP, BATCH_UPDATE, BTF_BY_ID, BTF_LOAD, INFO, LINK_BY_ID, LINK_CREATE, LINK_UPDATE,
    MAP_BY_ID, MAP_CREATE, MAP_DELETE, MAP_FREEZE, MAP_LOOKUP, MAP_NEXT, MAP_UPDATE, NEXT_ID, OBJ, PROG_ATTACH,
    PROG_BY_ID, PROG_DETACH, PROG_LOAD, PROG_TEST, QUERY, RAW_TRACEPOINT, TASK_FD,
};
use crate::xlat::bpf::BPF_CMD;

/// The rows of this family.
pub(super) static CALLS: &[&Syscall] = &[&BPF];

const CMD: Param = arg("cmd", Dir::In, Ty::Const(&BPF_CMD), "What to do.");
const SIZE: Param = arg("size", Dir::In, Ty::Uint, "The size of the structure.");

/// bpf(2).
static BPF: Syscall = Syscall {
    operations: Some(&BPF_OPERATIONS),
    ..call(
        Class::DESC,
        libc::SYS_bpf,
        "bpf",
        &[CMD, arg("attr", Dir::In, Ty::Address, "What it is depends on the operation."), SIZE],
        RetTy::Int,
        Effect::Nothing,
        "Loads programs into the kernel, and works with their maps.",
    )
};

/// A command, its structure, and whether it returns a descriptor.
macro_rules! command {
    ($layout:ident) => {
        Syscall { params: &command!(@params $layout), ..BPF_ROW }
    };
    ($layout:ident makes) => {
        Syscall {
            params: &command!(@params $layout),
            ret: RetTy::Fd,
            effect: Effect::Makes(Made::Other, CloseOnExec::Always),
            ..BPF_ROW
        }
    };
    (@params $layout:ident) => {
        [CMD, arg("attr", Dir::In, Ty::Attr { layout: &$layout, size: 2 }, "What the command is about."), SIZE]
    };
}

const BPF_ROW: Syscall = super::operation(&BPF, &[], RetTy::Int);

static BPF_OPERATIONS: Operations = Operations {
    by: 0,
    part: |command| command & 0xffff_ffff,
    rows: &[
        (0, command!(MAP_CREATE makes)),      // BPF_MAP_CREATE
        (1, command!(MAP_LOOKUP)),            // BPF_MAP_LOOKUP_ELEM
        (2, command!(MAP_UPDATE)),            // BPF_MAP_UPDATE_ELEM
        (3, command!(MAP_DELETE)),            // BPF_MAP_DELETE_ELEM
        (4, command!(MAP_NEXT)),              // BPF_MAP_GET_NEXT_KEY
        (5, command!(PROG_LOAD makes)),       // BPF_PROG_LOAD
        (6, command!(OBJ)),                   // BPF_OBJ_PIN
        (7, command!(OBJ makes)),             // BPF_OBJ_GET
        (8, command!(PROG_ATTACH)),           // BPF_PROG_ATTACH
        (9, command!(PROG_DETACH)),           // BPF_PROG_DETACH
        (10, command!(PROG_TEST)),            // BPF_PROG_TEST_RUN
        (11, command!(NEXT_ID)),              // BPF_PROG_GET_NEXT_ID
        (12, command!(NEXT_ID)),              // BPF_MAP_GET_NEXT_ID
        (13, command!(PROG_BY_ID makes)),     // BPF_PROG_GET_FD_BY_ID
        (14, command!(MAP_BY_ID makes)),      // BPF_MAP_GET_FD_BY_ID
        (15, command!(INFO)),                 // BPF_OBJ_GET_INFO_BY_FD
        (16, command!(QUERY)),                // BPF_PROG_QUERY
        (17, command!(RAW_TRACEPOINT makes)), // BPF_RAW_TRACEPOINT_OPEN
        (18, command!(BTF_LOAD makes)),       // BPF_BTF_LOAD
        (19, command!(BTF_BY_ID makes)),      // BPF_BTF_GET_FD_BY_ID
        (20, command!(TASK_FD)),              // BPF_TASK_FD_QUERY
        (21, command!(MAP_LOOKUP)),           // BPF_MAP_LOOKUP_AND_DELETE_ELEM
        (22, command!(MAP_FREEZE)),           // BPF_MAP_FREEZE
        (23, command!(NEXT_ID)),              // BPF_BTF_GET_NEXT_ID
        (24, command!(BATCH_LOOKUP)),         // BPF_MAP_LOOKUP_BATCH
        (25, command!(BATCH_LOOKUP)),         // BPF_MAP_LOOKUP_AND_DELETE_BATCH
        (26, command!(BATCH_UPDATE)),         // BPF_MAP_UPDATE_BATCH
        (27, command!(BATCH_DELETE)),         // BPF_MAP_DELETE_BATCH
        (28, command!(LINK_CREATE makes)),    // BPF_LINK_CREATE
        (29, command!(LINK_UPDATE)),          // BPF_LINK_UPDATE
        (30, command!(LINK_BY_ID makes)),     // BPF_LINK_GET_FD_BY_ID
        (31, command!(NEXT_ID)),              // BPF_LINK_GET_NEXT_ID
    ],
};
