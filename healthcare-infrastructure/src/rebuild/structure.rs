//! The structure of a schema, made again under another name: columns, keys, indexes with their names, rights.

use deadpool_postgres::GenericClient;

use super::RebuildError;

/// A copy of some tables of a schema, empty, in another one.
pub(super) struct Copy<'a> {
    pub from: &'a str,
    pub to: &'a str,
    pub tables: Vec<String>,
}

impl Copy<'_> {
    /// Makes the schema anew, with the tables, their keys and rights.
    pub async fn tables(&self, client: &impl GenericClient) -> Result<(), RebuildError> {
        let Self { from, to, tables } = self;
        // Only a rebuild that did not end leaves it.
        client.batch_execute(&format!("drop schema if exists {to} cascade; create schema {to}")).await?;
        for table in tables {
            client
                .batch_execute(&format!(
                    "create table {to}.{table} (like {from}.{table} including defaults including constraints
                     including generated including identity including storage including comments)"
                ))
                .await?;
        }
        self.run(
            client,
            "select format('alter table %I.%I add constraint %I %s', $2::text, r.relname, c.conname, pg_get_constraintdef(c.oid))
             from pg_constraint c join pg_class r on r.oid = c.conrelid
             where r.relnamespace = $1::text::regnamespace and r.relname = any($3) and c.contype in ('p', 'u', 'x')
             order by c.conname",
        )
        .await?;
        self.run(
            client,
            "select format('comment on table %I.%I is %L', $2::text, r.relname, d.description)
             from pg_class r join pg_description d on d.objoid = r.oid and d.objsubid = 0
                and d.classoid = 'pg_class'::regclass
             where r.relnamespace = $1::text::regnamespace and r.relname = any($3) and r.relkind = 'r'",
        )
        .await?;
        self.run(
            client,
            "select format('grant %s on %I.%I to %I', a.privilege_type, $2::text, r.relname, g.rolname)
             from pg_class r, aclexplode(r.relacl) a join pg_roles g on g.oid = a.grantee
             where r.relnamespace = $1::text::regnamespace and r.relname = any($3) and r.relkind = 'r'
                and a.grantee <> r.relowner",
        )
        .await?;
        self.run(
            client,
            "select format('select access.guard(%L, %L, %L)', format('%I.%I', $2::text, r.relname), g.of_patient, g.also)
             from pg_class r join access.guarded g on g.name = $1::text || '.' || r.relname
             where r.relnamespace = $1::text::regnamespace and r.relname = any($3)",
        )
        .await?;
        self.run(
            client,
            "select format('create trigger to_survivor before insert or update on %I.%I
                for each row execute function access.to_survivor(%L)', $2::text, r.relname, coalesce(c.stream, ''))
             from pg_class r join access.merge_catalogue c on c.name = $1::text || '.' || r.relname and c.how = 'moves'
             where r.relnamespace = $1::text::regnamespace and r.relname = any($3)",
        )
        .await?;
        self.run(
            client,
            "select format('grant %s on schema %I to %I', a.privilege_type, $2::text, g.rolname)
             from pg_namespace n, aclexplode(n.nspacl) a join pg_roles g on g.oid = a.grantee
             where n.oid = $1::text::regnamespace and a.grantee <> n.nspowner and cardinality($3::text[]) > 0",
        )
        .await
    }

    /// Makes the other indexes and the references between the tables, once these are filled.
    pub async fn indexes(&self, client: &impl GenericClient) -> Result<(), RebuildError> {
        self.run(
            client,
            "select replace(pg_get_indexdef(i.indexrelid), format(' ON %I.', $1::text), format(' ON %I.', $2::text))
             from pg_index i join pg_class r on r.oid = i.indrelid
             where r.relnamespace = $1::text::regnamespace and r.relname = any($3)
                and not exists (select from pg_constraint c where c.conindid = i.indexrelid and c.contype in ('p', 'u', 'x'))",
        )
        .await?;
        self.run(
            client,
            "select format('alter table %I.%I add constraint %I %s', $2::text, r.relname, c.conname,
                replace(pg_get_constraintdef(c.oid), format('REFERENCES %I.', $1::text), format('REFERENCES %I.', $2::text)))
             from pg_constraint c join pg_class r on r.oid = c.conrelid
             where r.relnamespace = $1::text::regnamespace and r.relname = any($3) and c.contype = 'f'",
        )
        .await
    }

    /// Runs the statements that a query composes of `$1` the schema, `$2` the other one, `$3` the tables.
    async fn run(&self, client: &impl GenericClient, composed_by: &str) -> Result<(), RebuildError> {
        for row in client.query(composed_by, &[&self.from, &self.to, &self.tables]).await? {
            client.batch_execute(row.get(0)).await?;
        }
        Ok(())
    }
}

/// The tables of a schema. Refuses when it holds more than tables: whatever else there is would be left behind.
pub(super) async fn tables_of(client: &impl GenericClient, schema: &str) -> Result<Vec<String>, RebuildError> {
    let others = client
        .query(
            "select c.relname::text || ' (no table)' from pg_class c where c.relnamespace = $1::text::regnamespace
                and c.relkind not in ('r', 'i', 'S', 't')
             union all select p.proname::text || ' (function)' from pg_proc p where p.pronamespace = $1::text::regnamespace
             union all select t.tgname::text || ' (trigger)' from pg_trigger t join pg_class c on c.oid = t.tgrelid
                where c.relnamespace = $1::text::regnamespace and not t.tgisinternal and t.tgname <> 'to_survivor'
             union all select c.relname::text || ' (row security)' from pg_class c
                where c.relnamespace = $1::text::regnamespace and c.relrowsecurity
                    and regexp_replace(c.relnamespace::regnamespace::text, '_(next|old)$', '') || '.' || c.relname
                        not in (select name from access.guarded)",
            &[&schema],
        )
        .await?;
    if !others.is_empty() {
        let names: Vec<String> = others.iter().map(|row| row.get(0)).collect();
        return Err(RebuildError::Unknown(names.join(", ")));
    }
    let rows = client
        .query(
            "select relname::text from pg_class where relnamespace = $1::text::regnamespace and relkind = 'r' order by 1",
            &[&schema],
        )
        .await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// Drops a schema that was replaced, table by table: nothing outside of it may hang on it.
pub(super) async fn drop_replaced(client: &impl GenericClient, schema: &str) -> Result<(), RebuildError> {
    let tables = tables_of(client, schema).await?;
    if !tables.is_empty() {
        let named: Vec<String> = tables.iter().map(|table| format!("{schema}.{table}")).collect();
        client.batch_execute(&format!("drop table {}", named.join(", "))).await?;
    }
    client.batch_execute(&format!("drop schema {schema}")).await?;
    Ok(())
}

/// Takes the right to rebuild, for this session.
pub(super) async fn alone(client: &impl GenericClient, what: &str) -> Result<(), RebuildError> {
    let row = client
        .query_one("select pg_try_advisory_lock(hashtextextended('healthcare.rebuild:' || $1::text, 0))", &[&what])
        .await?;
    if row.get(0) { Ok(()) } else { Err(RebuildError::Running) }
}

/// Gives it back.
pub(super) async fn release(client: &impl GenericClient, what: &str) -> Result<(), RebuildError> {
    client
        .query_one("select pg_advisory_unlock(hashtextextended('healthcare.rebuild:' || $1::text, 0))", &[&what])
        .await?;
    Ok(())
}
