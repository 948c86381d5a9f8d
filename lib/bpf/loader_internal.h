/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the loader share. */
#ifndef LOADER_INTERNAL_H
#define LOADER_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bpf/loader.h"

struct bpf_link;
struct bpf_object;
struct bpf_program;

struct loader {
	struct bpf_object *object;
	struct bpf_program **programs; /* the ones to attach, in the object's order */
	struct bpf_link **links; /* one each, NULL until it is attached */
	size_t count;
	int cpus; /* possible ones: the width of a per-CPU value */
	uint64_t *values; /* room for one per-CPU value */
};

/* Like host_explain(), also for the errors that libbpf has beyond errno's. */
int loader_explain(int err, const char *what, struct diag *diag);

/* A program whose section names no event is there for others to end in. */
bool loader_is_tail(const struct bpf_program *program);

#endif
