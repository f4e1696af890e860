/* Gets a signal of every kind the kernel and programs send, one after the other, and survives them all. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static sigjmp_buf back;
static volatile sig_atomic_t got;

static void leap(int signal)
{
	siglongjmp(back, signal);
}

static void note(int signal)
{
	got = signal;
}

/* Waits for a signal that was asked for before it was let in. */
static void await(int signal)
{
	sigset_t others;
	sigfillset(&others);
	sigdelset(&others, signal);
	while (got != signal)
		sigsuspend(&others);
	got = 0;
}

#define FAULT(statement)               \
	if (sigsetjmp(back, 1) == 0) { \
		statement;             \
		return 20;             \
	}

static void exits(void) { _exit(3); }
static void is_killed(void) { kill(getpid(), SIGTERM); }
static void aborts(void) { abort(); }
static void stops(void)
{
	kill(getpid(), SIGSTOP);
	for (;;)
		pause();
}

/* A child that does something, and what it then is to us. */
static void child(void (*does)(void))
{
	pid_t pid = fork();
	if (pid == 0) {
		struct rlimit none = {0, 0};
		setrlimit(RLIMIT_CORE, &none);
		sigset_t nothing;
		sigemptyset(&nothing);
		sigprocmask(SIG_SETMASK, &nothing, 0);
		signal(SIGABRT, SIG_DFL);
		signal(SIGTERM, SIG_DFL);
		does();
		_exit(0);
	}
	await(SIGCHLD);
	if (does == stops) {
		/* It goes on, which is told too, and dies. */
		kill(pid, SIGCONT);
		await(SIGCHLD);
		kill(pid, SIGKILL);
		await(SIGCHLD);
	}
	waitpid(pid, 0, 0);
}

int main(void)
{
	/* All of them wait until they are looked for, so that their order is ours. */
	sigset_t all;
	sigfillset(&all);
	int leaps[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS};
	for (int i = 1; i < 64; i++)
		signal(i, note);
	for (unsigned i = 0; i < sizeof leaps / sizeof *leaps; i++) {
		signal(leaps[i], leap);
		sigdelset(&all, leaps[i]);
	}
	sigprocmask(SIG_SETMASK, &all, 0);
	pid_t me = getpid();
	int v[2];
	socketpair(AF_UNIX, SOCK_STREAM, 0, v);
	/* Programs. */
	kill(me, SIGUSR1), await(SIGUSR1);
	raise(SIGUSR2), await(SIGUSR2);
	sigqueue(me, SIGUSR1, (union sigval){.sival_int = 7}), await(SIGUSR1);
	sigqueue(me, SIGUSR1, (union sigval){.sival_ptr = (void *)0x1234567890}), await(SIGUSR1);
	sigqueue(me, SIGRTMIN + 3, (union sigval){.sival_int = 0}), await(SIGRTMIN + 3);
	sigqueue(me, SIGRTMAX - 1, (union sigval){.sival_int = -1}), await(SIGRTMAX - 1);
	for (int code = -10; code < 0; code++) {
		siginfo_t info = {.si_signo = SIGUSR2, .si_code = code};
		info.si_pid = 5;
		info.si_uid = 6;
		if (syscall(SYS_rt_sigqueueinfo, me, SIGUSR2, &info) == 0)
			await(SIGUSR2);
	}
	/* Timers. */
	timer_t timer;
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + 4, .sigev_value.sival_int = 9};
	timer_create(CLOCK_MONOTONIC, &event, &timer);
	struct itimerspec soon = {{0, 0}, {0, 1}};
	timer_settime(timer, 0, &soon, 0), await(SIGRTMIN + 4);
	struct itimerval one = {{0, 0}, {0, 1}};
	setitimer(ITIMER_REAL, &one, 0), await(SIGALRM);
	/* Sockets and pipes. */
	send(v[0], "x", 1, 0);
	fcntl(v[1], F_SETOWN, me);
	fcntl(v[1], F_SETFL, O_ASYNC);
	send(v[0], "y", 1, 0), await(SIGIO);
	fcntl(v[1], F_SETSIG, SIGRTMIN + 5);
	send(v[0], "z", 1, 0), await(SIGRTMIN + 5);
	fcntl(v[1], F_SETFL, 0);
	int p[2];
	pipe(p);
	close(p[0]);
	write(p[1], "x", 1), await(SIGPIPE);
	/* Children. */
	child(exits);
	child(is_killed);
	child(aborts);
	child(stops);
	/* Faults. */
	FAULT(*(volatile char *)16 = 1);
	char *page = mmap((void *)0x200000000000, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	FAULT(*(volatile char *)page = 1);
	FAULT(*(volatile char *)0x8000000000000000 = 1);
	char name[] = "/tmp/siginfo-XXXXXX";
	int file = mkstemp(name);
	unlink(name);
	page = mmap((void *)0x200000010000, 4096, PROT_READ, MAP_SHARED | MAP_FIXED_NOREPLACE, file, 0);
	FAULT(*(volatile char *)page);
#ifdef __x86_64__
	volatile int zero = 0, seven = 7;
	FAULT(seven = seven / zero);
	FAULT(__asm__ volatile("ud2"));
	/* Goes on behind the breakpoint. */
	if (sigsetjmp(back, 1) == 0)
		__asm__ volatile("int3");
#endif
	/* A filter of the program's own. */
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socketpair, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP | 42),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_listen, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 13),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {sizeof code / sizeof code[0], code};
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		return 21;
	FAULT(socketpair(AF_UNIX, SOCK_STREAM, 0, v));
	listen(v[0], 1);
	return 11;
}
