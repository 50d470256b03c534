//! The bounds of a profile's shape.

use std::borrow::Cow;

use healthcare_domain::account::StaffProfile;
use validator::ValidationError;

/// At most 50 wards and teams, and 1 to 200 characters a part.
///
/// # Errors
/// When it holds more, or a part is blank.
pub fn bounded(profile: &StaffProfile) -> Result<(), ValidationError> {
    let fits = |text: &String| !text.trim().is_empty() && text.chars().count() <= 200;
    let few = |list: &[String]| list.len() <= 50 && list.iter().all(fits);
    let fit = fits(&profile.name)
        && profile.profession.as_ref().is_none_or(fits)
        && profile.licence_number.as_ref().is_none_or(fits)
        && few(&profile.wards)
        && few(&profile.teams);
    if fit {
        Ok(())
    } else {
        let words = "at most 50 wards and teams, and 1 to 200 characters a part";
        Err(ValidationError::new("profile").with_message(Cow::Borrowed(words)))
    }
}
