//! What somebody with every right in the database does to rows, and what the verifier says of it.

use super::sealed::{Site, site};

/// What is done, and what of it is to be named: the block, the row, the difference.
struct Attack {
    name: &'static str,
    sql: &'static str,
    named: &'static [&'static str],
}

const ATTACKS: &[Attack] = &[
    Attack {
        name: "a byte of an event is flipped",
        sql: "update es.event set payload = set_byte(payload, 20, get_byte(payload, 20) # 1)
              where (stream_id, version) = (select stream_id, version from es.event order by seq limit 1)",
        named: &["block 1: event ", ":1: the row was changed in payload"],
    },
    Attack {
        name: "an event is made to be of another time",
        sql: "update es.event set occurred_at = occurred_at - interval '1 day'
              where (stream_id, version) = (select stream_id, version from es.event order by seq offset 7 limit 1)",
        named: &["block 2: event ", ":2: the row was changed in occurred_at"],
    },
    Attack {
        name: "somebody else is made to have done it",
        sql: "update es.event set meta = jsonb_set(meta, '{actor}', '\"00000000-0000-0000-0000-00000000000f\"')
              where seq = (select max(seq) from es.event)",
        named: &["block 3: event ", "the row was changed in meta"],
    },
    Attack {
        name: "an event is deleted",
        sql: "delete from es.event where seq = (select min(seq) from es.event)",
        named: &["block 1: event ", ":1: the row is missing"],
    },
    Attack {
        name: "an event is inserted where it was sealed already",
        sql: "insert into es.event select gen_random_uuid(), 1, nextval('es.event_seq'), xid, patient_id, stream_type,
              event_type, schema_ver, occurred_at, known_at, recorded_at, payload, meta
              from es.event order by seq limit 1",
        named: &["block 1: event ", "the row was added after the block had been sealed"],
    },
    Attack {
        name: "two versions of a stream change places",
        sql: "update es.event set version = 3 - version + 10 where stream_id = (select stream_id from es.event order by seq limit 1);
              update es.event set version = version - 10 where version > 10",
        named: &["block 1: event ", ":1: the row was changed in seq", ":2: the row was changed in seq"],
    },
    Attack {
        name: "two events change their places in the log",
        sql: "update es.event e set seq = o.seq from es.event o
              where e.stream_id = o.stream_id and e.version <> o.version
                and e.stream_id = (select stream_id from es.event order by seq limit 1)",
        named: &["block 1: event ", "the row was changed in seq"],
    },
    Attack {
        name: "the events are truncated",
        sql: "truncate es.event",
        named: &["block 1: event ", "block 2: event ", "block 3: event ", "the row is missing"],
    },
    Attack {
        name: "an entry of the trail is laid on somebody else",
        sql: "update audit.entry set actor = gen_random_uuid() where seq = (select min(seq) from audit.entry)",
        named: &["block 1: audit entry ", "the row was changed in actor"],
    },
    Attack {
        name: "a denial becomes a right",
        sql: "update audit.entry set outcome = 'denied', address = null where seq = (select max(seq) from audit.entry)",
        named: &["block 3: audit entry ", "address", "outcome"],
    },
    Attack {
        name: "an entry is deleted",
        sql: "delete from audit.entry where seq = (select max(seq) from audit.entry)",
        named: &["block 3: audit entry ", "the row is missing"],
    },
    Attack {
        name: "an entry is doubled",
        sql: "insert into audit.entry select * from audit.entry order by seq limit 1",
        named: &["block 1: audit entry ", "the row is there 2 times"],
    },
    Attack {
        name: "two entries change places",
        sql: "update audit.entry e set seq = 1000000 - e.seq",
        named: &["block 1: audit entry ", "the row is missing", "the row was added"],
    },
    Attack {
        name: "the trail is truncated",
        sql: "truncate audit.entry",
        named: &["block 1: audit entry ", "block 3: audit entry ", "the row is missing"],
    },
    Attack {
        name: "rows are moved to a transaction that no block covers yet",
        sql: "update es.event set xid = '9000000000' where seq = (select min(seq) from es.event)",
        named: &["block 1: event ", "the row is missing", ":1: the row bears the number of a transaction that has not begun"],
    },
    Attack {
        name: "an entry is added that no block can cover",
        sql: "alter table audit.entry drop constraint entry_can_be_sealed;
              insert into audit.entry (xid, at, actor, role, purpose, action, fields, outcome, request)
              values ('0'::xid8, now() - interval '40 days', gen_random_uuid(), 'nurse', 'TREAT', 'read_chart', 'clinical',
                'allowed', gen_random_uuid())",
        named: &["audit entry ", ": the row bears the number of no transaction, so that no block can cover it"],
    },
    Attack {
        name: "an entry is added that bears no number at all",
        sql: "alter table audit.entry alter column xid drop not null;
              insert into audit.entry (xid, at, actor, role, purpose, action, fields, outcome, request)
              values (null, now(), gen_random_uuid(), 'nurse', 'TREAT', 'read_chart', 'clinical', 'allowed',
                gen_random_uuid())",
        named: &["audit entry ", ": the row bears the number of no transaction, so that no block can cover it"],
    },
    Attack {
        name: "an entry is added for a transaction of the far future",
        sql: "insert into audit.entry (xid, at, actor, role, purpose, action, fields, outcome, request)
              values ('9000000000', now(), gen_random_uuid(), 'nurse', 'TREAT', 'read_chart', 'clinical', 'allowed',
                gen_random_uuid())",
        named: &["audit entry ", ": the row bears the number of a transaction that has not begun"],
    },
    Attack {
        name: "an event is added that no block can cover",
        sql: "alter table es.event drop constraint event_can_be_sealed;
              insert into es.event select gen_random_uuid(), 1, nextval('es.event_seq'), '0'::xid8, patient_id, stream_type,
              event_type, schema_ver, occurred_at, known_at, recorded_at, payload, meta
              from es.event order by seq limit 1",
        named: &["event ", ":1: the row bears the number of no transaction, so that no block can cover it"],
    },
    Attack {
        name: "an event is added that bears no number at all",
        sql: "alter table es.event alter column xid drop not null;
              insert into es.event select gen_random_uuid(), 1, nextval('es.event_seq'), null::xid8, patient_id, stream_type,
              event_type, schema_ver, occurred_at, known_at, recorded_at, payload, meta
              from es.event order by seq limit 1",
        named: &["event ", ":1: the row bears the number of no transaction, so that no block can cover it"],
    },
    Attack {
        name: "more rows are added that no block can cover than are named",
        sql: "alter table audit.entry drop constraint entry_can_be_sealed;
              insert into audit.entry (xid, at, actor, role, purpose, action, fields, outcome, request)
              select '2'::xid8, now(), gen_random_uuid(), 'nurse', 'TREAT', 'read_chart', 'clinical', 'allowed',
                gen_random_uuid() from generate_series(1, 107)",
        named: &["audit entry ", "7 more rows of audit.entry bear such numbers"],
    },
    Attack {
        name: "a block says something else",
        sql: "update seal.block set events = events - 1, sealed_at = sealed_at - interval '1 hour' where block = 2",
        named: &["block 2: its hash is not that of what it says"],
    },
    Attack {
        name: "a block covers another window",
        sql: "update seal.block set snap = from_snap where block = 2",
        named: &["block 2: its hash is not", "block 3: its window does not begin where the block before ended"],
    },
    Attack {
        name: "a signature is replaced",
        sql: "update seal.block set signature = set_byte(signature, 3, get_byte(signature, 3) # 1) where block = 3",
        named: &["block 3: its signature is not that of the key it names"],
    },
    Attack {
        name: "a row and the list of leaves are changed together",
        sql: "update es.event set payload = '\\x00' where seq = (select min(seq) from es.event);
              update seal.leaves set leaves = set_byte(leaves, 30, get_byte(leaves, 30) # 1) where block = 1",
        named: &["block 1: its rows are not those that were sealed, and its list of leaves was changed as well"],
    },
    Attack {
        name: "a block in the middle is deleted",
        sql: "delete from seal.leaves where block = 2; delete from seal.block where block = 2",
        named: &["block 2: the block is missing"],
    },
    Attack {
        name: "the last blocks and their rows are deleted, as if they had never been",
        sql: "delete from es.event e using seal.block b where b.block = 2 and not pg_visible_in_snapshot(e.xid, b.from_snap);
              delete from audit.entry e using seal.block b where b.block = 2
                and not pg_visible_in_snapshot(e.xid, b.from_snap);
              delete from seal.leaves where block >= 2; delete from seal.block where block >= 2",
        named: &["block 2: the block is missing; it was anchored at ", "block 3: the block is missing; it was anchored at "],
    },
];

/// Records that the attacks are tried on. A column is told by a mark of one byte: of 256 changes of it, one is found and named
/// by its row alone, and on another record it is another one.
const SITES: usize = 4;

/// SECURITY 43, fault 30: each edit, deletion, insertion, truncation and reordering is named with its block and row.
#[tokio::test]
async fn security_43_each_change_of_a_superuser_is_named() {
    let mut unnamed: Vec<(&Attack, String)> = vec![];
    for round in 0..SITES {
        let attacks: Vec<&Attack> =
            if round == 0 { ATTACKS.iter().collect() } else { unnamed.drain(..).map(|(attack, _)| attack).collect() };
        if attacks.is_empty() {
            return;
        }
        let site = site().await;
        site.is_sealed().await;
        for attack in attacks {
            let findings = tamper(&site, attack).await;
            assert!(!findings.is_empty(), "{}: nothing was found", attack.name);
            if !attack.named.iter().all(|named| findings.contains(named)) {
                unnamed.push((attack, findings));
            }
        }
        // Each was taken back: what is left is clean, so that no finding above was another attack's.
        assert_eq!(site.verdict().await.findings, []);
    }
    let named_nowhere: Vec<_> = unnamed.iter().map(|(attack, findings)| (attack.name, findings)).collect();
    assert_eq!(named_nowhere, []);
}

/// SECURITY 43: what no block could cover is not stored either, whoever inserts it.
#[tokio::test]
async fn security_43_what_no_block_could_cover_is_not_stored() {
    let site = site().await;
    site.something_happens().await;
    let of_entry = "insert into audit.entry (xid, at, actor, role, purpose, action, fields, outcome, request)
         values ('2'::xid8, now(), gen_random_uuid(), 'nurse', 'TREAT', 'read_chart', 'clinical', 'allowed', gen_random_uuid())";
    let of_event =
        "insert into es.event select gen_random_uuid(), 1, nextval('es.event_seq'), '0'::xid8, patient_id, stream_type,
         event_type, schema_ver, occurred_at, known_at, recorded_at, payload, meta from es.event limit 1";
    for (sql, constraint) in [(of_entry, "entry_can_be_sealed"), (of_event, "event_can_be_sealed")] {
        let refused = site.superuser.batch_execute(sql).await.expect_err(sql);
        assert_eq!(refused.as_db_error().and_then(|error| error.constraint()), Some(constraint), "{refused}");
    }
    let validated = "select count(*) from pg_constraint where convalidated and conname like '%_can_be_sealed'";
    let count: i64 = site.superuser.query_one(validated, &[]).await.expect("a count").get(0);
    assert_eq!(count, 2);
}

/// What the verifier finds within a transaction of the attacker's, which is rolled back.
async fn tamper(site: &Site, attack: &Attack) -> String {
    let superuser = &site.superuser;
    superuser.batch_execute("begin; set local session_replication_role = replica").await.expect("a transaction");
    superuser.batch_execute(attack.sql).await.unwrap_or_else(|error| panic!("{}: {error}", attack.name));
    let verdict = site.verdict().await;
    superuser.batch_execute("rollback").await.expect("rolled back");
    verdict.findings.iter().map(|finding| format!("{finding}\n")).collect()
}
