//! `POST /scores/news2`.

use actix_web::{HttpResponse, post, web::Data};
use healthcare_application::{App, score};
use healthcare_dss::{
    number,
    score::news2::{Consciousness, News2, News2Input, Reading, Spo2Scale},
};
use rust_decimal::Decimal;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{http::Command, problem::Problem};

/// The parameters of the chart, as numbers or decimal strings. What is not given makes the score incomplete.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ComputeNews2 {
    /// Breaths a minute; 0 (apnoea) scores 3.
    #[serde(default, deserialize_with = "number::optional")]
    #[schema(value_type = Option<String>, example = "18")]
    respiratory_rate: Option<Decimal>,
    /// 1, or 2 where a clinician prescribed it for hypercapnic respiratory failure.
    #[serde(default)]
    spo2_scale: Spo2Scale,
    /// Oxygen saturation, %.
    #[serde(default, deserialize_with = "number::optional")]
    #[schema(value_type = Option<String>, example = "96")]
    spo2: Option<Decimal>,
    /// Whether supplemental oxygen is given.
    on_oxygen: Option<bool>,
    /// Systolic blood pressure, mm[Hg].
    #[serde(default, deserialize_with = "number::optional")]
    #[schema(value_type = Option<String>, example = "120")]
    systolic_bp: Option<Decimal>,
    /// Beats a minute.
    #[serde(default, deserialize_with = "number::optional")]
    #[schema(value_type = Option<String>, example = "72")]
    pulse: Option<Decimal>,
    /// A, C, V, P or U.
    consciousness: Option<Consciousness>,
    /// °C.
    #[serde(default, deserialize_with = "number::optional")]
    #[schema(value_type = Option<String>, example = "36.8")]
    temperature: Option<Decimal>,
}

/// Computes NEWS2 (Royal College of Physicians, 2017) without storing anything. A complete score answers `total`,
/// `band` and `parts`; an incomplete one `partial`, `at_least` and `missing`. Not for people under 16 years and not in
/// pregnancy.
#[utoipa::path(tag = "scores", request_body = ComputeNews2, responses(
    (status = 200, description = "the score", body = News2),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "a value is outside of what can be charted", body = Problem, content_type = "application/problem+json"),
))]
#[post("/scores/news2")]
pub async fn compute_news2(app: Data<App>, command: Command<ComputeNews2>) -> Result<HttpResponse, Problem> {
    let Command { call, body } = command;
    let ComputeNews2 { respiratory_rate, spo2_scale, spo2, on_oxygen, systolic_bp, pulse, consciousness, temperature } =
        body;
    let input = News2Input {
        respiratory_rate: respiratory_rate.map(Reading::from),
        spo2_scale,
        spo2: spo2.map(Reading::from),
        on_oxygen: on_oxygen.map(Reading::from),
        systolic_bp: systolic_bp.map(Reading::from),
        pulse: pulse.map(Reading::from),
        consciousness: consciousness.map(Reading::from),
        temperature: temperature.map(Reading::from),
        ..News2Input::default()
    };
    Ok(HttpResponse::Ok().json(score::compute_news2(&app, &call, &input).await?))
}
