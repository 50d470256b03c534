//! The tour of `README.md` tells the truth: its commands are typed into one shell in their order, against a demonstration, and
//! what they print is what the README shows.
//!
//! A block ```` ```sh ```` is typed as it stands, but for where the server listens and where its accounts are; the block
//! ```` ```json ```` behind it is what it prints: the same values, on however many lines. An identity is any identity.

use std::{process::Stdio, time::Duration};

use healthcare_tests::server::{Server, binary, until};
use serde_json::Value;

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md");
/// What stands between the outputs of two blocks.
const NEXT: &str = "@@@ the next block";
/// What a run of a minute, or of files that nobody has, is not typed for.
const LEFT_OUT: [&str; 3] = ["healthcare simulate ", "healthcare import ", "healthcare verify "];

/// A block of commands, and what is shown of its output.
#[derive(Default)]
struct Step {
    line: usize,
    typed: String,
    shown: Option<String>,
}

fn tour() -> Vec<Step> {
    let readme = std::fs::read_to_string(README).expect("the README");
    let (mut steps, mut open): (Vec<Step>, Option<&str>) = (vec![], None);
    let begins = readme.lines().position(|line| line.starts_with("## A tour")).expect("a tour");
    for (n, line) in readme.lines().enumerate().skip(begins + 1).take_while(|(_, line)| !line.starts_with("## ")) {
        match (open, line.strip_prefix("```")) {
            (Some(_), Some(_)) => open = None,
            (None, Some("sh")) => {
                steps.push(Step { line: n + 1, ..Step::default() });
                open = Some("sh");
            }
            (None, Some(other)) => {
                assert_eq!(other, "json", "line {}", n + 1);
                open = Some("json");
            }
            (Some("sh"), None) if LEFT_OUT.iter().any(|left_out| line.contains(left_out)) => {}
            (Some("sh"), None) => steps.last_mut().expect("a step").typed += &format!("{line}\n"),
            (Some(_), None) => {
                let shown = &mut steps.last_mut().expect("a step").shown;
                shown.get_or_insert_default().push_str(&format!("{line}\n"));
            }
            (None, None) => {}
        }
    }
    steps
}

/// The values of a text, one after another, each identity in them as one.
fn values(text: &str) -> Result<Vec<Value>, serde_json::Error> {
    let all = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    all.map(|value| value.map(masked)).collect()
}

fn masked(value: Value) -> Value {
    match value {
        Value::String(text) if uuid::Uuid::parse_str(&text).is_ok() => "an identity".into(),
        Value::Array(all) => all.into_iter().map(masked).collect(),
        Value::Object(all) => all.into_iter().map(|(name, value)| (name, masked(value))).collect(),
        other => other,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_tour_of_the_readme_prints_what_it_shows() {
    let directory = tempfile::tempdir().expect("a directory");
    let server = Server::start(&["--demo"], &[], directory.path()).await;
    until("the demonstration is furnished", Duration::from_secs(120), async || {
        server.log().contains("the demonstration is furnished").then_some(())
    })
    .await;
    let accounts = directory.path().join("demo-accounts.json");
    let steps = tour();
    let typed = steps.iter().map(|step| step.typed.as_str()).collect::<Vec<_>>();
    let typed = typed.join(&format!("echo; echo '{NEXT}'\n"));
    let program = binary().to_str().expect("a path");
    let here = |there: &str, ours: &str, typed: &str| {
        assert!(typed.contains(there), "the tour speaks of {there}");
        typed.replace(there, ours)
    };
    let typed = here("http://127.0.0.1:8080/api/v1", &format!("{}/api/v1", server.url), &typed);
    let typed = here("/var/lib/healthcare/demo-accounts.json", accounts.to_str().expect("a path"), &typed);
    let typed = here("target/release/healthcare", program, &typed);
    // A machine that runs tests takes longer than a second from a reading to an alert.
    let typed = here("sleep 1;", "sleep 8;", &typed);
    let mut shell = tokio::process::Command::new("bash");
    shell.arg("-c").arg(&typed).current_dir(directory.path()).stdin(Stdio::null());
    let output = shell.envs(server.environment()).output().await.expect("a shell");
    let printed = String::from_utf8(output.stdout).expect("text");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let printed: Vec<&str> = printed.split(NEXT).collect();
    assert_eq!(printed.len(), steps.len(), "{said}");
    let mut wrong = vec![];
    for (Step { line, shown, .. }, printed) in steps.iter().zip(&printed) {
        let Some(shown) = shown else { continue };
        let (shown, really) = (values(shown).expect("JSON is shown"), values(printed));
        if really.as_ref().ok() != Some(&shown) {
            wrong.push(format!("the block of line {line} printed\n{printed}"));
        }
    }
    assert!(steps.iter().filter(|step| step.shown.is_some()).count() >= 8, "the tour shows answers");
    assert!(wrong.is_empty(), "{}\n{said}", wrong.join("\n"));
}
