/* SPDX-License-Identifier: Apache-2.0 */
/* A kernel's BTF, asked for everything that a program's text is made with. */
#include "bpf/kernel_btf.h"

#include "base/diag.h"
#include "base/text.h"
#include "event/event.h"
#include "fuzz.h"
#include "judge.h"
#include "program/offsets.h"

/* The paths of another kernel lead elsewhere: through unions, typedefs and structs in structs. */
static void fields_find(const struct btf_types *types)
{
	static const char *const paths[] = {"a", "a.a", "a.a.a", "", ".", "a.", ".a", "bits"};
	struct btf_field field;

	for (size_t i = 0; i < COUNT_OF(paths); i++) {
		btf_types_field(types, "a", paths[i], &field);
		btf_types_field(types, "", paths[i], &field);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_text_ struct text text = {0}, missing = {0};
	struct btf_types *types;
	struct diag diag;

	if (btf_types_decode(&types, data, size))
		return 0;
	offsets_render(types, "", &(struct offset_needs){.optionals = ~0U, .netns = true}, &text,
		       &missing, &diag);
	offsets_render(types, "", &(struct offset_needs){.summary = true, .sock = true}, &text,
		       &missing, &diag);
	offsets_render(types, "", &(struct offset_needs){.iterator = ITERATOR_FILES}, &text,
		       &missing, &diag);
	fields_find(types);
	btf_types_free(types);
	PROMISE(!text.err && judge_ascii(text.data, text.len, "\n"));
	PROMISE(!missing.err && judge_ascii(missing.len ? missing.data : "", missing.len, ""));
	return 0;
}
