#include "platform/limits.h"

#include <math.h>

#include "platform/keys.h"

static const char *const burst_scopes[] = {[BURST_OF_ACCOUNT] = "account", [BURST_OF_FUNCTION] = "function", NULL};

static const struct bind_field limits_fields[] = {
	NUMBER(struct platform_limits, timeout_seconds, 1, 1e6, "the longest timeout a function may have"),
	MAYBE_NUMBER(struct platform_limits, init_seconds, "0", 0, 1e6,
		     "longer initialising is broken off and repeated by the first request; 0: no bound"),
	INTEGER(struct platform_limits, tmp_mb, 0, 1048576, "size of /tmp that comes with a function, MB"),
	BIND_FIELD(struct platform_limits, tmp_max_mb, BIND_INT, .fallback = "0", .min = 0, .max = 1048576,
		   .help = "the largest /tmp sold, MB; 0: no more than comes with a function"),
	INTEGER(struct platform_limits, concurrency, 1, 10000000, "sandboxes in use at once, whole account"),
	BIND_FIELD(struct platform_limits, unreserved, BIND_INT, .fallback = "0", .min = 0, .max = 10000000,
		   .help = "concurrency that reservations must leave"),
	INTEGER(struct platform_limits, burst, 1, 10000000, "new sandboxes at once"),
	MAYBE_NUMBER(struct platform_limits, invocations_per_place, "0", 0, 1e6,
		     "synchronous calls a second for each unit of concurrency; 0: no bound"),
	NUMBER(struct platform_limits, burst_per_minute, 0, 1e9, "new sandboxes per minute once the burst is used up"),
	BIND_FIELD(struct platform_limits, burst_scope, BIND_CHOICE, .fallback = "account", .choices = burst_scopes,
		   .help = "who has a burst of its own"),
	NUMBER(struct platform_limits, retry_min_seconds, 1e-3, 3600, "first back-off of a throttled caller"),
	NUMBER(struct platform_limits, retry_max_seconds, 1e-3, 86400, "longest back-off of a throttled caller"),
	BIND_FIELD(struct platform_limits, async_retry_seconds, BIND_DOUBLE_LIST, .min = 0, .max = 86400,
		   .help = "asynchronous calls: rest after each failure, before the next try"),
	NUMBER_OF_IT(struct platform_limits, async_backoff_min_seconds, 1e-3, 86400,
		     "asynchronous calls: first wait of a throttled one, which doubles"),
	NUMBER_OF_IT(struct platform_limits, async_backoff_max_seconds, 1e-3, 86400,
		     "asynchronous calls: longest wait of a throttled one"),
	NUMBER_OF_IT(struct platform_limits, async_age_seconds, 1, 1e7,
		     "asynchronous calls: age at which they are given up; without it there are no such calls"),
	MAYBE_NUMBER(struct platform_limits, zip_mb, ".inf", 0, HUGE_VAL,
		     "largest zip package, unzipped, MB; .inf: not known"),
	MAYBE_NUMBER(struct platform_limits, image_mb, ".inf", 0, HUGE_VAL,
		     "largest container image, MB; 0: none is taken; .inf: not known"),
	BIND_FIELD(struct platform_limits, snapshot_tmp_mb, BIND_INT, .fallback = "0", .min = 0, .max = 1048576,
		   .help = "largest /tmp of a function with a snapshot, MB; 0: any that is sold"),
	BIND_FIELD(struct platform_limits, snapshot_of_image, BIND_BOOL, .fallback = "true",
		   .help = "whether a container image can have a snapshot"),
	BIND_FIELD(struct platform_limits, snapshot_provisioned, BIND_BOOL, .fallback = "true",
		   .help = "whether a function can have a snapshot and provisioned concurrency"),
	BIND_FIELD(struct platform_limits, snapshot_on_arm64, BIND_BOOL, .fallback = "true",
		   .help = "whether an arm64 function can have a snapshot"),
	MAYBE_NUMBER(struct platform_limits, payload_sync_mb, "0", 0, 1e6,
		     "largest payload of a call that waits, 10^6 bytes; 0: not known"),
	MAYBE_NUMBER(struct platform_limits, payload_async_mb, "0", 0, 1e6,
		     "largest payload of an asynchronous call, 10^6 bytes; 0: not known"),
	BIND_END,
};

static void check_limits(void *value, const struct yaml_node *node, struct diag *diag)
{
	const struct platform_limits *limits = value;
	if (limits->tmp_max_mb > 0 && limits->tmp_max_mb < limits->tmp_mb)
		diag_error(diag, bind_place(node, "tmp_max_mb"), "'tmp_max_mb' is below 'tmp_mb' (%lld)",
			   (long long)limits->tmp_mb);
	if (limits->unreserved > limits->concurrency)
		diag_error(diag, bind_place(node, "unreserved"), "'unreserved' is above 'concurrency' (%lld)",
			   (long long)limits->concurrency);
	if (limits->retry_max_seconds < limits->retry_min_seconds)
		diag_error(diag, bind_place(node, "retry_max_seconds"),
			   "'retry_max_seconds' is below 'retry_min_seconds' (%g)", limits->retry_min_seconds);
	static const char *const of_async[] = {"async_backoff_min_seconds", "async_backoff_max_seconds", NULL};
	keys_need(node, "async_age_seconds", limits->async_age_seconds, of_async, diag);
	if (limits->async_backoff_max_seconds < limits->async_backoff_min_seconds)
		diag_error(diag, bind_place(node, "async_backoff_max_seconds"),
			   "'async_backoff_max_seconds' is below 'async_backoff_min_seconds' (%g)",
			   limits->async_backoff_min_seconds);
}

const struct bind_schema platform_limits_schema = {
	.title = "limits",
	.bytes = sizeof(struct platform_limits),
	.fields = limits_fields,
	.check = check_limits,
};

int64_t limits_tmp_most_mb(const struct platform_limits *limits)
{
	return limits->tmp_max_mb > 0 ? limits->tmp_max_mb : limits->tmp_mb;
}
