-- A session that ends at the provider of single sign-on ends here: each remembers by what it was begun there.
alter table auth.session
    add column oidc_issuer text,
    add column oidc_subject text,
    add column oidc_sid text,
    add check ((oidc_issuer is null) = (oidc_subject is null) and (oidc_sid is null or oidc_issuer is not null));
create index session_by_sid on auth.session (oidc_issuer, oidc_sid) where ended_at is null and oidc_sid is not null;
create index session_by_subject on auth.session (oidc_issuer, oidc_subject)
    where ended_at is null and oidc_subject is not null;
comment on column auth.session.oidc_sid is 'The session at the provider (`sid` of the ID token), where it names one.';

create table auth.oidc_logout (
    issuer text not null,
    jti text not null,
    sid text,
    subject text,
    issued_at timestamptz not null,
    expires_at timestamptz not null,
    primary key (issuer, jti),
    check (sid is not null or subject is not null)
);
create index oidc_logout_by_sid on auth.oidc_logout (issuer, sid) where sid is not null;
create index oidc_logout_by_subject on auth.oidc_logout (issuer, subject) where sid is null;
create index oidc_logout_by_expiry on auth.oidc_logout (expires_at);
comment on table auth.oidc_logout is 'Logout tokens that were taken: each counts once, and a sign-in that was under way meanwhile comes to nothing.';
grant select, insert, delete on auth.oidc_logout to healthcare_app;
