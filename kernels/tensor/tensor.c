#include "kernels/tensor/tensor.h"

#include "base/arena.h"
#include "base/check.h"

bool shape_is_valid(struct shape shape)
{
	const int64_t sides[] = {shape.channels, shape.height, shape.width};
	int64_t values = 1;
	for (size_t i = 0; i < 3; i++) {
		if (sides[i] < 1 || sides[i] > SHAPE_SIDE_MAX)
			return false;
		values *= sides[i];
		if (values > SHAPE_VALUES_MAX)
			return false;
	}
	return true;
}

bool shape_equal(struct shape a, struct shape b)
{
	return a.channels == b.channels && a.height == b.height && a.width == b.width;
}

int64_t shape_values(struct shape shape)
{
	return shape.channels * shape.height * shape.width;
}

int64_t shape_bytes(struct shape shape)
{
	return shape_values(shape) * (int64_t)sizeof(float);
}

float *floats_alloc(size_t count, void **memory)
{
	CHECK(count <= (SIZE_MAX / 2 - TENSOR_ALIGN_BYTES) / sizeof(float));
	*memory = mem_alloc(count * sizeof(float) + TENSOR_ALIGN_BYTES);
	uintptr_t address = (uintptr_t)*memory;
	size_t skip = (TENSOR_ALIGN_BYTES - address % TENSOR_ALIGN_BYTES) % TENSOR_ALIGN_BYTES;
	return (float *)(void *)((char *)*memory + skip);
}

void tensor_init(struct tensor *tensor, int64_t images, struct shape shape)
{
	CHECK(images >= 1 && images <= TENSOR_IMAGES_MAX);
	CHECK(shape_is_valid(shape));
	*tensor = (struct tensor){.images = images, .shape = shape};
	tensor->data = floats_alloc((size_t)(images * shape_values(shape)), &tensor->memory);
}

void tensor_release(struct tensor *tensor)
{
	mem_free(tensor->memory);
	*tensor = (struct tensor){0};
}

struct tensor tensor_slice(const struct tensor *tensor, int64_t first, int64_t count)
{
	CHECK(first >= 0 && count >= 1 && first <= tensor->images - count);
	return (struct tensor){
		.images = count,
		.shape = tensor->shape,
		.data = tensor_image(tensor, first),
	};
}

float *tensor_image(const struct tensor *tensor, int64_t image)
{
	CHECK(image >= 0 && image < tensor->images);
	return tensor->data + image * shape_values(tensor->shape);
}

int64_t tensor_values(const struct tensor *tensor)
{
	return tensor->images * shape_values(tensor->shape);
}
