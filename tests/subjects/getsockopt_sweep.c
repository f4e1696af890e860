/* calls only, needs a namespace: getsockopt of every option of fresh sockets of every kind, at many lengths.
 *
 * Options that differ from run to run are left out: cookies, the CPU that received, TCP's clock.
 */
#include "expect.h"
static int differs(int level, int option)
{
	return (level == SOL_SOCKET && (option == 57 || option == 71 || option == 49)) || (level == IPPROTO_TCP && option == 24);
}
int main(void)
{
	begin();
	char *value = buf(512);
	int *length = buf(4);
	static const struct { int family, type, protocol, levels[3]; } kinds[] = {
		{ AF_INET, SOCK_STREAM, 0, { SOL_SOCKET, IPPROTO_IP, IPPROTO_TCP } },
		{ AF_INET6, SOCK_DGRAM, 0, { IPPROTO_IPV6, IPPROTO_UDP, IPPROTO_ICMPV6 } },
		{ AF_INET, SOCK_RAW, IPPROTO_ICMP, { IPPROTO_RAW, IPPROTO_IP, 0x1234 } },
		{ AF_PACKET, SOCK_RAW, 0, { 263, SOL_SOCKET, 263 } },
		{ AF_NETLINK, SOCK_RAW, 0, { 270, SOL_SOCKET, 270 } },
		{ AF_UNIX, SOCK_STREAM, 0, { SOL_SOCKET, SOL_SOCKET, 0x1234 } } };
	static const int lengths[] = { -1, 0, 1, 3, 4, 5, 8, 12, 16, 64 };
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
		int fd = MUST(syscall(SYS_socket, kinds[k].family, kinds[k].type, kinds[k].protocol));
		for (int l = 0; l < 3; l++)
			for (int option = 0; option < 90; option++) {
				int level = kinds[k].levels[l];
				if (differs(level, option))
					continue;
				for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
					memset(value, 0x11, 512);
					*length = lengths[i];
					call(getsockopt, fd, level, option, value, length);
				}
				*length = 4;
				call(getsockopt, fd, level, option, NULL, length);
				call(getsockopt, fd, level, option, BAD, length);
				call(getsockopt, fd, level, option, value, NULL);
				call(getsockopt, fd, level, option, value, BAD);
			}
	}
	end();
}
