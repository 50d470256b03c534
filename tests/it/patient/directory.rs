//! The directory where names are frequent: whatever way a search goes, it finds whom a look at everybody finds, in that order.

use healthcare_application::Role;
use healthcare_infrastructure::projection::sounds;
use healthcare_tests::app::{TestApp, spawn_app};
use uuid::Uuid;

/// So many that the names of most are frequent: more are counted than are gathered at once, and two that are frequent each
/// may be rare together.
const PEOPLE: u128 = 24_000;

struct Somebody {
    id: Uuid,
    names: Vec<&'static str>,
}

impl Somebody {
    fn nth(n: u128) -> Self {
        let family = match n % 20 {
            0..=8 => "silva",
            9..=16 => "sousa",
            17 => "ana",
            _ => "zeta",
        };
        let given = match (n * 7 + n / 20) % 20 {
            0..=9 => "ana",
            10..=17 => "bruno",
            // Nobody called Sousa is called Silva as well.
            18 if family != "sousa" => "silva",
            _ => "maia",
        };
        // One in ten has a second given name, one in ten another one, one in a hundred both.
        let others = [((n / 20).is_multiple_of(10), "xenia"), ((n / 200).is_multiple_of(10), "yara")];
        let others = others.into_iter().filter_map(|(has, name)| has.then_some(name));
        Self {
            id: Uuid::from_u128(0x0199_0000_0000_7000_8000_0000_0000_0000 + n),
            names: [family, given].into_iter().chain(others).collect(),
        }
    }

    fn card(&self) -> String {
        let words: String = self.names.iter().map(|name| format!(" {name}")).collect();
        let heard: String = sounds(self.names.iter().copied()).iter().map(|code| format!(" ={code}=")).collect();
        format!("{words}\t{heard}")
    }

    fn is_called(&self, words: &str) -> bool {
        words.split('+').all(|word| self.names.iter().any(|name| name.starts_with(word)))
    }

    fn sounds_as(&self, words: &str) -> bool {
        let heard = |name: &str, word: &str| sounds([name]).iter().any(|code| sounds([word]).contains(code));
        words.split('+').all(|word| self.names.iter().any(|name| heard(name, word)))
    }
}

/// Everybody, as the projections would have written them.
async fn fill(app: &TestApp) -> Vec<Somebody> {
    let people: Vec<Somebody> = (0..PEOPLE).map(Somebody::nth).collect();
    let owner = app.owner().await;
    let column = |of: &dyn Fn(&Somebody) -> String| people.iter().map(of).collect::<Vec<_>>();
    let ids: Vec<Uuid> = people.iter().map(|one| one.id).collect();
    let (families, givens) = (column(&|one| one.names[0].to_owned()), column(&|one| one.names[1..].join(" ")));
    let cards = column(&Somebody::card);
    let bodies = column(&|one| format!(r#"{{"id":"{}","version":1,"names":[],"identifiers":[]}}"#, one.id));
    owner
        .execute(
            "insert into read.patient (id, version, family, given, gender, deceased, card)
             select i, 1, f, g, 'unknown', false, c from unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) t(i, f, g, c)",
            &[&ids, &families, &givens, &cards],
        )
        .await
        .expect("patients");
    let words = column(&|one| one.names.join(" "));
    let heard = column(&|one| sounds(one.names.iter().copied()).join(" "));
    for (table, column, texts) in [("patient_word", "word", &words), ("patient_sound", "sound", &heard)] {
        let insert = format!(
            "insert into read.{table} (patient_id, {column}, card)
             select distinct t.i, one.part, t.c from unnest($1::uuid[], $2::text[], $3::text[]) t(i, w, c),
                 lateral unnest(string_to_array(t.w, ' ')) one(part)"
        );
        owner.execute(&insert, &[&ids, texts, &cards]).await.expect("words and sounds");
    }
    owner
        .execute(
            "insert into read.entry (id, item, kind, patient_id, version, active, struck, at, body)
             select i, 0, 'patient', i, 1, true, false, now(), b from unnest($1::uuid[], $2::text[]) t(i, b)",
            &[&ids, &bodies],
        )
        .await
        .expect("views");
    owner.batch_execute("analyze read.patient, read.patient_word, read.patient_sound").await.expect("analysed");
    people
}

/// The first pages of a search.
async fn pages(app: &TestApp, query: &str, count: usize) -> Vec<String> {
    let (mut all, mut cursor) = (vec![], String::new());
    for _ in 0..count {
        let page = app.get(Role::Nurse, &format!("/api/v1/patients?limit=150&{query}{cursor}")).await.expect(200).body;
        let items = page["items"].as_array().cloned().expect("items");
        all.extend(items.iter().filter_map(|one| one["id"].as_str().map(str::to_owned)));
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    all
}

#[tokio::test]
async fn frequent_names_are_found_whichever_way_the_search_goes() {
    let app = spawn_app().await;
    let people = fill(&app).await;
    let names = [
        "silva",
        "s",
        "ana",
        "a",
        "sousa",
        "maia",
        "zeta",
        "silva+ana",
        "ana+silva",
        "s+a",
        "sousa+silva",
        "sousa+maia",
        "zeta+bruno",
        "ana+maia",
        "ana+bruno",
        "b+s",
        "si+si",
        "nobody+ana",
        "x",
        "xenia",
        "ma",
        "zeta+xenia",
        "ze+xe",
        "xenia+yara",
        "x+y",
        "y+bru",
        "s+ana+x",
        "a+an",
        "z+y+x",
    ];
    let heard = ["silva", "sousa+ana", "bruno+silva", "maia", "xenia", "zeta+yara"];
    let mut asked = vec![];
    for words in names {
        asked.push((format!("name={words}"), people.iter().filter(|one| one.is_called(words)).collect::<Vec<_>>()));
    }
    for words in heard {
        let found = people.iter().filter(|one| one.sounds_as(words)).collect();
        asked.push((format!("sounds_like={words}"), found));
    }
    for (words, heard) in [("s", "bruno"), ("zeta", "xenia"), ("x", "yara"), ("x+s", "yara")] {
        let both = people.iter().filter(|one| one.is_called(words) && one.sounds_as(heard)).collect();
        asked.push((format!("name={words}&sounds_like={heard}"), both));
    }
    for (query, mut found) in asked {
        for sort in ["registered", "-registered", "name"] {
            match sort {
                "registered" => found.sort_by_key(|one| one.id),
                "-registered" => found.sort_by_key(|one| std::cmp::Reverse(one.id)),
                _ => found.sort_by_key(|one| (one.card(), one.id)),
            }
            let expected: Vec<String> = found.iter().take(300).map(|one| one.id.to_string()).collect();
            assert_eq!(pages(&app, &format!("{query}&sort={sort}"), 2).await, expected, "{query} {sort}");
        }
    }
    // The last page of a long list by name, and none behind it.
    let mut silvas: Vec<&Somebody> = people.iter().filter(|one| one.is_called("silva")).collect();
    silvas.sort_by_key(|one| (one.card(), one.id));
    let before_last = silvas[silvas.len() - 4].id;
    let last: Vec<String> = silvas[silvas.len() - 3..].iter().map(|one| one.id.to_string()).collect();
    assert_eq!(pages(&app, &format!("name=silva&sort=name&cursor={before_last}"), 1).await, last);
}

/// Fifty names of long words are more than a row of an index holds: the patient is registered, and found by each of them.
#[tokio::test]
async fn who_has_more_names_than_an_index_holds_is_found_by_the_last() {
    let app = spawn_app().await;
    // Words that no compression shortens; the same on every run.
    let mut seed = 0x2545_F491_4F6C_DD1D_u64;
    let mut letter = move || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        char::from(b'a' + u8::try_from(seed % 26).expect("a letter"))
    };
    let words: Vec<String> = (0..50).map(|_| (0..150).map(|_| letter()).collect()).collect();
    let names: Vec<_> = words.iter().map(|word| serde_json::json!({ "family": "Zylberg", "given": [word] })).collect();
    let body = serde_json::json!({ "names": names, "birth_date": "1950-01-01" });
    let many = app.post(Role::Receptionist, "/api/v1/patients", body).await.expect(201).id();
    let other = serde_json::json!({ "names": [{ "family": "Zylberg", "given": ["Bo"] }], "birth_date": "1971-05-09" });
    let other = app.post(Role::Receptionist, "/api/v1/patients", other).await.expect(201).id();
    let mut last = words.clone();
    last.sort();
    for word in [&words[0], &words[49], &last[49]] {
        for sort in ["registered", "-registered", "name"] {
            for name in [word.clone(), format!("zylberg+{}", &word[..60]), format!("{word}+zyl")] {
                assert_eq!(pages(&app, &format!("name={name}&sort={sort}"), 2).await, [many.as_str()], "{sort}");
            }
            let born = format!("name={}&birth_date=1950-01-01&sort={sort}", &word[..80]);
            assert_eq!(pages(&app, &born, 2).await, [many.as_str()], "walked, {sort}");
        }
    }
    let mut both = pages(&app, "name=zylberg&sort=registered", 2).await;
    both.sort();
    let mut expected = [many, other];
    expected.sort();
    assert_eq!(both, expected);
}
