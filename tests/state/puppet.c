/* Does what it is told on standard input, a call a line, and answers `result errno port`. So a test can look at the
 * program's sockets between any two of its calls. Addresses are the loopback's, or abstract names `@name`. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static int holder[2];

/* The address of a port, or of an abstract name; of the family of the socket. */
static socklen_t address(int fd, const char *word, struct sockaddr_storage *to)
{
    int family;
    socklen_t len = sizeof family;
    memset(to, 0, sizeof *to);
    getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &len);
    to->ss_family = family;
    if (family == AF_UNIX) {
        struct sockaddr_un *un = (void *)to;
        strcpy(un->sun_path + 1, word + 1);
        return offsetof(struct sockaddr_un, sun_path) + strlen(word);
    }
    if (family == AF_INET6) {
        struct sockaddr_in6 *in6 = (void *)to;
        in6->sin6_port = htons(atoi(word));
        in6->sin6_addr = in6addr_loopback;
        return sizeof *in6;
    }
    struct sockaddr_in *in = (void *)to;
    in->sin_port = htons(atoi(word));
    in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return sizeof *in;
}

static int port_of(const struct sockaddr_storage *name)
{
    if (name->ss_family == AF_INET)
        return ntohs(((const struct sockaddr_in *)name)->sin_port);
    if (name->ss_family == AF_INET6)
        return ntohs(((const struct sockaddr_in6 *)name)->sin6_port);
    return 0;
}

static void *start_and_close(void *fd)
{
    getsockname((int)(long)fd, NULL, NULL); /* fails; both threads have been stopped once by then */
    close((int)(long)fd);
    return NULL;
}

static void *close_it(void *fd)
{
    close((int)(long)fd);
    return NULL;
}

static int again(void)
{
    return execl("/proc/self/exe", "puppet", "again", NULL);
}

static void *again_beside(void *nothing)
{
    again();
    return nothing;
}

int main(int argc, char **argv)
{
    char line[256], verb[32], word[128];
    static char buffer[1 << 20];
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc > 1)
        printf("0 0 0\n"); /* the answer to what made us begin again */
    else
        printf("%d ready\n", getpid());
    while (fgets(line, sizeof line, stdin)) {
        int fd = -1, extra = 0, n = 0;
        long ret = -1;
        struct sockaddr_storage name;
        socklen_t len = sizeof name;
        *word = 0;
        sscanf(line, "%31s %d %127s", verb, &fd, word);
        n = atoi(word);
        errno = 0;
        if (!strcmp(verb, "socket"))
            ret = socket(fd, n, 0);
        else if (!strcmp(verb, "pair")) {
            int pair[2] = {-1, -1};
            socketpair(AF_UNIX, n, 0, pair);
            ret = pair[0];
            extra = pair[1];
        } else if (!strcmp(verb, "bind")) {
            len = address(fd, word, &name);
            ret = bind(fd, (void *)&name, len);
        } else if (!strcmp(verb, "connect")) {
            len = address(fd, word, &name);
            ret = connect(fd, (void *)&name, len);
        } else if (!strcmp(verb, "listen"))
            ret = listen(fd, n);
        else if (!strcmp(verb, "accept"))
            ret = accept(fd, NULL, NULL);
        else if (!strcmp(verb, "look")) { /* a call that changes nothing */
            ret = getsockname(fd, (void *)&name, &len);
            extra = port_of(&name);
        } else if (!strcmp(verb, "send"))
            ret = send(fd, buffer, n, MSG_NOSIGNAL);
        else if (!strcmp(verb, "recv"))
            ret = recv(fd, buffer, n, 0);
        else if (!strcmp(verb, "shutdown"))
            ret = shutdown(fd, n);
        else if (!strcmp(verb, "close"))
            ret = close(fd);
        else if (!strcmp(verb, "close-beside")) { /* in another thread */
            pthread_t thread;
            ret = pthread_create(&thread, NULL, close_it, (void *)(long)fd) || pthread_join(thread, NULL);
        } else if (!strcmp(verb, "race")) { /* one thread looks again and again while another closes */
            pthread_t thread;
            ret = pthread_create(&thread, NULL, start_and_close, (void *)(long)fd);
            for (n = 0; n < 1000 && getsockname(fd, (void *)&name, &len) == 0; n++)
                ;
            pthread_join(thread, NULL);
            extra = n;
        } else if (!strcmp(verb, "dup"))
            ret = dup(fd);
        else if (!strcmp(verb, "dup2"))
            ret = dup2(fd, n);
        else if (!strcmp(verb, "dup3"))
            ret = dup3(fd, n, O_CLOEXEC);
        else if (!strcmp(verb, "pipe")) {
            int ends[2] = {-1, -1};
            pipe(ends);
            ret = ends[0];
        } else if (!strcmp(verb, "range"))
            ret = syscall(SYS_close_range, fd, n, 0);
        else if (!strcmp(verb, "range-on-exec"))
            ret = syscall(SYS_close_range, fd, n, 4);
        else if (!strcmp(verb, "exec"))
            ret = again();
        else if (!strcmp(verb, "exec-nothing"))
            ret = execl("/nonexistent", "nothing", NULL);
        else if (!strcmp(verb, "exec-beside")) { /* by a thread that is not the first */
            pthread_t thread;
            pthread_create(&thread, NULL, again_beside, NULL);
            pthread_join(thread, NULL);
        } else if (!strcmp(verb, "linger")) {
            struct linger linger = {1, n};
            ret = setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
        } else if (!strcmp(verb, "rcvbuf"))
            ret = setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &n, sizeof n);
        else if (!strcmp(verb, "sndbuf"))
            ret = setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &n, sizeof n);
        else if (!strcmp(verb, "nonblock"))
            ret = fcntl(fd, F_SETFL, O_NONBLOCK);
        else if (!strcmp(verb, "deaf")) { /* nothing that arrives reaches the socket, so it acknowledges nothing */
            struct sock_filter none = BPF_STMT(BPF_RET | BPF_K, 0);
            struct sock_fprog all = {1, &none};
            ret = setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &all, sizeof all);
        } else if (!strcmp(verb, "error")) {
            len = sizeof extra;
            ret = getsockopt(fd, SOL_SOCKET, SO_ERROR, &extra, &len);
        } else if (!strcmp(verb, "room")) { /* percent of the room to send that is taken (SK_MEMINFO_WMEM_QUEUED) */
            unsigned memory[9];
            len = sizeof memory;
            ret = getsockopt(fd, SOL_SOCKET, SO_MEMINFO, memory, &len);
            extra = (long long)memory[5] * 100 / memory[3];
        } else if (!strcmp(verb, "poll")) {
            struct pollfd polled[2] = {{fd, POLLIN | POLLOUT, 0}, {n, POLLIN, 0}};
            ret = poll(polled, 2, 0);
            extra = polled[0].revents;
        } else if (!strcmp(verb, "epoll")) { /* edge-triggered, for room to send */
            struct epoll_event event = {.events = EPOLLOUT | EPOLLET};
            ret = epoll_create1(0);
            epoll_ctl(ret, EPOLL_CTL_ADD, fd, &event);
        } else if (!strcmp(verb, "edges")) {
            struct epoll_event event = {0};
            ret = epoll_wait(fd, &event, 1, n);
            extra = event.events;
        } else if (!strcmp(verb, "fork")) { /* a child that holds all descriptors until told to let go */
            char byte;
            if (pipe(holder) == 0 && (ret = fork()) == 0) {
                close(holder[1]);
                _exit(read(holder[0], &byte, 1));
            }
            close(holder[0]);
        } else if (!strcmp(verb, "release")) {
            close(holder[1]);
            ret = wait(NULL);
        }
        printf("%ld %d %d\n", ret, ret < 0 ? errno : 0, extra);
    }
    return 0;
}
