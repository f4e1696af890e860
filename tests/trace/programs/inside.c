/* Prints what of itself a tracer could have changed. */
#define _GNU_SOURCE
#include <unistd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int main(void)
{
	char line[512];
	FILE *f = fopen("/proc/self/status", "r");
	while (fgets(line, sizeof line, f))
		/* SigQ counts the signals of all the user's processes. */
		if ((!strncmp(line, "Sig", 3) && strncmp(line, "SigQ", 4)) || !strncmp(line, "Shd", 3) || !strncmp(line, "Uid", 3) ||
		    !strncmp(line, "Gid", 3) || !strncmp(line, "Groups", 6) || !strncmp(line, "Cpus_allowed_list", 17))
			fputs(line, stdout);
	fclose(f);
	f = fopen("/proc/self/personality", "r");
	if (f && fgets(line, sizeof line, f))
		printf("personality %s", line);
	if (f)
		fclose(f);
	for (int fd = 0; fd < 1024; fd++) {
		struct stat st;
		snprintf(line, sizeof line, "/proc/self/fd/%d", fd);
		if (!stat(line, &st))
			printf("descriptor %d\n", fd);
	}
	for (char **e = environ; *e; e++)
		puts(*e);
	return 0;
}
