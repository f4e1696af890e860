/* Says who it is: the real and the effective user, and whether privileges can still be gained. */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
	int v[2];
	socketpair(AF_UNIX, SOCK_STREAM, 0, v);
	printf("%d %d %d\n", getuid(), geteuid(), prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	return 0;
}
