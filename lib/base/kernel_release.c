/* SPDX-License-Identifier: Apache-2.0 */
#include "base/kernel_release.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

bool kernel_before(unsigned long version, unsigned long patchlevel)
{
	unsigned long its_version, its_patchlevel;
	struct utsname kernel;
	char *rest;

	uname(&kernel); /* fails only for a bad address */
	its_version = strtoul(kernel.release, &rest, 10);
	its_patchlevel = *rest == '.' ? strtoul(rest + 1, NULL, 10) : 0;
	return its_version < version || (its_version == version && its_patchlevel < patchlevel);
}

bool kernel_is_realtime(void)
{
	struct utsname kernel;

	uname(&kernel);
	return strstr(kernel.version, "PREEMPT_RT");
}
