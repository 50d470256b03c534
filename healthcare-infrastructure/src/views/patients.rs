//! The directory: patients by name, sound, birth date, identifier, telephone; and lists by pathway.
//!
//! The SQL is written by hand, for its shape is what makes it quick among a million patients whatever is looked for: the
//! planner cannot know how many rows row-level security leaves, and chooses for a frequent name what suits a rare one.

use std::collections::HashMap;

use healthcare_application::{
    StoreError,
    access::Circle,
    read::{Page, PatientSearch, PatientSort},
};
use serde_json::value::RawValue;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::entries::raw;
use crate::{
    database::{Database, Sight, unavailable},
    projection::{Ending, endings_of, fold, sounds},
};

/// Of so many matches at most all are gathered and sorted; of more, the directory is walked in its order until a page is
/// full, which comes soon. Around here both cost the same.
const FEW: u32 = 12_000;
/// How many are counted to know.
const MOST: u32 = FEW + 1;

/// A page of the patients that match all that is given.
pub async fn search(db: &Database, search: &PatientSearch) -> Result<Page, StoreError> {
    let nobody = Page { items: vec![], next_cursor: None };
    let Some(query) = Query::of(search) else { return Ok(nobody) };
    let sql = query.sql(search.sort, u32::from(search.limit) + 1);
    let params: Vec<&(dyn ToSql + Sync)> = query.values.iter().map(|value| &**value as &(dyn ToSql + Sync)).collect();
    let rows = db.read_as(&Sight::directory(), &sql, &params).await?;
    let mut ids: Vec<Uuid> = rows.iter().map(|row| row.get(0)).collect();
    let more = ids.len() > usize::from(search.limit);
    ids.truncate(usize::from(search.limit));
    let next_cursor = ids.last().filter(|_| more).map(Uuid::to_string);
    Ok(Page { items: bodies(db, ids).await?, next_cursor })
}

/// What is looked for in one of the tables that patients are found by.
struct Finder {
    /// The table.
    table: &'static str,
    /// Which of its rows.
    condition: String,
    /// How much it tells: those who match a finder that tells more are fewer.
    tells: usize,
}

impl Finder {
    /// Whom it finds.
    fn all(&self) -> String {
        format!("select patient_id from {} where {}", self.table, self.condition)
    }

    /// Whether it finds the patient `p`: a question by itself, so that it is asked of each and never joined.
    fn one(&self) -> String {
        let Self { table, condition, .. } = self;
        format!("coalesce((select true from {table} where patient_id = p.id and ({condition}) limit 1), false)")
    }
}

/// A search as it is asked.
#[derive(Default)]
struct Query {
    finders: Vec<Finder>,
    /// What the directory itself says of `p`.
    conditions: Vec<String>,
    values: Vec<Box<dyn ToSql + Sync + Send>>,
    /// Whether the conditions leave a handful.
    is_narrow: bool,
}

impl Query {
    /// What is asked; `None` where nobody can match. What is given without a letter or a digit is nobody's name; it is not
    /// everybody's.
    fn of(search: &PatientSearch) -> Option<Self> {
        let mut query = Self::default();
        query.is_for(search);
        for word in search.name.as_deref().map_or(Some(vec![]), words)? {
            let (from, to) = (query.bind(word.clone()), query.bind(format!("{word}\u{10FFFF}")));
            let condition = format!("word >= {from} and word < {to}");
            query.finders.push(Finder { table: "read.patient_word", condition, tells: word.len() });
        }
        for word in search.sounds_like.as_deref().map_or(Some(vec![]), words)? {
            let codes = sounds([word.as_str()]);
            if codes.is_empty() {
                return None;
            }
            let longest = codes.iter().map(String::len).max().unwrap_or_default();
            let condition = format!("sound = any({}::text[])", query.bind(codes));
            query.finders.push(Finder { table: "read.patient_sound", condition, tells: longest });
        }
        if let Some(identifier) = &search.identifier {
            let condition = query.is_numbered(identifier);
            query.finders.push(Finder { table: "read.patient_identifier", condition, tells: 100 });
        }
        if let Some(phone) = &search.phone {
            let condition = query.is_called(phone)?;
            query.finders.push(Finder { table: "read.patient_phone", condition, tells: 50 });
        }
        if search.pathway.is_some() || search.stage.is_some() {
            let on = search.pathway.clone().map(|pathway| format!("pathway = {}", query.bind(pathway)));
            let at = search.stage.clone().map(|stage| format!("stage = {}", query.bind(stage)));
            let condition = on.into_iter().chain(at).collect::<Vec<_>>().join(" and ");
            query.finders.push(Finder { table: "read.patient_pathway", condition, tells: 1 });
        }
        query.finders.sort_by_key(|finder| std::cmp::Reverse(finder.tells));
        Some(query)
    }

    fn bind(&mut self, value: impl ToSql + Sync + Send + 'static) -> String {
        self.values.push(Box::new(value));
        format!("${}", self.values.len())
    }

    /// What the directory itself has to say of who matches.
    fn is_for(&mut self, search: &PatientSearch) {
        let status = match &search.status {
            Some(status) => format!("p.status = {}", self.bind(status.clone())),
            None => "p.status <> 'entered-in-error'".to_owned(),
        };
        self.conditions.push(status);
        if let Some(born) = search.birth_date {
            let born = format!("p.birth_date = {}", self.bind(born));
            self.conditions.push(born);
            self.is_narrow = true;
        }
        if let Some(after) = search.after {
            let after = self.bind(after);
            // A cursor holds an identity alone: names are in no URL.
            self.conditions.push(match search.sort {
                PatientSort::Registered => format!("p.id > {after}"),
                PatientSort::LatestRegistered => format!("p.id < {after}"),
                PatientSort::Name => {
                    format!("(p.sort_name, p.id) > (select l.sort_name, l.id from read.patient l where l.id = {after})")
                }
            });
        }
        let among = match &search.within {
            None | Some(Circle::Everybody) => return,
            Some(Circle::Only(patients)) => ("p.id = any", patients),
            Some(Circle::Except(patients)) => ("p.id <> all", patients),
        };
        let patients: Vec<Uuid> = among.1.iter().map(|patient| patient.0).collect();
        let among = format!("{}({}::uuid[])", among.0, self.bind(patients));
        self.conditions.push(among);
    }

    /// `system|value`, or a value of any system.
    fn is_numbered(&mut self, identifier: &str) -> String {
        match identifier.split_once('|') {
            Some((system, value)) => {
                format!("value = {} and system = {}", self.bind(value.to_owned()), self.bind(system.to_owned()))
            }
            None => format!("value = {}", self.bind(identifier.to_owned())),
        }
    }

    /// A number of which this is the end, or which is the end of this. `None` where it has too few digits to tell.
    fn is_called(&mut self, phone: &str) -> Option<String> {
        let endings = endings_of(phone).into_iter().map(|Ending { telling, whole }| {
            let (to, from, whole) = (self.bind(format!("{telling}\u{10FFFF}")), self.bind(telling), self.bind(whole));
            format!(
                "backwards >= {from} and backwards < {to}
                 and (starts_with(backwards, {whole}) or starts_with({whole}, backwards))"
            )
        });
        endings.reduce(|one, other| format!("{one} or {other}"))
    }

    /// The SQL of a page. What tells most leads; of the others it is asked of each.
    fn sql(&self, sort: PatientSort, limit: u32) -> String {
        let order = match sort {
            PatientSort::Registered => "p.id",
            PatientSort::LatestRegistered => "p.id desc",
            PatientSort::Name => "p.sort_name, p.id",
        };
        let conditions = self.conditions.join(" and ");
        let asked = |finders: &[Finder]| finders.iter().map(|one| format!(" and {}", one.one())).collect::<String>();
        let walk = |asked: String| {
            format!("select p.id from read.patient p where {conditions}{asked} order by {order} limit {limit}")
        };
        let Some((first, others)) = self.finders.split_first() else { return walk(String::new()) };
        if self.is_narrow {
            return walk(asked(&self.finders));
        }
        // Those who were gathered, in the order of the list; the directory is asked of one after the other.
        let gathered = |from: &str, asked: &str| {
            let turned = order.replace("p.id", "f.patient_id");
            match sort {
                PatientSort::Registered | PatientSort::LatestRegistered => format!(
                    "select f.patient_id from (select distinct patient_id from {from}) f,
                        lateral (select from read.patient p where p.id = f.patient_id and {conditions}{asked} offset 0) p
                     order by {turned} limit {limit}"
                ),
                PatientSort::Name => format!(
                    "select p.id from (select distinct patient_id from {from}) f,
                        lateral (select p.id, p.sort_name from read.patient p
                                 where p.id = f.patient_id and {conditions}{asked} offset 0) p
                     order by {order} limit {limit}"
                ),
            }
        };
        let mut with = format!("found as materialized (select patient_id from ({}) f limit {MOST}), ", first.all());
        with += &format!("counted as materialized (select count(*) < {MOST} few from found)");
        let few = format!("select * from ({}) few where (select few from counted)", gathered("found", &asked(others)));
        let Some((second, rest)) = others.split_first() else {
            let many = walk(format!(" and {} and (select not few from counted)", first.one()));
            return format!("with {with} ({few}) union all ({many})");
        };
        with += &format!(", other as materialized (select patient_id from ({}) f limit {MOST})", second.all());
        with += &format!(", recounted as materialized (select count(*) < {MOST} few from other)");
        let asked_then = format!(" and {}{}", first.one(), asked(rest));
        let fewer = format!(
            "select * from ({}) fewer where (select not few from counted) and (select few from recounted)",
            gathered("other", &asked_then)
        );
        let all: Vec<String> = self.finders.iter().map(Finder::all).collect();
        let both = format!("({}) both_of", all.join(" intersect "));
        let many = format!(
            "select * from ({}) many where (select not few from counted) and (select not few from recounted)",
            gathered(&both, "")
        );
        format!("with {with} ({few}) union all ({fewer}) union all ({many})")
    }
}

/// The words of a name as the directory compares them.
fn words(name: &str) -> Option<Vec<String>> {
    if name.trim().is_empty() {
        return Some(vec![]);
    }
    let words = fold(name);
    (!words.is_empty()).then_some(words)
}

/// The views of these patients, in the same order.
async fn bodies(db: &Database, ids: Vec<Uuid>) -> Result<Vec<Box<RawValue>>, StoreError> {
    if ids.is_empty() {
        return Ok(vec![]);
    }
    let sql = "select id, body from read.entry where id = any($1) and item = 0 and kind = 'patient'";
    let rows = db.read_as(&Sight::directory(), sql, &[&ids]).await?;
    let body = |row: &tokio_postgres::Row| Ok((row.get(0), row.try_get(1).map_err(unavailable).and_then(raw)?));
    let mut found = rows.iter().map(body).collect::<Result<HashMap<Uuid, _>, StoreError>>()?;
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}
