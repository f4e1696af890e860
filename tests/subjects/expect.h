/* What every subject shares: memory at a fixed place, raw calls, and the list of expected lines.
 *
 * A subject makes calls between begin() and end() through raw syscall(2), and after each one says the line that
 * strace 6.1 prints for it under `-a 1`. The lines go to memory while the subject runs, so that printing them makes
 * no calls of its own, and to standard output at end(). Two calls no program makes, dup(-4242) and dup(-4243), mark
 * where in the trace the subject's own calls begin and end.
 *
 * All buffers lie in one arena at a fixed address that is followed by an unmapped page. So pointers are the same
 * in every run, and a buffer can be made to straddle the end of memory. A subject whose first comment holds the
 * words "calls only" says nothing: its calls and their results are the same in every run, and whoever runs it
 * compares two tracers with each other.
 */
#ifndef EXPECT_H
#define EXPECT_H
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <time.h>
#include <unistd.h>

#define ARENA ((char *)0x100000000000UL)
#define ARENA_SIZE 0x20000UL
/* The first address behind the arena: never mapped. */
#define BAD (ARENA + ARENA_SIZE)

static char *said;
static size_t said_len;
static FILE *lines;
static char *arena_next = ARENA;
static long result; /* of the last call(), -errno on failure */

/* A zeroed buffer in the arena, aligned to 16 bytes. */
static inline void *buf(size_t size)
{
	char *p = arena_next;
	arena_next += (size + 15) & ~15UL;
	if (arena_next > BAD - 0x2000) {
		fprintf(stderr, "the arena is used up\n");
		_exit(99);
	}
	memset(p, 0, size);
	return p;
}

/* A pointer with exactly `readable` bytes of memory behind it, holding a copy of `from` (or as it is). */
static inline void *tail(const void *from, size_t readable)
{
	char *p = BAD - readable;
	if (from)
		memcpy(p, from, readable);
	return p;
}

/* Everything in the arena is free again, and zero. */
static inline void fresh(void)
{
	memset(ARENA, 0, ARENA_SIZE);
	arena_next = ARENA;
}

static inline void arena(void)
{
	void *got = mmap(ARENA, ARENA_SIZE + 0x10000, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	if (got != ARENA || munmap(BAD, 0x10000)) {
		fprintf(stderr, "no memory at %p: %m\n", (void *)ARENA);
		_exit(99);
	}
	lines = open_memstream(&said, &said_len);
	fprintf(lines, "%s", "");
}

static inline void begin(void)
{
	arena();
	syscall(SYS_dup, -4242);
}

/* Prints what was said and ends the program. */
static inline void end(void)
{
	syscall(SYS_dup, -4243);
	fclose(lines);
	for (size_t done = 0; done < said_len;) {
		ssize_t n = write(1, said + done, said_len - done);
		if (n <= 0)
			_exit(98);
		done += n;
	}
	_exit(0);
}

/* The calls that prepare a test must succeed, or what follows proves nothing. */
#define MUST(expression)                                                          \
	({                                                                        \
		long must_result = (expression);                                  \
		if (must_result < 0) {                                            \
			fprintf(stderr, "%s:%d: %s: %m\n", __FILE__, __LINE__, #expression); \
			_exit(97);                                                \
		}                                                                 \
		must_result;                                                      \
	})

static inline long call6(long nr, long a, long b, long c, long d, long e, long f)
{
	long r = syscall(nr, a, b, c, d, e, f);
	result = r == -1 ? -errno : r;
	return result;
}
#define CALL_N(_1, _2, _3, _4, _5, _6, _7, NAME, ...) NAME
#define C1(n, a) call6(n, (long)(a), 0, 0, 0, 0, 0)
#define C2(n, a, b) call6(n, (long)(a), (long)(b), 0, 0, 0, 0)
#define C3(n, a, b, c) call6(n, (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define C4(n, a, b, c, d) call6(n, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)
#define C5(n, a, b, c, d, e) call6(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), 0)
#define C6(n, a, b, c, d, e, f) call6(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))
/* call(socket, AF_INET, SOCK_STREAM, 0): the raw call; its result is in `result` too. */
#define call(name, ...) CALL_N(0, __VA_ARGS__, C6, C5, C4, C3, C2, C1)(SYS_##name, __VA_ARGS__)

static inline const char *errno_name(int e)
{
	static const struct { int e; const char *name; } names[] = {
#define E(x) { x, #x }
		E(EPERM), E(ENOENT), E(EINTR), E(EIO), E(ENXIO), E(E2BIG), E(EBADF), E(EAGAIN), E(ENOMEM), E(EACCES),
		E(EFAULT), E(EBUSY), E(EEXIST), E(ENODEV), E(ENOTDIR), E(EINVAL), E(EMFILE), E(ENOTTY), E(ESPIPE),
		E(EPIPE), E(EDOM), E(ENOSYS), E(ELOOP), E(ENODATA), E(EPROTO), E(EOVERFLOW), E(ENOTSOCK),
		E(EDESTADDRREQ), E(EMSGSIZE), E(EPROTOTYPE), E(ENOPROTOOPT), E(EPROTONOSUPPORT), E(ESOCKTNOSUPPORT),
		E(EOPNOTSUPP), E(EPFNOSUPPORT), E(EAFNOSUPPORT), E(EADDRINUSE), E(EADDRNOTAVAIL), E(ENETDOWN),
		E(ENETUNREACH), E(ECONNRESET), E(ENOBUFS), E(EISCONN), E(ENOTCONN), E(ETIMEDOUT), E(ECONNREFUSED),
		E(EHOSTUNREACH), E(EALREADY), E(EINPROGRESS), E(ECONNABORTED), E(ETOOMANYREFS),
#undef E
	};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (names[i].e == e)
			return names[i].name;
	fprintf(stderr, "errno %d has no name here\n", e);
	_exit(96);
}

/* The line strace prints, without what stands behind the closing parenthesis: that is derived from `result`. */
__attribute__((format(printf, 1, 2))) static inline void say(const char *format, ...)
{
	va_list list;
	va_start(list, format);
	vfprintf(lines, format, list);
	va_end(list);
	if (result < 0)
		fprintf(lines, " = -1 %s (%s)\n", errno_name(-result), strerror(-result));
	else
		fprintf(lines, " = %ld\n", result);
}

/* The whole line, result and all. */
__attribute__((format(printf, 1, 2))) static inline void say_all(const char *format, ...)
{
	va_list list;
	va_start(list, format);
	vfprintf(lines, format, list);
	va_end(list);
	fputc('\n', lines);
}
#endif
