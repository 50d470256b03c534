//! A million people. Their names are drawn from 4,096 family and 1,024 given names of which few are frequent and most are
//! rare, as names are; every third has two given names, and every fifth family name is written with an accent.

use chrono::{Days, NaiveDate};

/// How many there are.
pub const PATIENTS: u32 = 1_000_000;
/// How many family names.
pub const FAMILIES: usize = 4_096;
/// How many given names.
pub const GIVENS: usize = 1_024;
/// A prime above the number of people: what is drawn by it differs from one to the next and comes back for nobody.
const PRIME: u64 = 1_000_003;

const BEGINS: [&str; 32] = [
    "ba", "be", "bo", "bra", "ca", "chi", "da", "de", "do", "fa", "fe", "fi", "gar", "gu", "ha", "he", "jo", "ka",
    "ko", "la", "le", "lo", "ma", "me", "mo", "na", "pe", "ra", "ro", "sa", "schu", "wa",
];
const MIDDLES: [&str; 16] = ["r", "rr", "l", "ll", "n", "m", "s", "st", "ck", "nd", "tz", "v", "th", "ph", "g", "sk"];
const ENDS: [&str; 8] = ["a", "er", "ez", "i", "mann", "ova", "sen", "son"];
const GIVEN_ENDS: [&str; 2] = ["a", "o"];

/// A family name without accents, of [`FAMILIES`].
pub fn family(n: usize) -> String {
    format!("{}{}{}", BEGINS[n % 32], MIDDLES[n / 32 % 16], ENDS[n / 512 % 8])
}

/// How it is written in the record.
pub fn family_as_written(n: usize) -> String {
    if n.is_multiple_of(5) { accented(&family(n)) } else { family(n) }
}

/// A given name, of [`GIVENS`].
pub fn given(n: usize) -> String {
    format!("{}{}{}", BEGINS[(n * 7 + 3) % 32], MIDDLES[n / 32 % 16], GIVEN_ENDS[n / 512 % 2])
}

/// A word with an accent on each of its vowels.
pub fn accented(word: &str) -> String {
    let with = |letter| match letter {
        'a' => 'ä',
        'e' => 'é',
        'i' => 'í',
        'o' => 'ø',
        'u' => 'ü',
        other => other,
    };
    word.chars().map(with).collect()
}

/// One of the people.
pub struct Person {
    /// Which, from 1 on: also the number at the end of their identity and of their record number.
    pub n: u32,
    /// Their family name.
    pub family: usize,
    /// Their given name.
    pub given: usize,
    /// The second one.
    pub middle: Option<usize>,
    /// When they were born.
    pub born: NaiveDate,
}

impl Person {
    /// The n-th of them. Of the names small numbers come often: one in sixteen people has the first of the family names.
    pub fn of(n: u32) -> Self {
        let drawn = |by: u64, names: usize, power: u32| {
            let share = u128::from(u64::from(n) * by % PRIME);
            usize::try_from(names as u128 * share.pow(power) / u128::from(PRIME).pow(power)).unwrap_or_default()
        };
        Self {
            n,
            family: drawn(7_919, FAMILIES, 3),
            given: drawn(104_729, GIVENS, 2),
            middle: n.is_multiple_of(3).then(|| drawn(15_485_863, GIVENS, 2)),
            born: NaiveDate::default() - Days::new(14_610) + Days::new(u64::from(n) * 31 % 32_000),
        }
    }

    /// Their identity, in the order of registration.
    pub fn id(&self) -> String {
        format!("01990000-0000-7000-8000-{:012x}", self.n)
    }

    /// Their record number.
    pub fn number(&self) -> String {
        format!("N-{:09}", self.n)
    }

    /// Their telephone number, without the plus.
    pub fn phone(&self) -> String {
        format!("41{}", 400_000_000 + u64::from(self.n) * 7_919 % 99_999_989)
    }
}
