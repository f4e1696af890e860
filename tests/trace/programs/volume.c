/* Makes a trace as large as is asked: N sends of K bytes that are no text. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
	long n = atol(argv[1]), k = atol(argv[2]);
	char *data = malloc(k);
	memset(data, 0xee, k);
	int v[2], size = k * 2;
	socketpair(AF_UNIX, SOCK_DGRAM, 0, v);
	setsockopt(v[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
	for (long i = 0; i < n; i++) {
		send(v[0], data, k, 0);
		recv(v[1], data, 1, 0);
	}
	return 0;
}
