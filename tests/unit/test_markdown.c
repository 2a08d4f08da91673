#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "codec/markdown.h"

/* One character a block, its depth, marker and text: enough to compare. */
static char *outline(const char *text)
{
	struct markdown m;
	struct buf out = {0};
	struct err e;

	assert_int_equal(markdown_read(&m, text, strlen(text), &e), 0);
	for (size_t i = 0; i < m.line_count; i++) {
		const struct markdown_line *l = &m.lines[i];

		buf_addc(&out, "phicqTtr"[l->block]);
		if (l->block == MARKDOWN_HEADING)
			buf_addf(&out, "%d", l->level);
		if (l->block == MARKDOWN_ITEM)
			buf_addf(&out, "%d%s", l->depth,
				l->box == MARKDOWN_BOX_DONE   ? "x"
				: l->box == MARKDOWN_BOX_OPEN ? "o"
				: l->number		      ? "#"
							      : "");
		buf_addc(&out, '(');
		for (size_t k = 0; k < l->span_count; k++)
			buf_adds(&out, l->spans[k].style == MARKDOWN_CELL ? "|" : l->spans[k].text);
		buf_adds(&out, ")");
	}
	markdown_finish(&m);
	return buf_take(&out);
}

static void blocks(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{"# A\n\ntext *b*\nmore\n", "h1(A)p(text b more)"},
		{"- a\n- b\n  - c\n", "i1(a)i1(b)i2(c)"},
		{"- [x] a\n- [ ] b\n", "i1x(a)i1o(b)"},
		{"1. a\n2. b\n", "i1#(a)i1#(b)"},
		{"```\nx  y\n\nz\n```\n", "c(x  y)c()c(z)"},
		{"> q\n", "q(q)"},
		{"|a|b|\n|---|---|\n|c|d|\n", "T(a|b|)t(c|d|)"},
		{"---\n", "r()"},
		{"[t](http://x)\n", "p(t (http://x))"},
		{"<b>x</b> &amp; &lt;\n", "p(<b>x</b> & <)"},
		{"", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *out = outline(cases[i].in);

		assert_string_equal(out, cases[i].out);
		free(out);
	}
}

static void hostile_text_is_bounded(void **state)
{
	struct markdown m;
	struct err e;
	size_t n = 200000;
	char *text = xmalloc(n + 1);

	(void)state;
	memset(text, '>', n);
	text[n] = '\0';
	assert_int_equal(markdown_read(&m, text, 2000, &e), 0);
	markdown_finish(&m);
	for (size_t i = 0; i + 1 < n; i += 2) {
		text[i] = '-';
		text[i + 1] = '\n';
	}
	assert_int_equal(markdown_read(&m, text, n, &e), 0);
	assert_true(m.line_count <= MARKDOWN_LINES_MAX);
	assert_true(m.cut);
	markdown_finish(&m);
	assert_int_equal(markdown_read(&m, text, MARKDOWN_BYTES_MAX + 1, &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks),
		cmocka_unit_test(hostile_text_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
