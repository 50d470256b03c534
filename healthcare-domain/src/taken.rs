//! What holds of every aggregate in a test of its properties.

use std::fmt::Debug;

use serde::{Serialize, de::DeserializeOwned};

use crate::EventSourced;

/// Takes what was decided into the state and the log: each event is read as it was written, and the log folds to the
/// state. Answers whether anything was decided; what was refused changes nothing.
pub fn taken<A>(state: &mut A, log: &mut Vec<A::Event>, decided: Result<Vec<A::Event>, A::Error>) -> bool
where
    A: EventSourced + PartialEq + Debug,
    A::Event: Serialize + DeserializeOwned + PartialEq + Debug,
{
    let Ok(events) = decided else { return false };
    for event in &events {
        let stored = serde_json::to_vec(event).unwrap();
        assert_eq!(&serde_json::from_slice::<A::Event>(&stored).unwrap(), event);
        state.apply(event);
    }
    log.extend(events);
    assert_eq!(A::fold(log.iter()), *state);
    true
}
