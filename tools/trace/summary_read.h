/* SPDX-License-Identifier: Apache-2.0 */
/* Reads what the program counts for --summary. */
#ifndef SUMMARY_READ_H
#define SUMMARY_READ_H

#include <stdint.h>

struct diag;
struct loader;
struct summary;
struct summary_row;

/* What was counted of one state up to now. -errno with diag filled. */
int summary_read_row(struct summary_row *row, const struct loader *loader, uint32_t state,
		     struct diag *diag);

/* Like summary_read_row(), for all states, and the close reasons. */
int summary_read(struct summary *summary, const struct loader *loader, struct diag *diag);

#endif
