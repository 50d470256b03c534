use healthcare_application::Role;
use healthcare_tests::app::{TestApp, spawn_app};
use serde_json::json;

async fn person(app: &TestApp, family: &str, given: &str, phone: &str) -> String {
    let body = json!({ "names": [{ "family": family, "given": [given] }],
        "telecom": [{ "system": "phone", "value": phone }, { "system": "email", "value": "1234567@example.org" }] });
    app.post(Role::Nurse, "/api/v1/patients", body).await.expect(201).id()
}

async fn found(app: &TestApp, query: &str) -> Vec<String> {
    let page = app.get(Role::Nurse, &format!("/api/v1/patients?{query}")).await.expect(200);
    let items = page.body["items"].as_array().cloned().expect("items");
    items.iter().map(|one| one["id"].as_str().map(str::to_owned).expect("an id")).collect()
}

#[tokio::test]
async fn names_are_found_by_their_beginning_without_accents_and_by_their_sound() {
    let app = spawn_app().await;
    let meyer = person(&app, "Meyer", "Zoë", "044 555 01 23").await;
    let maier = person(&app, "Maier", "Kathryn", "044 555 01 24").await;
    let lopez = person(&app, "López-Müller", "José", "044 555 01 25").await;
    assert_eq!(found(&app, "name=lopez").await, std::slice::from_ref(&lopez));
    assert_eq!(found(&app, "name=MULL%20jos").await, std::slice::from_ref(&lopez));
    assert_eq!(found(&app, "name=mai").await, std::slice::from_ref(&maier));
    assert_eq!(found(&app, "sounds_like=Meier").await, [meyer.clone(), maier.clone()]);
    assert_eq!(found(&app, "sounds_like=Meier%20Catherine").await, std::slice::from_ref(&maier));
    assert!(found(&app, "name=Meier").await.is_empty(), "a beginning is one");
    assert!(found(&app, "sounds_like=%D0%98%D0%B2%D0%B0%D0%BD").await.is_empty(), "what has no sound finds nobody");
    // Renamed, they are heard as they are called now.
    let renamed = json!({ "names": [{ "family": "Schmidt", "given": ["Zoë"] }] });
    app.patch(Role::Nurse, &format!("/api/v1/patients/{meyer}"), 1, renamed).await.expect(200);
    assert_eq!(found(&app, "sounds_like=Meier").await, std::slice::from_ref(&maier));
    assert_eq!(found(&app, "sounds_like=Smith").await, std::slice::from_ref(&meyer));
}

#[tokio::test]
async fn a_telephone_number_is_found_however_it_is_written() {
    let app = spawn_app().await;
    let one = person(&app, "Lind", "Bo", "+41 44 555 01 23").await;
    let other = person(&app, "Berg", "Bo", "(021) 555 01-24").await;
    for written in
        ["%2B41445550123", "0445550123", "044%20555%2001%2023", "0041%2044%20555%2001%2023", "5550123", "0123"]
    {
        assert_eq!(found(&app, &format!("phone={written}")).await, std::slice::from_ref(&one), "{written}");
    }
    for written in ["0215550124", "%2B41%2021%20555%2001%2024", "0124"] {
        assert_eq!(found(&app, &format!("phone={written}")).await, std::slice::from_ref(&other), "{written}");
    }
    assert!(found(&app, "phone=%2B41%2031%20555%2001%2023").await.is_empty(), "another region");
    assert!(found(&app, "phone=1234567").await.is_empty(), "an address of e-mail is no number");
    let short = app.get(Role::Nurse, "/api/v1/patients?phone=123").await;
    short.expect_problem(400, "/problems/request/parameter", &["phone"]);
    // A number that was given up finds nobody.
    let moved = json!({ "telecom": [{ "system": "phone", "value": "031 555 77 77" }] });
    app.patch(Role::Nurse, &format!("/api/v1/patients/{one}"), 1, moved).await.expect(200);
    assert!(found(&app, "phone=0445550123").await.is_empty());
}

#[tokio::test]
async fn a_list_is_sorted_by_name_and_pages_without_a_name_in_the_cursor() {
    let app = spawn_app().await;
    let zech = person(&app, "Zech", "Ada", "1000").await;
    let ab = person(&app, "Äbi", "Bo", "1001").await;
    let abi = person(&app, "Abi", "Ada", "1002").await;
    let mid = person(&app, "Moss", "Cy", "1003").await;
    let all = [abi.clone(), ab.clone(), mid.clone(), zech.clone()];
    assert_eq!(found(&app, "sort=name").await, all);
    assert_eq!(found(&app, "sort=-registered").await, [mid, abi, ab, zech]);
    let (mut walked, mut cursor) = (vec![], String::new());
    loop {
        let page = app.get(Role::Nurse, &format!("/api/v1/patients?sort=name&limit=1{cursor}")).await.expect(200);
        walked.extend(page.body["items"].as_array().cloned().expect("items").iter().map(|one| one["id"].clone()));
        let Some(next) = page.body["next_cursor"].as_str() else { break };
        assert!(next.parse::<uuid::Uuid>().is_ok(), "{next}");
        assert!(page.header("link").is_some_and(|link| link.contains("sort=name") && link.contains(next)));
        cursor = format!("&cursor={next}");
    }
    assert_eq!(walked, all);
}

#[tokio::test]
async fn names_are_found_as_they_are_written_without_umlauts_and_apostrophes() {
    let app = spawn_app().await;
    let mueller = person(&app, "Müller", "Ute", "1000").await;
    let brien = person(&app, "O'Brien", "Kate", "1001").await;
    let isik = person(&app, "Işık", "Ada", "1002").await;
    let arc = person(&app, "d\u{2019}Arc", "Jeanne", "1003").await;
    for (query, who) in [
        ("mueller", &mueller),
        ("Muell%20ute", &mueller),
        ("muller", &mueller),
        ("M%C3%BCller", &mueller),
        ("obrien", &brien),
        ("o%27brien", &brien),
        ("isik", &isik),
        ("darc", &arc),
        ("arc", &arc),
    ] {
        assert_eq!(found(&app, &format!("name={query}")).await, std::slice::from_ref(who), "{query}");
    }
}
