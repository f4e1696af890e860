/* calls only: sendmsg, sendmmsg and writev on a descriptor that is not open: headers, vectors and control messages. */
#include "expect.h"
static struct msghdr *header(void *control, size_t length)
{
	struct msghdr *h = buf(sizeof *h);
	h->msg_control = control;
	h->msg_controllen = length;
	return h;
}
static void control(int level, int type, int data, size_t claimed, size_t given)
{
	char *saved = arena_next;
	char *c = buf(given + 512);
	struct cmsghdr head = { claimed, level, type };
	memcpy(c, &head, sizeof head);
	for (size_t i = 0; i < (size_t)data; i++)
		c[16 + i] = i % 4 == 0 ? 1 + i / 4 : 0;
	call(sendmsg, -1, header(c, given), 0);
	memset(saved, 0, arena_next - saved);
	arena_next = saved;
}
int main(void)
{
	begin();
	struct iovec *v = buf(sizeof *v * 40);
	struct sockaddr_in *in = buf(sizeof *in);
	*in = (struct sockaddr_in){ AF_INET, htons(80), { htonl(INADDR_LOOPBACK) } };
	for (int i = 0; i < 40; i++)
		v[i] = (struct iovec){ strcpy(buf(48), "forty characters of text, more or less.."), i };
	struct msghdr *h = buf(sizeof *h);
	call(sendmsg, -1, NULL, 0);
	call(sendmsg, -1, BAD, MSG_OOB);
	call(sendmsg, -1, BAD - 55, -1);
	call(sendmsg, -1, h, MSG_DONTWAIT | MSG_NOSIGNAL | MSG_FASTOPEN | 0x100000);
	for (unsigned bit = 0; bit < 32; bit++)
		call(sendmsg, -1, h, 1UL << bit);
	h->msg_flags = -1;
	h->msg_name = in;
	call(sendmsg, -1, h, 0);
	h->msg_flags = MSG_TRUNC | 0x800000;
	h->msg_namelen = 16;
	call(sendmsg, -1, h, 0);
	h->msg_namelen = -1;
	call(sendmsg, -1, h, 0);
	h->msg_name = NULL;
	call(sendmsg, -1, h, 0);
	h->msg_name = BAD - 8;
	h->msg_namelen = 16;
	call(sendmsg, -1, h, 0);
	h->msg_name = NULL;
	h->msg_namelen = 0;
	h->msg_iov = v;
	for (int n = 0; n < 6; n++) {
		h->msg_iovlen = n;
		call(sendmsg, -1, h, 0);
	}
	h->msg_iovlen = 40;
	call(sendmsg, -1, h, 0);
	h->msg_iovlen = 1025;
	call(sendmsg, -1, h, 0);
	h->msg_iovlen = -1;
	call(sendmsg, -1, h, 0);
	h->msg_iov = NULL;
	h->msg_iovlen = 2;
	call(sendmsg, -1, h, 0);
	h->msg_iov = (struct iovec *)(BAD - 24);
	h->msg_iov[0] = (struct iovec){ "x", 0 };
	h->msg_iov[0].iov_base = strcpy(buf(8), "seven..");
	h->msg_iov[0].iov_len = 7;
	call(sendmsg, -1, h, 0);
	h->msg_iov = (struct iovec *)BAD;
	call(sendmsg, -1, h, 0);
	h->msg_iov = v;
	v[0] = (struct iovec){ BAD, 5 };
	v[1] = (struct iovec){ memcpy(BAD - 4, "abcd", 4), 4 };
	v[2] = (struct iovec){ BAD - 4, 5 };
	v[3] = (struct iovec){ NULL, 5 };
	v[4] = (struct iovec){ NULL, 0 };
	v[5] = (struct iovec){ v, -1 };
	h->msg_iovlen = 6;
	call(sendmsg, -1, h, 0);
	/* Control messages: every type of every level that has some, at its natural and at wrong lengths. */
	static const int levels[] = { SOL_SOCKET, IPPROTO_IP, IPPROTO_IPV6, IPPROTO_TCP, IPPROTO_UDP, 270, 263, 0x1234 };
	for (size_t l = 0; l < sizeof levels / sizeof *levels; l++)
		for (int type = 0; type < 85; type++)
			control(levels[l], type, 64, 16 + 24, 40);
	static const int datas[] = { 0, 1, 3, 4, 5, 7, 8, 11, 12, 13, 15, 16, 17, 23, 24, 25, 28, 32, 48, 56, 64 };
	static const struct { int level, type; } known[] = {
		{ SOL_SOCKET, 1 }, { SOL_SOCKET, 2 }, { SOL_SOCKET, 3 }, { SOL_SOCKET, 29 }, { SOL_SOCKET, 35 },
		{ SOL_SOCKET, 37 }, { SOL_SOCKET, 63 }, { SOL_SOCKET, 64 }, { SOL_SOCKET, 65 }, { IPPROTO_IP, 1 },
		{ IPPROTO_IP, 2 }, { IPPROTO_IP, 4 }, { IPPROTO_IP, 6 }, { IPPROTO_IP, 7 }, { IPPROTO_IP, 8 },
		{ IPPROTO_IP, 11 }, { IPPROTO_IP, 18 }, { IPPROTO_IP, 20 }, { IPPROTO_IP, 23 }, { IPPROTO_IP, 25 },
		{ IPPROTO_IPV6, 50 }, { IPPROTO_IPV6, 52 }, { IPPROTO_TCP, 1 } };
	for (size_t k = 0; k < sizeof known / sizeof *known; k++)
		for (size_t d = 0; d < sizeof datas / sizeof *datas; d++)
			control(known[k].level, known[k].type, datas[d], 16 + datas[d], (16 + datas[d] + 7) & ~7);
	/* Lengths that contradict each other. */
	for (int claimed = 0; claimed < 30; claimed += 3)
		for (int given = 0; given < 42; given += 5)
			control(SOL_SOCKET, SCM_RIGHTS, 24, claimed, given);
	control(SOL_SOCKET, SCM_RIGHTS, 200, 16 + 200, 216);
	control(SOL_SOCKET, SCM_RIGHTS, 200, 16 + 200, 200);
	call(sendmsg, -1, header(NULL, 24), 0);
	call(sendmsg, -1, header(BAD, 24), 0);
	memset(BAD - 20, 0, 20);
	*(struct cmsghdr *)(BAD - 24) = (struct cmsghdr){ 20, SOL_SOCKET, SCM_RIGHTS };
	call(sendmsg, -1, header(BAD - 24, 24), 0);
	call(sendmsg, -1, header(BAD - 24, 48), 0);
	call(sendmsg, -1, header(BAD - 24, -1), 0);
	/* Two and three messages in one. */
	char *two = buf(128);
	*(struct cmsghdr *)two = (struct cmsghdr){ 20, SOL_SOCKET, SCM_RIGHTS };
	*(struct cmsghdr *)(two + 24) = (struct cmsghdr){ 28, SOL_SOCKET, 2 };
	*(struct cmsghdr *)(two + 56) = (struct cmsghdr){ 20, IPPROTO_IP, 2 };
	for (int given = 16; given < 90; given += 3)
		call(sendmsg, -1, header(two, given), 0);
	/* mmsghdr */
	struct mmsghdr *m = buf(sizeof *m * 6);
	for (int i = 0; i < 6; i++)
		m[i] = (struct mmsghdr){ { .msg_iov = v + 10 + i, .msg_iovlen = 1 }, i };
	for (int n = 0; n < 4; n++)
		call(sendmmsg, -1, m, n, MSG_DONTWAIT);
	call(sendmmsg, -1, m, -1, 0);
	call(sendmmsg, -1, NULL, 2, 0);
	call(sendmmsg, -1, BAD, 2, 0);
	call(sendmmsg, -1, memcpy(BAD - 100, m, 100), 2, 0);
	call(recvmmsg, -1, m, 2, MSG_WAITFORONE, NULL);
	call(recvmmsg, -1, m, 2, MSG_WAITFORONE, BAD);
	call(recvmmsg, -1, NULL, 0, 0, memcpy(buf(16), &(struct timespec){ 1, 2 }, 16));
	call(recvmmsg, -1, NULL, 0, 0, memcpy(buf(16), &(struct timespec){ -1, 1000000000 }, 16));
	call(recvmsg, -1, h, 0);
	call(recvmsg, -1, NULL, MSG_PEEK);
	/* readv, writev */
	for (int n = 6; n < 12; n++) {
		call(writev, -1, v + 8, n - 6);
		call(readv, -1, v + 8, n - 6);
	}
	call(writev, -1, v, 7);
	call(writev, -1, v + 20, -1);
	call(writev, -1, v + 20, 0x100000001L);
	call(writev, -1, NULL, 1);
	call(writev, -1, BAD - 16, 2);
	call(readv, -1, BAD, 1);
	end();
}
