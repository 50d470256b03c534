//! Tables whose rows speak of drugs.

use std::collections::HashMap;

use super::documents::{CautionDocument, ContraindicationsDocument, DuplicateDocument, PairDocument, TableDocument};
use crate::evidence::Evidence;
use crate::finding::Severity;
use crate::knowledge::{
    AgeCaution, Bits, Caution, Contraindication, DrugPair, DrugSet, Duplicate, Knowledge, PairTable, Row, ValueSetId,
};
use crate::rule::{RuleError, read_json};

impl Knowledge {
    pub(super) fn pair_table(&self, file: &'static str, text: &str) -> Result<PairTable, RuleError> {
        let document: TableDocument<PairDocument> = read_json(file, text)?;
        let mut rows: Vec<DrugPair> = vec![];
        for (nth, pair) in document.rows.into_iter().enumerate() {
            let PairDocument { id, severity, effect, action, evidence, a, b } = pair;
            let place = Place { file, nth };
            if rows.iter().any(|row| *row.row.id == *id) {
                return Err(place.fault("id", format!("a row `{id}` stands above")));
            }
            let row = place.row(id, severity, effect, action, &evidence, &document.evidence)?;
            rows.push(DrugPair { row, a: self.drugs_at(place, "a", &a)?, b: self.drugs_at(place, "b", &b)? });
        }
        Ok(PairTable::new(rows, self.ingredients.len()))
    }

    pub(super) fn load_contraindications(&mut self, text: &str) -> Result<(), RuleError> {
        let file = "contraindications.json";
        let ContraindicationsDocument { evidence, only_named_conditions, rows } = read_json(file, text)?;
        self.only_named_conditions = only_named_conditions;
        self.contraindicating = Bits::new(self.value_sets.sets.len());
        for (nth, caution) in rows.into_iter().enumerate() {
            let place = Place { file, nth };
            let (row, drugs) = self.caution(place, &caution, &evidence)?;
            let conditions = self.value_sets_at(place, "conditions", &caution.conditions)?;
            conditions.iter().for_each(|set| self.contraindicating.insert(usize::from(*set)));
            let systemic = caution.systemic;
            self.contraindications
                .push(Contraindication { row, drugs, conditions, systemic }, |row| &row.drugs.members);
        }
        Ok(())
    }

    pub(super) fn load_pregnancy(&mut self, text: &str) -> Result<(), RuleError> {
        for (place, caution, evidence) in cautions("pregnancy.json", text)? {
            let (row, drugs) = self.caution(place, &caution, &evidence)?;
            self.pregnancy.push(Caution { row, drugs }, |row| &row.drugs.members);
        }
        Ok(())
    }

    pub(super) fn load_lactation(&mut self, text: &str) -> Result<(), RuleError> {
        for (place, caution, evidence) in cautions("lactation.json", text)? {
            let (row, drugs) = self.caution(place, &caution, &evidence)?;
            self.lactation.push(Caution { row, drugs }, |row| &row.drugs.members);
        }
        Ok(())
    }

    pub(super) fn load_age_cautions(&mut self, text: &str) -> Result<(), RuleError> {
        for (place, caution, evidence) in cautions("age-cautions.json", text)? {
            let (row, drugs) = self.caution(place, &caution, &evidence)?;
            let CautionDocument { from_years, below_years, below_months, except_form, .. } = caution;
            if from_years.is_none() && below_years.is_none() && below_months.is_none() {
                return Err(place.fault("from_years", "no age is given".into()));
            }
            let caution = AgeCaution { row, drugs, from_years, below_years, below_months, except_form };
            self.age_cautions.push(caution, |row| &row.drugs.members);
        }
        Ok(())
    }

    pub(super) fn load_duplicates(&mut self, text: &str) -> Result<(), RuleError> {
        let file = "duplicates.json";
        let document: TableDocument<DuplicateDocument> = read_json(file, text)?;
        for (nth, DuplicateDocument { class, systemic, severity, effect, action, evidence }) in
            document.rows.into_iter().enumerate()
        {
            let place = Place { file, nth };
            let Some(number) = self.class_by_id.get(class.as_str()).copied() else {
                return Err(place.fault("class", format!("unknown drug class `{class}`")));
            };
            let row = place.row(class, severity, effect, action, &evidence, &document.evidence)?;
            let members = self.classes[number].members.clone();
            self.duplicates.push(Duplicate { row, class: number, systemic, members }, |row| &row.members);
        }
        Ok(())
    }

    fn caution(
        &self,
        place: Place,
        caution: &CautionDocument,
        evidence: &HashMap<String, Evidence>,
    ) -> Result<(Row, DrugSet), RuleError> {
        let row = place.row(
            caution.id.clone(),
            caution.severity,
            caution.effect.clone(),
            caution.action.clone(),
            &caution.evidence,
            evidence,
        )?;
        Ok((row, self.drugs_at(place, "drugs", &caution.drugs)?))
    }

    pub(super) fn drugs_at(&self, place: Place, field: &str, selectors: &[String]) -> Result<DrugSet, RuleError> {
        self.drug_set(selectors).map_err(|(at, reason)| place.fault(&format!("{field}[{at}]"), reason))
    }

    pub(super) fn value_sets_at(
        &self,
        place: Place,
        field: &str,
        names: &[String],
    ) -> Result<Vec<ValueSetId>, RuleError> {
        if names.is_empty() {
            return Err(place.fault(field, "no value set is given".into()));
        }
        names
            .iter()
            .enumerate()
            .map(|(at, name)| {
                self.value_sets
                    .by_id
                    .get(name.as_str())
                    .copied()
                    .ok_or_else(|| place.fault(&format!("{field}[{at}]"), format!("unknown value set `{name}`")))
            })
            .collect()
    }
}

type PlacedCaution = (Place, CautionDocument, HashMap<String, Evidence>);

fn cautions(file: &'static str, text: &str) -> Result<Vec<PlacedCaution>, RuleError> {
    let TableDocument { evidence, rows } = read_json::<TableDocument<CautionDocument>>(file, text)?;
    Ok(rows.into_iter().enumerate().map(|(nth, row)| (Place { file, nth }, row, evidence.clone())).collect())
}

/// The file and row that is being read.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) file: &'static str,
    pub(super) nth: usize,
}

impl Place {
    pub(super) fn fault(self, field: &str, reason: String) -> RuleError {
        RuleError::at(self.file, &format!("rows[{}].{field}", self.nth), reason)
    }

    pub(super) fn row(
        self,
        id: String,
        severity: Severity,
        effect: String,
        action: String,
        evidence: &str,
        sources: &HashMap<String, Evidence>,
    ) -> Result<Row, RuleError> {
        let evidence = sources
            .get(evidence)
            .cloned()
            .ok_or_else(|| self.fault("evidence", format!("unknown source `{evidence}`")))?;
        Ok(Row { id: id.into(), severity, effect: effect.into(), action: action.into(), evidence })
    }
}
