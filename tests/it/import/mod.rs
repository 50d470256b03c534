//! Import of FHIR R4, from files to the chart.

mod amended;
mod beside;
mod broken;
mod fixtures;
mod identity;
mod over_http;
mod statements;
mod tied;

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use healthcare_application::{Call, Permission, chart, patient};
use healthcare_domain::id::PatientId;
use healthcare_infrastructure::{
    embedded::roles,
    import::{self, ImportContext, ImportReport},
    platform::{Platform, PlatformSettings},
};
use healthcare_tests::postgres::{TestDatabase, database};
use serde_json::Value;
use tempfile::TempDir;

/// A record of its own, empty.
struct Site {
    platform: Platform,
    places: PlatformSettings,
    database: TestDatabase,
    /// Keys, and whatever files a test writes.
    dir: TempDir,
}

async fn site() -> Site {
    let database = database(healthcare_tests::bare_record::apply_migrations).await;
    let dir = tempfile::tempdir().unwrap();
    let urls = &database.urls;
    let places = PlatformSettings {
        database_url: urls.app.clone().into(),
        owner_url: Some(urls.owner.clone().into()),
        keys_url: urls.keys.clone().into(),
        keys_owner_url: Some(urls.keys_owner.clone().into()),
        sealer_url: None,
        data_dir: dir.path().to_owned(),
        redis_url: None,
        pool_size: 6,
    };
    let platform = Platform::open(&places).await.unwrap();
    Site { platform, places, database, dir }
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

impl Site {
    async fn context(&self, source: Option<&str>) -> ImportContext {
        let app = &self.platform.app;
        let call = Call::system(app.clock.new_id());
        let permit = app.authorise(&call, Permission::ImportRecords, None).await.unwrap();
        let source = source.map(str::to_owned);
        ImportContext::new(self.platform.store.clone(), app.clock.clone(), &permit, &call, source).unwrap()
    }

    async fn import(&self, paths: &[PathBuf]) -> ImportReport {
        import::run(&self.context(None).await, paths.to_vec(), |_| {}).await.unwrap()
    }

    async fn import_text(&self, text: &str) -> ImportReport {
        self.import_text_of(text, None).await
    }

    async fn import_text_of(&self, text: &str, source: Option<&str>) -> ImportReport {
        import::run_bytes(&self.context(source).await, "body", text.to_owned().into(), |_| {}).await.unwrap()
    }

    /// Writes a file for an import.
    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// The patients of a name, as they are registered.
    async fn patients(&self, name: &str) -> Vec<Value> {
        let search =
            healthcare_application::read::PatientSearch { name: Some(name.into()), limit: 200, ..Default::default() };
        let page = patient::find_patients(&self.platform.app, &Call::system(self.platform.app.clock.new_id()), search)
            .await
            .unwrap();
        page.items.iter().map(|raw| serde_json::from_str(raw.get()).unwrap()).collect()
    }

    /// The only patient of a name.
    async fn patient(&self, name: &str) -> PatientId {
        let found = self.patients(name).await;
        assert_eq!(found.len(), 1, "one {name}");
        found[0]["id"].as_str().unwrap().parse().unwrap()
    }

    async fn chart(&self, patient: PatientId, as_of: Option<DateTime<Utc>>) -> Value {
        let chart =
            chart::get_chart(&self.platform.app, &Call::system(self.platform.app.clock.new_id()), patient, as_of)
                .await
                .unwrap();
        serde_json::to_value(chart).unwrap()
    }

    /// A number the database's owner counts.
    async fn count(&self, sql: &str) -> i64 {
        let owner = roles::connect(&self.database.urls.owner.clone().into()).await.unwrap();
        owner.query_one(sql, &[]).await.unwrap().get(0)
    }
}

/// Whether every resource read is accounted for.
fn is_settled(report: &ImportReport) -> bool {
    report.resources.values().all(|c| c.read == c.stored + c.known + c.kept + c.refused)
}

/// The labels of a section of the chart, by the field that holds the concept.
fn labels(section: &Value, field: &str) -> Vec<String> {
    let label = |item: &Value| {
        let concept = &item[field];
        concept["text"].as_str().or_else(|| concept["coding"][0]["display"].as_str()).unwrap_or("").to_owned()
    };
    let mut labels: Vec<_> = section["items"].as_array().unwrap().iter().map(label).collect();
    labels.sort();
    labels
}
