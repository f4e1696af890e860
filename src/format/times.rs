//! When events of a trace begin and end, for formats that cannot be without times.

/// Between events of a trace without times.
const STEP_NS: u64 = 1000;

/// Beginnings and ends, in the order of the trace. An event without a time goes with the one before it; in a trace without
/// any, each begins a microsecond after the one before it.
pub(super) fn filled(given: impl Iterator<Item = (u64, Option<u64>)> + Clone) -> Vec<(u64, Option<u64>)> {
    let timed = given.clone().any(|(begin_ns, _)| begin_ns > 0);
    let mut last_ns = 0;
    given
        .map(|(begin_ns, end_ns)| {
            let took = end_ns.map(|end_ns| end_ns.saturating_sub(begin_ns));
            last_ns = match (timed, begin_ns) {
                (false, _) => last_ns + STEP_NS,
                (true, 0) => last_ns,
                (true, known) => known,
            };
            (last_ns, took.map(|took| last_ns.saturating_add(took)))
        })
        .collect()
}
