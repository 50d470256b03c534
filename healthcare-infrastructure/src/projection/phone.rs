//! Telephone numbers as the directory compares them: by their last digits.

/// Digits that a number begins with to leave the country or the region, and that are not part of it.
const TRUNK: char = '0';

/// Fewer digits would find everybody.
const FEWEST: usize = 4;

/// By how many last digits a number is found; what stands before them may be written in several ways.
const TELLING: usize = 8;

/// The digits of a number from the last to the first, without what is dialled before it. `None` where it has too few to
/// be one.
pub fn backwards(number: &str) -> Option<String> {
    let digits = digits(number);
    let digits = digits.trim_start_matches(TRUNK);
    (digits.len() >= FEWEST).then(|| digits.chars().rev().collect())
}

/// What a number, or the end of one, is looked up by: numbers begin (backwards) with `telling`, and one of the number
/// and `whole` begins with the other.
#[derive(Debug, PartialEq, Eq)]
pub struct Ending {
    /// As much as tells, whatever country and region are written before it.
    pub telling: String,
    /// All of it.
    pub whole: String,
}

/// How a number that was typed in may end. What begins with a nought may have been dialled so, or may be the last digits
/// of a number that have a nought there. None where it has fewer than four digits.
pub fn endings_of(number: &str) -> Vec<Ending> {
    let as_dialled = backwards(number).map(|whole| Ending { telling: whole.chars().take(TELLING).collect(), whole });
    let digits = digits(number);
    let is_end = digits.starts_with(TRUNK) && (FEWEST..=TELLING).contains(&digits.len());
    let as_typed: Option<String> = is_end.then(|| digits.chars().rev().collect());
    let as_typed = as_typed.map(|whole| Ending { telling: whole.clone(), whole });
    as_dialled.into_iter().chain(as_typed).collect()
}

/// The digits, without an extension: that is dialled when somebody answers.
fn digits(number: &str) -> String {
    let main = number.split(['x', 'X', '#', ';', ',']).next().unwrap_or_default();
    main.replace("(0)", "").chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::{backwards, endings_of};

    #[test]
    fn a_number_is_the_same_however_it_is_written() {
        for written in ["044 555 01 23", "0445550123", "(044) 555-01-23", "044 555 01 23 x17", "445550123"] {
            assert_eq!(backwards(written).as_deref(), Some("321055544"), "{written}");
        }
        for written in ["+41 44 555 01 23", "0041445550123", "+41 (0)44 555 01 23", "tel:+41-44-555-01-23"] {
            assert_eq!(backwards(written).as_deref(), Some("32105554414"), "{written}");
        }
    }

    #[test]
    fn too_few_digits_are_no_number() {
        for written in ["", "none", "000", "12-3", "0001"] {
            assert_eq!(backwards(written), None, "{written}");
        }
    }

    #[test]
    fn the_end_of_a_number_and_a_number_with_its_country_are_looked_up_alike() {
        let telling = |number| endings_of(number).into_iter().map(|ending| ending.telling).collect::<Vec<_>>();
        assert_eq!(telling("50 123"), ["32105"]);
        assert_eq!(telling("+41 44 555 01 23"), ["32105554"]);
        assert_eq!(telling("044 555 01 23"), ["32105554"]);
        assert_eq!(telling("01 23"), ["3210"], "the last four");
        assert_eq!(telling("0301234"), ["432103", "4321030"], "dialled, or the last seven");
        assert!(telling("012").is_empty());
    }
}
