//! "Did you mean": the known name that is nearest to an unknown one.

/// The nearest of the known names, if it is near: at most a third of the letters differ. Of equals the first by name.
pub(crate) fn nearest<'a>(unknown: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let far = (unknown.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|name| (distance(unknown, name), name))
        .filter(|(distance, _)| *distance <= far)
        .min()
        .map(|(_, name)| name)
}

/// A reason that names an unknown thing, and the one that may be meant.
pub(crate) fn unknown<'a>(what: &str, name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    // What nobody would call a name is not compared.
    let meant = if name.len() <= 64 { nearest(name, known) } else { None };
    match meant {
        Some(meant) => format!("unknown {what} `{name}`; did you mean `{meant}`?"),
        None => format!("unknown {what} `{name}`"),
    }
}

/// How many letters have to be put in, taken out or changed (Levenshtein 1965).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (nth, letter) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = nth + 1;
        for (place, other) in b.iter().enumerate() {
            let changed = diagonal + usize::from(letter != *other);
            diagonal = row[place + 1];
            row[place + 1] = changed.min(row[place] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_a_slip_of_the_pen_when_looked_up_then_the_nearest_name_is_told() {
        let known = ["potassium", "sodium", "glucose", "asthma"];
        assert_eq!(nearest("potasium", known), Some("potassium"));
        assert_eq!(nearest("sodium", known), Some("sodium"));
        assert_eq!(nearest("sodum", known), Some("sodium"));
        assert_eq!(nearest("lead", known), None);
        assert_eq!(nearest("", known), None);
        assert_eq!(unknown("value set", "glucoze", known), "unknown value set `glucoze`; did you mean `glucose`?");
        assert_eq!(unknown("value set", "x", known), "unknown value set `x`");
    }

    #[test]
    fn given_two_words_when_compared_then_the_distance_is_the_least_number_of_changes() {
        for (a, b, expected) in
            [("", "", 0), ("a", "", 1), ("kitten", "sitting", 3), ("flaw", "lawn", 2), ("é", "e", 1)]
        {
            assert_eq!((distance(a, b), distance(b, a)), (expected, expected), "{a} {b}");
        }
    }
}
