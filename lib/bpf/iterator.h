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
 * Reads an iterator to its end. Calls on_record for each record of size bytes, as long as it
 * returns 0, and with NULL after each read(2), so that other work can be done. -errno with diag
 * filled, or what on_record returned.
 */
int iterator_read(int fd, size_t size, int (*on_record)(void *arg, const void *record), void *arg,
		  struct diag *diag);

/* Whether the present privileges suffice for iterator_run(). */
bool iterator_may_run(int iterator);

/* Runs an iterator of loader_iterator() once (bpf_iter_create()): see iterator_read(). */
int iterator_run(int iterator, size_t size, int (*on_record)(void *arg, const void *record),
		 void *arg, struct diag *diag);

#endif
