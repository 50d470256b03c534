//! Conversion between the UCUM units that clinical data comes in.

use rust_decimal::Decimal;

/// What one unit means in terms of a base unit of its dimension: `base = value * factor + offset`.
struct Scale {
    dimension: &'static str,
    factor: Decimal,
    offset: Decimal,
}

/// Converts a value of an analyte, its units as UCUM writes them. Mass and amount of substance convert into each other only with the molar
/// mass of the analyte, in g/mol.
///
/// `None` where the units are unknown or of different dimensions: the value is then missing, never guessed.
#[must_use]
pub(crate) fn convert(value: Decimal, from: &str, to: &str, molar_mass: Option<Decimal>) -> Option<Decimal> {
    if from == to {
        return Some(value);
    }
    let (source, target) = (scale(from)?, scale(to)?);
    let base = value.checked_mul(source.factor)?.checked_add(source.offset)?;
    let base = match (source.dimension, target.dimension) {
        (a, b) if a == b => base,
        ("g/L", "mol/L") => base.checked_div(molar_mass?)?,
        ("mol/L", "g/L") => base.checked_mul(molar_mass?)?,
        _ => return None,
    };
    base.checked_sub(target.offset)?.checked_div(target.factor)
}

/// How the units of results are read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Units {
    /// As UCUM writes them, alone. So it was before spellings were read: what was judged then is judged again alike.
    #[default]
    Ucum,
    /// As people and analysers write them, too.
    Spelled,
}

impl Units {
    /// What UCUM calls a unit, as far as it is read.
    pub(crate) fn read(self, unit: &str) -> &str {
        match self {
            Self::Ucum => unit,
            Self::Spelled => ucum(unit),
        }
    }
}

/// Whether a unit is known, as UCUM writes it.
#[must_use]
pub(crate) fn is_known(unit: &str) -> bool {
    scale(unit).is_some()
}

/// Units as people, analysers and other systems write them, by what UCUM calls them: in small letters, without blanks, with
/// `u` for micro and `10*` for powers of ten. Only what can mean nothing else in a clinical record.
const SPELLINGS: &[(&str, &[&str])] = &[
    ("Cel", &["cel", "c", "\u{b0}c", "degc", "[degc]", "celsius", "degreescelsius"]),
    ("[degF]", &["f", "\u{b0}f", "degf", "[degf]", "fahrenheit", "degreesfahrenheit"]),
    ("%", &["percent", "pct"]),
    ("1", &["", "inr", "[inr]", "{inr}", "ratio", "{ratio}", "score", "points"]),
    ("[pH]", &["ph", "[ph]", "phunits"]),
    (
        "/min",
        &["1/min", "min-1", "/min", "/minute", "bpm", "beats/min", "beats/minute", "breaths/min", "breaths/minute"],
    ),
    ("mm[Hg]", &["mmhg", "mm[hg]"]),
    ("kPa", &["kpa"]),
    ("kg", &["kg", "kgs", "kilogram", "kilograms"]),
    ("g", &["gm", "gram", "grams"]),
    ("[lb_av]", &["lb", "lbs", "[lb_av]", "pound", "pounds"]),
    ("cm", &["cm"]),
    ("[in_i]", &["in", "inch", "inches", "[in_i]"]),
    ("ms", &["msec"]),
    ("mmol/L", &["mmol/l"]),
    ("umol/L", &["umol/l", "mcmol/l"]),
    ("nmol/L", &["nmol/l"]),
    ("meq/L", &["meq/l"]),
    ("g/L", &["g/l", "gm/l"]),
    ("g/dL", &["g/dl", "gm/dl", "g/100ml"]),
    ("mg/dL", &["mg/dl", "mg/100ml"]),
    ("mg/L", &["mg/l"]),
    ("ug/L", &["ug/l", "mcg/l", "ng/ml"]),
    ("ug/mL", &["ug/ml", "mcg/ml"]),
    (
        "10*9/L",
        &["10*9/l", "10*3/ul", "10*3/mm3", "10*3/mcl", "k/ul", "k/mm3", "k/mcl", "thou/ul", "thousand/ul", "/nl"],
    ),
    ("/uL", &["/ul", "cells/ul", "{cells}/ul", "/mm3", "cells/mm3", "/mcl"]),
    ("10*6/L", &["10*6/l"]),
    ("U/L", &["u/l", "iu/l", "[iu]/l", "units/l"]),
    ("ukat/L", &["ukat/l"]),
    (
        "mL/min/{1.73_m2}",
        &["ml/min/1.73m2", "ml/min/{1.73m2}", "ml/min/{1.73_m2}", "ml/min/1.73_m2", "ml/min/1.73.m2", "ml/min/1.73m*2"],
    ),
    ("mL/min", &["ml/min", "ml/minute"]),
    ("L/min", &["l/min", "lpm"]),
];

/// What UCUM calls a unit that is written as people write it; what is not known stays as it is.
#[must_use]
pub fn ucum(unit: &str) -> &str {
    if scale(unit).is_some() {
        return unit;
    }
    let micro = |c: char| if matches!(c, '\u{b5}' | '\u{3bc}') { 'u' } else { c };
    let letters: String = unit.chars().filter(|c| !c.is_whitespace()).map(micro).collect();
    // Where capital letters tell one unit from another: a billion is no gram, and a concentration no length.
    match letters.as_str() {
        "G/L" | "G/l" | "Gpt/L" | "Gpt/l" => return "10*9/L",
        "mM" => return "mmol/L",
        "uM" => return "umol/L",
        "nM" => return "nmol/L",
        _ => {}
    }
    let plain = plain(&letters);
    SPELLINGS.iter().find(|(_, spellings)| spellings.contains(&plain.as_str())).map_or(unit, |(ucum, _)| ucum)
}

/// In small letters, with powers of ten and squares written in one way.
fn plain(unit: &str) -> String {
    let plain = unit.to_lowercase().replace('^', "*");
    let raised = [('\u{b2}', "2"), ('\u{b3}', "3"), ('\u{2076}', "*6"), ('\u{2079}', "*9")];
    let plain = raised.iter().fold(plain, |plain, (raised, digit)| plain.replace(*raised, digit));
    let plain = plain.trim_start_matches(['x', '\u{d7}', '*']);
    let powers = ["10e+0", "10e0", "10e+", "10e", "10("];
    match powers.iter().find_map(|power| plain.strip_prefix(power)) {
        Some(rest) => format!("10*{}", rest.replace(')', "")),
        None => plain.replace("10*0", "10*"),
    }
}

fn scale(unit: &str) -> Option<Scale> {
    let one = |dimension| Some(Scale { dimension, factor: Decimal::ONE, offset: Decimal::ZERO });
    let times = |dimension, factor| Some(Scale { dimension, factor, offset: Decimal::ZERO });
    let d = Decimal::new;
    match unit {
        "Cel" => one("Cel"),
        "[degF]" => {
            let factor = d(5, 0).checked_div(d(9, 0))?;
            Some(Scale { dimension: "Cel", factor, offset: -(d(32, 0) * factor) })
        }
        "K" => Some(Scale { dimension: "Cel", factor: Decimal::ONE, offset: d(-27315, 2) }),
        "%" => one("%"),
        "1" | "{ratio}" | "{INR}" | "{score}" => one("1"),
        "[pH]" => one("[pH]"),
        "/min" | "{beats}/min" | "{breaths}/min" => one("/min"),
        "mm[Hg]" => one("mm[Hg]"),
        "kPa" => times("mm[Hg]", d(750_062, 5)),
        "kg" => one("kg"),
        "g" => times("kg", d(1, 3)),
        "[lb_av]" => times("kg", d(45_359_237, 8)),
        "m" => one("m"),
        "cm" => times("m", d(1, 2)),
        "[in_i]" => times("m", d(254, 4)),
        "s" => one("s"),
        "ms" => times("s", d(1, 3)),
        "mol/L" => one("mol/L"),
        "mmol/L" => times("mol/L", d(1, 3)),
        "umol/L" => times("mol/L", d(1, 6)),
        "nmol/L" => times("mol/L", d(1, 9)),
        "U/L" => one("U/L"),
        "ukat/L" => times("U/L", d(60, 0)),
        "eq/L" => one("eq/L"),
        "meq/L" => times("eq/L", d(1, 3)),
        "g/L" => one("g/L"),
        "g/dL" => times("g/L", d(10, 0)),
        "mg/dL" => times("g/L", d(1, 2)),
        "mg/L" => times("g/L", d(1, 3)),
        "ug/L" | "ng/mL" => times("g/L", d(1, 6)),
        "ug/mL" => times("g/L", d(1, 3)),
        "10*9/L" | "10*3/uL" | "/nL" => one("10*9/L"),
        "10*6/L" | "/uL" | "{cells}/uL" => times("10*9/L", d(1, 3)),
        "mL/min/{1.73_m2}" | "mL/min/1.73.m2" | "mL/min/1.73m2" | "mL/min/{1.73m2}" => one("mL/min/{1.73_m2}"),
        "mL/min" => one("mL/min"),
        "L/min" => one("L/min"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converted(value: &str, from: &str, to: &str, molar_mass: Option<&str>) -> Option<Decimal> {
        convert(value.parse().unwrap(), ucum(from), to, molar_mass.map(|mass| mass.parse().unwrap()))
            .map(|value| value.round_dp(2).normalize())
    }

    #[test]
    fn given_two_units_of_one_dimension_when_converted_then_the_value_is_scaled() {
        assert_eq!(converted("98.6", "[degF]", "Cel", None), Some(Decimal::from(37)));
        assert_eq!(converted("37", "Cel", "[degF]", None), Some(Decimal::new(986, 1)));
        assert_eq!(converted("70", "g/L", "g/dL", None), Some(Decimal::from(7)));
        assert_eq!(converted("20000", "/uL", "10*3/uL", None), Some(Decimal::from(20)));
        assert_eq!(converted("16", "kPa", "mm[Hg]", None), Some(Decimal::new(12_001, 2)));
    }

    #[test]
    fn given_the_molar_mass_when_mass_meets_substance_then_they_convert_and_without_it_they_do_not() {
        assert_eq!(
            converted("90", "mg/dL", "mmol/L", Some("180.156")),
            Some("5.00".parse::<Decimal>().unwrap().normalize())
        );
        assert_eq!(converted("90", "mg/dL", "mmol/L", None), None);
        assert_eq!(converted("100", "umol/L", "mg/dL", Some("113.12")), Some(Decimal::new(113, 2)));
    }

    #[test]
    fn given_an_unknown_or_foreign_unit_when_converted_then_there_is_no_value() {
        assert_eq!(converted("5", "furlong", "mmol/L", None), None);
        assert_eq!(converted("5", "%", "mmol/L", Some("39.1")), None);
    }

    #[test]
    fn given_everyday_spellings_when_converted_then_they_are_the_unit_they_mean() {
        for (spelled, unit) in [
            ("mmol/l", "mmol/L"),
            ("MMOL/L", "mmol/L"),
            ("mM", "mmol/L"),
            ("\u{b5}mol/l", "umol/L"),
            ("\u{3bc}M", "umol/L"),
            ("mEq/L", "meq/L"),
            ("g/dl", "g/dL"),
            ("gm/dL", "g/dL"),
            ("mg/dl", "mg/dL"),
            ("K/uL", "10*9/L"),
            ("K/\u{b5}L", "10*9/L"),
            ("10^3/uL", "10*9/L"),
            ("10*3/uL", "10*9/L"),
            ("x10^9/L", "10*9/L"),
            ("x 10E3/uL", "10*9/L"),
            ("10E+09/L", "10*9/L"),
            ("10\u{2079}/L", "10*9/L"),
            ("\u{d7}10^9/l", "10*9/L"),
            ("x10(9)/L", "10*9/L"),
            ("G/L", "10*9/L"),
            ("G/l", "10*9/L"),
            ("Gpt/l", "10*9/L"),
            ("cells/mm\u{b3}", "/uL"),
            ("IU/L", "U/L"),
            ("U/l", "U/L"),
            ("INR", "1"),
            ("ratio", "1"),
            ("", "1"),
            ("bpm", "/min"),
            ("breaths/min", "/min"),
            ("mmHg", "mm[Hg]"),
            ("mm Hg", "mm[Hg]"),
            ("C", "Cel"),
            ("\u{b0}C", "Cel"),
            ("F", "[degF]"),
            ("ml/min/1.73m\u{b2}", "mL/min/{1.73_m2}"),
            ("mL/min/1.73 m^2", "mL/min/{1.73_m2}"),
        ] {
            let read = converted("7.5", spelled, unit, None);
            assert_eq!(read, Some(Decimal::new(75, 1)), "{spelled} is {unit}, and was read as {}", ucum(spelled));
        }
        assert_eq!(converted("1", "ukat/L", "U/L", None), Some(Decimal::from(60)));
    }

    #[test]
    fn given_letters_that_mean_something_else_when_converted_then_nothing_is_guessed() {
        for (unit, other) in [
            ("G/L", "g/L"),
            ("G/l", "g/L"),
            ("M", "m"),
            ("mM", "m"),
            ("G", "g"),
            ("mm", "mmol/L"),
            ("10*4/L", "10*9/L"),
        ] {
            assert_eq!(converted("5", unit, other, None), None, "{unit} is not {other}");
        }
    }

    #[test]
    fn given_any_spelling_when_looked_up_then_the_unit_it_stands_for_is_known() {
        for (unit, spellings) in SPELLINGS {
            assert!(is_known(unit), "{unit}");
            for spelled in *spellings {
                assert_eq!(converted("3", spelled, unit, None), Some(Decimal::from(3)), "{spelled} is {unit}");
            }
        }
    }
}
