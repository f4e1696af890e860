/* calls only: those that no socket needs, each with NULL, bad, good, small, large and odd arguments. A filter answers
 * ENOSYS for the kernel, so that none of them does anything, whatever its arguments. */
#include "expect.h"
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>

static const int calls[] = {
	SYS_getpid, SYS_gettid, SYS_getppid, SYS_getpgrp, SYS_getuid, SYS_geteuid, SYS_getgid, SYS_getegid,
	SYS_getpgid, SYS_getsid, SYS_setpgid, SYS_setsid, SYS_setuid, SYS_setgid, SYS_setreuid, SYS_setregid,
	SYS_setresuid, SYS_setresgid, SYS_getresuid, SYS_getresgid, SYS_setfsuid, SYS_setfsgid, SYS_getgroups,
	SYS_capget, SYS_umask, SYS_brk, SYS_munmap, SYS_mprotect, SYS_pkey_mprotect, SYS_pkey_alloc, SYS_pkey_free,
	SYS_mremap, SYS_madvise, SYS_mincore, SYS_msync, SYS_mlock, SYS_mlock2, SYS_munlock, SYS_mlockall,
	SYS_munlockall, SYS_stat, SYS_lstat, SYS_fstat, SYS_newfstatat, SYS_statx, SYS_statfs, SYS_fstatfs,
	SYS_access, SYS_faccessat, SYS_faccessat2, SYS_open, SYS_creat, SYS_readlink, SYS_readlinkat, SYS_getcwd,
	SYS_chdir, SYS_fchdir, SYS_chroot, SYS_rename, SYS_renameat, SYS_renameat2, SYS_mkdir, SYS_mkdirat,
	SYS_rmdir, SYS_link, SYS_linkat, SYS_unlink, SYS_unlinkat, SYS_symlink, SYS_symlinkat, SYS_chmod,
	SYS_fchmod, SYS_fchmodat, SYS_chown, SYS_lchown, SYS_fchown, SYS_fchownat, SYS_truncate, SYS_inotify_init,
	SYS_inotify_init1, SYS_inotify_add_watch, SYS_inotify_rm_watch, SYS_getxattr, SYS_listxattr,
	SYS_removexattr, SYS_lgetxattr, SYS_llistxattr, SYS_lremovexattr, SYS_fgetxattr, SYS_flistxattr,
	SYS_fremovexattr, SYS_lseek, SYS_pread64, SYS_pwrite64, SYS_getdents64, SYS_getdents, SYS_ftruncate,
	SYS_fallocate, SYS_fsync, SYS_fdatasync, SYS_syncfs, SYS_sync, SYS_flock, SYS_fadvise64, SYS_readahead,
	SYS_sync_file_range, SYS_copy_file_range, SYS_splice, SYS_tee, SYS_pipe, SYS_eventfd, SYS_eventfd2,
	SYS_epoll_create, SYS_close_range, SYS_execve, SYS_execveat, SYS_fork, SYS_vfork, SYS_wait4, SYS_waitid,
	SYS_getrusage, SYS_getrlimit, SYS_setrlimit, SYS_prlimit64, SYS_times, SYS_uname, SYS_sysinfo,
	SYS_getrandom, SYS_set_tid_address, SYS_set_robust_list, SYS_get_robust_list, SYS_rseq, SYS_pidfd_open,
	SYS_vhangup, SYS_sched_yield, SYS_sched_getaffinity, SYS_sched_getscheduler,
	SYS_sched_setscheduler, SYS_sched_getparam, SYS_sched_setparam, SYS_sched_get_priority_max,
	SYS_sched_get_priority_min, SYS_sched_rr_get_interval, SYS_getpriority, SYS_setpriority, SYS_getcpu,
	SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigpending, SYS_rt_sigsuspend, SYS_sigaltstack, SYS_kill,
	SYS_tkill, SYS_tgkill, SYS_pause, SYS_signalfd4, SYS_clock_gettime, SYS_clock_settime, SYS_clock_getres,
	SYS_clock_nanosleep, SYS_nanosleep, SYS_gettimeofday, SYS_time, SYS_alarm, SYS_getitimer, SYS_setitimer,
	SYS_timerfd_create, SYS_timerfd_settime, SYS_timerfd_gettime,
	SYS_futex, SYS_prctl, SYS_arch_prctl, SYS_unshare, SYS_setns, SYS_membarrier,
	SYS_ioprio_get, SYS_ioprio_set, SYS_clone, SYS_kcmp, SYS_seccomp, SYS_preadv, SYS_pwritev,
	SYS_preadv2, SYS_pwritev2, SYS_vmsplice, SYS_process_madvise, SYS_userfaultfd,
	SYS_memfd_secret, SYS_process_mrelease, SYS_set_mempolicy_home_node, SYS_umount2, SYS_pivot_root,
	SYS_acct, SYS_swapoff, SYS_uselib, SYS_open_tree, SYS_move_mount, SYS_fsopen, SYS_fsmount, SYS_fspick,
	SYS_mknod, SYS_mknodat, SYS_fsconfig,
	SYS_mq_open, SYS_mq_unlink, SYS_mq_timedsend, SYS_mq_timedreceive, SYS_mq_notify, SYS_mq_getsetattr,
	SYS_timer_create, SYS_timer_settime, SYS_timer_gettime, SYS_timer_getoverrun, SYS_timer_delete,
	SYS_settimeofday, SYS_add_key, SYS_request_key, SYS_signalfd, SYS_rt_sigtimedwait, SYS_epoll_pwait2,
	SYS_landlock_restrict_self, SYS_landlock_add_rule, SYS_iopl,
	SYS_ioperm, SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_kexec_file_load, 
	SYS_io_destroy, SYS_lookup_dcookie, 174, 177, 178, SYS_nfsservctl, SYS_security, SYS_sysfs,
	SYS_reboot,
	SYS_shmget, SYS_shmat, SYS_shmdt, SYS_semop, SYS_semtimedop, SYS_msgsnd, SYS_msgrcv,
	SYS_ptrace, SYS_personality, SYS_ustat, SYS_adjtimex, SYS_clock_adjtime, SYS_swapon, SYS_keyctl,
	SYS_fanotify_init, SYS_kexec_load, SYS_sched_getattr, SYS_io_uring_enter, SYS_landlock_create_ruleset,
	181, 182, 183, 184, 214, 215, 236,
};

/* Those whose odd arguments we do not write as strace does: how much of a structure or list it reads depends on them. */
static const int tame[] = {
	SYS_pidfd_getfd, SYS_arch_prctl, SYS_memfd_create, SYS_capset, SYS_openat2, SYS_setgroups, SYS_setxattr, SYS_lsetxattr,
	SYS_fsetxattr, SYS_pidfd_send_signal, SYS_sched_setaffinity, SYS_utime, SYS_utimes, SYS_futimesat,
	SYS_utimensat, SYS_mmap, SYS_quotactl_fd, SYS_quotactl, SYS_clone3, SYS_sethostname, SYS_setdomainname,
	SYS_syslog, SYS_modify_ldt, SYS_mount, SYS_fanotify_mark, SYS_remap_file_pages,
	SYS_semget, SYS_msgget, SYS_shmctl, SYS_semctl, SYS_msgctl, SYS_mbind, SYS_set_mempolicy, SYS_get_mempolicy, SYS_migrate_pages,
	SYS_move_pages, SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo, SYS_sched_setattr, SYS_name_to_handle_at,
	SYS_open_by_handle_at, SYS_mount_setattr, SYS_process_vm_readv, SYS_process_vm_writev, 449,
};

/* The arguments in all six registers. */
static void with(long a, long b, long c, long d, long e, long f)
{
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
		call6(calls[i], a, b, c, d, e, f);
}

int main(void)
{
	arena();
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 3, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_write, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_dup, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	/* Where every run has it. */
	struct sock_fprog program = { sizeof filter / sizeof *filter, memcpy(buf(sizeof filter), filter, sizeof filter) };
	/* What is behind the good pointers: words that are pointers to text, flags or numbers, as one takes them. */
	char *text = strcpy(buf(0x100), "some \"text\"\n\001\377 that is longer than what is shown of it");
	unsigned long *words = buf(0x1000), *small = buf(0x400), *list = buf(0x40);
	for (size_t i = 0; i < 0x1000 / sizeof *words; i++)
		words[i] = i * 0x0101010101010101UL;
	for (size_t i = 0; i < 0x400 / sizeof *small; i++)
		small[i] = i + 1;
	for (size_t i = 0; i < 3; i++)
		list[i] = (unsigned long)text;
	MUST(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	MUST(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program));
	syscall(SYS_dup, -4242);
	long bad = (long)BAD, last = (long)tail(NULL, 4);
	with(0, 0, 0, 0, 0, 0);
	with(1, 2, 3, 4, 5, 6);
	for (size_t i = 0; i < sizeof tame / sizeof *tame; i++)
		call6(tame[i], 1, 2, 3, 4, 5, 6);
	with(-1, -1, -1, -1, -1, -1);
	with(bad, bad, bad, bad, bad, bad);
	with(last, last, last, last, last, last);
	with((long)text, (long)text, (long)text, (long)text, (long)text, 0);
	with(5, (long)text, (long)words, 8, 8, 0);
	with(7, (long)small, 8, 8, 0, 0);
	with(-100, (long)small, (long)small, 8, 0x100, 0);
	with((long)text, (long)list, (long)list, 2, 0, 0);
	with(-100, (long)text, (long)list, (long)list, 0x1000, 0);
	with((long)text, (long)small, 16, 0x7fffffff, 0x80000000, 0);
	with((long)small, (long)words, 0x12345678, 0xdeadbeefcafe, 2, 3);
	for (int bit = 0; bit < 32; bit++)
		with(1L << bit, 1L << bit, 1L << bit, 1L << bit, 1L << bit, 1L << bit);
	end();
}
