/* SPDX-License-Identifier: Apache-2.0 */
#include "filter/filter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/parse.h"
#include "base/text.h"
#include "filter/expression.h"

#define MS_DECIMALS 6 /* of a millisecond in nanoseconds */

int span_filter_set(struct span_filter *filter, const char *option, const char *value,
		    struct diag *diag)
{
	int err = parse_decimal(value, strlen(value), MS_DECIMALS, 0, INT64_MAX, &filter->min_ns);

	if (err == -ERANGE)
		return diag_set(diag, -EINVAL, "%s: more than 9223372036854.775807: '%s'", option,
				value);
	if (err)
		return diag_set(diag, -EINVAL, "%s: not a number with up to six decimals: '%s'",
				option, value);
	filter->set = true;
	return 0;
}

void filter_free(struct filter *filter)
{
	port_filter_free(&filter->lports);
	port_filter_free(&filter->rports);
	port_filter_free(&filter->ports);
	address_filter_free(&filter->laddrs);
	address_filter_free(&filter->raddrs);
	netns_filter_free(&filter->netns);
	value_filter_free(&filter->opids);
	value_filter_free(&filter->ocomms);
	value_filter_free(&filter->uids);
	value_filter_free(&filter->whys);
	value_filter_free(&filter->cgroups);
	value_filter_free(&filter->units);
	value_filter_free(&filter->containers);
	value_filter_free(&filter->pods);
	for (size_t i = 0; i < filter->expression_count; i++)
		expression_free(filter->expressions[i]);
	free(filter->expressions);
	marks_free(&filter->marks);
}

/* A state that --state excludes can be neither the old one nor the new one. */
static uint32_t old_mask(const struct filter *filter)
{
	return state_filter_mask(&filter->old_states) & ~filter->states.excluded;
}

static uint32_t new_mask(const struct filter *filter)
{
	return state_filter_mask(&filter->new_states) & ~filter->states.excluded;
}

static int values_finish(struct filter *filter, struct diag *diag)
{
	const struct {
		const char *option;
		const struct value_filter *values;
		const char *also;
	} all[] = {{"-p/--pid", &filter->opids, ""},
		   {"--comm", &filter->ocomms, ""},
		   {"--uid", &filter->uids, ""},
		   {"--cgroup", &filter->cgroups, ""},
		   {"--unit", &filter->units, ""},
		   {"--container", &filter->containers, ""},
		   {"--pod", &filter->pods, ""},
		   /* No other change has a reason. */
		   {"--why", &filter->whys, "state == CLOSE"}};
	int err = 0;

	for (size_t i = 0; !err && i < sizeof(all) / sizeof(*all); i++)
		err = value_filter_finish(all[i].values, all[i].option, all[i].also, filter, diag);
	return err;
}

int filter_finish(struct filter *filter, struct diag *diag)
{
	int err;

	err = port_filter_check(&filter->lports, "-L/--localport", diag);
	if (err)
		return err;
	err = port_filter_check(&filter->rports, "-D/--remoteport", diag);
	if (err)
		return err;
	err = port_filter_check(&filter->ports, "--port", diag);
	if (err)
		return err;
	err = address_filter_finish(&filter->laddrs, "--laddr", diag);
	if (err)
		return err;
	err = address_filter_finish(&filter->raddrs, "--raddr", diag);
	if (err)
		return err;
	err = state_mask_check(state_filter_mask(&filter->states), "--state", diag);
	if (err)
		return err;
	err = state_mask_check(old_mask(filter), "--old-state", diag);
	if (err)
		return err;
	err = state_mask_check(new_mask(filter), "--new-state", diag);
	if (!err && filter->mptcp)
		err = filter_add_expression(filter, "--mptcp", "mptcp", diag);
	return err ? err : values_finish(filter, diag);
}

static void state_macro(struct text *text, const char *name, uint32_t mask)
{
	if (mask == UINT32_MAX)
		text_printf(text, "#define %s(state) 1\n", name);
	else
		text_printf(text, "#define %s(state) (0x%xU >> (state) & 1)\n", name, mask);
}

int filter_add_expression(struct filter *filter, const char *option, const char *str,
			  struct diag *diag)
{
	size_t count = filter->expression_count;
	struct expression **all = reallocarray(filter->expressions, count + 1, sizeof(*all));
	int err;

	if (!all)
		return diag_errno(diag, -ENOMEM, "%s", option);
	filter->expressions = all;
	err = expression_parse(option, str, &filter->marks, &all[count], diag);
	if (err)
		return err;
	filter->expression_count++;
	filter->expression_len += strlen(str);
	if (filter->expression_len > EXPRESSION_LEN_MAX)
		return diag_set(diag, -EINVAL, "%s: all expressions are longer than %d bytes",
				option, EXPRESSION_LEN_MAX);
	return 0;
}

static uint64_t operands_used(const struct filter *filter)
{
	uint64_t used = 0;

	for (size_t i = 0; i < filter->expression_count; i++)
		used |= expression_operands(filter->expressions[i]);
	return used;
}

unsigned int filter_optionals(const struct filter *filter)
{
	uint64_t used = operands_used(filter);
	unsigned int optionals = 0;

	for (size_t i = 0; i < operand_count; i++)
		if (used >> i & 1)
			optionals |= operands[i].optionals;
	return optionals;
}

static bool operand_is_used(const struct filter *filter, const char *name)
{
	return operands_used(filter) >> (operand_find(name, strlen(name)) - operands) & 1;
}

bool filter_reads_mptcp(const struct filter *filter)
{
	return operand_is_used(filter, "mptcp");
}

/* The expressions, the variables in them, and what they depend on. */
static void expression_macros(struct text *text, const struct filter *filter)
{
	uint64_t used = operands_used(filter);
	bool is_filled = false;

	text_str(text, "#define FILTER_VALUES");
	for (size_t i = 0; i < operand_count; i++) {
		if (!(used >> i & 1))
			continue;
		if (operands[i].declaration)
			text_printf(text, " \\\n\t%s", operands[i].declaration);
		is_filled |= operands[i].is_filled;
	}
	marks_render_variables(&filter->marks, text);
	text_str(text, is_filled ? "\n#define FILTER_FILLED\n" : "\n");
	if (operand_is_used(filter, "newstate"))
		text_str(text, "#define FILTER_NEWSTATE\n");
	text_str(text, "#define FILTER_EXPRESSION ");
	text_str(text, filter->expression_count ? "" : "1");
	for (size_t i = 0; i < filter->expression_count; i++) {
		text_str(text, i ? " && " : "");
		expression_render(filter->expressions[i], text);
	}
	text_char(text, '\n');
}

/* Of the ports that --port lists, one must be an end's; those that it excludes, no end's. */
static void ports_macros(struct text *text, const struct port_filter *ports)
{
	const struct port_filter either = {.chosen = ports->chosen};
	const struct port_filter both = {.excluded = ports->excluded};

	port_filter_render(&either, "FILTER_EITHER_PORT", text);
	port_filter_render(&both, "FILTER_BOTH_PORTS", text);
}

static void macros_render(struct text *text, const struct filter *filter)
{
	uint32_t either = state_filter_mask(&filter->states);
	const char *family = "1";

	if (filter->ipv4)
		family = "((family) == AF_INET)";
	else if (filter->ipv6)
		family = "((family) == AF_INET6)";
	text_str(text, "#define FILTERS\n");
	marks_render_macros(&filter->marks, text);
	text_printf(text, "#define FILTER_FAMILY(family) %s\n", family);
	netns_filter_render(&filter->netns, text);
	port_filter_render(&filter->lports, "FILTER_LPORT", text);
	port_filter_render(&filter->rports, "FILTER_DPORT", text);
	ports_macros(text, &filter->ports);
	address_filter_render(&filter->laddrs, "FILTER_LADDR", text);
	address_filter_render(&filter->raddrs, "FILTER_RADDR", text);

	state_macro(text, "FILTER_OLD_STATE", old_mask(filter));
	state_macro(text, "FILTER_NEW_STATE", new_mask(filter));
	/* States that are only excluded are in the two above. */
	if (filter->states.chosen)
		text_printf(
			text,
			"#define FILTER_STATES(old, new) ((0x%xU >> (old) | 0x%xU >> (new)) & 1)\n",
			either, either);
	else
		text_str(text, "#define FILTER_STATES(old, new) 1\n");

	text_str(text, "#define FILTER_SPAN(ns) ");
	if (!filter->min_span.set)
		text_str(text, "1\n");
	else if (!filter->min_span.min_ns)
		text_str(text, "((ns) != SPAN_UNKNOWN)\n");
	else
		text_printf(text, "((ns) >= %lluULL && (ns) != SPAN_UNKNOWN)\n",
			    (unsigned long long)filter->min_span.min_ns);

	expression_macros(text, filter);
}

/* Compiling macros that are all unused makes a start longer by 4 of 60 ms. */
void filter_render(struct text *text, const struct filter *filter)
{
	static const struct filter unused;
	_cleanup_text_ struct text macros = {0}, defaults = {0};

	macros_render(&macros, filter);
	macros_render(&defaults, &unused);
	if (macros.err || defaults.err)
		text->err = -ENOMEM;
	else if (strcmp(macros.data, defaults.data))
		text_str(text, macros.data);
}

bool filter_hides(const struct filter *filter)
{
	_cleanup_text_ struct text macros = {0};

	filter_render(&macros, filter);
	return macros.len || macros.err;
}
