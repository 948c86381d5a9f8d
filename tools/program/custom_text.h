/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program text of --bpf-text: what --ebpf printed, as its user has changed it. All of it is
 * theirs but what the tracer relies on: the first line, the record, and where this kernel has what
 * is read.
 */
#ifndef CUSTOM_TEXT_H
#define CUSTOM_TEXT_H

#include <stdbool.h>

#include "base/text.h"

struct diag;
struct probe;
struct program_spec;

#define CUSTOM_TEXT_MAX (1 << 20) /* bytes */

struct custom_text {
	struct text text;
	const char *path; /* that it was read from */
	const char *probe; /* the one that its first line names */
	bool kernel_headers; /* it does not declare what it uses itself */
};

/*
 * Reads the text from path, a file or a pipe, or from stdin for "-". -errno with diag filled if
 * that fails or the text is not one of this version. custom_text_free() in any case.
 */
int custom_text_read(struct custom_text *custom, const char *path, struct diag *diag);
void custom_text_free(struct custom_text *custom);

/*
 * Whether it keeps of a socket what the tool's own text does: the table of sockets, and all behind
 * it, are as they were printed.
 */
bool custom_text_is_own(const struct custom_text *custom);

/*
 * Makes of such a text the one of the probe that looks for sockets: with its filters, and what else
 * it has in common with it. -errno with diag filled. custom_text_free() in any case.
 */
int custom_text_scan(const struct custom_text *custom, const struct program_spec *spec,
		     const struct probe *probe, struct custom_text *made, struct diag *diag);

/*
 * Puts the text into the spec, with what is for the text to say: whether it reads the network
 * namespace, and whether the age is in the record where no field shows it; shown are the optional
 * members that fields show. The numbers of sockets (socket_numbers.h) use the age, and do without
 * it, so one text does for lines with numbers and with addresses.
 */
void custom_text_fit(const struct custom_text *custom, unsigned int shown,
		     struct program_spec *spec);

/* -EINVAL with diag filled if the spec says other than its text does. */
int custom_text_check(const struct program_spec *spec, struct diag *diag);

/*
 * -EINVAL with diag filled if the text was printed on another kernel, where the offsets
 * were others. layout is what probe_render_offsets() said.
 */
int custom_text_check_offsets(const struct custom_text *custom, const char *layout,
			      struct diag *diag);

#endif
