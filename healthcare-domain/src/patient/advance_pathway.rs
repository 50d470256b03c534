//! A pathway is walked a step at a time: by command, or because something happened.

use chrono::{DateTime, Utc};

use super::{Cause, PathwayCatalogue, Patient, PatientError, PatientEvent, Standing, Step, Walked};
use crate::id::AccountId;

/// A step that somebody says was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advance {
    /// On which pathway; the house's first where none is named.
    pub pathway: Option<String>,
    /// The stage reached.
    pub stage: String,
    /// Who says so.
    pub by: AccountId,
    /// When.
    pub at: DateTime<Utc>,
}

impl Patient {
    /// Moves the patient to the next stage of a pathway.
    ///
    /// # Errors
    /// When nobody is registered or they are not (or no longer) in care, there is no such pathway or stage, or the stage
    /// is not the next one.
    pub fn advance_pathway(
        &self,
        catalogue: &PathwayCatalogue,
        advance: Advance,
    ) -> Result<Vec<PatientEvent>, PatientError> {
        let walked = self.walking()?;
        let pathway = catalogue.pathway(advance.pathway.as_deref()).ok_or(PatientError::NoSuchPathway)?;
        if !pathway.has(&advance.stage) {
            return Err(PatientError::NoSuchStage);
        }
        let from = walked.latest(&pathway.id).map(|step| step.stage.clone());
        let next = pathway.after(from.as_deref()).map(|stage| stage.id.clone());
        if next.as_ref() != Some(&advance.stage) {
            return Err(PatientError::NotTheNextStage { from, next });
        }
        let Advance { pathway: _, stage, by, at } = advance;
        Ok(vec![PatientEvent::PathwayAdvanced { pathway: pathway.id.clone(), stage, at, by: Some(by), because: None }])
    }

    /// Moves the patient on every pathway whose next stage waits for what happened. Nothing is skipped: what comes while
    /// another stage is next moves nobody. The same event twice moves them once.
    pub fn moved_by(&self, catalogue: &PathwayCatalogue, cause: &Cause, at: DateTime<Utc>) -> Vec<PatientEvent> {
        let Ok(walked) = self.walking() else { return vec![] };
        let steps = catalogue.all().iter().filter_map(|pathway| {
            let from = walked.latest(&pathway.id);
            let next = pathway.after(from.map(|step| step.stage.as_str()))?;
            let waits = next.advance_on.contains(&cause.kind) && !walked.was_moved_by(&pathway.id, &cause.event);
            // What was late to be known does not turn the order of the steps round.
            let at = from.map_or(at, |step| step.at.max(at));
            waits.then(|| PatientEvent::PathwayAdvanced {
                pathway: pathway.id.clone(),
                stage: next.id.clone(),
                at,
                by: None,
                because: Some(cause.clone()),
            })
        });
        steps.collect()
    }

    /// The pathways of somebody who is in care.
    fn walking(&self) -> Result<&Walked, PatientError> {
        match self {
            Self::Unregistered => Err(PatientError::Unregistered),
            Self::Registered { standing: Standing::Inactive { .. }, .. } => Err(PatientError::Inactive),
            Self::Registered { standing: Standing::EnteredInError { .. }, .. } => Err(PatientError::EnteredInError),
            Self::Registered { demographics, .. } if demographics.deceased.is_some() => Err(PatientError::Deceased),
            Self::Registered { pathways, .. } => Ok(pathways),
        }
    }

    /// Takes a step in that happened.
    pub(super) fn walk(&mut self, on: &str, step: Step) {
        if let Self::Registered { pathways, .. } = self {
            pathways.take(on, step);
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{
        EventSourced,
        patient::{Deceased, Demographics},
        text::Remark,
    };

    fn catalogue() -> PathwayCatalogue {
        PathwayCatalogue::embedded().unwrap()
    }

    fn now() -> DateTime<Utc> {
        "2026-11-21T10:00:00Z".parse().unwrap()
    }

    fn to(stage: &str) -> Advance {
        Advance { pathway: None, stage: stage.into(), by: AccountId(Uuid::nil()), at: now() }
    }

    fn because(kind: &str, event: &str) -> Cause {
        Cause { kind: kind.into(), event: event.into() }
    }

    fn registered(demographics: Demographics) -> Patient {
        Patient::fold(&[PatientEvent::PatientRegistered { demographics: Box::new(demographics) }])
    }

    fn take(patient: &mut Patient, events: Vec<PatientEvent>) {
        for event in events {
            patient.apply(&event);
        }
    }

    fn stage(patient: &Patient) -> Option<&str> {
        let Patient::Registered { pathways, .. } = patient else { return None };
        pathways.latest("monitoring").map(|step| step.stage.as_str())
    }

    #[test]
    fn the_pathway_is_walked_in_order_and_no_stage_twice() {
        let mut patient = registered(Demographics::default());
        let skipped = patient.advance_pathway(&catalogue(), to("monitored"));
        assert_eq!(skipped, Err(PatientError::NotTheNextStage { from: None, next: Some("enrolled".into()) }));
        for stage in &catalogue().all()[0].stages {
            let events = patient.advance_pathway(&catalogue(), to(&stage.id)).unwrap();
            take(&mut patient, events);
            assert!(patient.advance_pathway(&catalogue(), to(&stage.id)).is_err());
        }
        let over = patient.advance_pathway(&catalogue(), to("enrolled"));
        assert_eq!(over, Err(PatientError::NotTheNextStage { from: Some("reviewed".into()), next: None }));
    }

    #[test]
    fn a_pathway_or_stage_that_is_not_there_is_told() {
        let patient = registered(Demographics::default());
        let elsewhere = Advance { pathway: Some("diabetes".into()), ..to("enrolled") };
        assert_eq!(patient.advance_pathway(&catalogue(), elsewhere), Err(PatientError::NoSuchPathway));
        assert_eq!(patient.advance_pathway(&catalogue(), to("cured")), Err(PatientError::NoSuchStage));
    }

    #[test]
    fn what_happens_moves_who_waits_for_it_once() {
        let mut patient = registered(Demographics::default());
        let device = because("device.assigned", "d:2");
        assert_eq!(patient.moved_by(&catalogue(), &device, now()), [], "nobody is enrolled by a device");
        let events = patient.advance_pathway(&catalogue(), to("enrolled")).unwrap();
        take(&mut patient, events);
        assert_eq!(
            patient.moved_by(&catalogue(), &because("vitals.score.changed", "s:1"), now()),
            [],
            "nothing is skipped"
        );
        let events = patient.moved_by(&catalogue(), &device, now());
        take(&mut patient, events);
        assert_eq!(stage(&patient), Some("device"));
        assert_eq!(patient.moved_by(&catalogue(), &device, now()), [], "the same event again");
        let Patient::Registered { pathways, .. } = &patient else { panic!("registered") };
        assert_eq!(pathways.newest().unwrap().1.because, Some(device));
    }

    #[test]
    fn one_event_takes_one_step_where_two_stages_wait_for_it() {
        let json = r#"{ "pathways": [{ "id": "p", "name": "P", "stages": [
            { "id": "one", "name": "1", "advance_on": ["encounter.started"] },
            { "id": "two", "name": "2", "advance_on": ["encounter.started"] } ] }] }"#;
        let catalogue = PathwayCatalogue::parse(json).unwrap();
        let mut patient = registered(Demographics::default());
        let first = because("encounter.started", "e:1");
        for _ in 0..3 {
            let events = patient.moved_by(&catalogue, &first, now());
            take(&mut patient, events);
        }
        let Patient::Registered { pathways, .. } = &patient else { panic!("registered") };
        assert_eq!(pathways.latest("p").unwrap().stage, "one");
        let events = patient.moved_by(&catalogue, &because("encounter.started", "e2:1"), now());
        assert_eq!(events.len(), 1);
    }

    #[test]
    fn who_died_or_left_walks_no_further() {
        let died = registered(Demographics { deceased: Some(Deceased::since(None)), ..Demographics::default() });
        assert_eq!(died.advance_pathway(&catalogue(), to("enrolled")), Err(PatientError::Deceased));
        let reason = Remark::try_from("moved".to_owned()).unwrap();
        let mut left = registered(Demographics::default());
        take(&mut left, vec![PatientEvent::PatientDeactivated { reason, at: now() }]);
        assert_eq!(left.advance_pathway(&catalogue(), to("enrolled")), Err(PatientError::Inactive));
        assert_eq!(
            Patient::Unregistered.advance_pathway(&catalogue(), to("enrolled")),
            Err(PatientError::Unregistered)
        );
    }
}
