/* Threads in calls while the process does something else; the argument says what. */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <stdio.h>
#include <unistd.h>

static int v[2];
static char **self;

static void in_a_call(int tid)
{
	/* Until the thread sleeps in the kernel, as /proc shows. */
	char path[64], line[512];
	for (;;) {
		snprintf(path, sizeof path, "/proc/self/task/%d/stat", tid);
		FILE *f = fopen(path, "r");
		if (f && fgets(line, sizeof line, f) && strstr(line, ") S"))
			break;
		if (f)
			fclose(f);
	}
}

static volatile int waiter_tid;

static void *waiter(void *unused)
{
	char b[8];
	waiter_tid = syscall(SYS_gettid);
	recv(v[0], b, sizeof b, 0);
	return unused;
}

static void *execer(void *unused)
{
	execl(self[0], self[0], "quiet", (char *)0);
	return unused;
}

static void *talker(void *fd)
{
	/* Each thread says its own descriptor number: mixed up arguments would show. */
	char text[32];
	for (int i = 0; i < 200; i++) {
		int n = snprintf(text, sizeof text, "fd%ld.%d", (long)fd, i);
		send((int)(long)fd, text, n, 0);
	}
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argv[1];
	self = argv;
	if (!strcmp(what, "quiet")) {
		socketpair(AF_UNIX, SOCK_DGRAM, 0, v);
		return 5;
	}
	if (!strcmp(what, "talk")) {
		pthread_t t[4];
		int p[4][2];
		for (long i = 0; i < 4; i++) {
			socketpair(AF_UNIX, SOCK_STREAM, 0, p[i]);
			pthread_create(&t[i], 0, talker, (void *)(long)p[i][0]);
		}
		for (int i = 0; i < 4; i++)
			pthread_join(t[i], 0);
		return 0;
	}
	if (!strcmp(what, "bomb")) {
		for (int i = 0; i < 500; i++) {
			pid_t child = fork();
			if (child == 0) {
				socketpair(AF_UNIX, SOCK_STREAM, 0, v);
				_exit(i % 7);
			}
			if (child < 0)
				return 1;
		}
		int n = 0;
		while (wait(0) > 0)
			n++;
		return n == 500 ? 0 : 2;
	}
	if (!strcmp(what, "vfork")) {
		if (vfork() == 0) {
			execl(self[0], self[0], "quiet", (char *)0);
			_exit(9);
		}
		int status;
		wait(&status);
		socketpair(AF_UNIX, SOCK_SEQPACKET, 0, v);
		return WEXITSTATUS(status);
	}
	socketpair(AF_UNIX, SOCK_STREAM, 0, v);
	pthread_t t, u;
	pthread_create(&t, 0, waiter, 0);
	while (!waiter_tid)
		;
	in_a_call(waiter_tid);
	if (!strcmp(what, "wake")) {
		send(v[1], "wake", 4, 0);
		pthread_join(t, 0);
		return 0;
	}
	if (!strcmp(what, "exit"))
		_exit(3);
	if (!strcmp(what, "kill"))
		kill(getpid(), SIGKILL);
	if (!strcmp(what, "exec"))
		pthread_create(&u, 0, execer, 0);
	for (;;)
		pause();
}
