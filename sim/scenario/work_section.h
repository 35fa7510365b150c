/* Keys of `work`, what a function is stated to do, and of devices by name; function_work.h makes work of them. */
#ifndef LAMINA_WORK_SECTION_H
#define LAMINA_WORK_SECTION_H /* private to scenario */

#include <stdbool.h>
#include <stdint.h>

#include "doc/bind.h"
#include "platform/quantiles.h"

enum { DEVICES_MAX = 64 };

/* What stated work takes on a device of this name; beside it stands what it takes on one that is not named. */
struct device_time {
	const char *name;
	double seconds;            /* of an image */
	double call_seconds;       /* of a call, or of a batch of calls */
	double first_call_seconds; /* that an instance's first call takes longer */
};

/* What each call does, however many images it has. */
struct call_work {
	double single_cpu_seconds;
	double cpu_seconds;
	double wait_seconds;
	double device_seconds;
	double download_mb;
	double upload_mb;
	double payload_mb;
};

/* Work stated outright, for a function that no profile describes; per image, but for what is of the call or once. */
struct stated_work {
	double single_cpu_seconds;
	double cpu_seconds;
	int64_t threads;
	double download_mb;
	double upload_mb;
	int64_t download_objects;
	int64_t upload_objects;
	bool keeps_connection;
	double memory_mb;
	double shared_memory_mb;
	double device_seconds;
	double cpu_seconds_without_device; /* 0: it is not known */
	double device_memory_mb;
	double device_request_memory_mb; /* beside it, of each request of a batch */
	double device_load_mb;
	double device_first_call_seconds;
	struct bind_structs devices; /* struct device_time */
	int variation_of;            /* enum work_varying */
	double variation;
	struct quantiles variation_quantiles; /* over it where there are any */
	double wait_seconds;
	int64_t alternations;
	double init_cpu_seconds;
	struct quantiles init_seconds; /* all of it, as measured; may be missing */
	double payload_mb;
	struct call_work per_call; /* beside that of the images */
	bool streamed;
	double tmp_mb;
	double cold_cpu_seconds;
	double cold_wait_seconds;
	double cold_download_mb;
	double cold_disk_mb;
	bool transfers_take_time;
};

extern const struct bind_schema work_schema;

/* As it is stated of the device of this name; else, without a name of its own, of any. */
struct device_time work_device_time(const struct stated_work *work, const char *device);

/* Whether that says anything. */
bool device_time_is_stated(const struct device_time *time);

#endif
