-- A row of a transaction below the first one there can be is in no window of the sealer: it would never be sealed. Held
-- against what is there by the next migration, without keeping anybody out meanwhile.
alter table es.event add constraint event_can_be_sealed check (xid >= '3'::xid8) not valid;
alter table audit.entry add constraint entry_can_be_sealed check (xid >= '3'::xid8) not valid;
