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
        "bpf epoll_pwait2 fanotify_init fanotify_mark finit_module fsconfig fsmount fsopen fspick \
         io_uring_enter io_uring_register io_uring_setup kexec_file_load landlock_add_rule \
         landlock_create_ruleset landlock_restrict_self memfd_secret mknodat mount_setattr move_mount \
         mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedsend name_to_handle_at open_by_handle_at \
         open_tree perf_event_open preadv preadv2 process_madvise process_mrelease pwritev pwritev2 quotactl_fd \
         setns signalfd userfaultfd vmsplice"),
    (Class::FILE,
        "acct fanotify_mark fsconfig fspick mknod mknodat mount mount_setattr move_mount name_to_handle_at \
         open_tree pivot_root quotactl swapoff swapon umount2 uselib"),
    (Class::MEMORY,
        "get_mempolicy io_destroy io_setup io_uring_register mbind migrate_pages move_pages remap_file_pages \
         set_mempolicy set_mempolicy_home_node shmat shmdt"),
    (Class::PROCESS,
        "clone clone3 rt_sigqueueinfo rt_tgsigqueueinfo"),
    (Class::SIGNAL,
        "io_uring_enter rt_sigqueueinfo rt_sigreturn rt_sigtimedwait rt_tgsigqueueinfo signalfd"),
    (Class::IPC,
        "msgctl msgget msgrcv msgsnd semctl semget semop semtimedop shmat shmctl shmdt shmget"),
    (Class::CREDS,
        "prctl"),
    (Class::CLOCK,
        "adjtimex clock_adjtime settimeofday"),
    (Class::STATFS_LIKE,
        "ustat"),
];
