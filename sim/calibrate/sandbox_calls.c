#include "calibrate/sandbox_calls.h"

#include <math.h>
#include <string.h>

/* Calls beyond the first of a sandbox that a variance takes. */
enum { DEGREES_MIN = 20, FIRST_PLACES = 64 };

/* FNV-1a, 64 bits (Fowler, Noll and Vo); never 0. A sandbox has one size, whatever a stream put together has. */
static uint64_t key_of(const char *name, int64_t memory_mb)
{
	uint64_t hash = UINT64_C(14695981039346656037);
	for (const char *p = name; *p; p++)
		hash = (hash ^ (unsigned char)*p) * UINT64_C(1099511628211);
	hash = (hash ^ (uint64_t)memory_mb) * UINT64_C(1099511628211);
	return hash ? hash : 1;
}

static struct sandbox_calls *find_sandbox(const struct sandbox_table *table, uint64_t key)
{
	size_t at = (size_t)key & (table->capacity - 1);
	while (table->places[at].key != 0 && table->places[at].key != key)
		at = (at + 1) & (table->capacity - 1);
	return &table->places[at];
}

/* Half of the places are free. */
static void grow(struct sandbox_table *table, struct arena *arena)
{
	struct sandbox_table larger = {.capacity = table->capacity > 0 ? 2 * table->capacity : FIRST_PLACES,
				       .count = table->count};
	larger.places = ARENA_ARRAY(arena, struct sandbox_calls, larger.capacity);
	for (size_t i = 0; i < table->capacity; i++)
		if (table->places[i].key != 0)
			*find_sandbox(&larger, table->places[i].key) = table->places[i];
	*table = larger;
}

void sandbox_table_add(struct sandbox_table *table, const char *name, int64_t memory_mb, double seconds,
		       struct arena *arena)
{
	uint64_t key = key_of(name, memory_mb);
	if (2 * (table->count + 1) > table->capacity && table->count < SANDBOX_CALLS_MAX)
		grow(table, arena);
	struct sandbox_calls *calls = find_sandbox(table, key);
	if (calls->key == 0) {
		if (table->count == SANDBOX_CALLS_MAX)
			return;
		*calls = (struct sandbox_calls){.key = key};
		summary_init(&calls->seconds);
		table->count++;
	}
	summary_add(&calls->seconds, seconds);
}

double sandbox_table_call_variance(const struct sandbox_table *table, int64_t *sandboxes)
{
	double squares = 0;
	double degrees = 0;
	*sandboxes = 0;
	for (size_t i = 0; i < table->capacity; i++) {
		const struct summary *seconds = &table->places[i].seconds;
		if (table->places[i].key == 0 || seconds->count < 2)
			continue;
		squares += seconds->squares / (seconds->mean * seconds->mean);
		degrees += (double)seconds->count - 1;
		++*sandboxes;
	}
	return degrees >= DEGREES_MIN ? squares / degrees : (double)NAN;
}
