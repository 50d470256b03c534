-- Addresses under which a calendar program reads when their owner is booked. The secret part of an address is kept as its
-- digest alone, as that of an activation link is.
create table auth.calendar_feed (
    id uuid primary key,
    token_hash bytea not null unique,
    account_id uuid not null references auth.account (id),
    resource_id uuid not null,
    opened_at timestamptz not null,
    expires_at timestamptz not null,
    last_used_at timestamptz,
    closed_at timestamptz
);
create index calendar_feed_open on auth.calendar_feed (account_id) where closed_at is null;
comment on table auth.calendar_feed is 'Addresses by which a calendar program reads when its owner is booked, without signing in.';
comment on column auth.calendar_feed.token_hash is 'SHA-256 of a secret of 256 random bits.';
comment on column auth.calendar_feed.last_used_at is 'When it was last read, within a minute.';

grant select, insert, update on auth.calendar_feed to healthcare_app;
