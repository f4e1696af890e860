//! The schema as columns: what engines need that would guess types from a file's first rows.
//!
//! A trace may have its first buffer that is no text, its first error, or its first socket after millions of lines. So
//! every key that can come is named beforehand, with its type; what is an object stays one, as JSON.

use std::collections::BTreeMap;

use serde_json::Value as Json;

/// The type of a key, as far as tables are concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Unsigned,
    Integer,
    Boolean,
    Text,
    /// A list of one of these.
    List(Box<Self>),
    /// An object, or a list of objects.
    Object,
}

/// The columns of a trace, by name.
fn columns() -> BTreeMap<String, Kind> {
    let schema = super::schema();
    let mut columns = BTreeMap::new();
    for event in schema["oneOf"].as_array().into_iter().flatten() {
        for (name, key) in event["properties"].as_object().into_iter().flatten() {
            columns.insert(name.clone(), kind(key, &schema["$defs"]));
        }
    }
    columns
}

fn kind(key: &Json, definitions: &Json) -> Kind {
    if let Some(name) = key["$ref"].as_str().and_then(|path| path.strip_prefix("#/$defs/")) {
        return kind(&definitions[name], definitions);
    }
    // A type, or a type and null.
    let kinds = key["type"].as_array();
    let only = match kinds {
        Some(kinds) => kinds.iter().filter_map(Json::as_str).find(|kind| *kind != "null"),
        None => key["type"].as_str(),
    };
    match only {
        Some("integer") if key["minimum"] == 0 => Kind::Unsigned,
        Some("integer") => Kind::Integer,
        Some("boolean") => Kind::Boolean,
        Some("string") => Kind::Text,
        Some("array") if key["items"]["type"].is_string() && key["items"]["type"] != "object" => {
            Kind::List(Box::new(kind(&key["items"], definitions)))
        }
        _ => Kind::Object,
    }
}

/// A line for each column, joined.
fn each(join: &str, line: impl Fn(&str, &Kind) -> String) -> String {
    columns().iter().map(|(name, kind)| line(name, kind)).collect::<Vec<_>>().join(join)
}

/// DuckDB's statement that reads a trace.
pub(crate) fn duckdb(file: &str) -> String {
    fn name(kind: &Kind) -> String {
        match kind {
            Kind::Unsigned => "UBIGINT".into(),
            Kind::Integer => "BIGINT".into(),
            Kind::Boolean => "BOOLEAN".into(),
            Kind::Text => "VARCHAR".into(),
            Kind::List(of) => format!("{}[]", name(of)),
            Kind::Object => "JSON".into(),
        }
    }
    let columns = each(",\n", |column, kind| format!("    '{column}': '{}'", name(kind)));
    let file = file.replace('\'', "''");
    format!("SELECT * FROM read_json('{file}', format = 'newline_delimited', columns = {{\n{columns}\n}});\n")
}

/// ClickHouse's statement that reads a trace; objects are text there, for `JSONExtract…`.
pub(crate) fn clickhouse(file: &str) -> String {
    fn name(kind: &Kind) -> String {
        match kind {
            Kind::Unsigned => "Nullable(UInt64)".into(),
            Kind::Integer => "Nullable(Int64)".into(),
            Kind::Boolean => "Nullable(Bool)".into(),
            Kind::Text | Kind::Object => "Nullable(String)".into(),
            // A list cannot be null there, and is empty instead.
            Kind::List(of) => format!("Array({})", name(of)),
        }
    }
    let columns = each(",\n", |column, kind| format!("    `{column}` {}", name(kind)));
    let file = file.replace('\\', "\\\\").replace('\'', "\\'");
    format!(
        "SELECT * FROM file('{file}', 'JSONEachRow', '\n{columns}\n')\n\
         SETTINGS input_format_json_read_objects_as_strings = 1, input_format_json_read_arrays_as_strings = 1,\n    \
         input_format_skip_unknown_fields = 1;\n"
    )
}

/// A text as Python's literal.
fn python_text(text: &str) -> String {
    Json::from(text).to_string()
}

/// Python that reads a trace with Polars; objects are text there, for `.str.json_path_match`.
pub(crate) fn polars(file: &str) -> String {
    fn name(kind: &Kind) -> String {
        match kind {
            Kind::Unsigned => "pl.UInt64".into(),
            Kind::Integer => "pl.Int64".into(),
            Kind::Boolean => "pl.Boolean".into(),
            Kind::Text | Kind::Object => "pl.String".into(),
            Kind::List(of) => format!("pl.List({})", name(of)),
        }
    }
    let columns = each("\n", |column, kind| format!("    \"{column}\": {},", name(kind)));
    format!(
        "import polars as pl\n\nSCHEMA = {{\n{columns}\n}}\ntrace = pl.scan_ndjson({}, schema=SCHEMA)\n",
        python_text(file)
    )
}

/// Python that reads a trace with Arrow, whose own reader knows no objects of many shapes: they are text.
pub(crate) fn arrow(file: &str) -> String {
    fn name(kind: &Kind) -> String {
        match kind {
            Kind::Unsigned => "pa.uint64()".into(),
            Kind::Integer => "pa.int64()".into(),
            Kind::Boolean => "pa.bool_()".into(),
            Kind::Text | Kind::Object => "pa.string()".into(),
            Kind::List(of) => format!("pa.list_({})", name(of)),
        }
    }
    let columns = each("\n", |column, kind| format!("    (\"{column}\", {}),", name(kind)));
    let read = "
def row(line):
    event = json.loads(line)
    text = lambda key: isinstance(event.get(key), (dict, list)) and pa.types.is_string(SCHEMA.field(key).type)
    return {key: json.dumps(event[key]) if text(key) else event.get(key) for key in SCHEMA.names}


def batches(file, size=100_000):
    with open(file, encoding=\"utf-8\") as lines:
        while rows := [row(line) for line in itertools.islice(lines, size)]:
            yield pa.RecordBatch.from_pylist(rows, schema=SCHEMA)

";
    format!(
        "import itertools\nimport json\n\nimport pyarrow as pa\n\nSCHEMA = pa.schema([\n{columns}\n])\n\n{read}\n\
         trace = pa.Table.from_batches(batches({}), schema=SCHEMA)\n",
        python_text(file)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_has_the_same_type_in_every_event() {
        let schema = crate::json::schema();
        let columns = columns();
        for event in schema["oneOf"].as_array().into_iter().flatten() {
            for (name, key) in event["properties"].as_object().into_iter().flatten() {
                assert_eq!(kind(key, &schema["$defs"]), columns[name], "{name}");
            }
        }
        for (name, kind) in [("seq", Kind::Unsigned), ("ret", Kind::Integer), ("errno", Kind::Text)] {
            assert_eq!(columns[name], kind, "{name}");
        }
        for name in ["args", "peer", "python"] {
            assert_eq!(columns[name], Kind::Object, "{name}");
        }
        assert_eq!(columns["socks"], Kind::List(Box::new(Kind::Unsigned)));
    }
}
