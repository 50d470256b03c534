//! Which passwords are taken (NIST 800-63B-4: length, and none that is guessed first; no composition, no expiry).

use std::{collections::HashSet, io::Read, sync::LazyLock};

use flate2::read::GzDecoder;
use healthcare_application::StoreError;
use secrecy::{ExposeSecret, SecretString};
use unicode_normalization::UnicodeNormalization;

use super::hashing::Busy;

/// NIST 800-63B-4 for a password without a second factor, in characters.
pub const SHORTEST_ALONE: usize = 15;
/// NIST 800-63B-4 for a password beside a second factor, in characters.
pub const SHORTEST_WITH_SECOND_FACTOR: usize = 8;
/// Longer ones would be a way to keep a core busy.
pub const LONGEST: usize = 256;
/// A part of a name that is shorter says nothing of whose it is.
const TELLING: usize = 4;
/// The service, as people put it into their passwords.
const SERVICE: &[&str] = &["healthcare", "hospital", "password"];

/// The common passwords of eight characters and more, of the 30,000 most common ones (zxcvbn 4.5.0, MIT).
static COMMON: LazyLock<HashSet<Box<str>>> = LazyLock::new(|| {
    let mut text = String::new();
    // Embedded when the program was built; a test reads all of it.
    let _whole = GzDecoder::new(&include_bytes!("common-passwords.txt.gz")[..]).read_to_string(&mut text);
    text.lines().map(Into::into).collect()
});

/// Why a password is not taken.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Too short or too long.
    #[error("the password has {0} to 256 characters")]
    Length(usize),
    /// It is among those that are tried first.
    #[error("the password is too common, or repeats itself; choose one that nobody would guess")]
    Common,
    /// It is made of the name of its owner or of the service.
    #[error("the password is made of a name; choose one that does not tell whose it is")]
    Context,
    /// Too many are hashed already.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// The work could not be done.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// One form for what looks the same, however it was typed (NFKC). What is hashed is this, whole.
pub(super) fn normalised(password: &SecretString) -> SecretString {
    password.expose_secret().nfkc().collect::<String>().into()
}

/// Whose password it is going to be.
#[derive(Debug, Clone, Default)]
pub struct Owner<'a> {
    /// The name to sign in with.
    pub username: &'a str,
    /// The person's name.
    pub name: Option<&'a str>,
    /// Whether a second factor is asked for beside it.
    pub second_factor: bool,
}

/// Checks a password that somebody chooses.
///
/// # Errors
/// When it is too short or too long, common, or made of its owner's name.
pub fn check(password: &SecretString, owner: &Owner<'_>) -> Result<(), PasswordError> {
    let password = normalised(password);
    let text = password.expose_secret();
    let shortest = if owner.second_factor { SHORTEST_WITH_SECOND_FACTOR } else { SHORTEST_ALONE };
    if !(shortest..=LONGEST).contains(&text.chars().count()) {
        return Err(PasswordError::Length(shortest));
    }
    let folded = text.to_lowercase();
    if COMMON.contains(folded.as_str()) || repeats(&folded) || counts(&folded) {
        return Err(PasswordError::Common);
    }
    let words = owner.name.unwrap_or_default().to_lowercase();
    let parts = owner.username.split(['.', '-', '_', '@']);
    let words = std::iter::once(owner.username).chain(words.split_whitespace()).chain(parts);
    let telling = words.filter(|word| word.chars().count() >= TELLING).chain(SERVICE.iter().copied());
    // What tells whose it is does not count towards the length.
    let rest = telling.fold(folded.clone(), |rest, word| rest.replace(&word.to_lowercase(), ""));
    let own =
        rest.chars().filter(|c| c.is_alphabetic()).count() + rest.chars().filter(|c| !c.is_alphabetic()).count() / 2;
    if rest != folded && (own < SHORTEST_WITH_SECOND_FACTOR / 2 || COMMON.contains(rest.as_str())) {
        return Err(PasswordError::Context);
    }
    Ok(())
}

/// Whether it is one short piece over and over: `aaaaaaaaaaaaaaa`, `abcabcabcabcabc`.
fn repeats(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    (1..=4).any(|piece| chars.iter().enumerate().all(|(n, c)| *c == chars[n % piece]))
}

/// Whether it counts: `123456789012345`, `abcdefghijklmno`, `zyxwvutsrqponml`.
fn counts(text: &str) -> bool {
    let steps: Vec<i64> = text
        .chars()
        .zip(text.chars().skip(1))
        .map(|(a, b)| i64::from(u32::from(b)) - i64::from(u32::from(a)))
        .collect();
    let steady = |step: i64| steps.iter().filter(|s| **s == step).count() * 10 >= steps.len() * 9;
    steady(1) || steady(-1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(password: &str, owner: &Owner<'_>) -> &'static str {
        match check(&password.to_owned().into(), owner) {
            Ok(()) => "taken",
            Err(PasswordError::Length(_)) => "length",
            Err(PasswordError::Common) => "common",
            Err(PasswordError::Context) => "context",
            Err(PasswordError::Busy(_) | PasswordError::Store(_)) => "other",
        }
    }

    const ADA: Owner<'static> = Owner { username: "ada.placeholt", name: Some("Ada Placeholt"), second_factor: false };

    /// SECURITY 3: 15 characters alone, 8 beside a second factor. SECURITY 4: 64 and more are accepted.
    #[test]
    fn length_is_counted_in_characters() {
        assert_eq!(judged("tall green kite", &ADA), "taken");
        assert_eq!(judged("tall green kit", &ADA), "length");
        let with = Owner { second_factor: true, ..ADA };
        assert_eq!(judged("kt7$ wön", &with), "taken");
        assert_eq!(judged("kt7$ wö", &with), "length");
        let words = "seven tall kites over a green hill, ".repeat(8);
        assert_eq!(judged(&words[..64], &ADA), "taken");
        assert_eq!(judged(&words[..256], &ADA), "taken");
        assert_eq!(judged(&words[..257], &ADA), "length");
        assert_eq!(judged("日本語のながいあいことばですよね", &ADA), "taken");
    }

    /// SECURITY 5: common ones, and ones made of a name, are refused.
    #[test]
    fn what_is_guessed_first_is_refused() {
        let with = Owner { second_factor: true, ..ADA };
        for common in ["password1", "Iloveyou1", "qwertyuiop", "QWERTYUIOP", "trustno1"] {
            assert!(["common", "context"].contains(&judged(common, &with)), "{common}");
        }
        for common in ["aaaaaaaaaaaaaaa", "abcabcabcabcabc", "123456789012345", "abcdefghijklmno"] {
            assert_eq!(judged(common, &ADA), "common", "{common}");
        }
        for own in ["ada.placeholt12", "placeholt-2026!", "Healthcare2026!", "Placeholt Placeholt"] {
            assert_eq!(judged(own, &with), "context", "{own}");
        }
        assert_eq!(judged("correct horse battery staple", &ADA), "taken");
        assert_eq!(judged("my hospital has seven green kites", &ADA), "taken");
    }

    #[test]
    fn the_whole_list_is_there() {
        assert_eq!(COMMON.len(), 11_611);
        assert!(COMMON.iter().all(|one| one.chars().count() >= SHORTEST_WITH_SECOND_FACTOR));
    }

    #[test]
    fn what_looks_the_same_is_the_same() {
        let (composed, apart) = ("K\u{f6}nig und Hof 7".to_owned(), "Ko\u{308}nig und Hof 7".to_owned());
        let normal = |text: String| normalised(&text.into()).expose_secret().to_owned();
        assert_eq!(normal(composed), normal(apart));
    }
}
