//! Which transfers are unfinished at a moment of a run, and what they wait for.
//!
//! A transfer whose caller was dropped is unfinished while a task may still carry it out:
//! while its record is live, or while it may wait behind another live record. Its main type
//! is [`Unfinished`].

use std::collections::{BTreeMap, BTreeSet};

use super::Transfer;
use crate::evidence::{Evidence, Fact};

/// A transfer that was begun and has not ended.
#[derive(Clone, Copy, Debug)]
pub struct UnfinishedTransfer {
    /// The amount and the accounts.
    pub transfer: Transfer,
    /// Whether its caller still waits.
    pub is_waiting: bool,
    /// Whether a record of it has begun.
    pub is_recorded: bool,
    /// Its live record.
    live: Option<u32>,
}

/// The unfinished transfers, by request.
#[derive(Clone, Debug, Default)]
pub struct Unfinished {
    transfers: BTreeMap<u32, UnfinishedTransfer>,
    /// Live records that belong to no unfinished transfer.
    others: BTreeMap<u32, Option<Transfer>>,
}

impl Unfinished {
    /// The unfinished transfers of a run as it is now.
    pub fn of(evidence: &Evidence) -> Unfinished {
        let mut unfinished = Unfinished::default();
        for entry in evidence.entries() {
            unfinished.note(evidence, &entry.fact);
        }
        unfinished
    }

    /// Takes account of one more fact.
    pub fn note(&mut self, evidence: &Evidence, fact: &Fact) {
        match fact {
            Fact::Started { request, .. } => {
                if let Some(transfer) = Transfer::of(evidence, *request) {
                    let started = UnfinishedTransfer {
                        transfer,
                        is_waiting: true,
                        is_recorded: false,
                        live: None,
                    };
                    self.transfers.insert(*request, started);
                }
            }
            Fact::Began { operation } => self.began(evidence, *operation),
            Fact::Delivered { operation } | Fact::Dropped { operation } => self.over(*operation),
            Fact::Returned { request, .. } | Fact::Panicked { request, .. } => {
                if let Some(ended) = self.transfers.remove(request)
                    && let Some(operation) = ended.live
                {
                    self.others.insert(operation, Some(ended.transfer));
                }
            }
            Fact::HungUp { request } => {
                if let Some(it) = self.transfers.get_mut(request) {
                    it.is_waiting = false;
                    if it.is_recorded && it.live.is_none() {
                        self.transfers.remove(request);
                    }
                }
            }
            Fact::Settled { idle: true, .. } => self.forget_lost(),
            _ => {}
        }
    }

    fn began(&mut self, evidence: &Evidence, operation: u32) {
        let Some(it) = evidence.operation(operation) else {
            return;
        };
        let recorded = Transfer::recorded(evidence, &it.arguments);
        // Most often it is the first record of its own request.
        if let Some(of) = it.request.and_then(|own| self.transfers.get_mut(&own))
            && Some(of.transfer) == recorded
            && of.live.is_none()
        {
            of.is_recorded = true;
            of.live = Some(operation);
            return;
        }
        let is_of = |(_, of): &(&u32, &mut UnfinishedTransfer)| Some(of.transfer) == recorded;
        let mut alike: Vec<_> = self.transfers.iter_mut().filter(is_of).collect();
        // The record of its own request, or else of one that has no record yet.
        alike.sort_by_key(|(number, of)| (it.request != Some(**number), of.live.is_some()));
        match alike.into_iter().next() {
            Some((_, of)) if of.live.is_none() => {
                of.is_recorded = true;
                of.live = Some(operation);
            }
            _ => {
                self.others.insert(operation, recorded);
            }
        }
    }

    fn over(&mut self, operation: u32) {
        self.others.remove(&operation);
        self.transfers.retain(|_, it| {
            let is_its = it.live == Some(operation);
            if is_its {
                it.live = None;
            }
            it.is_waiting || !is_its
        });
    }

    /// No task runs any more. Of the transfers whose callers are gone, only those behind
    /// a live record can still happen.
    fn forget_lost(&mut self) {
        let held_up = self.held_up();
        self.transfers.retain(|_, it| {
            let accounts = [it.transfer.from, it.transfer.to];
            it.is_waiting || accounts.iter().any(|account| held_up.contains(account))
        });
    }

    /// The transfers with their requests.
    pub fn all(&self) -> impl Iterator<Item = (u32, UnfinishedTransfer)> {
        self.transfers.iter().map(|(number, it)| (*number, *it))
    }

    /// Whether any record is live.
    pub fn is_any_live(&self) -> bool {
        !self.others.is_empty() || self.transfers.values().any(|it| it.live.is_some())
    }

    /// What the transfers under way may still take from each account.
    pub fn may_be_taken(&self) -> BTreeMap<u32, i64> {
        let own = self.transfers.values().map(|it| it.transfer);
        let all = own.chain(self.others.values().copied().flatten());
        let mut taken = BTreeMap::new();
        for it in all {
            *taken.entry(it.from).or_default() += it.amount.max(0);
        }
        taken
    }

    /// How much of that is this request's.
    pub fn takes(&self, request: u32) -> i64 {
        let it = self.transfers.get(&request);
        it.map_or(0, |it| it.transfer.amount.max(0))
    }

    /// Whether this transfer has an account in common with another.
    pub fn shares_account(&self, request: u32) -> bool {
        let Some(it) = self.transfers.get(&request) else {
            return false;
        };
        let own = self
            .transfers
            .iter()
            .filter(|(other, _)| **other != request);
        let mut all = own
            .map(|(_, other)| Some(other.transfer))
            .chain(self.others.values().copied());
        all.any(|other| other.is_none_or(|other| other.shares_account(it.transfer)))
    }

    /// Waiting requests that no live record can hold up.
    pub fn unserved(&self) -> Vec<u32> {
        let held_up = self.held_up();
        let unserved = self.transfers.iter().filter(|(_, it)| {
            let accounts = [it.transfer.from, it.transfer.to];
            it.is_waiting && !accounts.iter().any(|account| held_up.contains(account))
        });
        unserved.map(|(number, _)| *number).collect()
    }

    /// The accounts of live records, and those connected to them through unfinished
    /// transfers.
    fn held_up(&self) -> BTreeSet<u32> {
        let mut accounts: BTreeSet<u32> = BTreeSet::new();
        let of_live = self.transfers.values().filter(|it| it.live.is_some());
        let live = of_live
            .map(|it| it.transfer)
            .chain(self.others.values().copied().flatten());
        accounts.extend(live.flat_map(|it| [it.from, it.to]));
        loop {
            let before = accounts.len();
            for UnfinishedTransfer { transfer, .. } in self.transfers.values() {
                let both = [transfer.from, transfer.to];
                if both.iter().any(|account| accounts.contains(account)) {
                    accounts.extend(both);
                }
            }
            if accounts.len() == before {
                return accounts;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use protocol::{Event, Value};

    use super::*;
    use crate::schedule::{Action, Few, Turn};
    use crate::world::World;
    use crate::world::audit::{Audit, SMALL};

    fn settled() -> Event {
        Event::Settled {
            polls: 1,
            of_calls: 1,
            idle: true,
        }
    }

    /// Starts transfers between these accounts, of which only the first is recorded.
    fn first_recorded(pairs: &[[u32; 2]]) -> Evidence {
        let mut evidence = Evidence::new(&Audit, 0, 1);
        for (request, [from, to]) in (1..).zip(pairs) {
            let numbers = Few::of(&[*from, *to, SMALL]);
            let mut events = Vec::new();
            if request == 1 {
                let arguments: Vec<Value> = Audit.arguments(&evidence, 1, 0, numbers);
                events.push(Event::Begun {
                    operation: 1,
                    kind: "record".to_owned(),
                    arguments,
                    call: None,
                    off_loop: false,
                });
            }
            events.push(settled());
            let turn = Turn::full(Action::call(0, numbers));
            evidence.played(turn, &[], &events).unwrap();
        }
        evidence
    }

    #[test]
    fn what_waits_behind_others_is_served_and_what_stands_alone_is_not() {
        let evidence = first_recorded(&[[7, 8], [8, 9], [9, 10], [11, 12]]);
        let unfinished = Unfinished::of(&evidence);
        assert_eq!(unfinished.unserved(), [4]);
        let shares: Vec<bool> = (1..=4).map(|it| unfinished.shares_account(it)).collect();
        assert_eq!(shares, [true, true, true, false]);
    }

    #[test]
    fn a_dropped_caller_counts_only_while_its_transfer_may_still_happen() {
        let mut evidence = first_recorded(&[[7, 8], [8, 9], [9, 10]]);
        let hang_up = |request| {
            let happened = false;
            Turn::full(Action::HangUp { request, happened })
        };
        evidence.played(hang_up(2), &[], &[settled()]).unwrap();
        // Its task may wait behind the live record, and hold account 9.
        assert!(Unfinished::of(&evidence).unserved().is_empty());
        let dropped = Event::Dropped { operation: 1 };
        evidence
            .played(hang_up(1), &[dropped], &[settled()])
            .unwrap();
        assert_eq!(Unfinished::of(&evidence).unserved(), [3]);
        assert!(!Unfinished::of(&evidence).shares_account(3));
    }
}
