//! A trace as tables: which columns they have, and what an event has in each.
//!
//! Engines of tables want columns that are flat, have one type each and are there from the first row. So each thing that is
//! asked for often is a column ([`calls`]), what differs from call to call is JSON in `args`, and all else is JSON in `more`.
//! Stacks and sockets are tables of their own, since many calls share one. CSV, Parquet and SQLite have these columns.

use crate::sys::clock;

/// Declares columns: name, type, description, and what a row has.
macro_rules! columns {
    ($row:ident: $($name:literal $kind:ident $about:literal $of:expr;)*) => {
        &[$(Column { name: $name, kind: ColumnType::$kind, about: $about, of: |$row| $of }),*]
    };
}

pub(crate) mod calls;
#[cfg(feature = "tables")]
pub(crate) mod sockets;
#[cfg(feature = "tables")]
pub(crate) mod stacks;

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ColumnType {
    /// A number of 32 bits.
    Int32,
    /// A number.
    Int64,
    /// A number that mostly grows from row to row.
    Growing,
    /// A moment, ns since 1970.
    Time,
    /// Yes or no.
    Bool,
    /// Text.
    Text,
    /// Text that is JSON.
    Json,
}

/// What a row has in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cell<'a> {
    /// Nothing.
    Null,
    /// A number, a moment, or 0 and 1 for no and yes.
    Int(i64),
    /// Text.
    Text(&'a str),
}

impl<'a> Cell<'a> {
    /// A number that cannot be negative; what does not fit is none.
    pub(crate) fn number(number: impl TryInto<i64>) -> Self {
        number.try_into().map_or(Self::Null, Self::Int)
    }

    /// A number that may not be known.
    pub(crate) fn some<N: TryInto<i64>>(number: Option<N>) -> Self {
        number.map_or(Self::Null, Self::number)
    }

    /// Text that may not be known; empty text is none.
    pub(crate) fn text(text: impl Into<Option<&'a str>>) -> Self {
        text.into().filter(|text| !text.is_empty()).map_or(Self::Null, Self::Text)
    }
}

impl ColumnType {
    /// Its name in lists of columns.
    #[cfg(feature = "cli")]
    fn name(self) -> &'static str {
        match self {
            Self::Int32 | Self::Int64 | Self::Growing => "integer",
            Self::Time => "timestamp",
            Self::Bool => "boolean",
            Self::Text => "text",
            Self::Json => "JSON text",
        }
    }
}

/// Every column: its table, its name, its type, what it holds.
#[cfg(feature = "cli")]
pub(crate) fn described() -> Vec<[&'static str; 4]> {
    fn of<F>(table: &'static str, columns: &[Column<F>]) -> impl Iterator<Item = [&'static str; 4]> {
        columns.iter().map(move |column| [table, column.name, column.kind.name(), column.about])
    }
    let columns = of("calls", calls::COLUMNS).chain(of("stacks", stacks::COLUMNS));
    columns.chain(of("sockets", sockets::COLUMNS)).collect()
}

/// A column of a table; `F` is a function from a row to what it has.
pub(crate) struct Column<F> {
    /// Its name.
    pub(crate) name: &'static str,
    /// Its type.
    pub(crate) kind: ColumnType,
    /// What it has.
    #[cfg_attr(not(feature = "cli"), allow(dead_code, reason = "the command lists the columns"))]
    pub(crate) about: &'static str,
    /// What a row has in it.
    pub(crate) of: F,
}

/// The machine that a trace is recorded on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Machine {
    /// Its name.
    pub(crate) host: Option<String>,
    /// The number of its start.
    pub(crate) boot_id: Option<String>,
}

#[cfg(feature = "cli")]
impl Machine {
    /// The one that this is.
    pub(crate) fn here() -> Self {
        let host = nix::sys::utsname::uname().ok().and_then(|names| names.nodename().to_str().map(str::to_owned));
        let boot_id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok();
        Self { host, boot_id: boot_id.map(|id| id.trim().to_owned()) }
    }
}

/// Now, ns since 1970.
#[cfg(feature = "tables")]
pub(crate) fn now_ns() -> u64 {
    clock::realtime_ns()
}

/// A moment as ISO 8601 has it, in UTC, to the nanosecond: `2026-11-28T17:10:50.123456789Z`.
pub(crate) fn iso(ts_ns: u64) -> String {
    let [date, time] = clock::utc((ts_ns / 1_000_000_000) as i64);
    format!("{date}T{time}.{:09}Z", ts_ns % 1_000_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments() {
        assert_eq!(iso(0), "1970-01-01T00:00:00.000000000Z");
        assert_eq!(iso(1_795_885_850_123_456_789), "2026-11-28T17:10:50.123456789Z");
        assert_eq!(iso(951_782_400_000_000_001), "2000-02-29T00:00:00.000000001Z");
    }
}
