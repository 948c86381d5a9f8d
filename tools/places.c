/* SPDX-License-Identifier: Apache-2.0 */
#include "places.h"

#include <errno.h>

#include "btf.h"
#include "diag.h"
#include "event.h"
#include "text.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* Where the kernel is built without network namespaces, the member has no bytes. */
static int owner_render(const struct btf_types *types, struct text *text, struct diag *diag)
{
	struct btf_field net, v6, cookie;
	int err = btf_types_need(types, "sock_common", "skc_net", 0, &net, diag);

	if (!err)
		err = btf_types_need(types, "sock_common", "skc_cookie", 0, &cookie, diag);
	if (err)
		return err;
	if (btf_types_field(types, "sock_common", "skc_v6_daddr", &v6))
		v6 = cookie;
	if (net.offset != v6.offset && net.offset != cookie.offset)
		text_printf(text, "#define OWNER_NET %u\n", net.offset);
	return 0;
}

/* A member that the program cannot do without. */
struct place {
	const char *macro, *structure, *member;
	uint32_t size; /* or 0: any */
};

static int places_need(const struct btf_types *types, const struct place *places, size_t count,
		       struct text *text, struct diag *diag)
{
	struct btf_field field;

	for (size_t i = 0; i < count; i++) {
		int err = btf_types_need(types, places[i].structure, places[i].member,
					 places[i].size, &field, diag);

		if (err)
			return err;
		text_printf(text, "#define %s %u\n", places[i].macro, field.offset);
	}
	return 0;
}

static int ending_render(const struct btf_types *types, struct text *text, struct diag *diag)
{
	static const struct place places[] = {
		{"ENDING_ERROR", "sock", "sk_err", 4},
		{"ENDING_FLAGS", "sock_common", "skc_flags", sizeof(long)},
		{"ENDING_ACKED", "tcp_sock", "snd_una", 4},
		{"ENDING_WRITTEN", "tcp_sock", "write_seq", 4},
	};
	struct btf_field field;
	int err = places_need(types, places, COUNT(places), text, diag);

	/* Two bits before Linux 5.6. */
	if (!err && !btf_types_field(types, "sock", "sk_shutdown", &field) && field.size == 1)
		text_printf(text, "#define ENDING_SHUT %u\n", field.offset);
	return err;
}

void places_render_user(const struct btf_types *types, struct text *text)
{
	struct btf_field user;

	if (types && !btf_types_field(types, "sock", "sk_uid.val", &user) && user.size == 4)
		text_printf(text, "#define SOCK_USER %u\n", user.offset);
}

int places_render_scan(const struct btf_types *types, struct text *text, struct diag *diag)
{
	static const struct place places[] = {
		{"FILE_INODE", "file", "f_inode", sizeof(void *)},
		{"FILE_DATA", "file", "private_data", sizeof(void *)},
		{"INODE_MODE", "inode", "i_mode", 2},
		{"SOCKET_SK", "socket", "sk", sizeof(void *)},
		{"SOCK_STATE", "sock_common", "skc_state", 1},
		{"TASK_TGID", "task_struct", "tgid", 4},
		{"TASK_COMM", "task_struct", "comm", 0},
	};
	uint32_t id;
	int err = places_need(types, places, COUNT(places), text, diag);

	if (err)
		return err;
	if (btf_types_func(types, "bpf_iter_task_file", &id)) {
		diag_set(diag, -ENOTSUP, "this kernel has no bpf_iter_task_file");
		diag_hint(diag, "it comes with Linux 5.8");
		return -ENOTSUP;
	}
	text_printf(text, "#define SCAN_ITER iter__task_file__%u\n", id);
	return 0;
}

/* The numbers of errors are the kernel's for this processor, which its headers need not say then.
 */
static void errors_render(struct text *text)
{
	static const struct {
		const char *macro;
		int number;
	} errors[] = {
		{"ECONNRESET", ECONNRESET},	{"EPIPE", EPIPE},
		{"ECONNREFUSED", ECONNREFUSED}, {"ETIMEDOUT", ETIMEDOUT},
		{"EHOSTUNREACH", EHOSTUNREACH}, {"ENETUNREACH", ENETUNREACH},
		{"ECONNABORTED", ECONNABORTED},
	};

	for (size_t i = 0; i < COUNT(errors); i++)
		text_printf(text, "#define %s %d\n", errors[i].macro, errors[i].number);
}

static void why_render(const struct btf_types *types, const char *without, struct text *text,
		       struct text *lacks)
{
	_cleanup_text_ struct text places = {0};
	struct diag diag = {0};

	if (!types) {
		text_printf(lacks, "why: %s", without);
	} else if (ending_render(types, &places, &diag)) {
		text_printf(lacks, "why: %s", diag.what);
	} else if (places.err) {
		text->err = places.err;
	} else {
		text_str(text, places.data);
		errors_render(text);
	}
}

static int netns_render(const struct btf_types *types, struct text *text, struct diag *diag)
{
	static const struct place places[] = {
		{"NETNS_OF_SOCK", "sock_common", "skc_net.net", sizeof(void *)},
		{"NETNS_INUM", "net", "ns.inum", 4},
	};

	return places_need(types, places, COUNT(places), text, diag);
}

bool places_are_needed(unsigned int extras)
{
	return extras & (1U << EXTRA_OWNER | 1U << EXTRA_ENDING | PLACES_NETNS);
}

int places_fail(unsigned int extras, int err, const struct diag *why, struct diag *diag)
{
	static const struct {
		unsigned int extra;
		const char *names;
	} needed[] = {
		{1U << EXTRA_OWNER, "opid, ocomm, ofrom"},
		{1U << EXTRA_ENDING, "why, first"},
		{PLACES_NETNS, "--netns"},
	};
	_cleanup_text_ struct text names = {0};

	for (size_t i = 0; i < COUNT(needed); i++)
		if (extras & needed[i].extra)
			text_printf(&names, "%s%s", names.len ? ", " : "", needed[i].names);
	diag_set(diag, err, "%s: %s", names.err ? "" : names.data, why->what);
	diag_hint(diag, "%s", why->hint);
	return err;
}

int places_render(const struct btf_types *types, const char *why, unsigned int extras,
		  struct text *text, struct text *lacks, struct diag *diag)
{
	int err = 0;

	if (extras & PLACES_WHY)
		why_render(types, why, text, lacks);
	if (extras & 1U << EXTRA_OWNER)
		err = owner_render(types, text, diag);
	if (!err && extras & 1U << EXTRA_ENDING)
		err = ending_render(types, text, diag);
	if (!err && extras & PLACES_NETNS)
		err = netns_render(types, text, diag);
	return err;
}
