/* SPDX-License-Identifier: Apache-2.0 */
#include "program/offsets.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/diag.h"
#include "base/text.h"
#include "bpf/kernel_btf.h"
#include "event/event.h"
#include "event/socket_fields.h"
#include "reset_reasons.h"
#include "system/host.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

enum group {
	GROUP_SOCK,
	GROUP_FILES,
	GROUP_TCP,
	GROUP_FOUND,
	GROUP_OWNER,
	GROUP_PID_NS,
	GROUP_EXE,
	GROUP_CLOSE,
	GROUP_NETNS,
	GROUP_TREES,
	GROUP_CGROUPS,
	GROUP_MPTCP,
	GROUP_USER
};

static const struct offset_row {
	enum group group;
	const char *macro, *structure, *member;
	uint32_t size; /* or 0: any; the macro ..._SIZE has it */
	bool optional; /* its macro may be missing */
} rows[] = {
	{GROUP_SOCK, "SKC_FAMILY", "sock_common", "skc_family", .size = 2},
	{GROUP_SOCK, "SKC_DPORT", "sock_common", "skc_dport", .size = 2},
	{GROUP_SOCK, "SKC_DADDR", "sock_common", "skc_daddr", .size = 4},
	{GROUP_SOCK, "INET_SPORT", "inet_sock", "inet_sport", .size = 2},
	{GROUP_SOCK, "INET_SADDR", "inet_sock", "inet_saddr", .size = 4},
	{GROUP_SOCK, "SK_PROTOCOL", "sock", "sk_protocol", .size = 0}, /* a byte before Linux 5.6 */
	/* Missing without IPv6. */
	{GROUP_SOCK, "SKC_V6_RCV_SADDR", "sock_common", "skc_v6_rcv_saddr", .size = 0,
	 .optional = true},
	{GROUP_SOCK, "SKC_V6_DADDR", "sock_common", "skc_v6_daddr", .size = 0, .optional = true},

	{GROUP_FILES, "FILE_INODE", "file", "f_inode", .size = sizeof(void *)},
	{GROUP_FILES, "FILE_DATA", "file", "private_data", .size = sizeof(void *)},
	{GROUP_FILES, "INODE_MODE", "inode", "i_mode", .size = 2},
	{GROUP_FILES, "SOCKET_SK", "socket", "sk", .size = sizeof(void *)},
	/* Missing without MPTCP. */
	{GROUP_FILES, "MPTCP_CONN_LIST", "mptcp_sock", "conn_list", .size = 0, .optional = true},
	{GROUP_FILES, "SUBFLOW_NODE", "mptcp_subflow_context", "node", .size = 0, .optional = true},
	{GROUP_FILES, "SUBFLOW_SOCK", "mptcp_subflow_context", "tcp_sock", .size = sizeof(void *),
	 .optional = true},

	{GROUP_TCP, "SK_SOCKET", "sock", "sk_socket", .size = sizeof(void *)},
	{GROUP_TCP, "SOCKET_FILE", "socket", "file", .size = sizeof(void *)},
	{GROUP_TCP, "ACCEPT_HEAD", "inet_connection_sock", "icsk_accept_queue.rskq_accept_head",
	 .size = sizeof(void *)},
	{GROUP_TCP, "REQUEST_NEXT", "request_sock", "dl_next", .size = sizeof(void *)},
	{GROUP_TCP, "REQUEST_SK", "request_sock", "sk", .size = sizeof(void *)},
	{GROUP_TCP, "REQUEST_LISTENER", "request_sock", "__req_common.skc_listener",
	 .size = sizeof(void *)},

	{GROUP_FOUND, "SKC_STATE", "sock_common", "skc_state", .size = 1},
	{GROUP_FOUND, "TASK_TGID", "task_struct", "tgid", .size = 4},
	{GROUP_FOUND, "TASK_COMM", "task_struct", "comm", .size = 0},

	{GROUP_OWNER, "SK_LOCK_OWNED", "sock", "sk_lock.owned", .size = 4},
	{GROUP_OWNER, "TASK_TGID", "task_struct", "tgid", .size = 4},
	{GROUP_OWNER, "OWNER_SK_ERR", "sock", "sk_err", .size = 4},
	{GROUP_OWNER, "SKC_BIND_NODE", "sock_common", "skc_bind_node", .size = 0},
	{GROUP_OWNER, "TASK_FLAGS", "task_struct", "flags", .size = 4},
	{GROUP_OWNER, "TASK_GROUP_LEADER", "task_struct", "group_leader", .size = sizeof(void *)},
	{GROUP_OWNER, "TASK_COMM", "task_struct", "comm", .size = 0},

	{GROUP_PID_NS, "TASK_SIGNAL", "task_struct", "signal", .size = sizeof(void *)},
	/* PIDTYPE_PID, PIDTYPE_TGID and so on; since Linux 4.19 */
	{GROUP_PID_NS, "SIGNAL_TGID", "signal_struct", "pids", .size = 0},
	{GROUP_PID_NS, "PID_LEVEL", "pid", "level", .size = 4},
	{GROUP_PID_NS, "PID_NUMBERS", "pid", "numbers", .size = 0},

	{GROUP_EXE, "TASK_MM", "task_struct", "mm", .size = sizeof(void *)},
	{GROUP_EXE, "MM_EXE_FILE", "mm_struct", "exe_file", .size = sizeof(void *)},
	{GROUP_EXE, "FILE_DENTRY", "file", "f_path.dentry", .size = sizeof(void *)},
	{GROUP_EXE, "DENTRY_NAME", "dentry", "d_name.name", .size = sizeof(void *)},

	{GROUP_CLOSE, "SK_ERR", "sock", "sk_err", .size = 4},
	{GROUP_CLOSE, "SK_ERR_SOFT", "sock", "sk_err_soft", .size = 4},
	{GROUP_CLOSE, "SK_LINGERTIME", "sock", "sk_lingertime", .size = sizeof(long)},
	{GROUP_CLOSE, "USER_TIMEOUT", "inet_connection_sock", "icsk_user_timeout", .size = 4},
	{GROUP_CLOSE, "TOTAL_RETRANS", "tcp_sock", "total_retrans", .size = 4},
	{GROUP_CLOSE, "COPIED_SEQ", "tcp_sock", "copied_seq", .size = 4},
	{GROUP_CLOSE, "RCV_NXT", "tcp_sock", "rcv_nxt", .size = 4},
	{GROUP_CLOSE, "SKC_FLAGS", "sock_common", "skc_flags", .size = sizeof(long)},
	{GROUP_CLOSE, "SND_UNA", "tcp_sock", "snd_una", .size = 4},
	{GROUP_CLOSE, "WRITE_SEQ", "tcp_sock", "write_seq", .size = 4},
	/* Two bits before Linux 5.6. */
	{GROUP_CLOSE, "SK_SHUTDOWN", "sock", "sk_shutdown", .size = 1, .optional = true},

	{GROUP_NETNS, "SKC_NET", "sock_common", "skc_net.net", .size = sizeof(void *)},
	{GROUP_NETNS, "NET_INUM", "net", "ns.inum", .size = 4},

	{GROUP_TREES, "TASK_PID", "task_struct", "pid", .size = 4},
	{GROUP_TREES, "TASK_TGID", "task_struct", "tgid", .size = 4},

	{GROUP_CGROUPS, "CGROUP_KN", "cgroup", "kn", .size = sizeof(void *)},
	/* A union before Linux 5.5. */
	{GROUP_CGROUPS, "KERNFS_ID", "kernfs_node", "id", .size = 8},

	/* Since Linux 5.6, with CONFIG_MPTCP. */
	{GROUP_MPTCP, "SK_IS_MPTCP", "tcp_sock", "is_mptcp", .size = 1},

	{GROUP_USER, "SK_UID", "sock", "sk_uid.val", .size = 4, .optional = true},
};

int offsets_available(struct diag *diag)
{
	int err = host_may_read(diag);

	return err ? err : btf_vmlinux_find(diag);
}

static int group_render(const struct btf_types *types, enum group group, struct text *text,
			struct diag *diag)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct offset_row *row = &rows[i];
		struct btf_field field;
		int err;

		if (row->group != group)
			continue;
		err = btf_types_need(types, row->structure, row->member, row->size, &field, diag);
		if (err && row->optional)
			continue;
		if (err)
			return err;
		text_printf(text, "#define %s %u\n", row->macro, field.offset);
		if (!row->size && field.size)
			text_printf(text, "#define %s_SIZE %u\n", row->macro, field.size);
	}
	return 0;
}

static int iterator_render(const struct btf_types *types, enum iterator_over over,
			   struct text *text, struct diag *diag)
{
	static const struct {
		enum group group;
		const char *macro, *name, *since;
	} iterators[] = {
		[ITERATOR_FILES] = {GROUP_FILES, "SCAN_ITER", "task_file", "5.8"},
		[ITERATOR_TCP] = {GROUP_TCP, "TCP_ITER", "tcp", "5.9"},
	};
	struct btf_func iterator;
	char function[32];
	int err = group_render(types, GROUP_FOUND, text, diag);

	if (err || over == ITERATOR_CALLER)
		return err;
	err = group_render(types, iterators[over].group, text, diag);
	if (err)
		return err;
	snprintf(function, sizeof(function), "bpf_iter_%s", iterators[over].name);
	if (btf_types_func(types, function, &iterator)) {
		diag_set(diag, -ENOTSUP, "this kernel has no %s", function);
		diag_hint(diag, "it comes with Linux %s", iterators[over].since);
		return -ENOTSUP;
	}
	text_printf(text, "#define %s iter__%s__%u\n", iterators[over].macro, iterators[over].name,
		    iterator.id);
	return 0;
}

/* The register that has a function's result, where a probe saves it: ax of x86, and so on. */
static int result_find(const struct btf_types *types, uint32_t *place, struct diag *diag)
{
	static const struct {
		const char *member;
		uint32_t index; /* of the registers there */
	} results[] = {{"ax", 0}, {"regs", 0}, {"gprs", 2}};
	struct btf_field field;

	for (size_t i = 0; i < COUNT(results); i++) {
		if (btf_types_field(types, "pt_regs", results[i].member, &field))
			continue;
		*place = field.offset / sizeof(uint64_t) + results[i].index;
		return 0;
	}
	return diag_set(diag, -ENOTSUP, "no kretprobes on this architecture");
}

static int accept_render(const struct btf_types *types, enum accept_by by, struct text *text,
			 struct diag *diag)
{
	struct btf_func accept;
	uint32_t place = 0;
	int err;

	if (btf_types_func(types, "inet_csk_accept", &accept))
		return diag_set(diag, -ENOTSUP, BTF_VMLINUX ": no inet_csk_accept()");
	if (by == ACCEPT_FEXIT) {
		text_printf(text, "#define ACCEPT_EXIT kretfunc__inet_csk_accept__%u\n", accept.id);
		text_printf(text, "#define ACCEPT_RESULT %u\n", accept.params);
		return 0;
	}
	err = result_find(types, &place, diag);
	if (err)
		return err;
	text_str(text, "#define ACCEPT_EXIT kretprobe__inet_csk_accept\n");
	text_printf(text, "#define ACCEPT_RESULT %u\n", place);
	return 0;
}

/* The kernel's numbers, of which each kernel has others. */
static int resets_render(const struct btf_types *types, struct text *text, struct diag *diag)
{
	static const char *const constants[RESET_REASON_COUNT] = {
#define RESET_CONSTANT(name) [RESET_##name] = "SK_RST_REASON_" #name,
		RESET_REASONS(RESET_CONSTANT)};
	bool found = false;

	text_str(text, "#define RESET_REASON_OF(number) (");
	for (int i = 1; i < RESET_REASON_COUNT; i++) {
		int32_t number;

		if (btf_types_enum(types, "sk_rst_reason", constants[i], &number))
			continue;
		text_printf(text, "(number) == %d ? %dU : ", number, i);
		found = true;
	}
	text_str(text, "0U)\n");
	if (found)
		return 0;
	diag_set(diag, -ENOTSUP, "this kernel gives no reasons for resets");
	diag_hint(diag, "they come with Linux 6.10");
	return -ENOTSUP;
}

/* Their values depend on the architecture. */
static void errors_render(struct text *text)
{
	static const struct {
		const char *macro;
		int number;
	} errors[] = {
		{"ECONNRESET", ECONNRESET},
		{"EPIPE", EPIPE},
		{"ECONNREFUSED", ECONNREFUSED},
		{"ETIMEDOUT", ETIMEDOUT},
		{"EHOSTUNREACH", EHOSTUNREACH},
		{"ENETUNREACH", ENETUNREACH},
		{"ECONNABORTED", ECONNABORTED},
		{"EHOSTDOWN", EHOSTDOWN},
		{"ENONET", ENONET},
		{"EACCES", EACCES},
		{"ENOPROTOOPT", ENOPROTOOPT},
		{"EOPNOTSUPP", EOPNOTSUPP},
		{"EPROTO", EPROTO},
	};

	for (size_t i = 0; i < COUNT(errors); i++)
		text_printf(text, "#define %s %d\n", errors[i].macro, errors[i].number);
}

/* Optional for a summary: without the offsets, it does not count reasons. */
static void why_render(const struct btf_types *types, const char *without, struct text *text,
		       struct text *missing)
{
	_cleanup_text_ struct text offsets = {0};
	struct diag diag = {0};

	if (!types) {
		text_printf(missing, "why: %s", without);
		return;
	}
	if (group_render(types, GROUP_CLOSE, &offsets, &diag)) {
		text_printf(missing, "why: %s", diag.what);
		return;
	}
	errors_render(&offsets);
	if (offsets.err)
		text->err = offsets.err;
	else
		text_str(text, offsets.data);
}

/* The feature that requires the kernel's BTF, as messages name it. */
static const struct {
	unsigned int optionals;
	enum group group;
	const char *names;
} needed[] = {
	{1U << OPTIONAL_OWNER, GROUP_OWNER, "opid, ocomm, ofrom"},
	{1U << OPTIONAL_PID_NS, GROUP_PID_NS, "opid_ns"},
	{1U << OPTIONAL_EXE, GROUP_EXE, "exe"},
	{1U << OPTIONAL_CLOSE, GROUP_CLOSE, "why, first"},
	{0, GROUP_NETNS, "--netns"},
	{0, GROUP_MPTCP, "mptcp"},
	{0, GROUP_TREES, "PID+"},
	{0, GROUP_CGROUPS, "cgroup, unit, container, pod"},
};

static bool is_needed(const struct offset_needs *needs, size_t i)
{
	return needed[i].optionals & needs->optionals ||
	       (needed[i].group == GROUP_NETNS && needs->netns) ||
	       (needed[i].group == GROUP_MPTCP && needs->mptcp) ||
	       (needed[i].group == GROUP_TREES && needs->trees) ||
	       (needed[i].group == GROUP_CGROUPS && needs->cgroups);
}

bool offsets_need_types(const struct offset_needs *needs)
{
	for (size_t i = 0; i < COUNT(needed); i++)
		if (is_needed(needs, i))
			return true;
	return needs->sock || needs->iterator || needs->accept || needs->resets;
}

int offsets_fail(const struct offset_needs *needs, int err, const struct diag *why,
		 struct diag *diag)
{
	_cleanup_text_ struct text names = {0};

	for (size_t i = 0; i < COUNT(needed); i++)
		if (is_needed(needs, i))
			text_printf(&names, "%s%s", names.len ? ", " : "", needed[i].names);
	diag_set(diag, err, "%s: %s", names.err ? "" : names.data, why->what);
	diag_hint(diag, "%s", why->hint);
	return err;
}

int offsets_render(const struct btf_types *types, const char *why, const struct offset_needs *needs,
		   struct text *text, struct text *missing, struct diag *diag)
{
	int err = 0;

	if (needs->sock)
		err = group_render(types, GROUP_SOCK, text, diag);
	if (!err && needs->iterator)
		err = iterator_render(types, needs->iterator, text, diag);
	if (!err && needs->accept)
		err = accept_render(types, needs->accept, text, diag);
	if (!err && needs->resets)
		err = resets_render(types, text, diag);
	for (size_t i = 0; !err && i < COUNT(needed); i++)
		if (is_needed(needs, i))
			err = group_render(types, needed[i].group, text, diag);
	if (err)
		return err;
	if (needs->optionals & 1U << OPTIONAL_CLOSE)
		errors_render(text);
	if (needs->summary)
		why_render(types, why, text, missing);
	socket_fields_render_offsets(types, why, needs->optionals, text, missing);
	return types ? group_render(types, GROUP_USER, text, diag) : 0;
}
