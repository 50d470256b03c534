//! Registrations of one person: finding them, the queue of pairs to look at, merging and taking a merge back.

mod dismiss_duplicate;
mod list_duplicates;
mod match_patients;
mod merge_patients;
mod model;
mod survivors;
mod unmerge_patients;

pub use dismiss_duplicate::{DismissDuplicate, dismiss_duplicate};
pub use list_duplicates::{Duplicate, DuplicatePage, list_duplicates};
pub use match_patients::{Alike, Doubted, Found, Matches, known_by_number, match_patients, ranked, ranked_with_doubts};
pub use merge_patients::{MergePatients, merge_patients};
pub use model::{Candidate, DuplicateFilter, IdentityModel, PairPlace, QueuedPair};
pub use survivors::survivors_for;
pub use unmerge_patients::{UnmergePatients, unmerge_patients};
