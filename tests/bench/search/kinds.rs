//! What is asked, and of whom. Every search differs from the last, and somebody answers to each.

use super::{
    finds::Finds,
    generated::{FAMILIES, GIVENS, PATIENTS, Person, accented, family, given},
};

/// A search.
pub struct Search {
    /// Its query string.
    pub query: String,
    /// Whom it has to find.
    pub finds: Finds,
}

impl Search {
    fn new(query: String, finds: Finds) -> Self {
        Self { query, finds }
    }

    /// By the beginnings of names.
    fn named<const N: usize>(order: &str, words: [&str; N]) -> Self {
        let query = format!("{order}name={}", words.map(encoded).join("%20"));
        Self::new(query, Finds::Called(words.map(str::to_owned).into()))
    }

    /// By what names sound like.
    fn heard<const N: usize>(order: &str, words: [&str; N]) -> Self {
        let query = format!("{order}sounds_like={}", words.map(encoded).join("%20"));
        Self::new(query, Finds::Sounding(words.map(str::to_owned).into()))
    }
}

/// A kind of search: its name, and what is asked the n-th time.
pub type Kind = (&'static str, fn(usize) -> Search);

/// Frequent names and rare ones alike.
fn some(n: usize) -> String {
    family(n * n * 37 % FAMILIES)
}

/// The n-th person who is looked for: whoever is registered is as likely as anybody, so that what is frequent comes often.
fn somebody(n: usize) -> Person {
    Person::of(1 + u32::try_from(n * 997).unwrap_or_default() % PATIENTS)
}

/// The names of somebody.
fn names(n: usize) -> (String, String) {
    let person = somebody(n);
    (family(person.family), given(person.given))
}

/// As a query string has it.
fn encoded(text: &str) -> String {
    let byte =
        |byte: u8| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(byte).collect()
}

const IN_ORDER: &str = "sort=name&";

/// The kinds.
pub fn kinds() -> Vec<Kind> {
    vec![
        ("by a family name", |n| Search::named("", [&some(n)])),
        ("by a family name with accents", |n| {
            let name = some(n);
            Search::new(format!("name={}", encoded(&accented(&name))), Finds::Called(vec![name]))
        }),
        ("by three letters", |n| Search::named("", [&some(n)[..3]])),
        ("by one letter", |n| Search::named("", [&some(n)[..1]])),
        ("by the beginnings of two names", |n| {
            let (family, given) = names(n);
            Search::named("", [&family[..4], &given[..3]])
        }),
        ("by two whole names", |n| {
            let (family, given) = names(n);
            Search::named("", [&family, &given])
        }),
        ("by two letters of two names", |n| {
            let (family, given) = names(n);
            Search::named("", [&family[..2], &given[..2]])
        }),
        ("by name and in its order", |n| Search::named(IN_ORDER, [&some(n)[..4]])),
        ("by two names and in their order", |n| {
            let (family, given) = names(n);
            Search::named(IN_ORDER, [&family[..3], &given[..2]])
        }),
        ("by one letter and in the order of names", |n| Search::named(IN_ORDER, [&some(n)[..1]])),
        ("by one letter of two names and in their order", |n| {
            let (family, given) = names(n);
            Search::named(IN_ORDER, [&family[..1], &given[..1]])
        }),
        ("by two letters of two names and in their order", |n| {
            let (family, given) = names(n);
            Search::named(IN_ORDER, [&family[..2], &given[..2]])
        }),
        ("by a whole given name and in the order of names", |n| Search::named(IN_ORDER, [&given(n % GIVENS)])),
        ("by sound and in the order of names", |n| Search::heard(IN_ORDER, [&some(n)])),
        ("by the sound of two names and in their order", |n| {
            let (family, given) = names(n);
            Search::heard(IN_ORDER, [&family, &given])
        }),
        ("by sound", |n| Search::heard("", [&some(n)])),
        ("by the sound of two names", |n| {
            let (family, given) = names(n);
            Search::heard("", [&family, &given])
        }),
        ("by birth date", |n| {
            let person = somebody(n);
            Search::new(format!("birth_date={}", person.born), Finds::This(person.id()))
        }),
        ("by name and birth date", |n| {
            let person = somebody(n);
            let query = format!("name={}&birth_date={}", &family(person.family)[..3], person.born);
            Search::new(query, Finds::This(person.id()))
        }),
        ("by identifier", |n| {
            let person = somebody(n);
            Search::new(format!("identifier={}", person.number()), Finds::This(person.id()))
        }),
        ("by telephone number", |n| {
            let person = somebody(n);
            Search::new(format!("phone=%2B{}", person.phone()), Finds::This(person.id()))
        }),
        ("by its last four digits", |n| {
            let phone = somebody(n).phone();
            let last = &phone[phone.len() - 4..];
            Search::new(format!("phone={last}"), Finds::Reached(last.to_owned()))
        }),
        ("the next page by a letter", |n| {
            let person = somebody(n);
            let letter = &family(person.family)[..1];
            let query = format!("sort=name&name={letter}&cursor={}", person.id());
            Search::new(query, Finds::Called(vec![letter.to_owned()]))
        }),
        ("the next page by name", |n| {
            Search::new(format!("sort=name&cursor={}", somebody(n).id()), Finds::Called(vec![]))
        }),
    ]
}
