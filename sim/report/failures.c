/* A row for each cause, so that none is without words. */
#include "report/failures.h"

#include "base/num.h"

struct case_of {
	const struct setting *setting;
	const struct setting_function *function;
	double count; /* mean over replications */
};

static void say_memory(const struct case_of *c, struct buf *out)
{
	buf_printf(out, "ran out of memory (needs %.0f MB, has %lld)", c->function->work.peak_memory_mb,
		   (long long)c->function->memory_mb);
}

static void say_tmp(const struct case_of *c, struct buf *out)
{
	const struct platform_limits *limits = &c->setting->platform->limits;
	buf_printf(out, "filled its /tmp (needs %.0f MB, has %lld", c->function->work.tmp_mb,
		   (long long)c->function->tmp_mb);
	if (limits->tmp_max_mb > 0 && c->function->work.tmp_mb <= (double)limits->tmp_max_mb)
		buf_printf(out, "; functions.%s.tmp_mb buys up to %lld", c->function->name,
			   (long long)limits->tmp_max_mb);
	buf_add_char(out, ')');
}

static void say_timeout(const struct case_of *c, struct buf *out)
{
	buf_printf(out, "ran out of time %.4g times", c->count);
}

static void say_error(const struct case_of *c, struct buf *out)
{
	buf_printf(out, "ended in an error %.4g times (failures.error_rate is %g)", c->count,
		   c->setting->failures.error_rate);
}

static void say_crash(const struct case_of *c, struct buf *out)
{
	buf_printf(out, "lost its sandbox to a crash %.4g times (failures.crashes_per_hour is %g)", c->count,
		   c->setting->failures.crashes_per_hour);
}

static void say_expired(const struct case_of *c, struct buf *out)
{
	buf_printf(out, "was throttled until %.4g calls were too old for the queue (%g s)", c->count,
		   c->setting->platform->limits.async_age_seconds);
}

static void (*const sentences[FAILURES])(const struct case_of *, struct buf *) = {
	[FAILURE_MEMORY] = say_memory, [FAILURE_TMP] = say_tmp,     [FAILURE_TIMEOUT] = say_timeout,
	[FAILURE_ERROR] = say_error,   [FAILURE_CRASH] = say_crash, [FAILURE_EXPIRED] = say_expired,
};

void failures_describe(const struct setting *setting, const struct run_result *result, struct buf *out)
{
	const char *separator = "";
	for (size_t f = 0; f < result->function_count; f++) {
		for (int failure = 0; failure < FAILURES; failure++) {
			const struct case_of c = {setting, &setting->functions[f],
						  result->functions[f].failures[failure]};
			if (c.count == 0)
				continue;
			buf_printf(out, "%s%s ", separator, c.function->name);
			sentences[failure](&c, out);
			separator = "; ";
		}
	}
}
