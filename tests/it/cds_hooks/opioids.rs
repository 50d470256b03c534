//! Opioid prescribing over prefetch, in the form that the services of the CDC's guideline are asked in (order-sign and
//! order-select with MedicationRequests in a dose, wrapped or in Bundles, under keys of the client's own).

use serde_json::{Value, json};

use super::{PATIENT, bundle, call, cards, dosed, of_rule, open_app, order, request};

fn oxycodone(id: &str, status: &str, tablets: f64, times: u32) -> Value {
    let order = order(id, status, "1049502", "12 HR Oxycodone Hydrochloride 10 MG Extended Release Oral Tablet");
    dosed(order, tablets, "{tablet}", times, 1.0)
}

/// As those services are asked: ids as references, resources wrapped, nulls for the rest.
fn asked(hook: &str, drafts: &[Value], taken: &[Value]) -> Value {
    let mut body = request(hook, json!({ "patientId": format!("Patient/{PATIENT}"), "draftOrders": bundle(drafts) }));
    if hook == "order-select" {
        let selected =
            drafts.iter().map(|draft| json!(format!("MedicationRequest/{}", draft["id"].as_str().unwrap_or(""))));
        body["context"]["selections"] = selected.collect();
    }
    let wrapped = |resource: Value| json!({ "response": { "status": "200 OK" }, "resource": resource });
    let patient = json!({ "resourceType": "Patient", "id": PATIENT, "gender": "male", "birthDate": "1982-01-07" });
    body["prefetch"] =
        json!({ "item1": wrapped(patient), "item2": null, "item3": wrapped(bundle(taken)), "item4": null });
    body["fhirServer"] = json!("http://localhost:8080/fhir");
    body
}

/// What the cards say, in one text.
fn said(cards: &[Value]) -> String {
    cards.iter().map(|card| format!("{} {}\n", card["summary"], card["detail"])).collect()
}

#[tokio::test]
async fn the_opioids_of_a_day_are_summed_over_the_draft_and_what_is_taken() {
    let app = open_app().await;
    for hook in ["order-sign", "order-select"] {
        let total = async |draft: Value, taken: &[Value]| {
            let all = cards(call(&app, hook, &asked(hook, &[draft], taken)).await);
            of_rule(&all, "opioid-total")
                .first()
                .map(|card| (card["indicator"].clone(), said(std::slice::from_ref(card))))
        };
        // 10 mg three times a day are 45 MME.
        assert_eq!(total(oxycodone("d", "draft", 1.0, 3), &[]).await, None, "{hook}");
        // With hydrocodone 10 mg twice a day they are 65.
        let hydrocodone =
            order("h", "active", "856992", "Acetaminophen 325 MG / Hydrocodone Bitartrate 10 MG Oral Tablet");
        let both = total(oxycodone("d", "draft", 1.0, 3), &[dosed(hydrocodone, 1.0, "{tablet}", 2, 1.0)]).await;
        let (indicator, words) = both.unwrap_or_else(|| panic!("{hook}: 65 MME"));
        assert_eq!(indicator, "warning");
        assert!(words.contains("65 MME") && words.contains("naloxone"), "{words}");
        // 20 mg four times a day are 120.
        let (indicator, words) =
            total(oxycodone("d", "active", 2.0, 4), &[]).await.unwrap_or_else(|| panic!("{hook}: 120 MME"));
        assert_eq!(indicator, "critical");
        assert!(words.contains("120 MME"), "{words}");
    }
}

#[tokio::test]
async fn a_patch_counts_by_its_rate() {
    let app = open_app().await;
    // 75 ug/h are 180 MME a day (factor 2.4).
    let patch = order("p", "active", "197696", "72 HR Fentanyl 0.075 MG/HR Transdermal System");
    let patch = dosed(patch, 1.0, "{patch}", 1, 3.0);
    let all = cards(call(&app, "order-sign", &asked("order-sign", &[patch], &[])).await);
    let [card] = of_rule(&all, "opioid-total")[..] else { panic!("{all:#?}") };
    assert_eq!(card["indicator"], "critical");
    assert!(said(std::slice::from_ref(card)).contains("180 MME"), "{card:#}");
}

#[tokio::test]
async fn an_opioid_and_a_benzodiazepine_are_told_whichever_comes_second() {
    let app = open_app().await;
    let flurazepam = |status: &str| {
        dosed(order("f", status, "1298088", "Flurazepam Hydrochloride 15 MG Oral Capsule"), 1.0, "{capsule}", 1, 1.0)
    };
    for (draft, taken) in [
        (flurazepam("draft"), oxycodone("o", "active", 1.0, 1)),
        (oxycodone("o", "draft", 1.0, 1), flurazepam("active")),
    ] {
        let all =
            cards(call(&app, "order-select", &asked("order-select", std::slice::from_ref(&draft), &[taken])).await);
        let [card] = of_rule(&all, "drug-interaction")[..] else { panic!("{all:#?}") };
        assert_eq!(card["indicator"], "critical");
        assert!(said(std::slice::from_ref(card)).contains("naloxone"), "{card:#}");
        let alone = cards(call(&app, "order-select", &asked("order-select", &[draft], &[])).await);
        assert!(of_rule(&alone, "drug-interaction").is_empty(), "{alone:#?}");
    }
}

#[tokio::test]
async fn an_opioid_without_a_dose_is_told_as_not_summed() {
    let app = open_app().await;
    let draft = order("d", "draft", "1049502", "12 HR Oxycodone Hydrochloride 10 MG Extended Release Oral Tablet");
    let all = cards(call(&app, "order-sign", &asked("order-sign", &[draft], &[])).await);
    let [card] = of_rule(&all, "(lacking)")[..] else { panic!("{all:#?}") };
    assert!(card["detail"].as_str().is_some_and(|text| text.contains("opioid-total")), "{card:#}");
}

/// Many clients send the code and no words.
#[tokio::test]
async fn the_code_of_a_product_alone_is_enough_to_sum() {
    let app = open_app().await;
    let coded = |mut order: Value, code: &str| {
        let coding = json!({ "system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": code });
        order["medicationCodeableConcept"] = json!({ "coding": [coding] });
        order
    };
    let oxycodone = coded(oxycodone("d", "draft", 2.0, 4), "1049502");
    let patch = coded(dosed(order("p", "draft", "197696", ""), 1.0, "{patch}", 1, 3.0), "197696");
    for (draft, total) in [(oxycodone, "120 MME"), (patch, "180 MME")] {
        let all = cards(call(&app, "order-sign", &asked("order-sign", &[draft], &[])).await);
        let [card] = of_rule(&all, "opioid-total")[..] else { panic!("{all:#?}") };
        assert_eq!(card["indicator"], "critical");
        assert!(said(std::slice::from_ref(card)).contains(total), "{card:#}");
    }
}
