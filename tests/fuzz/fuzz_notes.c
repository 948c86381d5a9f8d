/* SPDX-License-Identifier: Apache-2.0 */
/* The ELF notes of a kernel. */
#include "compile/kernel_id.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *notes = (const char *)data, *id = NULL;
	size_t len = kernel_build_id(notes, size, &id);

	PROMISE(!len || (id >= notes && len <= size && (size_t)(id - notes) <= size - len));
	return 0;
}
