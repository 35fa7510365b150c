#include "kernels/layer/layer.h"

#include <inttypes.h>
#include <string.h>

#include "base/check.h"
#include "kernels/reference/reference.h"

static bool infer_conv(struct layer *layer, const char **key, struct err *err)
{
	if (!conv_output(&layer->conv, layer->input, &layer->output, key, err))
		return false;
	layer->weight_count = conv_weights(&layer->conv, layer->input);
	layer->bias_count = layer->conv.has_bias ? layer->conv.filters : 0;
	layer->mac_per_image = conv_mac(&layer->conv, layer->input, layer->output);
	*key = "kernel";
	if (layer->mac_per_image > LAYER_MAC_MAX)
		return err_set(err, "the layer needs more than %" PRId64 " multiply-accumulates per image",
			       LAYER_MAC_MAX);
	return true;
}

static bool infer_pool(struct layer *layer, const char **key, struct err *err)
{
	return pool_output(&layer->pool, layer->input, &layer->output, key, err);
}

static bool infer_fc(struct layer *layer, const char **key, struct err *err)
{
	*key = "outputs";
	if (layer->fc.outputs < 1 || layer->fc.outputs > SHAPE_SIDE_MAX)
		return err_set(err, "outputs must be from 1 to %" PRId64, SHAPE_SIDE_MAX);
	int64_t inputs = shape_values(layer->input);
	if (inputs > SHAPE_VALUES_MAX / layer->fc.outputs)
		return err_set(
			err, "the weights, %" PRId64 " inputs x %" PRId64 " outputs, are more than %" PRId64 " values",
			inputs, layer->fc.outputs, SHAPE_VALUES_MAX);
	layer->output = (struct shape){layer->fc.outputs, 1, 1};
	layer->weight_count = inputs * layer->fc.outputs;
	layer->bias_count = layer->fc.has_bias ? layer->fc.outputs : 0;
	layer->mac_per_image = layer->weight_count;
	return true;
}

static bool infer_lrn(struct layer *layer, const char **key, struct err *err)
{
	*key = "size";
	if (layer->lrn.size < 1 || layer->lrn.size > SHAPE_SIDE_MAX)
		return err_set(err, "size must be from 1 to %" PRId64, SHAPE_SIDE_MAX);
	layer->output = layer->input;
	return true;
}

static bool infer_same(struct layer *layer, const char **key, struct err *err)
{
	layer->output = layer->input;
	return true;
}

static void run_conv(const struct layer *layer, const struct layer_call *call)
{
	conv_run(&layer->conv, call);
}

static void run_maxpool(const struct layer *layer, const struct layer_call *call)
{
	pool_max_run(&layer->pool, call);
}

static void run_avgpool(const struct layer *layer, const struct layer_call *call)
{
	pool_average_run(&layer->pool, call);
}

static void run_lrn(const struct layer *layer, const struct layer_call *call)
{
	lrn_run(&layer->lrn, call);
}

static void run_relu(const struct layer *layer, const struct layer_call *call)
{
	relu_run(call);
}

static void run_fc(const struct layer *layer, const struct layer_call *call)
{
	fc_run(&layer->fc, call);
}

static void run_softmax(const struct layer *layer, const struct layer_call *call)
{
	softmax_run(call);
}

static void run_copy(const struct layer *layer, const struct layer_call *call)
{
	copy_run(call);
}

const struct layer_kind_row layer_kinds[LAYER_KINDS] = {
	[LAYER_CONV] = {"conv", false, infer_conv, run_conv, reference_conv},
	[LAYER_MAXPOOL] = {"maxpool", false, infer_pool, run_maxpool, reference_maxpool},
	[LAYER_AVGPOOL] = {"avgpool", false, infer_pool, run_avgpool, reference_avgpool},
	[LAYER_LRN] = {"lrn", true, infer_lrn, run_lrn, reference_lrn},
	[LAYER_RELU] = {"relu", true, infer_same, run_relu, reference_relu},
	[LAYER_FC] = {"fc", false, infer_fc, run_fc, reference_fc},
	[LAYER_SOFTMAX] = {"softmax", true, infer_same, run_softmax, reference_softmax},
	[LAYER_DROPOUT] = {"dropout", true, infer_same, run_copy, reference_copy},
};

enum layer_kind layer_kind_find(const char *name)
{
	int kind = 0;
	while (kind < LAYER_KINDS && strcmp(layer_kinds[kind].name, name) != 0)
		kind++;
	return (enum layer_kind)kind;
}

bool layer_infer(struct layer *layer, struct shape input, const char **key, struct err *err)
{
	CHECK(layer->kind < LAYER_KINDS);
	CHECK(shape_is_valid(input));
	layer->input = input;
	layer->mac_per_image = 0;
	layer->weight_count = 0;
	layer->bias_count = 0;
	*key = "kind";
	return layer_kinds[layer->kind].infer(layer, key, err);
}

int64_t layer_parameters(const struct layer *layer)
{
	return layer->weight_count + layer->bias_count;
}

int64_t layer_parameter_bytes(const struct layer *layer)
{
	return layer_parameters(layer) * (int64_t)sizeof(float);
}

bool layer_in_place(const struct layer *layer)
{
	return layer_kinds[layer->kind].in_place;
}

void layer_run(const struct layer *layer, const struct layer_call *call)
{
	CHECK(shape_equal(call->input->shape, layer->input));
	CHECK(shape_equal(call->output->shape, layer->output));
	CHECK(call->input->images == call->output->images);
	CHECK(call->input->data != call->output->data || layer_in_place(layer));
	CHECK(call->weights || layer->weight_count == 0);
	layer_kinds[layer->kind].run(layer, call);
}
