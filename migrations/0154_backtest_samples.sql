-- The moments that a backtest picks to be looked at: who it was of, and what was found, sealed under the patient's key. They
-- stood in the tally of the backtest before, where no policy guarded them.
create table governance.backtest_sample (
    backtest uuid not null references governance.backtest on delete cascade,
    draw uuid not null,
    patient_id uuid not null,
    at timestamptz not null,
    trigger text not null,
    finding uuid not null,
    change text not null check (change in ('same', 'added', 'removed')),
    followed text not null,
    found bytea,
    primary key (backtest, draw)
);
create index backtest_sample_by_patient on governance.backtest_sample (patient_id);
comment on table governance.backtest_sample is 'Moments picked by a backtest, to be looked at by who may read the patient''s chart.';
comment on column governance.backtest_sample.draw is 'Its lot: those with the smallest are kept.';
comment on column governance.backtest_sample.found is 'What was found, with its tree; encrypted under the patient''s key. None for what was picked before it was kept, or whose key was destroyed meanwhile.';
grant select, insert, delete on governance.backtest_sample to healthcare_app;

-- Who tries rules sees of each a day and a pseudonym, under a scope of their own; whose it is takes that patient.
insert into access.guarded (name, of_patient, also) values
    ('governance.backtest_sample', 'patient_id', '(select access.scope()) = ''rules''');
select access.guard(name::regclass, of_patient, also) from access.guarded where name = 'governance.backtest_sample';
insert into access.merge_catalogue (name, how, stream, why) values
    ('governance.backtest_sample', 'stays', null, 'sealed under the registration''s key; shown to who may read the survivor');

insert into governance.backtest_sample (backtest, draw, patient_id, at, trigger, finding, change, followed)
select b.id, (s ->> 'draw')::uuid, (s ->> 'patient')::uuid, (s ->> 'at')::timestamptz, s ->> 'trigger',
    (s ->> 'finding')::uuid, s ->> 'change', s ->> 'followed'
from governance.backtest b, jsonb_array_elements(b.tally::jsonb -> 'samples') s
on conflict do nothing;
update governance.backtest set tally = (tally::jsonb - 'samples')::text where tally is not null;
-- Where one stood is the identity of a patient: once it is over nobody needs that.
update governance.backtest set resume_after = null where state not in ('queued', 'running');
comment on table governance.backtest is 'Backtests. Nothing of a patient is in it: the moments that were picked are rows of their own.';
