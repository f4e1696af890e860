//! Sentences in lines that fit a terminal.

use super::width;

/// Words in lines of at most `columns`, broken between them and behind each Chinese character unless a sign follows it. A
/// word that is longer than a line, such as an expression, is broken behind its brackets and commas too. `first` stands
/// before the first line, `others` before those that continue it.
pub(crate) fn fold(text: &str, first: &str, others: &str, columns: usize) -> String {
    let room = |before: &str| columns.saturating_sub(width(before));
    let narrowest = room(first).min(room(others));
    let mut words: Vec<String> = Vec::new();
    let mut last = ' ';
    for c in text.chars() {
        let wide = |c: char| width(c.encode_utf8(&mut [0; 4])) > 1;
        let sign = "，。；：）、？！”".contains(c) || last == '（';
        match words.last_mut() {
            Some(word) if sign || (!wide(c) && !wide(last) && last != ' ') || c == ' ' => word.push(c),
            _ => words.push(c.to_string()),
        }
        last = c;
    }
    let broken = |word: String| match width(word.trim_end()) > narrowest {
        true => word.split_inclusive(['(', ',', '|']).map(str::to_owned).collect(),
        false => vec![word],
    };
    let (mut out, mut column, mut left) = (first.to_owned(), 0, room(first));
    for word in words.into_iter().flat_map(broken) {
        if column > 0 && column + width(word.trim_end()) > left {
            out.truncate(out.trim_end().len());
            out.push('\n');
            out.push_str(others);
            (column, left) = (0, room(others));
        }
        out.push_str(&word);
        column += width(&word);
    }
    out.truncate(out.trim_end().len());
    out
}
