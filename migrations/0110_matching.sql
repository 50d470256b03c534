-- Finding who may be one person: keys that registrations of one person share, and the queue of pairs to look at.

-- A key is a hash of some of a person's traits (a number; how the names sound; the birth date and a name; a house).
create table read.patient_match_key (
    patient_id uuid not null,
    key bigint not null,
    primary key (key, patient_id)
);
create index patient_match_key_by_patient on read.patient_match_key (patient_id);
comment on table read.patient_match_key is 'What leads from one registration to others of the same person; filled by the projection of patients.';

-- Pairs that may be one person. A pair stands here once, whatever found it; what was decided stays with it.
create table wf.duplicate_pair (
    one uuid not null,
    other uuid not null check (one < other),
    weight float8 not null,
    score float8 not null,
    grade text not null check (grade in ('certain', 'probable', 'possible')),
    reasons text[] not null,
    state text not null default 'open' check (state in ('open', 'dismissed', 'merged')),
    found_at timestamptz not null default clock_timestamp(),
    primary key (one, other)
);
create index duplicate_pair_of_other on wf.duplicate_pair (other);
create index duplicate_pair_open on wf.duplicate_pair (weight desc, one, other) where state = 'open';
comment on column wf.duplicate_pair.weight is 'In bits: how far the evidence lies above what two registrations begin with.';
comment on column wf.duplicate_pair.reasons is 'Words about fields; no value of anybody.';

grant select, insert, update, delete on read.patient_match_key, wf.duplicate_pair to healthcare_app;
insert into access.guarded (name, of_patient, also) values
    ('read.patient_match_key', 'patient_id', '(select access.scope()) = ''directory'''),
    ('wf.duplicate_pair', 'one', '(select access.scope()) = ''directory''');
select access.guard(name::regclass, of_patient, also) from access.guarded
    where name in ('read.patient_match_key', 'wf.duplicate_pair') order by name;
