use healthcare_api::startup::guard_of;
use healthcare_application::Role;
use healthcare_tests::app::{Answer, Ask, TestApp, spawn_app};
use reqwest::{Method, Url};
use serde_json::Value;

use super::{admitted, registered};
use crate::{
    medication::{order, penicillin, prescribe},
    suggestion::reviewed,
};

/// What would say more than a value if it were not taken for one.
const HOSTILE: [&str; 18] = [
    "'",
    "''",
    "\"",
    "\\",
    "\0",
    "\u{202e}\u{feff}",
    "%",
    "_",
    "*",
    "' or '1'='1",
    "' or 1=1 --",
    "1) or (1=1",
    "'; drop table read.entry; --",
    "/* */",
    "$1",
    "||''||",
    "id desc, (select 1)",
    "(case when 1=1 then id else body end)",
];

/// Nobody and nothing is called this.
const NOTHING: &str = "zzqxnothing";

/// What finds something, where a word or two do: the route, the parameter, the value.
const HONEST: [(&str, &str, &str); 2] =
    [("/api/v1/patients", "name", "Lind"), ("/api/v1/patients", "identifier", "MRN-00077")];

/// A route that is read with parameters: its path, and what the document says of them.
type Searched = (String, Vec<Value>);

/// All routes that are read, so that new ones are covered.
async fn searched(app: &TestApp) -> Vec<Searched> {
    let document = app.anonymous(Method::GET, "/api/v1/openapi.json").answer().await.expect(200).body;
    let paths = document["paths"].as_object().expect("paths");
    let read =
        paths.iter().filter_map(|(path, item)| Some((path.clone(), item["get"]["parameters"].as_array()?.clone())));
    read.collect()
}

/// How many things an answer shows; none where it refuses.
fn shown(answer: &Answer) -> usize {
    fn elements(value: &Value) -> usize {
        match value {
            Value::Array(all) => all.len() + all.iter().map(elements).sum::<usize>(),
            Value::Object(all) => all.values().map(elements).sum(),
            Value::String(text) => text.lines().count(),
            Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        }
    }
    match &answer.body {
        _ if answer.status != 200 => 0,
        Value::String(lines) => lines.lines().count(),
        body => body["items"].as_array().map_or_else(|| elements(body), Vec::len),
    }
}

/// SECURITY 56 and the holes of comparable systems (OpenEMR CVE-2026-24908, CVE-2026-23627): what is asked for in any
/// parameter of any route is compared as it is. It is nobody's column, order, pattern or condition, breaks nothing, and
/// finds no more than a plain word would.
#[tokio::test]
async fn what_is_searched_is_a_value_and_never_a_condition() {
    let app = spawn_app().await;
    let patient = registered(&app).await;
    let known = serde_json::json!({ "names": [{ "family": "Berg", "given": ["Bo"] }], "birth_date": "1960-01-01",
        "identifiers": [{ "system": "http://hospital.example/mrn", "value": "MRN-00077" }] });
    app.post(Role::Receptionist, "/api/v1/patients", known).await.expect(201);
    admitted(&app, &patient, "West").await;
    penicillin(&app, &patient).await.expect(201);
    prescribe(&app, &patient, order("Paracetamol 500 MG Oral Tablet")).await.expect(201);
    // What rules say of all this comes a moment later, and is not what the searches did.
    reviewed(&app).await;
    let (before, all) = (app.clinical_events().await, app.count("read.entry where kind <> 'account'").await);
    let mut asked = 0;
    let mut wrong = vec![];
    for (path, parameters) in searched(&app).await {
        let role = Role::ALL.into_iter().filter(|role| *role != Role::Patient && *role != Role::Device);
        let Some(role) = role.into_iter().find(|role| guard_of("GET", &path).is_some_and(|guard| guard.admits(*role)))
        else {
            continue;
        };
        let names = |place: &str| {
            let of_place = parameters.iter().filter(|one| one["in"] == place);
            of_place.filter_map(|one| one["name"].as_str().map(str::to_owned)).collect::<Vec<_>>()
        };
        // The route with its parameters, one of which says what is tried.
        let ask = async |name: &str, value: &str| {
            let mut url = Url::parse(&app.url).expect("an address");
            url.path_segments_mut().expect("a base").extend(path.trim_start_matches('/').split('/').map(|part| {
                match part.trim_start_matches('{').trim_end_matches('}') {
                    plain if plain == part => plain,
                    of_path if of_path == name => value,
                    "list" => "allergies",
                    "code" => "59408-5",
                    _ => &patient,
                }
            }));
            if names("query").iter().any(|known| known == name) {
                url.query_pairs_mut().append_pair(name, value);
            }
            let target = url.as_str().trim_start_matches(&app.url).to_owned();
            app.get(role, &target).await
        };
        for name in names("query").into_iter().chain(names("path")) {
            let honest = HONEST.iter().find(|(of, parameter, _)| (*of, *parameter) == (path.as_str(), &name));
            let nothing = shown(&ask(&name, NOTHING).await);
            let found = match honest {
                Some((.., value)) => shown(&ask(&name, value).await),
                None => 0,
            };
            assert!(honest.is_none() || found == 1, "{path}?{name} finds {found}: the comparison is worth nothing");
            for hostile in HOSTILE {
                asked += 1;
                let answer = ask(&name, hostile).await;
                if answer.status >= 500 || shown(&answer) > nothing {
                    wrong.push(format!("{path} {name}={hostile}: {} with {}", answer.status, shown(&answer)));
                }
                let Some((.., value)) = honest else { continue };
                let answer = ask(&name, &format!("{value}{hostile}")).await;
                if answer.status >= 500 || shown(&answer) > found {
                    wrong.push(format!("{path} {name}={value}{hostile}: {} with {}", answer.status, shown(&answer)));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(asked > 500, "{asked} were asked");
    assert_eq!(
        (app.clinical_events().await, app.count("read.entry where kind <> 'account'").await),
        (before, all),
        "nothing was changed"
    );
}
