/*
 * An experiment's YAML as checked structs, one table row per key (man lamina-experiment lists them). Nothing is looked
 * up here but the file itself: resolve.h turns an experiment into a setting.
 */
#ifndef LAMINA_EXPERIMENT_FILE_H
#define LAMINA_EXPERIMENT_FILE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/diag.h"
#include "doc/bind.h"
#include "platform/quantiles.h"
#include "scenario/bill_section.h"
#include "scenario/plan_section.h"
#include "scenario/source_section.h"
#include "scenario/work_section.h"
#include "scenario/workflow_section.h"
#include "serving/setting.h"

/* When requests come; which of these count depends on the kind. */
struct arrivals_entry {
	struct arrival_process process; /* without what the members below hold */
	struct bind_doubles daily_rates_per_second;
	const char *trace;
	const char *function;
	double duration_seconds; /* 0: no bound */
};

struct workload {
	int64_t images; /* 0: as many as come in arrivals.duration_seconds, or as the trace has */
	int64_t images_per_record;
	struct arrivals_entry arrivals;
};

enum map_children { MAP_CHILDREN_STANDARD, MAP_CHILDREN_EXPRESS };

struct pipeline {
	int schedule;     /* enum schedule */
	int64_t parallel; /* 0: one for a batch, any number for requests that come over time */
	double dispatch_seconds;
	double answer_seconds;
	double pause_seconds;
	double client_seconds;
	int invocation;   /* enum invocation_type */
	int orchestrator; /* enum orchestrator */
	bool distributed_map;
	int map_children; /* enum map_children */
	int64_t retries;
	int64_t warm_sandboxes;
	bool shared_hosts;
	const struct yaml_node *split; /* NULL: the functions of the profile */
};

/* What a month looks like, for its bill. */
struct traffic {
	double runs_per_month;
	bool free_tier;
};

/* What the serving program itself costs, beyond the network's arithmetic: its language, framework and store client. */
struct framework {
	const char *preset; /* of configs/frameworks, that this one is put over; "": none */
	const char *name;
	const char *runtime; /* of the platform's; "": the one that cold starts hold */
	double memory_mb;
	double package_mb;
	int package_kind; /* enum package_kind */
	int import_at;    /* enum import_at */
	double import_cpu_seconds;
	int64_t compute_threads;
	double record_mb_per_second;
	double store_cpu_seconds_per_mb; /* of the store's client; infinite: the platform's */
	double store_cpu_seconds_per_put_mb;
	bool keeps_connection; /* the store's client, from request to request */
	int64_t record_image_bytes;
	double weights_cpu_seconds_per_mb;
	double layer_time_factor;        /* its layers' times over the profile's */
	double layer_time_spread;        /* standard deviation of that from network to network, over it */
	double image_cpu_seconds;        /* beside the profile's decoding */
	double device_images_per_second; /* of a device that is not among these; 0: layers run on vCPUs */
	struct bind_structs devices;     /* struct device_speed */
	int activations;                 /* enum activations */
	int record_in;                   /* enum record_in */
};

enum package_kind { PACKAGE_ZIP, PACKAGE_IMAGE };
enum import_at { IMPORT_IN_HANDLER, IMPORT_IN_INIT };
enum activations { ACTIVATIONS_HELD, ACTIVATIONS_LIVE, ACTIVATIONS_MEASURED };
enum record_in { RECORD_IN_MEMORY, RECORD_IN_TMP };

/* What the whole network of a profile does on a device of this name. */
struct device_speed {
	const char *name;
	double images_per_second;
};

enum architecture { ARCHITECTURE_X86_64, ARCHITECTURE_ARM64 };

struct function_entry {
	const char *name;
	struct diag_place place;
	struct bind_texts layers;
	int64_t memory_mb;      /* 0: by default */
	double timeout_seconds; /* 0: by default */
	int64_t tmp_mb;
	int64_t reserved_concurrency;
	int64_t provisioned_concurrency;
	int64_t requests_per_instance; /* 0: by default */
	int64_t instances_min;         /* 0: the platform's */
	bool burst;
	const char *instances_of; /* another function; "": its own */
	int64_t device_batch_max;
	double device_window_seconds;
	bool snapshot;
	int architecture;     /* enum architecture */
	const char *resource; /* "": none */
	const char *provisioned_resource;
	const char *deployed_name; /* "": none */
	bool has_work;
	struct stated_work work;
	const struct yaml_node *node;
};

struct function_defaults {
	int64_t memory_mb;      /* 0: the largest size sold */
	double timeout_seconds; /* 0: the platform's longest */
};

/* Replications go on until the metric's 95 % interval is this narrow. */
struct stop_rule {
	const char *metric; /* of outcome_metrics; "" for none */
	double half_width;  /* relative to the mean */
};

struct replications {
	int64_t min;
	int64_t max;
	struct stop_rule until;
};

struct run_limits {
	int64_t events;
	double horizon_seconds;
	int64_t in_flight;
};

/* What `lamina compare` sets side by side. */
struct compare_section {
	struct bind_texts platforms;    /* by name; none: those that are sold today */
	const struct yaml_node *values; /* by a platform's name, parts of it, as platform_values; or NULL */
};

struct experiment {
	const char *path;
	int apiVersion;
	const char *base;
	const char *name;
	const char *title;
	const char *platform;
	const char *region;
	struct yaml_node *platform_values;
	const char *model; /* an ONNX file; its profile stands beside it */
	const char *profile;
	struct workload workload;
	struct pipeline pipeline;
	struct failures failures;
	struct traffic traffic;
	struct bill_section bill;
	struct source_section source;
	struct framework framework;
	struct function_defaults defaults;
	struct bind_structs functions; /* struct function_entry */
	struct workflow_section workflow;
	struct replications replications;
	int64_t seed;
	struct run_limits limits;
	struct plan_section plan;
	struct compare_section compare;
	struct yaml_node *sweep;
	struct yaml_node *fit;
	struct yaml_node *claims;
	struct yaml_node *claim_defaults;
	const struct yaml_node *root;
};

/* Of the device of this name, as it is stated of it, or of any (is_named tells); 0: layers run on vCPUs. */
double framework_device_rate(const struct framework *framework, const char *device, bool *is_named);

extern const struct bind_schema experiment_schema;
extern const struct bind_schema framework_schema;

/* Binds a tree; root must live as long as out. False when errors were added to the diag. */
bool experiment_bind(const struct yaml_node *root, const char *path, struct arena *arena, struct diag *diag,
		     struct experiment *out);

enum { LOAD_BASES_MAX = 8 };

/* An experiment from its file, with overlays (later ones win) and single values put over it, in that order. */
struct load_request {
	const char *path;
	const char *text;            /* in place of the file, for which path then only stands; NULL: it is read */
	const char *const *overlays; /* YAML files with parts of an experiment */
	size_t overlay_count;
	const char *const *sets; /* "key=value" (--set) */
	size_t set_count;
	const struct yaml_node *over; /* put over the overlays, before the values; NULL for nothing */
	bool allows_blanks;           /* without a word; else each is an error (blank.h) */
	bool with_sweep;              /* what the experiment's sweep states is none */
};

/*
 * Reads, overlays and binds. *root gets the tree, which sweeps copy; it lives in the arena. *io_failed (may be NULL)
 * tells an unreadable file from a wrong one. False when errors were added to the diag.
 */
bool experiment_load(const struct load_request *request, struct arena *arena, struct diag *diag,
		     struct yaml_node **root, struct experiment *out, bool *io_failed);

#endif
