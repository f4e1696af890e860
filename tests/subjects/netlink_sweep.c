/* calls only, needs a namespace: netlink messages of all kinds, cut off everywhere, to an address that the kernel refuses, so that
   nothing comes of them; and what the kernel answers to real ones. */
#include "expect.h"
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

static unsigned char message[8192];
static int fd, length;

/* A message whose header says how long it is. */
static void begin_message(int type, int flags)
{
	struct nlmsghdr *header = (void *)message;
	memset(message, 0, sizeof message);
	*header = (struct nlmsghdr){ 0, type, flags, 7, 9 };
	length = sizeof *header;
}

static void put(const void *bytes, int count)
{
	memcpy(message + length, bytes, count);
	length += count;
}

static void fill(int byte, int count)
{
	memset(message + length, byte, count);
	length += count;
}

/* Opens an attribute; the number that is returned closes it. */
static int open_attribute(int type)
{
	length = NLMSG_ALIGN(length);
	struct nlattr header = { 0, type };
	put(&header, sizeof header);
	return length - sizeof header;
}

static void close_attribute(int at)
{
	((struct nlattr *)(message + at))->nla_len = length - at;
}

static void attribute(int type, const void *bytes, int count)
{
	int at = open_attribute(type);
	put(bytes, count);
	close_attribute(at);
}

/* At the end of readable memory: not a byte more than there is may be read. */
static void send_message(int claimed)
{
	((struct nlmsghdr *)message)->nlmsg_len = claimed;
	struct sockaddr refused = { AF_INET };
	call(sendto, fd, tail(message, length), length, 0, &refused, 12);
}

static void send_whole(void)
{
	send_message(length);
}

static int bound(int protocol)
{
	int fd = MUST(socket(AF_NETLINK, SOCK_RAW, protocol));
	struct sockaddr_nl any = { AF_NETLINK, 0, 4242, 0 };
	MUST(bind(fd, (struct sockaddr *)&any, sizeof any));
	return fd;
}

static const int heads[] = { 16, 18, 20, 22, 24, 26, 28, 30, 32, 34 };
static const int sizes[] = { 16, 16, 8, 8, 12, 12, 12, 12, 12, 12 };

static void headers(void)
{
	static const int types[] = { 0, 1, 2, 3, 4, 5, 15, 16, 17, 18, 19, 23, 99, 1000 };
	static const int flags[] = { 0, 1, 0x300, 0x305, 0xf00, 0xffff };
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		for (size_t j = 0; j < sizeof flags / sizeof *flags; j++) {
			begin_message(types[i], flags[j]);
			send_whole();
			fill('a', 1);
			send_whole();
			fill('b', 3);
			send_whole();
		}
	for (int count = 0; count < 16; count++) {
		begin_message(18, 1);
		length = count;
		send_message(20);
	}
	for (int claimed = 0; claimed < 60; claimed++) {
		begin_message(18, 1);
		fill(0, 24);
		send_message(claimed);
	}
}

static void structures(void)
{
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		for (int byte = 0; byte < 256; byte += 85)
			for (int count = 0; count <= sizes[i] + 8; count++) {
				begin_message(heads[i], 1);
				fill(byte, count);
				send_whole();
			}
}

static void attributes(void)
{
	static const int counts[] = { 0, 1, 2, 3, 4, 5, 7, 8, 9, 12, 16, 17, 24, 32, 33, 96, 200 };
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i += 2)
		for (int type = 0; type < 64; type++) {
			if (heads[i] == 24 && type == RTA_MULTIPATH)
				continue; /* strace never ends where the length of a hop is 0 */
			if (heads[i] == 16 && (type == IFLA_VFINFO_LIST || type == IFLA_VF_PORTS || type == IFLA_PORT_SELF))
				continue; /* attributes of virtual functions, which are bytes to us */
			if (heads[i] == 32 && type == FRA_TUN_ID)
				continue; /* the number of a tunnel, too */
			for (size_t j = 0; j < sizeof counts / sizeof *counts; j++) {
				begin_message(heads[i], 1);
				fill(0, sizes[i]);
				message[16] = j % 2 ? AF_INET6 : AF_INET;
				int at = open_attribute(type | (j % 4) << 14);
				fill(type == 18 || type == 26 ? 0 : 1 + type % 7, counts[j]);
				close_attribute(at);
				send_whole();
			}
		}
}

/* Attributes within attributes. */
static void nested(void)
{
	static const struct { int outer, inner; } pairs[] = { { 18, 1 }, { 18, 2 }, { 18, 4 }, { 26, 2 }, { 26, 10 }, { 26, 5 }, { 43, 1 },
		{ 43, 2 }, { 43, 3 }, { 43, 4 }, { 43, 8 }, { 52, 53 }, { 55, 1 }, { 55, 2 } };
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		for (int count = 0; count < 12; count++) {
			begin_message(16, 1);
			fill(0, 16);
			int outer = open_attribute(pairs[i].outer), inner = open_attribute(pairs[i].inner);
			fill(3, count);
			close_attribute(inner);
			close_attribute(outer);
			send_whole();
		}
	for (int family = 2; family <= 10; family += 8)
		for (int type = 0; type < 11; type++)
			for (int count = 0; count < 300; count = count * 2 + 1) {
				begin_message(16, 1);
				fill(0, 16);
				int outer = open_attribute(26), inner = open_attribute(family), innermost = open_attribute(type);
				fill(type == 8 ? 1 : 255, count);
				close_attribute(innermost);
				close_attribute(inner);
				close_attribute(outer);
				send_whole();
			}
	for (int type = 0; type < 20; type++) {
		int number = type == RTAX_CC_ALGO ? 0x61626364 : 5; /* a text without its NUL */
		begin_message(24, 1);
		fill(2, 12);
		int outer = open_attribute(RTA_METRICS);
		attribute(type, &number, 4);
		close_attribute(outer);
		send_whole();
	}
	begin_message(16, 1);
	fill(0, 16);
	for (int i = 0; i < 40; i++)
		attribute(IFLA_MTU, &i, 4);
	send_whole();
}

static void hops(void)
{
	struct rtnexthop hop = { 8, 1, 0, 1 }, with = { 16, 4, 2, 1 }, broken = { 99, 0, 0, 0 };
	unsigned char gateway[4] = { 1, 2, 3, 4 };
	for (int count = 1; count < 4; count++) {
		begin_message(24, 1);
		fill(2, 12);
		int outer = open_attribute(RTA_MULTIPATH);
		put(&hop, 8);
		if (count > 1) {
			put(&with, 8);
			attribute(RTA_GATEWAY, gateway, 4);
		}
		if (count > 2)
			put(&broken, 8);
		close_attribute(outer);
		send_whole();
	}
	for (int family = 0; family < 12; family++)
		for (int count = 0; count < 20; count += 2) {
			begin_message(24, 1);
			fill(2, 12);
			int outer = open_attribute(RTA_VIA);
			unsigned short word = family;
			put(&word, 2);
			fill(7, count);
			close_attribute(outer);
			send_whole();
		}
}

static void answers(void)
{
	static const int errors[] = { 0, -2, -17, -5000, 5 };
	for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
		for (int flags = 0; flags < 0x400; flags += 0x100) {
			struct nlmsghdr request = { 20, 18, 1, 3, 4 };
			begin_message(NLMSG_ERROR, flags);
			put(&errors[i], 4);
			send_whole();
			put(&request, sizeof request);
			send_whole();
			if (!(flags & 0x100))
				fill(0, 4);
			attribute(NLMSGERR_ATTR_MSG, "why", 3);
			attribute(NLMSGERR_ATTR_OFFS, &errors[4], 4);
			attribute(NLMSGERR_ATTR_COOKIE, "cookie", 6);
			send_whole();
		}
}

/* Several messages, more than are shown, and one that ends early. */
static void several(void)
{
	struct nlmsghdr one = { 20, 18, 1, 0, 3 };
	for (int count = 1; count < 36; count += 8) {
		length = 0;
		for (int i = 0; i < count; i++) {
			one.nlmsg_seq = i;
			put(&one, sizeof one);
			fill(0, 4);
		}
		send_message(20);
		fill('x', count % 16);
		send_message(20);
	}
}

/* What is asked and answered about sockets. */
static void diagnosis(void)
{
	static const struct { int family, request, answer; } kinds[] = { { AF_UNIX, 24, 16 }, { AF_INET, 60, 72 }, { AF_INET6, 60, 72 },
		{ AF_NETLINK, 20, 28 }, { AF_PACKET, 20, 16 }, { 5, 20, 20 } };
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		for (int type = 16; type <= 24; type++)
			for (int asks = 0; asks < 2; asks++)
				for (int byte = 0; byte < 256; byte += 51)
					for (int count = 1; count < 78; count += count > 2 && count < 14 ? 7 : 1) {
						begin_message(type, asks | 0x300);
						message[length++] = kinds[i].family;
						fill(byte, count - 1);
						/* An IPv4 address has the room of an IPv6 one, which the kernel leaves empty. */
						int id = sizeof(struct nlmsghdr) + (asks && type != 18 && type != 19 ? 8 : 4);
						for (int at = id + 4; kinds[i].family == AF_INET && at < id + 36; at += 16)
							memset(message + at + 4, 0, 12);
						int size = asks ? type == 18 || type == 19 ? 60 : kinds[i].family == AF_INET || kinds[i].family == AF_INET6 ? 56 : kinds[i].request : kinds[i].answer;
						if (count <= size)
							send_whole();
					}
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		for (int type = 0; type < 26; type++) {
			int family = kinds[i].family, internet = family == AF_INET || family == AF_INET6;
			if (internet ? type == 12 || type == 13 || type == 18 : family == AF_PACKET && (type == 1 || type == 7))
				continue; /* lists of addresses and keys, and filters, which are bytes to us */
			int most = internet && type == 22 ? 3 : 200; /* options that no kernel has yet, too */
			for (int count = 0; count < most; count = count < 10 ? count + 1 : count * 3 / 2) {
				begin_message(20, 0);
				message[length++] = kinds[i].family;
				fill(0, kinds[i].answer - 1);
				int at = open_attribute(type);
				fill(1 + type % 5, count);
				close_attribute(at);
				send_whole();
			}
		}
	static const int outer[] = { 19, 20 }; /* INET_DIAG_ULP_INFO, INET_DIAG_SK_BPF_STORAGES */
	for (size_t i = 0; i < sizeof outer / sizeof *outer; i++)
		for (int inner = 0; inner < 5; inner++)
			for (int type = 0; type < 14 && (i || inner != 1); type++) /* that one is a text, whose NUL strace shows under -x */
				for (int count = 0; count < 12; count += count < 5 ? 1 : 3) {
					begin_message(20, 0);
					message[length++] = AF_INET;
					fill(0, 71);
					int first = open_attribute(outer[i]), second = open_attribute(inner), third = open_attribute(type);
					fill(3, count);
					close_attribute(third);
					close_attribute(second);
					close_attribute(first);
					send_whole();
				}
	for (int bit = 0; bit < 11; bit++) {
		int options = 1 << bit;
		begin_message(20, 0);
		message[length++] = AF_INET;
		fill(0, 71);
		attribute(22, &options, 2);
		attribute(8, &options, 1);
		send_whole();
	}
}

/* All types of families whose payload is bytes. */
static void types_of(int protocol, int most)
{
	fd = bound(protocol);
	for (int type = 0; type < most; type++) {
		begin_message(type, 0xf07);
		fill(1, 1);
		send_whole();
	}
	close(fd);
}

/* What the kernel says itself. */
static void live(void)
{
	struct { struct nlmsghdr header; struct rtgenmsg body; } ask = { { 17, 0, NLM_F_REQUEST | NLM_F_DUMP, 1, 0 }, { AF_INET } };
	struct sockaddr_nl kernel = { AF_NETLINK };
	char *answer = buf(16384);
	static const int types[] = { RTM_GETRULE, 77 };
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		ask.header.nlmsg_type = types[i];
		call(sendto, fd, (void *)&ask, 17, 0, (void *)&kernel, sizeof kernel);
		ssize_t got = MUST(recv(fd, answer, 16384, MSG_PEEK));
		call(write, fd, answer, got < 40 ? got : 40);
		call(recvfrom, fd, answer, 16384, 0, NULL, NULL);
	}
}

int main(void)
{
	begin();
	fd = bound(NETLINK_ROUTE);
	headers();
	structures();
	attributes();
	nested();
	hops();
	answers();
	several();
	struct iovec *vectors = buf(2 * sizeof *vectors);
	struct msghdr *header = buf(sizeof *header);
	begin_message(18, 1);
	fill(0, 16);
	((struct nlmsghdr *)message)->nlmsg_len = length;
	vectors[0] = (struct iovec){ tail(message, length), length };
	vectors[1] = (struct iovec){ NULL, 0 };
	struct sockaddr refused = { AF_INET };
	struct sockaddr_nl nobody = { AF_NETLINK, 0, 1, 0 };
	struct sockaddr *names[] = { &refused, (void *)&nobody, NULL };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		*header = (struct msghdr){ names[i], names[i] ? 12 : 0, vectors, 2, NULL, 0, 0 };
		call(sendmsg, fd, header, MSG_OOB);
	}
	call(writev, fd, vectors, 0);
	live();
	fd = bound(NETLINK_SOCK_DIAG);
	diagnosis();
	types_of(NETLINK_AUDIT, 3010);
	types_of(NETLINK_XFRM, 60);
	types_of(NETLINK_GENERIC, 17);
	int unbound = MUST(socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE));
	call(sendto, unbound, tail(message, length), length, 0, &refused, 12);
	end();
}
