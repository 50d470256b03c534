use std::collections::BTreeSet;

use healthcare_application::Role;
use healthcare_tests::app::spawn_app;
use serde_json::{Value, json};

use super::{Desk, document};

fn ids(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().expect("items").iter();
    items.map(|item| item["id"].as_str().expect("an id").to_owned()).collect()
}

#[tokio::test]
async fn rules_are_listed_by_state_owner_severity_and_trigger_page_by_page() {
    let app = spawn_app().await;
    let desk = Desk::of(&app).await;
    desk.active(document("aa-active", 1)).await;
    desk.draft(document("aa-active", 2)).await.expect(201);
    desk.shadowed(document("zz-shadow", 1)).await;
    let list = async |query: &str| desk.get(query).await.expect(200).body;

    let (mut seen, mut path) = (vec![], "?limit=7".to_owned());
    loop {
        let page = list(&path).await;
        seen.extend(ids(&page));
        let Some(next) = page["next_cursor"].as_str() else { break };
        path = format!("?limit=7&cursor={next}");
    }
    assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), seen.len(), "each once");
    assert!(seen.is_sorted() && seen.len() > 40, "{seen:?}");
    assert_eq!(ids(&list("?sort=-id&limit=1").await), ["zz-shadow"]);
    assert_eq!(ids(&list("?sort=-changed&limit=2").await), ["zz-shadow", "aa-active"]);
    let all = list("?limit=200").await;
    let read = |item: &Value| item["evidence"].as_array().expect("evidence")[0]["source"].clone();
    for item in all["items"].as_array().expect("items") {
        assert!(read(item) == "checked" || read(item) == "unchecked", "whether its source was read: {item:#}");
    }
    let gravest = list("?sort=severity&limit=1").await;
    assert_eq!(gravest["items"][0]["severity"], "critical");

    assert_eq!(ids(&list("?state=shadow").await), ["zz-shadow"]);
    let drafts = list("?state=draft").await;
    assert_eq!((ids(&drafts), &drafts["items"][0]["version"]), (vec!["aa-active".to_owned()], &json!(2)));
    assert_eq!(ids(&list("?owner=Ward%20pharmacy&state=active").await), ["aa-active"]);
    let critical = list("?severity=critical&trigger=order-sign&limit=200").await;
    assert!(
        ids(&critical).contains(&"allergy-conflict".to_owned()) && !ids(&critical).contains(&"news2-high".to_owned())
    );
    let refused = desk.get("?sort=owner").await;
    refused.expect_problem(400, "/problems/request/parameter", &["sort"]);
    desk.get("?cursor=zz").await.expect_problem(400, "/problems/request/parameter", &["cursor"]);
    desk.get("?colour=red").await.expect_problem(400, "/problems/request/parameter", &["colour"]);
    // Who prescribes under them reads them as well.
    let path = "/api/v1/rules/aa-active";
    assert_eq!(app.get(Role::Doctor, path).await.expect(200).body["version"], 1);
    app.get(Role::Nurse, path).await.expect_problem(403, "/problems/access/denied", &[]);
}

#[tokio::test]
async fn two_versions_are_compared_place_by_place() {
    let app = spawn_app().await;
    let desk = Desk::of(&app).await;
    desk.active(document("compared", 1)).await;
    let mut second = document("compared", 2);
    second["severity"] = json!("warning");
    second["tests"][0]["expect"] = json!({ "fired": [["warning", "twice"]] });
    desk.draft(second).await.expect(201);
    let told = desk.get("/compared/diff?from=1&to=2").await.expect(200).body;
    let changes = told["changes"].as_array().expect("changes");
    let at =
        |path: &str| changes.iter().find(|one| one["path"] == path).unwrap_or_else(|| panic!("{path}: {changes:#?}"));
    assert_eq!((&at("/severity")["old"], &at("/severity")["new"]), (&json!("critical"), &json!("warning")));
    assert_eq!((&at("/version")["old"], &at("/version")["new"]), (&json!(1), &json!(2)));
    assert_eq!(desk.get("/compared/diff?from=2&to=2").await.expect(200).body["changes"], json!([]));
    desk.get("/compared/diff?from=1&to=9").await.expect_problem(404, "/problems/request/not-found", &[]);
    let unnamed = desk.get("/compared/diff").await.expect(200).body;
    assert_eq!((&unnamed["from"], &unnamed["to"], &unnamed["changes"]), (&json!(1), &json!(2), &told["changes"]));
    desk.get("/compared/diff?from=one").await.expect_problem(400, "/problems/request/parameter", &["from"]);

    // What ships is compared with what the house would put in its place.
    let mut own = desk.get("/qsofa/versions/4").await.expect(200).body["document"].clone();
    own["version"] = json!(5);
    own["owner"] = json!("Intensive care");
    desk.draft(own).await.expect(201);
    let told = desk.get("/qsofa/diff?from=4&to=5").await.expect(200).body;
    let paths: BTreeSet<_> =
        told["changes"].as_array().expect("changes").iter().map(|one| one["path"].clone().to_string()).collect();
    assert_eq!(paths, BTreeSet::from(["\"/owner\"".to_owned(), "\"/version\"".to_owned()]));
}
