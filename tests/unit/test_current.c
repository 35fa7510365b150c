/* Templates of every kind tell what is deployed now; what they leave to be resolved is named. */
#define _GNU_SOURCE
#include <sys/mman.h>

#include "base/buf.h"
#include "base/check.h"
#include "deploy/current.h"
#include "tests/tap.h"

static const char *const names[] = {"conv1", "conv2", "fc"};

struct reading {
	struct arena arena;
	struct current current;
	bool ok;
	bool io_failed;
	char words[4096];
};

static void read_path(const char *path, struct reading *reading)
{
	struct diag diag;
	*reading = (struct reading){0};
	arena_init(&reading->arena);
	diag_init(&diag);
	reading->ok = current_read(path, names, 3, &reading->arena, &diag, &reading->current, &reading->io_failed);
	FILE *words = fmemopen(reading->words, sizeof reading->words - 1, "w");
	diag_print(&diag, words);
	fclose(words);
	diag_release(&diag);
}

static void read_text(const char *text, struct reading *reading)
{
	char path[64];
	int fd = memfd_create("template", 0);
	CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	read_path(path, reading);
	close(fd);
}

static void is_overlay(struct reading *reading, const char *want)
{
	struct buf overlay;
	buf_init(&overlay);
	yaml_write(current_overlay(&reading->current, &reading->arena), &overlay);
	t_str(buf_text(&overlay), want, "as parts of an experiment");
	buf_release(&overlay);
}

static void test_sam(void)
{
	static const char sam[] = "Transform: AWS::Serverless-2016-10-31\n"
				  "Parameters: {Size: {Type: Number, Default: 512}}\n"
				  "Globals: {Function: {Timeout: 30, MemorySize: 1024}}\n"
				  "Resources:\n"
				  "  Conv1Function:\n"
				  "    Type: AWS::Serverless::Function\n"
				  "    Properties:\n"
				  "      MemorySize: 2048\n"
				  "      EphemeralStorage: {Size: 1024}\n"
				  "      Architectures: [arm64]\n"
				  "      Role: !GetAtt Role.Arn\n"
				  "  Second:\n"
				  "    Type: AWS::Serverless::Function\n"
				  "    Properties: {FunctionName: shop-conv2, MemorySize: !Ref Size}\n"
				  "  Fc:\n"
				  "    Type: AWS::Lambda::Function\n"
				  "    Properties: {Timeout: '9', ReservedConcurrentExecutions: {Ref: Places}}\n"
				  "  Resize:\n"
				  "    Type: AWS::Serverless::Function\n"
				  "  Bucket: {Type: 'AWS::S3::Bucket'}\n";
	struct reading reading;
	read_text(sam, &reading);
	const struct current_function *functions = reading.current.functions;
	t_ok(reading.ok, "a SAM template");
	t_int(functions[0].memory_mb, 2048, "its own memory");
	t_int(functions[0].timeout_seconds, 30, "a timeout for all");
	t_int(functions[0].tmp_mb, 1024, "/tmp");
	t_str(functions[0].architecture, "arm64", "architecture");
	t_int(functions[0].reserved_concurrency, 0, "no reservation");
	t_int(functions[1].memory_mb, CURRENT_UNKNOWN, "a reference is not known");
	t_int(functions[1].timeout_seconds, 30, "what stands beside it is");
	t_int(functions[2].memory_mb, 128, "a plain function does not have what stands for all: 128 MB");
	t_int(functions[2].timeout_seconds, 9, "a number in quotes");
	t_int(functions[2].reserved_concurrency, CURRENT_UNKNOWN, "a reference in its long form");
	t_str(strchr(reading.words, ':'),
	      ":14:56: warning: 'MemorySize' of 'Second' is '!Ref Size', which only deployment resolves; skipped\n"
	      "/proc/self/fd/3:17:62: warning: 'ReservedConcurrentExecutions' of 'Fc' is 'Ref Places', which only "
	      "deployment resolves; skipped\n"
	      "/proc/self/fd/3:19:5: warning: 'Resize' is no function of the experiment (conv1, conv2, fc); skipped\n",
	      "the words for what was skipped");

	is_overlay(&reading, "functions:\n"
			     "  conv1:\n"
			     "    memory_mb: 2048\n"
			     "    timeout_seconds: 30\n"
			     "    tmp_mb: 1024\n"
			     "    reserved_concurrency: 0\n"
			     "    provisioned_concurrency: 0\n"
			     "    architecture: arm64\n"
			     "    snapshot: false\n"
			     "  conv2:\n"
			     "    timeout_seconds: 30\n"
			     "    tmp_mb: 512\n"
			     "    reserved_concurrency: 0\n"
			     "    provisioned_concurrency: 0\n"
			     "    architecture: x86_64\n"
			     "    snapshot: false\n"
			     "  fc:\n"
			     "    memory_mb: 128\n"
			     "    timeout_seconds: 9\n"
			     "    tmp_mb: 512\n"
			     "    provisioned_concurrency: 0\n"
			     "    architecture: x86_64\n"
			     "    snapshot: false\n");
	arena_release(&reading.arena);
}

/* What stands elsewhere than at the function: versions, aliases, a state machine in one text. */
static void test_scattered(void)
{
	struct reading reading;
	read_text("Resources:\n"
		  "  Live:\n"
		  "    Type: AWS::Lambda::Alias\n"
		  "    Properties: {FunctionName: !Ref First, ProvisionedConcurrencyConfig: "
		  "{ProvisionedConcurrentExecutions: 5}}\n"
		  "  First:\n"
		  "    Type: AWS::Lambda::Function\n"
		  "    Properties: {FunctionName: conv1, MemorySize: 512}\n"
		  "  Conv2: {Type: 'AWS::Lambda::Function', Properties: {MemorySize: 256}}\n"
		  "  Second:\n"
		  "    Type: AWS::Lambda::Version\n"
		  "    Properties: {FunctionName: !GetAtt Conv2.Arn, ProvisionedConcurrencyConfig: "
		  "{ProvisionedConcurrentExecutions: !Ref Many}}\n"
		  "  Plain: {Type: 'AWS::Lambda::Version', Properties: {FunctionName: !Ref First}}\n"
		  "  Machine:\n"
		  "    Type: AWS::StepFunctions::StateMachine\n"
		  "    Properties:\n"
		  "      DefinitionString: !Sub |\n"
		  "        {\"StartAt\":\"Each\",\"States\":{\"Each\":{\"Type\":\"Map\",\"MaxConcurrency\":24,"
		  "\"Iterator\":{\"States\":{\"A\":{\"Type\":\"Task\",\"Resource\":\"${First.Arn}\"}}}}}}\n"
		  "  Joined:\n"
		  "    Type: AWS::StepFunctions::StateMachine\n"
		  "    Properties: {DefinitionString: {'Fn::Join': ['', !Ref Pieces]}}\n"
		  "  Broken:\n"
		  "    Type: AWS::StepFunctions::StateMachine\n"
		  "    Properties: {DefinitionString: 'StartAt: A'}\n",
		  &reading);
	const struct current_function *functions = reading.current.functions;
	t_ok(reading.ok, "a CloudFormation template");
	t_int(functions[0].provisioned_concurrency, 5, "provisioned on an alias that comes first");
	t_int(functions[1].provisioned_concurrency, CURRENT_UNKNOWN, "a version's, by reference");
	t_int(reading.current.parallel, 24, "a map in one text");
	t_has(reading.words,
	      "ProvisionedConcurrentExecutions' of 'Second' is '!Ref Many', which only deployment resolves",
	      "the reference is named");
	t_has(reading.words, "'DefinitionString' of 'Joined' is put together by deployment, so that", "a joined text");
	t_has(reading.words, "'DefinitionString' of 'Broken' is no state machine; skipped", "a text that is none");
	t_has(reading.words, ":17:104: warning: 'A' is no function of the experiment", "the line of a task in a block");
	arena_release(&reading.arena);

	read_text("{Resources: {conv1: {Type: 'AWS::Lambda::Function', Properties: {MemorySize: 640}}}}\n", &reading);
	t_ok(reading.ok && reading.current.functions[0].memory_mb == 640, "YAML that begins with a brace");
	arena_release(&reading.arena);

	read_text("{\"Resources\":{\"conv1\":{\"Type\":\"AWS::Lambda::Function\",\"Properties\":{}},\"M\":{\"Type\":"
		  "\"AWS::StepFunctions::StateMachine\",\"Properties\":{\"DefinitionString\":{\"Fn::Sub\":["
		  "\"{\\\"States\\\":{\\\"E\\\":{\\\"Type\\\":\\\"Map\\\",\\\"MaxConcurrency\\\":9}}}\",{}]}}}}}",
		  &reading);
	t_int(reading.current.parallel, 9, "a substitution in its long form");
	arena_release(&reading.arena);

	read_text("{\"values\":{\"root_module\":{\"resources\":["
		  "{\"type\":\"aws_lambda_function\",\"name\":\"conv1\",\"values\":{}},"
		  "{\"type\":\"aws_lambda_provisioned_concurrency_config\",\"name\":\"warm\",\"values\":"
		  "{\"function_name\":\"conv1\",\"provisioned_concurrent_executions\":3,\"qualifier\":\"live\"}}]}}}",
		  &reading);
	t_int(reading.current.functions[0].provisioned_concurrency, 3, "provisioned as a resource of its own");
	arena_release(&reading.arena);
}

static void test_parts(void)
{
	struct reading reading;
	read_text("service: shop\n"
		  "functions:\n"
		  "  - conv1: {handler: a.b, memorySize: 896}\n"
		  "  - ${file(more.yml)}\n"
		  "  - conv2: {handler: a.b}\n"
		  "    fc: {handler: a.b, timeout: 11}\n",
		  &reading);
	const struct current_function *functions = reading.current.functions;
	t_ok(reading.ok && functions[0].memory_mb == 896 && functions[2].timeout_seconds == 11,
	     "functions of serverless.yml in several parts");
	t_has(reading.words, "'functions' holds '${file(more.yml)}', which only deployment resolves; skipped",
	      "a part that is elsewhere");
	arena_release(&reading.arena);
}

/* What each tool takes where a file says nothing of a function. */
static void test_defaults(void)
{
	static const struct {
		const char *text;
		int64_t memory_mb;
		int64_t timeout_seconds;
	} tools[] = {
		{"service: shop\nfunctions:\n  conv1: {handler: a.b}\n", 1024, 6},
		{"Resources:\n  conv1: {Type: AWS::Serverless::Function, Properties: {Handler: a.b}}\n", 128, 3},
		{"Resources:\n  conv1: {Type: AWS::Lambda::Function, Properties: {Handler: a.b}}\n", 128, 3},
		{"{\"resource\":{\"aws_lambda_function\":{\"conv1\":{\"handler\":\"a.b\"}}}}\n", 128, 3},
	};
	for (size_t i = 0; i < ARRAY_LEN(tools); i++) {
		struct reading reading;
		read_text(tools[i].text, &reading);
		const struct current_function *function = &reading.current.functions[0];
		t_ok(reading.ok && function->is_found, "a bare function is read");
		t_int(function->memory_mb, tools[i].memory_mb, "the tool's own memory");
		t_int(function->timeout_seconds, tools[i].timeout_seconds, "its time-out");
		t_int(function->tmp_mb, 512, "its /tmp");
		arena_release(&reading.arena);
	}
}

static void test_serverless(void)
{
	struct reading reading;
	read_text("service: shop\n"
		  "provider: {name: aws, memorySize: 512}\n"
		  "functions:\n"
		  "  conv1: {handler: a.b, memorySize: '${self:custom.size}', timeout: 20}\n"
		  "  conv2: {handler: a.b, reservedConcurrency: 0}\n"
		  "  other: {handler: a.b, name: shop-dev-fc, memorySize: 3008, reservedConcurrency: 7}\n",
		  &reading);
	const struct current_function *functions = reading.current.functions;
	t_ok(reading.ok, "a serverless.yml");
	t_int(functions[0].memory_mb, CURRENT_UNKNOWN, "a variable is not known");
	t_int(functions[0].timeout_seconds, 20, "a timeout");
	t_int(functions[1].memory_mb, 512, "memory of the provider");
	t_int(functions[1].timeout_seconds, 6, "the tool's own timeout");
	t_int(functions[2].memory_mb, 3008, "a function by its deployed name");
	t_int(functions[2].reserved_concurrency, 7, "a reservation");
	t_has(reading.words,
	      "'memorySize' of 'conv1' is '${self:custom.size}', which only deployment resolves; skipped", "the words");
	t_has(reading.words, "'reservedConcurrency' of 'conv2' is 0, which disables the function",
	      "nothing runs there");
	arena_release(&reading.arena);
}

static void test_terraform(void)
{
	struct reading reading;
	read_text("{\"format_version\":\"1.0\",\"values\":{\"root_module\":{\"resources\":["
		  "{\"type\":\"aws_lambda_function\",\"name\":\"stage\",\"index\":\"conv1\",\"values\":{\"memory_"
		  "size\":1769,"
		  "\"timeout\":900,\"reserved_concurrent_executions\":-1,\"ephemeral_storage\":[{\"size\":2048}],"
		  "\"architectures\":[\"arm64\"],\"function_name\":\"a\"}},"
		  "{\"type\":\"aws_sfn_state_machine\",\"name\":\"m\",\"values\":{\"definition\":"
		  "\"{\\\"StartAt\\\":\\\"P\\\",\\\"States\\\":{\\\"P\\\":{\\\"Type\\\":\\\"Map\\\","
		  "\\\"MaxConcurrency\\\":64,\\\"Iterator\\\":{}}}}\"}}],"
		  "\"child_modules\":[{\"resources\":[{\"type\":\"aws_lambda_function\",\"name\":\"conv2\",\"values\":"
		  "{\"memory_size\":null}}]}]}}}",
		  &reading);
	const struct current_function *functions = reading.current.functions;
	t_ok(reading.ok, "`terraform show -json`");
	t_int(functions[0].memory_mb, 1769, "memory");
	t_int(functions[0].tmp_mb, 2048, "/tmp");
	t_int(functions[0].reserved_concurrency, 0, "a reservation of -1 is none");
	t_str(functions[0].architecture, "arm64", "architecture");
	t_int(functions[1].memory_mb, 128, "a function of a module, with the default");
	t_int(reading.current.parallel, 64, "the state machine's concurrency");
	t_has(reading.words, "warning: it has no function 'fc'; what the experiment says of it stands for what is",
	      "the function that it lacks");
	t_ok(strchr(reading.words, '\n') == strrchr(reading.words, '\n'), "and nothing else to say");
	arena_release(&reading.arena);
}

static void test_machine(void)
{
	struct reading reading;
	read_text(
		"{\"StartAt\":\"PerRecord\",\"States\":{\"PerRecord\":{\"Type\":\"Map\",\"MaxConcurrency\":32,"
		"\"ItemProcessor\":{\"StartAt\":\"A\",\"States\":{"
		"\"A\":{\"Type\":\"Task\",\"Resource\":\"arn:aws:states:::lambda:invoke\",\"Parameters\":"
		"{\"FunctionName\":\"${Conv1FunctionArn}\"},\"Next\":\"B\"},"
		"\"B\":{\"Type\":\"Task\",\"Resource\":\"arn:aws:lambda:eu-west-1:1:function:resize\",\"End\":true}}},"
		"\"End\":true}}}",
		&reading);
	t_ok(reading.ok, "a state machine");
	t_int(reading.current.parallel, 32, "its map's concurrency");
	t_has(reading.words, "warning: 'B' is no function of the experiment (conv1, conv2, fc); skipped",
	      "a task of another function");
	t_ok(!strstr(reading.words, "'A'"), "a task of a known one");
	arena_release(&reading.arena);

	read_text("{\"StartAt\":\"Each\",\"States\":{\"Each\":{\"Type\":\"Map\",\"MaxConcurrencyPath\":\"$.lanes\","
		  "\"ItemProcessor\":{\"StartAt\":\"A\",\"States\":{\"A\":{\"Type\":\"Task\",\"Resource\":"
		  "\"arn:aws:lambda:eu-west-1:1:function:conv1\",\"End\":true}}},\"End\":true}}}",
		  &reading);
	t_has(reading.words, "'MaxConcurrencyPath' of 'Each' is '$.lanes', which only a run resolves; skipped",
	      "a bound that the input has");
	t_ok(!strstr(reading.words, "no bound"), "which is not said to be missing");
	arena_release(&reading.arena);
}

/* In every tool's words; a function without any has none, a reference is not known. */
static void test_snapshots(void)
{
	static const struct {
		const char *text;
		int64_t want;
	} cases[] = {
		{"Resources: {Conv1: {Type: AWS::Serverless::Function, Properties: {SnapStart: {ApplyOn: "
		 "PublishedVersions}}}}",
		 1},
		{"Resources: {Conv1: {Type: AWS::Lambda::Function, Properties: {SnapStart: {ApplyOn: None}}}}", 0},
		{"Resources: {Conv1: {Type: AWS::Lambda::Function, Properties: {SnapStart: {ApplyOn: !Ref When}}}}",
		 CURRENT_UNKNOWN},
		{"Resources: {Conv1: {Type: AWS::Lambda::Function}}", 0},
		{"provider: {name: aws}\nfunctions: {conv1: {snapStart: true}}", 1},
		{"provider: {name: aws}\nfunctions: {conv1: {snapStart: false}}", 0},
		{"{\"values\": {\"root_module\": {\"resources\": [{\"type\": \"aws_lambda_function\", \"name\": "
		 "\"conv1\", \"values\": {\"snap_start\": [{\"apply_on\": \"PublishedVersions\"}]}}]}}}",
		 1},
		{"{\"lamina_functions\": {\"conv1\": {\"snap_start\": {\"apply_on\": \"PublishedVersions\"}}}}", 1},
		{"{\"FunctionName\": \"conv1\", \"SnapStart\": {\"ApplyOn\": \"PublishedVersions\"}}", 1},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct reading reading;
		read_text(cases[i].text, &reading);
		t_ok(reading.ok, "%s", cases[i].text);
		t_int(reading.current.functions[0].has_snapshot, cases[i].want, "is read");
		arena_release(&reading.arena);
	}
}

/* Where they are not offered the function is compared without, and the warning says where the file has them. */
static void test_snapshots_forgotten(void)
{
	struct reading reading;
	struct diag diag;
	struct platform platform = {.name = "toy"};
	const struct platform_runtime node = {.snapshot = SNAPSHOT_NONE};
	double restore = 0.3;
	struct setting_function functions[3] = {0};
	struct setting setting = {.platform = &platform, .functions = functions, .function_count = 3};
	for (int k = 0; k < 3; k++) {
		diag_init(&diag);
		read_text("provider: {name: aws}\nfunctions: {conv1: {snapStart: true}, conv2: {snapStart: false}}",
			  &reading);
		platform.sandbox.restore_seconds.table =
			(struct quantile_table){.probability = &restore, .value = &restore, .count = k > 0};
		functions[0].sandbox.runtime = k == 1 ? &node : NULL;
		current_forget_snapshots(&reading.current, &setting, &diag);
		t_ok(diag.count == (k < 2), "case %d: as many warnings", k);
		t_int(reading.current.functions[0].has_snapshot, k == 2, "and what is compared");
		diag_release(&diag);
		arena_release(&reading.arena);
	}
}

static void test_api_answers(void)
{
	struct reading reading;
	read_text("{\"FunctionName\": \"shop-conv1\", \"MemorySize\": 1024, \"Timeout\": 29,"
		  "\"Architectures\": [\"arm64\"], \"EphemeralStorage\": {\"Size\": 2048}}",
		  &reading);
	t_ok(reading.ok, "get-function-configuration");
	t_int(reading.current.functions[0].memory_mb, 1024, "memory");
	t_int(reading.current.functions[0].timeout_seconds, 29, "timeout");
	t_int(reading.current.functions[0].tmp_mb, 2048, "/tmp");
	t_has(reading.words, "warning: it has no function 'fc'; what the experiment says of it stands for what is",
	      "functions that it lacks");
	struct diag diag;
	diag_init(&diag);
	current_forget_arm64(&reading.current, &diag);
	t_int((long long)diag.count, 1, "one warning of arm64 without a speed");
	t_ok(!reading.current.functions[0].architecture, "which is not compared");
	diag_release(&diag);
	arena_release(&reading.arena);

	read_text("{\"Configuration\": {\"FunctionName\": \"conv2\", \"MemorySize\": 512},"
		  "\"Code\": {\"RepositoryType\": \"S3\"}, \"Concurrency\": {\"ReservedConcurrentExecutions\": 7}}",
		  &reading);
	t_ok(reading.ok, "get-function");
	t_int(reading.current.functions[1].memory_mb, 512, "its configuration");
	t_int(reading.current.functions[1].reserved_concurrency, 7, "the reservation that stands beside it");
	arena_release(&reading.arena);

	static const char *const lists[] = {
		"{\"Functions\": [{\"FunctionName\": \"conv1\", \"MemorySize\": 256},"
		"{\"FunctionName\": \"fc\", \"MemorySize\": 3008}]}",
		"- FunctionName: conv1\n  MemorySize: 256\n- FunctionName: fc\n  MemorySize: 3008\n",
		"Functions:\n- FunctionName: conv1\n  MemorySize: 256\n- FunctionName: fc\n  MemorySize: 3008\n",
		"[{\"FunctionName\": \"conv1\", \"MemorySize\": 256}, {\"FunctionName\": \"fc\", \"MemorySize\": "
		"3008}]",
	};
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		read_text(lists[i], &reading);
		t_ok(reading.ok, "list-functions, spelling %zu", i);
		t_int(reading.current.functions[0].memory_mb, 256, "the first");
		t_int(reading.current.functions[2].memory_mb, 3008, "the last");
		arena_release(&reading.arena);
	}
}

/* As CloudFormation takes them: the last of a key counts. */
static void test_duplicates(void)
{
	struct reading reading;
	read_text("Resources:\n"
		  "  conv1:\n"
		  "    Type: AWS::Lambda::Function\n"
		  "    Properties: {MemorySize: 512, Timeout: 5, MemorySize: 640, MemorySize: 768}\n"
		  "  conv1:\n"
		  "    Type: AWS::Lambda::Function\n"
		  "    Properties: {MemorySize: 1024}\n",
		  &reading);
	t_ok(reading.ok, "duplicate keys are read");
	t_int(reading.current.functions[0].memory_mb, 1024, "the last counts");
	t_int(reading.current.functions[0].timeout_seconds, 3, "alone");
	t_has(reading.words, ":5:3: warning: duplicate key 'conv1' (first on line 2); this last one counts",
	      "its words");
	t_has(reading.words, ":4:47: warning: duplicate key 'MemorySize' (first on line 4); this last one counts",
	      "and where it comes three times");
	arena_release(&reading.arena);
	read_text("Resources: {conv1: {Type: 'AWS::Lambda::Function', Properties: {MemorySize: 512, MemorySize: 640, "
		  "MemorySize: 768}}}\n",
		  &reading);
	t_int(reading.current.functions[0].memory_mb, 768, "the third of three");
	arena_release(&reading.arena);
}

static void test_mistakes(void)
{
	static const struct {
		const char *name;
		const char *text;
		const char *words;
	} cases[] = {
		{"an empty file", "", "the document is empty"},
		{"JSON that is cut off", "{\"Resources\": {", ":1:15: string or '}' expected near end of file"},
		{"YAML that is none", "Resources: [", "did not find expected node content"},
		{"something else", "a: 1\n",
		 ": neither a SAM or CloudFormation template, nor a serverless.yml, nor `terraform show -json`, nor a "
		 "*.tf.json, nor a state machine"},
		{"no function", "Resources: {B: {Type: 'AWS::S3::Bucket'}}\n", ": there is no Lambda function in it"},
		{"anchors", "Resources: {B: *a}\n", "no anchor '&a' stands before this alias"},
	};
	struct reading reading;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		read_text(cases[i].text, &reading);
		t_ok(!reading.ok && !reading.io_failed, "%s", cases[i].name);
		t_has(reading.words, cases[i].words, "and its words");
		arena_release(&reading.arena);
	}
	read_path("no/such.yaml", &reading);
	t_ok(!reading.ok && reading.io_failed, "a file that is not there");
	arena_release(&reading.arena);

	char deep[1024];
	memset(deep, '[', sizeof deep);
	memcpy(deep, "{\"a\":", 5);
	memset(deep + 300, ']', 295);
	memcpy(deep + 595, "}", 2);
	read_text(deep, &reading);
	t_has(reading.words, "nested more than 64 levels deep, the most that is allowed", "JSON that is nested deep");
	arena_release(&reading.arena);

	read_text("Resources: {conv1: {Type: 'AWS::Lambda::Function', Properties: {MemorySize: big, Timeout: [3]}}}\n",
		  &reading);
	t_ok(reading.ok && reading.current.functions[0].memory_mb == CURRENT_UNKNOWN, "memory that is no number");
	t_has(reading.words, "'MemorySize' of 'conv1' is text 'big', not a whole number; skipped", "its words");
	t_has(reading.words, "'Timeout' of 'conv1' is a list, not one value; skipped", "a list instead of a value");
	arena_release(&reading.arena);
}

int main(void)
{
	test_sam();
	test_scattered();
	test_parts();
	test_defaults();
	test_serverless();
	test_terraform();
	test_machine();
	test_snapshots();
	test_snapshots_forgotten();
	test_api_answers();
	test_duplicates();
	test_mistakes();
	return t_done();
}
