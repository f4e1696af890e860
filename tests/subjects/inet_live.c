/* TCP and UDP over loopback: names, in-out lengths, flags and errors as the kernel really fills them in. */
#include "expect.h"
static char text[1][128];
static const char *show(const struct sockaddr_in *a)
{
	snprintf(text[0], sizeof text[0], "{sa_family=AF_INET, sin_port=htons(%d), sin_addr=inet_addr(\"%s\")}",
		 ntohs(a->sin_port), inet_ntoa(a->sin_addr));
	return text[0];
}
int main(void)
{
	begin();
	struct sockaddr_in *a = buf(128);
	socklen_t *n = buf(4);
	long server = call(socket, AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);
	say("socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_TCP)");
	int *one = buf(4);
	*one = 1;
	call(setsockopt, server, SOL_SOCKET, SO_REUSEADDR, one, 4);
	say("setsockopt(%ld, SOL_SOCKET, SO_REUSEADDR, [1], 4)", server);
	*a = (struct sockaddr_in){ AF_INET, 0, { htonl(INADDR_LOOPBACK) } };
	call(bind, server, a, 16);
	say("bind(%ld, %s, 16)", server, show(a));
	call(listen, server, 5);
	say("listen(%ld, 5)", server);
	*n = 128;
	call(getsockname, server, a, n);
	say("getsockname(%ld, %s, [128 => 16])", server, show(a));
	struct sockaddr_in where = *a;
	*n = 16;
	call(getsockname, server, a, n);
	say("getsockname(%ld, %s, [16])", server, show(a));
	*n = 8;
	call(getsockname, server, a, n);
	say("getsockname(%ld, {sa_family=AF_INET, sa_data=\"%s\"}, [8 => 16])", server,
	    ({ static char s[32]; unsigned char *p = (void *)&where; char *o = s;
	       for (int i = 2; i < 8; i++) {
		       int next_digit = i < 7 && p[i + 1] >= '0' && p[i + 1] <= '9';
		       if (p[i] == '"' || p[i] == '\\') o += sprintf(o, "\\%c", p[i]);
		       else if (p[i] >= ' ' && p[i] < 127) o += sprintf(o, "%c", p[i]);
		       else if (p[i] >= 9 && p[i] <= 13) o += sprintf(o, "\\%c", "tnvfr"[p[i] - 9]);
		       else o += sprintf(o, next_digit ? "\\%03o" : "\\%o", p[i]);
	       } s; }));
	*n = 2;
	call(getsockname, server, a, n);
	say("getsockname(%ld, {sa_family=AF_INET}, [2 => 16])", server);
	*n = 0;
	call(getsockname, server, a, n);
	say("getsockname(%ld, %p, [0 => 16])", server, a);
	*n = -1;
	call(getsockname, server, a, n);
	say("getsockname(%ld, %p, [-1])", server, a);
	call(getsockname, server, a, NULL);
	say("getsockname(%ld, %p, NULL)", server, a);
	call(getsockname, server, a, BAD);
	say("getsockname(%ld, %p, %p)", server, a, BAD);
	*n = 24;
	call(getpeername, server, a, n);
	say("getpeername(%ld, %p, [24])", server, a);
	long client = call(socket, AF_INET, SOCK_STREAM, 0);
	say("socket(AF_INET, SOCK_STREAM, IPPROTO_IP)");
	*a = where;
	call(connect, client, a, 16);
	say("connect(%ld, %s, 16)", client, show(a));
	*n = 64;
	long peer = call(accept, server, a, n);
	say("accept(%ld, %s, [64 => 16])", server, show(a));
	call(setsockopt, peer, IPPROTO_TCP, 1, one, 4);
	say("setsockopt(%ld, SOL_TCP, TCP_NODELAY, [1], 4)", peer);
	char *data = buf(256);
	strcpy(data, "GET / HTTP/1.0\r\n\r\nand some more than thirty-two bytes");
	call(sendto, client, data, 18, MSG_NOSIGNAL, NULL, 0);
	say("sendto(%ld, \"GET / HTTP/1.0\\r\\n\\r\\n\", 18, MSG_NOSIGNAL, NULL, 0)", client);
	call(recvfrom, peer, data + 100, 100, 0, NULL, NULL);
	say("recvfrom(%ld, \"GET / HTTP/1.0\\r\\n\\r\\n\", 100, 0, NULL, NULL)", peer);
	call(write, peer, data, 40);
	say("write(%ld, \"GET / HTTP/1.0\\r\\n\\r\\nand some more \"..., 40)", peer);
	call(read, client, data + 100, 32);
	say("read(%ld, \"GET / HTTP/1.0\\r\\n\\r\\nand some more \", 32)", client);
	call(recvfrom, client, data, 100, MSG_DONTWAIT | MSG_PEEK, a, n);
	say("recvfrom(%ld, \"%.8s\", 100, MSG_PEEK|MSG_DONTWAIT, %s, [16 => 0])", client, "than thi", "0x100000000000");
	call(read, client, data, 100);
	say("read(%ld, \"than thi\", 100)", client);
	call(recvfrom, client, data, 100, MSG_DONTWAIT, NULL, NULL);
	say("recvfrom(%ld, %p, 100, MSG_DONTWAIT, NULL, NULL)", client, data);
	call(shutdown, peer, SHUT_WR);
	say("shutdown(%ld, SHUT_WR)", peer);
	call(read, client, data, 100);
	say("read(%ld, \"\", 100)", client);
	*n = 4;
	call(getsockopt, client, SOL_SOCKET, SO_ERROR, data, n);
	say("getsockopt(%ld, SOL_SOCKET, SO_ERROR, [0], [4])", client);
	*n = 16;
	call(getsockopt, client, SOL_SOCKET, SO_TYPE, data, n);
	say("getsockopt(%ld, SOL_SOCKET, SO_TYPE, [1], [16 => 4])", client);
	*n = 4;
	call(getsockopt, client, SOL_SOCKET, 9999, data, n);
	say("getsockopt(%ld, SOL_SOCKET, 0x270f /* SO_??? */, %p, [4])", client, data);
	call(fcntl, client, F_GETFL);
	say_all("fcntl(%ld, F_GETFL) = 0x2 (flags O_RDWR)", client);
	struct timeval *tv = buf(16);
	fd_set *out = buf(128);
	FD_SET(client, out);
	tv->tv_sec = 3;
	call(select, client + 1, NULL, out, NULL, tv);
	say_all("select(%ld, NULL, [%ld], NULL, {tv_sec=3, tv_usec=0}) = 1 (out [%ld], left {tv_sec=%ld, tv_usec=%ld})",
		client + 1, client, client, tv->tv_sec, tv->tv_usec);
	struct pollfd *p = buf(16);
	struct timespec *ts = buf(16);
	*p = (struct pollfd){ client, POLLOUT };
	ts->tv_sec = 5;
	call(ppoll, p, 1, ts, NULL, 0);
	say_all("ppoll([{fd=%ld, events=POLLOUT}], 1, {tv_sec=5, tv_nsec=0}, NULL, 0) = 1 ([{fd=%ld, revents=POLLOUT}], "
		"left {tv_sec=%ld, tv_nsec=%ld})", client, client, ts->tv_sec, ts->tv_nsec);
	call(close, peer);
	say("close(%ld)", peer);
	call(close, peer);
	say("close(%ld)", peer);
	/* UDP: the sender's name, and a message cut short. */
	long udp = call(socket, AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	say("socket(AF_INET, SOCK_DGRAM|SOCK_NONBLOCK, IPPROTO_IP)");
	*a = (struct sockaddr_in){ AF_INET, 0, { htonl(INADDR_LOOPBACK) } };
	call(bind, udp, a, 16);
	say("bind(%ld, %s, 16)", udp, show(a));
	*n = 16;
	call(getsockname, udp, a, n);
	say("getsockname(%ld, %s, [16])", udp, show(a));
	call(sendto, udp, "datagram", 8, 0, a, 16);
	say("sendto(%ld, \"datagram\", 8, 0, %s, 16)", udp, show(a));
	*n = 128;
	call(recvfrom, udp, data, 4, MSG_TRUNC, a, n);
	say("recvfrom(%ld, \"data\", 4, MSG_TRUNC, %s, [128 => 16])", udp, show(a));
	call(recvfrom, udp, data, 4, 0, a, n);
	say("recvfrom(%ld, %p, 4, 0, %p, [16])", udp, data, a);
	end();
}
