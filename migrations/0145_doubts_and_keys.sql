-- Whose being known made a pair unsure: when they fit no more, the pair is looked at again.
alter table wf.duplicate_pair add column doubted_by uuid[] not null default '{}';
comment on column wf.duplicate_pair.doubted_by is 'Registrations that fit one of the two as well, so that nobody can be sure.';
create index duplicate_pair_doubted on wf.duplicate_pair using gin (doubted_by) where doubted_by <> '{}';

-- By which edition of the keys everybody can be found. A newer release makes the keys anew behind the requests.
create table wf.match_key_edition (
    single boolean primary key default true check (single),
    edition int not null,
    reached uuid
);
comment on table wf.match_key_edition is 'How far the keys that lead from one registration to others of the same person are those of this release.';
comment on column wf.match_key_edition.reached is 'The last patient who has the keys of the next edition; none when nobody or everybody has.';
insert into wf.match_key_edition (edition) values (0);
grant select, update on wf.match_key_edition to healthcare_app;
