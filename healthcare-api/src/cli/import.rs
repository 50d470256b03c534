//! `healthcare import`.

use std::{fs::File, path::PathBuf};

use anyhow::Context;
use clap::Args;
use healthcare_application::{Call, Permission, audit::Fields};
use healthcare_infrastructure::import::{self, ImportContext, ImportReport, ImportStopped, Progress};
use indicatif::{ProgressBar, ProgressStyle};

use super::accountable;
use crate::{
    config::Settings,
    startup::{self, Opened},
};

/// What is imported, and from where.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// Files and folders of FHIR R4: resources, Bundles, NDJSON, each also packed by gzip.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// The name of the system they come from. What it calls by the same id is then the same in every import, and
    /// nothing of another system is. Needed when ids are plain numbers and patients carry no numbers of their own.
    #[arg(long)]
    source: Option<String>,
    /// Writes the report to this file as JSON.
    #[arg(long)]
    report: Option<PathBuf>,
}

/// Imports, beside a running server or without one, and prints what became of it all.
///
/// # Errors
/// When the database cannot be reached, or the report cannot be written. What was refused is no error.
pub async fn run(settings: &Settings, args: ImportArgs) -> anyhow::Result<()> {
    let opened = startup::open(settings).await?;
    accountable::record(&opened.places, "import_records", Fields::Everything, "from files").await?;
    let result = import(&opened, args).await;
    opened.platform.db.close();
    if let Some(embedded) = opened.embedded {
        embedded.stop().await?;
    }
    result
}

async fn import(opened: &Opened, args: ImportArgs) -> anyhow::Result<()> {
    let ImportArgs { paths, source, report: report_file } = args;
    let app = &opened.platform.app;
    let call = Call::system(app.clock.new_id());
    let permit = app.authorise(&call, Permission::ImportRecords, None).await?;
    let context = ImportContext::new(opened.platform.store.clone(), app.clock.clone(), &permit, &call, source)
        .map(|context| context.numbering(app.patients.mrn.clone()))
        .context("the permit is for an import")?;
    let bar = ProgressBar::new(0).with_style(
        ProgressStyle::with_template("{spinner} {msg} resources  {bar:30} {pos}/{len} files  {elapsed}")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    let show = |p: Progress| {
        bar.set_length(p.files);
        bar.set_position(p.files_done);
        bar.set_message(p.settled.to_string());
    };
    let result = import::run(&context, paths, show).await;
    bar.finish_and_clear();
    let (report, stopped) = match result {
        Ok(report) => (report, None),
        Err(ImportStopped { report, cause }) => (report, Some(cause)),
    };
    print!("{report}");
    if let Some(file) = report_file {
        write(&file, &report).with_context(|| format!("{} cannot be written", file.display()))?;
    }
    match stopped {
        None => Ok(()),
        Some(cause) => Err(anyhow::Error::new(cause).context("the import stopped; run it again to go on")),
    }
}

fn write(file: &PathBuf, report: &ImportReport) -> anyhow::Result<()> {
    let file = File::create(file)?;
    serde_json::to_writer_pretty(&file, report)?;
    file.sync_all()?;
    Ok(())
}
