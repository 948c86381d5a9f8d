/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/check_host.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>

#include "base/diag.h"
#include "base/kernel_release.h"
#include "system/host.h"

#define PARANOID "/proc/sys/kernel/perf_event_paranoid"

enum verdict kernel_check(struct check *check, struct diag *diag)
{
	struct utsname name;

	(void)check;
	uname(&name);
	diag_set(diag, 0, "%s %s %s", name.sysname, name.release, name.machine);
	return VERDICT_OK;
}

/* Whether it forbids this program is known only after loading it. */
enum verdict lockdown_check(struct check *check, struct diag *diag)
{
	char mode[HOST_LOCKDOWN_ROOM];
	bool locked = host_is_locked_down(mode);

	(void)check;
	diag_set(diag, 0, "%s", locked ? mode : "none");
	return locked ? VERDICT_WITHOUT : VERDICT_OK;
}

/* Before Linux 5.11 BPF uses locked memory; libbpf raises the limit if it may. */
enum verdict memlock_check(struct check *check, struct diag *diag)
{
	struct rlimit limit;

	(void)check;
	if (!kernel_before(5, 11))
		return VERDICT_NONE;
	getrlimit(RLIMIT_MEMLOCK, &limit);
	diag_set(diag, 0, "no limit");
	if (limit.rlim_cur != RLIM_INFINITY)
		diag_set(diag, 0, "%llu kB (RLIMIT_MEMLOCK)",
			 (unsigned long long)limit.rlim_cur >> 10);
	return VERDICT_OK;
}

enum verdict files_check(struct check *check, struct diag *diag)
{
	struct rlimit limit;

	(void)check;
	getrlimit(RLIMIT_NOFILE, &limit);
	diag_set(diag, 0, "%llu may be open (RLIMIT_NOFILE)", (unsigned long long)limit.rlim_max);
	return VERDICT_OK;
}

void paranoid_read(char paranoid[PARANOID_ROOM])
{
	FILE *file = fopen(PARANOID, "re");

	if (!file || !fgets(paranoid, PARANOID_ROOM, file))
		paranoid[0] = '\0';
	paranoid[strcspn(paranoid, "\n")] = '\0';
	if (file)
		fclose(file);
}
