/* What a point is: the same for every way of writing it, another for everything that can change a replication. */
#include "scenario/experiment_file.h"
#include "scenario/identity.h"

#include "tests/tap.h"

static const char base[] = "apiVersion: lamina/v1\n"
			   "name: a\n"
			   "platform: aws-lambda\n"
			   "workload: {images: 100}\n"
			   "functions: {f: {memory_mb: 512, work: {cpu_seconds: 0.4, download_mb: 2}}}\n";

struct fixture {
	struct arena arena;
	struct diag diag;
	struct library library;
};

/* The identity of a text with a value put over it (NULL: none). */
static struct digest identity_of(struct fixture *f, const char *text, const char *key, const char *value)
{
	struct diag_place place = {.file = "test"};
	struct experiment experiment;
	struct setting setting;
	struct yaml_node *root = yaml_parse("test.yaml", text, strlen(text), &f->arena, &f->diag);
	CHECK(root);
	if (key)
		CHECK(yaml_set(root, key, value, place, &f->arena, &f->diag));
	bool ok = experiment_bind(root, "test.yaml", &f->arena, &f->diag, &experiment) &&
		  experiment_resolve(&experiment, &f->library, &f->arena, &f->diag, &setting);
	if (!ok)
		diag_print(&f->diag, stdout);
	CHECK(ok);
	return experiment_identity(&experiment, &setting, &f->library);
}

/* Nothing of a replication depends on these. */
static void the_same(struct fixture *f, const struct digest *want)
{
	static const struct {
		const char *key;
		const char *value;
	} cases[] = {
		{"title", "words"},
		{"name", "other"},
		{"replications.min", "77"},
		{"failures.error_rate", "0"},
		{"pipeline.schedule", "per_record"},
		{"plan", "{}"},
		{"sweep", "{matrix: {seed: [1, 2]}}"},
		{"functions.f.work.cpu_seconds", "4e-1"},
		{"seed", "1"},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct digest got = identity_of(f, base, cases[i].key, cases[i].value);
		t_ok(digest_equal(&got, want), "%s: %s changes nothing", cases[i].key, cases[i].value);
	}
	static const char spelt[] = "# the same in another order\n"
				    "functions:\n  f:\n    work: {download_mb: 2.0, cpu_seconds: 0.40}\n"
				    "    memory_mb: 512\n"
				    "workload:\n  images: 100\n"
				    "name: b\nplatform: aws-lambda\napiVersion: lamina/v1\n";
	struct digest got = identity_of(f, spelt, NULL, NULL);
	t_ok(digest_equal(&got, want), "nor does how it is written");
}

/* Something does on these. */
static void another(struct fixture *f, const struct digest *want)
{
	static const struct {
		const char *key;
		const char *value;
	} cases[] = {
		{"seed", "2"},
		{"workload.images", "101"},
		{"pipeline.parallel", "2"},
		{"platform", "aws-lambda-2019"},
		{"platform_values", "{price: {usd_per_gb_second: 0.00002}}"},
		{"platform_values", "{limits: {burst: 77}}"},
		{"functions.f.memory_mb", "576"},
		{"functions.f.work.cpu_seconds", "0.4000000000000001"},
		{"functions.f.work.variation", "0.1"},
		{"functions.f.work.variation_of", "cpu"},
		{"functions.f.provisioned_concurrency", "1"},
		{"limits.events", "1000"},
		{"traffic.runs_per_month", "3"},
		{"framework.import_cpu_seconds", "1"},
		{"framework", "{preset: pytorch}"},
	};
	enum { CASES = ARRAY_LEN(cases) };
	struct digest seen[CASES];
	for (size_t i = 0; i < CASES; i++) {
		seen[i] = identity_of(f, base, cases[i].key, cases[i].value);
		bool is_new = !digest_equal(&seen[i], want);
		for (size_t k = 0; k < i; k++)
			is_new = is_new && !digest_equal(&seen[i], &seen[k]);
		t_ok(is_new, "%s: %s is another point", cases[i].key, cases[i].value);
	}
}

int main(void)
{
	struct fixture *f = mem_alloc(sizeof *f);
	arena_init(&f->arena);
	diag_init(&f->diag);
	library_init(&f->library, &f->arena);
	struct digest want = identity_of(f, base, NULL, NULL);
	the_same(f, &want);
	another(f, &want);
	diag_release(&f->diag);
	arena_release(&f->arena);
	mem_free(f);
	return t_done();
}
