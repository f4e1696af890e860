//! The classes of the calls that no row describes, so that `-e trace=%class` selects what strace selects.
//!
//! A row has its class itself. The lists are those of strace 6.1 on x86-64; tests/trace/differential.rs asks it.

use super::Class;

/// The classes of a call.
pub(super) fn of(name: &str) -> Class {
    let lists = UNDESCRIBED.iter().filter(|(_, names)| names.split(' ').any(|listed| listed == name));
    lists.fold(Class::NONE, |all, (class, _)| all.and(*class))
}

/// The calls of all classes without a row.
pub(super) fn members(class: Class) -> impl Iterator<Item = &'static str> {
    let lists = UNDESCRIBED.iter().filter(move |(listed, _)| listed.contains(class));
    lists.flat_map(|(_, names)| names.split(' '))
}

#[rustfmt::skip]
static UNDESCRIBED: &[(Class, &str)] = &[
    (Class::NET,
        "getpmsg putpmsg"),
    (Class::DESC,
        "bpf copy_file_range creat epoll_create epoll_pwait2 eventfd eventfd2 execveat faccessat faccessat2 \
         fadvise64 fallocate fanotify_init fanotify_mark fchdir fchmod fchmodat fchown fchownat fdatasync \
         fgetxattr finit_module flistxattr flock fremovexattr fsconfig fsetxattr fsmount fsopen fspick fstat \
         fstatfs fsync ftruncate futimesat getdents getdents64 inotify_add_watch inotify_init inotify_init1 \
         inotify_rm_watch io_uring_enter io_uring_register io_uring_setup kexec_file_load landlock_add_rule \
         landlock_create_ruleset landlock_restrict_self linkat lseek memfd_create memfd_secret mkdirat mknodat \
         mmap mount_setattr move_mount mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedsend \
         name_to_handle_at newfstatat open open_by_handle_at open_tree openat2 perf_event_open pidfd_getfd \
         pidfd_open pidfd_send_signal pipe pread64 preadv preadv2 process_madvise process_mrelease pwrite64 \
         pwritev pwritev2 quotactl_fd readahead readlinkat renameat renameat2 setns signalfd signalfd4 splice \
         statx symlinkat sync_file_range syncfs tee timerfd_create timerfd_gettime timerfd_settime unlinkat \
         userfaultfd utimensat vmsplice"),
    (Class::FILE,
        "access acct chdir chmod chown chroot creat execve execveat faccessat faccessat2 fanotify_mark fchmodat \
         fchownat fsconfig fspick futimesat getcwd getxattr inotify_add_watch lchown lgetxattr link linkat \
         listxattr llistxattr lremovexattr lsetxattr lstat mkdir mkdirat mknod mknodat mount mount_setattr \
         move_mount name_to_handle_at newfstatat open open_tree openat2 pivot_root quotactl readlink readlinkat \
         removexattr rename renameat renameat2 rmdir setxattr stat statfs statx swapoff swapon symlink symlinkat \
         truncate umount2 unlink unlinkat uselib utime utimensat utimes"),
    (Class::MEMORY,
        "brk get_mempolicy io_destroy io_setup io_uring_register madvise mbind migrate_pages mincore mlock mlock2 \
         mlockall mmap move_pages mprotect mremap msync munlock munlockall munmap pkey_mprotect remap_file_pages \
         set_mempolicy set_mempolicy_home_node shmat shmdt"),
    (Class::PROCESS,
        "clone clone3 execve execveat exit exit_group fork kill pidfd_send_signal rt_sigqueueinfo \
         rt_tgsigqueueinfo tgkill tkill vfork wait4 waitid"),
    (Class::SIGNAL,
        "io_uring_enter kill pause pidfd_send_signal rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo \
         rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_tgsigqueueinfo sigaltstack signalfd signalfd4 tgkill tkill"),
    (Class::IPC,
        "msgctl msgget msgrcv msgsnd semctl semget semop semtimedop shmat shmctl shmdt shmget"),
    (Class::CREDS,
        "capget capset getegid geteuid getgid getgroups getresgid getresuid getuid prctl setfsgid setfsuid setgid \
         setgroups setregid setresgid setresuid setreuid setuid"),
    (Class::CLOCK,
        "adjtimex clock_adjtime clock_getres clock_gettime clock_settime gettimeofday settimeofday time"),
    (Class::STAT,
        "stat"),
    (Class::LSTAT,
        "lstat"),
    (Class::FSTAT,
        "fstat newfstatat statx"),
    (Class::STAT_LIKE,
        "fstat lstat newfstatat stat statx"),
    (Class::STATFS,
        "statfs"),
    (Class::FSTATFS,
        "fstatfs"),
    (Class::STATFS_LIKE,
        "fstatfs statfs ustat"),
    (Class::PURE,
        "getegid geteuid getgid getpgrp getpid getppid gettid getuid"),
];
