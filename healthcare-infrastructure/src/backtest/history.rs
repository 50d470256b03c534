//! The histories of many patients at once: read, opened and decoded in bulk.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Duration, Utc};
use healthcare_application::{
    StoreError,
    backtest::{FACT_STREAMS, JudgedLive, RUN_IN_DAYS, Trial},
    store::Recorded,
};
use healthcare_domain::{StreamType, id::PatientId};
use tokio_postgres::Row;
use uuid::Uuid;

use crate::{
    database::{Database, unavailable},
    event_store::{COLUMNS, Codec, Keys, decode_row, judged, judged_patient, judged_rows, patient_of},
};

/// Who is whom: merged registrations, and streams that were given away.
pub(super) struct Identities {
    survivor: HashMap<Uuid, Uuid>,
    under: HashMap<Uuid, Vec<Uuid>>,
    reassigned: HashMap<Uuid, Uuid>,
    given_to: HashMap<Uuid, Vec<Uuid>>,
}

/// The rows of some patients, as they were read, and what opens them.
pub(super) struct Sealed {
    pub(super) patients: Vec<PatientId>,
    events: Vec<Row>,
    judged: Vec<Row>,
    keys: Keys,
}

/// The history of one patient.
#[derive(Default)]
pub(super) struct History {
    pub(super) events: Vec<Recorded>,
    pub(super) live: Vec<JudgedLive>,
}

impl Identities {
    /// As they stand now.
    pub(super) async fn read(db: &Database) -> Result<Self, StoreError> {
        let client = db.get().await?;
        let mut found = Self {
            survivor: HashMap::new(),
            under: HashMap::new(),
            reassigned: HashMap::new(),
            given_to: HashMap::new(),
        };
        let merged = "select patient_id, survivor from es.survivor";
        for row in client.query(merged, &[]).await.map_err(unavailable)? {
            found.survivor.insert(row.get(0), row.get(1));
            found.under.entry(row.get(1)).or_default().push(row.get(0));
        }
        let given = "select stream_id, patient_id from es.reassigned";
        for row in client.query(given, &[]).await.map_err(unavailable)? {
            found.reassigned.insert(row.get(0), row.get(1));
            found.given_to.entry(row.get(1)).or_default().push(row.get(0));
        }
        Ok(found)
    }

    /// Every person there is, under the registration that holds their record; those drawn, where not all are wanted.
    pub(super) async fn patients(
        &self,
        db: &Database,
        drawn: Option<u32>,
        salt: Uuid,
    ) -> Result<Vec<PatientId>, StoreError> {
        let client = db.get().await?;
        let rows = client.query("select id from read.patient order by id", &[]).await.map_err(unavailable)?;
        let all = rows.iter().map(|row| row.get::<_, Uuid>(0)).filter(|id| !self.survivor.contains_key(id));
        let mut all: Vec<Uuid> = all.collect();
        if let Some(drawn) = drawn {
            all.sort_by_key(|id| Uuid::new_v5(&salt, id.as_bytes()));
            all.truncate(usize::try_from(drawn).unwrap_or(usize::MAX));
            all.sort_unstable();
        }
        Ok(all.into_iter().map(PatientId).collect())
    }

    /// Who holds what a row is about.
    fn holder(&self, stream: Uuid, patient: Uuid) -> Uuid {
        let home = self.reassigned.get(&stream).copied().unwrap_or(patient);
        self.survivor.get(&home).copied().unwrap_or(home)
    }

    /// Reads what is kept of some patients, without opening it.
    pub(super) async fn fetch(
        &self,
        (db, codec): (&Database, &Codec),
        trial: &Trial,
        patients: Vec<PatientId>,
    ) -> Result<Sealed, StoreError> {
        let under = patients.iter().flat_map(|one| self.under.get(&one.0).into_iter().flatten().copied());
        let mut ids: Vec<Uuid> = patients.iter().map(|one| one.0).chain(under).collect();
        let given: Vec<Uuid> = ids.iter().flat_map(|id| self.given_to.get(id).into_iter().flatten().copied()).collect();
        ids.sort_unstable();
        let streams: Vec<&str> = FACT_STREAMS.iter().map(|stream| stream.as_str()).collect();
        let kinds: Vec<&str> = trial.wanted.iter().map(String::as_str).collect();
        let client = db.get().await?;
        let sql = format!(
            "select {COLUMNS} from es.event e
             where (e.patient_id = any($1) or e.stream_id = any($2)) and e.known_at <= $3
                 and (e.stream_type = any($4) or e.event_type = any($5))"
        );
        let statement = client.prepare_cached(&sql).await.map_err(unavailable)?;
        let events =
            client.query(&statement, &[&ids, &given, &trial.to, &streams, &kinds]).await.map_err(unavailable)?;
        let from: DateTime<Utc> = trial.from - Duration::days(RUN_IN_DAYS);
        let judged = judged_rows(&client, &ids, (from, trial.to)).await?;
        drop(client);
        let keys = codec.keys(events.iter().map(patient_of).chain(judged.iter().map(judged_patient))).await?;
        Ok(Sealed { patients, events, judged, keys })
    }

    /// Opens what was read, by patient. A history that does not open is none, and is counted as such.
    pub(super) fn open(&self, sealed: &Sealed) -> BTreeMap<PatientId, Option<History>> {
        let mut all: BTreeMap<PatientId, Option<History>> =
            sealed.patients.iter().map(|patient| (*patient, Some(History::default()))).collect();
        let wanted: HashSet<PatientId> = sealed.patients.iter().copied().collect();
        for row in &sealed.events {
            let Some(about) = patient_of(row) else { continue };
            let stream: Uuid = row.get(0);
            let holder = PatientId(self.holder(stream, about.0));
            // Of registrations that were merged, the survivor's demographics count.
            let anothers = row.get::<_, &str>(4) == StreamType::Patient.as_str() && stream != holder.0;
            if anothers || !wanted.contains(&holder) {
                continue;
            }
            let place = all.entry(holder).or_default();
            match (place.as_mut(), decode_row(&sealed.keys, row)) {
                (Some(history), Ok(event)) => history.events.push(Recorded { patient: Some(holder), ..event }),
                _ => *place = None,
            }
        }
        for row in &sealed.judged {
            let Some(about) = judged_patient(row) else { continue };
            let holder = PatientId(self.survivor.get(&about.0).copied().unwrap_or(about.0));
            let Some(place) = all.get_mut(&holder) else { continue };
            match (place.as_mut(), judged(&sealed.keys, row)) {
                (Some(history), Ok(moment)) => history.live.push(moment),
                _ => *place = None,
            }
        }
        all
    }
}
