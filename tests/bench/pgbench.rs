//! PostgreSQL's own benchmark, inserting the rows that a registration inserts.

use std::process::Command;

use anyhow::{Context, ensure};
use healthcare_domain::id::PatientId;
use healthcare_infrastructure::embedded::roles;

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
        let count = async |of: &str| -> anyhow::Result<i64> {
            let sql = format!("select count(*) from {of} where patient_id = $1");
            Ok(hospital.owner.query_one(&sql, &[&patient.0]).await?.get(0))
        };
        // Names as frequent as made-up people have them, and the directory's line behind each.
        let named = |n: i64| format!("'{n}word' || :s::int % 200");
        let words: Vec<String> = (0..count("read.patient_word").await?).map(named).collect();
        let sounds: Vec<String> = (0..count("read.patient_sound").await?).map(named).collect();
        let keys: Vec<String> = (0..count("read.patient_match_key").await?)
            .map(|n| format!("hashint8extended(:s::bigint * 64 + :client_id::bigint, {n})"))
            .collect();
        let number = |n: i64| format!("'{n}-' || :client_id || '-' || :s");
        let identifiers: Vec<String> = (0..count("read.patient_identifier").await?).map(number).collect();
        let taken: Vec<String> = (0..count("access.patient_number").await?).map(number).collect();
        let card = "select card from read.patient where id = $1";
        let card: String = hospital.owner.query_one(card, &[&patient.0]).await?.get(0);
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
insert into es.command_log (actor, key, request_hash, patient_id, committed)
    values ('018f0000-0000-7000-8000-000000000001', 'command-' || :client_id || '-' || :s, decode('{hash}', 'hex'), {id},
            jsonb_build_object('id', {id}, 'version', 1));
insert into es.event (stream_id, version, patient_id, stream_type, event_type, schema_ver, occurred_at, known_at, payload, meta)
    values ({id}, 1, {id}, 'patient', '{event_type}', 1, now(), now(), decode('{payload}', 'hex'), '{meta}');
insert into read.entry (id, item, kind, patient_id, version, active, struck, at, code, body)
    values ({id}, 0, 'patient', {id}, 1, true, false, now(), null, '{body}');
insert into read.patient (id, version, family, given, gender, birth_date, deceased, pathway_stage, status, card)
    values ({id}, 1, 'Family' || :s::int % 200, 'Given' || :s::int % 200, 'female', '1950-01-01', false, null, 'active',
            'card' || :s::int % 40000 || '{card}');
insert into read.patient_word (patient_id, word, card)
    select {id}, unnest(array[{words}]), 'card' || :s::int % 40000 || '{card}';
insert into read.patient_sound (patient_id, sound, card)
    select {id}, unnest(array[{sounds}]), 'card' || :s::int % 40000 || '{card}';
insert into read.patient_phone (patient_id, backwards) values ({id}, reverse('0035121' || :s));
insert into read.patient_match_key (patient_id, key) select {id}, unnest(array[{keys}]);
insert into read.patient_identifier (patient_id, value, system)
    select {id}, unnest(array[{identifiers}]::text[]), 'http://hospital.example/mrn';
insert into access.patient_number (patient_id, value, system)
    select {id}, unnest(array[{taken}]::text[]), 'http://hospital.example/mrn';
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
            card = quotable(&card),
            words = words.join(", "),
            sounds = sounds.join(", "),
            keys = keys.join(", "),
            identifiers = identifiers.join(", "),
            taken = taken.join(", "),
            parties = parties.join(", "),
        );
        let file = tempfile::NamedTempFile::new()?;
        std::fs::write(file.path(), script)?;
        Ok(Self { script: file, environment: libpq(&hospital.reference)?, rounds: 0 })
    }

    /// That what was inserted is what a registration inserts: as many rows in every table of patients.
    pub async fn inserts_the_same(hospital: &Hospital, patient: PatientId) -> anyhow::Result<()> {
        let record = roles::connect(&hospital.superuser_url()).await?;
        let reference = roles::connect(&hospital.reference_superuser_url()).await?;
        let one = "select id from read.patient limit 1";
        let inserted: uuid::Uuid = reference.query_one(one, &[]).await.context("a patient of pgbench's")?.get(0);
        let mut differ = vec![];
        // What consumers of the log store comes later, and from neither.
        let tables =
            "select name, of_patient from access.guarded where name not in ('wf.duplicate_pair', 'wf.pair_doubt')
            union all select 'audit.entry', 'patient' union all select 'access.relationship', 'patient_id'";
        for row in record.query(tables, &[]).await? {
            let (table, column): (String, String) = (row.get(0), row.get(1));
            let count = format!("select count(*) from {table} where {column} = $1");
            let ours: i64 = record.query_one(&count, &[&patient.0]).await?.get(0);
            let theirs: i64 = reference.query_one(&count, &[&inserted]).await?.get(0);
            if ours != theirs {
                differ.push(format!("a registration leaves {ours} rows in {table}, and pgbench {theirs}"));
            }
        }
        ensure!(differ.is_empty(), "{}", differ.join("; "));
        Ok(())
    }

    /// Transactions a second of so many clients over so many seconds.
    pub async fn run(&mut self, clients: usize, seconds: u32) -> anyhow::Result<f64> {
        self.asked(clients, format!("--time={seconds}")).await
    }

    /// So many transactions, of so many clients together.
    pub async fn fill(&mut self, clients: usize, transactions: usize) -> anyhow::Result<()> {
        self.asked(clients, format!("--transactions={}", transactions / clients)).await.map(|_| ())
    }

    async fn asked(&mut self, clients: usize, how_long: String) -> anyhow::Result<f64> {
        self.rounds += 1;
        let mut pgbench = Command::new(program()?);
        pgbench.envs(self.environment.iter().map(|(name, value)| (name, value)));
        pgbench.args(["--no-vacuum", "--protocol=prepared", "--jobs=2", "--file"]).arg(self.script.path());
        pgbench.arg(format!("--client={clients}")).arg(how_long);
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
