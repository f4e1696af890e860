//! Which line of a twin makes each call: a replay makes the same calls in the same order, so these are its lines, too.

use super::Program;

/// A line for each process of each case: `tcp-hello default 0: socket 10, bind 12; …`, threads between semicolons.
/// `docs/lessons/record` makes it from what CPython does.
const LINES: &str = include_str!("lines.txt");

/// The calls of each thread of a process with their lines, in order; threads in order of appearance.
pub(crate) fn lines(program: &Program, case: &str, process: usize) -> Vec<Vec<(&'static str, u32)>> {
    let key = format!("{} {case} {process}", program.name);
    let found = LINES.lines().filter_map(|line| line.split_once(':')).find(|(place, _)| *place == key);
    let call = |text: &'static str| {
        let (name, line) = text.trim().rsplit_once(' ')?;
        Some((name, line.parse().ok()?))
    };
    let thread = |text: &'static str| text.split(',').filter_map(call).collect();
    found.map(|(_, threads)| threads.split(';').map(thread).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::{PROGRAMS, Role, cases};
    use super::*;

    /// Each process that makes calls has its lines, and none is blank or beyond the end of its twin.
    #[test]
    fn lines_are_those_of_the_twins() {
        for case in cases::all() {
            let program = super::super::find(case.program).expect("a case is of a program");
            let starts = case.script.iter().filter_map(|act| match act {
                cases::Act::Start(role, _) | cases::Act::StartUnprivileged(role, _) => Some(*role),
                _ => None,
            });
            for (process, role) in starts.enumerate() {
                let source: Vec<&str> = program.twin(role).lines().collect();
                for (call, line) in lines(program, case.name, process).into_iter().flatten() {
                    let text = source.get(line as usize - 1).copied().unwrap_or_default();
                    assert!(!text.trim().is_empty(), "{} {} {process}: {call} {line}", program.name, case.name);
                }
            }
        }
        for program in PROGRAMS {
            for (process, role) in [Role::Server, Role::Client].into_iter().enumerate() {
                assert!(!lines(program, "default", process).is_empty(), "{} {role:?}", program.name);
            }
        }
    }
}
