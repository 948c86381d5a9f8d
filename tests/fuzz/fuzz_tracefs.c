/* SPDX-License-Identifier: Apache-2.0 */
/* The text of a tracepoint's format file. */
#include "system/tracefs.h"

#include <errno.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = {data, size};
	char *format = input_string(&input);
	struct tracepoint *tracepoint = malloc(sizeof(*tracepoint));
	int count;

	PROMISE(tracepoint);
	count = tracepoint_parse(format, tracepoint);
	PROMISE(count == -EPROTO ||
		(count == tracepoint->field_count && count <= TRACEPOINT_FIELDS_MAX));
	for (int i = 0; i < count; i++) {
		const struct tracepoint_field *field = &tracepoint->fields[i];

		PROMISE(memchr(field->name, '\0', sizeof(field->name)) && field->name[0]);
		PROMISE(strstr(format, field->name) && tracepoint_field(tracepoint, field->name));
	}
	free(tracepoint);
	free(format);
	return 0;
}
