//! The schema as columns: what engines need that would guess types from a file's first rows.
//!
//! A trace may have its first buffer that is no text, its first error, or its first socket after millions of lines. So
//! every key that can come is named beforehand, with its type; what is an object stays one, as JSON.

use std::collections::BTreeMap;

use serde_json::Value as Json;

/// The columns of a trace, by name, with DuckDB's types.
fn columns() -> BTreeMap<String, String> {
    let schema = super::schema();
    let mut columns = BTreeMap::new();
    for event in schema["oneOf"].as_array().into_iter().flatten() {
        for (name, key) in event["properties"].as_object().into_iter().flatten() {
            columns.insert(name.clone(), kind(key, &schema["$defs"]));
        }
    }
    columns
}

fn kind(key: &Json, definitions: &Json) -> String {
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
        Some("integer") if key["minimum"] == 0 => "UBIGINT".to_owned(),
        Some("integer") => "BIGINT".to_owned(),
        Some("boolean") => "BOOLEAN".to_owned(),
        Some("string") => "VARCHAR".to_owned(),
        Some("array") if key["items"]["type"].is_string() && key["items"]["type"] != "object" => {
            format!("{}[]", kind(&key["items"], definitions))
        }
        _ => "JSON".to_owned(),
    }
}

/// DuckDB's statement that reads a trace.
pub(crate) fn duckdb(file: &str) -> String {
    let columns: Vec<String> = columns().iter().map(|(name, kind)| format!("    '{name}': '{kind}'")).collect();
    let file = file.replace('\'', "''");
    format!(
        "SELECT * FROM read_json('{file}', format = 'newline_delimited', columns = {{\n{}\n}});\n",
        columns.join(",\n")
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
        for (name, kind) in [("seq", "UBIGINT"), ("ret", "BIGINT"), ("errno", "VARCHAR"), ("signal", "VARCHAR")] {
            assert_eq!(columns[name], kind, "{name}");
        }
        for (name, kind) in [("args", "JSON"), ("peer", "JSON"), ("python", "JSON"), ("socks", "UBIGINT[]")] {
            assert_eq!(columns[name], kind, "{name}");
        }
    }
}
