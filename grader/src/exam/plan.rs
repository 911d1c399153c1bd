//! What an exam need not play where it is enough that certain checks fail: once a violation is
//! found by which one of them will, the other schedules of that space, and most of the spaces by
//! which only other checks are decided. Those say whether what is found later is another's affair.
//!
//! A drill says which check is decided by what was played only after it was played. So its
//! `examine` is rehearsed first: nothing is played and nothing found, but for each place of the
//! drill's code in which schedules are played it is noted which checks are decided by them, and
//! by which kinds of violation. Its main type is [`Plan`].

use std::collections::{BTreeMap, BTreeSet};
use std::panic::Location;

use super::extent::Extent;
use super::mutant::Mutant;
use super::{Exam, Findings};
use play::judge::Kind;

/// Where in a drill's code schedules are played.
pub(super) type Place = &'static Location<'static>;

/// What is looked for in each place.
#[derive(Debug, Default)]
pub(super) struct Plan {
    is_rehearsal: bool,
    /// The places of the rehearsal, by the numbers of their spaces.
    rehearsed: BTreeMap<usize, Place>,
    looks: BTreeMap<Place, BTreeMap<&'static str, BTreeSet<Kind>>>,
}

impl Plan {
    /// The kinds of violation by which these checks are decided in a place.
    fn looked_for(&self, place: Place, checks: &[&'static str]) -> BTreeSet<Kind> {
        let looks = self.looks.get(&place);
        let of = |check| looks.and_then(|looks| looks.get(check));
        checks.iter().filter_map(of).flatten().copied().collect()
    }

    /// Whether what is found in a place decides other checks than these. Of a place that was not
    /// rehearsed nobody knows.
    fn is_for_others(&self, place: Place, checks: &[&'static str]) -> bool {
        let is_rehearsed = || self.rehearsed.values().any(|known| *known == place);
        is_rehearsed() && self.looked_for(place, checks).is_empty()
    }

    /// A check is decided by these kinds of violation in these spaces.
    pub(super) fn decided(&mut self, check: &'static str, findings: &Findings, kinds: &[Kind]) {
        if !self.is_rehearsal {
            return;
        }
        for space in &findings.spaces {
            if let Some(place) = self.rehearsed.get(space) {
                let looks = self.looks.entry(*place).or_default();
                looks.entry(check).or_default().extend(kinds);
            }
        }
    }
}

impl<'a> Exam<'a> {
    /// Finds out what is looked for where, if not everything is.
    pub(super) fn rehearse(&mut self, examine: &impl Fn(&mut Exam<'a>)) {
        if self.enough.is_empty() {
            return;
        }
        self.plan.is_rehearsal = true;
        examine(self);
        self.plan.is_rehearsal = false;
        self.begin_anew();
    }

    pub(super) fn is_rehearsal(&self) -> bool {
        self.plan.is_rehearsal
    }

    /// What a rehearsal finds in a place: nothing.
    pub(super) fn only_rehearsed(&mut self, place: Place) -> Option<Findings> {
        if !self.plan.is_rehearsal {
            return None;
        }
        let mut nothing = Findings::default();
        self.named.found(&mut nothing);
        let spaces = nothing.spaces.iter().map(|space| (*space, place));
        self.plan.rehearsed.extend(spaces);
        Some(nothing)
    }

    /// How much to play of the spaces in a place.
    pub(super) fn extent_in(&self, place: Place) -> Extent {
        let extent = self.extent();
        match !self.enough.is_empty() && self.plan.is_for_others(place, &self.enough) {
            true => extent.of_a_look(),
            false => extent,
        }
    }

    /// The kinds of violation of which one is enough to see in a place, because a check that
    /// is asked for will fail by it.
    pub(super) fn enough_in(&self, place: Place) -> BTreeSet<Kind> {
        let mut kinds = self.plan.looked_for(place, &self.enough);
        // What was found before may be another check's affair, and what is switched off is none's.
        kinds.retain(|kind| {
            !self.rules_seen.found.contains(kind) && self.mutant != Some(Mutant::Kind(*kind))
        });
        kinds
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_check_looks_for_is_known_for_each_place_of_its_spaces() {
        let [first, second] = [Location::caller(), Location::caller()];
        assert_ne!(first, second);
        let mut plan = Plan {
            is_rehearsal: true,
            rehearsed: BTreeMap::from([(1, first), (2, second)]),
            ..Plan::default()
        };
        let in_spaces = |spaces: &[usize]| Findings {
            spaces: spaces.iter().copied().collect(),
            ..Findings::default()
        };
        plan.decided("kept", &in_spaces(&[1, 2]), &[Kind::LostUpdate]);
        plan.decided("answered", &in_spaces(&[2]), &[Kind::Hang]);
        plan.is_rehearsal = false;
        // Spaces are counted anew when schedules are played.
        plan.decided("errors", &in_spaces(&[1]), &[Kind::Hang]);

        let looked_for = |place, checks: &[&'static str]| plan.looked_for(place, checks);
        let [lost, hang] = [Kind::LostUpdate, Kind::Hang];
        assert_eq!(looked_for(first, &["kept"]), BTreeSet::from([lost]));
        assert_eq!(looked_for(first, &["answered", "errors"]), BTreeSet::new());
        let both = BTreeSet::from([lost, hang]);
        assert_eq!(looked_for(second, &["kept", "answered"]), both);

        let is_for_others = |place| plan.is_for_others(place, &["answered"]);
        assert_eq!([first, second].map(is_for_others), [true, false]);
        assert!(!is_for_others(Location::caller()), "nothing is known of it");
    }
}
