//! The gate: every hash of the open run waits here until the grader admits it.
//!
//! Its main type is [`Gate`], which takes the place of the kit's hashing. A hash
//! on the loop's own thread is let through at once: holding it would keep the
//! puppet from reporting it.

use std::collections::{HashMap, HashSet};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::ThreadId;

use kit::supervised::{Hasher, bcrypt_with, real_hash, real_verify};

use crate::journal::{Journal, polled_call};
use crate::meter::OffLoopWork;
use crate::protocol::{Ending, Event, Value};

/// The message of a hash that is made to panic.
const HASH_PANIC: &str = "the hash panicked";

/// The kind under which the grader knows a hash.
const KIND: &str = "hash_password";

/// A work factor that costs next to nothing, for hashes that nobody looks at.
const CHEAPEST: u32 = 4;

/// The process's one gate.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    open: Option<OpenRun>,
    /// Counts the runs, so that a hash knows when its own is over.
    runs: u64,
    begun: u32,
    admitted: HashMap<u32, Admission>,
    /// The texts that the open run's hashes were answered with, and their passwords.
    given: HashMap<String, String>,
    /// Passwords of runs that are over; late hashes of them belong to no run.
    stale: HashSet<String>,
    /// Whether hashes are computed without asking the grader.
    real: Option<OffLoopWork>,
}

/// How a hash ends after it was admitted.
#[derive(Clone, Debug)]
enum Admission {
    /// With this text, at once: no time is spent on a real hash.
    Text(String),
    /// With a real bcrypt hash of this work factor and salt.
    Bcrypt { cost: u32, salt: [u8; 16] },
    /// It panics.
    Panic,
}

impl Admission {
    /// A text is a value; a real hash is a list of its work factor and its salt.
    fn of(ending: &Ending) -> Admission {
        match ending {
            Ending::Ok(Value::Text(text)) => Admission::Text(text.clone()),
            Ending::Ok(Value::List(bcrypt)) => {
                let number = |value: &Value| value.number().unwrap_or(0);
                let cost = bcrypt.first().map_or(0, number);
                let mut salt = [0; 16];
                let bytes = bcrypt.get(1).map(Value::list).unwrap_or(&[]);
                for (byte, value) in salt.iter_mut().zip(bytes) {
                    *byte = u8::try_from(number(value)).unwrap_or(0);
                }
                Admission::Bcrypt {
                    cost: u32::try_from(cost).unwrap_or(CHEAPEST).clamp(CHEAPEST, 31),
                    salt,
                }
            }
            Ending::Ok(_) | Ending::Error(..) | Ending::Panic => Admission::Panic,
        }
    }
}

#[derive(Debug)]
struct OpenRun {
    journal: Journal,
    loop_thread: ThreadId,
    passwords: Vec<String>,
}

impl Gate {
    /// From now on hashes belong to the run that writes to this journal and has its
    /// loop on the calling thread.
    pub(crate) fn open(&self, journal: Journal) {
        let mut state = self.lock();
        state.turn_over();
        state.open = Some(OpenRun {
            journal,
            loop_thread: std::thread::current().id(),
            passwords: Vec::new(),
        });
        drop(state);
        self.changed.notify_all();
    }

    /// Notes that a caller of the open run has this password.
    pub(crate) fn issue(&self, password: &str) {
        if let Some(run) = &mut self.lock().open {
            run.passwords.push(password.to_owned());
        }
    }

    /// Admits a waiting hash; leaves alone one that is over or was admitted before.
    pub(crate) fn admit(&self, hash: u32, with: &Ending) {
        let mut state = self.lock();
        if hash <= state.begun {
            state
                .admitted
                .entry(hash)
                .or_insert_with(|| Admission::of(with));
        }
        drop(state);
        self.changed.notify_all();
    }

    /// Whether hashes are computed without asking the grader. If so, they give
    /// account of their work here.
    pub(crate) fn set_real(&self, account: Option<OffLoopWork>) {
        self.lock().real = account;
    }

    /// Ends the run: hashes that still wait go on unseen.
    pub(crate) fn close(&self) {
        self.lock().turn_over();
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for admission, and returns how the hash of `password` ends; `None` when its run is over.
    fn pass(&self, password: &str) -> Passed {
        let mut state = self.lock();
        if let Some(account) = &state.real {
            return Passed::Real(account.clone());
        }
        let Some(run) = &state.open else {
            return Passed::Late;
        };
        // A password that is given again belongs to this run.
        let own = run.passwords.iter().any(|given| given == password);
        if !own && state.stale.contains(password) {
            return Passed::Late;
        }
        let journal = run.journal.clone();
        let on_loop = run.loop_thread == std::thread::current().id();
        state.begun += 1;
        let (hash, of_run) = (state.begun, state.runs);
        journal.write(Event::Begun {
            operation: hash,
            kind: KIND.to_owned(),
            arguments: vec![Value::Text(password.to_owned())],
            call: polled_call(),
            off_loop: !on_loop,
        });
        if on_loop {
            return Passed::On { journal, hash };
        }
        loop {
            if state.runs != of_run {
                return Passed::Late;
            }
            if let Some(with) = state.admitted.get(&hash) {
                let with = with.clone();
                if let Admission::Text(text) = &with {
                    state.given.insert(text.clone(), password.to_owned());
                }
                return Passed::Admitted {
                    journal,
                    hash,
                    with,
                };
            }
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl State {
    fn turn_over(&mut self) {
        if let Some(run) = self.open.take() {
            self.stale.extend(run.passwords);
        }
        self.runs += 1;
        self.begun = 0;
        self.admitted.clear();
        self.given.clear();
    }
}

/// How a hash passed the gate.
enum Passed {
    /// As it was admitted.
    Admitted {
        journal: Journal,
        hash: u32,
        with: Admission,
    },
    /// It runs on the loop's thread.
    On { journal: Journal, hash: u32 },
    /// Its run is over, so nobody looks at it.
    Late,
    /// Hashes are computed without asking.
    Real(OffLoopWork),
}

impl Passed {
    /// Reports the end of a hash that somebody looks at.
    fn ended(&self) {
        if let Passed::Admitted { journal, hash, .. } | Passed::On { journal, hash } = self {
            journal.write(Event::Ended { operation: *hash });
        }
    }
}

impl Hasher for Gate {
    fn hash(&self, password: &str) -> String {
        let passed = self.pass(password);
        let text = match &passed {
            Passed::Admitted {
                with: Admission::Text(text),
                ..
            } => text.clone(),
            Passed::Admitted {
                with: Admission::Bcrypt { cost, salt },
                ..
            } => bcrypt_with(password, *cost, *salt),
            Passed::Admitted {
                with: Admission::Panic,
                ..
            } => {
                passed.ended();
                // Resumed rather than raised, so that no panic hook runs.
                std::panic::resume_unwind(Box::new(HASH_PANIC));
            }
            Passed::On { .. } => bcrypt_with(password, CHEAPEST, [0; 16]),
            Passed::Late => String::new(),
            Passed::Real(account) => {
                let _account = account.begin();
                real_hash(password)
            }
        };
        passed.ended();
        text
    }

    fn verify(&self, password: &str, hash: &str) -> bool {
        let passed = self.pass(password);
        if let Passed::Admitted {
            with: Admission::Panic,
            ..
        } = &passed
        {
            passed.ended();
            std::panic::resume_unwind(Box::new(HASH_PANIC));
        }
        let given = self.lock().given.get(hash).map(|owner| owner == password);
        let belongs = match (&passed, given) {
            (Passed::Late, _) => true,
            (_, Some(belongs)) => belongs,
            (_, None) => real_verify(password, hash),
        };
        passed.ended();
        belongs
    }
}
