-- What rules come to counts people and not tellings, and the cards of CDS Hooks with what became of them.
alter table governance.firing add column answered_by uuid;
comment on column governance.firing.answered_by is 'Who answered. Reasons are shown when several people gave them.';

alter table cds.card add column reasons jsonb not null default '{}';
alter table cds.card add column asked_by uuid;
comment on column cds.card.reasons is 'The words of the reasons that the card offered, by their codes.';
comment on column cds.card.asked_by is 'Stands for the client''s user who was shown it: a hash of client and user together.';

-- Whom a client that was not asked who it is calls its user, anybody may have made up: that is no person.
create view governance.telling as
select f.id, f.via, f.rule, f.ward, coalesce(f.answered_role, f.shown_role) as role, f.fired_at, f.shown_at, f.outcome,
    f.answered_at, f.snoozes, f.reason, coalesce(f.answered_by, case when f.via = 'hook' then f.actor end) as person,
    f.severity, false as outside, f.subject::text as about
from governance.firing f
union all
select c.id, 'cds-hooks', c.rule, null, null, c.issued_at, c.issued_at, coalesce(b.outcome, 'open'),
    b.outcome_at, 0, c.reasons ->> b.reason_code,
    case when c.client is not null then coalesce(c.asked_by, c.client) end,
    c.severity, true, ((c.issued_at at time zone 'utc')::date)::text
from cds.card c left join cds.feedback b on b.card = c.id
where c.rule not like '(%';
comment on column governance.telling.person is 'Who answered or was told; none where that is not known for sure. People of this house and of others are told apart by `outside` alone.';
comment on column governance.telling.about is 'What several answers of a person are one answer to: the patient and the finding; of a card, whose patient is not kept, the day.';
comment on view governance.telling is 'Each time somebody was told of a finding: before signing here, by a suggestion, or by a card of CDS Hooks.';
grant select on governance.telling to healthcare_app;
