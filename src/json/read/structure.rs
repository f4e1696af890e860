//! Structures, addresses and messages: the counterpart of `write::structure`.

use std::sync::Arc;

use super::field::{
    address, as_object, base64, flag, get, has, inner, int, items, narrow, narrow_int, octets, optional_text,
    shape_error, text, uint,
};
use super::{Item, Object, Result, constant, flags, is_given, known_record, member, slot, tagged};
use crate::json::sets;
use crate::json::shape::JsonShape;
use crate::text::target;
use crate::value::netlink::Family;
use crate::value::{
    Bytes, Cmsg, Fd, Layout, Length, MmsgHdr, MsgHdr, NlAttr, NlMsg, PollFd, Record, Scope, SockAddr, UnixName,
};
use crate::xlat::netlink::NLA_FLAGS;
use crate::xlat::socket::{ADDRESS_FAMILY, MSG};
use crate::xlat::wait::POLL_EVENTS;

pub(super) fn record(json: Item<'_>, layout: &'static Layout) -> Result<Record> {
    let object = as_object(json, layout.name)?;
    let mut fields = Vec::with_capacity(layout.fields.len());
    for field in layout.fields {
        if !object.contains_key(field.name) {
            break;
        }
        fields.push(slot(object, field.name, JsonShape::of_field(layout, field))?);
    }
    let cut = if has(object, "cut") { Some(Box::new(octets(object, "cut")?)) } else { None };
    Ok(Record { layout, fields, cut })
}

pub(in crate::json) fn sockaddr(object: Object<'_>) -> Result<SockAddr> {
    let family = member(&ADDRESS_FAMILY, text(object, "family")?)?;
    let family = u16::try_from(family).map_err(|_| shape_error("family", "a number of 16 bits"))?;
    if has(object, "sa_data") {
        return Ok(SockAddr::Raw { family, data: octets(object, "sa_data")? });
    }
    if let Some(record) = known_record(object) {
        return Ok(SockAddr::Family { family, record: Box::new(record?) });
    }
    match i32::from(family) {
        libc::AF_INET => Ok(SockAddr::Inet { port: narrow(object, "port")?, ip: address(object, "ip")? }),
        libc::AF_INET6 => {
            let name = optional_text(object, "scope_name")?.map(str::to_owned);
            let scope = has(object, "scope_id").then(|| narrow(object, "scope_id")).transpose()?;
            Ok(SockAddr::Inet6 {
                port: narrow(object, "port")?,
                flowinfo: narrow(object, "flowinfo")?,
                ip: address(object, "ip")?,
                scope: scope.map(|id| Scope::new(id, name)),
            })
        }
        libc::AF_UNIX => Ok(SockAddr::Unix(match (unix_name(object, "path")?, unix_name(object, "abstract")?) {
            (Some(path), _) => UnixName::Path(path),
            (None, Some(name)) => UnixName::Abstract(name),
            (None, None) => UnixName::Unnamed,
        })),
        _ => Err(shape_error("an address", "`sa_data` or its family's structure")),
    }
}

pub(super) fn unix_name(object: Object<'_>, name: &str) -> Result<Option<Vec<u8>>> {
    if let Some(text) = optional_text(object, name)? {
        return Ok(Some(text.into()));
    }
    let encoded = (name, "_base64");
    has(object, encoded).then(|| base64(object, encoded)).transpose()
}

pub(super) fn msghdr(object: Object<'_>) -> Result<MsgHdr> {
    let (key, controllen) = ("msg_control", uint(object, "msg_controllen")?);
    // Accompanying keys are null in tables only.
    let from_table = object.nulls().any(|key| key.matches('_').count() > 1);
    let there = object.contains_key(key) && (is_given(object, key) || controllen > 0 || !from_table);
    let control = there.then(|| slot(object, key, JsonShape::Cmsgs)).transpose()?;
    Ok(MsgHdr {
        name: slot(object, "msg_name", JsonShape::SockAddr)?,
        namelen: length(object, "msg_namelen")?,
        iov: slot(object, "msg_iov", crate::json::shape::IOVECS)?,
        iovlen: uint(object, "msg_iovlen")?,
        control,
        controllen,
        flags: flags(get(object, "msg_flags")?, &MSG)?,
    })
}

pub(super) fn mmsghdr(json: Item<'_>) -> Result<MmsgHdr> {
    let object = as_object(json, "a message")?;
    let len = if get(object, "msg_len")?.is_null() { None } else { Some(narrow(object, "msg_len")?) };
    Ok(MmsgHdr { hdr: msghdr(inner(object, "msg_hdr")?)?, len })
}

pub(super) fn cmsg(json: Item<'_>) -> Result<Cmsg> {
    let object = as_object(json, "a control message")?;
    Ok(Cmsg {
        len: uint(object, "cmsg_len")?,
        level: constant(object, "cmsg_level", "cmsg_level_set", &[])?,
        kind: constant(object, "cmsg_type", "cmsg_type_set", sets::CONTROL)?,
        data: match get(object, "cmsg_data")? {
            data if data.is_null() => None,
            data => Some(Box::new(tagged(data)?)),
        },
    })
}

pub(super) fn nlmsg(json: Item<'_>) -> Result<NlMsg> {
    let object = as_object(json, "a netlink message")?;
    let kind = constant(object, "nlmsg_type", "nlmsg_type_set", &[])?;
    let names = Family::of_types(kind.table).flags_for(kind.raw as u16);
    Ok(NlMsg {
        len: narrow(object, "nlmsg_len")?,
        kind,
        flags: flags(get(object, "nlmsg_flags")?, names)?,
        seq: narrow(object, "nlmsg_seq")?,
        pid: narrow_int(object, "nlmsg_pid")?,
        payload: items(object, "payload")?.map(tagged).collect::<Result<_>>()?,
    })
}

pub(super) fn nlattr(json: Item<'_>) -> Result<NlAttr> {
    let object = as_object(json, "an attribute")?;
    Ok(NlAttr {
        len: narrow(object, "nla_len")?,
        kind: constant(object, "nla_type", "nla_type_set", &[])?,
        flags: flags(get(object, "nla_flags")?, &NLA_FLAGS)?,
        value: match get(object, "nla_value")? {
            value if value.is_null() => None,
            value => Some(tagged(value)?),
        },
    })
}

pub(super) fn pollfd(json: Item<'_>) -> Result<PollFd> {
    let object = as_object(json, "an element of poll's array")?;
    let events = |name: &str| match get(object, name)? {
        found if found.is_null() => Ok(None),
        found => events(found).map(Some),
    };
    Ok(PollFd { fd: fd(object, "fd")?, events: events("events")?, revents: events("revents")? })
}

pub(super) fn events(json: Item<'_>) -> Result<u16> {
    let raw = flags(json, &POLL_EVENTS)?.raw;
    u16::try_from(raw).map_err(|_| shape_error("events", "16 bits"))
}

pub(super) fn fd(object: Object<'_>, name: &str) -> Result<Fd> {
    let target = optional_text(object, (name, "_target"))?.map(|text| Arc::new(target::from_plain(text)));
    Ok(Fd { raw: narrow_int(object, name)?, target })
}

/// A list of descriptors together with the list of what they refer to.
pub(super) fn fds(object: Object<'_>, name: &str) -> Result<Vec<Fd>> {
    let key = (name, "_target");
    let mut targets = has(object, key).then(|| items(object, key)).transpose()?.into_iter().flatten();
    let number = |json: Item<'_>| {
        let raw = json.as_i64().and_then(|n| i32::try_from(n).ok()).ok_or_else(|| shape_error(name, "descriptors"))?;
        let target = targets.next().and_then(Item::as_str);
        Ok(Fd { raw, target: target.map(|text| Arc::new(target::from_plain(text))) })
    };
    items(object, name)?.map(number).collect()
}

pub(super) fn length(object: Object<'_>, name: &str) -> Result<Length> {
    let (after, entry) = (int(object, name)?, int(object, (name, "_in"))?);
    Ok(Length { entry, exit: (after != entry).then_some(after) })
}

pub(super) fn bytes(object: Object<'_>) -> Result<Bytes> {
    let data = match optional_text(object, "text")? {
        Some(text) => text.into(),
        None => base64(object, "base64")?,
    };
    Ok(Bytes { data: data.into(), truncated: flag(object, "truncated") })
}
