/* Whatever the bytes, a log gives rows that can be used, or reasons; rows that can be used can be fitted. */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "calibrate/log_samples.h"
#include "calibrate/report_log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct reading {
	struct log_samples samples;
	struct diag *diag;
	int64_t rows;
};

static void take_row(void *context, const struct report_row *row)
{
	struct reading *reading = context;
	CHECK(!report_row_check(row));
	CHECK(report_row_era(row) < BILLING_ERAS);
	log_samples_add(&reading->samples, row->function, row, reading->diag);
	reading->rows++;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("log", 0);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		return 0;
	char path[64];
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	struct arena arena;
	struct diag diag;
	struct reading reading = {.diag = &diag};
	struct report_sink sink = {take_row, &reading};
	struct report_counts counts;
	const struct platform_cpu cpu = {.mb_per_vcpu = 1769, .period_seconds = 0.02, .speed_spread = 0.02};
	bool io_failed;
	arena_init(&arena);
	diag_init(&diag);
	log_samples_init(&reading.samples, &arena);
	bool ok = report_log_read(path, &sink, &diag, &counts, &io_failed);
	CHECK(counts.rows == reading.rows);
	CHECK(ok ? reading.rows > 0 : diag_has_errors(&diag));
	log_samples_finish(&reading.samples, &cpu);
	diag_release(&diag);
	arena_release(&arena);
	close(fd);
	return 0;
}
