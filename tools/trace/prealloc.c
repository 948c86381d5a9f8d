/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/prealloc.h"

#include "program/program.h"

enum { CALL_TABLE, CALL_BUFFERS, CALLS };

void prealloc_begin(struct prealloc *prealloc, const struct program_spec *spec, unsigned int pages)
{
	prealloc->buffers = (struct buffers){.pages = pages};
	prealloc->table = (struct hash_map){
		.name = "sockets",
		.key_size = sizeof(uint64_t),
		.value_size = event_entry_size(&spec->layout, spec->stuck),
		.entries = spec->max_sockets,
		.fd = -1,
	};
	prealloc->calls[CALL_TABLE].make = hash_map_make;
	prealloc->calls[CALL_TABLE].arg = &prealloc->table;
	prealloc->calls[CALL_BUFFERS].make = buffers_open;
	prealloc->calls[CALL_BUFFERS].arg = &prealloc->buffers;
	background_begin(&prealloc->background, prealloc->calls, CALLS);
}

struct hash_map *prealloc_table(struct prealloc *prealloc)
{
	struct diag none;

	background_end(&prealloc->background, &prealloc->calls[CALL_TABLE], &none);
	return &prealloc->table;
}

int prealloc_buffers(struct prealloc *prealloc, struct diag *diag)
{
	return background_end(&prealloc->background, &prealloc->calls[CALL_BUFFERS], diag);
}

void prealloc_renew(struct prealloc *prealloc)
{
	prealloc_end(prealloc);
	buffers_free(&prealloc->buffers);
	prealloc->buffers = (struct buffers){.pages = prealloc->buffers.pages};
	prealloc->calls[CALL_BUFFERS].state = BACKGROUND_WAITS;
}

void prealloc_end(struct prealloc *prealloc)
{
	background_free(&prealloc->background);
}

void prealloc_free(struct prealloc *prealloc)
{
	prealloc_end(prealloc);
	hash_map_close(&prealloc->table);
	buffers_free(&prealloc->buffers);
}
