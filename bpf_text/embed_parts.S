/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of the programs, for tests that make programs of their own. */
.macro embed name, file
	.globl \name
\name:
	.incbin "\file"
	.byte 0
.endm

.section .rodata
embed bpf_text_expression, "expression.h"
embed bpf_text_filters, "filters.h"

.section .note.GNU-stack, "", %progbits
