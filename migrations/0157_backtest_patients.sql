-- Whom the versions of a backtest would have alerted of: how often each, and the day of the first. What was found stands
-- with the samples alone.
create table governance.backtest_patient (
    backtest uuid not null references governance.backtest on delete cascade,
    patient_id uuid not null,
    pseudonym uuid not null,
    first_on date not null,
    candidate integer not null check (candidate >= 0),
    baseline integer check (baseline >= 0),
    primary key (backtest, patient_id),
    check (candidate > 0 or coalesce(baseline, 0) > 0)
);
create index backtest_patient_by_day on governance.backtest_patient (backtest, first_on, pseudonym);
comment on table governance.backtest_patient is 'Patients of whom a version on trial would have alerted; whose they are takes who may read the patient''s chart.';
comment on column governance.backtest_patient.patient_id is 'The registration that held the record when it was tried.';
comment on column governance.backtest_patient.pseudonym is 'What stands for the patient within this backtest.';
comment on column governance.backtest_patient.first_on is 'The day (UTC) of the first alert, of whichever version.';
comment on column governance.backtest_patient.candidate is 'Alerts of the version on trial.';
comment on column governance.backtest_patient.baseline is 'Alerts of the version it is compared with; null where there is none.';
grant select, insert, update on governance.backtest_patient to healthcare_app;

-- Who tries rules sees of each a day and a pseudonym, under a scope of their own; whose it is takes that patient.
insert into access.guarded (name, of_patient, also) values
    ('governance.backtest_patient', 'patient_id', '(select access.scope()) = ''rules''');
select access.guard(name::regclass, of_patient, also) from access.guarded where name = 'governance.backtest_patient';
insert into access.merge_catalogue (name, how, stream, why) values
    ('governance.backtest_patient', 'stays', null, 'counted of the registration as it was tried; shown to who may read the survivor');

-- What ran under an earlier release kept nobody, or not those before it was taken over.
alter table governance.backtest add column patients_kept boolean not null default false;
comment on column governance.backtest.patients_kept is 'Whether everybody it would have alerted of is in governance.backtest_patient, once it is done.';
