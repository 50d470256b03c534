//! The gateway's HTTP: the one endpoint that both servers have, and the server of a gateway on its own.

mod alone;
mod submitted;
mod turned_away;

pub use alone::serve;
pub use submitted::{RefusedReading, SubmitReadings, Submitted};
