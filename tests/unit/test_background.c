/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "system/background.h"

struct seen {
	int times;
	pthread_t thread;
	cpu_set_t cpus;
	sem_t *begun, *wanted, *made; /* or NULL: posted, waited for, posted */
	int err;
};

static int see(void *arg, struct diag *diag)
{
	struct seen *seen = arg;

	if (seen->begun)
		sem_post(seen->begun);
	if (seen->wanted)
		sem_wait(seen->wanted);
	seen->times++;
	seen->thread = pthread_self();
	sched_getaffinity(0, sizeof(seen->cpus), &seen->cpus);
	if (seen->made)
		sem_post(seen->made);
	return seen->err ? diag_set(diag, seen->err, "refused") : 0;
}

static void a_call_is_made_once(void **state)
{
	struct seen seen = {0};
	struct background_call call = {.make = see, .arg = &seen};
	struct background background = {0};
	struct diag diag = {0};

	background_begin(&background, &call, 1);
	assert_int_equal(background_end(&background, &call, &diag), 0);
	assert_int_equal(background_end(&background, &call, &diag), 0);
	background_free(&background);
	assert_int_equal(seen.times, 1);
	assert_string_equal(diag.what, "");
}

static void what_it_returns_is_told_each_time(void **state)
{
	struct seen seen = {.err = -EPERM};
	struct background_call call = {.make = see, .arg = &seen};
	struct background background = {0};

	background_begin(&background, &call, 1);
	for (int i = 0; i < 2; i++) {
		struct diag diag = {0};

		assert_int_equal(background_end(&background, &call, &diag), -EPERM);
		assert_string_equal(diag.what, "refused");
	}
	background_free(&background);
}

static void free_waits_for_all(void **state)
{
	struct seen seen[2] = {0};
	struct background_call calls[] = {{.make = see, .arg = &seen[0]},
					  {.make = see, .arg = &seen[1]}};
	struct background background = {0};

	background_begin(&background, calls, 2);
	background_free(&background);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(seen[i].times, 1);
		assert_false(pthread_equal(seen[i].thread, pthread_self()));
	}
	background_free(&background); /* has nothing to do */
}

/* The thread cannot come to the second call before that is made. */
static void a_call_that_is_wanted_first_is_made_here(void **state)
{
	sem_t begun, made;
	struct seen seen[2] = {{.begun = &begun, .wanted = &made}, {.made = &made}};
	struct background_call calls[] = {{.make = see, .arg = &seen[0]},
					  {.make = see, .arg = &seen[1]}};
	struct background background = {0};
	struct diag diag;

	sem_init(&begun, 0, 0);
	sem_init(&made, 0, 0);
	background_begin(&background, calls, 2);
	sem_wait(&begun); /* this one is the thread's */
	assert_int_equal(background_end(&background, &calls[1], &diag), 0);
	assert_true(pthread_equal(seen[1].thread, pthread_self()));
	assert_int_equal(background_end(&background, &calls[0], &diag), 0);
	assert_false(pthread_equal(seen[0].thread, pthread_self()));
	background_free(&background);
	assert_int_equal(seen[0].times, 1);
	assert_int_equal(seen[1].times, 1);
	sem_destroy(&begun);
	sem_destroy(&made);
}

static cpu_set_t cpus_of_thread(void)
{
	struct seen seen = {0};
	struct background_call call = {.make = see, .arg = &seen};
	struct background background = {0};

	background_begin(&background, &call, 1);
	background_free(&background);
	return seen.cpus;
}

static void the_thread_is_on_another_cpu(void **state)
{
	cpu_set_t all, one, theirs;

	assert_int_equal(sched_getaffinity(0, sizeof(all), &all), 0);
	theirs = cpus_of_thread();
	if (CPU_COUNT(&all) > 1)
		assert_int_equal(CPU_COUNT(&theirs), CPU_COUNT(&all) - 1);
	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
	theirs = cpus_of_thread();
	assert_true(CPU_EQUAL(&theirs, &one)); /* there is no other */
	assert_int_equal(sched_setaffinity(0, sizeof(all), &all), 0);
}

/* As systemd's @resources refuses it; in a process of its own, for a filter is for good. */
static void without_a_choice_of_cpu_it_is_a_thread_still(void **state)
{
	struct sock_filter steps[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ, SYS_sched_setaffinity, 0, 1),
		BPF_STMT(BPF_RET, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = {COUNT(steps), steps};
	struct seen seen = {0};
	struct background_call call = {.make = see, .arg = &seen};
	struct background background = {0};
	pid_t pid = fork();
	int status;

	if (!pid) {
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
		    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter))
			_exit(errno == EINVAL ? 77 : 1);
		background_begin(&background, &call, 1);
		background_free(&background);
		_exit(seen.times == 1 && !pthread_equal(seen.thread, pthread_self()) ? 0 : 2);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		skip(); /* qemu-user has no seccomp */
	assert_int_equal(status, 0);
}

/* Ignored, as a shell leaves SIGINT to what it starts in the background, it would be lost in the
 * thread. */
static void a_signal_is_left_for_who_blocks_it(void **state)
{
	sem_t begun, wanted;
	struct seen seen = {.begun = &begun, .wanted = &wanted};
	struct background_call call = {.make = see, .arg = &seen};
	struct timespec at_once = {0};
	struct background background = {0};
	sigset_t blocked;

	sem_init(&begun, 0, 0);
	sem_init(&wanted, 0, 0);
	signal(SIGINT, SIG_IGN);
	background_begin(&background, &call, 1);
	sem_wait(&begun);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGINT);
	assert_int_equal(sigprocmask(SIG_BLOCK, &blocked, NULL), 0);
	assert_int_equal(kill(getpid(), SIGINT), 0);
	sem_post(&wanted);
	background_free(&background);
	assert_int_equal(sigtimedwait(&blocked, NULL, &at_once), SIGINT);
	sigprocmask(SIG_UNBLOCK, &blocked, NULL);
	signal(SIGINT, SIG_DFL);
	sem_destroy(&begun);
	sem_destroy(&wanted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_call_is_made_once),
		cmocka_unit_test(what_it_returns_is_told_each_time),
		cmocka_unit_test(free_waits_for_all),
		cmocka_unit_test(a_call_that_is_wanted_first_is_made_here),
		cmocka_unit_test(the_thread_is_on_another_cpu),
		cmocka_unit_test(without_a_choice_of_cpu_it_is_a_thread_still),
		cmocka_unit_test(a_signal_is_left_for_who_blocks_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
