use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Utc};
use healthcare_domain::code::{Coding, RXNORM};
use healthcare_dss::{AllergyFact, AllergyKnowledge, EvidenceGrade, MedicationFact, RuleBook};
use serde_json::{Value, json};

use super::*;
use crate::cds_hooks::{Draft, Given, Hook, Origin, judge};

/// A clock that stands still and counts identities.
struct Still(AtomicU64);

impl Clock for Still {
    fn now(&self) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH
    }
    fn new_id(&self) -> Uuid {
        Uuid::from_u128(u128::from(self.0.fetch_add(1, Ordering::Relaxed)) + 1)
    }
}

fn drug(name: &str, code: &str, place: &str) -> MedicationFact {
    MedicationFact {
        codings: vec![Coding::new(RXNORM, code, name)],
        text: None,
        route: None,
        dose: None,
        source: Origin::source(place),
        at: DateTime::UNIX_EPOCH,
    }
}

fn ask(hook: Hook, drafts: Vec<MedicationFact>, active: Vec<MedicationFact>) -> Ask {
    let reference = |fact: &MedicationFact| {
        let id = fact.codings[0].code.clone();
        let resource = json!({ "resourceType": "MedicationRequest", "id": id, "status": "active" });
        (fact.source.stream, Origin { reference: Some(format!("MedicationRequest/{id}")), resource: Some(resource) })
    };
    Ask {
        hook,
        patient: "1".into(),
        origins: drafts.iter().chain(&active).map(reference).collect(),
        drafts: drafts.into_iter().map(|fact| Draft { fact, asked: true }).collect(),
        new_allergies: vec![],
        new_conditions: vec![],
        given: Given {
            patient: Some(healthcare_dss::PatientFacts { age_years: Some(50), ..Default::default() }),
            allergies: Some(AllergyKnowledge::NoneKnown { source: Origin::source("none") }),
            medications: Some(active),
            conditions: Some(vec![]),
            laboratory: Some(vec![]),
            vitals: Some(vec![]),
            ..Given::default()
        },
    }
}

fn answered(ask: &Ask) -> (Vec<Value>, Vec<Issued>) {
    let book = InForce::of(RuleBook::embedded().unwrap());
    let judged = judge(&book, ask, (DateTime::UNIX_EPOCH, healthcare_domain::scheduling::zone::Zone::UTC));
    let (cards, issued) = cards(&book, &Still(AtomicU64::new(0)), ask, &judged);
    (cards.iter().map(|card| serde_json::to_value(card).unwrap()).collect(), issued)
}

fn warfarin() -> MedicationFact {
    drug("Warfarin Sodium 5 MG Oral Tablet", "855332", "w")
}

fn ketorolac() -> MedicationFact {
    drug("Ketorolac Tromethamine 10 MG Oral Tablet", "834022", "k")
}

fn about<'a>(cards: &'a [Value], rule: &str) -> Vec<&'a Value> {
    cards.iter().filter(|card| card["source"]["topic"]["code"] == rule).collect()
}

#[test]
fn two_drafts_that_do_not_go_together_are_one_card_with_a_way_out_for_each() {
    let (cards, issued) = answered(&ask(Hook::OrderSign, vec![warfarin(), ketorolac()], vec![]));
    let interactions = about(&cards, "drug-interaction");
    assert_eq!(interactions.len(), 1, "{cards:#?}");
    let card = interactions[0];
    let deleted: Vec<&Value> = card["suggestions"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["actions"][0]["type"] == "delete")
        .map(|one| &one["actions"][0]["resourceId"])
        .collect();
    assert!(
        deleted.contains(&&json!("MedicationRequest/855332")) && deleted.contains(&&json!("MedicationRequest/834022"))
    );
    assert_eq!(card["selectionBehavior"], "any");
    let remembered = issued.iter().find(|one| json!(one.card) == card["uuid"]).unwrap();
    assert_eq!(remembered.rule, "drug-interaction");
    assert_eq!(remembered.suggestions.len(), card["suggestions"].as_array().unwrap().len());
}

#[test]
fn a_draft_is_judged_against_what_is_taken_and_that_can_be_stopped() {
    let (cards, _) = answered(&ask(Hook::OrderSelect, vec![ketorolac()], vec![warfarin()]));
    let card = about(&cards, "drug-interaction")[0];
    assert!(card["detail"].as_str().unwrap().contains("**Why**"), "{card:#}");
    for suggestion in card["suggestions"].as_array().unwrap() {
        let action = &suggestion["actions"][0];
        if action["type"] == "update" {
            assert_eq!(action["resource"]["status"], "stopped");
            assert_eq!(action["resource"]["id"], "855332");
        }
    }
    // Not among what is asked about: nothing is said of it.
    let mut other = ask(Hook::OrderSelect, vec![ketorolac()], vec![warfarin()]);
    other.drafts[0].asked = false;
    assert!(!other.asks_something());
    assert_eq!(answered(&other).0, Vec::<Value>::new());
}

#[test]
fn a_draft_that_is_active_already_is_one_order_and_not_a_duplicate() {
    let mut once = ask(Hook::OrderSign, vec![warfarin()], vec![]);
    once.given.medications = Some(vec![MedicationFact { source: Origin::source("elsewhere"), ..warfarin() }]);
    let origin = once.origins[&warfarin().source.stream].clone();
    once.origins.insert(Origin::source("elsewhere").stream, origin);
    assert_eq!(about(&answered(&once).0, "duplicate-therapy"), Vec::<&Value>::new());
    // Another order of the same drug is one.
    once.origins.get_mut(&Origin::source("elsewhere").stream).unwrap().reference =
        Some("MedicationRequest/other".into());
    assert_eq!(about(&answered(&once).0, "duplicate-therapy").len(), 1);
}

#[test]
fn a_new_allergy_brings_up_what_was_not_there_before() {
    let amoxicillin = drug("Amoxicillin 500 MG Oral Capsule", "308191", "a");
    let mut asks = ask(Hook::AllergyIntoleranceCreate, vec![], vec![amoxicillin, warfarin(), ketorolac()]);
    asks.new_allergies.push(AllergyFact {
        codings: vec![Coding::new("http://snomed.info/sct", "91936005", "Allergy to penicillin")],
        text: None,
        kind: None,
        criticality: None,
        source: Origin::source("p"),
        at: DateTime::UNIX_EPOCH,
    });
    let (cards, _) = answered(&asks);
    assert_eq!(about(&cards, "allergy-conflict").len(), 1, "{cards:#?}");
    assert!(about(&cards, "drug-interaction").is_empty(), "warfarin with ketorolac was there before");
}

#[test]
fn what_cannot_be_mapped_and_what_was_not_given_is_shown() {
    let mut asks = ask(Hook::OrderSign, vec![drug("Zzyzx 5 MG Oral Tablet", "0", "z")], vec![]);
    let (cards, _) = answered(&asks);
    assert_eq!(about(&cards, "drug-not-checked").len(), 1, "{cards:#?}");
    asks.given.modified.push("MedicationRequest/m".into());
    let (cards, _) = answered(&asks);
    let told = about(&cards, NOT_TAKEN)[0];
    assert_eq!(told["indicator"], "warning");
    assert!(told["detail"].as_str().unwrap().contains("MedicationRequest/m"), "{told:#}");
    asks.given.conditions = None;
    asks.given.cut.push(Part::Laboratory);
    let (cards, _) = answered(&asks);
    let told = about(&cards, NOT_GIVEN)[0];
    assert_eq!(told["indicator"], "info");
    let detail = told["detail"].as_str().unwrap();
    assert!(detail.contains("conditions") && detail.contains("laboratory results"), "{detail}");
}

#[test]
fn a_card_says_of_each_source_whether_it_was_read() {
    let asks = ask(Hook::OrderSign, vec![warfarin(), ketorolac()], vec![]);
    let book = InForce::of(RuleBook::embedded().unwrap());
    let mut judged = judge(&book, &asks, (DateTime::UNIX_EPOCH, healthcare_domain::scheduling::zone::Zone::UTC));
    let known = |citation: &str, source: SourceRead| Evidence {
        citation: citation.into(),
        link: None,
        grade: EvidenceGrade::Guideline,
        source,
    };
    let shown = |judged: &Judged| {
        let (cards, _) = cards(&book, &Still(AtomicU64::new(0)), &asks, judged);
        let card = cards.into_iter().find(|card| card.source.topic.code == *judged.noticed[0].finding.rule).unwrap();
        let detail = card.detail.unwrap();
        let lines =
            detail.split_once("**Evidence**").map(|(_, rest)| rest.lines().filter(|line| line.starts_with("- ")));
        lines.into_iter().flatten().map(str::to_owned).collect::<Vec<String>>()
    };
    judged.noticed.truncate(1);
    judged.noticed[0].finding.evidence =
        vec![known("A guideline", SourceRead::Checked), known("A label", SourceRead::Unchecked)];
    assert_eq!(
        shown(&judged),
        ["- A guideline", "- A label (the source was not read when the rule was written)"],
        "each source for itself"
    );
    judged.noticed[0].finding.evidence.clear();
    assert_eq!(shown(&judged), Vec::<String>::new());
}

#[test]
fn nothing_to_say_is_nothing_and_the_gravest_comes_first() {
    let loratadine = drug("Loratadine 10 MG Oral Tablet", "311372", "a");
    assert_eq!(answered(&ask(Hook::OrderSign, vec![loratadine], vec![])).0, Vec::<Value>::new());
    let rank = |card: &Value| ["critical", "warning", "info"].iter().position(|one| card["indicator"] == *one).unwrap();
    let mut asks = ask(Hook::OrderSign, vec![ketorolac(), drug("Zzyzx", "0", "z")], vec![warfarin()]);
    asks.given.laboratory = None;
    let (cards, _) = answered(&asks);
    assert!(cards.len() > 2 && cards.iter().map(rank).is_sorted(), "{cards:#?}");
    for card in &cards {
        assert!(card["summary"].as_str().unwrap().chars().count() < 140);
        for optional in ["suggestions", "overrideReasons", "links", "selectionBehavior", "detail"] {
            let value = &card[optional];
            assert!(
                card.get(optional).is_none() || !(value.is_null() || value == &json!([]) || value == ""),
                "{card:#}"
            );
        }
    }
}

#[test]
fn a_summary_is_one_line_and_short() {
    assert_eq!(short(" a\n b ", "x"), "a b");
    assert_eq!(short("", "x"), "x");
    let cut = short(&"é".repeat(300), "x");
    assert!(cut.chars().count() == 139 && cut.ends_with('…'));
}

#[test]
fn words_become_a_code() {
    let one = reason("Benefit outweighs the risk (documented)").unwrap();
    assert_eq!(
        (one.code.as_str(), one.display.as_str()),
        ("benefit-outweighs-the-risk-documented", "Benefit outweighs the risk (documented)")
    );
    assert!(reason(" … ").is_none());
}

fn result(loinc: &str, value: &str, unit: &str, minutes_ago: i64) -> healthcare_dss::ObservationFact {
    healthcare_dss::ObservationFact {
        code: Coding::new(healthcare_domain::code::LOINC, loinc, ""),
        value: value.parse().unwrap(),
        bound: None,
        unit: unit.into(),
        source: Origin::source(loinc),
        at: DateTime::UNIX_EPOCH - chrono::TimeDelta::minutes(minutes_ago),
    }
}

#[test]
fn what_critical_rules_cannot_read_in_a_record_is_one_card_above_information() {
    let mut asks = ask(Hook::PatientView, vec![], vec![]);
    asks.given.conditions = None;
    asks.given.laboratory = Some(vec![result("2823-3", "7.5", "furlong", 5)]);
    let (cards, issued) = answered(&asks);
    let [card] = about(&cards, NOT_READ)[..] else { panic!("{cards:#?}") };
    assert_eq!(card["indicator"], "warning");
    assert_eq!(card["summary"], "Could not be judged: potassium 7.5 furlong, 5 min ago");
    let detail = card["detail"].as_str().unwrap();
    assert!(detail.contains("critical-potassium-high") && detail.contains("critical-potassium-low"), "{detail}");
    assert_eq!(
        (issued[0].rule.as_str(), issued[0].severity),
        (NOT_READ, Severity::Warning),
        "before what was not given"
    );
    // What is missing altogether, or can be read, is no card.
    for known in [vec![], vec![result("2823-3", "4.5", "mEq/L", 5)], vec![result("4548-4", "7", "furlong", 5)]] {
        asks.given.laboratory = Some(known);
        assert!(about(&answered(&asks).0, NOT_READ).is_empty());
    }
}

#[test]
fn news2_is_computed_from_the_vital_signs_that_were_sent() {
    use healthcare_domain::vitals::{Consciousness, VitalSign};

    use crate::score::{Charted, Sign};

    let mut asks = ask(Hook::PatientView, vec![], vec![]);
    let at = DateTime::UNIX_EPOCH - chrono::TimeDelta::minutes(10);
    let number = |sign, value: &str| Sign::Number(sign, value.parse().unwrap());
    let all = vec![
        number(VitalSign::RespiratoryRate, "21"),
        number(VitalSign::Spo2, "89"),
        number(VitalSign::SystolicBp, "101"),
        number(VitalSign::HeartRate, "135"),
        number(VitalSign::Temperature, "39.5"),
        Sign::Consciousness(Consciousness::Alert),
        Sign::Oxygen(false),
    ];
    let charted = |what| Charted { what, at, source: Origin::source("vitals") };
    asks.given.signs = all.iter().cloned().map(charted).collect();
    assert!(about(&answered(&asks).0, "news2-high").is_empty(), "nobody knows whether they are grown up");
    asks.given.born = Some("1900-03-04".parse().unwrap());
    let (cards, _) = answered(&asks);
    let [card] = about(&cards, "news2-high")[..] else { panic!("{cards:#?}") };
    assert!(card["summary"].as_str().unwrap().contains("11"), "{card:#}");
    // A weight that came later does not date it.
    let weighed = Charted { at: DateTime::UNIX_EPOCH, ..charted(number(VitalSign::BodyWeight, "70")) };
    asks.given.signs.push(weighed);
    let book = healthcare_dss::RuleBook::embedded().unwrap();
    let zone = healthcare_domain::scheduling::zone::Zone::UTC;
    let reading = crate::decision::Reading { knowledge: book.knowledge(), zone };
    let scores = asks.given.facts(reading, DateTime::UNIX_EPOCH).scores;
    assert_eq!(scores.iter().find(|score| score.name == "news2").map(|score| score.at), Some(at));
    // What is known settles it without the rest.
    asks.given.signs = all.into_iter().take(5).map(charted).collect();
    assert_eq!(about(&answered(&asks).0, "news2-high").len(), 1);
    // Too old.
    asks.given.signs.iter_mut().for_each(|sign| sign.at -= chrono::TimeDelta::hours(6));
    assert!(about(&answered(&asks).0, "news2-high").is_empty());
}

#[test]
fn a_creatinine_alone_tells_the_kidneys() {
    let metformin = drug("Metformin hydrochloride 500 MG Oral Tablet", "861007", "m");
    let mut asks = ask(Hook::OrderSign, vec![metformin], vec![]);
    let person = healthcare_dss::PatientFacts { age_years: Some(76), ..Default::default() };
    asks.given.patient = Some(healthcare_dss::PatientFacts { sex: Some(healthcare_dss::Sex::Female), ..person });
    let rules = |asks: &Ask| {
        let (cards, _) = answered(asks);
        let codes = cards.iter().filter_map(|card| card["source"]["topic"]["code"].as_str());
        codes.filter(|code| code.starts_with("metformin")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(rules(&asks), ["metformin-egfr-unknown"]);
    asks.given.laboratory = Some(vec![result("2160-0", "4", "mg/dL", 60)]);
    assert_eq!(rules(&asks), ["metformin-egfr-below-30"]);
    asks.given.patient = Some(person);
    assert_eq!(rules(&asks), ["metformin-egfr-unknown"], "of nobody whose sex is not known");
}
