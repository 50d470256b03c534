use healthcare_application::Role;
use healthcare_tests::app::spawn_app;
use serde_json::json;

use super::{critical, report, reviewed};

/// An answer is remembered however many suggestions were withdrawn since, and however many other findings were answered.
#[tokio::test]
async fn what_was_withdrawn_does_not_crowd_out_an_answer() {
    let app = spawn_app().await;
    let (patient, path) = critical(&app).await;
    let reason = json!({ "reason": "Known and being treated" });
    app.post(Role::Doctor, &format!("{path}/override"), reason).await.expect(200);
    reviewed(&app).await;
    let crowd = "insert into read.entry (id, item, kind, patient_id, version, active, struck, at, code, body)
        select gen_random_uuid(), 0, kind, patient_id, version, false, false, at + n * interval '1 second', 'other ' || n,
            (body::jsonb || jsonb_build_object('finding', 'other ' || n,
                'status', case n % 2 when 0 then 'withdrawn' else 'accepted' end))::text
        from read.entry, generate_series(1, 1200) n where kind = 'suggestion' and code = $1";
    let owner = app.owner().await;
    let known = owner.query_one("select code from read.entry where kind = 'suggestion'", &[]).await.expect("one");
    let crowd = owner.execute(crowd, &[&known.get::<_, String>(0)]).await.expect("a crowd");
    assert_eq!(crowd, 1200);
    report(&app, &patient, "6.9").await;
    reviewed(&app).await;
    let told =
        app.count(&format!("es.event where event_type = 'suggestion.raised' and patient_id = '{patient}'")).await;
    assert_eq!(told, 1, "it was answered, and is not told again");
}
