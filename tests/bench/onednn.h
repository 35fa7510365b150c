/*
 * One convolution of oneDNN (oneapi-src.github.io/oneDNN, version 2 of its C interface), as something to be measured
 * against: its direct algorithm or minimal filtering, its own layouts of images and filters, one instruction set, one
 * thread or several.
 */
#ifndef LAMINA_ONEDNN_H
#define LAMINA_ONEDNN_H

#include <stdbool.h>

#include "base/arena.h"
#include "kernels/conv/isa.h"
#include "kernels/layer/layer.h"

#if __has_include(<dnnl.h>) && defined(__x86_64__)
#include <dnnl.h>
#define HAS_ONEDNN true

void omp_set_num_threads(int threads);

struct onednn {
	dnnl_primitive_t primitive;
	dnnl_stream_t stream;
	dnnl_memory_t memories[4];
	dnnl_exec_arg_t arguments[4];
	void *buffers[4];
};

/* Before the first convolution, once per process; one that takes any later is ignored by the library. */
static void onednn_limit(enum isa isa, int threads)
{
	dnnl_set_max_cpu_isa(isa == ISA_AVX512 ? dnnl_cpu_isa_avx512_core : dnnl_cpu_isa_avx2);
	omp_set_num_threads(threads);
}

static dnnl_memory_desc_t onednn_any(int rank, const dnnl_dims_t dims)
{
	dnnl_memory_desc_t description;
	dnnl_memory_desc_init_by_tag(&description, rank, dims, dnnl_f32, dnnl_format_tag_any);
	return description;
}

static dnnl_status_t onednn_describe(const struct layer *layer, int64_t images, bool is_winograd,
				     dnnl_convolution_desc_t *out)
{
	const struct conv *conv = &layer->conv;
	const struct window_axis *y = &conv->window.y;
	const struct window_axis *x = &conv->window.x;
	const dnnl_dims_t from = {images, layer->input.channels, layer->input.height, layer->input.width};
	const dnnl_dims_t to = {images, layer->output.channels, layer->output.height, layer->output.width};
	const dnnl_dims_t filters = {conv->filters, layer->input.channels, y->kernel, x->kernel};
	const dnnl_dims_t grouped = {conv->groups, conv->filters / conv->groups, layer->input.channels / conv->groups,
				     y->kernel, x->kernel};
	const dnnl_dims_t biases = {conv->filters};
	const dnnl_dims_t strides = {y->stride, x->stride};
	const dnnl_dims_t before = {y->pad_before, x->pad_before};
	const dnnl_dims_t after = {y->pad_after, x->pad_after};
	dnnl_memory_desc_t source = onednn_any(4, from);
	dnnl_memory_desc_t weights = conv->groups > 1 ? onednn_any(5, grouped) : onednn_any(4, filters);
	dnnl_memory_desc_t bias = onednn_any(1, biases);
	dnnl_memory_desc_t output = onednn_any(4, to);
	return dnnl_convolution_forward_desc_init(out, dnnl_forward_inference,
						  is_winograd ? dnnl_convolution_winograd : dnnl_convolution_direct,
						  &source, &weights, &bias, &output, strides, before, after);
}

/* Random values in all operands; false where the library cannot do this convolution. */
static bool onednn_init(struct onednn *onednn, const struct layer *layer, int64_t images, bool is_winograd)
{
	static dnnl_engine_t engine;
	static const dnnl_query_t queries[] = {dnnl_query_src_md, dnnl_query_weights_md, dnnl_query_weights_md,
					       dnnl_query_dst_md};
	static const int arguments[] = {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_BIAS, DNNL_ARG_DST};
	dnnl_convolution_desc_t description;
	dnnl_primitive_desc_t chosen;
	if (!engine && dnnl_engine_create(&engine, dnnl_cpu, 0) != dnnl_success)
		return false;
	if (onednn_describe(layer, images, is_winograd, &description) != dnnl_success ||
	    dnnl_primitive_desc_create(&chosen, &description, NULL, engine, NULL) != dnnl_success)
		return false;
	dnnl_stream_create(&onednn->stream, engine, dnnl_stream_default_flags);
	dnnl_primitive_create(&onednn->primitive, chosen);
	for (int i = 0; i < 4; i++) {
		const dnnl_memory_desc_t *md = dnnl_primitive_desc_query_md(chosen, queries[i], i == 2);
		size_t count = dnnl_memory_desc_get_size(md) / sizeof(float);
		float *values = floats_alloc(count, &onednn->buffers[i]);
		for (size_t k = 0; k < count; k++)
			values[k] = (float)(k * 2654435761u % 1024) / 1024 - 0.5f;
		dnnl_memory_create(&onednn->memories[i], md, engine, values);
		onednn->arguments[i] = (dnnl_exec_arg_t){arguments[i], onednn->memories[i]};
	}
	dnnl_primitive_desc_destroy(chosen);
	return true;
}

static void onednn_run(struct onednn *onednn)
{
	dnnl_primitive_execute(onednn->primitive, onednn->stream, 4, onednn->arguments);
	dnnl_stream_wait(onednn->stream);
}

static void onednn_release(struct onednn *onednn)
{
	for (int i = 0; i < 4; i++) {
		dnnl_memory_destroy(onednn->memories[i]);
		mem_free(onednn->buffers[i]);
	}
	dnnl_primitive_destroy(onednn->primitive);
	dnnl_stream_destroy(onednn->stream);
}

#else
#define HAS_ONEDNN false

struct onednn {
	char nothing;
};

static void onednn_limit(enum isa isa, int threads)
{
}

static bool onednn_init(struct onednn *onednn, const struct layer *layer, int64_t images, bool is_winograd)
{
	return false;
}

static void onednn_run(struct onednn *onednn)
{
}

static void onednn_release(struct onednn *onednn)
{
}
#endif

#endif
