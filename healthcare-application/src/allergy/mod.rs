//! Allergies, and the statement that there are none.

mod add_allergy;
mod amend_allergy;
mod enter_allergy_in_error;
mod remove_allergy;

pub use add_allergy::{AddAllergy, add_allergy};
pub use amend_allergy::amend_allergy;
pub use enter_allergy_in_error::{EnterAllergyInError, enter_allergy_in_error};
pub use remove_allergy::{RemoveAllergy, remove_allergy};
