-- Patients: whether a record is in use, search by sound and by telephone, pathways, numbers of one patient alone.

alter table read.patient add column status text not null default 'active'
    check (status in ('active', 'inactive', 'entered-in-error'));
-- What lists by name are sorted by: family name and given names, folded.
alter table read.patient add column sort_name text collate "C" not null default '';
update read.patient set sort_name = lower(coalesce(family, '') || ' ' || coalesce(given, ''));
create index patient_by_name on read.patient (sort_name, id);
create index patient_not_in_use on read.patient (status, id) where status <> 'active';

-- What the words of all names sound like (Double Metaphone, both codes).
create table read.patient_sound (
    patient_id uuid not null references read.patient (id) on delete cascade,
    sound text collate "C" not null,
    primary key (sound, patient_id)
);
create index patient_sound_by_patient on read.patient_sound (patient_id, sound);

-- Telephone numbers, backwards, so that the end of a number is the beginning of a word: digits alone, without what dials
-- out of a country or into a region.
create table read.patient_phone (
    patient_id uuid not null references read.patient (id) on delete cascade,
    backwards text collate "C" not null,
    primary key (backwards, patient_id)
);
create index patient_phone_by_patient on read.patient_phone (patient_id);

-- Where patients stand on their pathways.
create table read.patient_pathway (
    patient_id uuid not null references read.patient (id) on delete cascade,
    pathway text not null,
    stage text not null,
    since timestamptz not null,
    primary key (patient_id, pathway)
);
create index patient_pathway_by_stage on read.patient_pathway (pathway, stage, patient_id);
-- As far as is known without reading the events; `rebuild read` brings the time of each step.
insert into read.patient_pathway (patient_id, pathway, stage, since)
    select id, 'monitoring', pathway_stage, updated_at from read.patient where pathway_stage is not null;

-- A search walks the directory in its order and asks of each patient for the words, or the other way round: whichever is
-- shorter. Both need an index that answers alone.
create index patient_word_of_patient on read.patient_word (patient_id, word);
drop index read.patient_word_by_patient;

grant select, insert, update, delete on read.patient_sound, read.patient_phone, read.patient_pathway to healthcare_app;

-- Running numbers of the house. Gaps mean nothing.
create sequence es.patient_number as bigint;
grant usage on sequence es.patient_number to healthcare_app;

-- Systems of which a number belongs to one patient alone; the settings of the house, as the servers last read them.
create table access.identifier_system (system text primary key);
-- Which patient carries which number of them. Not a read model: it holds what must not be, so it is never emptied.
create table access.patient_number (
    system text not null,
    value text not null,
    patient_id uuid not null,
    constraint patient_number_pkey primary key (system, value)
);
create index patient_number_by_patient on access.patient_number (patient_id);
grant select, insert, delete on access.identifier_system, access.patient_number to healthcare_app;

insert into access.guarded (name, of_patient, also) values
    ('read.patient_sound', 'patient_id', '(select access.scope()) = ''directory'''),
    ('read.patient_phone', 'patient_id', '(select access.scope()) = ''directory'''),
    ('read.patient_pathway', 'patient_id', '(select access.scope()) = ''directory'''),
    ('access.patient_number', 'patient_id', 'false');
select access.guard(name::regclass, of_patient, also) from access.guarded
    where name in ('read.patient_sound', 'read.patient_phone', 'read.patient_pathway', 'access.patient_number')
    order by name;

-- Refuses what a patient's record does not take: `need` says of each patient what it takes to go on: 1 that they are no
-- mistake, 2 that the record is in use as well, 3 that they live as well.
create function access.ensure_open(patients uuid[], needs int2[]) returns void language plpgsql as $$
declare
    closed text;
begin
    select case when p.status = 'entered-in-error' then p.status
                when p.status = 'inactive' and w.need >= 2 then p.status
                when p.deceased and w.need >= 3 then 'deceased' end
        into closed
        from unnest(patients, needs) w(id, need) join read.patient p on p.id = w.id
        where p.status = 'entered-in-error' or (p.status = 'inactive' and w.need >= 2) or (p.deceased and w.need >= 3)
        limit 1;
    if closed is not null then
        raise exception '%', closed using errcode = 'HC002';
    end if;
end
$$;
grant execute on function access.ensure_open(uuid[], int2[]) to healthcare_app;
