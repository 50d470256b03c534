//! Made-up people, the same in every run.

use healthcare_domain::{
    patient::{Address, AdministrativeGender, ContactPoint, Demographics, HumanName},
    reference::Identifier,
};

/// Syllables of names: most of them are rare and few are frequent, as names are.
const BEGINS: [&str; 32] = [
    "Ba", "Be", "Bo", "Bra", "Ca", "Chi", "Da", "De", "Do", "Fa", "Fe", "Fi", "Gar", "Gu", "Ha", "He", "Jo", "Ka",
    "Ko", "La", "Le", "Lo", "Ma", "Mé", "Mo", "Na", "Pe", "Ra", "Ro", "Sa", "Schu", "Wa",
];
const MIDDLES: [&str; 16] = ["r", "rr", "l", "ll", "n", "m", "s", "st", "ck", "nd", "tz", "v", "th", "ph", "g", "sk"];
const ENDS: [&str; 8] = ["a", "er", "ez", "i", "mann", "ová", "sen", "son"];
const GIVEN_ENDS: [&str; 2] = ["a", "o"];
const STREETS: [&str; 4] = ["Street", "Road", "Avenue", "Lane"];
const TOWNS: [&str; 8] = ["Porto", "Braga", "Gaia", "Maia", "Aveiro", "Viseu", "Chaves", "Espinho"];

/// A family name: 4,096 of them.
pub fn family(n: usize) -> String {
    format!("{}{}{}", BEGINS[n % 32], MIDDLES[n / 32 % 16], ENDS[n / 512 % 8])
}

/// A given name: 1,024 of them.
pub fn given(n: usize) -> String {
    format!("{}{}{}", BEGINS[(n * 7 + 3) % 32], MIDDLES[n / 32 % 16], GIVEN_ENDS[n / 512 % 2])
}

/// One of so many for the n-th person: the first of them are had by many, the last by few. What is drawn with one `salt`
/// tells nothing of what is drawn with another.
fn drawn(n: usize, salt: u64, of: u32) -> usize {
    // SplitMix64: neighbours have nothing in common.
    let mut x = (n as u64).wrapping_add(salt << 40).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb) ^ (x >> 31);
    let share = (x >> 11) as f64 / (1_u64 << 53) as f64;
    (f64::from(of) * share.powi(3)) as usize
}

/// The n-th person: two given names, a family name, an address, a telephone, a number of the hospital's.
pub fn person(n: usize) -> Demographics {
    let street = drawn(n, 4, 1_500);
    let (day, month, year) = (n % 28 + 1, n / 28 % 12 + 1, 1930 + n / 336 % 80);
    Demographics {
        identifiers: vec![Identifier { system: "http://hospital.example/mrn".into(), value: format!("MRN-{n:010}") }],
        names: vec![HumanName {
            usage: Some("official".into()),
            family: Some(family(drawn(n, 1, 4_096))),
            given: vec![given(drawn(n, 2, 1_024)), given(drawn(n, 3, 1_024))],
            ..HumanName::default()
        }],
        gender: if n.is_multiple_of(2) { AdministrativeGender::Female } else { AdministrativeGender::Male },
        birth_date: format!("{year}-{month:02}-{day:02}").parse().ok(),
        telecom: vec![ContactPoint {
            system: "phone".into(),
            value: format!("+351 21 {:07}", n % 10_000_000),
            usage: Some("home".into()),
            ..ContactPoint::default()
        }],
        addresses: vec![Address {
            lines: vec![format!("{} {}hof {}", n % 97 + 1, family(street), STREETS[street % 4])],
            city: Some(TOWNS[street % 8].into()),
            postal_code: Some(format!("{:04}-{:03}", 4000 + street % 500, street)),
            country: Some("PT".into()),
            ..Address::default()
        }],
        ..Demographics::default()
    }
}
