/* Unix sockets: descriptors and credentials passed along, message headers filled in by the kernel, many at once. */
#include "expect.h"
int main(void)
{
	begin();
	int *pair = buf(8);
	call(socketpair, AF_UNIX, SOCK_SEQPACKET, 0, pair);
	say("socketpair(AF_UNIX, SOCK_SEQPACKET, 0, [%d, %d])", pair[0], pair[1]);
	int a = pair[0], b = pair[1];
	struct iovec *v = buf(sizeof *v * 4);
	char *data = buf(64), *space = buf(64);
	strcpy(data, "payload");
	v[0] = (struct iovec){ data, 3 };
	v[1] = (struct iovec){ data + 3, 4 };
	struct msghdr *h = buf(sizeof *h);
	char *control = buf(128);
	*(struct cmsghdr *)control = (struct cmsghdr){ CMSG_LEN(8), SOL_SOCKET, SCM_RIGHTS };
	memcpy(control + 16, (int[]){ a, b }, 8);
	*h = (struct msghdr){ .msg_iov = v, .msg_iovlen = 2, .msg_control = control, .msg_controllen = 24 };
	call(sendmsg, a, h, MSG_NOSIGNAL);
	say("sendmsg(%d, {msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base=\"pay\", iov_len=3}, {iov_base=\"load\", "
	    "iov_len=4}], msg_iovlen=2, msg_control=[{cmsg_len=24, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, "
	    "cmsg_data=[%d, %d]}], msg_controllen=24, msg_flags=0}, MSG_NOSIGNAL)", a, a, b);
	v[2] = (struct iovec){ space, 5 };
	v[3] = (struct iovec){ space + 8, 9 };
	memset(control, 0, 128);
	*h = (struct msghdr){ .msg_name = space + 32, .msg_namelen = 30, .msg_iov = v + 2, .msg_iovlen = 2,
			      .msg_control = control, .msg_controllen = 64 };
	call(recvmsg, b, h, MSG_CMSG_CLOEXEC);
	int *got = (int *)(control + 16);
	say("recvmsg(%d, {msg_name=%p, msg_namelen=30 => 0, msg_iov=[{iov_base=\"paylo\", iov_len=5}, "
	    "{iov_base=\"ad\", iov_len=9}], msg_iovlen=2, msg_control=[{cmsg_len=24, cmsg_level=SOL_SOCKET, "
	    "cmsg_type=SCM_RIGHTS, cmsg_data=[%d, %d]}], msg_controllen=24, msg_flags=MSG_CMSG_CLOEXEC}, MSG_CMSG_CLOEXEC)",
	    b, space + 32, got[0], got[1]);
	call(close, got[0]);
	say("close(%d)", got[0]);
	call(close, got[1]);
	say("close(%d)", got[1]);
	call(recvmsg, b, h, MSG_DONTWAIT);
	say("recvmsg(%d, {msg_namelen=0}, MSG_DONTWAIT)", b);
	call(recvmsg, b, NULL, MSG_DONTWAIT);
	say("recvmsg(%d, NULL, MSG_DONTWAIT)", b);
	/* Credentials. */
	int *one = buf(4);
	*one = 1;
	call(setsockopt, b, SOL_SOCKET, SO_PASSCRED, one, 4);
	say("setsockopt(%d, SOL_SOCKET, SO_PASSCRED, [1], 4)", b);
	struct ucred *peer = buf(16);
	socklen_t *n = buf(4);
	*n = 12;
	call(getsockopt, a, SOL_SOCKET, SO_PEERCRED, peer, n);
	say("getsockopt(%d, SOL_SOCKET, SO_PEERCRED, {pid=%d, uid=%u, gid=%u}, [12])", a, getpid(), getuid(), getgid());
	call(sendto, a, "x", 1, 0, NULL, 0);
	say("sendto(%d, \"x\", 1, 0, NULL, 0)", a);
	*h = (struct msghdr){ .msg_iov = v + 2, .msg_iovlen = 2, .msg_control = control, .msg_controllen = 64 };
	call(recvmsg, b, h, 0);
	say("recvmsg(%d, {msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base=\"x\", iov_len=5}, {iov_base=\"\", iov_len=9}], "
	    "msg_iovlen=2, msg_control=[{cmsg_len=28, cmsg_level=SOL_SOCKET, cmsg_type=SCM_CREDENTIALS, "
	    "cmsg_data={pid=%d, uid=%u, gid=%u}}], msg_controllen=32, msg_flags=0}, 0)", b, getpid(), getuid(), getgid());
	/* Several messages at once. */
	struct mmsghdr *m = buf(sizeof *m * 3);
	for (int i = 0; i < 3; i++)
		m[i] = (struct mmsghdr){ { .msg_iov = v + (i & 1), .msg_iovlen = 1 }, 77 };
	call(sendmmsg, a, m, 2, 0);
	say("sendmmsg(%d, [{msg_hdr={msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base=\"pay\", iov_len=3}], msg_iovlen=1, "
	    "msg_controllen=0, msg_flags=0}, msg_len=3}, {msg_hdr={msg_name=NULL, msg_namelen=0, "
	    "msg_iov=[{iov_base=\"load\", iov_len=4}], msg_iovlen=1, msg_controllen=0, msg_flags=0}, msg_len=4}], 2, 0)", a);
	for (int i = 0; i < 3; i++)
		m[i].msg_hdr.msg_iov = v + 2;
	call(recvmmsg, b, m, 3, MSG_DONTWAIT, NULL);
	say("recvmmsg(%d, [{msg_hdr={msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base=\"loa\", iov_len=5}], msg_iovlen=1, "
	    "msg_controllen=0, msg_flags=MSG_CTRUNC}, msg_len=3}, {msg_hdr={msg_name=NULL, msg_namelen=0, "
	    "msg_iov=[{iov_base=\"load\", iov_len=5}], msg_iovlen=1, msg_controllen=0, msg_flags=MSG_CTRUNC}, msg_len=4}], 3, "
	    "MSG_DONTWAIT, NULL)", b);
	struct timespec *t = buf(16);
	t->tv_sec = 9;
	call(sendto, a, "y", 1, 0, NULL, 0);
	say("sendto(%d, \"y\", 1, 0, NULL, 0)", a);
	call(recvmmsg, b, m, 1, 0, t);
	say_all("recvmmsg(%d, [{msg_hdr={msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base=\"y\", iov_len=5}], msg_iovlen=1, "
	    "msg_controllen=0, msg_flags=MSG_CTRUNC}, msg_len=1}], 1, 0, {tv_sec=9, tv_nsec=0}) = 1 "
	    "(left {tv_sec=%ld, tv_nsec=%ld})", b, t->tv_sec, t->tv_nsec);
	/* readv and writev. */
	call(writev, a, v, 2);
	say("writev(%d, [{iov_base=\"pay\", iov_len=3}, {iov_base=\"load\", iov_len=4}], 2)", a);
	call(readv, b, v + 2, 2);
	say("readv(%d, [{iov_base=\"paylo\", iov_len=5}, {iov_base=\"ad\", iov_len=9}], 2)", b);
	/* Names. */
	struct sockaddr_un *un = buf(112);
	un->sun_family = AF_UNIX;
	sprintf(un->sun_path + 1, "subject-%d", getpid());
	socklen_t length = 3 + strlen(un->sun_path + 1);
	long named = call(socket, AF_UNIX, SOCK_STREAM, 0);
	say("socket(AF_UNIX, SOCK_STREAM, 0)");
	call(bind, named, un, length);
	say("bind(%ld, {sa_family=AF_UNIX, sun_path=@\"subject-%d\"}, %u)", named, getpid(), length);
	call(connect, named, un, length);
	say("connect(%ld, {sa_family=AF_UNIX, sun_path=@\"subject-%d\"}, %u)", named, getpid(), length);
	*n = 110;
	call(getsockname, named, un, n);
	say("getsockname(%ld, {sa_family=AF_UNIX, sun_path=@\"subject-%d\"}, [110 => %u])", named, getpid(), length);
	*n = 110;
	call(getsockname, a, un, n);
	say("getsockname(%d, {sa_family=AF_UNIX}, [110 => 2])", a);
	end();
}
