//! Parquet: a file of calls with one of stacks and one of sockets beside it, or a data set in parts that engines read as one.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use file::ParquetFile;

use super::super::name::is_folder;
use super::super::{Format, WriteOptions};
use super::{Store, Tables, whole};
use crate::table::calls::{self, EventRow, TraceOrigin};
use crate::table::sockets::{self, SocketRow};
use crate::table::stacks::{self, FrameRow};

mod file;

/// Columns, packed.
pub(in crate::format) const FORMAT: Format = Format {
    name: "parquet",
    endings: &["parquet"],
    about: "Columns for DuckDB, Polars, ClickHouse, Spark: calls, and beside them stacks and sockets; -o DIR/ in parts",
    for_people: false,
    binary: true,
    in_browser: false,
    teaches: false,
    adds_stacks: false,
    strings: 32,
    own_files: Some(|place| if is_folder(place) { Ok(()) } else { whole::check(place) }),
    closed: Some("a Parquet file ends with its table of contents; write to -o DIR/, where each trace adds its parts"),
    writer: |options: &WriteOptions| Tables::boxed(options, |place, origin| Ok(Box::new(Parts::new(place, origin)?))),
};

/// A part is complete with so many rows, or when it was begun so long ago: what was completed survives a crash.
const PART_ROWS: usize = 1 << 20;
const PART_TIME: Duration = Duration::from_secs(15 * 60);
/// How many days may have unfinished parts: at midnight, calls of both days return.
const MAX_DAYS: usize = 2;
/// What stands in a folder's name for a value that is not known.
const UNKNOWN: &str = "__HIVE_DEFAULT_PARTITION__";

/// The tables, in the order in which they are completed: who finds a call finds what it refers to.
const TABLES: [&str; 3] = ["stacks", "sockets", "calls"];

/// The three files that belong together.
struct Part {
    stacks: ParquetFile,
    sockets: ParquetFile,
    calls: ParquetFile,
    begun: Instant,
}

impl Part {
    fn create([stacks, sockets, calls]: [PathBuf; 3]) -> io::Result<Self> {
        Ok(Self {
            stacks: ParquetFile::create(&stacks, stacks::COLUMNS)?,
            sockets: ParquetFile::create(&sockets, sockets::COLUMNS)?,
            calls: ParquetFile::create(&calls, calls::COLUMNS)?,
            begun: Instant::now(),
        })
    }

    /// Completes the files; `spares`: those without rows are not kept.
    fn finish(self, spares: bool) -> io::Result<()> {
        [self.stacks, self.sockets, self.calls].into_iter().try_for_each(|file| file.finish(spares))
    }
}

/// Where the files go.
enum Place {
    /// The file of calls.
    File(PathBuf),
    /// The data set, and how many parts it got.
    Folder(PathBuf, usize),
}

/// The parts that are being written.
struct Parts {
    place: Place,
    origin: TraceOrigin,
    /// By day since 1970; one where all goes to the same files.
    open: BTreeMap<u64, Part>,
    /// The day of the last row.
    day: u64,
}

/// ns of a day of UTC.
const DAY: u64 = 86_400_000_000_000;

impl Parts {
    fn new(place: &Path, origin: &TraceOrigin) -> io::Result<Self> {
        let place = match is_folder(place) {
            true => Place::Folder(place.to_owned(), 0),
            false => Place::File(place.to_owned()),
        };
        let mut this = Self { place, origin: origin.clone(), open: BTreeMap::new(), day: 0 };
        if matches!(this.place, Place::File(_)) {
            this.part(0)?;
        }
        Ok(this)
    }

    /// The part that a row of this time belongs to.
    fn part(&mut self, ts_ns: u64) -> io::Result<&mut Part> {
        let day = if matches!(self.place, Place::File(_)) { 0 } else { ts_ns / DAY };
        self.day = day;
        if !self.open.contains_key(&day) {
            while self.open.len() >= MAX_DAYS {
                self.open.pop_first().map_or(Ok(()), |(_, part)| part.finish(true))?;
            }
            let part = Part::create(self.files(day)?)?;
            self.open.insert(day, part);
        }
        self.open.get_mut(&day).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// The names of a part's files.
    fn files(&mut self, day: u64) -> io::Result<[PathBuf; 3]> {
        match &mut self.place {
            Place::File(calls) => {
                let beside = |table: &str| {
                    let ending = calls
                        .extension()
                        .map_or_else(|| table.into(), |ending| format!("{table}.{}", ending.display()));
                    calls.with_extension(ending)
                };
                Ok([beside(TABLES[0]), beside(TABLES[1]), calls.clone()])
            }
            Place::Folder(folder, parts) => {
                let date = if day == 0 { UNKNOWN.to_owned() } else { crate::table::iso(day * DAY)[..10].to_owned() };
                let host = self.origin.host.as_deref().map_or_else(|| UNKNOWN.to_owned(), escaped);
                let name = format!("part-{}-{:04}.parquet", self.origin.trace, *parts);
                *parts += 1;
                let files =
                    TABLES.map(|table| folder.join(table).join(format!("date={date}")).join(format!("host={host}")));
                files.iter().try_for_each(fs::create_dir_all)?;
                Ok(files.map(|folder| folder.join(&name)))
            }
        }
    }
}

/// A value as a folder's name has it.
fn escaped(text: &str) -> String {
    let mut name = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => name.push(byte.into()),
            _ => _ = write!(name, "%{byte:02X}"),
        }
    }
    name
}

impl Store for Parts {
    fn call(&mut self, ts_ns: u64, row: &EventRow<'_>) -> io::Result<()> {
        let part = self.part(ts_ns)?;
        part.calls.push(calls::COLUMNS.iter().map(|column| (column.of)(row)))?;
        if matches!(self.place, Place::Folder(..)) {
            let full = |part: &Part| part.calls.rows() >= PART_ROWS || part.begun.elapsed() >= PART_TIME;
            let day = ts_ns / DAY;
            if self.open.get(&day).is_some_and(full) {
                self.open.remove(&day).map_or(Ok(()), |part| part.finish(true))?;
            }
        }
        Ok(())
    }

    fn frame(&mut self, ts_ns: u64, row: &FrameRow<'_>) -> io::Result<()> {
        self.part(ts_ns)?.stacks.push(stacks::COLUMNS.iter().map(|column| (column.of)(row)))
    }

    fn socket(&mut self, row: &SocketRow<'_>) -> io::Result<()> {
        // With the last calls.
        self.part(self.day * DAY)?.sockets.push(sockets::COLUMNS.iter().map(|column| (column.of)(row)))
    }

    fn finish(&mut self) -> io::Result<()> {
        let spares = matches!(self.place, Place::Folder(..));
        std::mem::take(&mut self.open).into_values().try_for_each(|part| part.finish(spares))
    }
}
