//! The statements that a search is answered by. Each is read from an index that carries the cards, and ends with the page.

use healthcare_application::{StoreError, read::PatientSort};
use tokio_postgres::{Row, types::ToSql};

use super::query::{Listed, Part, Query};
use crate::database::{Database, Sight};

impl Query {
    /// Runs a select with those of the parameters that it names.
    pub async fn read(&self, db: &Database, sql: &str) -> Result<Vec<Row>, StoreError> {
        let (sql, named) = renumbered(sql);
        let all = named.iter().filter_map(|n| self.values.get(n.saturating_sub(1)));
        let params: Vec<&(dyn ToSql + Sync)> = all.map(|value| &**value as &(dyn ToSql + Sync)).collect();
        db.read_as(&Sight::directory(), &sql, &params).await
    }

    /// How many rows of the index a part is found in, counted up to so many.
    pub fn counts(&self, up_to: u32) -> String {
        let count = |part: &Part| {
            let Part { table, condition, .. } = part;
            format!("(select count(*) from (select from {table} f where {condition} limit {up_to}) f)")
        };
        format!("select {}", self.parts.iter().map(count).collect::<Vec<_>>().join(", "))
    }

    /// Of the next so many cards by registration: how many have all parts; how many have all of them elsewhere than at the
    /// beginning; then how many have each.
    pub fn sample(&self, size: u32) -> String {
        let each: Vec<String> = self.parts.iter().map(|part| part.on("s.card", "s.id")).collect();
        let all = each.join(" and ");
        let leads: Vec<String> = self.parts.iter().filter_map(|part| part.leads.as_deref()).map(s_card).collect();
        let within = leads.iter().map(|leads| format!(" and not ({leads})")).collect::<String>();
        let counts: Vec<String> = [all.clone(), format!("{all}{within}")]
            .iter()
            .chain(&each)
            .map(|which| format!("count(*) filter (where {which})"))
            .collect();
        // Registrations go on in the order of identities; what a list by name is behind says nothing of them.
        let (order, place) = match self.sort {
            PatientSort::Registered | PatientSort::Name => ("p.id", ">"),
            PatientSort::LatestRegistered => ("p.id desc", "<"),
        };
        let after = self.after.as_ref().filter(|_| self.sort != PatientSort::Name);
        let after = after.map(|after| format!("where p.id {place} {after} ")).unwrap_or_default();
        format!(
            "select {} from (select p.id, p.card from read.patient p {after}order by {order} limit {size}) s",
            counts.join(", ")
        )
    }

    /// Reads all rows of a part, drops those whose card lacks another, and sorts the rest.
    pub fn gather(&self, which: usize, within: bool) -> String {
        let Some(part) = self.parts.get(which) else { return self.walk(&[]) };
        let others = self
            .parts
            .iter()
            .enumerate()
            .filter(|(n, _)| *n != which)
            .map(|(_, part)| part.on("f.card", "f.patient_id"));
        // Those whose card begins with a part are read in order elsewhere.
        let led = self.parts.iter().filter(|_| within).filter_map(|part| part.leads.as_deref());
        let led = led.map(|leads| format!("not ({})", leads.replace("{card}", "f.card")));
        let mut all = vec![format!("({})", part.condition)];
        all.extend(others.chain(led).chain(self.beyond("f.patient_id", "f.card")));
        let (table, order) = (part.table, self.order("g"));
        format!(
            "select g.id, g.card from (select distinct f.patient_id as id, f.card from {table} f where {}) g
             where coalesce((select {} from read.patient p where p.id = g.id), false){}
             order by {order} limit {}",
            all.join(" and "),
            self.standing,
            self.listed("g.id", &self.lists),
            self.most
        )
    }

    /// Walks the directory in the order of the list until the page is full.
    pub fn walk(&self, more: &[String]) -> String {
        let cards = self.parts.iter().map(|part| part.on("p.card", "p.id"));
        let born = self.born.iter().cloned();
        let all: Vec<String> = std::iter::once(self.standing.clone())
            .chain(born)
            .chain(cards)
            .chain(self.beyond("p.id", "p.card"))
            .chain(more.iter().cloned())
            .collect();
        let (order, lists) = (self.order("p"), self.listed("p.id", &self.lists));
        format!(
            "select p.id, p.card from read.patient p where {}{lists} order by {order} limit {}",
            all.join(" and "),
            self.most
        )
    }

    /// Walks those cards that begin with a part: where a list by name has most of whom it is about, in its order.
    pub fn led_by(&self) -> Vec<String> {
        let leads = self.parts.iter().filter_map(|part| part.leads.as_deref());
        leads.map(|leads| self.walk(&[leads.replace("{card}", "p.card")])).collect()
    }

    /// Walks those cards that begin with none of the parts.
    pub fn led_by_none(&self) -> String {
        let leads = self.parts.iter().filter_map(|part| part.leads.as_deref());
        let none: Vec<String> = leads.map(|leads| format!("not ({})", leads.replace("{card}", "p.card"))).collect();
        self.walk(&none)
    }

    /// The first page of several lists, each of which is in order.
    pub fn merged(&self, lists: &[String]) -> String {
        let lists: Vec<String> = lists.iter().map(|list| format!("({list})")).collect();
        format!(
            "select m.id, m.card from ({}) m order by {} limit {}",
            lists.join(" union "),
            self.order("m"),
            self.most
        )
    }

    /// Reads all whom one of the lists names, and asks the directory of each.
    pub fn listed_by(&self, which: usize) -> String {
        let Some(list) = self.lists.get(which) else { return self.walk(&[]) };
        let Listed { rows, condition, .. } = list;
        let others: Vec<Listed> =
            self.lists.iter().enumerate().filter(|(n, _)| *n != which).map(|(_, list)| list.clone()).collect();
        let born = self.born.iter().map(|born| format!(" and {born}")).collect::<String>();
        let cards = self.parts.iter().map(|part| format!(" and {}", part.on("p.card", "p.id"))).collect::<String>();
        let beyond = self.beyond("p.id", "p.card").into_iter().map(|one| format!(" and {one}")).collect::<String>();
        format!(
            "select p.id, p.card from (select distinct patient_id from {rows} where {condition}) f,
                lateral (select p.id, p.card from read.patient p
                         where p.id = f.patient_id and {}{born}{cards}{beyond}{} offset 0) p
             order by {} limit {}",
            self.standing,
            self.listed("p.id", &others),
            self.order("p"),
            self.most
        )
    }

    /// How many one of the lists names, counted up to so many.
    pub fn length(&self, list: &Listed, up_to: u32) -> String {
        let Listed { rows, condition, .. } = list;
        format!("select count(*) from (select from {rows} where {condition} limit {up_to}) f")
    }

    fn order(&self, of: &str) -> String {
        match self.sort {
            PatientSort::Registered => format!("{of}.id"),
            PatientSort::LatestRegistered => format!("{of}.id desc"),
            PatientSort::Name => format!("{of}.card, {of}.id"),
        }
    }

    /// Who comes after the cursor, among those who may be shown. A cursor holds an identity alone: names are in no URL.
    fn beyond(&self, id: &str, card: &str) -> Vec<String> {
        let after = self.after.as_ref().map(|after| match self.sort {
            PatientSort::Registered => format!("{id} > {after}"),
            PatientSort::LatestRegistered => format!("{id} < {after}"),
            PatientSort::Name => {
                format!("({card}, {id}) > (select l.card, l.id from read.patient l where l.id = {after})")
            }
        });
        let among = self.among.as_ref().map(|among| format!("{id} {among}"));
        after.into_iter().chain(among).collect()
    }

    fn listed(&self, id: &str, by: &[Listed]) -> String {
        by.iter().map(|list| format!(" and {}", list.has(id))).collect()
    }
}

fn s_card(condition: &str) -> String {
    condition.replace("{card}", "s.card")
}

/// A statement that numbers its parameters from 1 without a gap, and which parameters those were: each statement names some
/// of those of the search.
fn renumbered(sql: &str) -> (String, Vec<usize>) {
    let (mut text, mut named, mut rest) = (String::with_capacity(sql.len()), vec![], sql);
    while let Some(at) = rest.find('$') {
        let digits = rest[at + 1..].chars().take_while(char::is_ascii_digit).count();
        let (before, number, behind) = (&rest[..at], &rest[at + 1..at + 1 + digits], &rest[at + 1 + digits..]);
        text += before;
        match number.parse::<usize>() {
            Ok(number) => {
                let place = named.iter().position(|known| *known == number).unwrap_or_else(|| {
                    named.push(number);
                    named.len() - 1
                });
                text += &format!("${}", place + 1);
            }
            Err(_) => text.push('$'),
        }
        rest = behind;
    }
    text += rest;
    (text, named)
}

#[cfg(test)]
mod tests {
    use super::renumbered;

    #[test]
    fn a_statement_is_sent_the_parameters_it_names() {
        assert_eq!(renumbered("a = $12 and b > $3 or c < $12"), ("a = $1 and b > $2 or c < $1".into(), vec![12, 3]));
        assert_eq!(renumbered("select 1"), ("select 1".into(), vec![]));
    }
}
