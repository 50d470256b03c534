//! Ingredients out of product names: "24 HR metoprolol succinate 100 MG Extended Release Oral Tablet",
//! "Amoxicillin 250 MG / Clavulanate 125 MG Oral Tablet", "1 ML Epoetin Alfa 4000 UNT/ML Injection \[Epogen\]".

use super::{IngredientId, Knowledge, KnowledgeMap};
use crate::text::Text;

/// What a name told.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) ingredients: Vec<IngredientId>,
    /// Words that are neither a drug nor a strength, salt or dose form.
    pub(super) unknown: Option<Text>,
    /// Whether the dose form is one that acts where it is put: a cream, eye drops.
    pub(super) local: bool,
}

impl Knowledge {
    /// Reads a name from left to right, taking the longest known ingredient or brand at each place. Strengths,
    /// salts and dose forms are passed over. The brand in brackets is read only if nothing else is known.
    pub(super) fn ingredients_named(&self, name: &str) -> Named {
        if !name.contains(['[', ']']) {
            return self.scan(name);
        }
        let (generic, brand) = split_brand(name);
        let named = self.scan(&generic);
        if named.ingredients.is_empty() && !brand.is_empty() {
            let by_brand = self.scan(&brand);
            if !by_brand.ingredients.is_empty() {
                return Named { ingredients: by_brand.ingredients, unknown: None, local: named.local };
            }
        }
        named
    }

    fn scan(&self, words: &str) -> Named {
        let normalised = normalise(words);
        let (mut ingredients, mut unknown, mut local) = (vec![], String::new(), false);
        let mut rest = normalised.as_str();
        while !rest.is_empty() {
            let first = &rest[..first_word(rest)];
            let word = self.words_of_names.get(first).copied().unwrap_or_default();
            if let Some((found, length)) = self.longest_name_of(word.longest, rest) {
                ingredients.extend_from_slice(found);
                rest = rest.get(length + 1..).unwrap_or_default();
                continue;
            }
            local |= word.local;
            if !word.passed_over && !is_a_number(first) {
                if !unknown.is_empty() {
                    unknown.push(' ');
                }
                unknown.push_str(first);
            }
            rest = rest.get(first.len() + 1..).unwrap_or_default();
        }
        Named { ingredients, unknown: (!unknown.is_empty()).then(|| unknown.into()), local }
    }

    /// The longest name that begins with the first of these words, and how many words it has.
    pub(super) fn longest_name_at(&self, tokens: &[&str]) -> Option<(&[IngredientId], usize)> {
        let word = tokens.first().and_then(|first| self.words_of_names.get(*first))?;
        let words = tokens[..tokens.len().min(word.longest)].join(" ");
        let (found, length) = self.longest_name_of(word.longest, &words)?;
        Some((found, words[..length].split(' ').count()))
    }

    /// The longest name of at most so many words that these normalised ones begin with, and how many bytes it has.
    fn longest_name_of<'k>(&'k self, longest: usize, words: &str) -> Option<(&'k [IngredientId], usize)> {
        let (mut longest_yet, mut end) = (None, 0);
        for nth in 0..longest {
            if nth > 0 {
                end += 1;
            }
            if end >= words.len() {
                break;
            }
            end += first_word(&words[end..]);
            if let Some(found) = self.by_name.get(&words[..end]) {
                longest_yet = Some((found.as_slice(), end));
            }
        }
        longest_yet
    }
}

/// How many bytes the first of normalised words has. They are short: looking at each byte is quicker than a search.
fn first_word(words: &str) -> usize {
    words.bytes().position(|byte| byte == b' ').unwrap_or(words.len())
}

/// What a word means where it stands in a product's name, looked up once a word.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Word {
    /// How many words the longest name has that begins with it; 0 where none does.
    longest: usize,
    /// Whether it is a unit, a salt, a dose form or a small word.
    passed_over: bool,
    /// Whether it is a form that acts where it is put.
    local: bool,
}

/// The words of names, before any name is known.
pub(super) fn words_of_names() -> KnowledgeMap<Text, Word> {
    let mut words: KnowledgeMap<Text, Word> = KnowledgeMap::default();
    for word in PASSED_OVER {
        words.entry(Text::from(*word)).or_default().passed_over = true;
    }
    for word in LOCAL_FORMS {
        words.entry(Text::from(word)).or_default().local = true;
    }
    words
}

/// Takes a name, normalised, among those that are looked for.
pub(super) fn begins_a_name(words: &mut KnowledgeMap<Text, Word>, name: &str) {
    let first = name.split(' ').next().unwrap_or_default();
    let word = words.entry(Text::from(first)).or_default();
    word.longest = word.longest.max(name.split(' ').count());
}

/// Lower case, with a single space between words: the form in which names are compared.
pub(super) fn normalise(words: &str) -> String {
    let mut normalised = String::with_capacity(words.len());
    // Whether a space would be one too many: before the first word, and after another.
    let mut spaced = true;
    for character in words.chars() {
        let keep = character.is_alphanumeric() || matches!(character, '.' | '%' | '\'');
        if keep && character.is_ascii() {
            normalised.push(character.to_ascii_lowercase());
        } else if keep {
            normalised.extend(character.to_lowercase());
        } else if !spaced {
            normalised.push(' ');
        }
        spaced = !keep;
    }
    normalised.truncate(normalised.trim_end_matches([' ', '.']).len());
    normalised
}

/// The words outside of brackets, and those inside.
fn split_brand(name: &str) -> (String, String) {
    let (mut generic, mut brand) = (String::with_capacity(name.len()), String::new());
    let mut depth = 0u32;
    for character in name.chars() {
        match character {
            '[' => depth += 1,
            ']' => {
                depth = depth.saturating_sub(1);
                brand.push(' ');
            }
            _ if depth > 0 => brand.push(character),
            _ => generic.push(character),
        }
    }
    (generic, brand)
}

/// A strength, a letter or the number of an application: passed over, whatever it is.
fn is_a_number(token: &str) -> bool {
    token.len() == 1
        || token.starts_with(|first: char| first.is_ascii_digit() || first == '.')
        || is_application_number(token)
}

/// `NDA020800`, the number of a drug's application, which RxNorm puts before some names.
fn is_application_number(token: &str) -> bool {
    ["anda", "nda", "bla"].iter().any(|prefix| {
        token.strip_prefix(prefix).is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
    })
}

/// Forms that act where they are put; hardly anything of them reaches the blood.
const LOCAL_FORMS: [&str; 18] = [
    "cream",
    "ear",
    "eye",
    "lotion",
    "mouthwash",
    "ointment",
    "ophthalmic",
    "otic",
    "pad",
    "pads",
    "shampoo",
    "swab",
    "swabs",
    "toothpaste",
    "topical",
    "vaginal",
    "wipe",
    "wipes",
];

/// Units, salts, dose forms and small words, sorted.
#[rustfmt::skip]
const PASSED_OVER: &[&str] = &[
    "abuse", "acetate", "acetonide", "actuat", "actuated", "actuation", "adult", "aerosol", "alafenamide",
    "alfa", "ampoule", "ampule", "and", "anhydrous", "arginine", "as", "aspartate", "at", "auto", "axetil",
    "bag", "bar", "base", "bedtime", "benzathine", "benzoate", "besilate", "besylate", "bid", "biphasic",
    "bitartrate", "blister", "bolus", "bottle", "bovine", "breath", "breathactuated", "bromide", "buccal",
    "butyrate", "by", "calcium", "camsylate", "cap", "caps", "capsule", "capsules", "carbonate", "carton",
    "cartridge", "chewable", "chloride", "choline", "cilexetil", "citrate", "cleanser", "coated",
    "combination", "compounding", "concentrate", "continuous", "cream", "cup", "cypionate", "daily", "day",
    "days", "decanoate", "delayed", "deterrent", "device", "diacetate", "diethylamine", "dihydrate",
    "dihydrochloride", "dimeglumine", "dimesylate", "dipotassium", "dipropionate", "disintegrating",
    "disodium", "disoproxil", "dispenser", "dispersible", "disphosphate", "ditosylate", "dosage", "dose",
    "dosing", "dr", "drops", "drug", "dry", "ds", "ear", "ec", "edisylate", "effervescent", "elixir",
    "embonate", "emulsion", "enanthate", "enema", "enteric", "epolamine", "er", "erbumine", "estolate",
    "esylate", "etabonate", "etexilate", "ethylsuccinate", "every", "extended", "external", "extra", "eye",
    "filled", "film", "fixed", "flash", "flush", "foam", "for", "form", "formate", "formula", "forte", "free",
    "fumarate", "furoate", "gas", "gastro", "gel", "globules", "gluconate", "glycolate", "gram", "granules",
    "gum", "hbr", "hcl", "hemihydrate", "hexahydrate", "hfa", "high", "hippurate", "hour", "hours", "hr",
    "human", "hyclate", "hydrate", "hydrobromide", "hydrochloride", "hydrofluoroalkane", "hydrogen",
    "hydroxide", "im", "implant", "in", "induced", "infusion", "inhalant", "inhalation", "inhaler",
    "injectable", "injection", "injector", "insert", "intramuscular", "intrathecal", "intrauterine",
    "intravenous", "ir", "irrigation", "isethionate", "iu", "iv", "jelly", "kg", "kit", "lactate",
    "lactobionate", "lfa", "liquid", "lock", "lotion", "low", "lozenge", "lozenges", "lysine", "magnesium",
    "malate", "maleate", "mandelate", "matrix", "mcg", "medicated", "medication", "medoxomil", "meglumine",
    "meq", "mesilate", "mesylate", "metered", "methylsulfate", "metre", "mg", "microcapsules", "min",
    "mist", "ml", "mmol", "modified", "mofetil", "monohydrate", "mononitrate", "monophasic", "monosodium",
    "monthly", "morning", "mouth", "mouthwash", "mucosal", "multidose", "na", "napsylate", "nasal",
    "nebulizer", "needed", "needle", "ng", "nicotinate", "night", "nitrate", "nitrite", "of", "oil",
    "ointment", "ointments", "olamine", "on", "once", "ophthalmic", "or", "oral", "orally", "origin",
    "oromucosal", "orotate", "otic", "oxalate", "oxide", "pack", "packet", "pad", "pads", "pak", "palmitate",
    "pamoate", "paste", "patch", "pediatric", "pellet", "pellets", "pen", "pentahydrate", "per",
    "perchlorate", "phosphate", "pidolate", "pill", "pivalate", "po", "polistirex", "porcine", "potassium",
    "powder", "powered", "pref", "prefilled", "premix", "premixed", "prep", "preparation", "preservative", "prn",
    "probutate", "product", "products", "propionate", "proxetil", "pump", "rdna", "recombinant", "rectal",
    "release", "required", "resinate", "resistant", "ring", "rinse", "saccharate", "salicylate", "salt",
    "sc", "sesquihydrate", "shampoo", "soap", "sodium", "soft", "soluble", "solution", "spray", "sprinkle",
    "sr", "starter", "stearate", "sterile", "stick", "strength", "strip", "subcutaneous", "sublingual",
    "succinate", "sulfate", "suppository", "suspension", "sustained", "swab", "swabs", "syringe", "syrup", "system",
    "tab", "tablet", "tablets", "tabs", "take", "tannate", "tartrate", "tebutate", "teoclate",
    "tetrahydrate", "the", "theoclate", "therapy", "tid", "titration", "to", "toothpaste", "topical",
    "tosylate", "transdermal", "trihydrate", "triphasic", "trometamol", "tromethamine", "twice", "ug",
    "undecanoate", "unit", "units", "unt", "urethral", "usp", "vaginal", "vagl", "valerate", "vial",
    "wafer", "wash", "weekly", "when", "wipe", "wipes", "with", "xinafoate", "xl", "xr",
];

#[cfg(test)]
#[path = "product_name_test.rs"]
mod tests;
