//! The schema's definitions: spellings of numbers and bytes, the kernel's structures, socket addresses.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::{Properties, closed, integer, list, nullable, optional, reference, set, slot, string, structure, unsigned};
use crate::json::shape::{IOVECS, JsonShape, TAGS};
use crate::json::{sets, state};

/// All of them.
pub(super) fn all() -> Properties {
    let mut defs = Properties::new();
    let mut def = |name: &str, schema: Json| {
        defs.insert(name.into(), schema);
    };
    spellings(&mut def);
    def("sockaddr", sockaddr());
    def("socket_state", state::state_schema());
    structures(&mut def);
    messages(&mut def);
    def("tagged", tagged());
    defs
}

/// How constants, signals, addresses and bytes are written.
fn spellings(def: &mut impl FnMut(&str, Json)) {
    def("hex", json!({"type": "string", "pattern": "^0x[0-9a-f]{1,16}$"}));
    def(
        "constant",
        json!({
            "type": "string",
            "pattern": "^(0x[0-9a-f]{1,16}|[0-9]+|[A-Za-z_][A-Za-z0-9_]*)$",
            "description": "a constant's name, or its number in hex where it has none",
        }),
    );
    def(
        "flags",
        json!({
            "type": "array",
            "items": reference("constant"),
            "description": "the names of the bits that are set; bits without a name last, in hex",
        }),
    );
    def("signal", json!({"type": "string", "pattern": "^(SIG[A-Z0-9_+]+|0x[0-9a-f]+)$"}));
    def("octets", json!({"type": "string", "pattern": "^([0-9a-f]{2}(:[0-9a-f]{2})*)?$"}));
    def("base64", json!({"type": "string", "contentEncoding": "base64", "pattern": "^[A-Za-z0-9+/]*={0,2}$"}));
    def("ip", json!({"type": "string", "pattern": "^[0-9a-f:.]+$"}));
    def(
        "buffer",
        json!({
            "type": "object",
            "properties": {
                "text": string("the bytes, where they are UTF-8"),
                "base64": reference("base64"),
                "truncated": {"type": "boolean", "description": "whether the buffer had more"},
            },
            "required": ["truncated"],
            "oneOf": [{"required": ["text"]}, {"required": ["base64"]}],
            "additionalProperties": false,
        }),
    );
    def(
        "strace",
        json!({
            "type": "object",
            "description": "what only a line of strace's text has",
            "properties": {
                "result": string("the result verbatim, where it would be written differently"),
                "mark": string("what the tracer did to the call, in strace's words: (INJECTED), (DELAYED)"),
                "cut": {"const": true, "type": "boolean", "description": "the arguments broke off, although a result followed"},
                "detached": {"const": true, "type": "boolean", "description": "the tracer detached from the thread within the call"},
                "resumed": string("the call began before the text did: the arguments that were written when it ended"),
                "frames": {"type": "array", "items": {"type": "string"}, "description": "the frames of native code below the call, innermost first"},
                "surplus": string("what followed the call's last argument"),
                "ip": reference("hex"),
                "number": unsigned("the number of the call, or of the last one"),
                "comm": string("the thread's name"),
                "since_ns": unsigned("nanoseconds since the previous line, as far as written"),
                "since_digits": unsigned("the digits of a second they were written with"),
            },
            "additionalProperties": false,
        }),
    );
}

/// The structures of the tables.
fn structures(def: &mut impl FnMut(&str, Json)) {
    let mut structures: BTreeMap<String, Properties> = BTreeMap::new();
    for layout in sets::structures() {
        let properties = structures.entry(structure(layout)).or_default(); // one of several variants
        for field in layout.fields {
            slot(properties, field.name, JsonShape::of_field(layout, field));
        }
        properties.insert("cut".into(), reference("octets"));
    }
    for (name, properties) in structures {
        let description = name.replacen('_', " ", 1);
        def(&name, optional(properties, &description));
    }
}

/// Messages with their parts, and the elements of poll(2)'s array.
fn messages(def: &mut impl FnMut(&str, Json)) {
    let mut message = Properties::new();
    slot(&mut message, "msg_name", JsonShape::SockAddr);
    slot(&mut message, "msg_namelen", JsonShape::Length);
    slot(&mut message, "msg_iov", IOVECS);
    message.insert("msg_iovlen".into(), unsigned("how many buffers"));
    slot(&mut message, "msg_control", JsonShape::Cmsgs);
    message.insert("msg_controllen".into(), unsigned("length of the control part"));
    message.insert("msg_flags".into(), reference("flags"));
    def("msghdr", optional(message, "struct msghdr"));
    let mut vector = Properties::new();
    vector.insert("msg_hdr".into(), reference("msghdr"));
    vector
        .insert("msg_len".into(), nullable("integer", "bytes sent or received; null where the call did not get to it"));
    def("mmsghdr", closed(vector, &[], "struct mmsghdr"));
    let mut control = Properties::new();
    control.insert("cmsg_len".into(), unsigned("length with the header"));
    for name in ["cmsg_level", "cmsg_type"] {
        control.insert(name.into(), reference("constant"));
        control.insert(format!("{name}_set"), set());
    }
    control.insert("cmsg_data".into(), json!({"anyOf": [{"type": "null"}, reference("tagged")]}));
    def("cmsg", closed(control, &["cmsg_level_set", "cmsg_type_set"], "a control message"));
    def("nlmsg", closed(netlink_message(), &["nlmsg_type_set"], "a netlink message"));
    def("nla", closed(netlink_attribute(), &["nla_type_set"], "an attribute of a netlink message"));
    let mut entry = Properties::new();
    entry.insert("fd".into(), integer("the descriptor"));
    entry.insert("fd_target".into(), string("what it refers to"));
    let events = json!({"anyOf": [{"type": "null"}, reference("flags")]});
    entry.insert("events".into(), events.clone());
    entry.insert("revents".into(), events);
    def("pollfd", closed(entry, &["fd_target"], "struct pollfd"));
}

fn netlink_message() -> Properties {
    let mut message = Properties::new();
    message.insert("nlmsg_len".into(), unsigned("length with the header"));
    message.insert("nlmsg_seq".into(), unsigned("a number that the answer has, too"));
    message.insert("nlmsg_pid".into(), integer("the number of the socket that sent it"));
    message.insert("nlmsg_type".into(), reference("constant"));
    message.insert("nlmsg_type_set".into(), set());
    message.insert("nlmsg_flags".into(), reference("flags"));
    message.insert("payload".into(), json!({"type": "array", "items": reference("tagged")}));
    message
}

fn netlink_attribute() -> Properties {
    let mut attribute = Properties::new();
    attribute.insert("nla_len".into(), unsigned("length with the header"));
    attribute.insert("nla_type".into(), reference("constant"));
    attribute.insert("nla_type_set".into(), set());
    attribute.insert("nla_flags".into(), reference("flags"));
    attribute.insert("nla_value".into(), json!({"anyOf": [{"type": "null"}, reference("tagged")]}));
    attribute
}

fn sockaddr() -> Json {
    let mut properties = Properties::new();
    properties.insert("family".into(), reference("constant"));
    properties.insert("ip".into(), reference("ip"));
    properties.insert("port".into(), json!({"type": "integer", "minimum": 0, "maximum": 65535}));
    properties.insert("flowinfo".into(), unsigned("in host byte order"));
    properties.insert("scope_id".into(), unsigned("the interface's number for link-local addresses"));
    properties.insert("scope_name".into(), string("the interface's name"));
    properties.insert("path".into(), string("of AF_UNIX: a path"));
    properties.insert("path_base64".into(), reference("base64"));
    properties.insert("abstract".into(), string("of AF_UNIX: an abstract name, without the NUL before it"));
    properties.insert("abstract_base64".into(), reference("base64"));
    properties.insert("sa_data".into(), reference("octets"));
    for layout in sets::argument_structures() {
        properties.insert(layout.name.into(), reference(&structure(layout)));
    }
    let mut schema = optional(properties, "a socket address");
    schema["required"] = json!(["family"]);
    schema
}

/// A value whose own key names its kind.
fn tagged() -> Json {
    let mut properties = Properties::new();
    for (tag, shape) in TAGS {
        slot(&mut properties, tag, *shape);
    }
    for (tag, element) in
        [("array", reference("tagged")), ("row", reference("tagged")), ("ints", json!({"type": "integer"}))]
    {
        list(&mut properties, tag, element);
    }
    properties.insert("ptr".into(), reference("hex"));
    properties.insert("mac".into(), reference("octets"));
    properties.insert("be16".into(), reference("constant"));
    properties.insert("signal".into(), reference("signal"));
    properties.insert("cut".into(), reference("octets"));
    properties.insert("short".into(), json!({"type": "boolean"}));
    properties.insert("bits".into(), reference("hex"));
    properties.insert("verbatim".into(), string("verbatim from strace's text"));
    properties.insert("const".into(), reference("constant"));
    properties.insert("flags".into(), reference("flags"));
    properties.insert("set".into(), set());
    properties.insert("ref".into(), reference("tagged"));
    properties.insert("mmsghdr".into(), reference("mmsghdr"));
    properties.insert("cmsg".into(), reference("cmsg"));
    properties.insert("nlmsg".into(), reference("nlmsg"));
    properties.insert("nla".into(), reference("nla"));
    properties.insert("opaque".into(), reference("buffer"));
    properties.insert("pollfd".into(), reference("pollfd"));
    properties.insert("time".into(), reference("tagged"));
    properties.insert("time_left".into(), reference("tagged"));
    properties.insert(
        "direct".into(),
        json!({
            "const": true,
            "type": "boolean",
            "description": "the value is the argument itself and does not lie behind a pointer",
        }),
    );
    for layout in sets::structures() {
        properties.insert(layout.name.into(), reference(&structure(layout)));
    }
    let mut schema = optional(properties, "a value whose own key names its kind");
    schema["minProperties"] = json!(1);
    schema
}
