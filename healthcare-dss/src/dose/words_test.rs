use rust_decimal::Decimal;

use crate::dose::DoseFact;

fn times(words: &str) -> Option<String> {
    DoseFact::from_words(words).times_per_day.map(|times| times.round_dp(3).normalize().to_string())
}

#[test]
fn given_frequencies_as_people_write_them_when_read_then_the_doses_of_a_day_are_known() {
    for (words, a_day) in [
        ("500 mg twice daily", "2"),
        ("once a day", "1"),
        ("three times a day", "3"),
        ("3x/day", "3"),
        ("4 times daily", "4"),
        ("1 time(s) every 1 d", "1"),
        ("2 time(s) every 1 d", "2"),
        ("1 time(s) every 8 h", "3"),
        ("every 6 hours", "4"),
        ("every 4 to 6 hours", "6"),
        ("q8h", "3"),
        ("q 12 h", "2"),
        ("q4-6h prn", "6"),
        ("BID", "2"),
        ("tds", "3"),
        ("QID", "4"),
        ("at bedtime", "1"),
        ("every morning", "1"),
        ("every other day", "0.5"),
        ("once weekly", "0.143"),
        ("15 mg weekly", "0.143"),
        ("every day", "1"),
        ("4000 mg per day", "1"),
        ("two tablets twice a day", "2"),
    ] {
        assert_eq!(times(words).as_deref(), Some(a_day), "{words}");
    }
    for words in ["", "as directed", "500 mg", "immediately"] {
        assert_eq!(times(words), None, "{words}");
    }
}

#[test]
fn given_amounts_when_read_then_value_and_ucum_unit_are_known() {
    for (words, amount) in [
        ("500mg tds", "500 mg"),
        ("1 g every 6 hours", "1 g"),
        ("25 mcg daily", "25 ug"),
        ("1-2 tablets q4h", "2 tablet"),
        ("two capsules", "2 capsule"),
        ("10 units at bedtime", "10 [iU]"),
        ("0.5 mg", "0.5 mg"),
        ("15 mg/kg every 6 hours", "15 mg/kg"),
        ("2 puffs every 4 hours", "2 puff"),
    ] {
        let found = DoseFact::from_words(words).amount.map(|amount| match amount.unit.as_str() {
            "[iU]" => format!("{} [iU]", amount.value),
            _ => amount.to_string(),
        });
        assert_eq!(found.as_deref(), Some(amount), "{words}");
    }
    assert_eq!(DoseFact::from_words("twice daily").amount, None);
}

#[test]
fn given_a_limit_when_read_then_it_is_kept_apart_from_the_dose() {
    let dose = DoseFact::from_words("1000 mg every 6 hours as needed, max 4 g per day");
    assert_eq!(dose.amount.unwrap().milligrams(), Some(Decimal::from(1000)));
    assert_eq!(dose.max_per_day.unwrap().milligrams(), Some(Decimal::from(4000)));
    assert_eq!(dose.times_per_day, Some(Decimal::from(4)));
    assert!(dose.as_needed);
}

#[test]
fn given_an_order_when_its_quantity_is_told_then_that_counts_and_the_words_tell_how_often() {
    let dose = DoseFact::of_order(Some((Decimal::from(2), "{tablet}")), Some("twice a day"), true);
    assert_eq!(dose.amount.unwrap().to_string(), "2 tablet");
    assert_eq!((dose.times_per_day, dose.as_needed), (Some(Decimal::TWO), true));
    assert!(DoseFact::of_order(None, Some("as directed"), false).is_empty());
}

#[test]
fn given_decimal_commas_fractions_and_thousands_when_read_then_they_are_the_numbers_meant() {
    for (words, milligrams) in [("0,125 mg", "0.125"), ("2,5 mg", "2.5"), ("1,000 mg", "1000"), ("12,500 mg", "12500")]
    {
        let found = DoseFact::from_words(words).amount.and_then(|amount| amount.milligrams());
        assert_eq!(found, milligrams.parse().ok(), "{words}");
    }
    assert_eq!(DoseFact::from_words("1/2 tablet at night").amount.unwrap().to_string(), "0.5 tablet");
    assert_eq!(DoseFact::from_words("1 tablet").amount.unwrap().to_string(), "1 tablet");
}

#[test]
fn given_a_warning_that_says_not_when_read_then_the_dose_behind_it_is_a_dose() {
    let dose = DoseFact::from_words("Do not crush. 1 tablet 3 times daily");
    assert_eq!((dose.max_per_day, dose.times_per_day), (None, Some(Decimal::from(3))));
    assert_eq!(dose.amount.unwrap().to_string(), "1 tablet");
    let dose = DoseFact::from_words("1 tablet every 4 hours, not more than 6 tablets a day");
    assert_eq!(dose.max_per_day.unwrap().to_string(), "6 tablet");
}

/// What cannot be read is not nothing: the day's total is then not known.
#[test]
fn given_a_frequency_that_cannot_be_read_when_a_dose_is_told_then_it_says_so() {
    let order = |frequency: &str| DoseFact::of_order(Some((Decimal::from(1000), "mg")), Some(frequency), false).unread;
    for words in ["with meals", "as directed", "per protocol", "3-0-2"] {
        assert!(order(words), "{words}");
    }
    for words in ["", "once", "stat", "twice a day", "q8h", "single dose", "as needed, max 4 g per day"] {
        assert!(!order(words), "{words}");
    }
    assert!(DoseFact::from_words("500 mg with meals").unread);
    assert!(!DoseFact::from_words("500 mg").unread);
    assert!(!DoseFact::from_words("500 mg twice daily").unread);
}

#[test]
fn the_instructions_of_an_order_are_counted_together() {
    let of = |all: &[(bool, &str)]| {
        let dose = DoseFact::of_instructions(all.iter().map(|(then, words)| (*then, DoseFact::from_words(words))));
        let amount = dose.amount.map(|amount| amount.to_string());
        (amount, dose.times_per_day.map(|times| times.round_dp(2).normalize().to_string()), dose.unread)
    };
    let known = |amount: &str, times: &str| (Some(amount.to_owned()), Some(times.to_owned()), false);
    assert_eq!(of(&[(false, "2 tablets qam"), (false, "10 tablets nightly")]), known("10 tablet", "1.2"));
    assert_eq!(of(&[(false, "40 mg daily"), (true, "20 mg daily")]), known("40 mg", "1"), "one after the other");
    assert_eq!(of(&[(false, "40 mg daily")]), known("40 mg", "1"));
    let at_least = |amount: &str, times: &str| (Some(amount.to_owned()), Some(times.to_owned()), true);
    let unread = of(&[(false, "2 tablets daily"), (false, "10 tablets with meals")]);
    assert_eq!(unread, at_least("10 tablet", "0.2"), "what is known of one is the least");
    assert_eq!(
        of(&[(false, "500 mg twice daily"), (false, "1 tablet nightly")]),
        at_least("500 mg", "2"),
        "another unit"
    );
    assert_eq!(of(&[(false, "500 mg twice daily"), (false, "at bedtime")]), at_least("500 mg", "2"), "no dose at all");
    assert_eq!(of(&[(false, "1 g daily"), (false, "500 mg daily")]), known("1 g", "1.5"), "both are of mass");
    assert_eq!(of(&[(false, "1 g daily"), (true, "500 mg daily")]), known("1 g", "1"), "a gram is more than 500 mg");
    assert_eq!(of(&[(false, "10 mg daily"), (true, "20 mg with meals")]), at_least("20 mg", "0.5"));
    assert!(of(&[(false, "2 tablets daily"), (true, "10 tablets with meals")]).2, "nor the most that of the other");
    assert!(!of(&[(false, "as directed"), (false, "with water")]).2);
}

#[test]
fn the_limit_of_one_instruction_is_not_that_of_all() {
    let a_day = |all: &[&str]| {
        let dose = DoseFact::of_instructions(all.iter().map(|words| (false, DoseFact::from_words(words))));
        (dose.max_per_day.map(|most| most.to_string()), dose.unread)
    };
    let limited = "500 mg every 4 hours as needed, max 2 g per day";
    assert_eq!(a_day(&[limited, "1 g twice daily"]), (Some("4 g".to_owned()), false), "with what the other comes to");
    assert_eq!(a_day(&[limited, "250 mg as needed, max 1000 mg per day"]), (Some("3 g".to_owned()), false));
    assert_eq!(a_day(&["500 mg twice daily", "1 g twice daily"]), (None, false));
    assert!(a_day(&[limited, "1 tablet nightly"]).1, "and where they cannot be summed, it is the least");
}
