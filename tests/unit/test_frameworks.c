/*
 * The frameworks that come with Lamina: each can be read, is called as its file and gives its numbers a source; what an
 * experiment states goes over its preset, what neither knows is asked for, and what nobody states is warned of.
 */
#include "scenario/framework_file.h"

#include <string.h>

#include "base/file.h"
#include "scenario/resolve.h"
#include "tests/tap.h"

static struct arena arena;
static struct diag diag;
static struct library library;

static const struct framework_preset *preset_of(const char *name)
{
	return library_preset(&library, name, (struct diag_place){"exp.yaml", 5, 13}, &diag);
}

/* Numbers without a comment on their line or right above it. */
static int numbers_without_source(const char *path)
{
	char *text;
	size_t length;
	struct err err;
	int bare = 0;
	bool is_explained = false;
	if (!file_read(path, 1 << 20, &arena, &text, &length, &err))
		return -1;
	for (char *line = text; *line; line += strcspn(line, "\n") + (line[strcspn(line, "\n")] == '\n')) {
		size_t end = strcspn(line, "\n");
		bool has_comment = memchr(line, '#', end) != NULL;
		bool is_entry = line[0] == ' ' && line[2] != '#';
		bool has_value = is_entry && strncmp(line, "  name:", strlen("  name:")) != 0;
		bare += has_value && !has_comment && !is_explained;
		is_explained = has_comment && !is_entry;
	}
	return bare;
}

static void test_all_files(void)
{
	size_t count;
	char **names = data_file_list("configs/frameworks", ".yaml", &arena, &count);
	t_ok(count >= 4, "%zu frameworks", count);
	for (size_t i = 0; i < count; i++) {
		const struct framework_preset *preset = preset_of(names[i]);
		if (!t_ok(preset != NULL, "%s can be read", names[i]))
			continue;
		t_str(preset->name, names[i], "and is called as its file");
		t_int(numbers_without_source(preset->path), 0, "and explains its numbers");
	}
	t_int((long long)diag.count, 0, "no mistakes");
}

static bool over(const char *name, const char *stated, struct framework *out)
{
	struct yaml_node *node = yaml_parse("exp.yaml", stated, strlen(stated), &arena, &diag);
	return framework_over_preset(preset_of(name), node, &arena, &diag, out);
}

static void test_over(void)
{
	struct framework framework;
	t_ok(over("pytorch", "{preset: pytorch, package_mb: 120, import_at: init}", &framework), "over a preset");
	t_near(framework.memory_mb, 494, 0, 0, "what is not stated is the preset's");
	t_int(framework.compute_threads, 2, "all of it");
	t_near(framework.package_mb, 120, 0, 0, "what is stated goes over it");
	t_int(framework.import_at, IMPORT_IN_INIT, "also where the preset says nothing");
	t_ok(!over("mxnet", "{preset: mxnet, package_mb: 100, memory_mb: 0}", &framework), "an unknown number");
	t_str(diag.entries[diag.count - 1].text,
	      "no source is known for 'import_cpu_seconds' of preset 'mxnet'; state 'framework.import_cpu_seconds'",
	      "is asked for, others not");
}

static struct setting *resolved(const char *text)
{
	static struct experiment experiment;
	struct setting *setting = ARENA_NEW(&arena, struct setting);
	struct yaml_node *root = yaml_parse("exp.yaml", text, strlen(text), &arena, &diag);
	bool ok = experiment_bind(root, "exp.yaml", &arena, &diag, &experiment) &&
		  experiment_resolve(&experiment, &library, &arena, &diag, setting);
	return ok ? setting : NULL;
}

#define EXPERIMENT \
	"apiVersion: lamina/v1\nname: x\nplatform: aws-lambda\nprofile: alexnet-h1-amd-epyc\n" \
	"workload: {images: 100, images_per_record: 100}\n"

static void test_resolved(void)
{
	diag_release(&diag);
	diag_init(&diag);
	const struct setting *bare = resolved(EXPERIMENT);
	t_int((long long)diag.count, 1, "no framework: a warning");
	t_has(diag.entries[0].text, "0 MB of memory and 0 s of importing are assumed", "says what is assumed");
	t_has(diag.entries[0].text, "mxnet, onnxruntime, pytorch or tensorflow", "and what there is");
	t_int(diag.entries[0].place.line, 4, "at the profile");
	const struct setting *with = resolved(EXPERIMENT "framework: {preset: pytorch}\n");
	t_int((long long)diag.count, 1, "none with a preset");
	t_near(with->functions[0].work.peak_memory_mb - bare->functions[0].work.peak_memory_mb, 494, 1e-9, 0,
	       "whose memory every function has");
	t_near(with->framework_memory_mb, 494, 0, 0, "and which what-ifs vary");
	t_int(with->functions[0].work.phases[WORK_IMPORT].cpu_ns, 1535000000, "so has its first request the import");
	t_near(with->functions[0].sandbox.package_mb, 250, 0, 0, "and its start the package");
	resolved(EXPERIMENT "framework: {memory_mb: 0, import_cpu_seconds: 0}\n");
	t_int((long long)diag.count, 1, "none where nothing is what was said");
	resolved(EXPERIMENT "framework: {memory_mb: 300}\n");
	t_has(diag.entries[1].text, "0 s of importing are assumed", "half of it is not all");
	resolved(EXPERIMENT "functions: {f: {work: {cpu_seconds: 1}}}\n");
	t_int((long long)diag.count, 2, "none where work is stated");
}

int main(void)
{
	arena_init(&arena);
	diag_init(&diag);
	library_init(&library, &arena);
	test_all_files();
	test_over();
	test_resolved();
	diag_release(&diag);
	arena_release(&arena);
	return t_done();
}
