-- Who can sign in. Passwords as argon2id, refresh and activation tokens as SHA-256: a copy of these tables opens nothing.
create schema auth;

create table auth.account (
    id uuid primary key,
    username text not null unique check (username = lower(username) and length(username) between 1 and 100),
    role text not null,
    password_hash text,
    patient_id uuid,
    device_id uuid,
    enabled boolean not null default true,
    created_at timestamptz not null default clock_timestamp(),
    check (role <> 'patient' or patient_id is not null)
);
create index account_by_role on auth.account (role) where enabled;

create table auth.activation (
    token_hash bytea primary key,
    account_id uuid not null references auth.account (id),
    expires_at timestamptz not null,
    used_at timestamptz
);

create table auth.refresh_token (
    token_hash bytea primary key,
    family uuid not null,
    account_id uuid not null references auth.account (id),
    issued_at timestamptz not null default clock_timestamp(),
    expires_at timestamptz not null,
    successor bytea,
    revoked_at timestamptz
);
create index refresh_token_by_family on auth.refresh_token (family);

grant usage on schema auth to healthcare_app;
grant select, insert, update on all tables in schema auth to healthcare_app;
