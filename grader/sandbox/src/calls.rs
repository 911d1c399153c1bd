//! System calls, as tables: the calls that are never allowed, and those that a submission may make.
//!
//! rustc and the linker may make all calls but [`NEVER`], which are refused. A submission
//! may make [`ALLOWED`] and no others: [`NEVER`] and [`STARTING`] end it, because
//! no honest answer to a drill gets near them; [`PATHS`] are refused, because honest
//! code may look for a file and do without it; all other calls seem not to exist.

use libc::{c_long, *};

/// What [`ALLOWED`] demands of an argument.
#[derive(Clone, Copy, Debug)]
pub enum If {
    /// Nothing: the call is harmless with any arguments.
    Any,
    /// This argument is this value.
    Is(u8, u64),
    /// This argument has this bit.
    Has(u8, u64),
    /// This argument does not have this bit.
    HasNot(u8, u64),
    /// The first argument is the process itself.
    Own,
}

/// Refused to rustc and the linker; ends a submission.
#[rustfmt::skip]
pub const NEVER: &[c_long] = &[
    // The network, and every local service.
    SYS_socket, SYS_connect, SYS_bind, SYS_listen, SYS_accept, SYS_accept4,
    // Other processes: looking into them, stopping them, outliving them.
    SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_process_madvise, SYS_kcmp,
    SYS_kill, SYS_tkill, SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo,
    SYS_pidfd_open, SYS_pidfd_getfd, SYS_pidfd_send_signal, SYS_setsid, SYS_setpgid,
    // Other views of the system, other users.
    SYS_unshare, SYS_setns, SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot,
    SYS_open_tree, SYS_move_mount, SYS_fsopen, SYS_fsconfig, SYS_fsmount, SYS_fspick,
    SYS_mount_setattr, SYS_name_to_handle_at, SYS_open_by_handle_at,
    SYS_setuid, SYS_setgid, SYS_setreuid, SYS_setregid, SYS_setresuid, SYS_setresgid,
    SYS_setfsuid, SYS_setfsgid, SYS_setgroups, SYS_capset,
    // The kernel's larger doors.
    SYS_io_uring_setup, SYS_io_uring_enter, SYS_io_uring_register, SYS_bpf,
    SYS_perf_event_open, SYS_userfaultfd, SYS_keyctl, SYS_add_key, SYS_request_key,
    SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_kexec_load, SYS_fanotify_init,
    SYS_quotactl, SYS_acct, SYS_swapon, SYS_swapoff, SYS_reboot, SYS_syslog,
    // The clock, the machine's name.
    SYS_clock_settime, SYS_settimeofday, SYS_clock_adjtime, SYS_adjtimex,
    SYS_sethostname, SYS_setdomainname,
];

/// Starting a program or a process. rustc needs it; it ends a submission.
#[rustfmt::skip]
pub const STARTING: &[(c_long, If)] = &[
    (SYS_execve, If::Any),
    (SYS_execveat, If::Any),
    #[cfg(target_arch = "x86_64")]
    (SYS_fork, If::Any),
    #[cfg(target_arch = "x86_64")]
    (SYS_vfork, If::Any),
    // `clone3` does not exist: its flags lie in memory, where no filter can look.
    (SYS_clone, If::HasNot(0, CLONE_THREAD as u64)),
];

/// Every call that takes a path. A submission gets "permission denied", whether
/// the file exists or not.
#[rustfmt::skip]
pub const PATHS: &[c_long] = &[
    SYS_openat, SYS_openat2, SYS_newfstatat, SYS_statx, SYS_faccessat, SYS_faccessat2,
    SYS_readlinkat, SYS_mkdirat, SYS_mknodat, SYS_unlinkat, SYS_renameat2, SYS_linkat,
    SYS_symlinkat, SYS_fchmodat, SYS_fchownat, SYS_utimensat, SYS_truncate, SYS_statfs,
    SYS_chdir, SYS_fchdir, SYS_getcwd, SYS_getdents64, SYS_inotify_add_watch,
    SYS_getxattr, SYS_lgetxattr, SYS_listxattr, SYS_llistxattr, SYS_setxattr, SYS_lsetxattr,
    SYS_removexattr, SYS_lremovexattr,
    #[cfg(target_arch = "x86_64")] SYS_open,
    #[cfg(target_arch = "x86_64")] SYS_creat,
    #[cfg(target_arch = "x86_64")] SYS_stat,
    #[cfg(target_arch = "x86_64")] SYS_lstat,
    #[cfg(target_arch = "x86_64")] SYS_access,
    #[cfg(target_arch = "x86_64")] SYS_readlink,
    #[cfg(target_arch = "x86_64")] SYS_mkdir,
    #[cfg(target_arch = "x86_64")] SYS_rmdir,
    #[cfg(target_arch = "x86_64")] SYS_unlink,
    #[cfg(target_arch = "x86_64")] SYS_rename,
    #[cfg(target_arch = "x86_64")] SYS_link,
    #[cfg(target_arch = "x86_64")] SYS_symlink,
    #[cfg(target_arch = "x86_64")] SYS_chmod,
    #[cfg(target_arch = "x86_64")] SYS_chown,
    #[cfg(target_arch = "x86_64")] SYS_lchown,
    #[cfg(target_arch = "x86_64")] SYS_getdents,
];

/// The calls that a submission may make: compute, wait, start threads, use open files.
#[rustfmt::skip]
pub const ALLOWED: &[(c_long, If)] = &[
    // For open files: the channel, standard output and error.
    (SYS_read, If::Any), (SYS_write, If::Any), (SYS_readv, If::Any), (SYS_writev, If::Any),
    (SYS_pread64, If::Any), (SYS_recvfrom, If::Any), (SYS_sendto, If::Any),
    (SYS_close, If::Any), (SYS_fstat, If::Any), (SYS_lseek, If::Any), (SYS_shutdown, If::Any),
    (SYS_getsockopt, If::Any), (SYS_setsockopt, If::Any),
    (SYS_fcntl, If::Is(1, F_GETFD as u64)), (SYS_fcntl, If::Is(1, F_SETFD as u64)),
    (SYS_fcntl, If::Is(1, F_GETFL as u64)), (SYS_fcntl, If::Is(1, F_SETFL as u64)),
    (SYS_fcntl, If::Is(1, F_DUPFD_CLOEXEC as u64)),
    (SYS_ioctl, If::Is(1, FIONBIO)),
    // Pipes and pairs to itself, as an event loop makes them.
    (SYS_socketpair, If::Is(0, AF_UNIX as u64)), (SYS_pipe2, If::Any), (SYS_eventfd2, If::Any),
    (SYS_epoll_create1, If::Any), (SYS_epoll_ctl, If::Any), (SYS_epoll_pwait, If::Any),
    (SYS_ppoll, If::Any),
    #[cfg(target_arch = "x86_64")] (SYS_epoll_wait, If::Any),
    #[cfg(target_arch = "x86_64")] (SYS_poll, If::Any),
    // Memory, never executable.
    (SYS_brk, If::Any), (SYS_munmap, If::Any), (SYS_mremap, If::Any), (SYS_madvise, If::Any),
    (SYS_mmap, If::HasNot(2, PROT_EXEC as u64)), (SYS_mprotect, If::HasNot(2, PROT_EXEC as u64)),
    // Threads.
    (SYS_clone, If::Has(0, CLONE_THREAD as u64)), (SYS_set_robust_list, If::Any),
    (SYS_rseq, If::Any), (SYS_futex, If::Any), (SYS_sched_yield, If::Any),
    (SYS_sched_getaffinity, If::Any), (SYS_membarrier, If::Any), (SYS_getrusage, If::Any),
    (SYS_prctl, If::Is(0, PR_SET_NAME as u64)),
    // Time: to read it and to wait.
    (SYS_clock_gettime, If::Any), (SYS_clock_getres, If::Any), (SYS_clock_nanosleep, If::Any),
    (SYS_nanosleep, If::Any), (SYS_gettimeofday, If::Any),
    #[cfg(target_arch = "x86_64")] (SYS_time, If::Any),
    // Signals to itself, which `abort` sends.
    (SYS_rt_sigaction, If::Any), (SYS_rt_sigprocmask, If::Any), (SYS_rt_sigreturn, If::Any),
    (SYS_sigaltstack, If::Any), (SYS_restart_syscall, If::Any), (SYS_tgkill, If::Own),
    // Its process id, random bytes, its end.
    (SYS_getpid, If::Any), (SYS_gettid, If::Any), (SYS_getrandom, If::Any),
    (SYS_exit, If::Any), (SYS_exit_group, If::Any),
];
