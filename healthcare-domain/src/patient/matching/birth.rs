//! Dates of birth: the same, mistyped, or with day and month exchanged.

use chrono::Datelike;

use super::{Field, Reason, text::edits};
use crate::partial_date::PartialDate;

/// What the dates say beside their weight.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Born {
    /// To the day the same.
    pub exact: bool,
    /// Both are known.
    pub known: bool,
    /// The same, or almost.
    pub near: bool,
    /// They have nothing in common.
    pub differs: bool,
}

/// Compares two dates of birth.
pub(super) fn compare(a: Option<PartialDate>, b: Option<PartialDate>, reasons: &mut Vec<Reason>) -> Born {
    let (Some(a), Some(b)) = (a, b) else { return Born::default() };
    let (says, weight) = judge(a, b);
    reasons.push(Reason::new(Field::BirthDate, says, weight));
    let exact = a == b && matches!(a, PartialDate::Day(_));
    Born { exact, known: true, near: weight >= 4.0, differs: weight < -2.0 }
}

fn judge(a: PartialDate, b: PartialDate) -> (&'static str, f64) {
    use PartialDate as P;
    let year = |date: PartialDate| date.first_day().year();
    match (a, b) {
        (P::Day(x), P::Day(y)) => {
            if x == y {
                return ("is the same", 12.5);
            }
            let text = |d: chrono::NaiveDate| d.format("%Y%m%d").to_string();
            let same = [x.year() == y.year(), x.month() == y.month(), x.day() == y.day()];
            if same[0] && x.day() == y.month() && x.month() == y.day() {
                return ("has day and month exchanged", 9.0);
            }
            let edits = edits(&text(x), &text(y));
            let parts = same.into_iter().filter(|same| *same).count();
            match (edits, parts) {
                (1, _) => ("differs in one digit, or has two exchanged", 8.0),
                (_, 2) => ("differs in the day, the month or the year alone", 4.0),
                (2, _) => ("differs in two digits", 2.0),
                _ if same[0] => ("has the same year alone", -3.0),
                _ => ("differs", -6.5),
            }
        }
        (P::Year(_), _) | (_, P::Year(_)) if year(a) == year(b) => ("has the same year, as far as it is known", 4.5),
        _ if (year(a), a.first_day().month()) == (year(b), b.first_day().month()) => {
            ("has the same month, as far as it is known", 8.0)
        }
        _ => ("differs", -5.0),
    }
}
