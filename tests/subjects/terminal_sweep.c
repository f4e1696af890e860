/* calls only: what programs ask of a terminal and how they set it, on a pseudo-terminal of its own and where there is none. */
#include "expect.h"
#include <asm/termbits.h>
#include <sys/ioctl.h>

static int terminal(void)
{
	int master = MUST(open("/dev/ptmx", O_RDWR | O_NOCTTY)), unlocked = 0;
	MUST(ioctl(master, TIOCSPTLCK, &unlocked));
	return MUST(ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY));
}

/* struct termio, which the headers of the C library have. */
struct older {
	unsigned short modes[4];
	unsigned char line, keys[8];
};

static void requests(int fd)
{
	/* Those that answer with the terminal's number, or reach beyond it, are made where there is none. */
	static const unsigned long without[] = { TIOCGPTN, TIOCGDEV, TIOCSCTTY, TIOCCONS, TIOCNOTTY, TIOCVHANGUP };
	static const unsigned long known[] = { TCGETS, TCSETS, TCSETSW, TCSETSF, TCGETA, TCSETA, TCSETAW, TCSETAF, TCSBRK, TCXONC, TCFLSH, TIOCEXCL,
		TIOCNXCL, TIOCGPGRP, TIOCSPGRP, TIOCOUTQ, TIOCGWINSZ, TIOCSWINSZ, TIOCGSOFTCAR, TIOCSSOFTCAR, FIONREAD,
		TIOCPKT, FIONBIO, TIOCSETD, TIOCGETD, TCSBRKP, TIOCSBRK, TIOCCBRK, TIOCGSID, TCGETS2, TCSETS2, TCSETSW2, TCSETSF2, TIOCSPTLCK,
		TIOCGEXCL, TIOCGLCKTRMIOS, TIOCSLCKTRMIOS, TIOCGSERIAL, TIOCMIWAIT, TIOCGICOUNT, FIOASYNC, FIOQSIZE, 0x54ff, 0x80045499 };
	struct termios2 *set = buf(sizeof *set);
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		memset(set, 0, sizeof *set);
		set->c_cflag = CS8 | CREAD;
		call(ioctl, fd, known[i], set);
		call(ioctl, fd, known[i], NULL);
		call(ioctl, fd, known[i], BAD);
		call(ioctl, fd, known[i], tail(set, 2));
		call(ioctl, -1, known[i], set);
		call(ioctl, fd, known[i], 1);
	}
	for (size_t i = 0; i < sizeof without / sizeof *without; i++) {
		call(ioctl, -1, without[i], set);
		call(ioctl, -1, without[i], NULL);
	}
	struct winsize *size = buf(sizeof *size);
	*size = (struct winsize){ 24, 80, 640, 480 };
	call(ioctl, fd, TIOCSWINSZ, size);
	*size = (struct winsize){ 0 };
	call(ioctl, fd, TIOCGWINSZ, size);
}

/* Every bit, every speed, and every byte in all members. */
static void settings(void)
{
	struct termios *set = buf(sizeof *set);
	struct termios2 *with_speed = buf(sizeof *with_speed);
	struct older *older = buf(18);
	for (int bit = 0; bit < 32; bit++) {
		memset(set, 0, sizeof *set);
		set->c_iflag = set->c_oflag = set->c_cflag = set->c_lflag = 1u << bit;
		call(ioctl, -1, TCSETS, set);
		memset(older, 0, sizeof *older);
		older->modes[0] = older->modes[1] = older->modes[2] = older->modes[3] = 1u << bit % 16;
		call(ioctl, -1, TCSETA, older);
		memset(set, 0, sizeof *set);
		set->c_cflag = bit < 16 ? bit : 0x1000 | bit;
		call(ioctl, -1, TCSETSW, set);
		set->c_cflag |= set->c_cflag << 16;
		set->c_line = bit;
		call(ioctl, -1, TCSETSF, set);
	}
	for (int byte = 0; byte < 256; byte += 5) {
		memset(set, byte, sizeof *set);
		call(ioctl, -1, TCSETS, set);
		memset(with_speed, byte, sizeof *with_speed);
		call(ioctl, -1, TCSETS2, with_speed);
		memset(older, byte, sizeof *older);
		call(ioctl, -1, TCSETAF, older);
	}
}

int main(void)
{
	int fd = terminal();
	begin();
	requests(fd);
	settings();
	end();
}
