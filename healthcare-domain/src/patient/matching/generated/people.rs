//! Who is registered, and who is like them without being them.

use super::{
    Dice, Habits,
    words::{FAMILY, GIVEN, STATE, STREET, TOWN},
};
use crate::{
    patient::{Address, AdministrativeGender, ContactPoint, HumanName, matching::Traits},
    reference::Identifier,
};

pub fn digits(dice: &mut Dice, n: usize) -> String {
    (0..n).map(|_| char::from(b'0' + u8::try_from(dice.below(10)).unwrap())).collect()
}

fn born(dice: &mut Dice) -> String {
    format!("{:04}-{:02}-{:02}", 1925 + dice.below(95), 1 + dice.below(12), 1 + dice.below(28))
}

fn own_number(dice: &mut Dice, habits: Habits) -> Vec<Identifier> {
    let number = Identifier { system: "urn:febrl:soc_sec_id".into(), value: digits(dice, 7) };
    if habits.numbered { vec![number] } else { vec![] }
}

pub fn person(dice: &mut Dice, habits: Habits) -> Traits {
    let name = HumanName {
        family: Some(dice.one(FAMILY).into()),
        given: vec![dice.one(GIVEN).into()],
        ..HumanName::default()
    };
    let phone =
        ContactPoint { system: "phone".into(), value: format!("04{}", digits(dice, 8)), ..ContactPoint::default() };
    let address = Address {
        lines: vec![format!("{} {}", 1 + dice.below(220), dice.one(STREET))],
        city: Some(dice.one(TOWN).into()),
        state: Some(dice.one(STATE).into()),
        postal_code: Some(format!("{}{}", 2 + dice.below(6), digits(dice, 3))),
        ..Address::default()
    };
    let gender = if dice.chance(50) { AdministrativeGender::Female } else { AdministrativeGender::Male };
    Traits {
        identifiers: own_number(dice, habits),
        names: vec![name],
        gender: if habits.phones { gender } else { AdministrativeGender::Unknown },
        birth_date: Some(born(dice).parse().unwrap()),
        telecom: if habits.phones { vec![phone] } else { vec![] },
        addresses: vec![address],
    }
}

/// Another given name, mostly the other sex or not; all else is shared but the number.
pub fn twin(dice: &mut Dice, of: &Traits, habits: Habits) -> Traits {
    let mut twin = Traits { identifiers: own_number(dice, habits), ..of.clone() };
    while twin.names[0].given == of.names[0].given {
        twin.names[0].given = vec![dice.one(GIVEN).into()];
    }
    twin
}

pub fn child_of_one_name(dice: &mut Dice, of: &Traits, habits: Habits) -> Traits {
    Traits { identifiers: own_number(dice, habits), birth_date: Some(born(dice).parse().unwrap()), ..of.clone() }
}

pub fn spouse(dice: &mut Dice, of: &Traits, habits: Habits) -> Traits {
    Traits { birth_date: Some(born(dice).parse().unwrap()), ..twin(dice, of, habits) }
}

/// The same name elsewhere.
pub fn namesake(dice: &mut Dice, of: &Traits, habits: Habits) -> Traits {
    Traits { names: of.names.clone(), ..person(dice, habits) }
}
