/* calls only: socket and socketpair with every family, type and a sweep of protocols, all refused or closed again. */
#include "expect.h"
int main(void)
{
	begin();
	/* A type no family has, so nothing is created and the result does not depend on loaded modules. */
	for (int family = 0; family < 50; family++)
		for (int proto = 0; proto < 3; proto++)
			call(socket, family, 15, proto);
	call(socket, -1, 15, 0);
	call(socket, 0x100, 15, 0xffffffffL);
	for (int type = 0; type < 12; type++)
		call(socket, 49, type, 0);
	call(socket, 49, SOCK_STREAM | SOCK_CLOEXEC, 0);
	call(socket, 49, SOCK_STREAM | SOCK_NONBLOCK, 0);
	call(socket, 49, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC | 0x100, 0);
	call(socket, 49, 0xdeadbeefL, 0);
	call(socket, 49, 15 | SOCK_CLOEXEC, 0);
	for (int proto = 0; proto < 300; proto++)
		call(socket, AF_INET, 15, proto);
	call(socket, AF_INET6, 15, 58);
	for (int proto = 0; proto < 30; proto++)
		call(socket, AF_NETLINK, 15, proto);
	static const int families[] = { AF_PACKET, AF_BLUETOOTH, AF_CAN, AF_ISDN, AF_IUCV, AF_SMC, AF_XDP, AF_UNIX, AF_RDS, AF_PHONET, AF_IEEE802154, AF_CAIF, AF_NFC, AF_KCM, AF_QIPCRTR, AF_MCTP, AF_VSOCK, AF_ALG, AF_TIPC, AF_APPLETALK, AF_X25, AF_AX25, AF_IPX, AF_IRDA, AF_KEY, AF_LLC, AF_RXRPC };
	for (size_t i = 0; i < sizeof families / sizeof *families; i++)
		for (int proto = 0; proto < 12; proto++)
			call(socket, families[i], 15, proto);
	static const int ether[] = { 0x0001, 0x0003, 0x0004, 0x000c, 0x00ff, 0x0100, 0x0300, 0x0008, 0x0608, 0xdd86, 0x8100, 0x0081, 0x0800, 0x86dd, 0xdd860000 };
	for (size_t i = 0; i < sizeof ether / sizeof *ether; i++)
		call(socket, AF_PACKET, 15, ether[i]);
	int *pair = buf(8);
	call(socketpair, AF_UNIX, SOCK_STREAM, 0, NULL);
	call(socketpair, AF_UNIX, SOCK_STREAM, 0, BAD);
	call(socketpair, AF_UNIX, SOCK_STREAM, 0, BAD - 4);
	call(socketpair, AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP, pair);
	call(socketpair, AF_UNIX, 15, 7, pair);
	end();
}
