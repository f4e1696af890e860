//! SQLite: one database of calls, stacks and sockets, with views of what is asked for most.

use std::fs::File;
use std::io;
use std::path::Path;

use rusqlite::types::{Null, ToSql};
use rusqlite::{Connection, Statement};

use super::super::{Format, WriteOptions};
use super::whole::{self, WholeFile};
use super::{Store, Tables};
use crate::table::calls::{self, EventRow};
use crate::table::sockets::{self, SocketRow};
use crate::table::stacks::{self, FrameRow};
use crate::table::{Cell, Column, ColumnType, iso};

/// A database.
pub(in crate::format) const FORMAT: Format = Format {
    name: "sqlite",
    endings: &["sqlite", "sqlite3", "db"],
    about: "A SQLite database of calls, stacks and sockets, with views: errors, by_connection, by_line",
    for_people: false,
    binary: true,
    in_browser: false,
    teaches: false,
    adds_stacks: false,
    strings: 32,
    own_files: Some(whole::check),
    closed: Some("the database is of one trace; write to another file, and ATTACH it"),
    writer: |options: &WriteOptions| Tables::boxed(options, |place, _| Ok(Box::new(Database::create(place)?))),
};

/// What stands in the database beside the tables.
const VIEWS: &str = "
CREATE INDEX calls_by_sock ON calls (sock);
CREATE INDEX stacks_by_stack ON stacks (stack);
CREATE VIEW errors AS
    SELECT seq, ts, pid, tid, syscall, errno, why, peer, py_file, py_line, py_function, args
    FROM calls WHERE errno IS NOT NULL ORDER BY seq;
CREATE VIEW by_connection AS
    SELECT s.sock, s.protocol, s.local, s.peer, s.peer_sock, s.pid, s.made_at, s.sent_bytes, s.received_bytes, s.calls, s.failed,
           min(c.ts) AS first_ts, max(c.ts) AS last_ts, sum(c.dur_ns) / 1e6 AS in_calls_ms, s.became
    FROM sockets s LEFT JOIN calls c ON c.sock = s.sock
    WHERE s.connected_seq IS NOT NULL GROUP BY s.sock ORDER BY s.sock;
CREATE VIEW by_line AS
    SELECT py_file, py_line, py_function, count(*) AS calls, count(errno) AS errors, sum(bytes) AS bytes,
           sum(dur_ns) / 1e6 AS in_calls_ms, max(dur_ns) / 1e6 AS slowest_ms
    FROM calls WHERE py_file IS NOT NULL GROUP BY py_file, py_line, py_function ORDER BY in_calls_ms DESC;
COMMIT;
";

/// A database that is being written: no other program has it before it is complete, so it needs no journal.
struct Database {
    connection: Connection,
    /// The same file, and its name.
    file: Option<(WholeFile, File)>,
    /// The statements by which rows are added.
    calls: String,
    stacks: String,
    sockets: String,
}

fn failed(error: rusqlite::Error) -> io::Error {
    io::Error::other(error)
}

/// `"name" TYPE, …`, and the statement that adds a row.
fn table<F>(name: &str, columns: &[Column<F>]) -> [String; 2] {
    let kind = |kind: ColumnType| match kind {
        ColumnType::Time | ColumnType::Text | ColumnType::Json => "TEXT",
        ColumnType::Int32 | ColumnType::Int64 | ColumnType::Growing | ColumnType::Bool => "INTEGER",
    };
    let declared: Vec<String> =
        columns.iter().map(|column| format!("\"{}\" {}", column.name, kind(column.kind))).collect();
    let values = vec!["?"; columns.len()].join(", ");
    [format!("CREATE TABLE {name} ({});", declared.join(", ")), format!("INSERT INTO {name} VALUES ({values})")]
}

impl Database {
    fn create(place: &Path) -> io::Result<Self> {
        let (whole, file) = WholeFile::create(place)?;
        let connection = Connection::open(whole.temporary()).map_err(failed)?;
        let [[calls_table, calls], [stacks_table, stacks], [sockets_table, sockets]] =
            [table("calls", calls::COLUMNS), table("stacks", stacks::COLUMNS), table("sockets", sockets::COLUMNS)];
        let begin = format!(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; BEGIN;
            {calls_table} {stacks_table} {sockets_table}"
        );
        connection.execute_batch(&begin).map_err(failed)?;
        Ok(Self { connection, file: Some((whole, file)), calls, stacks, sockets })
    }
}

/// Adds a row.
fn insert<'a, F>(into: &mut Statement<'_>, columns: &[Column<F>], of: impl Fn(&F) -> Cell<'a>) -> io::Result<()> {
    for (at, column) in columns.iter().enumerate() {
        let mut bind = |value: &dyn ToSql| into.raw_bind_parameter(at + 1, value);
        match of(&column.of) {
            Cell::Null => bind(&Null),
            Cell::Int(moment) if column.kind == ColumnType::Time => bind(&iso(moment as u64)),
            Cell::Int(number) => bind(&number),
            Cell::Text(text) => bind(&text),
        }
        .map_err(failed)?;
    }
    into.raw_execute().map(drop).map_err(failed)
}

impl Store for Database {
    fn call(&mut self, _: u64, row: &EventRow<'_>) -> io::Result<()> {
        let mut into = self.connection.prepare_cached(&self.calls).map_err(failed)?;
        insert(&mut into, calls::COLUMNS, |of| of(row))
    }

    fn frame(&mut self, _: u64, row: &FrameRow<'_>) -> io::Result<()> {
        let mut into = self.connection.prepare_cached(&self.stacks).map_err(failed)?;
        insert(&mut into, stacks::COLUMNS, |of| of(row))
    }

    fn socket(&mut self, row: &SocketRow<'_>) -> io::Result<()> {
        let mut into = self.connection.prepare_cached(&self.sockets).map_err(failed)?;
        insert(&mut into, sockets::COLUMNS, |of| of(row))
    }

    fn finish(&mut self) -> io::Result<()> {
        self.connection.execute_batch(VIEWS).map_err(failed)?;
        let Some((whole, file)) = self.file.take() else { return Ok(()) };
        whole.finish(&file)
    }
}
