-- Of what an entry costs the server, its places in the indexes by account and by patient were more than half: they are as many
-- places as there are accounts and patients, and the first entry in each after a checkpoint logs a whole page. In their stead
-- one index of ranges says of each 64 pages which accounts and which patients may be in them, and of what time they are. An entry
-- costs it next to nothing: a range is entered once, when it is full, by autovacuum. A search reads the ranges that may hold what it
-- looks for, stretch by stretch of time (ADR 15).
drop index audit.entry_by_actor;
drop index audit.entry_by_patient;
create index entry_by_whom on audit.entry using brin (
    at,
    actor uuid_bloom_ops (n_distinct_per_range = 400),
    patient uuid_bloom_ops (n_distinct_per_range = 1000)
) with (pages_per_range = 64, autosummarize = on);
