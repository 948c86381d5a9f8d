/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs BPF iterators (bpf_iter, Linux 5.8). They write records, but a read(2) may end within one.
 */
#ifndef ITERATOR_H
#define ITERATOR_H

#include <stdbool.h>
#include <stddef.h>

struct diag;

/*
 * Starts an iterator of loader_iterator() (bpf_iter_create()), one over a network namespace in this
 * thread's. Returns a descriptor for iterator_read(), or -errno with diag filled.
 */
int iterator_start(int iterator, struct diag *diag);

/*
 * Reads an iterator to its end. Calls on_record for each record of size bytes, as long as it
 * returns 0, and with NULL after each read(2), so that other work can be done. -errno with diag
 * filled, or what on_record returned.
 */
int iterator_read(int fd, size_t size, int (*on_record)(void *arg, const void *record), void *arg,
		  struct diag *diag);

/* Whether the present privileges suffice for iterator_run(). */
bool iterator_may_run(int iterator);

/* Starts it and reads it to its end. */
int iterator_run(int iterator, size_t size, int (*on_record)(void *arg, const void *record),
		 void *arg, struct diag *diag);

#endif
