/* SPDX-License-Identifier: Apache-2.0 */
#include "program/probe.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/kernel_release.h"
#include "base/text.h"
#include "bpf/kernel_btf.h"
#include "bpf/loader.h"
#include "bpf/perf_event.h"
#include "event/event.h"
#include "program/bpf_text.h"
#include "program/offsets.h"
#include "system/host.h"
#include "system/loopback.h"
#include "system/tracefs.h"

#define TRACEPOINT	   "sock/inet_sock_set_state"
#define TEST_BY_CONNECTION "#define TEST_BY_CONNECTION\n"

struct probe_kind {
	const char *name;
	const char *source; /* of its program */
	bool needs_kernel_headers;
	int (*prepare)(struct probe *probe, struct diag *diag);
	void (*render)(const struct probe *probe, struct text *text); /* macros for this kernel */
	int (*attach)(const struct probe *probe, struct loader *loader, struct diag *diag);
	bool reads_sock, reads_files; /* struct offset_needs */
	bool twice; /* further programs see what the first is too busy for */
	bool counted; /* since Linux 6.7 (trace_call_bpf(), kernel/trace/bpf_trace.c) */
};

int probe_may_read(struct diag *diag)
{
	int err = host_may_read(diag);

	return err ? err : btf_vmlinux_find(diag);
}

static int raw_prepare(struct probe *probe, struct diag *diag)
{
	(void)probe;
	return probe_may_read(diag);
}

static int raw_attach(const struct probe *probe, struct loader *loader, struct diag *diag)
{
	(void)probe;
	return loader_attach(loader, NULL, NULL, diag);
}

static void raw_render(const struct probe *probe, struct text *text)
{
	(void)probe;
	/* Under SRCU alone, whatever the kernel's preemption model (include/linux/tracepoint.h). */
	if (!kernel_before(7, 0))
		text_str(text, "#define TRACEPOINT_PREEMPTIBLE\n");
	/* BPF_PROG_TEST_RUN takes no raw tracepoint. */
	if (kernel_before(5, 10))
		text_str(text, TEST_BY_CONNECTION);
}

/* The layout that bpf_text/tracepoint.bpf.c expects, except for the size of protocol. */
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

static int tracepoint_event(const void *arg, const char *section, struct diag *diag)
{
	const struct probe *probe = arg;

	(void)section;
	return perf_event_tracepoint(probe->tracepoint_id, diag);
}

static int tracepoint_attach(const struct probe *probe, struct loader *loader, struct diag *diag)
{
	return loader_attach(loader, tracepoint_event, probe, diag);
}

static void tracepoint_render(const struct probe *probe, struct text *text)
{
	text_printf(text, "#define ARGS_PROTOCOL %s\n", probe->protocol_type);
	text_str(text, TEST_BY_CONNECTION);
}

static int kprobe_prepare(struct probe *probe, struct diag *diag)
{
	(void)probe;
	if (access(KPROBE_PMU, F_OK))
		return diag_set(diag, -ENOTSUP,
				"this kernel has no kprobes (CONFIG_KPROBE_EVENTS)");
	return host_may_read(diag);
}

static void kprobe_render(const struct probe *probe, struct text *text)
{
	(void)probe;
	text_str(text, TEST_BY_CONNECTION);
}

/* "kprobe/FUNCTION" or "kretprobe/FUNCTION" */
static int kprobe_event(const void *arg, const char *section, struct diag *diag)
{
	(void)arg;
	return perf_event_kprobe(strchr(section, '/') + 1, !strncmp(section, "kret", 4), diag);
}

static int kprobe_attach(const struct probe *probe, struct loader *loader, struct diag *diag)
{
	(void)probe;
	return loader_attach(loader, kprobe_event, NULL, diag);
}

static const struct probe_kind scan = {
	.name = "scan",
	.source = bpf_text_scan,
	.render = raw_render,
	.reads_sock = true,
	.reads_files = true,
};

static const struct probe_kind ladder[] = {
	{
		.name = "raw_tracepoint",
		.source = bpf_text_raw_tracepoint,
		.prepare = raw_prepare,
		.render = raw_render,
		.attach = raw_attach,
		.reads_sock = true,
		.twice = true,
	},
	{
		.name = "tracepoint",
		.source = bpf_text_tracepoint,
		.prepare = tracepoint_prepare,
		.render = tracepoint_render,
		.attach = tracepoint_attach,
		.counted = true,
	},
	{
		.name = "kprobe",
		.source = bpf_text_kprobe,
		.needs_kernel_headers = true,
		.prepare = kprobe_prepare,
		.render = kprobe_render,
		.attach = kprobe_attach,
	},
};

#define KINDS (sizeof(ladder) / sizeof(*ladder))
_Static_assert(KINDS == PROBES, "a probe is missing");

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

int probe_try(struct probe *probe, const char *name, struct diag *diag)
{
	*probe = (struct probe){.kind = kind_find(name)};
	return probe->kind ? probe->kind->prepare(probe, diag)
			   : diag_set(diag, -ENOENT, "no such probe: %s", name);
}

void probe_assume(struct probe *probe, const char *name)
{
	*probe = (struct probe){.kind = kind_find(name ? name : "tracepoint")};
	probe->protocol_type = "u16";
}

void probe_scan(struct probe *probe)
{
	*probe = (struct probe){.kind = &scan};
}

const char *probe_name(const struct probe *probe)
{
	return probe->kind->name;
}

bool probe_needs_kernel_headers(const struct probe *probe)
{
	return probe->kind->needs_kernel_headers;
}

const char *probe_source(const struct probe *probe)
{
	return probe->kind->source;
}

static int types_read(struct btf_types **types, struct diag *diag)
{
	int err = probe_may_read(diag);

	return err ? err : btf_types_read(types, BTF_VMLINUX, diag);
}

int probe_render_offsets(const struct probe *probe, struct offset_needs needs, struct text *text,
			 struct text *missing, struct diag *diag)
{
	struct btf_types *types = NULL;
	struct diag why = {0};
	int err = types_read(&types, &why);

	needs.sock = probe->kind->reads_sock;
	needs.files = probe->kind->reads_files;
	if (err && (needs.sock || err == -ENOMEM)) {
		*diag = why;
		return err;
	}
	if (err && offsets_need_types(&needs))
		return offsets_fail(&needs, err, &why, diag);
	probe->kind->render(probe, text);
	err = offsets_render(types, why.what, &needs, text, missing, diag);
	btf_types_free(types);
	return err;
}

uint64_t probe_recursion_misses(const struct probe *probe, const struct loader *loader)
{
	uint64_t misses = 0;

	loader_misses(loader, probe->kind->twice, &misses);
	return misses;
}

bool probe_counts_missed(const struct probe *probe, struct diag *diag)
{
	if (probe->kind->twice || (probe->kind->counted && !kernel_before(6, 7)))
		return true;
	diag_set(diag, 0, "events missed while the program is busy are not counted by this kernel");
	if (probe->kind->counted)
		diag_hint(diag, "Linux 6.7 counts them");
	return false;
}

static int program_run(const struct loader *loader, struct diag *diag)
{
	const uint64_t args[] = {SELF_TEST_SK, STATE_SELF_TEST, TCP_CLOSE};
	int err = loader_run(loader, args, sizeof(args));

	return err ? diag_errno(diag, err, "running the program") : 0;
}

/* Changes at this address are the test until it is removed. */
static int test_connection_run(const struct loader *loader, struct diag *diag)
{
	uint32_t address;
	int err = loopback_address(&address), made;

	if (!err)
		err = loader_map_set(loader, "test_address", 0, address);
	if (err)
		return diag_errno(diag, err, "preparing a test");
	made = loopback_connect(address, diag);
	err = loader_map_set(loader, "test_address", 0, 0);
	if (err)
		return diag_errno(diag, err, "ending a test");
	return made ? -EOPNOTSUPP : 0;
}

int probe_test(const struct loader *loader, struct diag *diag)
{
	return loader_map(loader, "test_address") < 0 ? program_run(loader, diag)
						      : test_connection_run(loader, diag);
}

int probe_attach(const struct probe *probe, struct loader *loader, struct diag *diag)
{
	return probe->kind->attach(probe, loader, diag);
}
