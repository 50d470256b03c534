-- Row-level security, the third net under the permit and the ports. A connection of the application's role sees of the
-- patients' tables what it has said it works on, in its own transaction or as it connected:
--   app.scope    'system' for the work of the system itself (appends, projections, consumers); 'directory' for a search of
--                patients; 'house' for lists of alerts and notifications over all patients.
--   app.patients the patients a permit was made out for, as an array of uuids.
-- A connection that says nothing sees nothing. Telemetry is left out: compressed hypertables refuse policies.
create function access.scope() returns text language sql stable as
    $$ select coalesce(current_setting('app.scope', true), '') $$;
create function access.patients() returns uuid[] language sql stable as
    $$ select nullif(current_setting('app.patients', true), '')::uuid[] $$;

-- Guards a table: `also` is a further condition under which a row is seen.
create function access.guard(guarded regclass, of_patient text, also text) returns void language plpgsql as $$
begin
    execute format('alter table %s enable row level security', guarded);
    execute format('alter table %s force row level security', guarded);
    execute format('create policy the_system on %s to healthcare_app
        using ((select access.scope()) = ''system'') with check ((select access.scope()) = ''system'')', guarded);
    execute format('create policy the_permitted on %s for select to healthcare_app
        using (%I = any ((select access.patients())::uuid[]) or %s)', guarded, of_patient, also);
    execute format('create policy its_owner on %s to healthcare_owner using (true) with check (true)', guarded);
    execute format('create policy a_backup on %s for select to healthcare_backup using (true)', guarded);
end
$$;

-- How each table is guarded, by its name: a rebuild guards the tables it makes in the same way.
create table access.guarded (
    name text primary key,
    of_patient text not null,
    also text not null
);
insert into access.guarded (name, of_patient, also) values
    ('es.event', 'patient_id', 'patient_id is null'),
    ('es.evaluation', 'patient_id', 'false'),
    ('es.safety', 'patient_id', 'false'),
    ('read.entry', 'patient_id', 'patient_id is null or (kind = ''patient'' and (select access.scope()) = ''directory'')
        or (kind = ''alert'' and (select access.scope()) = ''house'')'),
    ('read.patient', 'id', '(select access.scope()) = ''directory'''),
    ('read.patient_word', 'patient_id', '(select access.scope()) = ''directory'''),
    ('read.patient_identifier', 'patient_id', '(select access.scope()) = ''directory'''),
    ('read.alert', 'patient_id', '(select access.scope()) = ''house'''),
    ('live.notification', 'patient_id', 'patient_id is null or (select access.scope()) = ''house'''),
    ('access.break_glass', 'patient_id', '(select access.scope()) = ''review''');
select access.guard(name::regclass, of_patient, also) from access.guarded order by name;
create policy the_sealer on es.event for select to healthcare_sealer using (true);

grant select on access.guarded to healthcare_app;
