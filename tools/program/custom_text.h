/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The source of --bpf-text: what --ebpf printed, edited by the user. The tracer relies on its first
 * line, its record, and its offsets.
 */
#ifndef CUSTOM_TEXT_H
#define CUSTOM_TEXT_H

#include <stdbool.h>

#include "base/text.h"

struct diag;
struct program_spec;

#define CUSTOM_TEXT_MAX (1 << 20) /* bytes */

struct custom_text {
	struct text text;
	const char *path; /* that it was read from */
	const char *probe; /* the one that its first line names */
	bool kernel_headers; /* it does not declare what it uses itself */
};

/*
 * Reads it from path, a file or a pipe, or from stdin for "-". -errno with diag filled if that
 * fails, or if it is not a source of this version. custom_text_free() in any case.
 */
int custom_text_read(struct custom_text *custom, const char *path, struct diag *diag);
void custom_text_free(struct custom_text *custom);

/* Whether its map of sockets, and all behind that, is unchanged. */
bool custom_text_is_own(const struct custom_text *custom);

/*
 * Makes the source of the scan from an unchanged one: with its filters and optional members. -errno
 * with diag filled. custom_text_free() in any case.
 */
int custom_text_scan(const struct custom_text *custom, const struct program_spec *spec,
		     struct custom_text *made, struct diag *diag);

/*
 * Puts the source into the spec, with what the source decides: whether it reads the network
 * namespace, and which optional members its record has. shown are those that fields show; it may
 * have more: for its filter, for socket numbers (socket_numbers.h) and for the journal.
 */
void custom_text_fit(const struct custom_text *custom, unsigned int shown,
		     struct program_spec *spec);

/* -EINVAL with diag filled if the spec contradicts its source. */
int custom_text_check(const struct program_spec *spec, struct diag *diag);

/*
 * -EINVAL with diag filled if it was printed on a kernel with other offsets. offsets is the result
 * of source_render_offsets().
 */
int custom_text_check_offsets(const struct custom_text *custom, const char *offsets,
			      struct diag *diag);

#endif
