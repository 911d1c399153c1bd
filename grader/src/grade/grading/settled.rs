//! Reading what somebody may be writing to: until it says the same twice.

/// How often something is read again.
const AGAIN: usize = 2;

/// Reads until the same is read twice in a row, a few times at most; then what was read
/// last counts.
pub(super) fn settled<T, E>(
    mut read: impl FnMut() -> Result<T, E>,
    is_same: impl Fn(&T, &T) -> bool,
) -> Result<T, E> {
    let mut last = read();
    for _ in 0..AGAIN {
        let next = read();
        let same = matches!((&last, &next), (Ok(last), Ok(next)) if is_same(last, next));
        last = next;
        if same {
            break;
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::settled;

    /// What is read of something that is like this, one time after the other.
    fn read(states: &[Result<u32, &'static str>]) -> (Result<u32, &'static str>, usize) {
        let mut reads = 0;
        let read = || {
            reads += 1;
            states[(reads - 1).min(states.len() - 1)]
        };
        let last = settled(read, |one, other| one == other);
        (last, reads)
    }

    #[test]
    fn what_changes_meanwhile_is_read_again() {
        for (states, expected, reads) in [
            (&[Ok(1)][..], Ok(1), 2),
            // Half of it was there.
            (&[Ok(1), Ok(2)], Ok(2), 3),
            // A file was renamed, or the folder is not there for a moment.
            (&[Err("gone"), Ok(1)], Ok(1), 3),
            (&[Ok(1), Err("gone"), Ok(2)], Ok(2), 3),
            (&[Err("empty")], Err("empty"), 3),
            (&[Ok(1), Ok(2), Ok(3), Ok(4)], Ok(3), 3),
        ] {
            assert_eq!(read(states), (expected, reads), "{states:?}");
        }
    }
}
