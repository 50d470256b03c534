//! Decision support for other systems by CDS Hooks 2.0.

mod clients;
mod discovery;
mod fallback;
mod feedback;
mod fuzzing;
mod hooks;
mod malformed;
mod opioids;
mod readings;
mod servers;
mod shape;
mod tokens;

use std::{
    process::Command,
    time::{SystemTime, UNIX_EPOCH},
};

use healthcare_api::cds_hooks::{CdsHooksConfig, ClientPolicy};
use healthcare_application::Role;
use healthcare_tests::app::{Answer, Ask, Backing, TestApp, spawn_app_with};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reqwest::Method;
use serde_json::{Value, json};

const CLIENTS: &str = "/api/v1/cds-clients";
const ISSUER: &str = "https://ehr.example.org";
const INSTANCE: &str = "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea";
const PATIENT: &str = "1288992";

/// A server that answers whoever asks, on what they send alone.
pub async fn open_app() -> TestApp {
    let cds_hooks = CdsHooksConfig { clients: Some(ClientPolicy::Optional), ..CdsHooksConfig::default() };
    spawn_app_with(Backing { cds_hooks, ..Backing::default() }).await
}

/// Calls a service as nobody in particular.
pub async fn call(app: &TestApp, service: &str, body: &Value) -> Answer {
    app.anonymous(Method::POST, &format!("/cds-services/{service}")).json(body).answer().await
}

/// The cards of an answer, each of which is as the standard says.
#[track_caller]
pub fn cards(answer: Answer) -> Vec<Value> {
    let answer = answer.expect(200);
    shape::hold(&answer.body);
    answer.body["cards"].as_array().expect("cards").clone()
}

/// The cards of a rule.
pub fn of_rule<'a>(cards: &'a [Value], rule: &str) -> Vec<&'a Value> {
    cards.iter().filter(|card| card["source"]["topic"]["code"] == rule).collect()
}

/// A request of a hook.
fn request(hook: &str, more: Value) -> Value {
    let mut context = json!({ "userId": "Practitioner/123", "patientId": PATIENT, "encounterId": "89284" });
    context.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    json!({ "hook": hook, "hookInstance": INSTANCE, "context": context })
}

/// An order of a drug by its RxNorm code and name.
fn order(id: &str, status: &str, rxcui: &str, name: &str) -> Value {
    json!({
        "resourceType": "MedicationRequest", "id": id, "status": status, "intent": "order",
        "medicationCodeableConcept": {
            "coding": [{ "system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": rxcui, "display": name }],
            "text": name,
        },
        "subject": { "reference": format!("Patient/{PATIENT}") },
    })
}

/// The same, so much so often a day.
fn dosed(mut order: Value, value: f64, unit: &str, frequency: u32, days: f64) -> Value {
    order["dosageInstruction"] = json!([{
        "timing": { "repeat": { "frequency": frequency, "period": days, "periodUnit": "d" } },
        "doseAndRate": [{ "doseQuantity": { "value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit } }],
    }]);
    order
}

fn bundle(resources: &[Value]) -> Value {
    let entries: Vec<Value> = resources.iter().map(|resource| json!({ "resource": resource })).collect();
    json!({ "resourceType": "Bundle", "type": "searchset", "entry": entries })
}

/// All that our templates ask for, of a patient without allergies who takes `active`.
fn prefetch(active: &[Value]) -> Value {
    let none = json!({
        "resourceType": "AllergyIntolerance", "id": "none", "patient": { "reference": format!("Patient/{PATIENT}") },
        "clinicalStatus": { "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "code": "active" }] },
        "code": { "coding": [{ "system": "http://snomed.info/sct", "code": "716186003", "display": "No known allergy" }] },
    });
    json!({
        "patient": { "resourceType": "Patient", "id": PATIENT, "gender": "male", "birthDate": "1970-12-23" },
        "medications": bundle(active),
        "allergies": bundle(&[none]),
        "conditions": null,
        "laboratory": null,
        "vitals": null,
    })
}

/// A draft against what is taken.
pub fn signing(drafts: &[Value], active: &[Value]) -> Value {
    let mut body = request("order-sign", json!({ "draftOrders": bundle(drafts) }));
    body["prefetch"] = prefetch(active);
    body
}

pub fn warfarin(id: &str, status: &str) -> Value {
    order(id, status, "855332", "Warfarin Sodium 5 MG Oral Tablet")
}

pub fn ketorolac(id: &str, status: &str) -> Value {
    order(id, status, "834022", "Ketorolac Tromethamine 10 MG Oral Tablet")
}

/// A client's key, made for the test by openssl.
struct Key {
    private: EncodingKey,
    kid: &'static str,
    /// The public half, as a JSON Web Key.
    public: Value,
}

impl Key {
    fn new(kid: &'static str) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let run = |arguments: &[&str]| {
            let ran = Command::new("openssl").args(arguments).current_dir(directory.path()).output().expect("openssl");
            assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        };
        run(&["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384", "-outform", "DER", "-out", "sec1"]);
        run(&["pkcs8", "-topk8", "-nocrypt", "-inform", "DER", "-in", "sec1", "-outform", "DER", "-out", "key"]);
        run(&["pkey", "-inform", "DER", "-in", "key", "-pubout", "-outform", "DER", "-out", "public"]);
        let read = |name: &str| std::fs::read(directory.path().join(name)).expect("made");
        let public = read("public");
        // The point stands last: x and y, 48 bytes each.
        let (x, y) = public[public.len() - 96..].split_at(48);
        let public = json!({ "kty": "EC", "crv": "P-384", "use": "sig", "alg": "ES384", "kid": kid, "x": base64url(x), "y": base64url(y) });
        Self { private: EncodingKey::from_ec_der(&read("key")), kid, public }
    }

    fn header(&self) -> Header {
        let mut header = Header::new(Algorithm::ES384);
        header.kid = Some(self.kid.to_owned());
        header
    }

    fn sign(&self, header: &Header, claims: &Value) -> String {
        jsonwebtoken::encode(header, claims, &self.private).expect("signed")
    }

    /// A token for an address of a server, as it should be.
    fn token(&self, app: &TestApp, path: &str) -> String {
        self.sign(&self.header(), &claims(app, path))
    }
}

fn base64url(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let whole = chunk.iter().fold(0_u32, |so_far, byte| so_far << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for n in 0..=chunk.len() {
            text.push(char::from(ALPHABET[(whole >> (18 - 6 * n)) as usize & 63]));
        }
    }
    text
}

fn seconds() -> i64 {
    #[expect(clippy::disallowed_methods, reason = "a client of another house has a clock of its own")]
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    i64::try_from(since).expect("a time")
}

/// The claims of a token as they should be.
fn claims(app: &TestApp, path: &str) -> Value {
    let now = seconds();
    let jti = app.platform.app.clock.new_id();
    json!({ "iss": ISSUER, "aud": format!("{}{path}", app.url), "iat": now, "exp": now + 300, "jti": jti })
}

/// What is registered of a client with a key.
fn registration(key: &Key) -> Value {
    json!({ "name": "EHR", "issuer": ISSUER, "jwks": { "keys": [key.public] } })
}

/// Registers a client and answers its id.
async fn register(app: &TestApp, registration: &Value) -> String {
    app.post(Role::Admin, CLIENTS, registration.clone()).await.expect(201).id()
}

/// Calls a service with a token.
async fn call_as(app: &TestApp, token: &str, service: &str, body: &Value) -> Answer {
    app.anonymous(Method::POST, &format!("/cds-services/{service}")).bearer_auth(token).json(body).answer().await
}
