-- Pairs that are one person by a third registration: two that share too little may both be one person with it. When that one
-- changes or is somebody else, the pair is looked at again. A link goes with its pair.
create table wf.pair_link (
    link uuid not null,
    one uuid not null,
    other uuid not null,
    primary key (link, one, other),
    foreign key (one, other) references wf.duplicate_pair on delete cascade
);
create index pair_link_of_pair on wf.pair_link (one, other);
create index pair_link_of_other on wf.pair_link (other);
comment on table wf.pair_link is 'Pairs that are probable because the link is very likely both of the two.';
grant select, insert, delete on wf.pair_link to healthcare_app;
insert into access.guarded (name, of_patient, also) values
    ('wf.pair_link', 'one', '(select access.scope()) = ''directory''');
select access.guard(name::regclass, of_patient, also) from access.guarded where name = 'wf.pair_link';
insert into access.merge_catalogue (name, how, stream, why) values
    ('wf.pair_link', 'stays', null, 'as wf.duplicate_pair; who is merged links nobody any more');
