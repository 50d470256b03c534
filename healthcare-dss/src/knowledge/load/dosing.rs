//! `dose-limits.json`, `renal-limits.json`, `monitoring.json` and `opioids.json`

use std::collections::HashMap;

use rust_decimal::Decimal;
use serde::Deserialize;

use super::documents::TableDocument;
use super::tables::Place;
use crate::dose::Route;
use crate::evidence::Evidence;
use crate::finding::Severity;
use crate::knowledge::{
    DoseLimit, DrugSet, Knowledge, Measure, Monitoring, OpioidFactor, OpioidThreshold, RenalLimit, Row,
};
use crate::number::{decimal, optional};
use crate::rule::{RuleError, read_json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DoseLimitsDocument {
    evidence: HashMap<String, Evidence>,
    #[serde(default)]
    incomplete_totals: IncompleteTotals,
    #[serde(default)]
    strengths: Strengths,
    rows: Vec<DoseLimitDocument>,
}

/// Which strength counts where the names of a drug tell several.
#[derive(Default, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Strengths {
    /// That of the first name that tells any, as it was before they were compared.
    #[default]
    First,
    /// The highest.
    Highest,
}

/// What becomes of a total of a day of which a part is not known.
#[derive(Default, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum IncompleteTotals {
    /// The part is left out, as it was before this was told.
    #[default]
    LeftOut,
    /// It is told as not checked.
    Told,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DoseLimitDocument {
    id: String,
    severity: Severity,
    effect: String,
    action: String,
    evidence: String,
    drugs: Vec<String>,
    #[serde(default)]
    from_years: Option<u16>,
    #[serde(default)]
    below_years: Option<u16>,
    #[serde(default, deserialize_with = "optional")]
    single_mg: Option<Decimal>,
    #[serde(default, deserialize_with = "optional")]
    daily_mg: Option<Decimal>,
    #[serde(default, deserialize_with = "optional")]
    single_mg_per_kg: Option<Decimal>,
    #[serde(default, deserialize_with = "optional")]
    daily_mg_per_kg: Option<Decimal>,
    #[serde(default, deserialize_with = "optional")]
    times_per_day: Option<Decimal>,
    /// By which way it has to be given.
    #[serde(default)]
    route: Option<Route>,
    /// Whether it holds, too, where the way is not told.
    #[serde(default)]
    or_untold: bool,
    /// What the next four are in.
    #[serde(default)]
    unit: Option<Measure>,
    #[serde(default, deserialize_with = "optional")]
    single: Option<Decimal>,
    #[serde(default, deserialize_with = "optional")]
    daily: Option<Decimal>,
    #[serde(default, deserialize_with = "optional")]
    single_per_kg: Option<Decimal>,
    #[serde(default, deserialize_with = "optional")]
    daily_per_kg: Option<Decimal>,
    /// How many milligrams one of the unit is.
    #[serde(default, deserialize_with = "optional")]
    mg_per_unit: Option<Decimal>,
    /// By how many percent a dose by weight may be more before it is told.
    #[serde(default, deserialize_with = "optional")]
    tolerance_percent: Option<Decimal>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RenalLimitDocument {
    id: String,
    severity: Severity,
    effect: String,
    action: String,
    evidence: String,
    drugs: Vec<String>,
    #[serde(deserialize_with = "decimal")]
    egfr_below: Decimal,
    #[serde(default, deserialize_with = "optional")]
    egfr_from: Option<Decimal>,
    #[serde(default, deserialize_with = "optional")]
    daily_mg: Option<Decimal>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MonitoringDocument {
    id: String,
    severity: Severity,
    effect: String,
    action: String,
    evidence: String,
    drugs: Vec<String>,
    /// Value sets of measurements; any of them counts.
    tests: Vec<String>,
    within_days: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OpioidsDocument {
    evidence: HashMap<String, Evidence>,
    /// Whether an opioid counts by the way it is given. Without it all count as by mouth, as they did before ways were
    /// facts.
    #[serde(default)]
    by_route: bool,
    /// Whether an opioid of several orders is named once. Without it each order names it, as it did before.
    #[serde(default)]
    named_once: bool,
    /// Words of names, brands among them, that are those of extended release alone.
    #[serde(default)]
    extended_release: Vec<String>,
    /// Drug → factor.
    factors: Vec<FactorDocument>,
    rows: Vec<ThresholdDocument>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FactorDocument {
    drugs: Vec<String>,
    /// By mouth.
    #[serde(default, deserialize_with = "optional")]
    factor: Option<Decimal>,
    /// Into a vein, a muscle or under the skin.
    #[serde(default, deserialize_with = "optional")]
    parenteral: Option<Decimal>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ThresholdDocument {
    id: String,
    severity: Severity,
    effect: String,
    action: String,
    evidence: String,
    #[serde(deserialize_with = "decimal")]
    from_mme: Decimal,
}

/// The parts that every row has.
struct Said {
    id: String,
    severity: Severity,
    effect: String,
    action: String,
    evidence: String,
}

impl Said {
    fn row(self, place: Place, sources: &HashMap<String, Evidence>) -> Result<Row, RuleError> {
        let Self { id, severity, effect, action, evidence } = self;
        place.row(id, severity, effect, action, &evidence, sources)
    }
}

impl Knowledge {
    pub(super) fn load_dose_limits(&mut self, text: &str) -> Result<(), RuleError> {
        let file = "dose-limits.json";
        let DoseLimitsDocument { evidence: sources, incomplete_totals, strengths, rows } = read_json(file, text)?;
        self.highest_strength_counts = strengths == Strengths::Highest;
        self.tells_incomplete_totals = incomplete_totals == IncompleteTotals::Told;
        for (nth, document) in rows.into_iter().enumerate() {
            let place = Place { file, nth };
            let DoseLimitDocument {
                id,
                severity,
                effect,
                action,
                evidence,
                drugs,
                from_years,
                below_years,
                single_mg,
                daily_mg,
                single_mg_per_kg,
                daily_mg_per_kg,
                times_per_day,
                route,
                or_untold,
                unit,
                single,
                daily,
                single_per_kg,
                daily_per_kg,
                mg_per_unit,
                tolerance_percent,
            } = document;
            let in_milligrams = [single_mg, daily_mg, single_mg_per_kg, daily_mg_per_kg];
            let in_units = [single, daily, single_per_kg, daily_per_kg];
            let some = |of: &[Option<Decimal>]| of.iter().any(Option::is_some);
            if some(&in_units) != unit.is_some() || (unit.is_some() && some(&in_milligrams)) {
                return Err(
                    place.fault("unit", "`single` and `daily` have a unit, `single_mg` and its like have none".into())
                );
            }
            if or_untold && route.is_none() {
                return Err(place.fault("or_untold", "no way is given".into()));
            }
            let limits = [&in_milligrams[..], &in_units[..], &[times_per_day]].concat();
            if !some(&limits) {
                return Err(place.fault("daily_mg", "no limit is given".into()));
            }
            let others = [mg_per_unit, tolerance_percent];
            if limits.iter().chain(&others).flatten().any(|limit| *limit <= Decimal::ZERO) {
                return Err(place.fault("daily_mg", "a limit is above 0".into()));
            }
            let row = Said { id, severity, effect, action, evidence }.row(place, &sources)?;
            let drugs = self.drugs_at(place, "drugs", &drugs)?;
            let limit = DoseLimit {
                row,
                drugs,
                from_years,
                below_years,
                route,
                or_untold,
                measure: unit.unwrap_or_default(),
                mg_per_unit,
                single: single_mg.or(single),
                daily: daily_mg.or(daily),
                single_per_kg: single_mg_per_kg.or(single_per_kg),
                daily_per_kg: daily_mg_per_kg.or(daily_per_kg),
                tolerance: tolerance_percent
                    .and_then(|percent| percent.checked_div(Decimal::ONE_HUNDRED))
                    .unwrap_or_default(),
                times_per_day,
            };
            self.dose_limits.push(limit, |row| &row.drugs.members);
        }
        Ok(())
    }

    pub(super) fn load_renal_limits(&mut self, text: &str) -> Result<(), RuleError> {
        let file = "renal-limits.json";
        let TableDocument { evidence: sources, rows } = read_json::<TableDocument<RenalLimitDocument>>(file, text)?;
        for (nth, document) in rows.into_iter().enumerate() {
            let place = Place { file, nth };
            let RenalLimitDocument { id, severity, effect, action, evidence, drugs, egfr_below, egfr_from, daily_mg } =
                document;
            if egfr_from.is_some_and(|from| from >= egfr_below) {
                return Err(place.fault("egfr_from", "the limits leave no value".into()));
            }
            let row = Said { id, severity, effect, action, evidence }.row(place, &sources)?;
            let drugs = self.drugs_at(place, "drugs", &drugs)?;
            self.renal_limits
                .push(RenalLimit { row, drugs, egfr_below, egfr_from, daily_mg }, |row| &row.drugs.members);
        }
        Ok(())
    }

    pub(super) fn load_monitoring(&mut self, text: &str) -> Result<(), RuleError> {
        let file = "monitoring.json";
        let TableDocument { evidence: sources, rows } = read_json::<TableDocument<MonitoringDocument>>(file, text)?;
        for (nth, document) in rows.into_iter().enumerate() {
            let place = Place { file, nth };
            let MonitoringDocument { id, severity, effect, action, evidence, drugs, tests, within_days } = document;
            let row = Said { id, severity, effect, action, evidence }.row(place, &sources)?;
            let drugs = self.drugs_at(place, "drugs", &drugs)?;
            let tests = self.value_sets_at(place, "tests", &tests)?;
            self.monitoring.push(Monitoring { row, drugs, tests, within_days }, |row| &row.drugs.members);
        }
        Ok(())
    }

    pub(super) fn load_opioids(&mut self, text: &str) -> Result<(), RuleError> {
        let file = "opioids.json";
        let document: OpioidsDocument = read_json(file, text)?;
        let OpioidsDocument { evidence: sources, by_route, named_once, extended_release, factors, rows } = document;
        self.extended_release = extended_release.into_iter().map(|word| word.as_str().into()).collect();
        self.opioids_by_route = by_route;
        self.opioids_named_once = named_once;
        for (nth, FactorDocument { drugs, factor, parenteral }) in factors.into_iter().enumerate() {
            let drugs: DrugSet = self
                .drug_set(&drugs)
                .map_err(|(at, reason)| RuleError::at(file, &format!("factors[{nth}].drugs[{at}]"), reason))?;
            if factor.or(parenteral).is_none() {
                return Err(RuleError::at(file, &format!("factors[{nth}]"), "no factor is given".into()));
            }
            self.opioid_factors.push(OpioidFactor { drugs, factor, parenteral }, |row| &row.drugs.members);
        }
        for (nth, document) in rows.into_iter().enumerate() {
            let place = Place { file, nth };
            let ThresholdDocument { id, severity, effect, action, evidence, from_mme } = document;
            let row = Said { id, severity, effect, action, evidence }.row(place, &sources)?;
            self.opioid_thresholds.push(OpioidThreshold { row, from_mme });
        }
        Ok(())
    }
}
