/* SPDX-License-Identifier: Apache-2.0 */
/* The filters are run here, as the kernel runs them, for this processor's order of arguments. */
#include "unit.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "seccomp_filters.h"

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#elif defined(__s390x__)
#define ARCH AUDIT_ARCH_S390X
#endif

#define REFUSED (SECCOMP_RET_ERRNO | EPERM)
#define THREAD	(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD)
#define ANY	0x7f3452345674 /* has the bits of each flag here */

#ifdef ARCH
static uint32_t jumps(const struct sock_filter *step, uint32_t a)
{
	switch (BPF_OP(step->code)) {
	case BPF_JA:
		return step->k;
	case BPF_JEQ:
		return a == step->k ? step->jt : step->jf;
	case BPF_JGT:
		return a > step->k ? step->jt : step->jf;
	case BPF_JGE:
		return a >= step->k ? step->jt : step->jf;
	case BPF_JSET:
		return a & step->k ? step->jt : step->jf;
	}
	fail_msg("a jump of code %#x", step->code);
	return 0;
}

static uint32_t filter_run(const struct sock_filter *steps, size_t count,
			   const struct seccomp_data *data)
{
	uint32_t a = 0;

	for (size_t i = 0; i < count; i++) {
		switch (steps[i].code) {
		case BPF_LD | BPF_W | BPF_ABS:
			assert_true(steps[i].k <= sizeof(*data) - sizeof(a));
			memcpy(&a, (const char *)data + steps[i].k, sizeof(a));
			break;
		case BPF_ALU | BPF_AND | BPF_K:
			a &= steps[i].k;
			break;
		case BPF_RET | BPF_K:
			return steps[i].k;
		default:
			assert_int_equal(BPF_CLASS(steps[i].code), BPF_JMP);
			i += jumps(&steps[i], a);
		}
	}
	fail_msg("the filter has no end");
	return 0;
}

/* What the filter makes of the system call. */
#define RUN(filter, number, ...)                                                                   \
	filter_run(filter, COUNT(filter),                                                          \
		   &(struct seccomp_data){.nr = (number), .arch = ARCH, .args = {__VA_ARGS__}})

static void the_tracer_maps_memory(void **state)
{
	assert_int_equal(RUN(tracer_0, SYS_munmap, ANY, 4096), SECCOMP_RET_ALLOW);
	assert_int_equal(RUN(tracer_0, SYS_mprotect, ANY, 4096, PROT_READ), SECCOMP_RET_ALLOW);
	assert_int_equal(RUN(tracer_0, SYS_mprotect, ANY, 4096, PROT_EXEC), REFUSED);
#ifdef __s390x__
	assert_int_equal(RUN(tracer_0, SYS_mmap, ANY, ANY, ANY), SECCOMP_RET_ALLOW);
	assert_int_equal(RUN(tracer_0, SYS_mmap, ANY, ANY, PROT_EXEC), SECCOMP_RET_ALLOW);
#else
	assert_int_equal(RUN(tracer_0, SYS_mmap, 0, 4096, PROT_READ | PROT_WRITE),
			 SECCOMP_RET_ALLOW);
	assert_int_equal(RUN(tracer_0, SYS_mmap, 0, 4096, PROT_READ | PROT_EXEC), REFUSED);
#endif
}

static void the_tracer_reads_maps(void **state)
{
	assert_int_equal(RUN(tracer_0, SYS_bpf, BPF_MAP_LOOKUP_ELEM, ANY), SECCOMP_RET_ALLOW);
	assert_int_equal(RUN(tracer_0, SYS_bpf, BPF_MAP_UPDATE_ELEM, ANY), REFUSED);
	assert_int_equal(RUN(tracer_0, SYS_bpf, BPF_PROG_LOAD, ANY), REFUSED);
	assert_int_equal(RUN(tracer_0, SYS_execve, ANY, ANY, ANY), REFUSED);
}

static void names_are_looked_up_for_cgroups_alone(void **state)
{
	assert_int_equal(RUN(tracer_0, SYS_readlinkat, 5, ANY, ANY, 4096), REFUSED);
	assert_int_equal(RUN(tracer_1, SYS_readlinkat, 5, ANY, ANY, 4096), SECCOMP_RET_ALLOW);
	assert_int_equal(RUN(tracer_2, SYS_readlinkat, 5, ANY, ANY, 4096), SECCOMP_RET_ALLOW);
}

static void maps_are_changed_for_filters_by_cgroup_alone(void **state)
{
	assert_int_equal(RUN(tracer_1, SYS_bpf, BPF_MAP_UPDATE_ELEM, ANY), REFUSED);
	assert_int_equal(RUN(tracer_1, SYS_bpf, BPF_MAP_DELETE_ELEM, ANY), REFUSED);
	assert_int_equal(RUN(tracer_2, SYS_bpf, BPF_MAP_UPDATE_ELEM, ANY), SECCOMP_RET_ALLOW);
	assert_int_equal(RUN(tracer_2, SYS_bpf, BPF_MAP_DELETE_ELEM, ANY), SECCOMP_RET_ALLOW);
	assert_int_equal(RUN(tracer_2, SYS_bpf, BPF_PROG_LOAD, ANY), REFUSED);
}

static void the_compiler_has_threads_and_no_user_namespace(void **state)
{
#ifdef __s390x__
	assert_int_equal(RUN(compiler_0, SYS_clone, ANY, THREAD), SECCOMP_RET_ALLOW);
	assert_int_equal(RUN(compiler_0, SYS_clone, 0, CLONE_NEWUSER), REFUSED);
#else
	assert_int_equal(RUN(compiler_0, SYS_clone, THREAD, ANY), SECCOMP_RET_ALLOW);
	assert_int_equal(RUN(compiler_0, SYS_clone, CLONE_NEWUSER, 0), REFUSED);
#endif
}

static void another_architecture_has_nothing(void **state)
{
	struct seccomp_data data = {.nr = SYS_read, .arch = ARCH ^ 1};

	assert_int_not_equal(filter_run(tracer_0, COUNT(tracer_0), &data), SECCOMP_RET_ALLOW);
	assert_int_not_equal(filter_run(compiler_0, COUNT(compiler_0), &data), SECCOMP_RET_ALLOW);
}
#endif

int main(void)
{
#ifdef ARCH
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_tracer_maps_memory),
		cmocka_unit_test(the_tracer_reads_maps),
		cmocka_unit_test(names_are_looked_up_for_cgroups_alone),
		cmocka_unit_test(maps_are_changed_for_filters_by_cgroup_alone),
		cmocka_unit_test(the_compiler_has_threads_and_no_user_namespace),
		cmocka_unit_test(another_architecture_has_nothing),
	};

	return cmocka_run_group_tests_name("seccomp_filters", tests, NULL, NULL);
#else
	return 0;
#endif
}
