/*
 * One machine with a GPU serving the same records: a host stage feeds batches (read, decode, copy), the device
 * computes them; the two overlap, and the feed is one batch ahead at most. A batch is what waits when its feed begins,
 * up to the platform's batch_images; records are served in order of coming, and one is done with the batch that holds
 * its last image. The machine is on from its boot before the first record to the last result, with requests or not.
 *
 * Why a feed stage: the paper's TITAN X took 8.8 to 9.0 ms per image, while the same card computes AlexNet in 0.32 to
 * 0.36 ms (DLInfBench; jcjohnson/cnn-benchmarks). It was starved by its host, not by arithmetic.
 */
#include <math.h>

#include "base/num.h"
#include "engine/engine.h"
#include "random/stream.h"
#include "serving/simulation.h"

/* Records that came at the same time. */
struct delivery {
	struct delivery *next;
	int64_t submitted_ns;
	int64_t images;
	int64_t images_per_record; /* of all but the last */
	int64_t computed_images;
};

struct machine {
	struct engine engine;
	const struct setting *setting;
	const struct simulate_options *options;
	struct arena *arena;
	struct outcome *outcome;
	double slowness;        /* of the host, drawn once per replication */
	struct intake intake;   /* of records */
	struct delivery *first; /* not computed, in order of coming */
	struct delivery *last;
	struct delivery *free_list;
	int64_t arrived_images; /* that are not fed */
	int64_t feeding_images;
	int64_t waiting_images; /* a fed batch that waits for the device */
	int64_t device_images;  /* the batch on the device */
};

static void batch_fed(struct engine *engine, void *subject, int64_t argument);
static void batch_computed(struct engine *engine, void *subject, int64_t argument);

/* A batch is fed while the one before it is computed, not earlier. */
static void start_feed(struct machine *machine)
{
	int64_t batch = machine->setting->platform->machine.batch_images;
	if (machine->feeding_images > 0 || machine->waiting_images > 0 || machine->arrived_images == 0)
		return;
	machine->feeding_images = machine->arrived_images < batch ? machine->arrived_images : batch;
	machine->arrived_images -= machine->feeding_images;
	double seconds = (double)machine->feeding_images * machine->setting->platform->machine.feed_seconds_per_image;
	engine_schedule(&machine->engine, ns_from_seconds(seconds * machine->slowness), 0, batch_fed, machine, 0);
}

static void start_device(struct machine *machine)
{
	if (machine->device_images > 0 || machine->waiting_images == 0)
		return;
	machine->device_images = machine->waiting_images;
	machine->waiting_images = 0;
	double seconds = (double)machine->device_images / machine->setting->platform->machine.device_images_per_second;
	engine_schedule(&machine->engine, ns_from_seconds(seconds), 0, batch_computed, machine, 0);
}

static void batch_fed(struct engine *engine, void *subject, int64_t argument)
{
	struct machine *machine = subject;
	machine->waiting_images = machine->feeding_images;
	machine->feeding_images = 0;
	start_device(machine);
	start_feed(machine);
}

static int64_t records_in(const struct delivery *delivery, int64_t images)
{
	return images == delivery->images ? div_ceil_int64(images, delivery->images_per_record)
					  : images / delivery->images_per_record;
}

static void record_done(struct machine *machine, int64_t submitted_ns)
{
	struct outcome *outcome = machine->outcome;
	const struct record_sink *sink = machine->options->records;
	int64_t taken_ns = engine_now_ns(&machine->engine) - submitted_ns;
	if (sink)
		sink->completed(sink->context, submitted_ns, taken_ns);
	histogram_add(&outcome->record_times, taken_ns);
	outcome->records_completed++;
	outcome->record_ns += taken_ns;
	intake_done(&machine->intake);
}

/* So many images have been computed, which are those of the first deliveries. */
static void complete_images(struct machine *machine, int64_t images)
{
	while (images > 0) {
		struct delivery *delivery = machine->first;
		int64_t left = delivery->images - delivery->computed_images;
		int64_t now = images < left ? images : left;
		int64_t before = records_in(delivery, delivery->computed_images);
		delivery->computed_images += now;
		images -= now;
		int64_t after = records_in(delivery, delivery->computed_images);
		for (int64_t i = before; i < after; i++)
			record_done(machine, delivery->submitted_ns);
		if (now < left)
			return;
		machine->first = delivery->next;
		delivery->next = machine->free_list;
		machine->free_list = delivery;
	}
}

static void batch_computed(struct engine *engine, void *subject, int64_t argument)
{
	struct machine *machine = subject;
	int64_t images = machine->device_images;
	machine->device_images = 0;
	machine->outcome->images_completed += images;
	machine->outcome->makespan_ns = engine_now_ns(engine);
	complete_images(machine, images);
	start_device(machine);
	start_feed(machine);
}

static void take_delivery(struct machine *machine, int64_t images, int64_t images_per_record)
{
	struct delivery *delivery = machine->free_list;
	if (delivery)
		machine->free_list = delivery->next;
	else
		delivery = ARENA_NEW(machine->arena, struct delivery);
	*delivery = (struct delivery){
		.submitted_ns = engine_now_ns(&machine->engine),
		.images = images,
		.images_per_record = images_per_record,
	};
	if (machine->first)
		machine->last->next = delivery;
	else
		machine->first = delivery;
	machine->last = delivery;
	machine->arrived_images += images;
	start_feed(machine);
}

/* How many images the record has that has come last. */
static int64_t record_images(const struct machine *machine, const struct arrival *arrival)
{
	const struct setting *setting = machine->setting;
	const struct trace *trace = setting->arrivals.trace;
	if (trace && arrival->size >= 0)
		return trace->sizes[arrival->size];
	bool is_last = machine->intake.arrivals.made == setting->records && setting->images > 0;
	return is_last ? setting->images - (setting->records - 1) * setting->images_per_record
		       : setting->images_per_record;
}

static void record_came(void *subject, const struct arrival *arrival)
{
	int64_t images = record_images(subject, arrival);
	take_delivery(subject, images, images);
}

void simulate_machine(const struct setting *setting, const struct simulate_options *options, struct arena *arena,
		      struct outcome *out)
{
	struct stream luck;
	stream_init(&luck, options->seed, options->replication, stream_id_from_name("machine"), 0);
	struct machine machine = {
		.setting = setting,
		.options = options,
		.arena = arena,
		.outcome = out,
		.slowness = stream_lognormal(&luck, 0, setting->platform->cpu.speed_spread),
	};
	engine_init(&machine.engine, arena, 16);
	machine.engine.interrupted = options->interrupt;
	intake_init(&machine.intake, &machine.engine, &setting->arrivals, setting->records, options->seed,
		    options->replication);
	if (setting->arrivals.kind == ARRIVALS_ALL_AT_ONCE) {
		machine.intake.in_flight = setting->records;
		take_delivery(&machine, setting->images, setting->images_per_record);
	} else {
		intake_open(&machine.intake, setting->in_flight_max, record_came, &machine);
	}
	enum engine_end end = engine_run(&machine.engine, setting->horizon_ns, setting->event_budget);
	out->end = outcome_end_of(end, machine.intake.is_overfull);
	out->peak_concurrency = 1;
	out->elapsed_ns = engine_now_ns(&machine.engine);
	out->running_instance_ns = (price_mb_ns)out->elapsed_ns;
	out->events = engine_events_run(&machine.engine);
	out->usage.machine_ns = out->makespan_ns + ns_from_seconds(setting->platform->machine.boot_seconds);
}
