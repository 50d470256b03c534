-- Reporting. The views of `reporting` are all that the role healthcare_report may read; the tables under them lie in a
-- schema it cannot enter. Everybody in them is a pseudonym: keys and pseudonyms are keyed hashes (HMAC-SHA-256).
create schema reporting_base;

create table reporting_base.setting (
    the_only boolean primary key default true check (the_only),
    key_fingerprint text not null,
    time_zone text not null
);
comment on table reporting_base.setting is 'Under which key and time zone the tables were filled; with others they must be rebuilt.';

create table reporting_base.patient (
    patient_key bigint primary key,
    pseudonym text not null unique,
    sex text not null,
    birth_year int,
    deceased boolean not null,
    pathway_stage text,
    registered_at timestamp not null,
    registered_on date not null,
    last_changed_at timestamp not null
);
create index patient_by_change on reporting_base.patient (last_changed_at);

create table reporting_base.encounter (
    encounter_key bigint primary key,
    patient_key bigint not null,
    class text not null,
    ward text,
    status text not null,
    disposition text,
    started_at timestamp not null,
    started_on date not null,
    ended_at timestamp,
    ended_on date,
    last_changed_at timestamp not null
);
create index encounter_by_change on reporting_base.encounter (last_changed_at);
create index encounter_by_start on reporting_base.encounter (started_at);
create index encounter_by_patient on reporting_base.encounter (patient_key);

create table reporting_base.alert (
    alert_key bigint primary key,
    patient_key bigint not null,
    rule text not null,
    rule_version text not null,
    priority text not null,
    status text not null,
    escalations int not null default 0,
    highest_rung int not null default 0,
    raised_at timestamp not null,
    raised_on date not null,
    acknowledged_at timestamp,
    cleared_at timestamp,
    last_changed_at timestamp not null
);
create index alert_by_change on reporting_base.alert (last_changed_at);
create index alert_by_start on reporting_base.alert (raised_at);
create index alert_by_patient on reporting_base.alert (patient_key);

create table reporting_base.medication_order (
    order_key bigint primary key,
    patient_key bigint not null,
    encounter_key bigint,
    medication_system text,
    medication_code text,
    medication_name text not null,
    as_needed boolean not null,
    overrides int not null,
    status text not null,
    authored_at timestamp not null,
    authored_on date not null,
    ended_at timestamp,
    ended_on date,
    last_changed_at timestamp not null
);
create index medication_order_by_change on reporting_base.medication_order (last_changed_at);
create index medication_order_by_start on reporting_base.medication_order (authored_at);
create index medication_order_by_patient on reporting_base.medication_order (patient_key);

create schema reporting;

create view reporting.dim_date as
select to_char(day, 'YYYYMMDD')::int as date_key,
    day::date as date,
    extract(year from day)::int as year,
    extract(quarter from day)::int as quarter,
    extract(month from day)::int as month,
    to_char(day, 'FMMonth')::text as month_name,
    extract(day from day)::int as day_of_month,
    extract(isodow from day)::int as day_of_week,
    to_char(day, 'FMDay')::text as day_name,
    extract(isoyear from day)::int as iso_year,
    extract(week from day)::int as iso_week,
    (extract(isodow from day) > 5)::boolean as is_weekend
from generate_series(timestamp '1900-01-01', timestamp '2099-12-31', interval '1 day') day;
comment on view reporting.dim_date is 'One row a day, 1900 to 2099.';
comment on column reporting.dim_date.date_key is 'The day as yyyymmdd; facts refer to it.';
comment on column reporting.dim_date.date is 'The calendar day.';
comment on column reporting.dim_date.year is 'Calendar year.';
comment on column reporting.dim_date.quarter is 'Calendar quarter, 1 to 4.';
comment on column reporting.dim_date.month is 'Month, 1 to 12.';
comment on column reporting.dim_date.month_name is 'Name of the month, in English.';
comment on column reporting.dim_date.day_of_month is 'Day of the month, 1 to 31.';
comment on column reporting.dim_date.day_of_week is 'Day of the week, 1 is Monday (ISO 8601).';
comment on column reporting.dim_date.day_name is 'Name of the day, in English.';
comment on column reporting.dim_date.iso_year is 'Year of the ISO week.';
comment on column reporting.dim_date.iso_week is 'ISO week, 1 to 53.';
comment on column reporting.dim_date.is_weekend is 'Whether it is a Saturday or Sunday.';

create view reporting.dim_patient as
select p.patient_key,
    p.pseudonym,
    p.sex,
    greatest(p.birth_year, extract(year from current_date)::int - 90) as birth_year,
    p.deceased,
    p.pathway_stage,
    p.registered_at as registered_at_utc,
    p.registered_on,
    to_char(p.registered_on, 'YYYYMMDD')::int as registered_date_key,
    p.last_changed_at
from reporting_base.patient p;
comment on view reporting.dim_patient is 'One row a patient, by pseudonym. No name, number or address is in it.';
comment on column reporting.dim_patient.patient_key is 'The patient; facts refer to it. A keyed hash, without meaning outside of reporting.';
comment on column reporting.dim_patient.pseudonym is 'The pseudonym to show: a keyed hash, 32 hexadecimal digits.';
comment on column reporting.dim_patient.sex is 'Administrative gender: female, male, other, unknown.';
comment on column reporting.dim_patient.birth_year is 'Year of birth; whoever is older than 90 is shown as 90 (few are, and they would be known by it).';
comment on column reporting.dim_patient.deceased is 'Whether the patient has died.';
comment on column reporting.dim_patient.pathway_stage is 'Where the patient stands on the care pathway, if on one.';
comment on column reporting.dim_patient.registered_at_utc is 'When the patient came into the record, in UTC.';
comment on column reporting.dim_patient.registered_on is 'The same as a day at the site.';
comment on column reporting.dim_patient.registered_date_key is 'The same day as yyyymmdd.';
comment on column reporting.dim_patient.last_changed_at is 'When this row last changed, in UTC; for incremental refresh.';

create view reporting.fact_encounter as
select e.encounter_key,
    e.patient_key,
    to_char(e.started_on, 'YYYYMMDD')::int as started_date_key,
    to_char(e.ended_on, 'YYYYMMDD')::int as ended_date_key,
    e.class,
    e.ward,
    e.status,
    e.disposition,
    e.started_at as started_at_utc,
    e.started_on,
    e.ended_at as ended_at_utc,
    e.ended_on,
    (extract(epoch from e.ended_at - e.started_at) / 60)::bigint as length_minutes,
    e.last_changed_at
from reporting_base.encounter e;
comment on view reporting.fact_encounter is 'One row a visit or stay.';
comment on column reporting.fact_encounter.encounter_key is 'The visit: a keyed hash.';
comment on column reporting.fact_encounter.patient_key is 'The patient (dim_patient).';
comment on column reporting.fact_encounter.started_date_key is 'The day it began at the site, as yyyymmdd (dim_date).';
comment on column reporting.fact_encounter.ended_date_key is 'The day it ended at the site, as yyyymmdd (dim_date).';
comment on column reporting.fact_encounter.class is 'ambulatory, emergency, inpatient, observation, home, virtual or other.';
comment on column reporting.fact_encounter.ward is 'The ward, for a stay.';
comment on column reporting.fact_encounter.status is 'in-progress, finished or entered-in-error; the last is not to be counted.';
comment on column reporting.fact_encounter.disposition is 'Where the patient went (FHIR discharge-disposition).';
comment on column reporting.fact_encounter.started_at_utc is 'When it began, in UTC.';
comment on column reporting.fact_encounter.started_on is 'The day it began at the site.';
comment on column reporting.fact_encounter.ended_at_utc is 'When it ended, in UTC.';
comment on column reporting.fact_encounter.ended_on is 'The day it ended at the site.';
comment on column reporting.fact_encounter.length_minutes is 'How long it took, in minutes; empty while it lasts.';
comment on column reporting.fact_encounter.last_changed_at is 'When this row last changed, in UTC; for incremental refresh.';

create view reporting.fact_alert as
select a.alert_key,
    a.patient_key,
    to_char(a.raised_on, 'YYYYMMDD')::int as raised_date_key,
    a.rule,
    a.rule_version,
    a.priority,
    a.status,
    a.escalations,
    a.highest_rung,
    a.raised_at as raised_at_utc,
    a.raised_on,
    a.acknowledged_at as acknowledged_at_utc,
    a.cleared_at as cleared_at_utc,
    extract(epoch from a.acknowledged_at - a.raised_at)::bigint as seconds_to_acknowledge,
    a.last_changed_at
from reporting_base.alert a;
comment on view reporting.fact_alert is 'One row an alert.';
comment on column reporting.fact_alert.alert_key is 'The alert: a keyed hash.';
comment on column reporting.fact_alert.patient_key is 'The patient (dim_patient).';
comment on column reporting.fact_alert.raised_date_key is 'The day it was raised at the site, as yyyymmdd (dim_date).';
comment on column reporting.fact_alert.rule is 'The rule that raised it.';
comment on column reporting.fact_alert.rule_version is 'The version of the rule.';
comment on column reporting.fact_alert.priority is 'low, medium or high (IEC 60601-1-8): the highest it had.';
comment on column reporting.fact_alert.status is 'active, acknowledged or cleared.';
comment on column reporting.fact_alert.escalations is 'How often nobody answered in time and the next was told.';
comment on column reporting.fact_alert.highest_rung is 'The highest rung told: 0 nurse, 1 senior clinician, 2 and above doctor.';
comment on column reporting.fact_alert.raised_at_utc is 'When it was raised, in UTC.';
comment on column reporting.fact_alert.raised_on is 'The day it was raised at the site.';
comment on column reporting.fact_alert.acknowledged_at_utc is 'When somebody first answered, in UTC.';
comment on column reporting.fact_alert.cleared_at_utc is 'When it was over, in UTC.';
comment on column reporting.fact_alert.seconds_to_acknowledge is 'From raising to the first answer, in seconds; empty while nobody has answered.';
comment on column reporting.fact_alert.last_changed_at is 'When this row last changed, in UTC; for incremental refresh.';

create view reporting.fact_medication_order as
select o.order_key,
    o.patient_key,
    o.encounter_key,
    to_char(o.authored_on, 'YYYYMMDD')::int as authored_date_key,
    to_char(o.ended_on, 'YYYYMMDD')::int as ended_date_key,
    o.medication_system,
    o.medication_code,
    o.medication_name,
    o.as_needed,
    o.overrides,
    o.status,
    o.authored_at as authored_at_utc,
    o.authored_on,
    o.ended_at as ended_at_utc,
    o.ended_on,
    o.last_changed_at
from reporting_base.medication_order o;
comment on view reporting.fact_medication_order is 'One row an order of a medication.';
comment on column reporting.fact_medication_order.order_key is 'The order: a keyed hash.';
comment on column reporting.fact_medication_order.patient_key is 'The patient (dim_patient).';
comment on column reporting.fact_medication_order.encounter_key is 'The visit it was written in (fact_encounter), if in one.';
comment on column reporting.fact_medication_order.authored_date_key is 'The day it was written at the site, as yyyymmdd (dim_date).';
comment on column reporting.fact_medication_order.ended_date_key is 'The day it ended at the site, as yyyymmdd (dim_date).';
comment on column reporting.fact_medication_order.medication_system is 'The terminology of the code, as a URI; RxNorm where there is one.';
comment on column reporting.fact_medication_order.medication_code is 'The code of the drug.';
comment on column reporting.fact_medication_order.medication_name is 'What the terminology calls it; "uncoded" where the order names it in words only.';
comment on column reporting.fact_medication_order.as_needed is 'Whether it is given only when needed.';
comment on column reporting.fact_medication_order.overrides is 'How many findings of decision support were set aside at signing.';
comment on column reporting.fact_medication_order.status is 'active, stopped, completed, cancelled or entered-in-error; the last is not to be counted.';
comment on column reporting.fact_medication_order.authored_at_utc is 'When it was written, in UTC.';
comment on column reporting.fact_medication_order.authored_on is 'The day it was written at the site.';
comment on column reporting.fact_medication_order.ended_at_utc is 'When it ended, in UTC.';
comment on column reporting.fact_medication_order.ended_on is 'The day it ended at the site.';
comment on column reporting.fact_medication_order.last_changed_at is 'When this row last changed, in UTC; for incremental refresh.';

grant usage on schema reporting_base to healthcare_app;
grant select, insert, update on all tables in schema reporting_base to healthcare_app;
grant usage on schema reporting to healthcare_report;
grant select on all tables in schema reporting to healthcare_report;
