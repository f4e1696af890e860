//! What signals ask of the tracer that a subcommand runs. The signals themselves are [`crate::sys::signals`]'.

use crate::sys::signals::{self, Asked, Dispositions, ticking};
use crate::tracer::Requests;

/// Requests to the tracer. Each handler starts a timer that ticks until then, since a signal that comes just before the
/// tracer waits does not interrupt the wait, but the next tick does.
pub(super) static REQUESTS: Requests = Requests::new(|| ticking(false));

/// Has signals make them; what was done about signals before, for the program that is started. Where calls are recorded
/// inside the program (`naps`), its stops end a sleep between two looks.
pub(super) fn install(naps: bool) -> Dispositions {
    let asked = Asked { tick: || REQUESTS.tick(), end: |signal, sender| REQUESTS.end(signal, sender) };
    signals::install(asked, naps)
}
