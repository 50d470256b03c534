-- Read models. All of them can be rebuilt from the events.
create schema read;

-- One row an entry of the record; the body is the answer as it is sent.
create table read.entry (
    id uuid not null,
    item int2 not null,
    kind text not null,
    patient_id uuid,
    version int not null,
    active boolean not null,
    struck boolean not null,
    at timestamptz not null,
    code text,
    body text not null,
    primary key (id, item)
);
create index entry_newest on read.entry (patient_id, kind, at desc, id desc, item desc) where not struck;
create index entry_active on read.entry (patient_id, kind) where active and not struck;
create index entry_latest on read.entry (patient_id, kind, code, at desc, id desc, item desc)
    where kind in ('vital', 'laboratory') and not struck;
create index entry_without_patient on read.entry (kind, at desc, id desc) where patient_id is null;
-- One open alert a patient and rule, one open suggestion a patient and finding: guaranteed here.
create unique index entry_open_once on read.entry (patient_id, kind, code) where active and kind in ('alert', 'suggestion');

-- The directory.
create table read.patient (
    id uuid primary key,
    version int not null,
    family text,
    given text,
    gender text not null,
    birth_date date,
    deceased boolean not null,
    pathway_stage text,
    updated_at timestamptz not null default clock_timestamp()
);
-- The words of all names, folded: lower case, without accents.
create table read.patient_word (
    patient_id uuid not null references read.patient (id) on delete cascade,
    word text collate "C" not null,
    primary key (word, patient_id)
);
create index patient_word_by_patient on read.patient_word (patient_id);
create index patient_by_birth_date on read.patient (birth_date, id);

create table read.patient_identifier (
    patient_id uuid not null references read.patient (id) on delete cascade,
    system text not null,
    value text not null,
    primary key (value, system, patient_id)
);
create index patient_identifier_by_patient on read.patient_identifier (patient_id);

-- Devices and whom they measured from when to when.
create table read.device (
    id uuid primary key,
    version int not null,
    serial text not null unique,
    kind text not null,
    model text,
    patient_id uuid,
    assigned_since timestamptz
);

grant usage on schema read to healthcare_app;
grant select, insert, update, delete on all tables in schema read to healthcare_app;
