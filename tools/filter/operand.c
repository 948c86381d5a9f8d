/* SPDX-License-Identifier: Apache-2.0 */
#include "filter/operand.h"

#include <ctype.h>
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/nearest.h"
#include "base/parse.h"
#include "base/text.h"
#include "event/words.h"
#include "filter/states.h"

#define LETTERS	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS	    "0123456789"
#define MS_NS	    1000000
#define MS_DECIMALS 6

/* As lib/system/cgroup_path.c shows them. */
#define CONTAINER_DIGITS 64
#define CONTAINER_SHOWN	 12

#define VALUE(name, value) "const s64 " #name " = " value ";"
#define ADDRESS(name)	   "const struct end " #name " = end_of(event->" #name ", event->family);"
#define TEXT(name, at)	   "const u8 *const " #name " = (const u8 *)" at ";"
#define KNOWN(name, value) " const int " #name "_known = " value ";"
#define OWNED(value)	   "event->owner.from ? (s64)" value " : -1"
#define OWNER		   (1U << OPTIONAL_OWNER)
#define SESSION		   (1U << OPTIONAL_SESSION)

/* clang-format off */
#define STATE_TIME(name, state)                                                                    \
	{#name, OPERAND_TIME, .may_be_unknown = true, .optionals = SESSION,                        \
	 .declaration = VALUE(name, "event->session.state_ns[SESSION_" #state "]")}

const struct operand operands[] = {
	{"lport", OPERAND_NUMBER, .declaration = VALUE(lport, "event->lport")},
	{"rport", OPERAND_NUMBER, .declaration = VALUE(rport, "event->rport")},
	{"laddr", OPERAND_ADDRESS, .declaration = ADDRESS(laddr)},
	{"raddr", OPERAND_ADDRESS, .declaration = ADDRESS(raddr)},
	{"ip", OPERAND_NUMBER, .declaration = VALUE(ip, "event->family == AF_INET ? 4 : 6")},
	{"family", OPERAND_NUMBER, .declaration = VALUE(family, "event->family == AF_INET ? 4 : 6")},
	{"oldstate", OPERAND_STATE, .declaration = VALUE(oldstate, "event->oldstate")},
	{"newstate", OPERAND_STATE, .declaration = VALUE(newstate, "to")},
	{"state", OPERAND_STATE, .declaration = VALUE(state, "event->newstate == STATE_STILL ? event->oldstate : to")},
	{"ms", OPERAND_TIME, .declaration = VALUE(ms, "event->span_ns"), .may_be_unknown = true},
	{"span_us", OPERAND_NUMBER,
	 .declaration = VALUE(span_us, "event->span_ns == SPAN_UNKNOWN ? -1 : (s64)(event->span_ns / 1000)")},
	{"age_ms", OPERAND_TIME, .declaration = VALUE(age_ms, "event->age_ns"), .may_be_unknown = true,
	 .optionals = 1U << OPTIONAL_AGE},
	{"ts_ns", OPERAND_NUMBER, .declaration = VALUE(ts_ns, "event->ts_ns")},
	{"cpu", OPERAND_NUMBER,
	 .declaration = VALUE(cpu, "event->newstate == STATE_STILL ? -1 : (s64)bpf_get_smp_processor_id()"), .may_be_unknown = true},
	{"pid", OPERAND_NUMBER, .declaration = VALUE(pid, "event->pid")},
	{"comm", OPERAND_TEXT, .declaration = TEXT(comm, "event->comm"), .is_filled = true, .size = EVENT_COMM_LEN},
	{"opid", OPERAND_NUMBER, .declaration = VALUE(opid, OWNED("event->owner.pid")), .may_be_unknown = true, .optionals = OWNER,
	 .mark = MARK_TREE},
	{"opid_ns", OPERAND_NUMBER, .declaration = VALUE(opid_ns, "event->owner.pid_ns ? (s64)event->owner.pid_ns : -1"),
	 .may_be_unknown = true, .optionals = OWNER | 1U << OPTIONAL_PID_NS},
	{"ocomm", OPERAND_TEXT, .declaration = TEXT(ocomm, "event->owner.comm") KNOWN(ocomm, "event->owner.from"),
	 .may_be_unknown = true, .optionals = OWNER, .size = EVENT_COMM_LEN},
	{"exe", OPERAND_TEXT, .declaration = TEXT(exe, "event->owner.exe") KNOWN(exe, "event->owner.from && event->owner.exe[0]"),
	 .may_be_unknown = true, .optionals = OWNER | 1U << OPTIONAL_EXE, .size = OWNER_EXE_LEN},
	{"ofrom", OPERAND_WORD, .declaration = VALUE(ofrom, OWNED("event->owner.from")), .may_be_unknown = true,
	 .optionals = OWNER, .word = owner_from_word, .words = OWNER_ACCEPT + 1},
	{"why", OPERAND_WORD, .declaration = VALUE(why, "event->why ? (s64)event->why : -1"), .may_be_unknown = true,
	 .is_filled = true, .optionals = 1U << OPTIONAL_CLOSE, .word = why_word, .words = WHYS},
	{"first", OPERAND_WORD,
	 .declaration = VALUE(first, "(s64)first_of(event->why, event->oldstate, event->newstate) ?: -1"), .may_be_unknown = true,
	 .is_filled = true, .optionals = 1U << OPTIONAL_CLOSE, .word = first_word, .words = FIRST_REMOTE + 1},
#define SOCKET_OPERAND(name, title, width, otel, path, help)                                       \
	{#name, OPERAND_NUMBER, .declaration = VALUE(name, "event->" #name), .may_be_unknown = true, .is_filled = true, \
	 .optionals = 1U << OPTIONAL_##name},
	SOCKET_FIELDS(SOCKET_OPERAND)
	{"mptcp", OPERAND_NUMBER, .declaration = VALUE(mptcp, "sock_is_mptcp(event->skaddr)")},
	{"opened", OPERAND_WORD, .declaration = VALUE(opened, "(s64)event->session.opened ?: -1"),
	 .may_be_unknown = true, .optionals = SESSION, .word = opened_word, .words = OPENED_PASSIVE + 1},
	{"connect_ms", OPERAND_TIME, .declaration = VALUE(connect_ms, "session_connect_ns(&event->session)"),
	 .may_be_unknown = true, .optionals = SESSION},
	{"close_ms", OPERAND_TIME, .declaration = VALUE(close_ms, "session_close_ns(&event->session)"),
	 .may_be_unknown = true, .optionals = SESSION},
	STATE_TIME(syn_sent_ms, SYN_SENT),
	STATE_TIME(syn_recv_ms, SYN_RECV),
	STATE_TIME(established_ms, ESTABLISHED),
	STATE_TIME(fin_wait1_ms, FIN_WAIT1),
	STATE_TIME(fin_wait2_ms, FIN_WAIT2),
	STATE_TIME(close_wait_ms, CLOSE_WAIT),
	STATE_TIME(last_ack_ms, LAST_ACK),
	STATE_TIME(closing_ms, CLOSING),
	{"start", OPERAND_NONE, .why_none = "the tracer adds the time of day"},
	{"start_time", OPERAND_NONE, .why_none = "the tracer adds the time of day"},
	{"isotime", OPERAND_NONE, .why_none = "the tracer adds the time of day"},
	{"time", OPERAND_NONE, .why_none = "the tracer adds the time of day"},
	{"time_s", OPERAND_NONE, .why_none = "the tracer adds it"},
	{"skaddr", OPERAND_NONE, .why_none = "the tracer numbers the sockets"},
	{"reset_reason", OPERAND_NONE, .why_none = "the kernel reports it after the change"},
#define NAME(name, mark_kind)                                                                      \
	{#name, OPERAND_NAME, .may_be_unknown = true, .is_filled = true, .optionals = 1U << OPTIONAL_cgroup, \
	 .mark = mark_kind}
	NAME(cgroup, MARK_CGROUP),
	NAME(unit, MARK_UNIT),
	NAME(container, MARK_CONTAINER),
	NAME(pod, MARK_POD),
};
/* clang-format on */

const size_t operand_count = sizeof(operands) / sizeof(*operands);
_Static_assert(sizeof(operands) / sizeof(*operands) <= OPERANDS_MAX, "more than a set has bits");

const struct operand *operand_find(const char *name, size_t len)
{
	for (size_t i = 0; i < operand_count; i++)
		if (strlen(operands[i].name) == len && !memcmp(operands[i].name, name, len))
			return &operands[i];
	return NULL;
}

/* Nanoseconds of the unit that the name ends with, or 0. */
static uint64_t unit_ns(const struct operand *operand)
{
	static const struct {
		const char *end;
		uint64_t ns;
	} units[] = {{"_ns", 1}, {"_us", 1000}, {"_ms", MS_NS}};
	size_t len = strlen(operand->name);

	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (len > 3 && !strcmp(operand->name + len - 3, units[i].end))
			return units[i].ns;
	return 0;
}

static bool names_users(const struct operand *operand)
{
	return operand->optionals == 1U << OPTIONAL_uid;
}

static bool has_unit(const char *at, size_t len)
{
	return len && isalpha(at[len - 1]);
}

/* Of a type whose values are words of their own. */
static size_t word_span(const struct operand *operand, const char *at)
{
	switch (operand->type) {
	case OPERAND_STATE:
		return isalpha(*at) ? strspn(at, LETTERS DIGITS "_-") : 0;
	case OPERAND_WORD:
		return strspn(at, LETTERS DIGITS "_-");
	case OPERAND_TIME:
		return strspn(at, LETTERS DIGITS ".");
	case OPERAND_ADDRESS:
		return strspn(at, LETTERS DIGITS ".:/");
	case OPERAND_TEXT:
	case OPERAND_NAME:
		return strspn(at, LETTERS DIGITS "_.@/*:-");
	case OPERAND_NUMBER:
	case OPERAND_NONE:
		break;
	}
	return 0;
}

/*
 * PID+, a process and its descendants: where no value can follow, so that it is not the beginning
 * of a sum.
 */
static size_t tree_span(const char *at)
{
	size_t digits = strspn(at, DIGITS);
	const char *behind = at + digits + 1;

	if (!digits || at[digits] != '+')
		return 0;
	behind += strspn(behind, " \t\n");
	return strchr(")|&?:", *behind) ? digits + 1 : 0;
}

/* Plain numbers are left to expressions. */
static size_t number_span(const struct operand *operand, const char *at)
{
	size_t len = strncmp(at, "0x", 2) ? strspn(at, LETTERS DIGITS ".") : 0;

	if (names_users(operand) && isalpha(*at))
		return strspn(at, LETTERS DIGITS "_.-");
	if (operand->mark == MARK_TREE && tree_span(at))
		return tree_span(at);
	if (!unit_ns(operand) || !isdigit(*at))
		return 0;
	return has_unit(at, len) || memchr(at, '.', len) ? len : 0;
}

size_t literal_span(const struct operand *operand, const char *at)
{
	bool is_quote = *at == '"' || *at == '\'';
	const char *end = is_quote ? strchr(at + 1, *at) : NULL;

	if (operand->type == OPERAND_NUMBER && !(is_quote && names_users(operand)))
		return number_span(operand, at);
	return end ? (size_t)(end + 1 - at) : word_span(operand, at);
}

/* A whole number in the operand's unit, or a time with a unit of its own. */
static int number_read(const struct operand *operand, const char *at, size_t len, int64_t *number,
		       struct text *why)
{
	uint64_t value, unit = unit_ns(operand);

	if (!parse_number(at, len, 0, INT64_MAX, &value)) {
		*number = value;
		return 0;
	}
	if (!unit || !has_unit(at, len) || parse_duration(at, len, 0, INT64_MAX, &value)) {
		text_str(why,
			 unit ? "not a number or a time such as 250us or 1.5s" : "not a number");
		return -EINVAL;
	}
	*number = value / unit;
	return 0;
}

/* PID+ */
static int tree_read(const char *at, size_t len, struct literal *literal, struct text *why)
{
	char path[32];
	uint64_t pid;

	if (parse_number(at, len - 1, 1, INT32_MAX, &pid)) {
		text_str(why, "not a PID with a + for its descendants");
		return -EINVAL;
	}
	snprintf(path, sizeof(path), "/proc/%u", (unsigned int)pid);
	if (access(path, F_OK)) {
		text_str(why, "no such process");
		return -EINVAL;
	}
	literal->number = pid;
	literal->is_tree = true;
	return 0;
}

static int user_read(const char *at, size_t len, int64_t *number, struct text *why)
{
	_cleanup_text_ struct text name = {0};
	struct passwd entry, *user = NULL;
	char strings[4096]; /* of the entry */

	text_bytes(&name, at, len);
	if (!name.err && !getpwnam_r(name.data, &entry, strings, sizeof(strings), &user) && user) {
		*number = user->pw_uid;
		return 0;
	}
	text_str(why, "no such user");
	return -EINVAL;
}

static int time_read(const char *at, size_t len, int64_t *number, struct text *why)
{
	uint64_t ns;

	if (parse_decimal(at, len, MS_DECIMALS, 0, INT64_MAX, &ns) &&
	    (!has_unit(at, len) || parse_duration(at, len, 0, INT64_MAX, &ns))) {
		text_str(why, "not a time such as 1.5 (milliseconds), 250us or 2s");
		return -EINVAL;
	}
	*number = ns;
	return 0;
}

/* The words of a type, by number; a NULL is skipped. */
typedef const char *word_fn(unsigned int number);

static const char *state_word(unsigned int state)
{
	const struct state_name *name = state_name(state);

	return name ? name->text : NULL;
}

static int word_refuse(const char *at, size_t len, word_fn *word, unsigned int words,
		       const char *what, struct text *why)
{
	struct nearest nearest = nearest_begin(at, len);

	for (unsigned int i = 0; i < words; i++)
		if (word(i))
			nearest_try(&nearest, word(i));
	text_printf(why, "not a value of %s", what);
	if (nearest.word)
		text_printf(why, " (did you mean %s?)", nearest.word);
	return -EINVAL;
}

static int word_read(const struct operand *operand, const char *at, size_t len, int64_t *number,
		     struct text *why)
{
	for (unsigned int i = 0; i < operand->words; i++) {
		const char *word = operand->word(i);

		if (!word || strlen(word) != len || memcmp(word, at, len))
			continue;
		*number = i;
		return 0;
	}
	return word_refuse(at, len, operand->word, operand->words, operand->name, why);
}

static int state_read(const struct operand *operand, const char *at, size_t len, int64_t *number,
		      struct text *why)
{
	*number = state_find(at, len);
	if (*number >= 0)
		return 0;
	return word_refuse(at, len, state_word, STATE_STUCK, operand->name, why);
}

static int text_read(const struct operand *operand, const char *at, size_t len,
		     struct literal *literal, struct text *why)
{
	bool more = len && at[len - 1] == '*'; /* may follow */

	len -= more;
	if (len >= operand->size) {
		text_printf(why, "longer than the %d bytes that the kernel keeps of %s",
			    operand->size - 1, operand->name);
		return -EINVAL;
	}
	memcpy(literal->text, at, len);
	literal->text[len] = '\0';
	literal->len = len + !more;
	return 0;
}

/* A container's id is its first digits, as they are shown. */
static void name_read(const struct operand *operand, const char *at, size_t len,
		      struct literal *literal)
{
	literal->name = at;
	literal->more = len && at[len - 1] == '*';
	literal->len = len - literal->more;
	if (operand->mark == MARK_CONTAINER && len == CONTAINER_DIGITS)
		literal->len = CONTAINER_SHOWN;
}

int literal_read(const struct operand *operand, const char *at, size_t len, struct literal *literal,
		 struct text *why)
{
	*literal = (struct literal){0};
	if (len > 1 && (*at == '"' || *at == '\'')) {
		at++;
		len -= 2;
	}
	switch (operand->type) {
	case OPERAND_NUMBER:
		if (names_users(operand) && len && isalpha(*at))
			return user_read(at, len, &literal->number, why);
		if (operand->mark == MARK_TREE && len && at[len - 1] == '+')
			return tree_read(at, len, literal, why);
		return number_read(operand, at, len, &literal->number, why);
	case OPERAND_STATE:
		return state_read(operand, at, len, &literal->number, why);
	case OPERAND_TIME:
		return time_read(at, len, &literal->number, why);
	case OPERAND_WORD:
		return word_read(operand, at, len, &literal->number, why);
	case OPERAND_ADDRESS:
		if (!prefix_parse(at, len, &literal->prefix))
			return 0;
		text_str(why, "not an address or ADDRESS/LENGTH");
		return -EINVAL;
	case OPERAND_TEXT:
		return text_read(operand, at, len, literal, why);
	case OPERAND_NAME:
		name_read(operand, at, len, literal);
		if (len)
			return 0;
		text_str(why, "empty (the word unknown stands for no name)");
		return -EINVAL;
	case OPERAND_NONE:
		break;
	}
	text_str(why, operand->why_none);
	return -EINVAL;
}
