//! The JSON Schema of a line, made from the same table, layouts and shapes as the line itself.
//!
//! Every object is closed, so that validation finds unknown keys. The suffixes are documented in the
//! [module](super) documentation.

use serde_json::{Map, Value as Json, json};

use super::shape::{JsonShape, key as param_key};
use super::{python, socket, state, why};
use crate::syscall::{self, Syscall};
use crate::value::Layout;

mod definitions;

pub(super) type Properties = Map<String, Json>;

/// The whole schema.
pub(super) fn schema() -> Json {
    let mut defs = definitions::all();
    let mut by_call = Vec::new();
    let mut names = Vec::new();
    // By name, so that a row that moves to another file leaves the schema as it was.
    let mut rows: Vec<_> = syscall::table().collect();
    rows.sort_by_key(|sys| sys.name);
    for sys in rows {
        let def = format!("args_{}", sys.name);
        by_call.push(json!({
            "if": {"properties": {"syscall": {"const": sys.name}}},
            "then": {"properties": {"args": reference(&def)}},
        }));
        names.push(sys.name);
        defs.insert(def, arguments(sys));
    }
    by_call.push(json!({
        "if": {"properties": {"syscall": {"not": {"enum": names}}}},
        "then": {"properties": {"args": reference("args")}, "required": ["nr"]},
    }));
    let mut other = Properties::new();
    for at in 0..6 {
        slot(&mut other, &format!("arg{at}"), JsonShape::Hex);
    }
    defs.insert("args".into(), optional(other, "the arguments of a call that the table does not describe"));
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "sockscope event",
        "description": "One line of sockscope's JSON lines: an event of a thread.",
        "oneOf": events(by_call),
        "$defs": defs,
    })
}

/// Every type of event; `by_call` has the arguments of each call.
fn events(by_call: Vec<Json>) -> Vec<Json> {
    let boolean = |description: &str| described(json!({"type": "boolean"}), description);
    let signal = || ("signal", reference("signal"));
    let strace = || ("strace", reference("strace"));
    let mut call = vec![
        ("syscall", string("the kernel's name of the call")),
        ("nr", integer("the kernel's number, where the call table does not describe the call")),
        ("via", string("the function the program called, where its name differs from the call's")),
        ("args", json!({"type": "object"})),
        ("ret", nullable("integer", "what the call returned; null where it did not return")),
        ("ret_target", string("what the returned descriptor refers to")),
        ("errno", nullable("string", "the error's name; null where there was none")),
        strace(),
        ("python", python::schema()),
        ("python_truncated", boolean("there are more frames outside the last one")),
        ("socket_made_at", python::frame_schema("where the socket was made, for a call that an event loop made on it")),
        ("awaited", python::awaiting_schema()),
        ("why", why::schema()),
        ("sockets", state::schema()),
        ("sockets_truncated", boolean("the call concerns more sockets than are shown")),
        ("dur_ns", nullable("integer", "nanoseconds between entry and return; null where not measured")),
    ];
    call.extend(socket::schemas());
    let mut absent = vec![
        "nr",
        "via",
        "ret_target",
        "strace",
        "python",
        "python_truncated",
        "socket_made_at",
        "awaited",
        "why",
        "sockets",
        "sockets_truncated",
    ];
    absent.extend(socket::KEYS);
    let info = json!({"anyOf": [{"type": "null"}, reference("tagged")]});
    let unread = [
        ("raw", reference("buffer")),
        ("line", unsigned("its number in the file, from 1")),
        ("column", unsigned("the byte in it, from 1, at which parsing failed")),
        ("more", boolean("the line continues in the next event")),
    ];
    let count = [
        ("syscall", string("the call's name")),
        ("calls", unsigned("how often it was made")),
        ("errors", unsigned("how many of these failed")),
        ("total_ns", unsigned("the time of all, nanoseconds")),
        ("mean_ns", unsigned("the time of one, nanoseconds")),
        ("share", unsigned("its part of the time of the whole table, in hundredths of a percent")),
    ];
    let (delivered, stopped) = ([signal(), ("info", info), strace()], [signal(), strace()]);
    let ended = [("status", integer("its exit status")), strace()];
    let killed = [signal(), ("core_dumped", boolean("")), strace()];
    let started = [
        ("parent", unsigned("the process that created it")),
        ("shares_descriptors", boolean("both have the same descriptors, rather than each its own")),
    ];
    vec![
        event("call", "a system call", &call, &absent, by_call),
        event("signal", "a signal that was delivered", &delivered, &["strace"], Vec::new()),
        event("stopped", "the thread was stopped by a signal", &stopped, &["strace"], Vec::new()),
        event("exit", "the thread ended", &ended, &["strace"], Vec::new()),
        event("killed", "the thread was ended by a signal", &killed, &["strace"], Vec::new()),
        event("started", "the process began, created by another one", &started, &[], Vec::new()),
        event("count", "a row of the table that -c writes", &count, &[], Vec::new()),
        event("unread", "a line of a file that no reader understood", &unread, &[], Vec::new()),
        event("note", "a remark, or a line that could not be read", &[("text", string("the text"))], &[], Vec::new()),
    ]
}

/// One type of event.
fn event(kind: &str, description: &str, own: &[(&str, Json)], optional: &[&str], rules: Vec<Json>) -> Json {
    let mut properties = Properties::new();
    properties.insert(
        "v".into(),
        json!({"const": super::VERSION, "type": "integer", "description": "the version of this schema"}),
    );
    properties.insert("seq".into(), unsigned("position in the trace, from 0"));
    properties.insert("ts_ns".into(), unsigned("when it began, nanoseconds since 1970-01-01 UTC; 0 where unknown"));
    properties.insert("pid".into(), unsigned("process"));
    properties.insert("tid".into(), unsigned("thread"));
    properties.insert("role".into(), string("the role that the process plays in a document program"));
    properties
        .insert("host".into(), string("the host that it was recorded on, in a trace that was merged from several"));
    properties.insert("type".into(), json!({"const": kind, "type": "string"}));
    for (name, schema) in own {
        properties.insert((*name).into(), schema.clone());
    }
    let mut schema = closed(properties, &[optional, &["role", "host"]].concat(), description);
    if !rules.is_empty() {
        schema["allOf"] = Json::Array(rules);
    }
    schema
}

/// The arguments of a call. None is required: those of a call that did not return may be unknown.
fn arguments(sys: &'static Syscall) -> Json {
    let mut properties = Properties::new();
    for sys in sys.forms() {
        for param in sys.params {
            slot(&mut properties, param_key(param), JsonShape::of(sys, param));
        }
    }
    optional(properties, &format!("the arguments of {}(2)", sys.name))
}

/// The keys of an argument or field.
fn slot(properties: &mut Properties, name: &str, shape: JsonShape) {
    let mut with = |suffix: &str, schema: Json| {
        properties.insert(format!("{name}{suffix}"), schema);
    };
    with("_ptr", reference("hex"));
    with("_other", reference("tagged"));
    let own = match shape {
        JsonShape::Int => integer(""),
        JsonShape::Uint | JsonShape::Be32 => unsigned(""),
        JsonShape::Hex | JsonShape::Opaque => reference("hex"),
        JsonShape::Fd => {
            with("_target", string("what the descriptor refers to"));
            integer("a descriptor")
        }
        JsonShape::Const(_) => reference("constant"),
        JsonShape::Flags(_) => reference("flags"),
        JsonShape::Open | JsonShape::OpenGot => {
            with("_set", set());
            reference("constant")
        }
        JsonShape::SockType => {
            with("_flags", reference("flags"));
            reference("constant")
        }
        JsonShape::Bytes | JsonShape::Pointer => reference("buffer"),
        JsonShape::Text => string(""),
        JsonShape::SockAddr => reference("sockaddr"),
        JsonShape::Length | JsonShape::Offset => {
            with("_in", integer("what the program put there"));
            integer("what the kernel left there")
        }
        JsonShape::MsgHdr => reference("msghdr"),
        JsonShape::MmsgHdrs => return list(properties, name, reference("mmsghdr")),
        JsonShape::Cmsgs => return list(properties, name, reference("cmsg")),
        JsonShape::PollFds => return list(properties, name, reference("pollfd")),
        JsonShape::Records(layout) => return list(properties, name, reference(&structure(layout))),
        JsonShape::Counted(layout) => {
            with("_count", unsigned("how many there are, where none is shown"));
            return list(properties, name, reference(&structure(layout)));
        }
        JsonShape::Fds => {
            with("_target", targets());
            return list(properties, name, integer("a descriptor"));
        }
        JsonShape::FdSet => {
            with("_target", targets());
            with(
                "_ready",
                json!({"type": "array", "items": {"type": "integer"}, "description": "those that are ready"}),
            );
            with("_ready_target", targets());
            json!({"type": "array", "items": {"type": "integer"}, "description": "those the program asks for"})
        }
        JsonShape::Timeout(layout) => {
            with("_left", reference(&structure(layout)));
            reference(&structure(layout))
        }
        JsonShape::SigSet => json!({"type": "array", "items": reference("signal")}),
        JsonShape::Record(layout) => reference(&structure(layout)),
        JsonShape::Port => json!({"type": "integer", "minimum": 0, "maximum": 65535}),
        JsonShape::Ipv4 | JsonShape::Ipv6 => reference("ip"),
        JsonShape::Interface => {
            with("_name", string("the interface's name"));
            unsigned("an interface's number")
        }
        JsonShape::Octets => reference("octets"),
        JsonShape::Mac | JsonShape::Padding | JsonShape::Tagged => reference("tagged"),
        JsonShape::Address => {
            // Another operation of the call may have more to show.
            properties.entry(name).or_insert_with(|| json!({"type": "null"}));
            return;
        }
        JsonShape::Signal => reference("signal"),
        JsonShape::RefInt => integer("the number behind the pointer"),
        JsonShape::RefHex => reference("hex"),
        JsonShape::Ints => return list(properties, name, json!({"type": "integer"})),
        JsonShape::Strings => {
            with("_count", unsigned("how many there are, where none is shown"));
            return list(properties, name, json!({"anyOf": [{"type": "null"}, reference("buffer")]}));
        }
        JsonShape::Forms(forms) => reference(&structure(forms[0])),
        JsonShape::Changed(before, after) => {
            with("_after", reference(&structure(after[0])));
            reference(&structure(before))
        }
    };
    properties.insert(name.into(), json!({"anyOf": [{"type": "null"}, own]}));
}

/// A list with the keys that describe its end.
fn list(properties: &mut Properties, name: &str, item: Json) {
    properties.insert(name.into(), json!({"type": ["array", "null"], "items": item}));
    properties
        .insert(format!("{name}_elided"), json!({"const": true, "type": "boolean", "description": "there are more"}));
    properties.insert(format!("{name}_fault"), reference("hex"));
}

fn structure(layout: &Layout) -> String {
    format!("struct_{}", layout.name)
}

fn targets() -> Json {
    json!({"type": "array", "items": {"type": ["string", "null"]}, "description": "what the descriptors refer to"})
}

fn set() -> Json {
    string("the set the constant belongs to, where its name is ambiguous")
}

pub(super) fn reference(name: &str) -> Json {
    json!({"$ref": format!("#/$defs/{name}")})
}

pub(super) fn string(description: &str) -> Json {
    described(json!({"type": "string"}), description)
}

pub(super) fn integer(description: &str) -> Json {
    described(json!({"type": "integer"}), description)
}

pub(super) fn unsigned(description: &str) -> Json {
    described(json!({"type": "integer", "minimum": 0}), description)
}

pub(super) fn nullable(kind: &str, description: &str) -> Json {
    described(json!({"type": [kind, "null"]}), description)
}

pub(super) fn described(mut schema: Json, description: &str) -> Json {
    if !description.is_empty() {
        schema["description"] = description.into();
    }
    schema
}

/// An object of these keys and no others, of which all but some are required.
pub(super) fn closed(properties: Properties, optional: &[&str], description: &str) -> Json {
    let required: Vec<_> = properties.keys().filter(|name| !optional.contains(&name.as_str())).cloned().collect();
    json!({
        "type": "object",
        "description": description,
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

/// An object of these keys and no others, none of which is required.
pub(super) fn optional(properties: Properties, description: &str) -> Json {
    json!({"type": "object", "description": description, "properties": properties, "additionalProperties": false})
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    /// The JSON types that may occur at each path, except null.
    fn types(
        root: &Json,
        schema: &Json,
        path: &str,
        refs: &mut Vec<String>,
        found: &mut BTreeMap<String, BTreeSet<String>>,
    ) {
        if let Some(target) = schema["$ref"].as_str() {
            if refs.iter().any(|seen| seen == target) {
                return; // a value within a value: the same paths again
            }
            // Below the keys of odd values all are the same, so one of them is looked into.
            if path.ends_with("_other") && path != ".args.addr_other" {
                assert_eq!(target, "#/$defs/tagged", "{path}");
                return;
            }
            if target == "#/$defs/tagged" && ![".args.addr_other", ".args.optval"].contains(&path) {
                found.entry(path.to_owned()).or_default().insert("object".to_owned());
                return;
            }
            refs.push(target.into());
            types(root, &root["$defs"][target.trim_start_matches("#/$defs/")], path, refs, found);
            refs.pop();
            return;
        }
        let own = schema["type"].as_array().cloned().unwrap_or_else(|| vec![schema["type"].clone()]);
        for name in own.iter().filter_map(Json::as_str).filter(|name| *name != "null") {
            found.entry(path.to_owned()).or_default().insert(name.to_owned());
        }
        for (name, inner) in schema["properties"].as_object().into_iter().flatten() {
            types(root, inner, &format!("{path}.{name}"), refs, found);
        }
        if schema["items"].is_object() {
            types(root, &schema["items"], &format!("{path}[]"), refs, found);
        }
        for part in ["oneOf", "anyOf", "allOf"] {
            for inner in schema[part].as_array().into_iter().flatten() {
                types(root, inner, path, refs, found);
            }
        }
        if schema["then"].is_object() {
            types(root, &schema["then"], path, refs, found);
        }
    }

    #[test]
    fn a_key_has_one_type_everywhere() {
        let schema = schema();
        let mut found = BTreeMap::new();
        types(&schema, &schema, "", &mut Vec::new(), &mut found);
        assert_eq!(found[".args.addr.port"], BTreeSet::from(["integer".to_owned()]));
        assert!(found.contains_key(".args.optval.timeval.tv_sec") && found.contains_key(".args.msgvec[].msg_hdr"));
        let mixed: Vec<_> = found.iter().filter(|(_, types)| types.len() > 1).collect();
        assert!(mixed.is_empty(), "keys of several types: {mixed:#?}\nrename one of each in json/shape.rs");
    }

    #[test]
    fn a_renamed_key_is_needed() {
        // Under the man page's name alone, `timeout` would be a number here and a structure there.
        let timeouts: BTreeSet<_> = syscall::table()
            .flat_map(|sys| sys.params.iter().map(move |param| (sys, param)))
            .filter(|(_, param)| param.name == "timeout")
            .map(|(sys, param)| (param_key(param), matches!(JsonShape::of(sys, param), JsonShape::Int)))
            .collect();
        assert_eq!(timeouts, BTreeSet::from([("timeout", false), ("timeout_ms", true)]));
    }

    #[test]
    fn a_key_has_one_type_in_all_operations_of_a_call() {
        for sys in syscall::table() {
            let mut known = Properties::new();
            for row in sys.forms() {
                let mut keys = Properties::new();
                row.params.iter().for_each(|param| slot(&mut keys, param_key(param), JsonShape::of(row, param)));
                for (key, schema) in keys {
                    let shown = schema != json!({"type": "null"});
                    let before = known.insert(key.clone(), schema.clone()).filter(|before| shown && *before != schema);
                    assert!(before.is_none_or(|before| before == json!({"type": "null"})), "{}: {key}", sys.name);
                }
            }
        }
    }

    #[test]
    fn the_keys_of_one_call_differ() {
        for sys in syscall::table().flat_map(|sys| sys.forms()) {
            let mut seen = BTreeSet::new();
            for param in sys.params {
                let mut keys = Properties::new();
                slot(&mut keys, param_key(param), JsonShape::of(sys, param));
                for key in keys.keys() {
                    assert!(seen.insert(key.clone()), "{}: {key}", sys.name);
                }
            }
        }
    }

    #[test]
    fn the_kept_schema_is_this_one() {
        let mut text = serde_json::to_string_pretty(&schema()).unwrap();
        text.push('\n');
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/json/schema.json");
        if std::env::var_os("SOCKSCOPE_BLESS").is_some() {
            std::fs::write(path, &text).unwrap();
        }
        let kept = std::fs::read_to_string(path).unwrap_or_default();
        assert!(kept == text, "src/json/schema.json is out of date; SOCKSCOPE_BLESS=1 cargo test --lib json writes it");
    }
}
