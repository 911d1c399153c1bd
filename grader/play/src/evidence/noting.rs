//! Turns the grader's orders and the worker's reports into facts, one after the
//! other, and refuses reports that cannot be true.

use protocol::{Ending, Event, Value};

use super::{Entry, Evidence, Fact, Operation, OperationState, Request, RequestState, Tampering};
use crate::schedule::{Action, Settle, Turn};

impl Evidence {
    /// Notes that the run was opened, with what the worker saw then.
    ///
    /// # Errors
    /// [`Tampering`] when that cannot have happened.
    pub fn opened(&mut self, events: &[Event]) -> Result<(), Tampering> {
        self.note_all(0, events, true)
    }

    /// Notes a turn and what the worker saw of its steps: the action and the settling.
    /// `action` is empty for a turn that has no such step.
    ///
    /// # Errors
    /// [`Tampering`] when that cannot have happened.
    pub fn played(
        &mut self,
        turn: Turn,
        action: &[Event],
        settle: &[Event],
    ) -> Result<(), Tampering> {
        self.begin(turn);
        self.saw(action)?;
        self.saw(settle)
    }

    /// Notes that a turn is played; its report follows.
    pub fn begin(&mut self, turn: Turn) {
        let index = self.turns.len();
        self.turns.push(turn);
        if let Some(fact) = self.acted(turn.action) {
            self.entries.push(Entry { turn: index, fact });
        }
    }

    /// Notes what the worker saw in the turn begun last.
    ///
    /// # Errors
    /// [`Tampering`] when that cannot have happened.
    pub fn saw(&mut self, events: &[Event]) -> Result<(), Tampering> {
        let index = self.turns.len().saturating_sub(1);
        let fully = self
            .turns
            .last()
            .is_some_and(|it| it.settle == Settle::Fully);
        self.note_all(index, events, fully)
    }

    /// Notes what the looks after the turn begun last saw, one list for each.
    ///
    /// # Errors
    /// [`Tampering`] when one of them saw nothing, though something is there to be seen, or
    /// more than one value.
    pub fn looked(&mut self, looks: &[Vec<Event>]) -> Result<(), Tampering> {
        if looks.is_empty() {
            return Ok(());
        }
        let is_there = self.has_instance();
        for events in looks {
            let is_seen = |event: &&Event| matches!(event, Event::Seen { .. });
            let broke = |event: &Event| matches!(event, Event::Broke { .. });
            match events.iter().filter(is_seen).count() {
                1 => {}
                0 if !is_there || events.iter().any(broke) => {}
                0 => return refuse("a look saw nothing".to_owned()),
                _ => return refuse("a look saw more than one value".to_owned()),
            }
        }
        self.saw(&looks.concat())
    }

    /// Whether there is something to be looked at: it was made, it was not dropped, or the next
    /// call has made another one, and the process goes on.
    fn has_instance(&self) -> bool {
        let is_gone = |entry: &Entry| matches!(entry.fact, Fact::Discarded);
        let broke = |entry: &Entry| matches!(entry.fact, Fact::Broke { .. });
        let is_there = match self.entries.iter().rposition(is_gone) {
            None => {
                let is_other = |entry: &&Entry| !matches!(entry.fact, Fact::Made { .. });
                let first = self.entries.iter().find(is_other);
                !first.is_some_and(|it| it.turn == 0 && broke(it))
            }
            Some(last) => {
                let since = &self.entries[last..];
                let calls = |entry: &Entry| matches!(entry.fact, Fact::Started { .. });
                // One that panics is never made.
                since.iter().any(calls) && !since.iter().any(broke)
            }
        };
        is_there && self.ended_by().is_none()
    }

    /// Notes that the loop answered pings in the turn that was played last.
    pub fn answered_pings(&mut self, pings: u32) {
        let turn = self.turns.len().saturating_sub(1);
        let fact = Fact::Answers { pings };
        self.entries.push(Entry { turn, fact });
    }

    /// Notes that in the turn that is played no task was ready until a thread had done something.
    pub fn woken_by_a_thread(&mut self) {
        let turn = self.turns.len().saturating_sub(1);
        let fact = Fact::Woken;
        self.entries.push(Entry { turn, fact });
    }

    /// The fact that the grader creates in this turn, if it creates one.
    fn acted(&mut self, action: Action) -> Option<Fact> {
        Some(match action {
            Action::Make { numbers } => {
                let numbers = self.world.bounded(numbers);
                self.made = Some(numbers);
                Fact::Made { numbers }
            }
            Action::Start {
                entry,
                numbers,
                again,
            } => {
                let request = self.next_request();
                let made = Request {
                    entry,
                    numbers,
                    key: numbers.at(0),
                    repeats: None,
                    state: RequestState::Waiting,
                };
                self.requests.push(made);
                if again {
                    self.requests.push(Request {
                        repeats: Some(request),
                        state: RequestState::Unmade,
                        ..made
                    });
                }
                let again = false;
                Fact::Started { request, again }
            }
            Action::Answer { operation, outcome } => {
                let world = self.world;
                let open = self.operation_mut(operation)?;
                if open.state != OperationState::Live {
                    return None;
                }
                let outcome = world.possible(open.kind, outcome);
                open.state = OperationState::Answered;
                open.outcome = Some(outcome);
                open.happened = outcome.is_value();
                Fact::Answered { operation, outcome }
            }
            Action::HangUp { request, happened } => {
                self.drops_happen = happened;
                let waiting = self.request_mut(request)?;
                if waiting.state != RequestState::Waiting {
                    return None;
                }
                waiting.state = RequestState::HungUp;
                Fact::HungUp { request }
            }
            Action::Pass { micros } => Fact::Passed { micros },
            Action::Block { micros } => Fact::Blocked { micros },
            Action::Discard => {
                let operations = self.operations.len() as u32;
                self.first_of_instance = (self.next_request(), operations + 1);
                Fact::Discarded
            }
            Action::Poll { .. } | Action::Wait => return None,
        })
    }

    fn note_all(&mut self, turn: usize, events: &[Event], fully: bool) -> Result<(), Tampering> {
        let mut looks = 0;
        for event in events {
            let fact = match event {
                Event::Seen { value } => {
                    looks += 1;
                    let (look, value) = (looks - 1, value.clone());
                    Some(Fact::Seen { look, value })
                }
                Event::Settled { .. } if self.settled_in.replace(turn) == Some(turn) => {
                    return refuse("a turn was settled twice".to_owned());
                }
                event => self.noted(event, fully)?,
            };
            self.entries.extend(fact.map(|fact| Entry { turn, fact }));
        }
        Ok(())
    }

    /// The fact in an event, if it has one.
    fn noted(&mut self, event: &Event, fully: bool) -> Result<Option<Fact>, Tampering> {
        Ok(Some(match event {
            Event::Begun { .. } => self.begun(event)?,
            Event::Delivered { operation } => {
                self.delivered(self.number_of_reported(*operation))?
            }
            Event::Ended { operation } => self.ended(self.number_of_reported(*operation))?,
            Event::Dropped { operation } => self.dropped(self.number_of_reported(*operation))?,
            Event::Noted {
                kind,
                arguments,
                call,
            } => Fact::Noted {
                kind: kind.clone(),
                arguments: arguments.clone(),
                request: call.filter(|number| self.request(*number).is_some()),
            },
            Event::Again { call } => self.asked_again(*call)?,
            Event::Returned { call, with } => self.returned(*call, with)?,
            Event::Panicked { call, message } => {
                self.end_request(*call)?;
                Fact::Panicked {
                    request: *call,
                    message: kept(message),
                }
            }
            Event::Broke { message } => Fact::Broke {
                message: kept(message),
            },
            Event::Settled {
                polls,
                of_calls,
                idle,
            } => {
                self.settled = fully || *idle;
                self.idle = *idle;
                self.spun += usize::from(fully && !*idle);
                self.polls += u64::from(*polls);
                Fact::Settled {
                    polls: *polls,
                    of_calls: *of_calls,
                    idle: *idle,
                    fully,
                }
            }
            // Pings are counted by their sender, and looks are noted with their turn.
            Event::Seen { .. }
            | Event::Clock { .. }
            | Event::Holds { .. }
            | Event::Pong { .. }
            | Event::Watched { .. } => return Ok(None),
        }))
    }

    fn begun(&mut self, event: &Event) -> Result<Fact, Tampering> {
        let Event::Begun {
            operation,
            kind,
            arguments,
            call,
            off_loop,
        } = event
        else {
            return refuse("an operation began that is not one".to_owned());
        };
        let Some(place) = self.world.kind_place(kind) else {
            let kind = crate::text::one_line(kind, 40);
            return refuse(format!("`{kind}` began, which this drill does not have"));
        };
        let noun = self.world.kind(place).noun;
        if *operation as usize != self.operations.len() + 1 {
            return refuse(format!("{noun} {operation} began out of turn"));
        }
        // The loop's thread cannot be held, so this operation ends without an answer.
        let is_held = !self.world.kind(place).blocks || *off_loop;
        let begun = Operation {
            kind: place,
            key: self.world.key_of(self, place, arguments),
            arguments: arguments.clone(),
            state: match is_held {
                true => OperationState::Live,
                false => OperationState::Answered,
            },
            request: call.filter(|number| self.request(*number).is_some()),
            off_loop: *off_loop,
            outcome: None,
            happened: false,
        };
        self.operations.push(begun);
        self.reported_as.push(*operation);
        Ok(Fact::Began {
            operation: *operation,
        })
    }

    fn delivered(&mut self, operation: u32) -> Result<Fact, Tampering> {
        let noun = self.noun(operation);
        match self.operation_mut(operation) {
            Some(open) if open.state == OperationState::Answered => {
                open.state = OperationState::Over;
                Ok(Fact::Delivered { operation })
            }
            _ => refuse(format!(
                "{noun} {operation} delivered an answer nobody gave"
            )),
        }
    }

    fn ended(&mut self, operation: u32) -> Result<Fact, Tampering> {
        let noun = self.noun(operation);
        match self.operation_mut(operation) {
            Some(open) if open.state == OperationState::Answered => {
                open.state = OperationState::Over;
                Ok(Fact::Delivered { operation })
            }
            _ => refuse(format!("{noun} {operation} ended, but was not let go on")),
        }
    }

    fn dropped(&mut self, operation: u32) -> Result<Fact, Tampering> {
        let noun = self.noun(operation);
        let happened = self.drops_happen;
        match self.operation_mut(operation) {
            Some(open) if matches!(open.state, OperationState::Live | OperationState::Answered) => {
                if open.state == OperationState::Live {
                    open.happened = happened;
                }
                open.state = OperationState::Dropped;
                Ok(Fact::Dropped { operation })
            }
            _ => refuse(format!("{noun} {operation} was dropped, but is not open")),
        }
    }

    fn asked_again(&mut self, request: u32) -> Result<Fact, Tampering> {
        match self.request_mut(request) {
            Some(unmade) if unmade.state == RequestState::Unmade => {
                unmade.state = RequestState::Waiting;
                let again = true;
                Ok(Fact::Started { request, again })
            }
            _ => refuse(format!(
                "request {request} was made, but nobody was to make it"
            )),
        }
    }

    fn returned(&mut self, request: u32, with: &Ending) -> Result<Fact, Tampering> {
        self.end_request(request)?;
        let answer = self.world.understand(self, request, with);
        Ok(Fact::Returned { request, answer })
    }

    fn end_request(&mut self, number: u32) -> Result<(), Tampering> {
        match self.request_mut(number) {
            Some(request) if request.state == RequestState::Waiting => {
                request.state = RequestState::Ended;
                Ok(())
            }
            _ => refuse(format!("request {number} ended, but is not waiting")),
        }
    }

    /// The noun for an operation: a `fetch`.
    pub fn noun(&self, operation: u32) -> &'static str {
        let known = self.operation(operation);
        known.map_or("operation", |known| self.world.kind(known.kind).noun)
    }

    /// The operation's argument at this index.
    pub fn argument(&self, operation: u32, place: usize) -> Option<&Value> {
        self.operation(operation)?.arguments.get(place)
    }

    fn request_mut(&mut self, number: u32) -> Option<&mut Request> {
        self.requests.get_mut((number as usize).checked_sub(1)?)
    }

    fn operation_mut(&mut self, number: u32) -> Option<&mut Operation> {
        self.operations.get_mut((number as usize).checked_sub(1)?)
    }
}

/// The most characters kept of a panic's message: more than is ever shown.
const MESSAGE: usize = 400;

fn kept(message: &str) -> String {
    // Of a place in a crate, the folder of this machine that the crate lies in says nothing.
    crate::text::without_folders(message)
        .chars()
        .take(MESSAGE)
        .collect()
}

fn refuse<T>(what: String) -> Result<T, Tampering> {
    Err(Tampering(what))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::Few;
    use crate::world::audit::Audit;

    fn settled() -> Event {
        Event::Settled {
            polls: 0,
            of_calls: 0,
            idle: true,
        }
    }

    /// A run in which these turns were played and nothing came of them.
    fn after(turns: &[Action]) -> Evidence {
        let mut evidence = Evidence::new(&Audit, 0, 1);
        for action in turns {
            let turn = Turn::full(*action);
            evidence.played(turn, &[], &[settled()]).unwrap();
        }
        evidence
    }

    #[test]
    fn a_look_may_see_nothing_only_while_no_instance_is_there() {
        let ask = Action::call(0, Few::of(&[7, 8, 0]));
        let sees_nothing = |turns: &[Action]| after(turns).looked(&[Vec::new()]);
        assert!(sees_nothing(&[ask]).is_err());
        assert!(sees_nothing(&[ask, Action::Discard]).is_ok());
        assert!(sees_nothing(&[ask, Action::Discard, ask]).is_err());
        assert!(sees_nothing(&[ask, Action::Discard, ask, Action::Discard]).is_ok());
    }

    #[test]
    fn an_instance_that_panicked_as_it_was_made_is_not_there() {
        let ask = Turn::full(Action::call(0, Few::of(&[7, 8, 0])));
        let mut evidence = after(&[ask.action, Action::Discard]);
        let message = "a made-up panic".to_owned();
        let broke = Event::Broke { message };
        evidence.played(ask, &[broke], &[settled()]).unwrap();
        assert!(evidence.looked(&[Vec::new()]).is_ok());
    }

    #[test]
    fn it_is_counted_in_how_many_turns_a_task_was_still_ready_at_last() {
        let mut evidence = after(&[Action::Wait]);
        let settled = |idle| Event::Settled {
            polls: 1_000,
            of_calls: 1_000,
            idle,
        };
        for turn in [
            Turn::full(Action::Wait),
            // It was not to settle whole.
            Turn::partial(Action::Wait, 1),
            Turn::full(Action::Wait),
        ] {
            evidence.played(turn, &[], &[settled(false)]).unwrap();
        }
        let wait = Turn::full(Action::Wait);
        evidence.played(wait, &[], &[settled(true)]).unwrap();
        assert_eq!(evidence.spun(), 2);
    }
}
