-- The event store. The application's role may insert and select here; it never updates, deletes or truncates events.
create schema es;

create sequence es.event_seq cache 1; -- the cache must stay 1: a session's reserve would break the order of a stream

create table es.event (
    stream_id uuid not null,
    version int not null check (version > 0),
    seq bigint not null default nextval('es.event_seq'),
    xid xid8 not null default pg_current_xact_id(),
    patient_id uuid,
    stream_type text not null,
    event_type text not null,
    schema_ver int2 not null,
    occurred_at timestamptz not null,
    known_at timestamptz not null,
    recorded_at timestamptz not null default clock_timestamp(),
    payload bytea not null,
    meta jsonb not null,
    primary key (stream_id, version)
);
create index event_by_xid on es.event (xid, seq);
create index event_by_patient on es.event (patient_id, seq) where patient_id is not null;
comment on table es.event is 'All that happened. The primary key is the concurrency check.';
comment on column es.event.occurred_at is 'When it happened, clinically.';
comment on column es.event.known_at is 'When the hospital knew: now when live, the source''s time when imported.';
comment on column es.event.payload is 'The event; encrypted under the key of its patient where it has one.';

create table es.tick (
    tick_id bigint primary key,
    snap pg_snapshot not null,
    at timestamptz not null default clock_timestamp()
);
insert into es.tick (tick_id, snap) values (0, '1:1:');

create table es.checkpoint (
    name text not null,
    part int not null,
    tick_id bigint not null,
    fence bigint not null default 0,
    updated_at timestamptz not null default clock_timestamp(),
    primary key (name, part)
);

create table es.parked (
    name text not null,
    part int not null,
    patient_id uuid,
    stream_id uuid not null,
    version int not null,
    error text not null,
    attempts int not null default 1,
    parked_at timestamptz not null default clock_timestamp(),
    primary key (name, stream_id, version)
);
create index parked_by_patient on es.parked (name, patient_id);

create table es.command_log (
    actor uuid not null,
    key text not null,
    request_hash bytea not null,
    committed jsonb not null,
    at timestamptz not null default clock_timestamp(),
    primary key (actor, key)
);

-- The row that whatever decides on a patient's drugs and allergies passes through, one after the other.
create table es.safety (
    patient_id uuid primary key,
    version bigint not null default 1
);

create function es.pass_safety(patient uuid, expected bigint) returns void language plpgsql as $$
begin
    if expected is null then
        insert into es.safety as s (patient_id) values (patient)
        on conflict (patient_id) do update set version = s.version + 1;
    elsif expected = 0 then
        begin
            insert into es.safety (patient_id) values (patient);
        exception when unique_violation then
            raise exception 'the facts of the decision have changed' using errcode = 'HC001';
        end;
    else
        update es.safety set version = version + 1 where patient_id = patient and version = expected;
        if not found then
            raise exception 'the facts of the decision have changed' using errcode = 'HC001';
        end if;
    end if;
end
$$;

-- What decision support judged.
create table es.evaluation (
    evaluation_id uuid primary key,
    patient_id uuid not null,
    trigger text not null,
    position bigint not null,
    facts bytea not null,
    judgements bytea not null,
    actor uuid not null,
    at timestamptz not null default clock_timestamp()
);
create index evaluation_by_patient on es.evaluation (patient_id, at desc);
comment on column es.evaluation.facts is 'The values judged and the events they came from; encrypted under the patient''s key.';
comment on column es.evaluation.judgements is 'A line a rule, with the explanation for what fired or lacked data; encrypted likewise.';

grant usage on schema es to healthcare_app;
grant select, insert on es.event, es.evaluation, es.command_log to healthcare_app;
grant select, insert, delete on es.tick to healthcare_app;
grant select, insert, update on es.checkpoint, es.safety to healthcare_app;
grant select, insert, update, delete on es.parked to healthcare_app;
grant usage on sequence es.event_seq to healthcare_app;
