/* SPDX-License-Identifier: Apache-2.0 */
/* What an iterator (bpf_iter, Linux 5.8) writes is records, but a read may end within one. */
#ifndef ITERATOR_H
#define ITERATOR_H

#include <stddef.h>

struct diag;

/*
 * Reads an iterator that runs to its end, and hands what it writes to on_record: one record of size
 * bytes a call, as long as that returns 0, and NULL after each read(2), so that a long list holds
 * up nothing. -errno with diag filled, or what on_record returned.
 */
int iterator_read(int fd, size_t size, int (*on_record)(void *arg, const void *record), void *arg,
		  struct diag *diag);

#endif
