/* SPDX-License-Identifier: Apache-2.0 */
#include "probe.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bpf_text.h"
#include "diag.h"
#include "loader.h"
#include "text.h"
#include "tracefs.h"

#define TRACEPOINT "sock/inet_sock_set_state"
#define KPROBE_PMU "/sys/bus/event_source/devices/kprobe/type"

struct probe_kind {
	const char *name;
	const char *entry;    /* its program text */
	const char *includes; /* or NULL: needs no kernel header */
	int (*prepare)(struct probe *probe, struct diag *diag);
	int (*attach)(const struct probe *probe, struct loader *loader, struct diag *diag);
};

/* The layout that bpf_text/tracepoint.bpf.c knows, but for the size of protocol. */
static int tracepoint_check(const struct tracepoint *tracepoint, unsigned int protocol_size)
{
	const struct {
		const char *name;
		unsigned int offset, size;
	} expected[] = {
		{"skaddr", 8, 8},
		{"oldstate", 16, 4},
		{"newstate", 20, 4},
		{"sport", 24, 2},
		{"dport", 26, 2},
		{"family", 28, 2},
		{"protocol", 30, protocol_size},
		{"saddr", 30 + protocol_size, 4},
		{"daddr", 34 + protocol_size, 4},
		{"saddr_v6", 38 + protocol_size, 16},
		{"daddr_v6", 54 + protocol_size, 16},
	};

	for (size_t i = 0; i < sizeof(expected) / sizeof(*expected); i++) {
		const struct tracepoint_field *field =
			tracepoint_field(tracepoint, expected[i].name);

		if (!field || field->offset != expected[i].offset ||
		    field->size != expected[i].size)
			return -ENOTSUP;
	}
	return 0;
}

static int tracepoint_prepare(struct probe *probe, struct diag *diag)
{
	struct tracepoint tracepoint;
	int err = tracepoint_read(TRACEPOINT, &tracepoint, diag);

	if (err)
		return err;
	probe->tracepoint_id = tracepoint.id;
	if (!tracepoint_check(&tracepoint, 2))
		probe->protocol_type = "u16";
	else if (!tracepoint_check(&tracepoint, 1))
		probe->protocol_type = "u8";
	else
		return diag_set(diag, -ENOTSUP, "the record of " TRACEPOINT " has changed");
	return 0;
}

static int tracepoint_attach(const struct probe *probe, struct loader *loader, struct diag *diag)
{
	int fd = tracepoint_open(probe->tracepoint_id, diag), err;

	if (fd < 0)
		return fd;
	err = loader_attach(loader, fd, diag);
	if (err)
		close(fd);
	return err;
}

static int kprobe_prepare(struct probe *probe, struct diag *diag)
{
	(void)probe;
	if (access(KPROBE_PMU, F_OK))
		return diag_set(diag, -ENOTSUP,
				"this kernel has no kprobes (CONFIG_KPROBE_EVENTS)");
	return 0;
}

static int kprobe_attach(const struct probe *probe, struct loader *loader, struct diag *diag)
{
	(void)probe;
	return loader_attach(loader, -1, diag);
}

static const struct probe_kind ladder[] = {
	{"tracepoint", bpf_text_tracepoint, NULL, tracepoint_prepare, tracepoint_attach},
	{"kprobe", bpf_text_kprobe,
	 "#include <linux/ptrace.h>\n#include <net/inet_sock.h>\n#include <net/tcp_states.h>\n",
	 kprobe_prepare, kprobe_attach},
};

#define KINDS (sizeof(ladder) / sizeof(*ladder))

static const struct probe_kind *kind_find(const char *name)
{
	for (size_t i = 0; i < KINDS; i++)
		if (!strcmp(ladder[i].name, name))
			return &ladder[i];
	return NULL;
}

bool probe_is_known(const char *name)
{
	return kind_find(name);
}

const char *probe_kind_name(size_t index)
{
	return index < KINDS ? ladder[index].name : NULL;
}

int probe_choose(struct probe *probe, const char *name, struct diag *diag)
{
	_cleanup_text_ struct text lacks = {0};
	struct diag why = {0};

	for (size_t i = 0; i < KINDS; i++) {
		*probe = (struct probe){.kind = &ladder[i]};
		if (name && strcmp(ladder[i].name, name))
			continue;
		if (!ladder[i].prepare(probe, &why))
			return 0;
		text_printf(&lacks, "%s%s: %s", lacks.len ? "; " : "", ladder[i].name, why.what);
	}
	diag_set(diag, -ENOTSUP, "no probe works here: %s", lacks.err ? "" : lacks.data);
	diag_hint(diag, "%s", why.hint);
	return -ENOTSUP;
}

void probe_assume(struct probe *probe, const char *name)
{
	*probe = (struct probe){.kind = name ? kind_find(name) : &ladder[0]};
	if (probe->kind->prepare == tracepoint_prepare)
		probe->protocol_type = "u16";
}

const char *probe_name(const struct probe *probe)
{
	return probe->kind->name;
}

bool probe_needs_kernel_headers(const struct probe *probe)
{
	return probe->kind->includes;
}

const char *probe_includes(const struct probe *probe)
{
	return probe->kind->includes ? probe->kind->includes : "";
}

void probe_render_macros(const struct probe *probe, struct text *text)
{
	if (probe->protocol_type)
		text_printf(text, "#define ARGS_PROTOCOL %s\n", probe->protocol_type);
}

void probe_render_entry(const struct probe *probe, struct text *text)
{
	text_str(text, probe->kind->entry);
}

int probe_attach(const struct probe *probe, struct loader *loader, struct diag *diag)
{
	return probe->kind->attach(probe, loader, diag);
}
