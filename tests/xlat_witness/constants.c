/*
 * Makes the system calls that standard input lists, one per line: the call's number and up to six arguments.
 *
 * An argument is a number (decimal or 0x…, negative allowed), or `@` and hex digits: the address of these bytes, or `%`
 * and hex digits: the address of a message header whose control messages are these bytes. Nothing is printed and no
 * result is looked at; what matters is what a tracer prints of the arguments.
 *
 * With the argument `errno`, each line is one number instead, which setitimer(2) then fails with, by a seccomp filter.
 */
#define _GNU_SOURCE
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Room for the bytes of each argument, aligned for any structure. */
static unsigned char bytes[6][256] __attribute__((aligned(16)));
static struct msghdr header;

static size_t from_hex(const char *digits, unsigned char *out)
{
	size_t n = 0;
	for (; digits[0] && digits[1] && n < sizeof bytes[0]; digits += 2) {
		char pair[3] = {digits[0], digits[1], 0};
		out[n++] = (unsigned char)strtoul(pair, NULL, 16);
	}
	return n;
}

static long argument(const char *text, unsigned char *room)
{
	if (text[0] == '@') {
		from_hex(text + 1, room);
		return (long)room;
	}
	if (text[0] == '%') {
		memset(&header, 0, sizeof header);
		header.msg_controllen = from_hex(text + 1, room);
		header.msg_control = room;
		return (long)&header;
	}
	return text[0] == '-' ? strtol(text, NULL, 0) : (long)strtoul(text, NULL, 0);
}

/* From now on setitimer(n, …) fails with error n. */
static int fail_setitimer(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_setitimer, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args)),
		BPF_STMT(BPF_ALU | BPF_OR | BPF_K, SECCOMP_RET_ERRNO),
		BPF_STMT(BPF_RET | BPF_A, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {sizeof code / sizeof code[0], code};
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return -1;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

int main(int argc, char **argv)
{
	static char line[2048];
	int errors = argc > 1 && strcmp(argv[1], "errno") == 0;
	if (errors && fail_setitimer() != 0) {
		perror("constants: seccomp");
		return 1;
	}
	/* Everything before this call is the C library starting. */
	syscall(SYS_shutdown, -77, 77);
	while (fgets(line, sizeof line, stdin)) {
		long value[7] = {0};
		int n = 0;
		for (char *word = strtok(line, " \n"); word && n < 7; word = strtok(NULL, " \n"), n++)
			value[n] = argument(word, bytes[n > 0 ? n - 1 : 0]);
		if (errors)
			syscall(SYS_setitimer, value[0], 0, 0);
		else
			syscall(value[0], value[1], value[2], value[3], value[4], value[5], value[6]);
	}
	return 0;
}
