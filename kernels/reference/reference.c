#include "kernels/reference/reference.h"

#include <math.h>

/* The index of (channel, y, x) in one image. */
static int64_t at(struct shape shape, int64_t channel, int64_t y, int64_t x)
{
	return (channel * shape.height + y) * shape.width + x;
}

static bool inside(struct shape shape, int64_t y, int64_t x)
{
	return y >= 0 && y < shape.height && x >= 0 && x < shape.width;
}

/* Where tap (ty, tx) of the window at output (y, x) reads. */
static int64_t tap_y(const struct window *window, int64_t y, int64_t ty)
{
	return y * window->y.stride - window->y.pad_before + ty * window->y.dilation;
}

static int64_t tap_x(const struct window *window, int64_t x, int64_t tx)
{
	return x * window->x.stride - window->x.pad_before + tx * window->x.dilation;
}

static double conv_pixel(const struct layer *layer, const float *weights, const float *in, int64_t filter, int64_t y,
			 int64_t x)
{
	const struct conv *conv = &layer->conv;
	const struct window *window = &conv->window;
	int64_t channels = layer->input.channels / conv->groups;
	int64_t first = filter / (conv->filters / conv->groups) * channels;
	double sum = 0.0;
	for (int64_t c = 0; c < channels; c++)
		for (int64_t ty = 0; ty < window->y.kernel; ty++)
			for (int64_t tx = 0; tx < window->x.kernel; tx++) {
				int64_t iy = tap_y(window, y, ty);
				int64_t ix = tap_x(window, x, tx);
				if (!inside(layer->input, iy, ix))
					continue;
				int64_t weight =
					((filter * channels + c) * window->y.kernel + ty) * window->x.kernel + tx;
				sum += (double)weights[weight] * (double)in[at(layer->input, first + c, iy, ix)];
			}
	return sum;
}

void reference_conv(const struct layer *layer, const struct layer_call *call)
{
	struct shape shape = layer->output;
	for (int64_t image = 0; image < call->input->images; image++)
		for (int64_t filter = 0; filter < shape.channels; filter++)
			for (int64_t y = 0; y < shape.height; y++)
				for (int64_t x = 0; x < shape.width; x++) {
					double sum = conv_pixel(layer, call->weights, tensor_image(call->input, image),
								filter, y, x);
					if (layer->conv.has_bias)
						sum += (double)call->bias[filter];
					tensor_image(call->output, image)[at(shape, filter, y, x)] = (float)sum;
				}
}

struct pool_sum {
	double most;
	double sum;
	int64_t inside_image;
	int64_t inside_padding;
};

static struct pool_sum pool_pixel(const struct layer *layer, const float *in, int64_t channel, int64_t y, int64_t x)
{
	const struct window *window = &layer->pool.window;
	struct pool_sum result = {.most = -HUGE_VAL};
	for (int64_t ty = 0; ty < window->y.kernel; ty++)
		for (int64_t tx = 0; tx < window->x.kernel; tx++) {
			int64_t iy = tap_y(window, y, ty);
			int64_t ix = tap_x(window, x, tx);
			if (iy < layer->input.height + window->y.pad_after &&
			    ix < layer->input.width + window->x.pad_after)
				result.inside_padding++;
			if (!inside(layer->input, iy, ix))
				continue;
			double value = (double)in[at(layer->input, channel, iy, ix)];
			result.most = fmax(result.most, value);
			result.sum += value;
			result.inside_image++;
		}
	return result;
}

static float pool_max(const struct layer *layer, struct pool_sum sum)
{
	return (float)sum.most;
}

static float pool_average(const struct layer *layer, struct pool_sum sum)
{
	int64_t count = layer->pool.count_include_pad ? sum.inside_padding : sum.inside_image;
	return count > 0 ? (float)(sum.sum / (double)count) : 0.0f;
}

static void pool(const struct layer *layer, const struct layer_call *call,
		 float (*value)(const struct layer *layer, struct pool_sum sum))
{
	struct shape shape = layer->output;
	for (int64_t image = 0; image < call->input->images; image++)
		for (int64_t c = 0; c < shape.channels; c++)
			for (int64_t y = 0; y < shape.height; y++)
				for (int64_t x = 0; x < shape.width; x++)
					tensor_image(call->output, image)[at(shape, c, y, x)] = value(
						layer, pool_pixel(layer, tensor_image(call->input, image), c, y, x));
}

void reference_maxpool(const struct layer *layer, const struct layer_call *call)
{
	pool(layer, call, pool_max);
}

void reference_avgpool(const struct layer *layer, const struct layer_call *call)
{
	pool(layer, call, pool_average);
}

void reference_lrn(const struct layer *layer, const struct layer_call *call)
{
	const struct lrn *lrn = &layer->lrn;
	struct shape shape = layer->input;
	int64_t pixels = shape.height * shape.width;
	for (int64_t i = 0; i < tensor_values(call->input); i++) {
		int64_t channel = i / pixels % shape.channels;
		double sum = 0.0;
		for (int64_t c = channel - (lrn->size - 1) / 2; c <= channel + lrn->size / 2; c++)
			if (c >= 0 && c < shape.channels) {
				double value = (double)call->input->data[i + (c - channel) * pixels];
				sum += value * value;
			}
		double base = (double)lrn->k + (double)lrn->alpha / (double)lrn->size * sum;
		call->output->data[i] = (float)((double)call->input->data[i] / pow(base, (double)lrn->beta));
	}
}

void reference_relu(const struct layer *layer, const struct layer_call *call)
{
	for (int64_t i = 0; i < tensor_values(call->input); i++)
		call->output->data[i] = fmaxf(call->input->data[i], 0.0f);
}

void reference_fc(const struct layer *layer, const struct layer_call *call)
{
	int64_t inputs = shape_values(layer->input);
	for (int64_t image = 0; image < call->input->images; image++)
		for (int64_t o = 0; o < layer->fc.outputs; o++) {
			double sum = layer->fc.has_bias ? (double)call->bias[o] : 0.0;
			for (int64_t i = 0; i < inputs; i++)
				sum += (double)call->weights[o * inputs + i] *
				       (double)tensor_image(call->input, image)[i];
			tensor_image(call->output, image)[o] = (float)sum;
		}
}

void reference_softmax(const struct layer *layer, const struct layer_call *call)
{
	struct shape shape = layer->input;
	int64_t pixels = shape.height * shape.width;
	for (int64_t image = 0; image < call->input->images; image++)
		for (int64_t pixel = 0; pixel < pixels; pixel++) {
			const float *in = tensor_image(call->input, image) + pixel;
			double most = -HUGE_VAL;
			double sum = 0.0;
			for (int64_t c = 0; c < shape.channels; c++)
				most = fmax(most, (double)in[c * pixels]);
			for (int64_t c = 0; c < shape.channels; c++)
				sum += exp((double)in[c * pixels] - most);
			for (int64_t c = 0; c < shape.channels; c++)
				tensor_image(call->output, image)[pixel + c * pixels] =
					(float)(exp((double)in[c * pixels] - most) / sum);
		}
}

void reference_copy(const struct layer *layer, const struct layer_call *call)
{
	for (int64_t i = 0; i < tensor_values(call->input); i++)
		call->output->data[i] = call->input->data[i];
}
