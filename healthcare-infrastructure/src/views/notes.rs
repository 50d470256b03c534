//! Notes as they are listed and found. Written by hand: full text is no type of the query builder's.

use std::collections::HashSet;

use async_trait::async_trait;
use healthcare_application::{
    Actor, Permit, StoreError,
    access::Circle,
    note::{FoundNote, NoteFilter, NoteModel, NoteSearch, NotesFound, RankCursor},
    order::Direction,
    read::{Cursor, Page, Paging},
};
use healthcare_domain::id::PatientId;
use tokio_postgres::{Row, types::ToSql};
use uuid::Uuid;

use super::{
    PgReadModel,
    entries::raw,
    excerpt::{START, STOP, excerpt, fold_in_place, fold_words},
    order,
};
use crate::{audit::answered, database::Sight, projection::dictionary};

/// Whom a draft is shown to: its author, and who is asked to co-sign it. `$1` is the reader, `$2` their role.
macro_rules! shown {
    () => {
        "(n.status in ('signed', 'amended', 'entered-in-error') or (n.status = 'draft'
            and ($1 = any(n.authors) or $1 = any(n.readers) or $2 = any(n.reader_roles))))"
    };
}

fn listed(direction: Direction) -> String {
    format!(
        "select n.told_of_at, n.id, e.body from read.note n join read.entry e on e.id = n.id and e.item = 0
         where n.patient_id = $3 and {shown}
            and (case when $4::text is null then n.status <> 'entered-in-error' else n.status = $4 end)
            and ($5::text is null or n.note_type = $5) and ($6::uuid is null or $6 = any(n.authors))
            and ($7::uuid is null or n.encounter = $7) and ($8::timestamptz is null or n.told_of_at >= $8)
            and ($9::timestamptz is null or n.told_of_at < $9)
            and ($10::timestamptz is null or (n.told_of_at, n.id) {behind} ($10, $11))
         order by n.told_of_at {way}, n.id {way} limit $12",
        shown = shown!(),
        behind = order::behind(direction),
        way = order::way(direction),
    )
}

/// What is asked, as PostgreSQL takes it. What leaves a word out is taken in one language alone: another form of the word
/// would let it in again.
const ASKED: &str = "case when $3 like '-%' or $3 like '% -%' then websearch_to_tsquery($4::text::regconfig, $3)
    else websearch_to_tsquery('simple', $3) || websearch_to_tsquery($4::text::regconfig, $3) end";

fn found() -> String {
    format!(
        "with asked as materialized (select {ASKED} as q),
            hit as (select n.patient_id, n.id, ts_rank_cd(n.words, a.q) as rank, n.text, e.body
                from asked a, read.note n join read.entry e on e.id = n.id and e.item = 0
                where n.id in (select access.notes_matching(a.q)) and n.status <> 'entered-in-error' and {shown}
                    and ($5::uuid[] is null or n.patient_id = any($5)) and n.patient_id <> all($6::uuid[])
                    and ($7::text is null or n.note_type = $7) and ($8::timestamptz is null or n.told_of_at >= $8)
                    and ($9::timestamptz is null or n.told_of_at < $9))
         select patient_id, id, rank, text, body from hit
         where $10::float4 is null or (rank, id) < ($10, $11)
         order by rank desc, id desc limit $12",
        shown = shown!()
    )
}

/// The words in a text that were looked for, marked.
const MARKED: &str =
    "select ts_headline($2::text::regconfig, t, q, $4) from unnest($1::text[]) with ordinality x(t, n),
    (select websearch_to_tsquery('simple', $3) || websearch_to_tsquery($2::text::regconfig, $3) as q) asked order by n";

#[async_trait]
impl NoteModel for PgReadModel {
    async fn notes(
        &self,
        permit: &Permit,
        reader: &Actor,
        filter: &NoteFilter,
        paging: &Paging,
    ) -> Result<Page, StoreError> {
        let Some(patient) = permit.patient() else { return Ok(Page { items: vec![], next_cursor: None }) };
        let select = listed(paging.direction);
        let role = reader.role.as_str();
        let status = filter.status.map(|status| status.as_str());
        let note_type = without_nul(&filter.note_type);
        let (author, encounter) = (filter.author.map(|one| one.0), filter.encounter.map(|one| one.0));
        let (at, id) = (paging.after.map(|one| one.at), paging.after.map(|one| one.id));
        let limit = i64::from(paging.limit) + 1;
        let values: [&(dyn ToSql + Sync); 12] = [
            &reader.account.0,
            &role,
            &patient.0,
            &status,
            &note_type,
            &author,
            &encounter,
            &filter.from,
            &filter.until,
            &at,
            &id,
            &limit,
        ];
        let reading = async {
            let mut rows = self.db.read_as(&Sight::of(permit), &select, &values).await?;
            let more = rows.len() > usize::from(paging.limit);
            rows.truncate(usize::from(paging.limit));
            let place = |row: &Row| Cursor { at: row.get(0), id: row.get(1), item: 0 }.to_string();
            let next_cursor = rows.last().filter(|_| more).map(place);
            let items = rows.iter().map(|row| raw(row.get(2))).collect::<Result<_, _>>()?;
            Ok(Page { items, next_cursor })
        };
        answered(permit, reading).await
    }

    async fn find_notes(
        &self,
        permit: &Permit,
        circle: &Circle,
        reader: &Actor,
        search: &NoteSearch,
    ) -> Result<NotesFound, StoreError> {
        let ids = |patients: &HashSet<PatientId>| patients.iter().map(|one| one.0).collect::<Vec<Uuid>>();
        let (sight, only, but) = match (permit.patient(), circle) {
            (Some(patient), _) => (Sight::of(permit), Some(vec![patient.0]), vec![]),
            (None, Circle::Only(patients)) => (Sight::within(circle), Some(ids(patients)), vec![]),
            (None, Circle::Except(patients)) => (Sight::within(circle), None, ids(patients)),
            (None, Circle::Everybody) => (Sight::within(circle), None, vec![]),
        };
        let (words, stemmed) = (fold_words(&search.words), dictionary(&search.language));
        let role = reader.role.as_str();
        let note_type = without_nul(&search.note_type);
        let (rank, id) = (search.after.map(|one| one.rank), search.after.map(|one| one.id));
        let limit = i64::from(search.limit) + 1;
        let values: [&(dyn ToSql + Sync); 12] = [
            &reader.account.0,
            &role,
            &words,
            &stemmed,
            &only,
            &but,
            &note_type,
            &search.from,
            &search.until,
            &rank,
            &id,
            &limit,
        ];
        let mut rows = self.db.read_as(&sight, &found(), &values).await?;
        let more = rows.len() > usize::from(search.limit);
        rows.truncate(usize::from(search.limit));
        permit.recorded().await?;
        permit.recorded_of(rows.iter().map(|row| PatientId(row.get(0)))).await?;
        let marked = self.marked(&rows, stemmed, &words).await?;
        let place = |row: &Row| RankCursor { rank: row.get(2), id: row.get(1) }.to_string();
        let next_cursor = rows.last().filter(|_| more).map(place);
        let items = rows.iter().zip(marked).map(|(row, marked)| {
            let (rank, text): (f32, &str) = (row.get(2), row.get(3));
            Ok(FoundNote { note: raw(row.get(4))?, rank, excerpt: excerpt(text, &marked) })
        });
        Ok(NotesFound { items: items.collect::<Result<_, StoreError>>()?, next_cursor })
    }
}

/// No column holds a NUL, and no parameter takes one.
fn without_nul(text: &Option<String>) -> Option<String> {
    text.as_ref().map(|text| text.replace('\0', ""))
}

impl PgReadModel {
    /// The texts of a page, folded in place, with what was looked for marked.
    async fn marked(&self, rows: &[Row], stemmed: &str, words: &str) -> Result<Vec<String>, StoreError> {
        if rows.is_empty() {
            return Ok(vec![]);
        }
        let texts: Vec<String> = rows.iter().map(|row| fold_in_place(row.get(3))).collect();
        let options = format!("HighlightAll=true, StartSel={START}, StopSel={STOP}");
        let marked = self.db.read_as(&Sight::schedules(), MARKED, &[&texts, &stemmed, &words, &options]).await?;
        Ok(marked.iter().map(|row| row.get(0)).collect())
    }
}
