//! The directory among a million patients, over HTTP with token, permission and audit.
//!
//! The patients are written by SQL straight into the read model, as the projections would write them; they have no events.
//! Their names are drawn from 4,096 family and 1,024 given names of which few are frequent and most are rare, as names
//! are; every third has two given names. What they sound like is worked out by the product's own code.

use std::time::{Duration, Instant};

use anyhow::ensure;
use chrono::NaiveDate;
use healthcare_infrastructure::{embedded::roles, projection::sounds};

use crate::{
    hospital::Hospital,
    http,
    load::Window,
    report::{Goal, Item},
    rounds::{ROUNDS, median},
};

const PART: &str = "search";
const PATIENTS: i32 = 1_000_000;
/// Searches of a kind in a round, each for something else.
const SEARCHES: usize = 100;
/// The goal of the issue, in milliseconds.
const GOAL: f64 = 20.0;

const BEGINS: [&str; 32] = [
    "ba", "be", "bo", "bra", "ca", "chi", "da", "de", "do", "fa", "fe", "fi", "gar", "gu", "ha", "he", "jo", "ka",
    "ko", "la", "le", "lo", "ma", "me", "mo", "na", "pe", "ra", "ro", "sa", "schu", "wa",
];
const MIDDLES: [&str; 16] = ["r", "rr", "l", "ll", "n", "m", "s", "st", "ck", "nd", "tz", "v", "th", "ph", "g", "sk"];
const ENDS: [&str; 8] = ["a", "er", "ez", "i", "mann", "ova", "sen", "son"];
const GIVEN_ENDS: [&str; 2] = ["a", "o"];

/// A family name: 4,096 of them.
fn family(n: usize) -> String {
    format!("{}{}{}", BEGINS[n % 32], MIDDLES[n / 32 % 16], ENDS[n / 512 % 8])
}

/// A given name: 1,024 of them.
fn given(n: usize) -> String {
    format!("{}{}{}", BEGINS[(n * 7 + 3) % 32], MIDDLES[n / 32 % 16], GIVEN_ENDS[n / 512 % 2])
}

/// The columns of the names and of what they sound like.
struct Names {
    words: Vec<String>,
    sounds: Vec<String>,
}

impl Names {
    fn of(count: usize, name: impl Fn(usize) -> String) -> Self {
        let words: Vec<String> = (0..count).map(name).collect();
        let sounds = words.iter().map(|word| sounds([word.as_str()]).join(",")).collect();
        Self { words, sounds }
    }
}

/// Fills the read model, as a session of the superuser that leaves references unchecked: they hold by construction.
async fn fill(hospital: &Hospital) -> anyhow::Result<()> {
    let (families, givens) = (Names::of(4_096, family), Names::of(1_024, given));
    let session = roles::connect(&hospital.superuser_url()).await?;
    session
        .batch_execute(
            "set session_replication_role = replica; set synchronous_commit = off; set work_mem = '256MB';
             create temp table generated (n int primary key, id uuid, family int, given int, middle int,
                 born date, card text);
             create temp table name (kind text, n int, word text, sounds text, primary key (kind, n));",
        )
        .await?;
    for (kind, names) in [("family", &families), ("given", &givens)] {
        let insert = "insert into name select $1, t.n - 1, t.w, t.s
            from unnest($2::text[], $3::text[]) with ordinality t(w, s, n)";
        session.execute(insert, &[&kind, &names.words, &names.sounds]).await?;
    }
    // Identities in the order of registration, as they are; of the names small numbers come often.
    let generate = format!(
        "insert into generated
         select n, ('01990000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
             floor(4096 * power(((n::bigint * 7919) % 1000003) / 1000003.0, 3))::int,
             floor(1024 * power(((n::bigint * 104729) % 1000003) / 1000003.0, 2))::int,
             case when n % 3 = 0 then floor(1024 * power(((n::bigint * 15485863) % 1000003) / 1000003.0, 2))::int end,
             date '1930-01-01' + ((n::bigint * 31) % 32000)::int
         from generate_series(1, {PATIENTS}) n; analyze generated; analyze name;
         create temp table card as
         select f.n family, v.n given, ' ' || f.word || ' ' || v.word || coalesce(E'\\t' || (
             select string_agg(' =' || sound || '=', '' order by sound collate \"C\")
             from (select unnest(string_to_array(f.sounds, ',')) sound union
                   select unnest(string_to_array(v.sounds, ','))) s), '') card
         from name f, name v where f.kind = 'family' and v.kind = 'given';
         update generated g set card = c.card from card c
         where c.family = g.family and c.given = g.given and g.middle is null;
         update generated g set card = ' ' || f.word || ' ' || v.word || ' ' || m.word || coalesce(E'\\t' || (
             select string_agg(' =' || sound || '=', '' order by sound collate \"C\")
             from (select unnest(string_to_array(f.sounds, ',')) sound union
                   select unnest(string_to_array(v.sounds, ',')) union
                   select unnest(string_to_array(m.sounds, ','))) s), '')
         from name f, name v, name m
         where g.middle is not null and f.kind = 'family' and f.n = g.family and v.kind = 'given' and v.n = g.given
             and m.kind = 'given' and m.n = g.middle;
         analyze generated"
    );
    session.batch_execute(&generate).await?;
    for step in STEPS {
        session.batch_execute(step).await?;
    }
    hospital.settle().await
}

/// The rows of each table in the order of its index.
const STEPS: [&str; 6] = [
    "insert into read.patient (id, version, family, given, gender, birth_date, deceased, card)
        select g.id, 1, f.word, v.word || coalesce(' ' || m.word, ''), 'unknown', g.born, false, g.card
        from generated g join name f on f.kind = 'family' and f.n = g.family
                         join name v on v.kind = 'given' and v.n = g.given
                         left join name m on m.kind = 'given' and m.n = g.middle order by g.id",
    "insert into read.patient_word (patient_id, word, card)
        select g.id, w.word, g.card from generated g, lateral (
            select word from name where kind = 'family' and n = g.family
            union select word from name where kind = 'given' and n in (g.given, g.middle)) w order by w.word collate \"C\", g.id",
    "insert into read.patient_sound (patient_id, sound, card)
        select g.id, w.sound, g.card from generated g, lateral (
            select unnest(string_to_array(sounds, ',')) sound from name where kind = 'family' and n = g.family
            union select unnest(string_to_array(sounds, ',')) from name
            where kind = 'given' and n in (g.given, g.middle)) w
        order by w.sound collate \"C\", g.card, g.id",
    "insert into read.patient_phone (patient_id, backwards)
        select id, reverse('41' || (400000000 + (n::bigint * 7919) % 99999989)::text) from generated order by 2",
    "insert into read.patient_identifier (patient_id, system, value)
        select id, 'http://hospital.example/mrn', 'N-' || lpad(n::text, 9, '0') from generated order by n",
    "insert into read.entry (id, item, kind, patient_id, version, active, struck, at, body)
        select g.id, 0, 'patient', g.id, 1, true, false, now(), json_build_object(
            'id', g.id, 'version', 1, 'status', 'active', 'gender', 'unknown', 'birth_date', g.born,
            'names', json_build_array(json_build_object('family', f.word, 'given', case when m.word is null
                    then json_build_array(v.word) else json_build_array(v.word, m.word) end)),
            'identifiers', json_build_array(json_build_object('system', 'http://hospital.example/mrn',
                                                              'value', 'N-' || lpad(g.n::text, 9, '0'))),
            'addresses', json_build_array(json_build_object('city', 'Porto', 'postal_code', '4000-001')))::text
        from generated g join name f on f.kind = 'family' and f.n = g.family
                         join name v on v.kind = 'given' and v.n = g.given
                         left join name m on m.kind = 'given' and m.n = g.middle order by g.id",
];

/// A kind of search: its name, and what is asked the n-th time.
type Kind = (&'static str, fn(usize) -> String);

/// What is asked. Every search differs from the last.
fn kinds() -> Vec<Kind> {
    /// Frequent names and rare ones alike.
    fn some(n: usize) -> usize {
        n * n * 37 % 4_096
    }
    vec![
        ("by a family name", |n| format!("name={}", family(some(n)))),
        ("by three letters", |n| format!("name={}", &family(some(n))[..3])),
        ("by one letter", |n| format!("name={}", &family(some(n))[..1])),
        ("by the beginnings of two names", |n| format!("name={}%20{}", &family(some(n))[..4], &given(n)[..3])),
        ("by two whole names", |n| format!("name={}%20{}", family(some(n)), given(n * 3))),
        ("by two letters of two names", |n| format!("name={}%20{}", &family(some(n))[..2], &given(n)[..2])),
        ("by name and in its order", |n| format!("sort=name&name={}", &family(some(n))[..4])),
        ("by two names and in their order", |n| {
            format!("sort=name&name={}%20{}", &family(some(n))[..3], &given(n)[..2])
        }),
        ("by one letter and in the order of names", |n| format!("sort=name&name={}", &family(some(n))[..1])),
        ("by one letter of two names and in their order", |n| {
            format!("sort=name&name={}%20{}", &family(some(n))[..1], &given(n)[..1])
        }),
        ("by two letters of two names and in their order", |n| {
            format!("sort=name&name={}%20{}", &family(some(n))[..2], &given(n)[..2])
        }),
        ("by a whole given name and in the order of names", |n| format!("sort=name&name={}", given(n))),
        ("by sound and in the order of names", |n| format!("sort=name&sounds_like={}", family(some(n)))),
        ("by the sound of two names and in their order", |n| {
            format!("sort=name&sounds_like={}%20{}", family(some(n)), given(n))
        }),
        ("by sound", |n| format!("sounds_like={}", family(some(n)))),
        ("by the sound of two names", |n| format!("sounds_like={}%20{}", family(some(n)), given(n))),
        ("by birth date", |n| format!("birth_date=19{:02}-{:02}-{:02}", 31 + n % 68, 1 + n % 12, 1 + n % 28)),
        ("by name and birth date", |n| {
            let who = 1 + n as u64 * 997 % PATIENTS as u64;
            let share = (who * 7_919 % 1_000_003) as f64 / 1_000_003.0;
            let born = NaiveDate::default() - chrono::Days::new(14_610) + chrono::Days::new(who * 31 % 32_000);
            format!("name={}&birth_date={born}", &family((4_096.0 * share.powi(3)) as usize)[..3])
        }),
        ("by identifier", |n| format!("identifier=N-{:09}", 1 + n * 9_973)),
        ("by telephone number", |n| format!("phone=%2B41{}", 400_000_000 + (n * 9_973 * 7_919) % 99_999_989)),
        ("by its last four digits", |n| format!("phone={:04}", 1_000 + n * 83)),
        ("the next page by a letter", |n| {
            format!("sort=name&name={}&cursor=01990000-0000-7000-8000-{:012x}", &family(some(n))[..1], 1 + n * 997)
        }),
        ("the next page by name", |n| format!("sort=name&cursor=01990000-0000-7000-8000-{:012x}", 1 + n * 997)),
    ]
}

/// Searches, one at a time.
pub async fn measure(hospital: &Hospital) -> anyhow::Result<Vec<Item>> {
    fill(hospital).await?;
    let mut connection = hospital.server.connect().await?;
    let mut items = vec![];
    for (kind, ask) in kinds() {
        let (mut rounds, mut found) = (vec![], 0);
        for round in 0..=ROUNDS {
            let mut latencies: Vec<Duration> = vec![];
            for n in 0..SEARCHES {
                let query = ask(1 + n + SEARCHES * round);
                let request = http::get(&format!("/api/v1/patients?{query}"), Some(&hospital.token));
                let asked = Instant::now();
                let answer = connection.exchange(&request).await?;
                latencies.push(asked.elapsed());
                ensure!(answer.status == 200, "{kind}: {}", answer.status);
                found += usize::from(!answer.body.starts_with(br#"{"items":[]"#));
            }
            // The first round warms up.
            if round > 0 {
                rounds.push(Window::of(latencies, Duration::from_secs(1)));
            }
        }
        // A search that finds nobody is quick for the wrong reason.
        ensure!(found * 2 > SEARCHES * ROUNDS, "{kind}: only {found} searches found anybody");
        let of = |share: f64| median(rounds.iter().map(|window| window.quantile_ms(share)));
        let name = |what: &str| format!("{kind} among {PATIENTS} patients, {what}");
        items.push(Item::figure(PART, name("p50"), "ms", of(0.5), None));
        items.push(Item::figure(PART, name("p95"), "ms", of(0.95), Some(Goal::AtMost(GOAL))));
    }
    Ok(items)
}
