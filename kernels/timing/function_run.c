#include "kernels/timing/function_run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/check.h"
#include "kernels/record/record_batch.h"
#include "kernels/timing/samples.h"

/* One run's memory: the plan's block, and the records as tensors where they are not in it. */
struct run_memory {
	void *block;
	struct tensor input;  /* the record's values */
	struct tensor output; /* likewise */
	bool input_is_apart;
	bool output_is_apart;
};

/* Whether a record's values are one tensor's, in its order. */
static bool is_one_tensor(const struct timed_function *timed, const size_t *tensors, size_t count)
{
	const struct value *value = &timed->execution.values[tensors[0]];
	return count == 1 && timed->runs == 1 && value->type == VALUE_FLOAT && value->data &&
	       timed->execution.graph->batch == timed->images;
}

static struct tensor planned_tensor(const struct timed_function *timed, size_t tensor, struct shape shape)
{
	return (struct tensor){.images = timed->images, .shape = shape, .data = timed->execution.values[tensor].data};
}

/* The block, and a tensor for the record: in the block where it is one of the plan's. */
static void take_memory(struct timed_function *timed, struct kept_memory *kept, struct run_memory *memory)
{
	memory->block = kept_memory_take(kept, (size_t)timed->execution.plan.bytes + TENSOR_ALIGN_BYTES);
	execution_set_block(&timed->execution, memory->block);
	memory->input_is_apart = !is_one_tensor(timed, timed->inputs, timed->input_count);
	memory->input = memory->input_is_apart ? kept_memory_tensor(kept, timed->images, timed_function_input(timed))
					       : planned_tensor(timed, timed->inputs[0], timed_function_input(timed));
	memory->output_is_apart = !is_one_tensor(timed, timed->outputs, timed->output_count);
}

static bool read_and_decode(struct timed_function *timed, const struct scratch_record *record, struct kept_memory *kept,
			    struct run_memory *memory, struct function_times *times, struct err *err)
{
	uint8_t *bytes = kept_memory_take(kept, record->bytes);
	double start = stopwatch_cpu_seconds();
	bool ok = scratch_record_read(record, bytes, err);
	times->phases[PROFILE_READ] = stopwatch_cpu_seconds() - start;
	if (ok) {
		take_memory(timed, kept, memory);
		start = stopwatch_cpu_seconds();
		ok = record_batch_decode("a temporary record", bytes, record->bytes, &memory->input, err);
		times->phases[PROFILE_DECODE] = stopwatch_cpu_seconds() - start;
	}
	kept_memory_give(kept, bytes);
	return ok;
}

static float load_element(const struct value *value, int64_t i)
{
	return value->type == VALUE_FLOAT ? ((const float *)value->data)[i] : (float)value_int(value, i);
}

static void store_element(struct value *value, int64_t i, float x)
{
	switch (value->type) {
	case VALUE_FLOAT:
		((float *)value->data)[i] = x;
		return;
	case VALUE_INT64:
		((int64_t *)value->data)[i] = (int64_t)x;
		return;
	case VALUE_INT32:
		((int32_t *)value->data)[i] = (int32_t)x;
		return;
	default:
		/* Flags, and small integers that no kernel computes with. */
		memset((char *)value->data + (size_t)i * value_types[value->type].bytes, x != 0,
		       value_types[value->type].bytes);
	}
}

/* One image's elements of the tensors, between the record's values and theirs. */
static void copy_image(struct timed_function *timed, const size_t *tensors, size_t count, float *record, int64_t image,
		       bool to_tensors)
{
	for (size_t i = 0; i < count; i++) {
		struct value *value = &timed->execution.values[tensors[i]];
		int64_t elements = value_elements(value) / timed->execution.graph->batch;
		for (int64_t j = 0; j < elements; j++) {
			if (to_tensors)
				store_element(value, image * elements + j, record[j]);
			else
				record[j] = load_element(value, image * elements + j);
		}
		record += elements;
	}
}

/* Images [run * batch, ...) of the record; what is beyond its end stays zero. */
static void copy_batch(struct timed_function *timed, struct tensor *record, int64_t run, bool to_tensors)
{
	int64_t batch = timed->execution.graph->batch;
	const size_t *tensors = to_tensors ? timed->inputs : timed->outputs;
	size_t count = to_tensors ? timed->input_count : timed->output_count;
	for (size_t i = 0; to_tensors && i < count; i++)
		memset(timed->execution.values[tensors[i]].data, 0, value_bytes(&timed->execution.values[tensors[i]]));
	for (int64_t image = 0; image < batch && run * batch + image < timed->images; image++)
		copy_image(timed, tensors, count, tensor_image(record, run * batch + image), image, to_tensors);
}

static void run_layers(const struct timed_network *network, struct timed_function *timed, struct team *team,
		       double *seconds)
{
	for (size_t i = 0; i < timed->function->count; i++) {
		const struct timed_layer *layer = &network->layers[timed->function->first + i];
		double start = team_seconds(team);
		for (size_t node = layer->first_node; node < layer->end_node; node++)
			execution_run_node(&timed->execution, node, team);
		seconds[i] += team_seconds(team) - start;
	}
}

static void compute(const struct timed_network *network, struct timed_function *timed, struct run_memory *memory,
		    struct kept_memory *kept, struct team *team, struct function_times *times)
{
	memset(times->layers, 0, timed->function->count * sizeof *times->layers);
	times->phases[PROFILE_SERIALISE] = 0;
	if (memory->output_is_apart)
		memory->output = kept_memory_tensor(kept, timed->images, timed_function_output(timed));
	for (int64_t run = 0; run < timed->runs; run++) {
		double start = stopwatch_cpu_seconds();
		if (memory->input_is_apart)
			copy_batch(timed, &memory->input, run, true);
		times->phases[PROFILE_DECODE] += stopwatch_cpu_seconds() - start;
		run_layers(network, timed, team, times->layers);
		start = stopwatch_cpu_seconds();
		if (memory->output_is_apart)
			copy_batch(timed, &memory->output, run, false);
		times->phases[PROFILE_SERIALISE] += stopwatch_cpu_seconds() - start;
	}
	if (!memory->output_is_apart)
		memory->output = planned_tensor(timed, timed->outputs[0], timed_function_output(timed));
}

static double serialise(const struct tensor *output, struct kept_memory *kept)
{
	uint8_t *bytes = kept_memory_take(kept, record_batch_bytes(output));
	double start = stopwatch_cpu_seconds();
	record_batch_pack(output, bytes);
	double seconds = stopwatch_cpu_seconds() - start;
	kept_memory_give(kept, bytes);
	return seconds;
}

bool function_run(const struct timed_network *network, struct timed_function *timed,
		  const struct network_weights *weights, const struct scratch_record *record, struct kept_memory *kept,
		  struct team *team, struct function_times *times, struct err *err)
{
	struct run_memory memory = {.block = NULL};
	CHECK(record->images == timed->images && shape_equal(record->shape, timed_function_input(timed)));
	bool ok = network_weights_bind(weights, &timed->execution, err);
	if (ok)
		execution_prepare(&timed->execution, network->arena);
	ok = ok && read_and_decode(timed, record, kept, &memory, times, err);
	if (ok) {
		compute(network, timed, &memory, kept, team, times);
		times->phases[PROFILE_SERIALISE] += serialise(&memory.output, kept);
		if (memory.output_is_apart)
			kept_memory_give(kept, memory.output.data);
	}
	if (memory.block && memory.input_is_apart)
		kept_memory_give(kept, memory.input.data);
	if (memory.block)
		kept_memory_give(kept, memory.block);
	return ok;
}

bool function_load_weights(struct network_weights *weights, const void *bytes, size_t byte_count, double *seconds,
			   struct err *err)
{
	double start = stopwatch_cpu_seconds();
	bool ok = network_weights_load(weights, bytes, byte_count, err);
	*seconds = stopwatch_cpu_seconds() - start;
	return ok;
}

/* The smallest free block that holds so much; else the largest free one, which is to grow. */
static struct kept_block *choose(struct kept_memory *kept, size_t bytes)
{
	struct kept_block *best = NULL;
	for (size_t i = 0; i < KEPT_BLOCKS; i++) {
		struct kept_block *block = &kept->blocks[i];
		if (block->is_taken)
			continue;
		bool fits = block->bytes >= bytes;
		bool best_fits = best && best->bytes >= bytes;
		if (!best || (fits && (!best_fits || block->bytes < best->bytes)) ||
		    (!fits && !best_fits && block->bytes > best->bytes))
			best = block;
	}
	CHECK(best);
	return best;
}

static void free_block(struct kept_block *block)
{
	mem_free(block->memory);
	*block = (struct kept_block){.memory = NULL};
}

void *kept_memory_take(struct kept_memory *kept, size_t bytes)
{
	struct kept_block *block = choose(kept, bytes);
	if (!block->memory || block->bytes < bytes) {
		free_block(block);
		block->data = floats_alloc((bytes + sizeof(float) - 1) / sizeof(float), &block->memory);
		/* Zeroed memory may still be pages that nobody has touched; where the peak is measured they stay so. */
		if (kept->is_kept)
			memset(block->data, 0, bytes);
		block->bytes = bytes;
	}
	block->is_taken = true;
	return block->data;
}

void kept_memory_give(struct kept_memory *kept, void *memory)
{
	struct kept_block *block = kept->blocks;
	while (block < kept->blocks + KEPT_BLOCKS && block->data != memory)
		block++;
	CHECK(block < kept->blocks + KEPT_BLOCKS && block->is_taken);
	block->is_taken = false;
	if (!kept->is_kept)
		free_block(block);
}

void kept_memory_release(struct kept_memory *kept)
{
	for (size_t i = 0; i < KEPT_BLOCKS; i++)
		free_block(&kept->blocks[i]);
}

struct tensor kept_memory_tensor(struct kept_memory *kept, int64_t images, struct shape shape)
{
	CHECK(images >= 1 && images <= TENSOR_IMAGES_MAX && shape_is_valid(shape));
	size_t bytes = (size_t)(images * shape_bytes(shape));
	return (struct tensor){.images = images, .shape = shape, .data = kept_memory_take(kept, bytes)};
}

/* Vigna's splitmix64 (https://prng.di.unimi.it/splitmix64.c): a weak generator is enough for pixels. */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

static void fill_bytes(uint8_t *data, size_t count, uint64_t *state)
{
	for (size_t i = 0; i < count; i++)
		data[i] = (uint8_t)(next_random(state) >> 56);
}

/* Uniform in [0, 1). */
static void fill_floats(uint8_t *data, size_t count, uint64_t *state)
{
	for (size_t i = 0; i < count; i++) {
		float value = (float)(next_random(state) >> 40) * 0x1p-24F;
		memcpy(data + i * sizeof value, &value, sizeof value);
	}
}

static bool write_images(const struct scratch_record *record, const char *path, enum record_encoding encoding,
			 struct err *err)
{
	struct record_writer writer;
	if (!record_writer_open(&writer, path, RECORD_PROTOBUF, err))
		return false;
	size_t values = (size_t)shape_values(record->shape);
	size_t data_bytes = encoding == RECORD_UINT8 ? values : values * sizeof(float);
	uint8_t *data = mem_alloc(data_bytes);
	uint64_t state = 1;
	bool ok = true;
	/* One picture for all images: what is timed does not depend on it, and drawing each would take longer. */
	if (encoding == RECORD_UINT8)
		fill_bytes(data, values, &state);
	else
		fill_floats(data, values, &state);
	struct record_image image = {record->shape, encoding, RECORD_NO_LABEL, data, data_bytes, 0};
	for (int64_t i = 0; ok && i < record->images; i++)
		ok = record_writer_append(&writer, &image, err);
	mem_free(data);
	if (ok)
		return record_writer_commit(&writer, err);
	record_writer_discard(&writer);
	return false;
}

bool scratch_record_init(struct scratch_record *record, int64_t images, struct shape shape,
			 enum record_encoding encoding, struct err *err)
{
	*record = (struct scratch_record){.fd = -1, .images = images, .shape = shape};
	struct arena arena;
	arena_init(&arena);
	const char *folder = getenv("TMPDIR");
	char *path = arena_printf(&arena, "%s/lamina-record-XXXXXX", folder && *folder ? folder : "/tmp");
	int fd = mkstemp(path);
	bool ok = fd >= 0;
	if (!ok)
		err_set(err, "cannot make a temporary file '%s': %s", path, strerror(errno));
	else
		close(fd);
	ok = ok && write_images(record, path, encoding, err);
	if (ok && (record->fd = open(path, O_RDONLY | O_CLOEXEC)) < 0)
		ok = err_set(err, "cannot open '%s': %s", path, strerror(errno));
	if (ok)
		record->bytes = (size_t)lseek(record->fd, 0, SEEK_END);
	if (fd >= 0)
		unlink(path);
	arena_release(&arena);
	return ok;
}

void scratch_record_release(struct scratch_record *record)
{
	if (record->fd >= 0)
		close(record->fd);
	record->fd = -1;
}

bool scratch_record_read(const struct scratch_record *record, uint8_t *bytes, struct err *err)
{
	for (size_t done = 0; done < record->bytes;) {
		ssize_t got = pread(record->fd, bytes + done, record->bytes - done, (off_t)done);
		if (got < 0)
			return err_set(err, "cannot read a temporary record: %s", strerror(errno));
		if (got == 0)
			return err_set(err, "a temporary record became shorter while it was read");
		done += (size_t)got;
	}
	return true;
}
