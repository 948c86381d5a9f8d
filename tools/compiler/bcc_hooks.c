/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What libbcc asks of the system while it compiles, answered here. It calls each of these functions
 * of its own through the dynamic linker, which finds the executable's first. Should a newer libbcc
 * not ask, it does the work itself, to the same result: tests/compiler/cold fails then.
 */
#include <bcc/bcc_syms.h>
#include <bcc/libbpf.h>
#include <string.h>

#include "base/kernel_release.h"

#define FAKE_FD (1 << 20) /* above any descriptor, so that closing one hits nothing */

/*
 * libbcc creates each map, then writes the descriptor into the instructions. The loader creates the
 * maps, so a number is enough here. Real descriptors are as good, but require privilege.
 */
int bcc_create_map_xattr(struct bcc_create_map_attr *attr, bool allow_rlimit)
{
	static int maps;

	(void)attr;
	(void)allow_rlimit;
	return FAKE_FD + maps++;
}

/*
 * libbcc reads all of /proc/kallsyms only to ask whether the kernel has bpf_probe_read_kernel().
 * Linux 5.5 brought it (6ae08ae3dea2). Where it was put into an older kernel, "no" is right too:
 * what libbcc then uses, bpf_probe_read(), is there as well.
 */
void *bcc_symcache_new(int pid, struct bcc_symbol_option *option)
{
	static char symcache;

	(void)pid;
	(void)option;
	return &symcache;
}

int bcc_symcache_resolve_name(void *symcache, const char *module, const char *name, uint64_t *addr)
{
	(void)symcache;
	(void)module;
	if (strcmp(name, "bpf_probe_read_kernel") || kernel_before(5, 5))
		return -1;
	*addr = 0; /* kallsyms, too, shows no addresses to everyone */
	return 0;
}

void bcc_free_symcache(void *symcache, int pid)
{
	(void)symcache;
	(void)pid;
}

/*
 * ebpf::bpf_module_rw_engine_enabled(): whether to compile, for this CPU, functions that read and
 * write each map's elements as text. A libbcc may be built without them, so it can do without.
 */
bool rw_engine_enabled(void) __asm__("_ZN4ebpf28bpf_module_rw_engine_enabledEv");
bool rw_engine_enabled(void)
{
	return false;
}
