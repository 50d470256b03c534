-- Rules of decision support as the house keeps them, and what rules in the shadow would have said.

-- One row a rule that the house has decided on, with all its versions. Nothing of a patient stands here.
create table read.rule (
    id uuid primary key,
    version int not null,
    name text not null,
    body text not null
);
create unique index rule_name_once on read.rule (name);
comment on column read.rule.body is 'The rule with its versions, deployments and history, as JSON.';
grant select, insert, update, delete on read.rule to healthcare_app;

-- What a rule in the shadow would have said of a patient. Shown to nobody who works with the patient; counted for who
-- decides whether it comes into force.
create table es.shadow_judgement (
    evaluation_id uuid not null,
    rule text not null,
    rule_version int not null,
    patient_id uuid not null,
    ward_id uuid,
    trigger text not null,
    severity text not null check (severity in ('critical', 'warning', 'info')),
    findings uuid[] not null,
    judgement bytea not null,
    at timestamptz not null default clock_timestamp(),
    primary key (evaluation_id, rule, rule_version)
);
create index shadow_judgement_by_rule on es.shadow_judgement (rule, rule_version, at desc);
create index shadow_judgement_by_patient on es.shadow_judgement (patient_id, at desc);
comment on column es.shadow_judgement.judgement is 'The judgement with its tree; encrypted under the patient''s key.';
grant select, insert on es.shadow_judgement to healthcare_app;

-- Counts over all patients are made under a scope of their own; what one patient's judgement says needs that patient.
insert into access.guarded (name, of_patient, also) values
    ('es.shadow_judgement', 'patient_id', '(select access.scope()) = ''rules''');
select access.guard(name::regclass, of_patient, also) from access.guarded where name = 'es.shadow_judgement';
insert into access.merge_catalogue (name, how, stream, why) values
    ('es.shadow_judgement', 'stays', null, 'immutable, sealed under the registration''s key; found by rule');
