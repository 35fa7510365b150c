#include "base/check.h"
#include "results/shard.h"

#include "tests/tap.h"

/* The environment of one case: "NAME=value", ends with NULL. */
static const char *const *environment;

static char *variable(const char *name)
{
	size_t length = strlen(name);
	for (const char *const *entry = environment; *entry; entry++)
		if (strncmp(*entry, name, length) == 0 && (*entry)[length] == '=')
			return (char *)(uintptr_t)(*entry + length + 1);
	return NULL;
}

static void written(void)
{
	static const char *const nothing[] = {NULL};
	static const struct {
		const char *text;
		int64_t index; /* 0: refused */
		int64_t count;
	} cases[] = {
		{"1/1", 1, 1},
		{"3/10", 3, 10},
		{"1000000/1000000", 1000000, 1000000},
		{"0/3", 0, 0},
		{"4/3", 0, 0},
		{"1/0", 0, 0},
		{"", 0, 0},
		{"/", 0, 0},
		{"1/", 0, 0},
		{"/1", 0, 0},
		{"1/2/3", 0, 0},
		{"-1/3", 0, 0},
		{"1.0/3", 0, 0},
		{"01/3", 0, 0},
		{"1/1000001", 0, 0},
		{" 1/3", 0, 0},
		{"auto", 0, 0},
		{"Auto", 0, 0},
		{"99999999999999999999999999/3", 0, 0},
	};
	environment = nothing;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct shard shard;
		struct err err = {0};
		bool ok = shard_parse(cases[i].text, variable, &shard, &err);
		t_ok(ok == (cases[i].index > 0) && (ok || err.text[0]), "'%s' is %s", cases[i].text,
		     ok ? "a shard" : "refused with words");
		if (ok)
			t_ok(shard.index == cases[i].index && shard.count == cases[i].count, "'%s'", cases[i].text);
	}
}

static void told(void)
{
	static const struct {
		const char *name;
		const char *const environment[8];
		int64_t index; /* 0: refused */
		int64_t count;
	} cases[] = {
		{"a Slurm array",
		 {"SLURM_ARRAY_TASK_ID=7", "SLURM_ARRAY_TASK_MIN=5", "SLURM_ARRAY_TASK_MAX=9",
		  "SLURM_ARRAY_TASK_COUNT=5", "SLURM_PROCID=0", "SLURM_NTASKS=1", NULL},
		 3,
		 5},
		{"one with gaps",
		 {"SLURM_ARRAY_TASK_ID=7", "SLURM_ARRAY_TASK_MIN=5", "SLURM_ARRAY_TASK_MAX=9",
		  "SLURM_ARRAY_TASK_COUNT=3", NULL},
		 0,
		 0},
		{"one that says half", {"SLURM_ARRAY_TASK_ID=7", NULL}, 0, 0},
		{"steps of Slurm", {"SLURM_PROCID=0", "SLURM_NTASKS=4", NULL}, 1, 4},
		{"AWS Batch", {"AWS_BATCH_JOB_ARRAY_INDEX=0", "AWS_BATCH_JOB_ARRAY_SIZE=100", NULL}, 1, 100},
		{"Open MPI within a Slurm job",
		 {"OMPI_COMM_WORLD_RANK=3", "OMPI_COMM_WORLD_SIZE=4", "SLURM_PROCID=0", "SLURM_NTASKS=1", NULL},
		 4,
		 4},
		{"PMI", {"PMI_RANK=1", "PMI_SIZE=2", NULL}, 2, 2},
		{"a rank beyond its size", {"PMI_RANK=2", "PMI_SIZE=2", NULL}, 0, 0},
		{"a rank below 0", {"PMI_RANK=-1", "PMI_SIZE=2", NULL}, 0, 0},
		{"no number", {"PMI_RANK=x", "PMI_SIZE=2", NULL}, 0, 0},
		{"numbers at the edge",
		 {"SLURM_ARRAY_TASK_ID=9223372036854775807", "SLURM_ARRAY_TASK_MIN=-9223372036854775808",
		  "SLURM_ARRAY_TASK_COUNT=1", NULL},
		 0,
		 0},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct shard shard;
		struct err err = {0};
		environment = cases[i].environment;
		bool ok = shard_parse("auto", variable, &shard, &err);
		t_ok(ok == (cases[i].index > 0) && (ok || err.text[0]), "%s: %s", cases[i].name,
		     ok ? "a shard" : err.text);
		if (ok)
			t_ok(shard.index == cases[i].index && shard.count == cases[i].count, "%s: %lld of %lld",
			     cases[i].name, (long long)shard.index, (long long)shard.count);
	}
}

static void every_point_is_in_one(void)
{
	bool ok = true;
	for (int64_t count = 1; count < 12; count++) {
		for (size_t point = 0; point < 100; point++) {
			int owners = 0;
			for (int64_t index = 1; index <= count; index++)
				owners += shard_has(&(struct shard){index, count}, point);
			ok = ok && owners == 1;
		}
	}
	t_ok(ok, "every point is in exactly one shard");
}

static void names(void)
{
	struct arena arena;
	struct shard shard = {3, 10};
	arena_init(&arena);
	t_str(shard_path(&shard, "a.b/r.sqlite", &arena), "a.b/r.3-of-10.sqlite", "a file's name");
	t_str(shard_path(&shard, "a.b/r", &arena), "a.b/r.3-of-10", "one without an ending");
	t_str(shard_path(&(struct shard){0}, "r.sqlite", &arena), "r.sqlite", "the whole's");
	arena_release(&arena);
}

int main(void)
{
	written();
	told();
	every_point_is_in_one();
	names();
	return t_done();
}
