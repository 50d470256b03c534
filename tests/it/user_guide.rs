//! `docs/USER-GUIDE.md` tells the truth: its requests are sent in their order, and each answers what the guide shows.
//!
//! A request is a block ```` ```http receptionist patient=id ````: who sends it, and what is kept of its answer under a
//! name; its first line is the method and the path, its headers follow, and after an empty line its body. The block after
//! it, ```` ```json 201 ````, shows the status and the answer: what it names is so, what it leaves out may be anything,
//! and "…" stands for any value. `{patient}` is what was kept under that name. A request marked `soon` is sent until it is
//! answered so: what it asks for happens behind another one.

use std::{collections::BTreeMap, time::Duration};

use healthcare_application::Role;
use healthcare_tests::{
    app::{Answer, Ask, TestApp, spawn_app},
    server::until,
};
use serde_json::Value;

const DOCS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs");
const ANYTHING: &str = "…";

/// A fenced block: its info string, the line it begins at, and its text.
struct Block {
    info: Vec<String>,
    line: usize,
    text: String,
}

fn blocks(page: &str) -> Vec<Block> {
    let guide = std::fs::read_to_string(format!("{DOCS}/{page}")).expect("the guide");
    let (mut blocks, mut open): (Vec<Block>, Option<Block>) = (vec![], None);
    for (n, line) in guide.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (None, Some(info)) => {
                let info = info.split_whitespace().map(str::to_owned).collect();
                open = Some(Block { info, line: n + 1, text: String::new() });
            }
            (Some(block), None) => block.text += &format!("{line}\n"),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block is not closed");
    blocks
}

/// The files that a page shows, ```` ```file NAME ````, by name.
pub fn files(page: &str) -> Vec<(String, String)> {
    let named = |block: Block| match block.info.as_slice() {
        [kind, name] if kind == "file" => Some((name.clone(), block.text)),
        _ => None,
    };
    blocks(page).into_iter().filter_map(named).collect()
}

/// The text with every `{name}` that is known in its place.
fn filled(text: &str, kept: &BTreeMap<String, String>) -> String {
    kept.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

async fn send(app: &TestApp, role: Role, text: &str) -> Answer {
    let (head, body) = text.split_once("\n\n").unwrap_or((text.trim_end(), ""));
    let mut lines = head.lines();
    let (method, path) = lines.next().and_then(|line| line.split_once(' ')).expect("a method and a path");
    let mut request = app.request(role, method.parse().expect("a method"), path.trim()).await;
    for line in lines {
        let (name, value) = line.split_once(':').expect("a header");
        request = request.header(name, value.trim());
    }
    if !body.trim().is_empty() {
        request = request.header("content-type", "application/json").body(body.to_owned());
    }
    request.answer().await
}

/// Where what was answered differs from what is shown.
fn differences(place: &str, shown: &Value, answered: &Value) -> Vec<String> {
    match (shown, answered) {
        (Value::String(text), _) if text == ANYTHING => vec![],
        (Value::Object(shown), Value::Object(answered)) => shown
            .iter()
            .flat_map(|(name, value)| {
                differences(&format!("{place}/{name}"), value, answered.get(name).unwrap_or(&Value::Null))
            })
            .collect(),
        (Value::Array(shown), Value::Array(answered)) => {
            let more = shown.last().is_some_and(|last| last == ANYTHING);
            let shown = if more { &shown[..shown.len() - 1] } else { &shown[..] };
            if shown.len() > answered.len() || (!more && shown.len() < answered.len()) {
                return vec![format!("{place}: {} shown, {} answered", shown.len(), answered.len())];
            }
            let pairs = shown.iter().zip(answered).enumerate();
            pairs.flat_map(|(n, (shown, answered))| differences(&format!("{place}/{n}"), shown, answered)).collect()
        }
        (shown, answered) if shown == answered => vec![],
        (shown, answered) => vec![format!("{place}: {shown} is shown, {answered} was answered")],
    }
}

/// What a block shows: the status, and what is named of the answer.
struct Expected {
    status: u16,
    body: Option<Value>,
}

impl Expected {
    fn shown(block: &Block, kept: &BTreeMap<String, String>) -> Self {
        let status = block.info.get(1).and_then(|status| status.parse().ok()).expect("a status");
        let text = filled(&block.text, kept);
        let read = |text: &str| serde_json::from_str(text).unwrap_or_else(|e| panic!("line {}: {e}", block.line));
        Self { status, body: (!text.trim().is_empty()).then(|| read(&text)) }
    }

    /// Where an answer is another one.
    fn differs(&self, answer: &Answer) -> Option<String> {
        if answer.status != self.status {
            return Some(format!("{} is shown, {} was answered", self.status, answer.status));
        }
        let differences = self.body.as_ref().map(|body| differences("", body, &answer.body)).unwrap_or_default();
        (!differences.is_empty()).then(|| differences.join("\n"))
    }
}

/// Sends the requests of a page in their order, each of which answers what the page shows. Answers how many they were.
pub async fn send_all(app: &TestApp, page: &str, mut kept: BTreeMap<String, String>) -> usize {
    let (mut sent, mut blocks) = (0, blocks(page).into_iter().peekable());
    while let Some(block) = blocks.next() {
        if block.info.first().map(String::as_str) != Some("http") {
            continue;
        }
        let at = format!("docs/{page}:{}", block.line);
        let role: Role = block.info.get(1).and_then(|role| role.parse().ok()).unwrap_or_else(|| panic!("{at}: who?"));
        let shown = blocks.next().filter(|next| next.info.first().map(String::as_str) == Some("json"));
        let shown = shown.unwrap_or_else(|| panic!("{at}: the answer is not shown"));
        let (text, expected) = (filled(&block.text, &kept), Expected::shown(&shown, &kept));
        let (soon, keeps): (Vec<&String>, Vec<&String>) = block.info[2..].iter().partition(|word| *word == "soon");
        let answer = if soon.is_empty() {
            send(app, role, &text).await
        } else {
            until(&at, Duration::from_secs(60), async || {
                let answer = send(app, role, &text).await;
                expected.differs(&answer).is_none().then_some(answer)
            })
            .await
        };
        if let Some(difference) = expected.differs(&answer) {
            panic!("{at}\n{difference}\n{}", answer.body);
        }
        for keep in keeps {
            let (name, pointer) = keep.split_once('=').unwrap_or_else(|| panic!("{at}: {keep}"));
            let value = answer.body.pointer(&format!("/{pointer}")).unwrap_or_else(|| panic!("{at}: no {pointer}"));
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            kept.insert(name.to_owned(), value);
        }
        sent += 1;
    }
    sent
}

#[tokio::test]
async fn the_guide_shows_what_is_answered() {
    let app = spawn_app().await;
    // Whatever the time of day: nobody is checked in more than 24 hours before they are expected.
    let tomorrow = app.platform.app.clock.now() + chrono::Duration::days(2);
    let kept = BTreeMap::from([("tomorrow".to_owned(), tomorrow.format("%Y-%m-%d").to_string())]);
    let sent = send_all(&app, "USER-GUIDE.md", kept).await;
    assert!(sent > 10, "{sent} requests");
}
