-- What this database is for. A demonstration can be emptied; a hospital's record never can, so the two are told apart
-- here once and for all: only a database that holds nothing yet becomes a demonstration.
create schema system;

create table system.installation (
    the_only boolean primary key default true check (the_only),
    demonstration boolean not null check (demonstration),
    marked_at timestamptz not null default clock_timestamp(),
    furnished_at timestamptz
);
comment on table system.installation is 'One row in a demonstration, none in a hospital.';
comment on column system.installation.furnished_at is 'When its patients had been put in place.';

create function system.refuse_real_data() returns trigger language plpgsql as $$
begin
    if exists (select from es.event) or exists (select from auth.account) then
        raise exception 'the database holds data and is no demonstration' using errcode = 'HC030';
    end if;
    return new;
end
$$;
create trigger refuse_real_data before insert on system.installation
    for each row execute function system.refuse_real_data();

grant usage on schema system to healthcare_app;
grant select, insert on system.installation to healthcare_app;
grant update (furnished_at) on system.installation to healthcare_app;
