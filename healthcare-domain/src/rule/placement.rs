//! Which version of a rule is judged where at a moment: the fold of what was decided, by when it takes effect.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Kept, Stage, Standing};
use crate::id::WardId;

/// Where a version is judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RuleScope {
    /// In the whole house, patients on no ward included.
    House,
    /// For the patients who lie on these wards.
    Wards(BTreeSet<WardId>),
}

impl RuleScope {
    /// Whether patients on a ward, or on none, are within it.
    pub fn covers(&self, ward: Option<WardId>) -> bool {
        match self {
            Self::House => true,
            Self::Wards(wards) => ward.is_some_and(|ward| wards.contains(&ward)),
        }
    }
}

/// One decision on where a version is judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Deployment {
    /// Which version.
    pub version: u32,
    /// From when.
    pub from: DateTime<Utc>,
    /// What was decided.
    pub put: Put,
}

/// What was decided of a version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Put {
    /// It is judged in the shadow there.
    InShadow(RuleScope),
    /// It is in force there, in place of whichever was.
    IntoForce(RuleScope),
    /// It is judged nowhere.
    Out {
        /// Nor is what ships.
        shipped: bool,
    },
}

/// Which version is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// The one that ships with the program that runs.
    Shipped,
    /// This one.
    Version(u32),
    /// None: the rule is not judged.
    Nobody,
}

/// Which version is judged where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    /// In the house, but for the wards of `wards`.
    pub house: Holder,
    /// On wards for which something else was decided.
    pub wards: BTreeMap<WardId, Holder>,
    /// In the shadow.
    pub shadows: BTreeMap<u32, RuleScope>,
}

impl Default for Placement {
    fn default() -> Self {
        Self { house: Holder::Shipped, wards: BTreeMap::new(), shadows: BTreeMap::new() }
    }
}

impl Placement {
    /// Which version is in force on a ward, or for who lies on none.
    pub fn on(&self, ward: Option<WardId>) -> Holder {
        ward.and_then(|ward| self.wards.get(&ward)).copied().unwrap_or(self.house)
    }

    /// Whether a version is judged in the shadow there: where it is in force it is not judged twice.
    pub fn shadows_on(&self, version: u32, ward: Option<WardId>) -> bool {
        self.on(ward) != Holder::Version(version) && self.shadows.get(&version).is_some_and(|scope| scope.covers(ward))
    }

    /// Whether a version is in force anywhere.
    fn holds(&self, is: impl Fn(Holder) -> bool) -> bool {
        is(self.house) || self.wards.values().any(|holder| is(*holder))
    }

    fn take(&mut self, deployment: &Deployment) {
        let version = deployment.version;
        match &deployment.put {
            Put::InShadow(scope) => drop(self.shadows.insert(version, scope.clone())),
            Put::IntoForce(RuleScope::House) => {
                let replaced: BTreeSet<u32> = std::iter::once(self.house)
                    .chain(self.wards.values().copied())
                    .filter_map(|holder| if let Holder::Version(one) = holder { Some(one) } else { None })
                    .chain([version])
                    .collect();
                self.shadows.retain(|one, _| !replaced.contains(one));
                self.wards.clear();
                self.house = Holder::Version(version);
            }
            Put::IntoForce(RuleScope::Wards(wards)) => {
                self.wards.extend(wards.iter().map(|ward| (*ward, Holder::Version(version))));
            }
            Put::Out { shipped } => {
                let is = |holder| holder == Holder::Version(version) || (*shipped && holder == Holder::Shipped);
                self.shadows.remove(&version);
                for holder in self.wards.values_mut().chain([&mut self.house]).filter(|holder| is(**holder)) {
                    *holder = Holder::Nobody;
                }
            }
        }
    }
}

impl Kept {
    /// Which version is judged where at a moment.
    pub fn placement(&self, at: DateTime<Utc>) -> Placement {
        let mut due: Vec<&Deployment> = self.deployments.iter().filter(|one| one.from <= at).collect();
        // Stable: of what takes effect at once, the later decision counts.
        due.sort_by_key(|one| one.from);
        let mut placement = Placement::default();
        for one in due {
            placement.take(one);
        }
        placement
    }

    /// The moments behind `after` at which something takes effect.
    pub fn moments(&self, after: DateTime<Utc>) -> BTreeSet<DateTime<Utc>> {
        self.deployments.iter().map(|one| one.from).filter(|from| *from > after).collect()
    }

    /// Where a version stands at a moment; `shipped` is the version that ships with the program that asks. Nothing when
    /// the house does not keep it.
    pub fn standing(&self, number: u32, at: DateTime<Utc>, shipped: Option<u32>) -> Option<Standing> {
        let version = self.versions.get(&number)?;
        let placement = self.placement(at);
        let is = |holder| holder == Holder::Version(number) || (holder == Holder::Shipped && shipped == Some(number));
        Some(match version.stage {
            Stage::Draft => Standing::Draft,
            Stage::Tested => Standing::Tested,
            Stage::Shadow | Stage::Active | Stage::Retired { .. } if placement.holds(is) => Standing::Active,
            Stage::Shadow | Stage::Active | Stage::Retired { .. } if placement.shadows.contains_key(&number) => {
                Standing::Shadow
            }
            Stage::Shadow | Stage::Active | Stage::Retired { .. } => Standing::Retired,
        })
    }
}
