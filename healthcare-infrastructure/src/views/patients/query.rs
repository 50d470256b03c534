//! What a search asks for, as conditions on the tables of the directory.

use healthcare_application::{
    access::Circle,
    read::{PatientSearch, PatientSort},
};
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use crate::projection::{CUT, Ending, endings_of, fold, sounds};

/// A part of a name that is looked for, by its letters or its sound. All the rows it is found in carry the card.
#[derive(Debug, Clone)]
pub(super) struct Part {
    /// The table of words, or of sounds.
    pub table: &'static str,
    /// Which of its rows.
    pub condition: String,
    /// As a condition on a card: the text of it stands for `{card}`, whose it is for `{id}`. Of a card that was cut the table
    /// is asked.
    pub on_card: String,
    /// Where on a card it begins, in the same way; 0 where it is not on it, or was cut off from it.
    pub place: String,
    /// Of a word: which cards begin with it, in the same way.
    pub leads: Option<String>,
    /// Of a word: which cards do not, in the same way; said so that no planner takes it for two ranges of an index, whose rows
    /// it would have to sort.
    pub leads_not: Option<String>,
    /// The rows of the table by what its index has before the cards: each of these leads to some of whom the part is about
    /// in the order of names, all of them together to all of whom it is about and whose card does not begin with it.
    pub keys: Vec<Key>,
    /// How much it tells, when nothing is known of how many match.
    pub tells: usize,
}

/// A part of an index in which cards stand in their order.
#[derive(Debug, Clone)]
pub(super) struct Key {
    /// Which of the rows.
    pub condition: String,
    /// Whether all of them have the part; otherwise their cards are looked at.
    pub is_exact: bool,
    /// Whether it leads to those cards alone in which one word at most follows the first.
    pub is_alone: bool,
}

impl Part {
    /// Whether the card of a row has it.
    pub fn on(&self, card: &str, id: &str) -> String {
        self.on_card.replace("{card}", card).replace("{id}", id)
    }

    /// The condition on a card that one of these texts is on it, or on what was cut off from it, as `cut` asks.
    fn on_card(cut: &str, texts: &[String]) -> String {
        let on: Vec<String> = texts.iter().map(|text| format!("strpos({{card}}, {text}) > 0")).collect();
        format!("({} or (right({{card}}, 1) = '{CUT}' and {cut}))", on.join(" or "))
    }

    /// Where one of these texts begins on a card; 0 where it has none of them.
    fn place(texts: &[String]) -> String {
        let places: Vec<String> = texts.iter().map(|text| format!("strpos({{card}}, {text})")).collect();
        format!("greatest({})", places.join(", "))
    }
}

/// What patients are listed by elsewhere: numbers, telephones, pathways.
#[derive(Debug, Clone)]
pub(super) struct Listed {
    /// Rows with a `patient_id`, as a table.
    pub rows: String,
    /// Which of them.
    pub condition: String,
    /// Whether a patient is among them, whose id stands for `{id}`: a question by itself, so that it is asked of each and
    /// never joined.
    asked: String,
    /// Whether it leaves a handful.
    pub is_narrow: bool,
}

impl Listed {
    /// A table that leaves a handful.
    fn narrow(table: &str, condition: String) -> Self {
        let asked =
            format!("coalesce((select true from {table} where patient_id = {{id}} and ({condition}) limit 1), false)");
        Self { rows: table.to_owned(), condition, asked, is_narrow: true }
    }

    /// Where patients stand on pathways. Whoever was merged stands where the survivor does, and where these stand nowhere on
    /// that pathway, the survivor stands where they did.
    fn pathway(condition: String) -> Self {
        const ELSEWHERE: &str = "not exists (select from read.patient_pathway o
            where o.patient_id = s.survivor and o.pathway = w.pathway)";
        let rows = format!(
            "(select coalesce(s.survivor, w.patient_id) as patient_id, w.pathway, w.stage
              from read.patient_pathway w left join es.survivor s on s.patient_id = w.patient_id
              where s.patient_id is null or {ELSEWHERE}) w"
        );
        let asked = format!(
            "coalesce(
                (select true from read.patient_pathway w where w.patient_id = {{id}} and {condition} limit 1),
                (select true from es.survivor s join read.patient_pathway w on w.patient_id = s.patient_id
                 where s.survivor = {{id}} and {condition} and {ELSEWHERE} limit 1), false)
             and not exists (select from es.survivor m where m.patient_id = {{id}})"
        );
        Self { rows, condition, asked, is_narrow: false }
    }

    /// Whether it lists a patient.
    pub fn has(&self, id: &str) -> String {
        self.asked.replace("{id}", id)
    }
}

/// A search as it is asked.
#[derive(Default)]
pub(super) struct Query {
    /// Parts of names; all must match.
    pub parts: Vec<Part>,
    /// Other lists the patients must be on.
    pub lists: Vec<Listed>,
    /// The birth date, as a condition on `p`.
    pub born: Option<String>,
    /// What standing the record has, as a condition on `p`.
    pub standing: String,
    /// Behind which patient: their parameter.
    pub after: Option<String>,
    /// Among whom at all: an operator and its operand.
    pub among: Option<String>,
    /// In which order.
    pub sort: PatientSort,
    /// How many at most: one more than fit on the page.
    pub most: u32,
    /// The parameters.
    pub values: Vec<Box<dyn ToSql + Sync + Send>>,
}

impl Query {
    /// What is asked; `None` where nobody can match. What is given without a letter or a digit is nobody's name; it is not
    /// everybody's.
    pub fn of(search: &PatientSearch) -> Option<Self> {
        let mut query = Self { sort: search.sort, most: u32::from(search.limit) + 1, ..Self::default() };
        let called = search.name.as_deref().map_or(Some(vec![]), words)?;
        for word in telling(&called) {
            query.is_called(word);
        }
        for word in search.sounds_like.as_deref().map_or(Some(vec![]), words)? {
            query.sounds_as(&word)?;
        }
        query.parts.sort_by_key(|part| std::cmp::Reverse(part.tells));
        query.standing = match &search.status {
            Some(status) => format!("p.status = {}", query.bind(status.clone())),
            None => "p.status <> 'entered-in-error'".to_owned(),
        };
        query.born = search.birth_date.map(|born| format!("p.birth_date = {}", query.bind(born)));
        if let Some(identifier) = &search.identifier {
            let condition = query.is_numbered(identifier);
            query.lists.push(Listed::narrow("read.patient_identifier", condition));
        }
        if let Some(phone) = &search.phone {
            let condition = query.is_reached_by(phone)?;
            query.lists.push(Listed::narrow("read.patient_phone", condition));
        }
        if search.pathway.is_some() || search.stage.is_some() {
            let on = search.pathway.clone().map(|pathway| format!("w.pathway = {}", query.bind(pathway)));
            let at = search.stage.clone().map(|stage| format!("w.stage = {}", query.bind(stage)));
            let condition = on.into_iter().chain(at).collect::<Vec<_>>().join(" and ");
            query.lists.push(Listed::pathway(condition));
        }
        query.after = search.after.map(|after| query.bind(after));
        query.begin_behind_the_cursor();
        let among = match &search.within {
            None | Some(Circle::Everybody) => None,
            Some(Circle::Only(patients)) => Some(("= any", patients)),
            Some(Circle::Except(patients)) => Some(("<> all", patients)),
        };
        query.among = among.map(|(how, patients)| {
            let patients: Vec<Uuid> = patients.iter().map(|patient| patient.0).collect();
            format!("{how}({}::uuid[])", query.bind(patients))
        });
        Some(query)
    }

    fn bind(&mut self, value: impl ToSql + Sync + Send + 'static) -> String {
        self.values.push(Box::new(value));
        format!("${}", self.values.len())
    }

    /// A list by name that goes on behind a card begins its ranges there: of two lower bounds an index takes the first, and
    /// reads on from it to the second row by row.
    fn begin_behind_the_cursor(&mut self) {
        let Some(after) = self.after.as_ref().filter(|_| self.sort == PatientSort::Name) else { return };
        let behind = format!("(select l.card from read.patient l where l.id = {after})");
        for leads in self.parts.iter_mut().filter_map(|part| part.leads.as_mut()) {
            if let Some((from, to)) = leads.split_once(" and ") {
                let from = from.replace("{card} >= ", "");
                *leads = format!("{{card}} >= greatest({from}, {behind}) and {to}");
            }
        }
    }

    /// A word that a name begins with.
    fn is_called(&mut self, word: &str) {
        let (from, to) = (self.bind(word.to_owned()), self.bind(format!("{word}\u{10FFFF}")));
        let (on, up_to) = (self.bind(format!(" {word}")), self.bind(format!(" {word}\u{10FFFF}")));
        let (table, condition) = ("read.patient_word", format!("f.word >= {from} and f.word < {to}"));
        let (column, letters) = if word.chars().count() == 1 { ("one", 1) } else { ("two", 2) };
        let begins = self.bind(word.chars().take(letters).collect::<String>());
        let key = |is_alone: bool| Key {
            condition: format!(
                "f.follows and f.{column} = {begins} and {}",
                if is_alone { "not f.crowded" } else { "f.crowded" }
            ),
            is_exact: word.chars().count() <= letters,
            is_alone,
        };
        self.parts.push(Part {
            table,
            keys: vec![key(true), key(false)],
            on_card: Part::on_card(&format!("access.has_word({{id}}, {from}, {to})"), std::slice::from_ref(&on)),
            place: Part::place(std::slice::from_ref(&on)),
            condition,
            leads: Some(format!("{{card}} >= {on} and {{card}} < {up_to}")),
            leads_not: Some(format!("strpos({{card}}, {on}) <> 1")),
            tells: word.len(),
        });
    }

    /// What a name sounds like; `None` where it has no sound.
    fn sounds_as(&mut self, word: &str) -> Option<()> {
        let codes = sounds([word]);
        let tells = codes.iter().map(String::len).max()?;
        let on: Vec<String> = codes.iter().map(|code| self.bind(format!(" ={code}="))).collect();
        let keys = codes.iter().map(|code| Key {
            condition: format!("f.sound = {}", self.bind(code.clone())),
            is_exact: true,
            is_alone: false,
        });
        let keys = keys.collect();
        let codes = self.bind(codes);
        let on_card = Part::on_card(&format!("access.has_sound({{id}}, {codes})"), &on);
        let (table, condition) = ("read.patient_sound", format!("f.sound = any({codes}::text[])"));
        self.parts.push(Part {
            table,
            condition,
            on_card,
            place: Part::place(&on),
            leads: None,
            leads_not: None,
            keys,
            tells,
        });
        Some(())
    }

    /// `system|value`, or a value of any system.
    fn is_numbered(&mut self, identifier: &str) -> String {
        match identifier.split_once('|') {
            Some((system, value)) => {
                format!("value = {} and system = {}", self.bind(value.to_owned()), self.bind(system.to_owned()))
            }
            None => format!("value = {}", self.bind(identifier.to_owned())),
        }
    }

    /// A number of which this is the end, or which is the end of this. `None` where it has too few digits to tell.
    fn is_reached_by(&mut self, phone: &str) -> Option<String> {
        let endings = endings_of(phone).into_iter().map(|Ending { telling, whole }| {
            let (to, from, whole) = (self.bind(format!("{telling}\u{10FFFF}")), self.bind(telling), self.bind(whole));
            format!(
                "backwards >= {from} and backwards < {to}
                 and (starts_with(backwards, {whole}) or starts_with({whole}, backwards))"
            )
        });
        endings.reduce(|one, other| format!("{one} or {other}"))
    }
}

/// Those of the words that say something: who has a name that begins with Mar has one that begins with Ma. What is left must
/// be the beginnings of as many different names.
fn telling(words: &[String]) -> impl Iterator<Item = &String> {
    words
        .iter()
        .enumerate()
        .filter(|(n, word)| {
            !words
                .iter()
                .enumerate()
                .any(|(m, other)| m != *n && other.starts_with(*word) && (other != *word || m < *n))
        })
        .map(|(_, word)| word)
}

/// The words of a name as the directory compares them.
fn words(name: &str) -> Option<Vec<String>> {
    if name.trim().is_empty() {
        return Some(vec![]);
    }
    let words = fold(name);
    (!words.is_empty()).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::telling;

    #[test]
    fn a_beginning_of_another_word_says_nothing() {
        let told = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            telling(&words).cloned().collect::<Vec<_>>()
        };
        assert_eq!(told(&["ma", "mar", "b"]), ["mar", "b"]);
        assert_eq!(told(&["si", "si"]), ["si"]);
        assert_eq!(told(&["mar", "ma", "mar"]), ["mar"]);
    }
}
