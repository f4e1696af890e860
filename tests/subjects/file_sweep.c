/* calls only: of each call on a path good, NULL, bad, short, long and unknown arguments.
 * Its working directory is empty, and is removed afterwards. */
#include "expect.h"
#include <limits.h>
static char *path(const char *text)
{
	return strcpy(buf(strlen(text) + 1), text);
}
int main(void)
{
	int directory = MUST(dup2(MUST(open(".", O_RDONLY)), 60));
	MUST(mkdir("folder", 0700));
	MUST(close(MUST(open("file", O_CREAT | O_WRONLY, 0600))));
	begin();
	/* The longest path there is, and one byte more. */
	char *longest = memset(buf(PATH_MAX + 1), 'a', PATH_MAX + 1);
	char *file = path("file"), *none = path("none"), *strange = path("\"\n\\\001\xff\xe4\xb8\xad");
	static const int flags[] = {
		O_RDONLY, O_WRONLY | O_CLOEXEC, O_RDWR | O_NONBLOCK, 3, O_RDONLY | O_DIRECTORY, O_PATH, O_TMPFILE, -1,
		O_RDWR | 0x80000000, O_CREAT | O_EXCL, O_NOFOLLOW | O_NOATIME | O_SYNC, O_DSYNC | O_DIRECT | 0x20000000,
	};
	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
		call(openat, AT_FDCWD, none, flags[i] & ~(O_CREAT | __O_TMPFILE), 0);
		call(openat, directory, path("nothing/here"), flags[i], 0640);
	}
	static const int modes[] = { 0, 01, 0644, 0777, 01777, 04755, 07777, 0100644, 0177777, -1 };
	for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
		call(openat, -1, none, O_CREAT, modes[i]);
	call(openat, AT_FDCWD, NULL, O_RDONLY, 0);
	call(openat, AT_FDCWD, BAD, O_RDONLY, 0);
	call(openat, AT_FDCWD, tail("nul", 4), O_RDONLY, 0);
	call(openat, AT_FDCWD, tail("none", 4), O_RDONLY, 0);
	call(openat, AT_FDCWD, path(""), O_RDONLY, 0);
	call(openat, AT_FDCWD, strange, O_RDONLY, 0);
	longest[PATH_MAX - 2] = 0;
	call(openat, AT_FDCWD, longest, O_RDONLY, 0);
	longest[PATH_MAX - 2] = 'a', longest[PATH_MAX - 1] = 0;
	call(openat, AT_FDCWD, longest, O_RDONLY, 0);
	longest[PATH_MAX - 1] = 'a';
	call(openat, AT_FDCWD, longest, O_RDONLY, 0);
	call(openat, -100, file, O_RDWR | O_CREAT | O_TRUNC, 0600);
	call(openat, -101, file, O_RDONLY, 0);
	call(openat, 0x7fffffff, file, O_RDONLY, 0);
	call(openat, 60 | 1L << 32, file, O_RDONLY | O_APPEND | O_LARGEFILE, 0);
	end();
}
