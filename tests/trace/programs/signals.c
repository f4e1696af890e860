/* Stops, continues, dies, ignores or serves; the argument says what. */
#define _GNU_SOURCE
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int v[2];

static void handler(int signal)
{
	(void)signal;
}

static void handle(int signal, void (*how)(int))
{
	struct sigaction action = {.sa_handler = how};
	sigaction(signal, &action, 0);
}

int main(int argc, char **argv)
{
	const char *what = argv[1];
	char b[8];
	socketpair(AF_UNIX, SOCK_STREAM, 0, v);
	if (!strcmp(what, "stop")) {
		pid_t me = getpid();
		int p[2];
		pipe(p);
		if (fork() == 0) {
			/* Wakes the parent until it says that it runs: one SIGCONT might come before the stop. */
			close(p[1]);
			struct pollfd f = {p[0], POLLIN, 0};
			do
				kill(me, SIGCONT);
			while (poll(&f, 1, 1) == 0);
			_exit(0);
		}
		kill(me, SIGSTOP);
		close(p[1]);
		wait(0);
		send(v[0], "on", 2, 0);
		return 4;
	}
	if (!strcmp(what, "signals")) {
		handle(SIGUSR1, handler);
		handle(SIGRTMIN + 1, handler);
		handle(SIGALRM, handler);
		handle(SIGPIPE, handler);
		raise(SIGUSR1);
		union sigval seven = {.sival_int = 7};
		sigqueue(getpid(), SIGRTMIN + 1, seven);
		alarm(1);
		recv(v[0], b, 1, 0);
		if (fork() == 0)
			_exit(4);
		wait(0);
		close(v[1]);
		send(v[0], "x", 1, 0);
		send(v[0], "y", 1, 0);
		if (argc > 2)
			*(volatile int *)8 = 1;
		abort();
	}
	if (!strcmp(what, "ignore"))
		handle(SIGINT, SIG_IGN);
	if (!strcmp(what, "hidden"))
		prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	if (!strcmp(what, "serve"))
		handle(SIGTERM, handler);
	printf("%d ready\n", getpid());
	fflush(stdout);
	if (!strcmp(what, "ignore")) {
		/* Ends when its standard input does. */
		while (read(0, b, sizeof b) > 0)
			;
		send(v[0], "end", 3, 0);
		return 6;
	}
	recv(v[0], b, sizeof b, 0);
	send(v[0], "bye", 3, 0);
	return 8;
}
