-- What was imported under which identity, so that the same resource again adds nothing and a changed one amends.
create schema import;

create table import.source_identity (
    key bytea primary key,
    stream_id uuid not null,
    stream_type text not null,
    patient_id uuid,
    digest bytea,
    shared boolean not null default false,
    seen_at timestamptz not null default clock_timestamp()
);
create index source_identity_by_patient on import.source_identity (patient_id) where patient_id is not null;
comment on table import.source_identity is 'Identities of other systems and the streams they became.';
comment on column import.source_identity.key is 'Keyed hash of the identity, for it may be a hospital or insurance number.';
comment on column import.source_identity.digest is 'Keyed hash of the resource as it was last taken in; null while it is only referred to, or for a second name.';
comment on column import.source_identity.shared is 'Two streams claim this second name: it identifies neither.';

grant usage on schema import to healthcare_app;
grant select, insert, update on import.source_identity to healthcare_app;
