#include "config.h"

#include "codec/sudoers.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "codec/check.h"
#include "codec/sudoword.h"

static void add_word(struct buf *out, const char *word)
{
	for (; *word; word++) {
		if (strchr(",:=", *word))
			buf_addc(out, '\\');
		buf_addc(out, *word);
	}
}

static int check_argv(const struct strs *argv, struct err *e)
{
	if (!argv->n || !path_is_clean_absolute(argv->v[0]))
		return err_set(e, ERR_INPUT, "a sudo command must begin with an absolute path");
	for (size_t i = 0; i < argv->n; i++) {
		if (!sudo_word_ok(argv->v[i]))
			return err_set(e, ERR_INPUT,
				"the word \"%.64s\" cannot stand in an exact sudoers line (no "
				"blanks, "
				"globs, quotes or other specials): choose another command",
				argv->v[i]);
	}
	return 0;
}

int sudo_line(struct buf *out, const char *login, const struct strs *argv, struct err *e)
{
	if (check_argv(argv, e))
		return -1;
	buf_addf(out, "%s ALL=(root) NOPASSWD: ", login);
	for (size_t i = 0; i < argv->n; i++) {
		if (i)
			buf_addc(out, ' ');
		add_word(out, argv->v[i]);
	}
	if (argv->n == 1) /* a bare path would let any argument through */
		buf_adds(out, " \"\"");
	return 0;
}

/* Adds the line once; the argv is used up. */
static int add_line(struct strs *out, const char *login, struct strs *argv, struct err *e)
{
	struct buf b = {0};
	int rc = sudo_line(&b, login, argv, e);

	if (!rc && !strs_has(out, buf_str(&b)))
		strs_add(out, buf_str(&b));
	buf_finish(&b);
	strs_finish(argv);
	*argv = (struct strs){0};
	return rc;
}

/* The line of one command, for one item of its `each` or for none. */
static int add_command(struct strs *out, const struct check_command *cmd, const struct host *h,
	const char *item, struct err *e)
{
	struct strs argv = {0};

	if (!check_command_argv(&argv, cmd, h, item, e))
		return add_line(out, h->user[IDENTITY_LOOK], &argv, e);
	strs_finish(&argv);
	return -1;
}

static int add_each(
	struct strs *out, const struct check_command *cmd, const struct host *h, struct err *e)
{
	struct strs items = {0};
	int rc = check_command_items(&items, cmd, h, e);

	for (size_t i = 0; !rc && i < items.n; i++)
		rc = add_command(out, cmd, h, items.v[i], e);
	strs_finish(&items);
	return rc;
}

int sudo_lines_for_check(
	struct strs *out, const struct check *c, const struct host *h, struct err *e)
{
	for (size_t i = 0; i < c->command_count; i++) {
		const struct check_command *cmd = &c->commands[i];

		if (!cmd->sudo)
			continue;
		if (cmd->each ? add_each(out, cmd, h, e) : add_command(out, cmd, h, NULL, e))
			return err_prefix(e, "check %s", c->name);
	}
	return 0;
}

int sudo_lines_for_managed(
	struct strs *out, const struct managed *m, const struct host *h, struct err *e)
{
	for (int a = 0; a < MANAGED_ACT_COUNT; a++) {
		const char *login = h->user[managed_identity(m, (enum managed_act)a)];
		struct strs argv = {0};

		managed_argv(&argv, m, (enum managed_act)a);
		if (add_line(out, login, &argv, e))
			return err_prefix(e, "managed path %s", m->path);
	}
	return 0;
}

int sudo_lines_for_service(
	struct strs *out, const struct managed_service *s, const struct host *h, struct err *e)
{
	static const char *const verbs[] = {"restart", "reload"};
	const bool may[] = {s->restart, s->reload};

	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
		struct strs argv = {0};

		if (!may[i])
			continue;
		service_argv(&argv, s->unit, verbs[i]);
		if (add_line(out, h->user[IDENTITY_APPLY], &argv, e))
			return err_prefix(e, "service %s", s->unit);
	}
	return 0;
}

/* Checks that run on the bastion need their lines there, not on the host. */
static bool needs_lines(const struct check *c, const struct host *h)
{
	return check_applies(c, h) && !c->on_bastion;
}

static int all_lines(
	struct strs *out, const struct catalogue *c, const struct host *h, struct err *e)
{
	for (size_t i = 0; i < c->check_count; i++) {
		if (needs_lines(&c->checks[i], h) && sudo_lines_for_check(out, &c->checks[i], h, e))
			return -1;
	}
	for (size_t i = 0; i < h->managed_count; i++) {
		if (sudo_lines_for_managed(out, &h->managed[i], h, e))
			return -1;
	}
	for (size_t i = 0; i < h->service_count; i++) {
		if (sudo_lines_for_service(out, &h->services[i], h, e))
			return -1;
	}
	return 0;
}

static bool is_login_line(const char *line, const char *login)
{
	return str_starts(line, login) && line[strlen(login)] == ' ';
}

int sudo_lines_for_host(struct strs *out, const struct fleet *f, const struct catalogue *c,
	const struct host *h, struct err *e)
{
	struct strs all = {0};
	const char *look = h->user[IDENTITY_LOOK];

	(void)f;
	if (all_lines(&all, c, h, e)) {
		strs_finish(&all);
		return err_prefix(e, "host %s", h->name);
	}
	for (size_t i = 0; i < all.n; i++) {
		if (is_login_line(all.v[i], look))
			strs_add(out, all.v[i]);
	}
	for (size_t i = 0; i < all.n; i++) {
		if (!is_login_line(all.v[i], look))
			strs_add(out, all.v[i]);
	}
	strs_finish(&all);
	return 0;
}

static bool has_login(const struct strs *lines, const char *login)
{
	for (size_t i = 0; i < lines->n; i++) {
		if (is_login_line(lines->v[i], login))
			return true;
	}
	return false;
}

/* Only settings that sudo and sudo-rs both take: a pty is of no use to a login without a terminal,
 * and would stand between a pipe and the command. */
static void render_defaults(struct buf *out, const struct strs *lines, const struct host *h)
{
	for (int i = 0; i < IDENTITY_COUNT; i++) {
		const char *login = h->user[i];

		if (i && str_eq(login, h->user[0]))
			continue;
		if (has_login(lines, login))
			buf_addf(out, "Defaults:%s env_reset, !use_pty\n", login);
	}
}

static void render(struct buf *out, const struct strs *lines, const struct host *h)
{
	const char *login = "";

	buf_addf(out,
		"# %s: what opsdeck needs on %s, and nothing more.\n"
		"# Written by `opsdeck sudoers`; the name sorts last on purpose. %s only reads;\n"
		"# %s is as good as root for the paths and services below.\n",
		SUDOERS_FILE, h->name, h->user[IDENTITY_LOOK], h->user[IDENTITY_APPLY]);
	render_defaults(out, lines, h);
	for (size_t i = 0; i < lines->n; i++) {
		if (!is_login_line(lines->v[i], login)) {
			login = is_login_line(lines->v[i], h->user[IDENTITY_LOOK])
					? h->user[IDENTITY_LOOK]
					: h->user[IDENTITY_APPLY];
			buf_addc(out, '\n');
		}
		buf_addf(out, "%s\n", lines->v[i]);
	}
}

static bool is_drop_ins(const char *line, size_t n)
{
	static const char *const forms[] = {"@includedir", "#includedir"};

	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		size_t used = strlen(forms[i]);
		const char *rest = line + used;

		if (n <= used || strncmp(line, forms[i], used))
			continue;
		rest += strspn(rest, " \t");
		used = (size_t)(rest - line);
		while (n > used && strchr(" \t\r", line[n - 1]))
			n--;
		return n - used == strlen("/etc/sudoers.d") &&
		       !strncmp(rest, "/etc/sudoers.d", n - used);
	}
	return false;
}

bool sudoers_drop_ins_last(const char *text)
{
	bool last = false;

	while (*text) {
		size_t n = strcspn(text, "\n"), blanks = strspn(text, " \t\r");
		const char *line = text + blanks;
		bool comment = *line == '#' && strncmp(line, "#include", strlen("#include")) != 0;

		/* "#1000 ALL=..." is a rule for a uid. */
		if (comment && line[1] >= '0' && line[1] <= '9')
			comment = false;
		if (blanks < n && !comment)
			last = is_drop_ins(line, n - blanks);
		text += n + (text[n] == '\n');
	}
	return last;
}

int sudoers_render(struct buf *out, const struct fleet *f, const struct catalogue *c,
	const struct host *h, struct err *e)
{
	struct strs lines = {0};
	int rc = sudo_lines_for_host(&lines, f, c, h, e);

	if (!rc)
		render(out, &lines, h);
	strs_finish(&lines);
	return rc;
}

static const char script_head[] =
	"#!/bin/sh\n"
	"# Puts opsdeck's sudoers file in place. Read it, then run it as root on each host:\n"
	"#   sh SCRIPT HOST      checks the file with visudo and installs it\n"
	"#   sh SCRIPT           lists the hosts it knows\n"
	"set -eu\n"
	"file=" SUDOERS_FILE "\n"
	"\n"
	"# Checked beside its place under a name that sudo ignores (a dot), then renamed.\n"
	"put() {\n"
	"\tumask 077\n"
	"\tnew=$(dirname \"$file\")/.opsdeck.new\n"
	"\ttrap 'rm -f \"$new\"' EXIT\n"
	"\tcat >\"$new\"\n"
	"\tchown 0:0 \"$new\"\n"
	"\tchmod 0440 \"$new\"\n"
	"\tvisudo -cqf \"$new\" || { echo \"opsdeck: visudo refuses the file\" >&2; exit 1; }\n"
	"\tfor other in \"$(dirname \"$file\")\"/*; do\n"
	"\t\tcase ${other##*/} in\n"
	"\t\tzz-opsdeck | *.* | *~) ;;\n"
	"\t\t*) [ \"$(printf '%s\\n' \"$other\" \"$file\" | LC_ALL=C sort | tail -n 1)\" = "
	"\"$file\" ] ||\n"
	"\t\t\t{ echo \"opsdeck: $other sorts after $file: rename it first\" >&2; exit 1; } ;;\n"
	"\t\tesac\n"
	"\tdone\n"
	"\tif [ -e \"$file\" ]; then cp -p \"$file\" \"$new.was\"; fi\n"
	"\tmv -f \"$new\" \"$file\"\n"
	"\tif ! visudo -cq; then\n"
	"\t\tif [ -e \"$new.was\" ]; then mv -f \"$new.was\" \"$file\"; else rm -f \"$file\"; fi\n"
	"\t\techo \"opsdeck: visudo refuses the whole set; put back as it was\" >&2\n"
	"\t\texit 1\n"
	"\tfi\n"
	"\trm -f \"$new.was\"\n"
	"\techo \"opsdeck: $file is in place\"\n"
	"}\n"
	"\n"
	"need_root() { [ \"$(id -u)\" = 0 ] || { echo \"opsdeck: run this as root\" >&2; exit 1; "
	"}; }\n"
	"\n"
	"case ${1-} in\n";

static int script_host(struct buf *out, struct strs *names, const struct fleet *f,
	const struct catalogue *c, const struct host *h, struct err *e)
{
	struct strs lines = {0};
	int rc = sudo_lines_for_host(&lines, f, c, h, e);

	if (!rc && lines.n) {
		strs_add(names, h->name);
		/* No line of ours can be the delimiter: each begins with '#', "Defaults" or a
		 * login. */
		buf_addf(out, "%s)\n\tneed_root\n\tput <<'=OPSDECK='\n", h->name);
		render(out, &lines, h);
		buf_adds(out, "=OPSDECK=\n\t;;\n");
	}
	strs_finish(&lines);
	return rc;
}

int sudoers_render_script(
	struct buf *out, const struct fleet *f, const struct catalogue *c, struct err *e)
{
	struct strs names = {0};
	char *all;
	int rc = 0;

	buf_adds(out, script_head);
	for (size_t i = 0; !rc && i < f->host_count; i++)
		rc = script_host(out, &names, f, c, &f->hosts[i], e);
	all = strs_join(&names, " ");
	buf_addf(out,
		"\"\") echo \"hosts: %s\" ;;\n"
		"*) echo \"opsdeck: no host $1 here\" >&2; exit 2 ;;\n"
		"esac\n",
		all);
	free(all);
	strs_finish(&names);
	return rc;
}
