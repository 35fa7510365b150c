#include "kernels/onnx/value_file.h"

#include <string.h>

#include "base/file.h"
#include "kernels/onnx/onnx_message.h"
#include "kernels/onnx/onnx_model.h"

static bool is_message(const char *path)
{
	size_t length = strlen(path);
	return length >= 3 && strcmp(path + length - 3, ".pb") == 0;
}

static bool parse(const char *path, const char *bytes, size_t length, struct value *value, struct arena *arena,
		  struct err *err)
{
	struct value read;
	const char *name;
	if (!onnx_parse_value((const uint8_t *)bytes, length, arena, &read, &name, err))
		return err_prefix(err, "'%s'", path);
	if (read.type != value->type)
		return err_set(err, "'%s' holds values of type %s, and %s is needed", path, value_types[read.type].name,
			       value_types[value->type].name);
	*value = read;
	return true;
}

bool value_file_read(const char *path, struct value *value, struct arena *arena, struct err *err)
{
	char *bytes;
	size_t length;
	if (!file_read(path, ONNX_BYTES_MAX, arena, &bytes, &length, err))
		return false;
	if (is_message(path))
		return parse(path, bytes, length, value, arena, err);
	if (length != value_bytes(value))
		return err_set(err, "'%s' has %zu bytes, and %zu are needed", path, length, value_bytes(value));
	value_alloc(value, arena);
	memcpy(value->data, bytes, length);
	return true;
}

bool value_file_write(const char *path, const char *name, const struct value *value, struct err *err)
{
	if (!is_message(path))
		return file_write(path, value->data, value_bytes(value), err);
	Lamina__Onnx__Tensor message = LAMINA__ONNX__TENSOR__INIT;
	struct arena arena;
	arena_init(&arena);
	message.n_dims = (size_t)value->dims.rank;
	message.dims = ARENA_ARRAY(&arena, int64_t, message.n_dims);
	for (size_t i = 0; i < message.n_dims; i++)
		message.dims[i] = value->dims.sides[i];
	message.has_data_type = true;
	message.data_type = value_types[value->type].onnx;
	message.name = arena_strdup(&arena, name);
	message.has_raw_data = true;
	message.raw_data.len = value_bytes(value);
	message.raw_data.data = value->data;
	size_t length = lamina__onnx__tensor__get_packed_size(&message);
	uint8_t *bytes = arena_alloc(&arena, length);
	lamina__onnx__tensor__pack(&message, bytes);
	bool ok = file_write(path, (const char *)bytes, length, err);
	arena_release(&arena);
	return ok;
}
