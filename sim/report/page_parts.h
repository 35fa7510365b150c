/* What the sections of a page share: what is known of the points, and how settings and figures are written. */
#ifndef LAMINA_PAGE_PARTS_H
#define LAMINA_PAGE_PARTS_H /* private to report */

#include "report/figure_keys.h"
#include "report/html.h"
#include "report/page.h"

struct page_figure {
	double mean;
	double half_width; /* of its 95 % interval; infinite: none */
	bool has_band;
	struct trust_band band;
};

struct page_point {
	struct page_figure time;
	struct page_figure cost;
	struct page_figure time_each; /* what points are compared by: the same or, of different work, by the image */
	struct page_figure cost_each;
	bool works;      /* every record has a result */
	bool is_allowed; /* it keeps what is asked for */
	bool is_front;   /* no other is both faster and cheaper */
};

enum page_choice { CHOICE_RECOMMENDED, CHOICE_CHEAPEST, CHOICE_FASTEST, CHOICE_BALANCED, CHOICES };
extern const char *const page_choice_names[CHOICES];

enum { PAGE_NONE = -1 };

struct page_state {
	const struct page *page;
	struct arena arena;
	enum metric_id time; /* of a batch its makespan, else a request's mean */
	struct page_point *points;
	bool is_by_image; /* they do different amounts of work */
	size_t count;
	struct figure_keys keys; /* that vary among the points */
	int64_t chosen[CHOICES]; /* PAGE_NONE where no point works, or none is recommended */
};

/* "point 3", or its name. In the state's arena. */
const char *page_point_name(struct page_state *state, size_t point);

/* Whether it may be an answer. */
bool page_takes_part(const struct page_state *state, size_t point);

/* What the times are of: "time of a run". */
const char *page_time_words(const struct page_state *state);

/* The point that is looked at closely: the recommended or the balanced one; PAGE_NONE where no point works. */
int64_t page_focus(const struct page_state *state);

/* Whether an earlier choice is the same point, or there is none to show. */
bool page_is_chosen_before(const struct page_state *state, enum page_choice choice);

/* "cheapest and fastest": all choices that are this one's point. In the state's arena. */
const char *page_choice_words(struct page_state *state, enum page_choice choice);

/* "0.0123 USD" */
void page_write_quantity(double value, const char *unit, struct buf *out);

void page_write_answer(struct page_state *state, struct buf *out);
void page_write_figures(struct page_state *state, struct buf *out);
void page_write_table(struct page_state *state, struct buf *out);
void page_write_bill(struct page_state *state, struct buf *out);
void page_write_functions(struct page_state *state, struct buf *out);
void page_write_steps(struct page_state *state, struct buf *out);
void page_write_errors(struct page_state *state, struct buf *out);
void page_write_sources(struct page_state *state, struct buf *out);
void page_write_origin(struct page_state *state, struct buf *out);

#endif
