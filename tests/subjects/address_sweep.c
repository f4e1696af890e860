/* calls only: connect on a descriptor that is not open, with an address of every family at every length. */
#include "expect.h"
static void lengths(const void *address, int from, int to)
{
	for (int length = from; length <= to; length++) {
		char *copy = buf(to + 16);
		memset(copy, 0, to + 16);
		memcpy(copy, address, to);
		call(connect, -1, copy, length);
		arena_next = copy;
	}
}
int main(void)
{
	begin();
	unsigned char pattern[256], counting[256];
	for (int i = 0; i < 256; i++) {
		counting[i] = i;
		pattern[i] = i % 7 == 3 ? 0 : 0x41 + i % 26;
	}
	/* Every family, each at every length up to sockaddr_storage and over it. */
	for (int family = 0; family < 47; family++) {
		memcpy(counting, &(uint16_t){ family }, 2);
		memcpy(pattern, &(uint16_t){ family }, 2);
		lengths(counting, 0, 36);
		for (int length = 40; length <= 136; length += 4)
			lengths(pattern, length, length);
		char zero[128] = { family };
		lengths(zero, 128, 128);
		lengths(zero, 24, 24);
	}
	memcpy(counting, &(uint16_t){ 0xff }, 2);
	lengths(counting, 0, 20);
	memcpy(counting, &(uint16_t){ 0x1234 }, 2);
	lengths(counting, 126, 134);
	/* Unix paths around the field's end. */
	struct sockaddr_un un = { AF_UNIX };
	memset(un.sun_path, 'p', sizeof un.sun_path);
	lengths(&un, 100, 110);
	un.sun_path[0] = 0;
	lengths(&un, 0, 110);
	un.sun_path[5] = 0;
	un.sun_path[6] = '1';
	un.sun_path[9] = '"';
	un.sun_path[10] = '\\';
	un.sun_path[11] = '\n';
	un.sun_path[12] = 0xc3;
	lengths(&un, 0, 20);
	un.sun_path[0] = 'a';
	lengths(&un, 0, 20);
	/* Bad memory. */
	struct sockaddr_in in = { AF_INET, 0x5000, { 0x0100007f } };
	call(connect, -1, NULL, 16);
	call(connect, -1, NULL, 0);
	call(connect, -1, BAD, 16);
	for (int readable = 1; readable <= 16; readable++)
		call(connect, -1, tail(&in, readable), 16);
	call(connect, -1, tail(&in, 8), 8);
	call(connect, -1, tail(&in, 16), 17);
	call(connect, -1, tail(&in, 16), -1);
	call(connect, -1, tail(&in, 16), 0x80000000L);
	call(connect, -1, tail(&in, 16), 0x100000010L);
	call(connect, 0x100000003L, tail(&in, 16), 16);
	un.sun_path[0] = 'x';
	call(connect, -1, tail(&un, 20), 20);
	call(connect, -1, tail(&un, 20), 21);
	end();
}
