//! What names sound like: Double Metaphone (Philips, C/C++ Users Journal, June 2000), which knows English, German, Slavic,
//! Romance and Chinese spellings and gives two codes where a name may be said in two ways.

use rphonetic::DoubleMetaphone;

/// The codes of words that were folded, sorted. Words of other scripts than Latin have none: they are found as they are
/// written.
pub fn sounds<'a>(words: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let encoder = DoubleMetaphone::default();
    let mut codes = Vec::new();
    for word in words.into_iter().filter(|word| word.chars().all(|c| c.is_ascii_alphabetic())) {
        let said = encoder.double_metaphone(word);
        codes.extend([said.primary(), said.alternate()]);
    }
    codes.retain(|code| !code.is_empty());
    codes.sort_unstable();
    codes.dedup();
    codes
}

#[cfg(test)]
mod tests {
    use super::sounds;

    #[test]
    fn names_that_sound_alike_share_a_code() {
        for (one, other) in [
            ("meyer", "maier"),
            ("schmidt", "smith"),
            ("catherine", "kathryn"),
            ("stephen", "steven"),
            ("philip", "filip"),
            ("ferreira", "fereira"),
        ] {
            let (one, other) = (sounds([one]), sounds([other]));
            assert!(one.iter().any(|code| other.contains(code)), "{one:?} {other:?}");
        }
        let (one, other) = (sounds(["ferreira"]), sounds(["lind"]));
        assert!(!one.iter().any(|code| other.contains(code)));
    }

    #[test]
    fn what_cannot_be_said_has_no_code() {
        assert!(sounds(["иванов", "李", "x2", ""]).is_empty());
    }
}
