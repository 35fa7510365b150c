/* Whatever the bytes, a template is refused with reasons, or what it says makes parts of an experiment. */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/buf.h"
#include "deploy/current.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = {"conv1", "fc"};
	int fd = memfd_create("template", 0);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		return 0;
	char path[64];
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	struct arena arena;
	struct diag diag;
	struct diag mistakes;
	struct current current;
	struct buf text;
	bool io_failed;
	arena_init(&arena);
	diag_init(&diag);
	diag_init(&mistakes);
	buf_init(&text);
	if (current_read(path, names, 2, &arena, &diag, &current, &io_failed)) {
		yaml_write(current_overlay(&current, &arena), &text);
		CHECK(yaml_parse("overlay", buf_text(&text), text.length, &arena, &mistakes));
		CHECK(!diag_has_errors(&mistakes));
	} else {
		CHECK(diag_has_errors(&diag));
	}
	buf_release(&text);
	diag_release(&mistakes);
	diag_release(&diag);
	arena_release(&arena);
	close(fd);
	return 0;
}
