//! The sources of the Python files whose lines made calls, as far as they can be had and are surely those that ran.

use std::collections::BTreeMap;
use std::path::Path;

use super::super::Story;

/// How large a file may be, in bytes, and how many there may be.
const MAX_SIZE: u64 = 512 << 10;
const MAX_FILES: usize = 40;

/// The user's own files, by the name that frames have. A file that does not have on a line what the frame of that line
/// has was changed since, and is left out.
pub(super) fn of(story: &Story) -> Vec<(String, String)> {
    let mut wanted: BTreeMap<&str, Vec<(u32, &str)>> = BTreeMap::new();
    for frame in story.frames.iter().filter(|frame| !frame.library) {
        if let (Some(line), Some(source)) = (frame.line, frame.source.as_deref()) {
            wanted.entry(&frame.file).or_default().push((line, source));
        }
    }
    let fits = |text: &str, lines: &[(u32, &str)]| {
        let all: Vec<&str> = text.lines().collect();
        lines.iter().all(|(line, source)| {
            let at = usize::try_from(*line).unwrap_or(0).checked_sub(1);
            at.and_then(|at| all.get(at)).is_some_and(|text| text.trim() == source.trim())
        })
    };
    let read = |(file, lines): (&str, Vec<(u32, &str)>)| {
        let path = Path::new(file);
        let small = path.metadata().is_ok_and(|known| known.is_file() && known.len() <= MAX_SIZE);
        let text = if small { std::fs::read_to_string(path).ok()? } else { return None };
        fits(&text, &lines).then(|| (file.to_owned(), text))
    };
    wanted.into_iter().filter_map(read).take(MAX_FILES).collect()
}
