-- Single sign-on: sign-ins that are under way at the provider, and who its people are here.
create table auth.oidc_login (
    state_hash bytea primary key,
    browser_hash bytea not null,
    nonce text not null,
    verifier text not null,
    expires_at timestamptz not null
);
create index oidc_login_by_expiry on auth.oidc_login (expires_at);
comment on table auth.oidc_login is 'Sign-ins under way; a row is taken away by the one answer that it is for.';
comment on column auth.oidc_login.browser_hash is 'SHA-256 of the cookie of the browser that began it.';

create table auth.oidc_link (
    issuer text not null,
    subject text not null,
    account_id uuid not null,
    linked_at timestamptz not null default clock_timestamp(),
    primary key (issuer, subject),
    unique (issuer, account_id)
);
comment on table auth.oidc_link is 'Who a subject of the provider is here. Names change and are given anew; this does not.';

grant select, insert, delete on auth.oidc_login to healthcare_app;
grant select, insert on auth.oidc_link to healthcare_app;
