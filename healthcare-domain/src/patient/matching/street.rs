//! The words of streets that tell nothing: half of a town lives in a street, a road, a weg.

/// What a way is called in the languages of our hospitals, written out and shortened, and the small words between.
const GENERIC: [&str; 95] = [
    // English
    "street",
    "str",
    "st",
    "road",
    "rd",
    "avenue",
    "ave",
    "av",
    "place",
    "pl",
    "crescent",
    "cres",
    "circuit",
    "cct",
    "close",
    "cl",
    "court",
    "ct",
    "lane",
    "ln",
    "drive",
    "dr",
    "way",
    "terrace",
    "tce",
    "parade",
    "pde",
    "grove",
    "square",
    "sq",
    "boulevard",
    "blvd",
    "highway",
    "hwy",
    "the",
    // German
    "strasse",
    "gasse",
    "weg",
    "platz",
    "allee",
    "ring",
    "ufer",
    "damm",
    "der",
    "die",
    "das",
    "am",
    "im",
    "an",
    "zur",
    "zum",
    // French
    "rue",
    "chemin",
    "route",
    "impasse",
    "quai",
    "de",
    "du",
    "des",
    "la",
    "le",
    "les",
    // Italian, Spanish, Portuguese
    "via",
    "viale",
    "piazza",
    "corso",
    "vicolo",
    "calle",
    "avenida",
    "plaza",
    "paseo",
    "carrer",
    "rua",
    "travessa",
    "praca",
    "largo",
    "estrada",
    "del",
    "della",
    "dos",
    "da",
    "do",
    "los",
    "las",
    "el",
    // Dutch and Nordic
    "straat",
    "laan",
    "plein",
    "gracht",
    "van",
    "het",
    "gata",
    "gatan",
    "vej",
    "vagen",
];

/// Whether a folded word stands in the names of streets everywhere.
pub(super) fn is_generic(word: &str) -> bool {
    GENERIC.contains(&word)
}

/// The words of an address that tell something; all of them where none does.
pub(super) fn telling(words: &[String]) -> Vec<String> {
    let telling: Vec<String> = words.iter().filter(|word| !is_generic(word)).cloned().collect();
    if telling.iter().all(|word| word.chars().all(|c| c.is_ascii_digit())) { words.to_vec() } else { telling }
}

#[cfg(test)]
mod tests {
    use super::{super::text::words, telling};

    #[test]
    fn what_every_street_is_called_tells_nothing() {
        assert_eq!(telling(&words("12 Old Church Lane")), ["12", "old", "church"]);
        assert_eq!(telling(&words("Rue de la Gare 4")), ["gare", "4"]);
        assert_eq!(telling(&words("Am Ring 3")), ["am", "ring", "3"], "a street of that name");
        assert!(telling(&[]).is_empty());
    }
}
