//! Lists, walked page by page.

use healthcare_application::Role;
use healthcare_tests::app::TestApp;
use serde_json::Value;

/// All of a list, page by page.
pub async fn walked(app: &TestApp, role: Role, path: &str, limit: u16) -> Vec<Value> {
    let and = if path.contains('?') { '&' } else { '?' };
    let (mut all, mut cursor) = (vec![], String::new());
    loop {
        let page = app.get(role, &format!("{path}{and}limit={limit}{cursor}")).await.expect(200);
        let items = page.body["items"].as_array().cloned().expect("items");
        assert!(items.len() <= usize::from(limit), "{path}");
        all.extend(items);
        match &page.body["next_cursor"] {
            Value::Null => return all,
            Value::String(next) => cursor = format!("&cursor={next}"),
            other => cursor = format!("&cursor={other}"),
        }
        assert!(page.header("link").is_none_or(|link| link.contains("cursor=")), "{path}");
    }
}

/// A list that is sorted one way is the list sorted the other way, turned round; by twos it is what it is at once, without
/// loss and without doubles; and without `sort` it is `own`, one of the two. Answers its items in that order.
pub async fn both_ways(app: &TestApp, role: Role, path: &str, own: &str) -> Vec<Value> {
    let and = if path.contains('?') { '&' } else { '?' };
    let turned = own.strip_prefix('-').map_or_else(|| format!("-{own}"), str::to_owned);
    let list = walked(app, role, path, 200).await;
    assert!(list.len() > 2, "{path} has too few to tell an order: {list:#?}");
    for (n, one) in list.iter().enumerate() {
        assert!(!list[n + 1..].contains(one), "twice in {path}: {one:#}");
    }
    assert_eq!(walked(app, role, &format!("{path}{and}sort={own}"), 2).await, list, "{path} {own}");
    let mut other = walked(app, role, &format!("{path}{and}sort={turned}"), 2).await;
    other.reverse();
    assert_eq!(other, list, "{path} {turned}");
    app.get(role, &format!("{path}{and}sort=colour")).await.expect(400);
    list
}
