/*
 * ONNX's own tests of single operators (https://github.com/onnx/onnx/tree/main/onnx/backend/test), as Debian's
 * libonnx-testdata installs them: a small model, inputs and what must come out. Every model that Lamina can read must
 * give the right answer; one that it refuses is counted with the reason. Without the package there is nothing to run.
 */
#include <dirent.h>

#include "base/check.h"
#include "base/file.h"
#include "base/num.h"
#include "kernels/graph/execute.h"
#include "kernels/graph/optimise.h"
#include "kernels/onnx/onnx_model.h"
#include "kernels/operator/operator.h"
#include "tests/tap.h"

static const char *const folders[] = {"node", "simple", "pytorch-operator", "pytorch-converted"};
static const char root[] = "/usr/share/libonnx-testdata/data";

enum { FILE_BYTES_MAX = 64 << 20, INPUTS_MAX = 16 };

struct counts {
	int passed;
	int refused; /* the model holds something that is not supported */
	int unread;  /* the test's own values are of a type that is not supported */
	int failed;
};

struct test {
	struct arena arena;
	struct graph graph;
	struct onnx_model onnx;
	struct execution execution;
	const char *folder;
	bool is_optimised;
};

static bool read_value(struct test *test, const char *kind, size_t index, struct value *value, const char **name,
		       struct err *err)
{
	char *text;
	size_t length;
	char *path = arena_printf(&test->arena, "%s/test_data_set_0/%s_%zu.pb", test->folder, kind, index);
	return file_read(path, FILE_BYTES_MAX, &test->arena, &text, &length, err) &&
	       onnx_parse_value((const uint8_t *)text, length, &test->arena, value, name, err);
}

static double element(const struct value *value, int64_t i)
{
	if (value->type == VALUE_FLOAT)
		return (double)((const float *)value->data)[i];
	return value->type == VALUE_DOUBLE ? ((const double *)value->data)[i] : (double)value_int(value, i);
}

static bool is_equal(const struct value *got, const struct value *want, double relative)
{
	if (got->type != want->type || !dims_equal(&got->dims, &want->dims))
		return false;
	for (int64_t i = 0; i < value_elements(want); i++) {
		double x = element(got, i);
		double y = element(want, i);
		if (isnan(x) && isnan(y))
			continue;
		if (!(x == y || fabs(x - y) <= 1e-6 + relative * fabs(y))) {
			printf("# element %lld: got %.9g, want %.9g\n", (long long)i, x, y);
			return false;
		}
	}
	return true;
}

static bool bind_inputs(struct test *test, struct err *err)
{
	for (size_t i = 0; i < test->graph.input_count; i++) {
		struct value value;
		const char *name;
		struct graph_tensor *tensor = &test->graph.tensors[test->graph.inputs[i]];
		if (!read_value(test, "input", i, &value, &name, err))
			return false;
		if (value.type != tensor->value.type || !dims_equal(&value.dims, &tensor->value.dims))
			return err_set(err, "input %zu is of another shape or type", i);
		execution_set_data(&test->execution, test->graph.inputs[i], value.data);
	}
	return true;
}

static bool outputs_are_right(struct test *test, bool *is_right, struct err *err)
{
	/* ONNX's own runner allows 1e-3. The models of windows need it: their pi is 3.1415. */
	double relative = strstr(test->folder, "window_") ? 1e-3 : 1e-4;
	*is_right = true;
	for (size_t i = 0; i < test->graph.output_count; i++) {
		struct value want;
		const char *name;
		const struct value *got = &test->execution.values[test->graph.outputs[i]];
		if (!read_value(test, "output", i, &want, &name, err))
			return false;
		*is_right = *is_right && is_equal(got, &want, relative);
	}
	return true;
}

static bool run_test(struct test *test, bool *is_right, struct err *err)
{
	struct team team;
	if (test->is_optimised)
		graph_optimise(&test->graph, &test->arena);
	execution_init(&test->execution, &test->graph, 0, test->graph.node_count, false, NULL, &test->arena);
	execution_set_block(&test->execution, arena_alloc(&test->arena, (size_t)test->execution.plan.bytes + 1));
	if (!bind_inputs(test, err))
		return false;
	team_init(&team, 2);
	for (size_t i = 0; i < test->graph.node_count; i++)
		execution_run_node(&test->execution, i, &team);
	team_release(&team);
	return outputs_are_right(test, is_right, err);
}

/* The values of the test's inputs from the given one on, by their names in the files. */
static size_t known_inputs(struct test *test, size_t first, struct graph_known_input known[INPUTS_MAX])
{
	size_t count = 0;
	struct err err;
	for (size_t i = first; i < INPUTS_MAX; i++, count++)
		if (!read_value(test, "input", i, &known[count].value, &known[count].name, &err))
			break;
	return count;
}

/*
 * The tests feed everything, also what shapes are made of; a network has that as constants. Where the model cannot be
 * read without, the inputs after the first are given as constants, or all.
 */
static bool read_model(struct test *test, const char *path, struct diag *first)
{
	struct graph_known_input known[INPUTS_MAX];
	struct graph_options options = {.images = 1, .needs_values = true};
	if (onnx_read(path, &options, &test->arena, first, &test->onnx, &test->graph))
		return true;
	for (size_t from = 2; from-- > 0;) {
		struct diag diag;
		diag_init(&diag);
		options.known_inputs = known;
		options.known_input_count = known_inputs(test, from, known);
		bool ok = options.known_input_count > 0 &&
			  onnx_read(path, &options, &test->arena, &diag, &test->onnx, &test->graph);
		diag_release(&diag);
		if (ok)
			return true;
	}
	return false;
}

static void try_folder(const char *name, const char *folder, bool is_optimised, struct counts *counts)
{
	struct test test = {.folder = folder, .is_optimised = is_optimised};
	struct diag diag;
	struct err err;
	bool is_right = false;
	arena_init(&test.arena);
	diag_init(&diag);
	char *path = arena_printf(&test.arena, "%s/model.onnx", folder);
	if (!read_model(&test, path, &diag)) {
		counts->refused++;
		if (!is_optimised)
			printf("# %s is refused: %s\n", name, diag.entries[0].text);
	} else {
		if (!run_test(&test, &is_right, &err)) {
			counts->unread++;
			printf("# %s cannot be tried: %s\n", name, err.text);
		} else if (is_right) {
			counts->passed++;
		} else {
			counts->failed++;
			t_ok(false, "%s", name);
		}
		onnx_release(&test.onnx);
	}
	diag_release(&diag);
	arena_release(&test.arena);
}

static void try_all(const char *kind, bool is_optimised, struct counts *counts)
{
	struct dirent **entries;
	char path[512];
	snprintf(path, sizeof path, "%s/%s", root, kind);
	int count = scandir(path, &entries, NULL, alphasort);
	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof path, "%s/%s/%s", root, kind, entries[i]->d_name);
		if (entries[i]->d_name[0] != '.')
			try_folder(entries[i]->d_name, path, is_optimised, counts);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

int main(void)
{
	struct counts counts = {0};
	struct counts optimised = {0};
	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		try_all(folders[i], false, &counts);
		try_all(folders[i], true, &optimised);
	}
	if (counts.passed + counts.failed + counts.refused == 0) {
		printf("1..0 # SKIP libonnx-testdata is not installed\n");
		return 0;
	}
	printf("# %d passed, %d refused, %d cannot be tried, %d failed\n", counts.passed, counts.refused, counts.unread,
	       counts.failed);
	t_ok(counts.failed == 0, "ONNX's tests of operators: %d passed, %d refused with a reason, %d failed",
	     counts.passed, counts.refused + counts.unread, counts.failed);
	t_ok(counts.passed >= 400, "most operators' tests are among them");
	t_ok(optimised.failed == 0 && optimised.passed == counts.passed, "as many with optimised graphs: %d",
	     optimised.passed);
	return t_done();
}
