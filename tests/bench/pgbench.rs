//! PostgreSQL's own benchmark, inserting the rows that a registration inserts.

use std::process::Command;

use anyhow::{Context, ensure};
use healthcare_domain::id::PatientId;

use crate::hospital::{Hospital, libpq};

/// A script of one transaction, and how many have been run.
pub struct Pgbench {
    script: tempfile::NamedTempFile,
    environment: Vec<(&'static str, String)>,
    rounds: u32,
}

impl Pgbench {
    /// Inserts rows of the size that this patient's registration stored, in the same tables, with the same indexes, in
    /// one transaction that is sent in one go.
    pub async fn like(hospital: &Hospital, patient: PatientId) -> anyhow::Result<Self> {
        let event = "select length(payload), meta::text, event_type from es.event where stream_id = $1";
        let event = hospital.owner.query_one(event, &[&patient.0]).await?;
        let (payload, meta, event_type): (i32, String, String) = (event.get(0), event.get(1), event.get(2));
        let body = "select body from read.entry where id = $1 and item = 0";
        let body: String = hospital.owner.query_one(body, &[&patient.0]).await?.get(0);
        let words = "select count(*) from read.patient_word where patient_id = $1";
        let words: i64 = hospital.owner.query_one(words, &[&patient.0]).await?.get(0);
        let words: Vec<String> = (0..words).map(|n| format!("'{n}word' || :s::int % 50")).collect();
        // Who registered somebody has a relationship to them, and what was done is in the trail.
        let related = "select count(*) from access.relationship where patient_id = $1";
        let related: i64 = hospital.owner.query_one(related, &[&patient.0]).await?.get(0);
        let parties: Vec<String> = (0..related).map(|n| format!("'018f0000-0000-7000-8000-00000000000{n}'")).collect();
        let entry = "select role, purpose, action, fields from audit.entry where patient = $1 and subject = $1";
        let entries = hospital.owner.query(entry, &[&patient.0]).await?;
        ensure!(entries.len() == 1 && related > 0, "a registration leaves an entry and a relationship");
        let [role, purpose, action, fields] = [0, 1, 2, 3].map(|column| entries[0].get::<_, String>(column));
        // Ids ascend as those of version 7 do, so that indexes grow at their end on both sides.
        let id =
            "('0190' || lpad(to_hex(:s::bigint), 8, '0') || '7' || lpad(to_hex(:client_id::bigint), 19, '8'))::uuid";
        let script = format!(
            "\\set s :s + 1
\\startpipeline
begin;
insert into es.command_log (actor, key, request_hash, committed)
    values ('018f0000-0000-7000-8000-000000000001', 'command-' || :client_id || '-' || :s, decode('{hash}', 'hex'),
            jsonb_build_object('id', {id}, 'version', 1));
insert into es.event (stream_id, version, patient_id, stream_type, event_type, schema_ver, occurred_at, known_at, payload, meta)
    values ({id}, 1, {id}, 'patient', '{event_type}', 1, now(), now(), decode('{payload}', 'hex'), '{meta}');
insert into read.entry (id, item, kind, patient_id, version, active, struck, at, code, body)
    values ({id}, 0, 'patient', {id}, 1, true, false, now(), null, '{body}');
insert into read.patient (id, version, family, given, gender, birth_date, deceased, pathway_stage)
    values ({id}, 1, 'Family' || :s::int % 50, 'Given' || :s::int % 50, 'female', '1950-01-01', false, null);
insert into read.patient_word (patient_id, word) select {id}, unnest(array[{words}]);
insert into read.patient_identifier (patient_id, value, system)
    values ({id}, 'MRN-' || :client_id || '-' || :s, 'http://hospital.example/mrn');
insert into access.relationship (source, kind, party, patient_id, account_id, ward, valid_from, valid_to, graced)
    select {id}, 'registration', p, {id}, p::uuid, null, now(), now(), true from unnest(array[{parties}]) p;
insert into audit.entry (at, actor, role, session, address, purpose, action, resource, fields, patient, subject, outcome,
        reason, request, note)
    values (now(), '018f0000-0000-7000-8000-000000000001', '{role}', null, null, '{purpose}', '{action}', null, '{fields}',
            {id}, {id}, 'allowed', null, {id}, null);
commit;
\\endpipeline
",
            hash = "5a".repeat(32),
            // Random bytes, as sealed ones are: they do not compress.
            payload = noise(usize::try_from(payload)?),
            meta = quotable(&meta),
            body = quotable(&body),
            words = words.join(", "),
            parties = parties.join(", "),
        );
        let file = tempfile::NamedTempFile::new()?;
        std::fs::write(file.path(), script)?;
        Ok(Self { script: file, environment: libpq(&hospital.reference)?, rounds: 0 })
    }

    /// Transactions a second of so many clients over so many seconds.
    pub async fn run(&mut self, clients: usize, seconds: u32) -> anyhow::Result<f64> {
        self.rounds += 1;
        let mut pgbench = Command::new(program()?);
        pgbench.envs(self.environment.iter().map(|(name, value)| (name, value)));
        pgbench.args(["--no-vacuum", "--protocol=prepared", "--jobs=2", "--file"]).arg(self.script.path());
        pgbench.arg(format!("--client={clients}")).arg(format!("--time={seconds}"));
        pgbench.arg(format!("--define=s={}", u64::from(self.rounds) * 1_000_000));
        let output = tokio::task::spawn_blocking(move || pgbench.output()).await??;
        let said = String::from_utf8_lossy(&output.stdout);
        ensure!(output.status.success(), "pgbench: {}", first_lines(&output.stderr));
        let failed = said.lines().find_map(|line| line.strip_prefix("number of failed transactions: "));
        ensure!(failed.is_none_or(|failed| failed.starts_with("0 ")), "pgbench's transactions failed: {said}");
        let rate = said.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next());
        Ok(rate.context("pgbench names no rate")?.parse()?)
    }
}

/// Text of the same length that pgbench takes as it stands: it would read `10:30` as a variable named `30`, quoted or not.
fn quotable(text: &str) -> String {
    let mut behind = text.chars().skip(1);
    let said = text.chars().map(|one| match behind.next() {
        Some(next) if one == ':' && (next.is_alphanumeric() || next == '_') => '-',
        _ => one,
    });
    said.collect::<String>().replace('\'', "''")
}

/// What is said first: every client says the same.
fn first_lines(said: &[u8]) -> String {
    String::from_utf8_lossy(said).lines().take(5).collect::<Vec<_>>().join("\n")
}

/// Hexadecimal digits of so many bytes that do not compress, the same in every run.
fn noise(bytes: usize) -> String {
    use rand::{RngCore, SeedableRng, rngs::StdRng};
    let mut noise = vec![0; bytes];
    StdRng::seed_from_u64(7).fill_bytes(&mut noise);
    noise.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The newest pgbench that is installed.
fn program() -> anyhow::Result<std::path::PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<_> = versions.map(|version| version.path().join("bin/pgbench")).filter(|p| p.exists()).collect();
    found.sort();
    Ok(found.pop().unwrap_or_else(|| "pgbench".into()))
}
