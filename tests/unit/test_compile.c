/* SPDX-License-Identifier: Apache-2.0 */
/* The compiler's ends, played by a script: it is looked for beside this executable first. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/syscalls.h"
#include "compile/compile.h"

#define DEADLINE_S 30 /* far more than any script here takes */

static const struct headers own = {.kind = HEADERS_OWN};

struct answer {
	int err;
	struct diag diag;
	struct text object;
};

static char helper[PATH_MAX + sizeof("/bcc-compile")];

static int helper_find(void **state)
{
	char exe[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	if (len < 0)
		return -1;
	exe[len] = '\0';
	snprintf(helper, sizeof(helper), "%s/bcc-compile", dirname(exe));
	return 0;
}

/*
 * A script is read by its interpreter, which root's other user may not be able to do here. With
 * this capability gone the compiler stays the user that this is (tests/security/compiler has the
 * other).
 */
static int user_keep(void **state)
{
	const cap_value_t setuid[] = {CAP_SETUID};
	cap_t caps = cap_get_proc();
	int err = !caps || cap_set_flag(caps, CAP_EFFECTIVE, 1, setuid, CAP_CLEAR) ||
		  cap_set_proc(caps);

	cap_free(caps);
	return err ? -1 : helper_find(state);
}

static int helper_remove(void **state)
{
	return unlink(helper) && errno != ENOENT ? -1 : 0;
}

static void helper_make(const char *words, mode_t mode)
{
	FILE *file = fopen(helper, "w");

	assert_non_null(file);
	fputs(words, file);
	assert_int_equal(fchmod(fileno(file), mode), 0);
	assert_int_equal(fclose(file), 0);
}

static int compile(const struct text *source, const struct headers *headers,
		   unsigned int deadline_s, struct text *object, struct diag *diag)
{
	struct compiler compiler;
	int err = compiler_start(&compiler, headers, deadline_s, diag);

	if (!err)
		err = compiler_answer(&compiler, source, object, diag);
	return err ? err : compiler_end(&compiler, object, diag);
}

static void ask(struct answer *answer, const struct headers *headers)
{
	_cleanup_text_ struct text source = {0};

	text_str(&source, "the text\nof it\n");
	*answer = (struct answer){0};
	answer->err = compile(&source, headers, DEADLINE_S, &answer->object, &answer->diag);
}

/* Asks a helper that is this script, and expects an error: there is no object. */
static void refusal_assert(const char *script, int err, const char *what, const char *detail)
{
	struct answer answer;

	helper_make(script, 0755);
	ask(&answer, &own);
	assert_string_equal(answer.diag.what, what);
	assert_int_equal(answer.err, err);
	if (detail)
		assert_string_equal(answer.diag.detail, detail);
	assert_int_equal(answer.object.len, 0);
	text_free(&answer.object);
}

static void object_is_taken(void **state)
{
	struct answer answer;

	helper_make("#!/bin/sh\nprintf '\\177ELF'; cat\n", 0755);
	ask(&answer, &own);
	assert_int_equal(answer.err, 0);
	text_assert(&answer.object, BYTES("\177ELFthe text\nof it\n"));
	text_free(&answer.object);
}

/* A tree comes as open folders, by whatever name the compiler could not reach them. */
static void headers_are_arguments(void **state)
{
	static const char script[] = "#!/bin/sh\nprintf '\\177ELF<%s>' \"$1\"; shift\n"
				     "for arg; do printf '<%s>' \"$(readlink \"$arg\")\"; done\n";
	static const struct {
		struct headers headers;
		const char *args;
	} cases[] = {
		{{HEADERS_OWN, "no", "no"}, "<own>"},
		{{HEADERS_TREE, "/usr", "/etc"}, "<tree></usr></etc>"},
	};

	helper_make(script, 0755);
	for (size_t i = 0; i < COUNT(cases); i++) {
		_cleanup_text_ struct text expected = {0};
		struct answer answer;

		text_printf(&expected, "\177ELF%s", cases[i].args);
		ask(&answer, &cases[i].headers);
		assert_int_equal(answer.err, 0);
		text_assert(&answer.object, expected.data, expected.len);
		text_free(&answer.object);
	}
}

static void environment_is_clean(void **state)
{
	struct answer answer;

	setenv("ARCH", "arm", 1);
	setenv("BCC_PROBE_X", "x", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	helper_make("#!/bin/sh\nprintf '\\177ELF'; echo \"<$ARCH$BCC_PROBE_X$HOME><$LC_ALL>\"\n",
		    0755);
	ask(&answer, &own);
	unsetenv("LC_ALL");
	assert_int_equal(answer.err, 0);
	text_assert(&answer.object, BYTES("\177ELF<><C>\n"));
	text_free(&answer.object);
}

static void refused_text_is_told(void **state)
{
	refusal_assert("#!/bin/sh\necho 'line 3: no such thing'; echo more >&2; exit 1\n", -EINVAL,
		       "the compiler refused the program: line 3: no such thing", "more\n");
	refusal_assert("#!/bin/sh\nprintf 'no newline'; exit 1\n", -EINVAL,
		       "the compiler refused the program: no newline", "");
	refusal_assert("#!/bin/sh\nexit 1\n", -EINVAL, "the compiler refused the program: ", "");
	/* An object does not make it a success. */
	refusal_assert("#!/bin/sh\nprintf '\\177ELF'; exit 1\n", -EINVAL,
		       "the compiler refused the program: \x7f"
		       "ELF",
		       NULL);
}

static void other_status_is_told(void **state)
{
	refusal_assert("#!/bin/sh\necho words; exit 3\n", -EPROTO,
		       "the compiler ended with status 3", "words\n");
	refusal_assert("#!/bin/sh\nprintf '\\177ELF'; exit 2\n", -EPROTO,
		       "the compiler ended with status 2", NULL);
}

static void crash_is_told(void **state)
{
	refusal_assert("#!/bin/sh\necho last words; exec perl -e 'unpack \"p\", pack \"J\", 1'\n",
		       -EPROTO, "the compiler crashed: Segmentation fault", "last words\n");
	refusal_assert("#!/bin/sh\nprintf '\\177ELF'; ulimit -t 1; while :; do :; done\n", -EPROTO,
		       "the compiler crashed: Killed", NULL);
}

static void nonsense_is_no_object(void **state)
{
	static const char *const scripts[] = {
		"#!/bin/sh\necho hello\n",
		"#!/bin/sh\nexit 0\n",
		"#!/bin/sh\nprintf '\\177EL'\n",
		"#!/bin/sh\nprintf 'x\\177ELF'\n",
		"#!/bin/sh\nprintf '\\000\\000\\000\\000\\000'\n",
	};

	for (size_t i = 0; i < COUNT(scripts); i++)
		refusal_assert(scripts[i], -EPROTO, "the compiler's output is not an object", "");
}

static void missing_library_is_told(void **state)
{
	struct answer answer;

	helper_make("#!/bin/sh\necho 'libbcc.so.0: no such file'; echo more; exit 127\n", 0755);
	ask(&answer, &own);
	assert_int_equal(answer.err, -ENOEXEC);
	assert_string_equal(answer.diag.what,
			    "the compiler cannot start: libbcc.so.0: no such file");
	assert_string_equal(answer.diag.hint, "install libbcc (Debian: libbpfcc, Fedora: bcc)");
	assert_string_equal(answer.diag.detail, "libbcc.so.0: no such file\nmore\n");
	text_free(&answer.object);
}

static void what_cannot_be_executed_is_told(void **state)
{
	_cleanup_text_ struct text what = {0};

	text_printf(&what, "the compiler cannot start: %s: Exec format error", helper);
	refusal_assert("no program at all\n", -ENOEXEC, what.data, NULL);
}

static void long_answer_is_refused(void **state)
{
	refusal_assert("#!/bin/sh\nprintf '\\177ELF'; exec head -c 16777213 /dev/zero\n", -EPROTO,
		       "the compiler wrote more than 16 MB", "");
	/* One that would never end is ended. */
	refusal_assert("#!/bin/sh\nexec cat /dev/zero\n", -EPROTO,
		       "the compiler wrote more than 16 MB", "");
}

static void answer_of_16_mb_is_taken(void **state)
{
	struct answer answer;

	helper_make("#!/bin/sh\nprintf '\\177ELF'; exec head -c 16777212 /dev/zero\n", 0755);
	ask(&answer, &own);
	assert_int_equal(answer.err, 0);
	assert_int_equal(answer.object.len, COMPILE_RESULT_MAX);
	text_free(&answer.object);
}

static void late_answer_is_not_waited_for(void **state)
{
	_cleanup_text_ struct text source = {0}, object = {0};
	struct timespec begin, end;
	struct diag diag = {0};

	helper_make("#!/bin/sh\nprintf '\\177ELF'; exec tail -f /dev/null\n", 0755);
	clock_gettime(CLOCK_MONOTONIC, &begin);
	assert_int_equal(compile(&source, &own, 1, &object, &diag), -ETIMEDOUT);
	clock_gettime(CLOCK_MONOTONIC, &end);
	assert_uint_in_range((end.tv_sec - begin.tv_sec) * 1000 +
				     (end.tv_nsec - begin.tv_nsec) / 1000000,
			     999, 2900);
	assert_string_equal(diag.what, "the compiler timed out after 1 s");
	assert_int_equal(object.len, 0);
}

/* One that has answered and closed its output, and then does the rest. */
static void answer_make(struct compiler *compiler, const char *rest, unsigned int deadline_s,
			struct text *object)
{
	_cleanup_text_ struct text script = {0}, source = {0};
	struct diag diag = {0};

	text_printf(&script, "#!/bin/sh\nprintf '\\177ELF'; exec >&- 2>&-; %s\n", rest);
	helper_make(script.data, 0755);
	assert_int_equal(compiler_start(compiler, &own, deadline_s, &diag), 0);
	assert_int_equal(compiler_answer(compiler, &source, object, &diag), 0);
	text_assert(object, BYTES("\177ELF"));
	assert_int_equal(waitpid(compiler->pid, NULL, WNOHANG), 0);
}

static void end_is_not_waited_for_with_the_answer(void **state)
{
	_cleanup_text_ struct text object = {0}, rest = {0};
	struct compiler compiler;
	struct diag diag = {0};
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	assert_int_equal(fcntl(fds[1], F_SETFD, FD_CLOEXEC), 0);
	text_printf(&rest, "read -r _ <&%d; exit 3", fds[0]); /* cat wants a stdout */
	answer_make(&compiler, rest.data, DEADLINE_S, &object);
	close(fds[0]);
	close(fds[1]);
	assert_int_equal(compiler_end(&compiler, &object, &diag), -EPROTO);
	assert_string_equal(diag.what, "the compiler ended with status 3");
	assert_int_equal(object.len, 0);
	assert_int_equal(compiler_end(&compiler, &object, &diag), 0);
}

static void end_that_never_comes_is_told(void **state)
{
	_cleanup_text_ struct text object = {0};
	struct compiler compiler;
	struct diag diag = {0};
	int pidfd = sys_pidfd_open(getpid(), 0);

	if (pidfd < 0) {
		print_message("SKIP: no pidfd_open(2), as under valgrind: it is not seen\n");
		skip();
	}
	close(pidfd);
	answer_make(&compiler, "exec sleep 987", 1, &object);
	assert_int_equal(compiler_end(&compiler, &object, &diag), -ETIMEDOUT);
	assert_int_equal(object.len, 0);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

/* More than a socket has room for. */
static void large_text(struct text *text)
{
	for (int i = 0; i < 200000; i++)
		text_str(text, "a line\n");
	assert_int_equal(text->err, 0);
}

static void large_text_arrives(void **state)
{
	_cleanup_text_ struct text source = {0}, object = {0};
	struct diag diag = {0};

	large_text(&source);
	helper_make("#!/bin/sh\ntext=$(cat)\nprintf '\\177ELF%s\\n' \"$text\"\n", 0755);
	assert_int_equal(compile(&source, &own, DEADLINE_S, &object, &diag), 0);
	assert_int_equal(object.len, 4 + source.len);
	assert_memory_equal(object.data + 4, source.data, source.len);
}

static void text_that_nobody_reads(void **state)
{
	_cleanup_text_ struct text source = {0}, object = {0};
	struct diag diag = {0};

	large_text(&source);
	helper_make("#!/bin/sh\nexec tail -f /dev/null\n", 0755);
	assert_int_equal(compile(&source, &own, 1, &object, &diag), -ETIMEDOUT);
	helper_make("#!/bin/sh\necho no thanks; exit 1\n", 0755);
	assert_int_equal(compile(&source, &own, DEADLINE_S, &object, &diag), -EINVAL);
	assert_string_equal(diag.what, "the compiler refused the program: no thanks");
}

static void stopped_one_is_gone(void **state)
{
	struct compiler compiler;
	struct diag diag = {0};

	helper_make("#!/bin/sh\nexec cat\n", 0755);
	assert_int_equal(compiler_start(&compiler, &own, DEADLINE_S, &diag), 0);
	assert_true(compiler.pid > 0);
	compiler_stop(&compiler);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	compiler_stop(&compiler);
}

/* The other end of a pipe that the helper's child keeps open shows when that child is gone. */
static void what_it_started_ends_with_it(void **state)
{
	struct pollfd poller = {.events = POLLIN};
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	refusal_assert("#!/bin/sh\nsleep 987 >&- 2>&- &\nexec cat /dev/zero\n", -EPROTO,
		       "the compiler wrote more than 16 MB", "");
	close(fds[1]);
	poller.fd = fds[0];
	assert_int_equal(poll(&poller, 1, 10000), 1);
	assert_int_equal(poller.revents, POLLHUP);
	close(fds[0]);
}

static void missing_assert(void)
{
	struct answer answer;

	ask(&answer, &own);
	assert_int_equal(answer.err, -ENOEXEC);
	assert_string_equal(answer.diag.what, "the compiler is not installed: " LIBEXECDIR
					      "/bcc-compile: No such file or directory");
	assert_int_equal(answer.object.len, 0);
	text_free(&answer.object);
}

static void missing_helper_is_told(void **state)
{
	if (!access(LIBEXECDIR "/bcc-compile", F_OK))
		skip(); /* installed on this machine: it would be run */
	missing_assert();
	helper_make("#!/bin/sh\nprintf '\\177ELF'\n", 0644);
	missing_assert();
}

#define COMPILE_TEST(test) cmocka_unit_test_teardown(test, helper_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		COMPILE_TEST(object_is_taken),
		COMPILE_TEST(headers_are_arguments),
		COMPILE_TEST(environment_is_clean),
		COMPILE_TEST(refused_text_is_told),
		COMPILE_TEST(other_status_is_told),
		COMPILE_TEST(crash_is_told),
		COMPILE_TEST(nonsense_is_no_object),
		COMPILE_TEST(missing_library_is_told),
		COMPILE_TEST(what_cannot_be_executed_is_told),
		COMPILE_TEST(long_answer_is_refused),
		COMPILE_TEST(answer_of_16_mb_is_taken),
		COMPILE_TEST(late_answer_is_not_waited_for),
		COMPILE_TEST(end_is_not_waited_for_with_the_answer),
		COMPILE_TEST(end_that_never_comes_is_told),
		COMPILE_TEST(large_text_arrives),
		COMPILE_TEST(text_that_nobody_reads),
		COMPILE_TEST(stopped_one_is_gone),
		COMPILE_TEST(what_it_started_ends_with_it),
		COMPILE_TEST(missing_helper_is_told),
	};

	return cmocka_run_group_tests_name("compile", tests, user_keep, NULL);
}
