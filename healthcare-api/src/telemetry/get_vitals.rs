//! `GET /patients/{id}/vitals`.

use actix_web::{
    HttpResponse, get,
    web::{Data, Path},
};
use chrono::{DateTime, Duration, Utc};
use healthcare_application::{
    App,
    telemetry::{self, VitalsQuery, VitalsSeries},
};
use healthcare_domain::{id::PatientId, vitals::VitalSign};
use healthcare_telemetry_gateway::signal::Signal;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    http::{Caller, Query},
    problem::Problem,
};

/// Which values.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// Only this signal: a LOINC code, or several with commas. 2708-6 asks for what 59408-5 does, 85354-9 for both
    /// blood pressures.
    #[param(example = "8867-4")]
    code: Option<String>,
    /// From when, included; a day before `to` if absent.
    from: Option<DateTime<Utc>>,
    /// Until when, excluded; now, or `as_of`, if absent.
    to: Option<DateTime<Utc>>,
    /// The width of buckets: `30s`, `1m`, `1h`, `1d`, or a number of seconds. Each value by itself if absent.
    ///
    /// Values of devices are kept one by one for 90 days, by the minute for 400 days, and by the hour for good: for older
    /// times ask with whole minutes or whole hours (`from` and `to` then count by them).
    #[param(example = "1m")]
    step: Option<String>,
    /// What was known then (RFC 3339): values that had been charted, and readings that had been received, of devices that were on
    /// the patient as it was known. Single readings tell that, for the 90 days that they are kept: `from` cannot lie before.
    #[param(example = "2020-01-01T00:00:00Z")]
    as_of: Option<DateTime<Utc>>,
}

/// A patient's vital signs over time, by devices and by hand: each value, or count, lowest, highest and mean of buckets.
/// With `as_of`, as they were known then.
#[utoipa::path(tag = "telemetry", params(("id" = PatientId, Path, description = "the patient"), Asked), responses(
    (status = 200, description = "a series a signal, at most 2000 points; more from `next_from`", body = VitalsSeries),
    (status = 400, description = "a parameter cannot be read; with `as_of`, `from` lies before single readings are kept", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
))]
#[get("/patients/{id}/vitals")]
pub async fn get_vitals(
    app: Data<App>,
    caller: Caller,
    id: Path<PatientId>,
    asked: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let Asked { code, from, to, step, as_of } = asked.0;
    let codes = match code {
        None => vec![],
        Some(list) => {
            let asked = list.split(',').map(|code| meant(code.trim()));
            let of_each = asked.collect::<Option<Vec<_>>>();
            of_each.ok_or_else(|| Problem::bad_parameter("code", "LOINC codes of vital signs, e.g. 8867-4"))?.concat()
        }
    };
    let to = to.unwrap_or_else(|| as_of.unwrap_or_else(|| app.clock.now()) + Duration::seconds(1));
    let from = from.unwrap_or(to - Duration::days(1));
    if from >= to {
        return Err(Problem::bad_parameter("from", "it lies before `to`"));
    }
    let step = step.as_deref().map(seconds).transpose()?;
    let query = VitalsQuery { patient: *id, codes, from, to, step };
    Ok(HttpResponse::Ok().json(match as_of {
        None => telemetry::get_vitals(&app, &caller.0, query).await?,
        Some(then) => telemetry::get_vitals_known(&app, &caller.0, query, then).await?,
    }))
}

/// The signals a code asks for: a signal under any of its codes, or those of a panel (blood pressure, 85354-9).
fn meant(code: &str) -> Option<Vec<String>> {
    let of_panel: Vec<Signal> = VitalSign::asked_by(code).into_iter().filter_map(Signal::of).collect();
    let signals = if of_panel.is_empty() { Signal::from_code(code).into_iter().collect() } else { of_panel };
    (!signals.is_empty()).then(|| signals.into_iter().map(|signal| signal.code().to_owned()).collect())
}

/// The width of a bucket, in seconds: 1 second to 31 days.
fn seconds(text: &str) -> Result<u32, Problem> {
    let (digits, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let unit = match unit {
        "" | "s" => Some(1),
        "m" => Some(60),
        "h" => Some(3600),
        "d" => Some(86_400),
        _ => None,
    };
    let width = digits.parse::<u32>().ok().zip(unit).and_then(|(n, unit)| n.checked_mul(unit));
    width
        .filter(|width| (1..=31 * 86_400).contains(width))
        .ok_or_else(|| Problem::bad_parameter("step", "1s to 31d, e.g. 30s, 1m, 1h, 1d"))
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn a_step_is_read_with_its_unit() {
        assert_eq!(seconds("30").unwrap(), 30);
        assert_eq!(seconds("30s").unwrap(), 30);
        assert_eq!(seconds("5m").unwrap(), 300);
        assert_eq!(seconds("1d").unwrap(), 86_400);
        for wrong in ["0", "m", "-1m", "1w", "99999999999", "32d", "1m "] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }
}
