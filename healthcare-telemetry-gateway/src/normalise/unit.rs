//! Units as devices name them, in UCUM.

/// The UCUM unit for an MDC unit number or a common annotated form; others pass as they are, to be judged with
/// the sign.
pub(super) fn to_ucum(unit: &str) -> &str {
    match unit {
        // MDC_DIM_BEAT_PER_MIN, MDC_DIM_RESP_PER_MIN.
        "264864" | "264928" | "{beats}/min" | "{breaths}/min" => "/min",
        "266016" => "mm[Hg]",
        "262688" => "%",
        "268192" => "Cel",
        "266560" => "[degF]",
        other => other,
    }
}
