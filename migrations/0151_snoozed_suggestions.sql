-- Suggestions that are put off. Whether one is shown is derived from the row itself, at the moment it is read; this is only
-- what wakes those who follow live.
create table wf.snoozed (
    suggestion_id uuid primary key,
    until timestamptz not null
);
create index snoozed_by_end on wf.snoozed (until);
comment on table wf.snoozed is 'When it is to be told that a suggestion is shown again.';
grant select, insert, update, delete on wf.snoozed to healthcare_app;

-- Suggestions wait in inboxes, as alerts do.
update access.guarded set also = also || ' or (kind = ''suggestion'' and (select access.scope()) = ''circle'')'
    where name = 'read.entry';
do $$
declare
    guarded record;
begin
    select * into guarded from access.guarded where name = 'read.entry';
    drop policy the_permitted on read.entry;
    execute format('create policy the_permitted on read.entry for select to healthcare_app
        using (%I = any ((select access.patients())::uuid[]) or %s)', guarded.of_patient, guarded.also);
end
$$;
