//! Whatever is charted, merged and taken apart in whatever order: nothing is lost and nothing stands twice.

use std::collections::{BTreeMap, BTreeSet};

use healthcare_application::Role;
use healthcare_infrastructure::{database::Database, rebuild::rebuild_read};
use healthcare_tests::app::{TestApp, spawn_app};
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::json;

use super::{listed, merge, person, registered, unmerge};

const PEOPLE: usize = 4;

/// What should be: who was merged into whom, and of which registration each entry is.
#[derive(Default)]
struct Model {
    into: BTreeMap<usize, usize>,
    entries: BTreeMap<String, usize>,
}

impl Model {
    fn holder(&self, mut one: usize) -> usize {
        while let Some(next) = self.into.get(&one) {
            one = *next;
        }
        one
    }

    fn of(&self, holder: usize) -> Vec<String> {
        let held = self.entries.iter().filter(|(_, home)| self.holder(**home) == holder);
        held.map(|(id, _)| id.clone()).collect::<BTreeSet<_>>().into_iter().collect()
    }
}

async fn is_as(app: &TestApp, people: &[String], model: &Model) {
    for (n, patient) in people.iter().enumerate() {
        if model.holder(n) == n {
            assert_eq!(listed(app, patient, "problems").await, model.of(n), "of {n}");
        } else {
            let answer = app.get(Role::Doctor, &format!("/api/v1/patients/{patient}/chart")).await;
            assert_eq!(answer.body["survivor"], json!(people[model.holder(n)]), "{n}");
        }
    }
}

#[tokio::test]
async fn nothing_is_lost_and_nothing_stands_twice() {
    for seed in [1_u64, 2, 3] {
        let app = spawn_app().await;
        let mut dice = StdRng::seed_from_u64(seed);
        let mut people = vec![];
        for n in 0..PEOPLE {
            people.push(registered(&app, person("Ana", "Lind", &format!("19{n}0-01-01"), &format!("S-{n}"))).await);
        }
        let mut model = Model::default();
        for step in 0..40 {
            let (one, other) = (dice.random_range(0..PEOPLE), dice.random_range(0..PEOPLE));
            match dice.random_range(0..6) {
                0..=2 => {
                    let path = format!("/api/v1/patients/{}/problems", people[one]);
                    let answer = app.post(Role::Doctor, &path, json!({ "code": { "text": format!("p{step}") } })).await;
                    if model.into.contains_key(&one) {
                        answer.expect_problem(409, "/problems/patient/merged", &[]);
                    } else {
                        model.entries.insert(answer.expect(201).id(), one);
                    }
                }
                3 => {
                    let Some(id) = model.entries.keys().nth(dice.random_range(0..model.entries.len().max(1))).cloned()
                    else {
                        continue;
                    };
                    let path = format!("/api/v1/problems/{id}/resolve");
                    let answer = app.post(Role::Doctor, &path, json!({})).await;
                    assert!(matches!(answer.status, 200 | 409), "{answer:?}");
                }
                4 => {
                    let may = one != other && !model.into.contains_key(&one) && !model.into.contains_key(&other);
                    let answer = merge(&app, &people[one], &people[other]).await;
                    assert_eq!(answer.status == 200, may, "{answer:?}");
                    if may {
                        model.into.insert(other, one);
                    }
                }
                _ => {
                    let may = model.into.get(&other) == Some(&one) && !model.into.contains_key(&one);
                    let answer = unmerge(&app, &people[one], &people[other], &[]).await;
                    assert_eq!(answer.status == 200, may, "{answer:?}");
                    if may {
                        model.into.remove(&other);
                    }
                }
            }
        }
        is_as(&app, &people, &model).await;
        let owner = Database::connect(&app.database.urls.owner.clone().into(), 2).expect("a pool");
        rebuild_read(&owner, app.platform.store.codec()).await.expect("rebuilt");
        is_as(&app, &people, &model).await;
    }
}
