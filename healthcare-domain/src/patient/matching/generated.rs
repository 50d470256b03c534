//! People as registration desks write them: originals, duplicates with what goes wrong in practice, and those who are
//! not the same however alike they are. Seeded, so that a figure can be had again.

use super::Traits;
use crate::{
    patient::{Address, AdministrativeGender, ContactPoint, HumanName},
    reference::Identifier,
};

/// A small generator of numbers (SplitMix64); nothing depends on its quality but variety.
pub struct Dice(pub u64);

impl Dice {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    /// Below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(n).unwrap()).unwrap()
    }
    /// With a probability in percent.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
    pub fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        // The first are the more frequent, as names are.
        let (a, b) = (self.below(of.len()), self.below(of.len()));
        of[a.min(b)]
    }
}

const GIVEN: &[&str] = &[
    "emily",
    "jack",
    "joshua",
    "lachlan",
    "thomas",
    "sophie",
    "isabella",
    "james",
    "ella",
    "chloe",
    "benjamin",
    "georgia",
    "jessica",
    "daniel",
    "matthew",
    "olivia",
    "nicholas",
    "mitchell",
    "william",
    "sarah",
    "samuel",
    "ruby",
    "alexandra",
    "hannah",
    "charlotte",
    "mia",
    "jayden",
    "lucy",
    "ethan",
    "grace",
    "ana",
    "mohammed",
    "katarzyna",
    "jose",
    "fatima",
    "giovanni",
    "anneliese",
    "siobhan",
    "bjorn",
    "yuki",
    "abigail",
    "zachary",
    "tiffany",
    "brock",
    "keely",
    "caitlin",
    "stephanie",
    "christopher",
    "jean-pierre",
    "maria luisa",
    "darcie",
    "finn",
    "imogen",
    "noah",
    "paige",
    "rourke",
];
const FAMILY: &[&str] = &[
    "white",
    "clarke",
    "campbell",
    "nguyen",
    "ryan",
    "webb",
    "green",
    "smith",
    "jones",
    "reid",
    "wilson",
    "matthews",
    "miles",
    "coleman",
    "berry",
    "waller",
    "harrington",
    "sondergeld",
    "lanyon",
    "bruhn",
    "mccarthy",
    "o'neill",
    "painter",
    "neumann",
    "ferreira",
    "kowalski",
    "van der berg",
    "muller",
    "schmidt",
    "rodriguez",
    "hernandez",
    "fitzgerald",
    "pascoe",
    "dixon",
    "meyer",
    "tran",
    "papadopoulos",
    "rossi",
    "blake",
    "goode",
    "leopold",
    "thorpe",
    "stubbs",
    "zilm",
    "crouch",
    "egan",
    "hinchliffe",
    "jolly",
    "kranz",
    "lodge",
    "mundy",
    "noble",
    "oakley",
    "quilliam",
    "renfrey",
    "swann",
];
const STREET: &[&str] = &[
    "tullaroop street",
    "giblin street",
    "goldfinch circuit",
    "maltby circuit",
    "forbes street",
    "milne cove",
    "wallaby place",
    "pridham street",
    "stanley street",
    "pinkerton circuit",
    "light street",
    "edkins street",
    "burkitt street",
    "florence taylor street",
    "macpherson avenue",
    "harrington crescent",
    "beasley street",
    "station road",
    "church lane",
    "ratcliffe crescent",
    "kitchener close",
    "sid barnes crescent",
    "bunny street",
];
const TOWN: &[&str] = &[
    "st james",
    "bittern",
    "canterbury",
    "coolaroo",
    "kellerberrin",
    "beaconsfield upper",
    "cleveland",
    "marsden",
    "winston hills",
    "richlands",
    "windermere",
    "north ryde",
    "toowoomba",
    "mount gambier",
    "wagga wagga",
    "bendigo",
    "alice springs",
    "launceston",
    "albury",
    "frankston",
    "geelong west",
    "port macquarie",
    "kalgoorlie",
];
const STATE: &[&str] = &["nsw", "vic", "qld", "wa", "sa", "tas", "act", "nt"];

/// A registration, whose it truly is.
#[derive(Clone)]
pub struct Registration {
    pub person: usize,
    pub traits: Traits,
}

/// How badly a set is written.
#[derive(Clone, Copy)]
pub struct Habits {
    /// Mistakes of one registration at the most.
    pub mistakes: usize,
    /// Percent of fields that are left empty.
    pub missing: usize,
    /// Whether people have a state's number.
    pub numbered: bool,
    /// Whether telephone and sex are asked for.
    pub phones: bool,
}

/// `people` persons with up to `copies` further registrations each, and as many others who are alike: twins, parents of
/// the same name, spouses, namesakes.
pub fn registrations(seed: u64, people: usize, copies: usize, habits: Habits) -> Vec<Registration> {
    let mut dice = Dice(seed);
    let mut all: Vec<Registration> = vec![];
    let mut next = 0;
    for _ in 0..people {
        let original = person(&mut dice, habits);
        let mut family = vec![original.clone()];
        match dice.below(10) {
            0 => family.push(twin(&mut dice, &original, habits)),
            1 => family.push(child_of_one_name(&mut dice, &original, habits)),
            2 => family.push(spouse(&mut dice, &original, habits)),
            3 => family.push(namesake(&mut dice, &original, habits)),
            _ => {}
        }
        for one in family {
            for _ in 0..dice.below(copies + 1) {
                let traits = written(&mut dice, &one, habits);
                all.push(Registration { person: next, traits });
            }
            all.push(Registration { person: next, traits: emptied(&mut dice, &one, habits) });
            next += 1;
        }
    }
    all
}

fn digits(dice: &mut Dice, n: usize) -> String {
    (0..n).map(|_| char::from(b'0' + u8::try_from(dice.below(10)).unwrap())).collect()
}

fn born(dice: &mut Dice) -> String {
    format!("{:04}-{:02}-{:02}", 1925 + dice.below(95), 1 + dice.below(12), 1 + dice.below(28))
}

fn own_number(dice: &mut Dice, habits: Habits) -> Vec<Identifier> {
    let number = Identifier { system: "urn:febrl:soc_sec_id".into(), value: digits(dice, 7) };
    if habits.numbered { vec![number] } else { vec![] }
}

fn person(dice: &mut Dice, habits: Habits) -> Traits {
    let name = HumanName {
        family: Some(dice.one(FAMILY).into()),
        given: vec![dice.one(GIVEN).into()],
        ..HumanName::default()
    };
    let phone = ContactPoint { system: "phone".into(), value: format!("04{}", digits(dice, 8)), usage: None };
    let address = Address {
        lines: vec![format!("{} {}", 1 + dice.below(220), dice.one(STREET))],
        city: Some(dice.one(TOWN).into()),
        state: Some(dice.one(STATE).into()),
        postal_code: Some(format!("{}{}", 2 + dice.below(6), digits(dice, 3))),
        country: None,
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
fn twin(dice: &mut Dice, of: &Traits, habits: Habits) -> Traits {
    let mut twin = Traits { identifiers: own_number(dice, habits), ..of.clone() };
    while twin.names[0].given == of.names[0].given {
        twin.names[0].given = vec![dice.one(GIVEN).into()];
    }
    twin
}

fn child_of_one_name(dice: &mut Dice, of: &Traits, habits: Habits) -> Traits {
    Traits { identifiers: own_number(dice, habits), birth_date: Some(born(dice).parse().unwrap()), ..of.clone() }
}

fn spouse(dice: &mut Dice, of: &Traits, habits: Habits) -> Traits {
    Traits { birth_date: Some(born(dice).parse().unwrap()), ..twin(dice, of, habits) }
}

/// The same name elsewhere.
fn namesake(dice: &mut Dice, of: &Traits, habits: Habits) -> Traits {
    Traits { names: of.names.clone(), ..person(dice, habits) }
}

/// The same person, registered again in a hurry.
fn written(dice: &mut Dice, of: &Traits, habits: Habits) -> Traits {
    let mut traits = of.clone();
    for _ in 0..1 + dice.below(habits.mistakes) {
        mistake(dice, &mut traits);
    }
    emptied(dice, &traits, habits)
}

fn mistake(dice: &mut Dice, traits: &mut Traits) {
    match dice.below(12) {
        0 | 1 => change(dice, traits.names[0].family.as_mut()),
        2 | 3 => change(dice, traits.names[0].given.first_mut()),
        4 => {
            let family = traits.names[0].family.take().unwrap_or_default();
            let given = std::mem::replace(&mut traits.names[0].given, vec![family]);
            traits.names[0].family = Some(given.join(" "));
        }
        5 | 6 => misdate(dice, traits),
        7 => change(dice, traits.addresses[0].lines.first_mut()),
        8 => change(dice, traits.addresses[0].city.as_mut()),
        9 => misnumber(dice, traits.addresses[0].postal_code.as_mut()),
        10 => misnumber(dice, traits.identifiers.first_mut().map(|i| &mut i.value)),
        _ => {
            // Moved, or wed.
            if dice.chance(50) {
                traits.addresses = vec![Address {
                    lines: vec![format!("{} {}", 1 + dice.below(220), dice.one(STREET))],
                    city: Some(dice.one(TOWN).into()),
                    state: traits.addresses[0].state.clone(),
                    postal_code: Some(format!("{}{}", 2 + dice.below(6), digits(dice, 3))),
                    country: None,
                }];
            } else {
                misnumber(dice, traits.telecom.first_mut().map(|c| &mut c.value));
            }
        }
    }
}

/// A slip of the finger, of the ear or of the eye.
fn change(dice: &mut Dice, text: Option<&mut String>) {
    const HEARD: [(&str, &str); 10] = [
        ("ph", "f"),
        ("y", "i"),
        ("ie", "y"),
        ("c", "k"),
        ("tt", "t"),
        ("ll", "l"),
        ("er", "a"),
        ("ck", "k"),
        ("mc", "mac"),
        ("ei", "ai"),
    ];
    const SEEN: [(&str, &str); 8] =
        [("m", "rn"), ("l", "1"), ("o", "0"), ("d", "cl"), ("w", "vv"), ("g", "q"), ("s", "5"), ("b", "h")];
    let Some(text) = text else { return };
    let mut letters: Vec<char> = text.chars().collect();
    if letters.len() < 2 {
        return;
    }
    let at = dice.below(letters.len() - 1);
    let letter = char::from(b'a' + u8::try_from(dice.below(26)).unwrap());
    match dice.below(7) {
        0 => letters.swap(at, at + 1),
        1 => drop(letters.remove(at)),
        2 => letters.insert(at, letter),
        3 => letters[at] = letter,
        4 => letters.insert(at, ' '),
        5 => {
            let (from, to) = HEARD[dice.below(HEARD.len())];
            letters = text.replacen(from, to, 1).chars().collect();
        }
        _ => {
            let (from, to) = SEEN[dice.below(SEEN.len())];
            letters = text.replacen(from, to, 1).chars().collect();
        }
    }
    *text = letters.into_iter().collect();
}

fn misnumber(dice: &mut Dice, number: Option<&mut String>) {
    let Some(number) = number else { return };
    let mut all: Vec<char> = number.chars().collect();
    let at = dice.below(all.len() - 1);
    if dice.chance(50) {
        all.swap(at, at + 1);
    } else {
        all[at] = char::from(b'0' + u8::try_from(dice.below(10)).unwrap());
    }
    *number = all.into_iter().collect();
}

/// Another digit, neighbours exchanged, or day and month: if that is a date.
fn misdate(dice: &mut Dice, traits: &mut Traits) {
    let Some(date) = traits.birth_date else { return };
    let text = date.to_string();
    let (year, rest) = text.split_at(4);
    let changed = match dice.below(3) {
        0 if text.len() == 10 => format!("{year}-{}-{}", &rest[4..6], &rest[1..3]),
        1 => {
            let mut parts = text.replace('-', "");
            misnumber(dice, Some(&mut parts));
            format!("{}-{}-{}", &parts[..4], &parts[4..6], &parts[6..])
        }
        _ => format!("{year}{}-{:02}", &rest[..3], 1 + dice.below(28)),
    };
    traits.birth_date = changed.parse().ok().or(traits.birth_date);
}

fn emptied(dice: &mut Dice, of: &Traits, habits: Habits) -> Traits {
    let mut traits = of.clone();
    let missing = habits.missing;
    if dice.chance(missing) {
        traits.identifiers.clear();
    }
    if dice.chance(missing) {
        traits.birth_date = None;
    }
    if dice.chance(missing) {
        traits.telecom.clear();
    }
    if dice.chance(missing) {
        traits.addresses[0].city = None;
    }
    if dice.chance(missing) {
        traits.addresses[0].postal_code = None;
    }
    if dice.chance(missing) {
        traits.names[0].given.clear();
    } else if dice.chance(missing) {
        traits.names[0].family = None;
    }
    traits
}
