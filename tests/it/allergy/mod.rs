//! Allergies over the real server.

mod add_allergy;
mod amend_allergy;
mod remove_allergy;
mod verify_allergy;
