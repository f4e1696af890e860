/* What Python does not call: messages by the vector, waits with a signal mask, dup3, the old select. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <assert.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

int main(void) {
    int a = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), b = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t len = sizeof name;
    assert(bind(a, (struct sockaddr *)&name, len) == 0 && getsockname(a, (struct sockaddr *)&name, &len) == 0);

    struct iovec iov[3] = {{"one", 3}, {"two", 3}, {"three", 5}};
    struct mmsghdr out[2] = {
        {.msg_hdr = {&name, sizeof name, iov, 1, 0, 0, 0}},
        {.msg_hdr = {&name, sizeof name, iov + 1, 2, 0, 0, 0}},
    };
    assert(sendmmsg(b, out, 2, 0) == 2);

    char room[3][20];
    struct iovec rooms[3] = {{room[0], 20}, {room[1], 4}, {room[2], 20}};
    struct sockaddr_in from[2];
    struct mmsghdr in[2] = {
        {.msg_hdr = {&from[0], sizeof from[0], rooms, 1, 0, 0, 0}},
        {.msg_hdr = {&from[1], sizeof from[1], rooms + 1, 2, 0, 0, 0}},
    };
    struct timespec second = {1, 0};
    assert(recvmmsg(a, in, 2, MSG_WAITFORONE, &second) == 2);
    assert(sendto(a, "back", 4, 0, (struct sockaddr *)&from[0], sizeof from[0]) == 4);

    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR1);
    struct pollfd fds[2] = {{a, POLLIN, 0}, {b, POLLIN | POLLOUT, 0}};
    assert(ppoll(fds, 2, &second, &mask) == 1);
    fd_set read, write;
    FD_ZERO(&read);
    FD_ZERO(&write);
    FD_SET(b, &read);
    FD_SET(a, &read);
    FD_SET(a, &write);
    assert(pselect(b + 1, &read, &write, NULL, &second, &mask) == 2);
#ifdef SYS_select
    struct timeval moment = {0, 20000};
    FD_ZERO(&read);
    FD_SET(a, &read);
    assert(syscall(SYS_select, a + 1, &read, NULL, NULL, &moment) == 0);
#endif
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {EPOLLIN | EPOLLONESHOT, {.u64 = 0x123456789abcdefULL}}, events[4];
    assert(epoll_ctl(epoll, EPOLL_CTL_ADD, b, &event) == 0);
    assert(epoll_pwait(epoll, events, 4, 1000, &mask) == 1);
    assert(epoll_pwait(epoll, events, 4, 10, NULL) == 0);
    assert(epoll_ctl(epoll, EPOLL_CTL_DEL, b, NULL) == 0);

    assert(dup3(b, 77, O_CLOEXEC) == 77);
    assert(dup3(a, 77, 0) == 77);
    assert(dup2(77, 77) == 77);
    assert(dup3(77, 77, 0) == -1);
    assert(close(b) == 0 && recv(77, room[0], 20, MSG_DONTWAIT) == -1);
    assert(close(77) == 0 && close(77) == -1 && close(a) == 0 && close(epoll) == 0);
    return 0;
}
