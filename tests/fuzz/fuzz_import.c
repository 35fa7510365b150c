/* Whatever the bytes, a template is refused with reasons, or makes an experiment that can be read. */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/buf.h"
#include "deploy/import.h"
#include "doc/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const parameters[] = {"Size=512", "stage=prod"};
	static const struct platform platform = {.name = "fuzz"};
	int fd = memfd_create("template", 0);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		return 0;
	char path[64];
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	const struct import_request request = {
		.path = path,
		.platform = &platform,
		.platform_name = "aws-lambda",
		.parameters = parameters,
		.parameter_count = ARRAY_LEN(parameters),
		.version = "1.0",
	};
	struct arena arena;
	struct diag diag;
	struct diag mistakes;
	struct buf text;
	bool io_failed;
	arena_init(&arena);
	diag_init(&diag);
	diag_init(&mistakes);
	buf_init(&text);
	if (import_template(&request, &arena, &diag, &text, &io_failed)) {
		CHECK(!diag_has_errors(&diag));
		CHECK(yaml_parse("experiment", buf_text(&text), text.length, &arena, &mistakes));
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
