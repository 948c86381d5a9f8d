/* SPDX-License-Identifier: Apache-2.0 */
#include "program/source.h"

#include <errno.h>

#include "base/diag.h"
#include "base/text.h"
#include "bpf/kernel_btf.h"
#include "program/bpf_text.h"

const struct source source_scan = {
	.name = "scan",
	.body = bpf_text_scan,
	.macros = "",
	.reads_sock = true,
	.iterates = ITERATOR_FILES,
};

const struct source source_tcp = {
	.name = "tcp",
	.body = bpf_text_tcp,
	.macros = "",
	.reads_sock = true,
	.iterates = ITERATOR_TCP,
};

const struct source source_look = {
	.name = "look",
	.body = bpf_text_look,
	.macros = "",
	.reads_sock = true,
	.iterates = ITERATOR_CALLER,
};

const struct source source_accept_fexit = {
	.name = "fexit",
	.body = bpf_text_accept,
	.macros = "",
	.accept = ACCEPT_FEXIT,
};

const struct source source_accept_kretprobe = {
	.name = "kretprobe",
	.body = bpf_text_accept,
	.macros = "",
	.accept = ACCEPT_KRETPROBE,
};

const struct source source_reset = {
	.name = "reset",
	.body = bpf_text_reset,
	.macros = "",
	.reads_sock = true,
	.resets = true,
};

const struct source source_trees = {
	.name = "trees",
	.body = bpf_text_trees,
	.macros = "",
	.trees = true,
};

const struct source source_cgroups = {
	.name = "cgroups",
	.body = bpf_text_cgroups,
	.macros = "",
	.cgroups = true,
};

int source_render_offsets(const struct source *source, struct offset_needs needs, struct text *text,
			  struct text *missing, struct diag *diag)
{
	struct btf_types *types = NULL;
	struct diag why = {0};
	int err = offsets_available(&why);

	if (!err)
		err = btf_types_read(&types, BTF_VMLINUX, &why);
	needs.sock = source->reads_sock;
	needs.iterator = source->iterates;
	needs.accept = source->accept;
	needs.resets = source->resets;
	needs.trees = source->trees;
	needs.cgroups = source->cgroups;
	if (err && (needs.sock || err == -ENOMEM)) {
		*diag = why;
		return err;
	}
	if (err && offsets_need_types(&needs))
		return offsets_fail(&needs, err, &why, diag);
	text_str(text, source->macros);
	err = offsets_render(types, why.what, &needs, text, missing, diag);
	btf_types_free(types);
	return err;
}
