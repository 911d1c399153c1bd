//! How evidence comes about: the grader's orders and the worker's reports become
//! facts, one after the other. What cannot have happened is refused here.

use worker::protocol::{Event, Value};

use super::{
    ALIKE, Entry, Evidence, Fact, Fetch, FetchState, Hash, HashState, Request, RequestState,
    Returned, Tampering,
};
use crate::schedule::{Action, HashEnding, Outcome, Settle, Turn};

impl Evidence {
    /// Notes that the run was opened, with what the worker saw then.
    ///
    /// # Errors
    /// [`Tampering`] when that cannot have happened.
    pub fn opened(&mut self, events: &[Event]) -> Result<(), Tampering> {
        events
            .iter()
            .try_for_each(|event| self.note(0, event, true))
    }

    /// Notes a turn and what the worker saw of its two steps: the action and the
    /// settling. `steps` is empty for a turn that has no such step.
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

    /// Notes that a turn is played; what is seen of it follows.
    pub fn begin(&mut self, turn: Turn) {
        let index = self.turns.len();
        self.turns.push(turn);
        self.note_action(index, turn.action);
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
        events
            .iter()
            .try_for_each(|event| self.note(index, event, fully))
    }

    /// Notes that the loop answered pings in the turn that was played last.
    pub fn answered_pings(&mut self, pings: u32) {
        let turn = self.turns.len().saturating_sub(1);
        let fact = Fact::Answers { pings };
        self.entries.push(Entry { turn, fact });
    }

    fn note_action(&mut self, turn: usize, action: Action) {
        let fact = match action {
            Action::Start { user } => {
                let state = RequestState::Waiting;
                self.requests.push(Request { user, state });
                let request = self.requests.len() as u32;
                Fact::Started { request, user }
            }
            Action::Answer { fetch, outcome } => {
                let Some(open) = self.fetch_mut(fetch) else {
                    return;
                };
                if open.state != FetchState::Live {
                    return;
                }
                open.state = FetchState::Answered;
                Fact::Answered { fetch, outcome }
            }
            Action::HangUp { request } => {
                let Some(waiting) = self.request_mut(request) else {
                    return;
                };
                if waiting.state != RequestState::Waiting {
                    return;
                }
                waiting.state = RequestState::HungUp;
                Fact::HungUp { request }
            }
            Action::Pass { micros } => Fact::Passed { micros },
            Action::Make { max_parallel } => {
                self.max_parallel = max_parallel;
                Fact::Made { max_parallel }
            }
            Action::Admit { hash, ending } => {
                let Some(held) = self.hash_mut(hash) else {
                    return;
                };
                if held.state != HashState::Held {
                    return;
                }
                held.state = HashState::Admitted;
                held.ending = Some(ending);
                Fact::Admitted { hash, ending }
            }
            Action::Wait => return,
        };
        self.entries.push(Entry { turn, fact });
    }

    fn note(&mut self, turn: usize, event: &Event, fully: bool) -> Result<(), Tampering> {
        let refuse = |what: String| Err(Tampering(what));
        let fact = match event {
            Event::FetchBegun {
                fetch,
                user,
                request,
                off_loop,
            } => {
                if *fetch as usize != self.fetches.len() + 1 {
                    return refuse(format!("fetch {fetch} began out of turn"));
                }
                let request = request.filter(|number| self.request(*number).is_some());
                let user = self.known_user(*user);
                self.fetches.push(Fetch {
                    user,
                    state: FetchState::Live,
                    request,
                });
                Fact::Began {
                    fetch: *fetch,
                    user,
                    request,
                    off_loop: *off_loop,
                }
            }
            Event::FetchDelivered { fetch } => {
                let state = self.fetch(*fetch).map(|open| open.state);
                if state != Some(FetchState::Answered) {
                    return refuse(format!("fetch {fetch} delivered an answer nobody gave"));
                }
                self.set_fetch(*fetch, FetchState::Delivered);
                Fact::Delivered { fetch: *fetch }
            }
            Event::FetchDropped { fetch } => {
                let state = self.fetch(*fetch).map(|open| open.state);
                if !matches!(state, Some(FetchState::Live | FetchState::Answered)) {
                    return refuse(format!("fetch {fetch} was dropped, but is not open"));
                }
                self.set_fetch(*fetch, FetchState::Dropped);
                Fact::Dropped { fetch: *fetch }
            }
            Event::HashBegun {
                hash,
                password,
                request,
                on_loop,
            } => {
                if *hash as usize != self.hashes.len() + 1 {
                    return refuse(format!("hash {hash} began out of turn"));
                }
                let request = request.filter(|number| self.request(*number).is_some());
                let user = self.user_with_password(password);
                // On the loop it cannot be held: its end needs no admission.
                let state = match on_loop {
                    true => HashState::Admitted,
                    false => HashState::Held,
                };
                self.hashes.push(Hash {
                    user,
                    state,
                    ending: None,
                });
                Fact::Hashing {
                    hash: *hash,
                    user,
                    request,
                    on_loop: *on_loop,
                }
            }
            Event::HashEnded { hash } => match self.hash_mut(*hash) {
                Some(open) if open.state == HashState::Admitted => {
                    open.state = HashState::Over;
                    Fact::Hashed { hash: *hash }
                }
                _ => return refuse(format!("hash {hash} ended, but was not admitted")),
            },
            Event::Returned { request, value } => {
                self.end_request(*request)?;
                let answer = self.understand(*request, value);
                Fact::Returned {
                    request: *request,
                    answer,
                }
            }
            Event::Panicked { request, message } => {
                self.end_request(*request)?;
                let message = kept(message);
                Fact::Panicked {
                    request: *request,
                    message,
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
                if self.settled_in.replace(turn) == Some(turn) {
                    return refuse("a turn was settled twice".to_owned());
                }
                self.settled = fully || *idle;
                self.idle = *idle;
                self.polls += u64::from(*polls);
                Fact::Settled {
                    polls: *polls,
                    of_calls: *of_calls,
                    idle: *idle,
                    fully,
                }
            }
            // Pings are counted where they are sent.
            Event::Clock { .. }
            | Event::Holds { .. }
            | Event::Pong { .. }
            | Event::Watched { .. } => return Ok(()),
        };
        self.entries.push(Entry { turn, fact });
        Ok(())
    }

    fn end_request(&mut self, number: u32) -> Result<(), Tampering> {
        match self.request_mut(number) {
            Some(request) if request.state == RequestState::Waiting => {
                request.state = RequestState::Ended;
                Ok(())
            }
            _ => Err(Tampering(format!(
                "request {number} ended, but is not waiting"
            ))),
        }
    }

    fn understand(&self, request: u32, value: &Value) -> Returned {
        let user = self.request(request).map(|request| request.user);
        match value {
            Value::Row { id, name } => {
                // Only a row that was given, for this user, by an answered fetch.
                let given = self.fetches().find(|(number, fetch)| {
                    fetch.user == user
                        && self.known_user(*id) == user
                        && self.was_answered_with_row(*number)
                        && self.row_name(*number) == *name
                });
                given.map_or(Returned::InventedRow, |(fetch, _)| Returned::RowOf {
                    fetch,
                })
            }
            Value::NotFound { id } => Returned::NotFound {
                own: self.known_user(*id) == user,
            },
            Value::Unavailable => Returned::Unavailable,
            Value::Stampede { .. } => Returned::Other,
            Value::TooLong => Returned::TooLong,
            Value::Hash { text } => {
                let own = self
                    .hashes()
                    .find(|(number, hash)| hash.user == user && self.is_text_of(*number, text));
                own.map_or(Returned::InventedHash, |(hash, _)| Returned::HashOf {
                    hash,
                })
            }
        }
    }

    /// Whether `text` is what this hash was admitted to end with.
    fn is_text_of(&self, number: u32, text: &str) -> bool {
        let Some(Hash {
            user: Some(user),
            ending: Some(ending),
            ..
        }) = self.hash(number)
        else {
            return false;
        };
        match ending {
            HashEnding::Done => self.secrets.hash_text(number) == text,
            HashEnding::Bcrypt => {
                let password = self.secrets.password(*user);
                self.secrets.is_bcrypt_of(number, &password, text)
            }
            HashEnding::Panic => false,
        }
    }

    fn user_with_password(&self, password: &str) -> Option<u32> {
        let given = |user: &u32| self.secrets.password(*user) == password;
        let users = self.requests.iter().map(|request| request.user);
        // The latest first: it is most likely the one.
        users.rev().find(given)
    }

    fn was_answered_with_row(&self, number: u32) -> bool {
        self.entries.iter().any(|entry| {
            matches!(entry.fact, Fact::Answered { fetch, outcome: Outcome::Row } if fetch == number)
        })
    }

    fn known_user(&self, id: u64) -> Option<u32> {
        let beyond = id.checked_sub(self.user_base)?;
        let low = (beyond & u64::from(u32::MAX)) as u32;
        let high = (beyond >> 32) as u32;
        let number = high.checked_mul(ALIKE)?.checked_add(low)?;
        let asked = |request: &Request| request.user == number;
        self.requests.iter().any(asked).then_some(number)
    }

    fn request_mut(&mut self, number: u32) -> Option<&mut Request> {
        self.requests.get_mut((number as usize).checked_sub(1)?)
    }

    fn fetch_mut(&mut self, number: u32) -> Option<&mut Fetch> {
        self.fetches.get_mut((number as usize).checked_sub(1)?)
    }

    fn hash_mut(&mut self, number: u32) -> Option<&mut Hash> {
        self.hashes.get_mut((number as usize).checked_sub(1)?)
    }

    fn set_fetch(&mut self, number: u32, state: FetchState) {
        if let Some(fetch) = self.fetch_mut(number) {
            fetch.state = state;
        }
    }
}

/// The most characters kept of a panic's message: more than is ever shown.
const MESSAGE: usize = 400;

fn kept(message: &str) -> String {
    message.chars().take(MESSAGE).collect()
}
