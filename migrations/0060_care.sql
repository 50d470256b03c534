-- Who cares for whom, and who opened a record without. What opens a record to somebody is decided on these tables.
create schema access;

-- The wards whose staff an account belongs to. The ward '*' stands for the whole house: services such as the laboratory.
create table access.staff_ward (
    account_id uuid not null,
    ward text not null check (length(ward) between 1 and 100),
    valid_from timestamptz not null default clock_timestamp(),
    valid_to timestamptz,
    primary key (account_id, ward, valid_from)
);
comment on table access.staff_ward is 'On which wards an account works; * for the whole house.';

-- Care relationships, of an account by name or of all on a ward. Each row comes of one stream.
create table access.relationship (
    source uuid not null,
    kind text not null check (kind in ('team', 'referral', 'registration', 'encounter', 'ward')),
    party text not null,
    patient_id uuid not null,
    account_id uuid,
    ward text,
    valid_from timestamptz not null,
    valid_to timestamptz,
    graced boolean not null,
    primary key (source, kind, party),
    check ((account_id is null) <> (ward is null))
);
create index relationship_by_patient on access.relationship (patient_id);
create index relationship_by_account on access.relationship (account_id) where account_id is not null;
create index relationship_by_ward on access.relationship (ward) where ward is not null;
comment on column access.relationship.source is 'The stream: the care team, the encounter, the patient.';
comment on column access.relationship.party is 'The account or the ward, as text.';
comment on column access.relationship.graced is 'Whether it still counts for a while after its end, as after a discharge.';

-- How closely a record is kept, where it is not normal.
create table access.label (
    patient_id uuid primary key,
    version int not null,
    label text not null check (label in ('N', 'R', 'V'))
);

-- Break-glass grants: the review queue.
create table access.break_glass (
    id uuid primary key,
    version int not null,
    patient_id uuid not null,
    account_id uuid not null,
    reason text not null,
    purpose text not null,
    opened_at timestamptz not null,
    until timestamptz not null,
    closed_at timestamptz,
    reviewed_by uuid,
    reviewed_at timestamptz,
    outcome text
);
create index break_glass_of on access.break_glass (patient_id, account_id, opened_at desc);
create index break_glass_of_account on access.break_glass (account_id, until);
create index break_glass_queue on access.break_glass (opened_at desc, id desc) where reviewed_at is null;

-- Every relationship that counts at a moment, with how close it is: 3 by name, 2 on a ward that has the patient now,
-- 1 within the grace after its end. The view runs with the rights of who asks.
create function access.closeness(
    of_account uuid, now timestamptz, ended_after timestamptz
) returns table (patient_id uuid, rank int) language sql stable as $$
    select r.patient_id, case when r.valid_to is null or r.valid_to > now then 3 else 1 end
        from access.relationship r
        where r.account_id = of_account and r.valid_from <= now + interval '1 minute'
            and (r.valid_to is null or r.valid_to > now or (r.graced and r.valid_to > ended_after))
    union all
    select r.patient_id, case when r.valid_to is null or r.valid_to > now then 2 else 1 end
        from access.staff_ward w join access.relationship r on r.ward = w.ward
        where w.account_id = of_account and w.valid_from <= now + interval '1 minute'
            and (w.valid_to is null or w.valid_to > now) and r.valid_from <= now + interval '1 minute'
            and (r.valid_to is null or r.valid_to > now or (r.graced and r.valid_to > ended_after))
$$;

grant usage on schema access to healthcare_app;
grant select, insert, update, delete on access.relationship, access.label, access.break_glass to healthcare_app;
grant select, insert, update on access.staff_ward to healthcare_app;
