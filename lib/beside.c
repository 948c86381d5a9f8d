/* SPDX-License-Identifier: Apache-2.0 */
#include "beside.h"

/* Bytes. The usual stack has room for a huge page, which would stay resident. */
#define STACK_SIZE 131072

static void *beside_run(void *arg)
{
	struct beside *beside = arg;

	beside->err = beside->call(beside->arg, &beside->diag);
	return NULL;
}

void beside_begin(struct beside *beside, int (*call)(void *arg, struct diag *diag), void *arg)
{
	pthread_attr_t attr;

	beside->call = call;
	beside->arg = arg;
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	beside->runs = !pthread_create(&beside->thread, &attr, beside_run, beside);
	pthread_attr_destroy(&attr);
	if (!beside->runs)
		beside_run(beside);
}

int beside_end(struct beside *beside, struct diag *diag)
{
	if (beside->runs)
		pthread_join(beside->thread, NULL);
	beside->runs = false;
	if (beside->err)
		*diag = beside->diag;
	return beside->err;
}
