/* calls only, needs a namespace: the SIOC* requests on the loopback interface, which every network has as the first. */
#include "expect.h"
#include <net/if.h>
int main(void)
{
	begin();
	int fd = MUST(socket(AF_INET, SOCK_DGRAM, 0));
	struct ifreq *r = buf(sizeof *r);
	static const long requests[] = { SIOCGIFNAME, SIOCGIFFLAGS, SIOCGIFADDR, SIOCGIFDSTADDR, SIOCGIFBRDADDR, SIOCGIFNETMASK,
		SIOCGIFMETRIC, SIOCGIFMTU, SIOCGIFHWADDR, SIOCGIFSLAVE, SIOCGIFINDEX, SIOCGIFTXQLEN, SIOCGIFMAP, SIOCGIFPFLAGS };
	for (int named = 0; named < 3; named++)
		for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
			memset(r, 0, sizeof *r);
			if (named)
				strcpy(r->ifr_name, named == 1 ? "lo" : "no-such-if\"");
			else
				r->ifr_ifindex = 1;
			call(ioctl, fd, requests[i], r);
		}
	static const long setters[] = { SIOCSIFFLAGS, SIOCSIFADDR, SIOCSIFDSTADDR, SIOCSIFBRDADDR, SIOCSIFNETMASK, SIOCSIFMETRIC,
		SIOCSIFMTU, SIOCSIFHWADDR, SIOCSIFSLAVE, SIOCSIFTXQLEN, SIOCSIFMAP, SIOCSIFNAME };
	for (size_t i = 0; i < sizeof setters / sizeof *setters; i++) {
		memset(r, 0, sizeof *r);
		strcpy(r->ifr_name, "no-such-if");
		*(struct sockaddr_in *)&r->ifr_addr = (struct sockaddr_in){ AF_INET, 0, { htonl(0x7f000001) } };
		call(ioctl, fd, setters[i], r);
		call(ioctl, fd, setters[i], NULL);
		call(ioctl, fd, setters[i], tail(r, 16));
		call(ioctl, fd, setters[i], tail(r, 39));
	}
	struct ifconf *c = buf(sizeof *c);
	struct ifreq *list = buf(sizeof *list * 4);
	MUST(({ memset(r, 0, sizeof *r); strcpy(r->ifr_name, "lo"); r->ifr_flags = IFF_UP; ioctl(fd, SIOCSIFFLAGS, r); }));
	static const int lengths[] = { 0, 10, 40, 100, 160 };
	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		c->ifc_len = lengths[i];
		c->ifc_req = list;
		call(ioctl, fd, SIOCGIFCONF, c);
		c->ifc_len = lengths[i];
		c->ifc_req = NULL;
		call(ioctl, fd, SIOCGIFCONF, c);
		c->ifc_len = lengths[i];
		c->ifc_req = (void *)BAD;
		call(ioctl, fd, SIOCGIFCONF, c);
	}
	call(ioctl, fd, SIOCGIFCONF, NULL);
	call(ioctl, fd, SIOCGIFCONF, BAD);
	int *n = buf(4);
	static const long numbers[] = { SIOCATMARK, FIOGETOWN, SIOCGPGRP, FIOSETOWN, SIOCSPGRP, TIOCOUTQ, TIOCINQ };
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		*n = 0;
		call(ioctl, fd, numbers[i], n);
		call(ioctl, fd, numbers[i], NULL);
	}
	end();
}
