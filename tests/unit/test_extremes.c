/*
 * Every number of an experiment and of its platform at the edges of what the schema allows: a command ends by itself
 * or, told to stop, within seconds; with an exit status that the manual knows, and with words where it is not 0. The
 * walk follows the tables that files are read by, so that no key is forgotten. EXTREMES=all (`make extremes`) takes
 * more values and experiments, also two keys at a time, and also plans; else each key has its most dangerous ones.
 */
#include <fcntl.h>
#include <math.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "base/buf.h"
#include "base/check.h"
#include "base/num.h"
#include "cli/commands.h"
#include "scenario/experiment_file.h"
#include "scenario/platform_file.h"
#include "tests/tap.h"

enum { KEYS_MAX = 1000, KEY_BYTES = 160, VALUES_MAX = 16, PATIENCE_SECONDS = 20 };

#if defined(__SANITIZE_ADDRESS__)
enum { HAS_MEMORY_BOUND = 0 };
#else
enum { HAS_MEMORY_BOUND = 1 };
#endif

static const rlim_t MEMORY_BYTES = (rlim_t)4 << 30;

struct key {
	char name[KEY_BYTES];
	bool is_whole;
	bool is_list;
	double min;
	double max;
};

static struct key keys[KEYS_MAX];
static size_t key_count;
static char folder[] = "/tmp/lamina-extremes-XXXXXX";
static bool is_thorough;

/* The longest that a command took to end when it was told to. */
static struct {
	double seconds;
	char command[4 * KEY_BYTES];
} slowest;

/* Whether a value can be set for it on a command line: a number, or a distribution of one value. */
static void walk(const struct bind_schema *schema, const char *prefix)
{
	for (const struct bind_field *field = schema->fields; field->key; field++) {
		char name[KEY_BYTES];
		snprintf(name, sizeof name, "%s%s", prefix, field->key);
		bool is_number = field->type == BIND_INT || field->type == BIND_DOUBLE;
		if (field->type == BIND_STRUCT && field->schema == &quantiles_schema) {
			is_number = true;
		} else if (field->type == BIND_STRUCT) {
			snprintf(name, sizeof name, "%s%s.", prefix, field->key);
			walk(field->schema, name);
		} else if (field->type == BIND_STRUCT_MAP && strcmp(name, "functions") == 0) {
			walk(field->schema, "functions.f.");
		}
		if (!is_number || key_count == KEYS_MAX)
			continue;
		struct key *key = &keys[key_count++];
		*key = (struct key){.is_whole = field->type == BIND_INT, .min = field->min, .max = field->max};
		key->is_list = field->type == BIND_STRUCT;
		if (key->is_list)
			key->max = 1e12;
		snprintf(key->name, sizeof key->name, "%s", name);
	}
}

static void add_value(double value, double values[VALUES_MAX], size_t *count)
{
	for (size_t i = 0; i < *count; i++)
		if (values[i] == value)
			return;
	values[(*count)++] = value;
}

static size_t values_of(const struct key *key, double values[VALUES_MAX])
{
	static const double all[] = {0, 1e-300, 1e-9, 1, 1e6, 1e12, 1e15, 1e300};
	bool is_bounded = key->min != 0 || key->max != 0;
	size_t count = 0;
	add_value(is_bounded ? key->min : 0, values, &count);
	add_value(is_bounded && isfinite(key->max) ? key->max : 1e300, values, &count);
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		bool is_legal = !is_bounded || (all[i] >= key->min && all[i] <= key->max);
		if (is_legal && (!key->is_whole || all[i] == floor(all[i])) && (is_thorough || i == 1 || i == 2))
			add_value(all[i], values, &count);
	}
	return count;
}

static void set_text(const struct key *key, double value, char *out, size_t bytes)
{
	char number[NUM_TEXT_BYTES];
	if (key->is_whole)
		snprintf(number, sizeof number, "%lld", (long long)fmin(fmax(value, -9.2e18), 9.2e18));
	else
		num_format_double(value, number);
	snprintf(out, bytes, key->is_list ? "%s={probability: [0.5], value: [%s]}" : "%s=%s", key->name, number);
}

static void become_command(char **argv, int argc, const char *words)
{
	int out = open("/dev/null", O_WRONLY);
	int err = open(words, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	struct rlimit memory = {MEMORY_BYTES, MEMORY_BYTES};
	struct rlimit no_core = {0, 0};
	setrlimit(RLIMIT_CORE, &no_core);
	if (HAS_MEMORY_BOUND)
		setrlimit(RLIMIT_AS, &memory);
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	exit(command_main(&lamina_program, argc, argv));
}

static double now_seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* True when it ended within so many seconds of the wall's clock. */
static bool await(pid_t child, double seconds, int *status)
{
	const struct timespec nap = {.tv_nsec = 2 * NS_PER_MS};
	for (double begun = now_seconds(); now_seconds() - begun < seconds;) {
		if (waitpid(child, status, WNOHANG) == child)
			return true;
		nanosleep(&nap, NULL);
	}
	return false;
}

static bool has_words(const char *path)
{
	struct stat status;
	return stat(path, &status) == 0 && status.st_size > 0;
}

/* An empty text where all is well, else what is wrong. */
static const char *fault_of(const char *command, const char *experiment, const char *first, const char *second)
{
	char program[] = "lamina";
	const char *words = "words";
	char *argv[12] = {program, strdup(command), strdup(experiment), strdup("--set"), strdup(first)};
	int argc = 5;
	if (second) {
		argv[argc++] = strdup("--set");
		argv[argc++] = strdup(second);
	}
	argv[argc++] = strdup("--jobs=1");
	pid_t child = fork();
	if (child == 0)
		become_command(argv, argc, words);
	for (int i = 1; i < argc; i++)
		free(argv[i]);
	int status = 0;
	if (!await(child, is_thorough ? 0.5 : 0.1, &status)) {
		double told = now_seconds();
		kill(child, SIGINT);
		if (!await(child, PATIENCE_SECONDS, &status)) {
			kill(child, SIGKILL);
			waitpid(child, &status, 0);
			return "cannot be interrupted";
		}
		double seconds = now_seconds() - told;
		if (seconds > slowest.seconds) {
			slowest.seconds = seconds;
			snprintf(slowest.command, sizeof slowest.command, "%s %s --set %s %s", command, experiment,
				 first, second ? second : "");
		}
		return WIFSIGNALED(status) && WTERMSIG(status) != SIGINT ? "dies when interrupted" : "";
	}
	if (WIFSIGNALED(status))
		return "dies of a signal";
	if (WEXITSTATUS(status) > CLI_INFEASIBLE)
		return "has an exit status that the manual does not know";
	return WEXITSTATUS(status) != 0 && !has_words(words) ? "fails without words" : "";
}

static const char *const bases[] = {"batch.yaml", "stream.yaml", "shared.yaml"};

static void try(const char *command, const char *base, const char *first, const char *second)
{
	const char *fault = fault_of(command, base, first, second);
	if (*fault)
		t_ok(false, "%s %s --set %s%s%s %s", command, base, first, second ? " --set " : "",
		     second ? second : "", fault);
}

static void try_key(const char *command, const char *base, const struct key *key)
{
	double values[VALUES_MAX];
	size_t count = values_of(key, values);
	for (size_t i = 0; i < count; i++) {
		char text[2 * KEY_BYTES];
		set_text(key, values[i], text, sizeof text);
		try(command, base, text, NULL);
	}
}

/* Of two keys the highest and lowest values that they may have; partners are spread over the table. */
static void try_pairs(const char *base, size_t index)
{
	for (size_t step = 1; step < key_count; step += 17) {
		const struct key *pair[] = {&keys[index], &keys[(index + step) % key_count]};
		for (int corner = 0; corner < 4; corner++) {
			char text[2][2 * KEY_BYTES];
			for (int k = 0; k < 2; k++) {
				double values[VALUES_MAX];
				values_of(pair[k], values);
				set_text(pair[k], values[corner >> k & 1], text[k], sizeof text[k]);
			}
			try("run", base, text[0], text[1]);
		}
	}
}

static void write_base(const char *name, const char *text)
{
	FILE *out = fopen(name, "w");
	fprintf(out,
		"apiVersion: lamina/v1\nname: extremes\nplatform: aws-lambda\nreplications: {min: 2}\n"
		"functions: {f: {memory_mb: 1024, work: {cpu_seconds: 0.2, download_mb: 3, upload_mb: 1}}}\n%s",
		text);
	fclose(out);
}

int main(void)
{
	const char *wanted = getenv("EXTREMES");
	is_thorough = wanted && strcmp(wanted, "all") == 0;
	char *data = realpath("configs", NULL);
	if (!mkdtemp(folder) || chdir(folder) != 0)
		return 1;
	if (data)
		symlink(data, "configs");
	write_base(bases[0], "workload: {images: 20}\npipeline: {parallel: 4}\n");
	write_base(bases[1], "workload: {arrivals: {kind: poisson, rate_per_second: 5, duration_seconds: 20}}\n");
	write_base(bases[2], "workload: {images: 20}\npipeline: {parallel: 4, shared_hosts: true}\n");
	walk(&experiment_schema, "");
	walk(&platform_schema, "platform_values.");
	for (size_t i = 0; i < key_count; i++) {
		int failed = t_failed_;
		for (size_t b = 0; b < (is_thorough ? ARRAY_LEN(bases) : 1); b++)
			try_key("run", bases[b], &keys[i]);
		if (is_thorough)
			try_key("plan", bases[0], &keys[i]);
		t_ok(failed == t_failed_, "%s", keys[i].name);
	}
	for (size_t i = 0; is_thorough && i < key_count; i++) {
		int failed = t_failed_;
		for (size_t b = 0; b < ARRAY_LEN(bases); b++)
			try_pairs(bases[b], i);
		t_ok(failed == t_failed_, "%s with another", keys[i].name);
	}
	printf("# the slowest to end took %.3f s: %s\n", slowest.seconds, slowest.command);
	const char *left[] = {"words", "configs", bases[0], bases[1], bases[2]};
	for (size_t i = 0; i < ARRAY_LEN(left); i++)
		unlink(left[i]);
	t_ok(rmdir(folder) == 0, "nothing is left behind");
	free(data);
	return t_done();
}
