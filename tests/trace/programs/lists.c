/* Lists that are longer than what is shown of them, and calls with arguments that they do not use. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
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
	struct timeval time = {1, 7};
	write(v[0], "x", 1);
	select(p[1] + 1, &in, &out, 0, &time);
	FD_SET(v[0], &out);
	pselect(p[1] + 1, 0, &out, &in, &second, 0);
	int epoll = epoll_create1(0);
	for (int i = 0; i < 2; i++)
		epoll_ctl(epoll, EPOLL_CTL_ADD, v[i], &(struct epoll_event){EPOLLOUT, {.fd = v[i]}});
	struct epoll_event events[4];
	epoll_wait(epoll, events, 4, 0);
	fcntl(v[0], F_GETFD, 7);
	fcntl(v[0], F_GETFL, 8);
	fcntl(v[0], F_GETFD, 0x100000000);
	return 3;
}
