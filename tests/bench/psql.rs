//! The reference for telemetry: psql copies batches into a table of its session and inserts them from there, each
//! batch a transaction, with the product's own statements.

use std::{fmt::Write as _, fs, process::Command, time::Instant};

use anyhow::ensure;
use healthcare_telemetry_gateway::store::readings::{COPY, INCOMING, INSERT};
use uuid::Uuid;

use crate::{
    hospital::{Hospital, libpq},
    telemetry::{BATCH, SIGNALS},
};

/// Batches of each session in a round.
const BATCHES: usize = 40;
/// 2000-01-01, where PostgreSQL counts from, in seconds of the Unix epoch.
const PG_EPOCH: i64 = 946_684_800;

/// Sessions of psql.
pub struct Psql;

impl Psql {
    /// Rows a second of so many sessions.
    pub async fn copy_and_insert(hospital: &Hospital, sessions: usize, round: usize) -> anyhow::Result<f64> {
        let directory = tempfile::tempdir()?;
        let start = hospital.platform.app.clock.now().timestamp() - PG_EPOCH - 7_200;
        let mut running = vec![];
        for session in 0..sessions {
            let mut script = format!("{INCOMING};\n");
            for batch in 0..BATCHES {
                let file = directory.path().join(format!("{session}-{batch}"));
                fs::write(&file, rows(session, batch, start + 1_200 * round as i64))?;
                let copy = COPY.replace('\n', " ").replace("copy pg_temp", "\\copy pg_temp");
                let copy = copy.replace("from stdin", &format!("from '{}'", file.display()));
                let _ = write!(script, "begin;\n{copy}\n{INSERT};\ncommit;\n");
            }
            let file = directory.path().join(format!("{session}.sql"));
            fs::write(&file, script)?;
            let mut psql = Command::new("psql");
            psql.envs(libpq(&hospital.reference)?).args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-f"]).arg(file);
            running.push(psql);
        }
        let begun = Instant::now();
        let children: Vec<_> =
            running.into_iter().map(|mut psql| tokio::task::spawn_blocking(move || psql.output())).collect();
        for child in children {
            let output = child.await??;
            ensure!(output.status.success(), "psql: {}", String::from_utf8_lossy(&output.stderr));
        }
        Ok((sessions * BATCHES * BATCH) as f64 / begun.elapsed().as_secs_f64())
    }
}

/// A batch as the product sends it: ten seconds of five signals of twenty beds, in the binary format.
fn rows(session: usize, batch: usize, start: i64) -> Vec<u8> {
    let mut out = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0".to_vec();
    let field = |out: &mut Vec<u8>, bytes: &[u8]| {
        out.extend_from_slice(&i32::try_from(bytes.len()).unwrap_or(-1).to_be_bytes());
        out.extend_from_slice(bytes);
    };
    for n in 0..BATCH {
        let (signal, second, bed) = (n % 5, n / 5 % 10, n / 50 + batch % 12 * 20 + session * 240);
        let device = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + bed as u128);
        let at = (start + (batch / 12 * 10 + second) as i64) * 1_000_000;
        out.extend_from_slice(&9_i16.to_be_bytes());
        field(&mut out, &at.to_be_bytes());
        field(&mut out, device.as_bytes());
        field(&mut out, &(i16::try_from(signal).unwrap_or(0) + 1).to_be_bytes());
        field(&mut out, &SIGNALS[signal].2.to_be_bytes());
        field(&mut out, &0_i16.to_be_bytes());
        field(&mut out, Uuid::new_v5(&device, &(at * 5 + signal as i64).to_be_bytes()).as_bytes());
        out.extend_from_slice(&(-1_i32).to_be_bytes());
        field(&mut out, &at.to_be_bytes());
        field(&mut out, device.as_bytes());
    }
    out.extend_from_slice(&(-1_i16).to_be_bytes());
    out
}
