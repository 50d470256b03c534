//! What a process says of a panic: where, and never what. The message of a panic may quote what it fell over, and that may
//! be a patient's.

use std::panic::{Location, PanicHookInfo};

/// From now on a panic in this process is logged with its thread and its place in the source alone.
pub fn tell_the_place_alone() {
    std::panic::set_hook(Box::new(|panic: &PanicHookInfo<'_>| {
        let thread = std::thread::current();
        let place = panic.location().map(Location::to_string);
        tracing::error!(
            thread = thread.name().unwrap_or("unnamed"),
            place = place.as_deref().unwrap_or("unknown"),
            "a thread panicked"
        );
    }));
}
