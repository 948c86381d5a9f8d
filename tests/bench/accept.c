/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the program that sees accept() costs the process that accepts: prints the nanoseconds of one
 * run, as the kernel counts them, over RUNS runs with a session that is in the table. It runs as a
 * raw tracepoint's, by BPF_PROG_TEST_RUN, so that no kernel has to have fexit; the way from the end
 * of the function into the program is not counted. It reads all that an owner can have (-o
 * +exe,opid_ns).
 */
#include <bpf/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/diag.h"
#include "bpf/loader.h"
#include "log/startup_log.h"
#include "program/program.h"
#include "program/source.h"

#define RUNS	100000
#define SESSION 0x1000ULL /* an address, of which nothing is read */

static int load(struct loader **loader, struct diag *diag)
{
	struct program_spec spec = {.max_sockets = 65536, .max_compile_s = 60};
	_cleanup_program_ struct program program = PROGRAM_NONE;
	struct source source = source_accept_fexit;
	struct startup_log silent = {0};
	int err;

	event_layout_init(&spec.layout,
			  1U << OPTIONAL_OWNER | 1U << OPTIONAL_PID_NS | 1U << OPTIONAL_EXE);
	source.accept = ACCEPT_NONE;
	source.macros = "#define ACCEPT_EXIT raw_tracepoint__inet_sock_set_state\n"
			"#define ACCEPT_RESULT 0\n";
	err = program_compile(&spec, &source, &silent, &program, diag);
	if (!err)
		err = program_finish(&program, diag);
	if (!err)
		err = loader_open(loader, program.object.data, program.object.len, diag);
	return err ? err : loader_load(*loader, diag);
}

static int table_fill(const struct loader *loader)
{
	struct bpf_map_info info = {0};
	uint32_t size = sizeof(info);
	uint64_t session = SESSION;
	int map = loader_map(loader, "sockets"), err;
	void *entry;

	err = bpf_obj_get_info_by_fd(map, &info, &size);
	if (err)
		return err;
	entry = calloc(1, info.value_size);
	err = entry ? bpf_map_update_elem(map, &session, entry, BPF_ANY) : -1;
	free(entry);
	return err;
}

int main(void)
{
	const uint64_t args[] = {SESSION};
	struct bpf_prog_info info = {0};
	uint32_t size = sizeof(info), returned;
	struct loader *loader = NULL;
	struct diag diag = {0};
	int stats, err = load(&loader, &diag);

	if (!err)
		err = table_fill(loader);
	stats = bpf_enable_stats(BPF_STATS_RUN_TIME);
	for (int i = 0; !err && i < RUNS; i++)
		err = program_run(loader_program(loader), args, sizeof(args), &returned);
	if (!err)
		err = bpf_obj_get_info_by_fd(loader_program(loader), &info, &size);
	if (err || stats < 0 || info.run_cnt != RUNS) {
		fprintf(stderr, "accept: %d: %s\n", err, diag.what);
		return 1;
	}
	close(stats);
	loader_free(loader);
	printf("%.1f\n", (double)info.run_time_ns / info.run_cnt);
	return 0;
}
