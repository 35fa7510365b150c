#include "scenario/function_work.h"

#include <math.h>
#include <string.h>

#include "base/num.h"
#include "random/quantile.h"

static const double MB_IN_BYTES = 1024.0 * 1024.0;

/* A larger record fits nowhere. */
static const int64_t BYTES_LARGEST = 1000000000000000000;

static int64_t bytes_from_mb(double mb)
{
	return llround(fmin(mb * 1e6, (double)BYTES_LARGEST));
}

int64_t function_record_bytes(const struct framework *framework, const struct profile *profile, size_t layer,
			      int64_t images)
{
	CHECK(layer <= profile->layer_count);
	int64_t per_image = framework->record_image_bytes;
	int64_t bytes;
	if (layer > 0)
		per_image = profile_cut_bytes_per_image(&profile->layers[layer - 1]);
	else if (per_image == 0)
		per_image = profile->record_input_bytes_per_image;
	return __builtin_mul_overflow(per_image, images, &bytes) || bytes > BYTES_LARGEST ? BYTES_LARGEST : bytes;
}

static double activation_bytes_per_image(const struct profile *profile, struct layer_range layers, int activations)
{
	double held = layers.first > 0 ? (double)profile_cut_bytes_per_image(&profile->layers[layers.first - 1])
				       : (double)profile->layers[0].input_bytes_per_image;
	double live = 0;
	for (size_t i = layers.first; i < layers.end; i++) {
		const struct profile_layer *layer = &profile->layers[i];
		double output = layer->in_place ? 0 : (double)layer->output_bytes_per_image;
		held += output;
		double own = (double)layer->input_bytes_per_image + output;
		live = fmax(live, layer->live_bytes_per_image > 0 ? (double)layer->live_bytes_per_image : own);
	}
	return activations == ACTIVATIONS_HELD ? held : live;
}

static bool has_branches(const struct profile *profile, struct layer_range layers)
{
	for (size_t i = layers.first; i < layers.end; i++)
		if (profile->layers[i].live_bytes_per_image > 0)
			return true;
	return false;
}

static int64_t parameter_bytes(const struct profile *profile, struct layer_range layers)
{
	int64_t bytes = 0;
	for (size_t i = layers.first; i < layers.end; i++)
		bytes += profile->layers[i].parameter_bytes;
	return bytes;
}

/* The profile's function that a layer was measured in. */
static size_t measured_function(const struct profile *profile, size_t layer)
{
	int function = profile_find_function(profile, profile->layers[layer].function);
	CHECK(function >= 0);
	return (size_t)function;
}

/* Whether the layers are all of a function as it was measured. */
static bool is_as_measured(const struct profile *profile, struct layer_range layers)
{
	const char *function = profile->layers[layers.first].function;
	for (size_t i = 0; i < profile->layer_count; i++) {
		bool is_here = i >= layers.first && i < layers.end;
		if (is_here != (strcmp(profile->layers[i].function, function) == 0))
			return false;
	}
	return true;
}

/* Weights and activations. Of layers that were not measured together, a network with branches reuses what it can. */
static double peak_bytes(const struct profile *profile, struct layer_range layers, int64_t images, int activations)
{
	double weights = (double)parameter_bytes(profile, layers);
	if (activations == ACTIVATIONS_MEASURED) {
		double measured =
			is_as_measured(profile, layers)
				? profile_peak_bytes(profile, measured_function(profile, layers.first), images)
				: 0;
		if (measured > weights)
			return measured;
		activations = has_branches(profile, layers) ? ACTIVATIONS_LIVE : ACTIVATIONS_HELD;
	}
	return weights + (double)images * activation_bytes_per_image(profile, layers, activations);
}

/* Of all layers that were measured in a function. */
static int64_t measured_parameter_bytes(const struct profile *profile, const char *function)
{
	int64_t bytes = 0;
	for (size_t i = 0; i < profile->layer_count; i++)
		if (strcmp(profile->layers[i].function, function) == 0)
			bytes += profile->layers[i].parameter_bytes;
	return bytes;
}

/* Loading was timed per measured function; a layer's part of it goes with its share of that function's weights. */
static double load_seconds(const struct profile *profile, struct layer_range layers, int64_t images)
{
	double seconds = 0;
	const char *function = NULL;
	int64_t whole = 0;
	for (size_t i = layers.first; i < layers.end; i++) {
		const struct profile_layer *layer = &profile->layers[i];
		if (layer->parameter_bytes == 0)
			continue;
		if (!function || strcmp(function, layer->function) != 0)
			whole = measured_parameter_bytes(profile, layer->function);
		function = layer->function;
		double part = (double)layer->parameter_bytes / (double)whole;
		seconds += part *
			   profile_phase_seconds(profile, measured_function(profile, i), PROFILE_LOAD_WEIGHTS, images);
	}
	return seconds;
}

/* Host seconds over seconds on one of the platform's vCPUs. */
struct carried {
	double arithmetic; /* by matrix products */
	double memory;     /* by bandwidth */
};

/*
 * A profile with first touches in its times cannot tell bandwidth from page faults, and for most platforms nobody has
 * published a bandwidth: then the ratio of products stands for both.
 */
static struct carried carried_over(const struct profile_host *host, const struct platform_cpu *cpu)
{
	double products = host->sgemm_gflop_per_second_per_core / cpu->sgemm_gflop_per_vcpu_second;
	bool is_known = cpu->memory_gb_per_vcpu_second > 0 && host->first_touch_seconds_per_gb > 0;
	return (struct carried){
		.arithmetic = products,
		.memory = is_known ? host->memory_gb_per_second / cpu->memory_gb_per_vcpu_second : products,
	};
}

/*
 * A layer's time by the ratio of the roof that binds it (profile.h). The nearer the other roof is, the more of the time
 * may go by the other ratio: as far as that is from this one, in proportion to the two roofs.
 */
static struct profile_time carried_time(const struct profile *profile, size_t layer, int64_t images, int64_t threads,
					struct carried carried)
{
	struct profile_time time = profile_layer_time(profile, layer, images, threads);
	struct profile_roofs roofs = profile_layer_roofs(profile, layer, images);
	bool is_arithmetic = roofs.arithmetic_seconds >= roofs.memory_seconds;
	double ratio = is_arithmetic ? carried.arithmetic : carried.memory;
	double other = is_arithmetic ? carried.memory : carried.arithmetic;
	double highest = fmax(roofs.arithmetic_seconds, roofs.memory_seconds);
	double nearness = highest > 0 ? fmin(roofs.arithmetic_seconds, roofs.memory_seconds) / highest : 0;
	double of_roofs = nearness * fabs(other - ratio) / ratio / 2;
	return (struct profile_time){.seconds = time.seconds * ratio, .error_share = hypot(time.error_share, of_roofs)};
}

/* Of the layers, on host or vCPU as the ratios say. They are off together: one team, one memory. */
static struct profile_time compute_time(const struct profile *profile, struct layer_range layers, int64_t images,
					int64_t threads, struct carried carried)
{
	double seconds = 0;
	double error = 0;
	for (size_t i = layers.first; i < layers.end; i++) {
		struct profile_time time = carried_time(profile, i, images, threads, carried);
		seconds += time.seconds;
		error += time.seconds * time.error_share;
	}
	return (struct profile_time){.seconds = seconds, .error_share = seconds > 0 ? error / seconds : 0};
}

/* A function's part of the whole network, by the measured time of its layers. */
static int64_t device_ns(const struct framework *framework, const struct platform_device *device,
			 const struct profile *profile, struct layer_range layers, int64_t images)
{
	bool is_named;
	double rate = framework_device_rate(framework, device->name ? device->name : "", &is_named);
	struct layer_range all = {0, profile->layer_count};
	if (rate == 0)
		return 0;
	struct carried as_measured = {1, 1};
	double part = compute_time(profile, layers, images, 1, as_measured).seconds /
		      compute_time(profile, all, images, 1, as_measured).seconds;
	return ns_from_seconds((double)images / rate * part);
}

/* A record of images, as the network's first layer gets it, takes what the framework does to them as well. */
static double decode_seconds(const struct framework *framework, const struct profile *profile,
			     struct layer_range layers, int64_t images)
{
	double seconds =
		profile_phase_seconds(profile, measured_function(profile, layers.first), PROFILE_DECODE, images);
	return seconds + (layers.first == 0 ? framework->image_cpu_seconds * (double)images : 0);
}

static struct phase cpu_phase(double seconds, int64_t threads)
{
	return (struct phase){.cpu_ns = ns_from_seconds(seconds), .threads = threads};
}

void function_work_from_layers(const struct experiment *experiment, const struct platform *platform,
			       const struct profile *profile, struct layer_range layers, int64_t images,
			       struct work *out)
{
	const struct framework *framework = &experiment->framework;
	struct carried carried = carried_over(&profile->host, &platform->cpu);
	size_t last = measured_function(profile, layers.end - 1);
	int64_t threads = framework->compute_threads;
	int64_t weights = parameter_bytes(profile, layers);
	struct profile_time compute = compute_time(profile, layers, images, threads, carried);

	*out = (struct work){.images = images, .is_carried_over = true};
	if (framework->import_at == IMPORT_IN_HANDLER)
		out->phases[WORK_IMPORT] = cpu_phase(framework->import_cpu_seconds, 1);
	out->phases[WORK_IMPORT].cold_only = true;
	out->phases[WORK_WEIGHTS_GET] = (struct phase){
		.gets = weights > 0, .bytes = weights, .stream_mb_per_second = HUGE_VAL, .cold_only = true};
	double framework_load = (double)weights / 1e6 * framework->weights_cpu_seconds_per_mb;
	out->phases[WORK_WEIGHTS_LOAD] =
		cpu_phase(load_seconds(profile, layers, images) * carried.memory + framework_load, 1);
	out->phases[WORK_WEIGHTS_LOAD].cold_only = true;
	out->phases[WORK_RECORD_GET] = (struct phase){
		.gets = 1,
		.bytes = function_record_bytes(framework, profile, layers.first, images),
		.stream_mb_per_second = framework->record_mb_per_second,
	};
	out->phases[WORK_DECODE] = cpu_phase(decode_seconds(framework, profile, layers, images) * carried.memory, 1);
	out->phases[WORK_DEVICE].device_ns = device_ns(framework, &platform->device, profile, layers, images);
	if (out->phases[WORK_DEVICE].device_ns == 0)
		out->phases[WORK_COMPUTE] =
			cpu_phase(compute.seconds * framework->layer_time_factor * (double)threads, threads);
	out->phases[WORK_COMPUTE].cpu_error_share = hypot(compute.error_share, framework->layer_time_spread);
	out->phases[WORK_SERIALISE] =
		cpu_phase(profile_phase_seconds(profile, last, PROFILE_SERIALISE, images) * carried.memory, 1);
	out->phases[WORK_RECORD_PUT] = (struct phase){
		.puts = 1,
		.bytes = function_record_bytes(framework, profile, layers.end, images),
		.stream_mb_per_second = framework->record_mb_per_second,
	};
	out->shared_memory_mb = framework->memory_mb + (double)weights / MB_IN_BYTES;
	out->peak_memory_mb =
		framework->memory_mb + peak_bytes(profile, layers, images, framework->activations) / MB_IN_BYTES;
}

static struct phase stated_get(double mb, int64_t objects)
{
	return (struct phase){
		.gets = mb > 0 ? objects : 0, .bytes = bytes_from_mb(mb), .stream_mb_per_second = HUGE_VAL};
}

static struct load_part load_of(const struct quantiles *seconds_per_gb, double mb)
{
	bool loads = mb > 0 && seconds_per_gb->table.count > 0;
	return (struct load_part){.seconds_per_gb = loads ? seconds_per_gb : NULL, .gb = mb / 1e3};
}

/*
 * Once in an instance's life: weights from its disk (what comes from the store is a phase of its own) and to the
 * device, and what is compiled or chosen there at the first call.
 */
static struct phase stated_load(const struct stated_work *stated, const struct platform *platform,
				const struct device_time *time)
{
	struct phase load = {.threads = 1, .cold_only = true};
	load.loads[0] = load_of(&platform->sandbox.disk_seconds_per_gb, stated->cold_disk_mb);
	if (!platform->device.name)
		return load;
	load.loads[1] = load_of(&platform->device.load_seconds_per_gb, stated->device_load_mb);
	load.wait_ns = ns_from_seconds(time->first_call_seconds);
	return load;
}

void function_work_from_stated(const struct stated_work *stated, const struct platform *platform, int64_t images,
			       struct work *out)
{
	const struct platform_device *device = &platform->device;
	const struct call_work *call = &stated->per_call;
	bool is_undeviced = !device->name && stated->cpu_seconds_without_device > 0;
	double cpu_seconds = is_undeviced ? stated->cpu_seconds_without_device : stated->cpu_seconds;
	const struct device_time time = work_device_time(stated, device->name ? device->name : "");
	double n = (double)images;
	double upload_mb = call->upload_mb + stated->upload_mb * n;
	*out = (struct work){.images = images,
			     .is_stated = true,
			     .payload_bytes = bytes_from_mb(call->payload_mb + stated->payload_mb * n),
			     .is_streamed = stated->streamed,
			     .peak_memory_mb = stated->memory_mb,
			     .shared_memory_mb = stated->shared_memory_mb,
			     .tmp_mb = stated->tmp_mb};
	out->varying = (enum work_varying)stated->variation_of;
	out->factors = stated->variation_quantiles.table;
	out->variation = out->factors.count > 0 ? sqrt(quantile_variance(&out->factors)) : stated->variation;
	out->phases[WORK_IMPORT] = cpu_phase(stated->cold_cpu_seconds, 1);
	out->phases[WORK_IMPORT].wait_ns = ns_from_seconds(stated->cold_wait_seconds);
	out->phases[WORK_IMPORT].cold_only = true;
	out->phases[WORK_WEIGHTS_GET] = stated_get(stated->cold_download_mb, 1);
	out->phases[WORK_WEIGHTS_GET].cold_only = true;
	out->phases[WORK_WEIGHTS_LOAD] = stated_load(stated, platform, &time);
	out->phases[WORK_RECORD_GET] =
		stated_get(call->download_mb + stated->download_mb * n, stated->download_objects);
	out->phases[WORK_DECODE] = cpu_phase(call->single_cpu_seconds + stated->single_cpu_seconds * n, 1);
	out->phases[WORK_COMPUTE] = cpu_phase(call->cpu_seconds + cpu_seconds * n, stated->threads);
	if (!is_undeviced) {
		out->phases[WORK_DEVICE].device_ns = ns_from_seconds(time.call_seconds + time.seconds * n);
		out->phases[WORK_DEVICE].device_call_ns = ns_from_seconds(time.call_seconds);
	}
	out->phases[WORK_WAIT].wait_ns = ns_from_seconds(call->wait_seconds + stated->wait_seconds * n);
	work_alternate(out, stated->alternations, images);
	out->phases[WORK_RECORD_PUT] = (struct phase){
		.puts = upload_mb > 0 ? stated->upload_objects : 0,
		.bytes = bytes_from_mb(upload_mb),
		.stream_mb_per_second = HUGE_VAL,
	};
	for (int i = 0; i < WORK_PHASES; i++) {
		out->phases[i].is_timed_elsewhere = !stated->transfers_take_time;
		out->phases[i].keeps_connection = stated->keeps_connection;
	}
}

void function_work_part(const struct stated_work *stated, int64_t records, struct work *work)
{
	if (!stated || stated->download_mb > 0)
		work->phases[WORK_RECORD_GET].gets *= records;
	if (!stated || stated->upload_mb > 0)
		work->phases[WORK_RECORD_PUT].puts *= records;
}

void function_work_set_client(const struct framework *framework, struct work *work)
{
	for (int i = 0; i < WORK_PHASES; i++) {
		struct phase *phase = &work->phases[i];
		double per_mb =
			phase->puts > 0 ? framework->store_cpu_seconds_per_put_mb : framework->store_cpu_seconds_per_mb;
		phase->has_client_cpu = isfinite(per_mb);
		phase->client_cpu_seconds_per_mb = phase->has_client_cpu ? per_mb : 0;
		phase->keeps_connection = phase->keeps_connection || framework->keeps_connection;
	}
}
