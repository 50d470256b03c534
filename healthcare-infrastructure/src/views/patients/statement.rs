//! The statements that a search is answered by. Each is read from an index that carries the cards, and ends with the page.

use healthcare_application::{StoreError, read::PatientSort};
use tokio_postgres::{Row, types::ToSql};

use super::query::{Listed, Part, Query};
use crate::database::{Database, Sight};

/// Which cards a list is about.
pub(super) enum Cards {
    /// Whatever they begin with.
    All,
    /// Those that a part leads, which this says.
    Led(String),
    /// Those that begin with none of the parts.
    NotLed,
}

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

    /// Of the next so many cards by registration: how many there were, and in the whole directory; how many have all parts; how
    /// many have all of them elsewhere than at the beginning; then how many have each. What was cut off from a card is left out.
    pub fn sample(&self, size: u32) -> String {
        let parts: Vec<(usize, &Part)> = self.parts.iter().enumerate().collect();
        // Each card is looked through once for each part.
        let places: String =
            parts.iter().map(|(n, part)| format!(", {} as at{n}", part.place.replace("{card}", "p.card"))).collect();
        let each: Vec<String> = parts.iter().map(|(n, _)| format!("s.at{n} > 0")).collect();
        let all = each.join(" and ");
        let leading = parts.iter().filter(|(_, part)| part.leads_not.is_some());
        let within: String = leading.map(|(n, _)| format!(" and s.at{n} <> 1")).collect();
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
        // As many as the last analysis counted; none where there was none.
        let there = "(select greatest(c.reltuples, 0)::bigint from pg_class c where c.oid = 'read.patient'::regclass)";
        format!(
            "select count(*), {there}, {} from (select p.id{places} from read.patient p {after}order by {order} limit {size}) s",
            counts.join(", ")
        )
    }

    /// Reads all rows of a part, drops those whose card lacks another, and sorts the rest.
    pub fn gather(&self, which: usize) -> String {
        let Some(part) = self.parts.get(which) else { return self.walk(&Cards::All) };
        let rows = self.rows(which, &part.condition, true, &Cards::All);
        self.page(&self.sorted(&format!("select distinct f.patient_id as id, f.card from {rows}")))
    }

    /// Those rows of a part that a condition leaves, whose card has the other parts and comes after the cursor.
    pub(super) fn rows(&self, which: usize, condition: &str, is_exact: bool, cards: &Cards) -> String {
        let parts = self.parts.iter().enumerate().filter(|(n, _)| !is_exact || *n != which);
        let on_card = parts.map(|(_, part)| part.on("f.card", "f.patient_id"));
        let all: Vec<String> = std::iter::once(format!("({condition})"))
            .chain(self.among(cards, "f.card"))
            .chain(on_card)
            .chain(self.beyond("f.patient_id", "f.card", cards))
            .collect();
        let table = self.parts.get(which).map_or("read.patient_word", |part| part.table);
        format!("{table} f where {}", all.join(" and "))
    }

    /// Those who were found, in order: a page asks of no more of them than it shows whether their records are in use.
    pub(super) fn sorted(&self, found: &str) -> String {
        format!("select s.id, s.card from ({found}) s order by {}", self.order("s"))
    }

    /// The first page of those who were found in order, if their records have the standing that is asked for.
    pub(super) fn page(&self, found: &str) -> String {
        format!(
            "select g.id, g.card from ({found}) g
             where coalesce((select {} from read.patient p where p.id = g.id), false){}
             order by {} limit {}",
            self.standing,
            self.listed("g.id", &self.lists),
            self.order("g"),
            self.most
        )
    }

    /// Walks the directory in the order of the list until the page is full.
    pub fn walk(&self, cards: &Cards) -> String {
        let parts = self.parts.iter().map(|part| part.on("p.card", "p.id"));
        let born = self.born.iter().cloned();
        let all: Vec<String> = std::iter::once(self.standing.clone())
            .chain(born)
            .chain(self.among(cards, "p.card"))
            .chain(parts)
            .chain(self.beyond("p.id", "p.card", cards))
            .collect();
        let (order, lists) = (self.order("p"), self.listed("p.id", &self.lists));
        format!(
            "select p.id, p.card from read.patient p where {}{lists} order by {order} limit {}",
            all.join(" and "),
            self.most
        )
    }

    fn among(&self, cards: &Cards, card: &str) -> Vec<String> {
        match cards {
            Cards::All => vec![],
            Cards::Led(leads) => vec![leads.replace("{card}", card)],
            Cards::NotLed => self.led_by_none(card),
        }
    }

    /// That a card begins with none of the parts.
    fn led_by_none(&self, card: &str) -> Vec<String> {
        let none = self.parts.iter().filter_map(|part| part.leads_not.as_deref());
        none.map(|not| not.replace("{card}", card)).collect()
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
        let Some(list) = self.lists.get(which) else { return self.walk(&Cards::All) };
        let Listed { rows, condition, .. } = list;
        let others: Vec<Listed> =
            self.lists.iter().enumerate().filter(|(n, _)| *n != which).map(|(_, list)| list.clone()).collect();
        let born = self.born.iter().map(|born| format!(" and {born}")).collect::<String>();
        let cards = self.parts.iter().map(|part| format!(" and {}", part.on("p.card", "p.id"))).collect::<String>();
        let beyond =
            self.beyond("p.id", "p.card", &Cards::All).into_iter().map(|one| format!(" and {one}")).collect::<String>();
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

    pub(super) fn order(&self, of: &str) -> String {
        match self.sort {
            PatientSort::Registered => format!("{of}.id"),
            PatientSort::LatestRegistered => format!("{of}.id desc"),
            PatientSort::Name => format!("{of}.card, {of}.id"),
        }
    }

    /// Who comes after the cursor, among those who may be shown. A cursor holds an identity alone: names are in no URL.
    fn beyond(&self, id: &str, card: &str, cards: &Cards) -> Vec<String> {
        let after = self.after.as_ref().map(|after| match self.sort {
            PatientSort::Registered => format!("{id} > {after}"),
            PatientSort::LatestRegistered => format!("{id} < {after}"),
            PatientSort::Name => {
                let behind = format!("({card}, {id}) > (select l.card, l.id from read.patient l where l.id = {after})");
                // The range begins there: this is for those of the same card.
                if matches!(cards, Cards::Led(_)) { format!("coalesce({behind}, false)") } else { behind }
            }
        });
        let among = self.among.as_ref().map(|among| format!("{id} {among}"));
        after.into_iter().chain(among).collect()
    }

    fn listed(&self, id: &str, by: &[Listed]) -> String {
        by.iter().map(|list| format!(" and {}", list.has(id))).collect()
    }
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
