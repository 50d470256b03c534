//! `access.relationship`, `access.label`, `access.break_glass`: who cares for whom, in the transaction of the event that
//! makes it so. Unlike the schema `read` these tables are not rebuilt: who admitted somebody stands beside the event.

use chrono::{DateTime, TimeDelta, Utc};
use healthcare_application::{
    Role,
    access::Closeness,
    audit::Outcome,
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

/// How long before it is to begin a planned visit opens the record to who planned it and who is to take part: a clinic
/// prepares the visits of the next day.
const PREPARED: TimeDelta = TimeDelta::days(1);

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

/// Who did it.
#[derive(Clone, Copy)]
struct Author {
    account: Uuid,
    /// How close they stood to the patient.
    stood: Closeness,
    /// Whether only a break-glass grant opened the record to them: nothing that is theirs by name comes of that.
    by_grant: bool,
}

/// Who did it, where they are of those who treat, care or admit. The system and an import are nobody's relationship.
fn author(commit: &Commit) -> Option<Author> {
    let role: Role = commit.meta.role.parse().ok()?;
    let entry = commit.meta.entry.as_deref();
    let author = Author {
        account: commit.meta.actor,
        stood: commit.meta.closeness.unwrap_or(Closeness::None),
        by_grant: entry.is_some_and(|entry| entry.outcome == Outcome::BreakGlass),
    };
    match role {
        Role::Doctor
        | Role::SeniorClinician
        | Role::Nurse
        | Role::Pharmacist
        | Role::LabTechnician
        | Role::Radiologist
        | Role::Receptionist => Some(author),
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
    by: Vec<Option<Uuid>>,
    from: Vec<DateTime<Utc>>,
    to: Vec<Option<DateTime<Utc>>>,
    graced: Vec<bool>,
}

impl Relationships {
    fn push(
        &mut self,
        change: &Change,
        kind: &'static str,
        (account, ward, by): (Option<Uuid>, Option<String>, Option<Uuid>),
        (from, to): (DateTime<Utc>, Option<DateTime<Utc>>),
        graced: bool,
    ) {
        let Some(patient) = change.patient else { return };
        self.source.push(change.id);
        self.kind.push(kind);
        self.patient.push(patient.0);
        self.account.push(account);
        self.ward.push(ward);
        self.by.push(by);
        self.from.push(from);
        self.to.push(to);
        self.graced.push(graced);
    }

    /// Who registers somebody may go on for the time of the grace, and so may their unit.
    fn registration(&mut self, change: &Change, author: Option<Author>) {
        for new in &change.events {
            if let (DomainEvent::Patient(PatientEvent::PatientRegistered { .. }), Some(author)) = (&new.event, author) {
                let party = (Some(author.account), None, None);
                self.push(change, "registration", party, (new.known_at, Some(new.known_at)), true);
            }
        }
    }

    /// The ward cares while they are on it, who admitted them until they leave, who takes part for as long as they do; all
    /// with the grace after the end. Of a visit that is planned, only who planned it and who is to take part, from shortly
    /// before it. What somebody brings about who did not stand that close bears their name: it brings them no closer.
    fn encounter(&mut self, change: &Change, state: &Encounter, author: Option<Author>) -> Vec<Statement> {
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
        let here = !matches!(state, Encounter::Planned { .. });
        let opens = |from: DateTime<Utc>| if here { from } else { from.max(admission.started_at - PREPARED) };
        if is_new
            && let (Some(first), Some(author)) = (change.events.first(), author.filter(|author| !author.by_grant))
            && admitted(&first.event)
        {
            let party = (Some(author.account), None, Some(author.account));
            self.push(change, "admission", party, (opens(first.known_at), over), true);
        }
        let ward = admission.ward.clone().filter(|_| here);
        if let Some(ward) = ward.clone() {
            let by = author.filter(|author| author.stood < Closeness::Ward).map(|author| author.account);
            self.push(change, "ward", (None, Some(ward), by), (admission.started_at, over), true);
        }
        for Part { account, from, until, by_themselves } in taking_part(&visit.team) {
            let until = match (until, over) {
                (Some(until), Some(over)) => Some(until.min(over)),
                (until, over) => until.or(over),
            };
            let party = (Some(account), None, by_themselves.then_some(account));
            self.push(change, "encounter", party, (opens(from), until), true);
        }
        if is_new {
            return vec![];
        }
        // Who planned it may go on from when the patient is there.
        let since = change.events.first().filter(|_| here).map(|new| new.known_at);
        let gone = "with gone as (delete from access.relationship
                where source = $1 and kind = 'ward' and ward is distinct from $3)
            update access.relationship set valid_to = $2,
                valid_from = case when kind = 'admission' then least(valid_from, $4) else valid_from end
            where source = $1 and kind in ('admission', 'encounter')";
        vec![Statement::new(gone).bind(change.id).bind(over).bind(ward).bind(since)]
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
                Member::Account(account) => (Some(account.0), None, None),
                Member::Ward(ward) => (None, Some(ward.clone()), None),
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
                $6::timestamptz[], $7::timestamptz[], $8::bool[], $9::uuid[]) r(s, k, p, a, w, f, t, g, b))
            insert into access.relationship as o
                (source, kind, party, patient_id, account_id, ward, valid_from, valid_to, graced, by_account)
            select s, k, coalesce(a::text, w), p, a, w, f, t, g, b from r
            union all
            select distinct r.s, r.k, u.ward, r.p, null::uuid, u.ward, r.f, r.f, true, null::uuid from r join access.staff_ward u
                on u.account_id = r.a and u.ward <> '*' and u.valid_from <= r.f + interval '1 minute'
                and (u.valid_to is null or u.valid_to > r.f)
                where r.k = 'registration'
            on conflict (source, kind, party) do update set valid_from = excluded.valid_from,
                valid_to = excluded.valid_to, patient_id = excluded.patient_id,
                by_account = case when o.kind = 'ward' then o.by_account else excluded.by_account end";
        let Self { source, kind, patient, account, ward, by, from, to, graced } = self;
        let insert = Statement::new(insert).bind(source).bind(kind).bind(patient).bind(account).bind(ward);
        Some(insert.bind(from).bind(to).bind(graced).bind(by))
    }
}

/// Somebody who takes part, in whatever roles.
#[derive(Debug, Clone, PartialEq)]
struct Part {
    account: Uuid,
    from: DateTime<Utc>,
    until: Option<DateTime<Utc>>,
    by_themselves: bool,
}

/// Who takes part, each from when they first did until when they last do; open where one is. Of roles that are open, and of
/// roles that are over, one that another named them in counts; one that is open counts before one that is over.
fn taking_part(team: &[Participant]) -> Vec<Part> {
    let mut all: Vec<Part> = Vec::new();
    for one in team {
        let (account, from, until, by_themselves) = (one.account.0, one.from, one.until, one.by_themselves);
        match all.iter_mut().find(|part| part.account == account) {
            Some(part) => {
                part.by_themselves = match (part.until, until) {
                    (None, None) | (Some(_), Some(_)) => part.by_themselves && by_themselves,
                    (None, Some(_)) => part.by_themselves,
                    (Some(_), None) => by_themselves,
                };
                part.from = from.min(part.from);
                part.until = part.until.zip(until).map(|(before, now)| before.max(now));
            }
            None => all.push(Part { account, from, until, by_themselves }),
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

#[cfg(test)]
mod tests {
    use healthcare_domain::{encounter::ParticipantRole, id::AccountId};

    use super::*;

    fn at(hour: u32) -> DateTime<Utc> {
        format!("2026-11-21T{hour:02}:00:00Z").parse().unwrap()
    }

    fn one(from: u32, until: Option<u32>, by_themselves: bool) -> Participant {
        let (account, until) = (AccountId(Uuid::from_u128(1)), until.map(at));
        Participant { account, role: ParticipantRole::Attender, from: at(from), until, by_themselves }
    }

    /// SECURITY 31: who was let go and named themselves anew is not as close as when another had named them.
    #[test]
    fn who_named_themselves_again_counts_as_such() {
        let part = |team: &[Participant]| {
            let all = taking_part(team);
            (all.len(), all[0].from, all[0].until, all[0].by_themselves)
        };
        assert_eq!(part(&[one(8, Some(9), false), one(10, None, true)]), (1, at(8), None, true));
        assert_eq!(part(&[one(8, None, true), one(9, None, false)]), (1, at(8), None, false), "named by another too");
        assert_eq!(part(&[one(8, None, true), one(9, Some(10), false)]), (1, at(8), None, true), "who let go of that");
        assert_eq!(part(&[one(8, Some(9), true), one(9, Some(11), true)]), (1, at(8), Some(at(11)), true));
    }
}
