/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of the programs, for tests that make programs of their own. */
#include "embed.inc"

embed bpf_text_expression, "expression.h"
embed bpf_text_filter, "filter.h"
