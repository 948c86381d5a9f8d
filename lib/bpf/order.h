/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time order over buffers that are filled apart: one a CPU, each in order, read one after the
 * other.
 *
 * A record is written to order_slot() and added with order_add(). After a round that began at time
 * T and read every buffer, records older than T less a margin are final: no older record can still
 * come, unless it is on its way from reading the clock to its buffer, which the caller must know.
 * order_flush() passes on the final records, oldest first, and keeps the rest. A record older than
 * one already passed on is late: it is counted, and passed on out of order.
 *
 * Records are of one size and begin with their time, a uint64_t of nanoseconds.
 */
#ifndef ORDER_H
#define ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct order;

typedef void order_record_fn(void *arg, void *record); /* which is not kept after it */

struct order *order_new(size_t record_size); /* NULL: no memory */
void order_free(struct order *order);

/* Returns room for the next record, or NULL: no memory. order_add() adds it. */
void *order_slot(struct order *order);
void order_add(struct order *order);

/*
 * Returns the latest record to arrive of those that match, to be changed but for its time, or NULL.
 * Valid until the next call.
 */
void *order_latest(struct order *order, bool (*match)(const void *record, const void *arg),
		   const void *arg);

/* Passes all records up to and including time until to fn, in order. */
void order_flush(struct order *order, uint64_t until, order_record_fn *fn, void *arg);

/* Frees memory that a burst needed, if the records have been few since the last call. */
void order_trim(struct order *order);
size_t order_room(const struct order *order); /* how many records there is memory for */

size_t order_waiting(const struct order *order);
uint64_t order_late(const struct order *order);

#endif
