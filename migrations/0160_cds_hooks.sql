-- CDS Hooks: who may ask, which tokens were used, which cards were given and what became of them. Of the patients of other
-- systems nothing is kept here: no identity, no drug, no value, no free text.
create schema cds;

-- Which clients there are; what they are is in their streams.
create table cds.client (
    id uuid primary key,
    issuer text not null,
    constraint cds_client_issuer unique (issuer)
);
comment on column cds.client.issuer is '`iss` of its tokens: by it alone a client is found.';

-- Tokens that were used and have not run out: each is good for one request, on whichever node.
create table cds.used_token (
    client uuid not null,
    digest bytea not null,
    expires_at timestamptz not null,
    primary key (client, digest)
);
create index used_token_by_end on cds.used_token (expires_at);
comment on column cds.used_token.digest is 'SHA-256 of `jti`.';

-- Cards that were given, so that what becomes of them is known of which rule.
create table cds.card (
    id uuid primary key,
    service text not null,
    client uuid,
    rule text not null,
    version int not null,
    severity text not null check (severity in ('critical', 'warning', 'info')),
    suggestions uuid[] not null,
    issued_at timestamptz not null
);
create index card_by_rule on cds.card (rule, issued_at);
create index card_by_time on cds.card (issued_at);
comment on column cds.card.client is 'None where the client was not asked who it is.';
comment on column cds.card.rule is 'The rule that made it; what is told beside the rules has a name in parentheses.';

-- What clinicians did with a card.
create table cds.feedback (
    card uuid primary key,
    service text not null,
    client uuid,
    rule text not null,
    version int not null,
    outcome text not null check (outcome in ('accepted', 'overridden')),
    accepted uuid[] not null,
    reason_system text,
    reason_code text,
    commented boolean not null,
    outcome_at timestamptz not null,
    received_at timestamptz not null
);
create index feedback_by_rule on cds.feedback (rule, outcome_at);
comment on column cds.feedback.commented is 'Whether there was a comment. What it said is not kept: it may be about a patient of another house.';

grant usage on schema cds to healthcare_app;
grant select, insert, update, delete on cds.client, cds.card, cds.feedback to healthcare_app;
grant select, insert, delete on cds.used_token to healthcare_app;
