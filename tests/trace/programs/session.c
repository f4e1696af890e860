/* A session of every kind of socket, the same in every run but for numbers the kernel chooses. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

static void tcp(int family)
{
	struct sockaddr_storage a = {0};
	socklen_t n = family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
	a.ss_family = family;
	if (family == AF_INET)
		((struct sockaddr_in *)&a)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	else
		((struct sockaddr_in6 *)&a)->sin6_addr = in6addr_loopback;
	int one = 1, s = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	bind(s, (struct sockaddr *)&a, n);
	socklen_t m = sizeof a;
	getsockname(s, (struct sockaddr *)&a, &m);
	listen(s, 5);
	int c = socket(family, SOCK_STREAM, IPPROTO_TCP);
	setsockopt(c, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	connect(c, (struct sockaddr *)&a, n);
	struct sockaddr_storage p;
	m = sizeof p;
	int d = accept4(s, (struct sockaddr *)&p, &m, SOCK_CLOEXEC);
	char odd[] = "nul\0 bad\xff\xc3 esc\x1b[31m tab\t nl\n del\x7f 9\0009";
	send(c, odd, sizeof odd, MSG_NOSIGNAL);
	struct pollfd f[2] = {{d, POLLIN, 0}, {-1, POLLOUT, 0}};
	poll(f, 2, 1000);
	char b[100];
	recv(d, b, sizeof b, 0);
	recv(d, b, sizeof b, MSG_DONTWAIT);
	write(d, "answer", 6);
	fd_set r;
	FD_ZERO(&r);
	FD_SET(c, &r);
	struct timeval t = {1, 0};
	select(c + 1, &r, 0, 0, &t);
	read(c, b, 3);
	read(c, b, 50);
	int e = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event ev = {.events = EPOLLOUT, .data.u64 = 7};
	epoll_ctl(e, EPOLL_CTL_ADD, c, &ev);
	epoll_wait(e, &ev, 1, 1000);
	close(e);
	shutdown(c, SHUT_WR);
	recv(d, b, sizeof b, 0);
	int x = dup(d);
	close(d);
	fcntl(x, F_GETFL);
	ioctl(x, FIONBIO, &one);
	getpeername(x, (struct sockaddr *)&p, &m);
	close(x);
	close(c);
	send(c, "late", 4, 0);
	close(s);
}

static void local(void)
{
	int v[2];
	socketpair(AF_UNIX, SOCK_STREAM, 0, v);
	char data[] = "fd", control[CMSG_SPACE(sizeof(int))] = {0};
	struct iovec iov = {data, 2};
	struct msghdr h = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
	struct cmsghdr *c = CMSG_FIRSTHDR(&h);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &v[0], sizeof(int));
	sendmsg(v[0], &h, 0);
	char in[10], space[100];
	struct iovec inv = {in, sizeof in};
	struct msghdr g = {.msg_iov = &inv, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
	recvmsg(v[1], &g, MSG_CMSG_CLOEXEC);
	struct iovec two[2] = {{"one", 3}, {"two", 3}};
	writev(v[0], two, 2);
	recvfrom(v[1], in, 6, 0, 0, 0);
	close(v[1]);
	signal(SIGPIPE, SIG_IGN);
	send(v[0], "gone", 4, 0);
	struct sockaddr_un u = {AF_UNIX, "/no/such/socket"};
	connect(v[0], (struct sockaddr *)&u, sizeof u);
}

static void udp(void)
{
	int s = socket(AF_INET, SOCK_DGRAM, 0);
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	bind(s, (struct sockaddr *)&a, sizeof a);
	socklen_t n = sizeof a;
	getsockname(s, (struct sockaddr *)&a, &n);
	sendto(s, "datagram", 8, 0, (struct sockaddr *)&a, n);
	char b[4];
	struct sockaddr_storage p;
	socklen_t m = sizeof p;
	recvfrom(s, b, sizeof b, 0, (struct sockaddr *)&p, &m);
	connect(s, (struct sockaddr *)(void *)8, 16);
	getsockname(s, (struct sockaddr *)&p, (void *)8);
	bind(-1, (struct sockaddr *)&a, 16);
	socket(99, 42, 7);
}

int main(void)
{
	tcp(AF_INET);
	tcp(AF_INET6);
	local();
	udp();
	return 7;
}
