//! What a submission draws from the system is the same in every process.
//!
//! The standard library's maps take their order from it, and who begins what in the order of
//! a map is to have one verdict, not another one each time. The C library's function that
//! asks for random bytes is replaced. Nothing in a worker is secret: what the grader must
//! keep from a submission never comes here.

#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
mod drawn {
    use std::sync::atomic::{AtomicU64, Ordering};

    /// How much was drawn, in words.
    static DRAWN: AtomicU64 = AtomicU64::new(0);

    /// The word with this number: splitmix64, by Sebastiano Vigna (public domain).
    fn word(number: u64) -> u64 {
        let mut word = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        word = (word ^ word >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ word >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ word >> 31
    }

    /// Takes the place of the C library's `getrandom`, whatever the flags.
    #[expect(
        unsafe_code,
        reason = "the C library's function is replaced, and writes where it is told to"
    )]
    #[unsafe(no_mangle)]
    pub(super) unsafe extern "C" fn getrandom(into: *mut u8, length: usize, _: u32) -> isize {
        let words = length.div_ceil(8) as u64;
        let first = DRAWN.fetch_add(words, Ordering::Relaxed);
        let bytes = (first..).flat_map(|number| word(number).to_le_bytes());
        for (at, byte) in bytes.take(length).enumerate() {
            // SAFETY: the caller of `getrandom` gives a place for `length` bytes.
            unsafe { into.add(at).write(byte) };
        }
        isize::try_from(length).unwrap_or(isize::MAX)
    }
}
