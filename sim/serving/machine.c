#include "serving/machine.h"

#include <math.h>

#include "base/num.h"
#include "engine/engine.h"
#include "random/stream.h"

struct machine {
	struct engine engine;
	const struct setting *setting;
	struct outcome *outcome;
	double slowness;    /* of the host, drawn once per replication */
	int64_t fed_images; /* images handed to the device so far */
	int64_t computed_images;
	int64_t waiting_images; /* a fed batch that waits for the device */
	int64_t device_images;  /* the batch on the device */
	int64_t feeding_images;
};

static void batch_fed(struct engine *engine, void *subject, int64_t argument);
static void batch_computed(struct engine *engine, void *subject, int64_t argument);

static void start_feed(struct machine *machine)
{
	int64_t left = machine->setting->images - machine->fed_images;
	int64_t batch = machine->setting->platform->machine.batch_images;
	machine->feeding_images = left < batch ? left : batch;
	if (machine->feeding_images == 0)
		return;
	double seconds = (double)machine->feeding_images * machine->setting->platform->machine.feed_seconds_per_image;
	engine_schedule(&machine->engine, ns_from_seconds(seconds * machine->slowness), 0, batch_fed, machine, 0);
}

static void start_device(struct machine *machine)
{
	machine->device_images = machine->waiting_images;
	machine->waiting_images = 0;
	double seconds = (double)machine->device_images / machine->setting->platform->machine.device_images_per_second;
	engine_schedule(&machine->engine, ns_from_seconds(seconds), 0, batch_computed, machine, 0);
}

static void batch_fed(struct engine *engine, void *subject, int64_t argument)
{
	struct machine *machine = subject;
	machine->fed_images += machine->feeding_images;
	machine->waiting_images = machine->feeding_images;
	machine->feeding_images = 0;
	if (machine->device_images == 0) {
		start_device(machine);
		start_feed(machine);
	}
}

/* Records whose last image has now been computed are complete; all were submitted at time 0. */
static void complete_records(struct machine *machine, int64_t now_ns)
{
	struct outcome *outcome = machine->outcome;
	const struct setting *setting = machine->setting;
	while (outcome->records_completed < setting->records) {
		int64_t last = (outcome->records_completed + 1) * setting->images_per_record;
		if (machine->computed_images < (last < setting->images ? last : setting->images))
			return;
		histogram_add(&outcome->record_times, now_ns);
		outcome->records_completed++;
		outcome->record_ns += now_ns;
	}
}

static void batch_computed(struct engine *engine, void *subject, int64_t argument)
{
	struct machine *machine = subject;
	int64_t now_ns = engine_now_ns(engine);
	machine->computed_images += machine->device_images;
	machine->outcome->images_completed = machine->computed_images;
	machine->device_images = 0;
	machine->outcome->makespan_ns = now_ns;
	complete_records(machine, now_ns);
	if (machine->waiting_images > 0) {
		start_device(machine);
		start_feed(machine);
	}
}

void simulate_machine(const struct setting *setting, const struct simulate_options *options, struct arena *arena,
		      struct outcome *out)
{
	struct stream luck;
	stream_init(&luck, options->seed, options->replication, stream_id_from_name("machine"), 0);
	struct machine machine = {
		.setting = setting,
		.outcome = out,
		.slowness = stream_lognormal(&luck, 0, setting->platform->cpu.speed_spread),
	};
	engine_init(&machine.engine, arena, 16);
	machine.engine.interrupted = options->interrupt;
	start_feed(&machine);
	enum engine_end end = engine_run(&machine.engine, setting->horizon_ns, setting->event_budget);
	out->end = end == ENGINE_EMPTY     ? OUTCOME_COMPLETE
		   : end == ENGINE_BUDGET  ? OUTCOME_EVENT_BUDGET
		   : end == ENGINE_HORIZON ? OUTCOME_HORIZON
					   : OUTCOME_INTERRUPTED;
	out->peak_concurrency = 1;
	out->elapsed_ns = engine_now_ns(&machine.engine);
	out->running_instance_ns = (price_mb_ns)out->elapsed_ns;
	out->events = engine_events_run(&machine.engine);
	out->usage.machine_ns = out->makespan_ns + ns_from_seconds(setting->platform->machine.boot_seconds);
}
