/* SPDX-License-Identifier: Apache-2.0 */
#include "program/probe.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/kernel_release.h"
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
/* protocol is of this type in the tracepoint's record. */
#define TRACEPOINT_MACROS(protocol) "#define ARGS_PROTOCOL " protocol "\n" TEST_BY_CONNECTION

struct probe_kind {
	struct source source; /* with the macros of a current kernel */
	int (*prepare)(struct probe *probe, struct diag *diag);
	int (*attach)(const struct probe *probe, struct loader *loader, struct diag *diag);
	bool twice; /* further programs see what the first is too busy for */
	bool counted; /* since Linux 6.7 (trace_call_bpf(), kernel/trace/bpf_trace.c) */
};

static int raw_prepare(struct probe *probe, struct diag *diag)
{
	/* BPF_PROG_TEST_RUN takes no raw tracepoint. */
	if (kernel_before(5, 10))
		probe->source.macros = TEST_BY_CONNECTION;
	/* Under SRCU alone, whatever the kernel's preemption model (include/linux/tracepoint.h). */
	else if (!kernel_before(7, 0))
		probe->source.macros = "#define TRACEPOINT_PREEMPTIBLE\n";
	return offsets_available(diag);
}

static int raw_attach(const struct probe *probe, struct loader *loader, struct diag *diag)
{
	(void)probe;
	return loader_attach(loader, NULL, NULL, diag);
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
		return 0;
	if (tracepoint_check(&tracepoint, 1))
		return diag_set(diag, -ENOTSUP, "the record of " TRACEPOINT " has changed");
	probe->source.macros = TRACEPOINT_MACROS("u8"); /* before Linux 5.6 */
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

static int kprobe_prepare(struct probe *probe, struct diag *diag)
{
	(void)probe;
	if (access(KPROBE_PMU, F_OK))
		return diag_set(diag, -ENOTSUP,
				"this kernel has no kprobes (CONFIG_KPROBE_EVENTS)");
	return host_may_read(diag);
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

static const struct probe_kind kinds[] = {
	{
		.source = {.name = "raw_tracepoint",
			   .body = bpf_text_raw_tracepoint,
			   .macros = "",
			   .reads_sock = true},
		.prepare = raw_prepare,
		.attach = raw_attach,
		.twice = true,
	},
	{
		.source = {.name = "tracepoint",
			   .body = bpf_text_tracepoint,
			   .macros = TRACEPOINT_MACROS("u16")},
		.prepare = tracepoint_prepare,
		.attach = tracepoint_attach,
		.counted = true,
	},
	{
		.source = {.name = "kprobe",
			   .body = bpf_text_kprobe,
			   .macros = TEST_BY_CONNECTION,
			   .needs_kernel_headers = true},
		.prepare = kprobe_prepare,
		.attach = kprobe_attach,
	},
};

#define KINDS (sizeof(kinds) / sizeof(*kinds))
_Static_assert(KINDS == PROBES, "a probe is missing");

const char *probe_kind_name(size_t index)
{
	return index < KINDS ? kinds[index].source.name : NULL;
}

int probe_assume(struct probe *probe, const char *name)
{
	for (size_t i = 0; i < KINDS; i++) {
		if (strcmp(kinds[i].source.name, name))
			continue;
		*probe = (struct probe){.kind = &kinds[i], .source = kinds[i].source};
		return 0;
	}
	return -ENOENT;
}

bool probe_is_known(const char *name)
{
	struct probe probe;

	return !probe_assume(&probe, name);
}

int probe_try(struct probe *probe, const char *name, struct diag *diag)
{
	int err = probe_assume(probe, name);

	return err ? diag_set(diag, err, "no such probe: %s", name)
		   : probe->kind->prepare(probe, diag);
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

int probe_test(const struct loader *loader, struct diag *diag)
{
	uint32_t address;
	int err, made;

	if (loader_map(loader, "test_address") < 0) {
		const uint64_t args[] = {SELF_TEST_SK, STATE_SELF_TEST, TCP_CLOSE};

		err = loader_run(loader, args, sizeof(args));
		return err ? diag_errno(diag, err, "running the program") : 0;
	}
	/* Changes at this address are the test until it is removed. */
	err = loopback_address(&address);
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

int probe_attach(const struct probe *probe, struct loader *loader, struct diag *diag)
{
	return probe->kind->attach(probe, loader, diag);
}
