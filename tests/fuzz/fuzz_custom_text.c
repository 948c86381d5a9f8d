/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file of --bpf-text. What it needs in order to be taken would hardly be found, so the input says
 * how much of that is put before it.
 *
 * Input: what is put before it (a byte), the options (a byte), the file.
 */
#include "program/custom_text.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/diag.h"
#include "event/event.h"
#include "fuzz.h"
#include "output/fields.h"
#include "program/bpf_text.h"
#include "program/probe.h"
#include "program/program.h"

static void begin_make(struct text *text, unsigned int what)
{
	if (what & 1)
		text_printf(text, PROGRAM_FIRST_LINE, probe_kind_name(what >> 6 & 1));
	if (what & 2)
		text_str(text, bpf_text_wire);
	if (what & 4)
		text_str(text, PROGRAM_KERNEL_HEADERS);
	if (what & 8)
		text_str(text, PROGRAM_SUMMARY);
	if (what & 16)
		text_str(text, "#define EVENT_AGE\n");
}

static void text_judge(const struct text *given, const struct custom_text *custom, unsigned int how)
{
	struct program_spec spec = {
		.text = custom,
		.probe = how & 1 ? "tracepoint" : NULL,
		.kernel_headers = how & 2,
		.summary = how & 4,
	};
	struct line_format format = {.kind = how & 8 ? FORMAT_JSON : FORMAT_COLUMNS};
	struct field_list fields;
	struct diag diag;
	int err;

	PROMISE(custom->text.len == given->len && strlen(custom->text.data) == given->len);
	PROMISE(!memcmp(custom->text.data, given->data, given->len));
	PROMISE(probe_is_known(custom->probe));
	PROMISE(!field_list_make(&fields, &format, how & 16 ? "age_ms" : NULL, &diag));
	event_layout_init(&spec.layout, field_list_optionals(&fields));
	err = custom_text_check(&spec, &diag);
	PROMISE(!err || (err == -EINVAL && diag.what[0]));
	custom_text_check_offsets(custom, "#define SKC_FAMILY 16\n", &diag);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = {data, size};
	_cleanup_text_ struct text text = {0};
	unsigned int how;
	struct custom_text custom;
	struct diag diag = {0};
	char path[64];
	int err, fd = memfd_create("text", MFD_CLOEXEC);

	begin_make(&text, input_number(&input, 1));
	how = input_number(&input, 1);
	text_bytes(&text, input.at, input.left);
	PROMISE(fd >= 0 && write(fd, text.data, text.len) == (ssize_t)text.len);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	err = custom_text_read(&custom, path, &diag);
	close(fd);
	PROMISE(!err || (err == -EINVAL && diag.what[0]));
	if (!err)
		text_judge(&text, &custom, how);
	custom_text_free(&custom);
	return 0;
}
