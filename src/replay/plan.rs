//! From a trace to the calls that are to be made, or the reason why they cannot be.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use std::net::Shutdown;

use super::Refusal;
use super::message::{Outgoing, Room};
use super::open::{Descriptors, Tasks};
use super::reading::Reading;
use crate::event::{Body, Call, Event, Ret};
use crate::net::EpollEvent;
use crate::value::{SockAddr, UnixName, Value};

/// One thing to do.
#[derive(Debug)]
pub(super) struct Step {
    /// The recorded call; none for the end of a process.
    pub(super) event: Option<Event>,
    pub(super) pid: u32,
    pub(super) tid: u32,
    pub(super) ts_ns: u64,
    pub(super) dur_ns: Option<u64>,
    /// Whether it never returned.
    pub(super) unfinished: bool,
    /// The steps that made the descriptors it uses.
    pub(super) makers: BTreeSet<usize>,
    pub(super) op: Op,
}

/// A descriptor by its number and the step that made it: a number that was closed is given again, and while the close
/// is still under way in one thread, another may have it already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Number {
    pub(super) fd: i32,
    pub(super) step: usize,
}

/// A descriptor as the trace has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// One that a call of the trace made.
    Made(Number),
    /// A number that is no open descriptor.
    Closed(i32),
    /// Something that is no socket, and always ready.
    File,
    /// Something that is no socket, and never ready.
    Quiet,
}

/// A signal mask: the argument may be NULL, or point to none.
pub(super) type Mask = Option<Option<u64>>;

/// A call with what it is to be given.
#[derive(Debug)]
pub(super) enum Op {
    Socket {
        domain: i32,
        kind: i32,
        protocol: i32,
    },
    Bind {
        fd: Known,
        addr: SockAddr,
    },
    Connect {
        fd: Known,
        addr: SockAddr,
    },
    Listen {
        fd: Known,
        backlog: i32,
    },
    Accept {
        fd: Known,
        room: u32,
        flags: i32,
    },
    Getsockname {
        fd: Known,
        room: u32,
    },
    Getpeername {
        fd: Known,
        room: u32,
    },
    Send {
        fd: Known,
        data: Vec<u8>,
        flags: i32,
        addr: Option<SockAddr>,
    },
    Recv {
        fd: Known,
        size: usize,
        flags: i32,
        room: Option<u32>,
    },
    Read {
        fd: Known,
        size: usize,
    },
    Write {
        fd: Known,
        data: Vec<u8>,
    },
    Writev {
        fd: Known,
        data: Vec<Vec<u8>>,
    },
    Setsockopt {
        fd: Known,
        level: i32,
        name: i32,
        value: Vec<u8>,
    },
    Getsockopt {
        fd: Known,
        level: i32,
        name: i32,
        room: usize,
    },
    Shutdown {
        fd: Known,
        how: Shutdown,
    },
    Close {
        fd: Known,
    },
    Poll {
        fds: Vec<(Known, i16)>,
        timeout: i32,
    },
    Ioctl {
        fd: Known,
        request: u64,
        value: i32,
    },
    Fcntl {
        fd: Known,
        op: i32,
        arg: i32,
    },
    Socketpair {
        domain: i32,
        kind: i32,
        protocol: i32,
    },
    Pipe {
        flags: i32,
    },
    Dup {
        fd: Known,
    },
    /// dup2, or dup3 where there are flags.
    DupTo {
        fd: Known,
        /// What it takes the number of, where that was open.
        over: Option<Number>,
        flags: Option<i32>,
    },
    Sendmsg {
        fd: Known,
        message: Outgoing,
        flags: i32,
    },
    Recvmsg {
        fd: Known,
        room: Room,
        flags: i32,
    },
    Sendmmsg {
        fd: Known,
        messages: Vec<Outgoing>,
        flags: i32,
    },
    Recvmmsg {
        fd: Known,
        rooms: Vec<Room>,
        flags: i32,
        timeout: Option<[i64; 2]>,
    },
    Readv {
        fd: Known,
        sizes: Vec<usize>,
    },
    Sendfile {
        fd: Known,
        file: PathBuf,
        offset: Option<i64>,
        count: usize,
    },
    Select {
        count: i32,
        sets: [Option<Vec<Known>>; 3],
        timeout: Option<[i64; 2]>,
    },
    Pselect {
        count: i32,
        sets: [Option<Vec<Known>>; 3],
        timeout: Option<[i64; 2]>,
        mask: Mask,
    },
    Ppoll {
        fds: Vec<(Known, i16)>,
        timeout: Option<[i64; 2]>,
        mask: Option<u64>,
    },
    EpollCreate {
        flags: i32,
    },
    EpollCtl {
        epfd: Known,
        op: i32,
        fd: Known,
        event: Option<EpollEvent>,
    },
    /// epoll_wait, or epoll_pwait where there is a mask argument.
    EpollWait {
        fd: Known,
        most: i32,
        timeout: i32,
        mask: Mask,
    },
    /// A process made another, which has all descriptors, too.
    Fork {
        child: u32,
    },
    /// The end of a process: what it left open is closed.
    Exit,
}

impl Op {
    /// Whether it may wait for others.
    pub(super) fn may_block(&self) -> bool {
        matches!(
            self,
            Self::Connect { .. }
                | Self::Accept { .. }
                | Self::Recv { .. }
                | Self::Recvmsg { .. }
                | Self::Recvmmsg { .. }
                | Self::Read { .. }
                | Self::Readv { .. }
                | Self::Poll { .. }
                | Self::Ppoll { .. }
                | Self::Select { .. }
                | Self::Pselect { .. }
                | Self::EpollWait { .. }
        )
    }

    /// The longest it waits by itself, ms.
    fn waits_ms(&self) -> u64 {
        let time = |time: &Option<[i64; 2]>, per_ms: i64| match time {
            Some([seconds, rest]) => seconds.saturating_mul(1000).saturating_add(rest / per_ms).max(0) as u64,
            None => 0,
        };
        match self {
            Self::Poll { timeout, .. } | Self::EpollWait { timeout, .. } => u64::try_from(*timeout).unwrap_or(0),
            Self::Select { timeout, .. } => time(timeout, 1000),
            Self::Ppoll { timeout, .. } | Self::Pselect { timeout, .. } | Self::Recvmmsg { timeout, .. } => {
                time(timeout, 1_000_000)
            }
            _ => 0,
        }
    }

    /// Whom it speaks to, if it says so.
    pub(super) fn destinations(&self) -> Vec<(Known, &SockAddr)> {
        match self {
            Self::Connect { fd, addr } | Self::Send { fd, addr: Some(addr), .. } => vec![(*fd, addr)],
            Self::Sendmsg { fd, message, .. } => message.name.iter().map(|name| (*fd, name)).collect(),
            Self::Sendmmsg { fd, messages, .. } => {
                messages.iter().filter_map(|message| Some((*fd, message.name.as_ref()?))).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// What is to be done.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) steps: Vec<Step>,
    /// Bytes kept of each buffer, as in the recording.
    pub(super) strings: usize,
    /// The longest timeout among the calls, ms.
    pub(super) longest_ms: u64,
    /// Calls that are not about sockets.
    pub(super) left_out: usize,
}

/// Buffers are kept whole where the recording cut none.
const WHOLE: usize = 1 << 24;

/// Works out what is to be done.
pub(super) fn plan(trace: &[Event], allow_remote: bool) -> Result<Plan, Refusal> {
    let mut events: Vec<&Event> = trace.iter().collect();
    if trace.iter().all(|event| event.ts_ns > 0 || !matches!(event.body, Body::Call(_))) {
        // Several files may come one after the other. Ends of unknown time stay behind their process's calls.
        let mut last: BTreeMap<u32, u64> = BTreeMap::new();
        for event in trace.iter().filter(|event| event.ts_ns > 0) {
            let at = last.entry(event.pid).or_default();
            *at = event.ts_ns.max(*at);
        }
        events.sort_by_key(
            |event| if event.ts_ns > 0 { event.ts_ns } else { last.get(&event.pid).copied().unwrap_or(0) },
        );
    }
    let tasks = Tasks::new(&events);
    let bound: BTreeSet<UnixName> = events.iter().filter_map(|event| bound(event)).collect();
    let mut open = Descriptors::default();
    let mut plan = Plan { steps: Vec::new(), strings: 0, longest_ms: 0, left_out: 0 };
    for event in events {
        let pid = tasks.process(event);
        let mut makers = BTreeSet::new();
        let (op, call) = match &event.body {
            Body::Call(call) => match tasks.child(call) {
                Some(child) => {
                    open.before(event, pid);
                    open.fork(pid, child);
                    (Op::Fork { child }, None)
                }
                None => {
                    open.before(event, pid);
                    let fds = open.used(pid, call);
                    let used = RefCell::default();
                    let reading = Reading { event, pid, call, fds, used: &used, bound: &bound, allow_remote };
                    if reading.is_beside_the_point() {
                        plan.left_out += 1;
                        open.call(event, pid, call, None);
                        continue;
                    }
                    let op = reading.op().map_err(|refusal| match refusal {
                        Refusal::Descriptor { seq, pid, fd } if open.is_orphan(pid, fd) => {
                            Refusal::Inherited { seq, pid, fd }
                        }
                        other => other,
                    })?;
                    makers = used.into_inner();
                    open.call(event, pid, call, Some(plan.steps.len()));
                    call.args.iter().for_each(|value| plan.strings = plan.strings.max(longest_cut(value)));
                    plan.longest_ms = plan.longest_ms.max(op.waits_ms());
                    (op, Some(call))
                }
            },
            Body::Exit(_) if event.tid == pid => (Op::Exit, None),
            _ => continue,
        };
        let restarted = |call: &Call| matches!(call.ret, Ret::Err(errno) if errno.is_restart());
        plan.steps.push(Step {
            event: call.map(|_| event.clone()),
            pid,
            tid: event.tid,
            ts_ns: event.ts_ns,
            dur_ns: call.and_then(|call| call.dur_ns),
            unfinished: call.is_some_and(|call| call.ret == Ret::Unfinished || restarted(call)),
            makers,
            op,
        });
    }
    if plan.steps.iter().all(|step| step.event.is_none()) {
        return Err(Refusal::Empty);
    }
    let ended = |pid: u32| plan.steps.iter().any(|step| step.pid == pid && matches!(step.op, Op::Exit));
    let endless: BTreeSet<u32> = open.all().keys().copied().filter(|pid| !ended(*pid)).collect();
    plan.steps.extend(endless.into_iter().map(|pid| {
        let (ts_ns, dur_ns, unfinished) = (0, None, false);
        Step { event: None, pid, tid: pid, ts_ns, dur_ns, unfinished, makers: BTreeSet::new(), op: Op::Exit }
    }));
    if plan.strings == 0 {
        plan.strings = WHOLE;
    }
    Ok(plan)
}

/// The Unix name that a call gave to a socket.
fn bound(event: &Event) -> Option<UnixName> {
    match &event.body {
        Body::Call(call) if call.sys.name == "bind" => match call.arg("addr") {
            Some(Value::SockAddr(SockAddr::Unix(name))) => Some(name.clone()),
            _ => None,
        },
        _ => None,
    }
}

/// The length at which the recording cut a buffer; 0 where it did not.
fn longest_cut(value: &Value) -> usize {
    match value {
        Value::Bytes(bytes) if bytes.truncated => bytes.data.len(),
        Value::Array(array) => array.items.iter().map(longest_cut).max().unwrap_or(0),
        Value::Record(record) => record.fields.iter().map(longest_cut).max().unwrap_or(0),
        Value::MsgHdr(msg) => longest_cut(&msg.iov),
        Value::MmsgHdr(msg) => longest_cut(&msg.hdr.iov),
        _ => 0,
    }
}
