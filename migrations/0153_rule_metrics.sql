-- What rules come to: a row each time somebody was told of a finding, before signing or by a suggestion. No patient and
-- no word of anybody's own is in it. `id` leads to the suggestion or the entry of the log, which are guarded; `subject` stands
-- for the patient and the finding together, so that the same telling is counted once.
create table governance.firing (
    id uuid not null,
    subject uuid not null,
    via text not null check (via in ('suggestion', 'hook')),
    trigger text not null,
    rule text not null,
    rule_version int not null,
    severity text not null,
    ward text,
    actor uuid,
    fired_at timestamptz not null,
    shown_at timestamptz,
    shown_role text,
    outcome text not null check (outcome in ('open', 'accepted', 'overridden', 'withdrawn', 'not-signed', 'noted')),
    answered_at timestamptz,
    answered_role text,
    reason text,
    snoozes int not null default 0,
    primary key (id, subject)
);
create index firing_by_time on governance.firing (fired_at, rule);
create index firing_by_rule on governance.firing (rule, fired_at);
create index firing_lately on governance.firing (subject, actor, fired_at) where via = 'hook';
comment on table governance.firing is 'Each time somebody was told of a finding, and what was made of it.';
comment on column governance.firing.id is 'The suggestion; before signing, the entry of the justification log.';
comment on column governance.firing.subject is 'The patient and the finding, hashed together.';
comment on column governance.firing.ward is 'Where the patient lay then, if in a visit.';
comment on column governance.firing.actor is 'Who was to sign, before signing.';
comment on column governance.firing.outcome is 'open; accepted; overridden; withdrawn as it no longer held; not-signed: the order was left; noted: it did not interrupt.';
comment on column governance.firing.reason is 'Why it was overridden, if it was one of the reasons that rules offer.';
grant select, insert, update on governance.firing to healthcare_app;

-- The justification log: to whom a suggestion was shown first, and how.
create table decision.shown (
    suggestion_id uuid not null,
    account_id uuid not null,
    role text not null,
    via text not null,
    first_at timestamptz not null,
    primary key (suggestion_id, account_id)
);
comment on table decision.shown is 'To whom a suggestion was shown, when first and where: chart, list, inbox, by itself, justification.';
grant select, insert on decision.shown to healthcare_app;

create table reporting_base.rule_finding (
    finding_key bigint primary key,
    rule text not null,
    rule_version text not null,
    severity text not null,
    ward text,
    status text not null,
    raised_at timestamp not null,
    raised_on date not null,
    answered_at timestamp,
    answered_role text,
    snoozes int not null default 0,
    last_changed_at timestamp not null
);
create index rule_finding_by_change on reporting_base.rule_finding (last_changed_at);
create index rule_finding_by_start on reporting_base.rule_finding (raised_at);

create view reporting.fact_rule_finding as
select f.finding_key,
    to_char(f.raised_on, 'YYYYMMDD')::int as raised_date_key,
    f.rule,
    f.rule_version,
    f.severity,
    f.ward,
    f.status,
    f.raised_at as raised_at_utc,
    f.raised_on,
    f.answered_at as answered_at_utc,
    f.answered_role,
    f.snoozes,
    extract(epoch from f.answered_at - f.raised_at)::bigint as seconds_to_action,
    f.last_changed_at
from reporting_base.rule_finding f;
comment on view reporting.fact_rule_finding is 'One row a suggestion of decision support. Of whom is not in it.';
comment on column reporting.fact_rule_finding.finding_key is 'The suggestion: a keyed hash.';
comment on column reporting.fact_rule_finding.raised_date_key is 'The day it was raised at the site, as yyyymmdd (dim_date).';
comment on column reporting.fact_rule_finding.rule is 'The rule that raised it.';
comment on column reporting.fact_rule_finding.rule_version is 'The version of the rule.';
comment on column reporting.fact_rule_finding.severity is 'info, warning or critical.';
comment on column reporting.fact_rule_finding.ward is 'Where the patient lay when it was raised, if in a visit.';
comment on column reporting.fact_rule_finding.status is 'open, accepted, overridden or withdrawn.';
comment on column reporting.fact_rule_finding.raised_at_utc is 'When it was raised, in UTC.';
comment on column reporting.fact_rule_finding.raised_on is 'The day it was raised at the site.';
comment on column reporting.fact_rule_finding.answered_at_utc is 'When it was accepted, overridden or withdrawn, in UTC.';
comment on column reporting.fact_rule_finding.answered_role is 'The role of who answered; empty where it was withdrawn.';
comment on column reporting.fact_rule_finding.snoozes is 'How often it was put off.';
comment on column reporting.fact_rule_finding.seconds_to_action is 'From raising to the answer, in seconds; empty while nobody has answered.';
comment on column reporting.fact_rule_finding.last_changed_at is 'When this row last changed, in UTC; for incremental refresh.';
grant select, insert, update on reporting_base.rule_finding to healthcare_app;
grant select on reporting.fact_rule_finding to healthcare_report;
