/* Descriptors whose files have odd names, are renamed and are deleted while they are open; sockets with odd names and of
 * protocols that have several. Works in the folder that is its argument and leaves it empty. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static int make(const char *name)
{
	return open(name, O_CREAT | O_RDWR, 0600);
}

/* Makes a descriptor be shown. */
static void show(int fd)
{
	struct pollfd one = {fd, POLLIN, 0};
	fcntl(fd, F_GETFD);
	poll(&one, 1, 0);
}

int main(int argc, char **argv)
{
	if (argc != 2 || chdir(argv[1]))
		return 1;
	int a = make("a"), b;
	link("a", "b");
	show(a);
	unlink("a");
	show(a);
	unlink("b");
	show(a);
	close(a);
	a = make("c");
	show(a);
	rename("c", "d");
	show(a);
	b = make("e");
	rename("d", "e");
	show(b);
	show(a);
	unlink("e");
	close(a);
	a = make("q");
	unlink("q");
	b = make("q (deleted)");
	show(a);
	show(b);
	unlink("q (deleted)");
	show(b);
	const char *odd[] = {"we>ir<d", "quo\"te", "back\\slash", "new\nline\1\3777", "(deleted)", "caf\303\251", "->", "a, b"};
	for (unsigned i = 0; i < sizeof odd / sizeof *odd; i++) {
		a = make(odd[i]);
		show(a);
		unlink(odd[i]);
		show(a);
		close(a);
	}
	mkdir("folder", 0700);
	a = open("folder", O_RDONLY);
	rmdir("folder");
	show(a);
	show(memfd_create("me<m>\"fd", 0));
	show(open("/dev/null", O_RDONLY));
	int v[2];
	socketpair(AF_UNIX, SOCK_STREAM, 0, v);
	show(v[0]);
	struct sockaddr_un name = {AF_UNIX};
	const char *bound[] = {"plain", "so\nck\"<>", "\377 (deleted)"};
	for (unsigned i = 0; i < sizeof bound / sizeof *bound; i++) {
		int s = socket(AF_UNIX, SOCK_STREAM, 0);
		strcpy(name.sun_path, bound[i]);
		bind(s, (void *)&name, sizeof name);
		show(s);
		unlink(bound[i]);
	}
	int protocols[][2] = {{SOCK_STREAM, IPPROTO_TCP}, {SOCK_STREAM, IPPROTO_MPTCP}, {SOCK_DGRAM, IPPROTO_UDPLITE}};
	for (unsigned i = 0; i < 3; i++)
		for (int six = 0; six < 2; six++) {
			struct sockaddr_in6 any = {six ? AF_INET6 : AF_INET};
			int s = socket(any.sin6_family, protocols[i][0], protocols[i][1]);
			show(s);
			bind(s, (void *)&any, sizeof any);
			show(s);
		}
	return 3;
}
