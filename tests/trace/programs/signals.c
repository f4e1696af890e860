/* Stops, continues, dies, ignores or serves; the argument says what. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
		if (fork() == 0) {
			/* Wakes the parent once it stands still. */
			char path[64], line[512];
			snprintf(path, sizeof path, "/proc/%d/stat", me);
			for (;;) {
				FILE *f = fopen(path, "r");
				int stopped = f && fgets(line, sizeof line, f) && (strstr(line, ") T") || strstr(line, ") t"));
				if (f)
					fclose(f);
				if (stopped)
					break;
			}
			kill(me, SIGCONT);
			_exit(0);
		}
		kill(me, SIGSTOP);
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
