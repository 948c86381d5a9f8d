/* SPDX-License-Identifier: Apache-2.0 */
#include "filter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "options.h"
#include "parse.h"
#include "text.h"

int port_list_parse(struct port_list *list, const char *option, const char *value,
		    struct diag *diag)
{
	for (const char *at = value;; at++) {
		size_t len = strcspn(at, ",");
		uint16_t *ports;
		uint64_t port;

		if (parse_number(at, len, 0, UINT16_MAX, &port))
			return diag_set(diag, -EINVAL, "%s: not a port (0-65535): '%.*s' in '%s'",
					option, (int)len, at, value);
		ports = reallocarray(list->ports, list->count + 1, sizeof(*ports));
		if (!ports)
			return diag_errno(diag, -ENOMEM, "%s", option);
		list->ports = ports;
		list->ports[list->count++] = port;
		at += len;
		if (!*at)
			return 0;
	}
}

void port_list_free(struct port_list *list)
{
	free(list->ports);
	*list = (struct port_list){0};
}

static void port_macro(struct text *text, const char *name, const struct port_list *list)
{
	text_printf(text, "#define %s(port) ", name);
	if (!list->count)
		text_char(text, '1');
	for (size_t i = 0; i < list->count; i++)
		text_printf(text, "%s(port) == %u", i ? " || " : "(", list->ports[i]);
	text_str(text, list->count ? ")\n" : "\n");
}

void filter_render(struct text *text, const struct options *options)
{
	text_printf(text, "#define FILTER_FAMILY(family) %s\n",
		    options->ipv4   ? "((family) == AF_INET)"
		    : options->ipv6 ? "((family) == AF_INET6)"
				    : "1");
	port_macro(text, "FILTER_LPORT", &options->lports);
	port_macro(text, "FILTER_DPORT", &options->rports);
}
