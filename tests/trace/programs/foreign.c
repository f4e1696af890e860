/* Makes calls by the 32-bit gate among its own; 77 where the kernel has no such gate. */
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

static void none(int signal)
{
	_exit(77);
}

int main(void)
{
	long r = 0;
	int v[2];
	signal(SIGSEGV, none);
	socketpair(AF_UNIX, SOCK_STREAM, 0, v);
#ifdef __x86_64__
	/* 41 is dup there, and socket here; 102 is socketcall there, and getuid here. */
	for (int i = 0; i < 3; i++)
		__asm__ volatile("int $0x80" : "=a"(r) : "a"(41), "b"(v[0]) : "memory", "r8", "r9", "r10", "r11");
#else
	return 77;
#endif
	send(v[0], "x", 1, 0);
	return r < 0 ? 77 : 3;
}
