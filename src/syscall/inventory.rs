//! Every set of constants and every structure that a row of any table names.
//!
//! Formats that find one by its name search here, and so know those of new rows.

use super::control::CONTROLS;
use super::{Carries, Commands, Payload, RetTy, Scalar, Ty, table};
use crate::value::netlink::{Attributes, Carried};
use crate::value::perf::PERF_ATTR;
use crate::value::sockaddr::layout_of;
use crate::value::sockopt::{OptShape, shapes};
use crate::value::{Kind, Layout, family, ipc, layout, netlink, packed, process, ring, siginfo, stat};
use crate::xlat::clone::CLONE_FLAGS;
use crate::xlat::errno::ERRNO;
use crate::xlat::memory::MAP_TYPE;
use crate::xlat::process::{CAPABILITIES, PERSONALITY_TYPE};
use crate::xlat::signal::{SIG_HANDLER, SIGNAL, si_codes};
use crate::xlat::socket::{ADDRESS_FAMILY, CMSG_LEVEL, MSG, SOCK_FLAGS, SOCK_TYPE, SOL};
use crate::xlat::terminal::TTY_KEY;
use crate::xlat::wait::POLL_EVENTS;
use crate::xlat::{Xlat, admin, file, mount, protocol, sockopt};

static UNNAMED: &[&Xlat] = &[
    &CLONE_FLAGS,
    &file::ACCESS_MODE,
    &file::STATX_SYNC,
    &file::UTIME,
    &MAP_TYPE,
    &sockopt::TCP_STATE,
    &sockopt::IP_PMTUDISC,
    &sockopt::IPV6_PMTUDISC,
    &sockopt::SOF_TIMESTAMPING,
    &mount::FANOTIFY_CLASS,
    &admin::KEXEC_ARCH,
    &PERSONALITY_TYPE,
];

/// Sets and structures, each once, in order of appearance.
#[derive(Debug, Default)]
pub(crate) struct Inventory {
    pub(crate) sets: Vec<&'static Xlat>,
    pub(crate) layouts: Vec<&'static Layout>,
    /// Whether the structures of all address families were added: addresses may contain addresses.
    addresses: bool,
    /// The attributes of netlink messages that were added: they may contain each other.
    attributes: Vec<&'static Attributes>,
}

impl Inventory {
    /// Adds a set.
    pub(crate) fn set(&mut self, set: &'static Xlat) {
        if !self.sets.contains(&set) {
            self.sets.push(set);
        }
    }

    /// Adds a structure with all sets and structures that its fields name.
    pub(crate) fn layout(&mut self, layout: &'static Layout) {
        if !self.layouts.contains(&layout) {
            self.layouts.push(layout);
            self.fields(layout);
        }
    }

    /// Adds everything that the rows of all tables and the layouts of signals name.
    pub(crate) fn tables(&mut self) {
        for sys in table().flat_map(|sys| sys.forms()) {
            sys.params.iter().for_each(|param| self.ty(param.ty));
            self.ret(sys.ret);
        }
        siginfo::LAYOUTS.iter().for_each(|layout| self.fields(layout));
        self.set(&SIGNAL);
        SIGNAL.iter().for_each(|(_, signal)| self.set(si_codes(signal)));
    }

    /// Adds the sets that no row names: of calls that are not decoded, and of numbers that strace leaves as they are; and what
    /// netlink messages name.
    pub(crate) fn unnamed(&mut self) {
        UNNAMED.iter().for_each(|set| self.set(set));
        self.netlink();
    }

    fn fields(&mut self, layout: &Layout) {
        for field in layout.fields {
            self.kind(field.kind);
        }
    }

    fn kind(&mut self, kind: Kind) {
        match kind {
            Kind::NonZero(kind) => self.kind(*kind),
            Kind::By(by) => by.kinds.iter().for_each(|kind| self.kind(*kind)),
            Kind::Packed(packed) => self.layout(packed.layout),
            Kind::Priority => self.layout(packed::IOPRIO.layout),
            Kind::Following(layout) => self.layout(layout),
            Kind::Vectors { .. } => self.layout(&layout::IOVEC),
            Kind::Masked(masked, _) => self.layout(masked.layout),
            Kind::Keys(_) => self.set(&TTY_KEY),
            Kind::Shifted(set, _) | Kind::Set(set, _) => self.set(set),
            Kind::Const(set, _) | Kind::Flags(set, _) | Kind::Be16(set) | Kind::Le16Const(set) => self.set(set),
            Kind::Record(layout) | Kind::Moment(layout) => self.layout(layout),
            Kind::Device(_) => self.layout(&stat::DEVICE),
            Kind::Handler => self.set(&SIG_HANDLER),
            Kind::Caps => self.set(&CAPABILITIES),
            Kind::Filter => self.layout(&layout::SOCK_FILTER),
            Kind::Elements => self.layout(&layout::IFREQ_ADDR),
            Kind::SockAddr(_) | Kind::Transport => self.addresses(),
            _ => {} // has no names
        }
    }

    fn ty(&mut self, ty: Ty) {
        match ty {
            Ty::Const(set) | Ty::Flags(set) | Ty::WideFlags(set) | Ty::WideConst(set) => self.set(set),
            Ty::Number(Scalar::Const(set)) | Ty::Numbers { each: Scalar::Const(set), .. } => self.set(set),
            Ty::Message { .. } => self.layout(&ipc::MSGBUF),
            Ty::Sized { forms, .. } => forms.iter().for_each(|layout| self.layout(layout)),
            Ty::Attr { layout, .. } => self.layout(layout),
            Ty::PerfAttr => PERF_ATTR.all.iter().for_each(|layout| self.layout(layout)),
            Ty::Requests { .. } => self.layout(&ring::IOCB),
            Ty::RingParams => [&ring::RING_PARAMS, &ring::RING_ASKED].iter().for_each(|layout| self.layout(layout)),
            Ty::Probe { .. } => self.layout(&ring::RING_PROBE),
            Ty::FileHandle => self.layout(&ipc::FILE_HANDLE),
            Ty::Packed(packed) => self.layout(packed.layout),
            Ty::CloneArgs { .. } => {
                self.layout(&process::CLONE_ARGS);
                process::CLONE_RESULTS.iter().for_each(|layout| self.layout(layout));
            }
            Ty::SockType => [&SOCK_TYPE, &SOCK_FLAGS].into_iter().for_each(|set| self.set(set)),
            Ty::Protocol { .. } => {
                let families = ADDRESS_FAMILY.iter().filter_map(|(_, family)| protocol::of_family(family as i32));
                families.for_each(|set| self.set(set));
            }
            Ty::SockAddr(_) => self.addresses(),
            Ty::MsgHdr | Ty::MmsgHdrs { .. } => self.messages(),
            Ty::IoVecs { .. } => self.layout(&layout::IOVEC),
            Ty::OptName { access, .. } => {
                let levels = SOL.iter().filter_map(|(_, level)| sockopt::options(level as i32, access));
                levels.for_each(|set| self.set(set));
            }
            Ty::OptVal { .. } => shapes().for_each(|shape| self.shape(shape)),
            Ty::PollFds { .. } => self.set(&POLL_EVENTS),
            Ty::Timeout(layout) | Ty::Struct(layout) | Ty::Remaining(layout) | Ty::Dirents(layout) => {
                self.layout(layout);
            }
            Ty::Structs { layout, .. } => self.layout(layout),
            Ty::Forms(forms) => forms.all.iter().for_each(|layout| self.layout(layout)),
            Ty::Device => self.layout(&stat::DEVICE),
            Ty::Signal => self.set(&SIGNAL),
            Ty::WaitStatus => process::STATUSES.iter().for_each(|layout| self.layout(layout)),
            Ty::SigSetArg => self.layout(&layout::SIGSET_ARG),
            Ty::EpollEvent { .. } | Ty::EpollEvents { .. } => self.layout(&layout::EPOLL_EVENT),
            Ty::CommandArg { commands, .. } => self.commands(commands),
            _ => {} // has no names
        }
    }

    fn ret(&mut self, ret: RetTy) {
        match ret {
            RetTy::Flags(set, _) | RetTy::Const(set) | RetTy::Named(set) => self.set(set),
            RetTy::Int | RetTy::Fd | RetTy::Pointer | RetTy::Pid | RetTy::Signal | RetTy::Command => {}
            RetTy::Packed(packed) => self.layout(packed.layout),
            RetTy::Octal | RetTy::Date => {}
        }
    }

    fn addresses(&mut self) {
        if std::mem::replace(&mut self.addresses, true) {
            return;
        }
        self.set(&ADDRESS_FAMILY);
        family::LAYOUTS.iter().for_each(|layout| self.layout(layout));
        let families = ADDRESS_FAMILY.iter().filter_map(|(_, family)| layout_of(family as u16));
        families.for_each(|layout| self.layout(layout));
    }

    /// What netlink messages may have.
    fn netlink(&mut self) {
        for layout in [&netlink::NLMSGHDR, &netlink::NLATTR, &netlink::NLMSGERR, &netlink::FAMILY_AND_DATA] {
            self.layout(layout);
        }
        netlink::FLAGS.iter().for_each(|set| self.set(set));
        self.attributes(&netlink::ANSWER);
        for family in netlink::FAMILIES {
            self.set(family.types);
            for row in family.rows {
                self.layout(row.head);
                row.attributes.into_iter().for_each(|attributes| self.attributes(attributes));
            }
        }
    }

    fn attributes(&mut self, attributes: &'static Attributes) {
        if self.attributes.iter().any(|known| std::ptr::eq(*known, attributes)) {
            return;
        }
        self.attributes.push(attributes);
        self.set(attributes.names);
        for carried in attributes.all() {
            match carried {
                Carried::One(kind) | Carried::Narrow(kind) => self.kind(kind),
                Carried::Wide(set) => self.set(set),
                Carried::Record(layout) | Carried::Each(layout) => self.layout(layout),
                Carried::Forms(forms) => forms.all.iter().for_each(|layout| self.layout(layout)),
                Carried::Nested(inner) | Carried::NestedOf(_, inner) => self.attributes(inner),
                Carried::Hops(layout, inner) => {
                    self.layout(layout);
                    self.attributes(inner);
                }
                Carried::Opaque
                | Carried::Octets
                | Carried::Numbers
                | Carried::Masks
                | Carried::HexWord
                | Carried::Text
                | Carried::WholeText
                | Carried::Hardware
                | Carried::AnyHardware
                | Carried::Address => {}
            }
        }
    }

    fn messages(&mut self) {
        self.set(&MSG);
        self.addresses();
        self.layout(&layout::IOVEC);
        self.layout(&layout::RECVMSG_FAILED);
        self.set(&CMSG_LEVEL);
        for controls in CONTROLS {
            self.set(controls.names);
            for row in controls.rows {
                match row.payload {
                    Payload::Record(layout) | Payload::Time(layout) | Payload::Times(layout, _) => self.layout(layout),
                    Payload::SockAddr => self.addresses(),
                    Payload::Fds | Payload::Bytes | Payload::Octets | Payload::Uints | Payload::Raw => {}
                }
            }
        }
    }

    fn shape(&mut self, shape: OptShape) {
        match shape {
            OptShape::Const(set) | OptShape::Bits(set) => self.set(set),
            OptShape::Errno => self.set(&ERRNO),
            OptShape::Record(layout) | OptShape::Exactly(layout) => self.layout(layout),
            OptShape::Guess | OptShape::Int | OptShape::PartInt | OptShape::Ints | OptShape::Pointer => {}
        }
    }

    fn commands(&mut self, commands: &'static Commands) {
        self.set(commands.names);
        for row in commands.rows {
            self.ret(row.ret);
            if let Carries::Flags(set) | Carries::WideFlags(set) | Carries::Const(set) = row.carries {
                self.set(set);
            }
            row.carries.layouts().for_each(|layout| self.layout(layout));
        }
    }
}
