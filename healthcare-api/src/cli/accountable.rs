//! What an administrator does at the machine is recorded before it is done.

use anyhow::Context;
use healthcare_application::{
    Call,
    audit::{AuditTrail, Entry, Fields},
    clock::Clock,
};
use healthcare_infrastructure::{
    audit::PgAuditTrail, clock::SystemClock, database::Database, platform::PlatformSettings,
};

/// Records an act of whoever runs this command. `note` is what is told of it beside the user: never a value.
///
/// # Errors
/// When it cannot be recorded: then it is not to be done.
pub async fn record(places: &PlatformSettings, action: &'static str, fields: Fields, note: &str) -> anyhow::Result<()> {
    let db = Database::connect(&places.database_url, 2)?;
    let call = Call::system(SystemClock.new_id());
    let note = format!("{}{}{note}", who(), if note.is_empty() { "" } else { "; " });
    let entry = Entry::act(&call, action, fields, SystemClock.now());
    let entry = Entry { role: "operating_system".into(), note: Some(note), ..entry };
    let recorded = PgAuditTrail::start(db.clone()).record(entry).recorded().await;
    db.close();
    recorded.context(
        "it cannot be recorded in the audit trail, so it is not done; is the schema up to date? (healthcare migrate)",
    )
}

/// The user of the operating system: by whom the process is owned, and who signed in to the machine before `sudo`.
fn who() -> String {
    let name = |uid: u32| match nix::unistd::User::from_uid(uid.into()) {
        Ok(Some(user)) => format!("{} ({uid})", user.name),
        _ => format!("({uid})"),
    };
    let owner = nix::unistd::getuid().as_raw();
    // 4294967295 where nobody signed in: a service, a container.
    let login = std::fs::read_to_string("/proc/self/loginuid").ok().and_then(|text| text.trim().parse::<u32>().ok());
    match login.filter(|uid| *uid != u32::MAX && *uid != owner) {
        Some(login) => format!("os user {}, signed in as {}", name(owner), name(login)),
        None => format!("os user {}", name(owner)),
    }
}

/// The kinds of statements in a command of SQL, in order and once each. Nothing else of it is told.
pub fn command_class(sql: &str) -> String {
    const KNOWN: [&str; 21] = [
        "select", "with", "table", "values", "insert", "update", "delete", "merge", "truncate", "copy", "create",
        "alter", "drop", "grant", "revoke", "vacuum", "analyze", "explain", "set", "begin", "do",
    ];
    let mut classes: Vec<&str> = vec![];
    for statement in sql.split(';').map(str::trim).filter(|statement| !statement.is_empty()) {
        let word = statement.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default().to_ascii_lowercase();
        let class = KNOWN.into_iter().find(|known| *known == word).unwrap_or("other");
        if !classes.contains(&class) {
            classes.push(class);
        }
    }
    if classes.is_empty() { "nothing".into() } else { classes.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::command_class;

    #[test]
    fn of_a_command_only_its_kinds_are_told() {
        assert_eq!(command_class("select * from read.entry where body like '%Muster%'"), "select");
        assert_eq!(command_class("begin; DELETE from es.event; delete from x; commit"), "begin, delete, other");
        assert_eq!(command_class("\\copy secrets to here"), "other");
        assert_eq!(command_class(" ; "), "nothing");
    }
}
