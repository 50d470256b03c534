//! What was measured at the bedside, by devices and by hand.

mod get_vitals;

pub use get_vitals::{Aggregate, POINTS, Point, Series, VitalsQuery, VitalsSeries, get_vitals};
