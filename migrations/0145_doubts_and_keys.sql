-- Whose being known made a pair unsure: when they fit no more, the pair is looked at again. A doubt goes with its pair.
create table wf.pair_doubt (
    doubter uuid not null,
    one uuid not null,
    other uuid not null,
    primary key (doubter, one, other),
    foreign key (one, other) references wf.duplicate_pair on delete cascade
);
create index pair_doubt_of_pair on wf.pair_doubt (one, other);
comment on table wf.pair_doubt is 'Pairs of which nobody can be sure, because the doubter fits one of the two as well.';
grant select, insert, delete on wf.pair_doubt to healthcare_app;
insert into access.guarded (name, of_patient, also) values
    ('wf.pair_doubt', 'one', '(select access.scope()) = ''directory''');
select access.guard(name::regclass, of_patient, also) from access.guarded where name = 'wf.pair_doubt';
insert into access.merge_catalogue (name, how, stream, why) values
    ('wf.pair_doubt', 'stays', null, 'as wf.duplicate_pair; who is merged doubts nothing any more');

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
