//! The situations, read from `cases.py`, and the program made of them.

/// One expression in one situation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Case {
    /// The function or method, `socket.create_connection` or `accept`.
    pub api: &'static str,
    /// The situation, such as `with timeout`.
    pub situation: &'static str,
    /// The line that is measured, trimmed.
    pub expression: &'static str,
    /// All its lines, from `cases.py`.
    text: &'static str,
}

const TEXT: &str = include_str!("cases.py");
const PRELUDE: &str = include_str!("prelude.py");
/// The prefix of a situation's heading, and the suffix of its expression's line.
const HEAD: &str = "#: ";
const MARK: &str = " #!";

/// All situations, in the order of the file.
pub fn cases() -> impl Iterator<Item = Case> {
    TEXT.split(HEAD).skip(1).filter_map(|part| {
        let (head, text) = part.split_once('\n')?;
        let (api, situation) = head.split_once(" | ")?;
        let expression = text.lines().find_map(|line| line.strip_suffix(MARK))?.trim();
        Some(Case { api, situation, expression, text })
    })
}

/// The program that runs situations, and the line of each one's expression in it.
pub(super) fn program(cases: &[Case]) -> (String, Vec<u32>) {
    let mut text = String::from(PRELUDE);
    let mut marked = Vec::with_capacity(cases.len());
    let mut line = text.lines().count() as u32;
    for (number, case) in cases.iter().enumerate() {
        text.push_str(&format!("def case_{number}():\n"));
        line += 1;
        for part in case.text.lines() {
            line += 1;
            match part.strip_suffix(MARK) {
                None => text.push_str(&format!("    {part}\n")),
                Some(expression) => {
                    marked.push(line);
                    // Before CPython 3.8 the end of a with block counts as its last line, so another one follows.
                    let indent = &expression[..expression.len() - expression.trim_start().len()];
                    text.push_str(&format!("    {expression}\n    {indent}done = True\n"));
                    line += 1;
                }
            }
        }
    }
    for number in 0..cases.len() {
        text.push_str(&format!("run({number}, case_{number})\n"));
    }
    (text, marked)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_situation_has_one_expression_and_a_name_of_its_own() {
        let heads = TEXT.lines().filter(|line| line.starts_with(HEAD)).count();
        let all: Vec<Case> = cases().collect();
        assert_eq!(all.len(), heads);
        let names: HashSet<_> = all.iter().map(|case| (case.api, case.situation)).collect();
        assert_eq!(names.len(), heads);
        for case in &all {
            assert_eq!(case.text.matches(MARK).count(), 1, "{} | {}", case.api, case.situation);
        }
        let (text, marked) = program(&all);
        let lines: Vec<_> = text.lines().collect();
        for (case, line) in all.iter().zip(marked) {
            assert_eq!(lines[line as usize - 1].trim(), case.expression);
        }
        // The kernel's limit of one argument (MAX_ARG_STRLEN).
        assert!(text.len() < 128 * 1024);
    }
}
