//! What waits for somebody, over the real server.

mod live;
mod rebuilt;
mod waits;

use serde_json::Value;

use crate::note::Somebody;

impl Somebody<'_> {
    /// What waits for them, with a query.
    pub async fn inbox(&self, query: &str) -> Value {
        self.get(&format!("/api/v1/inbox?{query}")).await.expect(200).body
    }

    /// The kinds and titles of what waits for them.
    pub async fn waiting(&self, query: &str) -> Vec<(String, String)> {
        let inbox = self.inbox(query).await;
        let text = |item: &Value, field: &str| item[field].as_str().expect("text").to_owned();
        inbox["items"].as_array().expect("items").iter().map(|item| (text(item, "kind"), text(item, "title"))).collect()
    }
}
