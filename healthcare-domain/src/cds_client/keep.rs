//! Registering a client, describing it anew, and taking it off.

use super::{CdsClient, CdsClientError, CdsClientEvent, Registration};

type Decided = Result<Vec<CdsClientEvent>, CdsClientError>;

impl CdsClient {
    /// Registers a client.
    ///
    /// # Errors
    /// When it is known, or cannot be registered like this.
    pub fn register(&self, registration: Registration) -> Decided {
        match self {
            Self::Registered(_) | Self::Removed => Err(CdsClientError::AlreadyRegistered),
            Self::Unregistered => {
                registration.check()?;
                Ok(vec![CdsClientEvent::CdsClientRegistered { registration: Box::new(registration) }])
            }
        }
    }

    /// Describes a client anew, as from now on.
    ///
    /// # Errors
    /// When there is none, or it cannot be registered like this.
    pub fn change(&self, registration: Registration) -> Decided {
        let now = self.registration().ok_or(CdsClientError::Unregistered)?;
        registration.check()?;
        if *now == registration {
            return Ok(vec![]);
        }
        Ok(vec![CdsClientEvent::CdsClientChanged { registration: Box::new(registration) }])
    }

    /// Takes a client off: it may no longer ask.
    ///
    /// # Errors
    /// When there is none.
    pub fn remove(&self) -> Decided {
        self.registration().ok_or(CdsClientError::Unregistered)?;
        Ok(vec![CdsClientEvent::CdsClientRemoved])
    }
}

#[cfg(test)]
mod tests {
    use super::super::registration::ehr;
    use super::*;
    use crate::EventSourced;

    fn registered() -> CdsClient {
        CdsClient::fold(&CdsClient::Unregistered.register(ehr()).unwrap())
    }

    #[test]
    fn given_nobody_when_registered_then_it_may_ask() {
        assert_eq!(registered().registration(), Some(&ehr()));
        assert_eq!(registered().register(ehr()), Err(CdsClientError::AlreadyRegistered));
        let unnamed = Registration { name: " ".into(), ..ehr() };
        assert_eq!(CdsClient::Unregistered.register(unnamed), Err(CdsClientError::Unnamed));
    }

    #[test]
    fn given_a_client_when_described_anew_then_that_holds_and_the_same_again_is_nothing() {
        let renamed = Registration { name: "Another".into(), ..ehr() };
        let events = registered().change(renamed.clone()).unwrap();
        let mut state = registered();
        events.iter().for_each(|event| state.apply(event));
        assert_eq!(state.registration(), Some(&renamed));
        assert_eq!(state.change(renamed), Ok(vec![]));
        let bad = Registration { issuer: "a b".into(), ..ehr() };
        assert_eq!(state.change(bad), Err(CdsClientError::BadIssuer));
        assert_eq!(CdsClient::Unregistered.change(ehr()), Err(CdsClientError::Unregistered));
    }

    #[test]
    fn given_a_client_when_removed_then_it_may_not_ask_and_does_not_come_back() {
        let mut state = registered();
        state.remove().unwrap().iter().for_each(|event| state.apply(event));
        assert_eq!(state.registration(), None);
        assert_eq!(state.remove(), Err(CdsClientError::Unregistered));
        assert_eq!(state.change(ehr()), Err(CdsClientError::Unregistered));
        assert_eq!(state.register(ehr()), Err(CdsClientError::AlreadyRegistered));
    }
}
