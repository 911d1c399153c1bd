//! Failing schedules are made shorter, as property testers shrink a failing input.

/// Makes a failing schedule shorter: tries smaller ones until none of them
/// fails any more, or `attempts` are used up.
///
/// `smaller` names candidates, most promising first. `fails` plays one and, if
/// it still fails, returns the part of it that was needed.
pub fn shrink<T: Clone>(
    failing: T,
    mut attempts: usize,
    smaller: impl Fn(&T) -> Vec<T>,
    mut fails: impl FnMut(&T) -> Option<T>,
) -> T {
    let mut best = failing;
    'again: loop {
        for candidate in smaller(&best) {
            if attempts == 0 {
                return best;
            }
            attempts -= 1;
            if let Some(shorter) = fails(&candidate) {
                best = shorter;
                continue 'again;
            }
        }
        return best;
    }
}
