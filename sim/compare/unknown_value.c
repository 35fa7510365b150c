/* What nobody has published: its best value, and the value up to which the platform stays the cheapest. */
#include "compare/steps.h"

#include <math.h>
#include <string.h>

#include "base/num.h"
#include "compare/measurement.h"

enum unknown_kind { UNKNOWN_PRICE, UNKNOWN_TIMES, UNKNOWN_TIME, UNKNOWN_LIMIT };

/* By kind: the best value. */
static const struct {
	const char *best;
	const char *unit;
} kinds[] = {
	[UNKNOWN_PRICE] = {"0", "USD"},
	[UNKNOWN_TIMES] = {"{probability: [0.5], value: [0]}", "s"},
	[UNKNOWN_TIME] = {"0", "s"},
	[UNKNOWN_LIMIT] = {NULL, ""},
};

/* The first row counts whose prefix the key begins with. */
static const struct unknown_rule {
	const char *prefix;
	enum unknown_kind kind;
	const char *what;
	const char *best; /* of limits */
} rules[] = {
	{"price.usd_per_device_second", UNKNOWN_PRICE, "a GPU second", NULL},
	{"price.usd_per_vcpu_second", UNKNOWN_PRICE, "a vCPU second", NULL},
	{"price.usd_per_gb_second", UNKNOWN_PRICE, "a GB-second", NULL},
	{"price.usd_per_million_requests", UNKNOWN_PRICE, "a million requests", NULL},
	{"price.usd_per_instance_hour", UNKNOWN_PRICE, "an hour of an instance", NULL},
	{"price.usd_per_hour", UNKNOWN_PRICE, "an hour", NULL},
	{"price.usd_per_1000_puts", UNKNOWN_PRICE, "1,000 PUTs", NULL},
	{"price.usd_per_1000_gets", UNKNOWN_PRICE, "1,000 GETs", NULL},
	{"price.usd_per_", UNKNOWN_PRICE, NULL, NULL},
	{"sandbox.cold_start_seconds", UNKNOWN_TIMES, "a cold start", NULL},
	{"sandbox.warm_start_seconds", UNKNOWN_TIMES, "a warm start", NULL},
	{"sandbox.package_seconds", UNKNOWN_TIMES, "fetching the package", NULL},
	{"sandbox.image_seconds", UNKNOWN_TIMES, "fetching the image", NULL},
	{"sandbox.resume_seconds", UNKNOWN_TIMES, "a resume", NULL},
	{"device.start_seconds", UNKNOWN_TIMES, "the device's start", NULL},
	{"device.load_seconds_per_gb", UNKNOWN_TIMES, "moving a GB to the device", NULL},
	{"sandbox.disk_seconds_per_gb", UNKNOWN_TIMES, "a GB from disk", NULL},
	/* Idle ones cost nothing there (unknown_value_init). */
	{"sandbox.keep_alive_seconds", UNKNOWN_LIMIT, "how long idle ones are kept",
	 "{probability: [0.5], value: [1e5]}"},
	{"store.get_seconds", UNKNOWN_TIMES, "a GET", NULL},
	{"store.put_seconds", UNKNOWN_TIMES, "a PUT", NULL},
	/* So many vCPUs that no request waits for one. */
	{"cpu.mb_per_vcpu", UNKNOWN_LIMIT, "the memory that comes with a vCPU", "1"},
	{"network.cpu_seconds_per_mb", UNKNOWN_TIME, "the CPU of moving a MB", NULL},
	{"limits.burst_per_minute", UNKNOWN_LIMIT, "new sandboxes a minute", "1e9"},
	{"limits.burst", UNKNOWN_LIMIT, "new sandboxes at once", "10000000"},
	{"store.connection_mb_per_second", UNKNOWN_LIMIT, "a store connection's MB/s", "100000"},
	{"network.burst_mb_per_second", UNKNOWN_LIMIT, "the network's MB/s", "100000"},
	{"network.bucket_mb", UNKNOWN_LIMIT, "the network's burst", "0"},
	{"network.refill_mb_per_second", UNKNOWN_LIMIT, "the network's MB/s", "100000"},
};

static const struct unknown_rule *rule_of(const char *key)
{
	for (size_t i = 0; i < ARRAY_LEN(rules); i++)
		if (strncmp(key, rules[i].prefix, strlen(rules[i].prefix)) == 0)
			return &rules[i];
	return NULL;
}

const char *unknown_value_init(struct unknown_value *out, const char *key, const struct platform_price *price)
{
	const struct unknown_rule *rule = rule_of(key);
	bool is_kept_for_money =
		price->billed_by == BILLED_BY_INSTANCE && strcmp(key, "sandbox.keep_alive_seconds") == 0;
	if (!rule || is_kept_for_money)
		return NULL;
	*out = (struct unknown_value){
		.key = key,
		.what = rule->what ? rule->what : key,
		.unit = kinds[rule->kind].unit,
		.best = rule->kind == UNKNOWN_LIMIT ? HUGE_VAL : 0,
	};
	return rule->best ? rule->best : kinds[rule->kind].best;
}

/* What is looked for, and by what. */
struct solving {
	const struct compare_request *request;
	struct library *library;
	struct arena *arena;
	const struct contender *contender;
	double rival_usd;
	struct effort effort;
	double scale; /* from cost at this effort to that in the table, both on the best values */
};

static const char *written(enum unknown_kind kind, double value, struct arena *arena)
{
	return kind == UNKNOWN_TIMES ? arena_printf(arena, "{probability: [0.5], value: [%.17g]}", value)
				     : arena_printf(arena, "%.17g", value);
}

/* The best setting with another value of one of the platform's keys; NULL where its file takes no such value. */
static struct setting *with_value(const struct contender *contender, struct library *library, const char *key,
				  const char *value, struct arena *arena)
{
	struct yaml_node *root = yaml_copy(contender->root, arena);
	struct setting *setting = setting_copy(contender->best, arena);
	struct diag unsaid;
	diag_init(&unsaid);
	const char *full = arena_printf(arena, "platform_values.%s", key);
	struct diag_place place = bind_place(root, "platform");
	setting->platform = NULL;
	if (yaml_set(root, full, value, place, arena, &unsaid)) {
		const struct platform_changes changes = {
			.region = contender->experiment.region,
			.region_place = place,
			.values = yaml_get(root, "platform_values"),
		};
		setting->platform = library_platform(library, contender->name, &changes, place, &unsaid);
	}
	diag_release(&unsaid);
	return setting->platform ? setting : NULL;
}

/* Cost and service with this value. False when interrupted. */
static bool try_value(const struct solving *solving, const char *key, enum unknown_kind kind, double value, double *usd,
		      bool *serves)
{
	struct arena *arena = solving->arena;
	const struct setting *setting =
		with_value(solving->contender, solving->library, key, written(kind, value, arena), arena);
	struct measurement measured = {.setting = setting};
	*serves = false;
	*usd = HUGE_VAL;
	if (!setting)
		return true;
	if (!measurement_take(solving->request, &measured, 1, solving->effort, arena))
		return false;
	*usd = solving->scale * measurement_mean(measured.usd, measured.replications);
	*serves = measured.serves;
	return true;
}

/* Linear in the price: from its cost without, and with one dollar. */
static bool solve_price(struct solving *solving, struct unknown_value *unknown)
{
	solving->effort = measurement_usual(solving->request);
	solving->scale = 1;
	double with_usd;
	bool serves;
	double without_usd = solving->contender->usd.mean;
	if (!try_value(solving, unknown->key, UNKNOWN_PRICE, 1, &with_usd, &serves))
		return false;
	double slope = with_usd - without_usd;
	unknown->value = slope > 0 ? (solving->rival_usd - without_usd) / slope : HUGE_VAL;
	unknown->is_solved = unknown->value > 0;
	return true;
}

/* Many values are tried of a time, each with as much effort as a point of a curve. False when interrupted. */
static bool begin_times(struct solving *solving)
{
	struct measurement measured = {.setting = solving->contender->best};
	solving->effort = measurement_of_curve(solving->request, 1);
	if (!measurement_take(solving->request, &measured, 1, solving->effort, solving->arena))
		return false;
	double usd = measurement_mean(measured.usd, measured.replications);
	solving->scale = usd > 0 ? solving->contender->usd.mean / usd : 1;
	return true;
}

/* The longest time with which it is still the cheapest and keeps the bounds, to a hundredth. */
static bool solve_time(struct solving *solving, struct unknown_value *unknown, enum unknown_kind kind)
{
	enum { HALVINGS = 11 };
	static const double LONGEST_SECONDS = 600;
	double low = 1e-3;
	double high = LONGEST_SECONDS;
	double usd;
	bool serves;
	if (!begin_times(solving) || !try_value(solving, unknown->key, kind, high, &usd, &serves))
		return false;
	unknown->is_solved = true;
	unknown->value = HUGE_VAL;
	if (serves && usd < solving->rival_usd)
		return true;
	for (int i = 0; i < HALVINGS; i++) {
		double middle = sqrt(low * high);
		if (!try_value(solving, unknown->key, kind, middle, &usd, &serves))
			return false;
		*(serves && usd < solving->rival_usd ? &low : &high) = middle;
	}
	unknown->value = low;
	return true;
}

bool unknown_value_solve(const struct compare_request *request, struct library *library, double rival_usd,
			 struct arena *arena, struct contender *contender)
{
	struct solving solving = {
		.request = request,
		.library = library,
		.arena = arena,
		.contender = contender,
		.rival_usd = rival_usd,
	};
	bool could_be_cheapest = contender->measured.serves && contender->usd.mean < rival_usd;
	for (size_t i = 0; i < contender->unknown_count && could_be_cheapest; i++) {
		struct unknown_value *unknown = &contender->unknowns[i];
		enum unknown_kind kind = rule_of(unknown->key)->kind;
		bool is_finished = true;
		if (kind == UNKNOWN_PRICE)
			is_finished = solve_price(&solving, unknown);
		else if (kind != UNKNOWN_LIMIT)
			is_finished = solve_time(&solving, unknown, kind);
		if (!is_finished)
			return false;
	}
	return true;
}
