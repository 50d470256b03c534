-- Sessions keep their plans. Of a table that was counted while it held one page, PostgreSQL plans to read the whole of it for each
-- key, until it counts again; of one it never counted it takes the index. These three are asked by key for everybody who
-- is registered, and grow by thousands a minute in a new house: they are counted when there is something to count.
alter table read.patient_match_key set (autovacuum_analyze_threshold = 1000, autovacuum_vacuum_threshold = 1000);
alter table access.patient_number set (autovacuum_analyze_threshold = 1000, autovacuum_vacuum_threshold = 1000);
alter table wf.duplicate_pair set (autovacuum_analyze_threshold = 1000, autovacuum_vacuum_threshold = 1000);
