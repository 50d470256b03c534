//! From a document to a rule that can be judged.

use rust_decimal::Decimal;

use super::condition::{AgeLimits, AgeUnit, Condition, Test, Trend, WantedDrugs};
use super::document::{AtAge, ConditionDocument, Direction, Range, RuleDocument, Scope, TableKind, Take};
use super::template::Template;
use super::worse::Steps;
use super::{RuleError, check};
use crate::dose::DrugForm;
use crate::fact::Sex;
use crate::knowledge::{Bits, DrugSet, Knowledge, ValueSetId};
use crate::text::Text;

/// A rule whose references all hold.
#[derive(Debug)]
pub(crate) struct CompiledRule {
    pub(crate) document: RuleDocument,
    pub(crate) condition: Condition,
    pub(crate) summary: Template,
    pub(crate) detail: Template,
    pub(crate) steps: Option<Steps>,
}

/// The deepest nesting of conditions: a bound for whoever judges and explains.
const DEEPEST: usize = 16;

/// The scores that are among the facts; another would be missing of every patient for ever.
const SCORES: [&str; 3] = ["news2", "news2-rise", "altered-mentation"];

/// The most conditions of a rule.
const MOST: usize = 512;

/// How much is asked of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// That it can be judged. What was kept may have a part that never speaks; the rest of it did, and has to again.
    Kept,
    /// That no part of it is dead besides: an unknown score, hook or event, limits that leave no value.
    Submitted,
}

impl CompiledRule {
    pub(crate) fn compile(document: RuleDocument, knowledge: &Knowledge) -> Result<Self, RuleError> {
        Self::read(document, knowledge, Reading::Kept)
    }

    pub(crate) fn read(document: RuleDocument, knowledge: &Knowledge, reading: Reading) -> Result<Self, RuleError> {
        let id = document.id.to_string();
        check::document(&document)?;
        if reading == Reading::Submitted {
            check::triggers(&document)?;
        }
        let mut compiler =
            Compiler { rule: &id, knowledge, reading, names: vec!["age".into()], tables: 0, depth: 0, conditions: 0 };
        let condition = compiler.condition(&document.when, "when")?;
        let names = compiler.names;
        let template = |field: &str, message: &str| {
            Template::compile(message, &names).map_err(|reason| RuleError::at(&id, &format!("then.{field}"), reason))
        };
        let summary = template("summary", &document.then.summary)?;
        let detail = template("detail", &document.then.detail)?;
        let steps = Steps::compile(&document, &condition)?;
        Ok(Self { document, condition, summary, detail, steps })
    }
}

/// A drug that a condition asks for, as it was written.
struct Whose<'a> {
    of: Scope,
    members: &'a [String],
    for_days: Option<&'a Range>,
    form: Option<DrugForm>,
    alone: bool,
}

struct Compiler<'a> {
    rule: &'a str,
    knowledge: &'a Knowledge,
    reading: Reading,
    names: Vec<String>,
    tables: usize,
    depth: usize,
    conditions: usize,
}

impl Compiler<'_> {
    fn fault(&self, path: &str, reason: impl Into<String>) -> RuleError {
        RuleError::at(self.rule, path, reason.into())
    }

    fn name(&mut self, name: Option<&String>, path: &str) -> Result<Option<String>, RuleError> {
        if let Some(name) = name {
            if self.names.contains(name) {
                return Err(self.fault(&format!("{path}.as"), format!("the name `{name}` is used twice")));
            }
            self.names.push(name.clone());
        }
        Ok(name.cloned())
    }

    fn condition(&mut self, document: &ConditionDocument, path: &str) -> Result<Condition, RuleError> {
        self.conditions += 1;
        if self.conditions > MOST {
            return Err(self.fault(path, format!("a rule has {MOST} conditions at most")));
        }
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.fault(path, format!("conditions are nested deeper than {DEEPEST}")));
        }
        let compiled = self.compile(document, path);
        self.depth -= 1;
        compiled
    }

    fn compile(&mut self, document: &ConditionDocument, path: &str) -> Result<Condition, RuleError> {
        let unnamed = |words: String, test| Ok(Condition::new(words, test, None));
        match document {
            ConditionDocument::All(of) => unnamed("all of".into(), Test::All(self.each(of, &format!("{path}.all"))?)),
            ConditionDocument::Any(of) => unnamed("any of".into(), Test::Any(self.each(of, &format!("{path}.any"))?)),
            ConditionDocument::Missing(of) => {
                let path = format!("{path}.missing");
                let tables = self.tables;
                let child = self.condition(of, &path)?;
                if self.tables > tables {
                    return Err(self.fault(&path, "a table cannot be asked for what is missing"));
                }
                unnamed("it is not known whether".into(), Test::Missing(Box::new(child)))
            }
            ConditionDocument::Not(of) => {
                let path = format!("{path}.not");
                let tables = self.tables;
                let child = self.condition(of, &path)?;
                if self.tables > tables {
                    return Err(self.fault(&path, "a table cannot be negated"));
                }
                unnamed("not".into(), Test::Not(Box::new(child)))
            }
            ConditionDocument::Count { at_least, of } => {
                let path = format!("{path}.count");
                let children = self.each(of, &format!("{path}.of"))?;
                if *at_least == 0 || *at_least > children.len() {
                    let reason = format!("{at_least} of {} can never be otherwise", children.len());
                    return Err(self.fault(&format!("{path}.at_least"), reason));
                }
                unnamed(format!("at least {at_least} of"), Test::Count(*at_least, children))
            }
            ConditionDocument::AgeYears(range) => self.age(AgeUnit::Years, range, &format!("{path}.age_years")),
            ConditionDocument::AgeMonths(range) => self.age(AgeUnit::Months, range, &format!("{path}.age_months")),
            ConditionDocument::AgeDays(range) => self.age(AgeUnit::Days, range, &format!("{path}.age_days")),
            ConditionDocument::Sex(sex) => unnamed(format!("sex is {}", sex_words(*sex)), Test::Sex(*sex)),
            ConditionDocument::Pregnant(yes) => {
                unnamed(if *yes { "pregnant" } else { "not pregnant" }.into(), Test::Pregnant(*yes))
            }
            ConditionDocument::AllergiesAsked(yes) => {
                let words = if *yes { "allergies were asked for" } else { "allergies were never asked for" };
                unnamed(words.into(), Test::AllergiesAsked(*yes))
            }
            ConditionDocument::Drug { of, members, for_days, form, alone, name } => {
                let drug = Whose { of: *of, members, for_days: for_days.as_ref(), form: *form, alone: *alone };
                self.drug(&drug, name.as_ref(), &format!("{path}.drug"))
            }
            ConditionDocument::OpioidMme(range) => {
                let range = self.range(range, &format!("{path}.opioid_mme"))?;
                unnamed(format!("the opioids of a day come to {} MME", range.words()), Test::OpioidMme(range))
            }
            ConditionDocument::Condition { value_sets, for_days, name } => {
                self.problem(value_sets, for_days.as_ref(), name.as_ref(), &format!("{path}.condition"))
            }
            ConditionDocument::Trend { value_set, unit, direction, by, by_percent, within_hours, at_age, name } => {
                let path = format!("{path}.trend");
                let within_seconds = i64::from(*within_hours) * 3600;
                let set = self.value_set(value_set, &format!("{path}.value_set"))?;
                self.unit(unit, &format!("{path}.unit"))?;
                let (direction, by, by_percent) = (*direction, *by, *by_percent);
                let (at_age, then) = self.at_age(at_age.as_ref(), &path)?;
                let trend = Trend { set, unit: unit.clone(), direction, by, by_percent, within_seconds, at_age };
                let words = format!("{}{then}", self.trend(&trend, &path)?);
                let name = self.name(name.as_ref(), &path)?;
                Ok(Condition::new(words, Test::Trend(trend), name))
            }
            ConditionDocument::Observation { value_set, unit, is, within_hours, take, at_age, name } => {
                let path = format!("{path}.observation");
                let set = self.value_set(value_set, &format!("{path}.value_set"))?;
                let range = self.range(is, &format!("{path}.is"))?;
                self.unit(unit, &format!("{path}.unit"))?;
                let which = match take {
                    Take::Latest => "latest",
                    Take::Any => "any",
                    Take::All => "every",
                };
                let title = &self.knowledge.value_sets.sets[usize::from(set)].title;
                let (at_age, then) = self.at_age(at_age.as_ref(), &path)?;
                let words = format!("{which} {title} within {within_hours} h is {} {unit}{then}", range.words());
                let within_seconds = i64::from(*within_hours) * 3600;
                let (unit, take) = (unit.clone(), *take);
                let test = Test::Observation { set, unit, range, within_seconds, take, at_age };
                let name = self.name(name.as_ref(), &path)?;
                Ok(Condition::new(words, test, name))
            }
            ConditionDocument::Score { score, total, highest_part, within_hours, at_age, name } => {
                let path = format!("{path}.score");
                if self.reading == Reading::Submitted && !SCORES.contains(&score.as_str()) {
                    return Err(self.fault(&format!("{path}.score"), super::unknown("score", score, SCORES)));
                }
                let mut words = vec![];
                for (part, range) in [("total", total), ("highest_part", highest_part)] {
                    if let Some(range) = range {
                        self.range(range, &format!("{path}.{part}"))?;
                        words.push(format!("{} {}", part.replace('_', " "), range.words()));
                    }
                }
                if words.is_empty() {
                    return Err(self.fault(&path, "neither total nor highest_part is limited"));
                }
                let (at_age, then) = self.at_age(at_age.as_ref(), &path)?;
                let words = format!("{} within {within_hours} h: {}{then}", score.to_uppercase(), words.join(" and "));
                let within_seconds = i64::from(*within_hours) * 3600;
                let (total, highest_part) = (*total, *highest_part);
                let test = Test::Score { name: score.clone(), total, highest_part, within_seconds, at_age };
                let name = self.name(name.as_ref(), &path)?;
                Ok(Condition::new(words, test, name))
            }
            ConditionDocument::Table(kind) => self.table(*kind, path),
        }
    }

    fn age(&self, unit: AgeUnit, range: &Range, path: &str) -> Result<Condition, RuleError> {
        let range = self.range(range, path)?;
        let words = format!("age {} {}", range.words(), unit.name());
        Ok(Condition::new(words, Test::Age(unit, range), None))
    }

    /// At which age something was measured, and the words for it.
    fn at_age(&self, at_age: Option<&AtAge>, path: &str) -> Result<(AgeLimits, String), RuleError> {
        let Some(AtAge { years, months, days }) = at_age else { return Ok((vec![], String::new())) };
        let path = format!("{path}.at_age");
        let mut limits = vec![];
        for (unit, range) in [(AgeUnit::Years, years), (AgeUnit::Months, months), (AgeUnit::Days, days)] {
            if let Some(range) = range {
                limits.push((unit, self.range(range, &format!("{path}.{}", unit.name()))?));
            }
        }
        if limits.is_empty() {
            return Err(self.fault(&path, "neither years nor months nor days are limited"));
        }
        let words: Vec<String> =
            limits.iter().map(|(unit, range)| format!("{} {}", range.words(), unit.name())).collect();
        Ok((limits, format!(", measured at an age {}", words.join(" and "))))
    }

    fn each(&mut self, of: &[ConditionDocument], path: &str) -> Result<Vec<Condition>, RuleError> {
        if of.is_empty() {
            return Err(self.fault(path, "no condition is given"));
        }
        of.iter().enumerate().map(|(nth, child)| self.condition(child, &format!("{path}[{nth}]"))).collect()
    }

    fn range(&self, range: &Range, path: &str) -> Result<Range, RuleError> {
        if range.is_empty() {
            return Err(self.fault(path, "no limit is given"));
        }
        // Where the two meet the value itself has to be within both: below 5 and at least 5 nothing is.
        let none = |(lowest, highest)| {
            lowest > highest || (self.reading == Reading::Submitted && lowest == highest && !range.holds(lowest))
        };
        if range.lowest().zip(range.highest()).is_some_and(none) {
            return Err(self.fault(path, "the limits leave no value"));
        }
        Ok(*range)
    }

    fn value_set(&self, name: &str, path: &str) -> Result<ValueSetId, RuleError> {
        let found = self.knowledge.value_sets.by_id.get(name).copied();
        found.ok_or_else(|| {
            let known = self.knowledge.value_sets.by_id.keys().map(Text::as_str);
            self.fault(path, super::unknown("value set", name, known))
        })
    }

    fn unit(&self, unit: &str, path: &str) -> Result<(), RuleError> {
        if crate::unit::is_known(unit) { Ok(()) } else { Err(self.fault(path, format!("unknown unit `{unit}`"))) }
    }

    /// Checks a trend, and puts it into words.
    fn trend(&self, trend: &Trend, path: &str) -> Result<String, RuleError> {
        let Trend { set, unit, direction, by, by_percent, within_seconds, .. } = trend;
        for (field, limit) in [("by", by), ("by_percent", by_percent)] {
            if limit.is_some_and(|limit| limit <= Decimal::ZERO) {
                return Err(self.fault(&format!("{path}.{field}"), "a change is more than nothing"));
            }
        }
        let amounts = [by.map(|by| format!("{by} {unit}")), by_percent.map(|by| format!("{by} %"))];
        let amounts: Vec<String> = amounts.into_iter().flatten().collect();
        if amounts.is_empty() {
            return Err(self.fault(path, "neither by nor by_percent is given"));
        }
        let verb = match direction {
            Direction::Rise => "rises",
            Direction::Fall => "falls",
        };
        let title = &self.knowledge.value_sets.sets[usize::from(*set)].title;
        Ok(format!("{title} {verb} by at least {} within {} h", amounts.join(" and "), within_seconds / 3600))
    }

    /// The words for how long something has been so.
    fn days(&self, days: Option<&Range>, path: &str) -> Result<String, RuleError> {
        match days {
            None => Ok(String::new()),
            Some(days) => {
                self.range(days, &format!("{path}.for_days"))?;
                Ok(format!(", on record for {} days", days.words()))
            }
        }
    }

    fn drug(&mut self, drug: &Whose<'_>, name: Option<&String>, path: &str) -> Result<Condition, RuleError> {
        let Whose { of, members, for_days, form, alone } = *drug;
        let whose = match of {
            Scope::Draft => "the draft",
            Scope::Active => "an active medication",
            Scope::Any => "the draft or an active medication",
        };
        if for_days.is_some() && of != Scope::Active {
            return Err(self.fault(&format!("{path}.for_days"), "only active medications have been ordered for days"));
        }
        let days = self.days(for_days, path)?;
        let (words, among) = if members.is_empty() {
            for (field, given) in [("form", form.is_some()), ("alone", alone)] {
                if given {
                    return Err(self.fault(&format!("{path}.{field}"), "only drugs that are named with `in` have one"));
                }
            }
            (format!("there is {whose}{days}"), None)
        } else {
            let wanted = WantedDrugs { form, alone, ..self.wanted(members, path)? };
            let form = form.map(|form| format!(", {}", form.words())).unwrap_or_default();
            let alone = if alone { ", with no other ingredient" } else { "" };
            (format!("{whose} is {}{form}{alone}{days}", wanted.set.words), Some(wanted))
        };
        let name = self.name(name, path)?;
        Ok(Condition::new(words, Test::Drug { of, among, for_days: for_days.copied() }, name))
    }

    /// Selectors of drugs, one by one so that a fault is told where it stands.
    fn wanted(&self, members: &[String], path: &str) -> Result<WantedDrugs, RuleError> {
        let mut set = Bits::new(self.knowledge.ingredients.len());
        let (mut products, mut words) = (vec![], vec![]);
        for (nth, member) in members.iter().enumerate() {
            let fault = |reason| self.fault(&format!("{path}.in[{nth}]"), reason);
            if let Some(code) = member.strip_prefix("product:") {
                if code.is_empty() || !code.chars().all(|c| c.is_ascii_digit()) {
                    return Err(fault(format!("`{code}` is no RxCUI")));
                }
                products.push(code.to_owned());
                words.push(format!("the product RxCUI {code}"));
            } else {
                let one = self.knowledge.drug_set(std::slice::from_ref(member)).map_err(|(_, reason)| fault(reason))?;
                set.union(&one.members);
                words.push(one.words.to_string());
            }
        }
        Ok(WantedDrugs {
            set: DrugSet { words: words.join(" or ").into(), members: set },
            products,
            form: None,
            alone: false,
        })
    }

    fn problem(
        &mut self,
        value_sets: &[String],
        for_days: Option<&Range>,
        name: Option<&String>,
        path: &str,
    ) -> Result<Condition, RuleError> {
        if value_sets.is_empty() {
            return Err(self.fault(&format!("{path}.value_sets"), "no value set is given"));
        }
        let (mut sets, mut titles) = (vec![], vec![]);
        for (nth, set) in value_sets.iter().enumerate() {
            let set = self.value_set(set, &format!("{path}.value_sets[{nth}]"))?;
            titles.push(self.knowledge.value_sets.sets[usize::from(set)].title.to_string());
            sets.push(set);
        }
        let days = self.days(for_days, path)?;
        let words = format!("active condition: {}{days}", titles.join(" or "));
        let test = Test::Condition { sets, for_days: for_days.copied() };
        Ok(Condition::new(words, test, self.name(name, path)?))
    }

    fn table(&mut self, kind: TableKind, path: &str) -> Result<Condition, RuleError> {
        self.tables += 1;
        if self.tables > 1 {
            return Err(self.fault(path, "a rule looks into one table only"));
        }
        self.names.extend(["drug", "other", "effect", "action"].map(String::from));
        let words = match kind {
            TableKind::AllergyConflict => "a drug conflicts with a recorded allergy",
            TableKind::Interaction => "two drugs interact",
            TableKind::Contraindication => "a drug is contraindicated by an active condition",
            TableKind::Pregnancy => "a drug is unsafe in pregnancy",
            TableKind::Lactation => "a drug is unsafe while breastfeeding",
            TableKind::DoseLimit => "a dose is above what is given",
            TableKind::RenalLimit => "a drug or its dose does not suit the kidney function",
            TableKind::Monitoring => "a measurement is due for a drug",
            TableKind::OpioidTotal => "the opioids of a day come to a high total",
            TableKind::AgeCaution => "a drug calls for caution at this age",
            TableKind::Duplicate => "the same ingredient or class is given twice",
            TableKind::UnmappedDrug => "a drug could not be recognised",
            TableKind::UnmappedAllergy => "a recorded allergy could not be recognised",
        };
        Ok(Condition::new(words, Test::Table(kind), None))
    }
}

fn sex_words(sex: Sex) -> &'static str {
    match sex {
        Sex::Female => "female",
        Sex::Male => "male",
        Sex::Other => "other",
    }
}

#[cfg(test)]
#[path = "compile_test.rs"]
mod tests;
