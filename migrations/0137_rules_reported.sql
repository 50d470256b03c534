-- The report of what rules come to is fed by what the API counts: findings before signing, suggestions, and the cards of
-- CDS Hooks, with who saw them and why they were set aside. It was of suggestions alone, told a second time by their events.

-- A number for the report: it leads nobody back to a suggestion or an entry of the log, as their identities would. Odd of
-- findings here and even of cards, so that all of them can be told apart.
alter table governance.firing
    add column finding_key bigint generated always as identity (start with 1 increment by 2),
    add column changed_at timestamptz not null default clock_timestamp();
create index firing_by_change on governance.firing ((changed_at at time zone 'utc'));
comment on column governance.firing.finding_key is 'What the report calls it: a number without meaning.';
comment on column governance.firing.changed_at is 'When this row last changed; for incremental refresh of the report.';

create function governance.changed() returns trigger language plpgsql as $$
begin
    new.changed_at := clock_timestamp();
    return new;
end $$;
create trigger changed before update on governance.firing for each row execute function governance.changed();

alter table cds.card
    add column finding_key bigint generated always as identity (start with 2 increment by 2),
    add column changed_at timestamptz not null default clock_timestamp();
create index card_by_change on cds.card ((changed_at at time zone 'utc'));
comment on column cds.card.finding_key is 'What the report calls it: a number without meaning.';
comment on column cds.card.changed_at is 'When it was given, or there was last feedback; for incremental refresh of the report.';

create function cds.answered() returns trigger language plpgsql as $$
begin
    update cds.card set changed_at = clock_timestamp() where id = new.card;
    return null;
end $$;
create trigger answered after insert or update on cds.feedback for each row execute function cds.answered();

-- As `governance.telling`, for the report alone: that one shows no more than who asks may see, and who reads reports may
-- see none of these tables.
create view governance.told as
select f.finding_key, f.via, f.rule, f.rule_version, f.severity, f.ward, f.answered_role, f.shown_role, f.fired_at,
    f.shown_at, f.outcome, f.answered_at, f.snoozes, f.reason,
    coalesce(f.answered_by, case when f.via = 'hook' then f.actor end) as person, false as outside, f.changed_at
from governance.firing f
union all
select c.finding_key, 'cds-hooks', c.rule, c.version, c.severity, null, null, null, c.issued_at,
    c.issued_at, coalesce(b.outcome, 'open'), b.outcome_at, 0, c.reasons ->> b.reason_code,
    case when c.client is not null then coalesce(c.asked_by, c.client) end, true, c.changed_at
from cds.card c left join cds.feedback b on b.card = c.id
where c.rule not like '(%';
comment on view governance.told is 'Each time somebody was told of a finding, for the report; granted to nobody.';

-- What only one or two people say may tell of a patient: a reason is shown when three gave it, here or in other systems.
create view governance.reason_of_several as
select rule, lower(btrim(reason)) as alike, min(reason) as reason
from governance.told
where outcome = 'overridden' and reason is not null
group by rule, lower(btrim(reason))
having greatest(count(distinct person) filter (where outside), count(distinct person) filter (where not outside)) >= 3;
comment on view governance.reason_of_several is 'The reasons that three people or more gave for setting a rule aside; granted to nobody.';

drop view reporting.fact_rule_finding;
drop table reporting_base.rule_finding;

create view reporting.fact_rule_finding as
select t.finding_key,
    to_char(t.fired_at at time zone site.time_zone, 'YYYYMMDD')::int as raised_date_key,
    t.rule,
    t.rule_version::text as rule_version,
    t.severity,
    t.via as told_by,
    t.ward,
    coalesce(t.answered_role, t.shown_role) as role,
    t.outcome as status,
    r.reason,
    t.fired_at at time zone 'utc' as raised_at_utc,
    (t.fired_at at time zone site.time_zone)::date as raised_on,
    t.shown_at at time zone 'utc' as shown_at_utc,
    t.shown_role,
    t.answered_at at time zone 'utc' as answered_at_utc,
    t.answered_role,
    t.snoozes,
    case when t.via = 'suggestion' and t.outcome in ('accepted', 'overridden')
        then extract(epoch from t.answered_at - t.fired_at)::bigint end as seconds_to_action,
    t.changed_at at time zone 'utc' as last_changed_at
from governance.told t
cross join (select coalesce(min(s.time_zone), 'utc') as time_zone from reporting_base.setting s) site
left join governance.reason_of_several r
    on t.outcome = 'overridden' and r.rule = t.rule and r.alike = lower(btrim(t.reason));
comment on view reporting.fact_rule_finding is 'One row each time somebody was told of a finding of decision support: before signing, by a suggestion, or by a card for another system (kept for 400 days). Of whom is not in it. It counts as GET /api/v1/rules/metrics does.';
comment on column reporting.fact_rule_finding.finding_key is 'The telling: a number without meaning.';
comment on column reporting.fact_rule_finding.raised_date_key is 'The day it was told at the site, as yyyymmdd (dim_date).';
comment on column reporting.fact_rule_finding.rule is 'The rule that found it.';
comment on column reporting.fact_rule_finding.rule_version is 'The version of the rule.';
comment on column reporting.fact_rule_finding.severity is 'info, warning or critical.';
comment on column reporting.fact_rule_finding.told_by is 'How it was told: suggestion, hook (before signing here), or cds-hooks (a card for another system).';
comment on column reporting.fact_rule_finding.ward is 'Where the patient lay then, if in a visit; empty of cards.';
comment on column reporting.fact_rule_finding.role is 'The role of who answered, or else saw it first; empty of cards.';
comment on column reporting.fact_rule_finding.status is 'open; accepted; overridden; withdrawn as it no longer held; not-signed: the order was left; noted: it did not interrupt.';
comment on column reporting.fact_rule_finding.reason is 'Why it was overridden, where three people or more gave that reason; empty for what fewer gave, and for words of their own. A reason of a third person shows in the earlier rows as well.';
comment on column reporting.fact_rule_finding.raised_at_utc is 'When it was told, in UTC.';
comment on column reporting.fact_rule_finding.raised_on is 'The day it was told at the site.';
comment on column reporting.fact_rule_finding.shown_at_utc is 'When anybody first saw it, in UTC; empty while nobody has.';
comment on column reporting.fact_rule_finding.shown_role is 'The role of who saw it first; empty of cards.';
comment on column reporting.fact_rule_finding.answered_at_utc is 'When it was accepted, overridden or withdrawn, in UTC.';
comment on column reporting.fact_rule_finding.answered_role is 'The role of who answered; empty where it was withdrawn, and of cards.';
comment on column reporting.fact_rule_finding.snoozes is 'How often it was put off.';
comment on column reporting.fact_rule_finding.seconds_to_action is 'Of a suggestion that was accepted or overridden: from raising to the answer, in seconds.';
comment on column reporting.fact_rule_finding.last_changed_at is 'When this row last changed, in UTC; for incremental refresh.';
grant select on reporting.fact_rule_finding to healthcare_report;
