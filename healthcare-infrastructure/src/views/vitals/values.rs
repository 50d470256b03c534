//! The values as they stand in the readings and in the chart: pieces of SQL over $1 the patient, $2 from, $3 to, $4 the
//! LOINC codes or an empty array, $5 to $7 as [`held_under`] tells. Each answers (code, at, value, quality, device_id).

use healthcare_domain::vitals::VitalSign;

/// The signals asked for.
pub const WANTED: &str = "wanted as (
        select code, loinc, unit from telemetry.signal where cardinality($4::text[]) = 0 or loinc = any($4))";

/// What devices measured while they were on the patient: the assignments lead to the readings by their primary key.
const MEASURED: &str = "
    select r.code, r.time as at, r.value, r.quality, r.device_id
    from telemetry.assignment a
    cross join wanted w
    join telemetry.reading r on r.device_id = a.device_id and r.code = w.code
        and r.time >= greatest(a.valid_from, $2) and r.time < least(coalesce(a.valid_to, 'infinity'), $3)
        and r.quality & 4 = 0
    where a.patient_id = $1 and a.valid_from < $3 and (a.valid_to is null or a.valid_to > $2)";

/// Readings whose own time is wrong, which are few, are found by the time of receipt.
const CLOCK_OFF: &str = "
    select r.code, r.received_at as at, r.value, r.quality, r.device_id
    from wanted w join telemetry.reading r on r.code = w.code
    where r.patient_id = any(es.identities($1)) and r.received_at >= $2 and r.received_at < $3 and r.quality & 4 <> 0";

/// Where values are taken from.
pub struct Sources {
    /// Readings that devices took.
    pub measured: String,
    /// Readings whose own time is wrong.
    pub clock_off: String,
    /// What stands in the chart.
    pub charted: String,
}

impl Sources {
    /// From what stands now.
    pub fn of_now() -> Self {
        let charted = charted("read.entry e", "e.patient_id = $1 and e.kind = 'vital' and not e.struck");
        Self { measured: MEASURED.to_owned(), clock_off: CLOCK_OFF.to_owned(), charted }
    }

    /// From what was known at a moment, which the parameters from this number on tell: when it was; devices, from when and until when
    /// each was on the patient; codes, times and bodies of what was charted.
    pub fn known(first: usize) -> Self {
        let [by, device, since, until, code, at, body] = std::array::from_fn(|n| first + n);
        Self {
            measured: format!(
                "select r.code, r.time as at, r.value, r.quality, r.device_id
                 from unnest(${device}::uuid[], ${since}::timestamptz[], ${until}::timestamptz[]) a (device_id, since, until)
                 cross join wanted w
                 join telemetry.reading r on r.device_id = a.device_id and r.code = w.code
                     and r.time >= greatest(a.since, $2) and r.time < least(coalesce(a.until, 'infinity'), $3)
                     and r.quality & 4 = 0 and r.received_at <= ${by}::timestamptz"
            ),
            clock_off: format!("{CLOCK_OFF} and r.received_at <= ${by}::timestamptz"),
            charted: charted(
                &format!("unnest(${code}::text[], ${at}::timestamptz[], ${body}::text[]) e (code, at, body)"),
                "true",
            ),
        }
    }
}

/// Of each signal the newest number that had been received by $5 of the devices $2, from $3 until $4: first whatever each device
/// measured last, a search from behind by the key. A device's clock may go before ours by some minutes.
pub const NEWEST: &str = "
    select distinct on (code) code, device_id, $1::uuid as patient_id, at, value from (
        select g.code, r.device_id, r.at, r.value
        from unnest($2::uuid[], $3::timestamptz[], $4::timestamptz[]) w (device_id, since, until)
        cross join telemetry.signal g
        cross join lateral (
            select r.device_id, r.time as at, r.value from telemetry.reading r
            where r.device_id = w.device_id and r.code = g.code and r.time >= w.since
                and r.time < least(coalesce(w.until, 'infinity'), $5::timestamptz + interval '1 hour')
                and r.received_at <= $5::timestamptz and r.quality & 4 = 0 and r.value is not null
            order by r.time desc limit 1) r
        union all
        select g.code, r.device_id, r.at, r.value
        from telemetry.signal g
        cross join lateral (
            select r.device_id, r.received_at as at, r.value from telemetry.reading r
            where r.patient_id = any(es.identities($1)) and r.code = g.code and r.received_at <= $5::timestamptz
                and r.quality & 4 <> 0 and r.value is not null
            order by r.received_at desc limit 1) r) found
    order by code, at desc, device_id";

/// What stands in the chart, or stood.
fn charted(entries: &str, which: &str) -> String {
    CHARTED.replace("{entries}", entries).replace("{which}", which)
}

const CHARTED: &str = "
    select w.code, e.at, found.value, 0::int2, null::uuid
    from unnest($5::text[], $6::text[], $7::text[]) k (signal, entry, component)
    join wanted w on w.loinc = k.signal
    join {entries} on e.code = k.entry
    cross join lateral (select e.body::jsonb as doc) held
    cross join lateral (
        select case when k.component is null then doc else (
            select c from jsonb_array_elements(
                case jsonb_typeof(doc -> 'components') when 'array' then doc -> 'components' else '[]' end) c
            where exists (select from jsonb_array_elements(c #> '{code,coding}') o where o ->> 'code' = k.component)
            limit 1) end as part) one
    cross join lateral (
        select case
            when k.component is null and doc ? 'measurement' then
                case doc #>> '{measurement,value}'
                    when 'A' then 0 when 'C' then 1 when 'V' then 2 when 'P' then 3 when 'U' then 4
                    when 'true' then 1 when 'false' then 0
                    else (doc #>> '{measurement,value}')::float8 end
            when part #>> '{value,quantity,unit}' = w.unit then (part #>> '{value,quantity,value}')::float8
            when part #>> '{value,quantity,unit}' = '[degF]' and w.unit = 'Cel'
                then round((((part #>> '{value,quantity,value}')::numeric - 32) * 5 / 9), 2)::float8
        end as value) found
    where {which} and e.at >= $2 and e.at < $3
        and found.value is not null";

/// Under which codes the record holds each signal: the signal, the code of the entry, and the component within it
/// where it is a panel.
pub fn held_under() -> (Vec<&'static str>, Vec<&'static str>, Vec<Option<&'static str>>) {
    // Consciousness, and oxygen therapy (SNOMED CT), which stand in the chart beside the vital signs.
    let beside = [("80288-4", "80288-4", None), ("on_oxygen", "57485005", None)];
    let of_sign = |sign: VitalSign| {
        let whole = sign.loincs().iter().map(move |code| (sign.loinc(), *code, None));
        whole.chain(sign.panels().iter().map(move |panel| (sign.loinc(), *panel, Some(sign.loinc()))))
    };
    let all = VitalSign::ALL.into_iter().flat_map(of_sign).chain(beside);
    let (mut signals, mut entries, mut components) = (vec![], vec![], vec![]);
    for (signal, entry, component) in all {
        signals.push(signal);
        entries.push(entry);
        components.push(component);
    }
    (signals, entries, components)
}
