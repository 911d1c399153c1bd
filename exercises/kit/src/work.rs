//! The work of `give_way`: a long computation made of small steps. Its main function is
//! [`step`].

/// No poll may make more steps than this: about a millisecond of work, after which
/// everything else on the loop has waited long enough.
pub const LONGEST_STRETCH: u64 = 64;

/// Rounds of work that take about 20 µs together.
const ROUNDS: u64 = 8_000;

/// One step of the computation: the state after step `number`, given the state before it.
///
/// It computes for about 20 µs and never waits. Under the grader every call is counted,
/// and is quicker: how many steps a poll makes is what matters there, not how long they
/// take.
pub fn step(state: u64, number: u64) -> u64 {
    let next = mixed(state ^ mixed(number));
    #[cfg(feature = "supervised")]
    if let Some(counter) = crate::supervised::counter() {
        counter.made(state, number, next);
        return next;
    }
    let work = (0..ROUNDS).fold(next, |state, round| mixed(state ^ round));
    std::hint::black_box(work);
    next
}

/// Steele, Lea and Flood's SplitMix64: each bit depends on each.
fn mixed(state: u64) -> u64 {
    let state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_the_one_that_the_grader_computes_as_well() {
        assert_eq!(mixed(0), 0xe220_a839_7b1d_cdaf);
        assert_eq!(step(7, 0), mixed(7 ^ mixed(0)));
        assert_ne!(step(7, 0), step(7, 1));
    }
}
