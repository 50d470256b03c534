//! A rule as it is seen at a moment: what ships and what is kept, together.

use std::{collections::BTreeSet, sync::Arc};

use chrono::{DateTime, Utc};
use healthcare_domain::rule::{Kept, Origin, Placement, Standing};
use healthcare_dss::rule::RuleDocument;
use serde_json::Value;

use super::{Broken, Course, Library};

/// All rules at a moment.
pub(super) struct Seen<'a> {
    library: &'a Library,
    course: &'a Course,
    now: DateTime<Utc>,
}

impl<'a> Seen<'a> {
    pub fn new(library: &'a Library, course: &'a Course, now: DateTime<Utc>) -> Self {
        Self { library, course, now }
    }

    /// The names of all rules, in order.
    pub fn names(&self) -> impl Iterator<Item = &'a str> {
        let names: BTreeSet<&str> =
            self.library.shipped.keys().chain(self.course.stored.keys()).map(String::as_str).collect();
        names.into_iter()
    }

    /// What the house keeps of a rule, where it can be read.
    pub fn kept(&self, name: &str) -> Option<&'a Kept> {
        self.course.stored.get(name).and_then(|stored| stored.kept.as_ref().ok())
    }

    /// The version of a rule's stream: 0 before anything was decided.
    pub fn stream_version(&self, name: &str) -> i32 {
        self.course.stored.get(name).map_or(0, |stored| stored.version)
    }

    pub fn placement(&self, name: &str) -> Placement {
        self.kept(name).map(|kept| kept.placement(self.now)).unwrap_or_default()
    }

    /// The version that ships.
    pub fn shipped(&self, name: &str) -> Option<u32> {
        self.library.shipped.get(name).map(|shipped| shipped.document.version)
    }

    /// The versions of a rule, the shipped one among them; 0 stands for what cannot be read.
    pub fn versions(&self, name: &str) -> BTreeSet<u32> {
        let kept = self.kept(name).into_iter().flat_map(|kept| kept.versions.keys().copied());
        let mut all: BTreeSet<u32> = kept.chain(self.shipped(name)).collect();
        if all.is_empty() && self.course.stored.contains_key(name) {
            all.insert(0);
        }
        all
    }

    /// Where a version stands, and whence it is.
    pub fn standing(&self, name: &str, version: u32) -> Option<(Standing, Origin)> {
        let shipped = self.shipped(name);
        let kept = self.kept(name);
        if let Some((of, standing)) =
            kept.and_then(|kept| Some((kept.versions.get(&version)?, kept.standing(version, self.now, shipped)?)))
        {
            return Some((standing, of.origin));
        }
        if version == 0 {
            return self.course.stored.contains_key(name).then_some((Standing::Active, Origin::House));
        }
        let ships = shipped == Some(version);
        let holds = self.placement(name).house == healthcare_domain::rule::Holder::Shipped;
        ships.then_some((if holds { Standing::Active } else { Standing::Retired }, Origin::Shipped))
    }

    /// The version of a rule that counts most, among those that stand somewhere if that is asked.
    pub fn leading(&self, name: &str, wanted: Option<Standing>) -> Option<u32> {
        let rank = |standing| match standing {
            Standing::Active => 4,
            Standing::Shadow => 3,
            Standing::Tested => 2,
            Standing::Draft => 1,
            Standing::Retired => 0,
        };
        let all =
            self.versions(name).into_iter().filter_map(|version| Some((self.standing(name, version)?.0, version)));
        let wanted = all.filter(|(standing, _)| wanted.is_none_or(|wanted| *standing == wanted));
        wanted.max_by_key(|(standing, version)| (rank(*standing), *version)).map(|(_, version)| version)
    }

    /// A version's document as it is kept.
    pub fn text(&self, name: &str, version: u32) -> Option<&'a Value> {
        let kept = self.kept(name).and_then(|kept| kept.versions.get(&version)).map(|of| &of.document);
        kept.or_else(|| {
            let shipped = self.library.shipped.get(name).filter(|shipped| shipped.document.version == version);
            shipped.map(|shipped| &shipped.text)
        })
    }

    /// A version's document as it can be read.
    pub fn document(&self, name: &str, version: u32) -> Option<Arc<RuleDocument>> {
        serde_json::from_value(self.text(name, version)?.clone()).ok().map(Arc::new)
    }

    /// What of a rule cannot be judged although it should.
    pub fn broken(&self, name: &str) -> Option<&'a Broken> {
        self.course.broken.iter().find(|one| one.rule == name)
    }
}
