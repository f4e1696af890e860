//! How long a call goes on sleeping.

use crate::event::Call;
use crate::sys::clock;
use crate::syscall::effect::number;
use crate::why::subject::{duration, millis, sleep};

/// Milliseconds; `None` where the kernel did not say.
pub(super) fn left_ms(call: &Call) -> Option<u64> {
    let (asked, until) = sleep(call)?;
    let left = if until {
        let now = clock::shown(call.arg("clockid").and_then(number)? as i32)?;
        asked.saturating_sub(now)
    } else {
        // The kernel has written it there when the call was interrupted.
        let rest = call.arg("remain").or_else(|| call.arg("rem")).and_then(duration)?;
        rest.min(asked)
    };
    Some(millis(left))
}
