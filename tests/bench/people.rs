//! Made-up people, the same in every run.

use healthcare_domain::{
    patient::{Address, AdministrativeGender, ContactPoint, Demographics, HumanName},
    reference::Identifier,
};

const FAMILIES: &[&str] = &[
    "Ferreira",
    "Okafor",
    "Lindqvist",
    "Haddad",
    "Novák",
    "Brennan",
    "Tanaka",
    "Moreau",
    "Kowalska",
    "Iyer",
    "Müller",
    "Sørensen",
    "Castillo",
    "Nguyen",
    "Abebe",
    "Petrov",
];
const GIVEN: &[&str] = &[
    "Ana", "Chidi", "Elsa", "Omar", "Jana", "Liam", "Yuki", "Camille", "Zofia", "Ravi", "Jonas", "Freja", "Lucía",
    "Minh", "Selam", "Ivan",
];

/// The n-th person: two given names, a family name, an address, a telephone, a number of the hospital's.
pub fn person(n: usize) -> Demographics {
    let of = |list: &[&str], n: usize| list[n % list.len()].to_owned();
    let (day, month, year) = (n % 28 + 1, n / 28 % 12 + 1, 1930 + n / 336 % 80);
    Demographics {
        identifiers: vec![Identifier { system: "http://hospital.example/mrn".into(), value: format!("MRN-{n:010}") }],
        names: vec![HumanName {
            usage: Some("official".into()),
            family: Some(of(FAMILIES, n)),
            given: vec![of(GIVEN, n / 16), of(GIVEN, n / 7)],
            ..HumanName::default()
        }],
        gender: if n.is_multiple_of(2) { AdministrativeGender::Female } else { AdministrativeGender::Male },
        birth_date: format!("{year}-{month:02}-{day:02}").parse().ok(),
        telecom: vec![ContactPoint {
            system: "phone".into(),
            value: format!("+351 21 {:03} {:04}", n % 1000, n % 10_000),
            usage: Some("home".into()),
            ..ContactPoint::default()
        }],
        addresses: vec![Address {
            lines: vec![format!("{} Harbour Street", n % 300 + 1)],
            city: Some("Porto".into()),
            postal_code: Some(format!("{:04}-{:03}", 4000 + n % 500, n % 1000)),
            country: Some("PT".into()),
            ..Address::default()
        }],
        ..Demographics::default()
    }
}
