/* calls only: setsockopt of every option number of every level on a descriptor that is not open, at many lengths. */
#include "expect.h"
static const int levels[] = { SOL_SOCKET, IPPROTO_IP, IPPROTO_TCP, IPPROTO_UDP, IPPROTO_IPV6, IPPROTO_ICMPV6,
			      IPPROTO_RAW, 263, 270, 132, 136, 257, 256, 258, 259, 260, 261, 262, 264, 265, 266, 267,
			      268, 269, 271, 272, 273, 274, 275, 276, 277, 278, 279, 280, 281, 282, 283, 284, 285, 286, 287,
			      2, 33, 115, 0x1234, -1 };
static const int lengths[] = { 0, 1, 3, 4, 5, 7, 8, 9, 12, 13, 16, 20, 24, 28, 32, 40, 64, 128, 136, 264 };
int main(void)
{
	begin();
	unsigned char *value = buf(512);
	for (int i = 0; i < 512; i++)
		value[i] = 1 + i;
	value[1] = value[2] = value[3] = 0;
	for (size_t l = 0; l < sizeof levels / sizeof *levels; l++)
		for (int option = 0; option < (l < 9 ? 130 : 26); option++) {
			call(setsockopt, -1, levels[l], option, value, 4);
			call(setsockopt, -1, levels[l], option, value, -1);
			call(setsockopt, -1, levels[l], option, NULL, 4);
			for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
				call(setsockopt, -1, levels[l], option, value, lengths[i]);
		}
	end();
}
