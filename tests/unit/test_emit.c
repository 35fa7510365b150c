/* Every fragment is read back by a parser of its format and holds the plan's figures. */
#include <jansson.h>
#include <string.h>

#include "base/check.h"
#include "base/diag.h"
#include "deploy/current.h"
#include "deploy/emit.h"
#include "doc/yaml.h"
#include "tests/tap.h"

static const struct deployment_point points[] = {{768, 41.2, 2e-4}, {2048, 17, 3e-4}};

static const struct deployed_function functions[] = {
	{.name = "conv1",
	 .deployed_name = "conv1",
	 .monthly_requests = 100000,
	 .memory_mb = 2048,
	 .timeout_seconds = 300,
	 .tmp_mb = 512,
	 .reserved_concurrency = 32,
	 .provisioned_concurrency = 5,
	 .seconds = 17,
	 .usd = 3e-4,
	 .points = points,
	 .point_count = 2},
	{.name = "it's fc-6",
	 .deployed_name = "it's fc-6",
	 .memory_mb = 768,
	 .timeout_seconds = 60,
	 .tmp_mb = 1024,
	 .is_arm64 = true,
	 .seconds = 0.5},
};

static const struct platform_workflow step_functions = {.inline_map_limit = 40, .distributed_map_limit = 10000};

static struct deployment plan_of(int64_t parallel)
{
	return (struct deployment){
		.experiment = "paper",
		.platform = "aws-lambda",
		.version = "1.0",
		.strategy = "cost",
		.images_per_record = 500,
		.parallel = parallel,
		.service = &step_functions,
		.schedule = "per_record",
		.seconds_metric = "makespan_seconds",
		.seconds = 99.5,
		.cost_usd = 0.05,
		.monthly_requests = 100000,
		.functions = functions,
		.function_count = 2,
	};
}

static const char *emit(const char *name, const struct deployment *deployment, struct arena *arena)
{
	struct buf out;
	buf_init(&out);
	emit_find(name)->write(deployment, arena, &out);
	const char *text = arena_strdup(arena, buf_text(&out));
	buf_release(&out);
	return text;
}

/* The scalar at a path of keys in YAML that must have no mistakes. */
static const char *yaml_at(const char *text, const char *const *keys, struct arena *arena)
{
	struct diag diag;
	diag_init(&diag);
	const struct yaml_node *node = yaml_parse("fragment", text, strlen(text), arena, &diag);
	CHECK(!diag_has_errors(&diag));
	diag_release(&diag);
	for (; node && *keys; keys++)
		node = node->kind == YAML_LIST ? node->first : yaml_get(node, *keys);
	return node ? node->text : NULL;
}

static const json_t *json_at(const json_t *value, const char *const *keys)
{
	for (; value && *keys; keys++)
		value = json_is_array(value) ? json_array_get(value, 0) : json_object_get(value, *keys);
	return value;
}

#define PATH(...) ((const char *const[]){__VA_ARGS__, NULL})

/* A plan with snapshots is one in every format that deploys it; without, none says a word of them. */
static void test_snapshots(struct arena *arena)
{
	static const char *const formats[] = {"sam", "serverless", "terraform", "cli", "json", "stepfunctions"};
	static const char *const words[] = {"SnapStart:",         "snapStart: true",
					    "\"snap_start\": {",  "--snap-start ApplyOn=PublishedVersions",
					    "\"snapshot\": true", "${ApiFunctionArn}:live"};
	struct deployed_function java = {
		.name = "api", .deployed_name = "api", .memory_mb = 1769, .timeout_seconds = 9, .tmp_mb = 512};
	struct deployment plan = plan_of(1);
	plan.functions = &java;
	plan.function_count = 1;
	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		java.has_snapshot = false;
		t_ok(!strstr(emit(formats[i], &plan, arena), words[i]), "%s: no snapshot", formats[i]);
		java.has_snapshot = true;
		t_ok(strstr(emit(formats[i], &plan, arena), words[i]), "%s: a snapshot", formats[i]);
	}
	t_str(yaml_at(emit("sam", &plan, arena), PATH("Resources", "ApiFunction", "Properties", "SnapStart", "ApplyOn"),
		      arena),
	      "PublishedVersions", "SAM: of what");
	t_str(yaml_at(emit("sam", &plan, arena), PATH("Resources", "ApiFunction", "Properties", "AutoPublishAlias"),
		      arena),
	      "live", "SAM: a version is published");
}

static void test_yaml(struct arena *arena)
{
	struct deployment plan = plan_of(32);
	const char *sam = emit("sam", &plan, arena);
#define SAM(...) yaml_at(sam, PATH("Resources", __VA_ARGS__), arena)
	t_str(SAM("Conv1Function", "Type"), "AWS::Serverless::Function", "SAM: the type");
	t_str(SAM("Conv1Function", "Properties", "MemorySize"), "2048", "memory");
	t_str(SAM("Conv1Function", "Properties", "Timeout"), "300", "timeout");
	t_str(SAM("Conv1Function", "Properties", "EphemeralStorage", "Size"), "512", "/tmp");
	t_str(SAM("Conv1Function", "Properties", "ReservedConcurrentExecutions"), "32", "reserved concurrency");
	t_str(SAM("Conv1Function", "Properties", "ProvisionedConcurrencyConfig", "ProvisionedConcurrentExecutions"),
	      "5", "provisioned concurrency");
	t_str(SAM("Conv1Function", "Properties", "AutoPublishAlias"), "live", "and the alias that it needs");
	t_str(SAM("ItSFc6Function", "Properties", "Architectures", "0"), "arm64", "architecture");
	t_ok(!SAM("ItSFc6Function", "Properties", "ReservedConcurrentExecutions"), "no reservation, no key");

	const char *serverless = emit("serverless", &plan, arena);
	t_str(yaml_at(serverless, PATH("functions", "conv1", "memorySize"), arena), "2048", "Serverless: memory");
	t_str(yaml_at(serverless, PATH("functions", "it's fc-6", "architecture"), arena), "arm64", "architecture");
	t_str(yaml_at(serverless, PATH("functions", "it's fc-6", "ephemeralStorageSize"), arena), "1024", "/tmp");

	const char *infracost = emit("infracost", &plan, arena);
	t_str(yaml_at(infracost, PATH("version"), arena), "0.1", "Infracost: the version");
	t_str(yaml_at(infracost, PATH("resource_usage", "aws_lambda_function.conv1", "monthly_requests"), arena),
	      "100000", "requests");
	t_str(yaml_at(infracost, PATH("resource_usage", "aws_lambda_function.conv1", "request_duration_ms"), arena),
	      "17000", "duration");
}

static void test_json(struct arena *arena)
{
	struct deployment plan = plan_of(INT64_MAX);
	json_t *terraform = json_loads(emit("terraform", &plan, arena), 0, NULL);
	const json_t *conv1 = json_at(terraform, PATH("lamina_functions", "conv1"));
	t_int(json_integer_value(json_object_get(conv1, "memory_size")), 2048, "Terraform: memory");
	t_int(json_integer_value(json_object_get(conv1, "reserved_concurrent_executions")), 32, "reserved concurrency");
	t_int(json_integer_value(
		      json_at(terraform, PATH("lamina_functions", "it's fc-6", "reserved_concurrent_executions"))),
	      -1, "no reservation is -1, since 0 disables");
	json_decref(terraform);

	json_t *all = json_loads(emit("json", &plan, arena), 0, NULL);
	t_str(json_string_value(json_object_get(all, "lamina_version")), "1.0", "JSON: the version");
	t_near(json_real_value(json_object_get(all, "makespan_seconds")), 99.5, 0, 0, "seconds by their metric's name");
	t_ok(json_is_null(json_object_get(all, "parallel")), "no bound on jobs is null");
	t_near(json_real_value(json_at(all, PATH("functions", "0", "sizes", "0", "request_seconds"))), 41.2, 0, 0,
	       "a point");
	json_decref(all);
}

/* As the Amazon States Language demands of every machine. */
static bool is_machine(const json_t *machine)
{
	const char *start = json_string_value(json_object_get(machine, "StartAt"));
	const json_t *states = json_object_get(machine, "States");
	const char *name;
	json_t *state;
	int ends = 0;
	if (!start || !json_object_get(states, start))
		return false;
	json_object_foreach((json_t *)(uintptr_t)states, name, state)
	{
		const char *next = json_string_value(json_object_get(state, "Next"));
		bool is_end = json_is_true(json_object_get(state, "End"));
		const json_t *inner = json_object_get(state, "ItemProcessor");
		if (!json_object_get(state, "Type") || (next != NULL) == is_end)
			return false;
		if ((next && !json_object_get(states, next)) || (inner && !is_machine(inner)))
			return false;
		ends += is_end;
	}
	return ends == 1;
}

static void test_machine(struct arena *arena)
{
	static const struct platform_workflow narrow = {.inline_map_limit = 7, .distributed_map_limit = 30};
	static const struct platform_workflow boundless = {0};
	static const struct {
		const struct platform_workflow *service;
		int64_t parallel;
		const char *mode;
		int64_t concurrency; /* 0: no bound */
	} cases[] = {
		{&step_functions, 1, "INLINE", 1},
		{&step_functions, 40, "INLINE", 40},
		{&step_functions, 41, "DISTRIBUTED", 41},
		{&step_functions, INT64_MAX, "DISTRIBUTED", 10000},
		{&narrow, 7, "INLINE", 7},
		{&narrow, 8, "DISTRIBUTED", 8},
		{&narrow, 31, "DISTRIBUTED", 30},
		{&boundless, 64, "INLINE", 64},
		{&boundless, INT64_MAX, "INLINE", 0},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct deployment plan = plan_of(cases[i].parallel);
		plan.service = cases[i].service;
		json_t *machine = json_loads(emit("stepfunctions", &plan, arena), 0, NULL);
		const json_t *map = json_at(machine, PATH("States", "PerRecord"));
		t_ok(is_machine(machine), "a state machine for %lld jobs", (long long)cases[i].parallel);
		t_str(json_string_value(json_at(map, PATH("ItemProcessor", "ProcessorConfig", "Mode"))), cases[i].mode,
		      "its map's mode");
		t_int(json_integer_value(json_object_get(map, "MaxConcurrency")), cases[i].concurrency,
		      "its map's concurrency");
		t_ok(!json_object_get(map, "ItemReader") == !strcmp(cases[i].mode, "INLINE"),
		     "only a distributed map lists");
		t_int(json_integer_value(json_at(map, PATH("ItemProcessor", "States", "Conv1", "TimeoutSeconds"))), 300,
		      "a task's timeout");
		json_decref(machine);
	}
}

/* Of a machine that is there: what is said of a state is of its own function. */
static void test_states(struct arena *arena)
{
	struct graph graph;
	struct deployment plan = plan_of(1);
	graph_make_chain(2, 0, arena, &graph);
	graph.steps[0].name = "First";
	graph.steps[1].name = "Second";
	plan.graph = &graph;
	json_t *machine = json_loads(emit("stepfunctions", &plan, arena), 0, NULL);
	t_int(json_integer_value(json_at(machine, PATH("States", "First", "TimeoutSeconds"))), 300, "a time-out");
	t_int(json_integer_value(json_at(machine, PATH("States", "Second", "TimeoutSeconds"))), 60, "of each function");
	json_decref(machine);
}

static void test_power_tuning(struct arena *arena)
{
	/* Encoded by an independent program and decoded as the tool's user interface does it. */
	static const struct deployment_point known[] = {{768, 41.2, 0.000520000001},
							{1024, 30.1, 0.000509999983},
							{1280, 24.9, 0.000520000001},
							{2048, 17, 0.000569999975},
							{3008, 12.5, 0.000609999988}};
	t_str(emit_power_tuning_url(known, 5, arena),
	      "https://lambda-power-tuning.show/"
	      "#AAMABAAFAAjACw==;APAgRwAo60YAiMJGANCERgBQQ0Y=;nFAIOoWxBTqcUAg6DWwVOmjoHzo=",
	      "the known address of known points");

	struct deployment plan = plan_of(8);
	const char *text = emit("power-tuning", &plan, arena);
	json_error_t error;
	json_t *first = json_loads(text, JSON_DISABLE_EOF_CHECK, &error);
	t_str(json_string_value(json_at(first, PATH("results", "power"))), "2048",
	      "the size is text, as the tool has it");
	t_near(json_number_value(json_at(first, PATH("results", "duration"))), 17000, 0, 0, "milliseconds");
	t_near(json_number_value(json_at(first, PATH("results", "stats", "0", "averageDuration"))), 41200, 0, 1e-9,
	       "a point's milliseconds");
	t_str(json_string_value(json_object_get(first, "source")), "lamina 1.0 simulation", "it says what it is");
	t_has(text + error.position, "\"function\":\"it's fc-6\"", "a line for each function");
	json_decref(first);
}

static void test_cli(struct arena *arena)
{
	struct deployment plan = plan_of(8);
	t_str(emit("cli", &plan, arena),
	      "#!/bin/sh\n"
	      "# lamina 1.0 plan --emit cli\n"
	      "set -e\n"
	      "aws lambda update-function-configuration --function-name conv1 --memory-size 2048 --timeout 300 "
	      "--ephemeral-storage Size=512\n"
	      "aws lambda put-function-concurrency --function-name conv1 --reserved-concurrent-executions 32\n"
	      "aws lambda put-provisioned-concurrency-config --function-name conv1 --qualifier live "
	      "--provisioned-concurrent-executions 5\n"
	      "aws lambda update-function-configuration --function-name 'it'\\''s fc-6' --memory-size 768 --timeout 60 "
	      "--ephemeral-storage Size=1024\n"
	      "# its code must be for arm64: aws lambda update-function-code --architectures arm64 ...\n",
	      "AWS CLI lines");
}

/* What is emitted can be read back as what is deployed now. */
static void test_round_trip(struct arena *arena)
{
	static const char *const formats[] = {"sam", "serverless", "terraform"};
	static const char *const names[] = {"conv1", "it's fc-6"};
	struct deployment plan = plan_of(8);
	for (size_t i = 0; i < 3; i++) {
		struct diag diag;
		struct current current;
		bool io_failed;
		char path[] = "/tmp/lamina-emit-XXXXXX";
		int fd = mkstemp(path);
		const char *text = emit(formats[i], &plan, arena);
		CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
		close(fd);
		diag_init(&diag);
		bool ok = current_read(path, names, 2, arena, &diag, &current, &io_failed);
		t_ok(ok && diag.count == 0, "%s is read back", formats[i]);
		t_int(current.functions[0].memory_mb, 2048, "memory");
		t_int(current.functions[0].reserved_concurrency, 32, "reserved concurrency");
		t_int(current.functions[0].provisioned_concurrency, 5, "provisioned concurrency");
		t_int(current.functions[1].reserved_concurrency, 0, "none");
		t_int(current.functions[1].tmp_mb, 1024, "/tmp");
		t_str(current.functions[1].architecture, "arm64", "architecture");
		diag_release(&diag);
		unlink(path);
	}
}

int main(void)
{
	struct arena arena;
	arena_init(&arena);
	t_ok(!emit_find("yaml"), "there is no format of this name");
	test_snapshots(&arena);
	test_yaml(&arena);
	test_json(&arena);
	test_machine(&arena);
	test_states(&arena);
	test_power_tuning(&arena);
	test_cli(&arena);
	test_round_trip(&arena);
	arena_release(&arena);
	return t_done();
}
