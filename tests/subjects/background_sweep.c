/* calls only: requests in the background and rings of them as they really work, then those, counters and programs for the
 * kernel with every member of their structures: calls whose sixth register, which they have no use for, is a number
 * for which a filter answers ENOSYS. */
#include "expect.h"
#include <linux/aio_abi.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/io_uring.h>
#include <linux/perf_event.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>

#define bpf_(command, size) call(bpf, command, attr, size)
#define clear() memset(attr, 0, 512)

static void requests(void)
{
	aio_context_t *context = buf(8), none = 0;
	call(io_setup, 0, 0);
	call(io_setup, -1, BAD);
	call(io_setup, 4, context);
	int fd = 900;
	struct iocb *request = buf(16 * sizeof *request), **list = buf(20 * sizeof *list);
	char *data = strcpy(buf(64), "hello world");
	struct iovec *vector = buf(2 * sizeof *vector);
	vector[0] = (struct iovec){ data, 5 };
	vector[1] = (struct iovec){ data + 6, 5 };
	for (int i = 0; i < 16; i++)
		request[i] = (struct iocb){ .aio_lio_opcode = i, .aio_fildes = fd, .aio_data = 0x1234 + i,
			.aio_buf = (long)(i == 7 || i == 8 ? (char *)vector : data), .aio_nbytes = i == 7 || i == 8 ? 2 : 5, .aio_offset = i };
	request[0].aio_flags = 2;
	request[0].aio_key = 7;
	request[1].aio_reqprio = 5;
	request[1].aio_flags = 1;
	request[1].aio_resfd = 901;
	request[1].aio_rw_flags = 8;
	request[3].aio_flags = 3;
	request[9].aio_data = 0;
	for (int i = 0; i < 16; i++) {
		list[0] = &request[i];
		call(io_submit, *context, 1, list);
		call(io_cancel, *context, list[0], data);
	}
	list[1] = 0, list[2] = (void *)BAD, list[3] = (void *)(BAD - 8), list[4] = &request[4];
	call(io_submit, none, 5, list);
	call(io_submit, none, 0, list);
	call(io_submit, none, -1, list);
	call(io_submit, none, 1, 0);
	call(io_submit, none, 1, BAD);
	call(io_submit, none, 3, BAD - 8);
	request[5] = (struct iocb){ .aio_lio_opcode = 1, .aio_nbytes = 64, .aio_buf = (long)BAD, .aio_offset = -5, .aio_resfd = 4 };
	list[0] = &request[5];
	call(io_submit, none, 1, list);
	request[5].aio_lio_opcode = 7;
	call(io_submit, none, 1, list);
	struct io_event *events = buf(8 * sizeof *events);
	struct timespec *at_once = buf(sizeof *at_once);
	/* A pipe end that can take a byte is always ready, whichever file system the tests run on. */
	int pipes[2];
	MUST(pipe(pipes));
	*request = (struct iocb){ .aio_lio_opcode = 1, .aio_fildes = pipes[1], .aio_data = 0x99, .aio_buf = (long)data, .aio_nbytes = 5 };
	list[0] = request;
	call(io_submit, *context, 1, list);
	call(io_getevents, *context, 0, 8, events, at_once);
	call(io_getevents, *context, 0, 8, events, at_once);
	call(io_getevents, none, -1, -1, 0, 0);
	call(io_getevents, none, 0, 0, BAD, BAD);
	struct { void *mask; long size; } *signals = buf(sizeof *signals);
	unsigned long *mask = buf(8);
	*mask = 0x402;
	signals->mask = mask, signals->size = 8;
	call(io_pgetevents, *context, 0, 8, events, at_once, signals);
	call(io_pgetevents, *context, 0, 8, events, at_once, 0);
	call(io_pgetevents, *context, 0, 8, events, at_once, BAD);
	call(io_pgetevents, none, -1, -1, 0, 0, 0);
	call(io_destroy, *context);
	call(io_destroy, 0);
	for (int i = 0; i < 2; i++)
		MUST(close(pipes[i]));
}

static void rings(void)
{
	struct io_uring_params *params = buf(sizeof *params);
	call(io_uring_setup, 0, 0);
	call(io_uring_setup, 4, BAD);
	memset(params, 0xff, sizeof *params);
	call(io_uring_setup, -1, params);
	for (int bit = 0; bit < 32; bit++) {
		memset(params, 0, sizeof *params);
		params->flags = 1U << bit, params->wq_fd = bit % 3, params->sq_thread_idle = bit;
		call(io_uring_setup, 0, params);
	}
	memset(params, 0, sizeof *params);
	int ring = call(io_uring_setup, 4, params);
	char *memory = buf(4096);
	call(io_uring_register, ring, IORING_REGISTER_PROBE, memory, 4);
	call(io_uring_register, ring, IORING_REGISTER_PROBE, memory, 4);
	struct io_uring_rsrc_update *update = buf(2 * sizeof *update);
	update->offset = -1, update->data = ring;
	call(io_uring_register, ring, IORING_REGISTER_RING_FDS, update, 1);
	update[1].offset = 0;
	call(io_uring_register, ring, IORING_UNREGISTER_RING_FDS, update + 1, 1);
}

#define ANSWERED 0x5ecc0be5
#undef C1
#undef C3
#undef C4
#undef C5
#define C1(n, a) call6(n, (long)(a), 0, 0, 0, 0, ANSWERED)
#define C3(n, a, b, c) call6(n, (long)(a), (long)(b), (long)(c), 0, 0, ANSWERED)
#define C4(n, a, b, c, d) call6(n, (long)(a), (long)(b), (long)(c), (long)(d), 0, ANSWERED)
#define C5(n, a, b, c, d, e) call6(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), ANSWERED)

static void registered(void)
{
	unsigned *words = buf(512), *files = buf(64);
	for (int code = 0; code < 40; code++) {
		if (code == IORING_REGISTER_IOWQ_MAX_WORKERS || code == IORING_REGISTER_RESTRICTIONS)
			continue;
		for (int i = 0; i < 128; i++)
			words[i] = 0x1000001 + i;
		call(io_uring_register, -1, code, words, 2);
		memset(words, 0, 512);
		call(io_uring_register, 3, code, words, 1);
		call(io_uring_register, 3, code, words, 0);
		call(io_uring_register, 3, code, BAD, -1);
		call(io_uring_register, 3, code, 0, 7);
		call(io_uring_register, 3, code, BAD - 16, 2);
	}
	for (int i = 0; i < 70; i++) {
		unsigned char *probe = memset(words, 0, 64);
		probe[0] = i, probe[16] = i, probe[18] = i;
		call(io_uring_register, 3, IORING_REGISTER_PROBE, words, 1);
		words[0] = (i & 3) | i << 16;
		call(io_uring_register, 3, IORING_REGISTER_RESTRICTIONS, words, 1);
	}
	files[0] = 1, files[1] = -1;
	words[0] = 5, words[1] = 0, *(long *)(words + 2) = (long)files;
	call(io_uring_register, 3, IORING_REGISTER_FILES_UPDATE, words, 2);
	call(io_uring_register, 3, IORING_REGISTER_FILES_UPDATE, words, 0);
}

static void counters(void)
{
	struct perf_event_attr *attr = buf(256);
#define counter(flags) call(perf_event_open, attr, 0, 0, -1, flags)
	call(perf_event_open, 0, 0, 0, 0, 0);
	call(perf_event_open, BAD, -1, -1, -1, -1L);
	call(perf_event_open, attr, 0, 0, -1, 8);
	for (int i = 0; i < 64; i++) {
		memset(attr, 0, 256);
		attr->size = 128, attr->type = i % 9, attr->config = 1L << i;
		attr->sample_type = 1L << i, attr->read_format = 1L << i, attr->branch_sample_type = 1L << i;
		attr->sample_freq = i;
		((long *)attr)[5] = 1L << i;
		counter(1L << i);
		memset(attr, 0, 256);
		attr->size = 64 + 8 * (i % 12), attr->type = i % 6, attr->config = i / 3;
		attr->sample_type = -1L, attr->branch_sample_type = 1L << i;
		attr->use_clockid = 1, attr->clockid = i, attr->sample_stack_user = 4096, attr->bp_type = i % 5, attr->bp_addr = 0x1234;
		attr->bp_len = i, attr->precise_ip = i, attr->watermark = i & 1, attr->wakeup_events = i;
		attr->sample_max_stack = i, attr->aux_watermark = i, attr->aux_sample_size = i, attr->sig_data = i;
		counter(0);
	}
	for (int i = 0; i < 4; i++) {
		memset(attr, 0, 256);
		attr->type = PERF_TYPE_HW_CACHE, attr->config = 0x123456789abcdefUL >> 16 * i, attr->size = 64;
		counter(0);
		attr->size = (int[]){ 1, 63, 200, -1 }[i];
		counter(0);
	}
}

static void programs(void)
{
	unsigned *attr = buf(512);
	union bpf_attr *u = (void *)attr;
	char *text = strcpy(buf(64), "GPL and more than thirty-two characters");
	for (int command = 0; command < 40; command++) {
		clear();
		bpf_(command, 128);
		bpf_(command, 0);
		bpf_(command, 4097);
		call(bpf, command, 0, 128);
		call(bpf, command, BAD - 4, 128);
	}
	for (int i = 0; i < 64; i++) {
		clear(), u->map_type = i, bpf_(BPF_MAP_CREATE, 16);
		clear(), u->prog_type = i, bpf_(BPF_PROG_LOAD, 16);
		clear(), u->attach_type = i, bpf_(BPF_PROG_ATTACH, 20);
		clear(), u->task_fd_query.fd_type = i, bpf_(BPF_TASK_FD_QUERY, 48);
		clear(), u->flags = i, bpf_(BPF_MAP_UPDATE_ELEM, 32), bpf_(BPF_MAP_LOOKUP_ELEM, 32);
	}
	for (int bit = 0; bit < 32; bit++) {
		unsigned flag = 1U << bit;
		clear(), u->map_flags = flag, u->numa_node = 3, bpf_(BPF_MAP_CREATE, 28);
		clear(), u->prog_flags = flag, bpf_(BPF_PROG_LOAD, 48);
		clear(), u->file_flags = flag, bpf_(BPF_OBJ_PIN, 16);
		clear(), u->attach_flags = flag, bpf_(BPF_PROG_ATTACH, 16);
		clear(), u->query.query_flags = flag, bpf_(BPF_PROG_QUERY, 24);
		clear(), u->test.flags = flag, bpf_(BPF_PROG_TEST_RUN, 80);
		clear(), u->link_update.flags = flag, u->link_update.old_prog_fd = 5, bpf_(BPF_LINK_UPDATE, 16);
	}
	clear();
	u->license = (long)text, u->log_buf = (long)text, u->log_size = 5, u->kern_version = 0x50403;
	strcpy(u->prog_name, "a name");
	for (int size = 16; size <= 48; size += 8)
		bpf_(BPF_PROG_LOAD, size);
	bpf_(BPF_PROG_LOAD, 128);
	clear(), u->pathname = (long)text, bpf_(BPF_OBJ_PIN, 16), bpf_(BPF_OBJ_GET, 12);
	clear(), u->raw_tracepoint.name = (long)text, bpf_(BPF_RAW_TRACEPOINT_OPEN, 16);
	clear(), u->btf = (long)text, u->btf_size = 9, bpf_(BPF_BTF_LOAD, 28);
	clear(), u->task_fd_query.buf = (long)text, u->task_fd_query.buf_len = 6, bpf_(BPF_TASK_FD_QUERY, 48);
	clear(), u->query.prog_ids = (long)text, u->query.prog_cnt = 2, bpf_(BPF_PROG_QUERY, 28), u->query.prog_cnt = 0, bpf_(BPF_PROG_QUERY, 28);
	for (int command = 0; command < 32; command++)
		for (int size = 1; size <= 132; size += 4)
			clear(), attr[0] = 1000, bpf_(command, size);
}

int main(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[5])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ANSWERED, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof filter / sizeof *filter, filter };
	MUST(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	MUST(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program));
	begin();
	requests();
	rings();
	registered();
	counters();
	programs();
	char *text = strcpy(buf(64), "hello world");
	call(get_thread_area, 0);
	call(get_thread_area, text);
	call(set_thread_area, 0);
	call(set_thread_area, BAD);
	call(set_thread_area, text);
	C1(156, 0); /* _sysctl */
	C1(156, text);
	end();
}
