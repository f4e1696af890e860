/* Signals in every place of a call, bad memory, forks: prints what came of each. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static int s[2], h[2], jumps;
static sigjmp_buf back;

/* A handler that makes calls itself, and may not return. */
static void handler(int signal)
{
	char b[4];
	send(h[0], "h", 1, MSG_DONTWAIT);
	recv(h[1], b, 1, MSG_DONTWAIT);
	if (jumps)
		siglongjmp(back, 1);
}

static void in(int microseconds, int flags, int again)
{
	struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
	struct itimerval timer = {{0, again}, {0, microseconds}};
	sigaction(SIGALRM, &action, 0);
	setitimer(ITIMER_REAL, &timer, 0);
}

static void *reader(void *unused)
{
	char b[8];
	while (recv(s[1], b, sizeof b, 0) > 0)
		;
	return 0;
}

int main(int argc, char **argv)
{
	char b[64];
	int r, fds[2], status;
	long sent = 0;
	pid_t pid;
	socketpair(AF_UNIX, SOCK_DGRAM, 0, s);
	socketpair(AF_UNIX, SOCK_DGRAM, 0, h);

	in(20000, SA_RESTART, 0);
	if (!(pid = fork())) {
		usleep(60000);
		send(s[0], "done", 4, 0);
		_exit(0);
	}
	r = recv(s[1], b, sizeof b, 0);
	printf("made again: %d\n", r);
	waitpid(pid, 0, 0);
	in(20000, 0, 0);
	r = recv(s[1], b, sizeof b, 0);
	printf("not made again: %d %s\n", r, strerrorname_np(errno));
	in(20000, SA_RESTART, 0);
	struct pollfd p = {s[1], POLLIN, 0};
	r = poll(&p, 1, 5000);
	printf("poll: %d %s\n", r, strerrorname_np(errno));
	jumps = 1;
	in(20000, SA_RESTART, 0);
	if (!sigsetjmp(back, 1))
		recv(s[1], b, sizeof b, 0);
	jumps = 0;
	printf("jumped\n");

	r = send(s[0], (void *)0x10000, 5, 0);
	printf("bad buffer: %d %s\n", r, strerrorname_np(errno));
	send(s[0], "ok", 2, 0);
	r = recv(s[1], (void *)0x10000, 5, 0);
	printf("bad room: %d %s\n", r, strerrorname_np(errno));
	while (recv(s[1], b, sizeof b, MSG_DONTWAIT) > 0)
		;
	char *m = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	munmap(m + 4096, 4096);
	memset(m, 'z', 4096);
	r = send(s[0], m + 4090, 20, 0);
	printf("half a buffer: %d %s\n", r, strerrorname_np(errno));
	r = send(s[0], m + 4090, 6, 0);
	printf("at the edge: %d\n", r);
	r = recv(s[1], m + 4094, 2, 0);
	printf("at the edge: %d\n", r);
	socketpair(AF_UNIX, SOCK_STREAM, 0, fds);
	close(fds[1]);
	signal(SIGPIPE, handler);
	r = send(fds[0], "x", 1, 0);
	printf("nobody there: %d %s\n", r, strerrorname_np(errno));

	in(2000, SA_RESTART, 2000);
	for (int i = 0; i < 5000; i++) {
		sent += send(s[0], "abc", 3, MSG_DONTWAIT);
		recv(s[1], b, sizeof b, MSG_DONTWAIT);
	}
	in(0, SA_RESTART, 0);
	printf("under signals: %ld\n", sent);

	pthread_t thread;
	void *ended;
	pthread_create(&thread, 0, reader, 0);
	usleep(20000);
	pthread_cancel(thread);
	pthread_join(thread, &ended);
	printf("canceled: %d\n", ended == PTHREAD_CANCELED);

	for (int i = 0; i < 5; i++) {
		if (!(pid = fork())) {
			for (int j = 0; j < 20; j++) {
				send(s[0], "f", 1, 0);
				recv(s[1], b, sizeof b, 0);
			}
			_exit(5);
		}
		waitpid(pid, &status, 0);
		printf("fork: %d\n", WEXITSTATUS(status));
		if (!(pid = vfork())) {
			execl("/bin/true", "true", (char *)0);
			_exit(1);
		}
		waitpid(pid, &status, 0);
		printf("vfork: %d\n", WEXITSTATUS(status));
		send(s[0], "p", 1, 0);
		recv(s[1], b, sizeof b, 0);
	}
	return 7;
}
