//! The wall clock. Only for what is shown or compared with files: how long something lasts is measured by tokio's clock.

use std::time::SystemTime;

use grantry_wire::Time;

/// Now, as this machine has it. It may be wrong, so nothing is decided by it.
#[expect(
    clippy::disallowed_methods,
    reason = "the agent has no operations to take the time from; this is its one place"
)]
pub(crate) fn now() -> SystemTime {
    SystemTime::now()
}

/// Now, as it goes over the wire.
pub(crate) fn wire_time() -> Time {
    Time(now().into())
}
