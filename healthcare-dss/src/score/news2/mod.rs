//! NEWS2, the National Early Warning Score (Royal College of Physicians, 2017, chart 1).
//!
//! Not for people under 16 years and not in pregnancy. SpO2 scale 2 is prescribed by a clinician for
//! hypercapnic respiratory failure; it is an input here and never derived from a diagnosis.

mod band;
mod chart;
mod input;
mod outcome;
mod parts;
mod score;

pub use band::Band;
pub use input::{Consciousness, InputError, MaximumAges, News2Input, Parameter, Reading, Spo2Scale};
pub use outcome::{Exclusion, News2, Outcome, UsedInput};
pub use parts::Parts;
pub use score::{VERSION, score};
