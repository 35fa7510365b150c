/* Whatever the bytes, a trace is refused with reasons, or its requests are in order and as many as it says. */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "scenario/trace_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_order(const struct trace *trace)
{
	struct arrival_process process = {.kind = ARRIVALS_TRACE, .trace = trace, .requests = 1000};
	struct arrivals arrivals;
	struct arrival arrival;
	int64_t last_ns = 0;
	arrivals_init(&arrivals, &process, 1, 0);
	while (arrivals_next(&arrivals, &arrival)) {
		CHECK(arrival.time_ns >= last_ns);
		CHECK(arrival.size < (int)trace->size_count);
		last_ns = arrival.time_ns;
	}
	CHECK(arrivals.made == (trace->total < 1000 ? trace->total : 1000));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("trace", 0);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		return 0;
	char path[64];
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	struct arena arena;
	struct diag diag;
	struct trace trace;
	struct trace_request request = {.path = path, .function = "", .columns = {"kind"}, .column_count = size % 2};
	arena_init(&arena);
	diag_init(&diag);
	if (trace_read(&request, &arena, &diag, &trace))
		check_order(&trace);
	else
		CHECK(diag_has_errors(&diag));
	diag_release(&diag);
	arena_release(&arena);
	close(fd);
	return 0;
}
