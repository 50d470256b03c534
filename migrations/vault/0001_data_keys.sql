-- Data keys of patients, wrapped by the master key. They live in a database of their own, so that a backup of the
-- record holds no key: destroying a key here makes what was encrypted under it unreadable for good.
create schema vault;

create table vault.data_key (
    patient_id uuid primary key,
    wrapped bytea,
    created_at timestamptz not null default clock_timestamp(),
    destroyed_at timestamptz,
    check ((wrapped is null) = (destroyed_at is not null))
);

grant usage on schema vault to healthcare_app;
grant select, insert, update on vault.data_key to healthcare_app;
