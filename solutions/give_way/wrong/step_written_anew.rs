//! Wrong: the steps are a copy of the kit's function, which nobody can count. Caught by: right_result

fn step(state: u64, number: u64) -> u64 {
    mixed(state ^ mixed(number))
}

fn mixed(state: u64) -> u64 {
    let state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

pub async fn fold(seed: u64, steps: u64) -> u64 {
    (0..steps).fold(seed, step)
}
