-- Whose number an import met here is ours under the source's identity as well: what stands here of them is not changed by a
-- later import under it. Until now nothing said so, and the second import under that identity amended the record.
alter table import.source_identity add column ours boolean not null default false;
comment on column import.source_identity.ours is 'Tied to a patient who was registered here: an import changes nothing of who they are.';
update import.source_identity i set ours = true
    from es.event e
    where i.stream_type = 'patient' and e.stream_id = i.stream_id and e.version = 1 and e.meta -> 'source' is null;
