-- Who did what to whom: every read of a patient's data and of the directory, every write (in the write's own
-- transaction), every sign-in, denial and administrative act. No name and no value is kept here. The application's role
-- may add and look, and not even choose an entry's place: `seq` and `xid` are the database's.
create schema audit;

create sequence audit.entry_seq;

create table audit.entry (
    seq bigint not null default nextval('audit.entry_seq'),
    xid xid8 not null default pg_current_xact_id(),
    at timestamptz not null,
    actor uuid not null,
    role text not null,
    session uuid,
    address inet,
    purpose text not null,
    action text not null,
    resource text,
    fields text not null,
    patient uuid,
    subject uuid,
    outcome text not null check (outcome in ('allowed', 'denied', 'break_glass')),
    reason text,
    request uuid not null,
    note text
);
-- In the order of sealing; by time; by who; whose; what; and the few that were not simply allowed.
create index entry_by_xid on audit.entry (xid, seq);
create index entry_by_time on audit.entry (at, seq);
create index entry_by_actor on audit.entry (actor, at, seq);
create index entry_by_patient on audit.entry (patient, at, seq) where patient is not null;
create index entry_by_action on audit.entry (action, at, seq);
create index entry_not_simply_allowed on audit.entry (outcome, at, seq) where outcome <> 'allowed';
comment on table audit.entry is 'Who did what, to whose data, when, from where, and what came of it. Rows are only ever added.';
comment on column audit.entry.at is 'When it was asked for.';
comment on column audit.entry.actor is 'The account; nil for the system itself and for who has not signed in.';
comment on column audit.entry.session is 'The sign-in: one value from a sign-in to the sign-out.';
comment on column audit.entry.purpose is 'Why, as HL7 v3 PurposeOfUse: TREAT, ETREAT, PATRQT, HOPERAT and so on.';
comment on column audit.entry.action is 'What was done, e.g. read_chart, sign_in.';
comment on column audit.entry.resource is 'The route, with the names of its parameters in place of their values.';
comment on column audit.entry.fields is 'The class of data: directory, demographics, clinical, telemetry, accounts, audit and so on.';
comment on column audit.entry.subject is 'What it was done to beside a patient: an account, a session, a grant.';
comment on column audit.entry.reason is 'Why it was denied, or the kind of reason given for breaking the glass.';
comment on column audit.entry.request is 'The request, as in logs and problems.';
comment on column audit.entry.note is 'What else tells who or how: the user of the operating system, the class of a command.';

-- Added to, never changed: also not by mistake of an administrator's. (Who takes this away leaves that in the seals.)
create function audit.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'the audit trail is only ever added to' using errcode = 'HC065';
end
$$;
create trigger never_changed before update or delete or truncate on audit.entry
    for each statement execute function audit.refuse_change();

grant usage on schema audit to healthcare_app;
grant usage on sequence audit.entry_seq to healthcare_app;
grant select on audit.entry to healthcare_app;
grant insert (at, actor, role, session, address, purpose, action, resource, fields, patient, subject, outcome, reason,
    request, note) on audit.entry to healthcare_app;
