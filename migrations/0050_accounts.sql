-- Accounts as streams of events: auth.account is what they project to, what is secret stands apart, and what came of one
-- sign-in is a session that ends as a whole.
alter table auth.account
    add column version int not null default 0,
    add column activated boolean not null default false;
comment on table auth.account is 'Projection of the account streams, for whoever signs in.';

create table auth.credential (
    account_id uuid primary key references auth.account (id),
    password_hash text,
    password_set_at timestamptz,
    totp_secret bytea,
    totp_confirmed boolean not null default false,
    totp_last_step bigint not null default 0
);
comment on column auth.credential.password_hash is 'argon2id in PHC form.';
comment on column auth.credential.totp_secret is 'The shared secret (RFC 6238), sealed under the master key for this account.';
comment on column auth.credential.totp_last_step is 'The time step of the last code that was taken; a code works once.';
insert into auth.credential (account_id, password_hash, password_set_at)
    select id, password_hash, created_at from auth.account where password_hash is not null;

create table auth.recovery_code (
    account_id uuid not null references auth.account (id),
    code_hash bytea not null,
    primary key (account_id, code_hash)
);
comment on table auth.recovery_code is 'SHA-256 of codes of 80 random bits; a used one is gone.';

create table auth.session (
    id uuid primary key,
    account_id uuid not null references auth.account (id),
    begun_at timestamptz not null,
    seen_at timestamptz not null,
    expires_at timestamptz not null,
    second_factor_at timestamptz,
    address text,
    agent text,
    ended_at timestamptz,
    ended_why text
);
create index session_open on auth.session (account_id) where ended_at is null;
create index session_by_address on auth.session (account_id, address, begun_at);
comment on table auth.session is 'What came of one sign-in; the family of its refresh tokens.';
comment on column auth.session.seen_at is 'The last request of the session, within some seconds; a refresh is none.';
comment on column auth.session.second_factor_at is 'When a second factor was last shown.';

-- What every node has to hear of within seconds.
create table auth.revocation (
    id bigint generated always as identity primary key,
    account_id uuid not null,
    session_id uuid,
    at timestamptz not null default clock_timestamp(),
    transaction xid8 not null default pg_current_xact_id()
);
create index revocation_by_transaction on auth.revocation (transaction);
create index revocation_by_time on auth.revocation (at);
comment on column auth.revocation.session_id is 'The session that ended; none for all tokens without a session that the account had got.';

-- Ends sessions of an account: one, all, or all but one. Whoever opens one locks the account first, so that none slips by.
create function auth.end_sessions(account uuid, only_session uuid, but_session uuid, why text) returns int
language plpgsql as $$
declare
    ended int;
begin
    with over as (
        update auth.session set ended_at = clock_timestamp(), ended_why = why
        where account_id = account and ended_at is null
            and (only_session is null or id = only_session) and id is distinct from but_session
        returning id
    ), void as (
        update auth.refresh_token set revoked_at = clock_timestamp()
        where revoked_at is null and family in (select id from over)
    ), told as (
        insert into auth.revocation (account_id, session_id) select account, id from over returning 1
    )
    select count(*) into ended from told;
    if only_session is null then
        insert into auth.revocation (account_id) values (account);
    end if;
    if ended > 0 or only_session is null then
        perform pg_notify('access', '');
    end if;
    return ended;
end
$$;

grant select, insert, update on auth.credential, auth.session to healthcare_app;
grant select, insert, delete on auth.recovery_code, auth.revocation to healthcare_app;

-- Accounts that are there already get the stream they would have had.
insert into es.event (stream_id, version, stream_type, event_type, schema_ver, occurred_at, known_at, payload, meta)
select a.id, row_number() over (partition by a.id order by e.n), 'account', e.event_type, 1, a.created_at, a.created_at,
    '\x00'::bytea || convert_to(e.payload::text, 'UTF8'),
    jsonb_build_object('actor', '00000000-0000-0000-0000-000000000000', 'role', 'system',
                       'request', '00000000-0000-0000-0000-000000000000')
from auth.account a
cross join lateral (values
    (1, 'access.account.created', true, jsonb_build_object('type', 'AccountCreated', 'username', a.username,
        'role', a.role, 'patient', a.patient_id, 'device', a.device_id, 'at', a.created_at)),
    (2, 'access.account.activated', a.password_hash is not null, jsonb_build_object('type', 'AccountActivated')),
    (3, 'access.account.disabled', not a.enabled, jsonb_build_object('type', 'AccountDisabled',
        'reason', 'disabled before accounts kept a history'))
) e (n, event_type, happened, payload)
where e.happened;
update auth.account a set activated = password_hash is not null,
    version = (select max(version) from es.event e where e.stream_id = a.id);

alter table auth.account drop column password_hash;
