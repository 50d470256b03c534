//! What was measured at the bedside, by devices and by hand.

mod get_vitals;
mod known;

pub use get_vitals::{Aggregate, POINTS, Point, Series, VitalsQuery, VitalsSeries, get_vitals, get_vitals_known};
pub use known::{Known, ReadingsKnown, Worn, readings_then, worn_then};
