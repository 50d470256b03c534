//! The account of a patient whose registration is merged, or taken apart again.

use std::time::Duration;

use healthcare_application::Role;
use healthcare_domain::id::PatientId;
use healthcare_tests::{
    app::{Ask, TestApp, spawn_app},
    server::until,
};
use reqwest::Method;

use super::{merge, person, registered, unmerge};

async fn chart(app: &TestApp, token: &str, patient: &str) -> u16 {
    app.anonymous(Method::GET, &format!("/api/v1/patients/{patient}/chart")).bearer_auth(token).answer().await.status
}

async fn ends(app: &TestApp, token: &str, patient: &str) {
    let ended = async || (chart(app, token, patient).await == 401).then_some(());
    until("the token is refused", Duration::from_secs(5), ended).await;
}

/// SECURITY 22: a token names the record it opens. It ends when that record becomes, or is no longer, the one of the account.
#[tokio::test]
async fn a_merge_and_its_unmerge_end_the_sessions_of_the_account_they_move() {
    let app = spawn_app().await;
    let ana = registered(&app, person("Ana", "Lind", "1950-01-01", "L-1")).await;
    let eva = registered(&app, person("Eva", "Lind", "1950-01-01", "L-2")).await;
    let own = |id: &str| PatientId(id.parse().expect("an id"));
    let of_ana = app.sign_up("ana", Role::Patient, Some(own(&ana))).await;
    let of_eva = app.sign_up("eva", Role::Patient, Some(own(&eva))).await;
    assert_eq!((chart(&app, &of_ana, &ana).await, chart(&app, &of_eva, &eva).await), (200, 200));
    merge(&app, &ana, &eva).await.expect(200);
    ends(&app, &of_eva, &ana).await;
    let merged = app.login("eva").await.sign_in(&app.url).await;
    assert_eq!((chart(&app, &merged, &ana).await, chart(&app, &merged, &eva).await), (200, 403));

    unmerge(&app, &ana, &eva, &[]).await.expect(200);
    ends(&app, &merged, &ana).await;
    let apart = app.login("eva").await.sign_in(&app.url).await;
    assert_eq!((chart(&app, &apart, &eva).await, chart(&app, &apart, &ana).await), (200, 403));
    assert_eq!(chart(&app, &of_ana, &ana).await, 200, "whose account stays where it is goes on");
    for why in ["patient.merged", "patient.unmerged"] {
        assert_eq!(app.count(&format!("auth.session where ended_why = '{why}'")).await, 1, "{why}");
    }
}
