-- Backtests: durable work over the whole history, beside everything else.
create schema governance;
grant usage on schema governance to healthcare_app;

create table governance.backtest (
    id uuid primary key,
    requested_by uuid not null,
    requested_at timestamptz not null,
    request text not null,
    state text not null check (state in ('queued', 'running', 'done', 'cancelled', 'failed')),
    started_at timestamptz,
    ended_at timestamptz,
    worker uuid,
    seen_at timestamptz,
    resume_after uuid,
    patients_done bigint not null default 0,
    patients_total bigint,
    events bigint not null default 0,
    tally text,
    error text
);
create index backtest_by_time on governance.backtest (requested_at desc, id desc);
create index backtest_open on governance.backtest (requested_at, id) where state in ('queued', 'running');
comment on table governance.backtest is 'Backtests. What is kept of a patient is an identity and a moment: what was found is judged anew for who may read.';
comment on column governance.backtest.request is 'The rules and the time, as JSON.';
comment on column governance.backtest.worker is 'Who runs it; another takes it over when nothing was heard of that one for two minutes.';
comment on column governance.backtest.resume_after is 'The last patient whose outcome is in the tally.';
comment on column governance.backtest.tally is 'What was counted so far, as JSON.';
grant select, insert, update on governance.backtest to healthcare_app;

