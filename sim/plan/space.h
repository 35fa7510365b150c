/*
 * What a plan may choose from: record sizes, and for each of them the memory sizes of every function that can work,
 * with what they take and cost (stage.h). Sizes that another one beats in time and cost alike are left out.
 */
#ifndef LAMINA_SPACE_H
#define LAMINA_SPACE_H /* private to plan */

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/diag.h"
#include "plan/lateness.h"
#include "plan/served.h"
#include "plan/stage.h"
#include "scenario/experiment_file.h"
#include "scenario/resolve.h"

/* Snapshots of functions are chosen one by one where this makes no more sizes than that; else of all or none. */
enum { SPACE_SIZES_MAX = 1000, SPACE_SNAPSHOT_SIZES_MAX = 200 };

/* Options of one function for one record size, by ascending memory. */
struct space_table {
	size_t count;
	int64_t *memory_mb;
	struct stage_figures *figures;
	size_t first;     /* the options before it run out of time: struct rulings */
	int64_t floor_mb; /* least memory that holds the peak and the headroom; 0: none that is sold does */
};

/* One number of images per record, on one architecture, with snapshots of some functions. */
struct space_size {
	int64_t images_per_record;
	bool is_arm64;
	uint64_t snapshots;      /* a bit for each function that has them */
	struct setting *setting; /* with the largest memories; parallel and schedule are the experiment's */
	struct stage *stages;
	struct space_table *tables;
	double requests;          /* records of a run, as expected where they come over time */
	struct served served;     /* where they do */
	struct lateness lateness; /* where they do not */
	bool is_feasible;         /* every function has an option */
};

/* What is in a space and may be chosen all the same, or may not. */
struct rulings {
	bool allows_refusals; /* more jobs than a function has places: its calls are refused and repeated */
	/*
	 * The longest handler (stage_figures) of each function that is not known to run out of time: any, until
	 * simulations know better (planner.c).
	 */
	double handler_max_seconds[SETTING_FUNCTIONS_MAX];
};

/* Nobody changes a space that is made; other rulings or other provisioned sandboxes make another one. */
struct space {
	const struct experiment *experiment;
	struct arena *arena;
	struct space_size *sizes;
	size_t size_count;
	size_t function_count;
	struct plan_memory memory; /* as used */
	int64_t parallel_from;
	int64_t parallel_to;
	bool schedules[2]; /* by enum schedule */
	double headroom;   /* share of peak memory */
	bool is_served;    /* requests come over time: what counts is their latency ... */
	double quantile;   /* ... at this share of them; 0: its mean */
	struct rulings rulings;
};

struct space_request {
	const struct experiment *experiment;
	const struct setting *setting; /* the experiment as it stands */
	struct library *library;
	double headroom;
	double quantile; /* of the latency that counts; 0: its mean */
};

/* Everything lives in the arena. False when errors were added to the diag. */
bool space_init(struct space *space, const struct space_request *request, struct arena *arena, struct diag *diag);

/* A space of one record size, from a setting made by hand; for tests and benchmarks. */
void space_init_of_setting(struct space *space, struct setting *setting, const struct plan_memory *memory,
			   double headroom, struct arena *arena);

/* Adds a record size to a space made that way. */
void space_add_setting(struct space *space, struct setting *setting);

/*
 * The space without the options whose handlers are longer than the rulings allow, for every record size. A size's last
 * option of a function may be among them: then the size is no candidate. It points to the older space's parts.
 */
const struct space *space_ruled(const struct space *space, const struct rulings *rulings, struct arena *arena);

/*
 * The space with as many provisioned sandboxes as the functions of a setting have, or with none (NULL); a function with
 * a snapshot has none. Options stay the same, what they take and cost does not.
 */
const struct space *space_provisioned(const struct space *space, const struct setting *from, struct arena *arena);

/* The space without the sizes that can have no provisioned sandboxes, because all functions have snapshots. */
const struct space *space_provisionable(const struct space *space, struct arena *arena);
bool space_size_is_provisionable(const struct space_size *size);

/* Whether a function of a setting may have both snapshots, if it has any, and provisioned sandboxes. */
bool space_function_is_provisionable(const struct setting *setting, size_t function);

/* The same sizes, with settings that are changed before their options and figures are made; everything is its own. */
typedef void space_perturbation(struct setting *setting, struct arena *arena, const void *context);
void space_perturbed(const struct space *space, space_perturbation *perturb, const void *context, struct arena *arena,
		     struct space *out);

/*
 * Buys as much /tmp as a setting's functions put into it, where it has less and the platform sells that much. False
 * where one needs more than is sold.
 */
bool space_buy_tmp(struct setting *setting);

/* What a function puts into /tmp, MB. */
int64_t space_tmp_needed_mb(const struct setting_function *function);

/*
 * The size that differs in nothing but architecture, or in having no snapshots, or of one that has none that with the
 * most; size_count where there is none.
 */
size_t space_other_architecture(const struct space *space, size_t size);
size_t space_other_snapshot(const struct space *space, size_t size);

/* The size's option of exactly this memory, or of the least memory at or above it; the last option where none is. */
size_t space_find_option(const struct space_table *table, int64_t memory_mb);

#endif
