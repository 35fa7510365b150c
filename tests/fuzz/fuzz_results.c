/*
 * Whatever the bytes of a file of results, it is refused with words or read within its bounds, by those who read and by
 * those who write; what is read has samples that can be gathered.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "results/merge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { POINTS_MAX = 50 };

static void read_point(struct results *results, int64_t id, struct arena *arena)
{
	struct results_content content;
	struct run_result result;
	struct err err;
	int64_t count = 0;
	if (!results_read(results, id, arena, &content, &err))
		return;
	while (count < content.count && content.samples[count].is_finished)
		count++;
	if (count > 0)
		samples_gather(content.samples, count, content.point.functions, content.point.function_count, arena,
			       &result);
}

static void read_all(struct results *results)
{
	struct arena arena;
	struct err err;
	struct results_progress progress;
	const char **names;
	int64_t *ids;
	size_t count;
	arena_init(&arena);
	results_progress(results, &progress, &err);
	results_functions(results, &arena, &names, &count, &err);
	if (results_list(results, true, &arena, &ids, &count, &err))
		for (size_t i = 0; i < count && i < POINTS_MAX; i++)
			read_point(results, ids[i], &arena);
	arena_release(&arena);
}

/* As a part of a new file. */
static void merge(struct results *part, const char *path)
{
	struct err err;
	bool is_damaged;
	struct merge_rules rules = {.any_version = true, .any_experiment = true};
	struct merge_counts counts = {0};
	struct results *into = results_create(path, &is_damaged, &err);
	CHECK(into);
	if (results_begin(into, &err) && merge_part(into, part, &rules, &counts, &err))
		results_end(into, &err);
	results_undo(into);
	results_close(into);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char path[64];
	char merged[80];
	char journal[80];
	struct err err;
	bool is_damaged;
	snprintf(path, sizeof path, "/dev/shm/lamina-fuzz-%d.sqlite", (int)getpid());
	snprintf(merged, sizeof merged, "%s.merged", path);
	snprintf(journal, sizeof journal, "%s-journal", path);
	if (!file_write(path, (const char *)data, size, &err))
		return 0;
	struct results *results = results_open(path, &err);
	if (results) {
		read_all(results);
		merge(results, merged);
		results_close(results);
	}
	results_close(results_create(path, &is_damaged, &err));
	unlink(path);
	unlink(merged);
	unlink(journal);
	return 0;
}
