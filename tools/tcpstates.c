/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tcpstates: TCP session state changes and their durations, with BPF compiled at run time.
 * docs/architecture.md has the way an event takes.
 */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/diag.h"
#include "log/message.h"
#include "log/startup_log.h"
#include "options/options.h"
#include "program/custom_text.h"
#include "program/program_print.h"
#include "trace/check.h"
#include "trace/now.h"
#include "trace/start.h"
#include "trace/tracer.h"

#define LARGE_BLOCK (128 * 1024) /* bytes, as malloc(3) has it at the start */

enum { STATUS_OK = 0, STATUS_FAILURE = 1, STATUS_USAGE = 2 };

/* Sets what a process may inherit in a state that the tool cannot work with. */
static void process_prepare(void)
{
	struct rlimit limit;
	sigset_t listing;
	int fd;

	/*
	 * SIGUSR1 may arrive at any time; it requests a list once there is one (waiter_open()).
	 * Child processes inherit the mask, so a signal to the group or the unit does not end them.
	 */
	sigemptyset(&listing);
	sigaddset(&listing, SIGUSR1);
	sigprocmask(SIG_BLOCK, &listing, NULL);
	signal(SIGCHLD, SIG_DFL); /* where it is ignored, a child's exit status is lost */
	signal(SIGPIPE, SIG_IGN); /* write(2) and poll(2) report that the reader is gone */

	/* A closed stdin, stdout or stderr must not become the number of another file. */
	do
		fd = open("/dev/null", O_RDONLY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	close(fd);

	/*
	 * A large block must be returned when it shrinks. Once one has been freed, malloc(3) takes
	 * all others from the heap, where it stays, unless the threshold is set (mallopt(3)).
	 */
	mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK);

	/*
	 * On a host of some hundred CPUs the buffers alone are more than the usual 1024 files.
	 * Where this fails, opening them reports it.
	 */
	if (!getrlimit(RLIMIT_NOFILE, &limit)) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static int trace(const struct options *options, struct startup_log *log, struct diag *diag)
{
	const struct trace_config *config = &options->trace;
	const struct custom_text *custom = config->program.text;
	int err = start_prepare(config, diag);

	if (err)
		return err;
	if (options->now)
		return now_run(config, log, diag);
	if (custom)
		startup_log_step(log, "program text of %s: %zu bytes", custom->path,
				 custom->text.len);
	return tracer_run(config, log, diag);
}

/* Reads the program of --bpf-text. *status becomes STATUS_USAGE if the options contradict it. */
static int custom_text_use(struct custom_text *custom, struct options *options, int *status,
			   struct diag *diag)
{
	struct program_spec *spec = &options->trace.program;
	int err = custom_text_read(custom, options->bpf_text, diag);

	if (err)
		return err;
	custom_text_fit(custom, field_list_optionals(&options->trace.output.fields), spec);
	err = custom_text_check(spec, diag);
	if (err)
		*status = STATUS_USAGE;
	return err;
}

/* *status is the exit status of an error. */
static int mode_run(struct options *options, int *status, struct diag *diag)
{
	struct custom_text custom = {0};
	struct startup_log log;
	int err = 0;

	startup_log_begin(&log, options->verbose);
	if (options->bpf_text)
		err = custom_text_use(&custom, options, status, diag);
	if (!err) {
		if (options->ebpf)
			err = program_print(&options->trace.program, options->now, diag);
		else if (options->check)
			err = check_run(&options->trace, &log, diag);
		else
			err = trace(options, &log, diag);
	}
	custom_text_free(&custom);
	return err;
}

int main(int argc, char **argv)
{
	struct options options;
	struct diag diag = {0};
	int err, status;

	process_prepare();
	err = options_parse(argc, argv, &options, &diag);
	status = err ? STATUS_USAGE : STATUS_FAILURE;
	if (!err && options.help)
		options_help(stdout);
	else if (!err && options.version)
		puts("tcpstates " VERSION);
	else if (!err && options.fields_help)
		fields_help(stdout);
	else if (!err)
		err = mode_run(&options, &status, &diag);
	if (!err && fflush(stdout))
		err = diag_errno(&diag, -errno, "writing to stdout");
	if (err)
		message_diag(&diag, options.verbose);
	options_free(&options);
	return err ? status : STATUS_OK;
}
