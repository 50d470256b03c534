-- What a command was answered, for who sends it again: guarded as the patient's other rows are, sealed under the patient's key
-- where it tells more than an identity and a version, and taken away after thirty days (docs/adr/0027).
alter table es.command_log add column patient_id uuid, add column extra bytea;
comment on column es.command_log.patient_id is 'Whom the command was about; none where nobody, and for what was stored before this.';
comment on column es.command_log.committed is 'The identity and the version it was answered with; of nobody''s patient, and before this, the whole answer.';
comment on column es.command_log.extra is 'What else it was answered with (findings, scores), encrypted under the patient''s key.';

-- Who repeats a command is answered by the system: nobody reads here on somebody's behalf.
insert into access.guarded (name, of_patient, also) values ('es.command_log', 'patient_id', 'false');
select access.guard(name::regclass, of_patient, also) from access.guarded where name = 'es.command_log';
insert into access.merge_catalogue (name, how, stream, why) values
    ('es.command_log', 'stays', null, 'sealed under the registration''s key; found by who sent it and by their key');

-- Rows come in the order of time, so that ranges of pages tell what is old and an insert pays next to nothing.
create index command_log_by_time on es.command_log using brin (at) with (pages_per_range = 32, autosummarize = on);

-- Takes away some of what is older than thirty days, and answers how many: the application's role deletes nothing younger.
create function es.forget_answers(at_most int) returns bigint language sql security definer
    set search_path = pg_catalog, pg_temp as $$
    with gone as (
        delete from es.command_log where ctid = any(array(
            select o.ctid from es.command_log o where o.at < clock_timestamp() - interval '30 days' limit at_most
            for update skip locked))
        returning 1)
    select count(*) from gone
$$;
revoke execute on function es.forget_answers(int) from public;
grant execute on function es.forget_answers(int) to healthcare_app;
