/* Another that shares our descriptors puts a socket of another kind in the place of ours. `process` or `thread`. */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static char stack[65536] __attribute__((aligned(16)));

static int swap(void *unused)
{
	int s = socket(AF_INET, SOCK_DGRAM, 0);
	dup2(s, 40);
	close(s);
	return 0;
}

static void *in_thread(void *unused)
{
	swap(unused);
	return 0;
}

int main(int argc, char **argv)
{
	int s = socket(AF_INET, SOCK_STREAM, 0);
	dup2(s, 40);
	close(s);
	listen(40, 1); /* here it is TCP */
	if (!strcmp(argv[1], "process")) {
		pid_t child = clone(swap, stack + sizeof stack, CLONE_FILES | SIGCHLD, 0);
		waitpid(child, 0, 0);
	} else {
		pthread_t t;
		pthread_create(&t, 0, in_thread, 0);
		pthread_join(t, 0);
	}
	listen(40, 2); /* and here UDP */
	return 0;
}
