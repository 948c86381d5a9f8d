/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The filters of random command lines, as the kernel runs them, against the model: each is parsed,
 * rendered and compiled as tcpstates does it, into a program that answers for one event, and asked
 * about many.
 *
 *	model_filters [SETS [EVENTS]]
 */
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/text.h"
#include "compile/compile.h"
#include "event/words.h"
#include "filter/filter.h"
#include "filter/operand.h"
#include "model.h"
#include "options/options.h"
#include "output/value.h"
#include "program/bpf_text.h"
#include "random.h"

#define SETS	     (2 * FIELDS) /* every field is compared */
#define EVENTS	     2000
#define MANY	     1000 /* ports of the longest list */
#define COMPILE_S    30
#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* Answers with a verdict for each of the socket and the change, as filter.h has them. */
static const char entry[] = "BPF_TABLE(\"array\", u32, struct event, given, 1);\n"
			    "int raw_tracepoint__model(void *context)\n"
			    "{\n"
			    "	u32 zero = 0;\n"
			    "	struct event *event = given.lookup(&zero);\n"
			    "	if (!event)\n"
			    "		return 0;\n"
			    "#ifdef FILTERS\n"
			    "	return socket_judge(event) << 1 | (change_matches(event) && "
			    "expression_matches(event));\n"
			    "#else\n"
			    "	return 2 << 1 | 1; /* now, and shown */\n"
			    "#endif\n"
			    "}\n";

/* As enum verdict there. */
enum { NEVER, LATER, NOW };

struct tally {
	unsigned long events, shown, never;
};

__attribute__((noreturn)) static void die(const char *what, const char *why)
{
	printf("FAIL: %s: %s\n", what, why);
	exit(1);
}

static unsigned int below(unsigned int end)
{
	return (random_next() >> 20) % end;
}

/* Ports come near these ends, or anywhere. */
static unsigned int port_random(void)
{
	static const uint16_t ends[] = {0, 1, 22, 80, 443, 1023, 8000, 8010, 32768, 65535};

	return below(3) ? (uint16_t)(ends[below(COUNT(ends))] + below(5) - 2) : below(65536);
}

static void ports_print(struct text *text, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		unsigned int first = port_random(), last = port_random();

		text_str(text, i ? "," : "");
		if (below(2) || last < first || count == MANY)
			text_printf(text, "%u", first);
		else
			text_printf(text, "%u-%u", first, last);
	}
}

static const char *const addresses[] = {
	"10.1.2.3",
	"10.0.0.0/8",
	"10.1.2.128/25",
	"10.1.2.3/31",
	"0.0.0.0/0",
	"0.0.0.0",
	"128.0.0.0/1",
	"255.255.255.255",
	"127.0.0.1",
	"10.255.7.7/9",
	"::1",
	"::",
	"::/0",
	"fe80::/10",
	"fd00::1:2",
	"fd00::/64",
	"fd00::1/63",
	"fd00:0:0:0:8000::/65",
	"8000::/1",
	"::10.1.2.3",
	"::ffff:10.1.2.3",
	"::ffff:10.1.0.0/112",
	"::ffff:0:0/96",
	"::ffff:0:0/95",
	"::fffe:0:0/96",
};

static void addresses_print(struct text *text, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		const char *item = addresses[below(COUNT(addresses))];

		text_str(text, i ? "," : "");
		if (below(3))
			text_str(text, item);
		else if (strchr(item, ':'))
			text_printf(text, "fd00:%x::%x/%u", below(4), below(65536), below(129));
		else
			text_printf(text, "10.%u.%u.%u/%u", below(3), below(256), below(256),
				    below(33));
	}
}

static void states_print(struct text *text, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		text_printf(text, "%s%s%s", i ? "," : "", below(2) ? "tcp_" : "",
			    state_name(1 + below(12))->text);
}

/* What owners and tasks are called, and what users are after. */
static const char *const comms[] = {"", "nginx", "nginx: worker", "ngin", "fifteen letters", "a"};
static const uint64_t numbers[] = {0, 1, 4, 6, 80, 443, 1000, 4096, 65536, INT64_MAX};

/* One of a few words of the field, or NULL: it has none. */
static const char *word_random(const struct field *field)
{
	switch (field->kind) {
	case KIND_OWNER_FROM:
		return owner_from_word(1 + below(OWNER_ACCEPT));
	case KIND_WHY:
		return why_word(1 + below(WHYS - 1));
	case KIND_FIRST:
		return first_word(1 + below(FIRST_REMOTE));
	case KIND_OPENED:
		return opened_word(1 + below(OPENED_PASSIVE));
	}
	return NULL;
}

static void value_print(struct text *text, const struct field *field)
{
	static const char *const ms[] = {"0", "1.5", "1.499", ".001", "1000", "0.5"};
	const char *word = word_random(field);

	switch (field->kind) {
	case KIND_ADDRESS:
		text_str(text, addresses[below(COUNT(addresses))]);
		return;
	case KIND_STATE:
		text_str(text, state_name(1 + below(12))->text);
		return;
	case KIND_SPAN:
	case KIND_AGE:
	case KIND_CONNECT:
	case KIND_CLOSING:
	case KIND_STATE_TIME:
		text_str(text, ms[below(COUNT(ms))]);
		return;
	case KIND_COMM:
	case KIND_OWNER_COMM:
	case KIND_OWNER_EXE:
		text_printf(text, "%s%s", comms[1 + below(COUNT(comms) - 1)], below(3) ? "" : "*");
		return;
	}
	if (word)
		text_str(text, word);
	else if (!strcmp(field->name, "uid") && !below(3))
		text_str(text, "root");
	else
		text_dec(text, numbers[below(COUNT(numbers))]);
}

static void values_print(struct text *text, const struct field *field, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		text_str(text, i ? "," : "");
		value_print(text, field);
	}
}

/* Of the field, or the next that can be filtered; the CPU is the one that the program runs on. */
static void condition_fill(struct model_condition *condition, unsigned int field)
{
	static const char *const ops[] = {"==", "!=", "<", "<=", ">", ">="};
	const struct operand *operand;
	struct text value = {0};

	do {
		condition->field = &field_table[field++ % FIELDS];
		operand = operand_find(condition->field->name, strlen(condition->field->name));
	} while (operand->type == OPERAND_NONE || operand->type == OPERAND_NAME ||
		 !strcmp(operand->name, "cpu"));
	condition->op = ops[below(model_has_order(condition->field) ? COUNT(ops) : 2)];
	value_print(&value, condition->field);
	snprintf(condition->value, sizeof(condition->value), "%s", value.data);
	if (operand->may_be_unknown && !below(4)) {
		condition->op = ops[below(2)];
		snprintf(condition->value, sizeof(condition->value), "unknown");
	}
	text_free(&value);
}

/* The lists of one option: how many, and how long, by chance. */
static void lists_fill(struct model *model, enum model_option option, bool many)
{
	unsigned int lists = many ? 2 : below(3) ? 0 : 1 + below(MODEL_LISTS);

	for (unsigned int i = 0; i < lists; i++) {
		unsigned int count = 1 + below(6);
		struct text text = {0};

		text_str(&text, below(3) && !(many && !i) ? "" : "!");
		if (many)
			text_clear(&text);
		if (option >= MODEL_PID)
			values_print(&text, model_field(option), count);
		else if (option <= MODEL_RPORT || option == MODEL_PORT)
			ports_print(&text, many ? MANY : count);
		else if (option <= MODEL_RADDR)
			addresses_print(&text, count);
		else
			states_print(&text, count);
		model->lists[option][i] = text.data;
	}
}

static void model_fill(struct model *model, unsigned int number)
{
	static const int families[] = {0, 0, 0, 4, 6};
	static const int64_t spans[] = {0, 1, 1500000, 1000000000};
	bool many = !number;
	bool by_field = number % 2; /* a few conditions, or nothing would match them all */

	*model = (struct model){.family = families[below(COUNT(families))], .min_ns = -1};
	if (!below(8))
		model->max_ms = below(2) ? "1.5" : "0";
	model->condition_count = by_field ? 1 + below(MODEL_CONDITIONS) : 0;
	for (size_t i = 0; i < model->condition_count; i++)
		condition_fill(&model->conditions[i], i ? below(FIELDS) : number / 2);
	if (!below(3))
		model->min_ns = spans[below(COUNT(spans))];
	for (int option = 0; option < MODEL_OPTIONS; option++)
		if (by_field ? !below(8) : option <= MODEL_PORT)
			lists_fill(model, option, many && option == MODEL_LPORT);
}

static void model_free(struct model *model)
{
	for (int option = 0; option < MODEL_OPTIONS; option++)
		for (int i = 0; model->lists[option][i]; i++)
			free((char *)model->lists[option][i]);
}

struct words {
	const char *list[2 * (4 + MODEL_OPTIONS * MODEL_LISTS + MODEL_CONDITIONS)];
	int count;
	char conditions[MODEL_CONDITIONS][2 * MODEL_WORD_ROOM];
};

static void words_fill(struct words *words, const struct model *model, struct text *min_ms)
{
	static const char *const names[] = {"-L",	   "-D",	  "--laddr", "--raddr",
					    "--old-state", "--new-state", "--state", "--port",
					    "--pid",	   "--comm",	  "--uid",   "--why"};

	*words = (struct words){.list = {"tcpstates"}, .count = 1};
	if (model->family)
		words->list[words->count++] = model->family == 4 ? "-4" : "-6";
	for (int option = 0; option < MODEL_OPTIONS; option++)
		for (int i = 0; model->lists[option][i]; i++) {
			words->list[words->count++] = names[option];
			words->list[words->count++] = model->lists[option][i];
		}
	for (size_t i = 0; i < model->condition_count; i++) {
		const struct model_condition *condition = &model->conditions[i];
		const char *quote = model_has_order(condition->field) || below(2) ? "" : "'";

		if (strchr(condition->value, ' '))
			quote = "\"";

		if (!strcmp(condition->value, "unknown"))
			quote = "";
		snprintf(words->conditions[i], sizeof(words->conditions[i]), "%s %s %s%s%s",
			 condition->field->name, condition->op, quote, condition->value, quote);
		words->list[words->count++] = "--filter";
		words->list[words->count++] = words->conditions[i];
	}
	if (model->max_ms) {
		words->list[words->count++] = "--max-ms";
		words->list[words->count++] = model->max_ms;
	}
	if (model->min_ns < 0)
		return;
	text_printf(min_ms, "%lld.%06lld", (long long)model->min_ns / 1000000,
		    (long long)model->min_ns % 1000000);
	words->list[words->count++] = "--min-ms";
	words->list[words->count++] = min_ms->data;
}

static void words_tell(const struct words *words)
{
	for (int i = 0; i < words->count; i++)
		printf("%s%s", i ? " " : "", words->list[i]);
	printf("\n");
}

/* The program of these options, loaded. */
static struct bpf_object *program_load(const struct options *options)
{
	static const struct headers own = {.kind = HEADERS_OWN};
	_cleanup_text_ struct text source = {0}, object = {0};
	struct compiler compiler;
	struct bpf_object *loaded;
	struct diag diag;

	filter_render(&source, &options->trace.program.filter);
	event_layout_render(&options->trace.program.layout, &source);
	text_str(&source, "#define MAX_SOCKETS 1\n");
	text_str(&source, bpf_text_filter);
	text_str(&source, entry);
	if (compiler_start(&compiler, &own, COMPILE_S, &diag) ||
	    compiler_answer(&compiler, &source, &object, &diag) ||
	    compiler_end(&compiler, &object, &diag))
		die(diag.what, diag.detail);
	loaded = bpf_object__open_mem(object.data, object.len, NULL);
	if (libbpf_get_error(loaded) || bpf_object__load(loaded))
		die("loading", strerror(errno));
	return loaded;
}

/* A number of the option's lists, or one beside it. */
static uint16_t port_near(const struct model *model, enum model_option option)
{
	const char *list = model->lists[option][below(MODEL_LISTS)];
	size_t skip;

	if (!list || !below(5))
		return port_random();
	skip = below(strlen(list));
	while (skip && list[skip - 1] >= '0' && list[skip - 1] <= '9')
		skip--;
	return atoi(list + skip + strspn(list + skip, ",-!")) + below(3) - 1;
}

/* An address of the pool with its last bits changed by chance: all, some, or one, or none. */
static void address_random(uint8_t address[16], uint64_t family)
{
	char text[64];
	unsigned int from = below(160);

	memset(address, 0, 16);
	do
		snprintf(text, sizeof(text), "%s", addresses[below(COUNT(addresses))]);
	while (!strchr(text, ':') != (family == AF_INET));
	if (strchr(text, '/'))
		*strchr(text, '/') = '\0';
	inet_pton(family, text, address);
	if (family == AF_INET)
		from /= 4;
	for (unsigned int bit = from; bit < (family == AF_INET ? 32u : 128u); bit++) {
		address[bit / 8] ^= (bit == from || below(2)) << (7 - bit % 8);
		if (from % 2)
			break;
	}
}

/* A number that names no state as well, but no state that the kernel reports no change of. */
static unsigned int state_random(void)
{
	unsigned int state;

	do
		state = below(14);
	while (state_name(state) && !state_is_reported(state));
	return state;
}

static void comm_random(char comm[EVENT_COMM_LEN])
{
	memset(comm, 'x', EVENT_COMM_LEN); /* the kernel may leave something behind the NUL */
	snprintf(comm, EVENT_COMM_LEN, "%s", comms[below(COUNT(comms))]);
}

static void number_random(const struct event_layout *layout, enum event_optional member,
			  struct event *event)
{
	uint64_t number = below(4) ? numbers[below(COUNT(numbers))] : FIELD_UNKNOWN;

	if (layout->wanted & 1U << member)
		memcpy((char *)event + layout->offsets[member], &number, sizeof(number));
}

static void session_random(struct session *session)
{
	static const uint64_t times[] = {0, 0, 1000, 500000, 1500000, FIELD_UNKNOWN};

	*session = (struct session){.start_ns = 1, .opened = below(OPENED_PASSIVE + 1)};
	for (int i = 0; i < SESSION_STATES; i++)
		session->state_ns[i] = times[below(COUNT(times))];
}

static void optionals_random(const struct event_layout *layout, struct event *event)
{
	struct owner owner = {.from = below(OWNER_ACCEPT + 1)};
	uint64_t age = below(4) ? 1000ULL * below(3000) : AGE_UNKNOWN;
	uint32_t why = below(WHYS);
	struct session session;

	session_random(&session);
	if (layout->wanted & 1U << OPTIONAL_SESSION)
		memcpy((char *)event + layout->offsets[OPTIONAL_SESSION], &session,
		       sizeof(session));
	if (owner.from) {
		owner.pid = numbers[1 + below(6)];
		owner.pid_ns = numbers[below(4)];
		comm_random(owner.comm);
		snprintf(owner.exe, sizeof(owner.exe), "%s", comms[below(COUNT(comms))]);
	}
	if (layout->wanted & 1U << OPTIONAL_OWNER)
		event_set_owner(layout, event, &owner);
	if (layout->wanted & 1U << OPTIONAL_AGE)
		memcpy((char *)event + layout->offsets[OPTIONAL_AGE], &age, sizeof(age));
	if (layout->wanted & 1U << OPTIONAL_CLOSE)
		memcpy((char *)event + layout->offsets[OPTIONAL_CLOSE], &why, sizeof(why));
	for (int member = OPTIONAL_AGE + 1; member < OPTIONAL_OWNER; member++)
		number_random(layout, member, event);
}

static void event_random(const struct model *model, struct event *event)
{
	int64_t least = model->min_ns < 0 ? 0 : model->min_ns;
	uint64_t spans[] = {0,	     least,	least ? least - 1 : 0,	   least + 1, SPAN_UNKNOWN,
			    1500000, INT64_MAX, random_sized() % INT64_MAX},
		 span = spans[below(COUNT(spans))];

	/* A field is compared as it is printed, in microseconds. */
	if (span != SPAN_UNKNOWN && (model->condition_count || model->max_ms))
		span -= span % 1000;
	*event = (struct event){
		.ts_ns = numbers[below(COUNT(numbers))],
		.family = below(2) ? AF_INET : AF_INET6,
		.lport = port_near(model, MODEL_LPORT),
		.rport = port_near(model, MODEL_RPORT),
		.oldstate = state_random(),
		.newstate = state_random(),
		.span_ns = span,
		.pid = numbers[below(7)],
	};
	comm_random(event->comm);
	address_random(event->laddr, event->family);
	address_random(event->raddr, event->family);
	optionals_random(model->layout, event);
}

/* The loaded program, and the map that it finds the event in. */
struct asked {
	int program, given;
};

static unsigned int program_ask(const struct asked *asked, const struct event *event)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	uint32_t zero = 0;

	if (bpf_map_update_elem(asked->given, &zero, event, BPF_ANY) ||
	    bpf_prog_test_run_opts(asked->program, &opts))
		die("BPF_PROG_TEST_RUN", strerror(errno));
	return opts.retval;
}

static void event_tell(const struct model *model, const struct event *event)
{
	char laddr[INET6_ADDRSTRLEN], raddr[INET6_ADDRSTRLEN];

	inet_ntop(event->family, event->laddr, laddr, sizeof(laddr));
	inet_ntop(event->family, event->raddr, raddr, sizeof(raddr));
	printf("family %u, %s %u, %s %u, states %u %u, %llu ns\n", event->family, laddr,
	       event->lport, raddr, event->rport, event->oldstate, event->newstate,
	       (unsigned long long)event->span_ns);
	for (size_t i = 0; i < model->condition_count; i++) {
		const struct field *field = model->conditions[i].field;

		printf("%s: %s\n", field->name, model_shown(model, field, event).text);
	}
}

static void event_check(const struct model *model, const struct asked *asked, struct event *event,
			struct tally *tally)
{
	bool shown, shows, never, keeps;
	unsigned int answer;

	event_random(model, event);
	shows = model_shows(model, event);
	keeps = model_keeps(model, event);
	answer = asked->program < 0 ? 0 : program_ask(asked, event);
	shown = answer == (NOW << 1 | 1);
	never = answer >> 1 == NEVER;
	tally->events++;
	tally->shown += shows;
	tally->never += !keeps;
	/* What is refused as showing nothing may show nothing but states that do not exist. */
	if (asked->program < 0 && !(state_name(event->oldstate) && state_name(event->newstate)))
		return;
	if (shown == shows && (asked->program < 0 || never == !keeps))
		return;
	event_tell(model, event);
	printf("the program says %u, the model: shown %d, kept %d\n", answer, shows, keeps);
	exit(1);
}

static void set_check(unsigned int number, unsigned long events, struct tally *tally)
{
	_cleanup_text_ struct text min_ms = {0};
	struct bpf_object *object = NULL;
	struct options options;
	struct diag diag = {0};
	struct words words;
	struct asked asked = {-1, -1};
	struct event_layout all;
	struct event *event;
	struct model model;

	model_fill(&model, number);
	words_fill(&words, &model, &min_ms);
	printf("%u: ", number);
	words_tell(&words);
	fflush(stdout);
	optind = 0;
	if (!options_parse(words.count, (char **)words.list, &options, &diag)) {
		object = program_load(&options);
		asked.program = bpf_program__fd(bpf_object__next_program(object, NULL));
		asked.given = bpf_object__find_map_fd_by_name(object, "given");
	} else if (!strstr(diag.what, " is left: all are excluded") &&
		   !strstr(diag.what, ": the kernel reports no change ")) {
		die("refused", diag.what);
	}
	event_layout_init(&all, (1U << OPTIONALS) - 1);
	model.layout = asked.program < 0 ? &all : &options.trace.program.layout;
	event = calloc(1, model.layout->size);
	for (unsigned long i = 0; i < events; i++)
		event_check(&model, &asked, event, tally);
	free(event);
	bpf_object__close(object);
	options_free(&options);
	model_free(&model);
}

static int print_nothing(enum libbpf_print_level level, const char *fmt, va_list args)
{
	(void)level;
	(void)fmt;
	(void)args;
	return 0;
}

int main(int argc, char **argv)
{
	unsigned long sets = argc > 1 ? strtoul(argv[1], NULL, 10) : SETS;
	unsigned long events = argc > 2 ? strtoul(argv[2], NULL, 10) : EVENTS;
	struct tally tally = {0};

	if (geteuid()) {
		printf("SKIP: not root\n");
		return 77;
	}
	libbpf_set_print(print_nothing);
	for (unsigned long i = 0; i < sets; i++)
		set_check(i, events, &tally);
	printf("%lu events, %lu to be shown, %lu never\n", tally.events, tally.shown, tally.never);
	/* A test of nothing but refusals would be none. */
	if (tally.shown < tally.events / 50 || tally.never < tally.events / 50)
		die("the events", "too few of a kind");
	return 0;
}
