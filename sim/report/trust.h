/*
 * How far a single run, in the world, may be from what is simulated: luck, as replications differ, and the model's own
 * error, as `lamina validate` finds it. Each mechanism's error is the root mean square of what measurements, none of
 * which took part in fitting, differ from their predictions by, relative to these; a setting rests on mechanisms by the
 * share of its calls' time, or of its bill, that each makes. Errors of one mechanism are taken to go one way in all
 * functions, those of several to know nothing of each other, and both to know nothing of luck: squares add up.
 *
 * So many of these deviations as hold nine tenths of the held-out measurements (report/held_out.h) make the band; both
 * numbers are data, configs/validation/errors/mechanisms.yaml. What is stated has no error of its own, nor have fees.
 */
#ifndef LAMINA_TRUST_H
#define LAMINA_TRUST_H

#include "base/buf.h"
#include "doc/bind.h"
#include "experiment/replicate.h"
#include "serving/setting.h"

struct trust_mechanism {
	const char *name;
	int64_t rows;         /* of measurements */
	double error_percent; /* root mean square */
};

struct trust {
	double deviations; /* hold nine tenths */
	struct bind_structs mechanisms;
};

enum { TRUST_PARTS_MAX = 10 };

struct trust_part {
	const char *mechanism;
	double share;
	double error_percent;
};

/* Where nine tenths of runs are, and what the model's part of it rests on, largest first. */
struct trust_band {
	double low;
	double high;
	struct trust_part parts[TRUST_PARTS_MAX];
	size_t part_count;
};

/* False where the file that comes with the program is missing or wrong, with an error in the diag. */
bool trust_load(struct trust *trust, struct arena *arena, struct diag *diag);

/* A figure by its luck alone: its mean, and where nine tenths are. */
struct trust_spread {
	double center;
	double low;
	double high;
};

/* Of another run, from one value of each replication; of no width where there is one replication. */
struct trust_spread trust_spread_of(const double *samples, int64_t count);

/* The same where only the mean and its interval, over so many replications, are known. */
struct trust_spread trust_spread_of_estimate(const struct estimate *estimate, int64_t count);

/* What a setting rests on beside what its time goes to, which tells the rest; functions are bits from the least on. */
struct trust_basis {
	const struct platform *platform;
	uint64_t arm64;
	uint64_t in_turns; /* CPU and waiting alternate */
	uint64_t profiled; /* computing is carried over from another machine's profile */
};

struct trust_basis trust_basis_of(const struct setting *setting);

/* Of a figure of seconds, or of dollars. */
struct trust_band trust_band_of_time(const struct trust *trust, const struct trust_basis *basis,
				     const struct run_result *result, struct trust_spread luck);
struct trust_band trust_band_of_cost(const struct trust *trust, const struct trust_basis *basis,
				     const struct run_result *result, struct trust_spread luck);

/* "validate: S3 transfer 8 %, CPU share 1 %"; "no mechanism that was validated". */
void trust_describe(const struct trust_band *band, struct buf *out);

/* Whether each of two values is in the other's band: nobody can say which is larger. */
bool trust_is_toss_up(const struct trust_band *first, double first_value, const struct trust_band *second,
		      double second_value);

#endif
