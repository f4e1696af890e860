/* Lists that are longer than what is shown of them, and calls with arguments that they do not use. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

#define MANY 40

int main(void)
{
	int v[2], p[2];
	socketpair(AF_UNIX, SOCK_STREAM, 0, v);
	pipe2(p, 0);
	struct pollfd many[MANY];
	for (int i = 0; i < MANY; i++)
		many[i] = (struct pollfd){v[i & 1], POLLIN, 0};
	poll(many, MANY, 0);
	/* Only one that is not among the first is ready; then two; then all. */
	many[35].events = POLLOUT;
	poll(many, MANY, 0);
	many[1] = (struct pollfd){p[1], POLLOUT, 0};
	many[39] = (struct pollfd){-1, POLLOUT, 0};
	poll(many, MANY, -1);
	poll(many, 2, 0);
	struct timespec second = {1, 5};
	ppoll(many, 2, &second, 0);
	for (int i = 0; i < MANY - 5; i++)
		many[i].events = POLLOUT;
	poll(many, MANY, 0);
	fd_set in, out;
	FD_ZERO(&in);
	FD_ZERO(&out);
	FD_SET(v[0], &in);
	FD_SET(v[1], &in);
	FD_SET(p[1], &out);
	struct timeval time = {9, 500000}, none = {0, 0};
	write(v[0], "x", 1);
	select(p[1] + 1, &in, &out, 0, &time);
	FD_SET(v[0], &out);
	pselect(p[1] + 1, 0, &out, &in, &second, 0);
	int epoll = epoll_create1(0);
	for (int i = 0; i < 2; i++)
		epoll_ctl(epoll, EPOLL_CTL_ADD, v[i], &(struct epoll_event){EPOLLOUT, {.fd = v[i]}});
	struct epoll_event events[4];
	epoll_wait(epoll, events, 4, 0);
	/* Sets of nothing are not looked at, and a mask behind events that never came is not either. */
	sigset_t mask;
	sigemptyset(&mask);
	sigaddset(&mask, SIGUSR1);
	select(0, &in, &out, 0, &none);
	pselect(0, &in, 0, &out, &(struct timespec){0, 0}, &mask);
	epoll_pwait(epoll, events, 4, 0, &mask);
	epoll_pwait(epoll, events, 0, 0, &mask);
	epoll_pwait(epoll, (void *)8, 4, 0, &mask);
	/* Results that are names. */
	int file = open("/proc/self/exe", O_RDONLY), memory = memfd_create("m", MFD_ALLOW_SEALING);
	fcntl(file, F_GETLEASE);
	fcntl(file, F_SETLEASE, F_RDLCK);
	fcntl(memory, F_GETLEASE);
	fcntl(memory, F_SETLEASE, F_WRLCK);
	fcntl(memory, F_GETLEASE);
	fcntl(memory, F_SETLEASE, F_UNLCK);
	fcntl(memory, F_GET_SEALS);
	fcntl(memory, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK);
	fcntl(memory, F_GET_SEALS);
	fcntl(memory, F_NOTIFY, 0x100000001);
	fcntl(memory, F_ADD_SEALS, 0x100000000);
	fcntl(memory, F_SETLEASE, 0x100000001);
	struct sockaddr_nl groups[] = {{AF_NETLINK, 0, 0, 1}, {AF_NETLINK, 0, 0, 0xa0000}, {AF_NETLINK, 0, 0, 0xfacefeed}};
	for (int i = 0; i < 3; i++)
		bind(-1, (void *)&groups[i], sizeof groups[i]);
	unsigned short protocols[] = {0x0008, 0x0300, 0xdd86, 0x3412, 0};
	for (int i = 0; i < 5; i++) {
		struct sockaddr_ll packet = {.sll_family = AF_PACKET, .sll_protocol = protocols[i], .sll_ifindex = 1};
		bind(-1, (void *)&packet, sizeof packet);
	}
	struct ifreq map = {.ifr_name = "none", .ifr_map = {1, 2, 3, 48, 49, 50}};
	ioctl(-1, SIOCSIFMAP, &map);
	fcntl(v[0], F_GETFD, 7);
	fcntl(v[0], F_GETFL, 8);
	fcntl(v[0], F_GETFD, 0x100000000);
	return 3;
}
