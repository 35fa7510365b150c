/*
 * Sources of the variables: Slurm, sbatch(1), "--array" (SLURM_ARRAY_TASK_ID, _MIN, _COUNT, _STEP through MAX) and
 * srun(1) (SLURM_PROCID, SLURM_NTASKS); AWS Batch user guide, "Array jobs" and "Job environment variables"
 * (AWS_BATCH_JOB_ARRAY_INDEX from 0, AWS_BATCH_JOB_ARRAY_SIZE); Open MPI, mpirun(1) (OMPI_COMM_WORLD_RANK, _SIZE);
 * MPICH's Hydra and others (PMI_RANK, PMI_SIZE).
 */
#include "results/shard.h"

#include <string.h>

#include "base/check.h"
#include "base/num.h"

enum { NUMBER_MAX = 1000000000 };

/* In the order in which they are asked: what is told most closely comes first. */
static const struct scheduler {
	const char *name;
	const char *index;
	const char *count;
	const char *first; /* the variable of the least index; NULL: it is 0 */
} schedulers[] = {
	{"Open MPI", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", NULL},
	{"PMI", "PMI_RANK", "PMI_SIZE", NULL},
	{"a Slurm array", "SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT", "SLURM_ARRAY_TASK_MIN"},
	{"AWS Batch", "AWS_BATCH_JOB_ARRAY_INDEX", "AWS_BATCH_JOB_ARRAY_SIZE", NULL},
	{"Slurm", "SLURM_PROCID", "SLURM_NTASKS", NULL},
};

static bool is_right(const struct shard *shard)
{
	return shard->count >= 1 && shard->count <= SHARD_COUNT_MAX && shard->index >= 1 &&
	       shard->index <= shard->count;
}

static bool number_of(shard_variable *variable, const char *name, int64_t *out, struct err *err)
{
	const char *text = variable(name);
	if (!text)
		return err_set(err, "'%s' is not set", name);
	return (num_parse_int64(text, out) && *out >= -NUMBER_MAX && *out <= NUMBER_MAX) ||
	       err_set(err, "'%s' is '%.60s', not a number of this size", name, text);
}

/* An array with gaps has no even parts: its least, its number of tasks and its greatest have to fit together. */
static bool check_gaps(const struct scheduler *scheduler, shard_variable *variable, int64_t first, int64_t count,
		       struct err *err)
{
	int64_t last;
	const char *text = scheduler->first ? variable("SLURM_ARRAY_TASK_MAX") : NULL;
	if (!text || !num_parse_int64(text, &last) || (last <= NUMBER_MAX && last - first + 1 == count))
		return true;
	return err_set(err,
		       "the array's tasks are not numbered one after the other (%lld to %lld are %lld); say "
		       "--shard I/N",
		       (long long)first, (long long)last, (long long)count);
}

static bool ask(const struct scheduler *scheduler, shard_variable *variable, struct shard *out, struct err *err)
{
	int64_t index = 0;
	int64_t first = 0;
	if (!number_of(variable, scheduler->index, &index, err) ||
	    !number_of(variable, scheduler->count, &out->count, err) ||
	    (scheduler->first && !number_of(variable, scheduler->first, &first, err)) ||
	    !check_gaps(scheduler, variable, first, out->count, err))
		return err_prefix(err, "--shard auto: %s", scheduler->name);
	if (index < first || index - first >= SHARD_COUNT_MAX)
		index = first - 1;
	out->index = index - first + 1;
	return is_right(out) || err_set(err, "--shard auto: %s says %s = %lld of %lld", scheduler->name,
					scheduler->index, (long long)index, (long long)out->count);
}

static bool find_scheduler(shard_variable *variable, struct shard *out, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(schedulers); i++)
		if (variable(schedulers[i].index))
			return ask(&schedulers[i], variable, out, err);
	return err_set(err, "--shard auto: no scheduler says which part this is (Slurm arrays, AWS Batch, Open MPI and "
			    "PMI do); say --shard I/N");
}

bool shard_parse(const char *text, shard_variable *variable, struct shard *out, struct err *err)
{
	enum { NUMBER_BYTES = 24 };
	char index[NUMBER_BYTES];
	*out = (struct shard){0};
	if (strcmp(text, "auto") == 0)
		return find_scheduler(variable, out, err);
	const char *slash = strchr(text, '/');
	size_t length = slash ? (size_t)(slash - text) : 0;
	bool ok = slash && length < NUMBER_BYTES;
	if (ok) {
		memcpy(index, text, length);
		index[length] = '\0';
		ok = num_parse_int64(index, &out->index) && num_parse_int64(slash + 1, &out->count) && is_right(out);
	}
	return ok || err_set(err, "--shard is '%.60s', not I/N with I from 1 to N (at most %d), nor 'auto'", text,
			     SHARD_COUNT_MAX);
}

bool shard_has(const struct shard *shard, size_t point)
{
	return shard->count <= 1 || (int64_t)(point % (size_t)shard->count) == shard->index - 1;
}

const char *shard_path(const struct shard *shard, const char *path, struct arena *arena)
{
	if (shard->count < 1)
		return path;
	const char *slash = strrchr(path, '/');
	const char *dot = strrchr(path, '.');
	if (!dot || (slash && dot < slash))
		dot = path + strlen(path);
	return arena_printf(arena, "%.*s.%lld-of-%lld%s", (int)(dot - path), path, (long long)shard->index,
			    (long long)shard->count, dot);
}
