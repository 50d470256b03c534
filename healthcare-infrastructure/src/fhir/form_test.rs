use super::*;

fn place(json: &str) -> Option<String> {
    place_in(json, Hollow::Refused)
}

fn place_in(json: &str, hollow: Hollow) -> Option<String> {
    let step = |step: Step| match step {
        Step::Name(name) => format!("/{name}"),
        Step::Nth(nth) => format!("/{nth}"),
    };
    check(json, hollow).err().map(|fault| fault.steps.into_iter().map(step).collect())
}

#[test]
fn of_several_types_of_one_element_the_second_is_told() {
    for (json, second) in [
        (
            r#"{"medicationReference":{"display":"a"},"medicationCodeableConcept":{"text":"a"}}"#,
            "/medicationCodeableConcept",
        ),
        (r#"{"a":[{"asNeededBoolean":true,"asNeededCodeableConcept":{"text":"a"}}]}"#, "/a/0/asNeededCodeableConcept"),
        (r#"{"a":{"doseQuantity":{"value":1},"doseRange":{"low":{"value":1}}}}"#, "/a/doseRange"),
        (r#"{"valueQuantity":{"value":1},"valueString":"a"}"#, "/valueString"),
        (r#"{"onsetDateTime":"2020","_onsetString":{"id":"a"}}"#, "/_onsetString"),
        (r#"{"deceasedBoolean":false,"deceasedDateTime":"2020"}"#, "/deceasedDateTime"),
    ] {
        assert_eq!(place(json).as_deref(), Some(second), "{json}");
    }
    for json in [
        r#"{"valueString":"a","_valueString":{"id":"a"}}"#,
        r#"{"reasonCode":[{"text":"a"}],"reasonReference":[{"display":"a"}]}"#,
        r#"{"deceasedBoolean":false,"multipleBirthBoolean":false,"performer":[{"display":"a"}]}"#,
        r#"{"doseAndRate":[{"doseQuantity":{"value":1},"rateQuantity":{"value":1}}]}"#,
        r#"{"a":{"valueString":"a"},"b":{"valueBoolean":true}}"#,
    ] {
        assert_eq!(place(json), None, "{json}");
    }
}

#[test]
fn nothing_is_null_and_nothing_empty_but_what_a_twin_tells() {
    for (json, at) in [
        (r#"{"encounter":null}"#, "/encounter"),
        (r#"{"code":{"coding":[]}}"#, "/code/coding"),
        (r#"{"code":{}}"#, "/code"),
        (r#"{"a":[{"b":"c"},{}]}"#, "/a/1"),
        (r#"{"given":["a",null]}"#, "/given/1"),
        (r#"{"given":["a",null],"_given":[{"id":"b"},null]}"#, "/given/1"),
        (r#"{"resourceType":"Bundle","link":[]}"#, "/link"),
        (r#"{"resourceType":"List","entry":[]}"#, "/entry"),
    ] {
        assert_eq!(place(json).as_deref(), Some(at), "{json}");
    }
    for json in [
        r#"{"given":["a",null],"_given":[null,{"id":"b"}]}"#,
        r#"{"resourceType":"Bundle","type":"searchset","entry":[]}"#,
        r#"{"a":false,"b":0,"c":""}"#,
    ] {
        assert_eq!(place(json), None, "{json}");
    }
}

#[test]
fn a_timing_has_to_be_able_to_be() {
    let timing = |repeat: &str| place(&format!(r#"{{"timing":{{"repeat":{{{repeat}}}}}}}"#));
    for (repeat, name) in [
        (r#""frequency":0"#, "frequency"),
        (r#""frequency":1.5"#, "frequency"),
        (r#""frequency":1,"frequencyMax":-1"#, "frequencyMax"),
        (r#""count":0"#, "count"),
        (r#""period":-1"#, "period"),
        (r#""period":0"#, "period"),
        (r#""periodMax":-0.5"#, "periodMax"),
        (r#""duration":-1"#, "duration"),
    ] {
        assert_eq!(timing(repeat), Some(format!("/timing/repeat/{name}")), "{repeat}");
    }
    assert_eq!(timing(r#""frequency":1,"period":0.5,"periodUnit":"d","duration":0,"durationUnit":"h""#), None);
}

#[test]
fn what_is_said_to_stand_within_does() {
    let of = |inside: &str, to: &str| {
        let resource = format!(
            r#"{{"resourceType":"A","contained":[{{"resourceType":"B","id":"{inside}","c":{{"reference":"{to}"}}}}]}}"#
        );
        place(&resource)
    };
    assert_eq!(of("m", "#m"), None);
    assert_eq!(of("m", "#"), None);
    assert_eq!(of("m", "A/m"), None);
    assert_eq!(of("m", "#n").as_deref(), Some("/contained/0/c/reference"));
    // What another resource of the Bundle contains is not contained in this one.
    let bundle = r##"{"resourceType":"Bundle","entry":[
        {"resource":{"resourceType":"A","contained":[{"resourceType":"B","id":"m"}],"b":{"reference":"#m"}}},
        {"resource":{"resourceType":"A","b":{"reference":"#m"}}}]}"##;
    assert_eq!(place(bundle).as_deref(), Some("/entry/1/resource/b/reference"));
}

#[test]
fn the_record_asks_for_one_of_each_at_the_top() {
    let both = r#"{"medicationCodeableConcept":{"text":"a"},"medicationReference":{"reference":"Medication/1"}}"#;
    assert_eq!(ensure_one_of_each(both).unwrap_err().place, "medicationReference");
    let one = r#"{"medicationCodeableConcept":{"text":"a"},"medicationReference":null}"#;
    assert_eq!(ensure_one_of_each(one), Ok(()));
    assert_eq!(ensure_one_of_each(r#"{"valueString":"a","component":[{"valueString":"b"}],"code":null}"#), Ok(()));
}

#[test]
fn what_holds_nothing_is_passed_over_where_it_is_let_be_and_the_rest_is_looked_at() {
    for hollow in [r#"{"a":null}"#, r#"{"a":[]}"#, r#"{"a":{}}"#, r#"{"a":{"b":[null]}}"#] {
        assert!(place(hollow).is_some(), "{hollow}");
        assert_eq!(place_in(hollow, Hollow::LetBe), None, "{hollow}");
    }
    let both = r#"{"note":[],"valueString":"a","valueInteger":1}"#;
    assert_eq!(place_in(both, Hollow::LetBe).unwrap(), "/valueInteger");
}
