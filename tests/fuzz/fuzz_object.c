/* SPDX-License-Identifier: Apache-2.0 */
/* An object as the compiler or the cache hands it over: what compiled it is looked up. */
#include "bpf/object.h"

#include "compile/file_identity.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *object = (const char *)data;
	const char *compiler;
	size_t len = 0;

	compiler = object_compiler(data, size, &len);
	if (compiler) {
		PROMISE(compiler >= object && len <= size &&
			(size_t)(compiler - object) <= size - len);
		file_identity_is_same(compiler, len);
	}
	return 0;
}
