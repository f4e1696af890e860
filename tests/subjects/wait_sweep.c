/* calls only: fcntl, ioctl, poll, select, epoll, dup, pipe2, sendfile and shutdown, mostly on closed descriptors. */
#include "expect.h"
int main(void)
{
	begin();
	long *words = buf(128);
	for (int cmd = 0; cmd < 20; cmd++) {
		call(fcntl, -1, cmd, 0);
		call(fcntl, -1, cmd, 1);
		call(fcntl, -1, cmd, 0x123456789L);
		call(fcntl, -1, cmd, words);
	}
	for (int cmd = 1024; cmd < 1042; cmd++)
		call(fcntl, -1, cmd, 3);
	int pair[2];
	MUST(pipe2(pair, O_NONBLOCK));
	int r = MUST(fcntl(pair[0], F_DUPFD, 20)), w = MUST(fcntl(pair[1], F_DUPFD, 21));
	close(pair[0]);
	close(pair[1]);
	call(fcntl, r, F_GETFL, 0);
	call(fcntl, w, F_GETFL, 5);
	call(fcntl, w, F_SETFL, O_NONBLOCK | O_APPEND | 0x1000000);
	call(fcntl, w, F_GETFD, 0);
	call(fcntl, w, F_SETFD, 3);
	call(fcntl, w, F_GETFD, 0);
	call(fcntl, w, F_DUPFD_CLOEXEC, 30);
	call(close, 30);
	call(fcntl, w, F_GETPIPE_SZ, 0);
	call(fcntl, w, F_GETOWN, 0);
	call(fcntl, w, F_SETSIG, SIGIO);
	call(fcntl, w, F_GETSIG, 0);
	call(fcntl, w, 99, 7);
	for (long request = 0x8900; request < 0x8980; request++) {
		call(ioctl, -1, request, NULL);
		call(ioctl, -1, request, words);
		call(ioctl, -1, request, BAD);
	}
	int *one = buf(4);
	*one = 1;
	call(ioctl, r, FIONBIO, one);
	call(ioctl, r, FIONBIO, NULL);
	call(ioctl, r, FIONBIO, BAD);
	call(ioctl, r, FIONREAD, one);
	call(ioctl, r, FIONREAD, NULL);
	call(ioctl, -1, FIONREAD, one);
	call(ioctl, r, FIOCLEX, 0);
	call(ioctl, r, FIONCLEX, 5);
	call(ioctl, r, FIOASYNC, one);
	call(ioctl, r, 0xdeadbeefL, one);
	call(ioctl, r, TCGETS, one);
	struct pollfd *p = buf(sizeof *p * 40);
	for (int i = 0; i < 40; i++)
		p[i] = (struct pollfd){ i % 3 ? -1 : r, 1 << i % 16, 0 };
	call(poll, NULL, 0, 0);
	call(poll, NULL, 1, 0);
	call(poll, p, 0, 0);
	call(poll, p, 1, 0);
	call(poll, p, 4, 0);
	call(poll, p, 40, 0);
	call(poll, BAD - 12, 2, 0);
	p[0] = (struct pollfd){ w, POLLOUT | POLLIN, 0 };
	p[1] = (struct pollfd){ 999, POLLIN, 0 };
	p[2] = (struct pollfd){ r, 0, 0 };
	call(poll, p, 1, -1);
	call(poll, p, 3, -1);
	call(poll, p, -1, 5);
	struct timespec *t = buf(16);
	unsigned long *mask = buf(8);
	*mask = 1UL << (SIGUSR1 - 1) | 1UL << (SIGCHLD - 1);
	call(ppoll, p, 1, NULL, NULL, 8);
	call(ppoll, p + 2, 1, t, mask, 8);
	call(ppoll, p + 2, 1, t, mask, 4);
	t->tv_sec = 5;
	call(ppoll, p, 3, BAD, BAD, 8);
	t->tv_nsec = 1000000000;
	call(ppoll, p, 1, t, mask, 8);
	t->tv_nsec = 0;
	fd_set *in = buf(128), *out = buf(128), *ex = buf(128);
	struct timeval *tv = buf(16);
#define SETS() (memset(in, 0, 128), memset(out, 0, 128), memset(ex, 0, 128), FD_SET(r, in), FD_SET(w, out), FD_SET(r, ex), FD_SET(w, ex))
	SETS();
	call(select, w + 1, in, out, ex, NULL);
	SETS();
	call(select, w + 1, in, NULL, ex, tv);
	SETS();
	call(select, 0, NULL, NULL, NULL, memcpy(tv, &(struct timeval){ 0, 1 }, 16));
	call(select, -1, in, out, ex, tv);
	call(select, 3, BAD, NULL, NULL, NULL);
	call(select, 3, in, NULL, NULL, BAD);
	SETS();
	FD_SET(500, in);
	call(select, 600, in, NULL, NULL, tv);
	call(select, w + 1, in, NULL, NULL, memcpy(tv, &(struct timeval){ -1, 2000000 }, 16));
	struct { void *set; size_t size; } *sixth = buf(16);
	sixth->set = mask;
	sixth->size = 8;
	SETS();
	t->tv_sec = 0;
	call(pselect6, w + 1, in, out, ex, NULL, sixth);
	SETS();
	call(pselect6, w + 1, in, NULL, NULL, t, NULL);
	call(pselect6, w + 1, in, NULL, NULL, t, BAD);
	sixth->size = 3;
	call(pselect6, 0, NULL, NULL, NULL, t, sixth);
	sixth->set = NULL;
	call(pselect6, 0, NULL, NULL, NULL, t, sixth);
	struct epoll_event *e = buf(sizeof *e * 4);
	e->events = EPOLLIN | EPOLLET | EPOLLONESHOT | 0x800000;
	e->data.u64 = 0x1122334455667788UL;
	for (int op = 0; op < 5; op++)
		call(epoll_ctl, -1, op, w, e);
	call(epoll_ctl, -1, 1, w, NULL);
	call(epoll_ctl, -1, 3, w, BAD);
	call(epoll_create1, 0x12345);
	int ep = MUST(epoll_create1(EPOLL_CLOEXEC)), epfd = MUST(fcntl(ep, F_DUPFD, 40));
	close(ep);
	e->events = EPOLLOUT;
	e->data.u64 = w;
	call(epoll_ctl, epfd, EPOLL_CTL_ADD, w, e);
	call(epoll_ctl, epfd, EPOLL_CTL_ADD, w, e);
	call(epoll_wait, epfd, e, 4, -1);
	call(epoll_wait, epfd, BAD, 4, 0);
	call(epoll_wait, epfd, e, 0, 0);
	call(epoll_pwait, epfd, e, 4, -1, mask, 8);
	call(epoll_pwait, epfd, e, 4, 0, NULL, 0);
	call(epoll_pwait, epfd, e, 4, 0, mask, 5);
	call(epoll_ctl, epfd, EPOLL_CTL_DEL, w, NULL);
	call(epoll_wait, epfd, e, 4, 0);
	int *fds = buf(8);
	call(pipe2, NULL, O_CLOEXEC);
	call(pipe2, BAD, O_CLOEXEC | O_NONBLOCK | O_DIRECT | 1);
	call(dup, w);
	call(dup2, w, 50);
	call(dup2, -1, 50);
	call(dup3, w, 51, O_CLOEXEC);
	call(dup3, w, w, 0);
	call(dup3, w, 52, 5);
	long *offset = buf(8);
	*offset = 5;
	call(sendfile, w, r, NULL, 10);
	call(sendfile, w, r, offset, 10);
	call(sendfile, w, -1, BAD, -1);
	for (int how = 0; how < 5; how++)
		call(shutdown, -1, how);
	call(listen, -1, -1);
	for (unsigned flag = 0; flag < 20; flag += 3)
		call(accept4, -1, NULL, NULL, flag << 9);
	call(accept4, -1, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK | 1);
	char *text = buf(600);
	for (int i = 0; i < 256; i++)
		text[i] = i;
	memset(text + 300, 'x', 100);
	for (int i = 0; i < 256; i += 16)
		call(write, -1, text + i, 16);
	for (int n = 30; n < 36; n++)
		call(write, -1, text + 300, n);
	call(write, -1, text, 0);
	call(write, -1, NULL, 0);
	call(write, -1, NULL, 3);
	call(write, -1, BAD, 3);
	call(write, -1, text, -1);
	call(write, -1, BAD - 4, 5);
	call(write, -1, BAD - 4, 4);
	call(write, -1, BAD - 40, 41);
	call(read, -1, text, 5);
	call(read, r, text, 5);
	call(write, w, "hello\n", 0);
	call(write, w, strcpy(text, "hello\n"), 6);
	call(ioctl, r, FIONREAD, one);
	call(read, r, text, 100);
	call(sendto, -1, text, 6, MSG_NOSIGNAL, NULL, 0);
	call(recvfrom, -1, text, 6, 0, NULL, NULL);
	call(recvfrom, -1, text, 6, MSG_PEEK | MSG_TRUNC, text, memcpy(buf(4), &(int){ 16 }, 4));
	end();
}
