//! Families of whose messages only the types are known.

use super::Family;
use crate::xlat::netlink::named::{AUDIT_MESSAGE, GENERIC, XFRM_MESSAGE};
use crate::xlat::netlink::{NLM_DELETE, NLM_GET, NLM_NEW, NLMSG_FLAGS};

const NAMED: Family =
    Family { protocol: 0, types: &GENERIC, flags: |_| &NLMSG_FLAGS, rows: &[], has_family: false, least: 1 };

/// `NETLINK_GENERIC`, whose families the kernel numbers as they come.
pub(super) static OF_GENERIC: Family = Family { protocol: 16, ..NAMED };

/// `NETLINK_AUDIT`.
pub(super) static OF_AUDIT: Family = Family { protocol: 9, types: &AUDIT_MESSAGE, ..NAMED };

/// `NETLINK_XFRM`.
pub(super) static OF_XFRM: Family = Family {
    protocol: 6,
    types: &XFRM_MESSAGE,
    flags: |kind| {
        let name = XFRM_MESSAGE.name(kind.into()).and_then(|name| name.strip_prefix("XFRM_MSG_")).unwrap_or_default();
        match name {
            "GETDEFAULT" => &NLMSG_FLAGS, // as strace takes it
            name if name.starts_with("NEW") => &NLM_NEW,
            name if name.starts_with("DEL") => &NLM_DELETE,
            name if name.starts_with("GET") => &NLM_GET,
            _ => &NLMSG_FLAGS,
        }
    },
    ..NAMED
};
