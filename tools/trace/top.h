/* SPDX-License-Identifier: Apache-2.0 */
/* --top: a screen of what --by counts, drawn again at each interval and at each key that is typed.
 */
#ifndef TRACE_TOP_H
#define TRACE_TOP_H

#include <stdbool.h>
#include <stdint.h>

struct diag;
struct loader;
struct sockets;
struct top;
struct trace_config;
struct writer;

/*
 * Takes the terminal. config and writer, whose list of fields it changes, must outlive it. -errno
 * with diag filled; top_free() in any case, which gives the terminal back.
 */
int top_open(struct top **top, const struct trace_config *config, struct writer *writer,
	     uint64_t start_ns, struct diag *diag);
void top_free(struct top *top);

/* Reads the keys that were typed. False: it is time to end. */
bool top_keys(struct top *top);

/*
 * Draws the screen. is_tick: an interval has passed, and what follows is compared with what there
 * is now. -errno with diag filled.
 */
int top_draw(struct top *top, const struct loader *loader, struct sockets *sockets, bool is_tick,
	     struct diag *diag);

#endif
