//! The people are written by SQL straight into the read model, as the projections would write them; they have no events.
//! How names are folded and what they sound like is worked out by the product's own code.

use healthcare_infrastructure::{
    embedded::roles,
    projection::{fold, sounds},
};

use super::generated::{FAMILIES, GIVENS, PATIENTS, Person, family_as_written, given};
use crate::hospital::Hospital;

/// How many people are handed over at once.
const AT_ONCE: u32 = 50_000;

/// The columns of the names and of what they sound like.
struct Names {
    written: Vec<String>,
    words: Vec<String>,
    sounds: Vec<String>,
}

impl Names {
    fn of(count: usize, name: impl Fn(usize) -> String) -> Self {
        let written: Vec<String> = (0..count).map(name).collect();
        let words: Vec<String> = written.iter().map(|name| fold(name).concat()).collect();
        let sounds = words.iter().map(|word| sounds([word.as_str()]).join(",")).collect();
        Self { written, words, sounds }
    }
}

/// Fills the read model, as a session of the superuser that leaves references unchecked: they hold by construction.
pub async fn fill(hospital: &Hospital) -> anyhow::Result<()> {
    let session = roles::connect(&hospital.superuser_url()).await?;
    session.batch_execute(TABLES).await?;
    for (kind, names) in [("family", Names::of(FAMILIES, family_as_written)), ("given", Names::of(GIVENS, given))] {
        let insert = "insert into name select $1, t.n - 1, t.written, t.word, t.sounds
            from unnest($2::text[], $3::text[], $4::text[]) with ordinality t(written, word, sounds, n)";
        session.execute(insert, &[&kind, &names.written, &names.words, &names.sounds]).await?;
    }
    for from in (1..=PATIENTS).step_by(AT_ONCE as usize) {
        people(&session, from).await?;
    }
    session.batch_execute(CARDS).await?;
    for step in STEPS {
        session.batch_execute(step).await?;
    }
    hospital.settle().await
}

/// The people from one on.
async fn people(session: &tokio_postgres::Client, from: u32) -> anyhow::Result<()> {
    let all: Vec<Person> = (from..(from + AT_ONCE).min(PATIENTS + 1)).map(Person::of).collect();
    let number = |n: usize| i32::try_from(n).unwrap_or_default();
    let ids: Vec<String> = all.iter().map(Person::id).collect();
    let numbers: Vec<String> = all.iter().map(Person::number).collect();
    let phones: Vec<String> = all.iter().map(|one| one.phone().chars().rev().collect()).collect();
    let families: Vec<i32> = all.iter().map(|one| number(one.family)).collect();
    let givens: Vec<i32> = all.iter().map(|one| number(one.given)).collect();
    let middles: Vec<Option<i32>> = all.iter().map(|one| one.middle.map(number)).collect();
    let born: Vec<chrono::NaiveDate> = all.iter().map(|one| one.born).collect();
    let insert = "insert into generated select id::uuid, number, phone, family, given, middle, born
        from unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::int[], $6::int[], $7::date[])
            t(id, number, phone, family, given, middle, born)";
    session.execute(insert, &[&ids, &numbers, &phones, &families, &givens, &middles, &born]).await?;
    Ok(())
}

const TABLES: &str =
    "set session_replication_role = replica; set synchronous_commit = off; set work_mem = '256MB';
    create temp table generated (id uuid, number text, phone text, family int, given int, middle int, born date, card text);
    create temp table name (kind text, n int, written text, word text, sounds text, primary key (kind, n))";

const CARDS: &str = "analyze generated; analyze name;
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
    analyze generated";

/// The rows of each table in the order of its index.
const STEPS: [&str; 6] = [
    "insert into read.patient (id, version, family, given, gender, birth_date, deceased, card)
        select g.id, 1, f.written, v.written || coalesce(' ' || m.written, ''), 'unknown', g.born, false, g.card
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
    "insert into read.patient_phone (patient_id, backwards) select id, phone from generated order by 2",
    "insert into read.patient_identifier (patient_id, system, value)
        select id, 'http://hospital.example/mrn', number from generated order by number",
    "insert into read.entry (id, item, kind, patient_id, version, active, struck, at, body)
        select g.id, 0, 'patient', g.id, 1, true, false, now(), json_build_object(
            'id', g.id, 'version', 1, 'status', 'active', 'gender', 'unknown', 'birth_date', g.born,
            'names', json_build_array(json_build_object('family', f.written, 'given', case when m.written is null
                    then json_build_array(v.written) else json_build_array(v.written, m.written) end)),
            'identifiers', json_build_array(json_build_object('system', 'http://hospital.example/mrn', 'value', g.number)),
            'telecom', json_build_array(json_build_object('system', 'phone', 'value', '+' || reverse(g.phone))),
            'addresses', json_build_array(json_build_object('city', 'Porto', 'postal_code', '4000-001')))::text
        from generated g join name f on f.kind = 'family' and f.n = g.family
                         join name v on v.kind = 'given' and v.n = g.given
                         left join name m on m.kind = 'given' and m.n = g.middle order by g.id",
];
