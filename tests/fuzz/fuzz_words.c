/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words of others that end in a diagnosis: the compiler's answer with its status, and the
 * verifier's log.
 *
 * Input: the signal that it ended by, if any, the status otherwise, whether it came in time (a byte
 * each), the words.
 */
#include "bpf/verifier_log.c"
#include "compile/compile.c"

#include "fuzz.h"
#include "judge.h"

static void diag_judge(const struct diag *diag)
{
	PROMISE(diag->what[0] && memchr(diag->what, '\0', sizeof(diag->what)));
	PROMISE(memchr(diag->hint, '\0', sizeof(diag->hint)));
	PROMISE(memchr(diag->detail, '\0', sizeof(diag->detail)));
}

static void answer_judge(int err, int status, struct input input)
{
	_cleanup_text_ struct text result = {0};
	struct diag diag;

	text_bytes(&result, input.at, input.left);
	err = result_judge(err, status, 30, &result, &diag);
	if (err)
		diag_judge(&diag);
	else
		PROMISE(!status && result.len >= 4 && !memcmp(result.data, "\177ELF", 4));
}

static void log_judge(struct input input)
{
	char *log = input_string(&input);
	const char *message;
	struct diag diag = {0};
	int len;

	message = last_message(log, &len);
	PROMISE(len >= 0 && !memchr(message, '\n', len));
	PROMISE(!len || (message >= log && message + len <= log + strlen(log)));
	PROMISE(verifier_log_explain(-EINVAL, log, &diag) == (len > 0));
	if (len) {
		diag_judge(&diag);
		PROMISE(strlen(log) < sizeof(diag.detail) ? !strcmp(diag.detail, log)
							  : strlen(diag.detail) > 0);
	}
	free(log);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int errors[] = {0, 0, 0, -ETIMEDOUT, -EFBIG, -EIO};
	struct input input = {data, size};
	/* As waitpid(2) says it; the last signal would be a stop. */
	int signal = input_number(&input, 1) % 127, status = input_number(&input, 1) << 8;
	int err = errors[input_number(&input, 1) % COUNT_OF(errors)];

	answer_judge(err, signal ? signal : status, input);
	log_judge(input);
	return 0;
}
