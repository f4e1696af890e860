/* Sets up io_urings, or tries to, among its own calls. */
#define _GNU_SOURCE
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
	int v[2];
	char params[256];
	socketpair(AF_UNIX, SOCK_STREAM, 0, v);
	for (int i = 0; i < 3; i++) {
		memset(params, 0, sizeof params);
		syscall(SYS_io_uring_setup, 4, params);
	}
	send(v[0], "x", 1, 0);
	return 3;
}
