-- Tamper evidence. Off the request path, events and audit entries are folded into blocks: a Merkle tree over the stored
-- columns, chained to the block before and signed by a key that no database holds. The sealer's role adds blocks; the
-- application cannot.
create schema seal;

create table seal.block (
    block bigint primary key check (block > 0),
    format int2 not null,
    from_snap pg_snapshot not null,
    snap pg_snapshot not null,
    above xid8 not null,
    upto xid8,
    events int not null,
    entries int not null,
    root bytea not null,
    prev_hash bytea not null,
    hash bytea not null,
    signature bytea not null,
    key bytea not null,
    sealed_at timestamptz not null
);
comment on table seal.block is 'The rows that `snap` shows and `from_snap` does not, of the transactions above `above` and up to `upto` (all, if null).';
comment on column seal.block.root is 'RFC 6962 over the leaves: events, then audit entries, each by (xid, seq).';
comment on column seal.block.hash is 'SHA-256 over all that stands before it and the time; what the next block chains to and the key signs.';
comment on column seal.block.key is 'The Ed25519 key that signed. Who verifies trusts a key they know, not this column.';

create table seal.leaves (
    block bigint primary key references seal.block (block),
    leaves bytea not null
);
alter table seal.leaves alter column leaves set storage external;
comment on table seal.leaves is 'The leaves of a block, row by row, to name what differs. The root binds them.';

create table seal.exported (
    target text primary key,
    block bigint not null
);
comment on table seal.exported is 'How far a receiver of anchors has confirmed them.';

grant usage on schema seal, es, audit to healthcare_sealer;
grant select on es.event, audit.entry to healthcare_sealer;
grant select, insert on seal.block, seal.leaves to healthcare_sealer;
grant select, insert, update on seal.exported to healthcare_sealer;
grant usage on schema seal to healthcare_app;
grant select on seal.block to healthcare_app;
