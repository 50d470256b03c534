//! The decision tables that every engine judges.

use serde::Serialize;

/// Value set, LOINC code and unit of what is measured: each in the one unit, so that nobody converts.
pub const MEASURED: [(&str, &str, &str); 16] = [
    ("potassium", "2823-3", "mmol/L"),
    ("sodium", "2951-2", "mmol/L"),
    ("glucose", "2345-7", "mg/dL"),
    ("haemoglobin", "718-7", "g/dL"),
    ("creatinine", "2160-0", "mg/dL"),
    ("egfr", "98979-8", "mL/min/{1.73_m2}"),
    ("calcium", "17861-6", "mg/dL"),
    ("platelets", "777-3", "10*3/uL"),
    ("inr", "6301-6", "{INR}"),
    ("lactate", "2524-7", "mmol/L"),
    ("leukocytes", "6690-2", "10*3/uL"),
    ("respiratory-rate", "9279-1", "/min"),
    ("systolic-bp", "8480-6", "mm[Hg]"),
    ("gcs", "9269-2", "{score}"),
    ("spo2", "2708-6", "%"),
    ("qtc", "8636-3", "ms"),
];

/// Ingredients that the drug rules are about.
pub const DRUGS: [&str; 24] = [
    "warfarin",
    "ibuprofen",
    "lisinopril",
    "metformin",
    "simvastatin",
    "digoxin",
    "amiodarone",
    "sertraline",
    "clopidogrel",
    "furosemide",
    "spironolactone",
    "omeprazole",
    "amlodipine",
    "atorvastatin",
    "prednisone",
    "morphine",
    "haloperidol",
    "methotrexate",
    "clarithromycin",
    "fluconazole",
    "carbamazepine",
    "phenytoin",
    "lithium",
    "naproxen",
];

/// What every measurement of the record comes to.
pub const VALUE: u32 = 50;

/// One row: the measurement is at least the limit, and where a drug is named, the draft is that drug.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    pub id: String,
    pub drug: Option<&'static str>,
    pub measurement: &'static str,
    /// In halves, so that every engine holds it exactly.
    pub limit: f64,
}

/// So many threshold rows, of which one in a hundred holds for the record. With drugs, a row asks for one of them too.
pub fn rows(count: usize, with_drugs: bool) -> Vec<Row> {
    (0..count)
        .map(|nth| Row {
            id: format!("rule-{nth:05}"),
            drug: with_drugs.then(|| DRUGS[nth % DRUGS.len()]),
            measurement: MEASURED[if with_drugs { nth / DRUGS.len() } else { nth } % MEASURED.len()].0,
            limit: if nth % 100 == 36 { f64::from(VALUE) - 0.5 } else { f64::from(VALUE) + 0.5 + (nth % 40) as f64 },
        })
        .collect()
}

/// The rows that hold for the record.
pub fn expected(rows: &[Row]) -> Vec<String> {
    let holds = |row: &&Row| row.drug.is_none_or(|drug| drug == DRUGS[0]) && row.limit <= f64::from(VALUE);
    rows.iter().filter(holds).map(|row| row.id.clone()).collect()
}

/// The record as plain JSON.
pub fn record() -> serde_json::Value {
    let mut record = serde_json::Map::new();
    record.insert("drug".into(), DRUGS[0].into());
    for (name, ..) in MEASURED {
        record.insert(name.into(), VALUE.into());
    }
    record.into()
}
