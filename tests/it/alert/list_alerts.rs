use healthcare_application::{
    Actor, Call, QueryError, Role,
    alert::{AlertFilter, AlertStatus, list_alerts},
    order::Direction,
    read::Paging,
};
use healthcare_domain::{
    alert::Priority,
    id::{AccountId, PatientId},
};
use healthcare_tests::record::Record;

use super::{acknowledged, raised};

async fn titles(record: &Record, filter: AlertFilter, limit: u16) -> Vec<(String, String)> {
    ordered(record, filter, limit, Direction::Down).await
}

async fn ordered(record: &Record, filter: AlertFilter, limit: u16, direction: Direction) -> Vec<(String, String)> {
    let actor = Actor::of(record.account("nurse").await, Role::Nurse);
    let call = Call::of(actor, record.id());
    let (mut all, mut after) = (vec![], None);
    loop {
        let page =
            list_alerts(&record.app, &call, filter.clone(), Paging { after, limit, direction }).await.expect("a page");
        assert!(page.items.len() <= usize::from(limit));
        for item in page.items {
            let item: serde_json::Value = serde_json::from_str(item.get()).expect("JSON");
            let text = |name: &str| item[name].as_str().expect("text").to_owned();
            all.push((text("rule"), text("status")));
        }
        match page.next_cursor {
            Some(cursor) => after = Some(cursor.parse().expect("a cursor of ours")),
            None => return all,
        }
    }
}

#[tokio::test]
async fn alerts_are_listed_newest_first_by_what_is_asked() {
    let record = Record::new().await;
    let (one, two, nurse) = (PatientId(record.id()), PatientId(record.id()), record.account("nurse").await);
    let first = raised(&record, one, "a", Priority::High).await;
    raised(&record, one, "b", Priority::Medium).await;
    raised(&record, two, "c", Priority::Low).await;
    raised(&record, two, "d", Priority::High).await;
    acknowledged(&record, first.id, nurse).await;
    let of = |rules: &[(String, String)]| rules.iter().map(|(rule, _)| rule.clone()).collect::<String>();
    assert_eq!(of(&titles(&record, AlertFilter::default(), 200).await), "dcba");
    assert_eq!(of(&titles(&record, AlertFilter::default(), 1).await), "dcba", "page by page");
    assert_eq!(of(&ordered(&record, AlertFilter::default(), 1, Direction::Up).await), "abcd", "the other way");
    let high = AlertFilter { priority: Some(Priority::High), ..AlertFilter::default() };
    assert_eq!(of(&titles(&record, high.clone(), 1).await), "da");
    let active = AlertFilter { status: Some(AlertStatus::Active), ..high };
    assert_eq!(titles(&record, active, 2).await, [("d".to_owned(), "active".to_owned())]);
    let acknowledged = AlertFilter { status: Some(AlertStatus::Acknowledged), ..AlertFilter::default() };
    assert_eq!(titles(&record, acknowledged, 2).await, [("a".to_owned(), "acknowledged".to_owned())]);
    let of_two = AlertFilter { patient: Some(two), ..AlertFilter::default() };
    assert_eq!(of(&titles(&record, of_two, 200).await), "dc");
}

#[tokio::test]
async fn a_patient_lists_their_own_alerts_only() {
    let record = Record::new().await;
    let (own, other) = (PatientId(record.id()), PatientId(record.id()));
    raised(&record, own, "a", Priority::High).await;
    raised(&record, other, "b", Priority::High).await;
    let actor = Actor { patient: Some(own), ..Actor::of(AccountId(record.id()), Role::Patient) };
    let call = Call::of(actor, record.id());
    let list = |patient| {
        list_alerts(
            &record.app,
            &call,
            AlertFilter { patient, ..AlertFilter::default() },
            Paging { limit: 50, ..Paging::default() },
        )
    };
    assert_eq!(list(Some(own)).await.expect("a page").items.len(), 1);
    assert!(matches!(list(Some(other)).await, Err(QueryError::Denied(_))));
    assert!(matches!(list(None).await, Err(QueryError::Denied(_))));
}
