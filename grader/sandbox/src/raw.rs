//! The system calls that no safe function offers.

/// Marks every file but the standard ones to be closed when the program starts.
pub(crate) fn close_the_rest_on_exec() -> std::io::Result<()> {
    #[expect(
        unsafe_code,
        reason = "no library has a safe `close_range`; this form closes nothing, it only sets a flag"
    )]
    // SAFETY: it takes three numbers and touches no memory. No file is closed, so
    // no file owned here becomes invalid.
    let done = unsafe {
        libc::syscall(
            libc::SYS_close_range,
            3,
            libc::c_uint::MAX,
            libc::CLOSE_RANGE_CLOEXEC,
        )
    };
    match done {
        0 => Ok(()),
        _ => Err(std::io::Error::last_os_error()),
    }
}
