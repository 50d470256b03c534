-- The very words that decision support judges by, kept once when they are first used: what was judged can be judged again
-- after a rule, the knowledge or the program has changed. Nothing in here is about a patient.
create schema decision;
grant usage on schema decision to healthcare_app;

create table decision.rule_version (
    sha256 text primary key,
    rule_id text not null,
    version int not null,
    document text not null,
    first_used_at timestamptz not null default clock_timestamp()
);
create index rule_version_by_rule on decision.rule_version (rule_id, version);
comment on table decision.rule_version is 'Rules as they were written, in canonical form, by their hash.';
comment on column decision.rule_version.sha256 is 'Hash of the document. A version whose words were changed without a new number has two rows.';

create table decision.knowledge_version (
    sha256 text primary key,
    files text not null,
    first_used_at timestamptz not null default clock_timestamp()
);
comment on table decision.knowledge_version is 'Drugs, classes, value sets and tables as they were loaded: a JSON object of the text of each file.';

create table decision.edition (
    sha256 text primary key,
    knowledge_sha256 text not null references decision.knowledge_version,
    rules text[] not null,
    program text not null,
    first_used_at timestamptz not null default clock_timestamp()
);
comment on table decision.edition is 'All rules and the knowledge that judged together. An evaluation names its edition.';
comment on column decision.edition.rules is 'The hashes of the rules, in order of their ids.';
comment on column decision.edition.program is 'The version of the program that first judged by it.';

grant select, insert on decision.rule_version, decision.knowledge_version, decision.edition to healthcare_app;

alter table es.evaluation add column edition text;
comment on column es.evaluation.edition is 'The rules and knowledge that judged: decision.edition; null where it was judged before editions were kept.';
