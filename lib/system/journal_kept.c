/* SPDX-License-Identifier: Apache-2.0 */
#include "system/journal_kept.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/diag.h"
#include "system/command.h"
#include "system/helper.h"

#define JOURNALCTL "/usr/bin/journalctl"
#define TIMEOUT_MS 10000

struct journal_kept {
	struct helper *helper;
	int begin[2]; /* a pipe: its end has the helper count */
	char namespace[300], since[48], until[48], pid[32];
};

static void lines_count(void *arg, const char *bytes, size_t len)
{
	uint64_t *count = arg;

	for (size_t i = 0; i < len; i++)
		*count += bytes[i] == '\n';
}

/* All entries come with a PRIORITY, which is printed as a line. */
static int entries_count(struct journal_kept *kept, uint64_t *count, struct diag *diag)
{
	char *const sync[] = {JOURNALCTL, kept->namespace, "--sync", NULL};
	char *const older[] = {JOURNALCTL,  kept->namespace, "--quiet",	  "--reverse",
			       "--lines=1", "--output=cat",  kept->until, NULL};
	char *const own[] = {JOURNALCTL,
			     kept->namespace,
			     "--quiet",
			     "--output=cat",
			     "--output-fields=PRIORITY",
			     kept->since,
			     kept->pid,
			     "_TRANSPORT=journal",
			     NULL};
	uint64_t before = 0;
	int err = command_run(sync, lines_count, &before, diag);

	before = 0;
	*count = 0;
	if (!err)
		err = command_run(older, lines_count, &before, diag);
	if (!err && !before)
		return diag_set(diag, -ENODATA, "the journal does not go back to the start");
	if (!err)
		err = command_run(own, lines_count, count, diag);
	if (!err && !*count)
		return diag_set(diag, -ENODATA, "no entry of this process is in the journal");
	return err;
}

/* In the helper: its answer is a pipe with the number. */
static int count_fetch(void *arg, int fds[HELPER_FDS], struct diag *diag)
{
	struct journal_kept *kept = arg;
	uint64_t count;
	int pair[2], err;
	sigset_t all;
	char byte;

	sigfillset(&all); /* what a terminal sends to the whole group must not end it */
	sigprocmask(SIG_BLOCK, &all, NULL);
	close(kept->begin[1]);
	while (read(kept->begin[0], &byte, 1) < 0 && errno == EINTR)
		;
	err = entries_count(kept, &count, diag);
	if (err)
		return err;
	if (pipe2(pair, O_CLOEXEC) || write(pair[1], &count, sizeof(count)) != sizeof(count))
		return diag_errno(diag, -errno, JOURNALCTL);
	fds[0] = pair[0];
	return 0;
}

int journal_kept_begin(struct journal_kept **kept, const char *namespace, struct diag *diag)
{
	struct journal_kept *new = *kept = calloc(1, sizeof(*new));
	struct timespec now;

	if (!new)
		return diag_errno(diag, -ENOMEM, JOURNALCTL);
	new->begin[0] = new->begin[1] = -1;
	if (access(JOURNALCTL, X_OK))
		return diag_errno(diag, -errno, JOURNALCTL);
	/* Another user may not see all entries, and journalctl(1) does not fail then. */
	if (geteuid())
		return diag_set(diag, -EPERM, "only root sees the whole journal");
	if (pipe2(new->begin, O_CLOEXEC))
		return diag_errno(diag, -errno, JOURNALCTL);
	snprintf(new->namespace, sizeof(new->namespace), "--namespace=%s", namespace);
	clock_gettime(CLOCK_REALTIME, &now);
	snprintf(new->since, sizeof(new->since), "--since=@%lld.%06ld", (long long)now.tv_sec,
		 now.tv_nsec / 1000);
	snprintf(new->until, sizeof(new->until), "--until=@%lld.%06ld", (long long)now.tv_sec,
		 now.tv_nsec / 1000);
	snprintf(new->pid, sizeof(new->pid), "_PID=%d", getpid());
	return helper_start(&new->helper, count_fetch, new, diag);
}

int journal_kept_count(struct journal_kept *kept, uint64_t *count, struct diag *diag)
{
	struct pollfd answer = {helper_fd(kept->helper), POLLIN, 0};
	int fds[HELPER_FDS], err;

	close(kept->begin[1]);
	kept->begin[1] = -1;
	if (poll(&answer, 1, TIMEOUT_MS) != 1)
		return diag_set(diag, -ETIMEDOUT, JOURNALCTL " takes too long");
	err = helper_receive(kept->helper, fds, diag);
	if (err)
		return err;
	if (read(fds[0], count, sizeof(*count)) != sizeof(*count))
		err = diag_errno(diag, -EIO, JOURNALCTL);
	close(fds[0]);
	return err;
}

void journal_kept_free(struct journal_kept *kept)
{
	if (!kept)
		return;
	helper_free(kept->helper);
	for (int i = 0; i < 2; i++)
		if (kept->begin[i] >= 0)
			close(kept->begin[i]);
	free(kept);
}
