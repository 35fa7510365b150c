/*
 * The engine against queueing theory (Kleinrock, "Queueing Systems", vol. 1; Gross and Harris, "Fundamentals of
 * Queueing Theory"): M/M/1, M/M/c with Erlang's C, M/M/c/c with his B, M/G/1 with Pollaczek and Khinchine, M/G/inf,
 * tandem queues. Every case is a few hundred thousand customers on a fixed seed; what it
 * must meet is its own 99.9 % interval from independent replications, and Little's law to the nanosecond.
 */
#include "base/arena.h"
#include "base/check.h"
#include "base/num.h"
#include "engine/engine.h"
#include "engine/resource.h"
#include "random/stream.h"
#include "stats/summary.h"
#include "tests/tap.h"

typedef int64_t draw_service(struct stream *stream, double mean_ns);

static int64_t draw_exponential(struct stream *stream, double mean_ns)
{
	return (int64_t)stream_exponential(stream, mean_ns);
}

static int64_t draw_constant(struct stream *stream, double mean_ns)
{
	return (int64_t)mean_ns;
}

/* Squared coefficient of variation 0.25. */
static int64_t draw_erlang4(struct stream *stream, double mean_ns)
{
	return (int64_t)stream_gamma(stream, 4, mean_ns / 4);
}

/* Squared coefficient of variation exp(1) - 1 = 1.718. */
static int64_t draw_lognormal(struct stream *stream, double mean_ns)
{
	return (int64_t)(mean_ns * stream_lognormal(stream, -0.5, 1));
}

enum { STATIONS_MAX = 3 };

struct line {
	struct engine engine;
	struct resource servers[STATIONS_MAX];
	struct stream arrivals;
	struct stream services;
	draw_service *draw;
	int stations;
	bool lossy; /* who finds no free server at once is lost */
	double between_arrivals_ns;
	double service_ns;

	uint64_t arrived;
	uint64_t lost;
	uint64_t left;
	uint64_t waited; /* customers of the first station who did not start at once */
	int64_t present;
	int64_t present_ns; /* integral of present up to changed_ns */
	int64_t changed_ns;
	int64_t sojourns_ns; /* sum over those who left */
	int64_t arrivals_ns; /* sum of the arrival times of those present */
	bool at_once;
};

/* A customer is its time of arrival and the station it is at. */
static int64_t pack(int64_t arrived_ns, int station)
{
	return arrived_ns * STATIONS_MAX + station;
}

static void count_present(struct line *line, int change)
{
	int64_t now_ns = engine_now_ns(&line->engine);
	line->present_ns += line->present * (now_ns - line->changed_ns);
	line->changed_ns = now_ns;
	line->present += change;
}

static void served(struct engine *engine, void *subject, int64_t customer);

static void start(struct engine *engine, void *subject, int64_t customer)
{
	struct line *line = subject;
	line->at_once = true;
	engine_schedule(engine, line->draw(&line->services, line->service_ns), 0, served, line, customer);
}

static void join(struct line *line, int64_t customer)
{
	line->at_once = false;
	resource_acquire(&line->servers[customer % STATIONS_MAX], 1, start, line, customer);
}

static void served(struct engine *engine, void *subject, int64_t customer)
{
	struct line *line = subject;
	int station = (int)(customer % STATIONS_MAX);
	int64_t arrived_ns = customer / STATIONS_MAX;
	resource_release(&line->servers[station], 1);
	if (station + 1 < line->stations) {
		join(line, pack(arrived_ns, station + 1));
		return;
	}
	count_present(line, -1);
	line->left++;
	line->sojourns_ns += engine_now_ns(engine) - arrived_ns;
	line->arrivals_ns -= arrived_ns;
}

static void arrive(struct engine *engine, void *subject, int64_t argument)
{
	struct line *line = subject;
	int64_t now_ns = engine_now_ns(engine);
	engine_schedule(engine, (int64_t)stream_exponential(&line->arrivals, line->between_arrivals_ns), 0, arrive,
			line, 0);
	line->arrived++;
	if (line->lossy && resource_free_units(&line->servers[0]) == 0) {
		line->lost++;
		return;
	}
	count_present(line, 1);
	line->arrivals_ns += now_ns;
	join(line, pack(now_ns, 0));
	line->waited += !line->at_once;
}

struct setting {
	const char *name;
	double load; /* offered per server */
	int64_t servers;
	int stations;
	draw_service *draw;
	double variability; /* squared coefficient of variation of the service */
	bool lossy;
};

/* What a replication measures; services take 1 s on average. */
struct measured {
	double wait_seconds; /* per customer, over all stations */
	double present;
	double waited_share;
	double lost_share;
	double busy;
	bool little_holds;
};

static struct measured run_line(const struct setting *setting, uint32_t replication, uint64_t customers)
{
	static struct line line;
	struct arena arena = {0};
	line = (struct line){
		.draw = setting->draw,
		.stations = setting->stations,
		.lossy = setting->lossy,
		.service_ns = 1e9,
		.between_arrivals_ns = 1e9 / (setting->load * (double)setting->servers),
	};
	engine_init(&line.engine, &arena, 0);
	for (int i = 0; i < line.stations; i++)
		resource_init(&line.servers[i], &line.engine, setting->servers);
	stream_init(&line.arrivals, 1, replication, stream_id_from_name("arrivals"), 0);
	stream_init(&line.services, 1, replication, stream_id_from_name("services"), 0);
	engine_schedule(&line.engine, 0, 0, arrive, &line, 0);
	int64_t horizon_ns = (int64_t)((double)customers * line.between_arrivals_ns);
	/* A fifth more in front is deleted as warm-up. */
	engine_run(&line.engine, horizon_ns / 5, UINT64_MAX);
	int64_t start_ns = engine_now_ns(&line.engine);
	count_present(&line, 0);
	struct line before = line;
	int64_t waiting_ns = 0;
	int64_t busy_ns = 0;
	for (int i = 0; i < line.stations; i++) {
		waiting_ns -= resource_waiting_ns(&line.servers[i]);
		busy_ns -= resource_busy_unit_ns(&line.servers[i]);
	}
	engine_run(&line.engine, start_ns + horizon_ns, UINT64_MAX);
	count_present(&line, 0);
	for (int i = 0; i < line.stations; i++) {
		waiting_ns += resource_waiting_ns(&line.servers[i]);
		busy_ns += resource_busy_unit_ns(&line.servers[i]);
	}
	double arrived = (double)(line.arrived - before.arrived);
	double elapsed_ns = (double)(engine_now_ns(&line.engine) - start_ns);
	struct measured measured = {
		.wait_seconds = seconds_from_ns(waiting_ns) / arrived,
		.present = (double)(line.present_ns - before.present_ns) / elapsed_ns,
		.waited_share = (double)(line.waited - before.waited) / arrived,
		.lost_share = (double)(line.lost - before.lost) / arrived,
		.busy = (double)busy_ns / elapsed_ns / (double)(setting->servers * setting->stations),
	};
	/* Little, in integers: the time that everybody spent so far is the integral of how many were there. */
	int64_t spent_ns = line.sojourns_ns + line.present * engine_now_ns(&line.engine) - line.arrivals_ns;
	measured.little_holds = spent_ns == line.present_ns;
	for (int i = 0; i < line.stations; i++)
		measured.little_holds &= line.present >= line.servers[i].in_use + line.servers[i].waiting;
	arena_release(&arena);
	return measured;
}

/* Erlang's B by its recursion over servers: B(0) = 1, B(k) = a B(k-1) / (k + a B(k-1)). */
static double erlang_b(int64_t servers, double offered)
{
	double b = 1;
	for (int64_t k = 1; k <= servers; k++)
		b = offered * b / ((double)k + offered * b);
	return b;
}

/* The share that waits in M/M/c: C = B / (1 - load (1 - B)). */
static double erlang_c(int64_t servers, double load)
{
	double b = erlang_b(servers, load * (double)servers);
	return b / (1 - load * (1 - b));
}

static void check_interval(const struct setting *setting, const char *what, const struct summary *summary, double truth)
{
	double half_width = summary_half_width(summary, 0.999);
	t_ok(fabs(summary_mean(summary) - truth) < half_width, "%s: %s %.5g, theory %.5g, half width %.2g",
	     setting->name, what, summary_mean(summary), truth, half_width);
	t_ok(half_width < 0.25 * truth + 0.002, "%s: %s: the interval says something", setting->name, what);
}

static void test_line(const struct setting *setting)
{
	enum { REPLICATIONS = 20 };
	uint64_t customers = setting->load > 0.95 ? 150000 : 30000;
	struct summary wait;
	struct summary busy;
	struct summary waited;
	struct summary lost;
	summary_init(&wait);
	summary_init(&busy);
	summary_init(&waited);
	summary_init(&lost);
	bool little = true;
	for (uint32_t i = 0; i < REPLICATIONS; i++) {
		struct measured measured = run_line(setting, i, customers);
		summary_add(&wait, measured.wait_seconds);
		summary_add(&busy, measured.busy);
		summary_add(&waited, measured.waited_share);
		summary_add(&lost, measured.lost_share);
		little &= measured.little_holds;
	}
	t_ok(little, "%s: Little's law holds to the nanosecond", setting->name);
	if (setting->lossy) {
		double b = erlang_b(setting->servers, setting->load * (double)setting->servers);
		check_interval(setting, "lost", &lost, b);
		check_interval(setting, "busy", &busy, setting->load * (1 - b));
		return;
	}
	check_interval(setting, "busy", &busy, setting->load);
	/* Wait = C / (c (1 - load)) x (1 + cv^2) / 2: exact for M/M/c and M/G/1, the same at each station (Burke). */
	double c = erlang_c(setting->servers, setting->load);
	double theory = c / ((double)setting->servers * (1 - setting->load)) * (1 + setting->variability) / 2;
	check_interval(setting, "wait", &wait, theory * setting->stations);
	check_interval(setting, "share that waits", &waited, c);
}

static void test_infinite_servers(void)
{
	struct setting setting = {"M/G/inf", 0.02, 1000, 1, draw_lognormal, 1.718, false};
	struct summary present;
	summary_init(&present);
	for (uint32_t i = 0; i < 12; i++)
		summary_add(&present, run_line(&setting, i, 20000).present);
	check_interval(&setting, "present", &present, 20);
}

static const struct setting settings[] = {
	{"M/M/1 load 0.1", 0.1, 1, 1, draw_exponential, 1, false},
	{"M/M/1 load 0.5", 0.5, 1, 1, draw_exponential, 1, false},
	{"M/M/1 load 0.9", 0.9, 1, 1, draw_exponential, 1, false},
	{"M/M/1 load 0.98", 0.98, 1, 1, draw_exponential, 1, false},
	{"M/M/2 load 0.7", 0.7, 2, 1, draw_exponential, 1, false},
	{"M/M/5 load 0.9", 0.9, 5, 1, draw_exponential, 1, false},
	{"M/M/20 load 0.98", 0.98, 20, 1, draw_exponential, 1, false},
	{"M/D/1 load 0.8", 0.8, 1, 1, draw_constant, 0, false},
	{"M/E4/1 load 0.8", 0.8, 1, 1, draw_erlang4, 0.25, false},
	{"M/LN/1 load 0.6", 0.6, 1, 1, draw_lognormal, 1.718281828, false},
	{"three M/M/1 in line, load 0.8", 0.8, 1, 3, draw_exponential, 1, false},
	{"two M/M/4 in line, load 0.6", 0.6, 4, 2, draw_exponential, 1, false},
	{"M/M/5/5 offered 4", 0.8, 5, 1, draw_exponential, 1, true},
	{"M/LN/10/10 offered 12", 1.2, 10, 1, draw_lognormal, 1.718, true},
	{"M/D/3/3 offered 0.6", 0.2, 3, 1, draw_constant, 0, true},
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(settings); i++)
		test_line(&settings[i]);
	test_infinite_servers();
	return t_done();
}
