//! `access.relationship`, `access.label`, `access.break_glass`: who cares for whom, in the transaction of the event that
//! makes it so. Unlike the schema `read` these tables are not rebuilt: who admitted somebody stands beside the event.

use chrono::{DateTime, Utc};
use healthcare_application::{
    Role,
    store::{Change, Commit},
};
use healthcare_domain::{
    AnyState, DomainEvent,
    account::{Account, AccountEvent, Known},
    break_glass::BreakGlass,
    care_team::{CareTeam, CareTeamEvent, Member, Membership},
    encounter::{Encounter, EncounterEvent, Participant},
    patient::PatientEvent,
};
use uuid::Uuid;

use super::{Statement, version_after};

/// The statements for all commits that are stored together.
pub fn statements(commits: &[Commit]) -> Vec<Statement> {
    let mut all = Vec::new();
    let mut new = Relationships::default();
    for commit in commits {
        let author = author(commit);
        for change in &commit.changes {
            match &change.state {
                AnyState::Patient(_) => new.registration(change, author),
                AnyState::Encounter(state) => all.extend(new.encounter(change, state, author)),
                AnyState::CareTeam(state) => all.extend(new.care_team(change, state)),
                AnyState::BreakGlass(state) => all.extend(break_glass(change, state)),
                AnyState::Account(state) => all.extend(staff_wards(change, state)),
                AnyState::Consent(_)
                | AnyState::Identity(_)
                | AnyState::Allergy(_)
                | AnyState::Problem(_)
                | AnyState::Ward(_)
                | AnyState::Bed(_)
                | AnyState::FamilyHistory(_)
                | AnyState::Vitals(_)
                | AnyState::Observation(_)
                | AnyState::MedicationOrder(_)
                | AnyState::Procedure(_)
                | AnyState::Immunization(_)
                | AnyState::Plan(_)
                | AnyState::Goal(_)
                | AnyState::Note(_)
                | AnyState::Template(_)
                | AnyState::Rule(_)
                | AnyState::Report(_)
                | AnyState::Practitioner(_)
                | AnyState::Organization(_)
                | AnyState::ExternalRecord(_)
                | AnyState::Device(_)
                | AnyState::Alert(_)
                | AnyState::Suggestion(_)
                | AnyState::Score(_)
                | AnyState::CalculatedScore(_)
                | AnyState::AlarmLimits(_)
                | AnyState::Resource(_)
                | AnyState::AppointmentType(_)
                | AnyState::Appointment(_)
                | AnyState::WaitlistEntry(_)
                | AnyState::CdsClient(_)
                | AnyState::ServiceAccount(_) => {}
            }
        }
    }
    // What is over goes before what is new.
    all.extend(new.insert());
    all
}

/// Who did it, where they are of those who treat, care or admit. The system and an import are nobody's relationship.
fn author(commit: &Commit) -> Option<Uuid> {
    let role: Role = commit.meta.role.parse().ok()?;
    match role {
        Role::Doctor
        | Role::SeniorClinician
        | Role::Nurse
        | Role::Pharmacist
        | Role::LabTechnician
        | Role::Radiologist
        | Role::Receptionist => Some(commit.meta.actor),
        Role::Admin
        | Role::Analyst
        | Role::Auditor
        | Role::PrivacyOfficer
        | Role::RuleAuthor
        | Role::Device
        | Role::Patient => None,
    }
}

/// The columns of new rows.
#[derive(Default)]
struct Relationships {
    source: Vec<Uuid>,
    kind: Vec<&'static str>,
    patient: Vec<Uuid>,
    account: Vec<Option<Uuid>>,
    ward: Vec<Option<String>>,
    from: Vec<DateTime<Utc>>,
    to: Vec<Option<DateTime<Utc>>>,
    graced: Vec<bool>,
}

impl Relationships {
    fn push(
        &mut self,
        change: &Change,
        kind: &'static str,
        (account, ward): (Option<Uuid>, Option<String>),
        (from, to): (DateTime<Utc>, Option<DateTime<Utc>>),
        graced: bool,
    ) {
        let Some(patient) = change.patient else { return };
        self.source.push(change.id);
        self.kind.push(kind);
        self.patient.push(patient.0);
        self.account.push(account);
        self.ward.push(ward);
        self.from.push(from);
        self.to.push(to);
        self.graced.push(graced);
    }

    /// Who registers somebody may go on for the time of the grace, and so may their unit.
    fn registration(&mut self, change: &Change, author: Option<Uuid>) {
        for new in &change.events {
            if let (DomainEvent::Patient(PatientEvent::PatientRegistered { .. }), Some(author)) = (&new.event, author) {
                self.push(change, "registration", (Some(author), None), (new.known_at, Some(new.known_at)), true);
            }
        }
    }

    /// The ward cares while they are on it, who admitted them until they leave, who takes part for as long as they do; all
    /// with the grace after the end. Of a visit that is planned, only who planned it.
    fn encounter(&mut self, change: &Change, state: &Encounter, author: Option<Uuid>) -> Vec<Statement> {
        let Some(visit) = state.visit() else { return vec![] };
        let admission = &visit.admission;
        let over = match state {
            Encounter::NotAdmitted | Encounter::Planned { .. } | Encounter::Admitted { .. } => None,
            Encounter::Discharged { at, .. } => Some(at.unwrap_or(admission.started_at)),
            Encounter::Cancelled { at, .. } => Some(*at),
            Encounter::EnteredInError { .. } => Some(admission.started_at),
        };
        let admitted = |event: &DomainEvent| {
            let event = if let DomainEvent::Encounter(event) = event { event } else { return false };
            matches!(event, EncounterEvent::PatientAdmitted { .. } | EncounterEvent::EncounterPlanned { .. })
        };
        let is_new = change.expected == 0;
        if is_new
            && let (Some(first), Some(author)) = (change.events.first(), author)
            && admitted(&first.event)
        {
            self.push(change, "encounter", (Some(author), None), (first.known_at, over), true);
        }
        let here = !matches!(state, Encounter::Planned { .. });
        if let Some(ward) = admission.ward.as_ref().filter(|_| here) {
            self.push(change, "ward", (None, Some(ward.clone())), (admission.started_at, over), true);
        }
        for (account, from, until) in taking_part(&visit.team) {
            let until = match (until, over) {
                (Some(until), Some(over)) => Some(until.min(over)),
                (until, over) => until.or(over),
            };
            self.push(change, "encounter", (Some(account), None), (from, until), true);
        }
        if is_new {
            return vec![];
        }
        let gone = "with gone as (delete from access.relationship where source = $1 and kind = 'ward')
            update access.relationship set valid_to = $2 where source = $1 and kind = 'encounter'";
        vec![Statement::new(gone).bind(change.id).bind(over)]
    }

    /// All of the team as it is now, and the label where it was decided on.
    fn care_team(&mut self, change: &Change, state: &CareTeam) -> Vec<Statement> {
        let Some(patient) = change.patient else { return vec![] };
        let mut all = vec![Statement::new("delete from access.relationship where source = $1").bind(change.id)];
        for (member, care) in &state.members {
            let kind = match care.membership {
                Membership::Team => "team",
                Membership::Referral => "referral",
            };
            let party = match member {
                Member::Account(account) => (Some(account.0), None),
                Member::Ward(ward) => (None, Some(ward.clone())),
            };
            self.push(change, kind, party, (care.from, care.until), false);
        }
        let labelled =
            |event: &DomainEvent| matches!(event, DomainEvent::CareTeam(CareTeamEvent::RecordLabelled { .. }));
        if change.events.iter().any(|new| labelled(&new.event)) {
            let upsert = "insert into access.label as l (patient_id, version, label) values ($1, $2, $3)
                on conflict (patient_id) do update set version = excluded.version, label = excluded.label
                where l.version < excluded.version";
            let upsert = Statement::new(upsert).bind(patient.0).bind(version_after(change));
            all.push(upsert.bind(state.label.as_str()));
        }
        all
    }

    /// The new rows; and with whoever registers somebody, the unit they work on: an outpatient clinic, a ward that takes
    /// somebody in before the papers are done.
    fn insert(self) -> Option<Statement> {
        if self.source.is_empty() {
            return None;
        }
        let insert = "with r as (select * from unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::text[],
                $6::timestamptz[], $7::timestamptz[], $8::bool[]) r(s, k, p, a, w, f, t, g))
            insert into access.relationship
                (source, kind, party, patient_id, account_id, ward, valid_from, valid_to, graced)
            select s, k, coalesce(a::text, w), p, a, w, f, t, g from r
            union all
            select distinct r.s, r.k, u.ward, r.p, null::uuid, u.ward, r.f, r.f, true from r join access.staff_ward u
                on u.account_id = r.a and u.ward <> '*' and u.valid_from <= r.f + interval '1 minute'
                and (u.valid_to is null or u.valid_to > r.f)
                where r.k = 'registration'
            on conflict (source, kind, party) do update set valid_from = excluded.valid_from,
                valid_to = excluded.valid_to, patient_id = excluded.patient_id";
        let Self { source, kind, patient, account, ward, from, to, graced } = self;
        let insert = Statement::new(insert).bind(source).bind(kind).bind(patient).bind(account).bind(ward);
        Some(insert.bind(from).bind(to).bind(graced))
    }
}

/// Who takes part, each from when they first did until when they last do, in whatever roles; open where one is.
fn taking_part(team: &[Participant]) -> Vec<(Uuid, DateTime<Utc>, Option<DateTime<Utc>>)> {
    let mut all: Vec<(Uuid, DateTime<Utc>, Option<DateTime<Utc>>)> = Vec::new();
    for one in team {
        match all.iter_mut().find(|(account, ..)| *account == one.account.0) {
            Some((_, from, until)) => {
                *from = one.from.min(*from);
                *until = until.zip(one.until).map(|(before, now)| before.max(now));
            }
            None => all.push((one.account.0, one.from, one.until)),
        }
    }
    all
}

/// The wards of a profile, from when it says so: those it no longer names end, those it names anew begin.
fn staff_wards(change: &Change, state: &Account) -> Option<Statement> {
    let Account::Known(Known { profile: Some(profile), .. }) = state else { return None };
    let tells = |event: &DomainEvent| {
        matches!(event, DomainEvent::Account(AccountEvent::AccountCreated { .. } | AccountEvent::ProfileChanged { .. }))
    };
    let at = change.events.iter().rev().find(|new| tells(&new.event))?.known_at;
    let wards = "with gone as (update access.staff_ward set valid_to = $3
            where account_id = $1 and valid_to is null and ward <> all($2::text[]))
        insert into access.staff_ward (account_id, ward, valid_from)
        select distinct $1::uuid, w, $3::timestamptz from unnest($2::text[]) w
        where not exists (select from access.staff_ward where account_id = $1 and ward = w and valid_to is null)";
    Some(Statement::new(wards).bind(change.id).bind(profile.wards.clone()).bind(at))
}

/// A grant, as the review queue shows it.
fn break_glass(change: &Change, state: &BreakGlass) -> Option<Statement> {
    let (grant, closed, review) = match state {
        BreakGlass::Unopened => return None,
        BreakGlass::Opened { grant, closed } => (grant, closed, None),
        BreakGlass::Reviewed { grant, closed, outcome, by, at } => (grant, closed, Some((by.0, *at, outcome))),
    };
    let text = |value: serde_json::Result<serde_json::Value>| {
        value.ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
    };
    let outcome = review.map(|(_, _, outcome)| text(serde_json::to_value(outcome)));
    let upsert = "insert into access.break_glass as b
        (id, version, patient_id, account_id, reason, purpose, opened_at, until, closed_at, reviewed_by, reviewed_at,
         outcome)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        on conflict (id) do update set version = excluded.version, closed_at = excluded.closed_at,
            reviewed_by = excluded.reviewed_by, reviewed_at = excluded.reviewed_at, outcome = excluded.outcome
        where b.version < excluded.version";
    let upsert = Statement::new(upsert).bind(change.id).bind(version_after(change));
    let upsert = upsert.bind(grant.patient.0).bind(grant.by.0).bind(grant.reason.as_str().to_owned());
    let upsert = upsert.bind(text(serde_json::to_value(grant.purpose))).bind(grant.at).bind(grant.until).bind(*closed);
    Some(upsert.bind(review.map(|(by, ..)| by)).bind(review.map(|(_, at, _)| at)).bind(outcome))
}
