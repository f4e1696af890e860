//! One Parquet file: rows are collected by column, and written in groups, so that memory does not grow with the file.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;

use parquet::basic::{Compression, Encoding, LogicalType, Repetition, TimeUnit, Type as Physical, ZstdLevel};
use parquet::column::writer::ColumnWriterImpl;
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesPtr};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{ColumnPath, Type, TypePtr};

use super::super::whole::WholeFile;
use crate::table::{Cell, Column, ColumnType};

/// A group of rows is written with so many rows, or so many bytes of text.
const GROUP_ROWS: usize = 1 << 17;
const GROUP_BYTES: usize = 32 << 20;

/// A file that is being written.
pub(super) struct ParquetFile {
    whole: WholeFile,
    writer: SerializedFileWriter<File>,
    columns: Vec<Values>,
    /// Rows that are not written yet, and all.
    waiting: usize,
    rows: usize,
}

/// What the rows of a group have in a column.
#[derive(Default)]
struct Values {
    kind: Option<ColumnType>,
    /// 1 where there is a value.
    present: Vec<i16>,
    numbers: Vec<i64>,
    /// Texts, and where each ends.
    texts: Vec<u8>,
    ends: Vec<usize>,
}

fn failed(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(error) => match error.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(error) => io::Error::other(error),
        },
        error => io::Error::other(error),
    }
}

impl ParquetFile {
    /// Begins a file with these columns.
    pub(super) fn create<F>(path: &Path, columns: &[Column<F>]) -> io::Result<Self> {
        let (whole, file) = WholeFile::create(path)?;
        let (schema, properties) = (schema(columns)?, properties(columns)?);
        let writer = SerializedFileWriter::new(file, schema, properties).map_err(failed)?;
        let columns = columns.iter().map(|column| Values { kind: Some(column.kind), ..Values::default() }).collect();
        Ok(Self { whole, writer, columns, waiting: 0, rows: 0 })
    }

    /// How many rows it has.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// Adds a row.
    pub(super) fn push<'a>(&mut self, cells: impl Iterator<Item = Cell<'a>>) -> io::Result<()> {
        let mut bytes = 0;
        for (values, cell) in self.columns.iter_mut().zip(cells) {
            values.present.push((cell != Cell::Null).into());
            match cell {
                Cell::Null => {}
                Cell::Int(number) => values.numbers.push(number),
                Cell::Text(text) => {
                    values.texts.extend_from_slice(text.as_bytes());
                    values.ends.push(values.texts.len());
                }
            }
            bytes += values.texts.len();
        }
        self.waiting += 1;
        self.rows += 1;
        if self.waiting >= GROUP_ROWS || bytes >= GROUP_BYTES { self.write() } else { Ok(()) }
    }

    /// Writes a group.
    fn write(&mut self) -> io::Result<()> {
        if std::mem::take(&mut self.waiting) == 0 {
            return Ok(());
        }
        let mut group = self.writer.next_row_group().map_err(failed)?;
        for values in &mut self.columns {
            let Some(mut column) = group.next_column().map_err(failed)? else { break };
            match values.kind {
                Some(ColumnType::Int32) => {
                    let numbers: Vec<i32> = values.numbers.iter().map(|number| *number as i32).collect();
                    values.put(column.typed::<Int32Type>(), &numbers)?;
                }
                Some(ColumnType::Time) => {
                    let micros: Vec<i64> = values.numbers.iter().map(|ns| ns / 1000).collect();
                    values.put(column.typed::<Int64Type>(), &micros)?;
                }
                Some(ColumnType::Bool) => {
                    let flags: Vec<bool> = values.numbers.iter().map(|number| *number != 0).collect();
                    values.put(column.typed::<BoolType>(), &flags)?;
                }
                Some(ColumnType::Text | ColumnType::Json) => {
                    let all = ByteArray::from(std::mem::take(&mut values.texts));
                    let starts = std::iter::once(&0).chain(&values.ends);
                    let texts: Vec<ByteArray> =
                        starts.zip(&values.ends).map(|(start, end)| all.slice(*start, end - start)).collect();
                    values.put(column.typed::<ByteArrayType>(), &texts)?;
                }
                Some(ColumnType::Int64 | ColumnType::Growing) | None => {
                    values.put(column.typed::<Int64Type>(), &values.numbers)?;
                }
            }
            column.close().map_err(failed)?;
            *values = Values { kind: values.kind, ..Values::default() };
        }
        group.close().map(drop).map_err(failed)
    }

    /// Completes the file; where it has no rows, `spares` leaves it out.
    pub(super) fn finish(mut self, spares: bool) -> io::Result<()> {
        if spares && self.rows == 0 {
            return Ok(());
        }
        self.write()?;
        self.writer.finish().map_err(failed)?;
        self.whole.finish(self.writer.inner())
    }
}

impl Values {
    fn put<T: DataType>(&self, column: &mut ColumnWriterImpl<'_, T>, values: &[T::T]) -> io::Result<()> {
        column.write_batch(values, Some(&self.present), None).map(drop).map_err(failed)
    }
}

/// All columns may be null, which costs next to nothing and breaks no reader of a later version.
fn schema<F>(columns: &[Column<F>]) -> io::Result<TypePtr> {
    let field = |column: &Column<F>| {
        let (physical, logical) = match column.kind {
            ColumnType::Int32 => (Physical::INT32, None),
            ColumnType::Int64 | ColumnType::Growing => (Physical::INT64, None),
            // In microseconds, since Spark reads no others.
            ColumnType::Time => (Physical::INT64, Some(LogicalType::timestamp(true, TimeUnit::MICROS))),
            ColumnType::Bool => (Physical::BOOLEAN, None),
            ColumnType::Text | ColumnType::Json => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        };
        let builder = Type::primitive_type_builder(column.name, physical).with_repetition(Repetition::OPTIONAL);
        builder.with_logical_type(logical).build().map(Arc::new)
    };
    let fields = columns.iter().map(field).collect::<Result<_, _>>().map_err(failed)?;
    Type::group_type_builder("trace").with_fields(fields).build().map(Arc::new).map_err(failed)
}

fn properties<F>(columns: &[Column<F>]) -> io::Result<WriterPropertiesPtr> {
    let mut builder = WriterProperties::builder()
        .set_created_by(concat!("sockscope ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(None)
        .set_statistics_enabled(EnabledStatistics::Chunk);
    for column in columns {
        let path = || ColumnPath::from(column.name);
        match column.kind {
            ColumnType::Growing | ColumnType::Time => {
                builder = builder
                    .set_column_dictionary_enabled(path(), false)
                    .set_column_encoding(path(), Encoding::DELTA_BINARY_PACKED);
            }
            ColumnType::Json => builder = builder.set_column_statistics_enabled(path(), EnabledStatistics::None),
            _ => {}
        }
    }
    Ok(Arc::new(builder.build()))
}
