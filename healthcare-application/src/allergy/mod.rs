//! Allergies, and the statement that there are none.

mod add_allergy;
mod amend_allergy;
mod enter_allergy_in_error;
mod get_allergy;
mod in_force;
mod reactivate_allergy;
mod remove_allergy;
mod verify_allergy;

pub use add_allergy::{AddAllergy, add_allergy};
pub use amend_allergy::amend_allergy;
pub use enter_allergy_in_error::{EnterAllergyInError, enter_allergy_in_error};
pub use get_allergy::get_allergy;
pub use reactivate_allergy::{ReactivateAllergy, reactivate_allergy};
pub use remove_allergy::{RemoveAllergy, remove_allergy};
pub use verify_allergy::{VerifyAllergy, verify_allergy};
