/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/prealloc.h"

#include "program/program.h"

enum { CALL_TABLE, CALL_BUFFERS, CALLS };

void ahead_begin(struct ahead *ahead, const struct program_spec *spec, unsigned int pages)
{
	ahead->buffers = (struct buffers){.pages = pages};
	ahead->table = (struct hash_map){
		.name = "sockets",
		.key_size = sizeof(uint64_t),
		.value_size = event_entry_size(&spec->layout, spec->stuck),
		.entries = spec->max_sockets,
		.fd = -1,
	};
	ahead->calls[CALL_TABLE].make = hash_map_make;
	ahead->calls[CALL_TABLE].arg = &ahead->table;
	ahead->calls[CALL_BUFFERS].make = buffers_open;
	ahead->calls[CALL_BUFFERS].arg = &ahead->buffers;
	beside_begin(&ahead->beside, ahead->calls, CALLS);
}

struct hash_map *ahead_table(struct ahead *ahead)
{
	struct diag none;

	beside_end(&ahead->beside, &ahead->calls[CALL_TABLE], &none);
	return &ahead->table;
}

int ahead_buffers(struct ahead *ahead, struct diag *diag)
{
	return beside_end(&ahead->beside, &ahead->calls[CALL_BUFFERS], diag);
}

void ahead_again(struct ahead *ahead)
{
	ahead_end(ahead);
	buffers_free(&ahead->buffers);
	ahead->buffers = (struct buffers){.pages = ahead->buffers.pages};
	ahead->calls[CALL_BUFFERS].state = BESIDE_WAITS;
}

void ahead_end(struct ahead *ahead)
{
	beside_free(&ahead->beside);
}

void ahead_free(struct ahead *ahead)
{
	ahead_end(ahead);
	hash_map_close(&ahead->table);
	buffers_free(&ahead->buffers);
}
