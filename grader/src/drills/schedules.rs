//! Turns that several drills play.

use play::evidence::{Evidence, FAR_AWAY, FAR_KEYS, WITH_ID_ZERO};
use play::schedule::{Action, FIRST_KEY, Few, Outcome, Polled, Settle, Turn};
use play::space::{A_WEEK, PATIENCE_MICROS};

/// The turns that end a schedule: live operations are answered in the order they began;
/// then time passes for requests that still wait.
pub(super) fn then_all_answered(evidence: &Evidence) -> Option<Turn> {
    if !evidence.is_settled() {
        return Some(Turn::full(Action::Wait));
    }
    if let Some(operation) = evidence.live().next() {
        let outcome = Outcome::Value;
        return Some(Turn::full(Action::Answer { operation, outcome }));
    }
    evidence.waiting().next()?;
    patience(evidence)
}

/// The same, except that from the `first` answer on two answers come at once: no task runs
/// between them.
pub(super) fn then_answered_in_pairs(evidence: &Evidence, first: usize) -> Option<Turn> {
    let answered = answers(evidence);
    let outcome = Outcome::Value;
    let mut live = evidence.live();
    let next = live
        .next()
        .map(|operation| Action::Answer { operation, outcome });
    match (next, evidence.is_settled()) {
        (Some(next), true) if answered >= first && live.next().is_some() => {
            Some(Turn::partial(next, 0))
        }
        (Some(next), false) => Some(Turn::full(next)),
        _ => then_all_answered(evidence),
    }
}

/// Keys whose ids are easily mistaken for each other.
pub(super) fn alike_keys() -> impl Iterator<Item = u32> + Clone {
    let far = FAR_AWAY..FAR_AWAY + FAR_KEYS;
    std::iter::once(FIRST_KEY).chain(far).chain([WITH_ID_ZERO])
}

/// So many requests about each of the keys whose ids are easily mistaken, all of which are
/// unfinished together. It ends there if one of them waits although nothing is under way for
/// its key.
pub(super) fn of_alike_keys(evidence: &Evidence, each: usize) -> Option<Turn> {
    if let Some(key) = alike_keys().nth(evidence.started() / each) {
        return Some(Turn::full(Action::ask(key)));
    }
    then_each_is_served(evidence)
}

/// Nothing is answered before something is under way for all that have started.
pub(super) fn then_each_is_served(evidence: &Evidence) -> Option<Turn> {
    let last = evidence.turns().last().map(|turn| turn.action);
    let has_answered = matches!(last, Some(Action::Answer { .. }));
    match has_answered || evidence.unserved().is_empty() {
        true => then_all_answered(evidence),
        false => patience(evidence),
    }
}

/// Ten seconds.
const SLOW_MICROS: u64 = 10_000_000;

/// How many operations in a row go wrong, or callers leave, before each that is well. What
/// counts them may count to any of these. The first is the longest, since something that has
/// been well once may never be tried again.
const LONGEST_FIRST: [usize; 5] = [12, 3, 1, 2, 5];

/// The same for what counts all that ever went wrong: one is well after each of the first few.
const ONE_MORE_EACH: [usize; 9] = [1, 1, 1, 1, 1, 2, 3, 5, 12];

/// Whether each of some operations, or callers, goes wrong where so many wait behind it, until
/// all is well for good.
pub(super) fn whiles(behind: usize) -> impl Iterator<Item = bool> {
    let in_a_row: &[usize] = match behind {
        0 => &LONGEST_FIRST,
        _ => &ONE_MORE_EACH,
    };
    let all = in_a_row.iter();
    all.flat_map(|in_a_row| std::iter::repeat_n(true, *in_a_row).chain([false]))
}

/// Operations of this kind fail for a while, and requests start one after the other, so that
/// so many wait behind one; those that come later must not be put off by that.
pub(super) fn down_for_a_while(
    evidence: &Evidence,
    behind: usize,
    start: impl Fn(u32) -> Action,
    kind: u8,
) -> Option<Turn> {
    let error = *evidence.world().kind(kind).errors.first()?;
    wrong_for_a_while(evidence, behind, start, kind, Outcome::Error(error))
}

/// The same, except that they panic.
pub(super) fn panics_for_a_while(
    evidence: &Evidence,
    behind: usize,
    start: impl Fn(u32) -> Action,
    kind: u8,
) -> Option<Turn> {
    wrong_for_a_while(evidence, behind, start, kind, Outcome::Panic)
}

/// Whether this one does, counted from 1.
fn goes_wrong(behind: usize, number: usize) -> bool {
    whiles(behind).nth(number - 1) == Some(true)
}

/// The next request, while fewer than so many wait behind one.
fn one_more(evidence: &Evidence, behind: usize, start: impl Fn(u32) -> Action) -> Option<Turn> {
    let started = evidence.started();
    let is_wanted =
        started < whiles(behind).count() + 1 + behind && evidence.waiting().count() <= behind;
    is_wanted.then(|| Turn::full(start(started as u32)))
}

/// Operations of this kind end like this, again and again, and then all is well.
fn wrong_for_a_while(
    evidence: &Evidence,
    behind: usize,
    start: impl Fn(u32) -> Action,
    kind: u8,
    wrong: Outcome,
) -> Option<Turn> {
    if let Some(turn) = one_more(evidence, behind, start) {
        return Some(turn);
    }
    if let Some(operation) = evidence.live().next() {
        let is_of_kind = |number: u32| evidence.operation(number).is_some_and(|it| it.kind == kind);
        let so_far = (1..=operation).filter(|number| is_of_kind(*number)).count();
        let outcome = match is_of_kind(operation) && goes_wrong(behind, so_far) {
            true => wrong,
            false => Outcome::Value,
        };
        return Some(Turn::full(Action::Answer { operation, outcome }));
    }
    then_all_answered(evidence)
}

/// Two operations are under way, and each fails in its own way before any task runs.
pub(super) fn two_errors(evidence: &Evidence, starts: [Action; 2]) -> Option<Turn> {
    if let Some(start) = starts.get(evidence.started()) {
        return Some(Turn::partial(*start, 0));
    }
    let answered = answers(evidence);
    if answered == 0 && !evidence.is_settled() {
        return Some(Turn::full(Action::Wait));
    }
    let (Some(operation), 0 | 1) = (evidence.live().next(), answered) else {
        return then_all_answered(evidence);
    };
    let kind = evidence.operation(operation)?.kind;
    let errors = evidence.world().kind(kind).errors;
    let fails = |error: Option<&u8>| {
        let outcome = Outcome::Error(*error?);
        Some(Action::Answer { operation, outcome })
    };
    match answered {
        0 => Some(Turn::partial(fails(errors.first())?, 0)),
        _ => Some(Turn::full(fails(errors.last())?)),
    }
}

/// What there is of the other one of two keys when something goes wrong for the first.
#[derive(Clone, Copy, Debug)]
pub(super) enum Beside {
    /// One is under way, and another one waits for it if it has to.
    UnderWay,
    /// The same, except that it has just been answered: no task has run since.
    JustAnswered,
    /// All is done.
    Done,
}

/// All of it.
pub(super) const BESIDE: [Beside; 3] = [Beside::UnderWay, Beside::JustAnswered, Beside::Done];

/// An operation of this kind goes wrong for one key, which is nothing to another one: the other
/// is asked for once more, and then the first.
pub(super) fn wrong_beside(
    evidence: &Evidence,
    [first, other]: [Action; 2],
    beside: Beside,
    (kind, outcome): (u8, Outcome),
) -> Option<Turn> {
    let starts: &[Action] = match beside {
        Beside::UnderWay | Beside::JustAnswered => &[first, other, other],
        Beside::Done => &[other, first],
    };
    let is_live = evidence.live().next().is_some();
    match evidence.started() {
        1 if matches!(beside, Beside::Done) && is_live => return then_all_answered(evidence),
        started if started < starts.len() => return Some(Turn::full(starts[started])),
        _ => {}
    }
    let is_it =
        |turn: &Turn| matches!(turn.action, Action::Answer { outcome: it, .. } if it == outcome);
    if evidence.turns().iter().any(is_it) {
        return match evidence.started() - starts.len() {
            0 => Some(Turn::full(other)),
            1 => Some(Turn::full(first)),
            _ => then_all_answered(evidence),
        };
    }
    let is_of_kind = |number: &u32| {
        evidence
            .operation(*number)
            .is_some_and(|it| it.kind == kind)
    };
    let (of_kind, earlier): (Vec<u32>, Vec<u32>) = evidence.live().partition(is_of_kind);
    let answer = |operation, outcome| Action::Answer { operation, outcome };
    match (beside, &*of_kind, &*earlier) {
        (_, _, [operation, ..]) => Some(Turn::full(answer(*operation, Outcome::Value))),
        (Beside::JustAnswered, [_, second, ..], _) => {
            Some(Turn::partial(answer(*second, Outcome::Value), 0))
        }
        (_, [operation, ..], _) => Some(Turn::full(answer(*operation, outcome))),
        _ => then_all_answered(evidence),
    }
}

/// Callers are dropped while they are served, again and again, and then all is well. So many
/// wait behind each.
pub(super) fn drops_for_a_while(evidence: &Evidence, behind: usize, start: Action) -> Option<Turn> {
    if let Some(turn) = one_more(evidence, behind, |_| start) {
        return Some(turn);
    }
    match evidence.waiting().next() {
        Some(request) if goes_wrong(behind, request as usize) => {
            let happened = false;
            Some(Turn::full(Action::HangUp { request, happened }))
        }
        _ => then_all_answered(evidence),
    }
}

/// Two requests, the second of which waits for the first one; when that has its answer, what
/// is under way for the other takes long, so that only what somebody holds is left.
pub(super) fn slow_for_the_second(evidence: &Evidence, start: Action) -> Option<Turn> {
    let is_pass = |turn: &Turn| matches!(turn.action, Action::Pass { .. });
    let has_passed = evidence.turns().iter().any(is_pass);
    match (evidence.started(), evidence.waiting().next()) {
        (0 | 1, _) => Some(Turn::full(start)),
        (_, Some(2)) if !has_passed && evidence.live().next().is_some() => {
            let micros = SLOW_MICROS;
            Some(Turn::full(Action::Pass { micros }))
        }
        _ => then_all_answered(evidence),
    }
}

/// What is under way takes more than a week, which is no reason to give it up; then another
/// request comes, and must not take its place. The schedule begins with so many other turns.
pub(super) fn slow(
    evidence: &Evidence,
    opening: usize,
    starts: &[Action],
    late: Action,
) -> Option<Turn> {
    let turn = evidence.turns().len() - opening;
    if let Some(start) = starts.get(turn) {
        return Some(Turn::full(*start));
    }
    match slow_steps().nth(turn - starts.len()) {
        Some(micros) => Some(Turn::full(Action::Pass { micros })),
        None if evidence.started() == starts.len() => Some(Turn::full(late)),
        None => then_all_answered(evidence),
    }
}

/// How an operation goes wrong, or its caller.
#[derive(Clone, Copy, Debug)]
pub(super) enum Went {
    /// It is answered with an error that it may have.
    Failed,
    /// It panics.
    Panicked,
    /// The first caller that waits is dropped.
    Left,
    /// The same, and what is under way for it happens nevertheless.
    LeftDone,
}

/// Ten seconds, and then more than a week.
pub(super) fn slow_steps() -> impl Iterator<Item = u64> {
    std::iter::once(SLOW_MICROS).chain(A_WEEK)
}

/// Two requests, one after the other; between them time passes in these steps, and there is
/// nothing to do.
pub(super) fn idle_for_long(
    evidence: &Evidence,
    start: Action,
    mut steps: impl Iterator<Item = u64>,
) -> Option<Turn> {
    let is_pass = |turn: &&Turn| matches!(turn.action, Action::Pass { .. });
    let passed = evidence.turns().iter().filter(is_pass).count();
    let is_over = evidence.waiting().next().is_none() && evidence.live().next().is_none();
    match evidence.started() {
        0 => Some(Turn::full(start)),
        1 if is_over && evidence.is_settled() => Some(Turn::full(match steps.nth(passed) {
            Some(micros) => Action::Pass { micros },
            None => start,
        })),
        _ => then_all_answered(evidence),
    }
}

/// Where pairs begin, counted in requests, and after how many polls of its first the second of
/// each pair comes.
pub(super) const PAIRS: [(usize, u32); 6] = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)];

/// So many requests come in pairs where nothing limits them.
pub(super) const PAIRED: usize = 70;

/// Requests come in pairs, each of which finds the loop at rest; the first may be alone. What is
/// done for every so many requests is done once between the two of a pair, however many that are.
pub(super) fn in_pairs(
    evidence: &Evidence,
    (alone, polls): (usize, u32),
    requests: usize,
    start: impl Fn(usize) -> Action,
) -> Option<Turn> {
    let started = evidence.started();
    let is_second = started > alone && (started - alone) % 2 == 1;
    let is_over = evidence.waiting().next().is_none() && evidence.live().next().is_none();
    match started < requests {
        true if is_second || is_over && started < alone => Some(Turn::full(start(started))),
        true if is_over => Some(Turn::partial(start(started), polls)),
        _ => then_all_answered(evidence),
    }
}

/// So little time at once that nothing is given up: what looks again every few milliseconds, and
/// what does every second, shows in its polls.
pub(super) fn small_steps() -> impl Iterator<Item = u64> {
    [10_000, 1_000_000]
        .into_iter()
        .flat_map(|micros| std::iter::repeat_n(micros, 20))
}

/// After so many turns time passes in small steps, and then all is answered.
pub(super) fn in_small_steps(evidence: &Evidence, begun: usize) -> Option<Turn> {
    let passed = evidence.turns().len().checked_sub(begun)?;
    match small_steps().nth(passed) {
        Some(micros) => Some(Turn::full(Action::Pass { micros })),
        None => then_all_answered(evidence),
    }
}

/// Requests start, so many operations are well, one goes as it may; then time passes in these
/// steps, in whatever state the requests are by then.
pub(super) fn time_passes_after(
    evidence: &Evidence,
    starts: &[Action],
    well: usize,
    went: Option<Went>,
    mut steps: impl Iterator<Item = u64>,
) -> Option<Turn> {
    if let Some(start) = starts.get(evidence.started()) {
        return Some(Turn::full(*start));
    }
    let mut steps_made = 0;
    let mut ends_made = 0;
    for turn in evidence.turns() {
        match turn.action {
            Action::Pass { .. } => steps_made += 1,
            Action::Answer { .. } | Action::HangUp { .. } => ends_made += 1,
            _ => {}
        }
    }
    let next = match went {
        _ if steps_made > 0 || ends_made > well => None,
        _ if ends_made < well => Some(end_of_live(evidence, None)),
        None => None,
        went => Some(end_of_live(evidence, went)),
    };
    if let Some(next) = next {
        return next.map(Turn::full).or_else(|| then_all_answered(evidence));
    }
    match steps.nth(steps_made) {
        Some(micros) if evidence.waiting().next().is_some() => {
            Some(Turn::full(Action::Pass { micros }))
        }
        _ => then_all_answered(evidence),
    }
}

/// After how many polls others come into the gap that an end leaves.
pub(super) const GAPS: [u32; 7] = [0, 1, 2, 3, 4, 5, 6];

/// Requests start, so many operations are well, the next one goes as it may, and so many polls
/// later newcomers start before any other task runs. A task that has just seen an empty line may
/// not have acted on it yet.
pub(super) fn into_the_gap(
    evidence: &Evidence,
    starts: &[Action],
    (well, went): (usize, Option<Went>),
    polls: u32,
    newcomers: &[Action],
) -> Option<Turn> {
    let started = evidence.started();
    if let Some(start) = starts.get(started) {
        return Some(Turn::full(*start));
    }
    let ends = |turn: &&Turn| matches!(turn.action, Action::Answer { .. } | Action::HangUp { .. });
    let ended = evidence.turns().iter().filter(ends).count();
    if ended <= well {
        let end = end_of_live(evidence, went.filter(|_| ended == well));
        let Some(end) = end else {
            return then_all_answered(evidence);
        };
        return Some(match ended == well {
            true => Turn::partial(end, polls),
            false => Turn::full(end),
        });
    }
    match newcomers.get(started - starts.len()..) {
        Some([last]) => Some(Turn::full(*last)),
        Some([next, ..]) => Some(Turn::partial(*next, 0)),
        _ => then_all_answered(evidence),
    }
}

/// The first of what is under way ends like this, or with its value.
fn end_of_live(evidence: &Evidence, went: Option<Went>) -> Option<Action> {
    match went {
        None => answer_of_live(evidence, Some(Outcome::Value)),
        Some(Went::Failed) => answer_of_live(evidence, error_of_live(evidence)),
        Some(Went::Panicked) => answer_of_live(evidence, Some(Outcome::Panic)),
        Some(went @ (Went::Left | Went::LeftDone)) => evidence.waiting().next().map(|request| {
            let happened = matches!(went, Went::LeftDone);
            Action::HangUp { request, happened }
        }),
    }
}

/// What goes wrong several times before all places are wanted.
#[derive(Clone, Copy)]
pub(super) struct Mishaps {
    /// So many requests come together first, and all is well.
    pub(super) well: usize,
    /// After that, so many come one after the other.
    pub(super) wrong: usize,
    /// In each of these an operation of this kind goes like this.
    pub(super) kind: u8,
    pub(super) went: Went,
    /// Then so many come together.
    pub(super) together: usize,
}

/// Requests of which several go wrong: no place may be lost by that, and nothing that was
/// left behind well.
pub(super) fn after_mishaps(
    evidence: &Evidence,
    it: &Mishaps,
    start: impl Fn(u32) -> Action,
) -> Option<Turn> {
    let started = evidence.started();
    let mut live = evidence.live();
    let of_kind = |number| {
        evidence
            .operation(number)
            .is_some_and(|op| op.kind == it.kind)
    };
    let is_of_kind = live.next().is_some_and(of_kind);
    let is_waiting = evidence.waiting().next().is_some();
    let is_over = evidence.is_settled() && !is_waiting && evidence.live().next().is_none();
    let last = it.well + it.wrong;
    let is_wanted = match started {
        _ if started < it.well => true,
        _ if started <= last => is_over,
        _ => started < last + it.together,
    };
    if is_wanted {
        return Some(Turn::full(start(started as u32)));
    }
    if (it.well + 1..=last).contains(&started) && is_of_kind && is_waiting {
        return end_of_live(evidence, Some(it.went)).map(Turn::full);
    }
    then_all_answered(evidence)
}

/// How long a line is, and how many ends come before the one that goes wrong.
pub(super) const LINES: [(usize, usize); 5] = [(12, 0), (12, 1), (12, 2), (12, 3), (40, 1)];

/// Requests start together and wait for each other. After so many ends one goes like this, or
/// somebody in the middle of the line leaves; then one more comes.
pub(super) fn in_a_long_line(
    evidence: &Evidence,
    (line, at): (usize, usize),
    went: Option<Went>,
    start: impl Fn(u32) -> Action,
) -> Option<Turn> {
    let started = evidence.started();
    if started < line {
        let action = start(started as u32);
        return Some(match started + 1 == line {
            true => Turn::full(action),
            false => Turn::partial(action, 0),
        });
    }
    let ends = |turn: &&Turn| matches!(turn.action, Action::Answer { .. } | Action::HangUp { .. });
    let ended = evidence.turns().iter().filter(ends).count();
    let is_waiting = evidence.waiting().next().is_some();
    let is_over = evidence.is_settled() && !is_waiting && evidence.live().next().is_none();
    let goes_wrong = match went {
        Some(_) => end_of_live(evidence, went),
        None => evidence.waiting().nth(line / 2).map(|request| {
            let happened = false;
            Action::HangUp { request, happened }
        }),
    };
    match goes_wrong {
        Some(action) if ended == at && is_waiting => Some(Turn::full(action)),
        _ if is_over && started == line => Some(Turn::full(start(started as u32))),
        _ => then_all_answered(evidence),
    }
}

/// How long a line is when somebody comes who is told apart by the number of those before.
pub(super) const NUMBERS: [u32; 7] = [5, 6, 7, 8, 9, 12, 16];

/// Requests wait in a line. After so many answers, with the last of which the first request
/// ends, one more comes: at once, or when so many polls have followed, or when all rest.
pub(super) fn joins_behind(
    evidence: &Evidence,
    line: u32,
    (answers, polls): (usize, Option<u32>),
    start: impl Fn(u32) -> Action,
) -> Option<Turn> {
    let started = evidence.started() as u32;
    let is_answer = |turn: &&Turn| matches!(turn.action, Action::Answer { .. });
    let answered = evidence.turns().iter().filter(is_answer).count();
    if started < line || started == line && answered == answers {
        return Some(Turn::full(start(started)));
    }
    match (answer_of_live(evidence, Some(Outcome::Value)), polls) {
        (Some(answer), Some(polls)) if answered + 1 == answers => {
            Some(Turn::partial(answer, polls))
        }
        _ => then_all_answered(evidence),
    }
}

/// Of a line all leave but the last one, whose turn it is in the end; the first may stay as long
/// as its work is under way. Then one more comes.
pub(super) fn all_but_one_leave(
    evidence: &Evidence,
    first_stays: bool,
    start: impl Fn(u32) -> Action,
) -> Option<Turn> {
    const LINE: u32 = 10;
    let started = evidence.started() as u32;
    if started < LINE {
        return Some(Turn::full(start(started)));
    }
    let mut waiting = evidence.waiting();
    let leaver = if first_stays {
        waiting.nth(1)
    } else {
        waiting.next()
    };
    let happened = false;
    match leaver {
        Some(request) if request < LINE => Some(Turn::full(Action::HangUp { request, happened })),
        _ => match then_all_answered(evidence) {
            None if started == LINE => Some(Turn::full(start(started))),
            next => next,
        },
    }
}

/// Requests start, so many operations are well, and so many polls after the next one who waits
/// leaves before any other task runs; then newcomers start.
pub(super) fn gone_in_the_gap(
    evidence: &Evidence,
    starts: &[Action],
    (well, polls): (usize, u32),
    newcomer: Action,
) -> Option<Turn> {
    let started = evidence.started();
    if let Some(start) = starts.get(started) {
        return Some(Turn::full(*start));
    }
    let count = |is: fn(&Action) -> bool| {
        let actions = evidence.turns().iter().map(|turn| turn.action);
        actions.filter(is).count()
    };
    let answered = count(|action| matches!(action, Action::Answer { .. }));
    let left = count(|action| matches!(action, Action::HangUp { .. }));
    let answer = answer_of_live(evidence, Some(Outcome::Value));
    match (answer, evidence.waiting().next()) {
        (Some(answer), _) if answered < well => Some(Turn::full(answer)),
        (Some(answer), _) if answered == well => Some(Turn::partial(answer, polls)),
        (_, Some(request)) if left == 0 && answered == well + 1 => {
            let happened = false;
            Some(Turn::full(Action::HangUp { request, happened }))
        }
        _ if started < starts.len() + 2 => Some(Turn::full(newcomer)),
        _ => then_all_answered(evidence),
    }
}

fn answer_of_live(evidence: &Evidence, outcome: Option<Outcome>) -> Option<Action> {
    let operation = evidence.live().next()?;
    outcome.map(|outcome| Action::Answer { operation, outcome })
}

/// These requests start together on a loop that polls all of them in one turn, after what the
/// instance is made with.
pub(super) fn in_one_go(evidence: &Evidence, made: Few, starts: &[Action]) -> Option<Turn> {
    let polled = Polled::InOneGo;
    match (evidence.turns().len(), starts.get(evidence.started())) {
        (0, _) => Some(Turn::full(Action::Make { numbers: made })),
        (1, _) => Some(Turn::full(Action::Poll { polled })),
        (_, Some(start)) => Some(Turn::partial(*start, 0)),
        (_, None) => then_all_answered(evidence),
    }
}

/// An error that the first of what is under way may have.
fn error_of_live(evidence: &Evidence) -> Option<Outcome> {
    let kind = evidence.operation(evidence.live().next()?)?.kind;
    let errors = evidence.world().kind(kind).errors;
    errors.first().copied().map(Outcome::Error)
}

/// These requests start together, and whatever is under way at one time is answered at once:
/// no task runs in between.
pub(super) fn answered_at_once(
    evidence: &Evidence,
    mut starts: impl Iterator<Item = Action>,
) -> Option<Turn> {
    if let Some(start) = starts.nth(evidence.started()) {
        return Some(Turn::partial(start, 0));
    }
    let last = evidence.turns().last().map(|turn| turn.action);
    let is_answering = matches!(last, Some(Action::Answer { .. }));
    let outcome = Outcome::Value;
    let answer = |operation| Action::Answer { operation, outcome };
    let mut live = evidence.live().map(answer);
    match (live.next(), live.next()) {
        _ if !evidence.is_settled() && !is_answering => Some(Turn::full(Action::Wait)),
        (Some(next), Some(_)) => Some(Turn::partial(next, 0)),
        (Some(last), None) => Some(Turn::full(last)),
        (None, _) => then_all_answered(evidence),
    }
}

/// Work is under way when the instance is dropped, or about to begin if the first start is half
/// settled; the next one has places of its own.
pub(super) fn one_after_the_other(evidence: &Evidence, starts: [Turn; 2]) -> Option<Turn> {
    let discards = |turn: &Turn| turn.action == Action::Discard;
    match (evidence.started(), evidence.turns().iter().any(discards)) {
        (0, _) => Some(starts[0]),
        (1, false) if starts[0].settle == Settle::Fully => Some(Turn::full(Action::Discard)),
        (1, false) => Some(Turn::partial(Action::Discard, 0)),
        (1, true) => Some(starts[1]),
        _ if !evidence.unserved().is_empty() => patience(evidence),
        _ => then_all_answered(evidence),
    }
}

/// All is done when the instance is dropped; the next one knows nothing of it.
pub(super) fn one_after_the_other_ended(evidence: &Evidence, starts: [Turn; 2]) -> Option<Turn> {
    let discards = |turn: &Turn| turn.action == Action::Discard;
    let is_over = evidence.started() == 1 && evidence.waiting().next().is_none();
    match evidence.turns().iter().any(discards) {
        false if is_over => Some(Turn::full(Action::Discard)),
        _ => match starts.get(evidence.started()) {
            Some(start) if evidence.waiting().next().is_none() => Some(*start),
            _ => then_all_answered(evidence),
        },
    }
}

/// How many operations have been answered.
fn answers(evidence: &Evidence) -> usize {
    let is_answer = |turn: &&Turn| matches!(turn.action, Action::Answer { .. });
    evidence.turns().iter().filter(is_answer).count()
}

/// A minute passes, once.
fn patience(evidence: &Evidence) -> Option<Turn> {
    let micros = PATIENCE_MICROS;
    let patience = Turn::full(Action::Pass { micros });
    (evidence.turns().last() != Some(&patience)).then_some(patience)
}
