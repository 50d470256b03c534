//! Tables of drug facts. Each row has its own severity and evidence.

use super::{Bits, DrugSet, IngredientId, ValueSetId};
use crate::dose::DrugForm;
use crate::evidence::Evidence;
use crate::finding::Severity;
use crate::text::Text;

/// What every row says.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) id: Text,
    pub(crate) severity: Severity,
    /// What may happen.
    pub(crate) effect: Text,
    /// What to do.
    pub(crate) action: Text,
    pub(crate) evidence: Evidence,
}

/// Two sets of drugs that meet badly.
#[derive(Debug, Clone)]
pub(crate) struct DrugPair {
    pub(crate) row: Row,
    pub(crate) a: DrugSet,
    pub(crate) b: DrugSet,
}

/// Pairs, indexed by ingredient: which rows it stands in on either side.
#[derive(Debug)]
pub(crate) struct PairTable {
    pub(crate) rows: Vec<DrugPair>,
    sides: Vec<(Bits, Bits)>,
}

impl PairTable {
    pub(crate) fn new(rows: Vec<DrugPair>, ingredients: usize) -> Self {
        let sides = (0..ingredients)
            .map(|ingredient| {
                let (mut a, mut b) = (Bits::new(rows.len()), Bits::new(rows.len()));
                for (nth, row) in rows.iter().enumerate() {
                    if row.a.members.contains(ingredient) {
                        a.insert(nth);
                    }
                    if row.b.members.contains(ingredient) {
                        b.insert(nth);
                    }
                }
                (a, b)
            })
            .collect();
        Self { rows, sides }
    }

    /// The rows with `first` on side a and `second` on side b.
    pub(crate) fn directed(&self, first: IngredientId, second: IngredientId) -> impl Iterator<Item = &DrugPair> {
        let (a, _) = &self.sides[first.index()];
        let (_, b) = &self.sides[second.index()];
        a.common(b).map(|nth| &self.rows[nth])
    }

    /// Whether any row speaks of this ingredient on side a, or on side b.
    pub(crate) fn speaks_of(&self, ingredient: IngredientId) -> bool {
        let (a, b) = &self.sides[ingredient.index()];
        !a.is_empty() || !b.is_empty()
    }
}

/// Drugs to avoid or to watch in a condition.
#[derive(Debug, Clone)]
pub(crate) struct Contraindication {
    pub(crate) row: Row,
    pub(crate) drugs: DrugSet,
    pub(crate) conditions: Vec<ValueSetId>,
    /// Whether a drug that acts where it is put, and hardly reaches the blood, is none of them.
    pub(crate) systemic: bool,
}

/// Drugs to avoid or to watch in a state of the patient that the table is about.
#[derive(Debug, Clone)]
pub(crate) struct Caution {
    pub(crate) row: Row,
    pub(crate) drugs: DrugSet,
}

/// Drugs to avoid or to watch at an age.
#[derive(Debug, Clone)]
pub(crate) struct AgeCaution {
    pub(crate) row: Row,
    pub(crate) drugs: DrugSet,
    /// Completed years, inclusive.
    pub(crate) from_years: Option<u16>,
    /// Completed years, exclusive.
    pub(crate) below_years: Option<u16>,
    /// Completed months, exclusive; holds where a child's months are known, or its years already rule it in or out.
    pub(crate) below_months: Option<u16>,
    /// The form in which it is not about the drug. What does not tell its form is taken not to be of it.
    pub(crate) except_form: Option<DrugForm>,
}

/// A class of which one drug is enough.
#[derive(Debug, Clone)]
pub(crate) struct Duplicate {
    pub(crate) row: Row,
    pub(crate) class: usize,
    /// Whether a drug that acts where it is put is none of them.
    pub(crate) systemic: bool,
    /// Its drugs.
    pub(crate) members: Bits,
}
