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

/* The record's bytes are given back before anything is computed. */
static bool read_and_decode(const struct scratch_record *record, struct kept_memory *kept, struct tensor *input,
			    struct function_times *times, struct err *err)
{
	uint8_t *bytes = kept_memory_take(kept, record->bytes);
	double start = stopwatch_cpu_seconds();
	bool ok = scratch_record_read(record, bytes, err);
	times->phases[PROFILE_READ] = stopwatch_cpu_seconds() - start;
	if (ok) {
		*input = kept_memory_tensor(kept, record->images, record->shape);
		start = stopwatch_cpu_seconds();
		ok = record_batch_decode("a temporary record", bytes, record->bytes, input, err);
		times->phases[PROFILE_DECODE] = stopwatch_cpu_seconds() - start;
		if (!ok)
			kept_memory_give(kept, input->data);
	}
	kept_memory_give(kept, bytes);
	return ok;
}

static double run_layer(const struct model *model, size_t layer, const struct model_weights *weights,
			const struct tensor *input, struct tensor *output, struct team *team)
{
	double start = stopwatch_cpu_seconds();
	model_run_layer(model, layer, weights, input, output, team);
	return (stopwatch_cpu_seconds() - start) / team->threads;
}

/* Runs the layers one by one; tensor holds the input before and the output after. */
static void run_layers(const struct model *model, const struct model_function *function,
		       const struct model_weights *weights, struct kept_memory *kept, struct tensor *tensor,
		       struct team *team, double *seconds)
{
	for (size_t i = 0; i < function->count; i++) {
		const struct layer *layer = &model->layers[function->first + i];
		if (layer_in_place(layer)) {
			seconds[i] = run_layer(model, function->first + i, weights, tensor, tensor, team);
			continue;
		}
		struct tensor output = kept_memory_tensor(kept, tensor->images, layer->output);
		seconds[i] = run_layer(model, function->first + i, weights, tensor, &output, team);
		kept_memory_give(kept, tensor->data);
		*tensor = output;
	}
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

bool function_run(const struct model *model, const struct model_function *function, const struct model_weights *weights,
		  const struct scratch_record *record, struct kept_memory *kept, struct team *team,
		  struct function_times *times, struct err *err)
{
	struct tensor tensor;
	CHECK(shape_equal(record->shape, model_function_input(model, function)));
	if (!read_and_decode(record, kept, &tensor, times, err))
		return false;
	run_layers(model, function, weights, kept, &tensor, team, times->layers);
	times->phases[PROFILE_SERIALISE] = serialise(&tensor, kept);
	kept_memory_give(kept, tensor.data);
	return true;
}

bool function_load_weights(struct model_weights *weights, const void *bytes, size_t byte_count, double *seconds,
			   struct err *err)
{
	double start = stopwatch_cpu_seconds();
	bool ok = model_weights_load(weights, bytes, byte_count, err);
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
		/* Zeroed memory may still be pages that nobody has touched. */
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
