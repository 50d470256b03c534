-- What rules come to counts people and not tellings, and the cards of CDS Hooks with what became of them.
alter table governance.firing add column answered_by uuid;
comment on column governance.firing.answered_by is 'Who answered. Reasons are shown when several people gave them.';

alter table cds.card add column reasons jsonb not null default '{}';
alter table cds.card add column asked_by uuid;
comment on column cds.card.reasons is 'The words of the reasons that the card offered, by their codes.';
comment on column cds.card.asked_by is 'Stands for the client''s user who was shown it: a hash of client and user together.';

create view governance.telling as
select f.id, f.via, f.rule, f.ward, coalesce(f.answered_role, f.shown_role) as role, f.fired_at, f.shown_at, f.outcome,
    f.answered_at, f.snoozes, f.reason, coalesce(f.answered_by, case when f.via = 'hook' then f.actor end) as person
from governance.firing f
union all
select c.id, 'cds-hooks', c.rule, null, null, c.issued_at, c.issued_at, coalesce(b.outcome, 'open'),
    b.outcome_at, 0, c.reasons ->> b.reason_code, coalesce(c.asked_by, c.client)
from cds.card c left join cds.feedback b on b.card = c.id
where c.rule not like '(%';
comment on view governance.telling is 'Each time somebody was told of a finding: before signing here, by a suggestion, or by a card of CDS Hooks.';
grant select on governance.telling to healthcare_app;
