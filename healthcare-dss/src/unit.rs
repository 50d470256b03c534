//! Conversion between the UCUM units that clinical data comes in.

use rust_decimal::Decimal;

/// What one unit means in terms of a base unit of its dimension: `base = value * factor + offset`.
struct Scale {
    dimension: &'static str,
    factor: Decimal,
    offset: Decimal,
}

/// Converts a value of an analyte. Mass and amount of substance convert into each other only with the molar
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

/// Whether a unit is known.
#[must_use]
pub(crate) fn is_known(unit: &str) -> bool {
    scale(unit).is_some()
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
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converted(value: &str, from: &str, to: &str, molar_mass: Option<&str>) -> Option<Decimal> {
        convert(value.parse().unwrap(), from, to, molar_mass.map(|mass| mass.parse().unwrap()))
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
}
