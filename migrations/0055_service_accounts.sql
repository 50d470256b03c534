-- Accounts of programs. What they are is their stream of events; here is what is looked up, and what is secret.
create table auth.service_account (
    id uuid primary key,
    created_at timestamptz not null default clock_timestamp()
);
comment on table auth.service_account is 'Which service accounts there are; what they are is in their streams.';

create table auth.service_secret (
    id uuid primary key,
    service_account uuid not null,
    digest bytea not null unique,
    last_used_at timestamptz
);
comment on table auth.service_secret is 'A secret counts only while the stream of its account lists it.';
comment on column auth.service_secret.digest is
    'HMAC-SHA-256 under a key outside of the database: secrets of 256 random bits need no slow hash, and a copy of this table opens nothing.';

grant select, insert on auth.service_account to healthcare_app;
grant select, insert, update on auth.service_secret to healthcare_app;
