//! The order of what begins on other threads. Several that begin in one turn do so in
//! whatever order the machine runs them, which is no fact about the submission and another
//! one each time. So they are told by their keys, after what the loop did in that turn.

use std::collections::BTreeSet;

use super::{Entry, Evidence, Fact};

impl Evidence {
    /// Puts in order what began on other threads in the turn begun last. Call it once, when
    /// nothing more can begin in it.
    pub fn put_arrivals_in_order(&mut self) {
        let turn = self.turns.len().saturating_sub(1);
        let first = self.entries.partition_point(|entry| entry.turn < turn);
        let of_turn = &self.entries[first..];
        let went_on: BTreeSet<u32> = of_turn.iter().filter_map(goes_on).collect();
        let arrivals: Vec<u32> = of_turn
            .iter()
            .filter_map(begins)
            .filter(|number| self.operation(*number).is_some_and(|it| it.off_loop))
            .filter(|number| !went_on.contains(number))
            .collect();
        if arrivals.is_empty() {
            return;
        }
        let arrives = |entry: &Entry| begins(entry).is_some_and(|it| arrivals.contains(&it));
        self.entries
            .retain(|entry| entry.turn != turn || !arrives(entry));
        let last = arrivals.iter().map(|operation| Entry {
            turn,
            fact: Fact::Began {
                operation: *operation,
            },
        });
        self.entries.extend(last);
        self.renumber(&arrivals);
    }

    /// Gives these operations their own numbers in the order of their keys.
    fn renumber(&mut self, arrivals: &[u32]) {
        let mut places: Vec<usize> = arrivals.iter().map(|it| *it as usize - 1).collect();
        places.sort_by_cached_key(|place| {
            let it = &self.operations[*place];
            (it.kind, it.key, format!("{:?}", it.arguments))
        });
        let take = |place: &usize| (self.operations[*place].clone(), self.reported_as[*place]);
        let in_order: Vec<_> = places.iter().map(take).collect();
        for (number, (operation, reported)) in arrivals.iter().zip(in_order) {
            let place = *number as usize - 1;
            self.operations[place] = operation;
            self.reported_as[place] = reported;
        }
    }

    /// The number by which the worker knows operation `number`.
    pub fn number_in_reports(&self, number: u32) -> u32 {
        let place = (number as usize).checked_sub(1);
        let reported = place.and_then(|place| self.reported_as.get(place));
        reported.copied().unwrap_or(number)
    }

    /// The operation that the worker knows by the number `reported`.
    pub(super) fn number_of_reported(&self, reported: u32) -> u32 {
        let is_it = |it: &u32| *it == reported;
        // All but a few have their own.
        if is_it(&self.number_in_reports(reported)) {
            return reported;
        }
        let place = self.reported_as.iter().position(is_it);
        place.map_or(reported, |place| place as u32 + 1)
    }
}

fn begins(entry: &Entry) -> Option<u32> {
    match entry.fact {
        Fact::Began { operation } => Some(operation),
        _ => None,
    }
}

fn goes_on(entry: &Entry) -> Option<u32> {
    match entry.fact {
        Fact::Delivered { operation } | Fact::Dropped { operation } => Some(operation),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::OperationState;
    use crate::schedule::{Action, Few, Outcome, Turn};
    use crate::timeline;
    use crate::world::passwords::Passwords;
    use protocol::{Ending, Event, Value};

    /// Three requests, whose hashes begin on other threads as `order` says, and the last
    /// request returns too early.
    fn played(order: [u32; 3]) -> Evidence {
        let mut evidence = Evidence::new(&Passwords, 0, 1);
        for key in [7, 8, 9] {
            let ask = Action::call(0, Few::of(&[key]));
            let rest = Event::Settled {
                polls: 1,
                of_calls: 1,
                idle: true,
            };
            evidence.played(Turn::full(ask), &[], &[rest]).unwrap();
        }
        evidence.begin(Turn::full(Action::Wait));
        let mut begun = (1..).zip(order).map(|(operation, request)| Event::Begun {
            operation,
            kind: "hash_password".to_owned(),
            arguments: evidence
                .world()
                .arguments(&evidence, request, 0, Few::of(&[6 + request])),
            call: None,
            off_loop: true,
        });
        let mut events: Vec<Event> = begun.by_ref().take(2).collect();
        let with = Ending::Ok(Value::Text("too early".to_owned()));
        events.push(Event::Returned { call: 3, with });
        events.extend(begun);
        evidence.saw(&events).unwrap();
        evidence.put_arrivals_in_order();
        evidence
    }

    #[test]
    fn the_order_in_which_threads_arrive_is_not_told() {
        let lines = |order| timeline::in_words(&timeline::tell(&played(order), None));
        assert_eq!(lines([1, 2, 3]), lines([3, 1, 2]));
        let told = lines([3, 1, 2]).join("\n");
        let places = [
            "hash 1, of password 7",
            "hash 2, of password 8",
            "hash 3, of password 9",
        ]
        .map(|it| told.find(it).unwrap());
        assert!(places.is_sorted(), "{told}");
    }

    #[test]
    fn the_worker_is_asked_by_its_own_number() {
        let mut evidence = played([3, 1, 2]);
        assert_eq!(
            [1, 2, 3].map(|it| evidence.number_in_reports(it)),
            [2, 3, 1]
        );
        let outcome = Outcome::Value;
        let answer = Action::Answer {
            operation: 3,
            outcome,
        };
        evidence.begin(Turn::full(answer));
        evidence.saw(&[Event::Ended { operation: 1 }]).unwrap();
        let states = evidence.operations().map(|(_, it)| it.state);
        let (live, over) = (OperationState::Live, OperationState::Over);
        assert_eq!(states.collect::<Vec<_>>(), [live, live, over]);
        assert!(evidence.saw(&[Event::Ended { operation: 3 }]).is_err());
    }
}
