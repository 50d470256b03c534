-- Notes as they are listed and found, and what waits for whom.

-- One row a note. The text stands in clear as every body of the read model does, guarded as they are; the log holds it
-- sealed under the patient's key.
create table read.note (
    id uuid primary key,
    version int not null,
    patient_id uuid not null,
    status text not null check (status in ('draft', 'discarded', 'signed', 'amended', 'entered-in-error')),
    note_type text,
    authors uuid[] not null,
    readers uuid[] not null,
    reader_roles text[] not null,
    encounter uuid,
    told_of_at timestamptz not null,
    text text not null,
    words tsvector not null
);
create index note_of_patient on read.note (patient_id, told_of_at desc, id desc);
create index note_words on read.note using gin (words);
comment on column read.note.readers is 'Who may read a draft beside its author: who is asked to co-sign, by name.';
comment on column read.note.reader_roles is 'And by role.';
comment on column read.note.words is 'Lower case, without accents; as written, and stemmed in the language of the note.';

-- What notes and plans ask of people. What is dealt with has no row. Alerts, offers and broken glasses wait in tables of
-- their own.
create table read.inbox (
    id uuid not null,
    item int2 not null,
    kind text not null check (kind in ('sign', 'cosign', 'task', 'review')),
    version int not null,
    patient_id uuid not null,
    account_id uuid,
    role text,
    title text not null,
    since timestamptz not null,
    due_at timestamptz,
    primary key (id, item),
    check ((account_id is null) <> (role is null))
);
create index inbox_of_account on read.inbox (account_id, since) where account_id is not null;
create index inbox_of_role on read.inbox (role, since) where role is not null;

grant select, insert, update, delete on read.note, read.inbox to healthcare_app;

-- A list that a circle bounds, where the circle is the house but for some: scope 'circle'.
insert into access.guarded (name, of_patient, also) values
    ('read.note', 'patient_id', '(select access.scope()) = ''circle'''),
    ('read.inbox', 'patient_id', '(select access.scope()) = ''circle''');
select access.guard(name::regclass, of_patient, also) from access.guarded
    where name in ('read.note', 'read.inbox') order by name;
update access.guarded set also = also || ' or (kind in (''note'', ''note_draft'', ''alert'', ''waitlist'') and (select access.scope()) = ''circle'')'
    where name = 'read.entry';
update access.guarded set also = also || ' or (select access.scope()) = ''circle''' where name in ('read.alert', 'read.waitlist');
do $$
declare
    one record;
begin
    for one in select * from access.guarded where name in ('read.entry', 'read.alert', 'read.waitlist') loop
        execute format('drop policy the_permitted on %s', one.name);
        execute format('create policy the_permitted on %s for select to healthcare_app
            using (%I = any ((select access.patients())::uuid[]) or %s)', one.name, one.of_patient, one.also);
    end loop;
end
$$;

-- The notes that words are found in, of those a connection may see. `@@` is not leakproof: under a policy it is judged row
-- by row, and no index serves it. Here the same condition as the policy's stands beside it, and the index does.
create function access.notes_matching(asked tsquery) returns setof uuid
    language sql stable security definer set search_path = pg_catalog as $$
    select n.id from read.note n where n.words @@ asked
        and ((select access.scope()) = 'circle' or n.patient_id = any ((select access.patients())::uuid[]))
$$;
revoke execute on function access.notes_matching(tsquery) from public;
grant execute on function access.notes_matching(tsquery) to healthcare_app;

-- As live.tell, to people by name as well as by role.
create function live.tell_people(
    what text, urgency text, headline text, words text, patient uuid, of_type text, of_id uuid, at_version int,
    to_do text, url text, more jsonb, roles text[], accounts uuid[]
) returns void language plpgsql as $$
declare
    telling bigint;
begin
    insert into live.notification (type, priority, title, message, patient_id, subject_type, subject_id, subject_version,
        action_type, action_url, details, requires_acknowledgement)
    values (what, urgency, headline, words, patient, of_type, of_id, at_version, to_do, url, more, false)
    returning notification_id into telling;
    insert into live.audience (notification_id, kind, name)
        select telling, 'role', r from unnest(roles) r
        union
        select telling, 'account', a::text from unnest(accounts) a;
end
$$;

-- Plans are grouped by where they stand; those that came before were not.
update read.entry set code = body::json -> 'content' ->> 'status' where kind = 'plan';
create index entry_plans on read.entry (patient_id, at, id) where kind = 'plan' and not struck;

-- What is merged takes its notes and what they ask along.
select access.follow_merges('read.note', 'id', 'notes and drafts');
select access.follow_merges('read.inbox', 'id', 'what notes and plans ask of people');
